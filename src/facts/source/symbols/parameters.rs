//! One parameter of a definition, taken apart the way that its language writes it.

use super::super::code::Language;

/// Words before a parameter that say nothing of what it takes.
const MODIFIERS: &[&str] = &[
    "const",
    "crossinline",
    "final",
    "in",
    "mut",
    "noinline",
    "out",
    "override",
    "private",
    "protected",
    "public",
    "readonly",
    "ref",
    "val",
    "var",
];

/// A parameter, as words and marks: `token: str = ""` is `token`, `str` and `""`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Parameter {
    /// All of it but its default and what only stands before it.
    pub whole: Vec<String>,
    /// Its name; empty where it has none.
    pub name: Vec<String>,
    /// Its type; empty where the source doesn't tell.
    pub of: Vec<String>,
    /// What it is where nothing is given.
    pub default: Option<Vec<String>>,
    /// Whether a call may leave it out.
    pub optional: bool,
}

impl Parameter {
    /// Returns a parameter that a checklist asks for, as it is written there.
    pub fn asked(text: &str) -> Self {
        let (mut whole, default) = at_default(pieces(text));
        whole.retain(|it| it != "$");
        Self {
            whole: without_root(without_mark(whole)),
            default,
            ..Self::default()
        }
    }

    /// Returns whether it is what a checklist asks for: named, of that type, or both.
    pub fn fits(&self, asked: &Self) -> bool {
        let wanted = asked.whole.as_slice();
        let same = [&self.whole, &self.name, &self.of].into_iter();
        let fits = same.into_iter().any(|it| is_written_so(it, wanted));
        let default = asked.default.is_none() || asked.default == self.default;
        !wanted.is_empty() && fits && default
    }
}

/// Returns whether code is what a checklist asks for: just so, or with the packages before its types
/// that the line leaves out (`[]loan.Loan` for `[]Loan`).
pub(super) fn is_written_so(own: &[String], wanted: &[String]) -> bool {
    own == wanted || unqualified(own) == wanted
}

/// Returns code without the packages before its types.
fn unqualified(pieces: &[String]) -> Vec<String> {
    let is_word = |it: Option<&String>| {
        it.is_some_and(|it| it.starts_with(|it: char| it.is_alphabetic() || it == '_'))
    };
    let is = |at: usize, mark: &str| pieces.get(at).is_some_and(|it| it == mark);
    let mut kept = Vec::new();
    let mut at = 0;
    while let Some(piece) = pieces.get(at) {
        let mark = match () {
            () if is(at + 1, ".") => 1,
            () if is(at + 1, ":") && is(at + 2, ":") => 2,
            () => 0,
        };
        if mark > 0 && is_word(Some(piece)) && is_word(pieces.get(at + mark + 1)) {
            at += mark + 1;
        } else {
            kept.push(piece.clone());
            at += 1;
        }
    }
    kept
}

/// Returns the parameters between a definition's brackets, without what stands for the object that
/// a method is called on.
pub(super) fn parameters(language: Language, text: &str) -> Vec<Parameter> {
    let parts = divided(text);
    let mut all: Vec<Parameter> = parts
        .iter()
        .map(|it| parameter(language, it))
        .filter(|it| !it.whole.is_empty())
        .collect();
    let object = |it: &Parameter| {
        let name = it.name.last().or(it.whole.last());
        name.is_some_and(|name| ["self", "cls", "this"].contains(&name.as_str()))
    };
    if all.first().is_some_and(object) {
        all.remove(0);
    }
    if language == Language::Go {
        share_types(&mut all);
    }
    all
}

/// `to, text string`: both are strings.
fn share_types(all: &mut [Parameter]) {
    let mut of: Vec<String> = Vec::new();
    for it in all.iter_mut().rev() {
        if it.of.is_empty() && it.whole == it.name {
            it.of.clone_from(&of);
            it.whole.extend(of.iter().cloned());
        } else {
            of.clone_from(&it.of);
        }
    }
}

fn parameter(language: Language, text: &str) -> Parameter {
    let (all, default) = at_default(pieces(text));
    let whole = bare(language, &all);
    let first = whole.first().map_or("", String::as_str);
    let marked = whole.iter().any(|it| it == "?") && language == Language::Script;
    let rest = ["*", "/"].contains(&first) || text.contains("...") || text.contains("vararg ");
    let block = language == Language::Ruby && first == "&";
    let whole = without_mark(whole);
    let (name, of) = named(language, &whole);
    Parameter {
        optional: default.is_some() || marked || rest || block,
        whole,
        name,
        of,
        default,
    }
}

