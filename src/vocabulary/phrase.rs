//! A text with the words that it is read by.

use super::index::Meanings;
use super::{Vocabulary, Word, fold, words};

/// A text that is asked for meanings. Whatever is returned of it is as written.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Phrase<'t> {
    text: &'t str,
    vocabulary: &'t Vocabulary,
    /// What its words may tell.
    told: Meanings,
}

impl<'t> Phrase<'t> {
    pub(crate) fn new(text: &'t str, vocabulary: &'t Vocabulary) -> Self {
        Self {
            text,
            vocabulary,
            told: vocabulary.may_tell(text),
        }
    }

    /// Returns what the text's words may tell, so that it need not be found out again.
    pub(crate) fn told(self) -> Meanings {
        self.told
    }

    /// Returns the phrase of a text of which that is known.
    pub(crate) fn known(text: &'t str, vocabulary: &'t Vocabulary, told: Meanings) -> Self {
        Self {
            text,
            vocabulary,
            told,
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
        self.with(head.unwrap_or(self.text))
    }

    /// Returns the text's words as written.
    pub(crate) fn words(self) -> impl Iterator<Item = &'t str> {
        words(self.text)
    }

    /// Returns the first word that tells one of these.
    pub(crate) fn find(self, meanings: &[Word]) -> Option<&'t str> {
        let wanted = Meanings::of(meanings);
        if !self.told.meets(wanted) {
            return None;
        }
        let tells = |word: &&str| self.vocabulary.told_by(&fold(word)).meets(wanted);
        self.words().find(tells).or_else(|| self.several(meanings))
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
