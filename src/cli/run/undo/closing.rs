//! What turning back means for the documents: boxes open again, the account, the commit.

use std::collections::BTreeSet;

use super::super::account::Moment;
use super::super::closing::Close;
use super::super::outlook::Waiting;
use super::{Code, Result};
use crate::checklist::{StatusKind, TaskId};
use crate::execute::{Document, Ledger, Projection, Undone};
use crate::journal::{Event, Outcome, StepStatus, Subject, TargetState};
use crate::terminal::{count, err};

impl Close<'_> {
    /// Ends a run that turned its phase back.
    pub(super) fn turned_back(&self, undone: &Undone, mut ledger: Ledger) -> Result {
        let prepared = self.prepared;
        let name = prepared.target.name();
        let state = ledger.state().target(name);
        let opened: BTreeSet<TaskId> = state.map(turned_back).unwrap_or_default();
        let decided: Vec<TaskId> = opened
            .iter()
            .filter(|task| state.is_some_and(|state| state.waived.contains_key(task)))
            .cloned()
            .collect();
        let mut document = Document::new(prepared.phase.checklist.clone());
        if self.outlook.home {
            let wanted = Projection {
                ticked: BTreeSet::new(),
                opened,
                status: StatusKind::NotStarted,
                started: None,
                completed: None,
            };
            document.update(&prepared.loaded.workspace, &wanted)?;
        }
        let today = prepared.today();
        self.progress(&ledger, &document, Moment::TurnedBack(&today))?;
        ledger.append(vec![Event::RunEnded {
            outcome: Outcome::Waiting,
        }])?;
        self.take_back(decided, &mut ledger)?;
        self.commit(&ledger)?;
        let files = if prepared.meaning.rendered.is_empty() {
            ""
        } else {
            "; the files stay: git has them"
        };
        let text = format!(
            "{} phase {} is turned back on {}: {} deleted, {} put back{files}\n",
            prepared.session.err.good("✓"),
            prepared.phase.checklist.number,
            prepared.target.called(),
            count(undone.deleted, "object"),
            count(undone.restored, "object"),
        );
        if prepared.session.global.json {
            self.say(&text, "turned-back", &Waiting::default())?;
        } else {
            err(&text)?;
        }
        Ok(Code::Done)
    }

    /// What a person accepted of tasks that are turned back is to be decided anew.
    fn take_back(&self, tasks: Vec<TaskId>, ledger: &mut Ledger) -> Result<()> {
        if tasks.is_empty() {
            return Ok(());
        }
        let (name, mail) = self.repo.identity()?;
        let checklist = &self.prepared.phase.checklist;
        let reopened = tasks.into_iter().map(|task| Event::Reopened {
            about: Subject::of(checklist, &task),
            rejected: Vec::new(),
            task,
            who: format!("{name} <{mail}>"),
            why: None,
            target: None,
        });
        Ok(ledger.append(reopened.collect())?)
    }
}

/// The tasks of which a step was turned back.
fn turned_back(state: &TargetState) -> BTreeSet<TaskId> {
    state
        .steps()
        .filter(|(_, known)| known.status == StepStatus::RolledBack)
        .filter_map(|(_, known)| known.task.clone())
        .collect()
}
