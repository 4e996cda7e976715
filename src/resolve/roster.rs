//! Who is in the application: the workloads that tasks name, then the Compose services that no
//! task names.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::checklist::Checklist;
use crate::diagnostic::Diagnostic;
use crate::facts::image::{self, Part, Product};
use crate::facts::{Facts, Protocol, Service, Tree};

use super::application::{Role, WorkloadKind};
use super::reach::{self, Reaches};
use super::spec::Spec;
use super::subjects::{Subject, named_product, normal};
use super::{kind, ports, timers};
use crate::vocabulary::{Phrase, Word, words};

/// A workload to be built.
#[derive(Debug, Clone)]
pub(super) struct Member<'f> {
    pub(super) name: String,
    pub(super) service: Option<&'f Service>,
    pub(super) product: Option<Product>,
    pub(super) spec: Spec,
    pub(super) role: Role,
    pub(super) kind: WorkloadKind,
    /// Ports that it must have, although neither task nor Compose file names them.
    pub(super) inferred: Vec<(u16, Protocol)>,
    /// What it runs instead of the service's own command.
    pub(super) command: Option<Vec<String>>,
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
    /// Who reaches whom by name.
    pub(super) reaches: Reaches,
}

impl<'f> Roster<'f> {
    /// Returns the members' names, each by itself.
    pub(super) fn own_names(&self) -> BTreeMap<String, String> {
        let names = self.members.iter().map(|member| &member.name);
        names.map(|name| (name.clone(), name.clone())).collect()
    }

    /// Returns the Compose services of the members, by name.
    pub(super) fn services(&self) -> HashMap<&'f str, &'f Service> {
        let services = self.members.iter().filter_map(|member| member.service);
        services
            .map(|service| (service.name.as_str(), service))
            .collect()
    }
}

/// Returns the roster: the subjects, those that earlier phases wrote, and every service that none of
/// them is.
pub(super) fn build<'f>(
    (earlier, mut subjects): (Vec<Subject<'f>>, Vec<Subject<'f>>),
    facts: &'f Facts,
    tree: &Tree,
    checklist: &Checklist,
    warnings: &mut Vec<Diagnostic>,
) -> Roster<'f> {
    let services = facts
        .project
        .as_ref()
        .map(|project| project.services.as_slice())
        .unwrap_or_default();
    let reaches = reach::read(facts, tree, &known_names(services));
    let sorter = Sorter {
        facts,
        awaited: kind::awaited(services),
        reaches: &reaches,
    };
    subjects.extend(earlier);
    let (scheduled, subjects): (Vec<_>, Vec<_>) = subjects.into_iter().partition(|it| it.timer);
    let mut members: Vec<Member<'f>> = subjects.into_iter().map(|it| sorter.named(it)).collect();
    let hints = hinted(checklist);
    for service in services {
        let is = |member: &Member<'_>| member.service.is_some_and(|it| it.name == service.name);
        if members.iter().any(is) {
            continue;
        }
        let name = hints
            .iter()
            .find(|hint| normal(hint) == normal(&service.name))
            .filter(|hint| members.iter().all(|member| member.name != **hint))
            .cloned()
            .unwrap_or_else(|| usual_name(&service.name));
        members.push(sorter.unnamed(name, service));
    }
    // Their order is seen in manifests: it is no matter of which phase names them.
    members.sort_by_key(|member| {
        let of = |it: &Service| member.service.is_some_and(|own| own.name == it.name);
        services.iter().position(of).unwrap_or(services.len())
    });
    let mut names = BTreeMap::new();
    for member in &members {
        if let Some(service) = member.service {
            names.insert(service.name.clone(), member.name.clone());
        }
    }
    for (alias, service) in known_names(services) {
        if let Some(name) = names.get(&service).cloned() {
            names.entry(alias).or_insert(name);
        }
    }
    let timed: Vec<Member<'f>> = members
        .iter()
        .flat_map(|member| timers::of(member, &scheduled, warnings))
        .collect();
    members.extend(timed);
    Roster {
        members,
        names,
        reaches,
    }
}

/// Returns the name in Kubernetes of a service that no task names.
pub(super) fn usual_name(service: &str) -> String {
    service.to_lowercase().replace(['_', '.'], "-")
}

