//! One phase on several targets: one after the other, protected, each with evidence of its own.

use std::io::Write as _;
use std::process::Stdio;

use fs_err as fs;
use serde_json::Value;

use crate::conformance::{Case, phase};
use crate::harness::call_center::{CHECKLIST, JOURNAL, SETTINGS};
use crate::harness::cluster::cluster;
use crate::harness::impostor;
use crate::harness::wait::eventually;
use crate::harness::workspace::{Run, Workspace};

/// The tests of this file.
pub(crate) const CASES: &[Case] = &[
    (
        "targets::get_a_phase_one_after_the_other",
        get_a_phase_one_after_the_other,
    ),
    (
        "targets::a_change_must_reach_the_first_target_first",
        a_change_must_reach_the_first_target_first,
    ),
    (
        "targets::a_protected_one_is_named_by_hand",
        a_protected_one_is_named_by_hand,
    ),
    (
        "targets::a_name_keeps_what_its_context_had",
        a_name_keeps_what_its_context_had,
    ),
    (
        "targets::another_cluster_under_the_same_name_is_refused",
        another_cluster_is_refused,
    ),
];

/// Returns the call centre with two targets, `staging` and then `prod`, each in its own namespace
/// of the control plane.
fn workspace(namespace: &str) -> Workspace {
    let context = cluster().context();
    let targets = format!(
        "[targets.staging]\ncontext = \"{context}\"\nnamespace = \"{namespace}-staging\"\n\
         [targets.prod]\ncontext = \"{context}\"\nnamespace = \"{namespace}-prod\"\n\
         after = \"staging\"\nprotected = true\n"
    );
    let workspace = phase::workspace(namespace);
    let settings = workspace.read(SETTINGS);
    workspace
        .file(SETTINGS, format!("target = \"staging\"\n{settings}"))
        .file("orch.toml", targets)
        .commit_all()
}

fn run(workspace: &Workspace, arguments: &[&str]) -> Run {
    workspace.orch(&[&["phase", "4", "run"], arguments].concat())
}

#[track_caller]
fn assert_refused(run: Run, pieces: &[&str]) {
    let run = run.expect(4);
    for piece in pieces {
        assert!(run.stderr.contains(piece), "no {piece:?} in {}", run.stderr);
    }
}

/// Returns whether a namespace is there.
fn is_there(namespace: &str) -> bool {
    let found = cluster().kubectl(&["get", "namespace", namespace]);
    found.status.success()
}

/// Waits until a namespace has so many replicas of the call processor: its HPA raises them.
#[track_caller]
fn assert_replicas(namespace: &str, wanted: u64) {
    let name = "deployment/call-processor";
    let arguments = ["get", name, "-o", "json", "-n", namespace];
    eventually("the replicas", || {
        let found = cluster().kubectl(&arguments);
        let object: Value = serde_json::from_slice(&found.stdout).expect("a deployment");
        (object["status"]["availableReplicas"] == wanted).then_some(())
    });
}

/// Returns how many records the journal has.
fn records(workspace: &Workspace) -> usize {
    workspace.read(JOURNAL).lines().count()
}

