//! What is true of the application: its Compose files, Dockerfiles, settings source and
//! endpoints, each fact with file and line.
//!
//! Pure: reads a [`Tree`] (a snapshot of the workspace's text files taken by `files`), never the
//! disk. It doesn't decide what becomes of a fact in Kubernetes; `resolve` and `manifest` do.

mod compose;
mod dockerfile;
pub mod dotenv;
pub mod image;
mod interpolate;
mod model;
mod packages;
mod paths;
mod plain;
pub mod reference;
mod report;
mod routes;
pub mod secret;
mod source;
mod tree;
mod yaml;

use std::collections::HashSet;
use std::sync::Arc;

use crate::diagnostic::{Diagnostic, Diagnostics};

pub use compose::default_compose_files;
pub(crate) use compose::is_annotation;
pub use model::{
    Build, Condition, ConfigFile, Constraint, Dependency, Deploy, Dockerfile, Endpoint, Endpoints,
    EnvVar, Facts, FailureAction, HealthTest, Healthcheck, Hook, Limits, Middleware, Mode, Mount,
    MountSource, Network, Origin, Piece, PodFacts, Port, Project, Protocol, RestartCondition,
    RestartPolicy, Route, Service, Spoken, Text, UnreadKey, Update, UpdateOrder, Variable,
    VariableUse, Volume,
};
pub use packages::{dependency, lists_dependencies};
pub(crate) use paths::{is_below, is_compose, is_yaml, leads_out};
pub use plain::{directive, shell_function, shell_variable};
pub use source::{
    Assigned, Definition, Definitions, Form, Head, Parameter, Sort, Unfilled, action, altered,
    answer, answers, answers_here, answers_the_same, assigned, divided, field, has_settings,
    is_filled_test, is_migration, is_stand_in, marked, marked_part, marks, pieces, says_the_same,
    uncalled, unfilled, used,
};
pub use tree::{Other, Tree, Unread, is_source};

/// Returns a command line's words, quotes and backslashes read as a shell does; `None` where a quote
/// isn't closed.
pub fn command_words(line: &str) -> Option<Vec<String>> {
    compose::words(line)
}

/// Returns the definitions in a workspace's own source.
pub fn definitions(tree: &Tree) -> Definitions {
    Definitions::of(tree)
}

/// Returns what a Compose file on its own names: each service with its keys, and the names of its
/// variables in brackets; nothing where it can't be read.
pub(crate) fn composed(path: &str, text: &Arc<str>) -> Vec<(String, Origin)> {
    let documents = yaml::parse(path, text).unwrap_or_default();
    let services = documents.first().and_then(|it| it.get("services"));
    let services = services.iter().flat_map(|it| it.entries());
    let said = |entry: &yaml::Entry| {
        let keys: Vec<String> = entry.node.entries().iter().map(compose::said).collect();
        let said = format!("service {}: {}", entry.key, keys.join(", "));
        (said, entry.mark.origin())
    };
    services.map(said).collect()
}

/// Returns the innermost of the folders that services are built from which a path lies in.
pub(crate) fn built_from<'s>(
    services: impl Iterator<Item = &'s Service>,
    path: &str,
) -> Option<&'s str> {
    let folders = services.filter_map(|it| Some(it.build.as_ref()?.context.as_str()));
    let around = folders.filter(|folder| is_below(path, folder));
    around.max_by_key(|folder| folder.len())
}

/// Returns the endpoints that all of a workspace's own source serves.
pub fn endpoints(tree: &Tree) -> Endpoints {
    source::endpoints(tree, &[String::new()])
}

/// Returns the places where variables are named: in source that reads them, in examples of env files
/// (`.env.example`), in the Compose project and in Dockerfiles; never a value.
pub fn named_variables(tree: &Tree, facts: &Facts) -> Vec<(String, Origin)> {
    let read = source::variables(tree, &[String::new()], &[]);
    let read = facts.variables.iter().cloned().chain(read);
    let read = read.map(|it| (it.name, it.origin));
    let examples = tree.iter().filter(|(path, _)| dotenv::is_example(path));
    let examples = examples.flat_map(|(path, text)| dotenv::names(path, text));
    let services = facts.project.iter().flat_map(|it| &it.services);
    let services = services.flat_map(|it| &it.environment);
    let services = services.map(|it| (it.name.clone(), it.origin.clone()));
    let images = facts.dockerfiles.iter().flat_map(|it| &it.environment);
    let images = images.map(|(name, _, origin)| (name.clone(), origin.clone()));
    read.chain(examples).chain(services).chain(images).collect()
}

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
    /// Variables that are secrets, whatever they look like.
    pub secret: Vec<String>,
    /// Variables that are none, whatever they look like.
    pub plain: Vec<String>,
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
    let project = compose::read(tree, &files, inputs, &mut report);
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
    let routes = project
        .as_ref()
        .map(|project| routes::read(tree, project, &mut report));
    let facts = Facts {
        variables: source::variables(tree, &contexts, &inputs.settings),
        endpoints: source::endpoints(tree, &contexts).served,
        routes: routes.unwrap_or_default(),
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
    let mut known: HashSet<&str> = HashSet::new();
    let mut found = Vec::new();
    for build in services.iter().filter_map(|service| service.build.as_ref()) {
        let path = build.dockerfile.as_str();
        if !known.insert(path) {
            continue;
        }
        let inline = build.inline.as_deref().map(Arc::from);
        let text = inline.or_else(|| tree.get(path).cloned());
        found.extend(text.map(|text| dockerfile::parse(path, &text)));
    }
    if known.is_empty() {
        let root = tree.get("Dockerfile");
        found.extend(root.map(|text| dockerfile::parse("Dockerfile", text)));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::{Inputs, Tree, gather};

    fn tree() -> Tree {
        [
            (
                "docker-compose.yml",
                "services:\n  api:\n    build: .\n    ports: ['8080:8080']\n",
            ),
            ("Dockerfile", "FROM python:3.12-slim\nUSER 10001\n"),
            (
                "src/config.py",
                "class S(BaseSettings):\n    jwt_secret: SecretStr\n",
            ),
            (
                "src/api/health.py",
                "@app.get('/health')\ndef health(): ...\n",
            ),
            ("tests/test_api.py", "os.environ['ONLY_IN_TESTS']\n"),
        ]
        .into_iter()
        .collect()
    }

    #[test]
    fn all_facts_of_a_workspace_are_gathered() {
        let gathered = gather(&tree(), &Inputs::default()).unwrap();
        let facts = gathered.facts;
        assert_eq!(facts.project.unwrap().services[0].ports[0].container, 8080);
        assert_eq!(facts.dockerfiles[0].user.as_deref(), Some("10001"));
        let names: Vec<_> = facts
            .variables
            .iter()
            .map(|one| one.name.as_str())
            .collect();
        assert_eq!(names, ["JWT_SECRET"]);
        assert_eq!(facts.endpoints[0].origin.to_string(), "src/api/health.py:1");
        assert!(gathered.warnings.0.is_empty());
    }

    #[test]
    fn a_named_compose_file_must_be_there_but_a_default_one_need_not() {
        assert!(
            gather(&Tree::default(), &Inputs::default())
                .unwrap()
                .facts
                .project
                .is_none()
        );
        let inputs = Inputs {
            compose: vec!["compose.prod.yml".to_owned()],
            ..Inputs::default()
        };
        let problems = gather(&tree(), &inputs).unwrap_err();
        assert!(
            problems
                .to_string()
                .contains("no Compose file `compose.prod.yml`")
        );
        assert!(problems.0[0].help[0].contains("docker-compose.yml"));
    }
}
