//! Nothing secret in what is shown or recorded, and nothing that drives a terminal.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::LazyLock;

use k8s_openapi::ByteString;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use regex::Regex;
use serde_json::Value;

use crate::facts::secret;
use crate::manifest::PLACEHOLDER;

/// What looks like a secret's value in free text: `password=…`, also with blanks within quotes,
/// `Bearer …`, `scheme://user:pass@`, a private key, also one whose beginning isn't there.
static SECRETS: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    let named =
        r#"(?i)((?:pass(?:word|wd|phrase)?|secret|token|api[_-]?key|credential)s?["']?\s*[:=]\s*"#;
    let values = [
        r#"")(?:\\.|[^"\\\n])+"#,
        r"')[^'\n]+",
        r#"["']?)[^\s"',;&]+"#,
    ];
    let others = [
        r"(?i)(bearer\s+)[A-Za-z0-9._~+/=-]+",
        r"([a-zA-Z][a-zA-Z0-9+.-]*://[^\s:/@]*:)[^\s@/]+@",
        r"(?s)(-----BEGIN [A-Z ]*PRIVATE KEY-----).*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)",
        r"\A[A-Za-z0-9+/=\s]+(-----END [A-Z ]*PRIVATE KEY-----)",
    ];
    let all = values.iter().map(|value| format!("{named}{value}"));
    all.chain(others.map(str::to_owned))
        .filter_map(|pattern| Regex::new(&pattern).ok())
        .collect()
});

/// What stands for itself in a URL.
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// Values shorter than this are words like `true`: masking them would hide everything else.
const SHORTEST: usize = 6;

/// The values of secrets that are known, to be masked wherever they turn up: by their first bytes,
/// because there may be thousands of values and of texts.
#[derive(Debug, Clone, Default)]
pub(super) struct Known(BTreeMap<[u8; SHORTEST], BTreeSet<String>>);

impl Known {
    /// Adds a value, and its lines where it has several: a log shows one at a time.
    pub(super) fn add(&mut self, value: &str) {
        let lines = value.lines().filter(|line| *line != value);
        for value in lines.chain([value]).map(str::trim) {
            if value.chars().count() >= SHORTEST
                && value != PLACEHOLDER
                && let Some(first) = value.as_bytes().first_chunk()
            {
                self.0.entry(*first).or_default().insert(value.to_owned());
            }
        }
    }

    /// Adds the values of a Secret.
    pub(super) fn add_secret(&mut self, secret: &Value) {
        let values = |field: &str| {
            let values = secret[field].as_object().into_iter().flatten();
            values.filter(|(key, _)| !names(key))
        };
        for value in values("stringData").filter_map(|(_, value)| value.as_str()) {
            self.add(value);
        }
        for (_, value) in values("data") {
            self.add(value.as_str().unwrap_or_default());
            let decoded = serde_json::from_value::<ByteString>(value.clone());
            if let Some(text) = decoded.ok().and_then(|it| String::from_utf8(it.0).ok()) {
                self.add(&text);
            }
        }
    }

    /// Returns the text with these values masked; where some overlap, all that they cover.
    pub(super) fn mask(&self, text: &str) -> String {
        let mut masked = String::new();
        let mut hidden = 0;
        for (at, character) in text.char_indices() {
            if let Some(end) = self.longest(text, at) {
                if at >= hidden {
                    masked.push_str("***");
                }
                hidden = hidden.max(end);
            }
            if at >= hidden {
                masked.push(character);
            }
        }
        masked
    }

    /// Returns where the longest value ends that begins there.
    fn longest(&self, text: &str, at: usize) -> Option<usize> {
        let rest = text.get(at..)?;
        let values = self.0.get(rest.as_bytes().first_chunk()?)?;
        let found = values.iter().filter(|value| rest.starts_with(*value));
        found.map(String::len).max().map(|length| at + length)
    }

    /// Returns the text with these values and whatever looks like a secret masked, and control
    /// characters made visible.
    pub(super) fn redact(&self, text: &str) -> String {
        redact(&self.mask(text))
    }
}

