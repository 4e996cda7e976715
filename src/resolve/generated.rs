//! Which `ConfigMap`s kustomize generates, so that a name tells what is in it: those that no task
//! asks for by a file, where there is a `kustomization.yml`. What they hold lies in files below it,
//! as kustomize reads nothing from elsewhere.

use std::collections::BTreeSet;

use crate::facts::Tree;
use crate::manifest::{generated, is_kustomization};

use super::application::{ConfigMapSpec, Content, FileOrigin, FileSpec, ManifestItem};
use super::rules::Read;
use super::target::FileKind;

/// The folder beside `kustomization.yml` that holds what is mounted.
const FOLDER: &str = "files";

/// The maps that a `kustomization.yml` of an earlier phase generates.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Base {
    /// The path of that `kustomization.yml`.
    pub(super) path: String,
    /// The phase's number.
    pub(super) phase: u32,
    /// The names of the maps.
    pub(super) maps: BTreeSet<String>,
}

impl Base {
    /// Returns what an earlier phase has kustomize generate by a file; none where that is nothing.
    pub(super) fn read(path: &str, phase: u32, tree: &Tree) -> Option<Self> {
        let text = tree.get(path).filter(|_| is_kustomization(path))?;
        let objects = generated(path, text, |path| tree.get(path).map(|it| &**it));
        let maps: BTreeSet<String> = objects.into_iter().map(|it| it.name).collect();
        let path = path.to_owned();
        (!maps.is_empty()).then_some(Self { path, phase, maps })
    }
}

/// Takes the maps that kustomize generates out of the manifests, and adds the files that they are
/// made of. `owners` names the maps that hold a workload's files; what others hold are variables,
/// which `kustomization.yml` lists itself. Where this phase writes none, that of an earlier phase is
/// written again if it generates one of the maps: it couldn't be built beside a manifest of it.
/// Returns the number of that phase.
pub(super) fn divide(
    maps: &mut [ConfigMapSpec],
    files: &mut Vec<FileSpec>,
    reads: &[Read<'_>],
    (owners, earlier): (&[(String, String)], Option<&Base>),
) -> Option<u32> {
    let own = files
        .iter()
        .find(|file| file.content == Content::Kustomization);
    let (path, of_phase) = match (own, earlier) {
        (Some(own), _) => (own.path.clone(), None),
        (None, Some(base)) if maps.iter().any(|it| is_doubled(it, base, files)) => {
            files.push(written_again(base, files));
            (base.path.clone(), Some(base.phase))
        }
        (None, _) => return None,
    };
    let before = earlier.filter(|it| it.path == path).map(|it| &it.maps);
    let folder = match path.rsplit_once('/') {
        Some((folder, _)) => format!("{folder}/{FOLDER}"),
        None => FOLDER.to_owned(),
    };
    let asked = |path: &str| {
        let mut targets = reads.iter().filter_map(Read::target);
        targets.any(|target| target.kind == FileKind::ConfigMap && target.path == path)
    };
    let mut more = Vec::new();
    for map in maps {
        let item = ManifestItem::ConfigMap(map.name.clone());
        let origin = match holder(&item, files) {
            Some((path, _, _)) if asked(path) || !can_be_generated(map) => continue,
            Some((_, origin, items)) => {
                items.retain(|known| *known != item);
                origin.clone()
            }
            // What an earlier phase has generated stays so.
            None if before.is_some_and(|it| it.contains(&map.name)) && can_be_generated(map) => {
                let of_base = files.iter().find(|file| file.path == path);
                let Some(base) = of_base else { continue };
                base.origin.clone()
            }
            None => continue,
        };
        map.generated = true;
        if owners.iter().any(|(_, owned)| *owned == map.name) {
            let section = section(&origin);
            more.extend(map.data.iter().map(|(key, _)| FileSpec {
                path: format!("{folder}/{}/{key}", map.name),
                origin: FileOrigin::Unassigned {
                    reason: format!("a file of ConfigMap {}", map.name),
                    section: section.clone(),
                },
                content: Content::ConfigFile {
                    map: map.name.clone(),
                    key: key.clone(),
                },
            }));
        }
    }
    // A file that held nothing else isn't needed, unless a task asks for it.
    files.retain(|file| {
        let empty = file.content == Content::Manifests(Vec::new());
        !empty || matches!(file.origin, FileOrigin::Task { .. })
    });
    files.extend(more);
    of_phase
}

/// Returns the manifest that holds an object, with who asks for it.
fn holder<'f>(
    item: &ManifestItem,
    files: &'f mut [FileSpec],
) -> Option<(&'f str, &'f FileOrigin, &'f mut Vec<ManifestItem>)> {
    files.iter_mut().find_map(|file| match &mut file.content {
        Content::Manifests(items) if items.contains(item) => {
            Some((file.path.as_str(), &file.origin, items))
        }
        Content::Manifests(_)
        | Content::Kustomization
        | Content::Overlay(_)
        | Content::Readme
        | Content::ConfigFile { .. } => None,
    })
}

/// Returns whether a manifest would hold a map that an earlier phase has kustomize generate.
fn is_doubled(map: &ConfigMapSpec, base: &Base, files: &[FileSpec]) -> bool {
    let item = ManifestItem::ConfigMap(map.name.clone());
    base.maps.contains(&map.name) && files.iter().any(|file| file.holds(&item))
}

/// Returns the `kustomization.yml` of an earlier phase, to be written again.
fn written_again(base: &Base, files: &[FileSpec]) -> FileSpec {
    let section = files.first().map(|file| section(&file.origin));
    FileSpec {
        path: base.path.clone(),
        origin: FileOrigin::Unassigned {
            reason: "the ConfigMaps that kustomize generates".to_owned(),
            section: section.unwrap_or_default(),
        },
        content: Content::Kustomization,
    }
}

/// Returns whether kustomize makes the same of a map's content: its files are text, it writes no
/// control characters, and reads line ends as its YAML library does.
fn can_be_generated(map: &ConfigMapSpec) -> bool {
    let plain = |text: &str| {
        text.chars()
            .all(|it| matches!(it, '\n' | '\t') || !it.is_control())
            && !text.contains(['\u{feff}', '\u{2028}', '\u{2029}'])
    };
    map.binary.is_empty() && !map.data.is_empty() && map.data.iter().all(|(_, value)| plain(value))
}

fn section(origin: &FileOrigin) -> String {
    match origin {
        FileOrigin::Unassigned { section, .. } => section.clone(),
        FileOrigin::Task { id, .. } => {
            let id = id.to_string();
            let section = id.rsplit_once('.').map(|(section, _)| section.to_owned());
            section.unwrap_or(id)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::can_be_generated;
    use crate::resolve::ConfigMapSpec;

    #[track_caller]
    fn check(value: &str, expected: bool) {
        let map = ConfigMapSpec {
            name: "a".to_owned(),
            data: vec![("key".to_owned(), value.to_owned())],
            ..ConfigMapSpec::default()
        };
        assert_eq!(can_be_generated(&map), expected);
    }

    #[test]
    fn what_kustomize_would_change_is_left_to_a_manifest() {
        check("a: 1\n\tb <&> \"é\"\n", true);
        check("", true);
        check("a\r\nb\r\n", false);
        check("\u{1b}[31m", false);
        let binary = ConfigMapSpec {
            binary: vec![("key".to_owned(), vec![0xff])],
            ..ConfigMapSpec::default()
        };
        assert!(!can_be_generated(&binary));
    }
}
