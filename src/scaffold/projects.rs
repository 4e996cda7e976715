//! Where a repository's Compose files lie.

use std::collections::BTreeSet;

use super::manifests::is_aside;
use crate::facts::{Tree, default_compose_files};

/// Returns the Compose projects of a repository, each with its files: the one at its root, or else
/// those of its folders. What is there for trying things out, or is others' own, is no project.
pub fn projects(tree: &Tree) -> Vec<Vec<String>> {
    let root = default_compose_files(tree, "");
    if !root.is_empty() {
        return vec![root];
    }
    let paths = tree.iter().filter(|(path, _)| !is_aside(path));
    let folders = paths.filter_map(|(path, _)| path.rsplit_once('/'));
    let folders: BTreeSet<&str> = folders.map(|(folder, _)| folder).collect();
    let found = folders
        .into_iter()
        .map(|folder| default_compose_files(tree, folder));
    found.filter(|files| !files.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::projects;
    use crate::facts::Tree;

    #[track_caller]
    fn check(paths: &[&'static str], expected: &[&[&str]]) {
        let tree: Tree = paths.iter().map(|path| (*path, "services: {}\n")).collect();
        assert_eq!(projects(&tree), expected);
    }

    #[test]
    fn the_root_wins_over_folders() {
        check(
            &[
                "compose.yaml",
                "compose.override.yaml",
                "deploy/compose.yaml",
            ],
            &[&["compose.yaml", "compose.override.yaml"]],
        );
    }

    #[test]
    fn folders_are_looked_into_where_the_root_has_none() {
        check(
            &[
                "deploy/docker/docker-compose.yml",
                "deploy/docker/docker-compose.override.yml",
                "examples/compose.yaml",
                ".devcontainer/compose.yaml",
            ],
            &[&[
                "deploy/docker/docker-compose.yml",
                "deploy/docker/docker-compose.override.yml",
            ]],
        );
        check(
            &["a/compose.yaml", "b/compose.yml", "c/README.md"],
            &[&["a/compose.yaml"], &["b/compose.yml"]],
        );
    }
}
