//! Types and files that are only begun: they have functions, and none of those does anything yet.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::super::super::Tree;
use super::super::code::{Code, Language};
use super::super::variables::{pattern, patterns};
use super::body::bodies;
use super::{Definition, Form, Found, Head, Sort, found};

patterns! {
    NOTHING = r"^\s*(?::[^=\n]+)?=\s*(?:None|null|undefined|nil)[ \t]*;?[ \t]*(?:\n|\z)";
}

/// What functions are called that make a value of their type.
const MAKES: &[&str] = &[
    "__construct",
    "__init__",
    "constructor",
    "initialize",
    "new",
];

/// What classes are called that are there to do something.
const WORKERS: &[&str] = &[
    "Client",
    "Consumer",
    "Controller",
    "Gateway",
    "Handler",
    "Interceptor",
    "Notifier",
    "Processor",
    "Publisher",
    "Repository",
    "Scheduler",
    "Sender",
    "Service",
    "Validator",
    "Worker",
];

impl Head {
    /// Returns whether a type has methods, and none of them does anything yet.
    pub fn is_idle_type(tree: &Tree, name: &str, of: &Definition) -> bool {
        let text = tree.get(&of.origin.path);
        let Some(code) = text.and_then(|text| Code::new(&of.origin.path, text)) else {
            return false;
        };
        let all = found(&code);
        let bodies = bodies(&code, &all);
        are_stubs(&code, &methods(&all, &bodies, name))
    }
}

impl Head {
    /// Returns whether a structure of Rust's or Go's has neither fields nor methods in its file.
    pub fn is_empty_structure(tree: &Tree, name: &str, of: &Definition) -> bool {
        let text = tree.get(&of.origin.path);
        let Some(code) = text.and_then(|text| Code::new(&of.origin.path, text)) else {
            return false;
        };
        let all = found(&code);
        let bodies = bodies(&code, &all);
        let behind = code.bare.get(of.at + name.len()..).unwrap_or_default();
        let mut own = bodies.iter().filter(|(it, _)| it == name);
        let text = |part: &Range<usize>| code.bare.get(part.clone()).unwrap_or_default();
        // A body's part begins behind the name.
        let blank = |part: &Range<usize>| {
            let text = text(part);
            text.split_once('{')
                .map_or(text, |(_, inside)| inside)
                .trim()
                .is_empty()
        };
        matches!(code.language, Language::Rust | Language::Go)
            && !behind.trim_start().starts_with('(')
            && own.all(|(_, part)| blank(part))
            && methods(&all, &bodies, name).is_empty()
    }
}

impl Head {
    /// Returns whether a class that is called like one that works has nothing to do so with: no method but
    /// what makes it, no base, and nothing else in its body.
    pub fn is_idle_worker(tree: &Tree, name: &str, of: &Definition) -> bool {
        let text = tree.get(&of.origin.path);
        let code = text.and_then(|text| Code::new(&of.origin.path, text));
        let Some(code) = code.filter(|_| WORKERS.iter().any(|it| name.ends_with(it))) else {
            return false;
        };
        let Some(head) = Self::read(&code, name, (of.sort, of.at)) else {
            return false;
        };
        let python = code.language == Language::Python;
        let based = !head.bases().is_empty() || !head.is(Form::Class);
        if based
            || matches!(
                code.language,
                Language::Rust | Language::Go | Language::Ruby
            )
        {
            return false;
        }
        let all = found(&code);
        let bodies = bodies(&code, &all);
        let own = bodies
            .iter()
            .find(|(it, part)| it == name && part.end > of.at);
        let inside = own.and_then(|(_, part)| code.bare.get(part.start.max(head.end)..part.end));
        let inside = inside
            .unwrap_or_default()
            .trim_start_matches(['{', ':'])
            .trim();
        let made = python && inside.starts_with("def __init__") && !inside.contains("lambda");
        let empty = ["", "pass", "..."].contains(&inside) || made;
        // Without braces, a class of Kotlin's ends with its line.
        let brace = code
            .bare
            .get(head.end..)
            .is_some_and(|it| it.trim_start().starts_with('{'));
        let bodiless = !python && !brace;
        bodiless || empty && methods(&all, &bodies, name).is_empty()
    }
}

/// Returns whether a value is called like a type, and nothing is given to the name: `Channel = None`.
pub(super) fn is_vacant(code: &Code, it: &Found) -> bool {
    let named = is_type(&it.name) && it.name.contains(char::is_lowercase);
    let behind = code.bare.get(it.at + it.name.len()..).unwrap_or_default();
    it.sort == Sort::Value && named && NOTHING.as_ref().is_some_and(|of| of.is_match(behind))
}

