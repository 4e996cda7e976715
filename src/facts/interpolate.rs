//! `${…}` in Compose files: `$$`, `$A`, `${A}`, `${A:-b}`, `${A-b}`, `${A:?e}`, `${A?e}`,
//! `${A:+b}`, `${A+b}`, nested in one another.
//!
//! Pure text to text; each use of a variable is kept, so that what was required and had no value
//! isn't mistaken for an empty string. Whether that is an error is for the caller to decide.

use std::collections::BTreeMap;

use super::model::{Text, VariableUse};

/// The values of variables.
pub(super) type Values = BTreeMap<String, String>;

/// Why a text can't be interpolated.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum Error {
    /// No `}`.
    #[error("`${{` has no matching `}}`")]
    Unclosed,
    /// Not a name.
    #[error("`{0}` is not a variable; a literal `$` is written `$$`")]
    Name(String),
}

/// How deep `${A:-${B:-…}}` may nest.
const DEPTH_LIMIT: usize = 32;

/// Returns a text with its variables replaced.
pub(super) fn interpolate(raw: &str, values: &Values) -> Result<Text, Error> {
    let mut variables = Vec::new();
    let value = expand(raw, values, &mut variables, (0, 0))?;
    Ok(Text {
        value,
        raw: raw.to_owned(),
        variables,
    })
}

/// Expands a text that lies so deep, and whose value begins so far into the whole one.
fn expand(
    raw: &str,
    values: &Values,
    uses: &mut Vec<VariableUse>,
    (depth, start): (usize, usize),
) -> Result<String, Error> {
    if depth > DEPTH_LIMIT {
        return Err(Error::Unclosed);
    }
    let mut out = String::new();
    let mut rest = raw;
    while let Some((before, after)) = rest.split_once('$') {
        out.push_str(before);
        if let Some(tail) = after.strip_prefix('$') {
            out.push('$');
            rest = tail;
        } else if let Some(tail) = after.strip_prefix('{') {
            let (inside, tail) = split_at_close(tail).ok_or(Error::Unclosed)?;
            let inner = (depth, start + out.len());
            out.push_str(&braced(inside, values, uses, inner)?);
            rest = tail;
        } else {
            let (name, tail) = split_name(after);
            if name.is_empty() {
                return Err(Error::Name(format!(
                    "${}",
                    after.chars().next().unwrap_or(' ')
                )));
            }
            let value = plain(name, values, uses, start + out.len());
            out.push_str(&value);
            rest = tail;
        }
    }
    out.push_str(rest);
    Ok(out)
}

fn plain(name: &str, values: &Values, uses: &mut Vec<VariableUse>, start: usize) -> String {
    let value = values.get(name);
    let length = value.map_or(0, String::len);
    uses.push(VariableUse {
        name: name.to_owned(),
        default: None,
        required: None,
        given: value.is_some(),
        place: start..start + length,
    });
    value.cloned().unwrap_or_default()
}

/// What follows the name in `${NAME…}`.
#[derive(Clone, Copy)]
enum Operator {
    Default,
    Required,
    Alternative,
}

fn braced(
    inside: &str,
    values: &Values,
    uses: &mut Vec<VariableUse>,
    (depth, start): (usize, usize),
) -> Result<String, Error> {
    let (name, tail) = split_name(inside);
    if name.is_empty() {
        return Err(Error::Name(format!("${{{inside}}}")));
    }
    if tail.is_empty() {
        return Ok(plain(name, values, uses, start));
    }
    let (colon, operator) = match tail.strip_prefix(':') {
        Some(operator) => (true, operator),
        None => (false, tail),
    };
    let mut characters = operator.chars();
    let operator = match characters.next() {
        Some('-') => Operator::Default,
        Some('?') => Operator::Required,
        Some('+') => Operator::Alternative,
        _ => return Err(Error::Name(format!("${{{inside}}}"))),
    };
    let word = characters.as_str();
    // With a colon, an empty value counts as none.
    let value = values.get(name).filter(|value| !colon || !value.is_empty());
    let mut outer = VariableUse {
        name: name.to_owned(),
        default: None,
        required: None,
        given: value.is_some(),
        place: start..start,
    };
    let inner = (depth + 1, start);
    let place = uses.len();
    let text = match operator {
        Operator::Default => {
            let default = expand(word, values, uses, inner)?;
            outer.default = Some(default.clone());
            value.cloned().unwrap_or(default)
        }
        Operator::Required => {
            outer.required = Some(expand(word, values, &mut Vec::new(), inner)?);
            value.cloned().unwrap_or_default()
        }
        Operator::Alternative => {
            let other = expand(word, values, uses, inner)?;
            value.map(|_| other).unwrap_or_default()
        }
    };
    // A nested use that wasn't needed is no use: `${A:-${B:?}}` doesn't require B where A is given.
    let needless = match operator {
        Operator::Default => outer.given,
        Operator::Alternative => !outer.given,
        Operator::Required => false,
    };
    if needless {
        uses.truncate(place);
    }
    outer.place = start..start + text.len();
    uses.insert(place, outer);
    Ok(text)
}

/// Splits after the name at the beginning, which may be empty.
fn split_name(text: &str) -> (&str, &str) {
    let mut end = 0;
    for (index, character) in text.char_indices() {
        let fits = character == '_'
            || character.is_ascii_alphabetic()
            || (index > 0 && character.is_ascii_digit());
        if !fits {
            break;
        }
        end = index + 1;
    }
    text.split_at(end)
}

