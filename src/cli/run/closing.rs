//! How a run ends: the documents, the journal's last record, the commit, and what is said.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::outlook::Outlook;
use super::tell::{Kept, tell, waiting_text};
use super::{Code, Prepared, Result};
use crate::checklist::{Checklist, StatusKind, TaskId, parse};
use crate::execute::{Document, Ledger, Report};
use crate::git::{Draft, Repo};
use crate::journal::{Event, Evidence, Outcome, RunId, StepId, TargetState};
use crate::progress::{Entry, PhaseRow, Place, View, update};
use crate::terminal::{err, out, printable};

/// The commit's message where settings give no other.
const MESSAGE: &str = "checklist({set}): phase-{phase} {name} completed";

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
        let name = prepared.target.name();
        let recorded = ledger
            .state()
            .target(name)
            .is_some_and(|state| state.started.is_some());
        let mut document = Document::new(prepared.phase.checklist.clone());
        let tickable = self.outlook.tickable(prepared, &done);
        let unticked = document
            .checklist
            .tasks()
            .any(|task| self.outlook.home && !task.marker.checked && tickable.contains(&task.id));
        let was_complete = ledger
            .state()
            .target(name)
            .is_some_and(|s| s.completed.is_some());
        let closes = waiting.is_empty() && recorded && !was_complete;
        let reopenings = self.outlook.reopenings(prepared)?;
        let taken_back = !reopenings.is_empty();
        ledger.append(reopenings)?;
        let behind = recorded && self.outlook.home && !shows(&document.checklist, &waiting);
        let mut finished = false;
        if killed || unticked || closes || taken_back || behind {
            if !killed {
                ledger.append(vec![Event::RunStarted(super::header(prepared))])?;
            }
            self.finish(&done, &waiting, &mut ledger, &mut document)?;
            finished = true;
        }
        let committed = waiting.is_empty() && recorded && self.commit(&ledger)?;
        let text = if !waiting.is_empty() {
            waiting_text(prepared, self.outlook, &waiting)
        } else if committed || finished {
            "finished what an interrupted run had left: documents and commit are up to date\n"
                .to_owned()
        } else {
            format!(
                "nothing to do: phase {} is done on {}\n",
                document.checklist.number,
                prepared.target.called()
            )
        };
        self.say(
            &text,
            if waiting.is_empty() {
                "done"
            } else {
                "waiting"
            },
        )?;
        Ok(Outlook::code(&waiting))
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
                self.progress(&ledger, document, None)?;
                Ok(if report.outcome == Outcome::Failed {
                    Code::Failed
                } else {
                    Code::Interrupted
                })
            }
            Outcome::Completed | Outcome::Waiting => {
                let done = evidence(ledger.state().target(name));
                let waiting = self.outlook.waiting(prepared, &done);
                self.finish(&done, &waiting, &mut ledger, document)?;
                if waiting.is_empty() {
                    self.commit(&ledger)?;
                    self.say(&self.done_text(report), "done")?;
                } else {
                    self.say(&waiting_text(prepared, self.outlook, &waiting), "waiting")?;
                }
                Ok(Outlook::code(&waiting))
            }
        }
    }

    /// Brings the documents to their last state, and then records the run's end: a kill in
    /// between leaves the run open, and the next one does this again.
    fn finish(
        &self,
        done: &BTreeMap<StepId, Evidence>,
        waiting: &[TaskId],
        ledger: &mut Ledger,
        document: &mut Document,
    ) -> Result<()> {
        let prepared = self.prepared;
        let complete = waiting.is_empty();
        let today = complete.then(|| prepared.today());
        if self.outlook.home {
            let wanted = self.outlook.projection(prepared, done, today.clone());
            document.update(&prepared.loaded.workspace, &wanted)?;
        }
        self.progress(ledger, document, today.as_deref())?;
        let outcome = if complete {
            Outcome::Completed
        } else {
            Outcome::Waiting
        };
        ledger.append(vec![Event::RunEnded { outcome }])?;
        Ok(())
    }

    /// Brings PROGRESS.md up to date.
    fn progress(
        &self,
        ledger: &Ledger,
        document: &Document,
        completed: Option<&str>,
    ) -> Result<()> {
        let prepared = self.prepared;
        let workspace = &prepared.loaded.workspace;
        let path = prepared.progress_path();
        let existing = workspace.read(&path)?;
        let view = self.view(ledger, &document.checklist, completed, &path);
        let text = update(existing.as_deref(), &view)?;
        if existing.as_deref() != Some(text.as_str()) {
            workspace.write_atomic(&path, text.as_bytes())?;
        }
        Ok(())
    }

    fn view(
        &self,
        ledger: &Ledger,
        checklist: &Checklist,
        completed: Option<&str>,
        path: &str,
    ) -> View {
        let prepared = self.prepared;
        let number = checklist.number;
        let set = prepared.loaded.snapshot.set(&prepared.phase.set);
        let mut phases: Vec<PhaseRow> = Vec::new();
        for file in set.into_iter().flat_map(|set| &set.phases) {
            if file.number == number {
                phases.push(self.row(checklist, path));
            } else if let Some(text) = prepared.loaded.snapshot.tree.get(&file.path)
                && let Ok(parsed) = parse(&file.path, text)
            {
                phases.push(self.row(&parsed.checklist, path));
            }
        }
        let next = phases
            .iter()
            .map(|row| row.number)
            .find(|other| *other > number);
        let following = || next.or(checklist.closing.as_ref().and_then(|c| c.next_phase));
        let current = match completed {
            // What a further target has got says nothing of where the phases stand.
            _ if !self.outlook.home => {
                let open = |row: &&PhaseRow| row.status != StatusKind::Completed;
                phases
                    .iter()
                    .find(open)
                    .map(|row| row.number)
                    .or_else(following)
            }
            Some(_) => following(),
            None => Some(number),
        };
        let history = completed.and_then(|date| {
            let done = evidence(ledger.state().target(prepared.target.name()));
            Some(Entry {
                date: date.parse().ok()?,
                phase: number,
                title: checklist.title.clone(),
                text: summary(prepared, &done, self.outlook.home),
            })
        });
        View {
            set: prepared.phase.set.clone(),
            language: checklist.language,
            phases,
            phase: number,
            current: current.unwrap_or(number),
            history: history.into_iter().collect(),
        }
    }

    fn row(&self, checklist: &Checklist, progress: &str) -> PhaseRow {
        let ours = checklist.number == self.prepared.phase.checklist.number;
        let date = |field: &Option<crate::checklist::DateField>| {
            field.as_ref().and_then(|field| field.text.parse().ok())
        };
        let status = checklist.status.as_ref().and_then(|status| {
            status
                .boxes
                .iter()
                .rev()
                .find(|b| b.marker.checked)
                .map(|b| b.kind)
        });
        PhaseRow {
            number: checklist.number,
            title: checklist.title.clone(),
            status: status.unwrap_or(StatusKind::NotStarted),
            done: checklist.tasks().filter(|task| task.marker.checked).count(),
            total: checklist.tasks().count(),
            started: date(&checklist.started),
            completed: date(&checklist.completed),
            file: relative(&checklist.path, progress),
            place: if ours && self.outlook.rehearsed {
                Place::Rehearsal
            } else {
                Place::Cluster
            },
        }
    }

    /// Commits what orch owns, once a run; returns whether a commit was made.
    fn commit(&self, ledger: &Ledger) -> Result<bool> {
        let prepared = self.prepared;
        let Some(state) = ledger.state().target(prepared.target.name()) else {
            return Ok(false);
        };
        let (Some(header), Some(at)) = (&state.header, state.completed) else {
            return Ok(false);
        };
        if self.repo.head_has_trailer(header.run.as_str())? {
            return Ok(false);
        }
        let message = self.message();
        let journal =
            crate::files::journal_path(&prepared.phase.set, prepared.phase.checklist.number);
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
        Ok(committed.created)
    }

    fn message(&self) -> String {
        let prepared = self.prepared;
        let file = &prepared.phase.file;
        let template = prepared.loaded.settings.commit_message.as_deref();
        let message = template
            .unwrap_or(MESSAGE)
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
        let mut text = format!(
            "\n{} phase {} {} is done on {}: {} steps, {} objects ready\n",
            paint.good("✓"),
            checklist.number,
            printable(&checklist.title),
            prepared.target.called(),
            report.ran,
            prepared.plan.objects().count(),
        );
        let folders = prepared
            .meaning
            .rendered
            .iter()
            .filter_map(|file| file.path.split('/').next())
            .collect::<std::collections::BTreeSet<_>>();
        let manifests: Vec<String> = folders.into_iter().map(|name| format!("{name}/")).collect();
        for (what, place) in [
            ("the checklist, ticked", checklist.path.clone()),
            ("the manifests", manifests.join(", ")),
            ("the account", prepared.progress_path()),
            ("the commit", "git log -1".to_owned()),
        ] {
            // Writing to a string can't fail.
            let _ = writeln!(text, "  {:<22} {}", what, paint.name(place));
        }
        text
    }

    fn say(&self, text: &str, outcome: &str) -> Result<()> {
        if self.prepared.session.global.json {
            let value = serde_json::json!({ "event": "ended", "outcome": outcome,
                "target": self.prepared.target.called() });
            out(&format!("{value}\n"))?;
        }
        err(text)?;
        Ok(())
    }
}