/// Returns whether a file has functions, and none of them does anything yet, nor has it anything else.
pub(in super::super) fn is_idle_file(code: &Code) -> bool {
    let all = found(code);
    let bodies = bodies(code, &all);
    let mut values = all
        .iter()
        .filter(|it| matches!(it.sort, Sort::Value | Sort::Table));
    let mut types = all.iter().filter(|it| it.sort == Sort::Type);
    // What makes a value of a type elsewhere is a component here.
    let script = code.language == Language::Script;
    let own = |it: &Found| is_function(it, if script { "" } else { &it.name });
    let functions: Vec<&Found> = all.iter().filter(|it| own(it)).collect();
    let sql = code.language == Language::Sql;
    !sql && values.next().is_none()
        && types.all(|it| !methods(&all, &bodies, &it.name).is_empty())
        && are_stubs(code, &functions)
}

fn methods<'f>(all: &'f [Found], bodies: &[(String, Range<usize>)], name: &str) -> Vec<&'f Found> {
    let inside = |it: &&Found| {
        let mut own = bodies.iter().filter(|(of, _)| of == name);
        own.any(|(_, body)| body.contains(&it.at)) || it.receiver.as_deref() == Some(name)
    };
    all.iter()
        .filter(|it| is_function(it, name))
        .filter(inside)
        .collect()
}

/// Whether it is a function that doesn't only make a value of a type.
fn is_function(it: &Found, of: &str) -> bool {
    it.sort == Sort::Function
        && !MAKES.contains(&it.name.as_str())
        && (it.name != of || !is_type(of))
}

fn is_type(name: &str) -> bool {
    name.starts_with(char::is_uppercase)
}

