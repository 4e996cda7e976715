//! What stands below a box's line: nested bullets, and blocks that are none.
//!
//! A further paragraph, a quote or a table may say anything, so it is a [`Bullet`] as well: shown,
//! and read or unread. Comments, tags without words and lines that divide say nothing.

use super::inline;
use super::tree::{Kind, Node};
use super::{Inline, Part, Spanned};

/// A part of a task's specification below its line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bullet {
    /// What it is written as.
    pub form: Form,
    /// Its text.
    pub text: Inline,
    /// What stands below it.
    pub children: Vec<Bullet>,
}

/// What a [`Bullet`] is written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// A list's item.
    Item,
    /// A further paragraph, or a heading.
    Words,
    /// A quote, a table, code, HTML or an image: what it says, nothing here reads.
    Block,
}

/// Returns these bullets and all below them, nested ones after theirs.
pub(crate) fn nested(bullets: &[Bullet]) -> Vec<&Bullet> {
    fn add<'b>(bullets: &'b [Bullet], all: &mut Vec<&'b Bullet>) {
        for bullet in bullets {
            all.push(bullet);
            add(&bullet.children, all);
        }
    }
    let mut all = Vec::with_capacity(bullets.len());
    add(bullets, &mut all);
    all
}

/// Returns what a block that is no list says, or the inlines of one that has no node of its own;
/// nothing where it says nothing.
pub(super) fn block(text: &str, nodes: &[Node<'_>]) -> Option<Bullet> {
    let (first, last) = (nodes.first()?, nodes.last()?);
    let span = inline::trimmed(text, first.span.start..last.span.end);
    let source = text.get(span.clone())?;
    let inlines = inlines(nodes);
    let words = inline::read(text, inlines.iter());
    let says = if matches!(first.kind, Kind::Opaque | Kind::Fence(_) | Kind::Indented) {
        // A line that divides, an empty block.
        !first.children.is_empty()
    } else {
        !words.parts.is_empty() || !is_bare(source)
    };
    if !says {
        return None;
    }
    let (form, text) = if words.parts.is_empty() || source.contains("![") {
        let value = source.split_whitespace().collect::<Vec<_>>().join(" ");
        let source = source.to_owned();
        let parts = vec![Part::Text(Spanned {
            value,
            span: span.clone(),
        })];
        let whole = Inline {
            source,
            span,
            parts,
        };
        (Form::Block, whole)
    } else {
        (Form::Words, words)
    };
    Some(Bullet {
        form,
        text,
        children: Vec::new(),
    })
}

/// Returns the inlines that a text is written as; none of what is no text.
fn inlines<'n, 't>(nodes: &'n [Node<'t>]) -> &'n [Node<'t>] {
    match nodes {
        [block] if matches!(block.kind, Kind::Paragraph | Kind::Heading(_)) => &block.children,
        [first, ..] if first.is_inline() => nodes,
        _ => &[],
    }
}

/// Tags that say nothing themselves.
const TAGS: &[&str] = &["br", "center", "details", "div", "p", "span"];

/// Returns whether a text of HTML says nothing: it holds comments and tags that show nothing.
fn is_bare(source: &str) -> bool {
    let mut left = source;
    while let Some((before, rest)) = left.split_once('<') {
        if !before.trim().is_empty() {
            return false;
        }
        left = if let Some(comment) = rest.strip_prefix("!--") {
            comment.split_once("-->").map_or("", |(_, behind)| behind)
        } else {
            let Some((tag, behind)) = rest.split_once('>') else {
                return false;
            };
            let name = tag.trim_matches(['/', ' ']).to_lowercase();
            if !TAGS.contains(&name.as_str()) {
                return false;
            }
            behind
        };
    }
    left.trim().is_empty()
}

#[cfg(test)]
mod tests {
    use super::super::parse;
    use super::{Form, nested};
    use crate::vocabulary::Vocabulary;

    /// Checks what is taken from what stands below a box, each with its form.
    #[track_caller]
    fn check(below: &str, expected: &[(Form, &str)]) {
        let text = format!("# Phase 1: A\n\n- [ ] Tell{below}\n");
        let parsed = parse("phase-01-a.md", &text, &Vocabulary::default()).expect("a checklist");
        assert_eq!(parsed.warnings.0, [], "{text}");
        let task = parsed.checklist.tasks().next().expect("a task");
        let found: Vec<_> = nested(&task.bullets)
            .into_iter()
            .map(|bullet| (bullet.form, bullet.text.on_one_line()))
            .collect();
        let found: Vec<_> = found.iter().map(|(form, it)| (*form, &**it)).collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn a_further_paragraph_is_part_of_the_task() {
        check("\n\n  Only now.", &[(Form::Words, "Only now.")]);
        check(
            "\n  - one\n\n  Only now,\n  and `b`.\n\n  - two",
            &[
                (Form::Item, "one"),
                (Form::Words, "Only now, and `b`."),
                (Form::Item, "two"),
            ],
        );
        check(
            "\n  - one\n\n    of many",
            &[(Form::Item, "one"), (Form::Words, "of many")],
        );
    }

    #[test]
    fn text_right_below_another_block_is_part_of_the_task() {
        check("\n  ***\n  Only now.", &[(Form::Words, "Only now.")]);
        check(
            "\n  ### Not yet\n  Only now.",
            &[(Form::Words, "Not yet"), (Form::Words, "Only now.")],
        );
    }

    #[test]
    fn what_is_no_list_and_no_text_is_part_of_the_task() {
        for block in [
            "> Only now",
            "| a | b | | --- | --- | | c | d |",
            "```sh make ```",
            "<p>Only now</p>",
            "![](blocked.png)",
            "![not yet](blocked.png)",
            "<img src=\"blocked.png\">",
        ] {
            let written = block.replace("| |", "|\n  |");
            let written = written.replace("```sh make ", "```sh\n  make\n  ");
            check(&format!("\n\n  {written}"), &[(Form::Block, block)]);
        }
        check("\n\n      make", &[(Form::Block, "make")]);
    }

    #[test]
    fn comments_and_what_shows_nothing_are_no_part_of_it() {
        for below in [
            "\n\n  <!-- ask Ann -->",
            "\n  <!-- ask\n  Ann -->",
            "\n\n  ***",
            "\n\n  <br>",
            "\n\n  [a]: b.md",
            "\n  - <!-- ask Ann -->",
            "\n\n  -",
            "\n  <!-- orch: manual -->",
        ] {
            check(below, &[]);
        }
        check(
            "\n\n  <details>\n\n  - one\n\n  </details>",
            &[(Form::Item, "one")],
        );
        check(
            "\n  <!-- orch: manual --> Only now",
            &[(Form::Block, "<!-- orch: manual --> Only now")],
        );
    }

    #[test]
    fn a_block_that_the_directive_takes_is_no_bullet() {
        check(" <!-- orch: run=fence -->\n  ```sh\n  make\n  ```", &[]);
        check(
            " <!-- orch: run=\"make\" -->\n  ```sh\n  make\n  ```",
            &[(Form::Block, "```sh make ```")],
        );
    }
}
