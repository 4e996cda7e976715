//! Which words behind a path only name what is written, as the facts tell: services and their
//! aliases, images, ports, variables, keys.
//!
//! A word that names something else than what lies in the file isn't known here: it asks for
//! something.

mod sources;

use std::collections::BTreeSet;

use crate::checklist::Spanned;
use crate::facts::image::{self, Product};

use super::answers;
use super::application::{
    Application, ConfigMapSpec, EnvSource, ManifestItem, ProbeAction, VolumeKind, Workload,
    WorkloadKind,
};
use super::model::InventoryKind;
use super::read_out::Known;
use super::rules::{SOURCE, Said};
use super::slug::{alike, slug};
use super::subjects::named_product;
use super::target::{FileKind, Target, kind_named};
use crate::vocabulary::{Phrase, Word, words};

/// Returns whether what nothing reads behind a path only names what is written.
pub(super) fn known(said: &Said, target: &Target, known: &Known<'_>) -> bool {
    if said.names.is_empty() {
        return false;
    }
    if target.kind == FileKind::Kustomization {
        let above = |name: &String| known.vocabulary.tells(name, Word::Above);
        if said.names.iter().all(above) {
            return !leaves_out(known);
        }
    }
    let held = || held(target, known);
    let names = said.names.iter();
    let mut files = names.filter_map(|it| it.strip_prefix(SOURCE)).peekable();
    if files.peek().is_some() {
        let held = held();
        let sources = files.all(|file| sources::is_one(file, target.kind, (known, &held)));
        let mut rest = said.clone();
        rest.names.retain(|it| !it.starts_with(SOURCE));
        return sources && (rest.names.is_empty() || self::known(&rest, target, known));
    }
    if target.kind == FileKind::Secrets {
        return listed(InventoryKind::Secrets, said, (known, &held()));
    }
    if target.kind == FileKind::ConfigMap {
        let all = |name: &String| known.vocabulary.tells(name, Word::Everything);
        if said.names.iter().any(all) {
            let mut rest = said.clone();
            rest.names.retain(|it| !all(it));
            let names = rest.names.is_empty() || self::known(&rest, target, known);
            return names && is_complete(known.application);
        }
        let held = held();
        let listed = || listed(InventoryKind::ConfigMaps, said, (known, &held));
        return settings(said, &held) || listed();
    }
    let plain = said.text.plain();
    let about = Phrase::new(&plain, known.vocabulary).find(&[Word::Provisioning, Word::Alerts]);
    if about.is_some() {
        // What else is named is what dashboards and alerts are to be about.
        let application = slug(&known.application.name);
        return said.names.iter().all(|name| slug(name) == application);
    }
    let names = Names::of(target, known);
    // Beside what runs the pods lies its Service, if it has ports.
    let serves = || names.workloads.iter().all(|it| !it.ports.is_empty());
    let service = |name: &str| {
        let of_kind = kind_named(name) == Some(FileKind::Service);
        target.kind.runs_pods() && (of_kind || known.vocabulary.tells(name, Word::Services))
    };
    let itself = |name: &str| kind_named(name) == Some(target.kind);
    let has = |name: &String| names.have(name) || itself(name) || service(name) && serves();
    said.names.iter().all(has)
}

/// Returns whether a file is written that kustomize isn't told of: Secrets hold placeholders.
fn leaves_out(known: &Known<'_>) -> bool {
    let secrets = &known.application.secrets;
    let mut secrets = secrets
        .iter()
        .map(|it| ManifestItem::Secret(it.name.clone()));
    secrets.any(|it| known.files.iter().any(|file| file.holds(&it)))
}

