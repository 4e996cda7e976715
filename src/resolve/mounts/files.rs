//! Files of the repository that are mounted: `ConfigMap`s, one for each folder that holds files, as
//! a volume of one map can't be mounted in another.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::super::application::{ConfigMapSpec, MapFile, VolumeKind, VolumeSpec};
use super::super::hosts;
use super::super::roster::Member;
use super::super::slug::slug;
use super::holds::{self, Held};
use super::{Mounts, Sources, free};
use crate::facts::{Mount, Tree};

/// The most that a `ConfigMap` may hold, with room for what is around it.
const MOST: usize = 1_000_000;

/// A file that is to be mounted.
pub(super) struct File<'t> {
    /// Its path below what is mounted; empty for a file that is mounted itself.
    path: &'t str,
    content: Content<'t>,
    executable: bool,
}

enum Content<'t> {
    Text(&'t str),
    Binary(Arc<[u8]>),
    /// Nobody could read it whole.
    TooLarge(u64),
}

impl<'t> File<'t> {
    /// Returns a file that the Compose file itself holds.
    pub(super) fn of_text(text: &'t str) -> Self {
        Self {
            path: "",
            content: Content::Text(text),
            executable: false,
        }
    }

    /// Returns the folder that it lies in, and its name.
    fn place(&self) -> (&'t str, &'t str) {
        self.path.rsplit_once('/').unwrap_or(("", self.path))
    }

    fn size(&self) -> usize {
        match &self.content {
            Content::Text(text) => text.len(),
            // As base64.
            Content::Binary(bytes) => bytes.len().div_ceil(3) * 4,
            Content::TooLarge(size) => usize::try_from(*size).unwrap_or(usize::MAX),
        }
    }
}

/// Returns the file at a path of the workspace, or those of the folder there.
pub(super) fn below<'t>(path: &str, tree: &'t Tree) -> Vec<File<'t>> {
    let path = path.trim_end_matches('/');
    let other = |path: &'t str, whole: &str, other: &'t crate::facts::Other| File {
        path,
        content: match &other.bytes {
            Some(bytes) => Content::Binary(Arc::clone(bytes)),
            None => Content::TooLarge(other.size),
        },
        executable: tree.is_executable(whole),
    };
    if let Some(text) = tree.get(path) {
        return vec![File {
            executable: tree.is_executable(path),
            ..File::of_text(text)
        }];
    }
    if let Some(found) = tree.other(path) {
        return vec![other("", path, found)];
    }
    let folder = format!("{path}/");
    let texts = tree.iter().filter_map(|(path, text)| {
        Some(File {
            path: path.strip_prefix(&folder)?,
            executable: tree.is_executable(path),
            ..File::of_text(text)
        })
    });
    let others = tree.others_in(path).filter_map(|(path, found)| {
        let below = path.strip_prefix(&folder)?;
        Some(other(below, path, found))
    });
    let mut files: Vec<File<'t>> = texts.chain(others).collect();
    files.sort_by(|a, b| a.path.cmp(b.path));
    files
}

