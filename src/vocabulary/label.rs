//! The labels of a document's structure: status boxes, dates, fields, the closing list.

use unicode_normalization::char::is_combining_mark;

use crate::checklist::{Language, StatusKind};
use crate::diagnostic::nearest;

use super::fold::{is_alphanumeric, is_plain_letter};
use super::{LabelRow, Vocabulary, fold};

/// The letters of the shortest word that is told as meant.
const SHORTEST: usize = 6;

/// How many more characters than a label may be written with (soft hyphens, marks typed apart).
const SLACK: usize = 8;

/// What a wording labels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Label {
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

impl Label {
    /// Every label.
    pub const ALL: &[Self] = &[
        Self::Phase,
        Self::Status,
        Self::StatusBox(StatusKind::NotStarted),
        Self::StatusBox(StatusKind::InProgress),
        Self::StatusBox(StatusKind::Completed),
        Self::Started,
        Self::Completed,
        Self::Files,
        Self::Notes,
        Self::Closing,
        Self::CurrentPhase,
    ];

    /// Returns the label's name in `[words]` of `orch.toml`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Phase => "phase",
            Self::Status => "status",
            Self::StatusBox(StatusKind::NotStarted) => "not-started",
            Self::StatusBox(StatusKind::InProgress) => "in-progress",
            Self::StatusBox(StatusKind::Completed) => "done",
            Self::Started => "started",
            Self::Completed => "completed",
            Self::Files => "files",
            Self::Notes => "notes",
            Self::Closing => "closing",
            Self::CurrentPhase => "current-phase",
        }
    }

    /// Returns what it labels, in a few words.
    pub fn about(self) -> &'static str {
        match self {
            Self::Phase => "the title's first word, before the number",
            Self::Status => "the heading above the status boxes",
            Self::StatusBox(StatusKind::NotStarted) => "the first status box",
            Self::StatusBox(StatusKind::InProgress) => "the second status box",
            Self::StatusBox(StatusKind::Completed) => "the third status box",
            Self::Started => "the date that the phase was started",
            Self::Completed => "the date that it was completed",
            Self::Files => "a section's files",
            Self::Notes => "a section's notes",
            Self::Closing => "the heading above the closing list",
            Self::CurrentPhase => "the closing list's line that names the next phase",
        }
    }

    /// Returns whether one wording may stand for both: a date and a status box stand apart.
    pub(super) fn may_share(self, other: Self) -> bool {
        let done = [Self::Completed, Self::StatusBox(StatusKind::Completed)];
        self == other || (done.contains(&self) && done.contains(&other))
    }
}

impl Vocabulary {
    /// Returns whether a text is one of a label's wordings.
    pub(crate) fn is_label(&self, label: Label, text: &str) -> bool {
        let text = normal(text);
        self.wordings(label).any(|wording| wording == text)
    }

    /// Returns what follows one of a label's wordings at the text's start.
    pub(crate) fn after_label<'t>(&self, label: Label, text: &'t str) -> Option<&'t str> {
        let text = text.trim_start_matches(|letter: char| !is_alphanumeric(letter));
        self.wordings(label)
            .find_map(|wording| behind(text, wording))
    }

    /// Returns whether a heading is the closing list's, with the phase's number maybe; `On completion
    /// of the migration` is another one.
    pub(crate) fn closes(&self, heading: &str) -> bool {
        let heading = heading.trim_start_matches(|letter: char| !is_alphanumeric(letter));
        let rests = self.wordings(Label::Closing);
        let mut rests = rests.filter_map(|wording| behind(heading, wording));
        rests.any(|rest| !rest.contains(char::is_alphabetic))
    }

    /// Returns which status a box's text stands for.
    pub(crate) fn status_kind(&self, text: &str) -> Option<StatusKind> {
        let kinds = [
            StatusKind::NotStarted,
            StatusKind::InProgress,
            StatusKind::Completed,
        ];
        let is = |kind: &StatusKind| self.after_label(Label::StatusBox(*kind), text).is_some();
        kinds.into_iter().find(is)
    }

    /// Returns the label that a misspelt one was meant to be; `None` for one that is known, and
    /// for short words, which are too easily like another.
    pub(crate) fn label_meant(&self, text: &str) -> Option<&str> {
        let text = normal(text);
        let known: Vec<&str> = self.0.labels.iter().map(|row| row.text.as_str()).collect();
        if text.chars().count() < SHORTEST || known.iter().any(|word| text.starts_with(word)) {
            return None;
        }
        let near = nearest(&text, &known)?;
        (near.chars().count() >= SHORTEST).then_some(near)
    }

    /// Returns whether a text is any label's wording.
    pub(crate) fn is_any_label(&self, text: &str) -> bool {
        let text = normal(text);
        self.0.labels.iter().any(|row| row.text == text)
    }

    /// Returns the languages of all labels that a text may be, for telling a document's.
    pub(crate) fn label_languages(&self, text: &str) -> impl Iterator<Item = Language> {
        let text = self.may_be_label(text).then(|| normal(text));
        let rows = self.0.labels.iter();
        let rows = rows.filter(move |row| text.as_ref() == Some(&row.text));
        rows.filter_map(|row| row.language)
    }

    /// Returns whether a text may be a label, whatever stands around it: most are too long, or begin
    /// with another word. The text's beginning tells it as well.
    pub(crate) fn may_be_label(&self, text: &str) -> bool {
        let first = fold(first_word(text));
        let words = &self.0.first_words;
        let at = words.partition_point(|word| **word < *first);
        let begins = words.get(at).is_some_and(|word| word.starts_with(&*first));
        let mut letters = text.chars().filter(|letter| is_plain_letter(*letter));
        begins && letters.nth(self.0.longest_label).is_none()
    }

    fn wordings(&self, label: Label) -> impl Iterator<Item = &str> {
        let rows = self.0.labels.iter().filter(move |row| row.label == label);
        rows.map(|row| row.text.as_str())
    }
}

