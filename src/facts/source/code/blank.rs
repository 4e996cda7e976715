//! Blanks comments and strings, each language's own.
//!
//! Every byte keeps its place. What a template interpolates is code.

use super::Language;

/// How deep templates may stand in one another, of all that people write.
const DEEPEST: usize = 16;

/// Returns a text without its comments (and docstrings), and the same without what strings hold.
pub(super) fn blanked(language: Language, path: &str, text: &str) -> (String, String) {
    let mut blanking = Blanking {
        language,
        nests: matches!(path.rsplit_once('.'), Some((_, "rs" | "kt"))),
        characters: text.chars().collect(),
        at: 0,
        depth: 0,
        fresh: true,
        last: ' ',
        templates: 0,
        text: String::with_capacity(text.len()),
        bare: String::with_capacity(text.len()),
    };
    blanking.code(false);
    (blanking.text, blanking.bare)
}

struct Blanking {
    language: Language,
    /// Whether a comment may hold another one.
    nests: bool,
    characters: Vec<char>,
    at: usize,
    /// How many brackets are open.
    depth: usize,
    /// Whether the line has had nothing but blanks so far.
    fresh: bool,
    /// The last character of code that is no blank.
    last: char,
    /// How many templates are open.
    templates: usize,
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
    /// Reads code to its end; that of an interpolation ends with its brace.
    fn code(&mut self, inside: bool) {
        let mut open = 0_usize;
        while let Some(character) = self.peek(0) {
            if inside && character == '}' && open == 0 {
                return;
            }
            match character {
                '{' => open += 1,
                '}' => open = open.saturating_sub(1),
                _ => {}
            }
            if self.begins_comment() {
                self.line_comment();
            } else if self.has_blocks() && self.looks_at("/*") {
                self.block_comment();
            } else if self.language == Language::Ruby && self.fresh && self.looks_at("=begin") {
                self.ruby_comment();
            } else if let Some(hashes) = self.raw() {
                self.raw_string(hashes);
            } else if let Some(end) = self.here() {
                self.here_document(&end);
            } else if self.begins_pattern(character) {
                self.pattern();
            } else if self.begins_string(character) {
                self.string(character);
                self.last = character;
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
            self.last = character;
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

    /// Returns how many `#` stand around a raw string of Rust that begins here.
    fn raw(&self) -> Option<usize> {
        let before = self
            .at
            .checked_sub(1)
            .and_then(|at| self.characters.get(at));
        let within =
            before.is_some_and(|it| it.is_alphanumeric() || *it == '_') && before != Some(&'b');
        if self.language != Language::Rust || self.peek(0) != Some('r') || within {
            return None;
        }
        let hashes = self.run(1, &['#']);
        (self.peek(hashes + 1) == Some('"')).then_some(hashes)
    }

    fn raw_string(&mut self, hashes: usize) {
        let end: String = std::iter::once('"')
            .chain("#".repeat(hashes).chars())
            .collect();
        (0..hashes + 2).for_each(|_| self.put(Keep::Code));
        while self.peek(0).is_some() && !self.looks_at(&end) {
            self.put(Keep::String);
        }
        (0..=hashes).for_each(|_| self.put(Keep::Code));
        self.last = '"';
    }

    /// Returns the word that ends a document which the rest of the line announces.
    fn here(&self) -> Option<String> {
        let (php, ruby) = (
            self.language == Language::Php,
            self.language == Language::Ruby,
        );
        let signs: &[&str] = if php {
            &["<<<"]
        } else if ruby {
            &["<<~", "<<-", "<<"]
        } else {
            return None;
        };
        let mut ahead = signs.iter().find(|sign| self.looks_at(sign))?.len();
        if matches!(self.peek(ahead), Some('"' | '\'')) {
            ahead += 1;
        }
        let word: String = (ahead..)
            .map_while(|ahead| self.peek(ahead))
            .take_while(|it| it.is_alphanumeric() || *it == '_')
            .collect();
        // `list << Name` puts something into a list.
        let named = word.starts_with(char::is_uppercase) && word == word.to_uppercase();
        (named || (php && !word.is_empty())).then_some(word)
    }

    fn here_document(&mut self, end: &str) {
        while self.peek(0).is_some_and(|it| it != '\n') {
            self.put(Keep::Code);
        }
        while self.peek(0).is_some() {
            self.put(Keep::String);
            let blanks = self.run(0, &[' ', '\t']);
            let word: String = (blanks..)
                .map_while(|ahead| self.peek(ahead))
                .take_while(|it| it.is_alphanumeric() || *it == '_')
                .collect();
            if word == end {
                (0..blanks + word.chars().count()).for_each(|_| self.put(Keep::Code));
                return;
            }
            while self.peek(0).is_some_and(|it| it != '\n') {
                self.put(Keep::String);
            }
        }
    }

    /// Whether a slash begins a regular expression: a value is due, and the line closes it.
    fn begins_pattern(&self, character: char) -> bool {
        let due = "(,=:[!&|?{};+".contains(self.last) || self.at == 0;
        let closed = || {
            let rest = (1..).map_while(|ahead| self.peek(ahead));
            rest.take_while(|it| *it != '\n').any(|it| it == '/')
        };
        self.language == Language::Script && character == '/' && due && closed()
    }

    fn pattern(&mut self) {
        self.put(Keep::Code);
        let mut class = false;
        while let Some(character) = self.peek(0).filter(|it| *it != '\n') {
            match character {
                '/' if !class => {
                    self.put(Keep::Code);
                    self.last = '/';
                    return;
                }
                '[' => class = true,
                ']' => class = false,
                '\\' => self.put(Keep::String),
                _ => {}
            }
            self.put(Keep::String);
        }
    }

    fn line_comment(&mut self) {
        while self.peek(0).is_some_and(|character| character != '\n') {
            self.put(Keep::Nothing);
        }
    }

    fn ruby_comment(&mut self) {
        while self.peek(0).is_some() {
            let ends = self.looks_at("=end");
            self.line_comment();
            if ends {
                return;
            }
            self.put(Keep::Nothing);
        }
    }

    fn block_comment(&mut self) {
        let mut open = 0_usize;
        while self.peek(0).is_some() {
            let width = if self.looks_at("/*") && (self.nests || open == 0) {
                open += 1;
                2
            } else if self.looks_at("*/") {
                open -= 1;
                2
            } else {
                1
            };
            (0..width).for_each(|_| self.put(Keep::Nothing));
            if open == 0 {
                return;
            }
        }
    }

    fn string(&mut self, quote: char) {
        if quote == '`' && self.language == Language::Script {
            self.template();
            return;
        }
        let triple: String = [quote; 3].iter().collect();
        let long = matches!(
            self.language,
            Language::Python | Language::Java | Language::CSharp
        ) && self.looks_at(&triple);
        // A string that stands alone is a docstring.
        let documents = self.language == Language::Python && self.fresh && self.depth == 0;
        let (edge, inside) = if documents {
            (Keep::Nothing, Keep::Nothing)
        } else {
            (Keep::Code, Keep::String)
        };
        self.fresh = false;
        let verbatim =
            self.language == Language::CSharp && quote == '"' && !long && self.is_verbatim();
        let width = if long { 3 } else { 1 };
        let end: String = [quote].repeat(width).iter().collect();
        (0..width).for_each(|_| self.put(edge));
        let over = matches!(
            self.language,
            Language::Rust | Language::Sql | Language::Php | Language::Ruby
        );
        let lines = long || verbatim || quote == '`' || over;
        while let Some(character) = self.peek(0) {
            if verbatim && self.looks_at("\"\"") {
                self.put(inside);
                self.put(inside);
                continue;
            }
            if self.looks_at(&end) {
                (0..width).for_each(|_| self.put(edge));
                return;
            }
            if character == '\n' && !lines {
                return;
            }
            if character == '\\' && quote != '`' && !verbatim {
                self.put(inside);
            }
            self.put(inside);
        }
    }

    /// Whether C# takes backslashes in the string here as they are: `@"…"`, `$@"…"`.
    fn is_verbatim(&self) -> bool {
        let before = |back: usize| {
            let at = self.at.checked_sub(back)?;
            self.characters.get(at).copied()
        };
        before(1) == Some('@') || (before(1) == Some('$') && before(2) == Some('@'))
    }

    fn template(&mut self) {
        self.fresh = false;
        self.put(Keep::Code);
        while let Some(character) = self.peek(0) {
            if character == '`' {
                self.put(Keep::Code);
                return;
            }
            if self.looks_at("${") && self.templates < DEEPEST {
                self.put(Keep::Code);
                self.put(Keep::Code);
                self.last = '{';
                self.templates += 1;
                self.code(true);
                self.templates -= 1;
                self.put(Keep::Code);
                continue;
            }
            if character == '\\' {
                self.put(Keep::String);
            }
            self.put(Keep::String);
        }
    }

    fn peek(&self, ahead: usize) -> Option<char> {
        self.characters.get(self.at + ahead).copied()
    }

    /// Returns how many of these characters stand one behind another.
    fn run(&self, ahead: usize, of: &[char]) -> usize {
        let rest = self.characters.get(self.at + ahead..).unwrap_or_default();
        rest.iter().take_while(|it| of.contains(it)).count()
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
