//! Which variables are secrets, and by which evidence.
//!
//! Decides by name and by value only; every answer is the reason that `plan` shows. Where a real
//! value comes from is not its business.

mod literal;
mod looks;
mod text;
mod url;

pub use literal::{By, Literal, is_shell, literals, masked};
pub use text::{Held, in_text};
pub use url::{UrlParts, split_url};

use super::model::Text;
use super::reference::{CLOSE, OPEN};

/// Words (or runs of words) of a name that make it a secret.
const SECRET: &[&str] = &[
    "webhook_url",
    "api_key",
    "apikey",
    "auth_key",
    "access_key",
    "private_key",
    "encryption_key",
    "signing_key",
    "master_key",
    "license_key",
    "session_key",
    "hmac_key",
    "app_key",
    "account_key",
    "connection_string",
    "client_secret",
    "password",
    "passwords",
    "passwd",
    "passphrase",
    "pwd",
    "pass",
    "pw",
    "secret",
    "secrets",
    "token",
    "credential",
    "credentials",
    "dsn",
    // Redis has a word of its own for each.
    "masterauth",
    "rediscli_auth",
];

/// Last words that make a name of several a secret: `MAPBOX_KEY`, `HASHIDS_SALT`.
const LAST: &[&str] = &["key", "keys", "salt", "pepper", "pin"];

/// What stands before `key` in names of keys that anybody may know.
const KNOWN_KEYS: &[&str] = &[
    "cache",
    "dedup",
    "deduplication",
    "foreign",
    "group",
    "hot",
    "idempotency",
    "index",
    "map",
    "message",
    "object",
    "order",
    "partition",
    "primary",
    "public",
    "publishable",
    "queue",
    "record",
    "routing",
    "row",
    "shard",
    "sharding",
    "site",
    "sort",
    "sorting",
    // These name files.
    "ssl",
    "tls",
    "translation",
    "unique",
];

/// Ends of words that make a name a secret, whatever they are written together with.
const RUN_INTO: &[&str] = &["password", "passwd", "requirepass", "apikey", "secretkey"];

/// Last words that make a name one *about* a secret (`TOKEN_TTL`, `PASSWORD_FILE`).
const ABOUT: &[&str] = &[
    "addr",
    "address",
    "algorithm",
    "audience",
    "bucket",
    "count",
    "days",
    "dir",
    "directory",
    "domain",
    "enabled",
    "endpoint",
    "expiration",
    "expire",
    "expires",
    "expiry",
    "file",
    "folder",
    "header",
    "host",
    "hostname",
    "hours",
    "id",
    "image",
    "issuer",
    "length",
    "lifetime",
    "limit",
    "minutes",
    "name",
    "path",
    "port",
    "region",
    "replicas",
    "retries",
    "seconds",
    "stdin",
    "tag",
    "timeout",
    "ttl",
    "type",
    "url",
    "uri",
    "version",
];

/// Beginnings of keys as their issuers write them, with the length from which they count.
const PREFIXES: &[(&str, usize)] = &[
    ("sk-", 20),
    ("sk_live_", 16),
    ("sk_test_", 16),
    ("rk_live_", 16),
    ("whsec_", 16),
    ("ghp_", 20),
    ("gho_", 20),
    ("ghs_", 20),
    ("ghu_", 20),
    ("ghr_", 20),
    ("github_pat_", 20),
    ("glpat-", 16),
    ("xoxb-", 16),
    ("xoxp-", 16),
    ("xoxa-", 16),
    ("xoxr-", 16),
    ("xoxs-", 16),
    ("xapp-", 16),
    ("AKIA", 20),
    ("ASIA", 20),
    ("AIza", 30),
    ("SG.", 30),
    ("hf_", 20),
    ("npm_", 20),
    ("pypi-", 20),
    ("shpat_", 20),
    ("sq0csp-", 20),
    ("AGE-SECRET-KEY-", 20),
    ("dop_v1_", 20),
    ("hvs.", 16),
    ("ya29.", 20),
];

/// Returns why a variable of that name is a secret, if it is.
pub fn by_name(name: &str) -> Option<String> {
    if name == "PWD" {
        return None;
    }
    let words = words(name);
    let joined = format!("_{}_", words.join("_"));
    let last = words.last()?;
    if words.first().is_some_and(|first| first == "csrf") || joined.contains("_public_key_") {
        return None;
    }
    let whole = SECRET
        .iter()
        .find(|word| joined.contains(&format!("_{word}_")));
    let word = whole
        .copied()
        .or_else(|| words.iter().find_map(|word| runs_into(word)))
        .or_else(|| ends_in(&words))?;
    let ends_with_it = joined.ends_with(&format!("{word}_"));
    if !ends_with_it && ABOUT.contains(&last.as_str()) {
        return None;
    }
    Some(format!("its name has `{word}`"))
}

