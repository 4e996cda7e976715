//! A line's clauses → the traces that each verb asks for, or why the line is a person's.

mod again;
mod folders;
mod taken;
mod tested;
mod walk;

use std::borrow::Cow;

use super::super::super::expect::{Expectation, Noun, Symbol};
use super::tokens::{Token, tokens};
use super::{beyond, code, headed, refused};
use crate::checklist::Inline;
use crate::vocabulary::Vocabulary;
use taken::{is_member, is_type};
use tested::Tested;
use walk::Walk;

/// Why a line without a verb is a person's.
pub(super) const NO_VERB: &str = "has no verb of making, changing or removing";

/// Why a line is a person's.
pub(super) type Why = Cow<'static, str>;

/// What a verb asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    Make,
    Add,
    Change,
    Remove,
}

/// What a line asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Parsed {
    /// The traces; none where the line only leads bullets.
    pub(super) wants: Vec<Expectation>,
    /// Its verbs and code spans.
    pub(super) matched: Vec<String>,
    /// What its last verb asks for.
    pub(super) mode: Mode,
    /// The files that symbols below it are looked for in.
    pub(super) paths: Vec<String>,
    /// The type that what stands below it belongs to, where it names one.
    pub(super) owner: Option<String>,
    /// The names of what it makes, which what stands below it may put to use; nothing for what has
    /// no name that is known.
    pub(super) named: Vec<Option<String>>,
    /// Whether paths below it are where its work is done, and not what it makes.
    pub(super) listed: bool,
}

/// What a bullet has from the line above it.
pub(super) type Above<'a> = Option<&'a Parsed>;

/// Reads a line, or a bullet below one.
pub(super) fn parse(
    text: &Inline,
    above: Above<'_>,
    vocabulary: &Vocabulary,
) -> Result<Parsed, Why> {
    read(text, &tokens(text, vocabulary), above)
}

/// Reads a line below a heading, which may do without a verb; `told` is whether it may have one.
pub(super) fn parse_line(
    text: &Inline,
    (heading, told): (&str, bool),
    vocabulary: &Vocabulary,
) -> Result<Parsed, Why> {
    let mut tokens = tokens(text, vocabulary);
    if !headed::ask(&mut tokens, heading, vocabulary) && !told {
        return Err(NO_VERB.into());
    }
    read(text, &tokens, None)
}

fn read(text: &Inline, tokens: &[Token<'_>], above: Above<'_>) -> Result<Parsed, Why> {
    refused::links(text)?;
    refused::words(tokens)?;
    refused::opening(tokens)?;
    let kinds = code::kinds(tokens);
    beyond::refuse(tokens, &kinds)?;
    Walk::new(tokens, kinds, above).read()
}

/// What a verb asks for besides what its mode tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asks {
    Nothing,
    /// Its things are put into what they go into: that they are there doesn't tell it.
    Put,
    /// Its things are made known where they are used.
    Registered,
    /// Maybe what an interface promises.
    Fulfilled,
}

/// Where a function stands that comes with what a verb asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    /// In the type that is named, if one is.
    Inside,
    /// Beside it: ``with class `A` and function `f` ``.
    Alone,
}

/// What is asked for by one verb.
struct Clause {
    mode: Mode,
    /// The verb as written; empty for a bullet's, which is the line's above it.
    verb: String,
    wants: Vec<Expectation>,
    symbols: Vec<Symbol>,
    variables: Vec<String>,
    /// Where things go.
    into: Vec<String>,
    /// Where its endpoints are to be served from, and nothing goes.
    homes: Vec<String>,
    /// What its verb asks for besides.
    asks: Asks,
    /// Whether it names again what was named before.
    again: bool,
    /// Whether plain words before what it names may be what it asks for.
    says: bool,
    /// What it is about, if it has named nothing before: a path behind that may be where its work
    /// is done (``an index on `users(name)`: `a.sql` ``).
    about: Option<String>,
    /// Whether a noun before what it names says what a file of source may be: a migration.
    part: bool,
    /// The word that says what they are to be, where their being there doesn't tell that.
    quality: Option<String>,
    /// Where what comes with it stands.
    standing: Standing,
    /// What its tests are for.
    tested: Tested,
    /// The files behind which it stands in brackets, if it does: ``update `a.py` (add `f()`)``.
    beside: Option<Vec<String>>,
}

impl Clause {
    fn new(mode: Mode, verb: String) -> Self {
        Self {
            mode,
            verb,
            wants: Vec::new(),
            symbols: Vec::new(),
            variables: Vec::new(),
            into: Vec::new(),
            homes: Vec::new(),
            asks: Asks::Nothing,
            again: false,
            says: false,
            about: None,
            part: false,
            quality: None,
            standing: Standing::Inside,
            tested: Tested::default(),
            beside: None,
        }
    }

    /// Returns the type that what comes with it belongs to, where one is named.
    fn owner(&self) -> Option<String> {
        let typed = self.symbols.iter().rfind(|it| is_type(it));
        typed.map(|it| it.name.clone())
    }

    /// Whether its things are put into what they go into.
    fn puts(&self) -> bool {
        matches!(self.asks, Asks::Put | Asks::Registered)
    }

    /// Whether it names an endpoint.
    fn serves(&self) -> bool {
        let mut wants = self.wants.iter();
        wants.any(|it| matches!(it, Expectation::Endpoint { .. }))
    }

