//! Who is compared, and how each of them is used: as its own manual says.

use std::process::Command;
use std::time::Instant;

use fs_err as fs;
use tempfile::TempDir;

use crate::bare;
use crate::harness::cluster::block_on;
use crate::harness::workspace::Workspace;
use crate::measure::{Taken, run};
use crate::objects::{NAMESPACE, Objects};
use crate::stage::Stage;

/// The checklist of `orch`'s workspace.
const CHECKLIST: &str = "# Phase 1: Apply\n\n## 1.1 Everything\n\n\
     - [ ] Apply the manifests <!-- orch: apply=\"manifests\" -->\n";

/// Who is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Contestant {
    /// The bare concurrent client.
    Bare,
    /// `orch phase 1 run`.
    Orch,
    /// `kubectl apply --server-side`, then `kubectl rollout status`.
    Kubectl,
    /// `helm install --wait`, later `helm upgrade --wait`.
    Helm,
}

/// A contestant with its files.
pub(crate) enum Entrant {
    /// The bare client, and how many requests it has under way.
    Bare(usize),
    /// `orch` in a workspace.
    Orch(Box<Workspace>),
    /// `kubectl` with a folder of manifests.
    Kubectl(TempDir),
    /// `helm` with a chart.
    Helm(TempDir),
}

impl Contestant {
    /// All of them.
    pub(crate) const ALL: [Self; 4] = [Self::Bare, Self::Orch, Self::Kubectl, Self::Helm];

    /// Returns the contestant of that name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.name() == name)
    }

    /// Returns its name.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Bare => "bare",
            Self::Orch => "orch",
            Self::Kubectl => "kubectl",
            Self::Helm => "helm",
        }
    }

    /// Returns what a reader is told that it is.
    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::Bare => "a bare concurrent client",
            Self::Orch => "**orch** `phase run`",
            Self::Kubectl => "kubectl 1.36.3 `apply --server-side`, `rollout status`",
            Self::Helm => "helm 4.3.1 `install --wait`, `upgrade --wait`",
        }
    }

    /// Returns it with its files for these objects.
    pub(crate) fn enter(self, objects: Objects, in_flight: usize) -> Entrant {
        let entrant = match self {
            Self::Bare => Entrant::Bare(in_flight),
            Self::Orch => Entrant::Orch(Box::new(Workspace::new())),
            Self::Kubectl => Entrant::Kubectl(folder()),
            Self::Helm => Entrant::Helm(folder()),
        };
        entrant.write(objects);
        entrant
    }
}

impl Entrant {
    /// Writes its files, as a person would between two runs.
    pub(crate) fn write(&self, objects: Objects) {
        let namespace = Objects::namespace;
        match self {
            Self::Bare(_) => {}
            Self::Orch(workspace) => {
                workspace.write("checklists/bench/phase-01-apply.md", CHECKLIST);
                workspace.write("manifests/00-namespace.yml", namespace());
                for (name, text) in objects.files() {
                    workspace.write(&format!("manifests/{name}"), text);
                }
                workspace.commit("Write the manifests");
            }
            Self::Kubectl(folder) => {
                write(folder, "00-namespace.yml", &namespace());
                for (name, text) in objects.files() {
                    write(folder, &name, &text);
                }
            }
            Self::Helm(folder) => {
                let chart = "apiVersion: v2\nname: bench\nversion: 1.0.0\n";
                write(folder, "Chart.yaml", chart);
                for (name, text) in objects.files() {
                    write(folder, &format!("templates/{name}"), &text);
                }
            }
        }
    }

    /// Applies the objects and waits until they are ready.
    pub(crate) fn run(&self, stage: &Stage, objects: Objects, first: bool) -> Taken {
        let requests = stage.requests();
        let taken = match self {
            Self::Bare(in_flight) => bare_run(stage, objects, *in_flight),
            Self::Orch(workspace) => run(orch(stage, workspace)),
            Self::Kubectl(folder) => kubectl(stage, folder, objects),
            Self::Helm(folder) => run(helm(stage, folder, first)),
        };
        Taken {
            requests: stage.requests() - requests,
            ..taken
        }
    }
}

fn folder() -> TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

fn write(folder: &TempDir, name: &str, text: &str) {
    let path = folder.path().join(name);
    fs::create_dir_all(path.parent().expect("a file lies in a folder")).expect("its folder");
    fs::write(path, text).expect("a file");
}

/// The watch begins with the applying: what is ready early is seen early.
fn bare_run(stage: &Stage, objects: Objects, in_flight: usize) -> Taken {
    let all = objects.all();
    block_on(async {
        let client = stage.client().await;
        let begun = Instant::now();
        bare::apply(&client, &all, in_flight).await;
        bare::ready(&client, objects.deployments()).await;
        Taken {
            wall: begun.elapsed(),
            ..Taken::default()
        }
    })
}

/// Returns `orch` in its workspace, told to accept that manifests changed.
pub(crate) fn orch(stage: &Stage, workspace: &Workspace) -> Command {
    let mut command = workspace.command(&["phase", "1", "run", "--accept-changes"]);
    command
        .args(["--context", stage.context()])
        .env("KUBECONFIG", stage.kubeconfig());
    command
}

fn kubectl(stage: &Stage, folder: &TempDir, objects: Objects) -> Taken {
    let mut apply = stage.program("kubectl");
    apply
        .args(["apply", "--server-side", "-f"])
        .arg(folder.path());
    let applied = run(apply);
    let mut wait = stage.program("kubectl");
    wait.args([
        "--namespace",
        NAMESPACE,
        "rollout",
        "status",
        "--timeout=20m",
    ]);
    wait.args((0..objects.deployments()).map(|number| format!("deployment/app-{number:05}")));
    applied.then(run(wait))
}

fn helm(stage: &Stage, folder: &TempDir, first: bool) -> Command {
    let mut command = stage.program("helm");
    if first {
        command.args(["install", "--create-namespace"]);
    } else {
        command.arg("upgrade");
    }
    command
        .args(["--namespace", NAMESPACE, "--wait", "--timeout=30m", "bench"])
        .arg(folder.path());
    command
}
