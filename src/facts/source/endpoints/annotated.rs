//! Spring, Micronaut, Nest and JAX-RS: annotations of methods below those of their class.
//!
//! Clients (`@FeignClient`) and interfaces serve nothing themselves.

mod conditional;
mod jaxrs;

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::super::super::Tree;
use super::super::code::{Code, Language};
use super::super::literal;
use super::super::variables::{pattern, patterns};
use super::mounts::{Prefix, joined};
use super::{Endpoint, Endpoints, chain, method, methods};
use crate::facts::paths;

pub(super) use conditional::is_conditional;

patterns! {
    CLASS = r"\b(?:class|interface|object|record)\s+\w+[^{;]*\{";
    NAMED = r"\b(class|interface|object|record)\s+\w+";
    ANNOTATION = r"@(\w+)[ \t]*(\(?)";
    GLOBAL = r"\.\s*setGlobalPrefix\(";
    ELSEWHERE = r"\bRouterModule\.register\(|\.enableVersioning\(";
    PROPERTY = r"(?m)^[ \t]*(?:server\.servlet\.context-path|spring\.webflux\.base-path|spring\.mvc\.servlet\.path)[ \t]*[=:][ \t]*(\S+)";
    YAML = r#"(?m)^[ \t]+context-path[ \t]*:[ \t]*["']?([^"'\s#]+)"#;
}

/// Words that may stand between annotations and what they are of.
const MODIFIERS: &[&str] = &[
    "abstract",
    "default",
    "export",
    "final",
    "internal",
    "open",
    "private",
    "protected",
    "public",
    "sealed",
    "static",
];

/// A class that may serve.
struct Class {
    at: usize,
    body: Range<usize>,
    /// The paths that all of its own stand below; `None` for one that is computed.
    prefixes: Vec<Prefix>,
    serves: bool,
}

/// Returns the endpoints of annotated methods.
pub(super) fn read(files: &[Code], tree: &Tree) -> Endpoints {
    let nest = nest_prefix(files);
    let mut all = Endpoints::default();
    for code in files {
        let outer = match code.language {
            Language::Script => nest.clone(),
            Language::Java => context_path(tree, &code.path),
            Language::Python
            | Language::Rust
            | Language::Go
            | Language::Ruby
            | Language::Php
            | Language::CSharp
            | Language::Sql => continue,
        };
        file(code, &outer, &mut all);
    }
    jaxrs::read(files, tree, &mut all);
    all
}

fn file(code: &Code, outer: &Prefix, all: &mut Endpoints) {
    let classes = classes(code);
    for (start, name, arguments) in annotations(code) {
        let Some(verbs) = verbs(code.language, name, &arguments) else {
            continue;
        };
        let around = classes.iter().filter(|it| it.body.contains(&start));
        let Some(class) = around.min_by_key(|it| it.body.len()) else {
            continue;
        };
        for own in written(code.language, &arguments) {
            for prefix in &class.prefixes {
                let known = outer.as_ref().zip(prefix.as_ref()).zip(own.as_ref());
                let path = known.map(|((outer, prefix), own)| slashed(&[outer, prefix, own]));
                let served = class.serves && path.is_some();
                let Some(path) = path.or_else(|| own.clone()) else {
                    continue;
                };
                let list = if served {
                    &mut all.served
                } else {
                    &mut all.loose
                };
                list.extend(verbs.iter().map(|verb| Endpoint {
                    method: verb.clone(),
                    path: path.clone(),
                    origin: code.origin(start),
                }));
            }
        }
    }
}

fn slashed(parts: &[&String]) -> String {
    let mut path = String::new();
    for part in parts
        .iter()
        .filter(|part| !part.trim_matches('/').is_empty())
    {
        path = joined(&path, part);
    }
    if path.is_empty() {
        "/".to_owned()
    } else {
        path
    }
}

/// Returns the annotations of a file: where they begin, their names, and their arguments.
fn annotations(code: &Code) -> Vec<(usize, &str, Vec<&str>)> {
    let all = ANNOTATION
        .iter()
        .flat_map(|it| it.captures_iter(&code.bare));
    let annotation = |captures: regex::Captures<'_>| {
        let (whole, name) = (captures.get(0)?, captures.get(1)?);
        let arguments = if captures[2].is_empty() {
            Vec::new()
        } else {
            literal::arguments(&code.text, &code.bare, whole.end())
        };
        Some((whole.start(), code.bare.get(name.range())?, arguments))
    };
    all.filter_map(annotation).collect()
}

fn classes(code: &Code) -> Vec<Class> {
    let heads = heads(code);
    let mut classes: Vec<Class> = heads
        .iter()
        .filter_map(|(head, _)| {
            Some(Class {
                at: head.start,
                body: head.end..chain::closing(&code.bare, head.end)?,
                prefixes: vec![Some(String::new())],
                serves: false,
            })
        })
        .collect();
    let interfaces = heads.iter().filter(|(_, keyword)| *keyword == "interface");
    let interfaces: Vec<usize> = interfaces.map(|(head, _)| head.start).collect();
    let mut clients = Vec::new();
    for (start, name, arguments) in annotations(code) {
        let above = classes.iter_mut().filter(|it| it.at > start);
        let Some(class) = above.min_by_key(|it| it.at) else {
            continue;
        };
        let head = code.bare.get(start..class.at).unwrap_or_default();
        if !is_above(head) {
            continue;
        }
        match name {
            "RestController" | "Controller" => class.serves = true,
            "FeignClient" | "HttpExchange" => clients.push(class.at),
            // One of the application's own, put together of others.
            _ => class.serves |= code.language == Language::Java && name.ends_with("Controller"),
        }
        // Nobody registers what `@RequestMapping` alone stands on.
        if matches!(name, "RequestMapping" | "Controller") && !arguments.is_empty() {
            class.prefixes = written(code.language, &arguments);
        }
    }
    for class in &mut classes {
        class.serves &= !clients.contains(&class.at) && !interfaces.contains(&class.at);
    }
    classes
}

