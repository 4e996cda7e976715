//! Routers as values, as Go and Rust have them: kept in names, returned by functions, given to them.
//!
//! How a language writes all that is for its own part to say ([`Follow`]).

use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::super::code::Code;
use super::chain::{self, Function, Link};
use super::mounts::{Mounts, Place, Prefix};
use super::{Endpoints, Route, serve};

/// How many values a name is followed through.
pub(super) const FARTHEST: usize = 10;

/// A file, and what routers are followed through in it.
pub(super) struct File<'a> {
    /// Its place among all files.
    pub(super) at: usize,
    pub(super) code: &'a Code,
    pub(super) functions: Vec<Function>,
    /// Names that values are given, with where both begin.
    pub(super) made: Vec<(String, usize, usize)>,
}

/// How a language writes functions, and gives names values.
pub(super) struct Syntax {
    /// A function up to its parameters; its name comes first, if it has one.
    pub(super) function: &'static LazyLock<Option<Regex>>,
    /// A name that comes first, up to the first letter of the value that it is given.
    pub(super) given: [&'static LazyLock<Option<Regex>>; 2],
    /// Returns a parameter's name.
    pub(super) parameter: fn(&str) -> &str,
    /// Whether a body can follow what stands between the parameters and a brace.
    pub(super) has_body: fn(&str) -> bool,
}

impl<'a> File<'a> {
    /// Returns a file that is written so.
    pub(super) fn new(at: usize, code: &'a Code, syntax: &Syntax) -> Self {
        let function = syntax.function.iter();
        let functions = function.flat_map(|it| it.captures_iter(&code.bare));
        let given = syntax.given.into_iter().flat_map(|it| it.iter());
        let given = given.flat_map(|it| it.captures_iter(&code.bare));
        let made = given.filter_map(|captures| {
            let (whole, name) = (captures.get(0)?, captures.get(1)?);
            Some((name.as_str().to_owned(), name.start(), whole.end() - 1))
        });
        Self {
            at,
            code,
            functions: functions
                .filter_map(|captures| function_of(code, &captures, syntax))
                .collect(),
            made: made.collect(),
        }
    }
}

fn function_of(code: &Code, captures: &Captures<'_>, syntax: &Syntax) -> Option<Function> {
    let (whole, name) = (captures.get(0)?, captures.get(1)?);
    let close = chain::closing(&code.bare, whole.end())?;
    let rest = code.bare.get(close + 1..)?;
    let brace = rest.find('{')?;
    if !(syntax.has_body)(rest.get(..brace)?) {
        return None;
    }
    let start = close + 1 + brace + 1;
    let parameters = code.bare.get(whole.end()..close)?.split(',');
    Some(Function {
        name: Some(name.as_str().to_owned()).filter(|name| !name.is_empty()),
        parameters: parameters
            .map(|it| (syntax.parameter)(it).to_owned())
            .collect(),
        at: whole.start(),
        body: start..chain::closing(&code.bare, start)?,
    })
}

/// The routers of a language's files.
pub(super) struct Routers<'a> {
    pub(super) files: Vec<File<'a>>,
    pub(super) mounts: Mounts,
    pub(super) routes: Vec<Route>,
    /// Functions whose parameter something hangs in: their files and places.
    pub(super) given: Vec<(usize, usize)>,
    /// Routers that functions other than `main` make: what is mounted elsewhere may be one of them.
    pub(super) made: Vec<Place>,
    /// Whether a router is mounted that can't be told.
    unknown: bool,
}

impl<'a> Routers<'a> {
    pub(super) fn new(files: Vec<File<'a>>) -> Self {
        Self {
            files,
            mounts: Mounts::default(),
            routes: Vec::new(),
            given: Vec::new(),
            made: Vec::new(),
            unknown: false,
        }
    }

    /// Returns the first parameter of a function, which is told by its file and place.
    pub(super) fn parameter(&self, (file, at): (usize, usize)) -> Option<Place> {
        let file = self.files.get(file)?;
        let function = file.functions.iter().find(|it| it.at == at)?;
        let name = function.parameters.first()?;
        Some((file.at, format!("{name}@{at}")))
    }

    /// Takes in that one router hangs in another.
    pub(super) fn hang(&mut self, target: Option<Place>, into: Option<Place>, prefix: Prefix) {
        match (target, into) {
            (Some(target), Some(into)) if target != into => self.mounts.mount(target, into, prefix),
            (Some(_), Some(_)) => {}
            (Some(target), None) => self.mounts.doubt(&target),
            (None, _) => self.unknown = true,
        }
    }

    /// Returns what is served in the end.
    pub(super) fn served(mut self) -> Endpoints {
        if self.unknown {
            for place in &self.made {
                self.mounts.doubt(place);
            }
        }
        serve(self.routes, &self.mounts)
    }
}

/// How routers are followed in a language.
pub(super) trait Follow<'a> {
    fn routers(&mut self) -> &mut Routers<'a>;

    /// Returns what a chain of names and calls at a place is; groups that it makes are taken in.
    fn place(&mut self, index: usize, links: &[Link<'a>], at: usize, depth: usize)
    -> Option<Place>;

    /// Returns the function, by its file and place, that is called by that name at a place; nothing
    /// where it is no call.
    fn called(&self, index: usize, at: usize, name: &str) -> Option<(usize, usize)>;

    /// Returns what begins at a place.
    fn value(&mut self, index: usize, start: usize, depth: usize) -> Option<Place> {
        let code = self.routers().files.get(index)?.code;
        let (links, _) = chain::chain(code, start);
        self.place(index, &links, start, depth)
    }

    /// Returns what a chain is that ends before a dot.
    fn called_on(&mut self, index: usize, begin: usize, dot: usize) -> Option<Place> {
        let code = self.routers().files.get(index)?.code;
        let (links, _) = chain::chain(code, begin);
        let links: Vec<Link<'_>> = links.into_iter().take_while(|it| it.at < dot).collect();
        self.place(index, &links, begin, 0)
    }

    /// Takes in what functions are given: where they are called with which router.
    fn calls(&mut self) {
        let mut done: Vec<(usize, usize)> = Vec::new();
        // A call's own argument may be a parameter again.
        while let Some(next) = self.routers().given.pop() {
            if !done.contains(&next) {
                done.push(next);
                self.calls_of(next);
            }
        }
    }

    fn calls_of(&mut self, (home, at): (usize, usize)) {
        let Some(file) = self.routers().files.get(home) else {
            return;
        };
        let number = file.at;
        let Some(function) = file.functions.iter().find(|it| it.at == at).cloned() else {
            return;
        };
        let Some(name) = &function.name else {
            return;
        };
        let call = format!("{name}(");
        for index in 0..self.routers().files.len() {
            let Some(code) = self.routers().files.get(index).map(|file| file.code) else {
                continue;
            };
            for (place, _) in code.bare.match_indices(&call) {
                if self.called(index, place, name) != Some((home, at)) {
                    continue;
                }
                let open = place + call.len();
                let end = chain::closing(&code.bare, open).unwrap_or(open);
                let arguments = chain::arguments(code, &(open..end));
                for (argument, parameter) in arguments.iter().zip(&function.parameters) {
                    let into = self.value(index, argument.start, 0);
                    let target = (number, format!("{parameter}@{at}"));
                    if let Some(into) = into.filter(|into| *into != target) {
                        let mounts = &mut self.routers().mounts;
                        mounts.mount(target, into, Some(String::new()));
                    }
                }
            }
        }
    }
}
