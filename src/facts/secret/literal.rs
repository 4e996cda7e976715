//! Secrets that stand in a command in clear: what follows `--password` or `-a`, what a URL has
//! before its `@`, keys by the beginnings that their issuers give them.
//!
//! Only finds and masks them; which variable takes the place of one is a Compose file's matter. What
//! a program reads from its own files isn't seen here.

use std::ops::Range;

use super::url::password_in;
use super::{by_value, ends_as_one, is_value};

/// A secret in clear.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Literal {
    /// The word that it is in.
    pub word: usize,
    /// Where in it.
    pub place: Range<usize>,
    /// What tells that it is one.
    pub by: By,
}

/// What tells a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum By {
    /// A flag, a setting or a header of that name.
    Flag(String),
    /// A variable of that name, which a shell sets.
    Variable(String),
    /// A URL that leads to that host.
    Url(String),
    /// Its own looks: the reason.
    Looks(String),
}

impl By {
    /// Returns why it is one, as `a flag or setting …`.
    pub fn reason(&self) -> String {
        match self {
            Self::Flag(name) => format!("it is given by `{name}`"),
            Self::Variable(name) => format!("it is what `{name}` is set to"),
            Self::Url(host) => format!("it is the password of the URL that leads to `{host}`"),
            Self::Looks(why) => why.clone(),
        }
    }
}

/// Shells, which read a script that is given to them.
const SHELLS: &[&str] = &["sh", "bash", "ash", "dash", "zsh", "ksh"];

/// Programs with short flags for passwords: their beginnings, the flag, and whether the value
/// follows it in the same word.
const SHORT: &[(&str, &str, bool)] = &[
    ("redis-cli", "-a", false),
    ("valkey-cli", "-a", false),
    ("mysql", "-p", true),
    ("mariadb", "-p", true),
    ("mongo", "-p", false),
    ("rabbitmqadmin", "-p", false),
    ("cypher-shell", "-p", false),
    ("sqlcmd", "-P", false),
    ("/opt/mssql", "-P", false),
    ("ldap", "-w", false),
];
/// Words before a program that are none themselves.
const WRAPPERS: &[&str] = &[
    "exec",
    "env",
    "sudo",
    "time",
    "if",
    "while",
    "until",
    "!",
    "CMD",
    "CMD-SHELL",
];

/// A part of a command that its program or a shell reads as one.
#[derive(Debug, Clone, Copy)]
struct Token<'w> {
    word: usize,
    start: usize,
    /// Without the quotes around it; empty where a command ends.
    text: &'w str,
}

/// Returns the secrets in a command, in order; `line` says that its words are a shell's lines.
pub fn literals<W: AsRef<str>>(words: &[W], line: bool) -> Vec<Literal> {
    let tokens = tokens(words, line);
    let mut found: Vec<Literal> = Vec::new();
    let mut program = "";
    for (at, token) in tokens.iter().enumerate() {
        let own = program.is_empty() && !token.text.is_empty();
        if token.text.is_empty() {
            program = "";
        } else if own && !WRAPPERS.contains(&token.text) && !token.text.contains('=') {
            program = token.text.rsplit('/').next().unwrap_or(token.text);
        }
        let before = at.checked_sub(1).and_then(|before| tokens.get(before));
        let before = before.map(|it| it.text).unwrap_or_default();
        let told = url(token.text)
            .or_else(|| named(token.text))
            .or_else(|| behind(program, before, token.text))
            .or_else(|| header(before, token.text))
            .or_else(|| looks(token.text));
        if let Some((place, by)) = told {
            let place = place.start + token.start..place.end + token.start;
            let word = token.word;
            found.push(Literal { word, place, by });
        }
    }
    found
}

/// Returns a shell's line with the secrets masked that are written into it.
pub fn masked(line: &str) -> String {
    let mut masked = String::with_capacity(line.len());
    let mut from = 0;
    for literal in literals(&[line], true) {
        masked.push_str(line.get(from..literal.place.start).unwrap_or_default());
        masked.push_str("***");
        from = literal.place.end;
    }
    masked.push_str(line.get(from..).unwrap_or_default());
    masked
}

/// Returns whether a program is a shell.
pub fn is_shell(program: &str) -> bool {
    SHELLS.contains(&program.rsplit('/').next().unwrap_or(program))
}

type Told = (Range<usize>, By);

/// Tells the password of a URL.
fn url(text: &str) -> Option<Told> {
    let place = password_in(text)?;
    let host = text.get(place.end + 1..)?;
    let host = host.split([':', '/', '?', '#']).next()?;
    Some((place, By::Url(host.to_owned())))
}

/// Tells the value of `--password=value`, `-Dpassword=value`, `PASSWORD=value`,
/// `--from-literal=password=value`.
fn named(text: &str) -> Option<Told> {
    let called = |it: char| it.is_ascii_alphanumeric() || "-_./:".contains(it);
    let mut begin = 0;
    loop {
        let (name, rest) = text.get(begin..)?.split_once('=')?;
        if !name.chars().all(called) {
            return None;
        }
        let (skip, value) = bare(rest);
        let from = begin + name.len() + 1 + skip;
        if ends_as_one(name) && is_value(value) {
            let variable = !name.starts_with('-') && name.to_uppercase() == name;
            let by = if variable { By::Variable } else { By::Flag };
            return Some((from..from + value.len(), by(name.to_owned())));
        }
        begin += name.len() + 1;
    }
}

