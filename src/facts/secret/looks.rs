//! Values that tell by their shape that they are secrets: what a header says of who asks, a bot's
//! token, a webhook's URL, a connection string, settings as JSON with a password among them.
//!
//! Beginnings that issuers give their keys, URLs and private keys are told by the parent.

use super::{ends_as_one, is_value};

/// How a header says who asks.
const SCHEMES: &[&str] = &["Bearer ", "Basic ", "Token "];
/// From which length a header's value that is only small letters is no word.
const NO_WORD: usize = 20;

/// Returns why a value is a secret by its shape, if it is.
pub(super) fn told(value: &str) -> Option<&'static str> {
    if is_header(value) {
        return Some("its value is that of a header that says who asks");
    }
    // Alone, or in the address of what it is asked by (`…/bot123:AA…/sendMessage`).
    let mut parts = value.split('/');
    if parts.any(|part| is_bot(part.strip_prefix("bot").unwrap_or(part))) {
        return Some("its value is the token of a Telegram bot");
    }
    let hooks = ["hooks.slack.com/services/", "discord.com/api/webhooks/"];
    if hooks.iter().any(|hook| value.contains(hook)) {
        return Some("its value is the URL of a webhook, which is its key");
    }
    if connects(value) {
        return Some("its value is a connection string with a password");
    }
    in_json(value).then_some("its value has a password in it")
}

fn is_header(value: &str) -> bool {
    let mut schemes = SCHEMES.iter();
    let Some(given) = schemes.find_map(|scheme| value.strip_prefix(scheme)) else {
        return false;
    };
    let given = given.trim();
    let word = given.chars().all(|it| it.is_ascii_lowercase()) && given.len() < NO_WORD;
    given.len() >= 8 && !given.contains(char::is_whitespace) && !word && is_value(given)
}

/// Returns whether a value is a connection string (`Server=db;User=app;Password=…`) with a
/// password in it.
fn connects(value: &str) -> bool {
    let mut pairs = value.split(';').filter_map(|pair| pair.split_once('='));
    let secret = ["password", "pwd", "accountkey", "sharedaccesskey"];
    value.contains(';')
        && pairs.any(|(name, value)| {
            let name = name.trim().to_lowercase();
            secret.contains(&name.as_str()) && !value.trim().is_empty()
        })
}

fn is_bot(value: &str) -> bool {
    let Some((number, token)) = value.split_once(':') else {
        return false;
    };
    let fits = |it: char| it.is_ascii_alphanumeric() || it == '-' || it == '_';
    (8..=12).contains(&number.len())
        && number.chars().all(|it| it.is_ascii_digit())
        && (33..=45).contains(&token.len())
        && token.chars().all(fits)
}

/// Returns whether a text names a secret and gives it, both in quotes (`"password": "…"`).
fn in_json(value: &str) -> bool {
    let quoted: Vec<&str> = value.split('"').collect();
    // Behind every second quote stands what is between the texts.
    let mut pairs = quoted.windows(3).skip(1).step_by(2);
    pairs.any(|parts| {
        let [name, between, given] = parts else {
            return false;
        };
        between.trim() == ":" && ends_as_one(name) && is_value(given)
    })
}

#[cfg(test)]
mod tests {
    use super::told;

    #[track_caller]
    fn check(value: &str, expected: bool) {
        assert_eq!(told(value).is_some(), expected, "{value}");
    }

    #[test]
    fn headers_that_say_who_asks_are_secrets() {
        check("Bearer 0123456789abcdef", true);
        check("Basic dXNlcjpwYXNz", true);
        check("Bearer token", false);
        check("Basic authentication", false);
        check("Bearer $(API_TOKEN)", false);
        check("Basic is what it was called", false);
    }

    #[test]
    fn tokens_of_bots_are_known() {
        let token = format!("123456789:AA{}", "x".repeat(33));
        check(&token, true);
        check(
            &format!("https://api.telegram.org/bot{token}/sendMessage"),
            true,
        );
        check("123456789:AAshort", false);
        check("12:30", false);
    }

    #[test]
    fn settings_as_json_may_have_a_password() {
        check(r#"{"db": {"user": "app", "password": "hunter2"}}"#, true);
        check(r#"{"apiKey":"abcd1234"}"#, true);
        check(r#"{"db":{"password":"$(DB_PASSWORD)"}}"#, false);
        check(r#"{"password":""}"#, false);
        check(r#"{"tokenTtl":"3600","name":"password"}"#, false);
        check(r#"["password", "hunter2"]"#, false);
    }
}
