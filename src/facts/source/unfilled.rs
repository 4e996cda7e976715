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
    PY_TEST = r"\bdef\s+test\w*|@given\b|\bscenarios\(";
    PY_SKIP = r"@(?:pytest\.mark|unittest)\.(?:skip|xfail|expectedFailure)|\b(?:pytest\.skip|skipTest)\(";
    JS_TEST = r"(?:^|[^.\w])(?:it|test|specify|Deno\.test|bench)(?:\.(?:only|each|concurrent|failing|serial|step))*\s*[(`]";
    JS_SKIP = r"\bthis\.skip\(|\bctx\.skip\(";
    GO_TEST = r"\bfunc\s+(?:\([^)]*\)\s*)?(?:Test|Benchmark|Fuzz|Example)\w*\s*\(|\b(?:It|DescribeTable)\(";
    GO_SKIP = r"\.Skip(?:f|Now)?\(";
    RUST_TEST = r"#\[[\w:]*(?:test|rstest|bench)\w*[^\]]*\]|\bproptest!";
    RUST_SKIP = r"#\[ignore\b";
    JVM_TEST = r"@(?:\w+)?Test\b|@(?:ParameterizedTest|RepeatedTest|Property|Theory)\b|\b(?:Fun|String|Describe|Behavior|Should|Free|Word|Feature|Annotation)Spec\b|\bArchTest\b";
    JVM_SKIP = r"@(?:Disabled|Ignore)\b";
    CS_TEST = r"\[\s*(?:Fact|Theory|Test|TestCase|TestMethod|Property|Benchmark)\b";
    CS_SKIP = r"\bSkip\s*=|\[\s*Ignore\b";
    PHP_TEST = r"\bfunction\s+test\w*|#\[Test\b|\b(?:it|test|arch)\(";
    PHP_SKIP = r"\bmarkTest(?:Incomplete|Skipped)\(|->(?:skip|todo)\(";
    RUBY_TEST = r"(?m)^[ \t]*(?:it|test|specify|scenario)\b|\bdef\s+test_";
    RUBY_SKIP = r"(?m)^[ \t]*(?:skip|pending)\b";
    IMPORTS = r"(?m)^[ \t]*(?:import|from|use|using|package|require)\b[^\n]*$";
    NEVER_FAILS = r"(?i)\bassert\s+(?:True|1)\b|\b(?:assert|expect)\w*(?:\.\w+)?\(\s*true\s*\)(?:\.\w+)*(?:\(\s*(?:true)?\s*\))?";
    FAILS = r"(?i)assert|expect|should|verify|require|must|check|snapshot|raises|fail|fatal|error|equal|match|ensure|diff|panics|throws|unwrap|@given|scenarios|@property|spec\b|archtest";
}

type Pattern = &'static LazyLock<Option<Regex>>;

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
            Self::Tests => "is called like tests, and has none yet that runs and may fail",
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

/// Returns whether a file has more tests than it skips, and says anywhere how one fails.
fn has_test(code: &Code) -> bool {
    let (tests, skips): (Pattern, Pattern) = match code.language {
        Language::Python => (&PY_TEST, &PY_SKIP),
        Language::Script => (&JS_TEST, &JS_SKIP),
        Language::Go => (&GO_TEST, &GO_SKIP),
        Language::Rust => (&RUST_TEST, &RUST_SKIP),
        Language::Java => (&JVM_TEST, &JVM_SKIP),
        Language::CSharp => (&CS_TEST, &CS_SKIP),
        Language::Php => (&PHP_TEST, &PHP_SKIP),
        Language::Ruby => (&RUBY_TEST, &RUBY_SKIP),
        Language::Sql => return true,
    };
    let count = |it: Pattern| it.iter().map(|it| it.find_iter(&code.bare).count()).sum();
    let (tests, skips): (usize, usize) = (count(tests), count(skips));
    let without = |text: &str, it: Pattern| {
        let blanked = it.as_ref().map(|it| it.replace_all(text, " ").into_owned());
        blanked.unwrap_or_default()
    };
    let rest = without(&without(&code.bare, &IMPORTS), &NEVER_FAILS);
    tests > skips && FAILS.as_ref().is_none_or(|it| it.is_match(&rest))
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
        for (path, text) in [
            (
                "tests/test_a.py",
                "async def test_a():\n    assert a() == 1\n",
            ),
            ("tests/conftest.py", "import pytest\n"),
            ("tests/helpers.py", "x = 1\n"),
            (
                "tests/test_a.py",
                "@pytest.mark.skip\ndef test_a():\n    assert a()\n\ndef test_b():\n    assert b()\n",
            ),
            (
                "a.test.ts",
                "test.each([1])('a', (n) => { expect(n).toBe(1); });\n",
            ),
            (
                "a.spec.ts",
                "describe('a', () => { it('b', () => { b().should.equal(1); }); });\n",
            ),
            (
                "a_test.go",
                "package a\n\nfunc TestA(t *testing.T) {\n\tif a() != 1 {\n\t\tt.Fatal()\n\t}\n}\n",
            ),
            (
                "SlotTest.java",
                "class SlotTest {\n  @Test\n  void a() { assertThat(a()).isOne(); }\n}\n",
            ),
            (
                "IsbnTest.kt",
                "class IsbnTest : FunSpec({\n  test(\"a\") { a() shouldBe 1 }\n})\n",
            ),
            (
                "SlotTests.cs",
                "public class SlotTests {\n  [Fact]\n  public void A() { Assert.True(A()); }\n}\n",
            ),
            (
                "SlotTest.php",
                "<?php\nclass SlotTest { public function testA() { $this->assertSame(1, a()); } }\n",
            ),
        ] {
            assert_eq!(unfilled(path, &Arc::from(text)), None, "{path}: {text}");
        }
    }

    #[test]
    fn tests_that_are_skipped_or_cant_fail_are_none() {
        for (path, text) in [
            ("tests/test_a.py", "import pytest\n"),
            (
                "tests/test_a.py",
                "@pytest.mark.skip\ndef test_a():\n    assert False\n",
            ),
            ("tests/test_a.py", "def test_a():\n    assert True\n"),
            ("tests/test_a.py", "def test_a():\n    pass\n"),
            (
                "a.test.ts",
                "import { expect, it } from 'vitest';\nit('a', () => {});\n",
            ),
            (
                "a.test.ts",
                "it.todo('a');\nit.skip('b', () => { expect(1).toBe(2); });\n",
            ),
            (
                "a.test.ts",
                "describe('a', () => { expect(1).toBe(1); });\n",
            ),
            (
                "a.test.ts",
                "it('a', () => { expect(true).toBe(true); });\n",
            ),
            ("a_test.go", "package a\n\ntype fake struct{}\n"),
            (
                "a_test.go",
                "package a\n\nfunc TestA(t *testing.T) {\n\tt.Skip()\n}\n",
            ),
            ("a_test.go", "package a\n\nfunc TestA(t *testing.T) {\n}\n"),
            ("SlotTest.java", "class SlotTest {\n}\n"),
            ("SlotTests.cs", "public class SlotTests { }\n"),
            (
                "SlotTest.php",
                "<?php\nclass SlotTest { public function testA() { $this->markTestIncomplete(); } }\n",
            ),
            ("slot_test.rb", "class SlotTest\nend\n"),
        ] {
            assert_eq!(
                unfilled(path, &Arc::from(text)),
                Some(Unfilled::Tests),
                "{path}: {text}"
            );
        }
    }
}
