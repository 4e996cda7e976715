//! What tasks resolve to.

use std::fmt;
use std::time::Duration;

use crate::checklist::{Awaited, Checklist, Shell, Span, Task, TaskId};
use crate::diagnostic::Diagnostics;
use crate::facts::Origin;

use super::application::{Application, FileSpec};
use super::expect::Expected;
use super::hand_written::HandWritten;

/// A phase with every task read.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Resolved {
    /// The tasks in the document's order.
    pub tasks: Vec<ResolvedTask>,
    /// The application as the checklist and the facts describe it.
    pub application: Application,
    /// Every file to write, those that no task names (*unassigned*) included.
    pub files: Vec<FileSpec>,
    /// Manifests that lie beside them, where tasks ask something of all pods: these are asked, too.
    pub hand_written: Vec<HandWritten>,
    /// Compose services that no task names, with the file that each goes to.
    pub unassigned: Vec<Note>,
    /// Contradictions and other things a person should see; not errors.
    pub warnings: Diagnostics,
}

impl Resolved {
    /// Returns each task as the checklist has it that was resolved, with what it means.
    pub fn beside<'r>(
        &'r self,
        checklist: &'r Checklist,
    ) -> impl Iterator<Item = (&'r Task, &'r ResolvedTask)> {
        checklist.tasks().zip(&self.tasks)
    }
}

/// One task with its reading.
#[derive(Debug, Clone, PartialEq)]
pub struct ResolvedTask {
    /// The task.
    pub id: TaskId,
    /// What it means.
    pub action: Action,
    /// Why: the rule and the words that matched.
    pub reading: Reading,
    /// How each nested bullet was read, in order, nested ones flattened.
    pub bullets: Vec<BulletReading>,
    /// `after=` of the directive.
    pub after: Vec<TaskId>,
    /// `wait=` of the directive: what must be ready before the box is ticked.
    pub wait: Vec<Awaited>,
    /// `timeout=` of the directive: how long each of its steps may take.
    pub timeout: Option<Duration>,
    /// `retries=` of the directive: how often a step that failed is tried again.
    pub retries: u32,
    /// What a person should know of this task (listed names that facts don't support, …).
    pub notes: Vec<String>,
}

impl ResolvedTask {
    /// Returns whether a nested bullet was read by no rule.
    pub fn has_unread(&self) -> bool {
        self.bullets
            .iter()
            .any(|bullet| matches!(bullet, BulletReading::Unread { .. }))
    }
}

impl Action {
    /// Returns what is missing, in plain words, of what a person's work is to leave or to keep.
    pub fn missing(&self) -> impl Iterator<Item = &str> {
        let none: (&[Expected], &[String]) = (&[], &[]);
        let (traces, broken) = match self {
            Self::Expect { traces } => (traces.as_slice(), none.1),
            Self::Require { missing, .. } => (none.0, missing.as_slice()),
            Self::Study { .. }
            | Self::Inventory { .. }
            | Self::Write { .. }
            | Self::Apply { .. }
            | Self::Command { .. }
            | Self::Wait
            | Self::Manual
            | Self::Skip => none,
        };
        let missing = traces.iter().filter_map(|it| it.found.as_ref().err());
        missing.chain(broken).map(String::as_str)
    }
}

/// The rule that read a task, and the words that it matched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// The rule's name (`study`, `inventory`, `require namespace`, `write deployment`, `directive run`).
    pub rule: String,
    /// The words or code spans that matched, as written.
    pub matched: Vec<String>,
}

/// A rule that was asked what it makes of a task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Considered {
    /// The rule's name.
    pub rule: &'static str,
    /// What it looks for, in one sentence without a subject.
    pub looks_for: &'static str,
    /// What it made of the task.
    pub verdict: Verdict,
}

/// What a rule makes of a task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It reads the task.
    Read(Reading),
    /// It would read the task, and another rule came first.
    Later(Reading),
    /// It doesn't apply, and why, in plain words (`names no path in code marks`).
    No(String),
}

/// How a task is read, with all that was considered for it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Explained {
    /// What each rule makes of it, in the order in which they are asked.
    pub rules: Vec<Considered>,
    /// Which rule reads each nested bullet, nested ones flattened; empty where bullets are no
    /// specification.
    pub bullets: Vec<BulletRule>,
}

/// The rule that reads a nested bullet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BulletRule {
    /// The bullet as written.
    pub text: String,
    /// The rule; `None` where none reads it.
    pub rule: Option<&'static str>,
    /// What is close to it, where none reads it.
    pub close: Option<String>,
}

/// How a nested bullet was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BulletReading {
    /// Read; `meaning` says as what (`replicas 2`).
    Read {
        /// The bullet as written.
        text: String,
        /// What it was read as.
        meaning: String,
    },
    /// Read, but the application has nothing it applies to.
    Vacuous {
        /// The bullet as written.
        text: String,
        /// Why there is nothing to do.
        reason: String,
    },
    /// No rule reads it, or what is written isn't what it asks for.
    Unread {
        /// The bullet as written.
        text: String,
        /// What it asks for, where that was read, and in what it is written otherwise.
        asks: Option<Unkept>,
        /// Where.
        span: Span,
    },
}

