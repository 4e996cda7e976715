//! Source text with its comments blanked, and a second copy with its strings blanked too.
//!
//! Both copies keep every byte's place, so that a match in one is a place in the file.

mod blank;

use std::ops::Range;
use std::sync::{Arc, LazyLock};

use regex::{Captures, Regex};

use super::super::model::Origin;
use super::variables::{pattern, patterns};

patterns! {
    TESTS = r"#\[cfg\(test\)\]\s*(?:pub(?:\([a-z]+\))?\s+)?mod\s+\w+\s*\{";
}

/// A language whose source is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Language {
    /// Python.
    Python,
    /// JavaScript and TypeScript.
    Script,
    /// Java and Kotlin.
    Java,
    /// Rust.
    Rust,
    /// Go.
    Go,
    /// Ruby.
    Ruby,
    /// PHP.
    Php,
    /// C#.
    CSharp,
    /// SQL.
    Sql,
}

/// A source file.
pub(super) struct Code {
    /// Its path.
    pub(super) path: String,
    /// Its language.
    pub(super) language: Language,
    /// The text without comments (and docstrings).
    pub(super) text: String,
    /// The text without comments and without what strings hold.
    pub(super) bare: String,
    /// The text as it is.
    source: Arc<str>,
}

impl Code {
    /// Returns a file as code, if its language is one of those that are read.
    pub(super) fn new(path: &str, text: &Arc<str>) -> Option<Self> {
        let language = super::language(path)?;
        let source = text.clone();
        let (text, bare) = blank::blanked(language, path, text);
        Some(Self {
            path: path.to_owned(),
            language,
            text,
            bare,
            source,
        })
    }

    /// Returns where a pattern's matches begin in the comments of a part.
    pub(super) fn commented(&self, part: Range<usize>, pattern: &Regex) -> Vec<usize> {
        let said = self.source.get(part.clone()).unwrap_or_default();
        let starts = pattern.find_iter(said).map(|it| part.start + it.start());
        let blanked = |at: &usize| self.text.as_bytes().get(*at) == Some(&b' ');
        starts.filter(blanked).collect()
    }

    /// Returns the file and line of a byte.
    pub(super) fn origin(&self, offset: usize) -> Origin {
        let before = self.text.as_bytes().get(..offset).unwrap_or_default();
        let line = before.split(|byte| *byte == b'\n').count();
        Origin {
            path: self.path.clone(),
            line,
        }
    }

    /// Returns whether the byte is code: not in a string, not in a comment.
    pub(super) fn is_code(&self, offset: usize) -> bool {
        self.bare
            .as_bytes()
            .get(offset)
            .is_some_and(|byte| !byte.is_ascii_whitespace())
    }

    /// Returns the bodies of the modules that are compiled for tests alone.
    pub(super) fn test_modules(&self) -> Vec<Range<usize>> {
        let rust = self.language == Language::Rust;
        let all = TESTS.iter().filter(|_| rust);
        let all = all.flat_map(|it| it.find_iter(&self.bare));
        all.filter_map(|it| Some(it.end()..closing(&self.bare, it.end())?))
            .collect()
    }

    /// Returns a pattern's matches that begin in code, with where they begin.
    pub(super) fn matches<'a>(&'a self, pattern: &Regex) -> Vec<(usize, Captures<'a>)> {
        let all = pattern.captures_iter(&self.text);
        let placed = all.filter_map(|captures| Some((captures.get(0)?.start(), captures)));
        placed.filter(|(start, _)| self.is_code(*start)).collect()
    }
}

/// Returns whether more parts of a file of C#'s were begun for some builds alone than were ended, up
/// to some line.
pub(super) fn is_compiled_if<'t>(lines: impl Iterator<Item = &'t str>) -> bool {
    let depth = lines.fold(0_usize, |depth, line| match line.trim() {
        it if it.starts_with("#if") => depth + 1,
        it if it.starts_with("#endif") => depth.saturating_sub(1),
        _ => depth,
    });
    depth > 0
}

