//! What a person can have done at a place: the fixes of what is wrong, and a section's run.

use gen_lsp_types::{CodeAction, CodeActionKind, Command};
use serde_json::json;

use super::page::Page;
use super::problems;
use super::seen::Reading;
use crate::checklist::Span;
use crate::diagnostic::{Diagnostic, Fix};
use crate::terminal::printable;

/// Has all fixes made that are beyond doubt.
pub(super) const FIX_ALL: &str = "source.fixAll.orch";

/// Runs a section.
pub(super) const RUN: &str = "orch.runSection";
/// Shows the plan of a section.
pub(super) const PLAN: &str = "orch.planSection";
/// Stops what runs.
pub(super) const STOP: &str = "orch.stop";

/// How much of a text a title shows.
const SHOWN: usize = 40;

/// What is asked for.
pub(super) struct Wish<'w> {
    /// Where.
    pub(super) span: Span,
    /// Only kinds that begin so; all where there are none.
    pub(super) only: Option<&'w [CodeActionKind]>,
    /// Whether the editor knows versions in edits.
    pub(super) versioned: bool,
}

impl Wish<'_> {
    /// Returns whether actions of a kind are asked for; kinds are made of words and dots.
    fn wants(&self, kind: &str) -> bool {
        self.only.is_none_or(|only| {
            only.iter().any(|wanted| {
                let wanted = wanted.to_string();
                let rest = kind.strip_prefix(wanted.as_str());
                wanted.is_empty() || rest.is_some_and(|it| it.is_empty() || it.starts_with('.'))
            })
        })
    }
}

/// Returns the actions at a place of a document.
pub(super) fn at(page: &Page<'_>, found: &[Diagnostic], wish: &Wish<'_>) -> Vec<CodeAction> {
    let own = |one: &&Diagnostic| one.place.as_ref().is_some_and(|it| it.path == page.path);
    let found: Vec<&Diagnostic> = found.iter().filter(own).collect();
    let mut actions = Vec::new();
    if wish.wants("quickfix") {
        let here = found.iter().filter(|one| touches(one, &wish.span));
        actions.extend(here.filter_map(|one| quick_fix(page, one, wish.versioned)));
    }
    if wish.wants(FIX_ALL) {
        let fixes = safe(&found);
        if !fixes.is_empty() {
            actions.push(CodeAction {
                title: format!("orch: fix all that is beyond doubt ({})", fixes.len()),
                kind: Some(CodeActionKind::Custom(FIX_ALL.into())),
                edit: Some(page.edit(&fixes, wish.versioned)),
                ..CodeAction::default()
            });
        }
    }
    actions
}

/// Returns what can be done with the section whose heading stands at a place: only where a person
/// asks for everything, so that no editor does it on its own.
pub(super) fn of_section(page: &Page<'_>, reading: &Reading, wish: &Wish<'_>) -> Vec<CodeAction> {
    if wish.only.is_some() {
        return Vec::new();
    }
    let sections = reading.checklist.sections.iter();
    let here = sections.filter(|it| !it.tasks.is_empty() && meet(&it.span, &wish.span));
    here.flat_map(|section| {
        [(RUN, "Run"), (PLAN, "Plan")].map(|(command, verb)| {
            let title = format!("{verb} section {}", section.number);
            CodeAction {
                title: title.clone(),
                command: Some(self::command(&title, command, (page, &section.number))),
                ..CodeAction::default()
            }
        })
    })
    .collect()
}

/// Returns a command about a section.
pub(super) fn command(title: &str, name: &str, (page, section): (&Page<'_>, &str)) -> Command {
    Command {
        title: title.to_owned(),
        command: name.to_owned(),
        arguments: Some(vec![json!({ "uri": page.uri, "section": section })]),
        tooltip: None,
    }
}

fn meet(one: &Span, other: &Span) -> bool {
    one.start <= other.end && other.start <= one.end
}

fn touches(one: &Diagnostic, span: &Span) -> bool {
    let place = one.place.as_ref();
    let fix = one.fix.as_ref();
    place.is_some_and(|it| meet(&it.span, span)) || fix.is_some_and(|it| meet(&it.span, span))
}

fn quick_fix(page: &Page<'_>, one: &Diagnostic, versioned: bool) -> Option<CodeAction> {
    let fix = one.fix.as_ref()?;
    Some(CodeAction {
        title: title(page.text, fix),
        kind: Some(CodeActionKind::QuickFix),
        diagnostics: Some(vec![problems::shown(one, &page.lines)]),
        is_preferred: Some(fix.safe),
        edit: Some(page.edit(&[fix], versioned)),
        ..CodeAction::default()
    })
}

fn title(text: &str, fix: &Fix) -> String {
    let short = |text: &str| {
        let shown = printable(text.trim());
        let mut short: String = shown.chars().take(SHOWN).collect();
        if short.len() < shown.len() {
            short.push('…');
        }
        format!("`{short}`")
    };
    let before = text.get(fix.span.clone()).unwrap_or_default();
    match (before.trim().is_empty(), fix.text.trim().is_empty()) {
        (true, true) if before.is_empty() => "Insert a space".to_owned(),
        (true, true) if !fix.text.is_empty() => "Write a plain space".to_owned(),
        (_, true) => format!("Remove {}", short(before)),
        (true, false) => format!("Insert {}", short(&fix.text)),
        (false, false) => format!("Replace {} with {}", short(before), short(&fix.text)),
    }
}

/// Returns the fixes that are beyond doubt, front to back, none within another.
fn safe<'d>(found: &[&'d Diagnostic]) -> Vec<&'d Fix> {
    let fixes = found.iter().filter_map(|one| one.fix.as_ref());
    let mut fixes: Vec<&Fix> = fixes.filter(|fix| fix.safe).collect();
    fixes.sort_by_key(|fix| (fix.span.start, fix.span.end));
    let mut apart: Vec<&Fix> = Vec::new();
    for fix in fixes {
        if apart
            .last()
            .is_none_or(|last| last.span.end <= fix.span.start)
        {
            apart.push(fix);
        }
    }
    apart
}
