//! Express, Fastify, Hono and Koa's router: routes on what a file makes, takes in, or is given as a
//! parameter, below all prefixes that it is used with.

mod modules;
mod mounted;
mod shape;

use std::collections::HashMap;
use std::sync::LazyLock;

use regex::Regex;

use super::super::code::{Code, Language};
use super::super::literal;
use super::super::variables::{pattern, patterns};
use super::chain::{self, Function, Link};
use super::mounts::{Mounts, Place, Prefix};
use super::{Endpoints, Route, method, methods, serve};
use modules::{Modules, WHOLE};
use shape::Made;

patterns! {
    ROUTE = r"\.\s*(get|post|put|patch|delete|del|head|options|all)\s*(?:<[^>(]*>)?\(";
    OBJECT = r"\.\s*route\s*\(\s*\{";
    URL = r#"\b(?:url|path)\s*:\s*("[^"\n]*"|'[^'\n]*'|`[^`\n]*`)"#;
    METHOD = r"\bmethod\s*:\s*(\[[^\]]*\]|[^,}\n]*)";
    PREFIX = r"\bprefix\s*:\s*([^,}\n]*)";
    FILLED = r"\$\{\s*([\w$]+)\s*\}";
}

/// How many names a value is followed through.
const FARTHEST: usize = 8;

/// A file with what is told of it once.
struct File<'a> {
    code: &'a Code,
    functions: Vec<Function>,
    made: Vec<Made>,
}

struct Reader<'a> {
    files: HashMap<usize, File<'a>>,
    modules: Modules<'a>,
    mounts: Mounts,
    routes: Vec<Route>,
}

/// What a value makes.
enum Maker {
    Application,
    Router(Prefix),
}

/// Returns the endpoints of all of JavaScript's and TypeScript's files.
pub(super) fn read(files: &[Code]) -> Endpoints {
    let all = files.iter().enumerate();
    let all: Vec<(usize, &Code)> = all
        .filter(|(_, code)| code.language == Language::Script)
        .collect();
    let file = |code| File {
        code,
        functions: shape::functions(code),
        made: shape::made(code),
    };
    let mut reader = Reader {
        files: all.iter().map(|(at, code)| (*at, file(code))).collect(),
        modules: Modules::of(&all),
        mounts: Mounts::default(),
        routes: Vec::new(),
    };
    for (file, _) in &all {
        reader.makers(*file);
    }
    for (file, code) in &all {
        reader.routes(*file, code);
        mounted::read(&mut reader, *file, code);
    }
    serve(reader.routes, &reader.mounts)
}

