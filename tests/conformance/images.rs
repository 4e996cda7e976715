//! Images that are built here, on a real control plane: built and pushed with consent, once, and
//! pinned to the digest that the registry gave them.

use std::fmt::Write as _;

use serde_json::Value;

use crate::conformance::Case;
use crate::conformance::phase::{run, workspace};
use crate::harness::applications;
use crate::harness::call_center::{JOURNAL, SETTINGS};
use crate::harness::cluster::cluster;
use crate::harness::workspace::Workspace;

/// The tests of this file.
pub(crate) const CASES: &[Case] = &[
    (
        "images::what_is_built_is_pinned_to_its_digest",
        what_is_built_is_pinned,
    ),
    (
        "images::a_rebuilt_image_runs_its_jobs_again",
        a_rebuilt_image_runs_its_jobs_again,
    ),
    (
        "images::a_tree_with_changes_is_refused",
        a_tree_with_changes_is_refused,
    ),
    (
        "images::a_changed_secret_rolls_its_users",
        a_changed_secret_rolls_its_users,
    ),
];

/// The command that stands for a build: it counts, and says what `docker push` says.
const BUILD: &str =
    "echo {image} >> ../home/built && echo \"1.0: digest: $(cat ../home/digest) size: 1\"";

/// Returns the call centre whose image is named by its revision and built by a command.
fn built(namespace: &str) -> Workspace {
    let workspace = workspace(namespace);
    let mut settings = workspace.read(SETTINGS);
    // Writing to a String can't fail.
    let _ = write!(
        settings,
        "\n[images]\n\"*\" = \"registry.invalid/team/{{service}}:{{revision}}\"\n\
         \n[build]\ncommand = {BUILD:?}\n"
    );
    workspace.write(SETTINGS, settings);
    workspace.commit("Name the images");
    let digest = format!("sha256:{}", "ab".repeat(32));
    fs_err::write(workspace.outside("digest"), digest).expect("a digest");
    workspace
}

/// Returns what was built so far.
fn builds(workspace: &Workspace) -> Vec<String> {
    let said = fs_err::read_to_string(workspace.outside("built")).unwrap_or_default();
    said.lines().map(str::to_owned).collect()
}

/// Returns a field of the Deployment's pods.
fn deployed(namespace: &str, field: &str) -> String {
    let path = format!("jsonpath={{.spec.template.{field}}}");
    let deployment = ["-n", namespace, "get", "deployment", "call-processor"];
    let found = cluster().kubectl(&[&deployment[..], &["-o", &path]].concat());
    String::from_utf8_lossy(&found.stdout).into_owned()
}

fn image(namespace: &str) -> String {
    deployed(namespace, "spec.containers[0].image")
}

