//! How words of a language end that ask for something: what no list of words could hold.
//!
//! English has no such endings: its verbs are listed.

use super::{russian, ukrainian};

/// A language's endings.
pub(super) struct Grammar {
    /// Those of verbs' infinitives.
    pub(super) infinitives: &'static [&'static str],
    /// Words that end like them and are no verbs.
    pub(super) no_verbs: &'static [&'static str],
    /// Those of nouns that are made of verbs (`создание`).
    pub(super) verbal_nouns: &'static [&'static str],
}

const ALL: [&Grammar; 2] = [&russian::GRAMMAR, &ukrainian::GRAMMAR];

/// Endings of abstract nouns, which look like infinitives in both languages.
const ABSTRACT: &[&str] = &["ость", "ости"];

/// The letters that the shortest verbs have which are told by their ending.
const SHORTEST: usize = 5;

/// Returns whether a word, in lower case, is a verb that asks for something.
pub(crate) fn is_infinitive(word: &str) -> bool {
    let ends = |endings: &[&str]| endings.iter().any(|ending| word.ends_with(ending));
    let noun = ends(ABSTRACT) || ALL.iter().any(|it| it.no_verbs.contains(&word));
    word.chars().count() >= SHORTEST && !noun && ALL.iter().any(|it| ends(it.infinitives))
}

/// Returns whether a word, in lower case, is a noun made of a verb (`создание`, `оновлення`), which
/// asks for something at a line's beginning alone.
pub(crate) fn is_verbal_noun(word: &str) -> bool {
    let mut endings = ALL.iter().flat_map(|it| it.verbal_nouns);
    endings.any(|ending| word.ends_with(ending))
}

#[cfg(test)]
mod tests {
    use super::is_infinitive;

    #[test]
    fn infinitives_are_told_from_nouns() {
        for word in [
            "проверить",
            "запустить",
            "перевірити",
            "узгодити",
            "написать",
        ] {
            assert!(is_infinitive(word), "{word}");
        }
        for word in [
            "память",
            "возможность",
            "тести",
            "клієнти",
            "зависимости",
            "токен",
        ] {
            assert!(!is_infinitive(word), "{word}");
        }
    }
}
