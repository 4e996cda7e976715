//! Schedules as people write them in labels and tasks → five fields of cron.

/// Macros that Kubernetes takes as they are.
const MACROS: &[&str] = &[
    "@yearly",
    "@annually",
    "@monthly",
    "@weekly",
    "@daily",
    "@midnight",
    "@hourly",
];
/// The least and the greatest number of each field.
const RANGES: [(u32, u32); 5] = [(0, 59), (0, 23), (1, 31), (1, 12), (0, 7)];
const MONTHS: &[&str] = &[
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
];
const DAYS: &[&str] = &["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

/// Returns a schedule as Kubernetes takes it; what is wrong with it, where it can't be one.
///
/// Six fields begin with seconds, which Kubernetes doesn't have: they must be zero.
pub(super) fn read(text: &str) -> Result<String, String> {
    let text = text.trim().trim_matches('`').trim();
    if MACROS.contains(&text) {
        return Ok(text.to_owned());
    }
    if let Some(every) = text.strip_prefix("@every") {
        return interval(every.trim());
    }
    let fields: Vec<&str> = text.split_whitespace().collect();
    let fields = match fields.as_slice() {
        [seconds, rest @ ..] if rest.len() == 5 => {
            if *seconds != "0" && *seconds != "00" {
                return Err("it counts seconds, and Kubernetes starts at full minutes".to_owned());
            }
            rest
        }
        five if five.len() == 5 => five,
        _ => return Err("it has neither five fields nor six".to_owned()),
    };
    for (field, range) in fields.iter().zip(RANGES) {
        if !is_field(field, range) {
            return Err(format!("`{field}` is no field of a schedule"));
        }
    }
    Ok(fields.join(" "))
}

/// Returns whether a text is a schedule in cron's five fields, and nothing else.
pub(super) fn is_fields(text: &str) -> bool {
    let fields = text.split_whitespace().count() == 5;
    fields && text.contains('*') && read(text).is_ok()
}

/// Returns the schedule of an interval that divides the hour or the day.
fn interval(text: &str) -> Result<String, String> {
    let seconds = seconds(text).ok_or_else(|| format!("`{text}` is no length of time"))?;
    let minutes = seconds / 60;
    match minutes {
        _ if seconds % 60 != 0 || minutes == 0 => {
            Err("it is shorter than a minute or counts seconds".to_owned())
        }
        1 => Ok("* * * * *".to_owned()),
        2..60 if 60 % minutes == 0 => Ok(format!("*/{minutes} * * * *")),
        60 => Ok("0 * * * *".to_owned()),
        _ if minutes % 60 == 0 && minutes < 1440 && 1440 % minutes == 0 => {
            Ok(format!("0 */{} * * *", minutes / 60))
        }
        1440 => Ok("0 0 * * *".to_owned()),
        _ => Err("the interval divides neither an hour nor a day evenly".to_owned()),
    }
}

/// Reads `1h30m`.
fn seconds(text: &str) -> Option<u64> {
    let mut total = 0_u64;
    let mut number = String::new();
    for character in text.chars() {
        let unit = match character {
            '0'..='9' => {
                number.push(character);
                continue;
            }
            'h' => 3600,
            'm' => 60,
            's' => 1,
            _ => return None,
        };
        total = total.checked_add(number.parse::<u64>().ok()?.checked_mul(unit)?)?;
        number.clear();
    }
    (number.is_empty() && total > 0).then_some(total)
}

fn is_field(field: &str, range: (u32, u32)) -> bool {
    field.split(',').all(|part| {
        let (span, step) = match part.split_once('/') {
            Some((span, step)) => (span, Some(step)),
            None => (part, None),
        };
        let step_fits = step.is_none_or(|step| step.parse::<u32>().is_ok_and(|step| step > 0));
        let span_fits = match span.split_once('-') {
            _ if matches!(span, "*" | "?") => true,
            Some((from, to)) => match (value(from, range), value(to, range)) {
                (Some(from), Some(to)) => from <= to,
                (_, _) => false,
            },
            None => value(span, range).is_some(),
        };
        step_fits && span_fits
    })
}

/// Returns a number of a field, names of months and days read.
fn value(text: &str, (least, most): (u32, u32)) -> Option<u32> {
    let lower = text.to_lowercase();
    let named = |names: &[&str], first: usize| {
        let at = names.iter().position(|name| *name == lower)?;
        u32::try_from(at + first).ok()
    };
    let number = match (least, most) {
        (1, 12) => named(MONTHS, 1),
        (0, 7) => named(DAYS, 0),
        _ => None,
    };
    let number = number.or_else(|| lower.parse().ok())?;
    (least..=most).contains(&number).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::read;

    #[track_caller]
    fn check(text: &str, expected: Option<&str>) {
        assert_eq!(read(text).ok().as_deref(), expected);
    }

    #[test]
    fn five_fields_stay() {
        check("0 3 * * *", Some("0 3 * * *"));
        check("*/15 8-18 * * mon-fri", Some("*/15 8-18 * * mon-fri"));
        check("`@daily`", Some("@daily"));
    }

    #[test]
    fn seconds_are_dropped_where_they_are_zero() {
        check("0 30 2 * * *", Some("30 2 * * *"));
        check("15 30 2 * * *", None);
    }

    #[test]
    fn intervals_become_fields() {
        check("@every 1h", Some("0 * * * *"));
        check("@every 15m", Some("*/15 * * * *"));
        check("@every 6h0m0s", Some("0 */6 * * *"));
        check("@every 24h", Some("0 0 * * *"));
        check("@every 7m", None);
        check("@every 30s", None);
    }

    #[test]
    fn what_is_no_schedule_is_refused() {
        check("daily", None);
        check("61 * * * *", None);
        check("* * * *", None);
        check("a b c d e", None);
        check("0 0 31-1 * *", None);
    }
}
