//! Names in a phase's settings that nothing has: aliases, images, volumes, the target.

use std::sync::Arc;

use toml::de::{DeTable, DeValue};

use crate::checklist::Span;
use crate::diagnostic::{Diagnostic, nearest};
use crate::facts::Project;
use crate::resolve::Application;

use super::rules::NAME;

/// A phase's settings as they are written.
pub(super) struct Written<'a> {
    pub(super) path: &'a str,
    pub(super) text: &'a Arc<str>,
}

/// A name or a value with its place.
struct Named {
    name: String,
    span: Span,
}

impl Written<'_> {
    /// Returns aliases that stand for no service.
    pub(super) fn aliases(&self, project: &Project) -> Vec<Diagnostic> {
        let services = services(project);
        let values = self.entries("aliases").into_iter().map(|(_, value)| value);
        let values = values.flatten();
        let unknown = values.filter(|value| !services.contains(&value.name.as_str()));
        unknown
            .map(|value| {
                let message = format!("no Compose service is called `{}`", value.name);
                self.problem(Diagnostic::error(message), &value, &services)
            })
            .collect()
    }

    /// Returns images and volumes that are set for nothing.
    pub(super) fn unused(&self, project: &Project, application: &Application) -> Vec<Diagnostic> {
        let services = services(project);
        let workloads = application.workloads.iter().map(|it| it.name.as_str());
        let mut owners: Vec<&str> = services.iter().copied().chain(workloads).collect();
        owners.sort_unstable();
        owners.dedup();
        let mut volumes: Vec<&str> = project.volumes.iter().map(|it| it.name.as_str()).collect();
        volumes.extend(&owners);
        let mut found = Vec::new();
        for (table, what, known) in [
            ("images", "service or workload", &owners),
            ("volumes", "volume or workload", &volumes),
        ] {
            for (key, _) in self.entries(table) {
                if key.name != "*" && !known.contains(&key.name.as_str()) {
                    let message = format!("no {what} is called `{}`", key.name);
                    found.push(self.problem(Diagnostic::warning(message), &key, known));
                }
            }
        }
        found
    }

    /// Returns the problem of a target that orch.toml doesn't have.
    pub(super) fn target(&self, known: &[&str]) -> Option<Diagnostic> {
        let table = DeTable::parse(self.text).ok()?;
        let (_, value) = table
            .get_ref()
            .iter()
            .find(|(key, _)| key.get_ref() == "target")?;
        let target = Named {
            name: value.get_ref().as_str()?.to_owned(),
            span: value.span(),
        };
        if target.name == "rehearsal" || known.contains(&target.name.as_str()) {
            return None;
        }
        let message = format!("no target is called `{}`", target.name);
        let help = format!(
            "add to orch.toml: [targets.{}] context = \"…\"",
            target.name
        );
        let target = unquoted(self.text, target);
        Some(
            self.problem(Diagnostic::error(message), &target, known)
                .help(help),
        )
    }

    fn problem(&self, problem: Diagnostic, named: &Named, known: &[&str]) -> Diagnostic {
        let problem = problem.rule(NAME);
        let problem = problem.at(self.path, self.text, named.span.clone(), "");
        match nearest(&named.name, known) {
            Some(near) => problem
                .help(format!("did you mean `{near}`?"))
                .suggest(named.span.clone(), near),
            None if known.is_empty() => problem,
            None => problem.help(format!("known: {}", known.join(", "))),
        }
    }

    /// Returns a table's keys, each with its value where that is a text.
    fn entries(&self, table: &str) -> Vec<(Named, Option<Named>)> {
        let Ok(document) = DeTable::parse(self.text) else {
            return Vec::new();
        };
        let mut tables = document.get_ref().iter();
        let found = tables.find(|(key, _)| key.get_ref() == table);
        let Some(entries) = found.and_then(|(_, value)| value.get_ref().as_table()) else {
            return Vec::new();
        };
        let text = |value: &DeValue<'_>| value.as_str().map(str::to_owned);
        entries
            .iter()
            .map(|(key, value)| {
                let (name, span) = (key.get_ref().to_string(), key.span());
                let value = text(value.get_ref()).map(|name| Named {
                    name,
                    span: value.span(),
                });
                let key = unquoted(self.text, Named { name, span });
                (key, value.map(|value| unquoted(self.text, value)))
            })
            .collect()
    }
}

fn services(project: &Project) -> Vec<&str> {
    let services = project.services.iter();
    services.map(|service| service.name.as_str()).collect()
}

/// Returns what is named with the place of its text inside of the quotes.
fn unquoted(text: &str, named: Named) -> Named {
    let source = text.get(named.span.clone()).unwrap_or_default();
    let span = match source.find(&named.name) {
        Some(at) => named.span.start + at..named.span.start + at + named.name.len(),
        None => named.span,
    };
    Named {
        name: named.name,
        span,
    }
}
