//! Ticks beside their evidence, again: what holds, what doesn't any more, what can't be checked.
//!
//! Pure: what is on the disk and on the cluster is told by the caller, as [`Seen`]. Nothing is
//! opened or done again here.

mod reading;
mod recorded;
mod reworded;
#[cfg(test)]
mod tests;

pub use reworded::reworded;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::checklist::{Checklist, Task, TaskId};
use crate::journal::{StepId, StepState, Subjects, TargetState, Waiver};
use crate::plan::{Plan, Step};
use crate::resolve::{Resolved, ResolvedTask};

/// All that ticks are checked against.
pub struct Seen<'a> {
    /// The phase's number.
    pub phase: u32,
    /// What names its set in commands, where it has to be named.
    pub set_flag: &'a str,
    /// The phase as it is read today; `None` where it can't be.
    pub today: Option<Today<'a>>,
    /// What is recorded of the target whose evidence is checked.
    pub state: Option<&'a TargetState>,
    /// What persons decided.
    pub waived: &'a BTreeMap<TaskId, Waiver>,
    /// The files that evidence or the plan names, by path, as they are.
    pub files: &'a BTreeMap<String, FileSeen>,
    /// The objects that later phases moved out of what a `kustomization.yml` lists, by its path.
    pub moved: &'a BTreeMap<String, Vec<Moved>>,
    /// What became of objects.
    pub objects: &'a Objects,
}

/// An object that a later phase moved to a file of its own, which isn't listed where the first
/// one was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// What it is (`PodDisruptionBudget/web`).
    pub object: String,
    /// The later phase's number.
    pub phase: u32,
    /// Its file, as a `kustomization.yml` lists it.
    pub resource: String,
}

/// A phase as it is read today.
#[derive(Clone, Copy)]
pub struct Today<'a> {
    /// What its tasks mean.
    pub resolved: &'a Resolved,
    /// The steps that follow.
    pub plan: &'a Plan,
    /// The files of which the phase wants what it wanted when it wrote them, and that later phases
    /// wrote since.
    pub kept: &'a BTreeSet<String>,
    /// Whether a listed name that nothing supports leaves its box to a person.
    pub strict: bool,
}

/// A file on the disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileSeen {
    /// It isn't there.
    Missing,
    /// It can't be read, and why.
    Unreadable(String),
    /// It is there.
    There {
        /// Its SHA-256, in hex.
        sha256: String,
        /// The same with line feeds alone, where git checked it out with carriage returns.
        unix: Option<String>,
        /// Whether nothing is in it.
        empty: bool,
        /// How what a person changed in it fits what orch would write now.
        change: Change,
        /// Who wrote it since, where another phase of the set did.
        anew: Option<Anew>,
    },
}

/// A file that another phase of the set wrote anew.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Anew {
    /// The phase's number.
    pub phase: u32,
    /// Its task that asked for the file, if one did.
    pub task: Option<TaskId>,
    /// When.
    pub at: Timestamp,
    /// Whether it left nothing in it, as what was there lies in files of its own now.
    pub moved: bool,
    /// What this phase writes and the file hasn't: an object with its fields each; `None` where what
    /// this phase writes isn't known.
    pub lacks: Option<Vec<String>>,
}

/// How a person's changes of a file fit what orch would write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// They can be merged, or there are none.
    Merges,
    /// A person has to decide.
    Conflicts,
}

/// What became of the objects of a target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Objects {
    /// They ended with the rehearsal.
    Rehearsed,
    /// The cluster wasn't asked, and why.
    NotAsked(String),
    /// The cluster was asked.
    Asked {
        /// The steps whose object isn't as it was applied, with what is wrong.
        wrong: BTreeMap<StepId, Vec<Wrong>>,
        /// The steps whose object isn't there at all.
        absent: BTreeSet<StepId>,
    },
}

/// What is wrong with an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wrong {
    /// It is gone, or another one has its name.
    Gone(String),
    /// Others changed it: each field in one line.
    Changed(Vec<String>),
    /// It isn't ready any more.
    Unready(String),
    /// It can't be told, and why.
    Unknown(String),
}

/// A tick, or the steps that belong to no task, with all that was checked of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tick {
    /// The task; `None` for what no task names.
    pub task: Option<TaskId>,
    /// What was checked.
    pub claims: Vec<Claim>,
}

/// One thing that a tick stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// What it is about (`write k8s/api/service.yml`).
    pub what: String,
    /// What became of it.
    pub found: Found,
}

/// What became of a thing that a tick stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// It holds, and by what.
    Holds(String),
    /// It doesn't hold any more.
    Lost(Lost),
    /// It held when it was observed, and is not checked again.
    Momentary(String),
    /// A person's word.
    Word {
        /// Who gave it, where that is recorded.
        who: Option<String>,
        /// When, where that is recorded.
        at: Option<Timestamp>,
        /// What they said, or why nothing else is known.
        why: String,
    },
    /// It can't be checked, and why.
    Unchecked(String),
}

/// What doesn't hold any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lost {
    /// What was expected.
    pub expected: String,
    /// What was found.
    pub found: String,
    /// The way out.
    pub way: String,
}

/// What a tick comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// Something of it doesn't hold.
    Lost,
    /// All that can be checked of it holds.
    Holds,
    /// It stands by a person's word.
    Word,
    /// It held when it was observed.
    Momentary,
    /// Nothing of it can be checked.
    Unchecked,
}

impl Found {
    /// Returns what a tick with only this comes to.
    pub fn standing(&self) -> Standing {
        match self {
            Self::Holds(_) => Standing::Holds,
            Self::Lost(_) => Standing::Lost,
            Self::Momentary(_) => Standing::Momentary,
            Self::Word { .. } => Standing::Word,
            Self::Unchecked(_) => Standing::Unchecked,
        }
    }
}