impl BulletReading {
    /// Returns what a bullet asks for that isn't so, in words that go on with it; `None` where it is
    /// read or no rule reads it.
    pub fn unmet(&self) -> Option<String> {
        let Self::Unread {
            asks: Some(asks), ..
        } = self
        else {
            return None;
        };
        Some(format!("asks for {asks}"))
    }
}

/// What a bullet asks for, and in what it is written otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unkept {
    /// What it asks for (`replicas 5; ports 9090`).
    pub meaning: String,
    /// What of it isn't so (`ports`).
    pub differs: Vec<&'static str>,
}

impl fmt::Display for Unkept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let differs = self.differs.join(", ");
        write!(f, "{}; what is written differs in {differs}", self.meaning)
    }
}

impl Unkept {
    /// Returns whether something of it is written as it is asked for.
    pub(super) fn keeps_some(&self) -> bool {
        self.meaning.split("; ").count() > self.differs.len()
    }
}

/// What a task resolves to.
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    /// Read files or endpoints and record what they say.
    Study {
        /// What is looked for and what was found; a subject not found fails the step.
        findings: Vec<Finding>,
    },
    /// Answer which things of a kind are needed.
    Inventory {
        /// What is asked for.
        kind: InventoryKind,
        /// The answer from the facts.
        answer: Answer,
    },
    /// A rule that every manifest must satisfy.
    Require {
        /// The rule.
        rule: Requirement,
        /// What keeps it open that isn't written here, in plain words: somebody else's manifest
        /// that breaks it, or that there is nothing which it could be checked by.
        missing: Vec<String>,
    },
    /// Write a file and, where it holds objects, apply them and wait until they are ready.
    Write {
        /// The file's path; its content is in [`Resolved::files`].
        path: String,
    },
    /// Apply a file or folder that people wrote, or the fence inside the task.
    Apply {
        /// The path; `None` for the fence.
        path: Option<String>,
        /// The YAML of the fence.
        fence: Option<String>,
    },
    /// Run a command (with consent).
    Command {
        /// The command line, or the lines of a fenced block.
        run: String,
        /// What runs it.
        shell: Shell,
    },
    /// A person does it, and it is looked for what that leaves behind.
    Expect {
        /// Each trace, with what was found of it; the task is done when all of them are there.
        traces: Vec<Expected>,
    },
    /// Only wait for what the directive names.
    Wait,
    /// A person does it.
    Manual,
    /// Left out by `skip`.
    Skip,
}

impl Action {
    /// Returns the action's word, as in `plan`'s output and the docs.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Study { .. } => "study",
            Self::Inventory { .. } => "inventory",
            Self::Require { .. } => "require",
            Self::Write { .. } => "write",
            Self::Apply { .. } => "apply",
            Self::Command { .. } => "command",
            Self::Expect { .. } => "expect",
            Self::Wait => "wait",
            Self::Manual => "manual",
            Self::Skip => "skip",
        }
    }
}

/// What studying one subject found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The path or endpoint, as written in the task.
    pub subject: String,
    /// The facts found, one line each (`service api: build ., ports 8080`), with their places.
    pub facts: Vec<(String, Origin)>,
    /// Where it was looked for, if it was not found.
    pub missing: Option<String>,
}

/// What an inventory asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum InventoryKind {
    /// Services.
    Services,
    /// Volumes.
    Volumes,
    /// Secrets.
    Secrets,
    /// `ConfigMap`s.
    ConfigMaps,
}

/// An inventory's answer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answer {
    /// Listed names that the facts support: name as written, what it is, where.
    pub matched: Vec<(String, String, Option<Origin>)>,
    /// Listed names that nothing supports.
    pub missing: Vec<String>,
    /// What the facts have and the list doesn't name.
    pub extra: Vec<(String, Option<Origin>)>,
}

/// A rule over all written manifests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Requirement {
    /// Everything lives in that namespace.
    Namespace(String),
    /// Everything lives in that namespace, and a manifest creates it.
    NewNamespace(String),
    /// Every container has requests and limits.
    Resources,
    /// Every container that serves or has a known check has probes.
    Probes,
    /// Every container that serves or has a known check has a liveness probe.
    Liveness,
    /// Every container that serves has a readiness probe.
    Readiness,
    /// What runs two or more replicas is spread over nodes.
    AntiAffinity,
    /// What runs two or more replicas has a `PodDisruptionBudget`.
    DisruptionBudget,
}

impl Requirement {
    /// Returns the namespace that it is about.
    pub fn namespace(&self) -> Option<&str> {
        match self {
            Self::Namespace(name) | Self::NewNamespace(name) => Some(name),
            Self::Resources
            | Self::Probes
            | Self::Liveness
            | Self::Readiness
            | Self::AntiAffinity
            | Self::DisruptionBudget => None,
        }
    }
}

/// A remark with its place in the facts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// What is remarked (`service worker → k8s/call-processor/worker.yml`).
    pub text: String,
    /// Where.
    pub origin: Option<Origin>,
}
