//! Probes as people write them: ``Liveness: `/health` (HTTP, period 30s)``, `pg_isready`, `TCP 5432`.

use std::path::Path;

use crate::checklist::Inline;

use super::amounts::{number_after, numbers_after, seconds_after};
use super::spec::{Check, ProbeSpec};
use super::target;
use crate::vocabulary::{Phrase, Word};

/// What a text about probes has a word for.
pub(super) const PROBES: [Word; 4] = [Word::Probes, Word::Liveness, Word::Readiness, Word::Startup];

/// Returns the probe that a text asks for, if it says what is to be asked.
pub(super) fn read(text: &Inline, plain: Phrase<'_>) -> Option<ProbeSpec> {
    Some(ProbeSpec {
        check: check(text, plain)?,
        period: seconds_after(plain, Word::Period),
        timeout: seconds_after(plain, Word::Timeout),
        failures: failures(plain).and_then(|number| i32::try_from(number).ok()),
        delay: seconds_after(plain, Word::Delay),
    })
}

/// Returns how many failures count: behind the word for them, or right before it (`3 failures`).
fn failures(plain: Phrase<'_>) -> Option<u32> {
    let told: Vec<_> = plain.told().collect();
    let at = told.iter().position(|(_, told)| told.has(Word::Failures))?;
    let number = |at: usize| told.get(at)?.0.parse::<u32>().ok();
    let before = || at.checked_sub(1).and_then(number);
    number(at + 1)
        .or_else(before)
        .or_else(|| numbers_after(plain, Word::Failures))
}

fn check(text: &Inline, plain: Phrase<'_>) -> Option<Check> {
    // Probes are written without a scheme, which is HTTP.
    if plain.words().any(|word| word.eq_ignore_ascii_case("https")) {
        return None;
    }
    let port = || numbers_after(plain, Word::Ports);
    let port = || port().and_then(|number| u16::try_from(number).ok());
    let port = || port().or_else(|| asked_on(plain));
    let whole = plain.text();
    let value = whole.split_once(':').map_or(whole, |(_, value)| value);
    let value = value.trim();
    let codes = || text.codes().map(|(code, _)| code);
    let asked = |code: &&str| target::is_endpoint(code) && !runs(code, plain);
    let mut paths = codes().filter(asked);
    if let Some(path) = paths.next() {
        // Of two only one can be asked.
        let only = paths.all(|it| it == path);
        return only.then(|| Check::Http(path.to_owned(), port()));
    }
    if let Some(command) = codes().next() {
        return Some(Check::Command(command.to_owned()));
    }
    let bare = value.split_whitespace();
    let bare = bare.map(|word| word.trim_end_matches([',', ';', ')']));
    let mut bare = bare.filter(|word| word.starts_with('/') && word.len() > 1);
    if let Some(path) = bare.next() {
        let only = bare.all(|it| it == path) && !runs(path, plain);
        return only.then(|| Check::Http(path.to_owned(), port()));
    }
    if let Some(number) = number_after(plain, |word| word == "tcp") {
        return Some(Check::Tcp(u16::try_from(number).ok()));
    }
    if plain
        .with(value)
        .words()
        .any(|word| word.eq_ignore_ascii_case("tcp"))
    {
        return Some(Check::Tcp(port()));
    }
    // A command without code marks is one that is known as a check.
    let command = value.split(['(', ',', ';']).next()?.trim();
    let command = bare_command(plain.with(command));
    let known = [
        "pg_isready",
        "redis-cli",
        "valkey-cli",
        "mysqladmin",
        "mongosh",
        "curl",
        "wget",
    ];
    let mut words = command.split_whitespace();
    let mut before = words.next().filter(|first| known.contains(first))?;
    // What a sentence goes on with is no argument.
    let arguments = words.all(|word| {
        let option = |word: &str| word.starts_with('-');
        let fits = option(before) || option(word) || word.contains('/') || word == "ping";
        before = word;
        fits
    });
    arguments.then(|| Check::Command(command.to_owned()))
}

/// Returns the port right behind the word for where something is asked: `on 8222`. Smaller numbers
/// may be of anything.
fn asked_on(plain: Phrase<'_>) -> Option<u16> {
    const LEAST: u16 = 80;
    let all: Vec<&str> = plain.words().collect();
    let tells = |word: &str, meaning| plain.vocabulary().tells(word, meaning);
    let port = |at: usize| {
        let number = all.get(at + 1)?.parse().ok()?;
        let unit = all.get(at + 2).is_some_and(|it| tells(it, Word::Seconds));
        (number >= LEAST && !unit).then_some(number)
    };
    let mut at = (0..all.len()).filter(|at| all.get(*at).is_some_and(|it| tells(it, Word::At)));
    at.find_map(port)
}

/// Returns whether a path is a program's in the container, and none that is asked for over HTTP.
fn runs(path: &str, plain: Phrase<'_>) -> bool {
    const PROGRAMS: [&str; 5] = ["/bin/", "/sbin/", "/usr/", "/opt/", "/scripts/"];
    let script = Path::new(path).extension().is_some_and(|it| it == "sh");
    let placed = PROGRAMS.iter().any(|folder| path.starts_with(folder));
    script || placed || plain.has(Word::Program)
}

/// Returns a command without the words behind it that say how often it runs: `pg_isready every 5s`.
fn bare_command(text: Phrase<'_>) -> &str {
    let how = [Word::Period, Word::Timeout, Word::Failures, Word::Delay];
    let mut words = text.text().split_whitespace();
    let how = words.find(|word| !word.starts_with('-') && text.with(word).find(&how).is_some());
    let command = how.and_then(|word| text.text().split(word).next());
    command.unwrap_or(text.text()).trim()
}

/// Returns the probe in a few words, for `plan`.
pub(super) fn describe(probe: &ProbeSpec) -> String {
    let what = match &probe.check {
        Check::Http(path, _) => format!("HTTP {path}"),
        Check::Command(command) => format!("command `{command}`"),
        Check::Tcp(Some(port)) => format!("TCP {port}"),
        Check::Tcp(None) => "TCP".to_owned(),
    };
    match probe.period {
        Some(period) => format!("{what} every {period} s"),
        None => what,
    }
}
