//! What studying a file or an endpoint finds.

use crate::facts::{Facts, Origin, Service, Tree, composed, is_compose, leads_out};

use super::is_source;
use super::model::Finding;
use super::target;
use crate::checklist::{Inline, Part};
use crate::vocabulary::{Vocabulary, Word, words};

/// Returns what is known of a subject; where nothing is, where it was looked for.
pub(super) fn study(subject: &str, facts: &Facts, tree: &Tree) -> Finding {
    if target::is_endpoint(subject) {
        endpoint(subject, facts, tree)
    } else {
        file(subject, facts, tree)
    }
}

fn endpoint(subject: &str, facts: &Facts, tree: &Tree) -> Finding {
    let mut found: Vec<(String, Origin)> = facts
        .endpoints
        .iter()
        .filter(|it| it.path == subject)
        .map(|it| {
            let method = it.method.as_deref().unwrap_or("any method");
            (format!("{method} {}", it.path), it.origin.clone())
        })
        .collect();
    if found.is_empty() {
        // A path that the source composes is still written somewhere, if only in a health check.
        let quoted = |line: &str| {
            let ends = ['"', '\'', '`', ' ', '/', '?', ')'];
            line.split_once(subject).is_some_and(|(_, rest)| {
                rest.chars().next().is_none_or(|next| ends.contains(&next))
            })
        };
        for (path, text) in tree.iter().filter(|(path, _)| !is_document(path)) {
            let lines = text.lines().enumerate().filter(|(_, line)| quoted(line));
            found.extend(lines.take(1).map(|(index, line)| {
                (
                    line.trim().to_owned(),
                    Origin {
                        path: path.to_owned(),
                        line: index + 1,
                    },
                )
            }));
        }
    }
    let missing = found.is_empty().then(|| {
        let known: Vec<&str> = facts
            .endpoints
            .iter()
            .take(8)
            .map(|it| it.path.as_str())
            .collect();
        match known.as_slice() {
            [] => format!("no endpoint `{subject}` in the source, and no other either"),
            known => format!(
                "no endpoint `{subject}` in the source; found there: {}",
                known.join(", ")
            ),
        }
    });
    Finding {
        subject: subject.to_owned(),
        facts: found,
        missing,
    }
}

fn is_document(path: &str) -> bool {
    let markdown = std::path::Path::new(path)
        .extension()
        .is_some_and(|it| it.eq_ignore_ascii_case("md"));
    markdown || path.starts_with("k8s/") || path.starts_with(".orch/")
}

/// Returns the subject of which a line wants to know something, and nothing is read but that it is
/// there: `` `src/graph.go`: hot paths ``. The variables of a source answer no question of how it
/// works.
pub(super) fn unanswered<'s>(
    text: &Inline,
    subjects: &'s [String],
    (facts, tree): (&Facts, &Tree),
    vocabulary: &Vocabulary,
) -> Option<&'s str> {
    let behind = text
        .parts
        .iter()
        .skip_while(|it| matches!(it, Part::Text(_)));
    let told_of: Vec<&str> = behind
        .filter(|it| matches!(it, Part::Text(_)))
        .map(Part::text)
        .collect();
    let mut said = told_of.iter().flat_map(|it| words(it));
    let question = said.any(|word| vocabulary.tells(word, Word::Question));
    let topic = |text: &str| {
        let behind = text
            .split_once(['—', '–', ':', '('])
            .or(text.split_once(" - "));
        behind.is_some_and(|(_, topic)| topic.contains(char::is_alphabetic))
    };
    if !told_of.iter().any(|it| topic(it)) {
        return None;
    }
    let mut subjects = subjects.iter().filter(|it| !target::is_endpoint(it));
    let found = subjects.find(|it| {
        let path = it.trim_start_matches("./");
        let silent = question && is_source(path) || told(path, facts, tree).is_empty();
        tree.get(path).is_some() && silent
    });
    found.map(String::as_str)
}

fn file(subject: &str, facts: &Facts, tree: &Tree) -> Finding {
    let path = subject.trim_start_matches("./");
    let mut found = told(path, facts, tree);
    let at = Origin {
        path: path.to_owned(),
        line: 1,
    };
    if let Some(text) = tree.get(path).filter(|_| found.is_empty()) {
        found.push((format!("{} lines", text.lines().count()), at));
    } else if found.is_empty() && tree.has_folder(path) {
        let folder = format!("{}/", path.trim_end_matches('/'));
        let count = tree
            .iter()
            .filter(|(path, _)| path.starts_with(&folder))
            .count();
        found.push((format!("{count} files"), at));
    }
    let missing = found.is_empty().then(|| {
        let name = path.rsplit('/').next().unwrap_or(path);
        let end = format!("/{name}");
        match tree.iter().find(|(known, _)| known.ends_with(&end)) {
            Some((known, _)) => format!("no `{path}` in the workspace; there is `{known}`"),
            None if leads_out(path) => {
                "only what lies below the workspace's root is read".to_owned()
            }
            None => format!("no `{path}` in the workspace"),
        }
    });
    Finding {
        subject: subject.to_owned(),
        facts: found,
        missing,
    }
}

