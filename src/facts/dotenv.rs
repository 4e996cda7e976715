//! `.env` and `env_file` files: `NAME=value`, `export`, quotes, comments.

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

/// Returns the assignments of an env file; lines that are none are passed over.
pub(super) fn parse(path: &str, text: &Arc<str>) -> Vec<Assignment> {
    let mut found = Vec::new();
    let mut lines = text.trim_start_matches('\u{feff}').lines().enumerate();
    while let Some((index, line)) = lines.next() {
        let line = line.trim();
        let line = line.strip_prefix("export ").map_or(line, str::trim_start);
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let (name, rest) = match line.split_once('=') {
            Some((name, rest)) => (name.trim(), Some(rest.trim().to_owned())),
            None => (line, None),
        };
        if !is_name(name) {
            continue;
        }
        let origin = Origin {
            path: path.to_owned(),
            line: index + 1,
        };
        let mut literal = false;
        let value = rest.map(|mut rest| {
            if let Some(quote) = rest.chars().next().filter(|quote| "'\"".contains(*quote)) {
                literal = quote == '\'';
                while closing(&rest, quote).is_none() {
                    let Some((_, more)) = lines.next() else { break };
                    rest = format!("{rest}\n{more}");
                }
                return unquote(&rest, quote);
            }
            rest.split_once(" #")
                .map_or(rest.as_str(), |(value, _)| value.trim_end())
                .to_owned()
        });
        found.push(Assignment {
            name: name.to_owned(),
            value,
            literal,
            origin,
        });
    }
    found
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

fn unquote(text: &str, quote: char) -> String {
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
            Some('t') => out.push('\t'),
            Some(other @ ('"' | '\\')) => out.push(other),
            Some(other) => out.extend(['\\', other]),
            None => out.push('\\'),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::parse;
    use std::sync::Arc;

    #[track_caller]
    fn check(text: &str, expected: &[(&str, Option<&str>, usize)]) {
        let found = parse(".env", &Arc::from(text));
        let found: Vec<_> = found
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
}
