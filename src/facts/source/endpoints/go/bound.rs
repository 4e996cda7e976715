//! What hangs in what: closures of `Route` and `Group`, `Mount`, `StripPrefix`, and calls of
//! functions that are given a router or return one.

use std::sync::LazyLock;

use regex::Regex;

use super::super::super::code::Code;
use super::super::super::variables::{pattern, patterns};
use super::super::chain::{self, Link};
use super::super::mounts::Place;
use super::Reader;
use crate::facts::paths;

patterns! {
    CLOSURE = r"\.\s*(Route|Group)\(";
    MOUNT = r"\.\s*(Mount|Handle)\(";
    RETURNED = r"\breturn\s+([^\n;]+)";
    PACKAGE = r"(?m)^package\s+(\w+)";
}

pub(super) fn mounts(reader: &mut Reader<'_>, index: usize) {
    let Some(code) = reader.files.get(index).map(|file| file.code) else {
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
                reader.hang(target, into, prefix);
            }
        } else if mount {
            let target = value(reader, index, code, second.start);
            if target.is_some() || may_be_ours(reader, &links) {
                let into = reader.called_on(index, begin, start);
                reader.hang(target, into, prefix);
            }
        } else if prefix.is_some_and(|it| it.ends_with('/')) {
            // What isn't stripped sees the whole path.
            if let Some(target) = value(reader, index, code, second.start) {
                let into = reader.called_on(index, begin, start);
                reader.hang(Some(target), into, Some(String::new()));
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
    let mut all = reader.files.iter().flat_map(|file| &file.functions);
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
        let Some(file) = reader.files.get(index) else {
            return;
        };
        let number = file.at;
        let inline = file.functions.iter().find(|it| it.at == last.start);
        let target = match inline {
            Some(closure) => closure
                .parameters
                .first()
                .map(|name| (number, format!("{name}@{}", closure.at))),
            // A group without a closure is a value.
            None if !code
                .bare
                .get(last.start..)
                .is_some_and(|it| it.starts_with(char::is_alphabetic)) =>
            {
                None
            }
            None => named_parameter(reader, index, chain::text(code, last)),
        };
        if let Some(target) = target {
            let into = reader.called_on(index, begin, start);
            reader.hang(Some(target), into, prefix);
        }
    }
}

/// Returns the first parameter of a function that is given by its name.
fn named_parameter(reader: &Reader<'_>, index: usize, written: &str) -> Option<Place> {
    let (file, function) = function(reader, index, written)?;
    let file = reader.files.get(file)?;
    let function = file.functions.iter().find(|it| it.at == function)?;
    let name = function.parameters.first()?;
    Some((file.at, format!("{name}@{}", function.at)))
}

/// Returns the function that a name means in a file: its own package's, another's by the package's
/// name, or the only method that is called so.
fn function(reader: &Reader<'_>, index: usize, written: &str) -> Option<(usize, usize)> {
    let (before, name) = written.rsplit_once('.').unwrap_or(("", written));
    let folder = paths::folder(&reader.files.get(index)?.code.path);
    let mut own = Vec::new();
    let mut methods = Vec::new();
    for (other, file) in reader.files.iter().enumerate() {
        let package = PACKAGE.as_ref()?.captures(&file.code.bare);
        let package = package.map(|it| it[1].to_owned()).unwrap_or_default();
        let here = if before.is_empty() {
            paths::folder(&file.code.path) == folder
        } else {
            package == before
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
            if is_method {
                methods.push((other, function.at));
            }
        }
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
    let file = reader.files.get(other)?;
    let (code, body) = (
        file.code,
        file.functions.iter().find(|it| it.at == at)?.body.clone(),
    );
    let text = code.bare.get(body.clone())?;
    let returned = RETURNED.as_ref()?.captures_iter(text).last()?;
    let value = body.start + returned.get(1)?.start();
    let (links, _) = chain::chain(code, value);
    reader.place(other, &links, value, 1)
}

/// Functions that are given a router: where they are called with which.
pub(super) fn calls(reader: &mut Reader<'_>) {
    let mut done: Vec<(usize, usize)> = Vec::new();
    // A call's own argument may be a parameter again.
    while let Some(next) = reader.given.pop() {
        if !done.contains(&next) {
            done.push(next);
            called(reader, next);
        }
    }
}

fn called(reader: &mut Reader<'_>, (home, at): (usize, usize)) {
    let Some(file) = reader.files.get(home) else {
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
    for index in 0..reader.files.len() {
        let Some(code) = reader.files.get(index).map(|file| file.code) else {
            continue;
        };
        let places: Vec<usize> = code
            .bare
            .match_indices(&call)
            .map(|(place, _)| place)
            .collect();
        for place in places {
            let before = code.bare.get(..place).unwrap_or_default();
            let written = match before.strip_suffix('.') {
                Some(_) => {
                    let begin = chain::begins(&code.bare, place - 1);
                    let begin = begin.unwrap_or(place);
                    code.bare.get(begin..place + name.len()).unwrap_or_default()
                }
                None if before.ends_with(|it: char| it.is_ascii_alphanumeric() || it == '_') => {
                    continue;
                }
                None if before.trim_end().ends_with("func") || before.trim_end().ends_with(')') => {
                    continue;
                }
                None => name,
            };
            if self::function(reader, index, written) != Some((home, at)) {
                continue;
            }
            let open = place + call.len();
            let end = chain::closing(&code.bare, open).unwrap_or(open);
            let arguments = chain::arguments(code, &(open..end));
            for (argument, parameter) in arguments.iter().zip(&function.parameters) {
                let (links, _) = chain::chain(code, argument.start);
                let into = reader.place(index, &links, argument.start, 0);
                let target = (number, format!("{parameter}@{at}"));
                if let Some(into) = into.filter(|into| *into != target) {
                    reader.mounts.mount(target, into, Some(String::new()));
                }
            }
        }
    }
}
