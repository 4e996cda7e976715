//! Whether a definition is what a line calls it, and has the parameters that the line names.

use super::{Noun, Symbol};
use crate::facts::{self, Definition, Definitions, Form, Head, Parameter, Sort, Tree};

/// What files and folders of an application's models are called.
const MODELS: [&str; 6] = ["model", "models", "entity", "entities", "schema", "schemas"];

/// Returns whether a definition of a symbol's name is what the line asks for, wherever it is.
pub(super) fn is_asked(tree: &Tree, found: &Definition, symbol: &Symbol) -> bool {
    !found.nested
        && !is_plain(tree, found, symbol)
        && is_called(tree, found, symbol)
        && is_made_here(tree, found, symbol)
        && !is_idle_test(tree, found, symbol)
}

/// Whether a definition lacks what makes it what the line calls it: in Python, a model, a form or a
/// serializer is a class that has a base or a decorator; of scripts, no class is called like a hook.
fn is_plain(tree: &Tree, found: &Definition, symbol: &Symbol) -> bool {
    let ending = found.origin.path.rsplit_once('.');
    let ending = ending.map_or("", |(_, ending)| ending);
    let of_framework = matches!(symbol.noun, Noun::Defined | Noun::Derived);
    let behind = symbol.name.strip_prefix("use").unwrap_or_default();
    match found.sort {
        Sort::Function => ending == "py" && of_framework,
        Sort::Type if ending == "py" && of_framework && !symbol.name.ends_with("Mixin") => {
            head(tree, found, symbol).is_some_and(|it| it.is_plain())
        }
        Sort::Type => {
            ["ts", "tsx", "js", "jsx"].contains(&ending)
                && behind.starts_with(char::is_uppercase)
                && !matches!(symbol.noun, Noun::Form(_) | Noun::Type)
        }
        Sort::Value | Sort::Table => false,
    }
}

/// Whether a definition is what a line calls it, with all that the line says of it.
fn is_called(tree: &Tree, found: &Definition, symbol: &Symbol) -> bool {
    let by_name = match (found.sort, symbol.noun) {
        (Sort::Function, noun) => match noun {
            Noun::Method => found.within.is_some(),
            // Where functions stand alone, a method isn't called as one.
            Noun::Function if found.within.is_some() && symbol.within.is_none() => {
                let alone = stands_alone(&found.origin.path);
                return !alone && has_all(tree, found, symbol);
            }
            Noun::Table
            | Noun::Defined
            | Noun::Type
            | Noun::Form(_)
            | Noun::Constant
            | Noun::Field => false,
            Noun::None
            | Noun::Function
            | Noun::Callable
            | Noun::Part
            | Noun::Derived
            | Noun::Endpoint
            | Noun::Test
            | Noun::Other => true,
            Noun::Migration => facts::is_migration(&found.origin.path),
        },
        (Sort::Type, noun) => match noun {
            Noun::Table | Noun::Constant | Noun::Field | Noun::Function | Noun::Method => false,
            Noun::Test => symbol.name.starts_with(char::is_uppercase) && is_test(&symbol.name),
            // A handler or a component does something, and an alias or an interface nothing.
            Noun::Callable | Noun::Part | Noun::Derived | Noun::Endpoint => {
                return is_concrete(tree, found, symbol) && !is_model(tree, found, symbol);
            }
            Noun::Migration if !facts::is_migration(&found.origin.path) => false,
            Noun::Migration => return is_concrete(tree, found, symbol),
            Noun::None | Noun::Other if symbol.call => return is_made(tree, found, symbol),
            Noun::Form(_) => return is_of_form(tree, found, symbol),
            Noun::None | Noun::Defined | Noun::Type | Noun::Other => true,
        },
        (Sort::Value, Noun::Constant) => is_constant(tree, found, symbol),
        (Sort::Value, noun) => {
            let value = [
                Noun::None,
                Noun::Other,
                Noun::Part,
                Noun::Derived,
                Noun::Defined,
            ];
            value.contains(&noun) && !symbol.call && !is_test_function(&symbol.name)
        }
        // A name alone may be a table's.
        (Sort::Table, noun) => !symbol.call && matches!(noun, Noun::Table | Noun::None),
    };
    by_name && has_all(tree, found, symbol)
}

/// Whether a definition is called like a test and tests nothing: it is skipped, or can't fail.
fn is_idle_test(tree: &Tree, found: &Definition, symbol: &Symbol) -> bool {
    let test = match found.sort {
        Sort::Function => is_test_function(&symbol.name),
        Sort::Type => is_test(&symbol.name) && facts::is_stand_in(&found.origin.path),
        Sort::Value | Sort::Table => false,
    };
    test && !facts::is_filled_test(tree, &symbol.name, found)
}

/// Whether a function has a body: one that is only declared is made nowhere. A type that promises
/// it may be named, and has it then. A type has something of its own.
fn is_made_here(tree: &Tree, found: &Definition, symbol: &Symbol) -> bool {
    let promised = symbol.within.is_some() && found.within == symbol.within;
    let holds = |made: &dyn Fn(&Head) -> bool| head(tree, found, symbol).is_none_or(|it| made(&it));
    // A head is read anew from its file: only where something is asked of it.
    match found.sort {
        Sort::Function => holds(&|it| it.is_implemented() || promised && it.is_promise()),
        Sort::Type => {
            let filled = holds(&|it| !it.is_empty_type());
            // Python's frameworks make nothing of a class that only has a base.
            let made = matches!(
                symbol.noun,
                Noun::Defined | Noun::Derived | Noun::Part | Noun::Callable | Noun::Endpoint
            );
            let derived = !made || !Definitions::is_blank_class(tree, &symbol.name, found);
            let structure = symbol.noun == Noun::Form(Form::Structure);
            let bare = || structure && Head::is_empty_structure(tree, &symbol.name, found);
            let idle = || {
                Head::is_idle_type(tree, &symbol.name, found)
                    || Head::is_idle_worker(tree, &symbol.name, found)
            };
            filled && derived && !idle() && !bare()
        }
        Sort::Value | Sort::Table => true,
    }
}

