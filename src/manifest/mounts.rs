//! What a container mounts, and the volumes that stand behind it: what the workload names, then
//! what its image needs beside.

use k8s_openapi::api::core::v1::{
    ConfigMapVolumeSource, EmptyDirVolumeSource, KeyToPath, PersistentVolumeClaimVolumeSource,
    SecretVolumeSource, Volume, VolumeMount,
};

use super::container::some;
use super::quantity::quantity;
use super::{claims, known, users};
use crate::facts::image::{Known, Seeded};
use crate::resolve::{Application, ConfigMapSpec, VolumeKind, VolumeSpec, Workload, WorkloadKind};

/// Where every container may write.
const TMP: (&str, &str) = ("/tmp", "64Mi");
/// What everybody may read, and run.
const EXECUTABLE: i32 = 0o555;
/// What the pod's group may read alone.
const PRIVATE: i32 = 0o440;
/// What it may read and run.
const PRIVATE_EXECUTABLE: i32 = 0o550;

/// A mount in the container, with its volume in the pod.
#[derive(Debug, Clone)]
pub(super) struct Mounted {
    /// The mount.
    pub(super) mount: VolumeMount,
    /// The volume; `None` for a claim that the `StatefulSet` makes.
    pub(super) volume: Option<Volume>,
    /// The size limit of scratch space.
    pub(super) scratch: Option<String>,
    /// Whether the image's own content is copied there first.
    pub(super) seeded: bool,
}

/// Returns what the container mounts: what the workload names, then what its image needs beside.
pub(super) fn mounts(application: &Application, workload: &Workload) -> Vec<Mounted> {
    let image = known::known(workload);
    let mut specs = workload.volumes.clone();
    specs.extend(users::mount(workload));
    let own = specs.len();
    // Scratch space over a folder of a claim would swallow the data.
    let data = image.and_then(|known| known.data).filter(|data| {
        let volumes = &workload.volumes;
        !volumes.iter().any(|volume| holds(&volume.path, data.path))
    });
    let data = data.map(|data| (data.path, data.size));
    let beside = image.map_or(&[][..], |known| known.scratch);
    let seeds: Vec<Seeded> = image
        .map(|known| seeds(known, workload))
        .unwrap_or_default();
    let wanted = data
        .into_iter()
        .chain(beside.iter().copied())
        .chain(seeds.iter().map(|seed| (seed.path, seed.size)))
        .chain(std::iter::once(TMP));
    for (path, size) in wanted {
        if !specs
            .iter()
            .any(|spec| spec.path.trim_end_matches('/') == path)
        {
            let name = free_name(&specs, path);
            specs.push(scratch(name, path, size));
        }
    }
    let is_seed = |at: usize, path: &str| at >= own && seeds.iter().any(|it| it.path == path);
    specs
        .iter()
        .enumerate()
        .map(|(at, spec)| Mounted {
            seeded: is_seed(at, &spec.path),
            ..mounted(application, workload, spec)
        })
        .collect()
}

/// Returns the folders whose content the image changes, and over which nothing else is mounted.
fn seeds(known: &Known, workload: &Workload) -> Vec<Seeded> {
    let volumes = &workload.volumes;
    let needed = |seed: &&Seeded| {
        let asked = seed
            .when
            .is_none_or(|when| volumes.iter().any(|volume| holds(when, &volume.path)));
        asked && !volumes.iter().any(|volume| holds(&volume.path, seed.path))
    };
    known.seeded.iter().filter(needed).copied().collect()
}

