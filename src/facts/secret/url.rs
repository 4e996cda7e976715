//! URLs that hold credentials: their parts, as they are written.

use std::ops::Range;

use super::is_value;

/// The parts of a URL that holds credentials, as written (nothing is decoded).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UrlParts {
    /// What stands before `://`.
    pub scheme: String,
    /// The user; may be empty (`redis://:password@…`).
    pub user: String,
    /// The password; may be empty.
    pub password: String,
    /// The host, or all of them where there are several (`a:1,b:2`).
    pub host: String,
    /// The port, where one host has one.
    pub port: Option<u16>,
    /// The path with its `/`, query and fragment included; may be empty.
    pub path: String,
}

/// Returns the parts of a URL that holds credentials (`scheme://user:password@host…`); `None` for
/// any other value. `${…}` in a text that isn't interpolated stays whole.
pub fn split_url(value: &str) -> Option<UrlParts> {
    let (scheme, rest) = value.split_once("://")?;
    let letters = |character: char| character.is_ascii_alphanumeric() || "+-.".contains(character);
    if scheme.is_empty() || !scheme.chars().all(letters) {
        return None;
    }
    let ends = find(rest, |character| "/?#".contains(character));
    let (authority, path) = rest.split_at_checked(ends.first().copied().unwrap_or(rest.len()))?;
    let at = *find(authority, |character| character == '@').last()?;
    let (credentials, host) = (authority.get(..at)?, authority.get(at + 1..)?);
    let colon = *find(credentials, |character| character == ':').first()?;
    let (user, password) = (credentials.get(..colon)?, credentials.get(colon + 1..)?);
    let (host, port) = split_port(host);
    Some(UrlParts {
        scheme: scheme.to_owned(),
        user: user.to_owned(),
        password: password.to_owned(),
        host: host.to_owned(),
        port,
        path: path.to_owned(),
    })
}

fn split_port(host: &str) -> (&str, Option<u16>) {
    if host.contains(',') {
        return (host, None);
    }
    match host
        .rsplit_once(':')
        .map(|(name, port)| (name, port.parse()))
    {
        Some((name, Ok(port))) => (name, Some(port)),
        Some((_, Err(_))) | None => (host, None),
    }
}

/// Returns the byte offsets of characters outside of `${…}`.
fn find(text: &str, wanted: impl Fn(char) -> bool) -> Vec<usize> {
    let mut depth = 0_usize;
    let mut before = None;
    let mut found = Vec::new();
    for (index, character) in text.char_indices() {
        if character == '{' && before == Some('$') {
            depth += 1;
        } else if character == '}' && depth > 0 {
            depth -= 1;
        } else if depth == 0 && wanted(character) {
            found.push(index);
        }
        before = Some(character);
    }
    found
}

/// Returns where the password of a URL stands, wherever it begins in the text, if one is there in
/// clear.
pub(super) fn password_in(text: &str) -> Option<Range<usize>> {
    let colon = text.find("://")?;
    let head = text.get(..colon)?;
    let scheme = |it: char| it.is_ascii_alphanumeric() || "+-.".contains(it);
    let start = head.trim_end_matches(scheme).len();
    let rest = text.get(start..)?;
    let end = rest.find(|it: char| it.is_whitespace() || "\"'`".contains(it));
    let parts = split_url(rest.get(..end.unwrap_or(rest.len()))?)?;
    let from = start + parts.scheme.len() + 3 + parts.user.len() + 1;
    let place = from..from + parts.password.len();
    is_value(text.get(place.clone())?).then_some(place)
}

#[cfg(test)]
mod tests {
    use super::split_url;

    #[test]
    fn a_url_is_split() {
        let parts = split_url("postgresql+asyncpg://calls:p:w@db:5432/calls?ssl=on").unwrap();
        assert_eq!(
            (parts.user.as_str(), parts.password.as_str()),
            ("calls", "p:w")
        );
        assert_eq!((parts.host.as_str(), parts.port), ("db", Some(5432)));
        assert_eq!(parts.path, "/calls?ssl=on");
        let parts = split_url("redis://:pw@cache/0").unwrap();
        assert_eq!((parts.user.as_str(), parts.port), ("", None));
        assert_eq!(split_url("mailto:a@b"), None);
    }

    #[test]
    fn variables_in_a_url_stay_whole() {
        let raw = "amqp://${MQ_USER:-a:b@c}:${MQ_PASSWORD:?see https://docs}@${MQ_HOST}:5672/";
        let parts = split_url(raw).unwrap();
        assert_eq!(parts.user, "${MQ_USER:-a:b@c}");
        assert_eq!(parts.password, "${MQ_PASSWORD:?see https://docs}");
        assert_eq!(
            (parts.host.as_str(), parts.port),
            ("${MQ_HOST}", Some(5672))
        );
    }
}
