//! The walk over a document's blocks: title, status, dates, sections, tasks, closing list.

use std::sync::Arc;

use crate::diagnostic::{Diagnostic, Diagnostics};

use super::labels::{self, Label};
use super::problems::Problems;
use super::task::{Listed, Reader, Scope};
use super::tree::{self, Kind, Node, Unreadable};
use super::{
    Checklist, Closing, DateField, Field, Language, Section, Span, Spanned, Status, StatusBox,
    closing, field, file_name, inline, lookalike, task, title,
};

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
/// title has none.
///
/// # Errors
///
/// Returns every problem of the document, warnings included, if one of them is an error.
pub fn parse(path: &str, text: &str) -> Result<Parsed, Diagnostics> {
    let shared: Arc<str> = Arc::from(text);
    let blocks = blocks(path, &shared)?;
    let mut problems = Problems::new(path, &shared);
    let title = title::read(&shared, &blocks, file_name(path), &mut problems);
    let mut walk = Walk::new(&shared, &title, &mut problems);
    walk.blocks(&blocks);
    let Found {
        status,
        started,
        completed,
        sections,
        closing,
        ..
    } = walk.finish();
    let checklist = Checklist {
        path: path.to_owned(),
        language: language(&shared, &blocks),
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
    check_ids(&checklist, &mut problems);
    if checklist.tasks().next().is_none() {
        let message = "the checklist has no tasks".to_owned();
        problems.error(
            &checklist.title_span,
            message,
            "write one as `- [ ] …` below a heading",
        );
    }
    Ok(Parsed {
        checklist,
        warnings: problems.settle()?,
    })
}

fn blocks(path: &str, text: &Arc<str>) -> Result<Vec<Node>, Diagnostics> {
    let refuse = |message: &str, span: Span, help: &str| {
        Diagnostics(vec![
            Diagnostic::error(message)
                .at(path, text, span, "")
                .help(help),
        ])
    };
    let base = if text.starts_with('\u{feff}') {
        '\u{feff}'.len_utf8()
    } else {
        0
    };
    let body = text.get(base..).unwrap_or_default();
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
        Unreadable::Deep => refuse(
            "the checklist is nested too deeply",
            0..0,
            "keep lists below 16 levels",
        ),
    })
}

fn check_ids(checklist: &Checklist, problems: &mut Problems<'_>) {
    let mut seen: Vec<&super::Task> = Vec::new();
    for task in checklist.tasks() {
        if let Some(first) = seen.iter().find(|first| first.id == task.id) {
            let message = format!("two tasks have the id `{}`", task.id);
            let line = checklist.line_at(first.marker.offset);
            let help = format!(
                "the first is on line {line}; number the sections apart, or give one `id=…`"
            );
            problems.error(
                &(task.marker.offset - 1..task.marker.offset + 2),
                message,
                &help,
            );
        }
        seen.push(task);
    }
    for task in checklist.tasks() {
        for after in task.directive.iter().flat_map(|directive| &directive.after) {
            if after.value == task.id {
                problems.error(
                    &after.span,
                    format!("task {} waits for itself", task.id),
                    "",
                );
            } else if checklist.task(&after.value).is_none() {
                let message = format!("no task of this phase has the id `{}`", after.value);
                problems.error(
                    &after.span,
                    message,
                    "ids are section and ordinal, like `4.2.1`",
                );
            }
        }
    }
}

