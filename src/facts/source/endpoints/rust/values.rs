//! What hangs in what: `nest`, `merge`, `service`, `configure`, `mount`, and the functions that
//! return a router or are given one.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::super::super::variables::{pattern, patterns};
use super::super::chain;
use super::super::mounts::Place;
use super::super::routers::Follow as _;
use super::Reader;

patterns! {
    NEST = r"\.\s*(nest|nest_service|merge|service|configure|mount)\(";
    ROUTES = r"\broutes!\[([^\]]*)\]";
}

pub(super) fn mounts(reader: &mut Reader<'_>, index: usize) {
    let Some(code) = reader.all.files.get(index).map(|file| file.code) else {
        return;
    };
    for (start, captures) in NEST.iter().flat_map(|it| code.matches(it)) {
        let (Some(whole), Some(begin)) = (captures.get(0), chain::begins(&code.bare, start)) else {
            continue;
        };
        let end = chain::closing(&code.bare, whole.end()).unwrap_or(whole.end());
        let arguments = chain::arguments(code, &(whole.end()..end));
        let (prefix, target) = match (&captures[1], arguments.as_slice()) {
            ("nest" | "nest_service" | "mount", [prefix, target]) => {
                (chain::string(code, prefix), target)
            }
            ("merge" | "service" | "configure", [target]) => (Some(String::new()), target),
            _ => continue,
        };
        let Some(into) = reader.called_on(index, begin, start) else {
            // What is put into something else isn't served as it is.
            let target = reader.value(index, target.start, 0);
            if let Some(target) = target {
                reader.all.mounts.doubt(&target);
            }
            continue;
        };
        hang(reader, (index, &captures[1]), (prefix, target), &into);
    }
}

/// Takes in what a call puts into a router.
fn hang(
    reader: &mut Reader<'_>,
    (index, call): (usize, &str),
    (prefix, target): (Option<String>, &Range<usize>),
    into: &Place,
) {
    let Some(code) = reader.all.files.get(index).map(|file| file.code) else {
        return;
    };
    match call {
        "configure" => {
            let known = function(reader, index, chain::text(code, target));
            let target = known.and_then(|known| reader.all.parameter(known));
            if target.is_some() {
                reader.all.hang(target, Some(into.clone()), prefix);
            }
        }
        "mount" => {
            let written = code.bare.get(target.clone()).unwrap_or_default();
            let list = ROUTES.as_ref().and_then(|it| it.captures(written));
            let names = list.map(|it| it[1].to_owned()).unwrap_or_default();
            for name in names.split(',').map(str::trim).filter(|it| !it.is_empty()) {
                if let Some(handler) = handler(reader, index, name) {
                    reader
                        .all
                        .hang(Some(handler), Some(into.clone()), prefix.clone());
                }
            }
        }
        "service" | "nest_service" => {
            let handler = handler(reader, index, chain::text(code, target));
            let target = handler.or_else(|| reader.value(index, target.start, 0));
            if target.is_some() {
                reader.all.hang(target, Some(into.clone()), prefix);
            }
        }
        _ => {
            let start = target.start;
            let target = reader.value(index, start, 0);
            if target.is_some() || may_be_ours(reader, index, start) {
                reader.all.hang(target, Some(into.clone()), prefix);
            }
        }
    }
}

/// Returns whether a value that can't be followed may be one of the workspace's own routers: what
/// it is made by is called like a function here.
fn may_be_ours(reader: &Reader<'_>, index: usize, start: usize) -> bool {
    let Some(file) = reader.all.files.get(index) else {
        return true;
    };
    let (links, _) = chain::chain(file.code, start);
    let Some(first) = links.first() else {
        return true;
    };
    if first.inside.is_none() {
        let known = file
            .made
            .iter()
            .rfind(|(name, at, _)| name == first.name && *at < start);
        return known.is_none_or(|(_, at, value)| at < value && may_be_ours(reader, index, *value));
    }
    let mut parts = first.name.rsplit("::");
    let name = parts.next().unwrap_or_default();
    let of_type = parts
        .next()
        .is_some_and(|it| it.starts_with(char::is_uppercase));
    let mut all = reader.all.files.iter().flat_map(|it| &it.functions);
    !of_type && all.any(|it| it.name.as_deref() == Some(name))
}