/// Splits at the `}` that closes what was opened before `text`.
fn split_at_close(text: &str) -> Option<(&str, &str)> {
    let mut depth = 0_usize;
    let mut before = None;
    for (index, character) in text.char_indices() {
        match character {
            '{' if before == Some('$') => depth += 1,
            '}' if depth == 0 => {
                let (inside, tail) = text.split_at(index);
                return Some((inside, tail.strip_prefix('}')?));
            }
            '}' => depth -= 1,
            _ => {}
        }
        before = Some(character);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::{Error, Values, interpolate};
    use proptest::{prop_assert, prop_assert_eq, proptest};

    fn values() -> Values {
        [("PORT", "8080"), ("EMPTY", "")]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into()
    }

    #[track_caller]
    fn check(raw: &str, expected: &str) {
        assert_eq!(interpolate(raw, &values()).unwrap().value, expected);
    }

    #[test]
    fn every_form_is_replaced() {
        check("$PORT", "8080");
        check("a${PORT}b", "a8080b");
        check("$$PORT", "$PORT");
        check("$NONE.", ".");
        check("${NONE:-x}${NONE-y}", "xy");
        check("${EMPTY:-x}${EMPTY-y}", "x");
        check(
            "${PORT:+set}${NONE:+set}${EMPTY:+set}${EMPTY+set}",
            "setset",
        );
        check("${PORT:?needed}${PORT?needed}", "80808080");
        check("${NONE:-http://db:5432/}", "http://db:5432/");
    }

    #[test]
    fn defaults_may_nest() {
        check("${NONE:-${ALSO_NONE:-${PORT}}}", "8080");
        check("${NONE:-a${PORT}b}c", "a8080bc");
        check("${NONE:-{\"a\": 1}", "{\"a\": 1");
    }

    #[test]
    fn uses_are_kept_in_order() {
        let text = interpolate("${NONE:-${PORT}}/${TOKEN:?give a token}", &values()).unwrap();
        let names: Vec<_> = text
            .variables
            .iter()
            .map(|used| used.name.as_str())
            .collect();
        assert_eq!(names, ["NONE", "PORT", "TOKEN"]);
        assert_eq!(text.variables[0].default.as_deref(), Some("8080"));
        assert_eq!(text.variables[2].required.as_deref(), Some("give a token"));
        assert!(text.lacks_required());
        assert_eq!(text.raw, "${NONE:-${PORT}}/${TOKEN:?give a token}");
    }

    #[test]
    fn a_default_that_is_not_needed_requires_nothing() {
        let text = interpolate("${PORT:-${TOKEN:?}}", &values()).unwrap();
        assert!(!text.lacks_required());
        assert_eq!(text.variables.len(), 1);
    }

    #[test]
    fn what_is_no_variable_is_an_error() {
        assert_eq!(interpolate("${PORT", &values()), Err(Error::Unclosed));
        assert_eq!(
            interpolate("5 $ each", &values()),
            Err(Error::Name("$ ".to_owned()))
        );
        assert_eq!(
            interpolate("${1A}", &values()),
            Err(Error::Name("${1A}".to_owned()))
        );
    }

    proptest! {
        #[test]
        fn text_without_dollars_stays(raw in "[^$]{0,40}") {
            prop_assert_eq!(interpolate(&raw, &values()).unwrap().value, raw);
        }

        #[test]
        fn doubled_dollars_are_literal(raw in ".{0,40}") {
            let escaped = raw.replace('$', "$$");
            prop_assert_eq!(interpolate(&escaped, &values()).unwrap().value, raw);
        }

        #[test]
        fn defaults_stand_in_for_any_name(name in "[A-Z_][A-Z0-9_]{0,8}", word in "[a-z/:@. ]{0,12}") {
            let text = interpolate(&format!("<${{{name}:-{word}}}>"), &Values::new()).unwrap();
            prop_assert_eq!(text.value, format!("<{word}>"));
            prop_assert!(!text.variables[0].given);
        }

        #[test]
        fn nothing_panics(raw in "[${}:?+a-zA-Z-]{0,30}") {
            let _ = interpolate(&raw, &values());
        }

        #[test]
        fn a_value_is_never_read_again(name in "[A-Z_][A-Z0-9_]{0,8}", value in "[${}A-Z:-]{0,16}") {
            let values = [(name.clone(), value.clone())].into();
            let braced = interpolate(&format!("<${{{name}}}>"), &values).unwrap();
            let plain = interpolate(&format!("<${name}>"), &values).unwrap();
            prop_assert_eq!(&braced.value, &format!("<{value}>"));
            prop_assert_eq!(braced.value, plain.value);
            prop_assert_eq!(braced.variables, plain.variables);
        }

        #[test]
        fn parts_are_replaced_each_by_itself(one in "[a-z/:]{0,8}", two in "[a-z/:]{0,8}") {
            let raw = [format!("{one}${{PORT}}"), format!("${{NONE:-x}}{two}")];
            let each = raw.clone().map(|part| interpolate(&part, &values()).unwrap());
            let both = interpolate(&raw.concat(), &values()).unwrap();
            prop_assert_eq!(both.value, format!("{}{}", each[0].value, each[1].value));
            prop_assert_eq!(both.variables.len(), 2);
        }

        #[test]
        fn what_is_given_requires_nothing(name in "[A-Z_][A-Z0-9_]{0,8}", why in "[a-z ]{0,8}") {
            let raw = format!("${{{name}:?{why}}}");
            let given = [(name.clone(), "x".to_owned())].into();
            prop_assert!(!interpolate(&raw, &given).unwrap().lacks_required());
            prop_assert!(interpolate(&raw, &Values::new()).unwrap().lacks_required());
        }
    }
}
