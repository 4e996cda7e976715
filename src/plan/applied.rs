//! The objects of files, folders and fences that `apply=` names.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;

use crate::checklist::{Checklist, Spanned, TaskId};
use crate::diagnostic::{Diagnostic, Diagnostics, nearest};
use crate::facts::{Tree, is_yaml, leads_out};
use crate::manifest::{self, Object, is_kustomization};
use crate::resolve::{Action, Resolved};

/// Returns the objects that each `apply` task names, in the order of the files.
///
/// # Errors
/// All problems found together: what isn't there, and what can't be read.
pub fn applied(
    checklist: &Checklist,
    resolved: &Resolved,
    tree: &Tree,
) -> Result<BTreeMap<TaskId, Vec<Arc<Object>>>, Diagnostics> {
    let mut applied: BTreeMap<TaskId, Vec<Arc<Object>>> = BTreeMap::new();
    let mut problems = Vec::new();
    for task in &resolved.tasks {
        let Action::Apply { path, fence } = &task.action else {
            continue;
        };
        let sources: Vec<(String, &str)> = match (path, fence) {
            (Some(path), _) => manifests_at(tree, path),
            (None, Some(fence)) => vec![(format!("task {}", task.id), fence.as_str())],
            (None, None) => Vec::new(),
        };
        if sources.is_empty() {
            problems.push(missing(checklist, &task.id, path.as_deref(), tree));
        }
        let (found_before, named) = (problems.len(), sources.len());
        for (path, text) in sources {
            match manifest::parse_documents(&path, text) {
                Ok(objects) => {
                    let asked = namespace(checklist, &task.id);
                    if let Some(asked) = asked {
                        let strays = strays(&objects, &path, asked);
                        problems.extend(strays.map(|it| placed(it, checklist, asked)));
                    }
                    let objects = objects.into_iter().map(|object| match asked {
                        Some(asked) => Arc::new(object.within(&asked.value)),
                        None => Arc::new(object),
                    });
                    let of_task = applied.entry(task.id.clone()).or_default();
                    of_task.extend(objects);
                }
                Err(found) => problems.extend(found.0),
            }
        }
        let none = applied.get(&task.id).is_none_or(Vec::is_empty);
        if none && named > 0 && problems.len() == found_before {
            problems.push(empty(checklist, &task.id, path.as_deref()));
        }
    }
    if problems.is_empty() {
        Ok(applied)
    } else {
        Err(Diagnostics(problems))
    }
}

/// Returns the namespace that a task's directive names.
fn namespace<'c>(checklist: &'c Checklist, id: &TaskId) -> Option<&'c Spanned<String>> {
    checklist.task(id)?.directive.as_ref()?.namespace.as_ref()
}

/// Returns the problems of objects that name another namespace.
fn strays<'o>(
    objects: &'o [Object],
    path: &'o str,
    asked: &'o Spanned<String>,
) -> impl Iterator<Item = Diagnostic> + 'o {
    objects.iter().filter_map(move |object| {
        let own = object.namespace.as_ref().filter(|it| **it != asked.value)?;
        let label = object.label();
        let message = format!("{label} of `{path}` names the namespace `{own}`");
        let help = "take the directive's `namespace=` away, or give the file a task of its own";
        Some(Diagnostic::error(message).rule("directive").help(help))
    })
}

fn placed(error: Diagnostic, checklist: &Checklist, asked: &Spanned<String>) -> Diagnostic {
    let (path, text) = (&checklist.path, &checklist.text);
    error.at(path, text, asked.span.clone(), "and this another one")
}

/// What holds no object does nothing, and its box would stay open for ever.
fn empty(checklist: &Checklist, id: &TaskId, path: Option<&str>) -> Diagnostic {
    let what = path.map_or("its block".to_owned(), |path| format!("`{path}`"));
    let message = format!("task {id} applies {what}, which holds no object");
    let error = Diagnostic::error(message).rule("path").help(
        "expected at least one object with `apiVersion` and `kind`; found nothing but comments or \
         white space",
    );
    match place(checklist, id) {
        Some(place) => {
            let span = place.span.clone();
            error.at(&checklist.path, &checklist.text, span, "named here")
        }
        None => error,
    }
}

/// Returns what a task's directive applies.
fn place<'c>(checklist: &'c Checklist, id: &TaskId) -> Option<&'c Spanned<String>> {
    checklist.task(id)?.directive.as_ref()?.apply.as_ref()
}

fn missing(checklist: &Checklist, id: &TaskId, path: Option<&str>, tree: &Tree) -> Diagnostic {
    let what = path.unwrap_or("fence");
    let outside = path.is_some_and(leads_out);
    let why = if outside {
        "leads out of the workspace"
    } else {
        "is not there"
    };
    let message = format!("task {id} applies `{what}`, which {why}");
    let mut error = Diagnostic::error(message).rule("path");
    let place = place(checklist, id);
    if let Some(place) = place {
        let span = place.span.clone();
        error = error.at(&checklist.path, &checklist.text, span, "named here");
    }
    let Some(path) = path else {
        return error.help("put a fenced block of YAML below the task");
    };
    if outside {
        return error.help("name a file or a folder below the workspace's root");
    }
    let yaml = tree
        .iter()
        .map(|(path, _)| path)
        .filter(|path| is_yaml(path));
    let known: Vec<&str> = yaml.collect();
    match (nearest(path, &known), place) {
        (Some(near), Some(place)) => error
            .help(format!("did you mean `{near}`?"))
            .suggest(place.span.clone(), near),
        (None, _) | (_, None) => error.help("correct the directive, or add the file"),
    }
}

/// Returns the manifests of a file or folder.
fn manifests_at<'t>(tree: &'t Tree, path: &str) -> Vec<(String, &'t str)> {
    let path = path.trim_start_matches("./").trim_end_matches('/');
    let folder = format!("{path}/");
    tree.iter()
        .filter(|(found, text)| {
            let below = found.starts_with(&folder) && !is_kustomization(found);
            *found == path || (below && is_yaml(found)) || (below && is_json_object(found, text))
        })
        .map(|(found, text)| (found.to_owned(), &**text))
        .collect()
}

/// Returns whether JSON in a folder is an object: other programs' files may lie there, too.
fn is_json_object(path: &str, text: &str) -> bool {
    let object = || {
        let read: Value = serde_json::from_str(text.trim_start_matches('\u{feff}')).ok()?;
        Some(read.get("apiVersion")?.is_string() && read.get("kind")?.is_string())
    };
    let json = path.rsplit_once('.').is_some_and(|(_, end)| end == "json");
    json && object().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::manifests_at;
    use crate::facts::Tree;

    #[test]
    fn a_folder_gives_every_object_and_nothing_else() {
        let object = "apiVersion: v1\nkind: Service\nmetadata: { name: a }\n";
        let json = r#"{"apiVersion": "v1", "kind": "Service", "metadata": {"name": "b"}}"#;
        let tree: Tree = [
            ("k8s/a.yml", object),
            ("k8s/b.json", json),
            ("k8s/dashboard.json", r#"{"title": "Calls"}"#),
            ("k8s/kustomization.yml", "resources: [a.yml]\n"),
            ("k8s/kustomizations/a.yaml", object),
            ("other/a.yml", object),
        ]
        .into_iter()
        .collect();
        let found = manifests_at(&tree, "./k8s/");
        let paths: Vec<&str> = found.iter().map(|(path, _)| path.as_str()).collect();
        let expected = ["k8s/a.yml", "k8s/b.json", "k8s/kustomizations/a.yaml"];
        assert_eq!(paths, expected);
    }
}