/// Returns the names that services are known by, each with its service; a service's own name wins
/// over another's alias.
fn known_names(services: &[Service]) -> BTreeMap<String, String> {
    let of = |service: &Service, name: &String| (name.clone(), service.name.clone());
    let aliases = services.iter().flat_map(|service| {
        let names = service.aliases.iter().chain(&service.container_name);
        names.map(move |alias| of(service, alias))
    });
    let own = services.iter().map(|service| of(service, &service.name));
    aliases.chain(own).collect()
}

/// Tells what services are.
struct Sorter<'a, 'f> {
    facts: &'f Facts,
    awaited: BTreeSet<&'f str>,
    reaches: &'a Reaches,
}

impl<'f> Sorter<'_, 'f> {
    /// Returns the member that tasks name; the kind that they name wins.
    fn named(&self, subject: Subject<'f>) -> Member<'f> {
        let inferred = self.inferred(subject.service);
        let product = subject
            .product
            .filter(|_| !self.runs_another(subject.service));
        let kind = subject.kind.unwrap_or_else(|| match subject.service {
            Some(service) => self.kind(service),
            None if subject.product.is_some_and(Product::is_store) => WorkloadKind::StatefulSet,
            None => WorkloadKind::Deployment,
        });
        let mut spec = subject.spec;
        let of = (subject.service, product);
        ports::keep_known(&mut spec.ports, of, &inferred, self.facts);
        ports::take_of_service(subject.service_ports, &mut spec, of, &inferred);
        let serves = serves(subject.service, &spec, &inferred);
        Member {
            role: self.role(product, subject.service, serves),
            kind,
            inferred,
            command: None,
            name: subject.name,
            service: subject.service,
            product,
            spec,
            unassigned: false,
        }
    }

    /// Returns the member that a service is which no task names.
    fn unnamed(&self, name: String, service: &'f Service) -> Member<'f> {
        let image = service.image.as_ref();
        let product = image.and_then(|image| image::product(&image.value));
        let product = product.filter(|_| !self.runs_another(Some(service)));
        let inferred = self.inferred(Some(service));
        let spec = Spec::default();
        let serves = serves(Some(service), &spec, &inferred);
        Member {
            name,
            service: Some(service),
            product,
            spec,
            role: self.role(product, Some(service), serves),
            kind: self.kind(service),
            inferred,
            command: None,
            unassigned: true,
        }
    }

    fn kind(&self, service: &Service) -> WorkloadKind {
        let awaited = self.awaited.contains(service.name.as_str());
        let reached = self.reaches.to(&service.name).next().is_some();
        kind::of(service, awaited, reached)
    }

    /// Returns whether a service that nobody connects to runs another program than its image's
    /// server.
    fn runs_another(&self, service: Option<&Service>) -> bool {
        let another = service.filter(|service| image::runs_another(service));
        another.is_some_and(|service| self.reaches.to(&service.name).next().is_none())
    }

    fn role(&self, product: Option<Product>, service: Option<&Service>, serves: bool) -> Role {
        let keeps = || {
            let own = service.filter(|_| !self.runs_another(service));
            own.is_some_and(|service| image::stateful(service).is_some())
        };
        match product.map(Product::part) {
            Some(Part::Postgres) => Role::Postgres,
            Some(Part::Redis) => Role::Redis,
            Some(Part::Prometheus) => Role::Prometheus,
            Some(Part::Grafana) => Role::Grafana,
            Some(Part::Store) => Role::Store,
            Some(Part::Server) => Role::Server,
            None if keeps() => Role::Store,
            None if serves => Role::Server,
            None => Role::Worker,
        }
    }

    fn inferred(&self, service: Option<&Service>) -> Vec<(u16, Protocol)> {
        service.map_or_else(Vec::new, |service| {
            ports::inferred(service, self.reaches, self.facts)
        })
    }
}

fn serves(service: Option<&Service>, spec: &Spec, inferred: &[(u16, Protocol)]) -> bool {
    let named = service.is_some_and(|service| !service.ports.is_empty());
    named || !spec.ports.is_empty() || !inferred.is_empty()
}

/// Returns the names of workloads in plain lists such as `Deployments: call-processor, admin-api`.
fn hinted(checklist: &Checklist) -> Vec<String> {
    let hints = checklist.sections.iter().flat_map(|section| &section.hints);
    let workloads = hints.filter(|hint| {
        let label = hint.label.to_lowercase();
        ["deployment", "statefulset", "daemonset", "job", "cronjob"]
            .iter()
            .any(|kind| label.starts_with(kind))
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
        .filter(|hint| Phrase::new(&hint.label, &checklist.vocabulary).has(kind))
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
