//! Methods that are only promised by an interface, in languages that write those in another way than others.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::super::code::{Code, Language};
use super::super::variables::{pattern, patterns};
use super::body::bodies;
use super::{Found, Sort};

patterns! {
    GO_PROMISE = r"(?m)^[ \t]+([A-Za-z]\w*)\(";
    JS_PROMISE = r"(?m)^[ \t]+([A-Za-z]\w*)\??(?:<[^>(]*>)?\(";
}

/// Methods that interfaces of Go's and of scripts promise; elsewhere they are written as others are.
pub(super) fn promises(code: &Code, found: &[Found]) -> Vec<Found> {
    let (pattern, told) = match code.language {
        Language::Go => (&GO_PROMISE, "type"),
        Language::Script => (&JS_PROMISE, "interface"),
        Language::Python
        | Language::Java
        | Language::Rust
        | Language::Ruby
        | Language::Php
        | Language::CSharp
        | Language::Sql => return Vec::new(),
    };
    let is_interface = |it: &&Found| {
        let before = code.bare.get(..it.at).unwrap_or_default().trim_end();
        let behind = code.bare.get(it.at + it.name.len()..).unwrap_or_default();
        let go = behind.trim_start().starts_with("interface");
        it.sort == Sort::Type && before.ends_with(told) && (go || code.language != Language::Go)
    };
    let interfaces: Vec<&str> = found
        .iter()
        .filter(is_interface)
        .map(|it| it.name.as_str())
        .collect();
    let bodies = bodies(code, found).into_iter();
    let bodies = bodies.filter(|(name, _)| interfaces.contains(&name.as_str()));
    let method = |(name, body): (String, Range<usize>)| {
        let inside = pattern.iter().flat_map(|it| it.captures_iter(&code.bare));
        let inside = inside.filter_map(|it| it.get(1));
        let inside = inside.filter(|it| body.contains(&it.start()));
        let method = |it: regex::Match<'_>| Found {
            name: it.as_str().to_owned(),
            sort: Sort::Function,
            at: it.start(),
            receiver: Some(name.clone()),
        };
        inside.map(method).collect::<Vec<Found>>()
    };
    bodies.flat_map(method).collect()
}
