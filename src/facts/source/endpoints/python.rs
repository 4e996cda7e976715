//! `FastAPI`, Starlette, Flask and aiohttp: decorators, routers and blueprints, lists of routes.

mod lists;
pub(super) mod modules;
mod started;
mod wrapped;

use std::collections::HashSet;
use std::sync::LazyLock;

use regex::Regex;

use super::super::super::Tree;
use super::super::super::paths::is_below;
use super::super::code::{Code, Language};
use super::super::literal;
use super::super::variables::{pattern, patterns};
use super::chain;
use super::mounts::{Mounts, Place, Prefix};
use super::{Endpoints, Route, method, methods, serve};
use modules::Modules;
use started::{Started, starts_itself};

patterns! {
    DECORATOR = r"@(\w+)\.(get|post|put|patch|delete|head|options|websocket|route|api_route)\(";
    ADDED = r"\b(\w+)\.(add_api_route|add_url_rule|add_route|add_websocket_route|mount)\(";
    AIOHTTP = r"\b(\w+)\.router\.add_(get|post|put|patch|delete|head|route)\(";
    LISTED = r"\bweb\.(get|post|put|patch|delete|head)\(";
    MADE = r"\b(\w+)\s*(?::\s*[\w.]+\s*)?=\s*(?:\w+\.)?(APIRouter|Blueprint|RouteTableDef|FastAPI|Flask|Quart|Starlette|Sanic|Application)\(";
    INCLUDE = r"\b(\w+)\.(include_router|register_blueprint|add_routes|add_subapp|mount)\(";
}

/// Names that applications are called by, where they come in as parameters.
const APPLICATIONS: &[&str] = &["app", "application"];

/// Returns the endpoints of all Python files.
pub(super) fn read(files: &[Code], tree: &Tree) -> Endpoints {
    let mut reader = Reader {
        modules: Modules::new(files),
        mounts: Mounts::default(),
        routes: Vec::new(),
        made: HashSet::new(),
        applications: Vec::new(),
    };
    let all: Vec<(usize, &Code)> = reader.modules.all().collect();
    for (file, code) in &all {
        reader.made(*file, code);
    }
    reader.doubt_what_isnt_started(&all, tree);
    for (file, code) in &all {
        reader.includes(*file, code);
        reader.decorated(*file, code);
        reader.added(*file, code);
        lists::read(&mut reader, *file, code);
    }
    for (file, code) in &all {
        wrapped::read(&mut reader, *file, code);
    }
    serve(reader.routes, &reader.mounts)
}

/// Returns whether a file is Python's.
pub(super) fn is_python(code: &Code) -> bool {
    code.language == Language::Python
}

pub(super) struct Reader<'a> {
    modules: Modules<'a>,
    mounts: Mounts,
    routes: Vec<Route>,
    /// The routers and applications that are made somewhere.
    made: HashSet<Place>,
    /// Those of them that are applications.
    applications: Vec<Place>,
}

