//! What a code span names as a symbol: its name, what it belongs to, and what else its definition
//! is to say.

use super::Beside;
use crate::facts::{Form, divided};
use crate::resolve::expect::{Noun, Signature, Symbol};
use crate::resolve::rules::expect::words::{NOUNS as EVERY_NOUN, Role};

/// Nouns for a symbol.
pub(super) const NOUNS: [Role; 5] = [
    Role::Type,
    Role::Callable,
    Role::Table,
    Role::Value,
    Role::Field,
];

/// What the definitions of functions begin with.
const CALLED: [&str; 5] = ["def", "fn", "func", "fun", "function"];

/// What those of types begin with, and the forms that they tell.
const TYPES: [(&str, Noun); 8] = [
    ("class", Noun::Form(Form::Class)),
    ("struct", Noun::Form(Form::Structure)),
    ("interface", Noun::Form(Form::Interface)),
    ("enum", Noun::Form(Form::Enumeration)),
    ("trait", Noun::Form(Form::Trait)),
    ("type", Noun::Type),
    ("record", Noun::Form(Form::Class)),
    ("object", Noun::Form(Form::Class)),
];

/// What may stand before those.
const BEFORE: [&str; 20] = [
    "abstract",
    "async",
    "data",
    "export",
    "final",
    "inline",
    "internal",
    "open",
    "override",
    "partial",
    "private",
    "protected",
    "pub",
    "public",
    "readonly",
    "sealed",
    "static",
    "suspend",
    "value",
    "virtual",
];

/// What the nouns of types ask for.
const FORMS: [(Role, Noun); 8] = [
    (Role::Exception, Noun::Form(Form::Exception)),
    (Role::Interface, Noun::Form(Form::Interface)),
    (Role::Structure, Noun::Form(Form::Structure)),
    (Role::Enumeration, Noun::Form(Form::Enumeration)),
    (Role::Trait, Noun::Form(Form::Trait)),
    (Role::Class, Noun::Form(Form::Class)),
    (Role::AnyType, Noun::Type),
    (Role::Type, Noun::Defined),
];

/// Returns the symbol that a code span names, by its form and the nouns beside it.
pub(super) fn read(code: &str, beside: Beside<'_>) -> Option<Symbol> {
    let begun = keywords(code)?;
    let (taken, rest) = receiver(&begun)?;
    let (receiver, way) = taken.unzip();
    let (name, behind) = rest.split_at(rest.find('(').unwrap_or(rest.len()));
    let call = !behind.is_empty();
    let (parameters, result) = if call {
        called(behind)?
    } else {
        Default::default()
    };
    let (name, form) = formed(name.trim(), begun.noun);
    let parts: Vec<&str> = name
        .split(['.', '#', ':'])
        .filter(|part| !part.is_empty())
        .collect();
    let clean = !parts.is_empty()
        && parts.iter().all(|part| is_identifier(part))
        && !name.starts_with(['.', '#', ':'])
        && !name.ends_with(['.', '#', ':']);
    if !clean {
        return None;
    }
    let (last, before) = parts.split_last()?;
    // `type hints` is no type's definition.
    let typed = begun.noun != Noun::Type || form.is_some() || last.starts_with(char::is_uppercase);
    let said = begun.said && typed;
    if begun.said && !typed {
        return None;
    }
    let told = said || beside.of_owner || NOUNS.iter().any(|role| beside.names(*role));
    let qualified = !before.is_empty()
        && (name.contains("::")
            || name.contains('#')
            || before
                .iter()
                .any(|part| part.starts_with(char::is_uppercase)));
    let alone = before.is_empty();
    let titled =
        beside.of_type && last.starts_with(char::is_uppercase) && last.contains(char::is_lowercase);
    if !(call || told || qualified || alone && (has_shape(last) || titled)) {
        return None;
    }
    let mut modifiers = begun.modifiers;
    modifiers.extend(form.map(str::to_owned));
    modifiers.extend(borrowed(behind).map(str::to_owned));
    modifiers.extend(way);
    Some(Symbol {
        name: (*last).to_owned(),
        within: receiver.or_else(|| before.last().map(|part| (*part).to_owned())),
        call: call || (beside.names(Role::Callable) && !beside.names(Role::Type)),
        noun: noun((begun.noun, form), call, beside),
        changed: false,
        put: false,
        signature: Signature {
            modifiers,
            parameters,
            result,
        },
    })
}

/// What a code span begins with, before its name.
struct Begun<'c> {
    rest: &'c str,
    /// Whether a keyword says that something is defined.
    said: bool,
    /// The words that the definition is to have.
    modifiers: Vec<String>,
    noun: Noun,
}

/// Returns what a code span says before its name; `None` where that is no definition's beginning.
fn keywords(code: &str) -> Option<Begun<'_>> {
    let mut begun = Begun {
        rest: code,
        said: false,
        modifiers: Vec::new(),
        noun: Noun::None,
    };
    while let Some((word, rest)) = begun.rest.split_once(' ') {
        let form = TYPES.iter().find(|(known, _)| *known == word);
        if CALLED.contains(&word) {
            begun.noun = Noun::Function;
        } else if let Some((_, noun)) = form {
            begun.noun = *noun;
        } else if !BEFORE.contains(&word) {
            break;
        }
        if !CALLED.contains(&word) {
            begun.modifiers.push(word.to_owned());
        }
        begun.rest = rest.trim_start();
        if begun.noun != Noun::None {
            begun.said = true;
            break;
        }
    }
    (begun.said || begun.modifiers.is_empty()).then_some(begun)
}

