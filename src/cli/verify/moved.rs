//! Objects that later phases moved out of what a `kustomization.yml` lists: whoever applies it has
//! them no more.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::cli::load::{Loaded, Phase};
use crate::facts::is_yaml;
use crate::manifest::{is_kustomization, parse_documents, relative};
use crate::verify::Moved;

/// Returns the objects that this phase or an earlier one applied and that lie in files of later
/// phases alone, which a `kustomization.yml` doesn't list.
pub(super) fn out_of(loaded: &Loaded, phase: &Phase, path: &str, text: &str) -> Vec<Moved> {
    if !is_kustomization(path) {
        return Vec::new();
    }
    let later = loaded.written_later(phase);
    let listed = Listed::of(path, text);
    let missing = later.iter().filter(|(file, _)| {
        is_yaml(file) && !is_kustomization(file) && listed.is_below(file) && !listed.has(file)
    });
    let missing: Vec<(&String, &u32)> = missing.collect();
    if missing.is_empty() {
        return Vec::new();
    }
    let objects = |file: &str| {
        let text = loaded.snapshot.tree.get(file);
        text.and_then(|text| parse_documents(file, text).ok())
            .unwrap_or_default()
    };
    let files = loaded.snapshot.tree.iter().map(|(file, _)| file);
    let files = files.filter(|file| is_yaml(file) && listed.has(file));
    let kept: BTreeSet<String> = files
        .flat_map(&objects)
        .map(|object| object.label())
        .collect();
    let applied = loaded.applied_so_far(phase);
    let mut moved = Vec::new();
    for (file, number) in missing {
        for object in objects(file).iter().filter(|it| it.kind != "Secret") {
            let label = object.label();
            if applied.contains(&label) && !kept.contains(&label) {
                moved.push(Moved {
                    object: label,
                    phase: *number,
                    resource: listed.relative(file),
                });
            }
        }
    }
    moved
}

/// What a `kustomization.yml` lists.
struct Listed {
    folder: String,
    resources: Vec<String>,
}

impl Listed {
    fn of(path: &str, text: &str) -> Self {
        let value: Value = serde_saphyr::from_str(text).unwrap_or_default();
        let resources = value["resources"].as_array();
        let resources = resources.into_iter().flatten().filter_map(Value::as_str);
        Self {
            folder: path
                .rsplit_once('/')
                .map_or("", |(folder, _)| folder)
                .to_owned(),
            resources: resources
                .map(|it| it.trim_start_matches("./").to_owned())
                .collect(),
        }
    }

    fn relative(&self, file: &str) -> String {
        relative(&self.folder, file)
    }

    /// Returns whether kustomize may read a file from here.
    fn is_below(&self, file: &str) -> bool {
        !self.relative(file).starts_with("..")
    }

    /// Returns whether a file is listed, by itself or with its folder.
    fn has(&self, file: &str) -> bool {
        let file = self.relative(file);
        self.resources.iter().any(|it| {
            let rest = file.strip_prefix(it.trim_end_matches('/'));
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        })
    }
}
