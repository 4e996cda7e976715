//! Which workloads the tasks name, and which Compose service each one is.

use std::collections::{BTreeSet, HashMap};

use crate::checklist::{Checklist, Span};
use crate::diagnostic::{Diagnostic, nearest};
use crate::facts::image::{self, Product};
use crate::facts::{Project, Service};
use crate::settings::PhaseSettings;

use super::application::WorkloadKind;
use super::kind;
use super::rules::{Intent, Read};
use super::spec::{PortSpec, Spec};
use super::target::FileKind;
use super::timers;
use crate::vocabulary::words;

/// A workload that tasks name.
#[derive(Debug, Clone)]
pub(super) struct Subject<'f> {
    pub(super) name: String,
    pub(super) spec: Spec,
    /// Ports that a Service's file names: those that the Service has, which needn't be its pods'.
    pub(super) service_ports: Vec<PortSpec>,
    /// The kind that a task's file names.
    pub(super) kind: Option<WorkloadKind>,
    pub(super) description: String,
    pub(super) span: Span,
    pub(super) service: Option<&'f Service>,
    pub(super) product: Option<Product>,
    /// Whether it is a command that a service's labels run by a schedule.
    pub(super) timer: bool,
}

impl Subject<'_> {
    /// Returns the numbers of the ports that tasks name.
    fn wanted(&self) -> Vec<u16> {
        let ports = self.spec.ports.iter().chain(&self.service_ports);
        ports.map(|port| port.number).collect()
    }
}

/// Returns the workloads that write tasks name, in the checklist's order.
pub(super) fn collect<'f>(reads: &[Read<'_>]) -> Vec<Subject<'f>> {
    let mut subjects: Vec<Subject<'f>> = Vec::new();
    let mut places: HashMap<&str, usize> = HashMap::new();
    for read in reads {
        let Intent::Write(target) = &read.intent else {
            continue;
        };
        let Some(name) = &target.name else { continue };
        let kind = target.kind.workload();
        let mut spec = read.spec();
        let mut service_ports = Vec::new();
        if target.kind == FileKind::Service {
            service_ports.append(&mut spec.ports);
        }
        let describes = target.kind.runs_pods();
        let place = *places.entry(name).or_insert(subjects.len());
        match subjects.get_mut(place) {
            Some(subject) => {
                subject.spec.merge(spec);
                subject.service_ports.append(&mut service_ports);
                subject.kind = subject.kind.or(kind);
                if describes {
                    subject.description.clone_from(&read.description);
                }
            }
            None => subjects.push(Subject {
                name: name.clone(),
                spec,
                service_ports,
                kind,
                description: read.description.clone(),
                span: read.task.text.span.clone(),
                service: None,
                product: None,
                timer: false,
            }),
        }
    }
    subjects
}

/// Finds the Compose service of each subject: by alias, name, product, role, and ports, the surest
/// first. Returns what can't be found.
pub(super) fn assign<'f>(
    subjects: &mut [Subject<'f>],
    project: Option<&'f Project>,
    phase: &PhaseSettings,
    checklist: &Checklist,
) -> Vec<Diagnostic> {
    let services = project
        .map(|project| project.services.as_slice())
        .unwrap_or_default();
    let mut taken: BTreeSet<&'f str> = BTreeSet::new();
    for subject in subjects.iter_mut() {
        let name = &subject.name;
        let called = services.iter().any(|service| service.name == *name);
        let scheduled = || services.iter().any(|service| timers::is_one(name, service));
        subject.timer = !called && scheduled();
    }
    let ways: [Way; 6] = [by_alias, by_name, by_product, by_ports, by_end, by_role];
    for way in ways {
        for subject in subjects
            .iter_mut()
            .filter(|subject| subject.service.is_none() && !subject.timer)
        {
            let free: Vec<&'f Service> = services
                .iter()
                .filter(|service| !taken.contains(service.name.as_str()))
                .collect();
            if let Some(found) = way(subject, &free, services, phase) {
                taken.insert(&found.name);
                subject.service = Some(found);
            }
        }
    }
    let mut problems = Vec::new();
    for subject in subjects.iter_mut().filter(|subject| !subject.timer) {
        let image = subject.service.and_then(|service| service.image.as_ref());
        subject.product = match image {
            Some(image) => image::product(&image.value),
            // Without a service, it takes an image that somebody names.
            None => product_of(&subject.name, &subject.description).filter(|product| {
                let named = subject.spec.image.is_some() || phase.image(&subject.name).is_some();
                named || product.known().default.is_some()
            }),
        };
        if let Some(alias) = phase
            .alias(&subject.name)
            .filter(|_| subject.service.is_none())
        {
            problems.push(not_found(alias, subject, services, checklist));
        } else if subject.service.is_none() && subject.product.is_none() {
            problems.push(not_found(&subject.name, subject, services, checklist));
        }
    }
    problems
}

