//! A text with the words that it is read by.

use super::index::{Meanings, Told};
use super::{Vocabulary, Word, fold, words};

/// A text's words with what each tells, found out once for all that asks.
#[derive(Debug)]
pub(crate) struct Words<'t>(Vec<(&'t str, Told)>);

impl<'t> Words<'t> {
    pub(crate) fn of(text: &'t str, vocabulary: &Vocabulary) -> Self {
        // Most lines have no more words.
        let mut all = Vec::with_capacity(16);
        all.extend(words(text).map(|word| (word, vocabulary.told_by(word))));
        Self(all)
    }
}

/// A text that is asked for meanings. Whatever is returned of it is as written.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Phrase<'t> {
    text: &'t str,
    vocabulary: &'t Vocabulary,
    /// What its words may tell.
    told: Meanings,
    /// Its words, if what they tell is known already.
    words: Option<&'t Words<'t>>,
}

impl<'t> Phrase<'t> {
    pub(crate) fn new(text: &'t str, vocabulary: &'t Vocabulary) -> Self {
        Self {
            text,
            vocabulary,
            told: vocabulary.may_tell(text),
            words: None,
        }
    }

    /// Returns the phrase of a text of which it is known what its words tell.
    pub(crate) fn known(text: &'t str, vocabulary: &'t Vocabulary, words: &'t Words<'t>) -> Self {
        let told = words.0.iter().map(|(_, told)| told.any());
        Self {
            text,
            vocabulary,
            told: told.fold(Meanings::default(), Meanings::with),
            words: Some(words),
        }
    }

    /// Returns another text, such as a part of this one, read by the same words.
    pub(crate) fn with(self, text: &'t str) -> Self {
        Self::new(text, self.vocabulary)
    }

    /// Returns the text as written.
    pub(crate) fn text(self) -> &'t str {
        self.text
    }

    pub(crate) fn vocabulary(self) -> &'t Vocabulary {
        self.vocabulary
    }

    /// Returns what stands before a sign, or the whole text.
    pub(crate) fn before(self, sign: char) -> Self {
        let head = self.text.split_once(sign).map(|(head, _)| head);
        head.map_or(self, |head| self.with(head))
    }

    /// Returns the text's words as written.
    pub(crate) fn words(self) -> impl Iterator<Item = &'t str> {
        let known = self.words.into_iter().flat_map(|words| &words.0);
        let text = self.words.is_none().then_some(self.text);
        let found = text.into_iter().flat_map(words);
        known.map(|(word, _)| *word).chain(found)
    }

    /// Returns the text's words as written, each with what it tells alone.
    pub(crate) fn told(self) -> impl Iterator<Item = (&'t str, Meanings)> {
        let known = self.words.into_iter().flat_map(|words| &words.0);
        let known = known.map(|(word, told)| (*word, told.alone));
        let text = self.words.is_none().then_some(self.text);
        let found = text.into_iter().flat_map(words);
        known.chain(found.map(move |word| (word, self.vocabulary.told_by(word).alone)))
    }

    /// Returns whether some word may tell one of these; where none may, none does.
    pub(crate) fn may_tell(self, meanings: &[Word]) -> bool {
        self.told.meets(Meanings::of(meanings))
    }

    /// Returns the first word that tells one of these.
    pub(crate) fn find(self, meanings: &[Word]) -> Option<&'t str> {
        let wanted = Meanings::of(meanings);
        if !self.told.meets(wanted) {
            return None;
        }
        let mut told = self.told();
        let alone = told.find(|(_, told)| told.meets(wanted));
        alone
            .map(|(word, _)| word)
            .or_else(|| self.several(meanings))
    }

    /// Returns whether the text tells that.
    pub(crate) fn has(self, meaning: Word) -> bool {
        self.find(&[meaning]).is_some()
    }

    /// Returns the first word of what takes several words to tell one of these.
    fn several(self, meanings: &[Word]) -> Option<&'t str> {
        let entries = meanings.iter().flat_map(|it| self.vocabulary.entries(*it));
        let mut several = entries.filter(|entry| entry.is_several()).peekable();
        several.peek()?;
        let folded: Vec<_> = self.words().map(fold).collect();
        let first = several.filter_map(|entry| entry.place(&folded)).min()?;
        self.words().nth(first)
    }
}