/// Returns the application with those Secrets and `ConfigMap`s alone that lie in a file.
fn held(target: &Target, known: &Known<'_>) -> Application {
    let mut held = known.application.clone();
    let file = known.files.iter().find(|file| file.path == target.path);
    let holds = |item: ManifestItem| file.is_none_or(|file| file.holds(&item));
    held.secrets
        .retain(|it| holds(ManifestItem::Secret(it.name.clone())));
    let map = |it: &ConfigMapSpec| holds(ManifestItem::ConfigMap(it.name.clone()));
    held.config_maps.retain(map);
    held
}

/// Returns whether all that is no secret comes from maps: no variable's value stands in a workload.
fn is_complete(application: &Application) -> bool {
    let workloads = application.workloads.iter();
    let mut variables = workloads.flat_map(|it| &it.environment);
    // What a secret is composed into can't stand in a map.
    variables.all(|it| match &it.source {
        EnvSource::Literal(value) => value.contains("$("),
        EnvSource::ConfigMap { .. } | EnvSource::Secret { .. } => true,
    })
}

/// Returns whether an inventory finds what a text lists.
fn listed(kind: InventoryKind, said: &Said, (known, held): (&Known<'_>, &Application)) -> bool {
    let own = held.secrets.iter();
    let keys: BTreeSet<&str> = own
        .flat_map(|secret| &secret.entries)
        .map(|it| it.key.as_str())
        .collect();
    if kind == InventoryKind::Secrets && said.names.iter().all(|it| keys.contains(it.as_str())) {
        return true;
    }
    let name = Spanned {
        value: asking(&said.text.plain(), said, known),
        span: said.text.span.clone(),
    };
    let from = (known.facts, held);
    let answer = answers::answer(kind, &[name], from, known.vocabulary);
    answer.missing.is_empty()
}

/// Returns of a text the words that ask for something, with what joins them.
fn asking(plain: &str, said: &Said, known: &Known<'_>) -> String {
    let asks = |word: &str| said.names.iter().any(|name| name == word);
    let joins = |word: &str| known.vocabulary.tells(word, Word::And);
    let pieces = plain.split_whitespace().filter(|piece| {
        let mut words = words(piece);
        ["/", "+", "&"].contains(piece) || words.any(|word| asks(word) || joins(word))
    });
    pieces.collect::<Vec<_>>().join(" ")
}

/// Returns whether the maps have the keys that a text names, with the values that it gives.
fn settings(said: &Said, held: &Application) -> bool {
    let maps = || held.config_maps.iter().flat_map(|map| &map.data);
    let plain = said.text.plain();
    let pairs = plain.split_whitespace().filter_map(|it| it.split_once('='));
    let pairs: Vec<(&str, &str)> = pairs.collect();
    let has = |key: &str, value: &str| maps().any(|it| it.0 == key && it.1 == value);
    let in_pair = |name: &str| {
        pairs
            .iter()
            .any(|(key, value)| [*key, *value].contains(&name))
    };
    let written = pairs.iter().all(|(key, value)| has(key, value));
    let mut names = said.names.iter();
    let is_key = |name: &str| maps().any(|(key, _)| key == name);
    written && names.all(|name| in_pair(name) || is_key(name))
}

/// What a file's objects are called by.
struct Names<'a> {
    workloads: Vec<&'a Workload>,
    /// Names of which each word counts.
    loose: Vec<String>,
    /// Names that count whole.
    exact: BTreeSet<String>,
}

impl<'a> Names<'a> {
    fn of(target: &Target, known: &'a Known<'_>) -> Self {
        let application = known.application;
        let all = application.workloads.iter();
        let own = |it: &&Workload| target.name.as_deref().is_none_or(|name| it.name == name);
        let called = [application.name.as_str(), &application.namespace].into_iter();
        let mut names = Self {
            workloads: all.filter(own).collect(),
            loose: Vec::new(),
            // An inflected one may be a thing that the application is called by: `sklad` with a
            // dashboard of «склады».
            exact: called
                .flat_map(|name| std::iter::once(name).chain(name.split(['-', '_'])))
                .map(slug)
                .collect(),
        };
        for workload in names.workloads.clone() {
            names.add(workload, known);
        }
        names
    }

