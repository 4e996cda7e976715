//! The types of the journal. No secret value is ever in one.

use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Beginning, Previous, Subject, Trace};
use crate::checklist::TaskId;

macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Returns the identifier with that text.
            pub fn new(text: impl Into<String>) -> Self {
                Self(text.into())
            }

            /// Returns the identifier's text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

text_id! {
    /// A run's name (16 hex digits), also the `Orch-Run` trailer of its commit.
    RunId
}
text_id! {
    /// A step's readable name within its plan (`apply Deployment/call-processor`).
    StepId
}
text_id! {
    /// The hash of a step's kind, resolved parameters, inputs and target (64 hex digits); not of
    /// prose, position or box.
    StepKey
}

/// One line of a journal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// The format's version; a newer one is refused.
    pub v: u32,
    /// 1 for the first record, then one more each.
    pub seq: u64,
    /// The SHA-256 of the previous line without its line feed, in hex; 64 zeros for the first.
    pub prev: String,
    /// When.
    pub at: Timestamp,
    /// What.
    #[serde(flatten)]
    pub event: Event,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum Event {
    /// A run began; what follows belongs to its target.
    RunStarted(Header),
    /// A step's effect is about to happen.
    Started {
        /// The step.
        step: StepId,
        /// Its key.
        key: StepKey,
        /// The task it belongs to.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        task: Option<TaskId>,
        /// What its object was before, where that is known already: not there.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        before: Option<Previous>,
    },
    /// A sample or decision that must survive a kill.
    Observed {
        /// The step.
        step: StepId,
        /// What was observed.
        note: String,
        /// What its object was before this phase first touched it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        before: Option<Previous>,
    },
    /// A step's effect was seen to hold.
    Succeeded {
        /// The step.
        step: StepId,
        /// Its key.
        key: StepKey,
        /// What was observed.
        evidence: Evidence,
    },
    /// A step's effect failed.
    Failed {
        /// The step.
        step: StepId,
        /// Its key.
        key: StepKey,
        /// Why.
        failure: Failure,
    },
    /// A person decided that a task is done, or that what it lacks is accepted.
    Waived {
        /// The task.
        task: TaskId,
        /// Who (git's identity).
        who: String,
        /// Why.
        why: String,
        /// The target that it holds for, where that isn't the last run's.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        target: Option<String>,
        /// What the task said; `None` where it has an id of its own, and in older journals.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        about: Option<Subject>,
    },
    /// A person decided that a task is left out: the phase is complete without it, on every target.
    Skipped {
        /// The task.
        task: TaskId,
        /// Who (git's identity).
        who: String,
        /// Why, where they said.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        why: Option<String>,
        /// What the task said; `None` where it has an id of its own, and in older journals.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        about: Option<Subject>,
    },
    /// A person wants a task done again.
    Reopened {
        /// The task.
        task: TaskId,
        /// Who (git's identity).
        who: String,
        /// What doesn't hold of it any more, where that is why.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        why: Option<String>,
        /// The target that it holds for, where that isn't the last run's.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        target: Option<String>,
        /// What the task said; `None` where it has an id of its own, and in older journals.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        about: Option<Subject>,
        /// The files whose traces aren't accepted as they are.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        rejected: Vec<Rejected>,
    },
    /// What undoes a step is about to happen.
    Compensating {
        /// The step being undone.
        step: StepId,
    },
    /// A step was undone.
    RolledBack {
        /// The step.
        step: StepId,
    },
    /// A run ended.
    RunEnded {
        /// How.
        outcome: Outcome,
    },
}

/// A file whose trace of a person's work somebody didn't accept: none counts there until it changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rejected {
    /// Its path.
    pub path: String,
    /// Its SHA-256 then, in hex.
    pub sha256: String,
}

/// What a run was about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// The run.
    pub run: RunId,
    /// The checklist's SHA-256 when the run began.
    pub checklist: String,
    /// The plan's fingerprint.
    pub plan: String,
    /// orch's version.
    pub orch: String,
    /// `rehearsal`, or the kubeconfig context's name.
    pub target: String,
    /// The cluster's uid (that of its `kube-system` namespace).
    pub cluster: String,
    /// The namespace.
    pub namespace: String,
    /// Whether the run turns the phase back.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub undo: bool,
    /// Where the phase began; in its first run alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub began: Option<Beginning>,
    /// The earlier phases of the set that weren't complete when this one was begun all the same.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub early: Vec<u32>,
    /// The finished steps that the plan doesn't have any more: a person accepted that, in this run or
    /// before.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gone: Vec<StepId>,
    /// What the tasks say that have steps, by their ids then; older journals don't tell.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub tasks: BTreeMap<TaskId, Subject>,
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Every task has its evidence.
    Completed,
    /// A step failed.
    Failed,
    /// Tasks wait for a person.
    Waiting,
    /// Ctrl-C or an abort.
    Interrupted,
}

/// What was observed that justifies a tick.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Evidence {
    /// Facts were read (standing).
    Facts {
        /// One line each, with file and line.
        found: Vec<String>,
    },
    /// An inventory was answered (standing).
    Answer {
        /// Listed names that the facts support, with what they are.
        matched: Vec<String>,
        /// Listed names that nothing supports.
        missing: Vec<String>,
        /// What the facts have and the list doesn't name.
        extra: Vec<String>,
    },
    /// A file was written (standing).
    File {
        /// Its path.
        path: String,
        /// Its SHA-256.
        sha256: String,
        /// What orch wanted, where a person's changes were merged into it: the base of the next
        /// merge, which no commit has.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        ours: Option<String>,
    },
    /// An object is ready (standing).
    Object(ObjectEvidence),
    /// A rule was checked against every manifest (standing).
    Checked {
        /// The rule, in words.
        rule: String,
        /// How many objects it was checked against.
        objects: usize,
        /// Objects that it doesn't apply to, with the reason.
        exempt: Vec<String>,
    },
    /// A person's work left all the traces that its task tells (standing).
    Traces {
        /// Each trace.
        found: Vec<Trace>,
    },
    /// A command exited 0 (momentary).
    Command {
        /// Its exit code.
        exit: i32,
        /// Where its output is kept on this machine, below git's own folder.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        output: Option<String>,
    },
    /// An image was built and pushed (standing: what runs it is pinned to that digest).
    Image {
        /// The image with its tag.
        image: String,
        /// The digest that the registry gave it.
        digest: String,
    },
}

/// What was observed of an object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObjectEvidence {
    /// `apiVersion`.
    pub api_version: String,
    /// `kind`; [`Evidence`]'s tag has that name on the wire, hence `type`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The namespace, for namespaced kinds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
    /// The name.
    pub name: String,
    /// `metadata.uid`.
    pub uid: String,
    /// `metadata.generation`, where the kind has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub generation: Option<i64>,
    /// Why it counts as ready (`2 of 2 replicas available`).
    pub ready: String,
}

/// Why a step failed. Every text is redacted before it gets here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// The cause in one line.
    pub cause: String,
    /// What was seen: conditions, pods, events, the log's tail.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub details: Vec<String>,
    /// The way out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
}