/// Returns whether the status boxes tell that tasks wait, or that none does.
fn shows(checklist: &Checklist, waiting: &[TaskId]) -> bool {
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

/// What a phase did, in one line.
fn summary(prepared: &Prepared<'_>, done: &BTreeMap<StepId, Evidence>, home: bool) -> String {
    let files = done
        .values()
        .filter(|e| matches!(e, Evidence::File { .. }))
        .count();
    let objects = done
        .values()
        .filter(|e| matches!(e, Evidence::Object(_)))
        .count();
    let words = crate::progress::Words::of(prepared.phase.checklist.language);
    // Which target it was is worth a word where it may be one of several.
    let several = prepared.loaded.settings.targets.len() > 1;
    let place = if prepared.is_rehearsal() {
        format!(" ({})", words.rehearsed)
    } else if several || !home {
        format!(" ({})", prepared.target.called())
    } else {
        String::new()
    };
    format!(
        "{}: {files}, {}: {objects}{place}",
        words.written, words.ready
    )
}

fn evidence(state: Option<&TargetState>) -> BTreeMap<StepId, Evidence> {
    state
        .into_iter()
        .flat_map(TargetState::steps)
        .filter_map(|(id, step)| Some((id.clone(), step.evidence()?.clone())))
        .collect()
}

/// Returns a path relative to the folder of another.
fn relative(path: &str, beside: &str) -> String {
    let folder = beside.rsplit_once('/').map_or("", |(folder, _)| folder);
    match path.strip_prefix(folder) {
        Some(rest) if !folder.is_empty() => rest.trim_start_matches('/').to_owned(),
        _ => path.to_owned(),
    }
}
