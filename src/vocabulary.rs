//! The words that checklists are written with, and what each means: English, Russian, Ukrainian,
//! and what a workspace's `orch.toml` adds.
//!
//! A language is one file below this one, a word one entry in a row of it; `docs/languages.md`
//! tells how to add either. What a rule makes of a meaning isn't decided here.

mod english;
mod everywhere;
mod fold;
mod grammar;
mod heading;
mod index;
mod label;
mod meaning;
mod numeral;
mod phrase;
mod placeholder;
mod russian;
mod stem;
#[cfg(test)]
mod tests;
mod ukrainian;

use std::sync::{Arc, LazyLock};

use crate::checklist::Language;

pub(crate) use fold::{fold, is_alphanumeric, words};
pub(crate) use grammar::{is_infinitive, is_verbal_noun};
pub(crate) use heading::{endings, folder_named, language, names_role};
pub(crate) use index::Meanings;
use index::{Index, Told};
pub use label::Label;
pub(crate) use meaning::UNITS;
pub use meaning::Word;
pub(crate) use numeral::numeral;
pub(crate) use phrase::{Phrase, Words};
pub(crate) use placeholder::is_placeholder;
use stem::Entry;

/// A row of a language's table: a meaning and the words that tell it, separated by commas.
type Row<M> = (M, &'static str);

/// The words that documents are read with.
///
/// A copy is cheap: all share one table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vocabulary(Arc<Tables>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Tables {
    /// The entries of each meaning, by its place in [`Word::ALL`].
    words: Vec<Vec<Entry>>,
    labels: Vec<LabelRow>,
    /// The words again, by how they begin.
    index: Index,
    /// The characters of the longest label.
    longest_label: usize,
    /// The first word of each label, in order.
    first_words: Vec<String>,
}

/// One wording of a label.
#[derive(Debug, Clone, PartialEq, Eq)]
struct LabelRow {
    label: Label,
    /// None for words that a workspace adds.
    language: Option<Language>,
    /// The wording, folded.
    text: String,
}

/// What a name in `[words]` of `orch.toml` stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Meaning {
    /// A label of the document's structure.
    Label(Label),
    /// A word of tasks.
    Word(Word),
}

impl Meaning {
    /// Returns the meaning of that name.
    pub fn named(name: &str) -> Option<Self> {
        let label = Label::ALL.iter().find(|label| label.name() == name);
        let word = || Word::ALL.iter().find(|word| word.name() == name);
        label
            .map(|label| Self::Label(*label))
            .or_else(|| word().map(|word| Self::Word(*word)))
    }

    /// Returns every meaning's name, labels first.
    pub fn names() -> impl Iterator<Item = &'static str> {
        let labels = Label::ALL.iter().map(|label| label.name());
        labels.chain(Word::ALL.iter().map(|word| word.name()))
    }

    /// Returns the meaning's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Label(label) => label.name(),
            Self::Word(word) => word.name(),
        }
    }
}

static BUILT_IN: LazyLock<Vocabulary> = LazyLock::new(Vocabulary::built_in);

impl Default for Vocabulary {
    /// Returns the words that everyone has.
    fn default() -> Self {
        BUILT_IN.clone()
    }
}

impl Vocabulary {
    fn built_in() -> Self {
        let mut words = vec![Vec::new(); Word::ALL.len()];
        let rows = [
            everywhere::WORDS,
            english::WORDS,
            russian::WORDS,
            ukrainian::WORDS,
        ];
        for (word, entries) in rows.into_iter().flatten() {
            if let Some(known) = words.get_mut(word.index()) {
                known.extend(stem::list(entries));
            }
        }
        let tables = [
            (Language::English, english::LABELS),
            (Language::Russian, russian::LABELS),
            (Language::Ukrainian, ukrainian::LABELS),
        ];
        let labels = tables.into_iter().flat_map(|(language, rows)| {
            rows.iter().flat_map(move |(label, texts)| {
                texts.split(',').map(move |text| LabelRow {
                    label: *label,
                    language: Some(language),
                    text: fold(text.trim()).into_owned(),
                })
            })
        });
        let labels = labels.collect();
        Self::of(words, labels)
    }

    fn of(words: Vec<Vec<Entry>>, labels: Vec<LabelRow>) -> Self {
        let index = Index::of(&words);
        let longest_label = labels.iter().map(|row| row.text.chars().count()).max();
        let mut first_words: Vec<String> = labels.iter().map(LabelRow::first_word).collect();
        first_words.sort_unstable();
        first_words.dedup();
        Self(Arc::new(Tables {
            words,
            labels,
            first_words,
            longest_label: longest_label.unwrap_or_default(),
            index,
        }))
    }

