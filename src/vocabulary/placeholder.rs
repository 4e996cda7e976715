//! What people write in a document in place of what is to come.

use super::{fold, words};

const ENGLISH: &[&str] = &[
    "coming",
    "coming later",
    "fill in later",
    "fill this in",
    "fill this in later",
    "coming soon",
    "description will follow",
    "in progress",
    "placeholder",
    "tba",
    "tbd",
    "to be added",
    "to be agreed",
    "to be announced",
    "to be continued",
    "to be decided",
    "to be defined",
    "to be described",
    "to be determined",
    "to be documented",
    "to be done",
    "to be filled",
    "to be filled in",
    "to be written",
    "to do",
    "todo",
    "under construction",
    "wip",
    "will be added",
    "will be added later",
    "will follow",
    "work in progress",
];

const RUSSIAN: &[&str] = &[
    "будет добавлено",
    "будет дополнено",
    "будет описано",
    "будет позже",
    "будет позднее",
    "в процессе",
    "в работе",
    "в разработке",
    "дополнить",
    "дописать",
    "дописать позже",
    "дополнить позже",
    "заполнить",
    "заполнить позже",
    "написать",
    "написать позже",
    "описание будет позже",
    "описание появится позже",
    "опишем позже",
    "позже",
    "появится позже",
    "скоро",
    "скоро будет",
    "скоро появится",
    "уточняется",
];

const UKRAINIAN: &[&str] = &[
    "буде додано",
    "буде доповнено",
    "буде описано",
    "буде пізніше",
    "в процесі",
    "в роботі",
    "в розробці",
    "доповнити",
    "з'явиться пізніше",
    "заповнити",
    "згодом",
    "незабаром",
    "опис буде пізніше",
    "опис з'явиться пізніше",
    "опишемо пізніше",
    "дописати",
    "дописати пізніше",
    "заповнити пізніше",
    "написати",
    "пізніше",
    "скоро",
    "скоро буде",
    "у процесі",
    "у роботі",
    "у розробці",
    "уточнюється",
];

/// How lines end that say no more than that something is to come: `Endpoints will be described here`.
const ENDS: &[&str] = &[
    "will be added here",
    "will be added later",
    "will be described here",
    "will be described later",
    "will be documented here",
    "will be documented later",
    "is in progress",
    "is under construction",
    "будет добавлено позже",
    "будет описано здесь",
    "будет описано позже",
    "будут добавлены позже",
    "будут описаны здесь",
    "будут описаны позже",
    "в работе",
    "в разработке",
    "появится описание",
    "появится позже",
    "буде додано пізніше",
    "буде описано тут",
    "буде описано пізніше",
    "будуть додані пізніше",
    "будуть описані тут",
    "будуть описані пізніше",
    "в роботі",
    "в розробці",
    "з'явиться опис",
    "з'явиться пізніше",
    "у роботі",
    "у розробці",
];

/// How many words such a line may begin with.
const FEW: usize = 4;

/// Returns whether a line of a document is nothing but a placeholder; marks around it say nothing.
pub(crate) fn is_placeholder(line: &str) -> bool {
    let said = line.trim_matches(|it: char| !it.is_alphanumeric());
    let said = fold(said);
    let ended = |end: &&str| {
        let before = said.strip_suffix(*end);
        before.is_some_and(|it| it.is_empty() || it.ends_with(' ') && words(it).count() <= FEW)
    };
    if ENDS.iter().any(ended) {
        return true;
    }
    [ENGLISH, RUSSIAN, UKRAINIAN]
        .iter()
        .any(|known| known.contains(&said.as_ref()))
}

#[cfg(test)]
mod tests {
    use super::is_placeholder;

    #[test]
    fn a_placeholder_is_all_of_its_line() {
        for line in [
            "Coming soon.",
            "- *Coming soon…*",
            "Будет описано позже.",
            "Раздел в работе.",
            "Здесь появится описание.",
            "Тут з'явиться опис.",
            "To be agreed",
            "Скоро будет!",
            "> В разработке",
            "(незабаром)",
            "У розробці.",
            "Описание появится позже.",
            "Опис з'явиться пізніше.",
            "Endpoints will be described here.",
            "Эндпоинты будут описаны здесь.",
            "Кроки відновлення будуть описані пізніше",
        ] {
            assert!(is_placeholder(line), "{line}");
        }
        for line in [
            "Coming soon: refunds by card",
            "To be agreed with the bank by mail",
            "Скоро будет готово: 112",
            "",
        ] {
            assert!(!is_placeholder(line), "{line}");
        }
    }
}
