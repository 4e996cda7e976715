//! Words that name a part of an application, and those that don't.

use super::is_named;

#[test]
fn a_part_is_named_by_its_name_a_piece_or_its_sound() {
    for (name, word) in [
        ("tracker", "tracker"),
        ("tracker", "trackers"),
        ("tracker", "tracker's"),
        ("api", "API"),
        ("api-gateway", "gateway"),
        ("tracker", "трекера"),
        ("tracker", "трекером"),
        ("worker", "воркера"),
        ("gateway", "гейтвея"),
        ("api", "апи"),
        ("billing", "білінгу"),
    ] {
        assert!(is_named(name, word), "{word} is {name}");
    }
}

#[test]
fn other_words_name_no_part() {
    for (name, word) in [
        ("tracker", "probes"),
        ("tracker", "the"),
        ("tracker", "проб"),
        ("api", "отчётов"),
        ("db", "для"),
        ("worker", "очередей"),
        ("web", "сайту"),
    ] {
        assert!(!is_named(name, word), "{word} isn't {name}");
    }
}
