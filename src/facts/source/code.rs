//! Source text with its comments blanked, and a second copy with its strings blanked too.
//!
//! Both copies keep every byte's place, so that a match in one is a place in the file.

use std::sync::Arc;

use regex::{Captures, Regex};

use super::super::model::Origin;

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
}

impl Code {
    /// Returns a file as code, if its language is one of those that are read.
    pub(super) fn new(path: &str, text: &Arc<str>) -> Option<Self> {
        let language = super::language(path)?;
        let mut blanking = Blanking {
            language,
            characters: text.chars().collect(),
            at: 0,
            depth: 0,
            fresh: true,
            text: String::with_capacity(text.len()),
            bare: String::with_capacity(text.len()),
        };
        blanking.run();
        let Blanking { text, bare, .. } = blanking;
        Some(Self {
            path: path.to_owned(),
            language,
            text,
            bare,
        })
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

    /// Returns a pattern's matches that begin in code, with where they begin.
    pub(super) fn matches<'a>(&'a self, pattern: &Regex) -> Vec<(usize, Captures<'a>)> {
        let all = pattern.captures_iter(&self.text);
        let placed = all.filter_map(|captures| Some((captures.get(0)?.start(), captures)));
        placed.filter(|(start, _)| self.is_code(*start)).collect()
    }
}

struct Blanking {
    language: Language,
    characters: Vec<char>,
    at: usize,
    /// How many brackets are open.
    depth: usize,
    /// Whether the line has had nothing but blanks so far.
    fresh: bool,
    text: String,
    bare: String,
}

/// What becomes of a character.
#[derive(Clone, Copy)]
enum Keep {
    /// It is code.
    Code,
    /// It is held by a string.
    String,
    /// It is held by a comment.
    Nothing,
}

impl Blanking {
    fn run(&mut self) {
        while let Some(character) = self.peek(0) {
            if self.begins_comment() {
                self.line_comment();
            } else if self.has_blocks() && self.looks_at("/*") {
                self.block_comment();
            } else if self.begins_string(character) {
                self.string(character);
            } else {
                self.count(character);
                self.put(Keep::Code);
            }
        }
    }

    fn count(&mut self, character: char) {
        match character {
            '(' | '[' | '{' => self.depth += 1,
            ')' | ']' | '}' => self.depth = self.depth.saturating_sub(1),
            _ => {}
        }
        if character == '\n' {
            self.fresh = true;
        } else if !character.is_whitespace() {
            self.fresh = false;
        }
    }

    /// Whether the language has comments between `/*` and `*/`.
    fn has_blocks(&self) -> bool {
        !matches!(self.language, Language::Python | Language::Ruby)
    }

    fn begins_comment(&self) -> bool {
        match self.language {
            Language::Python | Language::Ruby => self.peek(0) == Some('#'),
            Language::Script
            | Language::Java
            | Language::Rust
            | Language::Go
            | Language::CSharp => self.looks_at("//"),
            // `#[…]` is an attribute.
            Language::Php => {
                self.looks_at("//") || (self.peek(0) == Some('#') && self.peek(1) != Some('['))
            }
            Language::Sql => self.looks_at("--"),
        }
    }

    fn begins_string(&self, character: char) -> bool {
        match character {
            // In Rust a quote is a lifetime unless a second one closes a character.
            '\'' if self.language == Language::Rust => {
                self.peek(2) == Some('\'') || self.peek(1) == Some('\\')
            }
            // There it encloses a name.
            '"' if self.language == Language::Sql => false,
            '"' | '\'' => true,
            '`' => matches!(self.language, Language::Script | Language::Go),
            _ => false,
        }
    }

    fn line_comment(&mut self) {
        while self.peek(0).is_some_and(|character| character != '\n') {
            self.put(Keep::Nothing);
        }
    }

    fn block_comment(&mut self) {
        self.put(Keep::Nothing);
        self.put(Keep::Nothing);
        while self.peek(0).is_some() && !self.looks_at("*/") {
            self.put(Keep::Nothing);
        }
        self.put(Keep::Nothing);
        self.put(Keep::Nothing);
    }

    fn string(&mut self, quote: char) {
        let triple: String = [quote; 3].iter().collect();
        let long =
            matches!(self.language, Language::Python | Language::Java) && self.looks_at(&triple);
        // A string that stands alone is a docstring.
        let documents = self.language == Language::Python && self.fresh && self.depth == 0;
        let (edge, inside) = if documents {
            (Keep::Nothing, Keep::Nothing)
        } else if quote == '`' && self.language == Language::Script {
            // What a template interpolates is code.
            (Keep::Code, Keep::Code)
        } else {
            (Keep::Code, Keep::String)
        };
        self.fresh = false;
        let width = if long { 3 } else { 1 };
        let end: String = [quote].repeat(width).iter().collect();
        (0..width).for_each(|_| self.put(edge));
        let lines = long || quote == '`' || matches!(self.language, Language::Rust | Language::Sql);
        while let Some(character) = self.peek(0) {
            if self.looks_at(&end) {
                (0..width).for_each(|_| self.put(edge));
                return;
            }
            if character == '\n' && !lines {
                return;
            }
            if character == '\\' && !(quote == '`' && self.language == Language::Go) {
                self.put(inside);
            }
            self.put(inside);
        }
    }

    fn peek(&self, ahead: usize) -> Option<char> {
        self.characters.get(self.at + ahead).copied()
    }

    fn looks_at(&self, text: &str) -> bool {
        text.chars()
            .enumerate()
            .all(|(ahead, character)| self.peek(ahead) == Some(character))
    }

    /// Takes a character over to both copies, or blanks as many bytes.
    fn put(&mut self, keep: Keep) {
        let Some(character) = self.peek(0) else {
            return;
        };
        self.at += 1;
        let blank = if character == '\n' {
            "\n".to_owned()
        } else {
            " ".repeat(character.len_utf8())
        };
        match keep {
            Keep::Code => {
                self.text.push(character);
                self.bare.push(character);
            }
            Keep::String => {
                self.text.push(character);
                self.bare.push_str(&blank);
            }
            Keep::Nothing => {
                self.text.push_str(&blank);
                self.bare.push_str(&blank);
            }
        }
    }
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
            "`${process.env.A}//`",
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
        fn every_byte_keeps_its_place(source in "[a\"'`#/*\\\\\n(дё]{0,40}") {
            for path in ["a.py", "a.ts", "a.java", "a.rs", "a.go"] {
                let code = Code::new(path, &Arc::from(source.as_str())).unwrap();
                prop_assert_eq!(code.text.len(), source.len());
                prop_assert_eq!(code.bare.len(), source.len());
            }
        }
    }
}
