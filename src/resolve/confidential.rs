//! Mounted files with secrets in them: they go into Secrets, as a `ConfigMap` lies in git and is
//! read by many.
//!
//! A folder in which one file has a secret is mounted file by file: nothing can be mounted in a
//! folder that can only be read.

use crate::diagnostic::Diagnostic;
use crate::facts::secret::{self, Held};
use crate::facts::{is_source, reference};

use super::application::{
    ConfigMapSpec, SecretEntry, SecretSpec, SecretText, VolumeKind, VolumeSpec, Workload,
};
use super::slug::slug;

/// Where the users of a container are listed: there are no passwords in it.
const USERS: &str = "/etc/passwd";

/// Moves the files with secrets in them from the maps of workloads, whose owners are told, to
/// Secrets of theirs; a map that is empty then is no more.
pub(super) fn move_out(
    workloads: &mut [Workload],
    maps: &mut Vec<ConfigMapSpec>,
    owners: &mut Vec<(String, String)>,
    secrets: &mut Vec<SecretSpec>,
) -> Vec<Diagnostic> {
    let mut warnings = Vec::new();
    for (owner, name) in owners.iter() {
        let map = maps.iter_mut().find(|map| map.name == *name);
        let workload = workloads.iter_mut().find(|it| it.name == *owner);
        if let (Some(map), Some(workload)) = (map, workload) {
            let mut mounted = Mounted {
                owner,
                volumes: &mut workload.volumes,
                map,
            };
            warnings.extend(mounted.move_out(secrets));
        }
    }
    maps.retain(|map| {
        let owned = owners.iter().any(|(_, name)| *name == map.name);
        !owned || !map.data.is_empty() || !map.binary.is_empty()
    });
    owners.retain(|(_, name)| maps.iter().any(|map| map.name == *name));
    warnings
}

/// A map, and the volumes of the workload that mounts it.
struct Mounted<'m> {
    owner: &'m str,
    volumes: &'m mut Vec<VolumeSpec>,
    map: &'m mut ConfigMapSpec,
}

impl Mounted<'_> {
    fn move_out(&mut self, secrets: &mut Vec<SecretSpec>) -> Vec<Diagnostic> {
        let mounted = places(self.volumes, self.map);
        let found = mounted.into_iter().filter_map(|(key, path)| {
            let (_, text) = self.map.data.iter().find(|(known, _)| *known == key)?;
            let held = (!is_source(&path) && path != USERS).then(|| secret::in_text(&path, text));
            Some((key, path, held??))
        });
        let found: Vec<(String, String, Held)> = found.collect();
        if found.is_empty() {
            return Vec::new();
        }
        self.unfold();
        let secret = slug(&format!("{}-files", self.owner));
        let mut warnings = Vec::new();
        for (key, path, held) in found {
            if held.in_clear {
                warnings.push(told(self.owner, &path, &held, &secret));
            }
            let entry = self.moved((&key, &path), &held, &secret);
            add(secrets, &secret, entry);
        }
        warnings
    }

    /// Mounts the map's files one by one where it is mounted as a folder.
    fn unfold(&mut self) {
        for volume in std::mem::take(self.volumes) {
            if volume.sub_path.is_some() || !is_of(&volume, self.map) {
                self.volumes.push(volume);
                continue;
            }
            let files = files(self.map).into_iter();
            self.volumes.extend(files.map(|(key, path)| VolumeSpec {
                path: format!("{}/{path}", volume.path.trim_end_matches('/')),
                sub_path: Some(key),
                ..volume.clone()
            }));
        }
    }

    /// Takes a file out of the map, mounts it from the Secret, and returns what it is there.
    fn moved(&mut self, (key, path): (&str, &str), held: &Held, secret: &str) -> SecretEntry {
        let own = format!("{}-{key}", self.owner);
        let file = self.map.files.iter().find(|file| file.key == key);
        let executable = file.is_some_and(|file| file.executable);
        let programs = if executable { "-programs" } else { "" };
        for volume in self.volumes.iter_mut() {
            if volume.sub_path.as_deref() == Some(key) && is_of(volume, self.map) {
                volume.name = slug(&format!("secret-{secret}{programs}"));
                volume.sub_path = Some(own.clone());
                volume.kind = VolumeKind::Secret(secret.to_owned());
            }
        }
        let at = self.map.data.iter().position(|(known, _)| known == key);
        let text = at.map(|at| self.map.data.remove(at).1).unwrap_or_default();
        self.map.files.retain(|file| file.key != key);
        SecretEntry {
            key: own,
            reason: format!("line {} of `{path}` has {}", held.line, held.what),
            file: None,
            text: Some(SecretText {
                text,
                path: path.to_owned(),
                executable,
            }),
        }
    }
}

/// Returns the keys of a map and where each is mounted as a file.
fn places(volumes: &[VolumeSpec], map: &ConfigMapSpec) -> Vec<(String, String)> {
    let mut places = Vec::new();
    for volume in volumes.iter().filter(|volume| is_of(volume, map)) {
        match &volume.sub_path {
            Some(key) => places.push((key.clone(), volume.path.clone())),
            None => places.extend(files(map).into_iter().map(|(key, path)| {
                let path = format!("{}/{path}", volume.path.trim_end_matches('/'));
                (key, path)
            })),
        }
    }
    places
}

fn is_of(volume: &VolumeSpec, map: &ConfigMapSpec) -> bool {
    matches!(&volume.kind, VolumeKind::ConfigMap(name) if *name == map.name)
}

