//! Turning a phase back: the namespace is as it was before, but for what holds data and what others
//! changed since.

use serde_json::{Value, json};

use crate::conformance::Case;
use crate::conformance::things::{
    CHECKLIST, CLAIM, JOURNAL, WEB, arguments, content, get, is_there, kubectl, kubectl_apply,
    phase, run, set_finalizers, settings, undo,
};
use crate::harness::cluster::cluster;
use crate::harness::workspace::{Run, Workspace};

/// The tests of this file.
pub(crate) const CASES: &[Case] = &[
    (
        "undo::leaves_a_namespace_as_it_was",
        leaves_a_namespace_as_it_was,
    ),
    (
        "undo::keeps_claims_and_namespaces_unless_named",
        keeps_claims_and_namespaces_unless_named,
    ),
    ("undo::puts_fields_back", puts_fields_back),
    (
        "undo::keeps_what_a_person_changed_since",
        keeps_what_a_person_changed_since,
    ),
    ("undo::goes_on_after_a_kill", goes_on_after_a_kill),
    (
        "undo::a_run_after_a_killed_undo_does_the_phase_again",
        a_run_after_a_killed_undo,
    ),
    (
        "undo::a_whole_phase_leaves_its_claims_alone",
        a_whole_phase_leaves_its_claims_alone,
    ),
    (
        "undo::leaves_what_another_inventory_has_by_now",
        leaves_what_another_inventory_has_by_now,
    ),
    ("undo::records_no_secret", records_no_secret),
];

fn leaves_a_namespace_as_it_was() {
    let namespace = cluster().namespace("undo");
    kubectl_apply(&namespace, &[], &settings("theirs", "own"));
    let before = content(&namespace);
    let files = [
        ("settings", &*settings("settings", "info")),
        ("web", WEB),
        ("rest", &settings("rest", "info")),
    ];
    let workspace = phase(&namespace, &files);
    let pristine = workspace.read(CHECKLIST);
    run(&workspace, &[]).expect(0);
    assert!(content(&namespace).len() > before.len());

    shows_the_way_back_and_does_nothing(&workspace, &namespace);
    undo(&workspace, &["--yes"]).expect(0);
    assert_eq!(content(&namespace), before);
    assert_eq!(
        workspace.read(CHECKLIST),
        pristine,
        "boxes, status and dates are as before"
    );
    let account = workspace.read("PROGRESS.md");
    assert!(
        account.contains("turned back") && account.contains("Not started"),
        "{account}"
    );
    let message = &workspace.messages()[0];
    assert!(
        message.starts_with("checklist(things): phase-4 things undone\n\nOrch-Run: "),
        "{message}"
    );
    assert!(
        workspace.git_status().is_empty(),
        "{:?}",
        workspace.git_status()
    );
    let status = workspace.orch(&["phase", "4", "status"]).expect(0);
    assert!(status.stdout.contains("turned back"), "{}", status.stdout);

    let nothing = undo(&workspace, &["--yes"]).expect(0);
    assert!(
        nothing.stdout.contains("nothing is left to turn back"),
        "{}",
        nothing.stdout
    );
    run(&workspace, &[]).expect(0);
    assert!(
        is_there(&namespace, "deployment/web"),
        "it can be done again"
    );
}

#[track_caller]
fn shows_the_way_back_and_does_nothing(workspace: &Workspace, namespace: &str) {
    let shown = undo(workspace, &[]).expect(3).stdout;
    let place = |name: &str| shown.find(name).expect("it is shown");
    assert!(place("ConfigMap/rest") < place("Deployment/web"), "{shown}");
    assert!(
        place("Deployment/web") < place("ConfigMap/settings"),
        "{shown}"
    );
    assert!(is_there(namespace, "deployment/web"), "nothing was done");
    undo(workspace, &["--dry-run"]).expect(0);
    assert!(is_there(namespace, "deployment/web"), "nothing was done");
}

