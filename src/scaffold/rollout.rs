//! Compose files → a phase that rolls the application out.
//!
//! The application is resolved twice: once from the bare names of its services, which tells what
//! every workload is; and once from what was written of it. Where a workload reads differently the
//! second time, its details are left to the facts, which said the same before.

use std::fmt::Write as _;

use super::analysis::{Analysis, once, secret_keys};
use super::edge::Edge;
use super::page::{Page, codes};
use super::texts::{self, Row};
use super::workload::Described;
use super::{Hints, Rollout, Wishes, hints};
use crate::checklist::{Checklist, parse};
use crate::diagnostic::Diagnostics;
use crate::facts::{Facts, Inputs, Project, Service, Tree, gather};
use crate::resolve::{
    Context, EnvSource, FileName, Probe, Resolved, Role, VolumeKind, Workload, WorkloadKind,
    file_name_for, resolve,
};
use crate::settings::{PhaseSettings, Settings};
use crate::vocabulary::Vocabulary;

/// Products beside Prometheus and Grafana that watch the application.
const WATCHING: &[&str] = &[
    "alertmanager",
    "loki",
    "promtail",
    "tempo",
    "jaeger",
    "node-exporter",
    "blackbox-exporter",
    "cadvisor",
];

/// Returns the phase that the Compose files ask for; `None` where they have no services.
///
/// # Errors
/// What is wrong with the Compose files.
pub fn rollout(tree: &Tree, wishes: &Wishes) -> Result<Option<Rollout>, Diagnostics> {
    let inputs = Inputs {
        compose: wishes.compose.clone(),
        ..Inputs::default()
    };
    let gathered = gather(tree, &inputs)?;
    let Some(project) = gathered.facts.project.as_ref() else {
        return Ok(None);
    };
    if project.services.is_empty() {
        return Ok(None);
    }
    let hints = hints::of(tree, project, &inputs);
    let writer = Writer {
        tree,
        wishes,
        facts: &gathered.facts,
        project,
        hints: &hints,
    };
    let draft = writer.resolved(&writer.draft())?;
    let (mut text, mut plain) = (String::new(), Vec::new());
    // One round tells which details don't read back, the next one does without them.
    for _ in 0..2 {
        text = writer.page(&draft, &plain);
        let written = writer.resolved(&text)?;
        let differs = differing(&draft, &written);
        if differs.is_empty() {
            break;
        }
        plain.extend(differs);
    }
    Ok(Some(Rollout { text, hints }))
}

/// Returns a probe, whoever asks for it.
fn asks(probe: Option<&Probe>) -> Option<Probe> {
    let probe = probe.cloned();
    probe.map(|probe| Probe {
        asked: false,
        ..probe
    })
}

/// Returns the workloads that read otherwise than they were drafted.
fn differing(draft: &Resolved, written: &Resolved) -> Vec<String> {
    let same = |one: &Workload, other: &Workload| {
        one.kind == other.kind
            && one.image == other.image
            && one.resources == other.resources
            && mounted(one).eq(mounted(other))
            && one.job == other.job
            && one.replicas == other.replicas
            && asks(one.liveness.as_ref()) == asks(other.liveness.as_ref())
            && asks(one.readiness.as_ref()) == asks(other.readiness.as_ref())
            && asks(one.startup.as_ref()) == asks(other.startup.as_ref())
            && one
                .ports
                .iter()
                .map(|it| (it.port, &it.name))
                .eq(other.ports.iter().map(|it| (it.port, &it.name)))
    };
    let written = &written.application;
    let drafted = draft.application.workloads.iter();
    drafted
        .filter(|one| {
            written
                .workload(&one.name)
                .is_none_or(|other| !same(one, other))
        })
        .map(|one| one.name.clone())
        .collect()
}

/// What a workload mounts; what its volumes are called follows from its kind.
fn mounted(workload: &Workload) -> impl Iterator<Item = (&str, &VolumeKind)> {
    let volumes = workload.volumes.iter();
    volumes.map(|volume| (volume.path.as_str(), &volume.kind))
}

struct Writer<'a> {
    tree: &'a Tree,
    wishes: &'a Wishes,
    facts: &'a Facts,
    project: &'a Project,
    hints: &'a Hints,
}

