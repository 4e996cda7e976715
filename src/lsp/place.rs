//! What stands at a place of a checklist.

use crate::checklist::{Checklist, Directive, Section, Span, Task, TaskId, nested};

/// What stands at a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Place<'c> {
    /// A section's heading.
    Section(&'c Section),
    /// A key of a task's directive.
    Key(&'c Task, Word<'c>),
    /// A task that a directive names.
    After(&'c Task, TaskId, Span),
    /// A path or endpoint: a code span, or the value of `apply=`.
    Path(&'c Task, &'c str, Span),
    /// Anything else of a task.
    Task(&'c Task),
}

/// A key of a directive, where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Word<'c> {
    /// The key.
    pub(super) key: &'c str,
    /// Its place.
    pub(super) span: Span,
}

/// Returns what stands at a byte offset.
pub(super) fn at(checklist: &Checklist, offset: usize) -> Option<Place<'_>> {
    let within = |span: &Span| (span.start..=span.end).contains(&offset);
    let headings = checklist.sections.iter();
    if let Some(section) = headings.into_iter().find(|it| within(&it.span)) {
        return Some(Place::Section(section));
    }
    let tasks = checklist.tasks().filter(|task| within(&task.span));
    // A nested task lies within its parent.
    let task = tasks.min_by_key(|task| task.span.len())?;
    if let Some(directive) = &task.directive
        && within(&directive.span)
    {
        return Some(in_directive(checklist, task, (directive, offset)));
    }
    let code = codes(task).find(|(_, span)| within(span));
    Some(code.map_or(Place::Task(task), |(code, span)| {
        Place::Path(task, code, span.clone())
    }))
}

/// Returns the code spans of a task and its bullets.
pub(super) fn codes(task: &Task) -> impl Iterator<Item = (&str, &Span)> {
    let below = nested(&task.bullets).into_iter();
    task.text
        .codes()
        .chain(below.flat_map(|bullet| bullet.text.codes()))
}

/// Returns a text of the same length without directives: what is being written there is often not
/// readable yet, and the rest of the document is.
pub fn without_directives(text: &str) -> String {
    let mut left = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, comment)) = rest.split_once("<!--") {
        let ours = comment.trim_start().starts_with("orch");
        let line = comment.find(['\n', '\r']).unwrap_or(comment.len());
        let end = match comment.find("-->").map(|at| at + 3) {
            Some(end) if end <= line || !ours => end,
            // One that isn't closed yet ends with its line.
            Some(_) | None => line,
        };
        let Some((inside, behind)) = comment.split_at_checked(end) else {
            break;
        };
        left.push_str(before);
        if ours {
            left.push_str(&" ".repeat("<!--".len() + inside.len()));
        } else {
            left.push_str("<!--");
            left.push_str(inside);
        }
        rest = behind;
    }
    left + rest
}

fn in_directive<'c>(
    checklist: &'c Checklist,
    task: &'c Task,
    (directive, offset): (&'c Directive, usize),
) -> Place<'c> {
    let within = |span: &Span| (span.start..=span.end).contains(&offset);
    if let Some(after) = directive.after.iter().find(|it| within(&it.span)) {
        return Place::After(task, after.value.clone(), after.span.clone());
    }
    if let Some(apply) = directive.apply.as_ref().filter(|it| within(&it.span)) {
        return Place::Path(task, &apply.value, apply.span.clone());
    }
    let found = words(&checklist.text, &directive.span).find(|word| within(&word.span));
    found.map_or(Place::Task(task), |word| Place::Key(task, word))
}

/// Returns the keys of a directive, those that can't be read too; quoted values are passed over.
pub(super) fn words<'t>(text: &'t str, span: &Span) -> impl Iterator<Item = Word<'t>> {
    let comment = text.get(span.clone()).unwrap_or_default();
    let body = comment.find(':').map_or(comment.len(), |at| at + 1);
    let (mut quote, mut start, mut valued) = (None, None, false);
    let mut words = Vec::new();
    for (at, letter) in comment.char_indices().skip_while(|(at, _)| *at < body) {
        let is_key = letter.is_alphanumeric() || letter == '-' || letter == '_';
        match (quote, start) {
            (Some(open), _) => {
                if letter == open {
                    quote = None;
                }
                continue;
            }
            (None, None) if is_key && !valued => start = Some(at),
            (None, Some(begun)) if !is_key => {
                if let Some(key) = comment.get(begun..at) {
                    let span = span.start + begun..span.start + at;
                    words.push(Word { key, span });
                }
                start = None;
            }
            (None, _) => {}
        }
        match letter {
            '=' => valued = true,
            '"' | '\'' => quote = Some(letter),
            _ if letter.is_whitespace() => valued = false,
            _ => {}
        }
    }
    let is_key = |word: &Word<'_>| !word.key.starts_with('-');
    words.into_iter().filter(is_key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checklist::parse;
    use crate::vocabulary::Vocabulary;

    const TEXT: &str = "# Phase 4: Дело\n\n## 4.1 Base\n\n- [ ] Study `a.yml` 🚀 twice\n  - Port: \
        `8080`\n- [ ] Warm up <!-- orch: run=\"./after it\" after=4.1.1 timeout=5m -->\n- [ ] Bring \
        it <!-- orch: apply=k8s/x.yml -->\n";

    /// Checks what stands where some words begin.
    #[track_caller]
    fn check(words: &str, expected: &str) {
        let checklist = parse("phase-04-x.md", TEXT, &Vocabulary::default())
            .expect("reads")
            .checklist;
        let at = at(&checklist, TEXT.find(words).expect("there") + 1);
        let found = match at {
            None => "nothing".to_owned(),
            Some(Place::Section(section)) => format!("section {}", section.number),
            Some(Place::Key(task, word)) => format!("key {} of {}", word.key, task.id),
            Some(Place::After(task, after, _)) => format!("{after} before {}", task.id),
            Some(Place::Path(task, path, _)) => format!("path {path} of {}", task.id),
            Some(Place::Task(task)) => format!("task {}", task.id),
        };
        assert_eq!(found, expected);
    }

    #[test]
    fn a_text_without_directives_has_its_places_still() {
        let text = "- [ ] дело <!-- orch: run=\"ё\" -->\n<!-- note -->\n- [ ] b <!-- orch: aft\nc <!-- d -->";
        let left = without_directives(text);
        assert_eq!(left.len(), text.len());
        let kept = "- [ ] дело\n<!-- note -->\n- [ ] b\nc <!-- d -->";
        let lines: Vec<&str> = left.lines().map(str::trim_end).collect();
        assert_eq!(lines.join("\n"), kept);
        assert_eq!(left.find("note"), text.find("note"));
    }

    #[test]
    fn what_stands_at_a_place_is_found() {
        check("Phase", "nothing");
        check("4.1 Base", "section 4.1");
        check("twice", "task 4.1.1");
        check("a.yml", "path a.yml of 4.1.1");
        check("8080", "path 8080 of 4.1.1");
        check("run=", "key run of 4.1.2");
        check("after it", "task 4.1.2");
        check("after=", "key after of 4.1.2");
        check("4.1.1 timeout", "4.1.1 before 4.1.2");
        check("timeout", "key timeout of 4.1.2");
        check("5m", "task 4.1.2");
        check("k8s/x", "path k8s/x.yml of 4.1.3");
    }
}
