//! Durations, sizes, CPUs and shell words, as Compose writes them.

use std::time::Duration;

/// Returns a duration (`1m30s`, `500ms`, `90`: seconds); `None` where it is none.
pub(in super::super) fn duration(text: &str) -> Option<Duration> {
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let mut nanoseconds = 0_u128;
    let mut rest = text.trim();
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let (number, tail) = rest.split_at(rest.find(|c: char| !c.is_ascii_digit() && c != '.')?);
        let end = tail
            .find(|c: char| c.is_ascii_digit())
            .unwrap_or(tail.len());
        let (unit, tail) = tail.split_at(end);
        let factor = match unit {
            "d" => 86_400_000_000_000,
            "h" => 3_600_000_000_000,
            "m" => 60_000_000_000,
            "s" => 1_000_000_000,
            "ms" => 1_000_000,
            "us" | "µs" => 1_000,
            "ns" => 1,
            _ => return None,
        };
        nanoseconds = nanoseconds.checked_add(decimal(number, factor)?)?;
        rest = tail;
    }
    Some(Duration::from_nanos(u64::try_from(nanoseconds).ok()?))
}

/// Returns a size in bytes (`512M`, `1.5gb`, `64k`, `1024`; powers of 1024, as in Compose).
pub(super) fn bytes(text: &str) -> Option<u64> {
    let text = text.trim().to_ascii_lowercase();
    let end = text
        .find(|c: char| !c.is_ascii_digit() && c != '.')
        .unwrap_or(text.len());
    let (number, unit) = text.split_at_checked(end)?;
    let power = match unit.trim() {
        "" | "b" => 0,
        "k" | "kb" | "ki" | "kib" => 1,
        "m" | "mb" | "mi" | "mib" => 2,
        "g" | "gb" | "gi" | "gib" => 3,
        "t" | "tb" | "ti" | "tib" => 4,
        _ => return None,
    };
    u64::try_from(decimal(number, 1024_u128.pow(power))?).ok()
}

/// Returns CPUs in thousandths (`0.5` is 500).
pub(super) fn millicores(text: &str) -> Option<u64> {
    u64::try_from(decimal(text.trim(), 1000)?).ok()
}

/// Returns a decimal number times a factor, without a detour over binary fractions.
fn decimal(number: &str, factor: u128) -> Option<u128> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    let part = |digits: &str| {
        if digits.is_empty() {
            Some(0)
        } else {
            digits.parse::<u128>().ok()
        }
    };
    let scale = 10_u128.checked_pow(u32::try_from(fraction.len()).ok()?)?;
    let scaled = part(whole)?
        .checked_mul(scale)?
        .checked_add(part(fraction)?)?;
    Some(scaled.checked_mul(factor)? / scale)
}

/// Returns a command line's words: quotes and backslashes as in a shell, nothing expanded;
/// `None` where a quote isn't closed.
pub(in super::super) fn words(line: &str) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote: Option<char> = None;
    let mut characters = line.chars();
    while let Some(character) = characters.next() {
        match (quote, character) {
            (Some(open), _) if character == open => quote = None,
            (None | Some('"'), '\\') => match characters.next()? {
                '\n' => {}
                next if quote.is_some() && !"\"\\$`".contains(next) => {
                    word.get_or_insert_default().extend(['\\', next]);
                }
                next => word.get_or_insert_default().push(next),
            },
            (Some(_), _) => word.get_or_insert_default().push(character),
            (None, '\'' | '"') => {
                quote = Some(character);
                word.get_or_insert_default();
            }
            (None, _) if character.is_whitespace() => words.extend(word.take()),
            (None, _) => word.get_or_insert_default().push(character),
        }
    }
    words.extend(word);
    quote.is_none().then_some(words)
}

#[cfg(test)]
mod tests {
    use super::{bytes, duration, millicores, words};
    use std::time::Duration;

    #[track_caller]
    fn check_words(line: &str, expected: Option<&[&str]>) {
        let expected = expected.map(|words| words.iter().map(ToString::to_string).collect());
        assert_eq!(words(line), expected);
    }

    #[test]
    fn durations_are_read() {
        assert_eq!(duration("1m30s"), Some(Duration::from_secs(90)));
        assert_eq!(duration("500ms"), Some(Duration::from_millis(500)));
        assert_eq!(duration("1.5h"), Some(Duration::from_mins(90)));
        assert_eq!(duration("10"), Some(Duration::from_secs(10)));
        assert_eq!(duration("soon"), None);
        assert_eq!(duration("5x"), None);
        assert_eq!(duration(""), None);
    }

    #[test]
    fn sizes_are_powers_of_1024() {
        assert_eq!(bytes("512M"), Some(512 << 20));
        assert_eq!(bytes("1.5gb"), Some(3 << 29));
        assert_eq!(bytes("64k"), Some(64 << 10));
        assert_eq!(bytes("1024"), Some(1024));
        assert_eq!(bytes("much"), None);
        assert_eq!(bytes("1x"), None);
    }

    #[test]
    fn cpus_are_thousandths() {
        assert_eq!(millicores("0.5"), Some(500));
        assert_eq!(millicores("2"), Some(2000));
        assert_eq!(millicores(".25"), Some(250));
        assert_eq!(millicores("x"), None);
    }

    #[test]
    fn command_lines_are_split() {
        check_words(
            "uvicorn calls.app:app --port 8080",
            Some(&["uvicorn", "calls.app:app", "--port", "8080"]),
        );
        check_words(
            "sh -c 'a && b' \"c d\"e",
            Some(&["sh", "-c", "a && b", "c de"]),
        );
        check_words(
            r#"a\ b "say \"hi\" \n" ''"#,
            Some(&["a b", r#"say "hi" \n"#, ""]),
        );
        check_words("it's", None);
        check_words("", Some(&[]));
    }
}
