//! Actions → [`Plan`]: a DAG of steps with their keys, and the plan's fingerprint.
//!
//! Pure. A step is an action's unit of execution; its key hashes kind, parameters, inputs and
//! target, so that a step is skipped only when exactly that was done before. This module doesn't
//! know what has been done already: `execute` compares a plan with the journal.

mod applied;
mod build;
mod cycle;
mod draft;
mod order;
mod reasons;
mod required;
mod scope;
mod stages;
mod twice;
mod wants;
mod waves;

pub use applied::applied;
pub use build::{PlanError, build, check};
pub use cycle::{Cycle, Edge, End, Why};
pub(crate) use draft::headline;
pub use reasons::reasons;
pub use scope::{Needed, Scope};
pub use twice::Twice;
pub use wants::{Want, wants};
pub use waves::waves;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use crate::checklist::{Shell, TaskId};
use crate::journal::{Evidence, StepId, StepKey, Trace};
use crate::manifest::{Object, Theirs};
use crate::merge::Conflict;
use crate::resolve::{Application, Finding};

/// A phase's steps in an order in which they can run.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// The target's name (`rehearsal` or a context).
    pub target: String,
    /// The steps; each needs only earlier ones.
    pub steps: Vec<Step>,
    /// The hash of all keys and edges.
    pub fingerprint: String,
}

impl Plan {
    /// Returns the steps of a task with their indices.
    pub fn steps_of<'a>(&'a self, task: &'a TaskId) -> impl Iterator<Item = (usize, &'a Step)> {
        self.steps
            .iter()
            .enumerate()
            .filter(move |(_, step)| step.task.as_ref() == Some(task))
    }

    /// Returns the objects that are applied, in the plan's order.
    pub fn objects(&self) -> impl Iterator<Item = &Object> {
        self.steps.iter().filter_map(|step| match &step.work {
            Work::Apply { object, .. } => Some(object.as_ref()),
            Work::Study { .. }
            | Work::Conclude { .. }
            | Work::Refuse { .. }
            | Work::Write { .. }
            | Work::Expect { .. }
            | Work::Command { .. }
            | Work::Wait { .. }
            | Work::Build { .. } => None,
        })
    }
}

impl Plan {
    /// Returns the objects that steps wait for and something else brings.
    pub fn awaited(&self) -> impl Iterator<Item = (&StepId, &Object)> {
        self.steps.iter().filter_map(|step| match &step.work {
            Work::Wait { object } => Some((&step.id, object.as_ref())),
            Work::Study { .. }
            | Work::Conclude { .. }
            | Work::Refuse { .. }
            | Work::Write { .. }
            | Work::Apply { .. }
            | Work::Command { .. }
            | Work::Expect { .. }
            | Work::Build { .. } => None,
        })
    }
}

/// Returns, for each object, the indices of those that must be there before it: what it refers to,
/// what selects it, and the application's start order.
pub fn object_needs(objects: &[&Object], application: &Application) -> Vec<BTreeSet<usize>> {
    order::object_needs(objects, application)
}

/// One step.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// Its readable name, unique within the plan.
    pub id: StepId,
    /// Its key.
    pub key: StepKey,
    /// The task it belongs to; `None` for what no task names.
    pub task: Option<TaskId>,
    /// What it does.
    pub work: Work,
    /// Indices of the steps that must have succeeded before.
    pub needs: Vec<usize>,
    /// How long it may take, where its task says so.
    pub timeout: Option<Duration>,
    /// How often it is tried again when it failed.
    pub retries: u32,
    /// What its evidence is to say beside what is observed.
    pub note: Option<&'static str>,
}

impl Work {
    /// Returns what a person has to decide before a file is written.
    pub fn conflicts(&self) -> &[Conflict] {
        match self {
            Self::Write { theirs, .. } => theirs.as_ref().map_or(&[], |it| &it.conflicts),
            Self::Study { .. }
            | Self::Conclude { .. }
            | Self::Refuse { .. }
            | Self::Apply { .. }
            | Self::Expect { .. }
            | Self::Build { .. }
            | Self::Wait { .. }
            | Self::Command { .. } => &[],
        }
    }
}

/// What a step does.
#[derive(Debug, Clone, PartialEq)]
pub enum Work {
    /// Look at files and endpoints; fails if one of them is not there.
    Study {
        /// What was looked for and found.
        findings: Vec<Finding>,
    },
    /// A conclusion from facts and manifests: an inventory's answer, a satisfied rule.
    Conclude {
        /// The conclusion.
        evidence: Evidence,
    },
    /// A rule that manifests violate.
    Refuse {
        /// The rule, in words.
        rule: String,
        /// What violates it.
        violations: Vec<String>,
    },
    /// Write a file.
    Write {
        /// The path, relative to the workspace.
        path: String,
        /// The whole text.
        text: String,
        /// What a person made of the file, where that is merged into the text.
        theirs: Option<Box<Theirs>>,
    },
    /// Apply an object and wait until it is ready.
    Apply {
        /// The object, secrets as placeholders.
        object: Arc<Object>,
        /// The file it stands in.
        file: String,
    },
    /// Look for the traces of a person's work.
    Expect {
        /// What was found.
        found: Vec<Trace>,
        /// What is missing, in plain words; the step waits for a person as long as anything is.
        missing: Vec<String>,
    },
    /// Run a command.
    Command {
        /// The command line, or several lines.
        run: String,
        /// What runs it.
        shell: Shell,
    },
    /// Wait until an object is ready that something else brings.
    Wait {
        /// The object, without its content.
        object: Box<Object>,
    },
    /// Build an image and push it; what uses it is applied with the digest that it got.
    Build {
        /// The image with its tag.
        image: String,
        /// The command line that builds and pushes it, for `sh -c`.
        run: String,
        /// The command line that tells its digest, where the first one doesn't.
        digest: Option<String>,
    },
}
