//! How a definition is written, up to its body: what it is, its parameters, what it returns.
//!
//! Read where a definition is asked for by more than its name; comments are left out.

use std::sync::Arc;

/// The bases of models in Django, `SQLAlchemy`, `SQLModel`, Rails, Laravel, Mongoid and `TypeORM`.
const STORED: [&str; 7] = [
    "Model",
    "Base",
    "DeclarativeBase",
    "SQLModel",
    "ApplicationRecord",
    "BaseEntity",
    "Document",
];

use super::super::code::{Code, Language};
use super::extent::{brackets, ends};
use super::parameters::{Parameter, is_written_so, parameters, pieces, without_root};
use super::stub::Body;
use super::{Definition, Sort};

/// What a type is, as far as languages tell such things apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Form {
    /// A class.
    Class,
    /// A structure.
    Structure,
    /// An interface.
    Interface,
    /// A trait.
    Trait,
    /// An enumeration.
    Enumeration,
    /// An exception.
    Exception,
}

/// Words that may stand right before what a method of Java's or C#'s returns.
const BEFORE_TYPES: [&str; 9] = [
    "async",
    "default",
    "final",
    "internal",
    "override",
    "private",
    "protected",
    "public",
    "static",
];

/// How a definition is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    language: Language,
    kotlin: bool,
    sort: Sort,
    /// Whether a decorator of Python's stands above it.
    decorated: bool,
    /// Whether one makes a class of data of it.
    data: bool,
    /// The words and marks before its name.
    before: Vec<String>,
    /// Those between its name and its parameters: `= async`.
    between: Vec<String>,
    /// How a method of Rust's or Go's takes what it is called on: `&mut self`, `(*Graph)`.
    receiver: Option<String>,
    /// Its parameters, or the bases of a class of Python's; `None` where it has no brackets.
    pub parameters: Option<Vec<Parameter>>,
    /// The words and marks behind those, up to the body.
    behind: Vec<String>,
    /// What stands behind those.
    body: Body,
    /// The byte that it ends at.
    pub(super) end: usize,
}

impl Head {
    /// Returns the head of a definition in a file with this text.
    pub(in crate::facts) fn of(name: &str, found: &Definition, text: &Arc<str>) -> Option<Self> {
        let code = Code::new(&found.origin.path, text)?;
        Self::read(&code, name, (found.sort, found.at))
    }

    /// Returns the head of what is defined by that name at a place.
    pub(super) fn read(code: &Code, name: &str, (sort, at): (Sort, usize)) -> Option<Self> {
        let line = code.bare.get(..at)?;
        let begins = line.rfind(['\n', ';', '{', '}']).map_or(0, |it| it + 1);
        let above = line.get(..begins).unwrap_or_default();
        let start = at + name.len();
        let (open, close) = brackets(code, start, sort).unzip();
        let between = code.text.get(start..open.unwrap_or(start))?;
        let inside = open.zip(close);
        let inside = inside.and_then(|(open, close)| code.text.get(open + 1..close));
        let rest = close.map_or(start, |close| close + 1);
        let before = pieces(code.text.get(begins..at)?);
        let end = ends(code, (rest, sort));
        Some(Self {
            language: code.language,
            kotlin: code.path.rsplit_once('.').is_some_and(|(_, it)| it == "kt"),
            sort,
            decorated: is_decorated(above, "@"),
            data: is_decorated(above, "@dataclass") || is_decorated(above, "@dataclasses."),
            receiver: receiver(code.language, &before, inside),
            before,
            between: pieces(between),
            parameters: inside.map(|inside| parameters(code.language, inside)),
            behind: pieces(code.text.get(rest..end)?),
            body: match sort {
                Sort::Value if is_vacant(code, start) => Body::Stub,
                Sort::Value => Body::Some,
                Sort::Function | Sort::Type | Sort::Table => Body::of(code, at, end),
            },
            end,
        })
    }

    /// Returns whether a function does something, and isn't only promised, declared or begun.
    pub fn is_implemented(&self) -> bool {
        // Without a semicolon, an overload's signature goes on with the next one's.
        let next = self.behind.iter().any(|it| it == "function");
        let overload = self.language == Language::Script && next;
        self.body == Body::Some && !overload && !self.is_left_to_others()
    }

    /// Returns whether a function has a body that does nothing, or only says so.
    pub fn is_stub(&self) -> bool {
        self.body == Body::Stub
    }