fn are_stubs(code: &Code, functions: &[&Found]) -> bool {
    let stub = |it: &&Found| {
        let head = Head::read(code, &it.name, (it.sort, it.at));
        head.is_some_and(|it| it.is_stub())
    };
    !functions.is_empty() && functions.iter().all(stub)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::Definitions;
    use super::*;

    #[test]
    fn a_type_whose_methods_do_nothing_is_idle() {
        for (path, source, idle) in [
            (
                "A.java",
                "class A {\n    A(B b) { this.b = b; }\n    void send() {\n        // TODO\n    }\n}\n",
                true,
            ),
            (
                "A.java",
                "class A {\n    void send() {\n    }\n    int count() { return n; }\n}\n",
                false,
            ),
            ("A.java", "interface A {\n    void send();\n}\n", false),
            (
                "A.kt",
                "data class A(val b: Int)\n\nclass B {\n    fun send() {\n    }\n}\n",
                false,
            ),
            (
                "a.py",
                "class A:\n    def __init__(self, b):\n        self.b = b\n\n    def send(self):\n        raise NotImplementedError\n",
                true,
            ),
            ("a.py", "class A(Base):\n    x = 1\n", false),
            (
                "a.rs",
                "struct A;\nimpl A {\n    fn send(&self) { todo!() }\n}\n",
                true,
            ),
            (
                "a.go",
                "type A struct{ x int }\n\nfunc (a *A) Send() error {\n\treturn nil\n}\n",
                true,
            ),
            ("a.go", "type A struct{ x int }\n", false),
        ] {
            let tree = Tree::from_iter([(path, source)]);
            let all = Definitions::of(&tree);
            let mut found = all.named("A").iter();
            let found = found.find(|it| it.sort == Sort::Type).expect(source);
            assert_eq!(Head::is_idle_type(&tree, "A", found), idle, "{source}");
        }
    }

    #[test]
    fn a_class_that_is_to_work_has_something_to_do_so_with() {
        for (path, name, source, idle) in [
            (
                "A.kt",
                "ApiHandler",
                "package a\n\n@RestControllerAdvice\nclass ApiHandler\n",
                true,
            ),
            (
                "A.kt",
                "ApiClient",
                "class ApiClient(val url: String)\n",
                true,
            ),
            (
                "A.java",
                "ApiHandler",
                "public class ApiHandler {\n}\n",
                true,
            ),
            (
                "a.py",
                "LoanRepository",
                "class LoanRepository:\n    def __init__(self, db):\n        self.db = db\n",
                true,
            ),
            (
                "a.py",
                "LoanService",
                "class LoanService:\n    pass\n",
                true,
            ),
            ("a.ts", "MailSender", "export class MailSender {}\n", true),
        ] {
            worker(path, name, source, idle);
        }
    }

    #[track_caller]
    fn worker(path: &str, name: &str, source: &str, idle: bool) {
        let tree = Tree::from_iter([(path, source)]);
        let all = Definitions::of(&tree);
        let mut found = all.named(name).iter();
        let found = found.find(|it| it.sort == Sort::Type).expect(source);
        assert_eq!(Head::is_idle_worker(&tree, name, found), idle, "{source}");
    }

    #[test]
    fn a_class_with_a_base_or_a_method_may_work() {
        for (path, name, source, idle) in [
            (
                "A.kt",
                "ApiHandler",
                "class ApiHandler : ResponseEntityExceptionHandler()\n",
                false,
            ),
            (
                "A.kt",
                "ApiHandler",
                "class ApiHandler(val a: A) {\n  fun handle() = a.run()\n}\n",
                false,
            ),
            (
                "A.java",
                "LoanRepository",
                "public interface LoanRepository {\n}\n",
                false,
            ),
            (
                "a.py",
                "LoanService",
                "class LoanService:\n    def __init__(self):\n        self.a = 1\n\n    def lend(self):\n        return run()\n",
                false,
            ),
            (
                "a.ts",
                "MailSender",
                "class MailSender {\n  send = async (to: string) => post(to);\n}\n",
                false,
            ),
            ("A.kt", "Branch", "class Branch\n", false),
        ] {
            worker(path, name, source, idle);
        }
    }

    #[test]
    fn a_structure_has_fields_or_methods() {
        for (path, source, empty) in [
            ("a.rs", "pub struct A {}\n", true),
            ("a.rs", "pub struct A;\n", true),
            ("a.rs", "pub struct A(u8);\n", false),
            ("a.rs", "pub struct A { id: u8 }\n", false),
            (
                "a.rs",
                "struct A;\nimpl A {\n    fn send(&self) { run() }\n}\n",
                false,
            ),
            ("a.go", "type A struct {\n}\n", true),
            ("a.go", "type A struct {\n\tid int\n}\n", false),
            ("A.java", "class A {\n}\n", false),
        ] {
            let tree = Tree::from_iter([(path, source)]);
            let all = Definitions::of(&tree);
            let found = all.named("A").first().expect(source);
            assert_eq!(
                Head::is_empty_structure(&tree, "A", found),
                empty,
                "{source}"
            );
        }
    }

    #[test]
    fn a_type_to_which_nothing_is_given_is_no_type() {
        for (path, source, found) in [
            ("a.py", "PushChannel = None\n", false),
            ("a.py", "PushChannel: type | None = None\n", false),
            ("a.py", "PushChannel = SmsChannel\n", true),
            ("a.py", "PushChannel = None or Sms()\n", true),
            ("a.ts", "export const PushChannel = null;\n", false),
            ("a.ts", "export const PushChannel = new Sms();\n", true),
        ] {
            let tree = Tree::from_iter([(path, source)]);
            let definitions = Definitions::of(&tree);
            assert_eq!(
                !definitions.named("PushChannel").is_empty(),
                found,
                "{source}"
            );
        }
        let tree = Tree::from_iter([("a.py", "CHANNEL = None\n")]);
        assert!(!Definitions::of(&tree).named("CHANNEL").is_empty());
    }

    #[test]
    fn a_file_whose_functions_do_nothing_is_idle() {
        for (path, source, idle) in [
            (
                "a.rs",
                "pub async fn run() {\n    // TODO: every 10 minutes\n}\n",
                true,
            ),
            (
                "a.rs",
                "pub struct Trip { id: u8 }\n\nfn assign() { todo!() }\n",
                false,
            ),
            (
                "a.rs",
                "pub const A: u8 = 1;\nfn assign() { todo!() }\n",
                false,
            ),
            ("a.py", "def a():\n    pass\n\ndef b():\n    run()\n", false),
            ("a.py", "run()\n", false),
            (
                "a.tsx",
                "import React from 'react';\n\nexport function LoginPage() {\n  return null;\n}\n",
                true,
            ),
            (
                "a.tsx",
                "export function LoginPage() {\n  return <></>;\n}\n",
                true,
            ),
            (
                "a.tsx",
                "export function LoginPage() {\n  return <LoginForm />;\n}\n",
                false,
            ),
        ] {
            let code = Code::new(path, &Arc::from(source)).expect(source);
            assert_eq!(is_idle_file(&code), idle, "{source}");
        }
    }
}
