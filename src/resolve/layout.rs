//! Which object lies in which file: each task's own, and beside a workload what belongs to it;
//! what no task asks for gets files of its own.

mod folder;
mod left_over;
mod shared;

use std::collections::BTreeSet;

use super::application::{
    Application, Beside, Content, FileOrigin, FileSpec, ManifestItem, VolumeKind, Workload,
    WorkloadKind,
};
use super::assemble::reason;
use super::ingress::IngressSpec;
use super::overlays;
use super::roster::Roster;
use super::rules::Read;
use super::slug::slug;
use super::target::{FileKind, Target};
use folder::home;
pub(super) use folder::told_folder;
use shared::Shared;

/// A file of an earlier phase that is written again without a task.
pub(super) struct Again {
    pub(super) path: String,
    /// The number of the phase that wrote it.
    pub(super) phase: u32,
    /// The workload that it holds.
    pub(super) workload: String,
    /// What the earlier phase's task asks for, where one does.
    pub(super) target: Option<Target>,
}

/// What other phases of the set hold.
#[derive(Default)]
pub(super) struct Others {
    /// Paths that nothing may be written to without a task.
    pub(super) taken: Vec<String>,
    /// Paths that are another set's.
    pub(super) foreign: BTreeSet<String>,
    /// Objects that later phases wrote, and this one didn't: they aren't begun here.
    pub(super) later: Vec<ManifestItem>,
    /// The files that later phases wrote.
    pub(super) written_later: BTreeSet<String>,
    /// The workloads in those of them that this phase didn't write.
    pub(super) run_later: BTreeSet<String>,
    /// The files that this phase wrote before.
    pub(super) own: BTreeSet<String>,
    /// The files of earlier phases that are written again without a task.
    pub(super) again: Vec<Again>,
    /// The files of earlier phases that this one wrote as well.
    pub(super) in_common: Vec<Beside>,
}