impl Standing {
    /// Returns its word, as in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Lost => "lost",
            Self::Holds => "holds",
            Self::Word => "word",
            Self::Momentary => "momentary",
            Self::Unchecked => "unchecked",
        }
    }
}

impl Tick {
    /// Returns what it comes to: lost where anything of it is, else by what can be checked.
    pub fn standing(&self) -> Standing {
        let all = self.claims.iter().map(|claim| claim.found.standing());
        all.min().unwrap_or(Standing::Unchecked)
    }

    /// Returns what of it doesn't hold.
    pub fn lost(&self) -> impl Iterator<Item = (&Claim, &Lost)> {
        self.claims.iter().filter_map(|claim| match &claim.found {
            Found::Lost(lost) => Some((claim, lost)),
            Found::Holds(_) | Found::Momentary(_) | Found::Word { .. } | Found::Unchecked(_) => {
                None
            }
        })
    }
}

/// Returns every tick of a checklist with what became of its evidence, in the document's order,
/// and last what no task names.
pub fn verify(checklist: &Checklist, seen: &Seen<'_>) -> Vec<Tick> {
    let view = View::new(seen);
    let subjects = Subjects::new(checklist);
    let mut ticks: Vec<Tick> = checklist
        .tasks()
        .filter(|task| task.marker.checked)
        .map(|task| Tick {
            task: Some(task.id.clone()),
            claims: view.task(task, &subjects),
        })
        .collect();
    let claims = view.unassigned();
    if !claims.is_empty() {
        ticks.push(Tick { task: None, claims });
    }
    ticks
}

/// What was seen, by task: a phase may have thousands.
struct View<'a> {
    seen: &'a Seen<'a>,
    steps: BTreeMap<Option<&'a TaskId>, Vec<&'a Step>>,
    resolved: BTreeMap<&'a TaskId, &'a ResolvedTask>,
    recorded: BTreeMap<&'a TaskId, Vec<(&'a StepId, &'a StepState)>>,
}

impl<'a> View<'a> {
    fn new(seen: &'a Seen<'a>) -> Self {
        let mut steps: BTreeMap<Option<&TaskId>, Vec<&Step>> = BTreeMap::new();
        let today = seen.today.as_ref();
        for step in today.into_iter().flat_map(|today| &today.plan.steps) {
            steps.entry(step.task.as_ref()).or_default().push(step);
        }
        let tasks = today.into_iter().flat_map(|today| &today.resolved.tasks);
        let mut recorded: BTreeMap<&TaskId, Vec<_>> = BTreeMap::new();
        for (id, known) in seen.state.into_iter().flat_map(TargetState::steps) {
            if let Some(task) = &known.task {
                recorded.entry(task).or_default().push((id, known));
            }
        }
        Self {
            seen,
            steps,
            resolved: tasks.map(|task| (&task.id, task)).collect(),
            recorded,
        }
    }

    /// Checks a ticked task.
    fn task(&self, task: &Task, subjects: &Subjects<'_>) -> Vec<Claim> {
        let steps = self.steps_of(Some(&task.id));
        let waiver = self.seen.waived.get(&task.id);
        let mut claims: Vec<Claim> = waiver.map(given).into_iter().collect();
        if self.seen.today.is_none() {
            claims.extend(self.by_record_alone(&task.id));
        } else if steps.iter().any(|step| self.known(&step.id).is_some()) {
            claims.extend(self.recorded(steps, waiver.is_some()));
        } else if claims.is_empty() && self.recorded.contains_key(&task.id) {
            claims.push(recorded::replaced());
        }
        if waiver.is_none() {
            claims.extend(self.reworded(task, subjects));
        }
        if claims.is_empty() {
            claims.extend(self.by_reading(task, steps));
        }
        claims
    }

    /// Checks that the line still says what was done.
    fn reworded(&self, task: &Task, subjects: &Subjects<'_>) -> Option<Claim> {
        let (resolved, steps) = (self.resolved.get(&task.id)?, self.recorded.get(&task.id)?);
        let steps = steps.iter().map(|(_, step)| *step);
        let why = reworded(task, resolved, steps, &subjects.of(&task.id)?)?;
        Some(Claim {
            what: "its line".to_owned(),
            found: Found::Lost(Lost {
                expected: "a line of which all was done: the box is ticked".to_owned(),
                found: why,
                way: format!("{} opens the box", self.again()),
            }),
        })
    }

    /// Checks what was done without a task.
    fn unassigned(&self) -> Vec<Claim> {
        let done = |step: &&Step| {
            let known = self.known(&step.id);
            known.is_some_and(|it| it.evidence().is_some())
        };
        let steps: Vec<&Step> = self.steps_of(None).iter().copied().filter(done).collect();
        self.recorded(&steps, true)
    }

    fn steps_of<'s>(&'s self, task: Option<&'s TaskId>) -> &'s [&'a Step] {
        let steps: &BTreeMap<Option<&'s TaskId>, Vec<&'a Step>> = &self.steps;
        steps.get(&task).map_or(&[], Vec::as_slice)
    }

    fn known(&self, step: &StepId) -> Option<&'a StepState> {
        self.seen.state?.step(step)
    }

    /// Returns the command that does again what is lost.
    fn again(&self) -> String {
        format!("`orch phase {} run{}`", self.seen.phase, self.seen.set_flag)
    }
}

/// A person's word.
fn given(waiver: &Waiver) -> Claim {
    Claim {
        what: "a person's word".to_owned(),
        found: Found::Word {
            who: Some(waiver.who.clone()),
            at: Some(waiver.at),
            why: waiver.why.clone(),
        },
    }
}
