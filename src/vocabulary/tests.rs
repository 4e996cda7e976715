//! What keeps the tables whole: no meaning without words, no word with two meanings unawares.

use crate::page;

use super::stem::list;
use super::{
    Label, Meaning, Phrase, Row, Vocabulary, Word, english, everywhere, russian, ukrainian,
};

const LANGUAGES: [&[Row<Word>]; 3] = [english::WORDS, russian::WORDS, ukrainian::WORDS];

fn tells(rows: &[Row<Word>], meaning: Word) -> bool {
    rows.iter()
        .any(|(word, entries)| *word == meaning && list(entries).next().is_some())
}

#[test]
fn every_meaning_has_words_in_every_language() {
    for word in Word::ALL {
        // Names of Kubernetes' and of protocols are written alike everywhere.
        let alike = tells(everywhere::WORDS, *word);
        let each = LANGUAGES.iter().all(|rows| tells(rows, *word));
        assert!(alike || each, "{word:?} has no words in some language");
    }
    let labels = [english::LABELS, russian::LABELS, ukrainian::LABELS];
    for label in Label::ALL {
        let has = |rows: &&[Row<Label>]| rows.iter().any(|(known, _)| known == label);
        assert!(labels.iter().all(has), "{label:?}");
    }
}

#[test]
fn a_meaning_has_one_row_a_language() {
    for rows in [
        everywhere::WORDS,
        english::WORDS,
        russian::WORDS,
        ukrainian::WORDS,
    ] {
        for word in Word::ALL {
            let count = rows.iter().filter(|(known, _)| known == word).count();
            assert!(count <= 1, "{word:?} has {count} rows");
        }
    }
}

#[test]
fn no_stem_mixes_alphabets() {
    let rows = LANGUAGES.iter().flat_map(|rows| rows.iter());
    for (word, entries) in rows.chain(everywhere::WORDS) {
        for stem in entries.split([',', '+', ' ']) {
            let latin = stem.chars().any(|it| it.is_ascii_alphabetic());
            let other = stem.chars().any(|it| it.is_alphabetic() && !it.is_ascii());
            assert!(!(latin && other), "{word:?}: `{stem}`");
        }
    }
}

#[test]
fn no_word_means_two_things_unawares() {
    let usual = Vocabulary::default();
    let rows = LANGUAGES.iter().flat_map(|rows| rows.iter());
    for (word, entries) in rows.chain(everywhere::WORDS) {
        for entry in entries.split(',') {
            let clashes = usual.clashes(Meaning::Word(*word), entry);
            assert!(
                clashes.is_empty(),
                "`{}` of {word:?} also means {clashes:?}: make it longer, a whole word (`…$`), or say \
                 in SHARED why nothing is misread",
                entry.trim()
            );
        }
    }
}

#[track_caller]
fn check(text: &str, meaning: Word, expected: Option<&str>) {
    let vocabulary = Vocabulary::default();
    assert_eq!(Phrase::new(text, &vocabulary).find(&[meaning]), expected);
}

#[test]
fn inflected_and_abbreviated_forms_are_told() {
    check("Изучи файл", Word::Study, Some("Изучи"));
    check("СОЗДАЁМ манифесты", Word::Create, Some("СОЗДАЁМ"));
    check("Створюємо маніфест", Word::Create, Some("Створюємо"));
    check("Накатить миграции", Word::SetUp, Some("Накатить"));
    check("Задеплоїти застосунок", Word::SetUp, Some("Задеплоїти"));
    check("налаштувати", Word::SetUp, Some("налаштувати"));
    check("кол-во реплик", Word::Replicas, Some("реплик"));
    check("К-сть реплік: 2", Word::Replicas, Some("реплік"));
    check("мин./макс.", Word::Maximum, Some("макс"));
    check("ОЗУ 512Mi", Word::Memory, Some("ОЗУ"));
    check("лимит ЦП", Word::Cpu, Some("ЦП"));
    check("пам\u{2bc}ять", Word::Memory, Some("пам\u{2bc}ять"));
    check("пробы живости", Word::Liveness, Some("живости"));
    check("НС: shop", Word::Namespace, Some("НС"));
    check("cm для app", Word::ConfigMaps, Some("cm"));
    check("Створити застосунок", Word::Application, Some("застосунок"));
    check("scale up to 4", Word::ScaleUp, Some("scale"));
}

#[test]
fn a_whole_word_is_not_a_stem() {
    check("томат", Word::Volumes, None);
    check("ready", Word::Study, None);
    check("настройки сервиса", Word::SetUp, None);
    check("додаток", Word::Add, None);
}

#[test]
fn several_words_stand_together_or_apart() {
    check("requests are rate limited", Word::RateLimit, Some("rate"));
    check(
        "if the nice to have list is empty",
        Word::Condition,
        Some("if"),
    );
    check("nice to have", Word::Condition, Some("nice"));
    check("nice, and we have it", Word::Condition, None);
}

#[test]
fn added_words_count_beside_the_usual_ones() {
    let own = Vocabulary::default()
        .with(Meaning::Word(Word::Create), "anleg")
        .with(Meaning::Label(Label::Files), "Dateien");
    assert!(own.tells("Anlegen", Word::Create) && own.tells("create", Word::Create));
    assert!(own.is_label(Label::Files, "Dateien:") && own.is_label(Label::Files, "Files"));
    assert!(!Vocabulary::default().tells("anlegen", Word::Create));
    let letter = Vocabulary::default().with(Meaning::Word(Word::Create), "щ");
    assert!(letter.tells("щ", Word::Create) && letter.tells("щось", Word::Create));
}

#[test]
fn a_word_that_means_something_else_is_told() {
    let usual = Vocabulary::default();
    let clashes = |meaning, word| usual.clashes(Meaning::Word(meaning), word);
    let study = [Word::Study, Word::Work].map(Meaning::Word);
    assert_eq!(clashes(Word::Create, "study"), study);
    assert_eq!(clashes(Word::Create, "anleg"), []);
    let status = Meaning::Label(Label::Status);
    assert_eq!(
        usual.clashes(status, "Notes"),
        [Meaning::Label(Label::Notes)]
    );
}

#[test]
fn the_page_lists_every_meaning() {
    const HEADING: &str = "## Meanings\n";
    let written = page::read("languages.md");
    let (told, _) = written.split_once(HEADING).unwrap_or((&written, ""));
    let row = |name: &str, about: &str| format!("| `{name}` | {about} |\n");
    let labels = Label::ALL.iter().map(|it| row(it.name(), it.about()));
    let words = Word::ALL.iter().map(|it| row(it.name(), it.about()));
    let page = format!(
        "{told}{HEADING}\nThose of the document's structure (labels):\n\n| name | what it says |\n| --- | --- \
         |\n{}\nThose of tasks (words):\n\n| name | what it says |\n| --- | --- |\n{}",
        labels.collect::<String>(),
        words.collect::<String>()
    );
    page::check("languages.md", &page);
}
