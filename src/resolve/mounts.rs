//! Mounts: named volumes become claims, files of the repository become `ConfigMap`s.

mod files;

use std::collections::BTreeMap;

use crate::diagnostic::Diagnostic;
use crate::facts::{Facts, Mount, MountSource, Tree, image};

use super::application::{ConfigMapSpec, VolumeKind, VolumeSpec, WorkloadKind};
use super::quantity;
use super::roster::Member;
use super::slug::slug;

/// What a workload's mounts come to.
#[derive(Debug, Clone, Default)]
pub(super) struct Mounts {
    pub(super) volumes: Vec<VolumeSpec>,
    pub(super) maps: Vec<ConfigMapSpec>,
    pub(super) warnings: Vec<Diagnostic>,
    /// Whether scripts that set a data base up are among them.
    pub(super) init_scripts: bool,
}

/// What mounts are read with.
pub(super) struct Sources<'a> {
    pub(super) facts: &'a Facts,
    pub(super) tree: &'a Tree,
    pub(super) names: &'a BTreeMap<String, String>,
    /// Compose's secrets, with the Secret and the key that each is.
    pub(super) secrets: &'a BTreeMap<String, (String, String)>,
}

/// Returns the volumes of a member, and the maps that they mount.
pub(super) fn build(member: &Member<'_>, sources: &Sources<'_>) -> Mounts {
    let mut mounts = Mounts::default();
    let given = member
        .service
        .map(|service| service.mounts.as_slice())
        .unwrap_or_default();
    for mount in given.iter().filter(|mount| !is_installed(member, mount)) {
        mounts.add(member, mount, sources);
    }
    mounts.shared_memory(member);
    mounts.data(member);
    mounts
}

/// Folders where what a program needs is installed.
const INSTALLED: &[&str] = &[
    "node_modules",
    "vendor",
    "venv",
    ".venv",
    "bower_components",
    ".next",
];

/// Returns whether a mount only keeps what a built image has installed from being hidden by the
/// sources, which are mounted for developing.
fn is_installed(member: &Member<'_>, mount: &Mount) -> bool {
    let folder = mount.target.rsplit('/').next().unwrap_or_default();
    let unnamed = matches!(mount.source, MountSource::Anonymous) || mount.folder.is_some();
    member.built() && unnamed && INSTALLED.contains(&folder)
}

/// Says that a claim takes the place of a folder, and starts empty.
fn emptied(member: &Member<'_>, mount: &Mount, folder: &str) -> Diagnostic {
    Diagnostic::warning(format!(
        "`{}` keeps its data in `{folder}` ({}): a claim, empty at first, takes its place",
        member.name, mount.origin
    ))
    .help("copy into it what is there and is needed, before the workload first starts")
}

impl Mounts {
    fn add(&mut self, member: &Member<'_>, mount: &Mount, sources: &Sources<'_>) {
        match &mount.source {
            MountSource::Volume(name) => {
                if let Some(folder) = &mount.folder {
                    self.warnings.push(emptied(member, mount, folder));
                }
                let size = member
                    .spec
                    .claim
                    .clone()
                    .unwrap_or_else(|| "1Gi".to_owned());
                // A StatefulSet's claim keeps its name for ever: it doesn't follow Compose's.
                let stable = member.kind == WorkloadKind::StatefulSet && !self.claims();
                let name = if stable { "data" } else { name };
                self.volume(name, mount, VolumeKind::Claim(size));
            }
            MountSource::Bind(path) => self.bind(member, mount, path, sources),
            MountSource::Host(path) => self.warnings.push(
                Diagnostic::warning(format!(
                    "`{}` mounts `{path}` of the host ({}), which is not carried over",
                    member.name, mount.origin
                ))
                .help("a pod has no such host: put the files into the repository or the image"),
            ),
            MountSource::Tmpfs if mount.size.is_some() => {
                let name = mount.target.trim_matches('/').to_owned();
                let size = quantity::memory(mount.size.unwrap_or_default());
                self.volume(&name, mount, VolumeKind::Memory(size));
            }
            MountSource::Anonymous | MountSource::Tmpfs => {
                let name = mount.target.trim_matches('/').to_owned();
                self.volume(&name, mount, VolumeKind::Scratch("256Mi".to_owned()));
            }
            MountSource::Config(name) => self.config(member, mount, name, sources),
            MountSource::Secret(name) => self.secret(member, mount, name, sources),
        }
    }

