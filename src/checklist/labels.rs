//! The words that a document's structure is labelled with, in each language.
//!
//! Adding a language's word is one row. What tasks mean is not labelled here but in `resolve`.

use super::Language::{English, Russian, Ukrainian};
use super::{Language, StatusKind};
use crate::diagnostic::nearest;

/// The letters of the shortest word that is told as meant.
const SHORTEST: usize = 6;

/// What a word of the table labels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Label {
    /// The title's first word (`Phase 4: …`).
    Phase,
    /// The heading above the status boxes.
    Status,
    /// A status box.
    StatusBox(StatusKind),
    /// The date the phase was started.
    Started,
    /// The date it was completed.
    Completed,
    /// A section's files.
    Files,
    /// A section's notes.
    Notes,
    /// The heading above the closing list.
    Closing,
    /// The closing list's line that names the next phase.
    CurrentPhase,
}

const LABELS: &[(Label, Language, &str)] = &[
    (Label::Phase, English, "phase"),
    (Label::Phase, Russian, "фаза"),
    (Label::Phase, Ukrainian, "фаза"),
    (Label::Status, English, "status"),
    (Label::Status, Russian, "статус"),
    (Label::Status, Ukrainian, "статус"),
    (
        Label::StatusBox(StatusKind::NotStarted),
        English,
        "not started",
    ),
    (
        Label::StatusBox(StatusKind::NotStarted),
        Russian,
        "не начата",
    ),
    (
        Label::StatusBox(StatusKind::NotStarted),
        Ukrainian,
        "не розпочата",
    ),
    (
        Label::StatusBox(StatusKind::NotStarted),
        Ukrainian,
        "не розпочато",
    ),
    (
        Label::StatusBox(StatusKind::NotStarted),
        Ukrainian,
        "не почата",
    ),
    (
        Label::StatusBox(StatusKind::InProgress),
        English,
        "in progress",
    ),
    (
        Label::StatusBox(StatusKind::InProgress),
        Russian,
        "в процессе",
    ),
    (
        Label::StatusBox(StatusKind::InProgress),
        Russian,
        "в работе",
    ),
    (
        Label::StatusBox(StatusKind::InProgress),
        Ukrainian,
        "в процесі",
    ),
    (
        Label::StatusBox(StatusKind::InProgress),
        Ukrainian,
        "у процесі",
    ),
    (
        Label::StatusBox(StatusKind::InProgress),
        Ukrainian,
        "в роботі",
    ),
    (
        Label::StatusBox(StatusKind::Completed),
        English,
        "completed",
    ),
    (Label::StatusBox(StatusKind::Completed), English, "complete"),
    (Label::StatusBox(StatusKind::Completed), English, "done"),
    (
        Label::StatusBox(StatusKind::Completed),
        Russian,
        "завершена",
    ),
    (
        Label::StatusBox(StatusKind::Completed),
        Ukrainian,
        "завершена",
    ),
    (
        Label::StatusBox(StatusKind::Completed),
        Ukrainian,
        "завершено",
    ),
    (Label::Started, English, "started"),
    (Label::Started, Russian, "начата"),
    (Label::Started, Ukrainian, "розпочата"),
    (Label::Started, Ukrainian, "розпочато"),
    (Label::Started, Ukrainian, "почата"),
    (Label::Completed, English, "completed"),
    (Label::Completed, Russian, "завершена"),
    (Label::Completed, Ukrainian, "завершена"),
    (Label::Completed, Ukrainian, "завершено"),
    (Label::Files, English, "files"),
    (Label::Files, Russian, "файлы"),
    (Label::Files, Ukrainian, "файли"),
    (Label::Notes, English, "notes"),
    (Label::Notes, English, "notes for reuse"),
    (Label::Notes, Russian, "заметки"),
    (Label::Notes, Russian, "заметки для переиспользования"),
    (Label::Notes, Ukrainian, "нотатки"),
    (
        Label::Notes,
        Ukrainian,
        "нотатки для повторного використання",
    ),
    (Label::Closing, English, "when the phase is done"),
    (Label::Closing, English, "when the phase is complete"),
    (Label::Closing, English, "on completion"),
    (Label::Closing, English, "on phase completion"),
    (Label::Closing, Russian, "при завершении"),
    (Label::Closing, Russian, "по завершении"),
    (Label::Closing, Ukrainian, "при завершенні"),
    (Label::Closing, Ukrainian, "після завершення"),
    (Label::CurrentPhase, English, "current phase"),
    (Label::CurrentPhase, English, "next phase"),
    (Label::CurrentPhase, Russian, "текущая фаза"),
    (Label::CurrentPhase, Russian, "следующая фаза"),
    (Label::CurrentPhase, Ukrainian, "поточна фаза"),
    (Label::CurrentPhase, Ukrainian, "наступна фаза"),
];

/// Returns whether a text is one of a label's words, whatever its case.
pub(super) fn is(label: Label, text: &str) -> bool {
    let text = normalise(text);
    words(label).any(|word| word == text)
}

/// Returns what follows one of a label's words at the text's start.
pub(super) fn after(label: Label, text: &str) -> Option<&str> {
    let text = text.trim();
    words(label).find_map(|word| {
        let end = text
            .char_indices()
            .nth(word.chars().count())
            .map_or(text.len(), |(at, _)| at);
        let (head, rest) = text.split_at_checked(end)?;
        (head.to_lowercase() == word && !rest.starts_with(char::is_alphanumeric)).then_some(rest)
    })
}

/// Returns which status a box's text stands for.
pub(super) fn status_kind(text: &str) -> Option<StatusKind> {
    [
        StatusKind::NotStarted,
        StatusKind::InProgress,
        StatusKind::Completed,
    ]
    .into_iter()
    .find(|kind| after(Label::StatusBox(*kind), text).is_some())
}

/// Returns the label that a misspelt one was meant to be; `None` for one that is known, and for
/// short words, which are too easily like another.
pub(super) fn meant(text: &str) -> Option<&'static str> {
    let text = normalise(text);
    let known: Vec<&str> = LABELS.iter().map(|(_, _, word)| *word).collect();
    if text.chars().count() < SHORTEST || known.iter().any(|word| text.starts_with(word)) {
        return None;
    }
    let near = nearest(&text, &known)?;
    (near.chars().count() >= SHORTEST).then_some(near)
}

/// Returns the words of all labels that a line may start with, for telling the language.
pub(super) fn languages_of(text: &str) -> impl Iterator<Item = Language> {
    let text = normalise(text);
    LABELS
        .iter()
        .filter(move |(_, _, word)| *word == text)
        .map(|(_, language, _)| *language)
}

fn words(label: Label) -> impl Iterator<Item = &'static str> {
    LABELS
        .iter()
        .filter(move |row| row.0 == label)
        .map(|(_, _, word)| *word)
}

fn normalise(text: &str) -> String {
    let words: Vec<&str> = text
        .trim()
        .trim_end_matches([':', '.'])
        .split_whitespace()
        .collect();
    words.join(" ").to_lowercase()
}
