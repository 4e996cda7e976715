//! Secrets in files: a password in a configuration, a private key, a URL with a password in it.
//!
//! Reads lines of settings in whatever format (`name: value`, `name = value`, `name value`), never
//! a format itself. Source code isn't for it: there, names of secrets stand beside expressions.

use super::super::reference;
use super::url::password_in;
use super::{by_value, ends_as_one, is_value};

/// A secret in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// The 1-based line.
    pub line: usize,
    /// What tells it, to go behind “has”: never the value.
    pub what: String,
    /// Whether the value itself stands there, not a reference to a variable.
    pub in_clear: bool,
}

/// Names of files that hold passwords, whatever is in them.
const FILES: &[&str] = &["htpasswd", ".htpasswd", "pwfile", ".pgpass", "userlist.txt"];
/// Beginnings of comments.
const COMMENTS: &[&str] = &["#", ";", "//", "--", "<!--", "*"];
/// Words before a setting's name.
const BEFORE: &[&str] = &["- ", "export ", "set ", "ENV ", "SET "];
/// Words of SQL that a password in quotes follows.
const SQL: &[&str] = &["password", "by"];

/// Returns the first secret in a file of that name; one in clear comes first.
pub fn in_text(name: &str, text: &str) -> Option<Held> {
    let held = |line: usize, what: String| Held {
        line,
        what,
        in_clear: true,
    };
    if FILES.contains(&name.rsplit('/').next().unwrap_or(name)) && !text.trim().is_empty() {
        return Some(held(1, "passwords, as its name says".to_owned()));
    }
    let mut lines = text.lines().zip(1..);
    let found = lines.find_map(|(line, number)| Some(held(number, in_line(line)?)));
    found.or_else(|| {
        let mut lines = text.lines().zip(1..);
        lines.find_map(|(line, number)| {
            let name = *reference::names(line).first()?;
            Some(Held {
                line: number,
                what: format!("the value of `{name}`"),
                in_clear: false,
            })
        })
    })
}

fn in_line(line: &str) -> Option<String> {
    let line = line.trim();
    if line.contains("-----BEGIN") && line.contains("PRIVATE KEY") {
        return Some("a private key".to_owned());
    }
    if line.is_empty() || COMMENTS.iter().any(|start| line.starts_with(start)) {
        return None;
    }
    if password_in(line).is_some() {
        return Some("a URL with a password".to_owned());
    }
    setting(line)
        .or_else(|| statement(line))
        .or_else(|| key(line))
}

/// Tells the value of a setting whose name is a secret's.
fn setting(line: &str) -> Option<String> {
    let line = BEFORE
        .iter()
        .fold(line, |line, word| line.strip_prefix(word).unwrap_or(line));
    let quotes = ['"', '\'', '`'];
    let (name, value) = match line.split_once([':', '=']) {
        Some((name, value)) => (name, value.trim_start_matches('>')),
        None => line.split_once(char::is_whitespace)?,
    };
    let name = name.trim().trim_matches(quotes);
    let value = value.trim().trim_end_matches([',', ';']).trim_end();
    let value = value.trim_matches(quotes);
    let called = |it: char| it.is_ascii_alphanumeric() || "-_.".contains(it);
    let named = !name.is_empty() && name.chars().all(called) && ends_as_one(name);
    let plain = !value.contains(char::is_whitespace)
        && !value.contains(['[', '(', ')'])
        && !value.eq_ignore_ascii_case(name);
    (named && plain && is_value(value)).then(|| format!("a value for `{name}`"))
}

/// Tells the password of a statement of SQL (`CREATE USER a PASSWORD 'b'`, `IDENTIFIED BY 'b'`),
/// and of a user in Redis' own file (`user a on >b`).
fn statement(line: &str) -> Option<String> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let redis = line.starts_with("user ")
        && words
            .iter()
            .any(|word| word.strip_prefix('>').is_some_and(is_value));
    if redis {
        return Some("a user's password".to_owned());
    }
    let told = words.windows(2).find(|pair| {
        let [before, value] = pair else { return false };
        let inside = value.trim_end_matches([';', ',', ')']);
        let inside = inside
            .strip_prefix('\'')
            .and_then(|it| it.strip_suffix('\''));
        SQL.contains(&before.to_lowercase().as_str()) && inside.is_some_and(is_value)
    });
    let sql = line.to_lowercase();
    let of_user = ["user", "role", "identified", "grant"]
        .iter()
        .any(|word| sql.contains(word));
    told.filter(|_| of_user)
        .map(|_| "a user's password".to_owned())
}

/// Tells a key by how it looks.
fn key(line: &str) -> Option<String> {
    let ends = |it: char| it.is_whitespace() || "\"'`,;=<>()[]{}".contains(it);
    let mut words = line.split(ends).filter(|word| is_value(word));
    words.find_map(by_value)?;
    Some("a value that looks like a key".to_owned())
}

#[cfg(test)]
mod tests {
    use super::in_text;

    /// Checks the line of the secret in a file; 0: there is none.
    #[track_caller]
    fn check(text: &str, line: usize) {
        let found = in_text("x.conf", text);
        assert_eq!(found.map_or(0, |it| it.line), line, "{text}");
    }

    #[test]
    fn passwords_in_settings_are_told_by_their_names() {
        check("bind 0.0.0.0\nrequirepass foobared\n", 2);
        check("api:\n  url: x\n  password: plainsecret\n", 3);
        check("{\n  \"clientSecret\": \"abcdef\",\n}", 2);
        check("[db]\nname = app\ndb_password='hunter2'\n", 3);
        check("output { password => \"changeme\" }\n", 0);
        check("  password => \"changeme\"\n", 1);
        check("export PGPASSWORD=hunter2\n", 1);
        check("CREATE USER app WITH PASSWORD 'hunter2';", 1);
        check("ALTER USER root IDENTIFIED BY 'hunter2';", 1);
        check("user app on >hunter2 ~* +@all", 1);
        check("url: amqp://guest:topsecret@rabbit:5672/", 1);
        check("-----BEGIN PRIVATE KEY-----\nabc\n", 1);
        check("slack: ghp_0123456789abcdefghij", 1);
        check(
            "api_url: 'https://hooks.slack.com/services/T0/B0/abcdef'",
            1,
        );
    }

    #[test]
    fn what_names_no_value_is_none() {
        check("# password: old\n// token=x\n; secret = y\n", 0);
        check(
            "password: ${DB_PASSWORD}\nsecret: $SECRET\ntoken: {{ .Token }}\n",
            0,
        );
        check("password_file: /run/secrets/pw\ncredentials_file: /x\n", 0);
        check("password: ''\npassword: null\ntoken: true\n", 0);
        check("password: /run/secrets/pw\n", 0);
        check(
            "title: Password\npassword: Password\npassword: Enter it here\n",
            0,
        );
        check("proxy_set_header X-Token $http_x_token;\nlisten 80;\n", 0);
        check("CREATE TABLE a (password text, token varchar(20));\n", 0);
        check("password text,\n", 0);
        check("url: https://example.com/a:b@c\n", 0);
    }

    #[test]
    fn files_of_passwords_are_told_by_their_names() {
        assert!(in_text("a/.htpasswd", "a:$apr1$x$y").is_some());
        assert!(in_text("a/htpasswd.md", "a:$apr1$x$y").is_none());
    }

    #[test]
    fn references_count_and_are_not_in_clear() {
        let text = format!("password: {}\n", super::reference::to("DB_PASSWORD"));
        let found = in_text("a.yml", &text).unwrap();
        assert_eq!(found.what, "the value of `DB_PASSWORD`");
        assert!(!found.in_clear);
    }
}
