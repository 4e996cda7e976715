//! Whether a file that is called like tests has one that runs and may fail.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::super::code::{Code, Language, closing};
use super::super::variables::{pattern, patterns};

patterns! {
    PY_TEST = r"\bdef\s+test\w*|@given\b|\bscenarios\(";
    PY_SKIP = r"@(?:pytest\.mark|unittest)\.(?:skip|xfail|expectedFailure)|\b(?:pytest\.skip|skipTest|SkipTest)\(";
    JS_TEST = r"(?:^|[^.\w])(?:it|test|specify|Deno\.test|bench)(?:\.(?:only|each|concurrent|failing|serial|step))*\s*[(`]";
    JS_SKIP = r"\b(?:this|ctx|context|t)\.skip\(|\btest\.(?:skip|fixme)\(\s*(?:\)|true\b)";
    GO_TEST = r"\bfunc\s+(?:\([^)]*\)\s*)?(?:Test|Benchmark|Fuzz|Example)\w*\s*\(|\b(?:It|DescribeTable)\(";
    GO_EXAMPLE = r"(?m)^func\s+Example\w*\(\)\s*\{";
    GO_OUTPUT = r"(?i)//[ \t]*(?:unordered )?output:[ \t]*(?:\S|\n\s*//[ \t]*\S)";
    GO_SKIP = r"\.Skip(?:f|Now)?\(";
    RUST_TEST = r"#\[[\w:]*(?:test|rstest|bench)\w*[^\]]*\]|\bproptest!";
    RUST_SKIP = r"#\[ignore\b";
    JVM_TEST = r"@(?:\w+)?Test\b|@(?:ParameterizedTest|RepeatedTest|Property|Theory)\b|\b(?:Fun|String|Describe|Behavior|Should|Free|Word|Feature|Annotation)Spec\b|\bArchTest\b";
    JVM_SKIP = r"@(?:Disabled|Ignore)\b|\bassume(?:True|That)\(\s*false\b|\bassumeFalse\(\s*true\b|\benabled\s*=\s*false\b";
    CS_TEST = r"\[\s*(?:Fact|Theory|Test|TestCase|TestMethod|Property|Benchmark)\b";
    CS_SKIP = r"\bSkip\s*=|\[\s*(?:Ignore|Explicit)\b|\bAssert\.(?:Ignore|Inconclusive|Skip)\(";
    PHP_TEST = r"\bfunction\s+test\w*|#\[Test\b|\b(?:it|test|arch)\(";
    PHP_SKIP = r"\bmarkTest(?:Incomplete|Skipped)\(|->(?:skip|todo)\(";
    RUBY_TEST = r"(?m)^[ \t]*(?:it|test|specify|scenario)\b|\bdef\s+test_";
    RUBY_SKIP = r"(?m)^[ \t]*(?:skip|pending)\b";
    IMPORTS = r"(?m)^[ \t]*(?:import|from|use|using|package|require)\b[^\n]*$";
    NEVER_FAILS = r"(?i)\bassert_eq!\(\s*\d+(?:\s*[-+*]\s*\d+)*\s*,\s*\d+\s*\)|\bassert\s+(?:True|1)\b|\b(?:assert|expect)\w*(?:\.\w+)?\(\s*true\s*\)(?:\.\w+)*(?:\(\s*(?:true)?\s*\))?";
    LITERAL = r#"(?i)-?\b\d+(?:\.\d+)?\b|"[^"\n]*"|'[^'\n]*'|\b(?:true|false|null|none|nil)\b"#;
    OF_LITERALS = r"(?im)\b(?:assert|expect)\w*!?(?:\.\w+)?\(\s*(?:t\s*,\s*)?0\s*,\s*0\s*\)|\bassert\s+0\s*(?:==|!=|<=?|>=?|is(?:\s+not)?)\s*0\s*$|\bif\s+\(?\s*0\s*(?:===?|!==?|<=?|>=?)\s*0\s*\)?\s*\{[^{}]*\}|\bexpect\(\s*0\s*\)(?:\.not)?\.\w+\(\s*0?\s*\)";
    SET = r"(?m)\b(\w+)(?:\s*:\s*\w+)?\s*:?=\s*(?:0\s*(?:;|$)|([^=\s]))";
    IS_THERE = r#"(?m)\bexpect\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)\s*\.(?:toBeDefined\(\s*\)|not\.toBe(?:Null|Undefined)\(\s*\))|\b(?:assertNotNull|assertIsNotNone|(?:assert|require)\.NotNil|Assert\.(?:NotNull|IsNotNull))\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)|\bassert\s+(?:[\w.,'"\[\] ]|\([^()\n]*\))+\sis\s+not\s+None[ \t]*(?:,[^\n]*)?$"#;
    IS_MADE = r"\bexpect\(\s*(?:await\s+)?(?:new\s+\w+|(?:format|normali[sz]e|create|build|make|calc\w*|compute|render|to)[A-Z]\w*)\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)\s*\)\s*\.toBeTruthy\(\s*\)";
    MADE = r"\b(?:const|let)\s+(\w+)\s*=\s*(?:await\s+)?(?:new\s+\w+|(?:format|normali[sz]e|create|build|make|calc\w*|compute|render|to)[A-Z]\w*)\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)\s*(?:;|\n)";
    TRUTHY = r"\bexpect\(\s*(\w+)\s*\)\s*\.toBeTruthy\(\s*\)";
    IS_CALLED = r#"(?m)\bassert\s+callable\((?:[^()]|\([^()]*\))*\)[ \t]*(?:,[^\n]*)?$|\bassertTrue\(\s*callable\((?:[^()]|\([^()]*\))*\)\s*\)|\bexpect\(\s*typeof\b(?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)\s*\.(?:toBe|toEqual|toStrictEqual)\(\s*['"`][^'"`]*['"`]\s*\)|\bexpect\((?:[^()]|\([^()]*\))*\)\s*\.toBeInstanceOf\(\s*Function\s*\)|\bif\s+(?:\w+\.)?[A-Z]\w*\s*==\s*nil\s*\{[^{}]*\}"#;
    NAMED = r"(?m)\b(?:class|fun|def|func|void)\s+(?:\w+\s*\(?|`[^`\n]*`)|\b(?:val|var|let|const|final)\s+(?:\w+\s+)?\w+|^[ \t]*\w+\s*:?=[^=]";
    THROWS = r"\b(?:get|find)(?:All)?By\w*";
    FAILS = r"(?i)assert|expect|should|verify|require|must|check|snapshot|raises|fail|fatal|error|equal|match|ensure|diff|panics|throws|unwrap|@given|scenarios|@property|spec\b|archtest";
    PY_NONE = r"(?m)^pytestmark\s*=\s*(?:\[[^\]]*)?\bpytest\.mark\.(?:skip|xfail)|^(?:pytest\.skip|raise\s+(?:unittest\.)?SkipTest)\(";
    PY_CLASS = r"(?m)^([ \t]*)@(?:pytest\.mark|unittest)\.skip\w*[^\n]*\n(?:[ \t]*@[^\n]*\n)*[ \t]*class\s[^\n]*\n";
    PY_BEGINS = r"\bdef\s+set[uU]p\w*\([^)]*\)[^:\n]*:\s*(?:self\.skipTest|pytest\.skip|raise\s+(?:unittest\.)?SkipTest)\(";
    JS_BLOCK = r"\b(?:(?:describe|suite|context)(?:\.\w+)*\.(?:skip|todo|fixme|skipIf)(?:\.each)?|xdescribe(?:\.each)?|xcontext)\s*\(";
    JVM_CLASS = r"@(?:Disabled|Ignore)\b(?:\s*\([^)]*\))?(?:\s*@[\w.]+(?:\s*\([^)]*\))?)*\s*(?:\w+\s+)*class\s[^{;]*\{";
    JVM_BEGINS = r"@(?:BeforeEach|BeforeAll|Before|BeforeClass)\b[^{;]*\{\s*(?:\w+\.)?(?:assume(?:True|That)\(\s*false\b|assumeFalse\(\s*true\b)";
    CS_CLASS = r"\[\s*(?:Ignore|Explicit)\b[^\]]*\](?:\s*\[[^\]]*\])*\s*(?:\w+\s+)*class\s[^{;]*\{";
    PHP_BEGINS = r"\bfunction\s+setUp\w*\s*\([^{]*\{[^{}]*\bmarkTest(?:Skipped|Incomplete)\(";
    RUBY_BLOCK = r"(?m)^([ \t]*)(?:RSpec\.)?x(?:describe|context|feature)\b[^\n]*\n";
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
    if skips_all(code) {
        return false;
    }
    let bare = without(&code.bare, &skipped(code));
    let count = |it: Pattern| it.iter().map(|it| it.find_iter(&bare).count()).sum();
    let (tests, skips): (usize, usize) = (count(tests), count(skips));
    let blanked = |text: &str, it: Pattern| {
        let blanked = it.as_ref().map(|it| it.replace_all(text, " ").into_owned());
        blanked.unwrap_or_default()
    };
    let rest = blanked(&blanked(&bare, &IMPORTS), &NEVER_FAILS);
    let rest = blanked(&without_truth(&without_functions(&rest)), &IS_MADE);
    let rest = blanked(&with_literals(&without_presence(&rest)), &OF_LITERALS);
    let rest = blanked(&rest, &NAMED);
    let may_fail = FAILS.as_ref().is_none_or(|it| it.is_match(&rest)) || has_output(code);
    tests > skips && may_fail
}

