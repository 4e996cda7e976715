//! Which language a repository's people write in: by its texts, or by the locale.

use crate::checklist::Language;

/// The languages with the codes that they are asked for by.
const CODES: &[(&str, Language)] = &[
    ("en", Language::English),
    ("ru", Language::Russian),
    ("uk", Language::Ukrainian),
];
/// Letters that one of the two Cyrillic alphabets has and the other doesn't.
const UKRAINIAN: &str = "іїєґ";
const RUSSIAN: &str = "ыэъё";
/// Fewer letters tell nothing.
const ENOUGH: usize = 40;

/// Returns the language of a code (`uk`).
pub fn named(code: &str) -> Option<Language> {
    let (_, language) = CODES.iter().find(|(known, _)| *known == code)?;
    Some(*language)
}

/// Returns a language's code.
pub fn code(language: Language) -> &'static str {
    let mut found = CODES.iter().filter(|(_, known)| *known == language);
    found.next().map_or("en", |(code, _)| code)
}

/// Returns the language of a locale (`uk_UA.UTF-8`), if it is one of ours.
pub fn of_locale(locale: &str) -> Option<Language> {
    let code = locale.split(['_', '.', '-', '@']).next()?;
    named(&code.to_lowercase())
}

/// Returns the language that most of a text's letters are of; `None` where there are too few.
pub fn of_text(text: &str) -> Option<Language> {
    let count = |is: &dyn Fn(char) -> bool| text.chars().filter(|it| is(*it)).count();
    let latin = count(&|it| it.is_ascii_alphabetic());
    let cyrillic = count(&|it| ('\u{400}'..='\u{4ff}').contains(&it));
    if latin + cyrillic < ENOUGH {
        return None;
    }
    // Names, code and commands are Latin in any language.
    if cyrillic * 4 < latin {
        return Some(Language::English);
    }
    let of = |letters: &str| {
        let lower = |it: char| it.to_lowercase().next().unwrap_or(it);
        count(&|it| letters.contains(lower(it)))
    };
    Some(if of(UKRAINIAN) > of(RUSSIAN) {
        Language::Ukrainian
    } else {
        Language::Russian
    })
}

#[cfg(test)]
mod tests {
    use super::{of_locale, of_text};
    use crate::checklist::Language::{self, English, Russian, Ukrainian};

    #[track_caller]
    fn check(text: &str, expected: Option<Language>) {
        assert_eq!(of_text(text), expected);
    }

    #[test]
    fn texts_tell_their_language() {
        check(
            "A shop that sells apples, pears and all that grows.",
            Some(English),
        );
        check(
            "Магазин продаёт яблоки, груши и всё, что выросло в саду. Запуск: docker compose up",
            Some(Russian),
        );
        check(
            "Крамниця продає яблука, груші та все, що виросло в саду. Запуск: docker compose up",
            Some(Ukrainian),
        );
        check("# shop", None);
    }

    #[test]
    fn locales_tell_theirs() {
        assert_eq!(of_locale("uk_UA.UTF-8"), Some(Ukrainian));
        assert_eq!(of_locale("ru"), Some(Russian));
        assert_eq!(of_locale("C.UTF-8"), None);
        assert_eq!(of_locale("de_DE"), None);
    }
}
