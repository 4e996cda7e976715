//! An entry of the tables: a stem, a whole word, or several of them.

use super::fold;

/// What tells a meaning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    stems: Vec<Stem>,
    /// Whether the stems may stand anywhere in the text; else next to each other, in order.
    apart: bool,
}

/// The beginning of a word, or a whole one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Stem {
    text: String,
    /// Whether it must be the whole word.
    whole: bool,
}

/// Returns the entries of a row: separated by commas; `a b` for words next to each other, `a+b`
/// for words anywhere in one text, `a$` for a whole word.
pub(super) fn list(row: &str) -> impl Iterator<Item = Entry> {
    row.split(',')
        .map(Entry::of)
        .filter(|entry| !entry.stems.is_empty())
}

impl Entry {
    fn of(text: &str) -> Self {
        let apart = text.contains('+');
        let stems = text.split(['+', ' ']).map(str::trim).filter_map(|stem| {
            let whole = stem.strip_suffix('$');
            let text = fold(whole.unwrap_or(stem)).into_owned();
            let whole = whole.is_some();
            (!text.is_empty()).then_some(Stem { text, whole })
        });
        Self {
            stems: stems.collect(),
            apart,
        }
    }

    /// Returns its longest stem: where that isn't, the entry isn't.
    pub(super) fn longest(&self) -> Option<&Stem> {
        self.stems.iter().max_by_key(|stem| stem.text.len())
    }

    /// Returns whether a folded word alone tells the meaning.
    pub(super) fn fits(&self, word: &str) -> bool {
        matches!(self.stems.as_slice(), [only] if only.fits(word))
    }

    /// Returns whether a folded word alone tells the meaning, with no more than an ending behind
    /// the stem.
    pub(super) fn ends(&self, word: &str) -> bool {
        matches!(self.stems.as_slice(), [only] if only.ends(word))
    }

    /// Returns where in a text's folded words the entry begins to be told, if it takes several.
    pub(super) fn place(&self, words: &[impl AsRef<str>]) -> Option<usize> {
        let fits = |stem: &Stem, at: usize| words.get(at).is_some_and(|it| stem.fits(it.as_ref()));
        let first = self.stems.first().filter(|_| self.is_several())?;
        if self.apart {
            let all = self.stems.iter();
            let mut all = all.map(|stem| (0..words.len()).any(|at| fits(stem, at)));
            return all
                .all(|there| there)
                .then(|| (0..words.len()).find(|at| fits(first, *at)))?;
        }
        (0..words.len()).find(|at| {
            let mut stems = self.stems.iter().enumerate();
            stems.all(|(index, stem)| fits(stem, at + index))
        })
    }

    /// Marks the words that the entry is told by.
    pub(super) fn mark(&self, words: &[impl AsRef<str>], marks: &mut [bool]) {
        let fits = |stem: &Stem, at: usize| words.get(at).is_some_and(|it| stem.fits(it.as_ref()));
        if self.apart && self.place(words).is_none() {
            return;
        }
        let width = if self.apart { 1 } else { self.stems.len() };
        for at in 0..words.len() {
            let told = if self.apart {
                self.stems.iter().any(|stem| fits(stem, at))
            } else {
                let mut stems = self.stems.iter().enumerate();
                stems.all(|(index, stem)| fits(stem, at + index))
            };
            if let Some(marks) = marks.get_mut(at..at + width).filter(|_| told) {
                marks.fill(true);
            }
        }
    }

    pub(super) fn is_several(&self) -> bool {
        self.stems.len() > 1
    }

    /// Returns whether a word that one of two entries stands for may be taken for the other's.
    pub(super) fn meets(&self, other: &Self) -> bool {
        match (self.stems.as_slice(), other.stems.as_slice()) {
            ([one], [two]) => one.fits(&two.text) || two.fits(&one.text),
            (one, two) => one == two,
        }
    }
}

impl Stem {
    /// Returns whether it is a whole word.
    pub(super) fn is_whole(&self) -> bool {
        self.whole
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Returns whether a word is the stem with no more than an ending.
    fn ends(&self, word: &str) -> bool {
        /// How many letters an ending has at most: English and other languages.
        const ENDING: (usize, usize) = (3, 4);
        let most = if word.is_ascii() { ENDING.0 } else { ENDING.1 };
        let ending = word.strip_prefix(&self.text).unwrap_or_default();
        // `placeholder-ами`
        let foreign = ending.strip_prefix('-').filter(|it| !it.is_ascii());
        let ending = foreign.unwrap_or(ending);
        let fits = ending.chars().all(char::is_alphabetic) && ending.chars().count() <= most;
        self.fits(word) && fits
    }

    pub(super) fn fits(&self, word: &str) -> bool {
        if self.whole {
            word == self.text
        } else {
            word.starts_with(&self.text)
        }
    }
}