/// Returns `orch phase 4` with further words, on the control plane.
fn phase(words: &[&'static str]) -> Vec<&'static str> {
    let on = ["--context", cluster().context()];
    [&["phase", "4"], words, &on[..]].concat()
}

fn what_is_built_is_pinned() {
    let namespace = "pinned";
    let workspace = built(namespace);
    let refused = run(&workspace).expect(1);
    let said = &refused.stderr;
    assert!(said.contains("needs your consent"), "{said}");
    assert!(builds(&workspace).is_empty(), "nothing runs by itself");
    assert_eq!(image(namespace), "", "what isn't there is run by nobody");
    workspace.orch(&phase(&["run", "--yes"])).expect(0);
    let built = builds(&workspace);
    let [tagged] = built.as_slice() else {
        panic!("one image is built once: {built:?}")
    };
    let digest = format!("sha256:{}", "ab".repeat(32));
    assert_eq!(image(namespace), format!("{tagged}@{digest}"));
    assert!(workspace.read(JOURNAL).contains(&digest), "it is evidence");
    let manifest = workspace.read("k8s/call-processor/deployment.yml");
    let line = format!("image: {tagged}\n");
    assert!(manifest.contains(&line), "{manifest}");
    // The run's own commit is no new revision, and what is pinned is no drift.
    let again = run(&workspace).expect(0);
    assert!(again.stderr.contains("nothing to do"), "{}", again.stderr);
    let status = workspace.orch(&phase(&["status", "--live"])).expect(0);
    assert!(!status.stdout.contains(&digest), "{}", status.stdout);
    assert_eq!(builds(&workspace).len(), 1);
}

/// Returns an application with Jobs whose image is built, always under the same tag, and gets a
/// digest of these two digits; it has no record of any run.
fn with_jobs(namespace: &str, digits: &str) -> Workspace {
    let path = applications::checklist("migrations");
    let workspace = applications::workspace("migrations");
    let checklist = workspace.read(&path);
    let named = checklist.replace("`billing`", &format!("`{namespace}`"));
    assert_ne!(named, checklist, "the checklist names its namespace");
    let settings = format!(
        "[images]\n\"*\" = \"registry.invalid/team/{{service}}:1.0\"\n\n[build]\ncommand = \
         {BUILD:?}\n"
    );
    let workspace = workspace
        .file(&path, named)
        .file(SETTINGS, settings)
        .commit_all()
        .file(
            ".env",
            "POSTGRES_PASSWORD=swordfish-1\nJWT_SECRET=swordfish-2\n",
        )
        .with_env("KUBECONFIG", cluster().kubeconfig());
    let digest = format!("sha256:{}", digits.repeat(32));
    fs_err::write(workspace.outside("digest"), digest).expect("a digest");
    workspace
}

/// Returns the name, the image and the uid of every Job, by name.
fn jobs(namespace: &str) -> Vec<[String; 3]> {
    let found = cluster().kubectl(&["get", "jobs", "-n", namespace, "-o", "json"]);
    let list: Value = serde_json::from_slice(&found.stdout).expect("JSON");
    let text = |job: &Value, at: &str| job.pointer(at).and_then(Value::as_str).map(str::to_owned);
    let job = |job: &Value| {
        [
            "/metadata/name",
            "/spec/template/spec/containers/0/image",
            "/metadata/uid",
        ]
        .map(|at| text(job, at).unwrap_or_default())
    };
    // What a schedule starts is not the plan's.
    let planned = |job: &&Value| job["metadata"]["ownerReferences"].is_null();
    let items = list["items"].as_array().into_iter().flatten();
    items.filter(planned).map(job).collect()
}

fn a_rebuilt_image_runs_its_jobs_again() {
    let namespace = "rebuilt";
    let first = with_jobs(namespace, "ab");
    first.orch(&phase(&["run", "--yes"])).expect(0);
    let before = jobs(namespace);
    let digest = |digits: &str| format!(":1.0@sha256:{}", digits.repeat(32));
    assert_eq!(before.len(), 2, "{before:?}");
    for [_, image, _] in &before {
        assert!(image.ends_with(&digest("ab")), "{image}");
    }
    // Somebody else builds the same revision: the tag is the same, the digest another one.
    let second = with_jobs(namespace, "cd");
    let run = second.orch(&phase(&["run", "--yes"])).expect(0);
    let after = jobs(namespace);
    for ([name, _, uid], [again, image, other]) in before.iter().zip(&after) {
        assert_eq!(name, again, "the manifests are the same");
        assert!(image.ends_with(&digest("cd")), "{image}");
        assert_ne!(uid, other, "it has run again");
    }
    assert_eq!(after.len(), 2, "{after:?}");
    let said = "deleted and made again";
    let journal = second.read(".orch/migrations/phase-04.jsonl");
    assert!(journal.contains(said), "it is evidence: {}", run.stderr);
    let again = second.orch(&phase(&["run", "--yes"])).expect(0);
    assert!(again.stderr.contains("nothing to do"), "{}", again.stderr);
}

fn a_tree_with_changes_is_refused() {
    let namespace = "dirty";
    let workspace = built(namespace);
    workspace.write("src/new.py", "print()\n");
    let refused = run(&workspace).expect(2);
    for said in ["src/new.py", "commit or stash"] {
        assert!(refused.stderr.contains(said), "{}", refused.stderr);
    }
    let found = cluster().kubectl(&["get", "namespace", namespace]);
    assert!(!found.status.success(), "nothing was applied");
}

fn a_changed_secret_rolls_its_users() {
    let namespace = "rotated";
    let workspace = workspace(namespace);
    run(&workspace).expect(0);
    let field = r"metadata.annotations.orch\.dev/secret-rotation";
    assert_eq!(deployed(namespace, field), "");
    let values = workspace.read(".env").replace("swordfish-2", "swordfish-5");
    workspace.write(".env", values);
    workspace.orch(&phase(&["run", "--repair"])).expect(0);
    assert_eq!(deployed(namespace, field), "1");
    // Once is enough.
    workspace.orch(&phase(&["run", "--repair"])).expect(0);
    assert_eq!(deployed(namespace, field), "1");
}
