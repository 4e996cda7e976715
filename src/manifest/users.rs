//! A name for the user that a pod runs as, where an image asks for one.

use k8s_openapi::api::core::v1::ConfigMap;

use super::{known, labels};
use crate::resolve::{Application, VolumeKind, VolumeSpec, Workload};

const FILE: &str = "passwd";

/// Returns the `ConfigMap` with the workload's `/etc/passwd`, if it needs one.
pub(super) fn build(application: &Application, workload: &Workload) -> Option<ConfigMap> {
    if !known::needs_user_name(workload) {
        return None;
    }
    let uid = known::identity(workload).uid;
    let text = format!(
        "root:x:0:0:root:/root:/bin/sh\npostgres:x:{uid}:{uid}:postgres:/var/lib/postgresql:/bin/sh\n"
    );
    Some(ConfigMap {
        metadata: labels::owned(application, workload, &name(workload)),
        data: Some([(FILE.to_owned(), text)].into()),
        ..ConfigMap::default()
    })
}

/// Returns the mount of that file, if the workload needs it.
pub(super) fn mount(workload: &Workload) -> Option<VolumeSpec> {
    known::needs_user_name(workload).then(|| VolumeSpec {
        name: FILE.to_owned(),
        path: format!("/etc/{FILE}"),
        sub_path: Some(FILE.to_owned()),
        kind: VolumeKind::ConfigMap(name(workload)),
        read_only: true,
    })
}

fn name(workload: &Workload) -> String {
    format!("{}-{FILE}", workload.name)
}