/// Writes a 0 for every literal, and for locals that are given nothing else.
fn with_literals(text: &str) -> String {
    let plain = LITERAL.as_ref().map(|it| it.replace_all(text, "0"));
    let text = plain.as_deref().unwrap_or(text);
    let mut given: BTreeMap<&str, bool> = BTreeMap::new();
    for found in SET.iter().flat_map(|it| it.captures_iter(text)) {
        let Some(name) = found.get(1) else { continue };
        let literal = found.get(2).is_none();
        *given.entry(name.as_str()).or_insert(true) &= literal;
    }
    let word = |it: char| it.is_alphanumeric() || it == '_';
    let mut written = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(word) {
        let (before, behind) = rest.split_at(start);
        let end = behind.find(|it| !word(it)).unwrap_or(behind.len());
        let (name, after) = behind.split_at(end);
        written.push_str(before);
        let set =
            after.trim_start().starts_with([':', '=']) && !after.trim_start().starts_with("==");
        let known = given.get(name).copied().unwrap_or_default() && !set;
        written.push_str(if known { "0" } else { name });
        rest = after;
    }
    written.push_str(rest);
    written
}

/// Returns whether an example of Go's says what it prints: it runs, and fails unless it prints that.
fn has_output(code: &Code) -> bool {
    let go = code.language == Language::Go;
    let mut examples = GO_EXAMPLE.iter().filter(|_| go);
    let says = |body: Range<usize>| {
        GO_OUTPUT
            .iter()
            .any(|it| !code.commented(body.clone(), it).is_empty())
    };
    examples.any(|it| {
        let mut bodies = it.find_iter(&code.bare);
        bodies.any(|it| closing(&code.bare, it.end()).is_some_and(|end| says(it.end()..end)))
    })
}

