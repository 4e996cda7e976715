//! What hangs in what: `app.use("/a", router)`, `app.register(plugin, { prefix })`, and functions
//! that are called with an application.

use std::sync::LazyLock;

use regex::Regex;

use super::super::super::code::Code;
use super::super::super::literal;
use super::super::super::variables::{pattern, patterns};
use super::super::chain::{self, Function, Link};
use super::super::mounts::{Place, Prefix};
use super::shape::ANONYMOUS;
use super::{Reader, prefix};

patterns! {
    MOUNT = r"\.\s*(use|route|register)\s*\(";
    CALL = r"\b([\w$]+)\s*\(";
    REQUIRED = r#"\brequire\(\s*["']([^"'\n]+)["']\s*\)\s*\("#;
}

pub(super) fn read(reader: &mut Reader<'_>, file: usize, code: &Code) {
    for (start, captures) in MOUNT.iter().flat_map(|it| code.matches(it)) {
        let (Some(whole), Some(begin)) = (captures.get(0), chain::begins(&code.bare, start)) else {
            continue;
        };
        let (links, _) = chain::chain(code, begin);
        let before: Vec<Link<'_>> = links.into_iter().take_while(|it| it.at < start).collect();
        let Some(into) = reader.place(file, &before, start) else {
            continue;
        };
        let arguments = literal::arguments(&code.text, &code.bare, whole.end());
        if &captures[1] == "register" {
            registered(reader, (file, start), &arguments, into);
        } else {
            used(reader, (file, start), &arguments, &into);
        }
    }
    calls(reader, file, code);
}

/// `app.use("/a", check, router)`.
fn used(reader: &mut Reader<'_>, at: (usize, usize), arguments: &[&str], into: &Place) {
    let targets: Vec<Option<Place>> = arguments
        .iter()
        .map(|it| expression(reader, at, it))
        .collect();
    let prefix = match (arguments.first(), targets.first()) {
        (Some(first), Some(None)) => prefix_or_check(reader, at, first),
        _ => Some(String::new()),
    };
    for target in targets.into_iter().flatten() {
        if target != *into {
            reader.mounts.mount(target, into.clone(), prefix.clone());
        }
    }
}

/// Returns the prefix that the first argument is; an empty one where it is a function that requests
/// go through; none where that can't be told.
fn prefix_or_check(reader: &Reader<'_>, (file, _): (usize, usize), first: &str) -> Prefix {
    if let Some(text) = reader.text(file, first) {
        return Some(text);
    }
    let known = reader.files.get(&file)?;
    let function = known
        .functions
        .iter()
        .any(|it| it.name.as_deref() == Some(first));
    let called = first.ends_with([')', '}']) && !first.starts_with(['`', '[']);
    (function || called).then(String::new)
}

/// `app.register(plugin, { prefix: "/a" })`.
fn registered(reader: &mut Reader<'_>, at: (usize, usize), arguments: &[&str], into: Place) {
    let Some(plugin) = arguments.first() else {
        return;
    };
    let prefix = match arguments.get(1) {
        Some(given) if given.starts_with('{') => prefix(given),
        Some(_) => None,
        None => Some(String::new()),
    };
    if let Some((file, parameter)) = function(reader, at.0, plugin, 0) {
        reader.mounts.mount((file, parameter), into, prefix);
    }
}

/// Returns a function's parameter at a place in its list, as what hangs somewhere.
fn parameter(file: usize, function: &Function, index: usize) -> Option<Place> {
    let name = function.parameters.get(index)?;
    Some((file, format!("{name}@{}", function.at)))
}