    /// Returns whether a type has nothing of its own: no body, parameters or bases. What types of Go's
    /// and Rust's do stands beside them.
    pub fn is_empty_type(&self) -> bool {
        let other = self.has("enum") || self.has("trait");
        let beside = match self.language {
            Language::Go => true,
            Language::Rust => !other,
            Language::Python
            | Language::Script
            | Language::Java
            | Language::Php
            | Language::CSharp
            | Language::Ruby
            | Language::Sql => false,
        };
        let parameters = self.parameters.as_ref().is_some_and(|it| !it.is_empty());
        let bare = !parameters && self.bases().is_empty();
        let python = self.language == Language::Python && self.body == Body::None;
        !beside && bare && (self.is_stub() || python)
    }

    /// Returns whether it is what a type promises: without a body, and not left to others.
    pub fn is_promise(&self) -> bool {
        self.body == Body::None && !self.is_left_to_others()
    }

    /// Whether it is one of those that say that others are to make a body.
    fn is_left_to_others(&self) -> bool {
        self.is_preceded_by("abstract") || self.is_preceded_by("declare")
    }

    fn is_preceded_by(&self, word: &str) -> bool {
        self.before.iter().any(|it| it == word)
    }

    /// Returns whether it is begun by a word: `async`, `struct`.
    pub fn has(&self, word: &str) -> bool {
        let behind = self.behind.first().into_iter();
        let mut all = self
            .before
            .iter()
            .chain(&self.between)
            .chain(behind)
            .chain(&self.receiver);
        all.any(|it| it == word) || word == "data" && self.data
    }

    /// Returns whether it returns just that.
    pub fn returns(&self, asked: &str) -> bool {
        let asked = without_root(pieces(asked));
        let typed_before = matches!(self.language, Language::Java | Language::CSharp);
        if typed_before && !self.kotlin {
            let at = self.before.len().saturating_sub(asked.len());
            let qualified = || {
                let types = self
                    .before
                    .iter()
                    .rposition(|it| BEFORE_TYPES.contains(&it.as_str()));
                let of = self.before.get(types.map_or(0, |at| at + 1)..);
                of.is_some_and(|of| is_written_so(of, &asked))
            };
            return self.before.get(at..) == Some(&asked) || qualified();
        }
        let behind = match self.behind.as_slice() {
            [dash, arrow, rest @ ..] if dash == "-" && arrow == ">" => rest,
            [colon, rest @ ..] if colon == ":" => rest,
            rest => rest,
        };
        is_written_so(&without_root(behind.to_vec()), &asked)
    }

    /// Returns whether a type can do something: none that only names or promises what others do.
    pub fn is_concrete(&self) -> bool {
        let promises = ["interface", "trait", "enum", "annotation"];
        match self.language {
            Language::Sql | Language::Ruby => true,
            Language::Python => !self.is_derived(&["Protocol", "Enum"]),
            Language::Go | Language::Rust => self.has("struct"),
            Language::Script | Language::Java | Language::Php | Language::CSharp => {
                !promises.iter().any(|word| self.has(word)) && !self.is_alias()
            }
        }
    }

    /// `type Name = …`
    fn is_alias(&self) -> bool {
        self.language == Language::Script && self.before.last().is_some_and(|it| it == "type")
    }

    /// Returns whether a value is given none: nothing, or an empty text.
    pub fn is_vacant(&self) -> bool {
        self.sort == Sort::Value && self.is_stub()
    }

    /// Returns whether a value stays as it is, as far as its language tells.
    pub fn is_constant(&self) -> bool {
        match self.language {
            Language::Script | Language::Go => self.is_preceded_by("const"),
            Language::Rust => !self.is_preceded_by("mut"),
            Language::Python
            | Language::Java
            | Language::Ruby
            | Language::Php
            | Language::CSharp
            | Language::Sql => true,
        }
    }

    /// Returns whether writing `Name()` makes a value of it, or calls it.
    pub fn is_called(&self) -> bool {
        self.sort == Sort::Function || self.language == Language::Python || self.kotlin
    }

    /// Returns whether a class of Python's has neither a base of its own nor a decorator.
    pub fn is_plain(&self) -> bool {
        let object = |it: &Parameter| it.whole.as_slice() == ["object"];
        self.language == Language::Python && !self.decorated && self.bases().iter().all(object)
    }

    /// Returns whether it is a type's.
    pub fn is_type(&self) -> bool {
        self.sort == Sort::Type
    }

    /// Returns the types that a type is derived from, in their order.
    pub fn bases(&self) -> Vec<Parameter> {
        if self.language == Language::Python {
            let mut bases = self.parameters.clone().unwrap_or_default();
            for base in &mut bases {
                base.of.clone_from(&base.whole);
            }
            return bases;
        }
        let words = self.behind.split(|it| {
            ["extends", "implements", "with", ":", "<", ">", ",", "&"].contains(&it.as_str())
        });
        let base = |words: &[String]| {
            let called = words.iter().position(|it| it == "(");
            let words = words.get(..called.unwrap_or(words.len()))?.to_vec();
            let of = words.clone();
            (!words.is_empty()).then(|| Parameter {
                whole: words,
                of,
                ..Parameter::default()
            })
        };
        words.filter_map(base).collect()
    }