    fn add(&mut self, workload: &Workload, known: &Known<'_>) {
        let project = known.facts.project.as_ref();
        let called = workload.service.as_deref();
        let service = called.and_then(|name| project.and_then(|it| it.service(name)));
        self.loose.push(workload.name.clone());
        self.loose.extend(workload.service.clone());
        self.loose.extend(workload.aliases.clone());
        if let Some(service) = service {
            self.loose.extend(service.aliases.clone());
            self.loose.extend(service.container_name.clone());
        }
        let (image, tag) = workload.image.rsplit_once(':').unwrap_or_default();
        if !image.is_empty() && !tag.contains('/') {
            self.exact.insert(tag.to_owned());
        }
        let path = workload.image.split(['@', ':']).next();
        self.loose
            .extend(path.and_then(|it| it.rsplit('/').next()).map(str::to_owned));
        for port in &workload.ports {
            self.loose.push(port.name.clone());
            self.exact.insert(port.port.to_string());
        }
        let variables = workload.environment.iter().map(|it| it.name.clone());
        self.exact.extend(variables);
        let probes = [&workload.liveness, &workload.readiness, &workload.startup];
        let paths = probes
            .into_iter()
            .flatten()
            .filter_map(|it| match &it.action {
                ProbeAction::Http { path, .. } => Some(path.clone()),
                ProbeAction::Exec(_) | ProbeAction::Tcp { .. } => None,
            });
        self.exact.extend(paths);
        let mounted = workload.volumes.iter().filter_map(|it| match &it.kind {
            VolumeKind::ConfigMap(map) => Some((map, it.path.clone())),
            VolumeKind::Claim(_)
            | VolumeKind::Shared(_)
            | VolumeKind::Scratch(_)
            | VolumeKind::Memory(_)
            | VolumeKind::Secret(_) => None,
        });
        let (maps, paths): (Vec<&String>, Vec<String>) = mounted.unzip();
        self.loose.extend(paths);
        let map = |name: &String| {
            known
                .application
                .config_maps
                .iter()
                .find(|it| it.name == *name)
        };
        let keys = |map: &ConfigMapSpec| map.data.iter().map(|it| it.0.clone()).collect::<Vec<_>>();
        self.loose
            .extend(maps.into_iter().filter_map(map).flat_map(keys));
    }

    fn have(&self, name: &str) -> bool {
        let product = named_product(name);
        // Another product may be called nearly so: PostGIS isn't all of `postgres`.
        let is = |known: &str| match product {
            Some(_) => known.eq_ignore_ascii_case(name),
            None => alike(known, name),
        };
        let parts = |known: &String| {
            let mut parts = known.split(['-', '_', '.', '/']);
            is(known) || parts.any(is)
        };
        // A Service that is headless beside is a StatefulSet's.
        if name.eq_ignore_ascii_case("headless") {
            let stateful = |it: &&Workload| it.kind == WorkloadKind::StatefulSet;
            return self.workloads.iter().all(stateful);
        }
        let runs = |it: &&Workload| {
            let called = product.is_some_and(|it| is_title(it, name));
            called && image::product(&it.image) == product
        };
        let exact = self.exact.contains(name) || self.exact.contains(&slug(name));
        exact || self.loose.iter().any(parts) || self.workloads.iter().any(runs)
    }
}

/// Returns whether a product is called so itself; an image's name may be that of a part of it
/// (`pgvector`), which others of its images haven't.
fn is_title(product: Product, name: &str) -> bool {
    /// What people call products for short.
    const SHORT: [&str; 3] = ["postgres", "pg", "mongo"];
    let mut title = product.title().split(' ');
    let name = name.to_lowercase();
    title.any(|it| it.eq_ignore_ascii_case(&name)) || SHORT.contains(&name.as_str())
}
