//! The walk over a document's blocks: status, dates, sections, tasks, closing list.

use std::sync::Arc;

use super::problems::Problems;
use super::task::{Listed, Reader, Scope};
use super::tree::{Kind, Node};
use super::{
    Closing, DateField, Field, Section, Span, Spanned, Status, StatusBox, closing, field, inline,
    lookalike, task, title,
};
use crate::vocabulary::{Label, Vocabulary};

/// Returns what stands below a document's title.
pub(super) fn walk(
    text: &str,
    title: &title::Title,
    blocks: &[Node<'_>],
    (vocabulary, problems): (&Vocabulary, &mut Problems<'_>),
) -> Found {
    let mut walk = Walk::new(text, title, vocabulary, problems);
    walk.blocks(blocks);
    walk.finish()
}

/// What the walk found.
#[derive(Default)]
pub(super) struct Found {
    pub(super) status: Option<Status>,
    pub(super) started: Option<DateField>,
    pub(super) completed: Option<DateField>,
    pub(super) sections: Vec<Section>,
    pub(super) closing: Option<Closing>,
}

/// Goes over the blocks in order and keeps where it is.
struct Walk<'w, 'd> {
    text: &'w str,
    title: &'w title::Title,
    vocabulary: &'w Vocabulary,
    problems: &'w mut Problems<'d>,
    found: Found,
    /// Counts tasks, one beside each section.
    scopes: Vec<Scope>,
    /// The numbered section that blocks belong to, with its heading's level.
    current: Option<(usize, usize)>,
    /// The section that takes what stands outside of the numbered ones.
    rest: Option<usize>,
    /// The unnumbered headings that blocks stand below, each with its level, and their texts.
    levels: Vec<(usize, String)>,
    headings: Arc<[String]>,
}

impl<'w, 'd> Walk<'w, 'd> {
    fn new(
        text: &'w str,
        title: &'w title::Title,
        vocabulary: &'w Vocabulary,
        problems: &'w mut Problems<'d>,
    ) -> Self {
        let found = Found::default();
        let (scopes, current, rest, levels) = (Vec::new(), None, None, Vec::new());
        Self {
            text,
            title,
            vocabulary,
            problems,
            found,
            scopes,
            current,
            rest,
            levels,
            headings: Arc::default(),
        }
    }

    fn blocks(&mut self, blocks: &[Node<'_>]) {
        let mut left = blocks;
        while let Some((block, below)) = left.split_first() {
            left = below;
            let Kind::Heading(level) = block.kind else {
                self.block(block, below.first());
                continue;
            };
            let heading = inline::plain(self.text, &block.children);
            let is_status = level > 1 && self.vocabulary.is_label(Label::Status, &heading);
            let ends = |node: &&Node<'_>| self.ends(node, if is_status { 6 } else { level });
            let owned = below.iter().take_while(|node| !ends(node)).count();
            let (owned, after) = below.split_at_checked(owned).unwrap_or_default();
            if level > 1 && self.vocabulary.closes(&heading) {
                let end = owned.last().map_or(block.span.end, |last| last.span.end);
                let span = inline::trimmed(self.text, block.span.start..end);
                let closing = closing::read(self.text, owned, span, self.vocabulary);
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
    fn ends(&self, block: &Node<'_>, level: usize) -> bool {
        let Kind::Heading(next) = block.kind else {
            return false;
        };
        next <= level || title::numbered(&inline::plain(self.text, &block.children)).is_some()
    }

    fn heading(&mut self, block: &Node<'_>, level: usize, heading: String) {
        lookalike::elsewhere(self.text, &block.span, "a heading", self.problems);
        if let Some((number, title)) = title::numbered(&heading).filter(|_| level > 1) {
            let span = inline::trimmed(self.text, block.span.clone());
            let index = self.open(number, title.to_owned(), span);
            self.current = Some((index, level));
            self.below(0, None);
            return;
        }
        if self.current.is_some_and(|(_, section)| level <= section) {
            self.current = None;
        }
        if level > 1 {
            self.misspelt(&heading, &block.span);
        }
        self.below(level, Some(heading).filter(|_| level > 1));
    }

    /// Takes blocks to stand below a heading of that level, and no more below those that it ends.
    fn below(&mut self, level: usize, heading: Option<String>) {
        self.levels.retain(|(above, _)| *above < level);
        self.levels.extend(heading.map(|it| (level, it)));
        let texts = self.levels.iter().map(|(_, text)| text.clone());
        self.headings = texts.collect();
    }

    /// Warns of what is much like a label and isn't one: it would be passed over in silence.
    fn misspelt(&mut self, label: &str, span: &Span) {
        let Some(meant) = self.vocabulary.label_meant(label) else {
            return;
        };
        let message = format!("`{}` is no label that is known", label.trim());
        let span = inline::trimmed(self.text, span.clone());
        let help = format!("was `{meant}` meant?");
        let mut warning = self.problems.placed(&span, message, &help).rule("label");
        let source = self.text.get(span.clone()).unwrap_or_default();
        if let Some(at) = source.find(label.trim()) {
            let start = span.start + at;
            let word = cased_as(meant, label.trim());
            warning = warning.suggest(start..start + label.trim().len(), word);
        }
        self.problems.push(warning);
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

    fn block(&mut self, block: &Node<'_>, below: Option<&Node<'_>>) {
        let index = self.section();
        match &block.kind {
            Kind::Paragraph => {
                lookalike::lines(self.text, &block.span, 0, self.problems);
                self.dates(block);
                self.fields(block, index);
            }
            Kind::Indented => {
                let what = "a block that is indented by four or more";
                lookalike::elsewhere(self.text, &block.span, what, self.problems);
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
                lookalike::apart(self.text, &block.span, self.problems);
            }
            Kind::Opaque => lookalike::apart(self.text, &block.span, self.problems),
            Kind::Heading(_)
            | Kind::Item
            | Kind::Text(_)
            | Kind::Code(_)
            | Kind::Break
            | Kind::Marker
            | Kind::Wrapper => {}
        }
    }

    fn last_directive_end(&self, index: usize) -> Option<usize> {
        let task = self.found.sections.get(index)?.tasks.last()?;
        task.directive.as_ref().map(|directive| directive.span.end)
    }

    fn list(&mut self, list: &Node<'_>, below: Option<&Node<'_>>, index: usize) {
        let Some(scope) = self.scopes.get_mut(index) else {
            return;
        };
        let mut listed = Listed::default();
        let mut reader = Reader {
            text: self.text,
            problems: self.problems,
            headings: &self.headings,
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

    /// Warns of emphasised labels that are misspelt.
    fn labels(&mut self, block: &Node<'_>) {
        for line in field::lines(self.text, &block.span, self.vocabulary) {
            let start = line.value.start;
            let head = self.text.get(block.span.start..start).unwrap_or_default();
            let begin = block.span.start + head.rfind(['\n', '\r']).map_or(0, |at| at + 1);
            let bold = self.text.get(begin..start).unwrap_or_default().trim_start();
            if bold.starts_with("**") || bold.starts_with("__") {
                self.misspelt(&line.label, &(begin..start));
            }
        }
    }

    fn status(&mut self, block: &Node<'_>) {
        self.dates(block);
        if block.kind == Kind::Paragraph {
            lookalike::lines(self.text, &block.span, 0, self.problems);
            self.labels(block);
        }
        if block.kind != Kind::List {
            return;
        }
        if self.found.status.is_some() && !self.has_status(block) {
            // The tasks may follow without a heading of their own.
            return self.block(block, None);
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
            let Some(kind) = self.vocabulary.status_kind(&line.plain()) else {
                let message = "this status box stands for no status that is known".to_owned();
                let plain = line.plain();
                let meant = self.vocabulary.label_meant(&plain);
                let help = meant.map_or_else(
                    || {
                        "use `Not started`, `In progress` and `Completed`, or their translations"
                            .to_owned()
                    },
                    |meant| format!("was `{meant}` meant?"),
                );
                let warning = self.problems.placed(&line.span, message, &help);
                self.problems.push(warning.rule("status"));
                continue;
            };
            if status.boxes.iter().any(|known| known.kind == kind) {
                let message = "two status boxes stand for the same status".to_owned();
                let warning = self
                    .problems
                    .placed(&line.span, message, "keep one of them");
                self.problems.push(warning.rule("status"));
            } else {
                status.boxes.push(StatusBox { kind, marker });
            }
        }
    }

    /// Returns whether an item of a list stands for a status.
    fn has_status(&self, list: &Node<'_>) -> bool {
        list.children.iter().any(|item| {
            let line = task::line_of(self.text, item).plain();
            self.vocabulary.status_kind(&line).is_some()
        })
    }

    fn dates(&mut self, block: &Node<'_>) {
        if block.kind != Kind::Paragraph {
            return;
        }
        for line in field::lines(self.text, &block.span, self.vocabulary) {
            let slot = if self.vocabulary.is_label(Label::Started, &line.label) {
                &mut self.found.started
            } else if self.vocabulary.is_label(Label::Completed, &line.label) {
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

    fn fields(&mut self, block: &Node<'_>, index: usize) {
        self.labels(block);
        let Some(section) = self.found.sections.get_mut(index) else {
            return;
        };
        for line in field::lines(self.text, &block.span, self.vocabulary) {
            if self.vocabulary.is_label(Label::Files, &line.label) {
                let run = inline::read(self.text, block.children.iter());
                let codes = run
                    .codes()
                    .filter(|(_, span)| line.continued.contains(&span.start));
                section.files.extend(codes.map(|(code, span)| Spanned {
                    value: code.to_owned(),
                    span: span.clone(),
                }));
            } else if self.vocabulary.is_label(Label::Notes, &line.label) && section.notes.is_none()
            {
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

/// Returns a word with a capital where another one has it.
fn cased_as(word: &str, like: &str) -> String {
    let mut letters = word.chars();
    match letters.next() {
        Some(first) if like.starts_with(char::is_uppercase) => {
            first.to_uppercase().chain(letters).collect()
        }
        Some(_) | None => word.to_owned(),
    }
}
