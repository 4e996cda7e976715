//! A document's text → [`Checklist`], or everything that is wrong with it.

use std::collections::HashMap;
use std::sync::Arc;

use crate::diagnostic::{Diagnostic, Diagnostics, Severity, nearest};

use super::problems::Problems;
use super::tree::{self, Kind, Node, Unreadable};
use super::walk::{Found, walk};
use super::{
    Checklist, Directive, Language, Span, Spanned, Task, TaskId, conflict, field, file_name,
    inline, lost, task, title,
};
use crate::vocabulary::Vocabulary;

/// A document that could be read, with what a person should look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parsed {
    /// The checklist.
    pub checklist: Checklist,
    /// Warnings; no errors among them.
    pub warnings: Diagnostics,
}

/// Returns the checklist that a document holds.
///
/// `path` is the document's path as shown; its file name gives the phase's number where the
/// title has none. `vocabulary` is what its labels are told by, and later its tasks.
///
/// # Errors
///
/// Returns every problem of the document, warnings included, if one of them is an error.
pub fn parse(path: &str, text: &str, vocabulary: &Vocabulary) -> Result<Parsed, Diagnostics> {
    let (checklist, warnings) = examine(path, text, vocabulary);
    let faulty = warnings.0.iter().any(|one| one.severity == Severity::Error);
    match checklist.filter(|_| !faulty) {
        Some(checklist) => Ok(Parsed {
            checklist,
            warnings,
        }),
        None => Err(warnings),
    }
}

/// Returns what can be read of a document, whatever is wrong with it, and every problem of it.
///
/// For what only looks at a document: what is done is done by [`parse`].
pub fn examine(
    path: &str,
    text: &str,
    vocabulary: &Vocabulary,
) -> (Option<Checklist>, Diagnostics) {
    let shared: Arc<str> = Arc::from(text);
    let (base, body) = body(text);
    let body = tree::with_line_feeds(body);
    let blocks = match blocks(path, &shared, (base, &body)) {
        Ok(blocks) => blocks,
        Err(problems) => return (None, problems),
    };
    let mut problems = Problems::new(path, &shared);
    let title = title::read(
        &shared,
        &blocks,
        file_name(path),
        (vocabulary, &mut problems),
    );
    let Found {
        status,
        started,
        completed,
        sections,
        closing,
    } = walk(&shared, &title, &blocks, (vocabulary, &mut problems));
    let checklist = Checklist {
        path: path.to_owned(),
        language: language(&shared, &blocks, vocabulary),
        vocabulary: vocabulary.clone(),
        number: title.number,
        title: title.text,
        title_span: title.span,
        status,
        started,
        completed,
        sections,
        closing,
        text: shared,
    };
    lost::warn(&checklist, (base, &blocks), &mut problems);
    check_ids(&checklist, &mut problems);
    conflict::report(text, &mut problems);
    if checklist.tasks().next().is_none() {
        let message = "the checklist has no tasks".to_owned();
        problems.error(
            &checklist.title_span,
            message,
            "write one as `- [ ] …` below a heading",
        );
    }
    (Some(checklist), problems.settle())
}

impl Checklist {
    /// Returns the checklist with nothing to be done in the tasks that errors are about; nothing
    /// where an error is about more than a task.
    ///
    /// So that what else is wrong is found in the same look.
    #[must_use]
    pub fn without_faulty(mut self, problems: &Diagnostics) -> Option<Self> {
        let errors = problems
            .0
            .iter()
            .filter(|one| one.severity == Severity::Error);
        let places: Option<Vec<(usize, bool)>> = errors
            .map(|one| Some((one.place.as_ref()?.span.start, one.rule == "id")))
            .collect();
        let places = places?;
        let is_in = |task: &Task, at: usize| {
            (task.marker.offset.saturating_sub(1)..task.span.end).contains(&at)
        };
        if !places
            .iter()
            .all(|(at, _)| self.tasks().any(|task| is_in(task, *at)))
        {
            return None;
        }
        for section in &mut self.sections {
            // Of two tasks with one id, the first is meant by it.
            let second = |task: &Task| {
                let own = task.marker.offset.saturating_sub(1);
                places.iter().any(|(at, twice)| *twice && *at == own)
            };
            section.tasks.retain(|task| !second(task));
            for task in &mut section.tasks {
                if places.iter().any(|(at, _)| is_in(task, *at)) {
                    task.directive = Some(Box::new(Directive {
                        manual: true,
                        ..Directive::default()
                    }));
                }
            }
        }
        Some(self)
    }
}

/// Returns what is Markdown of a text, and where it begins: behind the byte order mark and the
/// settings that some tools keep there.
fn body(text: &str) -> (usize, &str) {
    let marked = text.strip_prefix('\u{feff}').unwrap_or(text);
    let body = marked.get(front_matter(marked)..).unwrap_or_default();
    (text.len() - body.len(), body)
}

fn blocks<'t>(
    path: &str,
    text: &Arc<str>,
    (base, body): (usize, &'t str),
) -> Result<Vec<Node<'t>>, Diagnostics> {
    let refuse = |message: &str, span: Span, help: &str| {
        Diagnostics(vec![
            Diagnostic::error(message)
                .rule("document")
                .at(path, text, span, "")
                .help(help),
        ])
    };
    if body.trim().is_empty() {
        return Err(refuse(
            "the checklist is empty",
            0..0,
            "start it with `# Phase 1: …`",
        ));
    }
    if let Some(at) = text.find('\0') {
        let help = "save it as UTF-8 text";
        return Err(refuse("the checklist holds a NUL byte", at..at + 1, help));
    }
    tree::read(body, base).map_err(|why| match why {
        Unreadable::Panicked => refuse(
            "the checklist can't be read as Markdown",
            0..0,
            "look for unusual markup in it",
        ),
        Unreadable::Deep(at) => refuse(
            "the checklist is nested too deeply",
            at..at,
            "keep lists below 16 levels",
        ),
    })
}