/// Returns the type that a method of Go's belongs to and how it is taken, and what is behind that:
/// `Store`, `(*Store)` of `(s *Store) Get()`.
fn receiver<'c>(begun: &Begun<'c>) -> Option<(Option<(String, String)>, &'c str)> {
    let Some(rest) = begun.rest.strip_prefix('(').filter(|_| begun.said) else {
        return Some((None, begun.rest));
    };
    let (inside, rest) = rest.split_once(')')?;
    let of = inside.rsplit([' ', '*']).next().unwrap_or_default();
    let star = if inside.contains('*') { "*" } else { "" };
    is_identifier(of).then(|| {
        (
            Some((of.to_owned(), format!("({star}{of})"))),
            rest.trim_start(),
        )
    })
}

/// Returns how Rust's method borrows what it is called on, where brackets begin with that.
fn borrowed(brackets: &str) -> Option<&'static str> {
    let first = brackets.trim_start_matches('(').split([',', ')']).next()?;
    let ways = ["&self", "&mut self"];
    ways.into_iter().find(|way| first.trim() == *way)
}

/// Returns the parameters between brackets, and what is returned.
fn called(text: &str) -> Option<(Vec<String>, String)> {
    let mut depth = 0_usize;
    let end = text.char_indices().find_map(|(at, letter)| {
        match letter {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        (depth == 0).then_some(at)
    })?;
    let inside = text.get(1..end)?;
    let parameters = divided(inside).into_iter().map(str::trim);
    let object = |it: &&str| !matches!(*it, "" | "self" | "&self" | "&mut self" | "cls" | "this");
    let mut parameters: Vec<String> = parameters.filter(object).map(str::to_owned).collect();
    // `f(...)` has some, and nobody says which.
    parameters.retain(|it| !matches!(it.as_str(), "..." | "…") || inside.contains(','));
    let behind = text
        .get(end + 1..)?
        .trim()
        .trim_end_matches([':', '{', ' ']);
    let result = behind.strip_prefix("->").or(behind.strip_prefix(':'));
    let result = result.unwrap_or(behind).trim().trim_end_matches("...");
    let typed = |it: char| it.is_alphanumeric() || " _.,*&?|<>[](){}:'".contains(it);
    result
        .chars()
        .all(typed)
        .then(|| (parameters, result.to_owned()))
}

/// Returns a name without the form behind it: `Sender struct`.
fn formed(name: &str, noun: Noun) -> (&str, Option<&'static str>) {
    let forms = ["struct", "interface"];
    let form = forms.into_iter().filter(|_| noun == Noun::Type);
    let mut form = form.filter_map(|it| Some((name.strip_suffix(it)?, it)));
    match form.next() {
        Some((name, form)) if name.ends_with(' ') => (name.trim_end(), Some(form)),
        Some(_) | None => (name, None),
    }
}

/// Returns what a code span, or the noun beside it, calls a symbol.
fn noun((begun, form): (Noun, Option<&str>), call: bool, beside: Beside<'_>) -> Noun {
    let form = TYPES.iter().find(|(known, _)| Some(*known) == form);
    if let Some((_, noun)) = form {
        return *noun;
    }
    if begun != Noun::None {
        return begun;
    }
    let names = |role: Role| beside.names(role);
    let typed = FORMS.iter().find(|(role, _)| names(*role));
    match typed {
        _ if names(Role::Table) => Noun::Table,
        Some((_, noun)) if !names(Role::Callable) => *noun,
        _ if names(Role::Method) => Noun::Method,
        _ if names(Role::Function) => Noun::Function,
        _ if names(Role::Value) => Noun::Constant,
        _ if names(Role::Field) => Noun::Field,
        _ if names(Role::Callable) && !call => Noun::Callable,
        _ if names(Role::Endpoint) && !names(Role::Callable) => Noun::Endpoint,
        _ if names(Role::Tests) => Noun::Test,
        _ if names(Role::Migration) => Noun::Migration,
        _ if names(Role::Derived) => Noun::Derived,
        _ if names(Role::Part) => Noun::Part,
        _ if EVERY_NOUN.iter().any(|role| names(*role)) => Noun::Other,
        _ => Noun::None,
    }
}

fn is_identifier(part: &str) -> bool {
    part.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && part.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// Returns whether a name can only be one of code: `snake_case`, `camelCase`, `PascalCase`.
fn has_shape(name: &str) -> bool {
    let snake = name.trim_matches('_').contains('_');
    let letters: Vec<char> = name.chars().collect();
    let turns = letters
        .windows(2)
        .any(|pair| matches!(pair, [a, b] if a.is_ascii_lowercase() && b.is_ascii_uppercase()));
    let acronym = letters.windows(3).any(
        |three| matches!(three, [a, b, c] if a.is_ascii_uppercase() && b.is_ascii_uppercase() && c.is_ascii_lowercase()),
    );
    snake || turns || acronym
}
