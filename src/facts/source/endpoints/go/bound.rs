//! What hangs in what: closures of `Route` and `Group`, `Mount`, `StripPrefix`, and calls of
//! functions that are given a router or return one.

use std::sync::LazyLock;

use regex::Regex;

use super::super::super::code::Code;
use super::super::super::variables::{pattern, patterns};
use super::super::chain::{self, Link};
use super::super::mounts::Place;
use super::super::routers::Follow as _;
use super::Reader;
use super::imported::{self, Imports};
use crate::facts::paths;

patterns! {
    CLOSURE = r"\.\s*(Route|Group)\(";
    MOUNT = r"\.\s*(Mount|Handle)\(";
    RETURNED = r"\breturn\s+([^\n;]+)";
    PACKAGE = r"(?m)^package\s+(\w+)";
}

pub(super) fn mounts(reader: &mut Reader<'_>, index: usize) {
    let Some(code) = reader.all.files.get(index).map(|file| file.code) else {
        return;
    };
    closures(reader, index, code);
    for (start, captures) in MOUNT.iter().flat_map(|it| code.matches(it)) {
        let (Some(whole), Some(begin)) = (captures.get(0), chain::begins(&code.bare, start)) else {
            continue;
        };
        let end = chain::closing(&code.bare, whole.end()).unwrap_or(whole.end());
        let arguments = chain::arguments(code, &(whole.end()..end));
        let [first, second] = arguments.as_slice() else {
            continue;
        };
        let prefix = chain::string(code, first);
        let mount = &captures[1] == "Mount";
        let (links, _) = chain::chain(code, second.start);
        let strips = links.last().is_some_and(|it| it.name == "StripPrefix");
        if strips {
            let inside = links
                .last()
                .and_then(|it| it.inside.clone())
                .unwrap_or(0..0);
            let inner = chain::arguments(code, &inside);
            let stripped = inner.first().and_then(|it| chain::string(code, it));
            let same = |text: &Option<String>| {
                text.as_deref()
                    .map(|it| it.trim_end_matches('/').to_owned())
            };
            let prefix = same(&prefix).filter(|_| same(&prefix) == same(&stripped));
            let target = inner
                .get(1)
                .and_then(|it| value(reader, index, code, it.start));
            if target.is_some() {
                let into = reader.called_on(index, begin, start);
                reader.all.hang(target, into, prefix);
            }
        } else if mount {
            let target = value(reader, index, code, second.start);
            if target.is_some() || may_be_ours(reader, &links) {
                let into = reader.called_on(index, begin, start);
                reader.all.hang(target, into, prefix);
            }
        } else if prefix.is_some_and(|it| it.ends_with('/')) {
            // What isn't stripped sees the whole path.
            if let Some(target) = value(reader, index, code, second.start) {
                let into = reader.called_on(index, begin, start);
                reader.all.hang(Some(target), into, Some(String::new()));
            }
        }
    }
}

/// Returns whether what can't be followed may be one of the workspace's own routers: what it is made
/// by is called like a function here.
fn may_be_ours(reader: &Reader<'_>, links: &[Link<'_>]) -> bool {
    let Some(last) = links.last().filter(|it| it.inside.is_some()) else {
        return true;
    };
    let mut all = reader.all.files.iter().flat_map(|file| &file.functions);
    all.any(|it| it.name.as_deref() == Some(last.name))
}

/// `r.Route("/a", func(r chi.Router) { … })`.
fn closures(reader: &mut Reader<'_>, index: usize, code: &Code) {
    for (start, captures) in CLOSURE.iter().flat_map(|it| code.matches(it)) {
        let (Some(whole), Some(begin)) = (captures.get(0), chain::begins(&code.bare, start)) else {
            continue;
        };
        let end = chain::closing(&code.bare, whole.end()).unwrap_or(whole.end());
        let arguments = chain::arguments(code, &(whole.end()..end));
        let Some(last) = arguments.last() else {
            continue;
        };
        let prefix = match arguments.as_slice() {
            [_] => Some(String::new()),
            [first, ..] => chain::string(code, first),
            [] => None,
        };
        let Some(file) = reader.all.files.get(index) else {
            return;
        };
        let given = chain::text(code, last);
        let known = if file.functions.iter().any(|it| it.at == last.start) {
            Some((index, last.start))
        } else if given.starts_with(char::is_alphabetic) {
            function(reader, index, given)
        } else {
            // A group without a closure is a value.
            None
        };
        let target = known.and_then(|known| reader.all.parameter(known));
        if let Some(target) = target {
            let into = reader.called_on(index, begin, start);
            reader.all.hang(Some(target), into, prefix);
        }
    }
}

