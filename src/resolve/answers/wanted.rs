//! What a listed name asks for: words that must all be known of a thing before it is the answer.
//!
//! A word that isn't known may make it another thing: `root password`, `MySQL replica`, `backups of
//! MySQL`. Such a name is found nowhere, never in what only resembles it.

use super::Synonyms;
use crate::resolve::subjects::named_product;
use crate::vocabulary::{Meanings, Word};

/// Words that say nothing of a thing.
const IDLE: &[Word] = &[
    Word::Article,
    Word::Purpose,
    Word::Reference,
    Word::With,
    Word::From,
    Word::In,
    Word::Into,
    Word::About,
];

/// Words that say what kind of thing is listed.
const GENERIC: &[Word] = &[
    Word::Generic,
    Word::Keys,
    Word::Secrets,
    Word::Volumes,
    Word::ConfigMaps,
    Word::Services,
];

/// The words of a listed name, each as one word for all that mean the same, by what they are worth.
#[derive(Debug, Default)]
pub(super) struct Wanted {
    telling: Vec<String>,
    /// Words that say no more beside telling ones.
    weak: Vec<String>,
    generic: Vec<String>,
    /// Whether it means whatever is a data base.
    any_store: bool,
}

impl Wanted {
    /// Returns what words as written ask for.
    pub(super) fn of<'w>(words: impl Iterator<Item = &'w str>, synonyms: &Synonyms<'_>) -> Self {
        let lower: Vec<String> = words.map(str::to_lowercase).collect();
        let parts = lower.iter().flat_map(|word| word.split(['-', '_']));
        let parts: Vec<&str> = parts.filter(|part| !part.is_empty()).collect();
        let mut wanted = Self::default();
        let mut product = false;
        for part in &parts {
            // `PostgreSQL 16`
            let version = product && part.trim_start_matches('v').starts_with(is_digit);
            product = named_product(part).is_some();
            if !version {
                wanted.add(part, &parts, synonyms);
            }
        }
        wanted
    }

    fn add(&mut self, part: &str, parts: &[&str], synonyms: &Synonyms<'_>) {
        let told = synonyms.vocabulary.told_by(part).alone;
        let tells = |meanings: &[Word]| told.meets(Meanings::of(meanings));
        let product = named_product(part).is_some();
        let word = synonyms.synonym(part);
        if product {
            self.telling.push(word);
        } else if tells(GENERIC) {
            self.generic.push(word);
        } else if synonyms.is_weak(part, parts) {
            self.weak.push(word);
        } else if !tells(IDLE) {
            self.any_store |= tells(&[Word::Database]);
            self.telling.push(word);
        }
    }

    /// Returns whether it says which thing it is, and not only of what kind.
    pub(super) fn is_telling(&self) -> bool {
        !(self.telling.is_empty() && self.weak.is_empty())
    }

    /// Returns whether it names one thing, and not whatever is of its kind.
    pub(super) fn is_name(&self) -> bool {
        !(self.telling.is_empty() || self.any_store)
    }

    /// Returns the words that tell it from others of its kind.
    pub(super) fn telling(self) -> Vec<String> {
        self.telling.into_iter().chain(self.weak).collect()
    }

    /// Returns the words that a known thing of that name is known by.
    pub(super) fn known(self) -> Vec<String> {
        if self.is_telling() {
            return self.telling();
        }
        self.generic
    }

    pub(super) fn has(&self, word: &String) -> bool {
        self.telling.contains(word) || self.weak.contains(word)
    }

    /// Returns whether something that is known by these words is what is asked for.
    pub(super) fn fits(&self, words: &[String]) -> bool {
        let all = |wanted: &[String]| wanted.iter().all(|it| words.contains(it));
        if !self.telling.is_empty() {
            return all(&self.telling);
        }
        if !self.weak.is_empty() {
            return all(&self.weak);
        }
        self.generic.iter().any(|it| words.contains(it))
    }
}

fn is_digit(letter: char) -> bool {
    letter.is_ascii_digit()
}