fn get_a_phase_one_after_the_other() {
    let workspace = workspace("in-turn");
    assert_refused(
        run(&workspace, &["--target", "prod", "--confirm", "prod"]),
        &[
            "`prod` comes after `staging`",
            "phase 4 never ran on `staging`",
            "phase 4 run --target staging",
        ],
    );
    run(&workspace, &[]).expect(0);
    assert_replicas("in-turn-staging", 2);
    assert!(!is_there("in-turn-prod") && !is_there("in-turn"));

    // What prod gets ticks nothing and writes no file anew.
    let files = |path: &&String| path.starts_with("k8s/") || *path == CHECKLIST;
    let owned: Vec<String> = workspace.files().iter().filter(files).cloned().collect();
    let before: Vec<String> = owned.iter().map(|path| workspace.read(path)).collect();
    assert!(before.iter().all(|text| !text.contains("in-turn-staging")));
    let done = records(&workspace);
    for more in [3, 40, 70] {
        let arguments = ["phase", "4", "run", "--target", "prod", "--confirm", "prod"];
        let running = workspace.spawn(&arguments);
        let moment = done + more;
        running.kill_when("its records", || records(&workspace) >= moment);
    }
    run(&workspace, &["--target", "prod", "--confirm", "prod"]).expect(0);
    assert_replicas("in-turn-prod", 2);
    assert!(!is_there("in-turn"));
    let after: Vec<String> = owned.iter().map(|path| workspace.read(path)).collect();
    assert_eq!(after, before);
    let messages = workspace.messages();
    assert!(
        messages[0].starts_with("checklist(call-center): phase-4 kubernetes completed on prod")
    );

    shows_a_column_for_each(&workspace);
    for (target, confirm) in [("staging", "staging"), ("prod", "prod")] {
        let again = run(&workspace, &["--target", target, "--confirm", confirm]).expect(0);
        assert!(again.stderr.contains("nothing to do"), "{}", again.stderr);
    }
    // Nothing is to be done, so nobody has to be asked.
    run(&workspace, &["--target", "prod"]).expect(0);
}

#[track_caller]
fn shows_a_column_for_each(workspace: &Workspace) {
    let progress = workspace.read("PROGRESS.md");
    for place in ["(staging)", "(prod)"] {
        assert!(progress.contains(place), "{progress}");
    }
    let all = workspace.orch(&["status"]).expect(0).stdout;
    let header = all.lines().nth(1).expect("a header");
    let names: Vec<&str> = header.split_whitespace().collect();
    assert_eq!(names, ["staging", "prod"], "{all}");
    assert_eq!(all.matches("done 20").count(), 2, "{all}");
    let json = workspace.orch(&["status", "--json"]).expect(0).stdout;
    let row: Value = serde_json::from_str(json.lines().next().expect("a row")).expect("JSON");
    for (name, namespace) in [("staging", "in-turn-staging"), ("prod", "in-turn-prod")] {
        let target = &row["targets"][name];
        assert_eq!(target["state"], "done", "{row}");
        assert_eq!(target["namespace"], namespace, "{row}");
    }
    let tasks = workspace.orch(&["phase", "4", "status"]).expect(0).stdout;
    let task = tasks.lines().find(|line| line.contains(" 4.2.1 "));
    assert_eq!(task.expect("a task").matches("done").count(), 2, "{tasks}");
    let one = ["phase", "4", "status", "--target", "prod"];
    let one = workspace.orch(&one).expect(0).stdout;
    assert!(
        one.contains("prod: done") && !one.contains("staging: "),
        "{one}"
    );
}

fn a_change_must_reach_the_first_target_first() {
    let workspace = workspace("changing");
    run(&workspace, &[]).expect(0);
    let plan = workspace
        .orch(&["phase", "4", "plan", "--target", "prod"])
        .expect(0)
        .stdout;
    assert!(plan.contains("staging: has it"), "{plan}");
    let text = workspace.read(CHECKLIST);
    workspace.write(CHECKLIST, text.replace("min 2, max 10", "min 3, max 10"));
    workspace.commit("Run three");
    assert_refused(
        run(&workspace, &["--target", "prod", "--confirm", "prod"]),
        &[
            "changed since `staging`",
            "apply HorizontalPodAutoscaler/call-processor",
            "run --target staging --accept-changes",
        ],
    );
    let plan = workspace
        .orch(&["phase", "4", "plan", "--target", "prod"])
        .expect(0)
        .stdout;
    assert!(plan.contains("staging: lacks it"), "{plan}");
    assert!(!is_there("changing-prod"), "nothing was touched");
    run(&workspace, &["--target", "staging", "--accept-changes"]).expect(0);
    run(&workspace, &["--target", "prod", "--confirm", "prod"]).expect(0);
    assert_replicas("changing-prod", 3);
}

