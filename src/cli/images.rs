//! What images and mounts need of the workspace beside its text: the sources' revision, and the
//! bytes of mounted files.

use std::borrow::Cow;

use super::Stop;
use super::exit::Result;
use super::load::{Loaded, Phase};
use crate::facts::{Facts, MountSource, Other, Tree};
use crate::files::read_journal;
use crate::git::{Repo, Revision};
use crate::journal::Evidence;
use crate::resolve::Resolved;
use crate::settings::PhaseSettings;

/// What a template has in place of the sources' revision.
const REVISION: &str = "{revision}";

/// The largest file that is read for a `ConfigMap`: none can hold more.
const LARGEST: u64 = 1 << 20;

/// Returns whether images are named by the sources' revision.
pub(super) fn name_revision(settings: &PhaseSettings) -> bool {
    let mut images = settings.images.iter();
    images.any(|(_, image)| image.contains(REVISION))
}

/// Returns the sources' revision. What orch writes and records, and what people tell it, is no
/// source: otherwise every run's own commit would make new images.
pub(super) fn revision(loaded: &Loaded, phase: &Phase, resolved: &Resolved) -> Result<Revision> {
    let mut own: Vec<String> = resolved
        .files
        .iter()
        .map(|file| file.path.clone())
        .collect();
    own.push(loaded.progress_path(&phase.set));
    own.extend(["orch.toml", "PROGRESS.md"].map(str::to_owned));
    let sets = loaded.snapshot.sets.iter();
    let checklists = sets.flat_map(|set| &set.phases).map(|phase| &phase.path);
    own.extend(checklists.cloned());
    // Overlays and charts are written beside what tasks name: the journals have all of it.
    for set in &loaded.snapshot.sets {
        for phase in &set.phases {
            let state = read_journal(&loaded.workspace, &set.name, phase.number)?.state;
            let steps = state.targets().flat_map(|(_, target)| target.steps());
            own.extend(steps.filter_map(|(_, step)| match &step.last {
                Some(Evidence::File { path, .. }) => Some(path.clone()),
                Some(_) | None => None,
            }));
        }
    }
    let is_source = |path: &str| {
        let path = path.trim_end_matches('/');
        let recorded = [".orch/", "phases/"].iter().any(|it| path.starts_with(it));
        !recorded && !own.iter().any(|known| known == path)
    };
    let found = Repo::open(loaded.workspace.root())?.revision(&is_source)?;
    found.ok_or_else(|| {
        Stop::input("images are named by the revision, and there is no commit yet")
            .help("commit the sources, or name the images without `{revision}`")
    })
}

/// Returns settings whose images are named by that revision.
pub(super) fn with_revision(settings: &PhaseSettings, revision: &Revision) -> PhaseSettings {
    let mut settings = settings.clone();
    let tag = revision.tag();
    for (_, image) in &mut settings.images {
        *image = image.replace(REVISION, &tag);
    }
    settings
}

/// Returns the workspace's files with the bytes of those that services mount and that aren't text.
pub(super) fn with_mounted_bytes<'l>(loaded: &'l Loaded, facts: &Facts) -> Result<Cow<'l, Tree>> {
    let mut tree = Cow::Borrowed(&loaded.snapshot.tree);
    let project = facts.project.iter();
    let services = project.clone().flat_map(|project| &project.services);
    let mounts = services.flat_map(|service| service.mounts.iter().map(move |it| (service, it)));
    let bound = mounts.filter_map(|(service, mount)| match &mount.source {
        // What is mounted for developing isn't carried over.
        MountSource::Bind(path)
            if service.build.is_some() && loaded.snapshot.tree.has_source(path) =>
        {
            None
        }
        MountSource::Bind(path) => Some(path.as_str()),
        MountSource::Volume(_)
        | MountSource::Host(_)
        | MountSource::Anonymous
        | MountSource::Tmpfs
        | MountSource::Config(_)
        | MountSource::Secret(_) => None,
    });
    let configs = project.flat_map(|project| &project.configs);
    let configs = configs.filter_map(|config| config.file.as_deref());
    for path in bound.chain(configs) {
        let path = path.trim_end_matches('/');
        let own = tree.other(path).map(|other| (path.to_owned(), other.size));
        let within = tree.others_in(path);
        let within = within.map(|(path, other)| (path.to_owned(), other.size));
        let found: Vec<(String, u64)> = own.into_iter().chain(within).collect();
        for (path, size) in found.into_iter().filter(|(_, size)| *size <= LARGEST) {
            let bytes = loaded.workspace.read_bytes(&path)?.map(Into::into);
            tree.to_mut().insert_other(path, Other { size, bytes });
        }
    }
    Ok(tree)
}
