//! Axum's `nest` and `merge`, actix' scopes, and Rocket's mounts.
//!
//! A router is followed as a value: through names, the functions that return it, and what it is
//! nested in.

mod values;

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::super::code::{Code, Language};
use super::super::variables::{pattern, patterns};
use super::chain::{self, Link};
use super::mounts::Place;
use super::routers::{FARTHEST, File, Follow, Routers, Syntax};
use super::{Endpoints, Route, method};

patterns! {
    FUNCTION = r"\bfn\s+(\w+)\s*(?:<[^>(]*>)?\s*\(";
    ASSIGNED = r"\blet\s+(?:mut\s+)?(\w+)\s*(?::[^=;]+)?=\s*[^=\s]";
    AGAIN = r"(?m)^[ \t]*(\w+)\s*=\s*[^=\s]";
    ROUTE = r"\.\s*(route|route_service)\(";
    HANDLER = r"(?:^|[^\w:])(?:\w+::)*(get|post|put|patch|delete|head|options|any)\(";
    ATTRIBUTE = r#"#\[(?:\w+::)?(get|post|put|patch|delete|head|options)\(\s*"(/[^"\n]*)""#;
    NAMED = r"\bfn\s+(\w+)";
    RESOURCE = r"\bweb::resource\(";
}

const SYNTAX: Syntax = Syntax {
    function: &FUNCTION,
    given: [&ASSIGNED, &AGAIN],
    parameter: |part| {
        let name = part.split(':').next().unwrap_or_default().trim();
        name.trim_start_matches("mut ").trim()
    },
    has_body: |result| !result.contains(';'),
};

struct Reader<'a> {
    all: Routers<'a>,
}

/// Returns the endpoints of all of Rust's files.
pub(super) fn read(files: &[Code]) -> Endpoints {
    let all = files.iter().enumerate();
    let all = all.filter(|(_, code)| code.language == Language::Rust);
    let mut reader = Reader {
        all: Routers::new(all.map(|(at, code)| File::new(at, code, &SYNTAX)).collect()),
    };
    for index in 0..reader.all.files.len() {
        reader.routes(index);
        reader.attributes(index);
        values::mounts(&mut reader, index);
    }
    reader.calls();
    // What tests serve, they serve to themselves.
    let tests = reader.all.files.iter().map(|file| file.code);
    let tests: Vec<(&str, Range<usize>)> = tests.flat_map(test_lines).collect();
    let in_tests = |route: &Route| {
        let origin = &route.origin;
        let mut all = tests.iter();
        all.any(|(path, lines)| *path == origin.path && lines.contains(&origin.line))
    };
    reader.all.routes.retain(|route| !in_tests(route));
    reader.all.served()
}

/// Returns the lines of a file's modules that are for tests alone.
fn test_lines(code: &Code) -> Vec<(&str, Range<usize>)> {
    let modules = code.test_modules().into_iter();
    let lines = modules.map(|it| code.origin(it.start).line..code.origin(it.end).line + 1);
    lines.map(|lines| (code.path.as_str(), lines)).collect()
}

