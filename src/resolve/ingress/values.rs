//! What the words of the table's templates stand for.

use serde_json::{Value, json};

use super::wishes::Wish;

impl Wish {
    /// Returns what a template's word stands for, where the wish has it.
    pub(super) fn value(&self, word: &str) -> Option<Value> {
        match (self, word) {
            (Self::RateLimit { count, .. }, "count") => Some(json!(count)),
            (Self::RateLimit { count, seconds, .. }, "per_second") => {
                (*seconds == 1).then(|| json!(count))
            }
            (Self::RateLimit { count, seconds, .. }, "per_minute") => {
                (*seconds > 1).then(|| json!(per_minute(*count, *seconds)))
            }
            (Self::RateLimit { count, seconds, .. }, "rate") => Some(json!(match seconds {
                1 => format!("{count}r/s"),
                more => format!("{}r/m", per_minute(*count, *more)),
            })),
            (Self::RateLimit { seconds, .. }, "period") => Some(json!(match seconds {
                1 => "1s",
                60 => "1m",
                _ => "1h",
            })),
            (Self::RateLimit { burst, .. }, "burst") => burst.map(|burst| json!(burst)),
            (Self::RateLimit { count, burst, .. }, "multiplier") => {
                burst.map(|burst| json!(burst.div_ceil((*count).max(1)).max(1)))
            }
            (Self::BasicAuth { secret }, "secret") => secret.clone().map(Value::from),
            (Self::ForwardAuth { url }, "url") => url.clone().map(Value::from),
            (Self::Rewrite { to, .. }, "target") => {
                Some(json!(format!("{}/", to.trim_end_matches('/'))))
            }
            (Self::Rewrite { from, .. }, "regex") => Some(json!(regex(from))),
            (Self::IdleTimeout { seconds }, "seconds") => Some(json!(seconds)),
            (Self::BodySize { bytes }, "bytes") => Some(json!(bytes)),
            (Self::BodySize { bytes }, "size") => Some(json!(size(*bytes))),
            (Self::Cors { origins }, "origins") => Some(match origins.as_slice() {
                [] => json!(["*"]),
                named => json!(named),
            }),
            (Self::Cors { origins }, "origin") => Some(match origins.as_slice() {
                [] => json!("*"),
                [one] => json!(one),
                // Several are a pattern there.
                several => json!(format!("^({})$", several.join("|").replace('.', "\\."))),
            }),
            (Self::Cors { .. }, "methods") => {
                Some(json!(["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]))
            }
            (Self::Cors { .. }, "headers") => Some(json!(["Authorization", "Content-Type"])),
            (Self::AllowList { ranges }, "ranges") => Some(json!(ranges)),
            (Self::StickySessions, "cookie") => Some(json!("route")),
            (_, "yes") => Some(json!(true)),
            (_, _) => None,
        }
    }
}

fn per_minute(count: u32, seconds: u32) -> u32 {
    (count.saturating_mul(60) / seconds.max(1)).max(1)
}

/// Returns the expression that matches prefixes, with what follows as its second group.
fn regex(prefixes: &[String]) -> String {
    let mut prefixes = prefixes.to_vec();
    prefixes.sort();
    prefixes.dedup();
    let bare: Vec<String> = prefixes
        .iter()
        .map(|prefix| prefix.trim_end_matches('/').replace('.', "\\."))
        .collect();
    match bare.as_slice() {
        [one] => format!("^{one}(/|$)(.*)"),
        several => format!("^(?:{})(/|$)(.*)", several.join("|")),
    }
}

/// Returns a size as nginx writes it.
pub(super) fn size(bytes: u64) -> String {
    const UNITS: [(u64, &str); 3] = [(1 << 30, "g"), (1 << 20, "m"), (1 << 10, "k")];
    let unit = UNITS
        .iter()
        .find(|(unit, _)| bytes > 0 && bytes.is_multiple_of(*unit));
    unit.map_or_else(
        || bytes.to_string(),
        |(unit, name)| format!("{}{name}", bytes / unit),
    )
}
