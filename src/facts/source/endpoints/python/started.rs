//! Which applications are started: where a command names one of a folder (`uvicorn app.main:app`),
//! another that is made beside it serves nothing, unless its file starts it itself.

use std::sync::LazyLock;

use regex::Regex;

use super::super::super::super::Tree;
use super::super::super::super::paths;
use super::super::super::code::Code;
use super::super::super::variables::{pattern, patterns};

patterns! {
    COMMAND = r#"(?m)\b(?:uvicorn|gunicorn|hypercorn|granian|daphne)\b[^\n]*?[\s"',]([A-Za-z_][\w.]*):([A-Za-z_]\w*)"#;
    OWN = r"\buvicorn\.run\(|\bweb\.run_app\(|\.run\(|\b__name__\s*==|\bserve\(";
}

/// Commands that name an application by its module and what it is called there.
pub(super) struct Started(Vec<(String, String)>);

impl Started {
    /// Returns what a workspace's Dockerfiles, Compose files and scripts start.
    pub(super) fn of(tree: &Tree) -> Self {
        let files = tree.iter().filter(|(path, _)| has_commands(path));
        let named = files.flat_map(|(_, text)| {
            let all = COMMAND.iter().flat_map(|it| it.captures_iter(text));
            let named = |it: regex::Captures<'_>| (it[1].replace('.', "/"), it[2].to_owned());
            all.map(named).collect::<Vec<_>>()
        });
        Self(named.collect())
    }

    /// Returns what commands start that name a file, each with the folder that they are given in.
    pub(super) fn in_file<'s>(&'s self, path: &'s str) -> impl Iterator<Item = (&'s str, &'s str)> {
        let module = path.strip_suffix(".py").unwrap_or_default();
        let module = module.strip_suffix("/__init__").unwrap_or(module);
        self.0.iter().filter_map(move |(started, name)| {
            let home = module.strip_suffix(started.as_str())?;
            let whole = home.is_empty() || home.ends_with('/');
            whole.then(|| (name.as_str(), home.trim_end_matches('/')))
        })
    }
}

/// Returns whether a file starts what it makes.
pub(super) fn starts_itself(code: &Code) -> bool {
    OWN.as_ref().is_none_or(|it| it.is_match(&code.bare))
}

/// Returns whether a file is one that says how programs are started.
fn has_commands(path: &str) -> bool {
    let name = paths::file_name(path).to_ascii_lowercase();
    let script = name.rsplit_once('.').is_some_and(|(_, it)| it == "sh");
    name.contains("dockerfile") || paths::is_compose(&name) || script || name == "procfile"
}