type Way =
    for<'f> fn(&Subject<'f>, &[&'f Service], &'f [Service], &PhaseSettings) -> Option<&'f Service>;

fn by_alias<'f>(
    subject: &Subject<'f>,
    free: &[&'f Service],
    _: &'f [Service],
    phase: &PhaseSettings,
) -> Option<&'f Service> {
    let alias = phase.alias(&subject.name)?;
    free.iter().copied().find(|service| service.name == alias)
}

fn by_name<'f>(
    subject: &Subject<'f>,
    free: &[&'f Service],
    _: &'f [Service],
    _: &PhaseSettings,
) -> Option<&'f Service> {
    let equal = |service: &&&Service| service.name == subject.name;
    let alike = |service: &&&Service| normal(&service.name) == normal(&subject.name);
    free.iter()
        .find(equal)
        .or_else(|| free.iter().find(alike))
        .copied()
}

fn by_product<'f>(
    subject: &Subject<'f>,
    free: &[&'f Service],
    _: &'f [Service],
    _: &PhaseSettings,
) -> Option<&'f Service> {
    let wanted = product_of(&subject.name, &subject.description)?;
    free.iter().copied().find(|service| {
        service
            .image
            .as_ref()
            .and_then(|image| image::product(&image.value))
            == Some(wanted)
    })
}

fn by_ports<'f>(
    subject: &Subject<'f>,
    free: &[&'f Service],
    _: &'f [Service],
    _: &PhaseSettings,
) -> Option<&'f Service> {
    let wanted = subject.wanted();
    let serves = |service: &&&'f Service| {
        wanted
            .iter()
            .all(|port| service.ports.iter().any(|served| served.container == *port))
    };
    let mut found = free
        .iter()
        .filter(|service| service.build.is_some())
        .filter(serves);
    let first = found.next().filter(|_| !wanted.is_empty())?;
    found.next().is_none().then_some(*first)
}

/// A Job is the service that runs once and is called alike (`migration` is `migrate`).
fn by_end<'f>(
    subject: &Subject<'f>,
    free: &[&'f Service],
    _: &'f [Service],
    _: &PhaseSettings,
) -> Option<&'f Service> {
    const ALIKE: usize = 5;
    let kind = subject.kind.filter(|kind| kind.ends())?;
    let start = |name: &str| normal(name).chars().take(ALIKE).collect::<String>();
    let wanted = start(&subject.name);
    let alike = |service: &&&'f Service| {
        normal(&service.name).contains(&wanted) && wanted.chars().count() == ALIKE
    };
    let mut called = free.iter().filter(alike);
    if let (Some(only), None) = (called.next(), called.next()) {
        return Some(only);
    }
    let mut ending = free
        .iter()
        .filter(|service| kind::of(service, false, false) == kind);
    let only = ending.next()?;
    ending.next().is_none().then_some(*only)
}

