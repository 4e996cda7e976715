//! Methods that are only promised by an interface, in languages that write those in another way than others.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::super::code::{Code, Language};
use super::super::variables::{pattern, patterns};
use super::body::bodies;
use super::{Found, Sort};

patterns! {
    GO_PROMISE = r"(?m)(?:^[ \t]+|[;{][ \t]*)([A-Za-z]\w*)\(";
    JS_PROMISE = r"(?m)(?:^[ \t]+|[;{][ \t]*)([A-Za-z]\w*)\??(?:<[^>(]*>)?\(";
    TYPED_PROMISE = r"[;{}]\s*(?:@\w+(?:\([^)\n]*\))?\s+)*(?:(?:public|abstract)\s+)*(?:<[^>(]*>\s*)?[A-Za-z][\w.]*(?:<[^(){};=]*>)?[\[\]?]*\s+(\w+)\s*(?:<[^>(]*>)?\([^;{}]*\)\s*(?:throws\s+[\w., ]+)?;";
}

/// Methods that interfaces of Go's, Java's, C#'s and of scripts promise; elsewhere they are written as
/// others are.
pub(super) fn promises(code: &Code, found: &[Found]) -> Vec<Found> {
    let (pattern, told) = match code.language {
        Language::Go => (&GO_PROMISE, "type"),
        Language::Script => (&JS_PROMISE, "interface"),
        Language::Java | Language::CSharp => (&TYPED_PROMISE, "interface"),
        Language::Python | Language::Rust | Language::Ruby | Language::Php | Language::Sql => {
            return Vec::new();
        }
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
        // What a method with a body of its own says is no promise.
        let depth = |at: usize| {
            let before = code.bare.get(body.start..at).unwrap_or_default();
            before.matches('{').count()
                - before.matches('}').count().min(before.matches('{').count())
        };
        let inside = inside.filter(|it| depth(it.start()) <= 1);
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

#[cfg(test)]
mod tests {
    use super::super::Definitions;
    use crate::facts::Tree;

    #[test]
    fn methods_of_interfaces_are_promised_on_a_line_or_on_lines_of_their_own() {
        for (path, source) in [
            ("Clock.java", "public interface Clock { Instant now(); }\n"),
            (
                "Clock.java",
                "public interface Clock {\n    @Deprecated\n    List<Meter> now(Long id) throws Late;\n}\n",
            ),
            (
                "Clock.cs",
                "public interface Clock\n{\n    Task<long> now(int id);\n}\n",
            ),
            ("clock.ts", "export interface Clock { now(): Date }\n"),
            (
                "clock.go",
                "package a\n\ntype Clock interface{ now() int }\n",
            ),
        ] {
            let tree = Tree::from_iter([(path, source)]);
            let all = Definitions::of(&tree);
            let found = all.named("now").first().expect(source);
            assert!(found.promised, "{source}");
            assert_eq!(found.within.as_deref(), Some("Clock"), "{source}");
        }
    }

    #[test]
    fn a_call_in_a_default_method_promises_nothing() {
        let source =
            "interface Clock {\n  default int a() {\n    b();\n    return now();\n  }\n}\n";
        let tree = Tree::from_iter([("Clock.java", source)]);
        assert!(Definitions::of(&tree).named("now").is_empty());
    }
}
