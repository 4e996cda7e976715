//! Mounts: named volumes become claims, files of the repository become `ConfigMap`s.

mod files;
mod holds;

use std::collections::BTreeMap;

use crate::diagnostic::Diagnostic;
use crate::facts::{Facts, Mount, MountSource, Origin, Tree, image};
use crate::settings::PhaseSettings;

use super::application::{ConfigMapSpec, VolumeKind, VolumeSpec, WorkloadKind};
use super::quantity;
use super::roster::Member;
use super::slug::slug;
use holds::Held;

/// What a workload's mounts come to.
#[derive(Debug, Clone, Default)]
pub(super) struct Mounts {
    pub(super) volumes: Vec<VolumeSpec>,
    pub(super) maps: Vec<ConfigMapSpec>,
    pub(super) warnings: Vec<Diagnostic>,
    /// Whether scripts that set a data base up are among them.
    pub(super) init_scripts: bool,
    /// The map of files that are mounted one by one.
    of_files: Option<String>,
    /// What is left out because the image holds it, in words.
    pub(super) left_out: Vec<String>,
    /// What is carried over and belongs in an image.
    pub(super) carried: Vec<Carried>,
}

/// What mounts are read with.
pub(super) struct Sources<'a> {
    pub(super) phase: &'a PhaseSettings,
    pub(super) facts: &'a Facts,
    pub(super) tree: &'a Tree,
    pub(super) names: &'a BTreeMap<String, String>,
    /// Compose's secrets, with the Secret and the key that each is.
    pub(super) secrets: &'a BTreeMap<String, (String, String)>,
    /// The name of the map of variables, which no map of files may have.
    pub(super) config: Option<&'a str>,
}

/// Source code or content of the repository, carried over as configuration is.
#[derive(Debug, Clone)]
pub(super) struct Carried {
    path: String,
    target: String,
    origin: Origin,
    /// Whether it is source code.
    source: bool,
    /// How many files it is.
    count: usize,
    /// Whether the image is built here.
    built: bool,
    /// The workloads that mount it by that line.
    by: Vec<String>,
}

/// Says of what is carried over that it belongs in an image: each line of a Compose file once.
pub(super) fn told(all: Vec<Carried>) -> Vec<Diagnostic> {
    let mut once: Vec<Carried> = Vec::new();
    for one in all {
        let same = |it: &&mut Carried| {
            it.origin == one.origin && it.target == one.target && it.built == one.built
        };
        match once.iter_mut().find(same) {
            Some(known) => known.by.extend(one.by),
            None => once.push(one),
        }
    }
    let told = once.into_iter().map(|it| {
        let what = if it.source { "source code" } else { "content" };
        let files = if it.count == 1 { "file" } else { "files" };
        let (get, can) = if it.by.len() == 1 {
            ("gets", "it")
        } else {
            ("get", "they")
        };
        Diagnostic::warning(format!(
            "`{}` {get} {what} from `{}` at `{}` ({}): {} {files} in a ConfigMap, which {can} can \
             only read",
            it.by.join("`, `"),
            it.path,
            it.target,
            it.origin,
            it.count,
        ))
        .help(way(&it.path, &it.target, &it.by, it.built))
    });
    told.collect()
}

fn not_carried(member: &Member<'_>, mount: &Mount, name: &str, why: &str) -> Diagnostic {
    Diagnostic::warning(format!(
        "`{}` mounts `{name}` at `{}` ({}), which is not carried over: {why}",
        member.name, mount.target, mount.origin
    ))
}