/// Returns every file, those of tasks first and in their order.
pub(super) fn build(
    reads: &[Read<'_>],
    roster: &Roster<'_>,
    application: &Application,
    (owners, others): (&[(String, String)], &Others),
) -> Vec<FileSpec> {
    let targets: Vec<(&Read<'_>, &Target)> = reads
        .iter()
        .filter_map(|read| Some((read, read.target()?)))
        .collect();
    let asked: Vec<&Target> = targets.iter().map(|(_, target)| *target).collect();
    let layout = Layout {
        targets: &targets,
        application,
        owners,
        others,
        shared: Shared::new(&asked, application, owners),
    };
    let mut files: Vec<FileSpec> = targets
        .iter()
        .map(|(read, target)| layout.of_task(read, target))
        .collect();
    let has = |kind: FileKind| asked.iter().any(|target| target.kind == kind);
    let writes = files
        .iter()
        .any(|file| matches!(file.content, Content::Manifests(_)));
    if !writes {
        return files;
    }
    let root = own_root(root(&targets), application, others);
    let section = targets
        .first()
        .map(|(read, _)| read.section.number.clone())
        .unwrap_or_default();
    let named = has(FileKind::Namespace);
    let left_namespace = if named { Vec::new() } else { namespace() };
    let shared = [
        (FileKind::Namespace, left_namespace, "the namespace"),
        (
            FileKind::Secrets,
            layout.shared.left(FileKind::Secrets),
            "a template for secrets",
        ),
        (
            FileKind::ConfigMap,
            layout.shared.left(FileKind::ConfigMap),
            "settings that are no secrets",
        ),
    ];
    for (kind, items, reason) in shared {
        let path = format!("{root}{}.yml", kind.word());
        if others.taken.contains(&path) {
            continue;
        }
        for (path, items) in layout.left_over(path, items) {
            files.push(unassigned(path, reason, &section, items));
        }
    }
    files.extend(layout.again(&section));
    files.extend(layout.extras(roster, &root));
    files
}

fn asked_by(read: &Read<'_>) -> FileOrigin {
    FileOrigin::Task {
        id: read.task.id.clone(),
        text: read.task.text.plain(),
    }
}

fn unassigned(path: String, reason: &str, section: &str, items: Vec<ManifestItem>) -> FileSpec {
    FileSpec {
        path,
        origin: FileOrigin::Unassigned {
            reason: reason.to_owned(),
            section: section.to_owned(),
        },
        content: Content::Manifests(items),
    }
}

/// Returns the folder that all files lie below, with its `/`.
fn root(targets: &[(&Read<'_>, &Target)]) -> String {
    // kustomize reads nothing that lies outside of a base.
    let base = targets.iter().find_map(|(_, target)| {
        let (folder, _) = target.path.rsplit_once('/')?;
        (target.kind == FileKind::Kustomization && folder.ends_with("/base")).then_some(folder)
    });
    if let Some(folder) = base {
        return format!("{folder}/");
    }
    let folders = targets
        .iter()
        .filter_map(|(_, target)| target.path.split_once('/'));
    folders
        .map(|(folder, _)| format!("{folder}/"))
        .next()
        .unwrap_or_default()
}

/// Returns the folder of what no task names: one of the set's own below that where another set has its
/// own, as its namespace and its secrets lie there.
fn own_root(root: String, application: &Application, others: &Others) -> String {
    let beside = |path: &String| {
        let rest = path.strip_prefix(&root);
        rest.is_some_and(|rest| !rest.contains('/'))
    };
    if others.foreign.iter().any(beside) {
        return format!("{root}{}/", slug(&application.set));
    }
    root
}

fn namespace() -> Vec<ManifestItem> {
    vec![ManifestItem::Namespace, ManifestItem::NamespacePolicy]
}

struct Layout<'a, 'c> {
    targets: &'a [(&'a Read<'c>, &'a Target)],
    application: &'a Application,
    /// Maps that belong to one workload: the workload, then the map.
    owners: &'a [(String, String)],
    others: &'a Others,
    shared: Shared,
}

impl Layout<'_, '_> {
    fn of_task(&self, read: &Read<'_>, target: &Target) -> FileSpec {
        FileSpec {
            path: target.path.clone(),
            origin: asked_by(read),
            content: self.content(target),
        }
    }

    fn content(&self, target: &Target) -> Content {
        let items = match target.kind {
            FileKind::Readme => return Content::Readme,
            FileKind::Kustomization => return overlays::content(&target.path),
            FileKind::Namespace => namespace(),
            FileKind::Secrets | FileKind::ConfigMap => self.shared.of(target),
            FileKind::Ingress => self.way_in(),
            FileKind::Service => {
                self.one(target, ManifestItem::Services, |it| !it.ports.is_empty())
            }
            FileKind::Hpa => self.one(target, ManifestItem::Hpa, |it| it.hpa.is_some()),
            FileKind::Pdb => self.one(target, ManifestItem::Pdb, |it| it.pdb.is_some()),
            FileKind::ServiceAccount => self.one(target, ManifestItem::ServiceAccount, |_| true),
            FileKind::NetworkPolicy => self.one(target, ManifestItem::NetworkPolicy, |_| true),
            FileKind::Deployment
            | FileKind::StatefulSet
            | FileKind::DaemonSet
            | FileKind::Job
            | FileKind::CronJob
            | FileKind::Whole => {
                let workload = self.workload(target);
                workload.map_or_else(Vec::new, |it| self.whole(it, false))
            }
        };
        Content::Manifests(items)
    }

    fn way_in(&self) -> Vec<ManifestItem> {
        let ingress = self.application.ingress.iter();
        ingress.map(|_| ManifestItem::Ingress).collect()
    }

    /// Returns one object of a workload's, where there is that workload and it has one.
    fn one(
        &self,
        target: &Target,
        item: fn(String) -> ManifestItem,
        has: fn(&Workload) -> bool,
    ) -> Vec<ManifestItem> {
        let workload = self.workload(target);
        workload
            .filter(|it| has(it))
            .map(|it| item(it.name.clone()))
            .into_iter()
            .collect()
    }

    fn workload(&self, target: &Target) -> Option<&Workload> {
        let name = target.name.as_deref().unwrap_or_default();
        self.application.workload(name)
    }

    /// Returns the files of earlier phases that are written again, each for the task that changes
    /// what it says.
    fn again(&self, section: &str) -> Vec<FileSpec> {
        let mut files = Vec::new();
        for again in &self.others.again {
            let content = again.target.as_ref().map(|target| self.content(target));
            let workload = || self.application.workload(&again.workload);
            let content = content.or_else(|| {
                let items = self.whole(workload()?, false);
                Some(Content::Manifests(items))
            });
            let reason = format!("as phase {} wrote it", again.phase);
            let path = again.path.clone();
            let mut file = unassigned(path, &reason, section, Vec::new());
            if let Some(read) = self.changing(&again.workload) {
                file.origin = asked_by(read);
            }
            files.extend(content.map(|content| FileSpec { content, ..file }));
        }
        files
    }

    /// Returns the first task that writes what lies beside a workload, or a way in to it.
    fn changing(&self, workload: &str) -> Option<&Read<'_>> {
        let mut led = self.application.ingress.iter().flat_map(IngressSpec::paths);
        let is_led = led.any(|path| path.workload == workload);
        let own = |target: &Target| target.name.as_deref() == Some(workload);
        let way_in = |target: &Target| target.kind == FileKind::Ingress && is_led;
        let find = |is: &dyn Fn(&Target) -> bool| {
            let mut targets = self.targets.iter();
            targets
                .find(|(_, target)| is(target))
                .map(|(read, _)| *read)
        };
        find(&own).or_else(|| find(&way_in))
    }

    /// Returns the files of the services that no task names.
    fn extras(&self, roster: &Roster<'_>, root: &str) -> Vec<FileSpec> {
        let application = self.application;
        let home = home(self.targets, application, root);
        let members = roster.members.iter().filter(|member| member.unassigned);
        let workloads = members.filter_map(|member| application.workload(&member.name));
        let file = |workload: &Workload| {
            let service = workload.service.as_deref().unwrap_or(&workload.name);
            let reason = reason(service);
            let items = self.whole(workload, true);
            unassigned(home.of(workload), &reason, &home.section, items)
        };
        // A file that a later phase took it from stays this one's, as it is.
        let (own, later) = (&self.others.own, &self.others.run_later);
        let workloads =
            workloads.filter(|it| own.contains(&home.of(it)) || !later.contains(&it.name));
        workloads.map(file).collect()
    }

    /// Returns whether a file of an earlier phase holds an object, with all keys that it needs.
    fn is_beside(&self, item: &ManifestItem) -> bool {
        let keys = self.keys(item);
        let mut beside = self.application.beside.iter();
        beside.any(|it| it.holds(item) && it.has_keys(item, &keys))
    }

    /// Returns the keys of a Secret or `ConfigMap`.
    fn keys(&self, item: &ManifestItem) -> Vec<&str> {
        let application = self.application;
        if let ManifestItem::Secret(name) = item {
            let secrets = application.secrets.iter().filter(|it| it.name == *name);
            let entries = secrets.flat_map(|it| &it.entries);
            return entries.map(|entry| entry.key.as_str()).collect();
        }
        let ManifestItem::ConfigMap(name) = item else {
            return Vec::new();
        };
        let maps = application.config_maps.iter().filter(|it| it.name == *name);
        let mut keys = Vec::new();
        for map in maps {
            keys.extend(map.data.iter().map(|(key, _)| key.as_str()));
            keys.extend(map.binary.iter().map(|(key, _)| key.as_str()));
        }
        keys
    }

    /// Returns a workload with all of its objects that no other task's file is to hold.
    fn whole(&self, workload: &Workload, alone: bool) -> Vec<ManifestItem> {
        let name = || workload.name.clone();
        let elsewhere = |kind: FileKind| {
            let is = |target: &Target| {
                target.kind == kind && target.name.as_deref() == Some(&workload.name)
            };
            !alone && self.targets.iter().any(|(_, target)| is(target))
        };
        let mut items = Vec::new();
        if !elsewhere(FileKind::ServiceAccount) {
            items.push(ManifestItem::ServiceAccount(name()));
        }
        if !elsewhere(FileKind::NetworkPolicy) {
            items.push(ManifestItem::NetworkPolicy(name()));
        }
        let maps = self
            .owners
            .iter()
            .filter(|(owner, _)| *owner == workload.name);
        let maps = maps.map(|(_, map)| ManifestItem::ConfigMap(map.clone()));
        items.extend(maps.filter(|map| !self.shared.holds(map)));
        let claims = workload.volumes.iter().any(|it| match &it.kind {
            VolumeKind::Claim(_) => workload.kind != WorkloadKind::StatefulSet,
            VolumeKind::Shared(claim) => claim.users.first() == Some(&workload.name),
            VolumeKind::Scratch(_)
            | VolumeKind::Memory(_)
            | VolumeKind::ConfigMap(_)
            | VolumeKind::Secret(_) => false,
        });
        if claims {
            items.push(ManifestItem::Claims(name()));
        }
        items.push(ManifestItem::Workload(name()));
        if !workload.ports.is_empty() && !elsewhere(FileKind::Service) {
            items.push(ManifestItem::Services(name()));
        }
        if workload.hpa.is_some() && !elsewhere(FileKind::Hpa) {
            items.push(ManifestItem::Hpa(name()));
        }
        if workload.pdb.is_some() && !elsewhere(FileKind::Pdb) {
            items.push(ManifestItem::Pdb(name()));
        }
        if workload.role == super::application::Role::Prometheus
            && self.application.service_monitors
        {
            let scraped = self
                .application
                .workloads
                .iter()
                .filter(|it| it.metrics.is_some());
            items.extend(scraped.map(|it| ManifestItem::ServiceMonitor(it.name.clone())));
        }
        // What runs its pods is what the file is for.
        let elsewhere =
            |item: &ManifestItem| self.is_beside(item) || self.others.later.contains(item);
        items.retain(|item| matches!(item, ManifestItem::Workload(_)) || !elsewhere(item));
        items
    }
}
