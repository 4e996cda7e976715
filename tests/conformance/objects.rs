//! A phase whose tasks apply a handful of objects, each from a file of its own.

use std::fmt::Write as _;

use crate::harness::cluster::cluster;
use crate::harness::workspace::{Run, Workspace};

/// The values of a Secret, which must turn up nowhere.
pub(super) const FIRST: &str = "swordfish-one";
pub(super) const SECOND: &str = "swordfish-two";

/// Objects in files, each applied by a task of its own.
pub(super) struct Objects {
    pub(super) workspace: Workspace,
    pub(super) namespace: String,
    pub(super) context: &'static str,
}

impl Objects {
    /// Returns a workspace whose tasks apply these files; `NS` in them is the namespace.
    pub(super) fn new(namespace: &str, files: &[(&str, &str)]) -> Self {
        let mut checklist = String::from("# Phase 4: Objects\n\n## 4.1 Objects\n\n");
        let mut workspace = Workspace::new();
        for (name, text) in files {
            let path = format!("manifests/{name}.yaml");
            writeln!(
                checklist,
                "- [ ] Bring {name} <!-- orch: apply=\"{path}\" -->"
            )
            .expect("text");
            workspace = workspace.file(&path, text.replace("NS", namespace));
        }
        let workspace = workspace
            .file(
                &format!("checklists/{namespace}/phase-04-objects.md"),
                checklist,
            )
            .file("phases/04-objects.toml", "")
            .commit_all()
            .with_env("KUBECONFIG", cluster().kubeconfig());
        Self {
            workspace,
            namespace: namespace.to_owned(),
            context: cluster().context(),
        }
    }

    pub(super) fn change(&self, name: &str, text: &str) {
        let path = format!("manifests/{name}.yaml");
        self.workspace
            .write(&path, text.replace("NS", &self.namespace));
        self.workspace.commit("Change an object");
    }

    pub(super) fn orch(&self, arguments: &[&str]) -> Run {
        let context = ["--context", self.context];
        self.workspace
            .orch(&[&["phase", "4"], arguments, &context].concat())
    }

    /// Returns what `plan` shows of the cluster, without the plan itself.
    #[track_caller]
    pub(super) fn preview(&self) -> String {
        let plan = self.orch(&["plan"]).expect(0).stdout;
        let at = plan.find("what a run would change").expect("a preview");
        plan.get(at..).expect("a preview").to_owned()
    }
}

pub(super) const NAMESPACE: &str = "apiVersion: v1\nkind: Namespace\nmetadata: { name: NS }\n";

pub(super) const CONFIG: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: config, namespace: NS }\n\
     data:\n  LEVEL: info\n  app.conf: |\n    listen 80\n    workers 2\n    log info\n";

pub(super) const SECRET: &str = "apiVersion: v1\nkind: Secret\nmetadata: { name: keys, namespace: NS }\n\
     stringData: { TOKEN: swordfish-one, USER: someone }\n";

pub(super) const DEPLOYMENT: &str = "apiVersion: apps/v1\nkind: Deployment\n\
     metadata: { name: api, namespace: NS }\n\
     spec:\n  replicas: 1\n  selector: { matchLabels: { app: api } }\n  \
     template:\n    metadata: { labels: { app: api } }\n    \
     spec:\n      containers:\n      - { name: main, image: 'x:1', ports: [{ containerPort: 80 }], \
     resources: { limits: { cpu: 1000m } } }\n";

pub(super) fn all() -> [(&'static str, &'static str); 4] {
    [
        ("namespace", NAMESPACE),
        ("config", CONFIG),
        ("keys", SECRET),
        ("api", DEPLOYMENT),
    ]
}

/// No value of a Secret, nor its form in base64, is told.
#[track_caller]
pub(super) fn assert_masked(said: &str) {
    for value in [FIRST, SECOND, "c3dvcmRmaXNo"] {
        assert!(!said.contains(value), "{value} in {said}");
    }
}

/// Runs `kubectl` in the objects' namespace.
#[track_caller]
pub(super) fn kubectl(objects: &Objects, arguments: &[&str], input: &str) {
    let arguments = [&["-n", &objects.namespace], arguments].concat();
    let output = cluster().kubectl_with(&arguments, &input.replace("NS", &objects.namespace));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{said}");
}