    /// Returns no words at all.
    pub(crate) fn empty() -> Self {
        let words = vec![Vec::new(); Word::ALL.len()];
        Self::of(words, Vec::new())
    }

    /// Returns these words with one more of a meaning: a label's whole wording, or a stem by the
    /// tables' convention.
    #[must_use]
    pub fn with(self, meaning: Meaning, word: &str) -> Self {
        let Tables {
            mut words,
            mut labels,
            ..
        } = Arc::unwrap_or_clone(self.0);
        match meaning {
            Meaning::Label(label) => labels.push(LabelRow {
                label,
                language: None,
                text: label::normal(word),
            }),
            Meaning::Word(meaning) => {
                if let Some(known) = words.get_mut(meaning.index()) {
                    known.extend(stem::list(word));
                }
            }
        }
        Self::of(words, labels)
    }

    /// Returns what a new word means already, beside the meaning that it is added to: other
    /// meanings that it would be taken for, or whose words would be taken for it.
    pub fn clashes(&self, meaning: Meaning, word: &str) -> Vec<Meaning> {
        match meaning {
            Meaning::Label(label) => {
                let text = label::normal(word);
                let same = self.0.labels.iter().filter(|row| row.text == text);
                let others = same.filter(|row| !row.label.may_share(label));
                let mut found: Vec<Meaning> = Vec::new();
                for row in others {
                    if !found.contains(&Meaning::Label(row.label)) {
                        found.push(Meaning::Label(row.label));
                    }
                }
                found
            }
            Meaning::Word(meaning) => {
                let new: Vec<Entry> = stem::list(word).collect();
                let others = Word::ALL.iter().filter(|other| **other != meaning);
                let others = others.filter(|other| !meaning.may_share(**other));
                let swallows = |other: &&Word| {
                    let known = self.entries(**other);
                    known
                        .iter()
                        .any(|known| new.iter().any(|new| new.meets(known)))
                };
                others
                    .filter(swallows)
                    .map(|word| Meaning::Word(*word))
                    .collect()
            }
        }
    }

    /// Returns whether a word tells that.
    pub(crate) fn tells(&self, word: &str, meaning: Word) -> bool {
        self.told_by(word).alone.meets(Meanings::of(&[meaning]))
    }

    /// Returns what a word tells.
    pub(crate) fn told_by(&self, word: &str) -> Told {
        self.0.index.told_by(&fold(word))
    }

    /// Returns whether a word is one of these, inflected at most: what goes on behind its stem with
    /// more than an ending may be the name of another thing (`LimitRange`).
    pub(crate) fn is_form(&self, word: &str, meanings: &[Word]) -> bool {
        let word = fold(word);
        let mut entries = meanings.iter().flat_map(|it| self.entries(*it));
        entries.any(|entry| entry.ends(&word))
    }

    /// Returns where in a text's folded words that is told first.
    pub(crate) fn place(&self, words: &[String], meaning: Word) -> Option<usize> {
        let entries = self.entries(meaning);
        let alone = |word: &String| entries.iter().any(|entry| entry.fits(word));
        let single = words.iter().position(alone);
        let several = entries.iter().filter_map(|entry| entry.place(words));
        single.into_iter().chain(several).min()
    }

    /// Returns of each of a text's words whether it tells one of these, alone or with those beside
    /// it.
    pub(crate) fn marked(&self, words: &[&str], meanings: &[Word]) -> Vec<bool> {
        let wanted = Meanings::of(meanings);
        let told = words.iter().map(|word| self.told_by(word));
        let mut several = false;
        let mut marks: Vec<bool> = told
            .map(|told| {
                several |= told.any().meets(wanted);
                told.alone.meets(wanted)
            })
            .collect();
        if several && marks.contains(&false) {
            let folded: Vec<_> = words.iter().map(|word| fold(word)).collect();
            let entries = meanings.iter().flat_map(|it| self.entries(*it));
            for entry in entries.filter(|entry| entry.is_several()) {
                entry.mark(&folded, &mut marks);
            }
        }
        marks
    }

    /// Returns what a text's words may tell; what isn't among it, they don't.
    fn may_tell(&self, text: &str) -> Meanings {
        let all = words(text).map(|word| self.told_by(word).any());
        all.fold(Meanings::default(), Meanings::with)
    }

    fn entries(&self, meaning: Word) -> &[Entry] {
        let entries = self.0.words.get(meaning.index());
        entries.map(Vec::as_slice).unwrap_or_default()
    }
}