    /// Returns whether a type is of that form; not where its language doesn't tell.
    pub fn is(&self, form: Form) -> bool {
        let any = |words: &[&str]| words.iter().any(|word| self.has(word));
        let python = self.language == Language::Python;
        let derived = |ends: &[&str]| self.is_derived(ends);
        match (form, self.language) {
            (_, Language::Sql) => {
                form == Form::Enumeration && self.behind.get(1).is_some_and(|it| it == "enum")
            }
            (Form::Class | Form::Structure, Language::Python) => true,
            (Form::Class | Form::Structure, Language::Go | Language::Rust)
            | (Form::Structure, Language::CSharp) => any(&["struct"]),
            (Form::Class, _) => any(&["class", "record", "object"]) && !any(&["enum", "struct"]),
            (Form::Structure, Language::Script) => any(&["class", "interface", "type"]),
            (Form::Structure, _) => any(&["class", "record"]) && !any(&["enum"]),
            (Form::Interface, Language::Rust) | (Form::Trait, _) => any(&["trait"]),
            (Form::Interface, _) if python => derived(&["Protocol", "ABC", "ABCMeta", "Interface"]),
            (Form::Interface, _) => any(&["interface"]),
            (Form::Enumeration, _) if python => derived(&["Enum", "Flag", "Choices"]),
            (Form::Enumeration, _) => any(&["enum"]),
            (Form::Exception, _) if !python && !any(&["class", "record"]) => false,
            (Form::Exception, _) => derived(&["Exception", "Error", "Throwable", "Warning"]),
        }
    }

    /// Returns whether a type is a model of what is stored, by the base that frameworks have for that.
    pub fn is_stored(&self) -> bool {
        let bases = self.bases();
        let mut names = bases.iter().filter_map(|it| it.whole.last());
        names.any(|name| STORED.contains(&name.as_str()))
    }

    /// Whether a base's name ends like one of these.
    fn is_derived(&self, ends: &[&str]) -> bool {
        let bases = self.bases();
        let metaclass = bases.iter().filter_map(|it| it.default.as_deref());
        let wholes = bases.iter().map(|it| it.whole.as_slice());
        let mut names = wholes.chain(metaclass).filter_map(<[String]>::last);
        names.any(|name| ends.iter().any(|end| name.ends_with(end)))
    }
}

/// Returns whether a decorator of Python's that begins so stands right above a definition, behind these
/// lines.
fn is_decorated(above: &str, begins: &str) -> bool {
    let lines = above.lines().rev().map(str::trim_start);
    let definition = |it: &str| {
        ["class ", "def ", "async "]
            .iter()
            .any(|word| it.starts_with(word))
    };
    let mut near = lines.take_while(|it| !(it.is_empty() || definition(it)));
    near.any(|it| it.starts_with(begins))
}

/// Returns how a method takes what it is called on: in Rust the first of its parameters, in Go what
/// stands in brackets before its name (`(*Graph)`).
fn receiver(language: Language, before: &[String], parameters: Option<&str>) -> Option<String> {
    if language == Language::Rust {
        let first = parameters?.split(',').next()?;
        let words: Vec<&str> = first.split_whitespace().collect();
        return words
            .last()
            .is_some_and(|it| it.ends_with("self"))
            .then(|| words.join(" "));
    }
    let open = before.iter().position(|it| it == "(")?;
    let inside = before
        .get(open + 1..)
        .filter(|_| language == Language::Go)?;
    let of = inside
        .iter()
        .take_while(|it| !["[", ")"].contains(&it.as_str()));
    let star = if inside.iter().any(|it| it == "*") {
        "*"
    } else {
        ""
    };
    Some(format!("({star}{})", of.last()?))
}

/// Whether what is assigned on a line, behind a place, is nothing, or an empty text.
fn is_vacant(code: &Code, start: usize) -> bool {
    const NOTHING: [&str; 7] = ["None", "null", "undefined", "nil", "''", "\"\"", "``"];
    let line = code.text.get(start..).and_then(|it| it.lines().next());
    let assigned = line.and_then(|it| it.split_once('='));
    let value = assigned.map(|(_, value)| value.trim().trim_end_matches([';', ',']).trim_end());
    let value = value.map(|it| it.split_once(" as ").map_or(it, |(value, _)| value));
    value.is_some_and(|it| NOTHING.contains(&it))
}
