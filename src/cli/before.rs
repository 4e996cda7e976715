//! What a phase that comes after others asks of them: that their boxes are ticked, by orch or by
//! hand, and that a target which gets this one has them too.
//!
//! Told from the checklists and the journals; no cluster is asked.

use serde_json::{Value, json};

use super::exit::Result;
use super::load::{Loaded, Phase};
use super::target::Target;
use super::{Session, Stop};
use crate::checklist::{Checklist, parse};
use crate::files::read_journal;
use crate::journal::{Evidence, State};
use crate::terminal::{count, printable};

/// How many open tasks are named.
const NAMED: usize = 6;

/// An earlier phase of the set that isn't complete.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Before {
    /// Its number.
    pub(super) number: u32,
    /// Its title.
    title: String,
    /// Its open tasks: id, text, place.
    open: Vec<(String, String, String)>,
    /// The target that it never completed on, where its boxes are all ticked.
    lacks: Option<String>,
    /// Whether its checklist can be read.
    readable: bool,
}

impl Before {
    /// Returns what is lacking, in a few words.
    pub(super) fn summary(&self) -> String {
        match &self.lacks {
            _ if !self.readable => format!("phase {} can't be read: orch check", self.number),
            Some(target) => format!("phase {} isn't on {}", self.number, printable(target)),
            None => format!(
                "phase {} has {} open",
                self.number,
                count(self.open.len(), "task")
            ),
        }
    }

    /// Returns what JSON says of it.
    pub(super) fn json(&self) -> Value {
        let open: Vec<&str> = self.open.iter().map(|(id, ..)| id.as_str()).collect();
        json!({ "phase": self.number, "title": self.title, "open": open, "lacks": self.lacks })
    }
}

/// Returns the earlier phases of a phase's set that aren't complete, in order.
///
/// # Errors
/// Where a journal can't be read.
pub(super) fn incomplete(
    loaded: &Loaded,
    phase: &Phase,
    target: Option<&Target>,
) -> Result<Vec<Before>> {
    let mut found = Vec::new();
    let set = loaded.set(&phase.set)?;
    let earlier = |number: u32| number < phase.file.number;
    for file in set.phases.iter().filter(|file| earlier(file.number)) {
        let text = loaded.snapshot.tree.get(&file.path);
        let parsed = text.map(|text| parse(&file.path, text, &loaded.settings.vocabulary));
        let Some(Ok(mut parsed)) = parsed else {
            found.push(Before {
                number: file.number,
                title: file.name.clone(),
                open: Vec::new(),
                lacks: None,
                readable: false,
            });
            continue;
        };
        loaded.skip(&phase.set, &mut parsed.checklist);
        let checklist = &parsed.checklist;
        let open = open_of(checklist);
        let lacks = match target.filter(|it| open.is_empty() && **it != Target::Rehearsal) {
            Some(target) => lacks(loaded, &loaded.phase_of(set, file)?, target)?,
            None => None,
        };
        if !open.is_empty() || lacks.is_some() {
            found.push(Before {
                number: checklist.number,
                title: checklist.title.clone(),
                open,
                lacks,
                readable: true,
            });
        }
    }
    Ok(found)
}

/// Returns a phase's open tasks: id, text, place.
fn open_of(checklist: &Checklist) -> Vec<(String, String, String)> {
    let tasks = checklist.open_tasks().map(|task| {
        let line = checklist.line_at(task.marker.offset);
        let place = format!("{}:{line}", checklist.path);
        (task.id.to_string(), task.text.plain(), place)
    });
    tasks.collect()
}

/// Returns the target's name where a phase did something on a cluster, and not on that one.
fn lacks(loaded: &Loaded, other: &Phase, target: &Target) -> Result<Option<String>> {
    let number = other.checklist.number;
    let state = read_journal(&loaded.workspace, &other.set, number)?.state;
    let name = match target.settings() {
        Some(there) => Target::named(&there.name, loaded, other)?.name().to_owned(),
        None => target.name().to_owned(),
    };
    let complete = state.target(&name).is_some_and(|it| it.completed.is_some());
    let somewhere = state.targets().any(|(known, it)| {
        let touched = |evidence: &Evidence| {
            matches!(evidence, Evidence::Object(_) | Evidence::Command { .. })
        };
        let mut evidence = it.steps().filter_map(|(_, step)| step.evidence());
        known != name && evidence.any(touched)
    });
    Ok((somewhere && !complete).then(|| target.called().to_owned()))
}

/// Refuses to begin a phase whose predecessors aren't complete, unless it is to run early; returns
/// the numbers of those that aren't. One that was begun goes on.
///
/// # Errors
/// Names, for each predecessor, what is open there, and the way out.
pub(super) fn refuse_early(
    session: &Session,
    loaded: &Loaded,
    phase: &Phase,
    (target, state): (&Target, &State),
    force: bool,
) -> Result<Vec<u32>> {
    let known = state.target(target.name());
    let begun = known.filter(|known| known.started.is_some());
    if let Some(known) = begun {
        // What was let pass when it began is let pass.
        return Ok(known
            .header
            .as_ref()
            .map_or_else(Vec::new, |it| it.early.clone()));
    }
    let before = incomplete(loaded, phase, Some(target))?;
    let numbers: Vec<u32> = before.iter().map(|it| it.number).collect();
    let Some(first) = before.first().filter(|_| !force) else {
        return Ok(numbers);
    };
    let mut stop = Stop::input(format!(
        "phase {} comes after {}, which {} complete",
        phase.checklist.number,
        listed(&numbers),
        if numbers.len() == 1 {
            "isn't"
        } else {
            "aren't"
        },
    ));
    for it in &before {
        stop = stop.help(it.summary());
        for (id, text, place) in it.open.iter().take(NAMED) {
            stop = stop.help(format!("  {id} {} ({place})", printable(text)));
        }
        if let Some(more) = it.open.len().checked_sub(NAMED).filter(|more| *more > 0) {
            stop = stop.help(format!("  and {more} more"));
        }
    }
    let program = &session.environment.program;
    let flag = match target {
        Target::Rehearsal => String::new(),
        Target::Context { .. } => format!(" {}", target.flag()),
    };
    Err(stop
        .help(format!(
            "go on there: {program} phase {} run{flag}{}",
            first.number, phase.set_flag
        ))
        .help("or run this one early, which is recorded: --force"))
}

/// Returns numbers in a sentence: `phase 2`, `phases 2 and 3`.
fn listed(numbers: &[u32]) -> String {
    let all: Vec<String> = numbers.iter().map(u32::to_string).collect();
    match all.split_last() {
        Some((last, [])) => format!("phase {last}"),
        Some((last, others)) => format!("phases {} and {last}", others.join(", ")),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::listed;

    #[track_caller]
    fn check(numbers: &[u32], expected: &str) {
        assert_eq!(listed(numbers), expected);
    }

    #[test]
    fn numbers_are_listed_as_in_a_sentence() {
        check(&[2], "phase 2");
        check(&[2, 3], "phases 2 and 3");
        check(&[1, 2, 3], "phases 1, 2 and 3");
    }
}