/// Returns whether a path is a folder or lies in it.
fn holds(folder: &str, path: &str) -> bool {
    path.strip_prefix(folder.trim_end_matches('/'))
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Returns a volume's name after a path that no other volume has.
fn free_name(specs: &[VolumeSpec], path: &str) -> String {
    let mut name = path.trim_matches('/').replace(['/', '.', '_'], "-");
    while specs.iter().any(|spec| spec.name == name) {
        name.push_str("-scratch");
    }
    name
}

fn scratch(name: String, path: &str, size: &str) -> VolumeSpec {
    VolumeSpec {
        name,
        path: path.to_owned(),
        sub_path: None,
        kind: VolumeKind::Scratch(size.to_owned()),
        read_only: false,
    }
}

fn mounted(application: &Application, workload: &Workload, spec: &VolumeSpec) -> Mounted {
    let mut volume = Volume {
        name: spec.name.clone(),
        ..Volume::default()
    };
    let mut limit = None;
    let mut given = true;
    let mut sub_path = spec.sub_path.clone();
    match &spec.kind {
        VolumeKind::Claim(_) => {
            sub_path = sub_path.or_else(|| below(workload, spec));
            given = workload.kind != WorkloadKind::StatefulSet;
            volume.persistent_volume_claim = Some(PersistentVolumeClaimVolumeSource {
                claim_name: claims::name(workload, spec),
                read_only: None,
            });
        }
        VolumeKind::Shared(claim) => {
            volume.persistent_volume_claim = Some(PersistentVolumeClaimVolumeSource {
                claim_name: claim.name.clone(),
                read_only: None,
            });
        }
        VolumeKind::Scratch(size) => {
            limit = Some(size.clone());
            volume.empty_dir = Some(EmptyDirVolumeSource {
                size_limit: Some(quantity(size)),
                medium: None,
            });
        }
        VolumeKind::Memory(size) => {
            volume.empty_dir = Some(EmptyDirVolumeSource {
                size_limit: Some(quantity(size)),
                medium: Some("Memory".to_owned()),
            });
        }
        VolumeKind::ConfigMap(name) => {
            let maps = &application.config_maps;
            let map = maps.iter().find(|map| map.name == *name);
            volume.config_map = Some(config_map(name, map, spec));
        }
        VolumeKind::Secret(name) => {
            volume.secret = Some(SecretVolumeSource {
                secret_name: Some(name.clone()),
                default_mode: Some(mode(application, name, spec)),
                ..SecretVolumeSource::default()
            });
        }
    }
    Mounted {
        mount: VolumeMount {
            name: spec.name.clone(),
            mount_path: spec.path.clone(),
            sub_path,
            read_only: spec.read_only.then_some(true),
            ..VolumeMount::default()
        },
        volume: given.then_some(volume),
        scratch: limit,
        seeded: false,
    }
}

/// Returns who may do what with a file of a Secret.
fn mode(application: &Application, secret: &str, spec: &VolumeSpec) -> i32 {
    let mut secrets = application.secrets.iter();
    let secret = secrets.find(|it| it.name == secret);
    let mut entries = secret.iter().flat_map(|it| &it.entries);
    let entry = entries.find(|it| Some(&it.key) == spec.sub_path.as_ref());
    let text = entry.and_then(|entry| entry.text.as_ref());
    if text.is_some_and(|text| text.executable) {
        PRIVATE_EXECUTABLE
    } else {
        PRIVATE
    }
}

/// Returns the folder of a claim that is mounted, where the image refuses a volume's root.
fn below(workload: &Workload, spec: &VolumeSpec) -> Option<String> {
    let data = known::known(workload)?.data?;
    let path = spec.path.trim_end_matches('/');
    let folder = data.below.filter(|_| data.path == path)?;
    Some(folder.to_owned())
}

/// Keys have no folders: where a map's files have, each key is told its path. A mode is the whole
/// volume's unless only some of its files are programs.
fn config_map(name: &str, map: Option<&ConfigMapSpec>, spec: &VolumeSpec) -> ConfigMapVolumeSource {
    let files = map.map(|map| map.files.as_slice()).unwrap_or_default();
    let programs = files.iter().filter(|file| file.executable).count();
    let all = programs > 0 && programs == files.len();
    let renamed = files.iter().any(|file| file.path != file.key);
    let whole = spec.sub_path.is_none();
    let items = files.iter().map(|file| KeyToPath {
        key: file.key.clone(),
        path: if whole {
            file.path.clone()
        } else {
            file.key.clone()
        },
        mode: (file.executable && !all).then_some(EXECUTABLE),
    });
    let listed = (renamed && whole) || (programs > 0 && !all);
    ConfigMapVolumeSource {
        name: name.to_owned(),
        default_mode: all.then_some(EXECUTABLE),
        items: if listed { some(items.collect()) } else { None },
        optional: None,
    }
}

#[cfg(test)]
mod tests {
    use super::mounts;
    use crate::manifest::sample;
    use crate::resolve::{Application, ConfigMapSpec, MapFile, VolumeKind, VolumeSpec};

    #[track_caller]
    fn check(image: &str, volumes: &[(&str, &str)], expected: &[&str]) {
        let mut workload = sample::workload("a");
        workload.image = image.to_owned();
        workload.volumes = volumes
            .iter()
            .map(|(name, path)| VolumeSpec {
                name: (*name).to_owned(),
                path: (*path).to_owned(),
                sub_path: None,
                kind: VolumeKind::Claim("1Gi".to_owned()),
                read_only: false,
            })
            .collect();
        let found: Vec<String> = mounts(&Application::default(), &workload)
            .into_iter()
            .map(|mounted| format!("{}:{}", mounted.mount.name, mounted.mount.mount_path))
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn everything_may_write_to_tmp_once() {
        check("app", &[], &["tmp:/tmp"]);
        check("app", &[("mine", "/tmp/")], &["mine:/tmp/"]);
    }

    #[test]
    fn names_of_volumes_do_not_clash() {
        check(
            "app",
            &[("tmp", "/cache")],
            &["tmp:/cache", "tmp-scratch:/tmp"],
        );
    }

    #[test]
    fn scratch_space_never_covers_data() {
        let rest = ["var-run-postgresql:/var/run/postgresql", "tmp:/tmp"];
        check(
            "postgres:16",
            &[("d", "/var/lib/postgresql")],
            &["d:/var/lib/postgresql", rest[0], rest[1]],
        );
        check("redis:7", &[], &["data:/data", "tmp:/tmp"]);
    }

    #[test]
    fn a_data_folder_that_must_be_empty_is_below_the_volumes_root() {
        let mut workload = sample::workload("a");
        workload.image = "mysql:8.4".to_owned();
        let mut claim = VolumeSpec {
            name: "data".to_owned(),
            path: "/var/lib/mysql".to_owned(),
            sub_path: None,
            kind: VolumeKind::Claim("1Gi".to_owned()),
            read_only: false,
        };
        workload.volumes = vec![claim.clone()];
        let sub_path = |workload: &_| {
            mounts(&Application::default(), workload)[0]
                .mount
                .sub_path
                .clone()
        };
        assert_eq!(sub_path(&workload).as_deref(), Some("mysql"));
        claim.path = "/var/lib".to_owned();
        workload.volumes = vec![claim];
        assert_eq!(sub_path(&workload), None);
    }

    #[track_caller]
    fn check_items(
        files: &[(&str, &str, bool)],
        mode: Option<i32>,
        items: &[(&str, &str, Option<i32>)],
    ) {
        let files = files.iter().map(|(key, path, executable)| MapFile {
            key: (*key).to_owned(),
            path: (*path).to_owned(),
            executable: *executable,
        });
        let application = Application {
            config_maps: vec![ConfigMapSpec {
                name: "conf".to_owned(),
                files: files.collect(),
                ..ConfigMapSpec::default()
            }],
            ..Application::default()
        };
        let mut workload = sample::workload("a");
        workload.volumes = vec![VolumeSpec {
            name: "conf".to_owned(),
            path: "/etc/conf".to_owned(),
            sub_path: None,
            kind: VolumeKind::ConfigMap("conf".to_owned()),
            read_only: true,
        }];
        let volume = mounts(&application, &workload)[0].volume.clone();
        let map = volume.and_then(|volume| volume.config_map).expect("a map");
        let found = map.items.unwrap_or_default();
        let found: Vec<_> = found
            .iter()
            .map(|item| (item.key.as_str(), item.path.as_str(), item.mode))
            .collect();
        assert_eq!((map.default_mode, found.as_slice()), (mode, items));
    }

    #[test]
    fn files_of_one_folder_need_no_list() {
        check_items(&[("a", "a", false), ("b", "b", false)], None, &[]);
    }

    #[test]
    fn files_in_folders_are_told_their_paths() {
        check_items(
            &[("a", "a", false), ("sub_b", "sub/b", false)],
            None,
            &[("a", "a", None), ("sub_b", "sub/b", None)],
        );
    }

    #[test]
    fn programs_stay_programs() {
        check_items(&[("a", "a", true)], Some(0o555), &[]);
        check_items(
            &[("a", "a", false), ("b", "b", true)],
            None,
            &[("a", "a", None), ("b", "b", Some(0o555))],
        );
    }

    #[test]
    fn what_an_image_changes_is_copied_first() {
        let mut workload = sample::workload("a");
        workload.image = "nginx:1.27".to_owned();
        let seeded = |workload: &_| -> Vec<String> {
            let mounts = mounts(&Application::default(), workload);
            let seeded = mounts.into_iter().filter(|mounted| mounted.seeded);
            seeded.map(|mounted| mounted.mount.mount_path).collect()
        };
        assert!(seeded(&workload).is_empty());
        let mut templates = VolumeSpec {
            name: "templates".to_owned(),
            path: "/etc/nginx/templates/site.conf.template".to_owned(),
            sub_path: None,
            kind: VolumeKind::ConfigMap("conf".to_owned()),
            read_only: true,
        };
        workload.volumes = vec![templates.clone()];
        assert_eq!(seeded(&workload), ["/etc/nginx/conf.d"]);
        templates.path = "/etc/nginx".to_owned();
        workload.volumes.push(templates);
        assert!(seeded(&workload).is_empty());
    }
}
