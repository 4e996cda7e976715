//! What is shown over a place: what a task means and what is recorded of it, what is known of a
//! path, what a directive's key does.

use std::fmt::Write as _;

use super::markdown::{code, escape};
use super::place::{self, Place};
use super::seen::{Reading, Seen};
use crate::check;
use crate::checklist::{KEYS, Section, Span, Task, TaskId};
use crate::diagnostic::Diagnostic;
use crate::facts::{Origin, secret};
use crate::resolve::{Action, BulletReading, Finding, ResolvedTask};
use crate::terminal::count;

/// How many facts are named.
const NAMED: usize = 12;

/// Returns what is known of a place as Markdown, and the text that it is about.
pub(super) fn at(seen: &Seen, reading: &Reading, offset: usize) -> Option<(String, Span)> {
    Some(match place::at(&reading.checklist, offset)? {
        Place::Section(section) => (of_section(reading, section), section.span.clone()),
        Place::Key(task, word) => match KEYS.iter().find(|key| key.name == word.key) {
            Some(key) => (
                format!("{}\n\n{}\n", code(key.form), key.meaning),
                word.span,
            ),
            None => (of_task(reading, task), task.text.span.clone()),
        },
        Place::After(_, id, span) => match reading.checklist.task(&id) {
            Some(before) => (of_task(reading, before), span),
            None => (format!("No task is called {}.\n", code(id.as_str())), span),
        },
        Place::Path(task, path, span) => match of_path(seen, reading, path) {
            Some(text) => (text, span),
            None => (of_task(reading, task), task.text.span.clone()),
        },
        Place::Task(task) => (of_task(reading, task), task.text.span.clone()),
    })
}

/// Returns what the rules say of the problems at a place: what they find, why it matters.
pub(super) fn rules(found: &[Diagnostic], path: &str, offset: usize) -> String {
    let here = |one: &&Diagnostic| {
        let place = one.place.as_ref().filter(|it| it.path == path);
        place.is_some_and(|it| (it.span.start..=it.span.end).contains(&offset))
    };
    let mut names: Vec<&str> = found.iter().filter(here).map(|it| it.rule).collect();
    names.dedup();
    let rules = names.into_iter().filter_map(check::rule);
    let text = |rule: &check::Rule| {
        let (name, why) = (code(rule.name), escape(rule.why));
        let (what, way) = (escape(rule.what), escape(rule.way));
        format!("Rule {name}: {what}.\n\n- Why: {why}.\n- Way out: {way}.\n")
    };
    rules.map(text).collect::<Vec<String>>().join("\n")
}

fn of_section(reading: &Reading, section: &Section) -> String {
    let open = section.tasks.iter().filter(|it| !it.marker.checked);
    let number = reading.phase;
    let run = format!("orch phase {number} run --section {}", section.number);
    format!(
        "**{}** {}\n\n{} of {} open\n\n{}\n",
        escape(&section.number),
        escape(&section.title),
        open.count(),
        count(section.tasks.len(), "task"),
        code(&run)
    )
}

/// Returns what a task means, and what is recorded of it.
fn of_task(reading: &Reading, task: &Task) -> String {
    let title = task.text.plain();
    let mut text = format!("**{}** {}\n\n", escape(task.id.as_str()), escape(&title));
    match reading.meaning(&task.id) {
        Some(meaning) => text += &meaning_text(reading, meaning),
        None => text += "The phase can't be read yet: see its problems.\n\n",
    }
    text + &records(reading, task)
}

fn meaning_text(reading: &Reading, task: &ResolvedTask) -> String {
    let matched: Vec<String> = task.reading.matched.iter().map(|it| code(it)).collect();
    let mut text = format!(
        "{} by rule *{}*: {}\n\n",
        code(task.action.word()),
        escape(&task.reading.rule),
        matched.join(", ")
    );
    text += &action(reading, task);
    let of = |wanted: fn(&BulletReading) -> Option<(&String, String)>| -> String {
        let lines = task.bullets.iter().filter_map(wanted);
        let line = |(bullet, meaning): (&String, String)| {
            let arrow = if meaning.is_empty() { "" } else { " → " };
            format!("- {}{arrow}{}\n", escape(bullet), escape(&meaning))
        };
        lines.map(line).collect()
    };
    let unread = of(|bullet| match bullet {
        BulletReading::Unread { text, asks, .. } => {
            let asks = asks.as_ref().map(ToString::to_string);
            Some((text, asks.unwrap_or_default()))
        }
        BulletReading::Read { .. } | BulletReading::Vacuous { .. } => None,
    });
    if !unread.is_empty() {
        let _ = writeln!(
            text,
            "Unread, so that the box stays open for a person:\n\n{unread}"
        );
    }
    let read = of(|bullet| match bullet {
        BulletReading::Read { text, meaning } => Some((text, meaning.clone())),
        BulletReading::Vacuous { text, reason } => Some((text, reason.clone())),
        BulletReading::Unread { .. } => None,
    });
    if !read.is_empty() {
        let _ = writeln!(text, "Read:\n\n{read}");
    }
    for note in &task.notes {
        let _ = writeln!(text, "Note: {}\n", escape(note));
    }
    text
}