/// `app` is the service that is built and serves, and an unknown name the only such service. Where
/// there are several, what alone is left may be another thing: nobody names it so.
fn by_role<'f>(
    subject: &Subject<'f>,
    free: &[&'f Service],
    services: &'f [Service],
    _: &PhaseSettings,
) -> Option<&'f Service> {
    let ends = subject.kind.is_some_and(WorkloadKind::ends);
    if ends || product_of(&subject.name, &subject.description).is_some() {
        return None;
    }
    let wanted = subject.wanted();
    let serves = |service: &&&'f Service| {
        let ports = &service.ports;
        let some = ports.iter().any(|it| wanted.contains(&it.container));
        service.build.is_some() && (some || wanted.is_empty() && !ports.is_empty())
    };
    let administers = |name: &str| {
        let mut parts = name.split(['-', '_']);
        parts.any(|part| part.starts_with("admin"))
    };
    let only = |found: &mut dyn Iterator<Item = &'f Service>| {
        found.next().filter(|_| found.next().is_none())
    };
    if administers(&subject.name) {
        let mut found = free.iter().filter(serves).copied();
        return only(&mut found.by_ref().filter(|it| administers(&it.name)));
    }
    let built = services
        .iter()
        .filter(|it| it.build.is_some() && !it.ports.is_empty());
    let alone = built.count() == 1;
    let called = free
        .iter()
        .find(|it| it.build.is_some() && is_application(&it.name));
    if let Some(called) = called.filter(|_| alone || is_application(&subject.name)) {
        return Some(called);
    }
    let mut found = free.iter().filter(serves).copied();
    only(&mut found).filter(|_| alone)
}

/// Returns whether a service's name says that it is the application itself.
pub(super) fn is_application(name: &str) -> bool {
    matches!(
        name,
        "app" | "application" | "api" | "backend" | "server" | "web"
    )
}

/// Returns the product that a workload's name or description names.
pub(super) fn product_of(name: &str, description: &str) -> Option<Product> {
    named_product(name).or_else(|| named_product(words(description).next()?))
}

/// Returns the product of that name.
pub(super) fn named_product(name: &str) -> Option<Product> {
    let lower = name.to_lowercase();
    image::product(match lower.as_str() {
        "postgresql" | "postgres" | "pg" => "postgres",
        "mongo" | "mongodb" => "mongo",
        other => other,
    })
}

/// Returns a name without case, joiners, and the words that names often end with.
pub(super) fn normal(name: &str) -> String {
    let lower = name.to_lowercase().replace(['-', '_', '.', ' '], "");
    let bare = ["service", "server", "svc", "app"]
        .iter()
        .find_map(|suffix| lower.strip_suffix(suffix));
    bare.filter(|bare| !bare.is_empty())
        .map_or(lower.clone(), str::to_owned)
}

fn not_found(
    name: &str,
    subject: &Subject<'_>,
    services: &[Service],
    checklist: &Checklist,
) -> Diagnostic {
    let file = services
        .first()
        .map_or("the Compose files", |service| service.origin.path.as_str());
    let span = place(checklist, &subject.span, &subject.name);
    let problem = Diagnostic::error(format!("nothing in `{file}` is called `{name}`")).at(
        &checklist.path,
        &checklist.text,
        span,
        "named here",
    );
    if services.is_empty() {
        return problem.help("no services found; name the Compose files in the phase's settings: compose = [\"docker-compose.yml\"]");
    }
    let names: Vec<&str> = services
        .iter()
        .map(|service| service.name.as_str())
        .collect();
    problem.help(format!(
        "services found: {}; map it in the phase's settings: [aliases] {} = \"{}\"",
        names.join(", "),
        subject.name,
        nearest(name, &names)
            .or(names.first().copied())
            .unwrap_or("app"),
    ))
}

fn place(checklist: &Checklist, line: &Span, name: &str) -> Span {
    let text = checklist.text.get(line.clone()).unwrap_or_default();
    match text.find(name) {
        Some(at) => line.start + at..line.start + at + name.len(),
        None => line.clone(),
    }
}
