//! What git and the machine do beside a run: records that are gone, other branches, settings in the
//! environment, closed terminals, line ends.

use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;

use crate::harness::call_center::{CHECKLIST, JOURNAL, call_center};
use crate::harness::wait::eventually;
use crate::harness::workspace::Workspace;

const ONE: &str = "checklists/shop/phase-01-base.md";

fn shop(tasks: &str) -> Workspace {
    Workspace::new()
        .file(
            ONE,
            format!("# Phase 1: Base\n\n## 1.1 Work\n\n{tasks}\n\n**Notes:** -\n"),
        )
        .commit_all()
}

fn reopen_first_box(workspace: &Workspace) {
    let text = workspace.read(CHECKLIST);
    let at = text.find("### 4.1").expect("the first section");
    let (head, rest) = text.split_at(at);
    let text = format!("{head}{}", rest.replacen("- [x]", "- [ ]", 1));
    workspace.write(CHECKLIST, text);
}

#[test]
fn a_run_whose_journal_is_gone_changes_nothing() {
    let workspace = call_center();
    workspace.orch(&["phase", "4", "run"]).expect(0);
    reopen_first_box(&workspace);
    fs_err::remove_dir_all(workspace.path(".orch")).expect("removes");
    fs_err::remove_dir_all(workspace.path("k8s")).expect("removes");
    let (contents, head) = (workspace.contents(), workspace.head());

    for arguments in [
        &["phase", "4", "run"][..],
        &["task", "done", "4.1.1", "--note", "by hand"],
    ] {
        let said = workspace.orch(arguments).expect(2).stderr;
        assert!(said.contains("git restore .orch/"), "{said}");
    }
    let said = workspace.orch(&["check"]).expect(2).stdout;
    assert!(said.contains("is in the last commit, and not in"), "{said}");
    assert_eq!(workspace.contents(), contents);
    assert_eq!(workspace.head(), head);

    let restored = workspace
        .program("git", &["restore", JOURNAL])
        .status()
        .expect("git runs");
    assert!(restored.success());
    workspace.orch(&["phase", "4", "run"]).expect(0);
    assert!(workspace.has("k8s/namespace.yml"), "it is written again");
    assert!(workspace.git_status().is_empty());
}

#[test]
fn a_run_on_whose_way_the_branch_was_switched_commits_nothing() {
    let workspace = shop("- [ ] Move <!-- orch: run=\"git switch -q -c other\" -->");

    let said = workspace.orch(&["phase", "1", "run", "--yes"]).expect(2);

    assert!(
        said.stderr.contains("HEAD is on `other`"),
        "{}",
        said.stderr
    );
    assert!(said.stderr.contains("git switch main"), "{}", said.stderr);
    assert_eq!(workspace.messages().len(), 1);
    let back = workspace
        .program("git", &["switch", "--quiet", "main"])
        .status();
    assert!(back.expect("git runs").success());
    workspace.orch(&["phase", "1", "run"]).expect(0);
    assert_eq!(workspace.messages().len(), 2);
}

#[test]
fn settings_that_the_environment_names_hold_for_the_commit() {
    let workspace = shop("- [x] Ask");
    let (settings, hooks) = (workspace.outside("gitconfig"), workspace.outside("hooks"));
    fs_err::create_dir_all(&hooks).expect("a folder");
    let hook = hooks.join("pre-commit");
    fs_err::write(&hook, "#!/bin/sh\necho no commits today >&2\nexit 1\n").expect("a hook");
    fs_err::set_permissions(&hook, std::fs::Permissions::from_mode(0o755)).expect("executable");
    let text = format!("[core]\nhooksPath = {}\n", hooks.display());
    fs_err::write(&settings, text).expect("settings");
    let workspace = workspace.with_env("GIT_CONFIG_GLOBAL", settings);
    workspace.write(ONE, workspace.read(ONE).replace("[x]", "[ ]"));
    let done = ["task", "done", "1.1.1", "--note", "ok"];
    workspace.orch(&done).expect(0);

    let said = workspace.orch(&["phase", "1", "run"]).expect(2).stderr;

    assert!(said.contains("no commits today"), "{said}");
    assert_eq!(workspace.messages().len(), 1);
}

#[test]
fn a_closed_terminal_ends_the_command() {
    let command = "echo $$ > pid.txt; sleep 60; touch late.txt";
    let workspace = shop(&format!("- [ ] Wait <!-- orch: run=\"{command}\" -->"));
    let running = workspace.spawn(&["phase", "1", "run", "--yes"]);
    let pid = eventually("the command runs", || {
        let text = fs_err::read_to_string(workspace.path("pid.txt")).ok()?;
        text.trim().parse::<u32>().ok()
    });
    let kill = |arguments: &str| {
        let line = format!("kill {arguments} 2>/dev/null");
        let sent = Command::new("sh").args(["-c", &line]).status();
        sent.expect("a shell").success()
    };

    assert!(kill(&format!("-HUP {}", running.id())));

    running.wait().expect(130);
    eventually("the command is ended", || {
        (!kill(&format!("-0 {pid}"))).then_some(())
    });
    assert!(!workspace.has("late.txt"));
}

#[test]
fn line_ends_that_git_gives_are_no_change() {
    let workspace = call_center();
    workspace.write(
        ".gitattributes",
        "k8s/** text eol=crlf\n*.md text eol=crlf\n",
    );
    workspace.commit("Windows");
    workspace.orch(&["phase", "4", "run"]).expect(0);
    // As a fresh clone has them.
    for arguments in [
        &["rm", "-r", "--quiet", "--cached", "."][..],
        &["reset", "--quiet", "--hard"],
    ] {
        let done = workspace.program("git", arguments).status();
        assert!(done.expect("git runs").success());
    }
    assert!(workspace.read("k8s/namespace.yml").contains("\r\n"));
    let (contents, head) = (workspace.contents(), workspace.head());

    let said = workspace.orch(&["phase", "4", "run"]).expect(0).stderr;

    assert!(said.contains("nothing to do"), "{said}");
    assert_eq!(workspace.contents(), contents);
    assert_eq!(workspace.head(), head);
}

#[test]
fn yaml_without_an_object_is_an_error() {
    let workspace = shop("- [ ] Install <!-- orch: apply=extra.yml -->");
    workspace.write("extra.yml", "# nothing yet\n");
    for arguments in [
        &["check"][..],
        &["phase", "1", "plan"],
        &["phase", "1", "run"],
    ] {
        let run = workspace.orch(arguments).expect(2);
        let said = run.stdout + &run.stderr;
        assert!(
            said.contains("`extra.yml`, which holds no object"),
            "{said}"
        );
    }
    assert_eq!(workspace.messages().len(), 1);
}
