//! What is there, what is needed, what holds everywhere: the section that a rollout begins with.

use super::page::{Page, codes};
use super::texts::{self, Row};
use super::workload::is_plain;
use crate::facts::{Facts, MountSource, Project, Tree};
use crate::resolve::{ProbeAction, Resolved, Workload};

/// What the section is written from.
pub(super) struct Analysis<'a> {
    pub(super) tree: &'a Tree,
    pub(super) facts: &'a Facts,
    pub(super) project: &'a Project,
}

impl Analysis<'_> {
    /// Writes the section.
    pub(super) fn write(&self, page: &mut Page, draft: &Resolved) {
        page.section(texts::ANALYSIS);
        page.group('A', texts::WHAT_IS_THERE);
        self.studies(page, draft);
        page.group('B', texts::WHAT_IS_NEEDED);
        self.inventories(page, draft);
        page.group('C', texts::WHAT_HOLDS);
        let namespace = &draft.application.namespace;
        let several = |it: &Workload| it.kind.scales() && it.replicas > 1;
        let several = draft.application.workloads.iter().any(several);
        page.task(&texts::NAMESPACE_IS.fill(page.language, &[("namespace", namespace)]));
        page.task(texts::RESOURCES_EVERYWHERE.of(page.language));
        page.task(texts::PROBES_EVERYWHERE.of(page.language));
        for row in [texts::SPREAD, texts::BUDGETS].iter().filter(|_| several) {
            page.task(row.of(page.language));
        }
        page.notes(&[]);
    }

    fn studies(&self, page: &mut Page, draft: &Resolved) {
        let study = |page: &mut Page, paths: &[&str], what: Row| {
            let head = texts::STUDY.fill(page.language, &[("paths", &codes(paths))]);
            let line = page.joined(&head, what.of(page.language));
            page.task(&line);
        };
        for (at, path) in self.project.files.iter().enumerate() {
            let what = if at == 0 {
                texts::STUDY_COMPOSE
            } else {
                texts::STUDY_OVERRIDE
            };
            study(page, &[path.as_str()], what);
        }
        for file in &self.facts.dockerfiles {
            if is_plain(&file.path) && self.tree.get(&file.path).is_some() {
                study(page, &[file.path.as_str()], texts::STUDY_DOCKERFILE);
            }
        }
        let read = self
            .facts
            .variables
            .iter()
            .map(|it| it.origin.path.as_str());
        let sources = once(read.filter(|path| is_plain(path)));
        if !sources.is_empty() {
            study(page, &sources, texts::STUDY_SOURCE);
        }
        let endpoints = self.endpoints(draft);
        if !endpoints.is_empty() {
            let paths = codes(endpoints);
            page.task(&texts::STUDY_ENDPOINTS.fill(page.language, &[("paths", &paths)]));
        }
    }

    /// The endpoints that probes ask and the source has.
    fn endpoints<'w>(&self, draft: &'w Resolved) -> Vec<&'w str> {
        let mut found: Vec<&str> = Vec::new();
        for workload in draft.application.workloads.iter().filter(|it| it.built) {
            for probe in [&workload.liveness, &workload.readiness]
                .into_iter()
                .flatten()
            {
                let ProbeAction::Http { path, .. } = &probe.action else {
                    continue;
                };
                let served = self.facts.endpoints.iter().any(|it| it.path == *path);
                if served && is_plain(path) && !found.contains(&path.as_str()) {
                    found.push(path);
                }
            }
        }
        found
    }

    fn inventories(&self, page: &mut Page, draft: &Resolved) {
        let application = &draft.application;
        let mounts = self.project.services.iter().flat_map(|it| &it.mounts);
        let volumes = once(mounts.filter_map(|mount| match &mount.source {
            MountSource::Volume(name) => Some(name.as_str()),
            MountSource::Bind(_)
            | MountSource::Host(_)
            | MountSource::Anonymous
            | MountSource::Tmpfs
            | MountSource::Config(_)
            | MountSource::Secret(_) => None,
        }));
        let services: Vec<&str> = self
            .project
            .services
            .iter()
            .map(|it| it.name.as_str())
            .collect();
        let secrets = secret_keys(draft);
        let maps: Vec<&str> = application
            .config_maps
            .iter()
            .map(|it| it.name.as_str())
            .collect();
        for (row, names) in [
            (texts::WHICH_SERVICES, services),
            (texts::WHICH_VOLUMES, volumes),
            (texts::WHICH_SECRETS, secrets),
            (texts::WHICH_MAPS, maps),
        ] {
            if !names.is_empty() {
                page.task(&row.fill(page.language, &[("names", &codes(names))]));
            }
        }
    }
}

/// Returns the keys of all Secrets, each once.
pub(super) fn secret_keys(draft: &Resolved) -> Vec<&str> {
    let entries = draft.application.secrets.iter().flat_map(|it| &it.entries);
    once(entries.map(|it| it.key.as_str()))
}

/// Returns names, each once, in their order.
pub(super) fn once<'n>(names: impl IntoIterator<Item = &'n str>) -> Vec<&'n str> {
    let mut once: Vec<&str> = Vec::new();
    for name in names {
        if !once.contains(&name) {
            once.push(name);
        }
    }
    once
}