/// Tells the value behind a flag.
fn behind(program: &str, flag: &str, text: &str) -> Option<Told> {
    if program == "curl" && ["-u", "--user"].contains(&flag) {
        let (user, password) = text.split_once(':')?;
        let place = user.len() + 1..text.len();
        return is_value(password).then(|| (place, By::Flag(flag.to_owned())));
    }
    for (name, short, joined) in SHORT {
        if !program.starts_with(name) {
            continue;
        }
        if *joined && let Some(value) = text.strip_prefix(short) {
            let (skip, value) = bare(value);
            let from = short.len() + skip;
            let place = from..from + value.len();
            return is_value(value).then(|| (place, By::Flag((*short).to_owned())));
        }
        if !*joined && flag == *short && is_value(text) {
            return Some((0..text.len(), By::Flag(flag.to_owned())));
        }
    }
    let long = flag.starts_with('-') && !flag.contains('=') && ends_as_one(flag);
    // `--secret id=npm,src=.npmrc` says where one is.
    let pair = |(name, value): (&str, &str)| !value.is_empty() && is_word(name);
    let pairs = text.split_once('=').is_some_and(pair);
    (long && !pairs && is_value(text)).then(|| (0..text.len(), By::Flag(flag.to_owned())))
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|it| it.is_ascii_lowercase() || it == '-')
}

/// Tells the value of a header that says who asks.
fn header(flag: &str, text: &str) -> Option<Told> {
    if !["-H", "--header"].contains(&flag) {
        return None;
    }
    let (name, value) = text.split_once(':')?;
    if !name.eq_ignore_ascii_case("authorization") && !ends_as_one(name) {
        return None;
    }
    let value = value.trim_start();
    let schemes = ["Bearer ", "Basic ", "Token "];
    let value = schemes
        .iter()
        .find_map(|scheme| value.strip_prefix(scheme))
        .unwrap_or(value);
    let place = text.len() - value.len()..text.len();
    is_value(value).then(|| (place, By::Flag(name.to_owned())))
}

/// Tells a key by how it looks.
fn looks(text: &str) -> Option<Told> {
    let (skip, value) = match text.split_once('=') {
        Some((name, value)) => (name.len() + 1, value),
        None => (0, text),
    };
    let (quote, value) = bare(value);
    let from = skip + quote;
    let why = by_value(value).filter(|_| is_value(value))?;
    Some((from..from + value.len(), By::Looks(why)))
}

/// Returns a text without the quotes around it, and how many bytes they take before it.
fn bare(text: &str) -> (usize, &str) {
    let inside = ['"', '\''].iter().find_map(|quote| {
        let inside = text.strip_prefix(*quote)?;
        Some(inside.strip_suffix(*quote).unwrap_or(inside))
    });
    match inside {
        Some(inside) => (1, inside),
        None => (0, text),
    }
}

fn tokens<W: AsRef<str>>(words: &[W], line: bool) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut shell = line;
    for (index, word) in words.iter().enumerate() {
        let before = index.checked_sub(1).and_then(|before| words.get(before));
        let before = before.map(AsRef::as_ref).unwrap_or_default();
        let word = word.as_ref();
        shell |= is_shell(word);
        let script = before.starts_with('-') && before.ends_with('c') && shell;
        if line || script || before == "CMD-SHELL" {
            split(index, word, &mut tokens);
        } else {
            tokens.push(Token {
                word: index,
                start: 0,
                text: word,
            });
        }
    }
    tokens
}

