//! What files say beside their comments: some that are there say nothing yet, or have no test where
//! they are called like tests, and some that were changed say the same as before.

use std::fmt;
use std::sync::{Arc, LazyLock};

use regex::Regex;

use super::super::paths;
use super::code::{Code, Language};
use super::stand_ins::{is_named_test, is_test_class};
use super::variables::{pattern, patterns};

patterns! {
    HEADS = r"(?m)^[ \t]*(?:<\?php|package\s+[\w.]+;?|namespace\s+[\w.\\]+;?|declare\s*\([^)]*\);)[ \t]*$";
    PY_TEST = r"\b(?:def\s+test|class\s+Test)\w*|\bTestCase\b|@given\b|\bscenarios\(";
    JS_TEST = r"\b(?:it|test|specify|describe|Deno\.test|bench)(?:\.\w+)*\s*[(`]";
    GO_TEST = r"\bfunc\s+(?:\([^)]*\)\s*)?(?:Test|Benchmark|Fuzz|Example)\w*\s*\(|\bDescribe\(";
    RUST_TEST = r"#\[[\w:]*(?:test|rstest|case|bench)\w*[^\]]*\]|\bproptest!";
    JVM_TEST = r"@(?:\w+)?Test\b|@(?:ParameterizedTest|RepeatedTest|Property|Theory)\b|\b(?:Fun|String|Describe|Behavior|Should|Free|Word|Feature|Annotation)Spec\b|\bArchTest\b";
    CS_TEST = r"\[\s*(?:Fact|Theory|Test|TestCase|TestMethod|Property|Benchmark)\b";
    PHP_TEST = r"\bfunction\s+test\w*|#\[(?:Test|DataProvider)\b|\b(?:it|test|arch)\(";
    RUBY_TEST = r"\b(?:it|test|specify|describe|scenario)\b|\bdef\s+test_";
}

/// Endings of files without a language of their own here, whose comments begin with `#`.
const HASHED: &[&str] = &[
    "cfg",
    "conf",
    "env",
    "ini",
    "properties",
    "sh",
    "tf",
    "toml",
    "yaml",
    "yml",
];

/// What a file that is there lacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unfilled {
    /// It holds nothing but comments.
    Comments,
    /// It is called like tests, and has none.
    Tests,
}

impl fmt::Display for Unfilled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Comments => "holds nothing but comments",
            Self::Tests => "is called like tests, and has none yet",
        })
    }
}

/// Returns whether two texts of a file say the same: they differ by no more than comments, blank
/// lines and what stands at the ends of lines.
pub fn says_the_same(path: &str, before: &str, now: &str) -> bool {
    let said = |text: &str| -> Vec<String> {
        let code = Code::new(path, &Arc::from(text));
        let hashed = code.is_none() && is_hashed(path);
        let text = code.map_or_else(|| text.to_owned(), |code| code.text);
        let lines = text.lines().map(str::trim_end);
        let lines =
            lines.filter(|it| !(it.is_empty() || hashed && it.trim_start().starts_with('#')));
        lines.map(str::to_owned).collect()
    };
    said(before) == said(now)
}

/// Returns whether comments begin with `#` in a file without a language of its own here.
fn is_hashed(path: &str) -> bool {
    let ending = paths::file_name(path).rsplit('.').next();
    ending.is_some_and(|it| HASHED.contains(&it))
}

/// Returns what a file lacks, as far as its kind is known.
pub fn unfilled(path: &str, text: &Arc<str>) -> Option<Unfilled> {
    let Some(code) = Code::new(path, text) else {
        let mut lines = text.lines().map(str::trim).filter(|it| !it.is_empty());
        return (is_hashed(path) && lines.all(|it| it.starts_with('#')))
            .then_some(Unfilled::Comments);
    };
    let bare = HEADS.as_ref().map(|it| it.replace_all(&code.text, ""));
    if bare.is_some_and(|it| it.trim().is_empty()) {
        return Some(Unfilled::Comments);
    }
    let tests = is_named_test(path) && paths::file_name(path) != "conftest.py";
    let lacks = (tests || is_test_class(paths::file_name(path))) && !has_test(&code);
    lacks.then_some(Unfilled::Tests)
}

fn has_test(code: &Code) -> bool {
    let pattern: &LazyLock<Option<Regex>> = match code.language {
        Language::Python => &PY_TEST,
        Language::Script => &JS_TEST,
        Language::Go => &GO_TEST,
        Language::Rust => &RUST_TEST,
        Language::Java => &JVM_TEST,
        Language::CSharp => &CS_TEST,
        Language::Php => &PHP_TEST,
        Language::Ruby => &RUBY_TEST,
        Language::Sql => return true,
    };
    pattern.as_ref().is_none_or(|it| it.is_match(&code.bare))
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
        ] {
            assert_eq!(
                unfilled(path, &Arc::from(text)),
                Some(Unfilled::Comments),
                "{path}"
            );
        }
        for (path, text) in [
            ("a.py", "x = 1\n"),
            ("docs/a.md", "# Title\n"),
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
        ] {
            assert_eq!(says_the_same(path, before, now), same, "{path}: {now}");
        }
    }

    #[test]
    fn what_is_called_like_tests_has_one() {
        for (path, text, lacks) in [
            ("tests/test_a.py", "import pytest\n", true),
            (
                "tests/test_a.py",
                "async def test_a():\n    assert 1\n",
                false,
            ),
            ("tests/conftest.py", "import pytest\n", false),
            ("tests/helpers.py", "x = 1\n", false),
            ("a.test.ts", "import { a } from './a';\n", true),
            ("a.test.ts", "test.each([1])('a', () => {});\n", false),
            (
                "a.spec.ts",
                "describe('a', () => { it('b', () => {}); });\n",
                false,
            ),
            ("a_test.go", "package a\n\ntype fake struct{}\n", true),
            (
                "a_test.go",
                "package a\n\nfunc TestA(t *testing.T) {\n}\n",
                false,
            ),
            ("SlotTest.java", "class SlotTest {\n}\n", true),
            (
                "SlotTest.java",
                "class SlotTest {\n  @Test\n  void a() {}\n}\n",
                false,
            ),
            ("IsbnTest.kt", "class IsbnTest : FunSpec({})\n", false),
            ("SlotTests.cs", "public class SlotTests { }\n", true),
            (
                "SlotTests.cs",
                "public class SlotTests {\n  [Fact]\n  public void A() {}\n}\n",
                false,
            ),
            (
                "SlotTest.php",
                "<?php\nclass SlotTest { public function testA() {} }\n",
                false,
            ),
            ("slot_test.rb", "class SlotTest\nend\n", true),
        ] {
            let found = unfilled(path, &Arc::from(text));
            assert_eq!(found, lacks.then_some(Unfilled::Tests), "{path}: {text}");
        }
    }
}