/// Returns what the facts tell of a file, beside that it is there.
fn told(path: &str, facts: &Facts, tree: &Tree) -> Vec<(String, Origin)> {
    let mut found = Vec::new();
    let merged = is_merged(path, facts);
    let read = if merged { changes } else { whole };
    let services = facts.project.iter().flat_map(|project| &project.services);
    found.extend(services.flat_map(|it| read(it, path)));
    found.extend(of_dockerfile(path, facts));
    found.extend(of_source(path, facts));
    let project = facts.project.as_ref().filter(|_| merged);
    let first = project.and_then(|it| it.files.first());
    if let (Some(first), true) = (first, found.is_empty()) {
        let at = Origin {
            path: path.to_owned(),
            line: 1,
        };
        found.push((format!("merged over {first}, whose keys it overrides"), at));
    }
    let alone = is_compose(path) && found.is_empty();
    if let Some(text) = tree.get(path).filter(|_| alone) {
        found.extend(composed(path, text));
    }
    found
}

/// Returns whether a file is one of the Compose files, and not the first.
fn is_merged(path: &str, facts: &Facts) -> bool {
    let files = facts
        .project
        .iter()
        .flat_map(|project| project.files.iter().skip(1));
    files.into_iter().any(|file| file == path)
}

fn of_dockerfile(path: &str, facts: &Facts) -> Vec<(String, Origin)> {
    let mut found = Vec::new();
    for dockerfile in facts.dockerfiles.iter().filter(|it| it.path == path) {
        let stages = dockerfile.stages.iter();
        found.extend(stages.map(|(image, at)| (format!("FROM {image}"), at.clone())));
        let ports = dockerfile.ports.iter();
        found.extend(ports.map(|it| (format!("port {}", it.container), it.origin.clone())));
        let last = dockerfile.stages.last().map(|(_, at)| at.clone());
        if let (Some(user), Some(at)) = (&dockerfile.user, last) {
            found.push((format!("user {user}"), at));
        }
    }
    found
}

fn of_source(path: &str, facts: &Facts) -> Vec<(String, Origin)> {
    let variables = facts.variables.iter().filter(|it| it.origin.path == path);
    let line = |variable: &crate::facts::Variable| {
        let default = match (&variable.secret, &variable.default) {
            (Some(_), _) => "secret".to_owned(),
            (None, Some(default)) => format!("default `{default}`"),
            (None, None) => "no default".to_owned(),
        };
        (
            format!("{}: {default}", variable.name),
            variable.origin.clone(),
        )
    };
    variables.map(line).collect()
}

/// Returns a service in one line.
fn whole(service: &Service, path: &str) -> Vec<(String, Origin)> {
    if service.origin.path != path {
        return changes(service, path);
    }
    let mut details = Vec::new();
    if let Some(build) = &service.build {
        details.push(format!("built by {}", build.dockerfile));
    } else if let Some(image) = &service.image {
        details.push(format!("image {}", image.value));
    }
    let ports: Vec<String> = service
        .ports
        .iter()
        .map(|it| it.container.to_string())
        .collect();
    if !ports.is_empty() {
        details.push(format!("ports {}", ports.join(", ")));
    }
    if !service.environment.is_empty() {
        details.push(format!("{} variables", service.environment.len()));
    }
    if !service.mounts.is_empty() {
        details.push(format!("{} mounts", service.mounts.len()));
    }
    if service.healthcheck.is_some() {
        details.push("health check".to_owned());
    }
    vec![(
        format!("service {}: {}", service.name, details.join("; ")),
        service.origin.clone(),
    )]
}

/// Returns what a further file changes of a service.
fn changes(service: &Service, path: &str) -> Vec<(String, Origin)> {
    let here = |at: &Origin| at.path == path;
    let mut found = Vec::new();
    if here(&service.origin) {
        found.push((
            format!("service {}: added", service.name),
            service.origin.clone(),
        ));
    }
    // Names only: values may be secret.
    for variable in service.environment.iter().filter(|it| here(&it.origin)) {
        found.push((
            format!("service {}: {}", service.name, variable.name),
            variable.origin.clone(),
        ));
    }
    for port in service.ports.iter().filter(|it| here(&it.origin)) {
        found.push((
            format!("service {}: port {}", service.name, port.container),
            port.origin.clone(),
        ));
    }
    for mount in service.mounts.iter().filter(|it| here(&it.origin)) {
        found.push((
            format!("service {}: mount {}", service.name, mount.target),
            mount.origin.clone(),
        ));
    }
    found
}
