//! The variables that stand for secrets that a command has in clear: the one that has the value
//! already, else one called after the service and the flag.

use super::super::reference;
use super::super::secret::{self, By, Literal, literals};
use super::fields::Notes;
use super::hidden::only_variable;
use crate::facts::{Origin, Text};

/// How long a value must be to be taken for another service's: short ones are alike by chance.
const TELLING: usize = 8;
/// Last words of flags that mean a password.
const PASSWORDS: &[&str] = &[
    "requirepass",
    "masterauth",
    "password",
    "passwd",
    "pass",
    "pwd",
];

/// A value in clear, and the variable that has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Held {
    /// The service whose variable it is.
    pub(super) service: String,
    /// The value.
    pub(super) value: String,
    /// The variable's name.
    pub(super) name: String,
}

/// Returns the secret value of a service's variable, if it is one.
pub(super) fn held(service: &str, name: &str, text: &Text) -> Option<Held> {
    secret::by_name(name).filter(|_| !text.value.is_empty())?;
    Some(Held {
        service: service.to_owned(),
        value: text.value.clone(),
        name: only_variable(text).unwrap_or_else(|| name.to_owned()),
    })
}

impl Notes<'_> {
    /// Returns a command's words with marks in place of the secrets that they have in clear, and
    /// notes these; `line` says that the words are a shell's lines.
    pub(super) fn concealed(
        &mut self,
        mut words: Vec<String>,
        line: bool,
        key: &str,
        origin: &Origin,
    ) -> Vec<String> {
        // From behind, so that places before stay right.
        for found in literals(&words, line).into_iter().rev() {
            let Some(word) = words.get_mut(found.word) else {
                continue;
            };
            let Some(value) = word.get(found.place.clone()).map(str::to_owned) else {
                continue;
            };
            let name = self.stands_for(&value, &found);
            if self.hidden.is_plain(&name) {
                continue;
            }
            let why = match &found.by {
                By::Flag(flag) => format!("`{key}` gives it in clear by `{flag}` ({origin})"),
                By::Variable(name) => format!("`{key}` sets `{name}` in clear ({origin})"),
                By::Url(_) => format!("`{key}` has it in a URL in clear ({origin})"),
                By::Looks(why) => format!("`{key}` gives it in clear: {why} ({origin})"),
            };
            self.spoken.insert(name.clone(), why);
            word.replace_range(found.place, &reference::to(&name));
            let service = self.service.clone();
            if !self
                .held
                .iter()
                .any(|it| it.value == value && it.service == service)
            {
                self.held.push(Held {
                    service,
                    value,
                    name,
                });
            }
        }
        words
    }

    /// Returns the variable that stands for a value.
    fn stands_for(&self, value: &str, found: &Literal) -> String {
        let of = |service: &str| {
            let mut held = self.held.iter();
            held.find(|it| it.service == service && it.value == value)
        };
        let host = match &found.by {
            By::Url(host) => Some(host.as_str()),
            By::Flag(_) | By::Variable(_) | By::Looks(_) => None,
        };
        let telling = value.len() >= TELLING;
        let same = of(&self.service)
            .or_else(|| of(host?))
            .or_else(|| self.held.iter().find(|it| telling && it.value == value));
        if let Some(same) = same {
            return same.name.clone();
        }
        let wanted = match &found.by {
            By::Variable(name) => name.clone(),
            By::Flag(flag) => named(&self.service, &kind(flag)),
            By::Looks(_) => named(&self.service, "SECRET"),
            By::Url(host) if self.hidden.has_service(host) => named(host, "PASSWORD"),
            By::Url(_) => named(&self.service, "PASSWORD"),
        };
        let taken = |name: &str| {
            let mut held = self.held.iter();
            held.any(|it| it.name == name && it.value != value)
        };
        let numbered = (2..).map(|number| format!("{wanted}_{number}"));
        let mut names = std::iter::once(wanted.clone()).chain(numbered);
        names.find(|name| !taken(name)).unwrap_or(wanted)
    }
}

/// Returns what a flag's value is to its program, as variables are written (`API_KEY`).
fn kind(flag: &str) -> String {
    let flag = flag.strip_prefix("-D").unwrap_or(flag);
    let parts = flag.split(|it: char| !it.is_ascii_alphanumeric());
    let mut parts: Vec<String> = parts
        .filter(|it| !it.is_empty())
        .map(str::to_lowercase)
        .collect();
    let password = parts
        .last()
        .is_none_or(|last| last.len() == 1 || last == "user" || PASSWORDS.contains(&last.as_str()));
    if password {
        parts.pop();
        parts.push("password".to_owned());
    }
    parts.join("_").to_uppercase()
}

/// Returns a variable's name: the service's, and what it is, which may begin with it already.
fn named(service: &str, kind: &str) -> String {
    let upper = service.to_uppercase();
    let own: String = upper
        .chars()
        .map(|it| if it.is_ascii_alphanumeric() { it } else { '_' })
        .collect();
    let own = own.trim_matches('_');
    let kind = kind
        .strip_prefix(own)
        .and_then(|rest| rest.strip_prefix('_'))
        .unwrap_or(kind);
    if own.starts_with(|it: char| it.is_ascii_alphabetic()) {
        format!("{own}_{kind}")
    } else {
        kind.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::{kind, named};

    #[track_caller]
    fn check(service: &str, flag: &str, expected: &str) {
        assert_eq!(named(service, &kind(flag)), expected);
    }

    #[test]
    fn a_variable_is_called_after_service_and_flag() {
        check("cache", "--requirepass", "CACHE_PASSWORD");
        check("my-cache", "-a", "MY_CACHE_PASSWORD");
        check("worker", "--api-key", "WORKER_API_KEY");
        check("db", "--db-password", "DB_PASSWORD");
        check("es", "--user", "ES_PASSWORD");
        check(
            "api",
            "-Dspring.datasource.password",
            "API_SPRING_DATASOURCE_PASSWORD",
        );
    }
}