/// Returns how what is mounted gets into an image.
fn way(from: &str, target: &str, by: &[String], built: bool) -> String {
    if built {
        return format!("let its Dockerfile hold it: COPY {from} {target}");
    }
    let names = by.join(", ");
    format!(
        "build an image that holds it (`FROM` the one that runs now, `COPY {from} {target}`), by \
         `build` in the Compose file, or name one in the phase's settings, table [images]: {names}; \
         the mount is left out then"
    )
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
        self.warnings.push(not_carried(member, mount, name, why));
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

    /// Adds a volume; one of another kind gets another name than those that are there.
    fn push(&mut self, volume: VolumeSpec) {
        if self.volumes.iter().any(|known| known.path == volume.path) {
            return;
        }
        let taken = |name: &str| {
            let mut volumes = self.volumes.iter();
            volumes.any(|known| known.name == name && known.kind != volume.kind)
        };
        let name = free(&volume.name, taken);
        self.volumes.push(VolumeSpec { name, ..volume });
    }

    fn bind(&mut self, member: &Member<'_>, mount: &Mount, path: &str, sources: &Sources<'_>) {
        let whole = path == "/";
        let found = if whole {
            Vec::new()
        } else {
            files::below(path, sources.tree)
        };
        if self.is_kept(member, mount, path, &found) {
            return;
        }
        // A folder of settings may be a program's too: its image is built with it.
        let own = member.built() && sources.tree.has_source(path);
        let held = if own {
            Held::Source
        } else {
            files::held(mount, path, &found)
        };
        if (whole || held == Held::Source) && self.holds(member, mount, path, sources) {
            return;
        }
        if whole {
            let why = "it is the whole repository, and no ConfigMap holds a program";
            let by = std::slice::from_ref(&member.name);
            let out = way(".", &mount.target, by, false);
            let warning = not_carried(member, mount, "./", why).help(out);
            return self.warnings.push(warning);
        }
        if found.is_empty() {
            let why = "it isn't in the repository, or git ignores it";
            return self.lost(member, mount, path, why);
        }
        let lost = self.warnings.len();
        let count = found.len();
        self.files(member, mount, found, sources);
        if held != Held::Configuration && self.warnings.len() == lost {
            self.carried.push(Carried {
                path: path.to_owned(),
                target: mount.target.clone(),
                origin: mount.origin.clone(),
                source: held == Held::Source,
                count,
                built: member.built(),
                by: vec![member.name.clone()],
            });
        }
    }

    /// Returns whether the folder is one that a known program keeps its data in: a claim takes its
    /// place, whatever the repository has there.
    fn is_kept(
        &mut self,
        member: &Member<'_>,
        mount: &Mount,
        path: &str,
        found: &[files::File<'_>],
    ) -> bool {
        let data = member.product.and_then(|product| product.known().data);
        let own = data.is_some_and(|data| data.path == mount.target);
        if !own || mount.read_only || found.is_empty() || !path.ends_with('/') {
            return false;
        }
        self.warnings.push(emptied(member, mount, path));
        let size = member.spec.claim.clone();
        let size = size.unwrap_or_else(|| "1Gi".to_owned());
        self.volume("data", mount, VolumeKind::Claim(size));
        true
    }

    /// Returns whether the image holds already what is mounted from the repository, for developing:
    /// it is built here, or settings name one.
    fn holds(
        &mut self,
        member: &Member<'_>,
        mount: &Mount,
        path: &str,
        sources: &Sources<'_>,
    ) -> bool {
        let build = member.service.and_then(|service| service.build.as_ref());
        let shown = if path == "/" { "./" } else { path };
        let Mount { target, origin, .. } = mount;
        if let Some(build) = build {
            let context = format!("{}/", build.context);
            let inside = build.context.is_empty() || path.starts_with(&context) || path == context;
            if inside || path == "/" {
                self.left_out.push(format!(
                    "`{shown}` at `{target}` is left out: the image is built from it ({origin})"
                ));
                return true;
            }
            self.warnings.push(
                Diagnostic::warning(format!(
                    "`{}` mounts source code from `{shown}` at `{target}` ({origin}), which is \
                     left out, and its image is built from `{}`, where it isn't",
                    member.name, build.context
                ))
                .help("let its Dockerfile copy it: build from a folder that holds both"),
            );
            return true;
        }
        let named = super::images::replaced(member, sources.phase);
        if let Some(image) = named {
            self.left_out.push(format!(
                "`{shown}` at `{target}` is left out: `{image}` is to hold it ({origin})"
            ));
            return true;
        }
        false
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

    /// Gives what keeps data, and has no volume for it, the claim that it is to have.
    fn data(&mut self, member: &Member<'_>) {
        let known = member.product.map(image::Product::known);
        let own = known.and_then(|it| it.data).map(|data| data.path);
        // The pods of one Deployment would write the same data.
        let alone =
            member.kind == WorkloadKind::Deployment && member.spec.replicas.unwrap_or(1) < 2;
        let keeps = alone && known.is_some_and(|it| it.keeps);
        let asked = alone && own.is_some() && member.spec.claim.is_some();
        let path = own.unwrap_or("/data");
        let taken = self.volumes.iter().any(|it| it.path == path);
        let wanted = member.kind == WorkloadKind::StatefulSet || keeps || asked;
        if !wanted || taken || self.claims() {
            return;
        }
        let size = member.spec.claim.clone();
        self.push(VolumeSpec {
            name: "data".to_owned(),
            path: path.to_owned(),
            sub_path: None,
            kind: VolumeKind::Claim(size.unwrap_or_else(|| "1Gi".to_owned())),
            read_only: false,
        });
    }
}

/// Returns a name that isn't taken: that one, or the first of its numbers from two on.
fn free(name: &str, taken: impl Fn(&str) -> bool) -> String {
    let numbered = (2..).map(|number: u32| format!("{name}-{number}"));
    let mut names = std::iter::once(name.to_owned()).chain(numbered);
    names.find(|it| !taken(it)).unwrap_or_default()
}