fn keeps_claims_and_namespaces_unless_named() {
    let namespace = "undone-with-claim";
    let first = format!("apiVersion: v1\nkind: Namespace\nmetadata: {{ name: {namespace} }}\n");
    let files = [
        ("namespace", first.as_str()),
        ("claim", CLAIM),
        ("settings", &settings("settings", "info")),
    ];
    let workspace = phase(namespace, &files);
    run(&workspace, &[]).expect(0);
    kubectl_apply(namespace, &[], &settings("theirs", "own"));
    let kept = undo(&workspace, &["--yes"]).expect(0);
    assert!(
        kept.stdout
            .contains("--delete PersistentVolumeClaim/data lets it go"),
        "{}",
        kept.stdout
    );
    assert!(is_there(namespace, "pvc/data") && !is_there(namespace, "configmap/settings"));

    let held = undo(&workspace, &["--yes", "--delete", "ns/undone-with-claim"]).expect(0);
    let claims = "it holds claims, to be named too: PersistentVolumeClaim/data";
    assert!(held.stdout.contains(claims), "{}", held.stdout);
    assert!(is_there(namespace, "pvc/data"));

    let named = [
        "--yes",
        "--delete",
        "ns/undone-with-claim",
        "--delete",
        "pvc/data",
    ];
    let gone = undo(&workspace, &named).expect(0);
    let theirs = "with what orch didn't put into it: ConfigMap/theirs";
    assert!(gone.stdout.contains(theirs), "{}", gone.stdout);
    assert!(!is_there("default", "namespace/undone-with-claim"));
}

/// What an object says, without what the server keeps for itself.
fn said(namespace: &str, name: &str) -> Value {
    let object = get(namespace, name);
    json!({ "data": object["data"], "spec": object["spec"],
        "labels": object["metadata"]["labels"] })
}

fn is_orchs(namespace: &str, name: &str) -> bool {
    let object = get(namespace, name);
    let entries = object["metadata"]["managedFields"].as_array();
    entries
        .into_iter()
        .flatten()
        .any(|entry| entry["manager"] == "orch" && entry["operation"] == "Apply")
}

fn puts_fields_back() {
    let namespace = cluster().namespace("restored");
    let old = WEB
        .replace("web:2", "web:1")
        .replace("replicas: 1", "replicas: 3")
        .replace(
            "labels: { app: web } }\nspec",
            "labels: { app: web, tier: front } }\nspec",
        )
        .replace(
            "          envFrom: [{ configMapRef: { name: settings } }]\n",
            "          \
                  env: [{ name: COLOUR, value: red }]\n",
        );
    let theirs = "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: settings }\n\
                  data: { LEVEL: debug, EXTRA: kept }\n";
    kubectl_apply(&namespace, &[], theirs);
    kubectl_apply(
        &namespace,
        &["--server-side", "--field-manager=someone"],
        &old,
    );
    let objects = ["configmap/settings", "deployment/web"];
    let before = objects.map(|name| said(&namespace, name));
    let new = WEB.replace(
        "          envFrom",
        "          env: [{ name: COLOUR, value: blue }, { name: SHAPE, value: round }]\n          envFrom",
    );
    let workspace = phase(
        &namespace,
        &[("settings", &settings("settings", "info")), ("web", &new)],
    );
    run(&workspace, &[]).expect(1);
    run(&workspace, &["--take-over"]).expect(0);
    assert_eq!(get(&namespace, "deployment/web")["spec"]["replicas"], 1);
    assert_ne!(objects.map(|name| said(&namespace, name)), before);

    let shown = undo(&workspace, &["--dry-run"]).expect(0);
    for line in [
        ".data.LEVEL  info → debug",
        ".spec.replicas  1 → 3",
        ".spec.template.spec.containers[name=main].image  example.test/web:2 → example.test/web:1",
        ".spec.template.spec.containers[name=main].env[name=COLOUR].value  blue → red",
    ] {
        let plain = shown.stdout.replace('"', "");
        assert!(plain.contains(line), "{line}: {plain}");
    }
    undo(&workspace, &["--yes"]).expect(0);
    for (name, before) in objects.iter().zip(before) {
        assert_eq!(said(&namespace, name), before, "{name}");
        assert!(!is_orchs(&namespace, name), "{name} is given up");
    }
    assert!(!is_there(&namespace, "configmap/orch-things-phase-04"));
}