impl Writer<'_> {
    fn resolved(&self, text: &str) -> Result<Resolved, Diagnostics> {
        let checklist = self.checklist(text)?;
        let settings = Settings::default();
        let phase = PhaseSettings {
            aliases: self.hints.aliases.clone(),
            ..PhaseSettings::default()
        };
        let context = Context {
            set: self.wishes.set.clone(),
            settings: &settings,
            phase: &phase,
            service_monitors: false,
            seen: None,
            before: None,
        };
        resolve(&checklist, self.facts, self.tree, &context)
    }

    fn checklist(&self, text: &str) -> Result<Checklist, Diagnostics> {
        let path = self.wishes.path();
        Ok(parse(&path, text, &Vocabulary::default())?.checklist)
    }

    /// A checklist that names every service and says nothing of it.
    fn draft(&self) -> String {
        let Wishes { number, folder, .. } = self.wishes;
        let mut text = format!("# Phase {number}: Draft\n\n### {number}.1 Files\n\n");
        let names = self.hints.names.iter().map(|(_, name)| name.as_str());
        let watchers = self.wished_watchers();
        for name in names.chain(watchers) {
            let path = file_name_for(folder, name, FileName::Service);
            // Every workload has an account; a Service only what has ports.
            let path = path.replace("service.yml", "serviceaccount.yml");
            // Writing to a `String` can't fail.
            let _ = writeln!(text, "- [ ] `{path}`");
        }
        text + &format!("- [ ] `{folder}/ingress.yml`\n")
    }

    /// What watches the application because that is wished for, though Compose has none.
    fn wished_watchers(&self) -> Vec<&'static str> {
        let has = |product: &str| {
            self.project.services.iter().any(|service| {
                let image = service.image.as_ref();
                let known = image.and_then(|it| crate::facts::image::product(&it.value));
                known.is_some_and(|it| it.title().eq_ignore_ascii_case(product))
            })
        };
        let wanted = ["prometheus", "grafana"].into_iter();
        wanted
            .filter(|product| self.wishes.monitoring && !has(product))
            .collect()
    }

    fn page(&self, draft: &Resolved, plain: &[String]) -> String {
        let language = self.wishes.language;
        let mut page = Page::new(language, self.wishes.number, &self.wishes.title);
        let app = &draft.application.name;
        page.goal(&[
            texts::GOAL_ROLLOUT.fill(language, &[("app", app)]),
            texts::DRAFT.of(language).to_owned(),
        ]);
        let analysis = Analysis {
            tree: self.tree,
            facts: self.facts,
            project: self.project,
        };
        analysis.write(&mut page, draft);
        self.base(&mut page, draft);
        let all: Vec<&Workload> = draft.application.workloads.iter().collect();
        let part = |wanted: Part| -> Vec<&Workload> {
            let of_part = all.iter().filter(|it| part_of(it) == wanted);
            of_part.copied().collect()
        };
        for (wanted, title) in [
            (Part::Store, texts::STORES),
            (Part::Application, texts::APPLICATION),
        ] {
            let members = part(wanted);
            if !members.is_empty() {
                self.workloads(&mut page, title, &members, plain);
            }
        }
        let edge = Edge {
            wishes: self.wishes,
            facts: self.facts,
            application: &draft.application,
        };
        edge.write(&mut page);
        self.monitoring(&mut page, &part(Part::Monitoring), plain);
        self.assembly(&mut page);
        page.close(&self.wishes.commit(), None)
    }

    fn described<'w>(&'w self, workload: &'w Workload, plain: &[String]) -> Described<'w> {
        Described {
            workload,
            service: self.service_of(workload),
            language: self.wishes.language,
            in_detail: !plain.contains(&workload.name),
        }
    }

    fn service_of(&self, workload: &Workload) -> Option<&Service> {
        self.project.service(workload.service.as_deref()?)
    }

    fn base(&self, page: &mut Page, draft: &Resolved) {
        let folder = &self.wishes.folder;
        let language = page.language;
        page.section(texts::BASE);
        let create = |page: &mut Page, file: &str, what: &str| {
            let path = format!("{folder}/{file}.yml");
            let head = texts::CREATE.fill(language, &[("path", &path)]);
            page.described(&head, what);
        };
        let namespace = &draft.application.namespace;
        let what = texts::THE_NAMESPACE.fill(language, &[("namespace", namespace)]);
        create(page, "namespace", &what);
        let secrets = secret_keys(draft);
        if !secrets.is_empty() {
            create(page, "secrets", texts::THE_SECRETS.of(language));
        }
        if has_shared_map(draft) {
            create(page, "configmap", texts::THE_SETTINGS.of(language));
        }
        // Files that lie here are known.
        let entries = draft.application.secrets.iter().flat_map(|it| &it.entries);
        let given = entries.filter(|entry| entry.text.is_none());
        let given = once(given.map(|entry| entry.key.as_str()));
        if !given.is_empty() {
            let names = codes(given);
            page.manual(&texts::SECRET_VALUES.fill(language, &[("names", &names)]));
        }
        page.notes(&[format!("{folder}/")]);
    }

    fn workloads(&self, page: &mut Page, title: Row, members: &[&Workload], plain: &[String]) {
        page.section(title);
        let folder = &self.wishes.folder;
        for workload in members {
            let described = self.described(workload, plain);
            let path = |file| file_name_for(folder, &workload.name, file);
            let own = path(FileName::Workload(workload.kind));
            page.described(&format!("`{own}`"), &described.what());
            described.bullets(page);
            if !workload.ports.is_empty() {
                let head = format!("`{}`", path(FileName::Service));
                page.described(&head, &described.exposures());
            }
            if let Some(autoscaler) = described.autoscaler() {
                page.described(&format!("`{}`", path(FileName::Hpa)), &autoscaler);
            }
            if described.needs_budget() {
                let budget = texts::BUDGET.of(page.language);
                page.described(&format!("`{}`", path(FileName::Pdb)), budget);
            }
        }
        self.images(page, members);
        let mut folders: Vec<String> = Vec::new();
        for workload in members {
            let path = file_name_for(folder, &workload.name, FileName::Service);
            let (folder, _) = path.rsplit_once('/').unwrap_or((folder, ""));
            let folder = format!("{folder}/");
            if !folders.contains(&folder) {
                folders.push(folder);
            }
        }
        page.notes(&folders);
    }

    /// Images that somebody has to build, name and push.
    fn images(&self, page: &mut Page, members: &[&Workload]) {
        let language = page.language;
        let (unnamed, named): (Vec<&Workload>, Vec<&Workload>) = members
            .iter()
            .filter(|it| it.built)
            .partition(|it| it.placeholder);
        if !unnamed.is_empty() {
            let services = unnamed
                .iter()
                .map(|it| it.service.as_ref().unwrap_or(&it.name));
            let services = once(services.map(String::as_str));
            let row = if services.len() == 1 {
                texts::NAME_IMAGE
            } else {
                texts::NAME_IMAGES
            };
            let services = codes(services);
            let values = [
                ("services", services.as_str()),
                ("settings", &self.wishes.settings),
            ];
            page.manual(&row.fill(language, &values));
        }
        if !named.is_empty() {
            let images = codes(once(named.iter().map(|it| it.image.as_str())));
            page.manual(&texts::PUSH_IMAGES.fill(language, &[("images", &images)]));
        }
    }

    fn monitoring(&self, page: &mut Page, members: &[&Workload], plain: &[String]) {
        if members.is_empty() {
            return;
        }
        page.section(texts::MONITORING);
        let folder = format!("{}/monitoring", self.wishes.folder);
        for workload in members {
            let described = self.described(workload, plain);
            let kind = workload.kind.word().to_lowercase();
            let path = format!("{folder}/{}-{kind}.yml", workload.name);
            page.described(&format!("`{path}`"), &described.what());
            described.bullets(page);
        }
        self.images(page, members);
        page.notes(&[format!("{folder}/")]);
    }

    fn assembly(&self, page: &mut Page) {
        let folder = &self.wishes.folder;
        let language = page.language;
        page.section(texts::ASSEMBLY);
        page.described(
            &format!("`{folder}/kustomization.yml`"),
            texts::THE_KUSTOMIZATION.of(language),
        );
        let readme = format!("{folder}/README.md");
        let head = texts::CREATE.fill(language, &[("path", &readme)]);
        page.described(&head, texts::THE_README.of(language));
        page.notes(&[format!("{folder}/")]);
    }
}

/// Whether there is a map of settings that is no single workload's.
fn has_shared_map(draft: &Resolved) -> bool {
    let workloads = draft.application.workloads.iter();
    let mut variables = workloads.flat_map(|it| &it.environment);
    variables.any(|it| matches!(it.source, EnvSource::ConfigMap { .. }))
}

/// Which section a workload stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Store,
    Application,
    Monitoring,
}

fn part_of(workload: &Workload) -> Part {
    let image = crate::facts::image::parse(&workload.image);
    let name = image.map(|it| it.name).unwrap_or_default();
    let last = name.rsplit('/').next().unwrap_or_default();
    let watches = matches!(workload.role, Role::Prometheus | Role::Grafana)
        || (WATCHING.contains(&last) && !workload.built);
    let keeps = matches!(workload.role, Role::Postgres | Role::Redis | Role::Store);
    match workload.kind {
        _ if watches => Part::Monitoring,
        WorkloadKind::StatefulSet | WorkloadKind::Deployment if keeps => Part::Store,
        WorkloadKind::StatefulSet
        | WorkloadKind::Deployment
        | WorkloadKind::DaemonSet
        | WorkloadKind::Job
        | WorkloadKind::CronJob => Part::Application,
    }
}
