//! An empty phase in the shape of its set.

use super::page::Page;
use super::{Wishes, texts};

/// The longest name of a phase in its file.
const LONGEST: usize = 60;

/// Returns the checklist of a phase that nothing is known of yet but its name.
pub fn phase(wishes: &Wishes) -> String {
    let language = wishes.language;
    let mut page = Page::new(language, wishes.number, &wishes.title);
    page.goal(&[texts::GOAL_UNKNOWN.of(language).to_owned()]);
    page.section(texts::FIRST_SECTION);
    page.manual(texts::AGREE.of(language));
    page.notes(&[]);
    page.close(&wishes.commit(), wishes.number.checked_add(1))
}

/// Returns a title as it stands in the name of a file: letters and digits of any alphabet in lower
/// case, joined by `-`. `None` where nothing of it is left.
pub fn file_stem(title: &str) -> Option<String> {
    let lower = title.to_lowercase();
    let words = lower.split(|it: char| !it.is_alphanumeric());
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    let stem: String = words.join("-").chars().take(LONGEST).collect();
    let stem = stem.trim_end_matches('-').to_owned();
    (!stem.is_empty()).then_some(stem)
}

#[cfg(test)]
mod tests {
    use super::file_stem;

    #[test]
    fn titles_become_names_of_files() {
        for (title, expected) in [
            ("Load testing", Some("load-testing")),
            ("Blue/green: 2nd try", Some("blue-green-2nd-try")),
            ("Нагрузочное тестирование", Some("нагрузочное-тестирование")),
            ("../..", None),
        ] {
            assert_eq!(file_stem(title).as_deref(), expected);
        }
    }
}