/// Whether what a definition's name stands for does nothing yet.
pub(super) fn is_stub(tree: &Tree, found: &Definition, symbol: &Symbol) -> bool {
    let head = head(tree, found, symbol);
    let idle = || {
        Head::is_idle_type(tree, &symbol.name, found)
            || Head::is_idle_worker(tree, &symbol.name, found)
    };
    head.is_some_and(|it| match found.sort {
        Sort::Function => it.is_stub(),
        Sort::Type => it.is_empty_type() || idle(),
        Sort::Value => symbol.noun == Noun::Constant && it.is_vacant(),
        Sort::Table => false,
    })
}

/// Whether a definition says what a line says of it, if that says anything.
fn has_all(tree: &Tree, found: &Definition, symbol: &Symbol) -> bool {
    let said = || head(tree, found, symbol).is_some_and(|it| has_signature(&it, symbol));
    symbol.signature.is_empty() || said()
}

/// Whether functions of a file's language stand in no type, unless they are called methods.
fn stands_alone(path: &str) -> bool {
    let alone = ["go", "py", "js", "mjs", "cjs", "jsx", "ts", "tsx", "php"];
    let ending = path.rsplit_once('.').map(|(_, ending)| ending);
    ending.is_some_and(|ending| alone.contains(&ending))
}

/// Returns whether a type is called like tests.
pub(super) fn is_test(name: &str) -> bool {
    let ends = ["Test", "Tests", "TestCase", "IT", "Spec"];
    let lower = |it: char| it.is_ascii_lowercase() || it.is_ascii_digit();
    let ended = ends.into_iter().filter_map(|end| name.strip_suffix(end));
    name.to_lowercase().starts_with("test") || ended.into_iter().any(|it| it.ends_with(lower))
}

/// Whether a type is one whose name is called to make a value of it.
fn is_made(tree: &Tree, found: &Definition, symbol: &Symbol) -> bool {
    let head = head(tree, found, symbol);
    head.is_some_and(|it| it.is_called() && has_signature(&it, symbol))
}

fn is_concrete(tree: &Tree, found: &Definition, symbol: &Symbol) -> bool {
    let head = head(tree, found, symbol);
    head.is_some_and(|it| it.is_concrete() && has_signature(&it, symbol))
}

/// Whether a type is what an application stores, by its bases or by where it lies: a controller or a
/// component of the same name is another thing.
fn is_model(tree: &Tree, found: &Definition, symbol: &Symbol) -> bool {
    let path = found.origin.path.to_lowercase();
    let mut pieces = path.rsplit('/').map(|it| {
        let stem = it.rsplit_once('.').map_or(it, |(stem, _)| stem);
        stem.rsplit(['.', '_', '-']).next().unwrap_or_default()
    });
    let called = pieces.by_ref().take(2).any(|it| MODELS.contains(&it));
    called || head(tree, found, symbol).is_some_and(|it| it.is_stored())
}

fn is_constant(tree: &Tree, found: &Definition, symbol: &Symbol) -> bool {
    let head = || head(tree, found, symbol);
    !symbol.call && head().is_some_and(|it| it.is_constant() && !it.is_vacant())
}

/// Whether a name is one of a function that tests: `TestParse`, `test_parse`.
fn is_test_function(name: &str) -> bool {
    let behind = name.strip_prefix("test_").or(name.strip_prefix("Test"));
    let begins = |it: char| it.is_ascii_uppercase() || name.starts_with("test_");
    behind.is_some_and(|it| it.starts_with(begins))
}

fn is_of_form(tree: &Tree, found: &Definition, symbol: &Symbol) -> bool {
    let Noun::Form(form) = symbol.noun else {
        return false;
    };
    let head = head(tree, found, symbol);
    head.is_some_and(|it| it.is(form) && has_signature(&it, symbol))
}

fn head(tree: &Tree, found: &Definition, symbol: &Symbol) -> Option<Head> {
    Definitions::head(tree, &symbol.name, found)
}

/// Whether a definition says all that a line says of it.
fn has_signature(head: &Head, symbol: &Symbol) -> bool {
    let said = &symbol.signature;
    let begun = said.modifiers.iter().all(|word| head.has(word));
    let returns = said.result.is_empty() || head.returns(&said.result);
    begun && returns && (said.parameters.is_empty() || has_parameters(head, &said.parameters))
}

/// Whether a definition has these parameters in that order, and a call with them is one: what
/// stands between may be left out. A type may have them as bases, among others.
fn has_parameters(head: &Head, asked: &[String]) -> bool {
    let own = head.parameters.as_ref();
    let follow = |parameters: &[Parameter], others: fn(&Parameter) -> bool| {
        let mut rest = parameters.iter();
        let found = asked.iter().all(|text| {
            let asked = Parameter::asked(text);
            let next = rest.by_ref().find(|it| it.fits(&asked) || !others(it));
            next.is_some_and(|it| it.fits(&asked))
        });
        found && rest.all(others)
    };
    own.is_some_and(|own| follow(own, |it| it.optional))
        || head.is_type() && follow(&head.bases(), |_| true)
}

#[cfg(test)]
mod tests;
