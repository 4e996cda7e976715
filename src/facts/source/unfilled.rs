//! What files say beside their comments: some that are there say nothing yet, or have no test where
//! they are called like tests, and some that were changed say the same as before.

mod begun;
mod comments;
mod frame;
mod tested;

use std::fmt;
use std::sync::{Arc, LazyLock};

use regex::Regex;

use super::super::Tree;
use super::super::paths;
use super::code::{Code, Language};
use super::stand_ins::{is_named_test, is_test_class};
use super::symbols::{Definition, Definitions, is_idle_file};
use super::variables::{pattern, patterns};

patterns! {
    HEADS = r"(?m)^[ \t]*(?:<\?php|package\s+[\w.]+;?|namespace\s+[\w.\\]+;?|declare\s*\([^)]*\);)[ \t]*$";
}

/// What a file that is there lacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unfilled {
    /// It holds nothing but comments.
    Comments,
    /// It is only begun: what is in it does nothing yet.
    Begun,
    /// It is called like tests, and has none.
    Tests,
}

impl fmt::Display for Unfilled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Comments => "holds nothing but comments",
            Self::Begun => "is only begun: nothing in it says or does anything yet",
            Self::Tests => "is called like tests, and has none yet that runs and may fail",
        })
    }
}

/// Returns whether two texts of a file say the same: they differ by no more than comments, blank
/// lines and what stands at the ends of lines.
pub fn says_the_same(path: &str, before: &str, now: &str) -> bool {
    let said = |text: &str| -> Vec<String> {
        let text = comments::said(path, text).unwrap_or_else(|| text.to_owned());
        let lines = text.lines().map(str::trim_end).filter(|it| !it.is_empty());
        lines.map(str::to_owned).collect()
    };
    said(before) == said(now)
}

/// Returns what a file lacks, as far as its kind is known.
pub fn unfilled(path: &str, text: &Arc<str>) -> Option<Unfilled> {
    let said = comments::said(path, text)?;
    let code = Code::new(path, text).filter(|_| comments::is_source(path));
    let bare = HEADS.as_ref().filter(|_| code.is_some());
    let bare = bare.map_or(said.as_str().into(), |it| it.replace_all(&said, ""));
    let mut lines = bare.lines().map(str::trim);
    if lines.all(|it| it.is_empty() || comments::is_directive(it)) {
        return Some(Unfilled::Comments);
    }
    let code = code.as_ref();
    if code.is_some_and(|code| is_of_tests(code) && !tested::has_test(code)) {
        return Some(Unfilled::Tests);
    }
    let begun = begun::is_begun(path, &said, code) || code.is_some_and(is_idle_file);
    begun.then_some(Unfilled::Begun)
}

/// Whether a file is called like tests.
fn is_of_tests(code: &Code) -> bool {
    let name = paths::file_name(&code.path);
    let named = is_named_test(&code.path) && name != "conftest.py";
    named || is_test_class(name) || is_rust_test(code)
}

/// Returns whether a test of that name runs and may fail, a function or a class of tests, as far as its
/// language tells.
pub fn is_filled_test(tree: &Tree, name: &str, of: &Definition) -> bool {
    let path = &of.origin.path;
    let Some(code) = tree.get(path).and_then(|text| Code::new(path, text)) else {
        return true;
    };
    let Some(part) = Definitions::whole(&code, name, of) else {
        return true;
    };
    let blank = |text: &str| -> String {
        let blank = |it: char| if it == '\n' { '\n' } else { ' ' };
        text.chars().map(blank).collect()
    };
    let pieces = (code.text.get(..part.start), code.text.get(part.clone()));
    let (Some(before), Some(own)) = pieces else {
        return true;
    };
    // What it has done by another function of its file may fail as well.
    let helpers = Definitions::called(&code, own);
    let alone: Arc<str> = Arc::from(format!("{}{own}\n{helpers}", blank(before)));
    Code::new(path, &alone).is_none_or(|code| tested::has_test(&code))
}

