//! `.env` and `env_file` files: `NAME=value`, `NAME: value`, `export`, quotes, comments.

use super::interpolate::{Values, interpolate};
use super::model::Origin;
use std::sync::Arc;

/// One line of an env file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Assignment {
    /// The name.
    pub(super) name: String,
    /// The value, quotes removed; `None` where the line is only a name.
    pub(super) value: Option<String>,
    /// Whether `$` in it is literal (single quotes).
    pub(super) literal: bool,
    /// Where.
    pub(super) origin: Origin,
}

/// What an env file holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Parsed {
    /// The assignments, in order.
    pub(super) lines: Vec<Assignment>,
    /// The lines that are none.
    pub(super) odd: Vec<Origin>,
}

/// Returns the names and values of an env file as they stand, nothing interpolated.
pub fn values(path: &str, text: &Arc<str>) -> Vec<(String, String)> {
    let assignments = read(path, text, "$").lines.into_iter();
    assignments
        .filter_map(|line| Some((line.name, line.value?)))
        .collect()
}

/// Returns the names and values of an env file, with its own variables filled in, as a shell or
/// Compose does, and as they stand.
pub fn given(path: &str, text: &str) -> Vec<(String, String)> {
    let mut known = Values::new();
    let mut given = Vec::new();
    for line in read(path, text, "$$").lines {
        let Some(raw) = line.value else { continue };
        let filled = (!line.literal).then(|| interpolate(&raw, &known).ok());
        let value = filled.flatten().map_or(raw.clone(), |text| text.value);
        if value != raw {
            given.push((line.name.clone(), raw.replace("$$", "$")));
        }
        known.insert(line.name.clone(), value.clone());
        given.push((line.name, value));
    }
    given
}

/// Returns whether a path is that of an env file, by its name; one to copy from is none.
pub fn is_one(path: &str) -> bool {
    let file = super::paths::file_name(path);
    let ends = file.rsplit_once('.').is_some_and(|(_, end)| end == "env");
    (ends || file.starts_with(".env.")) && !is_example(path)
}

/// Returns whether a path is that of an env file to copy from (`.env.example`).
pub(super) fn is_example(path: &str) -> bool {
    const KINDS: &[&str] = &["example", "sample", "template", "dist", "tmpl"];
    let file = super::paths::file_name(path).trim_start_matches('.');
    let parts: Vec<&str> = file.split(['.', '-', '_']).collect();
    parts.contains(&"env") && parts.iter().any(|part| KINDS.contains(part))
}

/// Returns the names that an env file sets, with their places.
pub(super) fn names(path: &str, text: &str) -> Vec<(String, Origin)> {
    let assignments = read(path, text, "$").lines.into_iter();
    assignments.map(|line| (line.name, line.origin)).collect()
}

/// Returns the assignments of an env file of the format `raw`: all behind the `=` is the value.
pub(super) fn parse_raw(path: &str, text: &str) -> Vec<Assignment> {
    let lines = text.trim_start_matches('\u{feff}').lines().enumerate();
    let assignment = |(index, line): (usize, &str)| {
        let line = line.trim_start();
        if line.is_empty() || line.starts_with('#') {
            return None;
        }
        let (name, value) = match line.split_once('=') {
            Some((name, value)) => (name, Some(value.to_owned())),
            None => (line.trim_end(), None),
        };
        Some(Assignment {
            name: name.to_owned(),
            value,
            literal: true,
            origin: Origin {
                path: path.to_owned(),
                line: index + 1,
            },
        })
    };
    lines.filter_map(assignment).collect()
}

/// Returns what an env file holds, to be interpolated: a `$` that isn't a variable's is doubled.
pub(super) fn parse(path: &str, text: &str) -> Parsed {
    read(path, text, "$$")
}

fn read(path: &str, text: &str, dollar: &str) -> Parsed {
    let mut parsed = Parsed::default();
    let mut lines = text.trim_start_matches('\u{feff}').lines().enumerate();
    while let Some((index, line)) = lines.next() {
        let line = line.trim();
        let line = line.strip_prefix("export ").map_or(line, str::trim_start);
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let origin = Origin {
            path: path.to_owned(),
            line: index + 1,
        };
        let (name, rest) = split(line);
        if !is_name(name) {
            parsed.odd.push(origin);
            continue;
        }
        let mut literal = false;
        let value = rest.map(|rest| {
            let quote = rest.chars().next().filter(|quote| "'\"".contains(*quote));
            let Some(quote) = quote else {
                return unquoted(rest).to_owned();
            };
            literal = quote == '\'';
            let mut quoted = rest.to_owned();
            while closing(&quoted, quote).is_none() {
                let Some((_, more)) = lines.next() else { break };
                quoted.push('\n');
                quoted.push_str(more);
            }
            unquote(&quoted, quote, dollar)
        });
        parsed.lines.push(Assignment {
            name: name.to_owned(),
            value,
            literal,
            origin,
        });
    }
    parsed
}