impl Reader<'_> {
    /// Takes in the applications and routers that a file makes.
    fn makers(&mut self, file: usize) {
        let Some(known) = self.files.get(&file) else {
            return;
        };
        for made in &known.made {
            let place = (file, format!("{}@{}", made.name, made.at));
            match maker(known.code, made.value) {
                Some(Maker::Application) => self.mounts.root(place),
                Some(Maker::Router(prefix)) => self.mounts.own(place, prefix),
                None => {}
            }
        }
    }

    fn routes(&mut self, file: usize, code: &Code) {
        for (start, captures) in ROUTE.iter().flat_map(|it| code.matches(it)) {
            let Some((whole, Some(begin))) = captures
                .get(0)
                .map(|whole| (whole, chain::begins(&code.bare, start)))
            else {
                continue;
            };
            let (links, _) = chain::chain(code, begin);
            let before: Vec<Link<'_>> = links.into_iter().take_while(|it| it.at < start).collect();
            let path_of_route = before
                .iter()
                .rev()
                .find(|it| it.name == "route")
                .and_then(|it| it.inside.as_ref());
            let arguments = literal::arguments(&code.text, &code.bare, whole.end());
            let written = match path_of_route {
                Some(inside) => chain::arguments(code, inside)
                    .first()
                    .map(|it| chain::text(code, it)),
                None => arguments.first().copied().filter(|_| arguments.len() > 1),
            };
            let Some(written) = written else {
                continue;
            };
            let several = written
                .strip_prefix('[')
                .and_then(|it| it.strip_suffix(']'));
            let all: Vec<&str> = several.map_or(vec![written], |it| it.split(',').collect());
            let place = self.place(file, &before, start);
            for written in all {
                let path = self.text(file, written.trim());
                let route = Route {
                    place: place.clone(),
                    verbs: vec![method(if &captures[1] == "del" {
                        "delete"
                    } else {
                        &captures[1]
                    })],
                    path: path.filter(|it| it.is_empty() || it.starts_with('/')),
                    origin: code.origin(start),
                };
                self.routes.push(route);
            }
        }
        self.objects(file, code);
    }

    /// `fastify.route({ method: "GET", url: "/a", … })`.
    fn objects(&mut self, file: usize, code: &Code) {
        for (start, captures) in OBJECT.iter().flat_map(|it| code.matches(it)) {
            let open = captures.get(0).map_or(start, |whole| whole.end());
            let end = chain::closing(&code.bare, open).unwrap_or(open);
            let inside = code.text.get(open..end).unwrap_or_default();
            let url = URL.as_ref().and_then(|it| it.captures(inside));
            let verb = METHOD.as_ref().and_then(|it| it.captures(inside));
            let Some(begin) = chain::begins(&code.bare, start) else {
                continue;
            };
            let (links, _) = chain::chain(code, begin);
            let before: Vec<Link<'_>> = links.into_iter().take_while(|it| it.at < start).collect();
            let route = Route {
                place: self.place(file, &before, start),
                verbs: verb.map_or(vec![None], |it| methods(&it[1])),
                path: url.and_then(|it| literal::string(&it[1])),
                origin: code.origin(start),
            };
            self.routes.push(route);
        }
    }

    /// Returns what a chain is that a route or mount is called on.
    fn place(&self, file: usize, links: &[Link<'_>], at: usize) -> Option<Place> {
        let links = match links {
            [first, rest @ ..] if first.name == "this" => rest,
            all => all,
        };
        let (first, rest) = links.split_first()?;
        // What is called on a router returns that router.
        let same = [
            "use", "get", "post", "put", "patch", "delete", "all", "head", "options", "route",
            "param", "register",
        ];
        if rest
            .iter()
            .any(|it| it.inside.is_none() || !same.contains(&it.name))
        {
            return self.member(file, links);
        }
        if first.inside.is_some() {
            let known = self.files.get(&file)?;
            let mut made = known.made.iter();
            let value = made.find(|it| {
                chain::chain(known.code, it.value)
                    .0
                    .first()
                    .is_some_and(|it| it.at == first.at)
            });
            return value.and_then(|it| self.value(file, it, 0));
        }
        self.named(file, first.name, at, 0)
    }

    /// `calls.router`, where `calls` is a module.
    fn member(&self, file: usize, links: &[Link<'_>]) -> Option<Place> {
        let [module, part] = links else {
            return None;
        };
        if module.inside.is_some() || part.inside.is_some() {
            return None;
        }
        let (path, there) = self.modules.files.get(&file)?.taken(module.name)?;
        let whole = there == "*" || there == WHOLE;
        let taken = (path.clone(), part.name.to_owned());
        let (file, name) = whole.then(|| self.modules.given(&taken, file, 0))??;
        self.named(file, &name, usize::MAX, 0)
    }

    /// Returns what a name is at a place of a file.
    fn named(&self, file: usize, name: &str, at: usize, depth: usize) -> Option<Place> {
        let known = self.files.get(&file)?;
        let inner = chain::around(&known.functions, at)
            .into_iter()
            .find(|it| it.parameters.iter().any(|own| own == name));
        let seen = |made: &&Made| {
            made.name == name
                && (made.member || (made.at < at && chain::sees(&known.functions, made.at, at)))
                && inner.is_none_or(|it| it.holds(made.at))
        };
        if let Some(made) = known.made.iter().rfind(seen) {
            return self.value(file, made, depth);
        }
        if let Some(function) = inner {
            return Some((file, format!("{name}@{}", function.at)));
        }
        let taken = self.modules.files.get(&file)?.taken(name)?;
        let (file, name) = self.modules.given(taken, file, 0)?;
        (depth < FARTHEST).then(|| self.named(file, &name, usize::MAX, depth + 1))?
    }

    /// Returns what a value is that a name is given.
    fn value(&self, file: usize, made: &Made, depth: usize) -> Option<Place> {
        let code = self.files.get(&file)?.code;
        if maker(code, made.value).is_some() {
            return Some((file, format!("{}@{}", made.name, made.at)));
        }
        let (links, _) = chain::chain(code, made.value);
        let links = match links.as_slice() {
            [first, rest @ ..] if first.name == "this" => rest,
            all => all,
        };
        match links {
            [only] if only.inside.is_none() && depth < FARTHEST => {
                self.named(file, only.name, made.at, depth + 1)
            }
            [required, ..] if required.name == "require" => {
                let taken = self.modules.files.get(&file)?.taken(&made.name)?;
                let (file, name) = self.modules.given(taken, file, 0)?;
                (depth < FARTHEST).then(|| self.named(file, &name, usize::MAX, depth + 1))?
            }
            _ => None,
        }
    }

    /// Returns what an expression says: a literal, a constant, or a text that constants fill.
    fn text(&self, file: usize, written: &str) -> Option<String> {
        if let Some(text) = literal::string(written) {
            return Some(text);
        }
        let name = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '$');
        if written.starts_with('`') {
            let mut text = written.trim_matches('`').to_owned();
            for captures in FILLED.as_ref()?.captures_iter(written) {
                text = text.replace(&captures[0], &self.constant(file, &captures[1])?);
            }
            return (!text.contains(['$', '`'])).then_some(text);
        }
        (!written.is_empty() && written.chars().all(name)).then(|| self.constant(file, written))?
    }

    /// Returns what a constant of a file says that is assigned once.
    fn constant(&self, file: usize, name: &str) -> Option<String> {
        let of = |file: usize, name: &str| {
            let known = self.files.get(&file)?;
            let mut all = known.made.iter().filter(|it| it.name == name);
            let only = all.next().filter(|_| all.next().is_none())?;
            let rest = known.code.text.get(only.value..)?;
            let line = rest.split(['\n', ';']).next()?;
            literal::string(line.trim().trim_end_matches("as const").trim())
        };
        of(file, name).or_else(|| {
            let taken = self.modules.files.get(&file)?.taken(name)?;
            let (file, name) = self.modules.given(taken, file, 0)?;
            of(file, &name)
        })
    }
}

