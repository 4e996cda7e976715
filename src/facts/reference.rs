//! Text with references in place of secrets: marks around a variable's name, until it is known how
//! the text is filled in. What is written somewhere has none of them left.

use std::collections::BTreeMap;

/// What stands before a variable's name; no text has it.
pub(crate) const OPEN: char = '\u{F0000}';
/// What stands behind it.
pub(crate) const CLOSE: char = '\u{F0001}';

/// Returns a reference to a variable.
pub(crate) fn to(name: &str) -> String {
    format!("{OPEN}{name}{CLOSE}")
}

/// Returns the variables that a text refers to, in order.
pub fn names(text: &str) -> Vec<&str> {
    let parts = text.split(OPEN).skip(1);
    parts
        .filter_map(|part| Some(part.split_once(CLOSE)?.0))
        .collect()
}

/// Returns a text with values in place of its references; `None` where one has no value.
pub fn filled(text: &str, values: &BTreeMap<String, String>) -> Option<String> {
    let mut parts = text.split(OPEN);
    let mut whole = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (name, rest) = part.split_once(CLOSE)?;
        let value = values.get(name).filter(|value| !value.is_empty())?;
        whole.push_str(value);
        whole.push_str(rest);
    }
    Some(whole)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::{any, proptest};

    use super::{filled, names, to};

    #[test]
    fn references_are_filled_in_or_nothing_is() {
        let text = format!("a: {}\nb: {}\n", to("A"), to("B"));
        assert_eq!(names(&text), ["A", "B"]);
        let mut values = BTreeMap::from([("A".to_owned(), "1".to_owned())]);
        assert_eq!(filled(&text, &values), None);
        values.insert("B".to_owned(), "2".to_owned());
        assert_eq!(filled(&text, &values).as_deref(), Some("a: 1\nb: 2\n"));
    }

    proptest! {
        #[test]
        fn what_refers_to_nothing_stays_as_it_is(text in any::<String>()) {
            if names(&text).is_empty() && !text.contains(super::OPEN) {
                assert_eq!(filled(&text, &BTreeMap::new()), Some(text));
            }
        }
    }
}