/// Returns the parameter of a function that an argument is, or names.
fn function(reader: &Reader<'_>, file: usize, written: &str, index: usize) -> Option<Place> {
    let known = reader.files.get(&file)?;
    let begins = chain::offset(known.code, written);
    let inline = known.functions.iter().find(|it| {
        let lead = begins.map(|from| it.at.wrapping_sub(from));
        lead.is_some_and(|lead| lead <= "async ".len())
    });
    if let Some(inline) = inline {
        return parameter(file, inline, index);
    }
    let named = |file: usize, name: &str| {
        let known = reader.files.get(&file)?;
        let mut all = known.functions.iter();
        let found = all.find(|it| it.name.as_deref() == Some(name))?;
        parameter(file, found, index)
    };
    if let Some(inner) = written.strip_prefix("require(") {
        let path = literal::string(inner.strip_suffix(')')?.trim())?;
        let given = reader
            .modules
            .given(&(path, super::WHOLE.to_owned()), file, 0);
        let (file, name) = given?;
        return named(file, &name);
    }
    let name = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '$' | '.');
    if !written.chars().all(name) {
        return None;
    }
    let own = named(file, written);
    own.or_else(|| {
        let module = reader.modules.files.get(&file)?;
        let (head, part) = written.split_once('.').unwrap_or((written, ""));
        let (path, there) = module.taken(head)?;
        let there = if part.is_empty() {
            there.as_str()
        } else {
            part
        };
        let taken = (path.clone(), there.to_owned());
        let (file, name) = reader.modules.given(&taken, file, 0)?;
        named(file, &name)
    })
}

/// Returns what an argument is: a router by name, or what a module gives.
fn expression(reader: &Reader<'_>, (file, at): (usize, usize), written: &str) -> Option<Place> {
    let known = reader.files.get(&file)?;
    let begins = chain::offset(known.code, written)?;
    let (links, _) = chain::chain(known.code, begins);
    // Koa's routers are used by what they return.
    let links = match links.split_last() {
        Some((last, rest))
            if matches!(last.name, "routes" | "middleware") && last.inside.is_some() =>
        {
            rest
        }
        _ => links.as_slice(),
    };
    let first = links.first()?;
    if first.name == "require" {
        let path = chain::first_string(known.code, first.inside.as_ref()?)?;
        let there = links.get(1).map_or(super::WHOLE, |it| it.name);
        let (file, name) = reader.modules.given(&(path, there.to_owned()), file, 0)?;
        return reader.named(file, &name, usize::MAX, 0);
    }
    if first.inside.is_some() {
        return None;
    }
    reader.place(file, links, at)
}

/// Functions that are called with what routes are put on: `routes(app)`, `require("./a")(app)`.
fn calls(reader: &mut Reader<'_>, file: usize, code: &Code) {
    let known: Vec<String> = match (reader.files.get(&file), reader.modules.files.get(&file)) {
        (Some(known), Some(module)) => {
            let own = known.functions.iter().filter_map(|it| it.name.clone());
            let taken = module.names().map(|(name, _)| name.clone());
            own.chain(taken).filter(|name| name != ANONYMOUS).collect()
        }
        _ => return,
    };
    for captures in CALL.iter().flat_map(|it| it.captures_iter(&code.bare)) {
        let (Some(whole), Some(name)) = (captures.get(0), captures.get(1)) else {
            continue;
        };
        if known.iter().any(|it| it == name.as_str()) {
            let before = code.bare.get(..name.start()).unwrap_or_default().trim_end();
            if !before.ends_with("function") && !before.ends_with('.') {
                called(
                    reader,
                    (file, name.start()),
                    (name.as_str(), whole.end()),
                    code,
                );
            }
        }
    }
    for (start, captures) in REQUIRED.iter().flat_map(|it| code.matches(it)) {
        let open = captures.get(0).map_or(start, |whole| whole.end());
        let written = format!("require('{}')", &captures[1]);
        called(reader, (file, start), (&written, open), code);
    }
}

fn called(
    reader: &mut Reader<'_>,
    at: (usize, usize),
    (written, open): (&str, usize),
    code: &Code,
) {
    let arguments = literal::arguments(&code.text, &code.bare, open);
    for (index, argument) in arguments.iter().enumerate() {
        let Some(into) = expression(reader, at, argument) else {
            continue;
        };
        if let Some(target) = function(reader, at.0, written, index).filter(|it| *it != into) {
            reader.mounts.mount(target, into, Some(String::new()));
        }
    }
}