/// Returns the function with an attribute that a name means.
fn handler(reader: &Reader<'_>, index: usize, written: &str) -> Option<Place> {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | ':');
    if !written.chars().all(plain) {
        return None;
    }
    let (file, _) = function(reader, index, written)?;
    let name = written.rsplit("::").next()?;
    Some((reader.all.files.get(file)?.at, format!("fn {name}")))
}

/// Returns the function that a path means in a file: one of its own, one of the module that the
/// path names, or the only one that is called so.
pub(super) fn function(reader: &Reader<'_>, index: usize, written: &str) -> Option<(usize, usize)> {
    let mut parts = written.rsplit("::");
    let (name, module) = (parts.next()?, parts.next());
    // A type's functions aren't told from those of other types.
    if module.is_some_and(|it| it.starts_with(char::is_uppercase)) {
        return None;
    }
    let mut all = Vec::new();
    for (other, file) in reader.all.files.iter().enumerate() {
        let named = file
            .functions
            .iter()
            .filter(|it| it.name.as_deref() == Some(name));
        all.extend(named.map(|it| (other, it.at)));
    }
    let within: Vec<(usize, usize)> = all
        .iter()
        .copied()
        .filter(|(other, _)| match module {
            None | Some("self") => *other == index,
            Some(module) => reader.all.files.get(*other).is_some_and(|file| {
                let inline = format!("mod {module} {{");
                is_module(&file.code.path, module) || file.code.bare.contains(&inline)
            }),
        })
        .collect();
    match (within.as_slice(), all.as_slice()) {
        ([only], _) => Some(*only),
        ([], [only]) if module.is_none() => Some(*only),
        _ => None,
    }
}

/// Returns whether a file is the module of that name.
fn is_module(path: &str, module: &str) -> bool {
    let path = path.strip_suffix(".rs").unwrap_or(path);
    let path = path.strip_suffix("/mod").unwrap_or(path);
    path.rsplit('/').next() == Some(module)
}

/// Returns where a function's last expression begins.
fn tail(reader: &Reader<'_>, (file, at): (usize, usize)) -> Option<usize> {
    let file = reader.all.files.get(file)?;
    let body = file.functions.iter().find(|it| it.at == at)?.body.clone();
    let text = file.code.bare.get(body.clone())?;
    let mut depth = 0_usize;
    let mut last = 0;
    for (place, byte) in text.bytes().enumerate() {
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            b';' if depth == 0 => last = place + 1,
            _ => {}
        }
    }
    let rest = text.get(last..)?;
    let inner = rest.trim_start();
    (!inner.is_empty()).then(|| body.start + last + (rest.len() - inner.len()))
}

/// Returns the router that a function returns.
pub(super) fn returned(
    reader: &mut Reader<'_>,
    known: (usize, usize),
    depth: usize,
) -> Option<Place> {
    let start = tail(reader, known)?;
    reader.value(known.0, start, depth)
}

/// Returns whether a place is in a function other than `main`.
pub(super) fn is_made_in_a_function(reader: &Reader<'_>, index: usize, at: usize) -> bool {
    let Some(file) = reader.all.files.get(index) else {
        return false;
    };
    let around = chain::around(&file.functions, at);
    around
        .first()
        .is_some_and(|it| it.name.as_deref() != Some("main"))
}

/// Returns the function that is called by that name at a place; nothing where it is declared there.
pub(super) fn called(
    reader: &Reader<'_>,
    index: usize,
    at: usize,
    name: &str,
) -> Option<(usize, usize)> {
    let bare = &reader.all.files.get(index)?.code.bare;
    let path = bare
        .get(..at)?
        .trim_end_matches(|it: char| it.is_ascii_alphanumeric() || matches!(it, '_' | ':'));
    if path.trim_end().ends_with("fn") || path.ends_with('.') {
        return None;
    }
    function(reader, index, bare.get(path.len()..at + name.len())?)
}