fn keeps_what_a_person_changed_since() {
    let namespace = cluster().namespace("changed");
    kubectl_apply(&namespace, &[], &settings("settings", "debug"));
    let files = [
        ("settings", &*settings("settings", "info")),
        ("used", &settings("used", "info")),
        ("web", &WEB.replace("name: settings", "name: used")),
    ];
    let workspace = phase(&namespace, &files);
    run(&workspace, &["--take-over"]).expect(0);
    let change = |name: &str, patch: &str| {
        kubectl(&["-n", &namespace, "patch", name, "--type=merge", "-p", patch]);
    };
    change("configmap/settings", "{\"data\":{\"LEVEL\":\"trace\"}}");
    change("deployment/web", "{\"spec\":{\"replicas\":2}}");
    let done = undo(&workspace, &["--yes"]).expect(0);
    for line in [
        ".data.LEVEL  stays trace: kubectl-patch changed it since (it was debug)",
        "Deployment/web  kubectl-patch changed .spec.replicas since; --delete Deployment/web lets it go",
        "ConfigMap/used  Deployment/web needs it, which stays",
    ] {
        assert!(done.stdout.contains(line), "{line}: {}", done.stdout);
    }
    assert_eq!(
        get(&namespace, "configmap/settings")["data"]["LEVEL"],
        "trace"
    );
    assert_eq!(get(&namespace, "deployment/web")["spec"]["replicas"], 2);
    undo(&workspace, &["--yes", "--delete", "deployment/web"]).expect(0);
    assert!(!is_there(&namespace, "deployment/web") && !is_there(&namespace, "configmap/used"));
}

fn goes_on_after_a_kill() {
    let namespace = cluster().namespace("undo-killed");
    kubectl_apply(&namespace, &[], &settings("before", "debug"));
    let before = (content(&namespace), said(&namespace, "configmap/before"));
    let files = [
        ("before", &*settings("before", "info")),
        ("held", &settings("held", "info")),
        ("rest", &settings("rest", "info")),
    ];
    let workspace = phase(&namespace, &files);
    run(&workspace, &["--take-over"]).expect(0);
    let finalizers = |list: &str| set_finalizers(&namespace, "configmap/held", list);
    finalizers("[\"example.test/hold\"]");
    let running = workspace.spawn(&arguments("undo", &["--yes"]));
    running.kill_when("the held object's deletion", || {
        let held = get(&namespace, "configmap/held");
        held["metadata"]["deletionTimestamp"].is_string()
    });
    assert!(!is_there(&namespace, "configmap/rest"), "it went first");
    assert_eq!(
        said(&namespace, "configmap/before")["data"]["LEVEL"],
        "info",
        "it comes last"
    );
    finalizers("null");
    undo(&workspace, &["--yes"]).expect(0);
    assert_eq!(content(&namespace), before.0);
    assert_eq!(said(&namespace, "configmap/before"), before.1);
    let open = workspace.read(CHECKLIST).matches("- [ ] Bring").count();
    assert_eq!(open, 3, "{}", workspace.read(CHECKLIST));
}

fn a_run_after_a_killed_undo() {
    let namespace = cluster().namespace("undo-run");
    kubectl_apply(&namespace, &["--server-side"], &settings("before", "debug"));
    let files = [
        ("before", &*settings("before", "info")),
        ("settings", &settings("settings", "info")),
        ("web", WEB),
    ];
    let workspace = phase(&namespace, &files);
    run(&workspace, &["--take-over"]).expect(0);
    let lines = || workspace.read(JOURNAL).lines().count();
    let before = lines();
    let running = workspace.spawn(&arguments("undo", &["--yes"]));
    running.kill_when("a step turned back", || lines() > before + 1);
    run(&workspace, &["--take-over"]).expect(0);
    assert_eq!(
        get(&namespace, "deployment/web")["status"]["readyReplicas"],
        1
    );
    assert_eq!(get(&namespace, "configmap/before")["data"]["LEVEL"], "info");
    undo(&workspace, &["--yes"]).expect(0);
    assert_eq!(
        get(&namespace, "configmap/before")["data"]["LEVEL"],
        "debug"
    );
    assert!(!is_there(&namespace, "deployment/web"));
}

