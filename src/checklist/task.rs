//! List items → [`Task`]s with their bullets, fences and directive.
//!
//! A box nested below a task is a task of its own, `4.2.1.1` below `4.2.1`.

use std::sync::Arc;

use pulldown_cmark::CowStr;

use super::problems::Problems;
use super::tree::{Kind, Node};
use super::{
    Bullet, Directive, Fence, Form, Hint, Inline, Marker, Span, Task, TaskId, bullet, directive,
    field, inline, lookalike, script, textless,
};

/// Counts the tasks below one number.
#[derive(Debug, Clone)]
pub(super) struct Scope {
    prefix: String,
    count: usize,
}

impl Scope {
    /// Returns a scope in which nothing has been counted.
    pub(super) fn new(prefix: &str) -> Self {
        Self {
            prefix: prefix.to_owned(),
            count: 0,
        }
    }

    fn next(&mut self) -> TaskId {
        self.count += 1;
        TaskId::new(format!("{}.{}", self.prefix, self.count))
    }
}

/// What a list gives.
#[derive(Debug, Default)]
pub(super) struct Listed {
    /// The tasks in the document's order.
    pub(super) tasks: Vec<Task>,
    /// What the plain items say.
    pub(super) hints: Vec<Hint>,
    /// The fences of plain items.
    pub(super) fences: Vec<Fence>,
}

/// What stands below one task's line beside its bullets.
struct Below {
    scope: Scope,
    listed: Listed,
    fences: Vec<Fence>,
    /// Whether the task's directive says what becomes of a fence.
    takes_fence: bool,
}

/// Reads lists; the sub-headings above them go to each task.
pub(super) struct Reader<'r, 'd> {
    pub(super) text: &'r str,
    pub(super) problems: &'r mut Problems<'d>,
    pub(super) headings: &'r Arc<[String]>,
}

impl Reader<'_, '_> {
    /// Reads a list that is no part of a task, and the comment right below it.
    pub(super) fn list(
        &mut self,
        list: &Node<'_>,
        below: Option<&Node<'_>>,
        scope: &mut Scope,
        out: &mut Listed,
    ) {
        for (index, item) in list.children.iter().enumerate() {
            if let Some(marker) = marker(self.text, item) {
                let below = below.filter(|_| index + 1 == list.children.len());
                self.task((item, below), marker, scope, out);
                continue;
            }
            let line = line_of(self.text, item);
            lookalike::check(self.text, &line.span, self.problems);
            lookalike::lines(self.text, &line.span, 1, self.problems);
            out.hints.extend(field::hint(self.text, item, &line.span));
            for child in split(item).1 {
                match &child.kind {
                    Kind::List => self.list(child, None, scope, out),
                    Kind::Fence(info) => out.fences.push(fence(child, info)),
                    Kind::Html => {
                        stray(self.text, child, self.problems);
                        self.astray(child);
                    }
                    Kind::Heading(_) | Kind::Indented | Kind::Paragraph | Kind::Opaque => {
                        self.astray(child);
                    }
                    Kind::Item
                    | Kind::Text(_)
                    | Kind::Code(_)
                    | Kind::Break
                    | Kind::Marker
                    | Kind::Wrapper => {}
                }
            }
        }
    }

    fn task(
        &mut self,
        (item, below): (&Node<'_>, Option<&Node<'_>>),
        marker: Marker,
        scope: &mut Scope,
        out: &mut Listed,
    ) {
        let (head, rest) = split(item);
        let own = head.iter().chain(rest);
        let comments = own.chain(below).filter(|node| node.kind == Kind::Html);
        let mut directives = Vec::new();
        for comment in comments {
            directives.extend(directive::read(self.text, &comment.span, self.problems));
        }
        let directive = self.only(directives);
        directive::unclosed(self.text, head, self.problems);
        let counted = scope.next();
        let id = directive.as_ref().and_then(|given| given.id.as_ref());
        let id = id.map_or(counted, |given| given.value.clone());
        let text = inline::read(self.text, head.iter());
        if text.source.is_empty() {
            textless::warn(self.text, marker.offset + 2, &id, self.problems);
        }
        lookalike::lines(self.text, &text.span, 1, self.problems);
        let mut under = Below {
            scope: Scope::new(id.as_str()),
            listed: Listed::default(),
            fences: Vec::new(),
            takes_fence: directive.as_ref().is_some_and(takes_fence),
        };
        let bullets = self.blocks(rest, &mut under);
        let fences = under.fences;
        let run = directive.as_ref().and_then(|given| given.run.as_ref());
        if let Some(run) = run.filter(|run| run.value == "fence")
            && let Err(why) = script::read(&fences)
        {
            let help = "put the commands into one block of `sh`, `bash` or `console`";
            self.problems
                .error(&run.span, format!("`run=fence`: {why}"), help);
        }
        let span = inline::trimmed(self.text, item.span.clone());
        out.tasks.push(Task {
            id,
            marker,
            headings: Arc::clone(self.headings),
            text,
            bullets,
            fences,
            directive: directive.map(Box::new),
            skipped: false,
            span,
        });
        out.tasks.append(&mut under.listed.tasks);
    }

    /// Warns of boxes in what stands below an item's own text and is no list.
    fn astray(&mut self, block: &Node<'_>) {
        match block.kind {
            Kind::Paragraph => lookalike::lines(self.text, &block.span, 0, self.problems),
            Kind::Heading(_) => {
                lookalike::elsewhere(self.text, &block.span, "a heading", self.problems);
            }
            Kind::Indented => {
                let what = "a block that is indented by four or more";
                lookalike::elsewhere(self.text, &block.span, what, self.problems);
            }
            Kind::Opaque | Kind::Html => {
                lookalike::apart(self.text, &block.span, self.problems);
            }
            Kind::List
            | Kind::Item
            | Kind::Fence(_)
            | Kind::Text(_)
            | Kind::Code(_)
            | Kind::Break
            | Kind::Marker
            | Kind::Wrapper => {}
        }
    }