/// Returns whether a name is one of a secret and ends so, as a flag does that takes one
/// (`--db-password`, not `--password-stdin`).
pub fn ends_as_one(name: &str) -> bool {
    let words = words(name);
    let last = words.last().map(String::as_str).unwrap_or_default();
    let joined = format!("_{}", words.join("_"));
    let ends = SECRET
        .iter()
        .any(|word| joined.ends_with(&format!("_{word}")));
    by_name(name).is_some() && (ends || runs_into(last).is_some())
}

/// Returns the last word of a name of several, where that makes it a secret.
fn ends_in(words: &[String]) -> Option<&'static str> {
    let (last, before) = words.split_last()?;
    let known = KNOWN_KEYS.contains(&before.last()?.as_str());
    let end = LAST.iter().copied().find(|end| end == last)?;
    (!(known && end.starts_with("key"))).then_some(end)
}

/// Returns the word that a longer one ends with (`dbpassword`), where that makes it a secret.
fn runs_into(word: &str) -> Option<&'static str> {
    RUN_INTO.iter().copied().find(|end| word.ends_with(end))
}

/// Returns why a value is a secret, if it is.
pub fn by_value(value: &str) -> Option<String> {
    let value = value.trim();
    if split_url(value).is_some_and(|parts| !parts.password.is_empty()) {
        return Some("its value is a URL with a password".to_owned());
    }
    if value.contains("-----BEGIN") && value.contains("PRIVATE KEY") {
        return Some("its value is a private key".to_owned());
    }
    let known = PREFIXES
        .iter()
        .find(|(prefix, length)| value.starts_with(prefix) && value.len() >= *length);
    if let Some((prefix, _)) = known {
        return Some(format!("its value begins with `{prefix}`, as keys do"));
    }
    if value.starts_with("eyJ") && value.split('.').count() == 3 {
        return Some("its value is a JSON web token".to_owned());
    }
    looks::told(value).map(str::to_owned)
}

/// Returns whether a text is a value in clear: no reference, file, switch or small number.
pub fn is_value(text: &str) -> bool {
    let switches = [
        "true", "false", "yes", "no", "on", "off", "none", "null", "text", "string",
    ];
    let marks = [OPEN, CLOSE, '$', '`', '<', '{', '%'];
    let small = text.len() < 4 && text.chars().all(|it| it.is_ascii_digit());
    !text.is_empty()
        && !small
        && !text.contains(marks)
        && !text.starts_with(['-', '/', '.', '@', '*', '~', '!', '&', '|'])
        && !text.starts_with("file:")
        && !switches.contains(&text.to_lowercase().as_str())
}

/// Returns why an interpolated value is a secret, if it is: by its value, by a variable that it is
/// made from (which may have no value yet), or by what it gives a program in clear
/// (`-Dpassword=…`).
pub fn by_text(text: &Text) -> Option<String> {
    let made_from = || {
        let mut used = text.variables.iter();
        let found = used.find(|used| by_name(&used.name).is_some())?;
        Some(format!("it is made from `{}`", found.name))
    };
    let given = || {
        let found = literals(&[&text.value], true);
        let why = found.first()?.by.reason();
        Some(format!("it has one in it: {why}"))
    };
    by_value(&text.value).or_else(made_from).or_else(given)
}

