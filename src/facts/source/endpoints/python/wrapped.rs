//! Applications that another one is put around: `DispatcherMiddleware`, and what versions or prefixes
//! all paths.

use std::sync::LazyLock;

use regex::Regex;

use super::super::super::code::Code;
use super::super::super::literal;
use super::super::super::variables::{pattern, patterns};
use super::super::chain;
use super::super::mounts::Place;
use super::Reader;

patterns! {
    WRAPPER = r"\b(\w*(?:Dispatcher|Prefix|Version)\w*)\(";
}

const DISPATCHER: &str = "DispatcherMiddleware";

/// Takes in what a file puts around applications. What can't be followed leaves it open under which
/// prefix all of them are served.
pub(super) fn read(reader: &mut Reader<'_>, file: usize, code: &Code) {
    for (start, captures) in WRAPPER.iter().flat_map(|it| code.matches(it)) {
        let before = code.text.get(..start).unwrap_or_default().trim_end();
        let Some(whole) = captures.get(0) else {
            continue;
        };
        if before.ends_with("class") || before.ends_with("def") {
            continue;
        }
        let arguments = literal::arguments(&code.text, &code.bare, whole.end());
        if &captures[1] == DISPATCHER {
            dispatched(reader, (file, code), &arguments);
            continue;
        }
        for argument in arguments {
            if let Some(place) = place(reader, file, argument) {
                reader.mounts.doubt(&place);
            }
        }
    }
}

/// `DispatcherMiddleware(front, {"/api": api})`.
fn dispatched(reader: &mut Reader<'_>, (file, code): (usize, &Code), arguments: &[&str]) {
    let table = literal::keyword(arguments, "mounts").or(arguments.get(1).copied());
    let Some(table) = table else { return };
    let inside = table
        .strip_prefix('{')
        .and_then(|inside| chain::offset(code, inside));
    let Some(inside) = inside else {
        return doubt(reader, code);
    };
    let root: Place = (file, DISPATCHER.to_owned());
    reader.mounts.root(root.clone());
    for entry in literal::arguments(&code.text, &code.bare, inside) {
        let Some((prefix, target)) = entry.split_once(':') else {
            // `**more`, and what closes the table.
            if !entry.trim().is_empty() {
                doubt(reader, code);
            }
            continue;
        };
        match place(reader, file, target) {
            Some(target) => {
                let prefix = literal::string(prefix.trim());
                reader.mounts.mount(target, root.clone(), prefix);
            }
            None => doubt(reader, code),
        }
    }
}

/// Leaves it open what is served in all that lies in one folder of the workspace with a file.
fn doubt(reader: &mut Reader<'_>, code: &Code) {
    let top = |path: &str| path.split_once('/').map_or("", |(top, _)| top).to_owned();
    let own = top(&code.path);
    let all: Vec<usize> = reader
        .modules
        .all()
        .filter(|(_, other)| own.is_empty() || top(&other.path) == own)
        .map(|(file, _)| file)
        .collect();
    reader.mounts.doubt_files(all);
}

/// Returns the application that an argument is: `app`, `app.wsgi_app`, `app=app`.
fn place(reader: &mut Reader<'_>, file: usize, argument: &str) -> Option<Place> {
    let name = argument
        .rsplit_once('=')
        .map_or(argument, |(_, value)| value);
    let name = name.trim();
    let name = name.strip_suffix(".wsgi_app").unwrap_or(name);
    reader.place(file, name)
}
