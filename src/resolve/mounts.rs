//! Mounts: named volumes become claims, files of the repository become `ConfigMap`s.

use std::collections::BTreeMap;

use crate::diagnostic::Diagnostic;
use crate::facts::{Facts, Mount, MountSource, Tree, image};

use super::application::{ConfigMapSpec, VolumeKind, VolumeSpec, WorkloadKind};
use super::hosts;
use super::roster::Member;

/// The most that a `ConfigMap` may hold, with room for what is around it.
const MOST: usize = 900_000;
const SOURCE: &[&str] = &[
    "py", "js", "ts", "tsx", "go", "rs", "rb", "java", "php", "cs", "kt",
];

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
}

/// Returns the volumes of a member, and the maps that they mount.
pub(super) fn build(member: &Member<'_>, sources: &Sources<'_>) -> Mounts {
    let mut mounts = Mounts::default();
    let given = member
        .service
        .map(|service| service.mounts.as_slice())
        .unwrap_or_default();
    for mount in given {
        mounts.add(member, mount, sources);
    }
    mounts.data(member);
    mounts
}

impl Mounts {
    fn add(&mut self, member: &Member<'_>, mount: &Mount, sources: &Sources<'_>) {
        match &mount.source {
            MountSource::Volume(name) => {
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
            MountSource::Host(path) => self.warnings.push(Diagnostic::warning(format!(
                "`{}` mounts `{path}` of the host ({}), which is not carried over",
                member.name, mount.origin
            ))),
            MountSource::Anonymous | MountSource::Tmpfs => {
                let name = mount.target.trim_matches('/').to_owned();
                self.volume(&name, mount, VolumeKind::Scratch("256Mi".to_owned()));
            }
            MountSource::Config(name) => {
                let project = sources.facts.project.as_ref();
                let config = project.and_then(|it| it.configs.iter().find(|it| it.name == *name));
                let text = config.and_then(|config| {
                    let file = config.file.as_ref().and_then(|file| sources.tree.get(file));
                    config
                        .content
                        .clone()
                        .or_else(|| file.map(ToString::to_string))
                });
                match text {
                    Some(text) => self.file(member, mount, &text, sources),
                    None => self.lost(member, mount, name),
                }
            }
            MountSource::Secret(name) => self.lost(member, mount, name),
        }
    }

    fn claims(&self) -> bool {
        self.volumes
            .iter()
            .any(|it| matches!(it.kind, VolumeKind::Claim(_)))
    }

    fn lost(&mut self, member: &Member<'_>, mount: &Mount, name: &str) {
        self.warnings.push(Diagnostic::warning(format!(
            "`{}` mounts `{name}` at `{}` ({}), which is not carried over",
            member.name, mount.target, mount.origin
        )));
    }

    fn volume(&mut self, name: &str, mount: &Mount, kind: VolumeKind) {
        self.push(VolumeSpec {
            name: slug(name),
            path: mount.target.clone(),
            sub_path: None,
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
        if let Some(text) = sources.tree.get(path.trim_end_matches('/')) {
            return self.file(member, mount, text, sources);
        }
        let folder = format!("{}/", path.trim_end_matches('/'));
        let files: Vec<(&str, &str)> = sources
            .tree
            .iter()
            .filter_map(|(path, text)| Some((path.strip_prefix(&folder)?, text.as_ref())))
            .collect();
        let is_source = |(path, _): &(&str, &str)| {
            path.rsplit_once('.')
                .is_some_and(|(_, extension)| SOURCE.contains(&extension))
        };
        if member.built() && files.iter().any(is_source) {
            // The image has it already; the mount is for developing.
            return;
        }
        if files.is_empty() {
            let size = member
                .spec
                .claim
                .clone()
                .unwrap_or_else(|| "1Gi".to_owned());
            let kind = if member.kind == WorkloadKind::StatefulSet {
                VolumeKind::Claim(size)
            } else {
                VolumeKind::Scratch(size)
            };
            let name = path
                .trim_end_matches('/')
                .rsplit('/')
                .next()
                .unwrap_or("data");
            return self.volume(name, mount, kind);
        }
        self.folder(member, mount, &files, sources);
    }

    /// Mounts a folder: a map for each folder in it that holds files, as maps have no folders.
    fn folder(
        &mut self,
        member: &Member<'_>,
        mount: &Mount,
        files: &[(&str, &str)],
        sources: &Sources<'_>,
    ) {
        let mut folders: BTreeMap<&str, Vec<(String, String)>> = BTreeMap::new();
        for (path, text) in files {
            let (folder, file) = path.rsplit_once('/').unwrap_or(("", path));
            let text = hosts::in_text(text, sources.names);
            folders.entry(folder).or_default().push((key(file), text));
        }
        let target = mount.target.trim_end_matches('/');
        self.init_scripts |= target.ends_with("initdb.d");
        let last = target.rsplit('/').next().unwrap_or(target);
        let last = if self.init_scripts && target.ends_with("initdb.d") {
            "initdb"
        } else {
            last
        };
        for (folder, data) in folders {
            let name = slug(&format!("{}-{last}-{folder}", member.name));
            if data.iter().map(|(_, text)| text.len()).sum::<usize>() > MOST {
                self.lost(member, mount, &name);
                continue;
            }
            let path = if folder.is_empty() {
                target.to_owned()
            } else {
                format!("{target}/{folder}")
            };
            self.push(VolumeSpec {
                name: slug(&format!("{last}-{folder}")),
                path,
                sub_path: None,
                kind: VolumeKind::ConfigMap(name.clone()),
                read_only: true,
            });
            self.maps.push(ConfigMapSpec { name, data });
        }
    }

    /// Mounts one file, as a key of the workload's own map.
    fn file(&mut self, member: &Member<'_>, mount: &Mount, text: &str, sources: &Sources<'_>) {
        let name = format!("{}-config", member.name);
        let file = mount.target.rsplit('/').next().unwrap_or("config");
        let key = key(file);
        let entry = (key.clone(), hosts::in_text(text, sources.names));
        self.init_scripts |= mount.target.contains("initdb.d/");
        match self.maps.iter_mut().find(|map| map.name == name) {
            Some(map) if map.data.iter().any(|(known, _)| *known == key) => return,
            Some(map) => map.data.push(entry),
            None => self.maps.push(ConfigMapSpec {
                name: name.clone(),
                data: vec![entry],
            }),
        }
        self.push(VolumeSpec {
            name: "config".to_owned(),
            path: mount.target.clone(),
            sub_path: Some(key),
            kind: VolumeKind::ConfigMap(name),
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

/// Returns a name that Kubernetes takes: small letters, digits, hyphens, 63 at most.
pub(super) fn slug(text: &str) -> String {
    let mut slug = String::new();
    for character in text.to_lowercase().chars() {
        if character.is_ascii_alphanumeric() {
            slug.push(character);
        } else if !slug.ends_with('-') && !slug.is_empty() {
            slug.push('-');
        }
    }
    slug.truncate(63);
    slug.trim_end_matches('-').to_owned()
}

fn key(file: &str) -> String {
    let kept = |character: char| character.is_ascii_alphanumeric() || "-_.".contains(character);
    file.chars()
        .map(|character| if kept(character) { character } else { '_' })
        .collect()
}