/// Whether a file is one of Rust's tests, which are told by their folder; a module beside them is none.
fn is_rust_test(code: &Code) -> bool {
    let folder = paths::folder(&code.path).rsplit('/').next();
    code.language == Language::Rust
        && folder == Some("tests")
        && paths::file_name(&code.path) != "mod.rs"
}

#[cfg(test)]
mod tests {
    use super::{Unfilled, says_the_same, unfilled};
    use std::sync::Arc;

    #[test]
    fn comments_alone_fill_no_file() {
        for (path, text) in [
            ("tests/test_a.py", "# TODO: write tests\n"),
            ("a.py", "\"\"\"Fines.\"\"\"\n"),
            ("a_test.go", "package a\n\n// todo\n"),
            (
                "A.php",
                "<?php\n\ndeclare(strict_types=1);\n\nnamespace App;\n\n// later\n",
            ),
            ("db/0006_indexes.sql", "-- indexes\n"),
            (".github/workflows/ci.yml", "# later\n\n# on: push\n"),
            ("a.ts", "/* later */\n"),
            ("portal/.env.example", "# copy to .env\n"),
            ("a/Dockerfile.dev", "# syntax=docker/dockerfile:1\n# todo\n"),
            ("Makefile", "#nothing\n"),
            ("ops/g.ini", "; todo\n"),
            ("ops/i.xml", "<!-- todo -->\n"),
            ("views/h.blade.php", "{{-- todo --}}\n"),
            ("App.vue", "<!-- later -->\n"),
            ("build.gradle.kts", "// later\n"),
            ("requirements-dev.txt", "# none yet\n"),
            ("docs/a.md", "<!-- todo -->\n"),
        ] {
            assert_eq!(
                unfilled(path, &Arc::from(text)),
                Some(Unfilled::Comments),
                "{path}"
            );
        }
        for (path, text) in [
            ("a.py", "x = 1\n"),
            ("docs/a.md", "# Title\n\nText.\n"),
            ("a.go", "package a\n\nconst A = 1\n"),
            ("ci.yml", "# ci\non: push\n"),
        ] {
            assert_eq!(unfilled(path, &Arc::from(text)), None, "{path}");
        }
    }

    #[test]
    fn comments_and_blank_lines_say_nothing_new() {
        for (path, before, now, same) in [
            ("a.rs", "fn a() {}\n", "fn a() {}\n\n// later\n", true),
            ("a.go", "x := 1 // one\r\n", "x := 1\n", true),
            (
                "a.py",
                "def a():\n    run()\n",
                "def a():\n        run()\n",
                false,
            ),
            (
                "a.ts",
                "const url = 'http://a';\n",
                "const url = 'http://b';\n",
                false,
            ),
            ("ci.yml", "on: push\n", "# later\non: push\n", true),
            ("README.md", "# A\n", "# A\n\n## B\n", false),
            ("README.md", "# A\n", "# A\n\n", true),
            (".env.example", "A=1\n", "A=1\nB=\n", false),
            ("a.vue", "<b/>\n", "<b/>\n<!-- dark: later -->\n", true),
            ("build.gradle.kts", "a()\n", "// upgrade later\na()\n", true),
            (
                "requirements.txt",
                "gunicorn\n",
                "gunicorn  # pin me\n",
                true,
            ),
            ("docs/a.md", "# A\n", "# A\n<!-- todo -->\n", true),
            (
                "a.blade.php",
                "<b>it's</b>\n",
                "{{-- x --}}\n<b>it's</b>\n",
                true,
            ),
            ("a.yml", "a: http://b\n", "a: http://b#c\n", false),
            ("a.yml", "a: b\n", "a: b # later\n", true),
            ("a.sh", "#!/bin/sh\na\n", "#!/bin/bash\na\n", false),
            ("Dockerfile", "FROM a\n", "# later\nFROM a\n", true),
        ] {
            assert_eq!(says_the_same(path, before, now), same, "{path}: {now}");
        }
    }
}
