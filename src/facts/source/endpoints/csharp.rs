//! ASP.NET: `MapGet` on applications and groups, methods that extend a group, and controllers with
//! `[Route]`.

use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::super::code::{Code, Language};
use super::super::literal;
use super::super::variables::{pattern, patterns};
use super::chain::{self, Link};
use super::mounts::{Mounts, Place, joined};
use super::{Endpoint, Endpoints, Route, method, serve};

patterns! {
    MAP = r"\.\s*Map(Get|Post|Put|Patch|Delete)\(";
    GROUP = r"\b(?:var|RouteGroupBuilder|IEndpointRouteBuilder)\s+(\w+)\s*=\s*";
    APPLICATION = r"\b(?:var|WebApplication)\s+(\w+)\s*=\s*(?:\w+\.Build\(\)|WebApplication\.Create\()";
    EXTENSION = r"\b(\w+)\s*\(\s*this\s+(?:IEndpointRouteBuilder|RouteGroupBuilder|WebApplication)\s+(\w+)[^)]*\)\s*\{";
    CLASS = r"\bclass\s+(\w+)[^{;]*\{";
    ATTRIBUTE = r"\[\s*(\w+)\s*(\(?)";
}

/// Returns the endpoints of all of C#'s files.
pub(super) fn read(files: &[Code]) -> Endpoints {
    let all: Vec<(usize, &Code)> = files
        .iter()
        .enumerate()
        .filter(|(_, code)| code.language == Language::CSharp)
        .collect();
    let mut mounts = Mounts::default();
    let mut routes = Vec::new();
    let mut extensions = Vec::new();
    for (file, code) in &all {
        for captures in EXTENSION.iter().flat_map(|it| it.captures_iter(&code.bare)) {
            extensions.push((captures[1].to_owned(), (*file, captures[2].to_owned())));
        }
    }
    for (file, code) in &all {
        for captures in APPLICATION
            .iter()
            .flat_map(|it| it.captures_iter(&code.bare))
        {
            mounts.root((*file, captures[1].to_owned()));
        }
        for captures in GROUP.iter().flat_map(|it| it.captures_iter(&code.bare)) {
            group(*file, code, &captures, &mut mounts);
        }
        for (name, target) in &extensions {
            extended(*file, code, (name, target), &mut mounts);
        }
        for (start, captures) in MAP.iter().flat_map(|it| code.matches(it)) {
            let open = captures.get(0).map_or(start, |whole| whole.end());
            let arguments = literal::arguments(&code.text, &code.bare, open);
            let path = arguments.first().and_then(|it| literal::string(it));
            let begin = chain::begins(&code.bare, start);
            routes.push(Route {
                place: begin.and_then(|begin| place(*file, code, (begin, start), &mut mounts)),
                verbs: vec![method(&captures[1])],
                path,
                origin: code.origin(start),
            });
        }
    }
    let mut found = serve(routes, &mounts);
    for (_, code) in all {
        controllers(code, &mut found);
    }
    found
}

/// `var api = app.MapGroup("/api");`
fn group(file: usize, code: &Code, captures: &Captures<'_>, mounts: &mut Mounts) {
    let Some(start) = captures.get(0).map(|whole| whole.end()) else {
        return;
    };
    let (links, end) = chain::chain(code, start);
    if links.iter().any(|it| it.name == "MapGroup")
        && let Some(target) = place(file, code, (start, end), mounts)
    {
        mounts.mount((file, captures[1].to_owned()), target, Some(String::new()));
    }
}

/// `api.MapUsers();`
fn extended(file: usize, code: &Code, (name, target): (&str, &Place), mounts: &mut Mounts) {
    let call = format!(".{name}(");
    for (dot, _) in code.bare.match_indices(&call) {
        let begin = chain::begins(&code.bare, dot);
        if let Some(into) = begin.and_then(|begin| place(file, code, (begin, dot), mounts)) {
            mounts.mount(target.clone(), into, Some(String::new()));
        }
    }
}

