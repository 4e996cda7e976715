//! Amounts as people write them: CPU and memory told apart by their units.

use crate::vocabulary::{Phrase, Vocabulary, Word};

/// An amount.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Quantity {
    /// CPU (`250m`, `1`).
    Cpu(String),
    /// Memory or disk space (`256Mi`).
    Bytes(String),
}

/// Units of bytes, by how people write them in lower case, and how Kubernetes does.
const UNITS: &[(&str, &str)] = &[
    ("ki", "Ki"),
    ("mi", "Mi"),
    ("gi", "Gi"),
    ("ti", "Ti"),
    ("kib", "Ki"),
    ("mib", "Mi"),
    ("gib", "Gi"),
    ("tib", "Ti"),
    ("k", "k"),
    ("g", "G"),
    ("t", "T"),
    ("kb", "k"),
    ("mb", "M"),
    ("gb", "G"),
    ("tb", "T"),
];

/// Units of bytes that languages have words for.
const WORDS: &[(Word, &str)] = &[
    (Word::Kilobytes, "k"),
    (Word::Megabytes, "M"),
    (Word::Gigabytes, "G"),
    (Word::Terabytes, "T"),
];

/// Returns the amount that a word gives.
pub(super) fn read(word: &str, vocabulary: &Vocabulary) -> Option<Quantity> {
    let digits = word
        .find(|character: char| !(character.is_ascii_digit() || character == '.'))
        .unwrap_or(word.len());
    let (number, unit) = word.split_at_checked(digits)?;
    number.parse::<f64>().ok()?;
    match unit {
        "" | "m" => Some(Quantity::Cpu(word.to_owned())),
        "M" => Some(Quantity::Bytes(word.to_owned())),
        _ => {
            let lower = unit.to_lowercase();
            let known = UNITS.iter().find(|(written, _)| *written == lower);
            let told = || WORDS.iter().find(|(word, _)| vocabulary.tells(unit, *word));
            let known = known.map(|(_, known)| known);
            let known = known.or_else(|| told().map(|(_, known)| known))?;
            Some(Quantity::Bytes(format!("{number}{known}")))
        }
    }
}

/// Returns the first amount of bytes in a text.
pub(super) fn bytes(text: Phrase<'_>) -> Option<String> {
    let all: Vec<&str> = text.words().collect();
    let amount = |word: &str| match read(word, text.vocabulary())? {
        Quantity::Bytes(amount) => Some(amount),
        Quantity::Cpu(_) => None,
    };
    let whole = all.iter().find_map(|word| amount(word));
    // `10 ГБ`, `10 Gi`: the unit is a word of its own.
    whole.or_else(|| {
        all.windows(2).find_map(|pair| {
            let number = pair.first().filter(|word| word.parse::<f64>().is_ok())?;
            amount(&format!("{number}{}", pair.last()?))
        })
    })
}

/// Returns an amount of memory (in bytes) as Kubernetes writes it.
pub(super) fn memory(bytes: u64) -> String {
    const MEBI: u64 = 1024 * 1024;
    if bytes >= 1024 * MEBI && bytes.is_multiple_of(1024 * MEBI) {
        format!("{}Gi", bytes / (1024 * MEBI))
    } else {
        format!("{}Mi", bytes.div_ceil(MEBI))
    }
}

/// Returns the bytes of an amount in whole `Mi` or `Gi`.
pub(super) fn binary(amount: &str) -> Option<u64> {
    let (number, factor) = match amount.strip_suffix("Gi") {
        Some(number) => (number, 1024 * 1024 * 1024),
        None => (amount.strip_suffix("Mi")?, 1024 * 1024),
    };
    number.parse::<u64>().ok()?.checked_mul(factor)
}

/// Returns thousandths of a CPU or bytes, to compare amounts of one kind.
pub(super) fn size(amount: &str) -> Option<f64> {
    let digits = amount
        .find(|character: char| !(character.is_ascii_digit() || character == '.'))
        .unwrap_or(amount.len());
    let (number, unit) = amount.split_at_checked(digits)?;
    let number: f64 = number.parse().ok()?;
    let factor = match unit {
        "m" => 1.0,
        "" | "k" => 1e3,
        "M" => 1e6,
        "G" => 1e9,
        "T" => 1e12,
        "Ki" => 1024.0,
        "Mi" => 1024.0 * 1024.0,
        "Gi" => 1024.0 * 1024.0 * 1024.0,
        "Ti" => 1024.0 * 1024.0 * 1024.0 * 1024.0,
        _ => return None,
    };
    Some(number * factor)
}

#[cfg(test)]
mod tests {
    use super::{Quantity, memory, read};
    use crate::vocabulary::Vocabulary;

    #[track_caller]
    fn check(word: &str, expected: Option<&Quantity>) {
        assert_eq!(read(word, &Vocabulary::default()).as_ref(), expected);
    }

    #[test]
    fn units_tell_cpu_from_memory() {
        check("250m", Some(&Quantity::Cpu("250m".to_owned())));
        check("2", Some(&Quantity::Cpu("2".to_owned())));
        check("256Mi", Some(&Quantity::Bytes("256Mi".to_owned())));
        check("1gi", Some(&Quantity::Bytes("1Gi".to_owned())));
        check("10ГБ", Some(&Quantity::Bytes("10G".to_owned())));
        check("30s", None);
        check("min", None);
    }

    #[test]
    fn memory_is_written_in_binary_units() {
        assert_eq!(memory(512 * 1024 * 1024), "512Mi");
        assert_eq!(memory(2 * 1024 * 1024 * 1024), "2Gi");
        assert_eq!(memory(500_000_000), "477Mi");
    }
}
