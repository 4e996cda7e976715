//! Numbers and amounts that stand behind a word.

use super::quantity::{self, Quantity};
use super::spec::Amounts;
use crate::vocabulary::{Phrase, Vocabulary, Word, fold, words};

/// How many words may stand between a word and its number (`CPU/memory target 70%`).
const REACH: usize = 3;

/// Returns the number behind a word that tells that (`min 2`, `minReplicas: 2`).
pub(super) fn numbers_after(text: Phrase<'_>, meaning: Word) -> Option<u32> {
    number_after(text, |word| text.vocabulary().tells(word, meaning))
}

/// Returns the number behind the first word, folded, that is wanted.
pub(super) fn number_after(text: Phrase<'_>, wanted: impl Fn(&str) -> bool) -> Option<u32> {
    let all: Vec<_> = text.words().map(fold).collect();
    let at = all.iter().position(|word| wanted(word))?;
    all.iter()
        .skip(at + 1)
        .take(REACH)
        .find_map(|word| word.parse().ok())
}

/// Returns the seconds behind a word that tells that (`period 30s`).
pub(super) fn seconds_after(text: Phrase<'_>, meaning: Word) -> Option<i32> {
    let all: Vec<_> = text.words().map(fold).collect();
    let at = all
        .iter()
        .position(|word| text.vocabulary().tells(word, meaning))?;
    let mut behind = all.iter().skip(at + 1).take(REACH).enumerate();
    behind.find_map(|(index, word)| {
        let next = all.get(at + 2 + index).map(AsRef::as_ref);
        seconds((word, next), text.vocabulary())
    })
}

/// Returns the seconds that a word gives, its unit in it or in the next word.
fn seconds((word, next): (&str, Option<&str>), vocabulary: &Vocabulary) -> Option<i32> {
    let digits = word
        .find(|character: char| !character.is_ascii_digit())
        .unwrap_or(word.len());
    let (number, unit) = word.split_at_checked(digits)?;
    let number: i32 = number.parse().ok()?;
    let unit = if unit.is_empty() {
        next.unwrap_or("s")
    } else {
        unit
    };
    Some(if vocabulary.tells(unit, Word::Minutes) {
        number.saturating_mul(60)
    } else {
        number
    })
}

/// Returns requests and limits: `requests 256Mi/250m, limits 1Gi/1000m`, in either order; amounts
/// before any of these words count for both, and so do those of `requests = limits`; those before
/// the only one for it (`256Mi/250m requests`). Returns nothing where one of several is named last
/// and has no amount.
pub(super) fn resources(text: Phrase<'_>) -> Option<(Amounts, Amounts)> {
    let (requests, limits) = told(text)?;
    // `limits 100 per minute`: a number without a unit is one of CPUs where something says so.
    let alone = |it: &Amounts| {
        let bare = |cpu: &String| cpu.bytes().all(|it| it.is_ascii_digit());
        it.memory.is_none() && it.cpu.as_ref().is_some_and(bare)
    };
    let unsaid = alone(&requests) || alone(&limits);
    (!unsaid || text.has(Word::Cpu)).then_some((requests, limits))
}

fn told(text: Phrase<'_>) -> Option<(Amounts, Amounts)> {
    let (mut requests, mut limits) = (Amounts::default(), Amounts::default());
    let (mut to_requests, mut to_limits) = (true, true);
    let vocabulary = text.vocabulary();
    // Whether the word before named what amounts are for, and how many did.
    let (mut named, mut count) = (false, 0);
    let mut words = text.words().peekable();
    while let Some(word) = words.next() {
        let amount = match words.peek().and_then(|unit| apart(word, unit, vocabulary)) {
            Some(amount) => {
                words.next();
                Some(amount)
            }
            None => quantity::read(word, vocabulary),
        };
        if let Some(amount) = amount {
            for (wanted, amounts) in [(to_requests, &mut requests), (to_limits, &mut limits)] {
                if wanted {
                    put(amounts, &amount);
                }
            }
            named = false;
            continue;
        }
        let (of_requests, of_limits) = (
            vocabulary.tells(word, Word::Requests),
            vocabulary.tells(word, Word::Limits),
        );
        if of_requests || of_limits {
            to_requests = of_requests || named && to_requests;
            to_limits = of_limits || named && to_limits;
            named = true;
            count += 1;
        }
    }
    let any = requests != Amounts::default() || limits != Amounts::default();
    if named && any {
        // `requests 256Mi/250m = limits`
        let same = text.text().contains('=');
        // No amount stands behind it, so that it was for all of them.
        if count == 1 && to_requests != to_limits && !same {
            return Some(if to_requests {
                (requests, Amounts::default())
            } else {
                (Amounts::default(), limits)
            });
        }
        let both = if to_limits { requests } else { limits };
        return same.then(|| (both.clone(), both));
    }
    // A decimal comma parts what belongs together, and so does a dash: `1,5 GB`, `256–512Mi`.
    let mut letters = text.text().chars().peekable();
    let mut before = ' ';
    while let Some(letter) = letters.next() {
        let behind = letters.peek().is_some_and(char::is_ascii_digit);
        let dash = matches!(letter, '–' | '—') && before.is_ascii_alphanumeric();
        if behind && (letter == ',' && before.is_ascii_digit() || dash) {
            return None;
        }
        before = letter;
    }
    Some((requests, limits))
}

