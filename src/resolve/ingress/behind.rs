//! Which workload serves a path that names none.
//!
//! The source's own endpoints tell, or a name. Where neither does, or several are called so, and
//! several workloads serve, it isn't guessed: requests would be sent to what doesn't know them.

use crate::facts::{Endpoint, is_below};

use super::super::application::Workload;
use super::Sources;
use super::model::PathKind;
use super::paths::PathWish;
use super::routes::servers;

/// What a workload is called by that shows pages.
const FRONT: [&str; 3] = ["frontend", "web", "ui"];

/// Returns the workload behind a path.
pub(super) fn of<'w>(wish: &PathWish, sources: &Sources<'w>) -> Option<&'w Workload> {
    let serving = serving(wish, sources);
    if let [one] = serving.as_slice() {
        return Some(one);
    }
    if let Some(named) = exactly(&wish.path, sources) {
        return Some(named);
    }
    let among =
        |it: &&Workload| serving.is_empty() || serving.iter().any(|one| one.name == it.name);
    let all = || servers(sources).filter(among);
    let named: Vec<&Workload> = all().filter(|it| is_named(it, &wish.path)).collect();
    let built = || all().filter(|it| it.built);
    let own: Vec<&Workload> = built().filter(|it| !is_called(it, "admin")).collect();
    let rest: Vec<&Workload> = if built().next().is_some() {
        built().collect()
    } else {
        all().collect()
    };
    let nearest = [named, own, rest];
    match nearest.iter().find(|these| !these.is_empty())?.as_slice() {
        [one] => Some(one),
        _ => None,
    }
}

/// Returns the workloads whose source has an endpoint at a path, or below it.
fn serving<'w>(wish: &PathWish, sources: &Sources<'w>) -> Vec<&'w Workload> {
    if wish.path == "/" || wish.kind == PathKind::Regex {
        return Vec::new();
    }
    let below = format!("{}/", wish.path);
    let meant = |endpoint: &&Endpoint| {
        let inside = wish.kind == PathKind::Prefix && endpoint.path.starts_with(&below);
        endpoint.path == wish.path || inside
    };
    let folder = |it: &Workload| {
        let project = sources.facts.project.as_ref()?;
        let service = project.service(it.service.as_deref()?)?;
        Some(service.build.as_ref()?.context.clone())
    };
    let all: Vec<(&Workload, String)> = servers(sources)
        .filter_map(|it| Some((it, folder(it)?)))
        .collect();
    let mut found: Vec<&Workload> = Vec::new();
    for endpoint in sources.facts.endpoints.iter().filter(meant) {
        // A folder may lie in another's.
        let holds = |folder: &String| is_below(&endpoint.origin.path, folder);
        let folders = all.iter().map(|(_, folder)| folder);
        let deepest = folders.filter(|it| holds(it)).map(String::len).max();
        for (workload, folder) in &all {
            let own = holds(folder) && Some(folder.len()) == deepest;
            if own && found.iter().all(|it| it.name != workload.name) {
                found.push(workload);
            }
        }
    }
    found
}

/// Returns the workload that is called as a path begins.
fn exactly<'w>(path: &str, sources: &Sources<'w>) -> Option<&'w Workload> {
    let segment = segment(path);
    let mut all = servers(sources);
    all.find(|it| it.name == segment || it.service.as_deref() == Some(segment))
}

/// Returns whether a workload's name has a path's first segment, or that of what shows pages where
/// there is none: of `api`, only what is called so altogether, as `admin-api` serves something else.
fn is_named(workload: &Workload, path: &str) -> bool {
    match segment(path) {
        "api" => false,
        "" => FRONT.iter().any(|word| is_called(workload, word)),
        segment => is_called(workload, segment),
    }
}

fn segment(path: &str) -> &str {
    path.trim_matches('/').split('/').next().unwrap_or_default()
}

fn is_called(workload: &Workload, word: &str) -> bool {
    let service = workload.service.as_deref().unwrap_or_default();
    let names = [workload.name.as_str(), service];
    let mut parts = names.iter().flat_map(|name| name.split(['-', '_']));
    parts.any(|part| part == word)
}
