//! What is true of the application: its Compose files, Dockerfiles, settings source and
//! endpoints, each fact with file and line.
//!
//! Pure: reads a [`Tree`] (a snapshot of the workspace's text files taken by `files`), never the
//! disk. It doesn't decide what becomes of a fact in Kubernetes; `resolve` and `manifest` do.

mod compose;
mod dockerfile;
mod dotenv;
pub mod image;
mod interpolate;
mod model;
mod paths;
mod report;
pub mod secret;
mod source;
mod tree;
mod yaml;

use crate::diagnostic::{Diagnostic, Diagnostics};

pub use compose::default_compose_files;
pub use model::{
    Build, Condition, ConfigFile, Dependency, Dockerfile, Endpoint, EnvVar, Facts, HealthTest,
    Healthcheck, Limits, Mount, MountSource, Origin, Port, Project, Protocol, Service, Text,
    UnreadKey, Variable, VariableUse, Volume,
};
pub use tree::Tree;

/// Which files the facts are read from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Inputs {
    /// The Compose files in merge order; empty: the default ones at the root, if there are any.
    pub compose: Vec<String>,
    /// The source files that variables are read from; empty: all source below the folders that
    /// services are built from.
    pub settings: Vec<String>,
    /// The active Compose profiles (`*`: all).
    pub profiles: Vec<String>,
}

/// The facts, and what a person should look at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Gathered {
    /// The facts.
    pub facts: Facts,
    /// The warnings.
    pub warnings: Diagnostics,
}

/// Returns what the workspace's files say of the application.
///
/// # Errors
/// All problems found together, where a named Compose file is missing or one can't be used.
pub fn gather(tree: &Tree, inputs: &Inputs) -> Result<Gathered, Diagnostics> {
    let mut report = report::Report::default();
    let files = if inputs.compose.is_empty() {
        default_compose_files(tree, "")
    } else {
        inputs.compose.clone()
    };
    let project = compose::read(tree, &files, &inputs.profiles, &mut report);
    let dockerfiles = dockerfiles(tree, project.as_ref());
    for path in inputs
        .settings
        .iter()
        .filter(|path| tree.get(path).is_none())
    {
        report.push(Diagnostic::warning(format!(
            "there is no settings file `{path}`"
        )));
    }
    let contexts = contexts(project.as_ref());
    let facts = Facts {
        variables: source::variables(tree, &contexts, &inputs.settings),
        endpoints: source::endpoints(tree, &contexts),
        dockerfiles,
        project,
    };
    Ok(Gathered {
        facts,
        warnings: report.finish()?,
    })
}

/// Returns the folders that services are built from; the whole workspace where none is.
fn contexts(project: Option<&Project>) -> Vec<String> {
    let services = project
        .map(|project| project.services.as_slice())
        .unwrap_or_default();
    let mut contexts: Vec<String> = services
        .iter()
        .filter_map(|service| Some(service.build.as_ref()?.context.clone()))
        .collect();
    contexts.sort();
    contexts.dedup();
    if contexts.is_empty() {
        contexts.push(String::new());
    }
    contexts
}

/// Returns the Dockerfiles of built services, each once; the one at the root where none is built.
fn dockerfiles(tree: &Tree, project: Option<&Project>) -> Vec<Dockerfile> {
    let services = project
        .map(|project| project.services.as_slice())
        .unwrap_or_default();
    let mut paths: Vec<&str> = Vec::new();
    for build in services.iter().filter_map(|service| service.build.as_ref()) {
        if !paths.contains(&build.dockerfile.as_str()) {
            paths.push(&build.dockerfile);
        }
    }
    if paths.is_empty() {
        paths.push("Dockerfile");
    }
    paths
        .iter()
        .filter_map(|path| Some(dockerfile::parse(path, tree.get(path)?)))
        .collect()
}
