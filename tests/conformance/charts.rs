//! That the real Helm renders of a chart what orch writes itself, and has no fault to find in it.

use std::process::Command;

use serde_json::Value;

use crate::conformance::Case;
use crate::conformance::kustomize::{by_name, check_same, written};
use crate::harness::call_center::{SETTINGS, call_center};
use crate::harness::cluster::cluster;
use crate::harness::workspace::Workspace;

/// The tests of this file.
pub(crate) const CASES: &[Case] = &[(
    "charts::helm_renders_what_orch_writes",
    helm_renders_what_orch_writes,
)];

#[track_caller]
fn helm(workspace: &Workspace, arguments: &[&str]) -> String {
    let mut helm: Command = cluster().program("helm");
    let output = helm
        .args(arguments)
        .current_dir(workspace.root())
        .output()
        .expect("helm was built");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}{errors}");
    said
}

fn without_a_checksum(object: &mut Value) {
    let Some(metadata) = object.pointer_mut("/spec/template/metadata") else {
        return;
    };
    let metadata = metadata.as_object_mut().expect("metadata");
    if let Some(Value::Object(notes)) = metadata.get_mut("annotations") {
        notes.shift_remove("orch.dev/config-checksum");
        if notes.is_empty() {
            metadata.shift_remove("annotations");
        }
    }
}

fn helm_renders_what_orch_writes() {
    let workspace = call_center();
    let settings = workspace.read(SETTINGS) + "\n[helm]\nchart = \"charts/app\"\n";
    workspace.write(SETTINGS, settings);
    workspace.orch(&["phase", "4", "run"]).expect(0);

    let template = [
        "template",
        "app",
        "charts/app",
        "--namespace",
        "call-center",
    ];
    let whole = [&template[..], &["--set", "namespace.create=true"]].concat();
    let mut rendered = by_name(&helm(&workspace, &whole));
    let mut expected = written(&workspace);
    // Names are fixed in a chart: what changes can be changed, and pods carry a checksum of it.
    let deployment = &rendered["StatefulSet/prometheus"];
    let checksum = "/spec/template/metadata/annotations/orch.dev~1config-checksum";
    assert!(deployment.pointer(checksum).is_some(), "{deployment}");
    rendered.values_mut().for_each(without_a_checksum);
    for object in expected.values_mut() {
        without_a_checksum(object);
        let fields = object.as_object_mut().expect("an object");
        fields.shift_remove("immutable");
    }
    check_same(&rendered, &expected);

    let linted = helm(&workspace, &["lint", "charts/app", "--strict"]);
    assert!(linted.contains("0 chart(s) failed"), "{linted}");
    assert!(!linted.contains("[WARNING]"), "{linted}");

    let other = [
        &template[..],
        &["--set", "workloads.callProcessor.image.tag=2.0.0"],
    ]
    .concat();
    let other = helm(&workspace, &other);
    assert!(other.contains(":2.0.0\""), "{other}");
    let values = workspace.read("charts/app/values.yaml");
    assert!(!values.contains("PASSWORD"), "{values}");
    let again = workspace.orch(&["phase", "4", "run"]).expect(0);
    assert!(again.stderr.contains("nothing to do"), "{}", again.stderr);
}