/// Returns the keys of a map with the paths of their files below where it is mounted.
fn files(map: &ConfigMapSpec) -> Vec<(String, String)> {
    let text = map.data.iter().map(|(key, _)| key);
    let keys = text.chain(map.binary.iter().map(|(key, _)| key));
    let path = |key: &String| {
        let file = map.files.iter().find(|file| file.key == *key);
        file.map_or_else(|| key.clone(), |file| file.path.clone())
    };
    keys.map(|key| (key.clone(), path(key))).collect()
}

/// Adds a file to its Secret, and the variables in it that no Secret has.
fn add(secrets: &mut Vec<SecretSpec>, name: &str, entry: SecretEntry) {
    let text = entry.text.as_ref().map(|text| text.text.clone());
    let text = text.unwrap_or_default();
    let known = |name: &str| {
        let mut entries = secrets.iter().flat_map(|secret| &secret.entries);
        entries.any(|entry| entry.key == name)
    };
    let mut more: Vec<SecretEntry> = Vec::new();
    for variable in reference::names(&text) {
        if !known(variable) && more.iter().all(|it| it.key != variable) {
            more.push(SecretEntry {
                key: variable.to_owned(),
                reason: format!("`{}` is made from it", entry.key),
                file: None,
                text: None,
            });
        }
    }
    let entries = std::iter::once(entry).chain(more);
    match secrets.iter_mut().find(|secret| secret.name == name) {
        Some(secret) => secret.entries.extend(entries),
        None => secrets.push(SecretSpec {
            name: name.to_owned(),
            entries: entries.collect(),
        }),
    }
}

fn told(owner: &str, path: &str, held: &Held, secret: &str) -> Diagnostic {
    Diagnostic::warning(format!(
        "`{owner}` mounts `{path}` from the repository, and line {} of it has {}: it goes into the \
         Secret `{secret}`, not into a ConfigMap",
        held.line, held.what
    ))
    .help(
        "what git holds isn't secret: change the value, and give it by a variable (`content` of a \
         config, with `${NAME}`), a file that git ignores (`secrets`), or the program's environment",
    )
}

#[cfg(test)]
mod tests {
    use super::Mounted;
    use crate::resolve::application::{ConfigMapSpec, MapFile, VolumeKind, VolumeSpec};

    /// Moves files out of one map that is mounted as a folder; returns the mounts, what is left in
    /// the map, the Secret's keys with their reasons, and how many warnings there are.
    fn moved(files: &[(&str, &str)]) -> (Vec<String>, Vec<String>, Vec<String>, usize) {
        let mut volumes = vec![VolumeSpec {
            name: "conf".to_owned(),
            path: "/etc/app".to_owned(),
            sub_path: None,
            kind: VolumeKind::ConfigMap("api-conf".to_owned()),
            read_only: true,
        }];
        let mut map = ConfigMapSpec {
            name: "api-conf".to_owned(),
            data: files
                .iter()
                .map(|(path, text)| (path.replace('/', "_"), (*text).to_owned()))
                .collect(),
            files: files
                .iter()
                .map(|(path, _)| MapFile {
                    key: path.replace('/', "_"),
                    path: (*path).to_owned(),
                    executable: false,
                })
                .collect(),
            ..ConfigMapSpec::default()
        };
        let mut secrets = Vec::new();
        let mut mounted = Mounted {
            owner: "api",
            volumes: &mut volumes,
            map: &mut map,
        };
        let warnings = mounted.move_out(&mut secrets);
        let mounts = volumes.iter().map(|it| {
            let key = it.sub_path.as_deref().unwrap_or("*");
            format!("{} {}={key}", it.name, it.path)
        });
        let kept = map.data.iter();
        let entries = secrets.iter().flat_map(|it| &it.entries);
        (
            mounts.collect(),
            kept.map(|(key, _)| key.clone()).collect(),
            entries
                .map(|it| format!("{}: {}", it.key, it.reason))
                .collect(),
            warnings.len(),
        )
    }

    #[test]
    fn a_file_with_a_password_is_mounted_from_a_secret() {
        let files = [
            ("a.yml", "x: 1\n"),
            ("sub/b.yml", "x: 1\npassword: hunter2\n"),
        ];
        let (mounts, kept, entries, warnings) = moved(&files);
        assert_eq!(
            mounts,
            [
                "conf /etc/app/a.yml=a.yml",
                "secret-api-files /etc/app/sub/b.yml=api-sub_b.yml"
            ]
        );
        assert_eq!(kept, ["a.yml"]);
        let reason = "line 2 of `/etc/app/sub/b.yml` has a value for `password`";
        assert_eq!(entries, [format!("api-sub_b.yml: {reason}")]);
        assert_eq!(warnings, 1);
    }

    #[test]
    fn what_is_made_from_a_variable_asks_for_it() {
        let text = format!("a: {}\n", crate::facts::reference::to("DB_PASSWORD"));
        let (mounts, kept, entries, warnings) = moved(&[("a.yml", &text)]);
        assert_eq!(mounts, ["secret-api-files /etc/app/a.yml=api-a.yml"]);
        assert!(kept.is_empty());
        assert_eq!(
            entries,
            [
                "api-a.yml: line 1 of `/etc/app/a.yml` has the value of `DB_PASSWORD`",
                "DB_PASSWORD: `api-a.yml` is made from it",
            ]
        );
        assert_eq!(warnings, 0, "nothing stands there in clear");
    }

    #[test]
    fn folders_without_secrets_stay_as_they_are() {
        let (mounts, kept, entries, _) = moved(&[("a.yml", "x: 1\n"), ("b.js", "password = p1\n")]);
        assert_eq!(mounts, ["conf /etc/app=*"]);
        assert_eq!((kept.len(), entries.len()), (2, 0));
    }
}