/// Returns a text without its comments, written like one of these languages.
pub(super) fn without_comments(language: Language, path: &str, text: &str) -> String {
    blank::blanked(language, path, text).0
}

/// Returns where the bracket is closed that is open before a place.
pub(super) fn closing(bare: &str, inside: usize) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, byte) in bare.bytes().enumerate().skip(inside) {
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' if depth == 0 => return Some(at),
            b')' | b']' | b'}' => depth -= 1,
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::Code;
    use proptest::{prop_assert_eq, proptest};
    use std::sync::Arc;

    #[track_caller]
    fn check(path: &str, source: &str, text: &str, bare: &str) {
        let code = Code::new(path, &Arc::from(source)).unwrap();
        assert_eq!(code.text.trim_end(), text);
        assert_eq!(code.bare.trim_end(), bare);
    }

    #[test]
    fn comments_and_strings_are_blanked() {
        check("a.py", "x = '#1' # y", "x = '#1'", "x = '  '");
        check(
            "a.js",
            "x = \"//\" /* y */ + z // w",
            "x = \"//\"         + z",
            "x = \"  \"         + z",
        );
        check(
            "a.rs",
            "fn f<'a>(c: &'a str) { '\"'; }",
            "fn f<'a>(c: &'a str) { '\"'; }",
            "fn f<'a>(c: &'a str) { ' '; }",
        );
        check(
            "a.js",
            "`${process.env.A}//`",
            "`${process.env.A}//`",
            "`${process.env.A}  `",
        );
    }

    #[test]
    fn strings_of_each_language_end_where_they_do() {
        let long = "`a ${f('`', `b`)} c` + d";
        check("a.js", long, long, "`  ${f(' ', ` `)}  ` + d");
        check(
            "a.js",
            "x = /[\"'`/]/ + y",
            "x = /[\"'`/]/ + y",
            "x = /      / + y",
        );
        check("a.js", "a / b / c // d", "a / b / c", "a / b / c");
        let raw = "r#\"fn \"a\" {}\"# + b";
        check("a.rs", raw, raw, "r#\"         \"# + b");
        check(
            "a.rs",
            "/* a /* b */ c */ d",
            "                  d",
            "                  d",
        );
        let verbatim = "@\"a \"\" \\\" + b";
        check("a.cs", verbatim, verbatim, "@\"      \" + b");
        check("a.php", "'a\nb' . c", "'a\nb' . c", "' \n ' . c");
        let here = "x = <<~EOS\n  def a\nEOS\nb";
        check("a.rb", here, here, "x = <<~EOS\n       \nEOS\nb");
        let here = "$x = <<<'T'\nfunction a() {}\nT;\n$b";
        check("a.php", here, here, "$x = <<<'T'\n               \nT;\n$b");
        check(
            "a.rb",
            "=begin\ndef a\n=end\nb",
            "      \n     \n    \nb",
            "      \n     \n    \nb",
        );
    }

    #[test]
    fn docstrings_are_no_code() {
        check(
            "a.py",
            "def f():\n    \"\"\"Uses x.\n    y\"\"\"\n    z",
            "def f():\n              \n        \n    z",
            "def f():\n              \n        \n    z",
        );
        check("a.py", "f(\n  \"a\")", "f(\n  \"a\")", "f(\n  \" \")");
    }

    proptest! {
        #[test]
        fn every_byte_keeps_its_place(source in "[ar\"'`#/*\\\\\n(){}$@<=дё]{0,40}") {
            for path in ["a.py", "a.ts", "a.java", "a.rs", "a.go", "a.rb", "a.php", "a.cs", "a.sql"] {
                let code = Code::new(path, &Arc::from(source.as_str())).unwrap();
                prop_assert_eq!(code.text.len(), source.len());
                prop_assert_eq!(code.bare.len(), source.len());
            }
        }
    }
}
