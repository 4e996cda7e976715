//! Numbers and amounts that stand behind a word.

use super::quantity::{self, Quantity};
use super::spec::Amounts;
use crate::vocabulary::{Phrase, Vocabulary, Word, fold};

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
/// before any of these words count for both.
pub(super) fn resources(text: Phrase<'_>) -> (Amounts, Amounts) {
    let (mut requests, mut limits) = (Amounts::default(), Amounts::default());
    let (mut to_requests, mut to_limits) = (true, true);
    let vocabulary = text.vocabulary();
    for word in text.words() {
        if vocabulary.tells(word, Word::Requests) {
            (to_requests, to_limits) = (true, false);
        } else if vocabulary.tells(word, Word::Limits) && quantity::read(word, vocabulary).is_none()
        {
            (to_requests, to_limits) = (false, true);
        } else if let Some(amount) = quantity::read(word, vocabulary) {
            for (wanted, amounts) in [(to_requests, &mut requests), (to_limits, &mut limits)] {
                if wanted {
                    put(amounts, &amount);
                }
            }
        }
    }
    (requests, limits)
}

fn put(amounts: &mut Amounts, amount: &Quantity) {
    match amount {
        Quantity::Cpu(cpu) => amounts.cpu = Some(cpu.clone()),
        Quantity::Bytes(bytes) => amounts.memory = Some(bytes.clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::{Word, number_after, resources, seconds_after};
    use crate::vocabulary::{Phrase, Vocabulary};

    #[track_caller]
    fn check(text: &str, expected: [&str; 4]) {
        let vocabulary = Vocabulary::default();
        let (requests, limits) = resources(Phrase::new(text, &vocabulary));
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
