use std::collections::BTreeMap;

use super::super::{Mounts, Sources};
use super::below;
use crate::facts::{Facts, Mount, MountSource, Origin, Other, Tree};
use crate::resolve::application::{ConfigMapSpec, Role, WorkloadKind};
use crate::resolve::roster::Member;
use crate::resolve::spec::Spec;
use crate::settings::PhaseSettings;

fn member() -> Member<'static> {
    Member {
        name: "api".to_owned(),
        service: None,
        product: None,
        spec: Spec::default(),
        role: Role::Server,
        kind: WorkloadKind::Deployment,
        inferred: Vec::new(),
        command: None,
        unassigned: false,
    }
}

fn mount(target: &str) -> Mount {
    Mount {
        source: MountSource::Anonymous,
        target: target.to_owned(),
        read_only: true,
        size: None,
        folder: None,
        sub_path: None,
        origin: Origin {
            path: "compose.yml".to_owned(),
            line: 7,
        },
    }
}

/// Mounts paths of a tree, each at a target.
fn mounted(tree: &Tree, paths: &[(&str, &str)]) -> Mounts {
    mounted_by(&member(), tree, paths)
}

fn mounted_by(member: &Member<'_>, tree: &Tree, paths: &[(&str, &str)]) -> Mounts {
    let (facts, names, secrets) = (Facts::default(), BTreeMap::new(), BTreeMap::new());
    let phase = PhaseSettings::default();
    let sources = Sources {
        phase: &phase,
        facts: &facts,
        tree,
        names: &names,
        secrets: &secrets,
        config: Some("app-config"),
    };
    let mut mounts = Mounts::default();
    for (path, target) in paths {
        mounts.files(member, &mount(target), below(path, tree), &sources);
    }
    mounts
}

fn tree(paths: &[&str]) -> Tree {
    paths.iter().map(|path| (*path, *path)).collect()
}

fn volumes(mounts: &Mounts) -> Vec<String> {
    let volumes = mounts.volumes.iter();
    volumes
        .map(|volume| match &volume.sub_path {
            Some(key) => format!("{} {}={key}", volume.name, volume.path),
            None => format!("{} {}", volume.name, volume.path),
        })
        .collect()
}

fn files(map: &ConfigMapSpec) -> Vec<String> {
    let files = map.files.iter();
    files
        .map(|file| format!("{}={}", file.key, file.path))
        .collect()
}

#[test]
fn a_file_is_a_key_of_the_workloads_map() {
    let mounts = mounted(
        &tree(&["a/site.conf", "b/site.conf"]),
        &[
            ("a/site.conf", "/etc/site.conf"),
            ("b/site.conf", "/opt/site.conf"),
        ],
    );
    assert_eq!(
        volumes(&mounts),
        [
            "config /etc/site.conf=site.conf",
            "config /opt/site.conf=site.conf-2"
        ]
    );
    assert_eq!(mounts.maps[0].data[1].1, "b/site.conf");
}

#[test]
fn a_folder_is_a_map_of_its_own() {
    let mounts = mounted(
        &tree(&["conf/a.yml", "conf/b.yml"]),
        &[("conf/", "/etc/app")],
    );
    assert_eq!(volumes(&mounts), ["app /etc/app"]);
    assert!(mounts.maps[0].files.is_empty(), "keys are names already");
}

#[test]
fn folders_below_files_go_into_their_map() {
    let paths = ["conf/a.yml", "conf/sub/a.yml", "conf/sub/deep/b.yml"];
    let mounts = mounted(&tree(&paths), &[("conf/", "/etc/app")]);
    assert_eq!(volumes(&mounts), ["app /etc/app"]);
    assert_eq!(
        files(&mounts.maps[0]),
        [
            "a.yml=a.yml",
            "sub_a.yml=sub/a.yml",
            "sub_deep_b.yml=sub/deep/b.yml"
        ]
    );
}

