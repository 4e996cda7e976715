//! JAX-RS: `@Path` of a class and of its methods, below `@ApplicationPath` or Quarkus' settings.
//!
//! Interfaces and clients serve nothing themselves; nor does a class without a `@Path` of its own,
//! which something else hands out.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::Regex;

use super::super::super::super::Tree;
use super::super::super::code::{Code, Language};
use super::super::super::variables::{pattern, patterns};
use super::super::mounts::Prefix;
use super::super::{Endpoints, add, method};
use super::{Class, annotations, classes, is_above, slashed, written};
use crate::facts::paths;

patterns! {
    QUARKUS = r"(?m)^[ \t]*quarkus\.(?:http\.root-path|rest\.path|resteasy\.path|resteasy-reactive\.path)[ \t]*=[ \t]*(\S+)";
    NESTED = r"(?m)^[ \t]+(?:root-path|path)[ \t]*:";
}

/// Whether a file is written for JAX-RS: others have annotations of the same names.
fn is_one(code: &Code) -> bool {
    code.language == Language::Java && code.text.contains("ws.rs.")
}

/// Adds the endpoints of resource classes.
pub(super) fn read(files: &[Code], tree: &Tree, all: &mut Endpoints) {
    let own: Vec<&Code> = files.iter().filter(|code| is_one(code)).collect();
    let mut modules: BTreeMap<&str, Prefix> = BTreeMap::new();
    for code in &own {
        let module = code.path.split_once("src/main/");
        let module = module.map_or("", |(module, _)| module);
        let outer = modules
            .entry(module)
            .or_insert_with(|| outer(&own, tree, module));
        resources(code, outer, all);
    }
}

fn resources(code: &Code, outer: &Prefix, all: &mut Endpoints) {
    let classes = classes(code);
    let annotations = annotations(code);
    let near = |one: usize, two: usize| {
        let head = code.bare.get(one.min(two)..one.max(two));
        head.is_some_and(is_above)
    };
    // The path of what follows: a method's beside its verb, a class' before it.
    let path_at = |at: usize| {
        let mut all = annotations.iter();
        let found = all.find(|(start, name, _)| *name == "Path" && near(*start, at));
        found.map(
            |(_, _, arguments)| match written(code.language, arguments).as_slice() {
                [only] => only.clone(),
                _ => None,
            },
        )
    };
    for (start, name, _) in &annotations {
        let verb = method(name).filter(|verb| verb == name);
        let Some(verb) = verb else { continue };
        let around = classes.iter().filter(|it| it.body.contains(start));
        let Some(class) = around.min_by_key(|it| it.body.len()) else {
            continue;
        };
        let own = path_at(*start).unwrap_or_else(|| Some(String::new()));
        let prefix = path_at(class.at).filter(|_| class_serves(code, class));
        let known = outer.as_ref().zip(prefix.flatten()).zip(own.clone());
        let served = known.map(|((outer, prefix), own)| slashed(&[outer, &prefix, &own]));
        // Without a path of its own it is nothing to look for.
        let Some(own) = own else { continue };
        add(
            all,
            served,
            slashed(&[&own]),
            Some(verb),
            code.origin(*start),
        );
    }
}

/// Whether a class with a path serves it: it is no interface and no client.
fn class_serves(code: &Code, class: &Class) -> bool {
    let head = code.bare.get(class.at..class.body.start);
    let concrete = head.is_some_and(|head| head.starts_with("class") || head.starts_with("object"));
    let before = code.bare.get(..class.at).unwrap_or_default();
    let inherits = before.trim_end().ends_with("abstract");
    concrete && !inherits && !code.bare.contains("@RegisterRestClient")
}

/// Returns what stands before all paths of a module; none where that can't be told.
fn outer(files: &[&Code], tree: &Tree, module: &str) -> Prefix {
    let mut found = Vec::new();
    for code in files.iter().filter(|code| code.path.starts_with(module)) {
        for (_, name, arguments) in annotations(code) {
            if name == "ApplicationPath" {
                found.extend(written(code.language, &arguments));
            }
        }
    }
    let quarkus = quarkus(tree, module);
    match (found.as_slice(), quarkus) {
        ([only], None) => only.clone(),
        ([only], Some(root)) => Some(slashed(&[&root?, only.as_ref()?])),
        ([], Some(root)) => root,
        // A server that isn't known, or several applications.
        _ => None,
    }
}

/// Returns what Quarkus puts before all paths, where a module is built with it.
fn quarkus(tree: &Tree, module: &str) -> Option<Prefix> {
    let builds = ["pom.xml", "build.gradle", "build.gradle.kts"];
    let built = builds.iter().any(|name| {
        let text = tree.get(&format!("{module}{name}"));
        text.is_some_and(|text| text.contains("io.quarkus"))
    });
    if !built {
        return None;
    }
    let mut found = Vec::new();
    for (path, text) in tree.iter().filter(|(path, _)| path.starts_with(module)) {
        let name = paths::file_name(path);
        let tests = path.contains("src/test/");
        match name.rsplit_once('.') {
            _ if tests || !name.starts_with("application") => {}
            Some((_, "properties")) => {
                let all = QUARKUS.iter().flat_map(|it| it.captures_iter(text));
                found.extend(all.map(|captures| captures[1].to_owned()));
            }
            Some((_, "yml" | "yaml")) if NESTED.iter().any(|it| it.is_match(text)) => {
                return Some(None);
            }
            _ => {}
        }
    }
    Some(match found.as_slice() {
        [] => Some(String::new()),
        [only] => Some(only.clone()).filter(|it| !it.contains('$')),
        _ => None,
    })
}