/// Blanks what only claims that a function is one, or of which type a value is: compilers know that, and
/// it holds for what does nothing. In Go, a name with a capital is no test's local, which may well be nil.
fn without_functions(text: &str) -> String {
    let blanked = IS_CALLED.as_ref().map(|it| it.replace_all(text, " "));
    blanked.map_or_else(String::new, std::borrow::Cow::into_owned)
}

/// Blanks what only claims that a local is truthy that was made right there.
fn without_truth(text: &str) -> String {
    let made = MADE.iter().flat_map(|it| it.captures_iter(text));
    let made: Vec<String> = made.map(|it| it[1].to_owned()).collect();
    let blank = |found: &regex::Captures<'_>| {
        let known = made.iter().any(|it| *it == found[1]);
        if known { " " } else { &found[0] }.to_owned()
    };
    let blanked = TRUTHY.as_ref().map(|it| it.replace_all(text, blank));
    blanked.map_or_else(String::new, std::borrow::Cow::into_owned)
}

/// Blanks what only claims that something is there: that holds for whatever is defined at all. What
/// looks for a part of a page fails by itself.
fn without_presence(text: &str) -> String {
    let throws = |said: &str| THROWS.iter().any(|it| it.is_match(said));
    let blank = |found: &regex::Captures<'_>| {
        let said = found.get(0).map_or("", |it| it.as_str());
        if throws(said) { said } else { " " }.to_owned()
    };
    let blanked = IS_THERE
        .as_ref()
        .map(|it| it.replace_all(text, blank).into_owned());
    blanked.unwrap_or_default()
}

