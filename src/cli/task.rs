//! `orch task done|reopen|skip ID`: what a person decides.

use std::collections::BTreeSet;

use clap::{Args, Subcommand};
use serde_json::json;

use super::exit::{Code, Result};
use super::load::{Loaded, Phase};
use super::target::{Target, TargetArgs};
use super::{Session, Stop, load, recorded};
use crate::checklist::{Edits, Task, TaskId};
use crate::files::{Clock, Lock};
use crate::git::Repo;
use crate::journal::{Event, Evidence, Rejected, State, Subject, Trace, journal_path, sha256};
use crate::terminal::{err, out};

/// Arguments of `orch task`.
#[derive(Debug, Args)]
pub(super) struct TaskArgs {
    #[command(subcommand)]
    command: TaskCommand,
}

#[derive(Debug, Subcommand)]
enum TaskCommand {
    /// Tick a task that you did, or whose result you accept
    Done {
        /// The task's id (`4.2.1`)
        id: String,
        /// What was done, or why it is accepted
        #[arg(long)]
        note: String,
        /// The phase, where the id doesn't tell
        #[arg(long)]
        phase: Option<u32>,
        /// The target that it is about; by default the last run's
        #[arg(long, value_name = "NAME")]
        target: Option<String>,
    },
    /// Leave a task out: the phase is complete without it, and its box stays open
    Skip {
        /// The task's id (`4.2.1`)
        id: String,
        /// Why it isn't to be done
        #[arg(long)]
        note: Option<String>,
        /// The phase, where the id doesn't tell
        #[arg(long)]
        phase: Option<u32>,
    },
    /// Open a task again: it is to be done once more, and traces of a person's work count only once
    /// their files change
    Reopen {
        /// The task's id (`4.2.1`)
        id: String,
        /// Why it is to be done once more
        #[arg(long)]
        note: Option<String>,
        /// The phase, where the id doesn't tell
        #[arg(long)]
        phase: Option<u32>,
        /// The target that it is about; by default the last run's
        #[arg(long, value_name = "NAME")]
        target: Option<String>,
    },
}

/// Returns the phase that has a task: its id mostly tells, but sections are numbered as people
/// like.
fn phase_of(session: &Session, loaded: &Loaded, id: &str) -> Result<u32> {
    let wanted = TaskId::new(id);
    let numbers = loaded.phase_numbers(session).into_iter();
    let has = |number: &u32| {
        let phase = loaded.phase(session, *number);
        phase.is_ok_and(|phase| phase.checklist.task(&wanted).is_some())
    };
    let having: Vec<u32> = numbers.filter(has).collect();
    let told = || id.split('.').next().and_then(|it| it.parse().ok());
    match having.as_slice() {
        [one] => Ok(*one),
        [] => told().ok_or_else(|| {
            let stop = Stop::input(format!("which phase is `{id}` of?"));
            stop.help("name it: --phase N")
        }),
        several => {
            let numbers: Vec<String> = several.iter().map(u32::to_string).collect();
            let listed = numbers.join(", ");
            let stop = Stop::input(format!("phases {listed} have a task `{id}`"));
            Err(stop.help("name the one that is meant: --phase N"))
        }
    }
}

/// What a person decides of a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Decision {
    Done,
    Skipped,
    Open,
}

impl Decision {
    /// What programs get.
    fn code(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Skipped => "left-out",
            Self::Open => "reopened",
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Skipped => "left out, and its box stays open",
            Self::Open => "open again",
        }
    }
}

/// A decision with what was given for it.
struct Given<'a> {
    decision: Decision,
    id: &'a str,
    phase: Option<u32>,
    note: Option<String>,
    target: Option<&'a str>,
}

impl TaskCommand {
    fn given(&self) -> Given<'_> {
        let (decision, id, phase, note, target) = match self {
            Self::Done {
                id,
                note,
                phase,
                target,
            } => (Decision::Done, id, *phase, Some(note), target.as_ref()),
            Self::Skip { id, note, phase } => (Decision::Skipped, id, *phase, note.as_ref(), None),
            Self::Reopen {
                id,
                note,
                phase,
                target,
            } => (Decision::Open, id, *phase, note.as_ref(), target.as_ref()),
        };
        Given {
            decision,
            id,
            phase,
            note: note.map(|note| said(note)),
            target: target.map(String::as_str),
        }
    }
}

