//! Starlette's lists: `Route` and `Mount` within one another, within an application, or in a list
//! that has a name.

use std::sync::LazyLock;

use regex::Regex;

use super::super::super::code::Code;
use super::super::super::literal;
use super::super::super::variables::{pattern, patterns};
use super::super::chain;
use super::super::mounts::{Place, Prefix, joined};
use super::super::{Route, methods};
use super::{Reader, last_name};

patterns! {
    ROUTE = r"\b(?:Route|WebSocketRoute)\(";
    MOUNT = r"\bMount\(";
    LISTS = r"(?:\b(\w+)\s*(?::[^=\n]+)?=|\breturn)\s*(?:\w+\.)?(Starlette|FastAPI|Router)\(";
}

/// What an application is called that a function returns at once.
const RETURNED: &str = "return";

pub(super) fn read(reader: &mut Reader<'_>, file: usize, code: &Code) {
    for (_, captures) in LISTS.iter().flat_map(|it| code.matches(it)) {
        let open = captures.get(0).map_or(0, |whole| whole.end());
        if captures.get(1).is_none() && &captures[2] != "Router" {
            reader.mounts.root((file, RETURNED.to_owned()));
        }
        let arguments = literal::arguments(&code.text, &code.bare, open);
        if let Some(name) = literal::keyword(&arguments, "routes").filter(|it| is_name(it)) {
            let place = (file, name.to_owned());
            let into = captures.get(1).map_or(RETURNED, |it| it.as_str());
            let into = (file, into.to_owned());
            reader.mounts.mount(place, into, Some(String::new()));
        }
    }
    for (start, captures) in MOUNT.iter().flat_map(|it| code.matches(it)) {
        let open = captures.get(0).map_or(0, |whole| whole.end());
        let arguments = literal::arguments(&code.text, &code.bare, open);
        let named =
            literal::keyword(&arguments, "routes").or_else(|| literal::keyword(&arguments, "app"));
        let named = named.or_else(|| arguments.get(1).copied());
        let Some(name) = named.filter(|it| is_name(it)) else {
            continue;
        };
        let Some((into, outer)) = hangs(file, code, start) else {
            continue;
        };
        let target = reader.place(file, name).unwrap_or((file, name.to_owned()));
        let own = arguments.first().and_then(|it| literal::string(it));
        let prefix = both(outer, own);
        reader.mounts.mount(target, into, prefix);
    }
    for (start, captures) in ROUTE.iter().flat_map(|it| code.matches(it)) {
        let open = captures.get(0).map_or(0, |whole| whole.end());
        let arguments = literal::arguments(&code.text, &code.bare, open);
        let own = reader.path(file, &arguments);
        let hung = hangs(file, code, start);
        let path = match &hung {
            Some((_, outer)) => both(outer.clone(), own),
            None => own,
        };
        reader.routes.push(Route {
            place: hung.map(|(place, _)| place),
            verbs: methods(literal::keyword(&arguments, "methods").unwrap_or_default()),
            path,
            origin: code.origin(start),
        });
    }
}

fn both(outer: Prefix, own: Prefix) -> Prefix {
    Some(joined(&outer?, &own?))
}

fn is_name(text: &str) -> bool {
    let inner = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    text.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && text.chars().all(inner)
}

/// Returns what holds a route or mount that stands in lists and calls, and the prefixes of those
/// between them.
fn hangs(file: usize, code: &Code, start: usize) -> Option<(Place, Prefix)> {
    let mut prefix: Prefix = Some(String::new());
    let mut at = start;
    loop {
        let open = chain::opening(&code.bare, at)?;
        let before = code.bare.get(..open)?.trim_end();
        if code.bare.as_bytes().get(open) == Some(&b'[') {
            let named = before.strip_suffix('=').map(|it| last_name(it.trim_end()));
            let outermost = chain::opening(&code.bare, open).is_none();
            if let Some(name) = named.filter(|_| outermost) {
                return Some(((file, name.to_owned()), prefix));
            }
        } else {
            match last_name(before) {
                "Mount" => {
                    let arguments = literal::arguments(&code.text, &code.bare, open + 1);
                    let own = arguments.first().and_then(|it| literal::string(it));
                    prefix = both(own, prefix);
                }
                maker @ ("Starlette" | "FastAPI" | "Router") => {
                    let head = before.strip_suffix(maker)?.trim_end();
                    let head =
                        head.trim_end_matches(|it: char| it.is_ascii_alphanumeric() || it == '.');
                    let name = match head.trim_end().strip_suffix('=') {
                        Some(named) => last_name(named.trim_end()),
                        None => last_name(head.trim_end()),
                    };
                    return Some(((file, name.to_owned()), prefix));
                }
                _ => {}
            }
        }
        at = open;
    }
}
