//! Plan × target → events: runs the steps that are to be done, in dependency order, concurrently
//! where possible, and records each before and after its effect.
//!
//! This module doesn't print: it reports [`Progress`] to whoever listens. What a step does to the
//! disk or the cluster is in `effect`; what a journal says about a plan is in `standing`; what
//! follows for the documents is in `project`.

mod air;
mod awaited;
mod carry;
mod command;
mod consent;
mod course;
mod effect;
mod ledger;
mod membership;
mod previous;
mod project;
mod prune;
mod run;
mod secrets;
mod standing;
mod undo;
mod urls;
mod writes;

pub use carry::{Carried, Edited, carry};
pub use consent::Consent;
pub use ledger::{Ledger, LedgerError};
pub use project::{Document, ProjectError, Projection, project};
pub use prune::{Candidate, Fate, Pruning, prune, prune_candidates, settle_gone};
pub use run::{ExecuteError, Run, Tick, execute};
pub use secrets::{Filled, SecretsError, fill};
pub use standing::{
    Changed, Comparison, Held, Standing, Why, compare, expect, hold, narrow, task_done,
};
pub use undo::{Turn, Undo, Undoing, Undone};
pub use urls::unencoded;

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use crate::checklist::TaskId;
use crate::cluster::{Mask, TakeOver};
use crate::journal::{Evidence, Failure, Outcome, StepId};

/// How a run behaves.
#[derive(Debug, Clone)]
pub struct Options {
    /// How many steps may be at work at once; those that only wait for readiness don't count.
    pub in_flight: usize,
    /// How long an object may take to become ready.
    pub timeout: Duration,
    /// How long a pod that no node takes is waited for.
    pub grace: Duration,
    /// How long a load balancer's address is waited for; many clusters never give one.
    pub address: Duration,
    /// Whether files that a person changed are overwritten.
    pub overwrite: bool,
    /// From whom fields and objects may be taken over.
    pub take_over: TakeOver,
    /// Whether what can't be changed may be deleted and made again.
    pub recreate: bool,
    /// How commands run.
    pub commands: Commands,
}

/// How commands run.
#[derive(Clone, Default)]
pub struct Commands {
    /// Whether they may.
    pub allowed: bool,
    /// How long one may take; without a limit where there is none.
    pub limit: Option<Duration>,
    /// The whole environment of those of the checklist.
    pub environment: BTreeMap<String, String>,
    /// The values of secrets that they may come to say.
    pub mask: Mask,
    /// The set that they belong to.
    pub set: String,
    /// The phase that they belong to.
    pub phase: u32,
}

impl fmt::Debug for Commands {
    /// Leaves out the environment's values: they may be secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Commands")
            .field("allowed", &self.allowed)
            .field("limit", &self.limit)
            .field("environment", &self.environment.keys())
            .finish_non_exhaustive()
    }
}

/// What happens, for those who watch; folds of it make the terminal and JSON.
#[derive(Debug, Clone, PartialEq)]
pub enum Progress {
    /// A step began.
    Started {
        /// The step.
        step: StepId,
        /// Its task.
        task: Option<TaskId>,
    },
    /// A step is under way (lossy; for people).
    Under {
        /// The step.
        step: StepId,
        /// How far it is (`1 of 2 replicas available`).
        text: String,
    },
    /// A step succeeded.
    Succeeded {
        /// The step.
        step: StepId,
        /// Its task.
        task: Option<TaskId>,
        /// What was observed.
        evidence: Evidence,
    },
    /// A step failed.
    Failed {
        /// The step.
        step: StepId,
        /// Its task.
        task: Option<TaskId>,
        /// Why.
        failure: Failure,
    },
    /// The target keeps the run waiting (lossy).
    Waiting {
        /// For what; `None` once it answers again.
        why: Option<String>,
    },
    /// A task's box was ticked.
    Ticked {
        /// The task.
        task: TaskId,
    },
}

/// How a run went.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// How it ended.
    pub outcome: Outcome,
    /// Steps that failed, with their tasks.
    pub failed: Vec<(StepId, Option<TaskId>, Failure)>,
    /// Steps that could not start because of them.
    pub blocked: Vec<StepId>,
    /// How many steps ran.
    pub ran: usize,
}
