//! The words of all meanings by how they begin: most words of a text tell nothing, and that is
//! to be known at once.

use std::collections::BTreeMap;

use super::Word;
use super::stem::Entry;

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
    /// What it tells where others stand with it; of such entries, the longest word tells.
    pub(super) with_others: Meanings,
}

impl Told {
    /// Returns what it may tell.
    pub(super) fn any(self) -> Meanings {
        self.alone.with(self.with_others)
    }

    fn with(self, other: Self) -> Self {
        Self {
            alone: self.alone.with(other.alone),
            with_others: self.with_others.with(other.with_others),
        }
    }
}

/// Stems in the order of their texts. Those that a word begins with are the last one that isn't
/// behind it, or that one's beginnings.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Index {
    /// The first bytes of each row's text, which tell most words apart.
    heads: Vec<u64>,
    rows: Vec<Row>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Row {
    text: String,
    /// What a word tells that begins so, by this stem and by those that it begins with.
    begins: Told,
    /// What the whole word tells.
    whole: Told,
    /// The place of the longest other stem that this one begins with.
    shorter: Option<usize>,
}

impl Index {
    /// Returns the index of the entries of each meaning.
    pub(super) fn of(words: &[Vec<Entry>]) -> Self {
        let mut told: BTreeMap<&str, (Told, Told)> = BTreeMap::new();
        for (meaning, entries) in Word::ALL.iter().zip(words) {
            for entry in entries {
                let Some(stem) = entry.longest() else {
                    continue;
                };
                let (begins, whole) = told.entry(stem.text()).or_default();
                let told = if stem.is_whole() { whole } else { begins };
                let told = if entry.is_several() {
                    &mut told.with_others
                } else {
                    &mut told.alone
                };
                *told = told.with(Meanings::of(&[*meaning]));
            }
        }
        let mut index = Self::default();
        for (text, (begins, whole)) in told {
            let shorter = index.last_within(text, index.rows.len().checked_sub(1));
            let above = shorter.and_then(|at| index.rows.get(at));
            index.heads.push(head(text));
            index.rows.push(Row {
                text: text.to_owned(),
                begins: above.map_or(begins, |above| above.begins.with(begins)),
                whole,
                shorter,
            });
        }
        index
    }

    /// Returns what a folded word tells.
    pub(super) fn told_by(&self, word: &str) -> Told {
        let of_word = head(word);
        let mut behind = self.heads.partition_point(|head| *head <= of_word);
        let is_later = |at: usize| {
            let before = at.checked_sub(1).and_then(|at| self.rows.get(at));
            before.is_some_and(|row| row.text.as_str() > word)
        };
        while is_later(behind) {
            behind -= 1;
        }
        let found = self.last_within(word, behind.checked_sub(1));
        let Some(row) = found.and_then(|at| self.rows.get(at)) else {
            return Told::default();
        };
        if row.text == word {
            row.begins.with(row.whole)
        } else {
            row.begins
        }
    }

    /// Returns the longest stem that a word begins with, from the last one that isn't behind it.
    fn last_within(&self, word: &str, mut at: Option<usize>) -> Option<usize> {
        while let Some(row) = at.and_then(|at| self.rows.get(at)) {
            if word.starts_with(&row.text) {
                return at;
            }
            at = row.shorter;
        }
        None
    }
}

/// Returns the first eight bytes of a text, such that numbers are in the order of texts.
fn head(text: &str) -> u64 {
    let mut head = [0; 8];
    for (place, byte) in head.iter_mut().zip(text.bytes()) {
        *place = byte;
    }
    u64::from_be_bytes(head)
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
