//! A Compose file of a few lines, and what `orch` writes and says of it.

use std::collections::BTreeMap;

use crate::harness::workspace::Workspace;

/// The services of a Compose file, `app` among them, and files beside it.
pub(super) struct Scene {
    workspace: Workspace,
}

/// What became of it.
pub(super) struct Written {
    files: BTreeMap<String, String>,
    plan: String,
    /// All that was said of the Compose file.
    report: String,
}

const CHECKLIST: &str = "\
# Phase 4: Kubernetes

## Tasks

### 4.1 All of it
- [ ] `k8s/app.yml`: the application
- [ ] `k8s/namespace.yml`: namespace `scene`
- [ ] `k8s/secrets.yml`: placeholders

**Files:** `k8s/`
";

impl Scene {
    /// Returns a scene of these services.
    pub(super) fn of(services: &str) -> Self {
        let compose = format!("name: scene\nservices:{services}\n");
        Self {
            workspace: Workspace::new()
                .file("compose.yaml", compose)
                .file("checklists/scene/phase-04-kubernetes.md", CHECKLIST),
        }
    }

    /// Adds a file.
    pub(super) fn with(self, path: &str, text: &str) -> Self {
        Self {
            workspace: self.workspace.file(path, text),
        }
    }

    /// Runs the phase, rehearsed.
    #[track_caller]
    pub(super) fn written(self) -> Written {
        let workspace = self.workspace.commit_all();
        let analysis = workspace.orch(&["analyze"]).expect(0);
        let plan = workspace.orch(&["phase", "4", "plan"]).expect(0);
        workspace.orch(&["phase", "4", "run"]).expect(0);
        let paths = workspace.files().into_iter();
        let made = paths.filter(|path| path.starts_with("k8s/"));
        let files = made.map(|path| {
            let text = workspace.read(&path);
            (path, text)
        });
        Written {
            files: files.collect(),
            report: [analysis.stdout, analysis.stderr, plan.stderr].concat(),
            plan: plan.stdout,
        }
    }
}

impl Written {
    /// Returns every written file.
    pub(super) fn files(&self) -> impl Iterator<Item = (&str, &str)> {
        let files = self.files.iter();
        files.map(|(path, text)| (path.as_str(), text.as_str()))
    }

    /// Returns a file's text.
    #[track_caller]
    pub(super) fn file(&self, path: &str) -> &str {
        let there: Vec<&String> = self.files.keys().collect();
        let text = self.files.get(path);
        text.unwrap_or_else(|| panic!("no {path} in {there:?}"))
    }

    /// A file must hold this piece.
    #[track_caller]
    pub(super) fn has(&self, path: &str, piece: &str) {
        let text = self.file(path);
        assert!(text.contains(piece), "no {piece:?} in {path}:\n{text}");
    }

    /// Some file must hold this piece.
    #[track_caller]
    pub(super) fn has_anywhere(&self, piece: &str) {
        let found = self.files().any(|(_, text)| text.contains(piece));
        assert!(found, "no {piece:?} in {:#?}", self.files);
    }

    /// The report must name this.
    #[track_caller]
    pub(super) fn says(&self, piece: &str) {
        assert!(
            self.report.contains(piece),
            "no {piece:?} in:\n{}",
            self.report
        );
    }

    /// One object (`Kind name`) must be ready before the other is applied.
    #[track_caller]
    pub(super) fn wave_before(&self, first: &str, second: &str) {
        let waves = self.plan.split_once("waves:").expect("waves").1;
        let wave = |object: &str| {
            let (kind, name) = object.split_once(' ').expect("a kind and a name");
            let holds = |line: &str| {
                line.split('·').any(|group| {
                    let group =
                        group.trim_start_matches(|c: char| c.is_whitespace() || c.is_ascii_digit());
                    let names = group.strip_prefix(kind).unwrap_or_default();
                    // A Job's name ends with a hash of what it runs.
                    let hashed = format!("{name}-");
                    let is =
                        |found: &str| found == name || kind == "Job" && found.starts_with(&hashed);
                    names.split(',').any(|found| is(found.trim()))
                })
            };
            let found = waves.lines().position(holds);
            found.unwrap_or_else(|| panic!("no {object} in{waves}"))
        };
        assert!(wave(first) < wave(second), "{first}, {second}:{waves}");
    }
}