pub(super) fn run(session: &Session, args: &TaskArgs) -> Result {
    let given = args.command.given();
    let decision = given.decision;
    let loaded = load::workspace(session)?;
    let number = match given.phase {
        Some(number) => number,
        None => phase_of(session, &loaded, given.id)?,
    };
    let phase = loaded.phase(session, number)?;
    let id = TaskId::new(given.id);
    let task = task_of(&phase, &id)?;
    if given.note.as_ref().is_some_and(String::is_empty) {
        return Err(Stop::input("a note says what was done; this one is empty"));
    }
    if decision == Decision::Skipped {
        refuse_skip(task)?;
    }
    let clock = Clock::new(session.environment.source_date_epoch.as_deref())?;
    let repo = Repo::open(loaded.workspace.root())?;
    let (name, mail) = repo.identity()?;
    let _lock = Lock::take(&loaded.workspace, &phase.set, number, clock.now())?;
    let mut journal = recorded::open(&loaded, &phase, &repo)?;
    let who = format!("{name} <{mail}>");
    let place = Place::find(&loaded, &phase, (given.target, journal.state()))?;
    let about = Subject::of(&phase.checklist, &id);
    let rejected = match decision {
        Decision::Open => rejected(&loaded, journal.state(), &id)?,
        Decision::Done | Decision::Skipped => Vec::new(),
    };
    let event = record(&given, (&id, about), (who, place.named.clone()), rejected);
    // Whichever comes second may be lost to a kill, and is given again. A box that is ticked without
    // a record is respected; one that is open in spite of a record would count as taken back.
    let ticked = decision == Decision::Done;
    let recorded_first = decision == Decision::Open;
    if recorded_first {
        journal.append(clock.now(), vec![event.clone()])?;
    }
    let noted = edit(
        &loaded,
        &phase,
        task,
        (&place, ticked, given.note.as_deref()),
    )?;
    if !recorded_first {
        journal.append(clock.now(), vec![event])?;
    }
    if session.global.json {
        let value = json!({ "event": "decided", "set": phase.set, "phase": number, "task": id,
            "decision": decision.code(), "note": noted.map(Noted::code) });
        out(&format!("{value}\n"))?;
    }
    let noted = noted.map(|noted| noted.text(&phase)).unwrap_or_default();
    say(
        (&format!("task {id} is {}", decision.word()), &noted),
        &phase,
        given.target,
    )?;
    let left = decision != Decision::Open;
    say_last(&phase, left.then_some(&id), &place)?;
    Ok(Code::Done)
}

fn task_of<'p>(phase: &'p Phase, id: &TaskId) -> Result<&'p Task> {
    phase.checklist.task(id).ok_or_else(|| {
        let number = phase.checklist.number;
        let stop = Stop::input(format!("phase {number} has no task {id}"));
        stop.help(format!(
            "see `orch phase {number} status{}`",
            phase.set_flag
        ))
    })
}

/// Returns a note without what would drive a terminal that shows the file.
fn said(note: &str) -> String {
    let kept = |letter: &char| !letter.is_control() || letter.is_whitespace();
    note.chars()
        .filter(kept)
        .collect::<String>()
        .trim()
        .to_owned()
}

/// Refuses to leave out what is done, or left out already.
fn refuse_skip(task: &Task) -> Result<()> {
    let id = &task.id;
    let by_directive = task.directive.as_ref().is_some_and(|it| it.skip);
    if task.marker.checked {
        let stop = Stop::input(format!(
            "task {id} is ticked: there is nothing to leave out"
        ));
        return Err(stop.help(format!("to open it first: orch task reopen {id}")));
    }
    if task.skipped || by_directive {
        let by = if by_directive {
            "its directive"
        } else {
            "an earlier decision"
        };
        return Err(Stop::input(format!(
            "task {id} is left out already, by {by}"
        )));
    }
    Ok(())
}

/// Returns the record of a decision.
fn record(
    given: &Given<'_>,
    (id, about): (&TaskId, Option<Subject>),
    (who, target): (String, Option<String>),
    rejected: Vec<Rejected>,
) -> Event {
    let task = id.clone();
    let why = given.note.clone();
    match given.decision {
        Decision::Done => Event::Waived {
            task,
            who,
            why: why.unwrap_or_default(),
            target,
            about,
        },
        Decision::Skipped => Event::Skipped {
            task,
            who,
            why,
            about,
        },
        Decision::Open => Event::Reopened {
            task,
            who,
            why,
            target,
            about,
            rejected,
        },
    }
}

