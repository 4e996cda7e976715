//! What is there to do nothing, and says so by its name: null objects (`NopStore`, `NullNotifier`),
//! and functions such as `noop()`. An empty body is all that they need.

use std::sync::LazyLock;

use regex::Regex;

use super::super::code::{Code, Language};
use super::super::variables::{pattern, patterns};
use super::Definitions;
use super::stub::is;

patterns! {
    // What only discards may have to discard something of somebody's (`DiscardDraft`).
    TYPE = r"^(?:Nop|Noop|NoOp|Null)(?:[A-Z_]\w*)?$|^Discard(?:ing)?(?:Bus|Cache|Events|Handler|Log|Logger|Mailer|Metrics|Notifier|Output|Publisher|Recorder|Reporter|Sender|Sink|Store|Tracer|Writer)$";
    ABOUT_NULL = r"^Null(?:able|Check|Coalesc|Filter|Guard|Handl|Safe|Valid|Value)";
    FUNCTION = r"^(?:noop|nop|no_op|noOp)(?:[A-Z_]\w*)?$";
    GO_FUNCTION = r"^(?:Noop|Nop|NoOp)(?:[A-Z_]\w*)?$";
    RECEIVER = r"\bfunc\s+\(\s*(?:\w+\s+)?\*?(\w+)(?:\[[^\]]*\])?\s*\)\s*$";
}

/// Returns whether a function whose name stands at a place is there to do nothing: by its own name, or
/// by that of the type that it belongs to.
pub(super) fn is_of_null_object(code: &Code, at: usize) -> bool {
    let before = code.bare.get(..at).unwrap_or_default();
    let name = called(code, at);
    let go = code.language == Language::Go;
    if is(&FUNCTION, name) || go && before.ends_with("func ") && is(&GO_FUNCTION, name) {
        return true;
    }
    let line = before.rsplit('\n').next().unwrap_or_default();
    let receiver = RECEIVER.as_ref().filter(|_| go);
    let receiver = receiver.and_then(|it| Some(it.captures(line)?[1].to_owned()));
    let owner = receiver.or_else(|| Definitions::beside(code, at, at).owner);
    owner.is_some_and(|it| is(&TYPE, &it) && !is(&ABOUT_NULL, &it))
}

/// Returns the name that stands at a place.
pub(super) fn called(code: &Code, at: usize) -> &str {
    let rest = code.bare.get(at..).unwrap_or_default();
    let end = rest.find(|it: char| !(it.is_alphanumeric() || it == '_'));
    rest.get(..end.unwrap_or(rest.len())).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::super::Definitions;
    use crate::facts::Tree;

    #[track_caller]
    fn check(path: &str, source: &str, done: bool) {
        let tree = Tree::from_iter([(path, source)]);
        let all = Definitions::of(&tree);
        for name in ["send", "noop", "Noop"] {
            for found in all.named(name) {
                let head = Definitions::head(&tree, name, found).unwrap();
                assert_eq!(head.is_implemented(), done, "{source}");
            }
        }
        let named = ["send", "noop", "Noop"].map(|it| all.named(it).len());
        assert!(named.iter().sum::<usize>() > 0, "{source}");
    }

    #[test]
    fn what_is_called_like_doing_nothing_is_whole_without_a_body() {
        for (path, source) in [
            (
                "a.go",
                "type NopStore struct{}\n\nfunc (NopStore) send(ctx context.Context, id int) error { return nil }\n",
            ),
            ("a.go", "func Noop(http.ResponseWriter, *http.Request) {}\n"),
            (
                "a.kt",
                "class NullNotifier : Notifier {\n    override fun send(phone: String, text: String) = Unit\n}\n",
            ),
            (
                "a.kt",
                "object NoOpNotifier : Notifier {\n    override fun send(phone: String, text: String) {}\n}\n",
            ),
            (
                "a.py",
                "class NullSender:\n    def send(self, to):\n        pass\n",
            ),
            ("a.ts", "export const noop = () => {};\n"),
            ("a.ts", "export function noop(): void {}\n"),
            (
                "a.ts",
                "export class DiscardSink {\n  send(to: string): void {}\n}\n",
            ),
            (
                "a.rs",
                "struct NullSink;\nimpl Sink for NullSink {\n    fn send(&self, to: &str) {}\n}\n",
            ),
        ] {
            check(path, source, true);
        }
    }

    #[test]
    fn what_is_to_be_made_or_only_stands_beside_it_does_nothing() {
        for (path, source) in [
            (
                "a.go",
                "func (NopStore) send(id int) error { panic(\"not implemented\") }\n",
            ),
            (
                "a.go",
                "func (NopStore) send(id int) error {\n\t// TODO\n\treturn nil\n}\n",
            ),
            (
                "a.kt",
                "class NullNotifier {\n    fun send(phone: String) = TODO()\n}\n",
            ),
            (
                "a.kt",
                "class NullNotifier {\n    fun other() = Unit\n}\n\nclass Mailer {\n    fun send(to: String) {}\n}\n",
            ),
            (
                "a.py",
                "class NullSender:\n    def send(self, to):\n        raise NotImplementedError\n",
            ),
            (
                "a.py",
                "class FakeSender:\n    def send(self, to):\n        pass\n",
            ),
            (
                "a.ts",
                "export class MockSender {\n  send(to: string): void {}\n}\n",
            ),
            (
                "a.ts",
                "export class DiscardDraft {\n  send(to: string): void {}\n}\n",
            ),
            (
                "a.ts",
                "export class NullableSender {\n  send(to: string): void {}\n}\n",
            ),
            (
                "a.ts",
                "export const noop = () => { throw new Error('not implemented'); };\n",
            ),
        ] {
            check(path, source, false);
        }
    }
}
