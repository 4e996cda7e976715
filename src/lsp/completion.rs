//! What can be written in a directive: its keys, the tasks of `after=`, the paths of `apply=`.

use gen_lsp_types::{
    CompletionItem, CompletionItemKind, CompletionItemTextEdit, Documentation, MarkupContent,
    MarkupKind, TextEdit,
};

use super::markdown::code;
use super::page::Page;
use super::seen::{Reading, Seen};
use crate::checklist::{KEYS, Key, Span, Task};
use crate::facts::is_yaml;
use crate::terminal::printable;

/// Returns what can be written at a byte offset; nothing outside of directives.
pub(super) fn at(
    page: &Page<'_>,
    (seen, reading): (&Seen, Option<&Reading>),
    offset: usize,
) -> Vec<CompletionItem> {
    let Some(body) = directive(page.text, offset) else {
        return Vec::new();
    };
    let word = body.rsplit(char::is_whitespace).next().unwrap_or_default();
    let from = |written: &str| offset - written.len()..offset;
    match word.split_once('=') {
        None => of_keys(page, body, &from(word)),
        Some(("after", value)) => {
            let last = value.rsplit(',').next().unwrap_or_default();
            let span = from(last);
            let tasks = || reading.into_iter().flat_map(|it| it.checklist.tasks());
            // What is being written may not be part of its task yet.
            let own = tasks().filter(|task| task.marker.offset < offset).last();
            let own = own.map(|task| &task.id);
            let others = tasks().filter(|task| Some(&task.id) != own);
            let of = |task: &Task| {
                let written = item(page, task.id.as_str(), &span);
                CompletionItem {
                    kind: Some(CompletionItemKind::Reference),
                    detail: Some(printable(&task.text.plain())),
                    ..written
                }
            };
            others.map(of).collect()
        }
        Some(("apply", value)) => {
            let span = from(value);
            let paths = seen.tree.iter().map(|(path, _)| path);
            let paths = paths.filter(|path| is_yaml(path));
            let all = std::iter::once("fence").chain(paths);
            all.map(|label| item(page, label, &span)).collect()
        }
        Some(_) => Vec::new(),
    }
}

fn item(page: &Page<'_>, label: &str, span: &Span) -> CompletionItem {
    let edit = TextEdit {
        range: page.range(span),
        new_text: label.to_owned(),
    };
    CompletionItem {
        label: label.to_owned(),
        kind: Some(CompletionItemKind::Value),
        text_edit: Some(CompletionItemTextEdit::TextEdit(edit)),
        ..CompletionItem::default()
    }
}

/// Returns the keys with their reference.
fn of_keys(page: &Page<'_>, body: &str, span: &Span) -> Vec<CompletionItem> {
    let of = |key: &Key| {
        let label = match key.form.split_once('=') {
            Some((name, _)) => format!("{name}="),
            None => key.name.to_owned(),
        };
        let shown = format!("{}\n\n{}\n", code(key.form), key.meaning);
        let shown = MarkupContent::new(MarkupKind::Markdown, shown);
        CompletionItem {
            kind: Some(CompletionItemKind::Property),
            documentation: Some(Documentation::MarkupContent(shown)),
            ..item(page, &label, span)
        }
    };
    keys(body).map(of).collect()
}

/// Returns the keys that aren't there yet.
fn keys(body: &str) -> impl Iterator<Item = &'static Key> {
    let words = body.split_whitespace();
    let mut there: Vec<&str> = words.map(|it| it.split('=').next().unwrap_or(it)).collect();
    if !body.ends_with(char::is_whitespace) {
        // It is being written.
        there.pop();
    }
    KEYS.iter().filter(move |key| !there.contains(&key.name))
}

/// Returns what stands before an offset in the directive around it.
fn directive(text: &str, offset: usize) -> Option<&str> {
    let before = text.get(..offset)?;
    let line = before.rfind(['\n', '\r']).map_or(0, |at| at + 1);
    let before = before.get(line..)?;
    let open = before.rfind("<!--")?;
    let comment = before.get(open + 4..)?;
    if comment.contains("-->") {
        return None;
    }
    let rest = comment.trim_start().strip_prefix("orch")?;
    let body = rest.trim_start().strip_prefix(':')?;
    // A quoted value is a person's.
    let quotes = body.matches('"').count();
    (quotes % 2 == 0).then_some(body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(line: &str, expected: Option<&str>) {
        let text = format!("# Дело\n{line}");
        assert_eq!(directive(&text, text.len()), expected);
    }

    #[test]
    fn only_a_directives_inside_is_completed() {
        check("- [ ] a <!-- orch: af", Some(" af"));
        check("- [ ] a <!--orch:after=4.1.1,", Some("after=4.1.1,"));
        check("- [ ] a <!-- orch: run=\"aft", None);
        check("- [ ] a <!-- orch: manual --> af", None);
        check("- [ ] a <!-- note: af", None);
        check("- [ ] af", None);
    }
}
