//! Nothing secret in what is shown or recorded, and nothing that drives a terminal.

use std::sync::LazyLock;

use regex::Regex;

/// What looks like a secret's value in free text: `password=…`, `Bearer …`, `scheme://user:pass@`.
static SECRETS: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    [
        r#"(?i)((?:pass(?:word|wd|phrase)?|secret|token|api[_-]?key|credential)s?["']?\s*[:=]\s*["']?)[^\s"',;&]+"#,
        r"(?i)(bearer\s+)[A-Za-z0-9._~+/=-]+",
        r"([a-zA-Z][a-zA-Z0-9+.-]*://[^\s:/@]*:)[^\s@/]+@",
        r"(?s)(-----BEGIN [A-Z ]*PRIVATE KEY-----).*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)",
    ]
    .into_iter()
    .filter_map(|pattern| Regex::new(pattern).ok())
    .collect()
});

/// Returns the text with secrets masked and control characters made visible.
pub fn redact(text: &str) -> String {
    let mut masked = text.to_owned();
    for pattern in SECRETS.iter() {
        let keep_at = pattern.as_str().ends_with('@');
        let with = if keep_at { "${1}***@" } else { "${1}***" };
        masked = pattern.replace_all(&masked, with).into_owned();
    }
    crate::terminal::printable(&masked)
}

#[cfg(test)]
mod tests {
    use super::redact;

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
    fn escape_sequences_become_visible() {
        check("a\u{1b}[31mb", "a\\u{1b}[31mb");
    }
}
