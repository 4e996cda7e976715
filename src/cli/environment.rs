//! The environment: read once, here, and handed down.

#![allow(
    clippy::disallowed_methods,
    reason = "this is the edge where the environment is read"
)]

use std::collections::BTreeMap;
use std::path::PathBuf;

/// What the environment says.
#[derive(Debug, Clone, Default)]
pub(super) struct Environment {
    /// How this program was called (`orch`, or a path).
    pub(super) program: String,
    /// This program's own file.
    pub(super) executable: Option<PathBuf>,
    /// `NO_COLOR`.
    pub(super) no_color: bool,
    /// `ORCH_LOG`.
    pub(super) log: Option<String>,
    /// `SOURCE_DATE_EPOCH`.
    pub(super) source_date_epoch: Option<String>,
    /// The kubeconfig files, in order: `KUBECONFIG`, else `~/.kube/config`.
    pub(super) kubeconfig: Vec<PathBuf>,
    /// The machine's name.
    pub(super) host: String,
    /// Every variable that is valid text: secrets' values come from here.
    pub(super) variables: BTreeMap<String, String>,
}

impl Environment {
    /// Reads the process's environment.
    pub(super) fn read() -> Self {
        let variables: BTreeMap<String, String> = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect();
        let get = |name: &str| {
            variables
                .get(name)
                .filter(|value| !value.is_empty())
                .cloned()
        };
        let kubeconfig = match std::env::var_os("KUBECONFIG").filter(|list| !list.is_empty()) {
            Some(list) => std::env::split_paths(&list).collect(),
            None => get("HOME")
                .map(|home| PathBuf::from(home).join(".kube").join("config"))
                .into_iter()
                .collect(),
        };
        let called = std::env::args().next().unwrap_or_default();
        let program = match std::env::current_exe() {
            // Called by a path: the PATH may not have it.
            Ok(path) if called.contains('/') => path.display().to_string(),
            Ok(_) | Err(_) => "orch".to_owned(),
        };
        Self {
            program,
            executable: std::env::current_exe().ok(),
            no_color: get("NO_COLOR").is_some() || get("TERM").as_deref() == Some("dumb"),
            log: get("ORCH_LOG"),
            source_date_epoch: get("SOURCE_DATE_EPOCH"),
            kubeconfig,
            host: host(),
            variables,
        }
    }
}

/// Returns the machine's name, for people who wonder where a run goes on.
fn host() -> String {
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    match name.trim() {
        "" => "a machine without a name".to_owned(),
        name => name.to_owned(),
    }
}