impl LabelRow {
    pub(super) fn first_word(&self) -> String {
        first_word(&self.text).to_owned()
    }
}

/// Returns the letters and digits that a text begins with, whatever stands before them.
fn first_word(text: &str) -> &str {
    let text = text.trim_start_matches(|letter: char| !is_alphanumeric(letter));
    let rest = text.trim_start_matches(is_alphanumeric);
    let mut word = text.strip_suffix(rest).unwrap_or_default().chars();
    if rest.starts_with(is_combining_mark) {
        // It changes the letter before it.
        word.next_back();
    }
    word.as_str()
}

/// Returns a label's text as it is compared: without marks around it, spaces made one.
pub(super) fn normal(text: &str) -> String {
    let folded = fold(text);
    let bare = folded.trim_matches(|letter: char| !is_alphanumeric(letter));
    let words: Vec<&str> = bare.split_whitespace().collect();
    words.join(" ")
}

/// Returns what stands behind a wording at the text's start.
fn behind<'t>(text: &'t str, wording: &str) -> Option<&'t str> {
    let first = text.chars().next()?;
    if !wording.starts_with(&*fold(first.encode_utf8(&mut [0; 4]))) {
        return None;
    }
    let ends = text.char_indices().map(|(at, _)| at).skip(1);
    let most = wording.chars().count() + SLACK;
    let mut ends = ends.chain([text.len()]).take(most);
    ends.find_map(|end| {
        let (head, rest) = text.split_at_checked(end)?;
        let goes_on = |letter: char| is_alphanumeric(letter) || is_combining_mark(letter);
        (!rest.starts_with(goes_on) && normal(head) == wording).then_some(rest)
    })
}

#[cfg(test)]
mod tests {
    use unicode_normalization::UnicodeNormalization as _;

    use super::{Label, Vocabulary};
    use crate::checklist::StatusKind;

    #[track_caller]
    fn check(text: &str, label: Label, expected: Option<&str>) {
        assert_eq!(Vocabulary::default().after_label(label, text), expected);
    }

    #[test]
    fn a_label_is_read_however_it_is_typed() {
        check("Фаза 4: База", Label::Phase, Some(" 4: База"));
        check("🚀 PHASE\u{a0}2", Label::Phase, Some("\u{a0}2"));
        check("Фазами", Label::Phase, None);
        check("", Label::Files, None);
    }

    #[test]
    fn a_heading_closes_as_a_whole() {
        let closes = |heading: &str| Vocabulary::default().closes(heading);
        for heading in [
            "When the phase is done",
            "On completion of the phase:",
            "✅ On completion",
            "При завершении",
            "При завершении фазы 4",
            "По завершении этапа",
            "Після завершення фази",
        ] {
            assert!(closes(heading), "{heading}");
        }
        for heading in [
            "On completion of the migration",
            "On completion callback",
            "When the phase is done we celebrate",
            "При завершении заказа",
            "По завершении оплаты",
            "Після завершення міграції",
            "",
        ] {
            assert!(!closes(heading), "{heading}");
        }
    }

    #[test]
    fn what_may_be_no_label_is_none() {
        let vocabulary = Vocabulary::default();
        for text in ["**Файлы:**", "🚀 Не начата", "Не\u{ad} начата", ""] {
            assert!(vocabulary.may_be_label(text), "{text}");
        }
        for text in [
            "Ask the team",
            "Изучить",
            "Notes of all that was ever said of the work here",
        ] {
            assert!(!vocabulary.may_be_label(text), "{text}");
        }
        for row in &vocabulary.0.labels {
            let decomposed: String = row.text.nfd().collect();
            for written in [row.text.to_uppercase(), decomposed] {
                assert!(vocabulary.may_be_label(&written), "{written}");
            }
        }
    }

    #[test]
    fn status_boxes_are_told_apart() {
        let kind = |text| Vocabulary::default().status_kind(text);
        assert_eq!(kind("Не начата"), Some(StatusKind::NotStarted));
        assert_eq!(
            kind("⏳ In progress (since May)"),
            Some(StatusKind::InProgress)
        );
        assert_eq!(kind("✅ Завершено!"), Some(StatusKind::Completed));
        assert_eq!(kind("Owner: me"), None);
    }

    #[test]
    fn every_name_is_its_own() {
        let mut names: Vec<&str> = super::super::Meaning::names().collect();
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count);
    }
}
