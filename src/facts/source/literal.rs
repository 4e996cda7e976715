//! Literals and argument lists in source text.

/// Returns a literal as the environment would spell it: strings without quotes, `true`/`false`,
/// numbers, lists as JSON; `None` for what is computed and for none at all.
pub(super) fn value(text: &str) -> Option<String> {
    let text = text.trim();
    if let Some(inside) = string(text) {
        return Some(inside);
    }
    match text {
        "True" | "true" => return Some("true".to_owned()),
        "False" | "false" => return Some("false".to_owned()),
        _ => {}
    }
    let number = text.replace('_', "");
    if number.starts_with(|first: char| first.is_ascii_digit() || first == '-')
        && number.parse::<f64>().is_ok()
    {
        return Some(number);
    }
    if text.starts_with(['[', '{']) {
        let json = |text: &str| serde_json::from_str::<serde_json::Value>(text).ok();
        return json(text)
            .or_else(|| json(&text.replace('\'', "\"")))
            .map(|json| json.to_string());
    }
    // `SecretStr("x")`, `Path("x")`: what is wrapped.
    let (name, inside) = text.strip_suffix(')')?.split_once('(')?;
    let wraps = name
        .chars()
        .all(|c| c.is_alphanumeric() || c == '_' || c == '.');
    if wraps && !name.is_empty() {
        string(inside.trim())
    } else {
        None
    }
}

/// Returns what a text that is one string literal holds.
pub(super) fn string(text: &str) -> Option<String> {
    let text = text
        .strip_prefix(['r', 'u'])
        .filter(|rest| rest.starts_with(['"', '\'']))
        .unwrap_or(text);
    let quote = text
        .chars()
        .next()
        .filter(|quote| "\"'`".contains(*quote))?;
    let inside = text.strip_prefix(quote)?.strip_suffix(quote)?;
    let mut out = String::new();
    let mut characters = inside.chars();
    while let Some(character) = characters.next() {
        match character {
            // A second literal or an interpolation: not one fixed string.
            _ if character == quote => return None,
            '\\' => match characters.next()? {
                'n' => out.push('\n'),
                't' => out.push('\t'),
                other => out.push(other),
            },
            other => out.push(other),
        }
    }
    (quote != '`' || !out.contains("${")).then_some(out)
}

/// Returns the arguments of a call whose `(` ends `before`, in `text` and its `bare` copy.
pub(super) fn arguments<'a>(text: &'a str, bare: &str, open: usize) -> Vec<&'a str> {
    let mut depth = 0_usize;
    let mut start = open;
    let mut found = Vec::new();
    for (index, byte) in bare.bytes().enumerate().skip(open) {
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' if depth == 0 => {
                found.extend(text.get(start..index));
                break;
            }
            b')' | b']' | b'}' => depth -= 1,
            b',' if depth == 0 => {
                found.extend(text.get(start..index));
                start = index + 1;
            }
            _ => {}
        }
    }
    found
        .into_iter()
        .map(str::trim)
        .filter(|argument| !argument.is_empty())
        .collect()
}

/// Returns a keyword argument's value (`default=1`).
pub(super) fn keyword<'a>(arguments: &[&'a str], name: &str) -> Option<&'a str> {
    arguments.iter().find_map(|argument| {
        let rest = argument
            .strip_prefix(name)?
            .trim_start()
            .strip_prefix('=')?;
        (!rest.starts_with('=')).then(|| rest.trim())
    })
}

#[cfg(test)]
mod tests {
    use super::{arguments, keyword, value};

    #[track_caller]
    fn check(text: &str, expected: Option<&str>) {
        assert_eq!(value(text).as_deref(), expected, "{text}");
    }

    #[test]
    fn literals_are_spelled_as_in_an_environment() {
        check("\"calls\"", Some("calls"));
        check("True", Some("true"));
        check("1_000", Some("1000"));
        check("['a', 'b']", Some("[\"a\",\"b\"]"));
        check("SecretStr('x')", Some("x"));
        check("None", None);
        check("60 * 60", None);
        check("f\"{a}\"", None);
        check("Mode.LIVE", None);
    }

    #[test]
    fn arguments_are_split_at_their_own_commas() {
        let text = "f(a, g(b, c), d=[1, 2])";
        let found = arguments(text, text, 2);
        assert_eq!(found, ["a", "g(b, c)", "d=[1, 2]"]);
        assert_eq!(keyword(&found, "d"), Some("[1, 2]"));
    }
}
