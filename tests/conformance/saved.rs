//! `plan --out` and `run --plan`: what was seen is done, or nothing is.

use std::os::unix::fs::PermissionsExt as _;

use crate::conformance::Case;
use crate::conformance::objects::{CONFIG, DEPLOYMENT, Objects, all, assert_masked, kubectl};
use crate::harness::cluster::cluster;

/// The tests of this file.
pub(crate) const CASES: &[Case] = &[
    (
        "saved::a_saved_plan_is_done_exactly",
        a_saved_plan_is_done_exactly,
    ),
    (
        "saved::a_saved_plan_is_refused_when_an_object_moved",
        a_saved_plan_is_refused_when_an_object_moved,
    ),
    (
        "saved::a_saved_plan_is_refused_when_a_file_moved",
        a_saved_plan_is_refused_when_a_file_moved,
    ),
    (
        "saved::a_plan_of_a_newer_orch_is_refused",
        a_plan_of_a_newer_orch_is_refused,
    ),
];

fn a_saved_plan_is_done_exactly() {
    let objects = Objects::new("saved-done", &all());
    let path = saved(&objects);
    let text = fs_err::read_to_string(&path).expect("the plan");
    assert_masked(&text);
    let mode = fs_err::metadata(&path)
        .expect("the plan")
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
    objects.orch(&["run", "--plan", &path]).expect(0);
    let again = objects.orch(&["run", "--plan", &path]).expect(2);
    let there = "Namespace/saved-done is there now";
    assert!(again.stderr.contains(there), "{}", again.stderr);
}

fn a_saved_plan_is_refused_when_an_object_moved() {
    let said = refusal("saved-object", |objects| {
        let patch = r#"{"data":{"LEVEL":"trace"}}"#;
        kubectl(
            objects,
            &["patch", "configmap", "config", "--type=merge", "-p", patch],
            "",
        );
        kubectl(objects, &["delete", "secret", "keys"], "");
    });
    assert!(
        said.contains("ConfigMap/config: data.LEVEL is trace now (kubectl-patch, "),
        "{said}"
    );
    assert!(said.contains("Secret/keys is gone"), "{said}");
}

fn a_saved_plan_is_refused_when_a_file_moved() {
    let said = refusal("saved-file", |objects| {
        objects.change("config", &CONFIG.replace("LEVEL: info", "LEVEL: debug"));
    });
    assert!(
        said.contains("the step `apply ConfigMap/config` changed"),
        "{said}"
    );
    let said = refusal("saved-checklist", |objects| {
        let path = "checklists/saved-checklist/phase-04-objects.md";
        let text = objects.workspace.read(path) + "\nA note.\n";
        objects.workspace.write(path, text);
    });
    assert!(said.contains("phase-04-objects.md` changed"), "{said}");
    let said = refusal("saved-settings", |objects| {
        objects
            .workspace
            .write("phases/04-objects.toml", "[timeouts]\nready = \"1m\"\n");
    });
    assert!(said.contains("`phases/04-objects.toml` changed"), "{said}");
}

fn a_plan_of_a_newer_orch_is_refused() {
    let objects = Objects::new("saved-newer", &all());
    let path = saved(&objects);
    let text = fs_err::read_to_string(&path).expect("the plan");
    fs_err::write(&path, text.replace("\"orchPlan\": 1", "\"orchPlan\": 99")).expect("a file");
    let said = objects.orch(&["run", "--plan", &path]).expect(2).stderr;
    assert!(said.contains("newer orch"), "{said}");
}

fn saved(objects: &Objects) -> String {
    let path = objects.workspace.outside("plan.json");
    let path = path.to_str().expect("a path").to_owned();
    let said = objects.orch(&["plan", "--out", &path]).expect(0);
    let context = format!("run --context {}", cluster().context());
    for part in [context, format!("--plan {path}")] {
        assert!(said.stderr.contains(&part), "{}", said.stderr);
    }
    path
}

/// Returns what `run --plan` says when it refuses after something was done to the objects.
#[track_caller]
fn refusal(namespace: &str, meanwhile: impl FnOnce(&Objects)) -> String {
    let objects = Objects::new(namespace, &all());
    objects.orch(&["run"]).expect(0);
    objects.change("api", &DEPLOYMENT.replace("x:1", "x:2"));
    let path = saved(&objects);
    meanwhile(&objects);
    let said = objects
        .orch(&["run", "--accept-changes", "--plan", &path])
        .expect(2);
    assert_masked(&said.stderr);
    let unchanged = cluster().kubectl(&[
        "-n",
        namespace,
        "get",
        "deployment",
        "api",
        "-o",
        "jsonpath={.spec.template.spec.containers[0].image}",
    ]);
    assert_eq!(
        String::from_utf8_lossy(&unchanged.stdout),
        "x:1",
        "nothing was done"
    );
    said.stderr
}