/// Returns what files of that path of the repository are to the program that they are mounted for.
pub(super) fn held(mount: &Mount, path: &str, files: &[File<'_>]) -> Held {
    let single = matches!(files, [file] if file.path.is_empty());
    let names = files
        .iter()
        .map(|file| if single { path } else { file.path });
    holds::held(&mount.target, names, single)
}

/// Returns whether files fit no map together, and each alone does.
fn splits(files: &[File<'_>]) -> bool {
    let sum = files.iter().map(File::size).fold(0, usize::saturating_add);
    sum > MOST && files.iter().all(|file| file.size() <= MOST)
}

fn join(folder: &str, path: &str) -> String {
    if path.is_empty() {
        folder.to_owned()
    } else {
        format!("{folder}/{path}")
    }
}

impl Mounts {
    /// Mounts one file, or those of a folder.
    pub(super) fn files(
        &mut self,
        member: &Member<'_>,
        mount: &Mount,
        files: Vec<File<'_>>,
        sources: &Sources<'_>,
    ) {
        match files.as_slice() {
            [file] if file.path.is_empty() => self.file(member, mount, file, sources),
            _ => self.folder(member, mount, files, sources),
        }
    }

    /// Mounts a folder: a map for each folder in it that holds files. What lies below such a folder
    /// goes into its map: a volume can't be mounted in a read-only one.
    fn folder(
        &mut self,
        member: &Member<'_>,
        mount: &Mount,
        files: Vec<File<'_>>,
        sources: &Sources<'_>,
    ) {
        let target = mount.target.trim_end_matches('/');
        let init = target.ends_with("initdb.d");
        self.init_scripts |= init;
        let last = target.rsplit('/').next().unwrap_or(target);
        let last = if init { "initdb" } else { last };
        for (folder, files) in by_map(files) {
            let name = self.map_name(&slug(&format!("{}-{last}-{folder}", member.name)), sources);
            let mut map = ConfigMapSpec {
                name: name.clone(),
                ..ConfigMapSpec::default()
            };
            for file in &files {
                let path = file.path.strip_prefix(folder).unwrap_or(file.path);
                add(&mut map, path.trim_start_matches('/'), file, sources);
            }
            if splits(&files) {
                let path = join(target, folder);
                self.split(&name, &path, (folder, &files), sources);
                continue;
            }
            if !self.fits(member, mount, &files) {
                continue;
            }
            // Without folders or programs in it, each key is a file of its own name.
            if map
                .files
                .iter()
                .all(|it| it.key == it.path && !it.executable)
            {
                map.files.clear();
            }
            self.push(VolumeSpec {
                name: slug(&format!("{last}-{folder}")),
                path: join(target, folder),
                sub_path: None,
                kind: VolumeKind::ConfigMap(name),
                read_only: true,
            });
            self.maps.push(map);
        }
    }

    /// Mounts files one by one, from as many maps as they need together.
    fn split(
        &mut self,
        name: &str,
        target: &str,
        (folder, files): (&str, &[File<'_>]),
        sources: &Sources<'_>,
    ) {
        let (mut number, mut room) = (0, 0);
        for file in files {
            if number == 0 || room < file.size() {
                number += 1;
                self.maps.push(ConfigMapSpec {
                    name: format!("{name}-{number}"),
                    ..ConfigMapSpec::default()
                });
                room = MOST;
            }
            room = room.saturating_sub(file.size());
            let Some(map) = self.maps.last_mut() else {
                return;
            };
            let path = file.path.strip_prefix(folder).unwrap_or(file.path);
            let path = path.trim_start_matches('/');
            let key = add(map, path, file, sources);
            let map = map.name.clone();
            self.push(VolumeSpec {
                name: map.clone(),
                path: join(target, path),
                sub_path: Some(key),
                kind: VolumeKind::ConfigMap(map),
                read_only: true,
            });
        }
    }

    /// Says so where files are too large for a `ConfigMap`.
    fn fits(&mut self, member: &Member<'_>, mount: &Mount, files: &[File<'_>]) -> bool {
        let size: usize = files
            .iter()
            .fold(0, |sum, file| sum.saturating_add(file.size()));
        let unread = files
            .iter()
            .any(|file| matches!(file.content, Content::TooLarge(_)));
        if size <= MOST && !unread {
            return true;
        }
        let largest = files.iter().max_by_key(|file| file.size());
        let largest = largest.map_or("", |file| file.path);
        let named = if largest.is_empty() {
            String::new()
        } else {
            format!(", the largest is `{largest}`")
        };
        let why = format!(
            "it has {} KiB{named}, and a ConfigMap holds 1 MiB: put it into the image or a volume",
            size.div_ceil(1024)
        );
        let what = mount.target.clone();
        self.lost(member, mount, &what, &why);
        false
    }

    /// Mounts one file, as a key of the workload's own map; or in the folder of a map that is
    /// mounted around it.
    fn file(&mut self, member: &Member<'_>, mount: &Mount, file: &File<'_>, sources: &Sources<'_>) {
        if !self.fits(member, mount, std::slice::from_ref(file)) {
            return;
        }
        self.init_scripts |= mount.target.contains("initdb.d/");
        if self.joined(mount, file, sources) {
            return;
        }
        let known = self.of_files.clone();
        let name =
            known.unwrap_or_else(|| self.map_name(&format!("{}-config", member.name), sources));
        self.of_files = Some(name.clone());
        let path = mount.target.rsplit('/').next().unwrap_or("config");
        let at = self.maps.iter().position(|map| map.name == name);
        let at = at.unwrap_or_else(|| {
            self.maps.push(ConfigMapSpec {
                name: name.clone(),
                ..ConfigMapSpec::default()
            });
            self.maps.len() - 1
        });
        let Some(map) = self.maps.get_mut(at) else {
            return;
        };
        let key = add(map, path, file, sources);
        self.push(VolumeSpec {
            name: "config".to_owned(),
            path: mount.target.clone(),
            sub_path: Some(key),
            kind: VolumeKind::ConfigMap(name),
            read_only: true,
        });
    }

    /// Returns that name for a map, or one like it where another map has it.
    fn map_name(&self, name: &str, sources: &Sources<'_>) -> String {
        free(name, |name| {
            // What is split has numbers behind its name.
            let split = format!("{name}-1");
            let mut maps = self.maps.iter().map(|map| map.name.as_str());
            sources.config == Some(name) || maps.any(|it| it == name || it == split)
        })
    }

    /// Adds a file to the map that is mounted at a folder around it.
    fn joined(&mut self, mount: &Mount, file: &File<'_>, sources: &Sources<'_>) -> bool {
        let around = self.volumes.iter().find_map(|volume| {
            let VolumeKind::ConfigMap(map) = &volume.kind else {
                return None;
            };
            let folder = volume.path.trim_end_matches('/');
            let path = mount.target.strip_prefix(folder)?.strip_prefix('/')?;
            volume.sub_path.is_none().then(|| (map.clone(), path))
        });
        let Some((name, path)) = around else {
            return false;
        };
        let Some(map) = self.maps.iter_mut().find(|map| map.name == name) else {
            return false;
        };
        if map.files.is_empty() {
            let keys = map.data.iter().map(|(key, _)| key);
            let keys = keys.chain(map.binary.iter().map(|(key, _)| key));
            map.files = keys
                .map(|key| MapFile {
                    key: key.clone(),
                    path: key.clone(),
                    executable: false,
                })
                .collect();
        }
        // What is mounted over a file of the folder takes its place.
        if let Some(at) = map.files.iter().position(|known| known.path == path) {
            let known = map.files.remove(at);
            map.data.retain(|(key, _)| *key != known.key);
            map.binary.retain(|(key, _)| *key != known.key);
        }
        add(map, path, file, sources);
        true
    }
}

/// Returns the files by the folder whose map they go to: the topmost one around them that holds a
/// file itself.
fn by_map(files: Vec<File<'_>>) -> BTreeMap<&str, Vec<File<'_>>> {
    let mut folders: Vec<&str> = files.iter().map(|file| file.place().0).collect();
    folders.sort_unstable();
    folders.dedup();
    let around = |folder: &str, other: &str| {
        other.is_empty()
            || folder
                .strip_prefix(other)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    let mut maps: BTreeMap<&str, Vec<File<'_>>> = BTreeMap::new();
    for file in files {
        let own = file.place().0;
        // Sorted, the topmost comes first.
        let top = folders.iter().find(|other| around(own, other));
        maps.entry(top.copied().unwrap_or(own))
            .or_default()
            .push(file);
    }
    maps
}

/// Adds a file to a map, and returns its key.
fn add(map: &mut ConfigMapSpec, path: &str, file: &File<'_>, sources: &Sources<'_>) -> String {
    let wanted = key(path);
    let mut key = wanted.clone();
    let mut number = 1;
    while map.files.iter().any(|known| known.key == key) {
        number += 1;
        key = format!("{wanted}-{number}");
    }
    match &file.content {
        Content::Text(text) => {
            let text = hosts::in_text(text, sources.names);
            map.data.push((key.clone(), text));
        }
        Content::Binary(bytes) => map.binary.push((key.clone(), bytes.to_vec())),
        Content::TooLarge(_) => {}
    }
    map.files.push(MapFile {
        key: key.clone(),
        path: path.to_owned(),
        executable: file.executable,
    });
    key
}

/// Returns a file's path as a key: letters, digits and `-_.` are taken.
fn key(path: &str) -> String {
    let kept = |character: char| character.is_ascii_alphanumeric() || "-_.".contains(character);
    path.chars()
        .map(|character| if kept(character) { character } else { '_' })
        .collect()
}

#[cfg(test)]
mod tests;