fn action(reading: &Reading, task: &ResolvedTask) -> String {
    if let Action::Study { findings } = &task.action {
        return findings.iter().map(finding).collect();
    }
    if let Action::Command { run, .. } = &task.action {
        let run = secret::masked(run);
        return format!("Runs {}, with consent.\n\n", code(&run));
    }
    if let Action::Inventory { answer, .. } = &task.action {
        return answer_text(answer);
    }
    let (does, path) = if let Action::Write { path } = &task.action {
        ("Written to", path)
    } else if let Action::Apply {
        path: Some(path), ..
    } = &task.action
    {
        ("Applied from", path)
    } else {
        return String::new();
    };
    format!("{does} {}{}\n\n", code(path), objects(reading, path))
}

fn answer_text(answer: &crate::resolve::Answer) -> String {
    let mut text = String::new();
    for (name, what, origin) in &answer.matched {
        let place = origin.as_ref().map(place_text).unwrap_or_default();
        let _ = writeln!(text, "- {} = {}{place}", escape(name), escape(what));
    }
    for name in &answer.missing {
        let _ = writeln!(text, "- {}: not found", escape(name));
    }
    for (what, origin) in &answer.extra {
        let place = origin.as_ref().map(place_text).unwrap_or_default();
        let _ = writeln!(text, "- not listed: {}{place}", escape(what));
    }
    if !text.is_empty() {
        text.push('\n');
    }
    text
}

fn place_text(origin: &Origin) -> String {
    format!(" ({})", code(&origin.to_string()))
}

/// Returns the objects of a file, as they follow its name.
fn objects(reading: &Reading, path: &str) -> String {
    match reading.objects.get(path).map(Vec::as_slice) {
        None | Some([]) => String::new(),
        Some(labels) => {
            let labels: Vec<String> = labels.iter().map(|it| code(it)).collect();
            format!(": {}", labels.join(", "))
        }
    }
}

fn finding(finding: &Finding) -> String {
    let subject = code(&finding.subject);
    if let Some(looked) = &finding.missing {
        return format!("{subject} is not there; looked for: {}\n\n", escape(looked));
    }
    let mut text = format!("{subject}: {}\n\n", count(finding.facts.len(), "fact"));
    for (fact, origin) in finding.facts.iter().take(NAMED) {
        let _ = writeln!(text, "- {}{}", escape(fact), place_text(origin));
    }
    match finding.facts.len().saturating_sub(NAMED) {
        0 => {}
        more => {
            let _ = writeln!(text, "- and {more} more");
        }
    }
    if !finding.facts.is_empty() {
        text.push('\n');
    }
    text
}

fn records(reading: &Reading, task: &Task) -> String {
    match reading.records.get(&task.id).map(Vec::as_slice) {
        None | Some([]) if task.marker.checked => {
            "Nothing is recorded: a person ticked it.\n".to_owned()
        }
        None | Some([]) => "No evidence yet.\n".to_owned(),
        Some(lines) => {
            let mut text = "Recorded:\n\n".to_owned();
            for line in lines {
                let _ = writeln!(text, "- {}", escape(line));
            }
            text
        }
    }
}

/// Returns what is known of a path or endpoint; nothing where nothing is.
fn of_path(seen: &Seen, reading: &Reading, path: &str) -> Option<String> {
    let mut text = there(seen, path).unwrap_or_default();
    for task in &reading.tasks {
        if let Action::Study { findings } = &task.action {
            let own = findings.iter().filter(|it| it.subject == path);
            text += &own.map(finding).collect::<String>();
        }
        if matches!(&task.action, Action::Write { path: written } if written == path) {
            let objects = objects(reading, path);
            let _ = writeln!(text, "{}{objects}\n", written_by(&task.id));
        }
    }
    (!text.is_empty()).then(|| format!("**{}**\n\n{text}", escape(path)))
}

fn written_by(task: &TaskId) -> String {
    format!("Written by task {}", escape(task.as_str()))
}

/// Returns what lies at a path, if anything does.
fn there(seen: &Seen, path: &str) -> Option<String> {
    let path = path.trim_start_matches("./").trim_end_matches('/');
    if let Some(text) = seen.tree.get(path) {
        return Some(format!("{}\n\n", count(text.lines().count(), "line")));
    }
    if let Some(other) = seen.tree.other(path) {
        return Some(format!(
            "{}\n\n",
            count(usize::try_from(other.size).ok()?, "byte")
        ));
    }
    let files = seen.tree.below(path).count();
    (files > 0).then(|| format!("A folder with {}\n\n", count(files, "text file")))
}
