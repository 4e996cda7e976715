//! Tables that say figures of what runs (`| api | 3 | 8080 |`): a task's figures are read from its line
//! and from what stands below it, so that a table's are told of where they might be taken for read.

use crate::checklist::{Checklist, Span};
use crate::diagnostic::Diagnostic;
use crate::vocabulary::{Phrase, Vocabulary, Word};

use super::application::Application;

/// What a column is called that says what pods are to be.
const FIGURES: [Word; 8] = [
    Word::Replicas,
    Word::Ports,
    Word::Cpu,
    Word::Memory,
    Word::Requests,
    Word::Limits,
    Word::Claim,
    Word::Pods,
];

/// A table with figures.
struct Table<'t> {
    /// Where its header stands.
    header: Span,
    /// What each row begins with.
    named: Vec<&'t str>,
}

/// Returns a warning for each table with figures of workloads that tasks have written.
pub(super) fn unread(checklist: &Checklist, application: &Application) -> Vec<Diagnostic> {
    if application.workloads.is_empty() {
        return Vec::new();
    }
    let mut told = Vec::new();
    for Table { header, named } in tables(checklist) {
        let named = named
            .into_iter()
            .filter(|cell| is_written(cell, application));
        let named: Vec<String> = named.map(|cell| format!("`{cell}`")).collect();
        if named.is_empty() {
            continue;
        }
        let named = named.join(", ");
        let message = format!("no task reads the figures of {named} in a table");
        let help = "say in a task, or below it, what isn't there yet: `api: 3 replicas, port 8080, \
                    limits 500m/512Mi`";
        told.push(
            Diagnostic::warning(message)
                .at(&checklist.path, &checklist.text, header, "this table")
                .help(help),
        );
    }
    told
}

/// Returns what tables say figures of, in lower case.
pub(super) fn named(checklist: &Checklist) -> Vec<String> {
    let named = tables(checklist).into_iter().flat_map(|it| it.named);
    named.map(str::to_lowercase).collect()
}

/// Returns the tables of a document whose header names figures of pods.
fn tables(checklist: &Checklist) -> Vec<Table<'_>> {
    let mut at = 0;
    let mut lines = Vec::new();
    for line in checklist.text.split_inclusive('\n') {
        lines.push((at, line));
        at += line.len();
    }
    let mut found = Vec::new();
    for (place, pair) in lines.windows(2).enumerate() {
        let [(start, header), (_, below)] = pair else {
            continue;
        };
        if is_delimiter(below) && has_figures(header, &checklist.vocabulary) {
            let rows = lines.iter().skip(place + 2).map(|(_, line)| *line);
            let rows = rows.take_while(|line| line.contains('|'));
            found.push(Table {
                header: *start..start + header.trim_end().len(),
                named: rows.filter_map(|row| cells(row).next()).collect(),
            });
        }
    }
    found
}

/// Returns what stands between a row's bars, but for marks around it.
fn cells(row: &str) -> impl Iterator<Item = &str> {
    let row = row.trim().trim_start_matches('|').trim_end_matches('|');
    row.split('|')
        .map(|it| it.trim_matches(|it: char| it.is_whitespace() || "`*_".contains(it)))
}

/// Whether a line parts a table's header from its rows: `|---|:--|`.
fn is_delimiter(line: &str) -> bool {
    let part = |it: &str| it.contains('-') && it.chars().all(|it| matches!(it, '-' | ':'));
    line.contains('|') && cells(line).all(part)
}

fn has_figures(header: &str, vocabulary: &Vocabulary) -> bool {
    header.contains('|') && Phrase::new(header, vocabulary).find(&FIGURES).is_some()
}

fn is_written(name: &str, application: &Application) -> bool {
    let mut workloads = application.workloads.iter();
    workloads.any(|it| {
        it.name.eq_ignore_ascii_case(name)
            || it
                .service
                .as_deref()
                .is_some_and(|it| it.eq_ignore_ascii_case(name))
    })
}