#[test]
fn folders_beside_each_other_are_maps_of_their_own() {
    let paths = ["grafana/dashboards/a.yml", "grafana/datasources/b.yml"];
    let mounts = mounted(&tree(&paths), &[("grafana/", "/etc/grafana")]);
    assert_eq!(
        volumes(&mounts),
        [
            "grafana-dashboards /etc/grafana/dashboards",
            "grafana-datasources /etc/grafana/datasources"
        ]
    );
}

#[test]
fn a_file_in_a_mounted_folder_goes_into_its_map() {
    let mounts = mounted(
        &tree(&["conf/a.yml", "other.yml"]),
        &[("conf/", "/etc/app"), ("other.yml", "/etc/app/a.yml")],
    );
    assert_eq!(volumes(&mounts), ["app /etc/app"]);
    let data = &mounts.maps[0].data;
    assert_eq!(
        data.as_slice(),
        [("a.yml".to_owned(), "other.yml".to_owned())]
    );
}

#[test]
fn bytes_and_programs_stay_what_they_are() {
    let mut tree = tree(&["conf/run.sh"]);
    tree.mark_executable("conf/run.sh");
    let (size, bytes) = (2, Some([0, 255].into()));
    tree.insert_other("conf/key.der", Other { size, bytes });
    let mounts = mounted(&tree, &[("conf/", "/etc/app")]);
    let map = &mounts.maps[0];
    assert_eq!(map.binary, [("key.der".to_owned(), vec![0, 255])]);
    let programs: Vec<bool> = map.files.iter().map(|file| file.executable).collect();
    assert_eq!(programs, [false, true]);
}

#[test]
fn what_is_too_large_is_told() {
    let mut tree = tree(&["conf/a.yml"]);
    let (size, bytes) = (3 << 20, None);
    tree.insert_other("conf/geo.db", Other { size, bytes });
    let mounts = mounted(&tree, &[("conf/", "/etc/app")]);
    assert!(mounts.volumes.is_empty() && mounts.maps.is_empty());
    let told = mounts.warnings[0].message.clone();
    assert!(
        told.contains("3073 KiB") && told.contains("`geo.db`"),
        "{told}"
    );
}

#[test]
fn a_folder_that_no_map_holds_is_split_by_file() {
    let half = "x".repeat(600_000);
    let files = ["a.json", "b.json"].map(|name| (format!("boards/{name}"), half.clone()));
    let tree: Tree = files.into_iter().collect();
    let mounts = mounted(&tree, &[("boards", "/dashboards")]);
    assert_eq!(
        volumes(&mounts),
        [
            "api-dashboards-1 /dashboards/a.json=a.json",
            "api-dashboards-2 /dashboards/b.json=b.json",
        ]
    );
    let sizes: Vec<usize> = mounts.maps.iter().map(|map| map.data.len()).collect();
    assert_eq!(sizes, [1, 1]);
    assert!(mounts.warnings.is_empty(), "{:?}", mounts.warnings);
}

#[test]
fn no_two_maps_of_a_workload_have_one_name() {
    let mounts = mounted(
        &tree(&["a/one.yml", "b/two.yml", "site.conf", "other.conf"]),
        &[
            ("a/", "/etc/a/config"),
            ("b/", "/etc/b/config"),
            ("site.conf", "/etc/site.conf"),
            ("other.conf", "/etc/other.conf"),
        ],
    );
    let names: Vec<&str> = mounts.maps.iter().map(|map| map.name.as_str()).collect();
    assert_eq!(names, ["api-config", "api-config-2", "api-config-3"]);
    assert_eq!(
        volumes(&mounts),
        [
            "config /etc/a/config",
            "config-2 /etc/b/config",
            "config-3 /etc/site.conf=site.conf",
            "config-3 /etc/other.conf=other.conf"
        ]
    );
}

#[test]
fn the_map_of_variables_keeps_its_name() {
    let app = Member {
        name: "app".to_owned(),
        ..member()
    };
    let mounts = mounted_by(
        &app,
        &tree(&["site.conf"]),
        &[("site.conf", "/etc/site.conf")],
    );
    assert_eq!(mounts.maps[0].name, "app-config-2");
}
