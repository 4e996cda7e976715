//! The program that a kubeconfig names to make credentials.

use std::io::IsTerminal as _;
use std::process::{Output, Stdio};
use std::time::Duration;

use jiff::Timestamp;
use kube::config::{ExecConfig, ExecInteractiveMode};
use serde::Deserialize;
use serde_json::json;
use tokio::process::Command;

/// How long a plugin may take that asks nobody.
const ALONE: Duration = Duration::from_secs(30);

/// How long one may take that asks a person.
const ASKING: Duration = Duration::from_mins(5);

/// How many of its last lines are shown.
const TAIL: usize = 5;

/// Why a plugin gave no credentials.
#[derive(Debug, thiserror::Error)]
#[error("the kubeconfig's credential plugin `{command}` gave no credentials: {message}")]
pub(in crate::cluster) struct PluginError {
    /// The command with its arguments.
    pub(in crate::cluster) command: String,
    /// What went wrong and what it said.
    message: String,
    /// What the kubeconfig says to do where it is missing.
    pub(in crate::cluster) hint: Option<String>,
}

/// A plugin.
pub(super) struct Plugin {
    exec: ExecConfig,
}

/// What a plugin gave.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Status {
    /// A token.
    pub(super) token: Option<String>,
    /// When that ends.
    #[serde(rename = "expirationTimestamp")]
    pub(super) expires: Option<Timestamp>,
    /// A client certificate, PEM.
    #[serde(rename = "clientCertificateData")]
    pub(super) certificate: Option<String>,
    /// Its key, PEM.
    #[serde(rename = "clientKeyData")]
    pub(super) key: Option<String>,
}

/// What it prints.
#[derive(Deserialize)]
struct Printed {
    status: Option<Status>,
}

impl Plugin {
    /// Returns the plugin that a kubeconfig describes.
    pub(super) fn new(exec: ExecConfig) -> Self {
        Self { exec }
    }

    /// Runs it.
    ///
    /// # Errors
    /// Where it can't be run, fails, takes too long, or prints no credentials.
    pub(super) async fn run(&self) -> Result<Status, PluginError> {
        let terminal = std::io::stdin().is_terminal() && std::io::stderr().is_terminal();
        let asks = match self.exec.interactive_mode {
            Some(ExecInteractiveMode::Never) => false,
            Some(ExecInteractiveMode::Always) if !terminal => {
                return Err(self.error("it asks a person, and there is no terminal here"));
            }
            Some(ExecInteractiveMode::Always | ExecInteractiveMode::IfAvailable) | None => terminal,
        };
        let limit = if asks { ASKING } else { ALONE };
        let output = tokio::time::timeout(limit, self.command(asks)?.output()).await;
        let output = output
            .map_err(|_| self.error(&format!("it didn't end within {} s", limit.as_secs())))?
            .map_err(|error| self.missing(&error))?;
        if !output.status.success() {
            return Err(self.error(&ended(&output)));
        }
        let text = String::from_utf8_lossy(&output.stdout);
        // Some print YAML.
        let printed: Printed = serde_saphyr::from_str(&text)
            .map_err(|_| self.error("what it printed is no ExecCredential"))?;
        let status = printed.status.unwrap_or_default();
        let certificate = status.certificate.is_some() && status.key.is_some();
        if status.token.is_none() && !certificate {
            return Err(self.error("its ExecCredential has neither a token nor a certificate"));
        }
        Ok(status)
    }

    /// Returns an error of this plugin.
    pub(super) fn error(&self, message: &str) -> PluginError {
        PluginError {
            command: self.shown(),
            message: message.to_owned(),
            hint: None,
        }
    }

    fn missing(&self, error: &std::io::Error) -> PluginError {
        PluginError {
            hint: self.exec.install_hint.clone(),
            ..self.error(&format!("it can't be run: {error}"))
        }
    }

    fn shown(&self) -> String {
        let command = self.exec.command.iter();
        let words = command.chain(self.exec.args.iter().flatten());
        words.map(String::as_str).collect::<Vec<_>>().join(" ")
    }

    fn command(&self, asks: bool) -> Result<Command, PluginError> {
        let Some(program) = &self.exec.command else {
            return Err(self.error("the kubeconfig names no command"));
        };
        let mut command = Command::new(program);
        command.args(self.exec.args.iter().flatten());
        for variable in self.exec.env.iter().flatten() {
            if let (Some(name), Some(value)) = (variable.get("name"), variable.get("value")) {
                command.env(name, value);
            }
        }
        let mut spec = json!({ "interactive": asks });
        if self.exec.provide_cluster_info
            && let Some(cluster) = &self.exec.cluster
        {
            spec["cluster"] = serde_json::to_value(cluster).unwrap_or_default();
        }
        let version = self.exec.api_version.as_deref();
        let request = json!({
            "apiVersion": version.unwrap_or("client.authentication.k8s.io/v1"),
            "kind": "ExecCredential",
            "spec": spec,
        });
        command
            .env("KUBERNETES_EXEC_INFO", request.to_string())
            .stdin(if asks {
                Stdio::inherit()
            } else {
                Stdio::null()
            })
            .stdout(Stdio::piped())
            .stderr(if asks {
                Stdio::inherit()
            } else {
                Stdio::piped()
            })
            .kill_on_drop(true);
        Ok(command)
    }
}

/// How it ended and what it said.
fn ended(output: &Output) -> String {
    let text = String::from_utf8_lossy(&output.stderr);
    let lines: Vec<&str> = text
        .lines()
        .filter(|line| !line.trim().is_empty())
        .collect();
    let tail = lines.get(lines.len().saturating_sub(TAIL)..);
    let said = tail.unwrap_or_default().join("; ");
    let how = match output.status.code() {
        Some(code) => format!("it ended with exit code {code}"),
        None => "it was ended by a signal".to_owned(),
    };
    match said.as_str() {
        "" => how,
        said => format!("{how}: {}", crate::cluster::redact(said)),
    }
}