impl Reader<'_> {
    /// Takes in the routers and applications that a file makes.
    fn made(&mut self, file: usize, code: &Code) {
        for (_, captures) in MADE.iter().flat_map(|it| code.matches(it)) {
            let Some(whole) = captures.get(0) else {
                continue;
            };
            let place = (file, captures[1].to_owned());
            self.made.insert(place.clone());
            match &captures[2] {
                "APIRouter" | "Blueprint" | "RouteTableDef" => {
                    let arguments = literal::arguments(&code.text, &code.bare, whole.end());
                    let prefix = self.prefix(file, &arguments);
                    self.mounts.own(place, prefix);
                }
                _ => {
                    self.applications.push(place.clone());
                    self.mounts.root(place);
                }
            }
        }
    }

    /// Takes back that applications are served beside which a command starts another one.
    fn doubt_what_isnt_started(&mut self, all: &[(usize, &Code)], tree: &Tree) {
        if self.applications.len() < 2 {
            return;
        }
        let started = Started::of(tree);
        let mut homes = Vec::new();
        let mut named = HashSet::new();
        for (file, code) in all {
            for (name, home) in started.in_file(&code.path) {
                if let Some(place) = self.place(*file, name) {
                    named.insert(place);
                    homes.push(home.to_owned());
                }
            }
        }
        for place in std::mem::take(&mut self.applications) {
            let code = all.iter().find(|(file, _)| *file == place.0);
            let beside = code.is_some_and(|(_, code)| {
                homes.iter().any(|home| is_below(&code.path, home)) && !starts_itself(code)
            });
            if beside && !named.contains(&place) {
                self.mounts.doubt(&place);
            }
        }
    }

    /// Returns the prefix that arguments give: none is an empty one.
    fn prefix(&self, file: usize, arguments: &[&str]) -> Prefix {
        match given(arguments) {
            Some(text) => self.modules.text(file, text),
            None if arguments.iter().any(|it| it.starts_with("**")) => None,
            None => Some(String::new()),
        }
    }

    /// Returns what a name of a file means: a router or an application.
    fn place(&mut self, file: usize, name: &str) -> Option<Place> {
        let made = |file: usize, name: &str| {
            let place = (file, name.to_owned());
            self.made.contains(&place).then_some(())
        };
        let found = self.modules.follow(file, name, &made);
        if found.is_some() {
            return found;
        }
        let (file, name) = self.modules.end(file, name)?;
        let place = (file, name);
        APPLICATIONS.contains(&place.1.as_str()).then(|| {
            self.mounts.root(place.clone());
            place
        })
    }

    fn includes(&mut self, file: usize, code: &Code) {
        for (_, captures) in INCLUDE.iter().flat_map(|it| code.matches(it)) {
            let Some(whole) = captures.get(0) else {
                continue;
            };
            let Some(into) = self.place(file, &captures[1]) else {
                continue;
            };
            let arguments = literal::arguments(&code.text, &code.bare, whole.end());
            let below = matches!(&captures[2], "mount" | "add_subapp");
            let target = if below {
                arguments.get(1)
            } else {
                arguments.first()
            };
            let target = target.map(|it| it.split_once('=').map_or(*it, |(_, value)| value.trim()));
            let Some(target) = target.and_then(|name| self.place(file, name)) else {
                continue;
            };
            let prefix = if below {
                arguments.first().and_then(|it| self.modules.text(file, it))
            } else {
                self.prefix(file, &arguments)
            };
            let given = given(&arguments).is_some();
            if &captures[2] == "register_blueprint" && given {
                self.mounts.mount_instead(target, into, prefix);
            } else {
                self.mounts.mount(target, into, prefix);
            }
        }
    }

    fn decorated(&mut self, file: usize, code: &Code) {
        for (start, captures) in DECORATOR.iter().flat_map(|it| code.matches(it)) {
            let Some(whole) = captures.get(0) else {
                continue;
            };
            let arguments = literal::arguments(&code.text, &code.bare, whole.end());
            let verbs = match method(&captures[2]) {
                Some(verb) => vec![Some(verb)],
                None => methods(literal::keyword(&arguments, "methods").unwrap_or_default()),
            };
            let path = self.path(file, &arguments);
            let route = Route {
                place: self.place(file, &captures[1]),
                verbs,
                path,
                origin: code.origin(start),
            };
            self.routes.push(route);
        }
    }

    /// Returns the path that is a call's first argument.
    fn path(&self, file: usize, arguments: &[&str]) -> Option<String> {
        let named =
            literal::keyword(arguments, "path").or_else(|| literal::keyword(arguments, "rule"));
        let first = arguments.first().copied();
        let path = self.modules.text(file, named.or(first)?)?;
        (path.is_empty() || path.starts_with('/')).then_some(path)
    }

    /// Takes in what is added by calls.
    fn added(&mut self, file: usize, code: &Code) {
        for (start, captures) in ADDED.iter().flat_map(|it| code.matches(it)) {
            let Some(whole) = captures.get(0) else {
                continue;
            };
            let arguments = literal::arguments(&code.text, &code.bare, whole.end());
            let mounted = &captures[2] == "mount";
            let known = arguments.get(1).copied().unwrap_or_default();
            if mounted && (known.is_empty() || self.place(file, known).is_some()) {
                continue;
            }
            let route = Route {
                place: self.place(file, &captures[1]),
                verbs: methods(literal::keyword(&arguments, "methods").unwrap_or_default()),
                path: self.path(file, &arguments),
                origin: code.origin(start),
            };
            self.routes.push(route);
        }
        for (start, captures) in AIOHTTP.iter().flat_map(|it| code.matches(it)) {
            let Some(whole) = captures.get(0) else {
                continue;
            };
            let arguments = literal::arguments(&code.text, &code.bare, whole.end());
            let any = &captures[2] == "route";
            let (verbs, rest) = match arguments.split_first() {
                Some((verb, rest)) if any => (methods(verb), rest),
                _ => (vec![method(&captures[2])], arguments.as_slice()),
            };
            let route = Route {
                place: self.place(file, &captures[1]),
                verbs,
                path: self.path(file, rest),
                origin: code.origin(start),
            };
            self.routes.push(route);
        }
        self.listed(file, code);
    }

    /// `app.add_routes([web.get("/a", a)])`.
    fn listed(&mut self, file: usize, code: &Code) {
        for (start, captures) in LISTED.iter().flat_map(|it| code.matches(it)) {
            let Some(whole) = captures.get(0) else {
                continue;
            };
            let arguments = literal::arguments(&code.text, &code.bare, whole.end());
            let route = Route {
                place: self.added_to(file, code, start),
                verbs: vec![method(&captures[1])],
                path: self.path(file, &arguments),
                origin: code.origin(start),
            };
            self.routes.push(route);
        }
    }

    fn added_to(&mut self, file: usize, code: &Code, start: usize) -> Option<Place> {
        let list = chain::opening(&code.bare, start)?;
        let call = chain::opening(&code.bare, list)?;
        let name = code.bare.get(..call)?.strip_suffix(".add_routes")?;
        self.place(file, last_name(name))
    }
}

/// Returns the prefix that arguments give as written.
fn given<'t>(arguments: &[&'t str]) -> Option<&'t str> {
    let given = literal::keyword(arguments, "prefix");
    given.or_else(|| literal::keyword(arguments, "url_prefix"))
}

/// Returns the name that a text ends with.
pub(super) fn last_name(text: &str) -> &str {
    let inner = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    let before = text.trim_end_matches(inner);
    text.get(before.len()..).unwrap_or_default()
}
