//! The words of all meanings by their first letter: most words of a text tell nothing, and that is
//! to be known at once.

use std::collections::HashMap;

use super::Word;
use super::stem::{Entry, Stem};

const _: () = assert!(Word::ALL.len() <= 128, "each meaning has a bit");

/// A set of meanings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Meanings(u128);

impl Meanings {
    /// Returns the meanings at these places in [`Word::ALL`].
    pub(super) fn of(meanings: &[Word]) -> Self {
        let bits = meanings.iter().map(|meaning| 1 << meaning.index());
        Self(bits.fold(0, |all, bit: u128| all | bit))
    }

    pub(super) fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Returns whether the sets have a meaning in common.
    pub(super) fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}

/// Stems by their first letter, each with the meaning that it tells, alone or with others.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Index(HashMap<char, Vec<(Stem, Meanings)>>);

impl Index {
    /// Returns the index of the entries of each meaning.
    pub(super) fn of(words: &[Vec<Entry>]) -> Self {
        let mut index: HashMap<char, Vec<(Stem, Meanings)>> = HashMap::new();
        for (meaning, entries) in Word::ALL.iter().zip(words) {
            for stem in entries.iter().flat_map(Entry::stems) {
                let first = stem.text().chars().next().unwrap_or_default();
                let row = (stem.clone(), Meanings::of(&[*meaning]));
                index.entry(first).or_default().push(row);
            }
        }
        Self(index)
    }

    /// Returns what a folded word may tell.
    pub(super) fn may_tell(&self, word: &str) -> Meanings {
        let rows = word.chars().next().and_then(|first| self.0.get(&first));
        let rows = rows.into_iter().flatten();
        let fitting = rows.filter(|(stem, _)| stem.fits(word));
        fitting.fold(Meanings::default(), |all, (_, meaning)| all.with(*meaning))
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Phrase, Vocabulary, Word};

    #[test]
    fn what_is_passed_over_at_once_is_what_no_word_tells() {
        let vocabulary = Vocabulary::default();
        let texts = [
            "Создать `k8s/a.yml`: лимиты памяти и пробы",
            "Які секрети потрібні: a, b",
            "Study the code, min 2 and max 10 replicas",
            "Спросить людей",
            "",
        ];
        for text in texts {
            let words: Vec<String> = super::super::words(text)
                .map(|word| super::super::fold(word).into_owned())
                .collect();
            for meaning in Word::ALL {
                let told = vocabulary.place(&words, *meaning).is_some();
                let phrase = Phrase::new(text, &vocabulary);
                assert_eq!(phrase.has(*meaning), told, "{text}: {meaning:?}");
            }
        }
    }
}