    fn only(&mut self, mut directives: Vec<Directive>) -> Option<Directive> {
        for extra in directives.iter().skip(1) {
            let message = "a task has two directives".to_owned();
            let before = self.problems.count();
            self.problems
                .error(&extra.span, message, "put all keys into one comment");
            self.problems.name(before, directive::RULE);
        }
        directives.truncate(1);
        directives.pop()
    }

    /// Returns what the blocks below a task's line, or below a bullet's, ask for.
    fn blocks(&mut self, blocks: &[Node<'_>], below: &mut Below) -> Vec<Bullet> {
        let mut bullets = Vec::new();
        // Of a text in a tight list there is no paragraph.
        for nodes in blocks.chunk_by(|one, next| one.is_inline() && next.is_inline()) {
            let [block, ..] = nodes else { continue };
            if block.kind == Kind::List {
                bullets.extend(self.bullets(block, below));
                continue;
            }
            if let Kind::Fence(info) = &block.kind {
                below.fences.push(fence(block, info));
                if below.takes_fence {
                    continue;
                }
            }
            self.astray(block);
            bullets.extend(bullet::block(self.text, nodes));
        }
        bullets
    }

    fn bullets(&mut self, list: &Node<'_>, below: &mut Below) -> Vec<Bullet> {
        let mut bullets = Vec::new();
        for item in &list.children {
            if let Some(marker) = marker(self.text, item) {
                self.task((item, None), marker, &mut below.scope, &mut below.listed);
                continue;
            }
            let text = line_of(self.text, item);
            lookalike::check(self.text, &text.span, self.problems);
            lookalike::lines(self.text, &text.span, 1, self.problems);
            let blocks = split(item).1;
            for comment in blocks.iter().filter(|block| block.kind == Kind::Html) {
                stray(self.text, comment, self.problems);
            }
            let children = self.blocks(blocks, below);
            if text.source.is_empty() && children.is_empty() {
                continue;
            }
            bullets.push(Bullet {
                form: Form::Item,
                text,
                children,
            });
        }
        bullets
    }
}

/// Returns whether a directive says what becomes of the task's fence.
fn takes_fence(directive: &Directive) -> bool {
    let mut given = [&directive.run, &directive.apply].into_iter().flatten();
    given.any(|given| given.value == "fence")
}

/// Says that a directive stands where no task takes it.
pub(super) fn stray(text: &str, comment: &Node<'_>, problems: &mut Problems<'_>) {
    if let Some(directive) = directive::read(text, &comment.span, problems) {
        let message = "this directive belongs to no task".to_owned();
        let help = "put it at the end of the task's line, or on the line below it";
        let before = problems.count();
        problems.error(&directive.span, message, help);
        problems.name(before, directive::RULE);
    }
}

/// Returns the fence that a node stands for.
pub(super) fn fence(node: &Node<'_>, info: &CowStr<'_>) -> Fence {
    let mut body = String::new();
    for child in &node.children {
        if let Kind::Text(text) = &child.kind {
            body.push_str(text);
        }
    }
    Fence {
        info: info.to_string(),
        body,
        span: node.span.clone(),
    }
}

/// Returns an item's own text, without what is nested below it.
pub(super) fn line_of(text: &str, item: &Node<'_>) -> Inline {
    inline::read(text, split(item).0.iter())
}

/// Returns the first words of an item's own text, as far as no markup divides them.
pub(super) fn first_words<'n>(item: &'n Node<'_>) -> &'n str {
    let text = split(item).0.iter().find_map(|node| {
        let Kind::Text(text) = &node.kind else {
            return None;
        };
        Some(&**text)
    });
    text.unwrap_or_default()
}

/// Returns an item's box.
///
/// The parser's range needn't start at the bracket, so the three bytes are looked for.
pub(super) fn marker(text: &str, item: &Node<'_>) -> Option<Marker> {
    let node = split(item)
        .0
        .iter()
        .find(|node| node.kind == Kind::Marker)?;
    let found: &Span = &node.span;
    let bytes = text.as_bytes();
    let open = (found.start..found.end.max(found.start + 1))
        .find(|at| bytes.get(*at) == Some(&b'['))
        .filter(|at| bytes.get(at + 2) == Some(&b']'))?;
    let checked = matches!(bytes.get(open + 1), Some(b'x' | b'X'));
    Some(Marker {
        offset: open + 1,
        checked,
    })
}

/// Splits an item into the inlines of its own text and the blocks below it.
fn split<'n, 't>(item: &'n Node<'t>) -> (&'n [Node<'t>], &'n [Node<'t>]) {
    match item.children.split_first() {
        Some((first, rest)) if is_line(first) => (&first.children, rest),
        _ => {
            let inlines = item
                .children
                .iter()
                .take_while(|node| node.is_inline())
                .count();
            item.children.split_at_checked(inlines).unwrap_or_default()
        }
    }
}

/// Returns whether a block is an item's own text. Below a box, a line of `-` alone makes a heading
/// of it: it is no less a task.
fn is_line(block: &Node<'_>) -> bool {
    let boxed = || matches!(block.children.first(), Some(it) if it.kind == Kind::Marker);
    block.kind == Kind::Paragraph || matches!(block.kind, Kind::Heading(_)) && boxed()
}
