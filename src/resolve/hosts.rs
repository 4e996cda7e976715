//! Host names: Compose services are known by other names in Kubernetes.

use std::collections::BTreeMap;

/// Returns the name that a host has now.
pub(super) fn rename(host: &str, names: &BTreeMap<String, String>) -> String {
    // Several hosts, each with its port (`a:1,b:2`), are renamed one by one.
    let renamed = host.split(',').map(|one| {
        let (name, port) = one
            .split_once(':')
            .map_or((one, None), |(name, port)| (name, Some(port)));
        let name = names.get(name).map_or(name, String::as_str);
        port.map_or_else(|| name.to_owned(), |port| format!("{name}:{port}"))
    });
    renamed.collect::<Vec<_>>().join(",")
}

/// Returns a variable's value with hosts renamed: in URLs and `host:port`, and as a whole where
/// the variable's name says that it is a host.
pub(super) fn in_variable(name: &str, value: &str, names: &BTreeMap<String, String>) -> String {
    let host = ["HOST", "SERVER", "ADDR", "BROKER", "ENDPOINT"];
    if host.iter().any(|word| name.to_uppercase().contains(word)) && names.contains_key(value) {
        return rename(value, names);
    }
    in_text(value, names)
}

/// Returns a text with the hosts of URLs and `host:port` pairs renamed.
pub(super) fn in_text(text: &str, names: &BTreeMap<String, String>) -> String {
    let mut written = String::with_capacity(text.len());
    each_token(text, |before, token, after| match names.get(token) {
        Some(name) if is_host(before, after) => written.push_str(name),
        Some(_) | None => written.push_str(token),
    });
    written
}

/// A host in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Found<'t> {
    /// The name, as written.
    pub(super) host: &'t str,
    /// The port behind it.
    pub(super) port: Option<u16>,
    /// The scheme of the URL that it stands in.
    pub(super) scheme: Option<&'t str>,
}

/// Returns the known hosts that a text names.
pub(super) fn found<'t>(text: &'t str, names: &BTreeMap<String, String>) -> Vec<Found<'t>> {
    let mut found = Vec::new();
    each_token(text, |before, host, after| {
        if !names.contains_key(host) || !is_host(before, after) {
            return;
        }
        let port = after.strip_prefix(':').map(|rest| {
            let end = rest.find(|character: char| !character.is_ascii_digit());
            rest.get(..end.unwrap_or(rest.len())).unwrap_or_default()
        });
        found.push(Found {
            host,
            port: port.and_then(|port| port.parse().ok()),
            scheme: scheme(before),
        });
    });
    found
}

/// Returns the services that a text names as hosts, each with the port behind it.
pub(super) fn mentioned<'n>(
    text: &str,
    names: &'n BTreeMap<String, String>,
) -> Vec<(&'n str, Option<u16>)> {
    let all = found(text, names).into_iter();
    all.filter_map(|found| Some((names.get(found.host)?.as_str(), found.port)))
        .collect()
}

/// Returns the scheme of the URL that goes on behind this text.
fn scheme(before: &str) -> Option<&str> {
    let (head, rest) = before.rsplit_once("://")?;
    let inside = rest.is_empty() || rest.ends_with('@');
    let start = head.rfind(|character: char| !character.is_ascii_alphanumeric());
    let scheme = head.get(start.map_or(0, |at| at + 1)..)?;
    (inside && !rest.contains(char::is_whitespace)).then_some(scheme)
}

fn is_host(before: &str, after: &str) -> bool {
    let behind_scheme = before.ends_with("://") || before.ends_with('@');
    let port = after
        .strip_prefix(':')
        .is_some_and(|rest| rest.starts_with(|character: char| character.is_ascii_digit()));
    let not_a_path = !before.ends_with(['/', '.']) || behind_scheme;
    (behind_scheme || port) && not_a_path
}

/// Calls for each run of letters that a host name may have, and for what stands between, with the
/// text before and after.
fn each_token<'t>(text: &'t str, mut each: impl FnMut(&'t str, &'t str, &'t str)) {
    let of_name = |character: char| character.is_ascii_alphanumeric() || "-_.".contains(character);
    let mut start = 0;
    while let Some(rest) = text.get(start..).filter(|rest| !rest.is_empty()) {
        let inside = rest.starts_with(of_name);
        let length = rest
            .find(|character| of_name(character) != inside)
            .unwrap_or(rest.len());
        let (Some(before), Some(token), Some(after)) =
            (text.get(..start), rest.get(..length), rest.get(length..))
        else {
            return;
        };
        each(before, token, after);
        start += length;
    }
}

#[cfg(test)]
mod tests {
    use super::{in_text, in_variable};

    #[track_caller]
    fn check(name: &str, value: &str, expected: &str) {
        let names = [("db", "postgresql"), ("app", "call-processor")];
        let names = names
            .map(|(from, to)| (from.to_owned(), to.to_owned()))
            .into();
        assert_eq!(in_variable(name, value, &names), expected);
    }

    #[test]
    fn hosts_follow_the_new_names() {
        check("DB_HOST", "db", "postgresql");
        check(
            "URL",
            "http://app:8080/app",
            "http://call-processor:8080/app",
        );
        check("X", "db:5432", "postgresql:5432");
        check("X", "redis://cache,db:1", "redis://cache,postgresql:1");
    }

    #[test]
    fn other_words_stay() {
        check("MODE", "app", "app");
        check("X", "http://my.app:80/", "http://my.app:80/");
        check("PATH", "/srv/db/x", "/srv/db/x");
    }

    #[test]
    fn configuration_files_are_rewritten() {
        let names = [("app".to_owned(), "api".to_owned())].into();
        let text = "- job_name: app\n  targets: [\"app:8080\"]\n";
        assert_eq!(
            in_text(text, &names),
            "- job_name: app\n  targets: [\"api:8080\"]\n"
        );
    }
}