/// Returns a parameter's name and type.
fn named(language: Language, whole: &[String]) -> (Vec<String>, Vec<String>) {
    let colon = outside(whole, |at| {
        let is = |at: usize| whole.get(at).is_some_and(|it| it == ":");
        is(at) && !is(at + 1) && !at.checked_sub(1).is_some_and(is)
    });
    if let Some((name, of)) = colon.and_then(|at| whole.split_at_checked(at)) {
        let of = of.get(1..).unwrap_or_default();
        return (name.to_vec(), of.to_vec());
    }
    let split = match language {
        Language::Go => usize::from(whole.get(1).is_none_or(|it| it != ".")),
        Language::Java | Language::CSharp | Language::Php if whole.len() > 1 => {
            let (of, name) = whole.split_at(whole.len() - 1);
            return (name.to_vec(), of.to_vec());
        }
        Language::Java | Language::CSharp => 0,
        Language::Sql => 1,
        Language::Python | Language::Script | Language::Rust | Language::Ruby | Language::Php => {
            whole.len()
        }
    };
    let (name, of) = whole.split_at(split.min(whole.len()));
    (name.to_vec(), of.to_vec())
}

/// Leaves out annotations and words that only say how a parameter is taken.
fn bare(language: Language, all: &[String]) -> Vec<String> {
    let mut rest = all;
    loop {
        rest = match rest {
            [sign, opened, ..] if sign == "#" && opened == "[" => behind_brackets(rest, 1),
            [opened, ..] if opened == "[" && language == Language::CSharp => {
                behind_brackets(rest, 0)
            }
            [at, _, tail @ ..] if at == "@" => match tail.first() {
                Some(opened) if opened == "(" => behind_brackets(tail, 0),
                Some(_) | None => tail,
            },
            [word, _, ..] if MODIFIERS.contains(&word.as_str()) => rest.get(1..).unwrap_or(&[]),
            _ => break,
        };
    }
    let sign = |it: &&String| !(language == Language::Php && *it == "$");
    let rest = rest.iter().filter(sign).cloned().collect();
    if language == Language::Php {
        without_root(rest)
    } else {
        rest
    }
}

/// Returns what follows the brackets that are opened at a place.
fn behind_brackets(pieces: &[String], at: usize) -> &[String] {
    let mut depth = 0_usize;
    for (place, piece) in pieces.iter().enumerate().skip(at) {
        match piece.as_str() {
            "(" | "[" | "{" => depth += 1,
            ")" | "]" | "}" => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            return pieces.get(place + 1..).unwrap_or(&[]);
        }
    }
    &[]
}

/// PHP's `\DateTime` is `DateTime`, and `App\Clock` isn't `Clock`.
pub(super) fn without_root(whole: Vec<String>) -> Vec<String> {
    let mut kept: Vec<String> = Vec::new();
    let mut word = false;
    for piece in whole {
        let root = piece == "\\" && !word;
        word = piece.starts_with(|it: char| it.is_alphanumeric() || it == '_');
        if !root {
            kept.push(piece);
        }
    }
    kept
}

/// `name?: string` is named as `name: string` is.
fn without_mark(whole: Vec<String>) -> Vec<String> {
    let mark = whole.iter().position(|it| it == "?").filter(|at| {
        let next = whole.get(at + 1);
        *at > 0 && next.is_none_or(|it| it == ":")
    });
    let kept = whole.into_iter().enumerate();
    kept.filter(|(at, _)| Some(*at) != mark)
        .map(|(_, piece)| piece)
        .collect()
}

/// Splits a parameter at the mark before its default.
fn at_default(mut whole: Vec<String>) -> (Vec<String>, Option<Vec<String>>) {
    let Some(at) = outside(&whole, |at| {
        let arrow = whole.get(at + 1).is_some_and(|it| it == ">");
        whole.get(at).is_some_and(|it| it == "=") && !arrow
    }) else {
        return (whole, None);
    };
    let default = whole.split_off(at).into_iter().skip(1).collect();
    (whole, Some(default))
}

/// Returns the first place outside of brackets that is one of those.
fn outside(pieces: &[String], is_one: impl Fn(usize) -> bool) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, piece) in pieces.iter().enumerate() {
        match piece.as_str() {
            "(" | "[" | "{" | "<" => depth += 1,
            ")" | "]" | "}" | ">" => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 && is_one(at) {
            return Some(at);
        }
    }
    None
}

/// Returns the words and marks of some code; its quotes are no marks.
pub fn pieces(text: &str) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    let mut open = false;
    for letter in text.chars() {
        let word = letter.is_alphanumeric() || letter == '_';
        match all.last_mut() {
            Some(last) if word && open => last.push(letter),
            _ if letter.is_whitespace() || "\"'".contains(letter) => {}
            _ => all.push(letter.to_string()),
        }
        open = word;
    }
    all
}

/// Splits what stands between a definition's brackets at its commas.
pub fn divided(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut depth, mut begin, mut before) = (0_usize, 0, ' ');
    for (at, letter) in text.char_indices() {
        match letter {
            '(' | '[' | '{' | '<' => depth += 1,
            // `=>` and `->` close nothing.
            '>' if "=-".contains(before) => {}
            ')' | ']' | '}' | '>' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                parts.extend(text.get(begin..at));
                begin = at + 1;
            }
            _ => {}
        }
        before = letter;
    }
    parts.extend(text.get(begin..));
    parts
}
