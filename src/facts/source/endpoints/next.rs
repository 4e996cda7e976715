//! Next.js: files are routes, `app/api/users/[id]/route.ts` and `pages/api/users.ts`.
//!
//! Pages that people see are no endpoints, and neither is what settings rewrite.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::Regex;

use super::super::super::Tree;
use super::super::code::{Code, Language};
use super::super::variables::{pattern, patterns};
use super::mounts::Prefix;
use super::{Endpoints, add, method};
use crate::facts::paths;

patterns! {
    EXPORTED = r"\bexport\s+(?:async\s+)?(?:function|const|let|var)\s+(GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS)\b";
    LISTED = r"\bexport\s*\{([^}]*)\}";
    DEFAULT = r"\bexport\s+default\b|\bmodule\.exports\s*=";
    NAMED = r#"["']next["']\s*:"#;
    BASE = r#"\bbasePath\s*:\s*(?:"([^"]*)"|'([^']*)')"#;
    MENTIONED = r"\b(?:basePath|pageExtensions)\b";
}

const CONFIGS: [&str; 4] = [
    "next.config.js",
    "next.config.mjs",
    "next.config.cjs",
    "next.config.ts",
];

/// Returns the endpoints of all files of a Next.js application.
pub(super) fn read(files: &[Code], tree: &Tree) -> Endpoints {
    let mut all = Endpoints::default();
    let mut bases: BTreeMap<&str, Prefix> = BTreeMap::new();
    for code in files.iter().filter(|it| it.language == Language::Script) {
        let Some((root, own)) = route(&code.path) else {
            continue;
        };
        if !is_next(tree, root) || is_passed_over(tree, root, &code.path) {
            continue;
        }
        let verbs = if paths::file_name(&code.path).starts_with("route.") {
            exported(code)
        } else {
            let handles = DEFAULT.iter().flat_map(|it| code.matches(it)).next();
            handles
                .map(|(start, _)| (start, None))
                .into_iter()
                .collect()
        };
        let base = bases.entry(root).or_insert_with(|| base(tree, root));
        for (start, verb) in verbs {
            let served = base.as_ref().map(|base| format!("{base}{own}"));
            add(&mut all, served, own.clone(), verb, code.origin(start));
        }
    }
    all
}

/// Returns the folder of a file's application and the path that it is served at.
fn route(path: &str) -> Option<(&str, String)> {
    let (stem, ending) = path.rsplit_once('.')?;
    if !["js", "jsx", "ts", "tsx", "mjs"].contains(&ending) {
        return None;
    }
    if let Some((root, own)) = below(stem, "app/")
        && let Some(folders) = own
            .strip_suffix("/route")
            .or((own == "route").then_some(""))
    {
        return Some((root, segments(folders)?));
    }
    let (root, own) = below(stem, "pages/")?;
    let own = own.strip_suffix("/index").unwrap_or(own);
    own.starts_with("api/").then_some(())?;
    Some((root, segments(own)?))
}

/// Returns what stands before a folder at an application's root, or in its `src/`, and behind it.
fn below<'p>(path: &'p str, folder: &str) -> Option<(&'p str, &'p str)> {
    let at = if path.starts_with(folder) {
        0
    } else {
        path.find(&format!("/{folder}"))? + 1
    };
    let (before, rest) = path.split_at_checked(at)?;
    let before = before.trim_end_matches('/');
    let root = before
        .strip_suffix("/src")
        .or((before == "src").then_some(""));
    Some((root.unwrap_or(before), rest.strip_prefix(folder)?))
}

/// Returns the path that folders make; none for those that are never served.
fn segments(folders: &str) -> Option<String> {
    let mut path = String::new();
    for part in folders.split('/').filter(|part| !part.is_empty()) {
        let grouped = part.starts_with('(') && part.ends_with(')') && !part.starts_with("(.");
        if part.starts_with('_') || part.starts_with("(.") {
            return None;
        }
        if !grouped && !part.starts_with('@') {
            path.push('/');
            path.push_str(part);
        }
    }
    Some(if path.is_empty() {
        "/".to_owned()
    } else {
        path
    })
}

/// Returns the methods that a file exports, each with where.
fn exported(code: &Code) -> Vec<(usize, Option<String>)> {
    let mut found: Vec<(usize, Option<String>)> = Vec::new();
    for (start, captures) in EXPORTED.iter().flat_map(|it| code.matches(it)) {
        found.push((start, method(&captures[1])));
    }
    for (start, captures) in LISTED.iter().flat_map(|it| code.matches(it)) {
        // `handler as GET`
        let names = captures[1]
            .split(',')
            .filter_map(|name| name.split_whitespace().last());
        let verbs = names.filter(|name| method(name).as_deref() == Some(*name));
        found.extend(verbs.map(|verb| (start, method(verb))));
    }
    found
}

fn within(root: &str, file: &str) -> String {
    if root.is_empty() {
        file.to_owned()
    } else {
        format!("{root}/{file}")
    }
}

/// Whether a folder holds an application of Next.js.
fn is_next(tree: &Tree, root: &str) -> bool {
    let package = tree.get(&within(root, "package.json"));
    let named = package.is_some_and(|text| NAMED.iter().any(|it| it.is_match(text)));
    let configured = || {
        CONFIGS
            .iter()
            .any(|name| tree.get(&within(root, name)).is_some())
    };
    named || configured()
}

/// Whether a file lies in `src/`, and the application beside that: then the former isn't served.
fn is_passed_over(tree: &Tree, root: &str, path: &str) -> bool {
    let has = |folder: &str| tree.has_folder(&within(root, folder));
    path.starts_with(&within(root, "src/")) && (has("app") || has("pages"))
}

/// Returns what is put before all paths; none where that can't be told.
fn base(tree: &Tree, root: &str) -> Prefix {
    let mut base = Some(String::new());
    for name in CONFIGS {
        let path = within(root, name);
        let Some(code) = tree.get(&path).and_then(|text| Code::new(&path, text)) else {
            continue;
        };
        let mentioned = MENTIONED.iter().flat_map(|it| code.matches(it)).count();
        let given: Vec<String> = BASE
            .iter()
            .flat_map(|it| code.matches(it))
            .filter_map(|(_, it)| Some(it.get(1).or(it.get(2))?.as_str().to_owned()))
            .collect();
        base = match (mentioned, given.as_slice()) {
            (0, _) => base,
            (1, [only]) => Some(only.trim_end_matches('/').to_owned()),
            _ => return None,
        };
    }
    base
}