/// Returns what a chain is: a name, and the groups that are made of it.
fn place(
    file: usize,
    code: &Code,
    (begin, end): (usize, usize),
    mounts: &mut Mounts,
) -> Option<Place> {
    let (links, _) = chain::chain(code, begin);
    let links: Vec<Link<'_>> = links.into_iter().take_while(|it| it.at < end).collect();
    let (first, rest) = links.split_first()?;
    if first.inside.is_some() {
        return None;
    }
    let mut place = (file, first.name.to_owned());
    for link in rest {
        let inside = link.inside.as_ref()?;
        if link.name == "MapGroup" {
            let child = (file, format!("@{}", link.at));
            let prefix = chain::first_string(code, inside);
            mounts.mount(child.clone(), place, prefix);
            place = child;
        } else if !(link.name.starts_with("With")
            || link.name.starts_with("Require")
            || link.name.starts_with("Add"))
        {
            return None;
        }
    }
    Some(place)
}

/// `[Route("api/[controller]")]` above a class, `[HttpGet("{id}")]` above its methods.
fn controllers(code: &Code, found: &mut Endpoints) {
    let classes = CLASS.iter().flat_map(|it| it.captures_iter(&code.bare));
    let mut before = 0;
    for captures in classes {
        let Some(whole) = captures.get(0) else {
            continue;
        };
        let end = chain::closing(&code.bare, whole.end()).unwrap_or(code.bare.len());
        let name = captures[1].to_lowercase();
        let name = name.strip_suffix("controller").map(str::to_owned);
        let above = attributes(code, (before, whole.start()));
        let routes: Vec<Option<String>> = above
            .iter()
            .filter(|(_, name, _)| *name == "Route")
            .map(|(_, _, path)| path.clone().and_then(|it| filled(&it, name.as_deref())))
            .collect();
        for (at, attribute, path) in attributes(code, (whole.end(), end)) {
            let Some(verb) = attribute.strip_prefix("Http").and_then(method) else {
                continue;
            };
            let own = path.and_then(|it| filled(&it, name.as_deref()));
            let Some(own) = own else {
                continue;
            };
            let absolute = own.strip_prefix('~').unwrap_or(&own);
            let prefixes: Vec<Option<String>> = if absolute.starts_with('/') {
                vec![Some(String::new())]
            } else {
                routes.clone()
            };
            let served = prefixes.into_iter().flatten();
            let paths: Vec<String> = served
                .map(|prefix| joined(&joined("/", &prefix), absolute))
                .collect();
            let (list, paths) = if paths.is_empty() {
                (&mut found.loose, vec![own.clone()])
            } else {
                (&mut found.served, paths)
            };
            list.extend(paths.into_iter().map(|path| Endpoint {
                method: Some(verb.clone()),
                path,
                origin: code.origin(at),
            }));
        }
        before = end;
    }
}

/// Returns the attributes between two places: where, what, and the path that each gives; an empty
/// one where it gives none.
fn attributes(code: &Code, (from, to): (usize, usize)) -> Vec<(usize, &str, Option<String>)> {
    let bare = code.bare.get(from..to).unwrap_or_default();
    let all = ATTRIBUTE.iter().flat_map(|it| it.captures_iter(bare));
    let attribute = |captures: Captures<'_>| {
        let (whole, name) = (captures.get(0)?, captures.get(1)?);
        let arguments = if captures[2].is_empty() {
            Vec::new()
        } else {
            literal::arguments(&code.text, &code.bare, from + whole.end())
        };
        let named = |it: &&&str| !it.split('"').next().unwrap_or_default().contains('=');
        let path = match arguments.iter().find(named) {
            Some(first) => literal::string(first),
            None => Some(String::new()),
        };
        Some((from + whole.start(), bare.get(name.range())?, path))
    };
    all.filter_map(attribute).collect()
}

/// Returns a path with the controller's name in it; `None` where it asks for what isn't known.
fn filled(path: &str, controller: Option<&str>) -> Option<String> {
    let path = match controller {
        Some(name) => path.replace("[controller]", name),
        None => path.to_owned(),
    };
    (!path.contains('[')).then_some(path)
}