impl<'a> Follow<'a> for Reader<'a> {
    fn routers(&mut self) -> &mut Routers<'a> {
        &mut self.all
    }

    /// All that is called on a router is that router.
    fn place(
        &mut self,
        index: usize,
        links: &[Link<'a>],
        at: usize,
        depth: usize,
    ) -> Option<Place> {
        let first = links.first()?;
        let number = self.all.files.get(index)?.at;
        let Some(inside) = &first.inside else {
            return self.named(index, first.name, at, depth);
        };
        let code = self.all.files.get(index)?.code;
        let place = (number, format!("@{}", first.at));
        match first.name {
            "web::scope" | "scope" | "web::resource" | "resource" | "actix_web::web::scope" => {
                // It is served where it is put, or not at all.
                let prefix = chain::first_string(code, inside);
                self.all.mounts.own(place.clone(), prefix);
                Some(place)
            }
            maker if is_maker(maker) => {
                self.all.mounts.root(place.clone());
                self.remember(index, &place, first.at);
                Some(place)
            }
            function => {
                let known = values::function(self, index, function)?;
                (depth < FARTHEST).then(|| values::returned(self, known, depth + 1))?
            }
        }
    }

    fn called(&self, index: usize, at: usize, name: &str) -> Option<(usize, usize)> {
        values::called(self, index, at, name)
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
            // `web::resource("/a").route(web::get().to(a))` has its path before.
            let (path, handler) = match arguments.as_slice() {
                [path, handler] => (chain::string(code, path), handler),
                [handler] => (Some(String::new()), handler),
                _ => continue,
            };
            let handler = code.bare.get(handler.clone()).unwrap_or_default();
            let mut verbs: Vec<Option<String>> = HANDLER
                .iter()
                .flat_map(|it| it.captures_iter(handler))
                .map(|captures| method(&captures[1]))
                .collect();
            if verbs.is_empty() || &captures[1] == "route_service" {
                verbs = vec![None];
            }
            let place = self.called_on(index, begin, start);
            self.all.routes.push(Route {
                place,
                verbs,
                path: path.filter(|it| it.is_empty() || it.starts_with('/')),
                origin: code.origin(start),
            });
        }
        for (start, captures) in RESOURCE.iter().flat_map(|it| code.matches(it)) {
            let open = captures.get(0).map_or(start, |whole| whole.end());
            let (links, end) = chain::chain(code, start);
            let to = links.iter().any(|it| it.name == "to");
            let path = chain::first_string(code, &(open..end));
            let place = self.place(index, &links[..1.min(links.len())], start, 0);
            if to {
                self.all.routes.push(Route {
                    place,
                    verbs: vec![None],
                    path: path.map(|_| String::new()),
                    origin: code.origin(start),
                });
            }
        }
    }

    /// `#[get("/a")]` above a function, which something serves.
    fn attributes(&mut self, index: usize) {
        let Some(file) = self.all.files.get(index) else {
            return;
        };
        let (code, number) = (file.code, file.at);
        for (start, captures) in ATTRIBUTE.iter().flat_map(|it| code.matches(it)) {
            let behind = code.bare.get(start..).unwrap_or_default();
            let name = NAMED.as_ref().and_then(|it| it.captures(behind));
            let function = name.and_then(|it| Some((it[1].to_owned(), it.get(0)?.start() + start)));
            self.all.routes.push(Route {
                place: function.map(|(name, _)| (number, format!("fn {name}"))),
                verbs: vec![method(&captures[1])],
                path: Some(captures[2].to_owned()),
                origin: code.origin(start),
            });
        }
    }

    /// Remembers a router that a function other than `main` makes: it may be mounted elsewhere.
    fn remember(&mut self, index: usize, place: &Place, at: usize) {
        if values::is_made_in_a_function(self, index, at) && !self.all.made.contains(place) {
            self.all.made.push(place.clone());
        }
    }

    /// Returns what a name is at a place: a parameter, or what it was given last.
    fn named(&mut self, index: usize, name: &str, at: usize, depth: usize) -> Option<Place> {
        let file = self.all.files.get(index)?;
        let (code, number) = (file.code, file.at);
        let around = chain::around(&file.functions, at);
        let function = around.first().map(|it| (*it).clone())?;
        let seen = |(own, made, _): &&(String, usize, usize)| {
            own == name && *made < at && function.holds(*made)
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
        if function.parameters.iter().any(|own| own == name) {
            self.all.given.push((index, function.at));
            return Some((number, format!("{name}@{}", function.at)));
        }
        None
    }
}

/// Returns whether a call makes a router or an application.
fn is_maker(name: &str) -> bool {
    let mut parts = name.rsplit("::");
    let (function, of) = (parts.next(), parts.next());
    match (function, of) {
        (Some("new" | "default"), Some(of)) => {
            matches!(of, "Router" | "App" | "Route" | "OpenApiRouter")
        }
        (Some("build" | "custom" | "ignite"), Some("rocket")) => true,
        _ => false,
    }
}
