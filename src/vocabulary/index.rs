//! The words of all meanings by how they begin: most words of a text tell nothing, and that is
//! to be known at once.

use std::collections::BTreeMap;

use super::Word;
use super::stem::{Entry, Stem};

const _: () = assert!(Word::ALL.len() <= 256, "each meaning has a bit");

/// A set of meanings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Meanings([u128; 2]);

impl Meanings {
    /// Returns the meanings at these places in [`Word::ALL`].
    pub(crate) fn of(meanings: &[Word]) -> Self {
        let mut all = Self::default();
        for meaning in meanings {
            let at = meaning.index();
            if let Some(half) = all.0.get_mut(at / 128) {
                *half |= 1 << (at % 128);
            }
        }
        all
    }

    /// Returns whether a meaning is among them.
    pub(crate) fn has(self, meaning: Word) -> bool {
        self.meets(Self::of(&[meaning]))
    }

    pub(super) fn with(self, other: Self) -> Self {
        let ([one, two], [first, second]) = (self.0, other.0);
        Self([one | first, two | second])
    }

    /// Returns whether the sets have a meaning in common.
    pub(crate) fn meets(self, other: Self) -> bool {
        let ([one, two], [first, second]) = (self.0, other.0);
        one & first != 0 || two & second != 0
    }
}

/// What a word tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Told {
    /// What it tells alone.
    pub(crate) alone: Meanings,
    /// What it tells where others stand with it.
    pub(super) with_others: Meanings,
}

impl Told {
    /// Returns what it may tell.
    pub(super) fn any(self) -> Meanings {
        self.alone.with(self.with_others)
    }
}

/// How a stem begins: its first letter, and its second one if it has one.
type Beginning = (char, Option<char>);

/// Stems by how they begin.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Index {
    rows: BTreeMap<Beginning, Vec<Row>>,
    /// Beginnings of a single letter, whatever follows: there are hardly any.
    letters: BTreeMap<char, Vec<Row>>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Row {
    stem: Stem,
    meaning: Meanings,
    /// Whether it tells the meaning alone; else with other stems.
    alone: bool,
}

impl Index {
    /// Returns the index of the entries of each meaning.
    pub(super) fn of(words: &[Vec<Entry>]) -> Self {
        let mut index = Self::default();
        for (meaning, entries) in Word::ALL.iter().zip(words) {
            let stems = entries
                .iter()
                .flat_map(|entry| entry.stems().map(move |stem| (entry, stem)));
            for (entry, stem) in stems {
                let row = Row {
                    stem: stem.clone(),
                    meaning: Meanings::of(&[*meaning]),
                    alone: !entry.is_several(),
                };
                match beginning(stem.text()) {
                    Some((letter, None)) if !stem.is_whole() => {
                        index.letters.entry(letter).or_default().push(row);
                    }
                    Some(key) => index.rows.entry(key).or_default().push(row),
                    None => {}
                }
            }
        }
        index
    }

    /// Returns what a folded word tells.
    pub(super) fn told_by(&self, word: &str) -> Told {
        let mut told = Told::default();
        for row in self.fitting(word) {
            if row.alone {
                told.alone = told.alone.with(row.meaning);
            } else {
                told.with_others = told.with_others.with(row.meaning);
            }
        }
        told
    }

    fn fitting<'i>(&'i self, word: &'i str) -> impl Iterator<Item = &'i Row> {
        let key = beginning(word);
        let rows = key.and_then(|key| self.rows.get(&key));
        let letters = key.and_then(|(first, _)| self.letters.get(&first));
        let rows = rows.into_iter().chain(letters).flatten();
        rows.filter(move |row| row.stem.fits(word))
    }
}

fn beginning(word: &str) -> Option<Beginning> {
    let mut letters = word.chars();
    letters.next().map(|first| (first, letters.next()))
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
            "и в c",
            "",
        ];
        for text in texts {
            let words: Vec<String> = super::super::words(text)
                .map(|word| super::super::fold(word).into_owned())
                .collect();
            for meaning in Word::ALL {
                for word in &words {
                    let mut entries = vocabulary.entries(*meaning).iter();
                    let told = entries.any(|entry| entry.fits(word));
                    assert_eq!(
                        vocabulary.tells(word, *meaning),
                        told,
                        "{word}: {meaning:?}"
                    );
                }
                let told = vocabulary.place(&words, *meaning).is_some();
                let phrase = Phrase::new(text, &vocabulary);
                assert_eq!(phrase.has(*meaning), told, "{text}: {meaning:?}");
            }
        }
    }
}
