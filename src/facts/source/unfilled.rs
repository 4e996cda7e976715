//! Files that are there and hold nothing yet: nothing but comments, or no test where one is called
//! like tests.

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

/// Returns what a file lacks, as far as its kind is known.
pub fn unfilled(path: &str, text: &Arc<str>) -> Option<Unfilled> {
    let Some(code) = Code::new(path, text) else {
        let mut lines = text.lines().map(str::trim).filter(|it| !it.is_empty());
        let ending = paths::file_name(path).rsplit('.').next();
        let hashed = ending.is_some_and(|it| HASHED.contains(&it));
        return (hashed && lines.all(|it| it.starts_with('#'))).then_some(Unfilled::Comments);
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
    use super::{Unfilled, unfilled};
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