    /// Whether no code span has said yet what is asked for.
    fn names_nothing(&self) -> bool {
        let things = self.symbols.is_empty() && self.variables.is_empty();
        things && self.wants.is_empty() && self.into.is_empty()
    }

    /// Returns the type that what stands below it belongs to: the only one that it names.
    fn only_type(&self) -> Option<String> {
        let mut types = self.symbols.iter().filter(|it| is_type(it));
        let first = types.next()?;
        types.next().is_none().then(|| first.name.clone())
    }

    /// Puts what stands below a type into it, unless another place is named.
    fn belong(&mut self, owner: &str) {
        let placed = !self.into.is_empty() || self.wants.iter().any(|it| it.path().is_some());
        if placed {
            return;
        }
        for symbol in self.symbols.iter_mut().filter(|it| is_member(it)) {
            symbol.within.get_or_insert_with(|| owner.to_owned());
        }
        for want in &mut self.wants {
            if let Expectation::Endpoint { within, .. } = want {
                within.get_or_insert_with(|| owner.to_owned());
            }
        }
    }

    fn push(&mut self, symbol: Symbol) {
        self.symbols.push(Symbol {
            changed: self.mode == Mode::Change,
            ..symbol
        });
    }

    /// Refuses a field of which no type is named.
    fn refuse_lone_field(&self) -> Result<(), Why> {
        let mut symbols = self.symbols.iter();
        let alone = symbols.find(|it| it.noun == Noun::Field && it.within.is_none());
        alone.map_or(Ok(()), |symbol| {
            let name = &symbol.name;
            Err(format!("can't be told of which type `{name}` is to be a field").into())
        })
    }

    /// Refuses what nothing that it names would tell; `paths` is where its things are looked for.
    fn refuse_untold(&self, paths: &[String]) -> Result<(), Why> {
        let things = !self.symbols.is_empty() || !self.variables.is_empty();
        if self.puts() && self.into.is_empty() && !self.names_nothing() {
            let verb = &self.verb;
            return Err(format!("“{verb}” asks to put it into what isn't in code marks").into());
        }
        if self.asks == Asks::Registered && !things && self.wants.is_empty() {
            let verb = &self.verb;
            return Err(format!("“{verb}” doesn't say what is to be known there").into());
        }
        if self.mode == Mode::Change && things && paths.is_empty() {
            return Err("names what is to change, and no path whose change would tell".into());
        }
        Ok(())
    }

    /// Has its endpoints looked for in the files that it names for them.
    fn serve_from(&mut self) {
        let mut homes: Vec<String> = self.into.iter().chain(&self.homes).cloned().collect();
        if homes.is_empty() {
            homes.extend(self.beside.iter().flatten().cloned());
        }
        for want in &mut self.wants {
            if let Expectation::Endpoint { paths, .. } = want {
                paths.clone_from(&homes);
            }
        }
    }

    /// Returns the traces, symbols narrowed to the files that are named beside them.
    fn close(mut self, above: Above<'_>) -> Result<(Vec<Expectation>, Vec<String>), Why> {
        self.place()?;
        self.refuse_folder()?;
        self.refuse_migration()?;
        if let Some(owner) = above.and_then(|above| above.owner.as_deref()) {
            self.belong(owner);
        }
        self.refuse_lone_field()?;
        let above = above.map_or(&[][..], |above| &above.paths);
        let own = self.wants.iter().filter_map(Expectation::path);
        let mut paths: Vec<String> = own.map(str::to_owned).chain(self.into.clone()).collect();
        let named = paths.clone();
        let tests = self.uses_of_tests(&named)?;
        if paths.is_empty() {
            let beside = self.beside.as_deref().filter(|it| !it.is_empty());
            paths.extend(beside.unwrap_or(above).iter().cloned());
        }
        let things = !self.symbols.is_empty() || !self.variables.is_empty();
        self.refuse_untold(&paths)?;
        let several = self.into.len() > 1;
        let put = self.mode == Mode::Add && !self.into.is_empty();
        let uses = if self.asks == Asks::Registered && !self.into.is_empty() {
            let known: Vec<String> = self.symbols.drain(..).map(|it| it.name).collect();
            again::uses(&known, &self.into)?
        } else {
            Vec::new()
        };
        self.serve_from();
        let mut wants = self.wants;
        // What is made in a file may be told by its name there; what is put into one changes it.
        if self.mode != Mode::Make || !things {
            wants.extend(self.into.into_iter().map(Expectation::Change));
        }
        wants.extend(tests);
        wants.extend(uses);
        // What is put into several files is to be in each.
        let each: Vec<Vec<String>> = if several {
            paths.iter().map(|path| vec![path.clone()]).collect()
        } else {
            vec![paths]
        };
        for mut symbol in self.symbols {
            symbol.put = put;
            wants.extend(each.iter().map(|paths| Expectation::Symbol {
                symbol: symbol.clone(),
                paths: paths.clone(),
            }));
        }
        for name in self.variables {
            wants.extend(each.iter().map(|paths| Expectation::Variable {
                name: name.clone(),
                paths: paths.clone(),
            }));
        }
        Ok((wants, named))
    }
}

/// Why a line is a person's that says more of a thing than its being there tells.
pub(super) fn unseen(word: &str) -> Why {
    format!("asks for more than its being there tells (“{word}”)").into()
}
