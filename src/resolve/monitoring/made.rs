//! Files that are made, in maps of their own or in one that is mounted around them.

use super::super::application::{ConfigMapSpec, MapFile, VolumeKind};
use super::{Parts, grafana};

/// Files that are made.
pub(super) struct Generated {
    pub(super) map: String,
    pub(super) path: String,
    pub(super) files: Vec<(String, String)>,
}

/// Mounts files that are made, unless something is mounted there already. Nothing can be mounted in
/// a map that is mounted around them: there they join it.
pub(super) fn add(parts: &mut Parts<'_>, owner: &str, generated: Generated) {
    let Some(workload) = parts.workloads.iter_mut().find(|it| it.name == owner) else {
        return;
    };
    let mut volumes = workload.volumes.iter();
    if volumes.any(|volume| volume.path == generated.path) {
        return;
    }
    let around = workload.volumes.iter().find_map(|volume| {
        let rest = generated
            .path
            .strip_prefix(volume.path.trim_end_matches('/'))?;
        let VolumeKind::ConfigMap(map) = &volume.kind else {
            return None;
        };
        let folder = rest.strip_prefix('/')?.to_owned();
        volume.sub_path.is_none().then(|| (map.clone(), folder))
    });
    if let Some((map, folder)) = around {
        join(parts.maps, &map, &folder, generated.files);
        return;
    }
    let kind = VolumeKind::ConfigMap(generated.map.clone());
    workload
        .volumes
        .push(grafana::mount(&generated.map, &generated.path, kind));
    parts.maps.push((
        owner.to_owned(),
        ConfigMapSpec {
            name: generated.map,
            data: generated.files,
            ..ConfigMapSpec::default()
        },
    ));
}

/// Adds files to a map, in a folder of it.
fn join(
    maps: &mut [(String, ConfigMapSpec)],
    name: &str,
    folder: &str,
    files: Vec<(String, String)>,
) {
    let Some((_, map)) = maps.iter_mut().find(|(_, map)| map.name == name) else {
        return;
    };
    if map.files.is_empty() {
        let keys = map.data.iter().map(|(key, _)| key);
        let own = keys.chain(map.binary.iter().map(|(key, _)| key));
        let as_it_is = own.map(|key| MapFile {
            key: key.clone(),
            path: key.clone(),
            executable: false,
        });
        map.files = as_it_is.collect();
    }
    for (file, text) in files {
        let path = format!("{folder}/{file}");
        if map.files.iter().any(|known| known.path == path) {
            continue;
        }
        let key = path.replace('/', "-");
        map.files.push(MapFile {
            key: key.clone(),
            path,
            executable: false,
        });
        map.data.push((key, text));
    }
}
