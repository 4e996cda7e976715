//! Whether a file that is called like tests has one that runs and may fail.

use std::sync::LazyLock;

use regex::Regex;

use super::super::code::{Code, Language};
use super::super::variables::{pattern, patterns};

patterns! {
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

/// Returns whether a file has more tests than it skips, and says anywhere how one fails.
pub(super) fn has_test(code: &Code) -> bool {
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
    use super::super::{Unfilled, unfilled};
    use std::sync::Arc;

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
