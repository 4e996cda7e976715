//! Opening the boxes of what doesn't hold: recorded with the reason, and nothing else changed in
//! the checklist but boxes. As with `task reopen`, nothing is committed.

use super::look::Look;
use crate::checklist::{Checklist, StatusKind, TaskId};
use crate::cli::exit::Result;
use crate::cli::load::{Loaded, Phase};
use crate::cli::run::account;
use crate::cli::{Session, recorded, target};
use crate::execute::{Document, Projection};
use crate::files::Clock;
use crate::git::Repo;
use crate::journal::{Event, Subject};
use crate::progress::View;
use crate::terminal::{count, err};
use crate::verify::{Lost, Tick};

/// Opens the boxes of the ticks that don't hold. The caller has the phase's lock since before it
/// looked.
pub(super) fn untick(
    session: &Session,
    loaded: &Loaded,
    phase: &Phase,
    (look, ticks): (&Look, &[Tick]),
) -> Result<()> {
    let clock = Clock::new(session.environment.source_date_epoch.as_deref())?;
    let number = phase.checklist.number;
    let repo = Repo::open(loaded.workspace.root())?;
    let (name, mail) = repo.identity()?;
    let who = format!("{name} <{mail}>");
    let current = look.state.current_name();
    let target = current
        .filter(|current| *current != look.name)
        .map(|_| look.name.clone());
    let lost: Vec<(&TaskId, Vec<&Lost>)> = ticks
        .iter()
        .filter_map(|tick| Some((tick.task.as_ref()?, tick)))
        .map(|(task, tick)| (task, tick.lost().map(|(_, lost)| lost).collect()))
        .filter(|(_, lost): &(_, Vec<_>)| !lost.is_empty())
        .collect();
    let events = lost.iter().map(|(task, lost)| Event::Reopened {
        task: (*task).clone(),
        who: who.clone(),
        why: Some(why(lost)),
        target: target.clone(),
        about: Subject::of(&phase.checklist, task),
        rejected: Vec::new(),
    });
    // A box that is open in spite of its record counts as taken back: whichever comes second may
    // be lost to a kill.
    let mut journal = recorded::open(loaded, phase, &repo)?;
    journal.append(clock.now(), events.collect())?;
    if look.home {
        let mut document = Document::new(phase.checklist.clone());
        let wanted = Projection {
            ticked: std::collections::BTreeSet::new(),
            opened: lost.iter().map(|(task, _)| (*task).clone()).collect(),
            status: status(&phase.checklist, look),
            // It was begun, whatever has become of it; it isn't complete any more.
            started: phase.checklist.started.as_ref().map(|it| it.text.clone()),
            completed: None,
        };
        document.update(&loaded.workspace, &wanted)?;
        progress(loaded, phase, (look, &document.checklist))?;
    }
    let ids: Vec<&str> = lost.iter().map(|(task, _)| task.as_str()).collect();
    let flag = if look.home || look.name == target::REHEARSAL {
        String::new()
    } else {
        format!(" on {}", look.called)
    };
    err(&format!(
        "{} opened again{flag}: {}; `orch phase {number} run{}` does what is left to do\n",
        count(ids.len(), "task"),
        ids.join(", "),
        phase.set_flag
    ))?;
    Ok(())
}

/// Why a tick was taken back, in one line.
fn why(lost: &[&Lost]) -> String {
    let each: Vec<String> = lost
        .iter()
        .map(|lost| format!("expected {}; found: {}", lost.expected, lost.found))
        .collect();
    each.join(" · ")
}

/// A phase with an open box is under way, unless nothing of it was ever begun.
fn status(checklist: &Checklist, look: &Look) -> StatusKind {
    let boxes = checklist.status.iter().flat_map(|status| &status.boxes);
    let mut ticked = boxes.filter(|it| it.marker.checked).map(|it| it.kind);
    let begun = look.state.first().is_some();
    match ticked.next() {
        Some(StatusKind::NotStarted) | None if !begun => StatusKind::NotStarted,
        _ => StatusKind::InProgress,
    }
}

/// Brings PROGRESS.md up to date, where there is one.
fn progress(loaded: &Loaded, phase: &Phase, (look, checklist): (&Look, &Checklist)) -> Result<()> {
    let path = loaded.progress_path(&phase.set);
    if loaded.workspace.read(&path)?.is_none() {
        return Ok(());
    }
    let shown = (checklist, look.is_rehearsed());
    let phases = account::rows(loaded, &phase.set, shown, &path);
    // Phases come in order: the first that is open is the one to go on with.
    let current = account::open_from(&phases, 0).unwrap_or(checklist.number);
    let view = View {
        set: phase.set.clone(),
        language: checklist.language,
        phases,
        phase: checklist.number,
        current,
        history: Vec::new(),
        shared: account::is_shared(loaded, &phase.set),
    };
    account::write(&loaded.workspace, &path, &view)
}