/// Returns a name's words in lower case: `jwtSecretKey`, `JWT_SECRET_KEY` and `jwt.secret-key`
/// have the same ones.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut before_lower = false;
    for character in name.chars() {
        let breaks = !character.is_alphanumeric();
        if breaks || (character.is_uppercase() && before_lower) {
            words.push(String::new());
        }
        if !breaks && let Some(word) = words.last_mut() {
            word.extend(character.to_lowercase());
        }
        before_lower = character.is_lowercase() || character.is_ascii_digit();
    }
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::{by_name, by_text, by_value};
    use crate::facts::{Text, VariableUse};

    #[track_caller]
    fn check_name(name: &str, expected: bool) {
        assert_eq!(by_name(name).is_some(), expected, "{name}");
    }

    #[track_caller]
    fn check_value(value: &str, expected: bool) {
        assert_eq!(by_value(value).is_some(), expected, "{value}");
    }

    #[test]
    fn names_of_secrets_are_known() {
        for name in [
            "POSTGRES_PASSWORD",
            "OPENAI_API_KEY",
            "JWT_SECRET",
            "jwtSecretKey",
            "SECRET_KEY",
            "ARI_PASSWORD",
            "SENTRY_DSN",
            "SLACK_WEBHOOK_URL",
            "AWS_SECRET_ACCESS_KEY",
            "DB_PASS",
            "TELEGRAM_BOT_TOKEN",
            "tls.private-key",
            "REDIS_PASSWD",
            "GOOGLE_CREDENTIALS",
            "APP_KEY",
            "AZURE_STORAGE_CONNECTION_STRING",
            "PGPASSWORD",
            "adminpassword",
            "REDISCLI_AUTH",
            "DB_PW",
            "YANDEX_MAPS_KEY",
            "S3_KEY",
            "HASHIDS_SALT",
            "ADMIN_PIN",
        ] {
            check_name(name, true);
        }
    }

    #[test]
    fn a_flag_that_takes_a_secret_ends_so() {
        for (name, expected) in [
            ("--db-password", true),
            ("-Dspring.datasource.password", true),
            ("--requirepass", true),
            ("--password-stdin", false),
            ("--token-ttl", false),
            ("--user", false),
        ] {
            assert_eq!(super::ends_as_one(name), expected, "{name}");
        }
    }

    #[test]
    fn names_about_secrets_are_not() {
        for name in [
            "JWT_PUBLIC_KEY",
            "TOKEN_URL",
            "TOKEN_TTL",
            "CSRF_TOKEN",
            "POSTGRES_PASSWORD_FILE",
            "SECRET_NAME",
            "JWT_ACCESS_TOKEN_EXPIRE_MINUTES",
            "MAX_TOKENS",
            "PWD",
            "KEYBOARD",
            "PASSWORD_MIN_LENGTH",
            "DATABASE_URL",
            "COMPASS_MODE",
            "PGPASSWORD_FILE",
            "PGPASSFILE",
            "GOOGLE_CREDENTIALS_PATH",
            "TOKEN_SERVICE_VERSION",
            "SECRETS_DIR",
            "VAULT_TOKEN_PORT",
            "SHARDING_KEY",
            "xpack.security.http.ssl.key",
            "RECAPTCHA_SITE_KEY",
            "IDEMPOTENCY_KEY",
            "KEY_PREFIX",
            "PIN_MEMORY",
        ] {
            check_name(name, false);
        }
    }

    #[test]
    fn values_of_secrets_are_known() {
        check_value("postgresql://calls:hunter2@db:5432/calls", true);
        check_value("-----BEGIN RSA PRIVATE KEY-----\nMIIE", true);
        check_value("ghp_0123456789abcdefghij", true);
        check_value("eyJhbGciOi.eyJzdWIiOi.c2lnbmF0dXJl", true);
        check_value("xoxs-0123456789abcdef", true);
        check_value("Server=db;User Id=app;Password=hunter2", true);
        check_value("DefaultEndpointsProtocol=https;AccountKey=abc==", true);
        check_value("Server=db;User Id=app", false);
        check_value("Password=", false);
        check_value("redis://redis:6379/0", false);
        check_value("postgresql://calls@db/calls", false);
        check_value("-----BEGIN CERTIFICATE-----", false);
        check_value("sk-short", false);
    }

    #[test]
    fn a_text_is_secret_by_what_it_gives_a_program() {
        let reason = |value: &str| {
            by_text(&Text {
                value: value.to_owned(),
                ..Text::default()
            })
        };
        assert_eq!(
            reason("-Xmx1g -Ddb.password=hunter2").as_deref(),
            Some("it has one in it: it is given by `-Ddb.password`")
        );
        for plain in [
            "-Xmx1g -Dtoken.ttl=3600",
            "--password-file /run/pw",
            "a=b",
            "",
        ] {
            assert_eq!(reason(plain), None, "{plain}");
        }
    }

    #[test]
    fn a_text_is_secret_by_what_it_is_made_from() {
        let used = VariableUse {
            name: "DB_PASSWORD".to_owned(),
            required: Some(String::new()),
            ..VariableUse::default()
        };
        let text = Text {
            value: "postgres://calls:@db/calls".to_owned(),
            raw: "postgres://calls:${DB_PASSWORD:?}@db/calls".to_owned(),
            variables: vec![used],
        };
        assert_eq!(
            by_text(&text).as_deref(),
            Some("it is made from `DB_PASSWORD`")
        );
    }
}
