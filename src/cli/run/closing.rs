//! How a run ends: the documents, the journal's last record, the commit, and what is said.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::account::Moment;
use super::outlook::{Outlook, Waiting};
use super::tell::{Kept, absent_text, left_text, tell, waiting_text};
use super::{Code, Prepared, Result};
use crate::checklist::{Checklist, StatusKind};
use crate::cli::traces;
use crate::execute::{Document, Ledger, Report};
use crate::files::Clock;
use crate::git::{Draft, Repo};
use crate::journal::{Event, Evidence, Header, Outcome, RunId, StepId, TargetState};
use crate::resolve::Action;
use crate::terminal::{count, err, out, printable};

/// The commit's message where settings give no other.
const MESSAGE: &str = "checklist({set}): phase-{phase} {name} completed";

/// The commit's message of a phase that was turned back, where settings give no other.
const UNDONE: &str = "checklist({set}): phase-{phase} {name} undone";

/// What is needed to end a run.
pub(super) struct Close<'a> {
    pub(super) prepared: &'a Prepared<'a>,
    pub(super) outlook: &'a Outlook,
    pub(super) repo: &'a Repo,
}

impl Close<'_> {
    /// Ends a command that had no step to run: brings up to date what a kill left behind, and
    /// otherwise changes nothing.
    pub(super) fn without_run(&self, mut ledger: Ledger) -> Result {
        let prepared = self.prepared;
        let done = self.outlook.done(prepared);
        let waiting = self.outlook.waiting(prepared, &done);
        let killed = ledger.state().running().is_some();
        let undo = ledger.state().running().is_some_and(|header| header.undo);
        let name = prepared.target.name();
        let known = ledger.state().target(name);
        let recorded = known.is_some_and(|state| state.started.is_some());
        let mut document = Document::new(prepared.phase.checklist.clone());
        let tickable = self.outlook.tickable(prepared, &done);
        let unticked = document
            .checklist
            .tasks()
            .any(|task| self.outlook.home && !task.marker.checked && tickable.contains(&task.id));
        let was_complete = known.is_some_and(|state| state.completed.is_some());
        let closes = waiting.is_empty() && recorded && !was_complete;
        let reopenings = self.outlook.reopenings(prepared)?;
        let taken_back = !reopenings.is_empty();
        ledger.append(reopenings)?;
        let behind = recorded && self.outlook.home && !shows(&document.checklist, &waiting);
        // A decision was taken back since: it waits again.
        let known = ledger.state().target(name);
        let ended = known.is_some_and(|known| known.outcome == Some(Outcome::Completed));
        let behind = behind || (self.outlook.home && ended && !waiting.nobody());
        let begins = !recorded && self.begins(&ledger, &document.checklist, &waiting);
        let mut finished = false;
        if killed || unticked || closes || taken_back || behind || begins {
            if !killed || undo {
                let header = Header {
                    began: traces::beginning(prepared.loaded, prepared.phase, ledger.state())?,
                    gone: self.outlook.gone.clone(),
                    ..super::header(prepared)
                };
                ledger.append(vec![Event::RunStarted(header)])?;
            }
            self.finish(&done, &waiting, &mut ledger, &mut document)?;
            finished = true;
        }
        let recorded = recorded || begins;
        let restored = recorded && !finished && self.restore_account(&ledger, &document)?;
        let committed = waiting.is_empty() && recorded && self.commit(&ledger)?;
        let text = if !waiting.nobody() {
            waiting_text(prepared, self.outlook, &waiting)
        } else if waiting.is_empty() && (closes || begins) && !killed {
            self.closed_text()
        } else if committed || finished {
            "finished what an interrupted run had left: documents and commit are up to date\n"
                .to_owned()
        } else if restored {
            self.restored_text()
        } else {
            self.idle_text(&waiting)
        };
        self.end(&text, &waiting)?;
        Ok(Outlook::code(&waiting))
    }

    /// Says that nothing is to be done.
    fn idle_text(&self, waiting: &Waiting) -> String {
        let prepared = self.prepared;
        let what = match &prepared.how.section {
            Some(section) => format!("section {section}"),
            None => format!("phase {}", prepared.phase.checklist.number),
        };
        let on = prepared.target.called();
        let left = left_text(prepared, waiting.left);
        format!("nothing to do: {what} is done on {on}\n{left}")
    }

    /// Whether a phase without a step to run is to be recorded as begun, or as closed at once: it
    /// waits for persons, they decided on its tasks, its status says something else, or what
    /// changes from here on is work of the phase.
    fn begins(&self, ledger: &Ledger, checklist: &Checklist, waiting: &Waiting) -> bool {
        let whole = self.prepared.how.section.is_none();
        let state = ledger.state();
        let decided = !state.current().waived.is_empty() || !state.skipped().is_empty();
        let due = !waiting.is_empty() || decided || !shows(checklist, waiting);
        self.outlook.home && ((whole && due) || self.expects())
    }

    /// Whether a task expects traces of a person's work.
    fn expects(&self) -> bool {
        let mut tasks = self.prepared.meaning.resolved.tasks.iter();
        tasks.any(|task| matches!(task.action, Action::Expect { .. }))
    }

    /// Ends a run.
    pub(super) fn after_run(
        &self,
        report: &Report,
        mut ledger: Ledger,
        document: &mut Document,
    ) -> Result {
        let prepared = self.prepared;
        tell(prepared, report, Kept::Recorded)?;
        let name = prepared.target.name();
        match report.outcome {
            Outcome::Failed | Outcome::Interrupted => {
                ledger.append(vec![Event::RunEnded {
                    outcome: report.outcome,
                }])?;
                self.progress(&ledger, document, Moment::Under)?;
                let undecided = Waiting {
                    files: self.outlook.undecided(prepared),
                    ..Waiting::default()
                };
                let (code, outcome) = match report.outcome {
                    Outcome::Interrupted => (Code::Interrupted, "interrupted"),
                    Outcome::Failed | Outcome::Completed | Outcome::Waiting => {
                        (Code::Failed, "failed")
                    }
                };
                let text = waiting_text(prepared, self.outlook, &undecided);
                self.say(&text, outcome, &undecided)?;
                Ok(code)
            }
            Outcome::Completed | Outcome::Waiting => {
                let done = evidence(ledger.state().target(name));
                let waiting = self.outlook.waiting(prepared, &done);
                self.finish(&done, &waiting, &mut ledger, document)?;
                let text = if waiting.is_empty() {
                    self.commit(&ledger)?;
                    self.done_text(report)
                } else if waiting.nobody() {
                    self.part_text(report, &waiting)
                } else {
                    waiting_text(prepared, self.outlook, &waiting)
                };
                self.end(&text, &waiting)?;
                Ok(Outlook::code(&waiting))
            }
        }
    }

    /// Brings the documents to their last state, and then records the run's end: a kill in
    /// between leaves the run open, and the next one does this again.
    fn finish(
        &self,
        done: &BTreeMap<StepId, Evidence>,
        waiting: &Waiting,
        ledger: &mut Ledger,
        document: &mut Document,
    ) -> Result<()> {
        let prepared = self.prepared;
        let complete = waiting.is_empty();
        let today = complete.then(|| prepared.today());
        if self.outlook.home {
            // What was completed before and is only put right keeps its date.
            let known = ledger.state().target(prepared.target.name());
            let first = known.and_then(|known| known.completed);
            let first = first.map(|at| Clock::date_of(at).to_string());
            let date = today.clone().map(|today| first.unwrap_or(today));
            let wanted = self.outlook.projection(prepared, done, date);
            document.update(&prepared.loaded.workspace, &wanted)?;
        }
        self.progress(ledger, document, Moment::completed(today.as_deref()))?;
        let outcome = if complete {
            Outcome::Completed
        } else {
            Outcome::Waiting
        };
        ledger.append(vec![Event::RunEnded { outcome }])?;
        Ok(())
    }

    /// Commits what orch owns, once a run; returns whether a commit was made.
    pub(super) fn commit(&self, ledger: &Ledger) -> Result<bool> {
        let prepared = self.prepared;
        let Some(state) = ledger.state().target(prepared.target.name()) else {
            return Ok(false);
        };
        let (Some(header), Some(at)) = (&state.header, state.completed.or(state.undone)) else {
            return Ok(false);
        };
        if self.repo.head_has_trailer(header.run.as_str())? {
            return Ok(false);
        }
        let message = self.message(state.undone.is_some());
        let journal =
            crate::journal::journal_path(&prepared.phase.set, prepared.phase.checklist.number);
        let paths = self.outlook.owned_paths(prepared, &journal);
        let run: &RunId = &header.run;
        let draft = Draft {
            paths: &paths,
            message: &message,
            run: run.as_str(),
            at,
        };
        let committed = self.repo.commit(&draft)?;
        if let Some(why) = &committed.program {
            err(&format!(
                "committed through the git program, because of {why}\n"
            ))?;
        }
        if let Some(warning) = &committed.warning {
            err(&format!("warning: {warning}\n"))?;
        }
        if let Some(text) = absent_text(&committed.absent) {
            err(&text)?;
        }
        Ok(committed.created)
    }

    fn message(&self, undone: bool) -> String {
        let prepared = self.prepared;
        let file = &prepared.phase.file;
        let template = prepared.loaded.settings.commit_message.as_deref();
        // The checklist's closing list may say how the team words it.
        let closing = prepared.phase.checklist.closing.as_ref();
        let template = template.or_else(|| closing?.commit_message.as_deref());
        let template = match (template, undone) {
            (Some(own), false) => own.to_owned(),
            (Some(own), true) if own.contains("completed") => own.replace("completed", "undone"),
            (Some(own), true) => format!("{own} (undone)"),
            (None, false) => MESSAGE.to_owned(),
            (None, true) => UNDONE.to_owned(),
        };
        let message = template
            .replace("{set}", &prepared.phase.set)
            .replace("{phase}", &file.number.to_string())
            .replace("{name}", &file.name);
        if self.outlook.home {
            message
        } else {
            format!("{message} on {}", prepared.target.called())
        }
    }

    fn done_text(&self, report: &Report) -> String {
        let prepared = self.prepared;
        let checklist = &prepared.phase.checklist;
        let paint = prepared.session.err;
        let text = format!(
            "\n{} phase {} {} is done on {}: {}, {} ready\n",
            paint.good("✓"),
            checklist.number,
            printable(&checklist.title),
            prepared.target.called(),
            count(report.ran, "step"),
            count(prepared.plan.objects().count(), "object"),
        );
        text + &self.places()
    }

    /// Says that a phase is complete for which no step had to run.
    fn closed_text(&self) -> String {
        let prepared = self.prepared;
        let checklist = &prepared.phase.checklist;
        let left_out = checklist.tasks().filter(|task| task.skipped).count();
        let left_out = match left_out {
            0 => String::new(),
            some => format!(", {some} left out"),
        };
        let on = if prepared.touches_target() {
            format!(" on {}", prepared.target.called())
        } else {
            String::new()
        };
        format!(
            "\n{} phase {} {} is complete{on}: {} by a person{left_out}\n{}",
            prepared.session.err.good("✓"),
            checklist.number,
            printable(&checklist.title),
            count(self.outlook.by_person(), "task"),
            self.places()
        )
    }

    /// Returns where to look at what a phase made.
    fn places(&self) -> String {
        let prepared = self.prepared;
        let checklist = &prepared.phase.checklist;
        let paint = prepared.session.err;
        let mut text = String::new();
        let folders = prepared
            .meaning
            .rendered
            .iter()
            .filter_map(|file| file.path.split('/').next())
            .collect::<std::collections::BTreeSet<_>>();
        let manifests: Vec<String> = folders.into_iter().map(|name| format!("{name}/")).collect();
        let places = [
            ("the checklist, ticked", checklist.path.clone()),
            ("the manifests", manifests.join(", ")),
            ("the account", prepared.progress_path()),
            ("the commit", "git log -1".to_owned()),
        ];
        for (what, place) in places.iter().filter(|(_, place)| !place.is_empty()) {
            // Writing to a string can't fail.
            let _ = writeln!(text, "  {:<22} {}", what, paint.name(printable(place)));
        }
        text
    }

    /// Says that a part of the phase is done, and what is left.
    fn part_text(&self, report: &Report, waiting: &Waiting) -> String {
        let prepared = self.prepared;
        let section = prepared.how.section.as_deref().unwrap_or_default();
        format!(
            "\n{} section {section} is done on {}: {}\n{}",
            prepared.session.err.good("✓"),
            prepared.target.called(),
            count(report.ran, "step"),
            left_text(prepared, waiting.left)
        )
    }

    /// Says how a run ended, and what waits.
    fn end(&self, text: &str, waiting: &Waiting) -> Result<()> {
        let outcome = if waiting.nobody() { "done" } else { "waiting" };
        if self.prepared.session.global.json {
            for id in &waiting.tasks {
                let missing = self.prepared.missing(id);
                let value = serde_json::json!({ "event": "waits", "task": id, "missing": missing });
                out(&format!("{value}\n"))?;
            }
        }
        self.say(text, outcome, waiting)
    }

    /// Says how a command ended.
    pub(super) fn say(&self, text: &str, outcome: &str, waiting: &Waiting) -> Result<()> {
        if self.prepared.session.global.json {
            let mut value = serde_json::json!({ "event": "ended", "outcome": outcome,
                "target": self.prepared.target.called() });
            if let Some(section) = &self.prepared.how.section {
                let left = waiting.left;
                value["section"] = section.as_str().into();
                value["left"] = serde_json::json!({ "tasks": left.tasks, "steps": left.steps });
            }
            if !waiting.nobody() {
                value["tasks"] = serde_json::json!(waiting.tasks);
                value["files"] = serde_json::json!(waiting.files);
            }
            out(&format!("{value}\n"))?;
        }
        err(text)?;
        Ok(())
    }
}

/// Returns whether the status boxes tell that tasks wait, or that none does.
fn shows(checklist: &Checklist, waiting: &Waiting) -> bool {
    let wanted = if waiting.is_empty() {
        StatusKind::Completed
    } else {
        StatusKind::InProgress
    };
    checklist.status.as_ref().is_none_or(|status| {
        status
            .boxes
            .iter()
            .all(|status| status.marker.checked == (status.kind == wanted))
    })
}

pub(super) fn evidence(state: Option<&TargetState>) -> BTreeMap<StepId, Evidence> {
    state
        .into_iter()
        .flat_map(TargetState::steps)
        .filter_map(|(id, step)| Some((id.clone(), step.evidence()?.clone())))
        .collect()
}
