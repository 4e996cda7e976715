//! Which Secrets and `ConfigMap`s lie in which file: those that a workload uses in the one that is
//! asked for in its folder (`k8s/api/secrets.yml`), all others in the one for the application.

use std::collections::HashMap;

use crate::resolve::application::{Application, ManifestItem, Workload};
use crate::resolve::target::{FileKind, Target};

/// The objects of each file that tasks ask for, and those that no task's file holds.
#[derive(Default)]
pub(super) struct Shared {
    held: HashMap<String, Vec<ManifestItem>>,
    left: HashMap<FileKind, Vec<ManifestItem>>,
}

impl Shared {
    /// Returns who holds what; a map that belongs to one workload lies beside that, unless a file
    /// in its folder is asked for.
    pub(super) fn new(
        targets: &[&Target],
        application: &Application,
        owners: &[(String, String)],
    ) -> Self {
        let secrets = application.secrets.iter().map(|it| it.name.as_str());
        let maps = application.config_maps.iter().map(|it| it.name.as_str());
        let mut shared = Self::default();
        shared.deal(
            (FileKind::Secrets, ManifestItem::Secret),
            (secrets.collect(), &[]),
            (targets, application, Workload::secrets),
        );
        shared.deal(
            (FileKind::ConfigMap, ManifestItem::ConfigMap),
            (maps.collect(), owners),
            (targets, application, Workload::maps),
        );
        shared
    }

    fn deal<'a, U: IntoIterator<Item = &'a str>>(
        &mut self,
        (kind, item): (FileKind, fn(String) -> ManifestItem),
        (mut left, owners): (Vec<&'a str>, &[(String, String)]),
        (targets, application, used): (&[&Target], &'a Application, fn(&'a Workload) -> U),
    ) {
        let items = |names: &[&str]| {
            let names = names.iter().map(|name| item((*name).to_owned()));
            names.collect::<Vec<ManifestItem>>()
        };
        let of_kind = || targets.iter().filter(|target| target.kind == kind);
        let workload = |target: &Target| application.workload(&target.whose()?);
        let file = of_kind().find(|target| workload(target).is_none());
        let users = |name: &str| {
            let workloads = application.workloads.iter();
            let using = workloads.filter(|it| used(it).into_iter().any(|it| it == name));
            using.count()
        };
        for target in of_kind() {
            let Some(workload) = workload(target) else {
                continue;
            };
            let used: Vec<&str> = used(workload).into_iter().collect();
            // What several use lies in the file for all of them, where one is asked for.
            let theirs = |name: &&str| used.contains(name) && (file.is_none() || users(name) == 1);
            let (theirs, others) = left.into_iter().partition(theirs);
            left = others;
            self.held.insert(target.path.clone(), items(&theirs));
        }
        let owned = |name: &str| owners.iter().any(|(_, map)| map == name);
        left.retain(|name| !owned(name));
        match file {
            Some(target) => self.held.insert(target.path.clone(), items(&left)),
            None => self.left.insert(kind, items(&left)),
        };
    }

    /// Returns what a task's file holds.
    pub(super) fn of(&self, target: &Target) -> Vec<ManifestItem> {
        self.held.get(&target.path).cloned().unwrap_or_default()
    }

    /// Returns what no task's file holds.
    pub(super) fn left(&self, kind: FileKind) -> Vec<ManifestItem> {
        self.left.get(&kind).cloned().unwrap_or_default()
    }

    /// Returns whether a task's file holds an object.
    pub(super) fn holds(&self, item: &ManifestItem) -> bool {
        self.held.values().any(|items| items.contains(item))
    }
}
