//! Go's routers: `net/http`, gin, echo, chi, gorilla/mux and fiber, with their groups, closures,
//! mounts, and functions that are given a router.

mod bound;
mod imported;

use std::sync::LazyLock;

use regex::Regex;

use super::super::code::{Code, Language};
use super::super::variables::{pattern, patterns};
use super::chain::{self, Link};
use super::mounts::Place;
use super::routers::{FARTHEST, File, Follow, Routers, Syntax};
use super::{Endpoints, Route, method, methods};
use crate::facts::{Tree, paths};
use imported::Modules;

patterns! {
    FUNCTION = r"\bfunc\b[ \t]*(?:\([^()]*\)[ \t]*)?(\w*)[ \t]*(?:\[[^\]]*\])?\(";
    ROUTE = r"\.\s*(HandleFunc|HandlerFunc|Handle|Handler|MethodFunc|Method|Add|GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS|Any|Get|Post|Put|Patch|Delete|Head|Options|All)\(";
    ASSIGNED = r"(?:\bvar\s+)?\b(\w+(?:\.\w+)?)(?:,\s*\w+)?\s*:?=\s*[^=\s]";
    FIELD = r"(?m)^[ \t]*(\w+):\s*[^=\s]";
    METHODS = r"^\s*\.\s*Methods\(([^)]*)\)";
    VERB = r#"^(?:"([A-Z]+)"|http\.Method(\w+))$"#;
}

/// Functions that make a router.
const MAKERS: &[(&str, &str)] = &[
    ("gin", "Default"),
    ("gin", "New"),
    ("echo", "New"),
    ("fiber", "New"),
    ("chi", "NewRouter"),
    ("chi", "NewMux"),
    ("mux", "NewRouter"),
    ("http", "NewServeMux"),
    ("httprouter", "New"),
];

const SYNTAX: Syntax = Syntax {
    function: &FUNCTION,
    given: [&ASSIGNED, &FIELD],
    parameter: |part| part.split_whitespace().next().unwrap_or_default(),
    // What it returns stands there, if anything.
    has_body: |results| !results.contains([';', '}', '=']) && !results.trim_end().contains('\n'),
};

struct Reader<'a> {
    all: Routers<'a>,
    modules: Modules,
}

/// Returns the endpoints of all of Go's files.
pub(super) fn read(files: &[Code], tree: &Tree) -> Endpoints {
    let all = files.iter().enumerate();
    let all = all.filter(|(_, code)| code.language == Language::Go);
    let mut reader = Reader {
        all: Routers::new(all.map(|(at, code)| File::new(at, code, &SYNTAX)).collect()),
        modules: Modules::of(tree),
    };
    for index in 0..reader.all.files.len() {
        reader.routes(index);
        bound::mounts(&mut reader, index);
    }
    reader.calls();
    reader.all.served()
}

impl<'a> Follow<'a> for Reader<'a> {
    fn routers(&mut self) -> &mut Routers<'a> {
        &mut self.all
    }

    fn place(
        &mut self,
        index: usize,
        links: &[Link<'a>],
        at: usize,
        depth: usize,
    ) -> Option<Place> {
        let file = self.all.files.get(index)?;
        let (code, number) = (file.code, file.at);
        let names = links.iter().take_while(|it| it.inside.is_none()).count();
        let (path, calls) = links.split_at(names);
        let mut place = match path {
            [package]
                if calls
                    .first()
                    .is_some_and(|call| is_maker(package.name, call.name)) =>
            {
                let place = (number, format!("@{}", package.at));
                self.all.mounts.root(place.clone());
                if self.is_in_a_function(index, package.at) {
                    self.all.made.push(place.clone());
                }
                return Some(place);
            }
            [package] if package.name == "http" && calls.is_empty() => {
                let place = (number, "http".to_owned());
                self.all.mounts.root(place.clone());
                return Some(place);
            }
            [name] => self.named(index, name.name, at, depth)?,
            [_, .., field] => self.field(index, field.name, depth)?,
            [] => return None,
        };
        for call in calls {
            let inside = call.inside.as_ref()?;
            match call.name {
                "Group" | "PathPrefix" | "Route" => {
                    let prefix = chain::first_string(code, inside);
                    let child = (number, format!("@{}", call.at));
                    self.all.mounts.mount(child.clone(), place, prefix);
                    place = child;
                }
                "Subrouter" | "With" | "Use" | "Name" | "NewRoute" | "StrictSlash" => {}
                _ => return None,
            }
        }
        Some(place)
    }

    fn called(&self, index: usize, at: usize, name: &str) -> Option<(usize, usize)> {
        bound::called(self, index, at, name)
    }
}