/// Returns whether a file says of all of its tests that they are skipped.
fn skips_all(code: &Code) -> bool {
    let none: &[Pattern] = match code.language {
        Language::Python => &[&PY_NONE, &PY_BEGINS],
        Language::Java => &[&JVM_BEGINS],
        Language::Php => &[&PHP_BEGINS],
        Language::Script
        | Language::Go
        | Language::Rust
        | Language::CSharp
        | Language::Ruby
        | Language::Sql => return false,
    };
    let mut all = none.iter().copied().flat_map(|it| it.iter());
    all.any(|it| it.is_match(&code.bare))
}

/// Returns the blocks and classes of a file that are skipped.
fn skipped(code: &Code) -> Vec<Range<usize>> {
    let bare = &code.bare;
    match code.language {
        Language::Python => below(bare, &PY_CLASS),
        Language::Ruby => below(bare, &RUBY_BLOCK),
        Language::Script => inside(bare, &JS_BLOCK),
        Language::Java => inside(bare, &JVM_CLASS),
        Language::CSharp => inside(bare, &CS_CLASS),
        Language::Go | Language::Rust | Language::Php | Language::Sql => Vec::new(),
    }
}

/// Returns what stands from a pattern's matches on up to where the bracket is closed that ends them,
/// and the brackets right behind that.
fn inside(bare: &str, pattern: Pattern) -> Vec<Range<usize>> {
    let all = pattern.iter().flat_map(|it| it.find_iter(bare));
    let part = |it: regex::Match<'_>| {
        let close = closing(bare, it.end())?;
        let next = bare.get(close + 1..)?.starts_with('(');
        let close = next
            .then(|| closing(bare, close + 2))
            .flatten()
            .unwrap_or(close);
        Some(it.start()..close + 1)
    };
    all.filter_map(part).collect()
}

/// Returns what stands from a pattern's matches on, and all lines below that are indented further than
/// what they first caught.
fn below(bare: &str, pattern: Pattern) -> Vec<Range<usize>> {
    let all = pattern.iter().flat_map(|it| it.captures_iter(bare));
    let part = |captures: regex::Captures<'_>| {
        let (whole, indent) = (captures.get(0)?, captures.get(1)?.len());
        let further = |line: &&str| {
            let own = line.trim_start();
            own.is_empty() || line.len() - own.len() > indent
        };
        let lines = bare.get(whole.end()..)?.split_inclusive('\n');
        let length: usize = lines.take_while(further).map(str::len).sum();
        Some(whole.start()..whole.end() + length)
    };
    all.filter_map(part).collect()
}