fn a_whole_phase_leaves_its_claims_alone() {
    let namespace = cluster().namespace("undo-all");
    let before = content(&namespace);
    let workspace = crate::conformance::phase::workspace(&namespace);
    crate::conformance::phase::run(&workspace).expect(0);
    let done = undo(&workspace, &["--yes"]).expect(0);
    let left: Vec<String> = content(&namespace).difference(&before).cloned().collect();
    assert!(!left.is_empty(), "it has claims");
    let mut flags = vec!["--yes".to_owned()];
    for name in &left {
        let claim = name.strip_prefix("persistentvolumeclaim/");
        let Some(claim) = claim else {
            // As long as something is left, so is what names it.
            assert!(
                name.starts_with("configmap/orch-"),
                "{left:?}\n{}",
                done.stdout
            );
            continue;
        };
        assert!(
            done.stdout.contains(&format!(
                "--delete PersistentVolumeClaim/{claim} lets it go"
            )),
            "{claim}: {}",
            done.stdout
        );
        flags.extend(["--delete".to_owned(), format!("pvc/{claim}")]);
    }
    let flags: Vec<&str> = flags.iter().map(String::as_str).collect();
    undo(&workspace, &flags).expect(0);
    assert_eq!(content(&namespace), before);
}

fn leaves_what_another_inventory_has_by_now() {
    let namespace = cluster().namespace("handed-over");
    let workspace = phase(&namespace, &[("settings", &settings("settings", "info"))]);
    run(&workspace, &[]).expect(0);
    let other = "applyset.kubernetes.io/part-of=applyset-of-another-phase-v1";
    let name = "configmap/settings";
    kubectl(&[
        "-n",
        &namespace,
        "label",
        "--overwrite",
        "--field-manager=orch",
        name,
        other,
    ]);
    let kept = undo(&workspace, &["--yes"]).expect(0);
    assert!(
        kept.stdout.contains("another inventory has it by now"),
        "{}",
        kept.stdout
    );
    assert!(is_there(&namespace, name));
}

fn records_no_secret() {
    let namespace = cluster().namespace("undo-secret");
    let secret = |value: &str| {
        format!(
            "apiVersion: v1\nkind: Secret\nmetadata: {{ name: keys, namespace: NAMESPACE }}\n\
             stringData: {{ SIGNING_KEY: {value} }}\n"
        )
    };
    let plain = |value: &str| {
        format!(
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {{ name: old, namespace: NAMESPACE }}\n\
             data: {{ DB_PASSWORD: {value}, LEVEL: debug }}\n"
        )
    };
    kubectl_apply(&namespace, &["--server-side"], &secret("swordfish-old"));
    kubectl_apply(&namespace, &["--server-side"], &plain("swordfish-plain"));
    let files = [("keys", &*secret("CHANGE_ME")), ("old", &plain("none"))];
    let workspace = phase(&namespace, &files).file(".env", "SIGNING_KEY=swordfish-new\n");
    let ran = run(&workspace, &["--take-over"]).expect(0);
    assert_no_secret_in(&workspace, &ran);
    assert!(
        workspace.read(JOURNAL).contains("\"withheld\""),
        "it is said to have been there"
    );
    let undone = undo(&workspace, &["--yes"]).expect(0);
    assert_no_secret_in(&workspace, &undone);
    for line in [
        ".data.SIGNING_KEY  stays as it is: its value was secret and is recorded nowhere",
        ".data.DB_PASSWORD  stays as it is: its value was secret and is recorded nowhere",
    ] {
        assert!(undone.stdout.contains(line), "{line}: {}", undone.stdout);
    }
    let left = get(&namespace, "secret/keys");
    assert_eq!(left["data"]["SIGNING_KEY"], "c3dvcmRmaXNoLW5ldw==");
    assert!(!is_orchs(&namespace, "secret/keys"));
}

#[track_caller]
fn assert_no_secret_in(workspace: &Workspace, said: &Run) {
    let secrets = ["swordfish", "c3dvcmRmaXNo"];
    for path in workspace.files().iter().filter(|path| *path != ".env") {
        let bytes = fs_err::read(workspace.path(path)).expect("a file");
        let text = String::from_utf8_lossy(&bytes);
        assert!(
            !secrets.iter().any(|it| text.contains(it)),
            "{path}: {text}"
        );
    }
    for text in [&said.stdout, &said.stderr] {
        assert!(!secrets.iter().any(|it| text.contains(it)), "{text}");
    }
}