impl Reader<'_> {
    fn routes(&mut self, index: usize) {
        let Some(code) = self.all.files.get(index).map(|file| file.code) else {
            return;
        };
        for (start, captures) in ROUTE.iter().flat_map(|it| code.matches(it)) {
            let (Some(whole), Some(begin)) = (captures.get(0), chain::begins(&code.bare, start))
            else {
                continue;
            };
            let end = chain::closing(&code.bare, whole.end()).unwrap_or(whole.end());
            let arguments = chain::arguments(code, &(whole.end()..end));
            let named = &captures[1];
            let first = arguments.first().map_or("", |it| chain::text(code, it));
            let first_verb = VERB.as_ref().and_then(|it| it.captures(first));
            let leads = matches!(
                named,
                "Handle" | "Handler" | "HandlerFunc" | "Method" | "MethodFunc" | "Add"
            );
            let (verb, path) = match first_verb.filter(|_| leads && arguments.len() > 2) {
                Some(verb) => {
                    let verb = verb.get(1).or_else(|| verb.get(2));
                    (verb.and_then(|it| method(it.as_str())), arguments.get(1))
                }
                None => (method(named), arguments.first()),
            };
            let Some(written) = path.and_then(|it| chain::string(code, it)) else {
                continue;
            };
            // `GET /a` of net/http.
            let (own, path) = match written.split_once(' ') {
                Some((own, path)) => (method(own), path.trim_start().to_owned()),
                None => (None, written),
            };
            if !(path.is_empty() || path.starts_with('/')) || arguments.len() < 2 {
                continue;
            }
            // A router that is mounted serves its own paths.
            let handler = arguments.last().map_or("", |it| chain::text(code, it));
            if named == "Handle" && handler.contains("StripPrefix(") {
                continue;
            }
            let behind = code.text.get(end + 1..).unwrap_or_default();
            let later = METHODS.as_ref().and_then(|it| it.captures(behind));
            let verbs = match (verb.or(own), later) {
                (None, Some(named)) => methods(&named[1].replace("http.Method", "").to_uppercase()),
                (verb, _) => vec![verb],
            };
            let place = self.called_on(index, begin, start);
            self.all.routes.push(Route {
                place,
                verbs,
                path: Some(path),
                origin: code.origin(start),
            });
        }
    }

    fn is_in_a_function(&self, index: usize, at: usize) -> bool {
        let Some(file) = self.all.files.get(index) else {
            return false;
        };
        let inner = chain::around(&file.functions, at);
        let last = inner.last().and_then(|it| it.name.as_deref());
        last.is_some_and(|name| name != "main")
    }

    /// Returns what a name is at a place: a parameter, or what it was given last.
    fn named(&mut self, index: usize, name: &str, at: usize, depth: usize) -> Option<Place> {
        let file = self.all.files.get(index)?;
        let (code, number) = (file.code, file.at);
        let around = chain::around(&file.functions, at);
        let inner = around
            .into_iter()
            .find(|it| it.parameters.iter().any(|own| own == name))
            .cloned();
        let seen = |(own, made, _): &&(String, usize, usize)| {
            own == name
                && *made < at
                && chain::sees(&file.functions, *made, at)
                && inner.as_ref().is_none_or(|it| it.holds(*made))
        };
        let value = file
            .made
            .iter()
            .filter(seen)
            .max_by_key(|(_, made, _)| *made);
        if let Some((_, made, value)) = value.cloned() {
            let (links, _) = chain::chain(code, value);
            return (depth < FARTHEST).then(|| self.place(index, &links, made, depth + 1))?;
        }
        if let Some(function) = inner {
            self.all.given.push((index, function.at));
            return Some((number, format!("{name}@{}", function.at)));
        }
        self.of_package(index, name, depth)
    }

    /// A variable of the package, maybe in another of its files.
    fn of_package(&mut self, index: usize, name: &str, depth: usize) -> Option<Place> {
        let folder = paths::folder(&self.all.files.get(index)?.code.path);
        let mut found = Vec::new();
        for (other, file) in self.all.files.iter().enumerate() {
            if paths::folder(&file.code.path) == folder {
                let outside = |at: usize| chain::around(&file.functions, at).is_empty();
                let all = file
                    .made
                    .iter()
                    .filter(|(own, at, _)| own == name && outside(*at));
                found.extend(all.map(|(_, at, value)| (other, *at, *value)));
            }
        }
        self.only(&found, depth)
    }

    /// A field of a structure (`s.router`), which is given a router in one place of the package.
    fn field(&mut self, index: usize, name: &str, depth: usize) -> Option<Place> {
        let folder = paths::folder(&self.all.files.get(index)?.code.path);
        let mut found = Vec::new();
        for (other, file) in self.all.files.iter().enumerate() {
            if paths::folder(&file.code.path) == folder {
                let ends = format!(".{name}");
                let written = |own: &str, at: usize| {
                    let behind = file.code.bare.get(at + own.len()..).unwrap_or_default();
                    let keyed = behind.starts_with(':') && !behind.starts_with(":=");
                    own.ends_with(&ends) || (own == name && keyed)
                };
                let all = file.made.iter().filter(|(own, at, _)| written(own, *at));
                found.extend(all.map(|(_, at, value)| (other, *at, *value)));
            }
        }
        self.only(&found, depth)
    }

    fn only(&mut self, found: &[(usize, usize, usize)], depth: usize) -> Option<Place> {
        let [(index, at, value)] = *found else {
            return None;
        };
        let code = self.all.files.get(index)?.code;
        let (links, _) = chain::chain(code, value);
        (depth < FARTHEST).then(|| self.place(index, &links, at, depth + 1))?
    }
}

fn is_maker(package: &str, function: &str) -> bool {
    MAKERS.contains(&(package, function))
}
