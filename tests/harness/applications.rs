//! Applications of many shapes under `tests/applications`, each with a checklist of its own, and
//! the example application: what the manifests' quality is shown on.

use std::path::PathBuf;

use fs_err as fs;

use crate::harness::call_center::{self, files_below, repository};
use crate::harness::workspace::Workspace;

/// The one list of applications, the example first: their names, or a test of each, so that they run
/// side by side and fail by name.
macro_rules! applications {
    (names) => { applications! { @list names } };
    (tests $check:expr) => { applications! { @list tests $check } };
    (@list $($made:tt)*) => {
        applications! {
            @made $($made)* =>
            call_center: "call-center",
            agents: "agents",
            airflow: "airflow",
            database_cluster: "database-cluster",
            host_network: "host-network",
            kafka: "kafka",
            language_school: "language-school",
            literal_secrets: "literal-secrets",
            migrations: "migrations",
            ml_gpu: "ml-gpu",
            monitoring: "monitoring",
            multi_file: "multi-file",
            nextcloud: "nextcloud",
            node_env_file: "node-env-file",
            photo_library: "photo-library",
            profiles: "profiles",
            queue_workers: "queue-workers",
            search_cluster: "search-cluster",
            secret_files: "secret-files",
            static_site: "static-site",
            udp: "udp",
            websocket_chat: "websocket-chat",
            whole_specification: "whole-specification",
            wordpress: "wordpress",
        }
    };
    (@made names => $($test:ident: $name:literal,)*) => { &[$($name),*] };
    (@made tests $check:expr => $($test:ident: $name:literal,)*) => {
        $(
            #[test]
            fn $test() {
                $check($name);
            }
        )*
    };
}
#[allow(
    unused_imports,
    reason = "each test binary uses its part of the harness"
)]
pub(crate) use applications;

/// Every application, the example first.
pub(crate) const NAMES: &[&str] = applications!(names);

/// Returns the folder that holds an application, with all others beside it.
pub(crate) fn folder() -> PathBuf {
    repository().join("tests/applications")
}

/// Returns the path of an application's checklist in its workspace.
pub(crate) fn checklist(name: &str) -> String {
    format!("checklists/{name}/phase-04-kubernetes.md")
}

/// Returns an application in a workspace of its own, committed; nothing was run yet.
pub(crate) fn workspace(name: &str) -> Workspace {
    if name == "call-center" {
        return call_center::call_center();
    }
    let folder = folder().join(name);
    let mut workspace = Workspace::new().file(".gitignore", ".env\n");
    for path in files_below(&folder) {
        let place = match path.as_str() {
            "checklist.md" => checklist(name),
            "settings.toml" => call_center::SETTINGS.to_owned(),
            _ => path.clone(),
        };
        let text = fs::read(folder.join(&path)).expect("a file of an application");
        workspace = workspace.file(&place, text);
    }
    workspace.commit_all()
}

/// Returns an application as it was before anybody wrote a checklist, committed.
pub(crate) fn bare(name: &str) -> Workspace {
    if name == "call-center" {
        return call_center::application(Workspace::new()).commit_all();
    }
    let folder = folder().join(name);
    let mut workspace = Workspace::new().file(".gitignore", ".env\n");
    for path in files_below(&folder) {
        if path != "checklist.md" && path != "settings.toml" {
            let text = fs::read(folder.join(&path)).expect("a file of an application");
            workspace = workspace.file(&path, text);
        }
    }
    workspace.commit_all()
}

/// Returns the manifests of a workspace whose phase was run: path and text, in the order in which
/// they can be applied (the namespace first). What kustomize and people read, and what kustomize
/// makes `ConfigMap`s of, is not among them.
pub(crate) fn manifests(workspace: &Workspace) -> Vec<(String, String)> {
    let is_manifest = |path: &String| {
        let name = path.rsplit('/').next().unwrap_or_default();
        path.starts_with("k8s/")
            && !path.contains("/files/")
            && name
                .rsplit_once('.')
                .is_some_and(|(_, extension)| extension == "yml")
            && name != "kustomization.yml"
    };
    let mut paths: Vec<String> = workspace.files().into_iter().filter(is_manifest).collect();
    paths.sort_by_key(|path| path != "k8s/namespace.yml");
    paths
        .into_iter()
        .map(|path| {
            let text = workspace.read(&path);
            (path, text)
        })
        .collect()
}
