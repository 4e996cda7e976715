//! Amounts as Kubernetes writes them (`1000m` is `1`, `1024Mi` is `1Gi`): the server keeps them in
//! its own form.

use serde_json::Value;

/// The maps whose values are amounts.
const MAPS: [&str; 4] = ["limits", "requests", "hard", "capacity"];

/// The other fields that hold one, each with what it stands in. Labels and data have any name.
const FIELDS: [(&str, &str); 4] = [
    ("emptyDir", "sizeLimit"),
    ("resourceFieldRef", "divisor"),
    ("target", "averageValue"),
    ("target", "value"),
];

/// Returns whether a field that stands in `holder` is an amount.
pub(in crate::cluster) fn is_amount(holder: &str, field: &str) -> bool {
    MAPS.contains(&holder) || FIELDS.contains(&(holder, field))
}

/// Returns whether two values are the same amount.
pub(in crate::cluster) fn same_amount(one: &Value, other: &Value) -> bool {
    let text = |value: &Value| match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    };
    let read = |value: &Value| nanos(&text(value)?);
    matches!((read(one), read(other)), (Some(one), Some(other)) if one == other)
}

/// Returns an amount in billionths; `None` where it is none, or is too large or too fine.
fn nanos(text: &str) -> Option<i128> {
    let end = text
        .find(|c: char| !(c.is_ascii_digit() || c == '.' || c == '-' || c == '+'))
        .unwrap_or(text.len());
    let (number, suffix) = text.split_at_checked(end)?;
    let (whole, part) = number.split_once('.').unwrap_or((number, ""));
    let negative = whole.starts_with('-');
    let digits = format!("{}{part}", whole.trim_start_matches(['-', '+']));
    if digits.is_empty() || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let scale: i128 = 1_000_000_000;
    let tens = |power: u32| 10i128.checked_pow(power);
    let factor = match suffix {
        "n" => 1,
        "u" => 1_000,
        "m" => 1_000_000,
        "" => scale,
        "k" => tens(3)? * scale,
        "M" => tens(6)? * scale,
        "G" => tens(9)? * scale,
        "T" => tens(12)? * scale,
        "P" => tens(15)? * scale,
        "Ki" => scale << 10,
        "Mi" => scale << 20,
        "Gi" => scale << 30,
        "Ti" => scale << 40,
        "Pi" => scale << 50,
        exponent => {
            let power = exponent.strip_prefix(['e', 'E'])?;
            tens(power.parse().ok()?)?.checked_mul(scale)?
        }
    };
    let divisor = tens(u32::try_from(part.len()).ok()?)?;
    let scaled = digits.parse::<i128>().ok()?.checked_mul(factor)?;
    let exact = scaled % divisor == 0;
    let amount = scaled / divisor;
    exact.then_some(if negative { -amount } else { amount })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::same_amount;

    #[track_caller]
    fn check(one: &Value, other: &Value, expected: bool) {
        assert_eq!(same_amount(one, other), expected, "{one} {other}");
    }

    #[test]
    fn amounts_are_the_same_however_they_are_written() {
        check(&json!("1000m"), &json!("1"), true);
        check(&json!(1), &json!("1"), true);
        check(&json!("0.5"), &json!("500m"), true);
        check(&json!("1024Mi"), &json!("1Gi"), true);
        check(&json!("1e3"), &json!("1k"), true);
        check(&json!("1.5Gi"), &json!("1536Mi"), true);
    }

    #[test]
    fn other_amounts_and_what_is_none_are_not() {
        check(&json!("1000m"), &json!("1001m"), false);
        check(&json!("1G"), &json!("1Gi"), false);
        check(&json!("one"), &json!("one"), false);
        check(&json!("-1"), &json!("1"), false);
        check(&json!(""), &json!(""), false);
    }
}
