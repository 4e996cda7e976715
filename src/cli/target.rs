//! Which cluster a phase runs against: one that was named, or the rehearsal.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde_json::json;

use super::exit::Result;
use super::load::{Loaded, Phase};
use super::{Session, Stop};
use crate::cluster::Cluster;
use crate::rehearsal::{Rehearsal, Script};
use crate::settings::Rehearse;

/// The rehearsal's name as a target.
pub(super) const REHEARSAL: &str = "rehearsal";

/// Where a phase is to run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Target {
    /// The embedded API server.
    Rehearsal,
    /// A kubeconfig context, named by flag or settings; never the current one by default.
    Context {
        /// Its name.
        name: String,
        /// The kubeconfig that holds it, where settings name one.
        kubeconfig: Option<String>,
    },
}

impl Target {
    /// Returns the target that the flag or the settings name, else the rehearsal.
    ///
    /// # Errors
    /// Where the phase names a target that orch.toml doesn't have.
    pub(super) fn choose(flag: Option<&str>, loaded: &Loaded, phase: &Phase) -> Result<Self> {
        let context = |name: &str| match name {
            REHEARSAL => Self::Rehearsal,
            name => Self::Context {
                name: name.to_owned(),
                kubeconfig: None,
            },
        };
        match (flag, &phase.settings.context, &phase.settings.target) {
            (Some(name), _, _) => Ok(context(name)),
            (None, Some(name), _) => Ok(context(name)),
            (None, None, Some(name)) => {
                let target = loaded.settings.target(name).ok_or_else(|| {
                    Stop::input(format!("no target is called `{name}`")).help(format!(
                        "add to orch.toml: [targets.{name}] context = \"…\""
                    ))
                })?;
                Ok(Self::Context {
                    name: target.context.clone(),
                    kubeconfig: target.kubeconfig.clone(),
                })
            }
            (None, None, None) => Ok(Self::Rehearsal),
        }
    }

    /// Returns its name.
    pub(super) fn name(&self) -> &str {
        match self {
            Self::Rehearsal => REHEARSAL,
            Self::Context { name, .. } => name,
        }
    }

    /// Connects.
    pub(super) async fn connect(&self, session: &Session, phase: &Phase) -> Result<Cluster> {
        match self {
            Self::Rehearsal => {
                let script = script(&phase.settings.rehearse)?;
                let rehearsal = Rehearsal::new(script);
                Ok(Cluster::over(rehearsal.client(), REHEARSAL).await?)
            }
            Self::Context {
                name,
                kubeconfig: Some(path),
            } => reach(name, &[path.into()]).await,
            Self::Context {
                name,
                kubeconfig: None,
            } => reach(name, &session.environment.kubeconfig).await,
        }
    }

    /// Returns whether `ServiceMonitor`s can be applied there.
    pub(super) async fn service_monitors(&self, cluster: &Cluster) -> Result<bool> {
        Ok(cluster
            .has("monitoring.coreos.com/v1", "ServiceMonitor")
            .await?)
    }
}

/// Connects to a context.
async fn reach(name: &str, kubeconfig: &[PathBuf]) -> Result<Cluster> {
    Cluster::connect(name, kubeconfig).await.map_err(|error| {
        Stop::from(error).help(format!(
            "that is the context `{name}`; without a cluster, `orch phase N rehearse` runs in memory"
        ))
    })
}

/// Returns what the rehearsal is to show, as settings ask for it.
fn script(settings: &Rehearse) -> Result<Script> {
    let mut script = Script {
        service_monitors: settings.service_monitors,
        ..Script::default()
    };
    for failure in &settings.failures {
        let mut value = json!({ "selector": failure.selector, "outcome": failure.outcome,
            "message": failure.message });
        if let Some(after) = &failure.after {
            value["after"] = json!(after);
        }
        let failure = serde_json::from_value(value).map_err(|error| {
            Stop::input(format!(
                "the rehearsed failure of `{}`: {error}",
                failure.selector
            ))
        })?;
        script.failures.push(failure);
    }
    Ok(script)
}

/// Returns the values that secrets may take: the environment's, under those of an ignored env
/// file.
pub(super) fn secret_values(
    session: &Session,
    loaded: &Loaded,
    repo: &crate::git::Repo,
    env_file: Option<&str>,
) -> Result<BTreeMap<String, String>> {
    let mut values = session.environment.variables.clone();
    let path = env_file.unwrap_or(".env");
    match loaded.workspace.read(path)? {
        Some(_) if !repo.is_ignored(path)? => Err(Stop::input(format!(
            "`{path}` holds secrets and git doesn't ignore it"
        ))
        .help(format!("add `{path}` to .gitignore"))),
        Some(text) => {
            values.extend(crate::facts::dotenv::values(path, &text.into()));
            Ok(values)
        }
        None if env_file.is_some() => {
            Err(Stop::input(format!("the env file `{path}` is not there")))
        }
        None => Ok(values),
    }
}

/// Returns the runtime that everything asynchronous runs on.
pub(super) fn runtime() -> Result<tokio::runtime::Runtime> {
    Ok(tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?)
}