/// Returns where the heads of classes with a body stand, up to behind the brace, with their keywords.
/// A class without a body ends where the next one begins, as Kotlin's `data class` in one line does.
fn heads(code: &Code) -> Vec<(Range<usize>, &str)> {
    let all = CLASS.iter().flat_map(|it| it.find_iter(&code.bare));
    let last = |whole: regex::Match<'_>| {
        let text = code.bare.get(whole.range())?;
        let named = NAMED.iter().flat_map(|it| it.captures_iter(text)).last()?;
        let (begins, keyword) = (named.get(0)?.start(), named.get(1)?.range());
        Some((whole.start() + begins..whole.end(), text.get(keyword)?))
    };
    all.filter_map(last).collect()
}

/// Returns whether nothing but annotations and modifiers stands between an annotation and a class.
fn is_above(head: &str) -> bool {
    let mut rest = head;
    while let Some(after) = rest.trim_start().strip_prefix('@') {
        let name = after
            .trim_start_matches(|it: char| it.is_ascii_alphanumeric() || matches!(it, '_' | '.'));
        let spaced = name.trim_start_matches([' ', '\t']);
        rest = match spaced.strip_prefix('(') {
            Some(inside) => {
                let Some(close) = chain::closing(inside, 0) else {
                    return false;
                };
                inside.get(close + 1..).unwrap_or_default()
            }
            None => name,
        };
    }
    rest.split_whitespace()
        .all(|word| MODIFIERS.contains(&word))
}

/// Returns the methods of an annotation that maps; `None` for any other.
fn verbs(language: Language, name: &str, arguments: &[&str]) -> Option<Vec<Option<String>>> {
    if language == Language::Java && name == "RequestMapping" {
        let named = literal::keyword(arguments, "method").unwrap_or_default();
        return Some(methods(&named.replace("RequestMethod", "")));
    }
    let verb = match (language, name.strip_suffix("Mapping")) {
        (Language::Java, Some(verb)) => verb,
        _ => name,
    };
    let known = ["Get", "Post", "Put", "Patch", "Delete", "Head", "Options"];
    match verb {
        "All" if language == Language::Script => Some(vec![None]),
        verb => known.contains(&verb).then(|| vec![method(verb)]),
    }
}

/// Returns the paths that an annotation gives: an empty one where it gives none, none where one is
/// computed.
fn written(language: Language, arguments: &[&str]) -> Vec<Prefix> {
    let named = ["value", "path", "uri"]
        .into_iter()
        .find_map(|name| literal::keyword(arguments, name));
    let assigns = |it: &str| {
        let before = it.split(['"', '\'', '{', '[']).next().unwrap_or_default();
        before.contains('=')
    };
    let given = named.or_else(|| arguments.first().copied().filter(|it| !assigns(it)));
    let Some(given) = given else {
        return vec![Some(String::new())];
    };
    let between = |open, close| given.strip_prefix(open)?.strip_suffix(close);
    let braces = || between('{', '}').filter(|_| language == Language::Java);
    let list = between('[', ']').or_else(braces);
    match list {
        Some(list) => list
            .split(',')
            .map(|it| literal::string(it.trim()))
            .collect(),
        None => vec![literal::string(given)],
    }
}

/// Returns what Nest puts before all paths; none where that can't be told.
fn nest_prefix(files: &[Code]) -> Prefix {
    let script = || {
        files
            .iter()
            .filter(|code| code.language == Language::Script)
    };
    let elsewhere = |code: &&Code| ELSEWHERE.iter().any(|it| it.is_match(&code.bare));
    if script().any(|code| elsewhere(&code)) {
        return None;
    }
    let mut found = Some(String::new());
    for code in script() {
        for (_, captures) in GLOBAL.iter().flat_map(|it| code.matches(it)) {
            let open = captures.get(0).map_or(0, |whole| whole.end());
            let arguments = literal::arguments(&code.text, &code.bare, open);
            found = match arguments.as_slice() {
                [only] => literal::string(only),
                // Some paths are left out of it.
                _ => None,
            };
        }
    }
    found
}

/// Returns what Spring's settings put before all paths of a module; none where that is computed.
fn context_path(tree: &Tree, source: &str) -> Prefix {
    let module = source
        .split_once("src/main/")
        .map_or("", |(module, _)| module);
    let mut found: Vec<String> = Vec::new();
    for (path, text) in tree.iter().filter(|(path, _)| path.starts_with(module)) {
        let name = paths::file_name(path);
        if !(name.starts_with("application") || name.starts_with("bootstrap"))
            || path.contains("src/test/")
        {
            continue;
        }
        let pattern = match name.rsplit_once('.') {
            Some((_, "properties")) => &PROPERTY,
            Some((_, "yml" | "yaml")) => &YAML,
            _ => continue,
        };
        let all = pattern.iter().flat_map(|it| it.captures_iter(text));
        found.extend(all.map(|captures| captures[1].to_owned()));
    }
    found.sort();
    found.dedup();
    match found.as_slice() {
        [] => Some(String::new()),
        [only] => Some(only.clone()).filter(|it| it.starts_with('/') && !it.contains('$')),
        _ => None,
    }
}