/// Returns how many bytes the YAML takes that some tools keep between two `---` lines at a
/// document's start. What may be Markdown is none: no box is passed over.
fn front_matter(body: &str) -> usize {
    let mut lines = body.split_inclusive(['\n', '\r']);
    let Some(first) = lines.next().filter(|line| line.trim_end() == "---") else {
        return 0;
    };
    let mut length = first.len();
    let mut keys = 0;
    for line in lines {
        length += line.len();
        let line = line.trim_end();
        if matches!(line, "---" | "...") {
            return if keys > 0 { length } else { 0 };
        }
        keys += usize::from(line.contains(':'));
        let nested = line.starts_with([' ', '-']) && !line.contains("[ ]") && !line.contains("[x]");
        let yaml = line.is_empty() || line.starts_with('#') || line.contains(':') || nested;
        if !yaml {
            return 0;
        }
    }
    0
}

fn check_ids(checklist: &Checklist, problems: &mut Problems<'_>) {
    let mut seen: HashMap<&str, &Task> = HashMap::with_capacity(checklist.tasks().count());
    for task in checklist.tasks() {
        if let Some(first) = seen.get(task.id.as_str()) {
            let message = format!("two tasks have the id `{}`", task.id);
            let line = checklist.line_at(first.marker.offset);
            let help = format!(
                "the first is on line {line}; number the sections apart, or give one `id=…`"
            );
            let before = problems.count();
            problems.error(
                &(task.marker.offset - 1..task.marker.offset + 2),
                message,
                &help,
            );
            problems.name(before, "id");
            problems.relate(
                &(first.marker.offset - 1..first.marker.offset + 2),
                "the first task with this id",
            );
        } else {
            seen.insert(task.id.as_str(), task);
        }
    }
    let before = problems.count();
    for task in checklist.tasks() {
        for after in task.directive.iter().flat_map(|directive| &directive.after) {
            if after.value == task.id {
                let help = "take it away, or name the task that comes before";
                let message = format!("task {} waits for itself", task.id);
                problems.error(&after.span, message, help);
            } else if !seen.contains_key(after.value.as_str()) {
                let known: Vec<&str> = seen.keys().copied().collect();
                unknown_id(after, &known, problems);
            }
        }
    }
    problems.name(before, "after");
}

/// Reports an `after=` of nothing.
fn unknown_id(after: &Spanned<TaskId>, known: &[&str], problems: &mut Problems<'_>) {
    let id = after.value.as_str();
    let message = format!("no task of this phase has the id `{id}`");
    let counted = |id: &str| id.chars().all(|c| c.is_ascii_digit() || c == '.');
    let named = known.iter().copied().filter(|known| !counted(known));
    let named: Vec<&str> = named.collect();
    // Numbers are all alike: which one was meant can't be told.
    if let Some(near) = nearest(id, &named).filter(|_| !counted(id)) {
        problems.error(&after.span, message, &format!("did you mean `{near}`?"));
        problems.suggest(after.span.clone(), near);
        return;
    }
    let section = id.rsplit_once('.').map_or("", |(section, _)| section);
    let in_section = |known: &&&str| known.rsplit_once('.').is_some_and(|it| it.0 == section);
    let help = match known.iter().filter(in_section).count() {
        0 => "ids are section and ordinal, like `4.2.1`".to_owned(),
        1 => format!("section {section} has only `{section}.1`"),
        count => format!("section {section} has `{section}.1` to `{section}.{count}`"),
    };
    problems.error(&after.span, message, &help);
}

/// Returns the language that most labels are written in; letters decide between equals.
fn language(text: &str, blocks: &[Node<'_>], vocabulary: &Vocabulary) -> Language {
    let mut counts = [
        (Language::English, 0),
        (Language::Russian, 0),
        (Language::Ukrainian, 0),
    ];
    let lines = blocks.iter().flat_map(|block| match block.kind {
        Kind::Heading(_) => vec![inline::plain(text, &block.children)],
        Kind::Paragraph => field::lines(text, &block.span, vocabulary)
            .into_iter()
            .map(|line| line.label)
            .collect(),
        Kind::List => block
            .children
            .iter()
            .filter(|item| vocabulary.may_be_label(task::first_words(item)))
            .map(|item| task::line_of(text, item).plain())
            .collect(),
        Kind::Item
        | Kind::Fence(_)
        | Kind::Html
        | Kind::Text(_)
        | Kind::Code(_)
        | Kind::Break
        | Kind::Marker
        | Kind::Wrapper
        | Kind::Indented
        | Kind::Opaque => Vec::new(),
    });
    for line in lines {
        for language in vocabulary.label_languages(&line) {
            counts
                .iter_mut()
                .filter(|row| row.0 == language)
                .for_each(|row| row.1 += 1);
        }
    }
    let most = counts.iter().map(|row| row.1).max().unwrap_or_default();
    let mut best = counts.iter().filter(|row| row.1 == most).map(|row| row.0);
    match (best.next(), best.next()) {
        (Some(only), None) => only,
        _ => by_letters(text),
    }
}

fn by_letters(text: &str) -> Language {
    let lower = text.to_lowercase();
    if lower.contains(['і', 'ї', 'є', 'ґ']) {
        Language::Ukrainian
    } else if lower.chars().any(|letter| ('а'..='я').contains(&letter)) {
        Language::Russian
    } else {
        Language::English
    }
}