/// Returns the language that most labels are written in; letters decide between equals.
fn language(text: &str, blocks: &[Node]) -> Language {
    let mut counts = [
        (Language::English, 0),
        (Language::Russian, 0),
        (Language::Ukrainian, 0),
    ];
    let lines = blocks.iter().flat_map(|block| match block.kind {
        Kind::Heading(_) => vec![inline::plain(text, &block.children)],
        Kind::Paragraph => field::lines(text, &block.span)
            .into_iter()
            .map(|line| line.label)
            .collect(),
        Kind::List => block
            .children
            .iter()
            .map(|i| task::line_of(text, i).plain())
            .collect(),
        Kind::Item
        | Kind::Fence(_)
        | Kind::Html
        | Kind::Text(_)
        | Kind::Code(_)
        | Kind::Break
        | Kind::Marker
        | Kind::Wrapper
        | Kind::Opaque => Vec::new(),
    });
    for line in lines {
        for language in labels::languages_of(&line) {
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

#[derive(Default)]
struct Found {
    status: Option<Status>,
    started: Option<DateField>,
    completed: Option<DateField>,
    sections: Vec<Section>,
    closing: Option<Closing>,
}

struct Walk<'w, 'd> {
    text: &'w str,
    title: &'w title::Title,
    problems: &'w mut Problems<'d>,
    found: Found,
    /// Counts tasks, one beside each section.
    scopes: Vec<Scope>,
    /// The numbered section that blocks belong to, with its heading's level.
    current: Option<(usize, usize)>,
    /// The section that takes what stands outside of the numbered ones.
    rest: Option<usize>,
    group: Option<String>,
}

impl<'w, 'd> Walk<'w, 'd> {
    fn new(text: &'w str, title: &'w title::Title, problems: &'w mut Problems<'d>) -> Self {
        let found = Found::default();
        let (scopes, current, rest, group) = (Vec::new(), None, None, None);
        Self {
            text,
            title,
            problems,
            found,
            scopes,
            current,
            rest,
            group,
        }
    }

    fn blocks(&mut self, blocks: &[Node]) {
        let mut left = blocks;
        while let Some((block, below)) = left.split_first() {
            left = below;
            let Kind::Heading(level) = block.kind else {
                self.block(block, below.first());
                continue;
            };
            let heading = inline::plain(self.text, &block.children);
            let is_status = level > 1 && labels::is(Label::Status, &heading);
            let ends = |node: &&Node| self.ends(node, if is_status { 6 } else { level });
            let owned = below.iter().take_while(|node| !ends(node)).count();
            let (owned, after) = below.split_at_checked(owned).unwrap_or_default();
            if level > 1 && labels::after(Label::Closing, &heading).is_some() {
                let end = owned.last().map_or(block.span.end, |last| last.span.end);
                let span = inline::trimmed(self.text, block.span.start..end);
                let closing = closing::read(self.text, owned, span);
                self.found.closing.get_or_insert(closing);
                left = after;
            } else if is_status {
                for node in owned {
                    self.status(node);
                }
                left = after;
            } else {
                self.heading(block, level, heading);
            }
        }
    }

    /// Returns whether a block ends what a heading of that level started.
    ///
    /// A numbered section ends it at any level: its tasks must not be lost.
    fn ends(&self, block: &Node, level: usize) -> bool {
        let Kind::Heading(next) = block.kind else {
            return false;
        };
        next <= level || title::numbered(&inline::plain(self.text, &block.children)).is_some()
    }

    fn heading(&mut self, block: &Node, level: usize, heading: String) {
        self.group = None;
        if let Some((number, title)) = title::numbered(&heading).filter(|_| level > 1) {
            let span = inline::trimmed(self.text, block.span.clone());
            let index = self.open(number, title.to_owned(), span);
            self.current = Some((index, level));
            return;
        }
        if self.current.is_some_and(|(_, section)| level <= section) {
            self.current = None;
        }
        if level > 1 {
            self.group = Some(heading);
        }
    }

    fn open(&mut self, number: &str, title: String, span: Span) -> usize {
        self.scopes.push(Scope::new(number));
        self.found.sections.push(Section {
            number: number.to_owned(),
            title,
            span,
            tasks: Vec::new(),
            files: Vec::new(),
            notes: None,
            hints: Vec::new(),
            fences: Vec::new(),
        });
        self.scopes.len() - 1
    }

    fn section(&mut self) -> usize {
        if let Some((index, _)) = self.current {
            return index;
        }
        if let Some(index) = self.rest {
            return index;
        }
        let number = self.title.number.to_string();
        let index = self.open(&number, self.title.text.clone(), self.title.span.clone());
        self.rest = Some(index);
        index
    }

    fn block(&mut self, block: &Node, below: Option<&Node>) {
        let index = self.section();
        match &block.kind {
            Kind::Paragraph => {
                self.dates(block);
                self.fields(block, index);
            }
            Kind::List => self.list(block, below, index),
            Kind::Fence(info) => {
                if let Some(section) = self.found.sections.get_mut(index) {
                    section.fences.push(task::fence(block, info));
                }
            }
            // Given to the last task of the list above by `list`; here it has none.
            Kind::Html => {
                let taken = self
                    .last_directive_end(index)
                    .is_some_and(|end| end > block.span.start);
                if !taken {
                    task::stray(self.text, block, self.problems);
                }
            }
            Kind::Heading(_)
            | Kind::Item
            | Kind::Text(_)
            | Kind::Code(_)
            | Kind::Break
            | Kind::Marker
            | Kind::Wrapper
            | Kind::Opaque => {}
        }
    }

    fn last_directive_end(&self, index: usize) -> Option<usize> {
        let task = self.found.sections.get(index)?.tasks.last()?;
        task.directive.as_ref().map(|directive| directive.span.end)
    }

    fn list(&mut self, list: &Node, below: Option<&Node>, index: usize) {
        let Some(scope) = self.scopes.get_mut(index) else {
            return;
        };
        let mut listed = Listed::default();
        let mut reader = Reader {
            text: self.text,
            problems: self.problems,
            group: self.group.as_deref(),
        };
        // An own line below the last item counts as that item's directive.
        let comment = below.filter(|node| node.kind == Kind::Html);
        reader.list(list, comment, scope, &mut listed);
        if let Some(section) = self.found.sections.get_mut(index) {
            section.tasks.append(&mut listed.tasks);
            section.hints.append(&mut listed.hints);
            section.fences.append(&mut listed.fences);
        }
    }

    fn status(&mut self, block: &Node) {
        self.dates(block);
        if block.kind != Kind::List {
            return;
        }
        for item in &block.children {
            let line = task::line_of(self.text, item);
            let Some(marker) = task::marker(self.text, item) else {
                lookalike::check(self.text, &line.span, self.problems);
                continue;
            };
            let status = self
                .found
                .status
                .get_or_insert_with(|| Status { boxes: Vec::new() });
            let Some(kind) = labels::status_kind(&line.plain()) else {
                let message = "this status box stands for no status that is known".to_owned();
                let help =
                    "use `Not started`, `In progress` and `Completed`, or their translations";
                self.problems.warning(&line.span, message, help);
                continue;
            };
            if status.boxes.iter().any(|known| known.kind == kind) {
                let message = "two status boxes stand for the same status".to_owned();
                self.problems
                    .warning(&line.span, message, "keep one of them");
            } else {
                status.boxes.push(StatusBox { kind, marker });
            }
        }
    }

    fn dates(&mut self, block: &Node) {
        if block.kind != Kind::Paragraph {
            return;
        }
        for line in field::lines(self.text, &block.span) {
            let slot = if labels::is(Label::Started, &line.label) {
                &mut self.found.started
            } else if labels::is(Label::Completed, &line.label) {
                &mut self.found.completed
            } else {
                continue;
            };
            let text = self
                .text
                .get(line.value.clone())
                .unwrap_or_default()
                .to_owned();
            slot.get_or_insert(DateField {
                value: line.value,
                text,
            });
        }
    }

    fn fields(&mut self, block: &Node, index: usize) {
        let Some(section) = self.found.sections.get_mut(index) else {
            return;
        };
        for line in field::lines(self.text, &block.span) {
            if labels::is(Label::Files, &line.label) {
                let run = inline::read(self.text, block.children.iter());
                let codes = run
                    .codes()
                    .filter(|(_, span)| line.continued.contains(&span.start));
                section.files.extend(codes.map(|(code, span)| Spanned {
                    value: code.to_owned(),
                    span: span.clone(),
                }));
            } else if labels::is(Label::Notes, &line.label) && section.notes.is_none() {
                let text = self
                    .text
                    .get(line.continued.clone())
                    .unwrap_or_default()
                    .to_owned();
                section.notes = Some(Field {
                    label: line.label,
                    text,
                    span: line.continued,
                });
            }
        }
    }

    fn finish(mut self) -> Found {
        let rest = self.rest;
        let mut index = 0;
        self.found.sections.retain(|section| {
            index += 1;
            rest != Some(index - 1) || !section.tasks.is_empty()
        });
        self.found
    }
}