/// The values of secrets, to be masked in what commands say.
#[derive(Clone, Default)]
pub struct Mask(Known);

impl fmt::Debug for Mask {
    /// Leaves out what must not be shown.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mask").finish_non_exhaustive()
    }
}

impl Mask {
    /// Adds a value, as it is and as programs write it: in base64, in URLs, in JSON.
    pub fn add(&mut self, value: &str) {
        let value = value.trim();
        self.0.add(value);
        for form in forms(value) {
            self.0.add(&form);
        }
    }

    /// Adds the values of a Secret.
    pub fn add_secret(&mut self, secret: &Value) {
        self.0.add_secret(secret);
    }

    /// Returns a line with these values and whatever looks like a secret masked, and control
    /// characters made visible.
    pub fn redact(&self, line: &str) -> String {
        self.0.redact(line)
    }

    /// Returns a text's lines, masked as one: what is secret may go over several.
    pub fn redact_lines(&self, text: &str) -> Vec<String> {
        self.0.redact(text).lines().map(str::to_owned).collect()
    }
}

/// Returns other forms of a value. What a program puts it into before it encodes all of it can't be
/// known.
fn forms(value: &str) -> Vec<String> {
    let base64 = |text: String| {
        let encoded = serde_json::to_value(ByteString(text.into_bytes())).unwrap_or_default();
        encoded.as_str().map(str::to_owned)
    };
    // `echo` adds the end of a line.
    let encoded = [value.to_owned(), format!("{value}\n")].into_iter();
    let mut forms: Vec<String> = encoded.filter_map(base64).collect();
    let in_url = utf8_percent_encode(value, UNRESERVED).to_string();
    forms.push(in_url.replace("%20", "+"));
    forms.push(in_url);
    let json = Value::from(value).to_string();
    let inside = json.strip_prefix('"').and_then(|it| it.strip_suffix('"'));
    forms.extend(inside.map(str::to_owned));
    forms.push(value.replace('\'', r"'\''"));
    forms.retain(|form| form != value);
    forms
}

/// Whether a key of a Secret holds a name that is no secret: masking `postgres` in `postgres-0`
/// hides which pod is meant.
fn names(key: &str) -> bool {
    let last = key.rsplit(['_', '-', '.']).next().unwrap_or_default();
    let plain = ["user", "username", "db", "database", "host", "port", "name"];
    plain.contains(&last.to_ascii_lowercase().as_str())
}

/// Returns the text with what looks like a secret masked and control characters made visible.
pub fn redact(text: &str) -> String {
    let mut masked = text.to_owned();
    for pattern in SECRETS.iter() {
        let keep_at = pattern.as_str().ends_with('@');
        let with = if keep_at { "${1}***@" } else { "${1}***" };
        masked = pattern.replace_all(&masked, with).into_owned();
    }
    crate::terminal::printable(&keys_masked(&masked))
}