/// Returns what a text asks for that has requests and limits as a pair: `250m/512Mi → 1/1Gi`.
pub(super) fn pair(text: Phrase<'_>) -> Option<(Amounts, Amounts)> {
    const ARROWS: [&str; 3] = ["→", "->", "=>"];
    let mut arrows = ARROWS.iter();
    let (requests, limits) = arrows.find_map(|arrow| text.text().split_once(arrow))?;
    let both = |part: &str| {
        let mut amounts = Amounts::default();
        for word in words(part) {
            put(&mut amounts, &quantity::read(word, text.vocabulary())?);
        }
        (amounts.cpu.is_some() && amounts.memory.is_some()).then_some(amounts)
    };
    both(requests).zip(both(limits))
}

/// Returns the amount of a number whose unit is a word of its own (`2 GB`, `500 m`).
fn apart(word: &str, unit: &str, vocabulary: &Vocabulary) -> Option<Quantity> {
    word.parse::<f64>().ok()?;
    let letters = unit.chars().all(char::is_alphabetic);
    letters.then(|| quantity::read(&format!("{word}{unit}"), vocabulary))?
}

fn put(amounts: &mut Amounts, amount: &Quantity) {
    match amount {
        Quantity::Cpu(cpu) => amounts.cpu = Some(cpu.clone()),
        Quantity::Bytes(bytes) => amounts.memory = Some(bytes.clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::{Word, number_after, pair, resources, seconds_after};
    use crate::vocabulary::{Phrase, Vocabulary};

    #[track_caller]
    fn check(text: &str, expected: [&str; 4]) {
        let vocabulary = Vocabulary::default();
        let read = resources(Phrase::new(text, &vocabulary));
        let (requests, limits) = read.expect("amounts");
        let all = [requests.cpu, requests.memory, limits.cpu, limits.memory];
        assert_eq!(all.map(Option::unwrap_or_default), expected);
    }

    #[test]
    fn cpu_and_memory_stand_in_either_order() {
        check(
            "requests 256Mi/250m, limits 1Gi/1000m",
            ["250m", "256Mi", "1000m", "1Gi"],
        );
        check(
            "limits: cpu 500m, memory 512Mi; requests: cpu 100m",
            ["100m", "", "500m", "512Mi"],
        );
        check("Resources: 500m/512Mi", ["500m", "512Mi", "500m", "512Mi"]);
        check(
            "ресурсы: запросы 100m/128Mi, лимиты 250m/256Mi",
            ["100m", "128Mi", "250m", "256Mi"],
        );
    }

    #[test]
    fn a_unit_may_be_a_word_of_its_own() {
        check("limit 2 GB", ["", "", "", "2G"]);
        check("лимит 1 ГБ", ["", "", "", "1G"]);
        check("ліміт 2 ГБ, запит 1 ГБ", ["", "1G", "", "2G"]);
        check("500m/1Gi requests", ["500m", "1Gi", "", ""]);
        check("2/4Gi limits", ["", "", "2", "4Gi"]);
        check(
            "requests 500 m / 256 Mi, limits 2 cores / 1 Gi",
            ["500m", "256Mi", "2", "1Gi"],
        );
    }

    #[test]
    fn an_arrow_leads_from_requests_to_limits() {
        let vocabulary = Vocabulary::default();
        let found = |text| pair(Phrase::new(text, &vocabulary));
        let (requests, limits) = found("250m/512Mi → 1/1Gi").expect("both");
        assert_eq!(requests.memory.as_deref(), Some("512Mi"));
        assert_eq!(limits.cpu.as_deref(), Some("1"));
        for text in ["1 → 3", "250m → 1", "512Mi/250m → later", "512Mi/250m"] {
            assert_eq!(found(text), None, "{text}");
        }
    }

    #[test]
    fn both_may_be_the_same() {
        let same = ["250m", "256Mi", "250m", "256Mi"];
        check("requests 256Mi/250m = limits", same);
        check("Requests and limits: 256Mi/250m", same);
        let vocabulary = Vocabulary::default();
        for text in [
            "limits 512Mi, requests to be tuned",
            "128Mi requests, 256Mi limits",
            "limit 1,5 GB",
        ] {
            let read = resources(Phrase::new(text, &vocabulary));
            assert_eq!(read, None, "{text}");
        }
    }

    #[test]
    fn a_number_stands_close_behind_its_word() {
        let vocabulary = Vocabulary::default();
        let cpu = |text| number_after(Phrase::new(text, &vocabulary), |word| word == "cpu");
        assert_eq!(cpu("target CPU/memory 70%"), Some(70));
        assert_eq!(cpu("cpu"), None);
    }

    #[test]
    fn periods_have_units() {
        let vocabulary = Vocabulary::default();
        let period = |text| seconds_after(Phrase::new(text, &vocabulary), Word::Period);
        assert_eq!(period("(HTTP, period 30s)"), Some(30));
        assert_eq!(period("кожні 2 хв"), Some(120));
        assert_eq!(period("каждые 10 секунд"), Some(10));
    }
}
