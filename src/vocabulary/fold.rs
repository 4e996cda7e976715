//! Texts as they are compared: case, accents typed apart, soft hyphens and apostrophes make no
//! difference. What is shown stays as written.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Returns a text in the form that words are compared in.
///
/// Lower case, letters composed (NFC), `ё` as `е`, every apostrophe as `'`, every hyphen as `-`,
/// every space as a plain one; soft hyphens, stress marks and what has no width are left out.
pub(crate) fn fold(text: &str) -> Cow<'_, str> {
    if text.chars().all(is_folded) {
        return Cow::Borrowed(text);
    }
    // Most texts need no table of Unicode.
    Cow::Owned(simply_folded(text).unwrap_or_else(|| {
        let composed = text.nfc().filter(|letter| !is_silent(*letter));
        let folded = composed.flat_map(|letter| {
            let letter = match letter {
                other if other.is_whitespace() => ' ',
                other => folded_alone(other).unwrap_or(other),
            };
            letter.to_lowercase()
        });
        folded.collect()
    }))
}

fn simply_folded(text: &str) -> Option<String> {
    let mut folded = String::with_capacity(text.len());
    for letter in text.chars() {
        folded.push(folded_alone(letter)?);
    }
    Some(folded)
}

/// Returns what a letter is compared as whatever stands beside it; nothing for most letters.
fn folded_alone(letter: char) -> Option<char> {
    match letter {
        'A'..='Z' => Some(letter.to_ascii_lowercase()),
        'А'..='Я' => char::from_u32(u32::from(letter) + 0x20),
        'ё' | 'Ё' => Some('е'),
        'Є' => Some('є'),
        'І' => Some('і'),
        'Ї' => Some('ї'),
        'Ґ' => Some('ґ'),
        '’' | '‘' | 'ʼ' | '´' | '′' | '`' => Some('\''),
        '‐' | '‑' => Some('-'),
        '\n' | '\t' | '\u{a0}' => Some(' '),
        other => is_folded(other).then_some(other),
    }
}

/// Returns whether a letter is compared as it is.
fn is_folded(letter: char) -> bool {
    matches!(letter, ' '..='@' | '['..='_' | 'a'..='~' | 'а'..='я' | 'є' | 'і' | 'ї' | 'ґ' | '–' | '—')
}

/// Returns whether a character is no part of a word's letters: soft hyphens, what has no width,
/// and marks that no letter took up, such as those of stress.
fn is_silent(letter: char) -> bool {
    matches!(
        letter,
        '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}' | '\u{fe0f}'
    ) || is_combining_mark(letter)
}

/// Returns the words of a text as written: letters, digits, and what joins them within a word.
pub(crate) fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|letter: char| !(is_letter(letter) || joins(letter)))
        .map(|word| word.trim_matches(|letter: char| !is_letter(letter)))
        .filter(|word| {
            let mut letters = word.chars();
            letters.any(is_alphanumeric)
        })
}

fn is_letter(letter: char) -> bool {
    is_alphanumeric(letter) || (is_combining_mark(letter) && letter != '\u{fe0f}')
}

/// Returns whether a character is a letter or a digit, of most without asking a table of Unicode.
pub(crate) fn is_alphanumeric(letter: char) -> bool {
    is_plain_letter(letter) || letter.is_alphanumeric()
}

/// Returns whether a character is a letter or digit that most texts consist of: what asks for no
/// table of Unicode. Folding leaves each of them in its place.
pub(super) fn is_plain_letter(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || matches!(letter, 'А'..='я')
}

fn joins(letter: char) -> bool {
    matches!(
        letter,
        '-' | '_' | '.' | '\'' | '’' | '‘' | '´' | '‐' | '‑' | '\u{ad}' | '\u{200b}'
            ..='\u{200d}' | '\u{2060}'
    )
}

#[cfg(test)]
mod tests {
    use unicode_normalization::UnicodeNormalization as _;

    use super::{fold, folded_alone, words};

    #[track_caller]
    fn check(text: &str, expected: &str) {
        assert_eq!(fold(text), expected);
        assert_eq!(fold(expected), expected, "folding again changes nothing");
    }

    #[test]
    fn letters_that_ask_for_no_table_are_those_that_it_leaves_alone() {
        for letter in '\0'..='\u{ffff}' {
            let Some(folded) = folded_alone(letter) else {
                continue;
            };
            assert!([letter].into_iter().nfc().eq([letter]), "{letter:?}");
            if letter.is_alphabetic() && !['ё', 'Ё', 'ʼ'].contains(&letter) {
                assert!(letter.to_lowercase().eq([folded]), "{letter:?}");
            }
        }
    }

    #[test]
    fn what_looks_alike_is_the_same() {
        check("СОЗДАЁМ", "создаем");
        check("Пам’ять", "пам'ять");
        check("пам\u{2bc}ять", "пам'ять");
        check("Ви\u{306}\u{301}", "вй");
        check("і\u{308}", "ї");
        check("кон\u{ad}фиг", "конфиг");
        check("до\u{301}бавить", "добавить");
        check("anti\u{2011}affinity", "anti-affinity");
        check("min\u{a0}2", "min 2");
        check("Größe", "größe");
    }

    #[track_caller]
    fn check_words(text: &str, expected: &[&str]) {
        let all: Vec<&str> = words(text).collect();
        assert_eq!(all, expected);
    }

    #[test]
    fn words_are_split_at_what_joins_none() {
        check_words(
            "Resources: requests 256Mi/250m (min)",
            &["Resources", "requests", "256Mi", "250m", "min"],
        );
        check_words("🚀 1) Создать\u{a0}файл", &["1", "Создать", "файл"]);
        check_words(
            "кол-во, мин./макс. — к-сть",
            &["кол-во", "мин", "макс", "к-сть"],
        );
        check_words("й і\u{308}жи\u{306}", &["й", "і\u{308}жи\u{306}"]);
        check_words("\u{301} — ''", &[]);
    }
}
