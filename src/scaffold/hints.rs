//! What the phase's settings are told: names that Kubernetes needs otherwise, services that
//! profiles leave out, Compose files of other environments.

use crate::facts::{Inputs, Project, Tree, gather};

/// What the phase's settings are told.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hints {
    /// Every service with its name in Kubernetes.
    pub names: Vec<(String, String)>,
    /// Names of workloads = services, where they differ.
    pub aliases: Vec<(String, String)>,
    /// Services that are built here and that the Compose file names no image for.
    pub unnamed: Vec<String>,
    /// Profiles that leave services out.
    pub profiles: Vec<String>,
    /// Compose files of other environments: the environment, and the file.
    pub environments: Vec<(String, String)>,
}

/// Returns the name that the Compose files give their project.
pub fn project_name(tree: &Tree, compose: &[String]) -> Option<String> {
    let inputs = Inputs {
        compose: compose.to_vec(),
        ..Inputs::default()
    };
    let gathered = gather(tree, &inputs).ok()?;
    gathered.facts.project?.name
}

/// Returns the hints that a project and the files around it give.
pub(super) fn of(tree: &Tree, project: &Project, inputs: &Inputs) -> Hints {
    let mut names: Vec<(String, String)> = Vec::new();
    for service in &project.services {
        let base = name_of(&service.name);
        let taken = |name: &str| names.iter().any(|(_, known)| known == name);
        let free = (2..).map(|number| format!("{base}-{number}"));
        let name = std::iter::once(base.clone())
            .chain(free)
            .find(|name| !taken(name));
        names.push((service.name.clone(), name.unwrap_or(base)));
    }
    let aliases = names
        .iter()
        .filter(|(service, name)| service != name)
        .map(|(service, name)| (name.clone(), service.clone()))
        .collect();
    let built = project.services.iter().filter(|it| it.build.is_some());
    let unnamed = built
        .filter(|it| it.image.as_ref().is_none_or(|image| image.value.is_empty()))
        .map(|it| it.name.clone())
        .collect();
    Hints {
        names,
        aliases,
        unnamed,
        profiles: profiles(tree, project, inputs),
        environments: environments(tree, project),
    }
}

/// Returns a service's name as Kubernetes takes it.
fn name_of(service: &str) -> String {
    let lower = service.to_lowercase();
    let words = lower.split(|it: char| !it.is_ascii_alphanumeric());
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    let name = words.join("-");
    if name.starts_with(|first: char| first.is_ascii_lowercase()) {
        name
    } else {
        format!("service-{name}").trim_end_matches('-').to_owned()
    }
}

/// Returns the profiles of services that are left out.
fn profiles(tree: &Tree, project: &Project, inputs: &Inputs) -> Vec<String> {
    let inputs = Inputs {
        profiles: vec!["*".to_owned()],
        ..inputs.clone()
    };
    let Some(all) = gather(tree, &inputs).ok().and_then(|it| it.facts.project) else {
        return Vec::new();
    };
    let left_out = all
        .services
        .iter()
        .filter(|it| project.service(&it.name).is_none());
    let mut names: Vec<String> = left_out.flat_map(|it| it.profiles.clone()).collect();
    names.sort();
    names.dedup();
    names
}

/// Returns the Compose files beside those of the project that are called by an environment
/// (`docker-compose.staging.yml`).
fn environments(tree: &Tree, project: &Project) -> Vec<(String, String)> {
    let of = |path: &str| -> Option<(String, String)> {
        let rest = ["docker-compose.", "compose."]
            .iter()
            .find_map(|start| path.strip_prefix(start))?;
        let name = [".yml", ".yaml"]
            .iter()
            .find_map(|end| rest.strip_suffix(end))?;
        let plain = !name.is_empty()
            && name
                .chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
        let other = !project.files.iter().any(|known| known == path);
        (plain && other).then(|| (name.to_owned(), path.to_owned()))
    };
    tree.iter().filter_map(|(path, _)| of(path)).collect()
}

#[cfg(test)]
mod tests {
    use super::name_of;

    #[test]
    fn names_become_those_of_kubernetes() {
        for (service, expected) in [
            ("api", "api"),
            ("My_App.v2", "my-app-v2"),
            ("2fa", "service-2fa"),
            ("-x-", "x"),
            ("web\u{1b}[2J", "web-2j"),
        ] {
            assert_eq!(name_of(service), expected);
        }
    }
}