/// Returns a text with these parts blanked.
fn without(text: &str, parts: &[Range<usize>]) -> String {
    let kept = |(at, letter): (usize, char)| {
        let inside = parts.iter().any(|it| it.contains(&at)) && letter != '\n';
        if inside { ' ' } else { letter }
    };
    text.char_indices().map(kept).collect()
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
                "a_test.go",
                "package a\n\nfunc ExampleA() {\n\tfmt.Println(A([]int{1}))\n\t// Output: [1 2]\n}\n",
            ),
            (
                "a_test.go",
                "package a\n\nfunc ExampleA_all() {\n\tfmt.Println(A())\n\t// Unordered output:\n\t// 1\n\t// 2\n}\n",
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
            (
                "a_test.go",
                "package a\n\nfunc ExampleA() {\n\tfmt.Println(A())\n}\n",
            ),
            (
                "a_test.go",
                "package a\n\nfunc ExampleA() {\n\tA()\n\t// Output:\n}\n",
            ),
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

    #[test]
    fn that_something_is_made_at_all_proves_nothing() {
        let test = |said: &str| format!("it('a', () => {{ {said} }});\n");
        for said in [
            "expect(formatPlate('aa1')).toBeTruthy();",
            "expect(new Cart()).toBeTruthy();",
            "const out = formatPlate('aa1'); expect(out).toBeTruthy();",
        ] {
            has_none("a.test.ts", &test(said));
        }
        for said in [
            "expect(isPlate('aa1')).toBeTruthy();",
            "expect(formatPlate('aa1').startsWith('AA')).toBeTruthy();",
            "expect(formatPlate('a') === 'A').toBeTruthy();",
            "expect(screen.getByText('a')).toBeTruthy();",
            "const ok = isPlate('a'); expect(ok).toBeTruthy();",
            "const out = formatPlate('a').length > 1; expect(out).toBeTruthy();",
        ] {
            let found = unfilled("a.test.ts", &Arc::from(test(said).as_str()));
            assert_eq!(found, None, "{said}");
        }
    }

    #[track_caller]
    fn has_none(path: &str, text: &str) {
        let found = unfilled(path, &Arc::from(text));
        assert_eq!(found, Some(Unfilled::Tests), "{path}: {text}");
    }

    #[test]
    fn tests_of_constants_alone_prove_nothing() {
        for (path, none, some) in [
            (
                "tests/test_a.py",
                "def test_a():\n    days = 365\n    assert days == 365\n    assert 'a' == 'a'\n",
                "def test_a():\n    days = 365\n    assert left(days) == 365\n",
            ),
            (
                "a_test.go",
                "package a\nfunc TestA(t *testing.T) {\n\tif 1 != 1 {\n\t\tt.Fatal(\"no\")\n\t}\n\twant := 201\n\tgot := 201\n\tif got != want {\n\t\tt.Errorf(\"%d\", got)\n\t}\n}\n",
                "package a\nfunc TestA(t *testing.T) {\n\twant := 201\n\tgot := run()\n\tif got != want {\n\t\tt.Errorf(\"%d\", got)\n\t}\n}\n",
            ),
            (
                "src/test/java/CartTest.java",
                "class CartTest {\n  @Test\n  void a() {\n    int x = 2;\n    assertEquals(2, x);\n    assertEquals(1, 1);\n  }\n}\n",
                "class CartTest {\n  @Test\n  void a() {\n    int x = 2;\n    assertEquals(4, twice(x));\n  }\n}\n",
            ),
            (
                "a.test.ts",
                "it('a', () => {\n  const n = 'b';\n  expect(n).toBe('b');\n  expect(1).toEqual(1);\n});\n",
                "it('a', () => {\n  const n = 'b';\n  expect(name(n)).toBe('b');\n});\n",
            ),
            (
                "tests/a.rs",
                "#[test]\nfn a() {\n    let n = 2;\n    assert_eq!(n, 2);\n}\n",
                "#[test]\nfn a() {\n    let mut n = 2;\n    n = twice(n);\n    assert_eq!(n, 4);\n}\n",
            ),
        ] {
            assert_eq!(
                unfilled(path, &Arc::from(none)),
                Some(Unfilled::Tests),
                "{none}"
            );
            assert_eq!(unfilled(path, &Arc::from(some)), None, "{some}");
        }
    }

    #[test]
    fn tests_that_only_say_that_something_is_there_prove_nothing() {
        for (path, text) in [
            (
                "cart.test.ts",
                "it('a', () => { expect(new Cart(items())).toBeDefined(); expect(cart).not.toBeNull(); });\n",
            ),
            (
                "CartTest.kt",
                "class CartTest {\n  @Test\n  fun a() {\n    assertNotNull(Cart(1))\n    assertTrue(true)\n  }\n}\n",
            ),
            (
                "ValidatorTest.kt",
                "class ValidatorTest {\n  @Test\n  fun `checks a cart`() {\n    val errors = Validator().look(Cart(1))\n    assertNotNull(errors)\n  }\n}\n",
            ),
            (
                "tests/test_a.py",
                "def test_a():\n    cart = Cart()\n    assert cart is not None\n",
            ),
            (
                "a_test.go",
                "package a\n\nfunc TestA(t *testing.T) {\n\tassert.NotNil(t, New())\n}\n",
            ),
        ] {
            has_none(path, text);
        }
        for (path, text) in [
            (
                "cart.test.tsx",
                "it('a', () => { expect(screen.getByText('a')).toBeDefined(); });\n",
            ),
            (
                "cart.test.ts",
                "it('a', () => { expect(cart).toBeDefined(); expect(cart.total).toBe(2); });\n",
            ),
            (
                "tests/test_a.py",
                "def test_a():\n    cart = Cart()\n    assert cart is not None\n    assert cart.total == 2\n",
            ),
            (
                "tests/test_a.py",
                "def test_a():\n    assert a() is not None and a().total == 2\n",
            ),
        ] {
            assert_eq!(unfilled(path, &Arc::from(text)), None, "{path}: {text}");
        }
    }

    #[test]
    fn tests_that_only_say_that_a_function_is_one_prove_nothing() {
        for (path, text) in [
            (
                "tests/test_a.py",
                "from a import send\n\n\ndef test_a():\n    assert callable(send)\n",
            ),
            (
                "a.test.ts",
                "it('a', () => { expect(typeof format(new Date(), 'en')).toBe('string'); });\n",
            ),
            (
                "a.test.ts",
                "it('a', () => { expect(format).toBeInstanceOf(Function); });\n",
            ),
            (
                "a_test.go",
                "package a\n\nfunc TestA(t *testing.T) {\n\tif Send == nil {\n\t\tt.Fatal(\"none\")\n\t}\n}\n",
            ),
        ] {
            has_none(path, text);
        }
        for (path, text) in [
            (
                "tests/test_a.py",
                "def test_a():\n    assert callable(send)\n    assert send() == 1\n",
            ),
            (
                "a.test.ts",
                "it('a', () => { expect(typeof a()).toBe('string'); expect(a()).toBe('b'); });\n",
            ),
            (
                "a_test.go",
                "package a\n\nfunc TestA(t *testing.T) {\n\terr := Send()\n\tif err == nil {\n\t\tt.Fatal(\"none\")\n\t}\n}\n",
            ),
            (
                "a_test.go",
                "package a\n\nfunc TestA(t *testing.T) {\n\tif Send() == nil {\n\t\tt.Fatal(\"none\")\n\t}\n}\n",
            ),
        ] {
            assert_eq!(unfilled(path, &Arc::from(text)), None, "{path}: {text}");
        }
    }

    #[test]
    fn blocks_of_scripts_that_are_skipped_dont_run() {
        for (path, text) in [
            (
                "cart.spec.ts",
                "describe.skip('cart', () => {\n  it('a', () => { expect(a()).toBe(1); });\n  it('b', () => { expect(b()).toBe(1); });\n});\n",
            ),
            (
                "cart.spec.ts",
                "xdescribe('cart', () => { it('a', () => { expect(a()).toBe(1); }); });\n",
            ),
            (
                "cart.spec.ts",
                "describe.skip.each([1])('cart', (n) => { it('a', () => { expect(n).toBe(1); }); });\n",
            ),
            (
                "cart.spec.ts",
                "test.describe.skip('cart', () => { test('a', () => { expect(a()).toBe(1); }); });\n",
            ),
            (
                "cart.spec.ts",
                "test('a', () => { test.skip(); expect(a()).toBe(1); });\n",
            ),
            (
                "cart.spec.ts",
                "it.skip('a', () => { expect(1).toBe(2); });\nxit('b', () => { expect(1).toBe(2); });\ntest.todo('c');\n",
            ),
        ] {
            has_none(path, text);
        }
    }

    #[test]
    fn tests_of_a_skipped_class_or_file_dont_run() {
        for (path, text) in [
            (
                "tests/test_a.py",
                "pytestmark = pytest.mark.skip(reason=\"later\")\n\ndef test_a():\n    assert a()\n",
            ),
            (
                "tests/test_a.py",
                "pytestmark = [\n    pytest.mark.db,\n    pytest.mark.skip,\n]\n\ndef test_a():\n    assert a()\n",
            ),
            (
                "tests/test_a.py",
                "@unittest.skip('later')\nclass TestA(TestCase):\n    def test_a(self):\n        assert a()\n\n    def test_b(self):\n        assert b()\n",
            ),
            (
                "tests/test_a.py",
                "class TestA(TestCase):\n    def setUp(self):\n        self.skipTest('later')\n\n    def test_a(self):\n        assert a()\n\n    def test_b(self):\n        assert b()\n",
            ),
            (
                "SlotTest.java",
                "class SlotTest {\n  @Test\n  void a() {\n    Assumptions.assumeTrue(false);\n    assertThat(a()).isOne();\n  }\n}\n",
            ),
            (
                "SlotTest.kt",
                "@SpringBootTest\n@Disabled(\"later\")\nclass SlotTest {\n  @Test\n  fun a() { assertThat(a()).isOne() }\n  @Test\n  fun b() { assertThat(b()).isOne() }\n}\n",
            ),
            (
                "SlotTest.java",
                "class SlotTest {\n  @BeforeEach\n  void no() { assumeTrue(false); }\n  @Test\n  void a() { assertThat(a()).isOne(); }\n  @Test\n  void b() { assertThat(a()).isOne(); }\n}\n",
            ),
            (
                "SlotTests.cs",
                "[TestFixture, Category(\"a\")]\n[Ignore(\"later\")]\npublic class SlotTests {\n  [Test]\n  public void A() { Assert.That(A()); }\n  [Test]\n  public void B() { Assert.That(B()); }\n}\n",
            ),
            (
                "SlotTest.php",
                "<?php\nclass SlotTest { protected function setUp(): void { $this->markTestSkipped('later'); }\n public function testA() { $this->assertSame(1, a()); }\n public function testB() { $this->assertSame(1, b()); } }\n",
            ),
            (
                "a_test.go",
                "package a\n\nfunc TestA(t *testing.T) {\n\tt.Skip(\"later\")\n\tif a() != 1 {\n\t\tt.Fatal()\n\t}\n}\n",
            ),
            (
                "slot_spec.rb",
                "RSpec.xdescribe Slot do\n  it 'is one' do\n    expect(a).to eq(1)\n  end\nend\n",
            ),
        ] {
            assert_eq!(
                unfilled(path, &Arc::from(text)),
                Some(Unfilled::Tests),
                "{path}: {text}"
            );
        }
    }

    #[test]
    fn tests_beside_a_skipped_block_run() {
        for (path, text) in [
            (
                "tests/test_a.py",
                "pytestmark = pytest.mark.django_db\n\n@pytest.mark.skip\nclass TestA:\n    def test_a(self):\n        assert a()\n\ndef test_b():\n    assert b()\n",
            ),
            (
                "cart.spec.ts",
                "describe.skip('cart', () => { it('a', () => { expect(a()).toBe(1); }); });\nit('b', () => { expect(b()).toBe(1); });\n",
            ),
            (
                "SlotTest.kt",
                "@Disabled\nclass OldTest {\n  @Test\n  fun a() { assertThat(a()).isOne() }\n}\nclass SlotTest {\n  @Test\n  fun b() { assertThat(b()).isOne() }\n}\n",
            ),
        ] {
            assert_eq!(unfilled(path, &Arc::from(text)), None, "{path}: {text}");
        }
    }
}