/// Returns the files that told a task's traces of a person's work, as they are: who opens the task
/// again doesn't accept them.
fn rejected(loaded: &Loaded, state: &State, task: &TaskId) -> Result<Vec<Rejected>> {
    let evidence = state.current().steps_of(task);
    let evidence = evidence.filter_map(|(_, step)| step.last.as_ref());
    let found = evidence.filter_map(|it| {
        if let Evidence::Traces { found } = it {
            Some(found)
        } else {
            None
        }
    });
    let paths: BTreeSet<&str> = found.flatten().filter_map(Trace::file).collect();
    let mut rejected = Vec::new();
    for path in paths {
        if let Some(bytes) = loaded.workspace.read_bytes(path)? {
            rejected.push(Rejected {
                path: path.to_owned(),
                sha256: sha256(&bytes),
            });
        }
    }
    Ok(rejected)
}

/// Says where nothing is left to do but to close the phase.
fn say_last(phase: &Phase, done: Option<&TaskId>, place: &Place) -> Result<()> {
    let mut open = phase.checklist.open_tasks();
    let number = phase.checklist.number;
    let was_open = |id: &&TaskId| phase.checklist.open_tasks().any(|task| task.id == **id);
    if let Some(done) = done.filter(|id| place.has_boxes && was_open(id))
        && open.all(|task| task.id == *done)
    {
        err(&format!(
            "it was the last open task of phase {number}: the next run closes it, with status, \
             date, PROGRESS.md and commit\n"
        ))?;
    }
    Ok(())
}

/// Where a person's note was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Noted {
    /// Into the section's notes.
    Section,
    /// Into the journal alone: the section has no field for it, or the boxes are another target's.
    Journal,
}

impl Noted {
    /// Where it was written, as programs get it.
    fn code(self) -> &'static str {
        match self {
            Self::Section => "section",
            Self::Journal => "journal",
        }
    }

    fn text(self, phase: &Phase) -> String {
        match self {
            Self::Section => format!(", and the note is in {}", phase.checklist.path),
            Self::Journal => {
                let journal = journal_path(&phase.set, phase.checklist.number);
                format!(", and the note is in {journal}: these boxes have no field for it")
            }
        }
    }
}

/// Ticks or opens a task's box, and writes the note into its section's field; both or neither.
fn edit(
    loaded: &Loaded,
    phase: &Phase,
    task: &Task,
    (place, ticked, why): (&Place, bool, Option<&str>),
) -> Result<Option<Noted>> {
    let checklist = &phase.checklist;
    let mut edits = Edits::new();
    if place.has_boxes && task.marker.checked != ticked {
        edits = edits.tick(&task.marker, ticked);
    }
    let section = checklist.section_of(&task.id);
    let field = section.and_then(|section| section.notes.as_ref());
    let noted = match (why, field) {
        (None, _) => None,
        (Some(why), Some(field)) if place.has_boxes => {
            edits = edits.remark(field, &format!("{}: {why}", task.id));
            Some(Noted::Section)
        }
        (Some(_), _) => Some(Noted::Journal),
    };
    if !edits.is_empty() {
        let text = &checklist.text;
        let edited = edits.apply(text)?;
        let before = sha256(text.as_bytes());
        let path = &checklist.path;
        loaded
            .workspace
            .replace(path, Some(&before), edited.as_bytes())?;
    }
    Ok(noted)
}

/// Says what was decided, where, where the note is, and how it goes on.
fn say((what, noted): (&str, &str), phase: &Phase, on: Option<&str>) -> Result<()> {
    let (there, flag) = match on {
        Some(name) => (format!(" on {name}"), format!(" --target {name}")),
        None => (String::new(), String::new()),
    };
    let (number, set) = (phase.checklist.number, &phase.set_flag);
    let next = format!("`orch phase {number} run{flag}{set}` goes on from there");
    err(&format!("{what}{there}{noted}; {next}\n"))?;
    Ok(())
}

/// What a decision is about.
struct Place {
    /// The target, where it isn't the last run's.
    named: Option<String>,
    /// Whether the boxes are that target's.
    has_boxes: bool,
}

impl Place {
    fn find(loaded: &Loaded, phase: &Phase, (on, state): (Option<&str>, &State)) -> Result<Self> {
        let own = match Target::of_phase(loaded, phase)? {
            Target::Rehearsal => state.first().map(str::to_owned),
            own @ Target::Context { .. } => Some(own.name().to_owned()),
        };
        let asked = match on {
            Some(name) => {
                let flags = TargetArgs {
                    target: Some(name.to_owned()),
                    context: None,
                };
                Some(Target::choose(&flags, loaded, phase)?.name().to_owned())
            }
            None => None,
        };
        let about = asked.as_deref().or(state.current_name());
        let has_boxes = match (about, own.as_deref()) {
            (Some(about), Some(own)) => about == own,
            (None, _) | (_, None) => true,
        };
        let last = state.current_name();
        Ok(Self {
            has_boxes,
            named: asked.filter(|asked| last != Some(asked)),
        })
    }
}