/// Returns the function that a name means in a file: its own package's, another's by the package's
/// name or by the one that it is imported under, or the only method that is called so.
fn function(reader: &Reader<'_>, index: usize, written: &str) -> Option<(usize, usize)> {
    let (before, name) = written.rsplit_once('.').unwrap_or(("", written));
    let code = reader.all.files.get(index)?.code;
    let folder = paths::folder(&code.path);
    let imports = Imports::of(code);
    let aliased = imports.aliased(before);
    let mut own = Vec::new();
    let mut methods = Vec::new();
    for (other, file) in reader.all.files.iter().enumerate() {
        let package = PACKAGE.as_ref()?.captures(&file.code.bare);
        let package = package.map(|it| it[1].to_owned()).unwrap_or_default();
        let here = match aliased {
            Some(import) => imported::is_in(&reader.modules, import, &file.code.path),
            None if before.is_empty() => paths::folder(&file.code.path) == folder,
            None => package == before,
        };
        let named = file
            .functions
            .iter()
            .filter(|it| it.name.as_deref() == Some(name));
        for function in named {
            let rest = file.code.bare.get(function.at..).unwrap_or_default();
            let is_method = rest
                .trim_start_matches("func")
                .trim_start()
                .starts_with('(');
            if here && !is_method {
                own.push((other, function.at));
            }
            if is_method && aliased.is_none() {
                methods.push((other, function.at));
            }
        }
    }
    // Packages of several folders may be called the same.
    if own.len() > 1 && !before.is_empty() {
        let imported = |other: usize| {
            let file = reader.all.files.get(other);
            file.is_some_and(|it| imports.has(&reader.modules, paths::folder(&it.code.path)))
        };
        own.retain(|(other, _)| imported(*other));
    }
    let found = if own.is_empty() && !before.is_empty() {
        methods
    } else {
        own
    };
    match found.as_slice() {
        [only] => Some(*only),
        _ => None,
    }
}

/// Returns what a value is: a router by name, or what a function returns.
fn value<'a>(reader: &mut Reader<'a>, index: usize, code: &'a Code, start: usize) -> Option<Place> {
    let (links, _) = chain::chain(code, start);
    let names: Vec<Link<'a>> = links;
    let known = reader.place(index, &names, start, 0);
    if known.is_some() {
        return known;
    }
    let (last, _) = names.split_last()?;
    last.inside.as_ref()?;
    let written: Vec<&str> = names.iter().map(|it| it.name).collect();
    let (other, at) = function(reader, index, &written.join("."))?;
    let file = reader.all.files.get(other)?;
    let (code, body) = (
        file.code,
        file.functions.iter().find(|it| it.at == at)?.body.clone(),
    );
    let text = code.bare.get(body.clone())?;
    let returned = RETURNED.as_ref()?.captures_iter(text).last()?;
    reader.value(other, body.start + returned.get(1)?.start(), 1)
}

/// Returns the function that is called by that name at a place; nothing where it is declared there.
pub(super) fn called(
    reader: &Reader<'_>,
    index: usize,
    at: usize,
    name: &str,
) -> Option<(usize, usize)> {
    let bare = &reader.all.files.get(index)?.code.bare;
    let before = bare.get(..at)?;
    if before.ends_with('.') {
        let begin = chain::begins(bare, at - 1).unwrap_or(at);
        return function(reader, index, bare.get(begin..at + name.len())?);
    }
    let inside = before.ends_with(|it: char| it.is_ascii_alphanumeric() || it == '_');
    let declared = before.trim_end().ends_with("func") || before.trim_end().ends_with(')');
    (!inside && !declared).then(|| function(reader, index, name))?
}
