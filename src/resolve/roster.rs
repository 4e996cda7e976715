//! Who is in the application: the workloads that tasks name, then the Compose services that no
//! task names.

use std::collections::BTreeMap;

use crate::checklist::Checklist;
use crate::facts::image::{self, Part, Product};
use crate::facts::{Condition, Project, Service};

use super::application::{Role, WorkloadKind};
use super::spec::Spec;
use super::subjects::{Subject, named_product, normal};
use super::words::{Word, words};

/// A workload to be built.
#[derive(Debug, Clone)]
pub(super) struct Member<'f> {
    pub(super) name: String,
    pub(super) service: Option<&'f Service>,
    pub(super) product: Option<Product>,
    pub(super) spec: Spec,
    pub(super) role: Role,
    pub(super) kind: WorkloadKind,
    /// Whether no task names it.
    pub(super) unassigned: bool,
}

impl Member<'_> {
    /// Returns whether its image is built from this repository.
    pub(super) fn built(&self) -> bool {
        self.service.is_some_and(|service| service.build.is_some())
    }
}

/// The members, and the names that Compose services have in Kubernetes.
#[derive(Debug, Clone, Default)]
pub(super) struct Roster<'f> {
    pub(super) members: Vec<Member<'f>>,
    pub(super) names: BTreeMap<String, String>,
    /// Services that run once and end; nothing carries them over yet.
    pub(super) one_shot: Vec<&'f Service>,
}

impl<'f> Roster<'f> {
    /// Returns the member that a Compose service is.
    pub(super) fn of_service(&self, service: &str) -> Option<&Member<'f>> {
        self.members
            .iter()
            .find(|member| member.service.is_some_and(|it| it.name == service))
    }
}

/// Returns the roster: the subjects, and every service that none of them is.
pub(super) fn build<'f>(
    subjects: Vec<Subject<'f>>,
    project: Option<&'f Project>,
    checklist: &Checklist,
) -> Roster<'f> {
    let services = project
        .map(|project| project.services.as_slice())
        .unwrap_or_default();
    let mut roster = Roster::default();
    for subject in subjects {
        roster.members.push(member(subject));
    }
    let hints = hinted(checklist);
    for service in services {
        if roster.of_service(&service.name).is_some() {
            continue;
        }
        if runs_once(service, services) {
            roster.one_shot.push(service);
            continue;
        }
        let product = service
            .image
            .as_ref()
            .and_then(|image| image::product(&image.value));
        let name = hints
            .iter()
            .find(|hint| normal(hint) == normal(&service.name))
            .filter(|hint| roster.members.iter().all(|member| member.name != **hint))
            .cloned()
            .unwrap_or_else(|| service.name.to_lowercase().replace(['_', '.'], "-"));
        roster.members.push(Member {
            name,
            service: Some(service),
            product,
            spec: Spec::default(),
            role: role(product, Some(service), None),
            kind: kind(image::stateful(service).is_some()),
            unassigned: true,
        });
    }
    for member in &roster.members {
        if let Some(service) = member.service {
            roster
                .names
                .insert(service.name.clone(), member.name.clone());
        }
    }
    roster
}

fn member(subject: Subject<'_>) -> Member<'_> {
    let stateful = subject.stateful;
    Member {
        role: role(subject.product, subject.service, Some(&subject.spec)),
        kind: kind(stateful),
        name: subject.name,
        service: subject.service,
        product: subject.product,
        spec: subject.spec,
        unassigned: false,
    }
}

fn kind(stateful: bool) -> WorkloadKind {
    if stateful {
        WorkloadKind::StatefulSet
    } else {
        WorkloadKind::Deployment
    }
}

fn role(product: Option<Product>, service: Option<&Service>, spec: Option<&Spec>) -> Role {
    match product.map(Product::part) {
        Some(Part::Postgres) => Role::Postgres,
        Some(Part::Redis) => Role::Redis,
        Some(Part::Prometheus) => Role::Prometheus,
        Some(Part::Grafana) => Role::Grafana,
        Some(Part::Store) => Role::Store,
        Some(Part::Server) => Role::Server,
        None if service.is_some_and(|service| image::stateful(service).is_some()) => Role::Store,
        None => {
            let serves = service.is_some_and(|service| !service.ports.is_empty())
                || spec.is_some_and(|spec| !spec.ports.is_empty());
            if serves { Role::Server } else { Role::Worker }
        }
    }
}

/// Returns whether a service ends by itself: others wait for it to complete, or it is never
/// started again and is called so.
fn runs_once(service: &Service, services: &[Service]) -> bool {
    let awaited = services
        .iter()
        .flat_map(|other| &other.depends_on)
        .any(|dependency| {
            dependency.service == service.name && dependency.condition == Condition::Completed
        });
    let once = service.restart.as_deref() == Some("no");
    let called = ["migrat", "alembic", "init", "seed", "setup"];
    awaited || (once && called.iter().any(|word| service.name.contains(word)))
}

/// Returns the names of workloads in plain lists such as `Deployments: call-processor, admin-api`.
fn hinted(checklist: &Checklist) -> Vec<String> {
    let hints = checklist.sections.iter().flat_map(|section| &section.hints);
    let workloads = hints.filter(|hint| {
        let label = hint.label.to_lowercase();
        label.starts_with("deployment") || label.starts_with("statefulset")
    });
    let values = workloads
        .flat_map(|hint| &hint.values)
        .map(|value| value.value.to_lowercase());
    values
        .filter(|name| named_product(name).is_none() && words(name).count() == 1)
        .collect()
}

/// Returns the names of a hint's kind (`Secrets: db-credentials, api-keys`), lower case.
pub(super) fn hinted_names(checklist: &Checklist, kind: Word) -> Vec<String> {
    let hints = checklist.sections.iter().flat_map(|section| &section.hints);
    hints
        .filter(|hint| super::words::has(&hint.label, kind))
        .flat_map(|hint| &hint.values)
        .map(|value| {
            value
                .value
                .trim_matches('`')
                .to_lowercase()
                .replace([' ', '_'], "-")
        })
        .collect()
}