fn a_protected_one_is_named_by_hand() {
    let workspace = workspace("guarded");
    let targets = workspace
        .read("orch.toml")
        .replace("after = \"staging\"\n", "");
    workspace.write("orch.toml", targets);
    workspace.commit("Let prod be first");
    let context = cluster().context();
    assert_refused(
        run(&workspace, &["--target", "prod"]),
        &["`prod` is protected", "--confirm prod"],
    );
    assert_refused(
        run(&workspace, &["--target", "prod", "--confirm", "staging"]),
        &["`staging` is not the name of the target, `prod`"],
    );
    // The context is both targets', so it can't be told which one is meant.
    let by_context = run(&workspace, &["--context", context]).expect(2);
    assert!(
        by_context.stderr.contains("staging, prod"),
        "{}",
        by_context.stderr
    );
    let typed = type_on_a_terminal(&workspace, "prd\n");
    assert!(
        typed.contains("to do") && typed.contains("namespace  guarded-prod"),
        "{typed}"
    );
    assert!(typed.contains("nothing was changed"), "{typed}");
    assert!(!is_there("guarded-prod"), "nothing was touched");
    assert!(!workspace.has(JOURNAL), "nothing was recorded");

    let typed = type_on_a_terminal(&workspace, "prod\n");
    assert!(is_there("guarded-prod"), "{typed}");
    assert_replicas("guarded-prod", 2);

    // Turning back changes it as well.
    let back = ["phase", "4", "undo", "--target", "prod", "--yes"];
    let refused = workspace.orch(&back);
    assert_refused(refused, &["`prod` is protected", "--confirm prod"]);
    assert_replicas("guarded-prod", 2);
    let named = [&back[..], &["--confirm", "prod"]].concat();
    workspace.orch(&named).expect(0);
    let left = cluster().kubectl(&["-n", "guarded-prod", "get", "deployments", "-o", "name"]);
    assert!(left.stdout.is_empty(), "{left:?}");
}

/// Runs on prod from a terminal on which a person types this; returns what the terminal showed.
fn type_on_a_terminal(workspace: &Workspace, typed: &str) -> String {
    let orch = env!("CARGO_BIN_EXE_orch");
    let command = format!("{orch} phase 4 run --target prod");
    let arguments = ["-qefc", &command, "/dev/null"];
    let mut child = workspace
        .program("script", &arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("script of util-linux");
    let mut input = child.stdin.take().expect("a pipe");
    input.write_all(typed.as_bytes()).expect("it listens");
    let output = child.wait_with_output().expect("its output");
    drop(input);
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn a_name_keeps_what_its_context_had() {
    let workspace = phase::workspace("renamed");
    phase::run(&workspace).expect(0);
    let context = cluster().context();
    workspace.write(
        "orch.toml",
        format!("[targets.live]\ncontext = \"{context}\"\nprotected = true\n"),
    );
    workspace.commit("Give the cluster a name");
    for flags in [["--target", "live"], ["--context", context]] {
        let again = run(&workspace, &flags).expect(0);
        assert!(
            again
                .stderr
                .contains("nothing to do: phase 4 is done on live"),
            "{}",
            again.stderr
        );
    }
    let status = workspace.orch(&["phase", "4", "status"]).expect(0).stdout;
    assert!(
        status.contains("live: done") && !status.contains(context),
        "{status}"
    );
}

fn another_cluster_is_refused() {
    let workspace = phase::workspace("elsewhere");
    phase::run(&workspace).expect(0);
    let records = workspace.read(JOURNAL);
    // The same context, but the name of another cluster behind it.
    let kubeconfig = fs::read_to_string(cluster().kubeconfig()).expect("a kubeconfig");
    let path = workspace.outside("kubeconfig");
    fs::write(&path, impostor::behind(&kubeconfig)).expect("a kubeconfig");
    let workspace = workspace.with_env("KUBECONFIG", path);
    assert_refused(
        phase::run(&workspace),
        &["leads to another cluster than before", impostor::UID],
    );
    assert_eq!(workspace.read(JOURNAL), records, "nothing was recorded");
    let settings = format!("[targets.live]\ncontext = \"{}\"\n", cluster().context());
    workspace.write("orch.toml", settings);
    workspace.commit("Give the cluster a name");
    assert_refused(
        run(&workspace, &["--target", "live"]),
        &["the target `live`", "leads to another cluster than before"],
    );
}