    /// Mounts a top-level config.
    fn config(&mut self, member: &Member<'_>, mount: &Mount, name: &str, sources: &Sources<'_>) {
        let project = sources.facts.project.as_ref();
        let config = project.and_then(|it| it.configs.iter().find(|it| it.name == *name));
        if let Some(there) = config.and_then(|config| config.external.as_ref()) {
            return self.push(VolumeSpec {
                name: slug(&format!("config-{there}")),
                path: mount.target.clone(),
                sub_path: Some(there.clone()),
                kind: VolumeKind::ConfigMap(there.clone()),
                read_only: true,
            });
        }
        let content = config.and_then(|config| config.content.as_deref());
        let file = config.and_then(|config| config.file.as_deref());
        let found = match (content, file) {
            (Some(content), _) => vec![files::File::of_text(content)],
            (None, Some(file)) => files::below(file, sources.tree),
            (None, None) => Vec::new(),
        };
        if found.is_empty() {
            let why = match file {
                Some(_) => "its file isn't in the repository, or git ignores it",
                None => "nothing in the repository says what it holds",
            };
            return self.lost(member, mount, name, why);
        }
        self.files(member, mount, found, sources);
    }

    /// Gives more of `/dev/shm` than the 64 MB that containers have.
    fn shared_memory(&mut self, member: &Member<'_>) {
        let size = member.service.and_then(|it| it.pod.shared_memory);
        if let Some(size) = size {
            self.push(VolumeSpec {
                name: "shm".to_owned(),
                path: "/dev/shm".to_owned(),
                sub_path: None,
                kind: VolumeKind::Memory(quantity::memory(size)),
                read_only: false,
            });
        }
    }

    fn claims(&self) -> bool {
        self.volumes
            .iter()
            .any(|it| matches!(it.kind, VolumeKind::Claim(_)))
    }

    fn lost(&mut self, member: &Member<'_>, mount: &Mount, name: &str, why: &str) {
        self.warnings.push(Diagnostic::warning(format!(
            "`{}` mounts `{name}` at `{}` ({}), which is not carried over: {why}",
            member.name, mount.target, mount.origin
        )));
    }

    fn volume(&mut self, name: &str, mount: &Mount, kind: VolumeKind) {
        self.push(VolumeSpec {
            name: slug(name),
            path: mount.target.clone(),
            sub_path: mount.sub_path.clone(),
            kind,
            read_only: mount.read_only,
        });
    }

    fn push(&mut self, volume: VolumeSpec) {
        if self.volumes.iter().all(|known| known.path != volume.path) {
            self.volumes.push(volume);
        }
    }

    fn bind(&mut self, member: &Member<'_>, mount: &Mount, path: &str, sources: &Sources<'_>) {
        if member.built() && (path == "/" || sources.tree.has_source(path)) {
            // The image has it already; the mount is for developing.
            return;
        }
        if path == "/" {
            let why = "it is the whole repository: build an image that holds it (`build`)";
            return self.lost(member, mount, "./", why);
        }
        let found = files::below(path, sources.tree);
        if !found.is_empty() {
            return self.files(member, mount, found, sources);
        }
        let why = "it isn't in the repository, or git ignores it";
        self.lost(member, mount, path, why);
    }

    /// Mounts a secret as a file, where it is for others of the same name.
    fn secret(&mut self, member: &Member<'_>, mount: &Mount, name: &str, sources: &Sources<'_>) {
        let Some((secret, key)) = sources.secrets.get(name) else {
            return self.lost(member, mount, name, "no top-level secret has that name");
        };
        self.push(VolumeSpec {
            name: slug(&format!("secret-{secret}")),
            path: mount.target.clone(),
            sub_path: Some(key.clone()),
            kind: VolumeKind::Secret(secret.clone()),
            read_only: true,
        });
    }

    /// Gives a data store without a volume the claim that it is to have.
    fn data(&mut self, member: &Member<'_>) {
        let claimed = self.claims();
        let path = member
            .product
            .and_then(image::Product::data_path)
            .unwrap_or("/data");
        if member.kind == WorkloadKind::StatefulSet && !claimed {
            let size = member
                .spec
                .claim
                .clone()
                .unwrap_or_else(|| "1Gi".to_owned());
            self.push(VolumeSpec {
                name: "data".to_owned(),
                path: path.to_owned(),
                sub_path: None,
                kind: VolumeKind::Claim(size),
                read_only: false,
            });
        }
    }
}
