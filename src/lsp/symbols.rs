//! A checklist's outline, and what can be run in it.

use gen_lsp_types::{CodeLens, DocumentSymbol, SymbolKind};

use super::actions::{self, PLAN, RUN, STOP};
use super::page::Page;
use super::seen::Reading;
use crate::checklist::{Section, Span, Task};
use crate::terminal::printable;

/// Returns the sections with their tasks.
pub(super) fn of(page: &Page<'_>, reading: &Reading) -> Vec<DocumentSymbol> {
    let sections = &reading.checklist.sections;
    let ends = sections.iter().skip(1).map(|next| next.span.start);
    let ends = ends.chain([page.text.len()]);
    let symbol = |(section, end): (&Section, usize)| {
        let tasks = section
            .tasks
            .iter()
            .map(|task| of_task(page, reading, task));
        let open = section.tasks.iter().filter(|it| !it.marker.checked).count();
        let name = format!("{} {}", section.number, section.title);
        DocumentSymbol {
            name: shown(&name),
            detail: Some(format!("{open} of {} open", section.tasks.len())),
            kind: SymbolKind::Namespace,
            children: Some(tasks.collect()),
            ..symbol(
                page,
                &(section.span.start..end.max(section.span.end)),
                &section.span,
            )
        }
    };
    sections.iter().zip(ends).map(symbol).collect()
}

fn of_task(page: &Page<'_>, reading: &Reading, task: &Task) -> DocumentSymbol {
    let mark = if task.marker.checked { "✓" } else { "☐" };
    let action = reading
        .meaning(&task.id)
        .map(|it| it.action.word().to_owned());
    let line = task.marker.offset.saturating_sub(1)..task.text.span.end;
    DocumentSymbol {
        name: shown(&format!("{mark} {} {}", task.id, task.text.plain())),
        detail: action,
        kind: SymbolKind::Boolean,
        ..symbol(page, &task.span, &line)
    }
}

fn symbol(page: &Page<'_>, whole: &Span, line: &Span) -> DocumentSymbol {
    // What is selected must lie within the whole.
    let whole = whole.start.min(line.start)..whole.end.max(line.end);
    DocumentSymbol {
        name: String::new(),
        detail: None,
        kind: SymbolKind::Boolean,
        tags: None,
        #[allow(deprecated, reason = "the type has the field still")]
        deprecated: None,
        range: page.range(&whole),
        selection_range: page.range(line),
        children: None,
    }
}

fn shown(name: &str) -> String {
    printable(name.trim()).replace(['\n', '\r', '\t'], " ")
}

/// Returns what can be run, above each section's heading; `running` is the section that runs.
pub(super) fn lenses(page: &Page<'_>, reading: &Reading, running: Option<&str>) -> Vec<CodeLens> {
    let sections = reading.checklist.sections.iter();
    let sections = sections.filter(|section| !section.tasks.is_empty());
    let of = |section: &Section| -> Vec<CodeLens> {
        let number = section.number.as_str();
        let open = section.tasks.iter().filter(|it| !it.marker.checked).count();
        let run = format!("▶ run {number} · {open} of {} open", section.tasks.len());
        let commands = if running == Some(number) {
            vec![(format!("■ stop {number}"), STOP)]
        } else {
            vec![(run, RUN), (format!("plan {number}"), PLAN)]
        };
        let lens = |(title, name): (String, &str)| CodeLens {
            range: page.range(&section.span),
            command: Some(actions::command(&title, name, (page, number))),
            data: None,
        };
        commands.into_iter().map(lens).collect()
    };
    sections.flat_map(of).collect()
}