/// Adds a script's tokens: what stands between blanks, and an empty one where a command ends.
fn split<'w>(word: usize, script: &'w str, tokens: &mut Vec<Token<'w>>) {
    let mut quote = None;
    let mut start = None;
    let end = script.len();
    let text = "";
    // A command begins.
    tokens.push(Token {
        word,
        start: 0,
        text,
    });
    for (at, character) in script.char_indices().chain([(end, '\n')]) {
        match (quote, character) {
            (Some(open), _) if character == open => quote = None,
            (Some(_), _) if at < end => {}
            (None, '"' | '\'') => {
                quote = Some(character);
                start.get_or_insert(at);
            }
            (_, _) if character.is_whitespace() || ";|&()".contains(character) => {
                if let Some(from) = start.take() {
                    let (skip, text) = bare(script.get(from..at).unwrap_or_default());
                    let start = from + skip;
                    tokens.push(Token { word, start, text });
                }
                if !" \t".contains(character) {
                    let start = at;
                    tokens.push(Token { word, start, text });
                }
            }
            (_, _) => drop(start.get_or_insert(at)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{By, literals, masked};

    /// Checks the secrets in a command's words; a single word is a shell's line.
    #[track_caller]
    fn check(words: &[&str], expected: &[&str]) {
        let found = literals(words, words.len() == 1);
        let found = found
            .iter()
            .map(|one| words[one.word].get(one.place.clone()).unwrap());
        assert_eq!(found.collect::<Vec<_>>(), expected, "{words:?}");
    }

    #[test]
    fn what_a_flag_for_passwords_is_given_is_one() {
        check(&["redis-server", "--requirepass", "s3cret"], &["s3cret"]);
        check(&["x", "--db-password=hunter2", "-v"], &["hunter2"]);
        check(&["java", "-Dspring.datasource.password=pw12"], &["pw12"]);
        check(
            &["x", "--api-key", "abcd", "--secret", "efgh"],
            &["abcd", "efgh"],
        );
        check(&["redis-cli", "-a", "s3cret", "ping"], &["s3cret"]);
        check(&["mysqladmin ping -uroot -ps3cret"], &["s3cret"]);
        check(&["curl -fu elastic -u 'elastic:changeme' x"], &["changeme"]);
        check(&["curl -H 'Authorization: Bearer abc.def' x"], &["abc.def"]);
    }

    #[test]
    fn scripts_are_read_as_a_shell_does() {
        check(
            &[
                "sh",
                "-c",
                "PGPASSWORD='hunter2' psql -h db && exec redis-server --requirepass \"a b\"",
            ],
            &["hunter2", "a b"],
        );
        check(&["redis-cli -a x1234 ping | grep PONG"], &["x1234"]);
        check(&["CMD-SHELL", "mysql -psecret -e 'select 1'"], &["secret"]);
    }

    #[test]
    fn urls_and_keys_tell_themselves() {
        check(
            &["x", "--broker=amqp://guest:topsecret@rabbit:5672/"],
            &["topsecret"],
        );
        check(&["jdbc:postgresql://app:hunter2@db/app", "x"], &["hunter2"]);
        check(
            &["x", "ghp_0123456789abcdefghij"],
            &["ghp_0123456789abcdefghij"],
        );
        let found = literals(&["postgres://a:b234@db/x"], false);
        assert_eq!(found[0].by, By::Url("db".to_owned()));
    }

    #[test]
    fn what_is_no_value_is_left_alone() {
        check(&["x", "--password-file", "/run/secrets/pw"], &[]);
        check(
            &["x", "--password=/run/secrets/pw", "--token", "--verbose"],
            &[],
        );
        check(&["x", "--password", "$PASSWORD", "--token=${TOKEN}"], &[]);
        check(
            &["x", "--token-ttl", "3600", "--password-stdin", "registry"],
            &[],
        );
        check(&["x", "--auth-token=true", "--max-token", "100"], &[]);
        check(&["mysqladmin ping -p$MYSQL_ROOT_PASSWORD"], &[]);
        check(&["x", "-p", "8080:80", "-a", "all"], &[]);
        check(&["redis://cache:6379", "postgres://app@db/app"], &[]);
    }

    #[track_caller]
    fn check_masked(command: &str, expected: &str) {
        assert_eq!(masked(command), expected);
    }

    #[track_caller]
    fn check_kept(command: &str) {
        check_masked(command, command);
    }

    #[test]
    fn values_behind_names_are_masked() {
        check_masked("DB_PASSWORD=hunter2 ./warm.sh", "DB_PASSWORD=*** ./warm.sh");
        check_masked("PASSWORD=\"hunter 2\" ./w", "PASSWORD=\"***\" ./w");
        check_masked("app --token=abcd1234 up", "app --token=*** up");
        check_masked("app --api-key abcd1234 up", "app --api-key *** up");
        check_masked(
            "kubectl create secret generic db --from-literal=password=hunter2",
            "kubectl create secret generic db --from-literal=password=***",
        );
        check_masked(
            "curl -H 'X-Api-Key: abcd1234' x",
            "curl -H 'X-Api-Key: ***' x",
        );
        check_masked("curl -u ann:hunter2 x", "curl -u ann:*** x");
    }

    #[test]
    fn keys_and_urls_are_masked_by_their_form() {
        check_masked(
            "curl -H 'Authorization: Bearer abc.def' x",
            "curl -H 'Authorization: Bearer ***' x",
        );
        check_masked(
            "psql postgres://app:hunter2@db:5432/x",
            "psql postgres://app:***@db:5432/x",
        );
        check_masked("push ghp_0123456789abcdefghij", "push ***");
    }

    #[test]
    fn what_only_stands_for_a_value_stays() {
        check_kept("DB_PASSWORD=$DB_PASSWORD ./warm.sh");
        check_kept("DB_PASSWORD=\"$DB_PASSWORD\" ./warm.sh");
        check_kept("DB_PASSWORD=$(cat /run/secrets/db) ./warm.sh");
        check_kept("app --password-stdin < token.txt");
        check_kept("PASSWORD= ./warm.sh");
        check_kept("PASSWORD='' ./warm.sh");
        check_kept("TOKEN_TTL=3600 app --token-file /run/token");
        check_kept("docker build --secret id=npm,src=.npmrc .");
        check_kept("kubectl get secret db; vault token lookup");
        check_kept("psql postgres://app:$PASS@db/x");
    }
}