/// Returns the text with the words masked that look like keys (`ghp_…`).
fn keys_masked(text: &str) -> String {
    let mut masked = String::with_capacity(text.len());
    let ends = |it: char| it.is_whitespace() || "\"'`,;=<>()[]{}|&".contains(it);
    for part in text.split_inclusive(ends) {
        let word = part.trim_end_matches(ends);
        let new = !word.contains("***") && secret::by_value(word).is_some();
        masked.push_str(if new { "***" } else { word });
        masked.push_str(part.get(word.len()..).unwrap_or_default());
    }
    masked
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Known, Mask, redact};

    #[track_caller]
    fn check(input: &str, expected: &str) {
        assert_eq!(redact(input), expected);
    }

    #[test]
    fn values_behind_secret_names_are_masked() {
        check("DB_PASSWORD=hunter2 next", "DB_PASSWORD=*** next");
        check(r#"{"token": "abc"}"#, r#"{"token": "***"}"#);
        check("Authorization: Bearer eyJ.x.y", "Authorization: Bearer ***");
    }

    #[test]
    fn a_urls_password_is_masked_and_its_host_stays() {
        check(
            "can't reach postgres://u:p4ss@db:5432/x",
            "can't reach postgres://u:***@db:5432/x",
        );
    }

    #[test]
    fn a_value_in_quotes_is_masked_as_a_whole() {
        check(r#"password: "a b c", next"#, r#"password: "***", next"#);
        check(r#"{"password":"a\"b c"}"#, r#"{"password":"***"}"#);
        check("token='a b' c", "token='***' c");
    }

    #[test]
    fn words_that_look_like_keys_are_masked() {
        check(
            "using ghp_0123456789abcdef0123, (AKIA0123456789ABCDEF)",
            "using ***, (***)",
        );
        check(
            "see https://u:***@h/x and a=b",
            "see https://u:***@h/x and a=b",
        );
    }

    #[test]
    fn a_private_key_is_masked_whatever_part_of_it_is_there() {
        let key = "-----BEGIN PRIVATE KEY-----\nMIIEabc\ndef\n-----END PRIVATE KEY-----";
        check(
            &format!("a\n{key}\nb"),
            "a\n-----BEGIN PRIVATE KEY-----***\nb",
        );
        check(
            "MIIEabc\ndef\n-----END PRIVATE KEY-----\nb",
            "-----END PRIVATE KEY-----***\nb",
        );
        let mask = Mask::default();
        assert_eq!(mask.redact_lines(&format!("{key}\nb")).len(), 2);
    }

    #[test]
    fn a_commands_secret_is_masked_in_whatever_form() {
        let mut mask = Mask::default();
        mask.add("it's a+b \"x\"");
        for form in [
            "it's a+b \"x\"",
            r#"it's a+b \"x\""#,
            r#"it'\''s a+b "x""#,
            "it%27s%20a%2Bb%20%22x%22",
            "it%27s+a%2Bb+%22x%22",
            "aXQncyBhK2IgIngi",
            "aXQncyBhK2IgIngiCg==",
        ] {
            assert_eq!(mask.redact(&format!("<{form}>")), "<***>", "{form}");
        }
    }

    #[test]
    fn escape_sequences_become_visible() {
        check("a\u{1b}[31mb", "a\\u{1b}[31mb");
    }

    #[test]
    fn the_values_of_applied_secrets_are_masked_wherever_they_turn_up() {
        let mut known = Known::default();
        known.add_secret(
            &json!({ "stringData": { "A": "correct horse", "B": "true" },
            "data": { "C": "aHVudGVyMi1iYXNl", "D": "Q0hBTkdFX01F" } }),
        );
        assert_eq!(
            known.redact("got 'correct horse', hunter2-base and true, not CHANGE_ME"),
            "got '***', *** and true, not CHANGE_ME"
        );
        assert_eq!(
            known.redact("illegal value aHVudGVyMi1iYXNl"),
            "illegal value ***"
        );
    }

    #[test]
    fn values_that_overlap_are_masked_as_one() {
        let mut known = Known::default();
        for value in [
            "swordfish",
            "fishmonger",
            "sword-and-sorcery",
            "swordfish-1",
            "пароль-1",
        ] {
            known.add(value);
        }
        for (text, expected) in [
            ("a swordfishmonger b", "a *** b"),
            ("swordfish-1", "***"),
            ("swordfish-2", "***-2"),
            ("sword", "sword"),
            ("swordfishswordfish", "******"),
            ("мой пароль-1!", "мой ***!"),
        ] {
            assert_eq!(known.mask(text), expected);
        }
    }

    #[test]
    fn each_line_of_a_long_secret_is_masked() {
        let mut known = Known::default();
        known.add("first-line\nsecond-line");
        assert_eq!(known.redact("log: second-line"), "log: ***");
    }

    #[test]
    fn a_name_in_a_secret_hides_no_pods_name() {
        let mut known = Known::default();
        known.add_secret(&json!({ "stringData": { "POSTGRES_USER": "postgres",
            "POSTGRES_DB": "callcenter" } }));
        assert_eq!(known.redact("pod postgres-0"), "pod postgres-0");
    }
}
