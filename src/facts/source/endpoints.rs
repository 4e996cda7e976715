//! Endpoints that source serves, with the prefixes of all routers that they hang in.
//!
//! Who wants to know what is served asks here: probes, studies, and the traces of a person's work.
//! A route whose router, prefix or mount can't be followed is told apart, and counts as served by
//! nobody.

mod annotated;
mod chain;
mod condition;
mod csharp;
mod django;
mod go;
mod laravel;
mod mounts;
mod next;
mod python;
mod rails;
mod routers;
mod rust;
mod script;
#[cfg(test)]
mod tests;

use super::super::Tree;
use super::super::model::{Endpoint, Endpoints, Origin};
use super::code::Code;
use mounts::{Mounts, Place, joined};

/// A route as it is written.
struct Route {
    /// What it hangs in, where that can be told.
    place: Option<Place>,
    /// Its methods; one that is none where it takes any, or doesn't tell.
    verbs: Vec<Option<String>>,
    /// Its own part of the path; `None` where it is computed.
    path: Option<String>,
    origin: Origin,
}

/// Returns the endpoints of all files.
pub(super) fn read(files: &[Code], tree: &Tree) -> Endpoints {
    let mut all = Endpoints::default();
    let parts = [
        python::read(files, tree),
        django::read(files),
        script::read(files),
        annotated::read(files, tree),
        go::read(files, tree),
        rust::read(files),
        csharp::read(files),
        next::read(files, tree),
        rails::read(files),
        laravel::read(files, tree),
    ];
    for part in parts {
        all.served.extend(part.served);
        all.loose.extend(part.loose);
    }
    let (served, open) = all
        .served
        .into_iter()
        .partition(|it| !is_conditional(files, it));
    all.served = served;
    all.loose.extend::<Vec<Endpoint>>(open);
    for list in [&mut all.served, &mut all.loose] {
        list.sort_by(|left, right| (&left.origin, &left.path).cmp(&(&right.origin, &right.path)));
        list.dedup();
    }
    all
}

fn is_conditional(files: &[Code], endpoint: &Endpoint) -> bool {
    let code = files.iter().find(|it| it.path == endpoint.origin.path);
    code.is_some_and(|code| condition::is_over(code, endpoint.origin.line))
}

/// Returns routes with the prefixes of what they hang in.
fn serve(routes: Vec<Route>, mounts: &Mounts) -> Endpoints {
    let mut all = Endpoints::default();
    for route in routes {
        let Some(path) = route.path else {
            continue;
        };
        let prefixes = route.place.iter().flat_map(|place| mounts.prefixes(place));
        let mut paths: Vec<String> = prefixes.map(|prefix| joined(&prefix, &path)).collect();
        let list = if paths.is_empty() {
            paths.push(path);
            &mut all.loose
        } else {
            &mut all.served
        };
        for path in paths {
            let path = match path.as_str() {
                "" => "/".to_owned(),
                _ => path,
            };
            list.extend(route.verbs.iter().map(|method| Endpoint {
                method: method.clone(),
                path: path.clone(),
                origin: route.origin.clone(),
            }));
        }
    }
    all
}

/// Adds an endpoint where it is served, or with its own part of the path where that can't be told.
fn add(
    all: &mut Endpoints,
    served: Option<String>,
    own: String,
    method: Option<String>,
    origin: Origin,
) {
    let (list, path) = match served {
        Some(path) => (&mut all.served, path),
        None => (&mut all.loose, own),
    };
    list.push(Endpoint {
        method,
        path,
        origin,
    });
}

/// Returns a verb as a method; what isn't one method is none.
fn method(verb: &str) -> Option<String> {
    let verb = verb.to_uppercase();
    let known = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];
    known.contains(&verb.as_str()).then_some(verb)
}

/// Returns the methods among a text's words; one that is none where there are none.
fn methods(text: &str) -> Vec<Option<String>> {
    let words = text.split(|letter: char| !letter.is_ascii_alphabetic());
    let mut found: Vec<Option<String>> = words
        .filter(|word| word.chars().all(|letter| letter.is_ascii_uppercase()))
        .filter_map(method)
        .map(Some)
        .collect();
    found.dedup();
    if found.is_empty() { vec![None] } else { found }
}
