//! Passwords that end in URLs: where a URL is composed from a Secret's part, nobody encodes it.

use std::collections::{BTreeMap, BTreeSet};

use crate::manifest::Object;
use crate::resolve::{Application, EnvSource, Environment};

/// Returns the keys whose real values break the URLs that are composed from them: what in them
/// must be encoded, or is encoded although the plain password is needed beside. Each comes with
/// the variables that hold the URLs. `objects` are Secrets with their real values, by label.
pub fn unencoded(
    application: &Application,
    objects: &BTreeMap<String, Object>,
) -> BTreeMap<String, BTreeSet<String>> {
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for workload in &application.workloads {
        for variable in &workload.environment {
            let EnvSource::Literal(url) = &variable.source else {
                continue;
            };
            for (part, key) in parts(url, &workload.environment) {
                // Who takes the same key under its own name and composes nothing of it needs the
                // plain password: the data base itself does.
                let plain = application.workloads.iter().any(|other| {
                    let takes = |it: &Environment| secret(it).is_some_and(|found| found == part);
                    other.environment.iter().any(takes) && !composes(&other.environment, part)
                });
                let value = objects
                    .get(&format!("Secret/{}", part.0))
                    .and_then(|object| object.value["stringData"][part.1].as_str());
                if value.is_some_and(|value| breaks(value, plain)) {
                    let names = found.entry(key.to_owned()).or_default();
                    names.insert(variable.name.clone());
                }
            }
        }
    }
    found
}

/// A Secret and a key.
type Part<'a> = (&'a str, &'a str);

fn secret(variable: &Environment) -> Option<Part<'_>> {
    match &variable.source {
        EnvSource::Secret { name, key } => Some((name, key)),
        EnvSource::Literal(_) | EnvSource::ConfigMap { .. } => None,
    }
}

fn composes(environment: &[Environment], part: Part<'_>) -> bool {
    environment.iter().any(|variable| match &variable.source {
        EnvSource::Literal(url) => parts(url, environment).any(|(found, _)| found == part),
        EnvSource::ConfigMap { .. } | EnvSource::Secret { .. } => false,
    })
}

/// Returns the parts of Secrets that a URL is composed from, each with its key.
fn parts<'a>(
    url: &'a str,
    environment: &'a [Environment],
) -> impl Iterator<Item = (Part<'a>, &'a str)> {
    let is_url = url.contains("://");
    environment.iter().filter_map(move |variable| {
        let used = is_url && url.contains(&format!("$({})", variable.name));
        let part = secret(variable).filter(|_| used)?;
        Some((part, part.1))
    })
}

/// Returns whether a password ends or garbles a URL that it is put into as it is.
fn breaks(value: &str, plain_too: bool) -> bool {
    let mut rest = value.chars();
    while let Some(character) = rest.next() {
        let fits = match character {
            '%' => {
                let code: String = rest.by_ref().take(2).collect();
                let encoded = code.len() == 2 && code.chars().all(|it| it.is_ascii_hexdigit());
                encoded && !plain_too
            }
            _ => character.is_ascii_graphic() && !"@/?#[]\\\"<>^`{|}".contains(character),
        };
        if !fits {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::breaks;

    #[track_caller]
    fn check(value: &str, plain_too: bool, expected: bool) {
        assert_eq!(breaks(value, plain_too), expected, "{value}");
    }

    #[test]
    fn what_a_url_takes_as_it_is_may_be_in_it() {
        check("Abc-123_.~!$&'()*+,;=:", true, false);
        check("p%40ss", false, false);
    }

    #[test]
    fn what_ends_or_garbles_a_url_may_not() {
        for value in ["p@ss", "a/b", "a?b", "a#b", "a b", "пароль", "50%", "a%4"] {
            check(value, false, true);
        }
    }

    #[test]
    fn an_encoded_password_is_wrong_where_the_plain_one_is_needed() {
        check("p%40ss", true, true);
    }
}