/// Splits a line at the first `=`, or at a `:` before it as in YAML.
fn split(line: &str) -> (&str, Option<&str>) {
    match line
        .find(['=', ':'])
        .and_then(|at| line.split_at_checked(at))
    {
        Some((name, rest)) => {
            let rest = rest.strip_prefix(['=', ':']).unwrap_or(rest);
            (name.trim(), Some(rest.trim()))
        }
        None => (line, None),
    }
}

/// Returns a value without the comment behind it.
fn unquoted(rest: &str) -> &str {
    if rest.starts_with('#') {
        return "";
    }
    rest.split_once(" #")
        .map_or(rest, |(value, _)| value.trim_end())
}

fn is_name(name: &str) -> bool {
    let fits = |character: char| character.is_ascii_alphanumeric() || "_.-".contains(character);
    name.chars().all(fits) && name.starts_with(|first: char| !first.is_ascii_digit())
}

/// Returns the byte offset of the quote that ends what the first one begins.
fn closing(text: &str, quote: char) -> Option<usize> {
    let mut escaped = false;
    for (index, character) in text.char_indices().skip(1) {
        if character == quote && !escaped {
            return Some(index);
        }
        escaped = character == '\\' && !escaped && quote == '"';
    }
    None
}

fn unquote(text: &str, quote: char, dollar: &str) -> String {
    let end = closing(text, quote).unwrap_or(text.len());
    let inside = text.get(1..end).unwrap_or_default();
    if quote == '\'' {
        return inside.to_owned();
    }
    let mut out = String::new();
    let mut characters = inside.chars();
    while let Some(character) = characters.next() {
        if character != '\\' {
            out.push(character);
            continue;
        }
        match characters.next() {
            Some('n') => out.push('\n'),
            Some('r') => out.push('\r'),
            Some('t') => out.push('\t'),
            Some('$') => out.push_str(dollar),
            Some(other @ ('"' | '\\')) => out.push(other),
            Some(other) => out.extend(['\\', other]),
            None => out.push('\\'),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{given, is_one, parse, parse_raw};

    #[test]
    fn values_are_given_as_they_are_filled_in_and_as_they_stand() {
        let text = "A=hunter2\nB=\"x ${A}\"\nC='$A'\nexport D=pa$$s\n";
        let expected = [
            ("A", "hunter2"),
            ("B", "x ${A}"),
            ("B", "x hunter2"),
            ("C", "$A"),
            ("D", "pa$s"),
            ("D", "pa$s"),
        ];
        let found = given(".env", text);
        let found: Vec<_> = found
            .iter()
            .map(|(a, b)| (a.as_str(), b.as_str()))
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn env_files_are_told_by_their_names() {
        for (path, expected) in [
            (".env", true),
            ("deploy/.env.production", true),
            ("api.env", true),
            (".env.example", false),
            ("env.rs", false),
        ] {
            assert_eq!(is_one(path), expected, "{path}");
        }
    }

    #[track_caller]
    fn check(text: &str, expected: &[(&str, Option<&str>, usize)]) {
        let found = parse(".env", text);
        let found: Vec<_> = found
            .lines
            .iter()
            .map(|one| (one.name.as_str(), one.value.as_deref(), one.origin.line))
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn assignments_have_values_and_lines() {
        check(
            "# queue\nexport QUEUE=calls # local\n\nURL=http://x/#top\nHOST\nEMPTY=\n",
            &[
                ("QUEUE", Some("calls"), 2),
                ("URL", Some("http://x/#top"), 4),
                ("HOST", None, 5),
                ("EMPTY", Some(""), 6),
            ],
        );
    }

    #[test]
    fn quotes_are_removed_and_may_span_lines() {
        check(
            "A=\"x # y\"\nB='$HOME'\nC=\"one\ntwo\\n\"\nD=1\n",
            &[
                ("A", Some("x # y"), 1),
                ("B", Some("$HOME"), 2),
                ("C", Some("one\ntwo\n"), 3),
                ("D", Some("1"), 5),
            ],
        );
    }

    #[test]
    fn lines_may_be_written_as_in_yaml() {
        check(
            "MODE: live\nURL=http://x:80/\n",
            &[("MODE", Some("live"), 1), ("URL", Some("http://x:80/"), 2)],
        );
    }

    #[test]
    fn an_escaped_dollar_stays_one() {
        check("A=\"cost \\$5\"\n", &[("A", Some("cost $$5"), 1)]);
    }

    #[test]
    fn lines_that_are_no_assignments_are_named() {
        let parsed = parse(".env", "A=1\n1 bad line\n");
        assert_eq!(parsed.lines.len(), 1);
        assert_eq!(parsed.odd[0].to_string(), ".env:2");
    }

    #[test]
    fn raw_values_stay_as_they_are() {
        let found = parse_raw("a.env", "# c\nA=\"x\" # $Y\nB\n");
        assert_eq!(found[0].value.as_deref(), Some("\"x\" # $Y"));
        assert_eq!((found[1].name.as_str(), &found[1].value), ("B", &None));
    }
}
