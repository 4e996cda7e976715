//! Several targets: what is refused before any of them is touched, and what is shown of each.

use crate::harness::call_center::{CHECKLIST, JOURNAL, SETTINGS, call_center};
use crate::harness::workspace::Workspace;

const TARGETS: &str = "[targets.staging]\ncontext = \"here\"\n\
     [targets.prod]\ncontext = \"there\"\nkubeconfig = \"prod.yaml\"\nafter = \"staging\"\n\
     protected = true\n";

/// Returns the call centre with two targets that nothing answers for.
fn workspace() -> Workspace {
    let kubeconfig = |name: &str| {
        format!(
            "apiVersion: v1\nkind: Config\ncurrent-context: {name}\n\
             clusters: [{{ name: c, cluster: {{ server: 'http://127.0.0.1:9' }} }}]\n\
             users: [{{ name: u, user: {{ token: t }} }}]\n\
             contexts: [{{ name: {name}, context: {{ cluster: c, user: u }} }}]\n"
        )
    };
    let workspace = call_center()
        .file("orch.toml", TARGETS)
        .file("prod.yaml", kubeconfig("there"))
        .commit_all();
    let usual = workspace.outside("kubeconfig");
    fs_err::write(&usual, kubeconfig("here")).expect("a kubeconfig");
    workspace.with_env("KUBECONFIG", usual)
}

#[track_caller]
fn check_refused(workspace: &Workspace, flags: &[&str], code: i32, pieces: &[&str]) {
    let before = workspace.contents();
    let run = workspace
        .orch(&[&["phase", "4", "run"], flags].concat())
        .expect(code);
    for piece in pieces {
        assert!(run.stderr.contains(piece), "no {piece:?} in {}", run.stderr);
    }
    assert_eq!(workspace.contents(), before, "nothing is written");
}

#[test]
fn one_that_is_not_there_names_those_that_are() {
    let pieces = ["no target is called `prd`", "staging, prod"];
    check_refused(&workspace(), &["--target", "prd"], 2, &pieces);
}

#[test]
fn a_target_and_a_context_exclude_each_other() {
    let flags = ["--target", "prod", "--context", "there"];
    check_refused(&workspace(), &flags, 2, &["cannot be used with"]);
}

#[test]
fn one_that_comes_after_another_waits_for_it_before_anything_is_asked() {
    let pieces = [
        "`prod` comes after `staging`",
        "phase 4 never ran on `staging`",
        "phase 4 run --target staging",
    ];
    check_refused(&workspace(), &["--target", "prod"], 4, &pieces);
}

#[test]
fn a_context_that_a_target_names_is_that_target() {
    let workspace = workspace();
    let targets = TARGETS.replace("kubeconfig = \"prod.yaml\"\n", "");
    workspace.write("orch.toml", targets);
    let pieces = ["`prod` comes after `staging`"];
    check_refused(&workspace, &["--context", "there"], 4, &pieces);
}

#[test]
fn a_kubeconfig_of_the_settings_lies_in_the_workspace() {
    let workspace = workspace();
    workspace.write("orch.toml", TARGETS.replace("after = \"staging\"\n", ""));
    let run = ["-C", "k8s", "phase", "4", "run", "--target", "prod"];
    fs_err::create_dir(workspace.path("k8s")).expect("a folder");
    let run = workspace.orch(&run).expect(4);
    assert!(run.stderr.contains("127.0.0.1:9"), "{}", run.stderr);
}

#[test]
fn settings_that_wait_for_each_other_have_a_place() {
    let workspace = workspace();
    workspace.write(
        "orch.toml",
        "[targets.a]\ncontext = \"a\"\nafter = \"b\"\n[targets.b]\ncontext = \"b\"\nafter = \"a\"\n",
    );
    let pieces = ["a → b → a", "orch.toml:6:9"];
    check_refused(&workspace, &["--target", "a"], 2, &pieces);
}

#[test]
fn each_has_a_column_even_before_its_first_run() {
    let workspace = workspace();
    let settings = workspace.read(SETTINGS);
    workspace.write(SETTINGS, settings.replace("target = \"staging\"\n", ""));
    workspace.orch(&["phase", "4", "run"]).expect(0);
    assert!(workspace.read(JOURNAL).contains("\"rehearsal\""));
    let status = workspace.orch(&["status"]).expect(0).stdout;
    let lines: Vec<Vec<&str>> = status
        .lines()
        .map(|line| line.split_whitespace().collect())
        .collect();
    assert_eq!(lines[1], ["staging", "prod", "rehearsal"], "{status}");
    assert!(
        status.contains("–        –     done 2026-01-02"),
        "{status}"
    );
    let task = workspace.orch(&["phase", "4", "status"]).expect(0).stdout;
    assert!(task.contains("staging: nothing yet"), "{task}");
    let only = ["phase", "4", "status", "--target", "nowhere"];
    let refused = workspace.orch(&only).expect(2);
    assert!(refused.stderr.contains("`nowhere`"), "{}", refused.stderr);
}

#[test]
fn a_persons_decision_is_about_the_target_that_is_named() {
    let workspace = workspace();
    workspace.orch(&["phase", "4", "run"]).expect(0);
    let checklist = workspace.read(CHECKLIST);
    let done = [
        "task", "done", "4.1.1", "--target", "staging", "--note", "by hand",
    ];
    let said = workspace.orch(&done).expect(0).stderr;
    assert!(said.contains("done on staging"), "{said}");
    let status = workspace.orch(&["phase", "4", "status"]).expect(0).stdout;
    let row = status.lines().find(|line| line.contains(" 4.1.1 "));
    let cells: Vec<&str> = row.expect("a row").split_whitespace().collect();
    assert_eq!(cells[1..5], ["4.1.1", "decided", "–", "done"], "{status}");
    let again = ["task", "reopen", "4.1.1", "--target", "staging"];
    workspace.orch(&again).expect(0);
    assert_eq!(
        workspace.read(CHECKLIST),
        checklist,
        "its boxes are another's"
    );
    let unknown = ["task", "reopen", "4.1.1", "--target", "nowhere"];
    workspace.orch(&unknown).expect(2);
}