/// Returns what a value makes that begins at a place.
fn maker(code: &Code, value: usize) -> Option<Maker> {
    let (links, end) = chain::chain(code, value);
    let (first, rest) = links.split_first()?;
    let asked = |it: &Link<'_>| {
        it.inside
            .as_ref()
            .and_then(|it| chain::first_string(code, it))
    };
    match (first.name, first.inside.is_some(), rest) {
        ("express", true, []) | ("fastify" | "Fastify" | "polka", true, _) => {
            Some(Maker::Application)
        }
        ("Hono" | "OpenAPIHono", true, rest) => match rest.first() {
            Some(base) if base.name == "basePath" => Some(Maker::Router(None)),
            _ => Some(Maker::Application),
        },
        ("express", false, [router, ..]) if router.name == "Router" => router
            .inside
            .is_some()
            .then(|| Maker::Router(Some(String::new()))),
        ("Router" | "KoaRouter", true, _) => {
            let inside = first.inside.clone()?;
            Some(Maker::Router(prefix(code.text.get(inside)?)))
        }
        ("require", true, rest) => {
            let package = asked(first)?;
            let called = code.bare.as_bytes().get(end) == Some(&b'(');
            match (package.as_str(), rest) {
                ("express" | "fastify" | "polka", []) if called => Some(Maker::Application),
                ("express", [router, ..]) if router.name == "Router" => {
                    Some(Maker::Router(Some(String::new())))
                }
                ("koa-router" | "@koa/router", []) if called => Some(Maker::Router(None)),
                _ => None,
            }
        }
        _ => None,
    }
}

/// Returns the prefix that an object's `prefix` is; an empty one where it has none.
fn prefix(object: &str) -> Prefix {
    match PREFIX.as_ref()?.captures(object) {
        Some(captures) => literal::string(captures[1].trim()),
        None if object.contains("...") => None,
        None => Some(String::new()),
    }
}
