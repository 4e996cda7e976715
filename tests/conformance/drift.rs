//! `status --live`: what became of what was applied, field by field, and who did it.

use serde_json::{Value, json};

use crate::conformance::Case;
use crate::conformance::objects::{Objects, all, assert_masked, kubectl};

/// The tests of this file.
pub(crate) const CASES: &[Case] = &[
    (
        "drift::drift_is_told_by_field_and_by_who_made_it",
        drift_is_told_by_field_and_by_who_made_it,
    ),
    (
        "drift::a_secrets_drift_is_told_without_its_value",
        a_secrets_drift_is_told_without_its_value,
    ),
];

fn drift_is_told_by_field_and_by_who_made_it() {
    let objects = Objects::new("drift", &all());
    objects.orch(&["run"]).expect(0);
    let calm = objects.orch(&["status", "--live"]).expect(0).stdout;
    assert!(calm.contains("no drift: 4 objects"), "{calm}");
    kubectl(
        &objects,
        &["scale", "deployment", "api", "--replicas=3"],
        "",
    );
    let patch = r#"{"data":{"LEVEL":"trace"}}"#;
    kubectl(
        &objects,
        &["patch", "configmap", "config", "--type=merge", "-p", patch],
        "",
    );
    kubectl(&objects, &["delete", "secret", "keys"], "");
    let found = objects.orch(&["status", "--live"]).expect(0).stdout;
    for piece in [
        "! changed    ConfigMap/config  (4.1.2)",
        "data.LEVEL  info → trace  (kubectl-patch, ",
        "! changed    Deployment/api  (4.1.4)",
        "spec.replicas  1 → 3  (kubectl",
        "! gone       Secret/keys  (4.1.3)  Secret/keys is gone",
        "1 object as applied",
        "--repair",
    ] {
        assert!(found.contains(piece), "{piece}: {found}");
    }
    let shown = objects.preview();
    assert!(shown.contains("! drift      ConfigMap/config"), "{shown}");
    assert!(shown.contains("+ create     Secret/keys"), "{shown}");
    // What others took is only put back with a consent.
    objects.orch(&["run", "--repair"]).expect(1);
    objects.orch(&["run", "--repair", "--take-over"]).expect(0);
    let json = objects
        .orch(&["status", "--live", "--json"])
        .expect(0)
        .stdout;
    let last: Value = serde_json::from_str(json.lines().last().expect("a line")).expect("JSON");
    assert_eq!(
        (&last["objects"], &last["drifted"]),
        (&json!(4), &json!(0)),
        "{json}"
    );
}

fn a_secrets_drift_is_told_without_its_value() {
    let objects = Objects::new("drift-secret", &all());
    objects.orch(&["run"]).expect(0);
    let patch = r#"{"stringData":{"TOKEN":"swordfish-two"}}"#;
    kubectl(
        &objects,
        &["patch", "secret", "keys", "--type=merge", "-p", patch],
        "",
    );
    let found = objects.orch(&["status", "--live"]).expect(0).stdout;
    assert_masked(&found);
    assert!(
        found.contains("data.TOKEN  *** (changed)  (kubectl-patch, "),
        "{found}"
    );
}
