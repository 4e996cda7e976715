//! Bad input in the workspace: one clear message each, and nothing lost or half-written.

use crate::harness::call_center::{
    CHECKLIST, SETTINGS, application, call_center, checklist, with_checklist,
};
use crate::harness::workspace::{Run, Workspace};

/// Runs the phase, which must be refused with these pieces in its message, and changes nothing.
#[track_caller]
fn check_refused(workspace: &Workspace, code: i32, pieces: &[&str]) -> Run {
    check_command(workspace, &["phase", "4", "run"], code, pieces)
}

#[track_caller]
fn check_command(workspace: &Workspace, arguments: &[&str], code: i32, pieces: &[&str]) -> Run {
    let (contents, messages) = (workspace.contents(), workspace.messages());
    let run = workspace.orch(arguments).expect(code);
    for piece in pieces {
        assert!(
            run.stderr.contains(piece),
            "no {piece:?} in\n{}",
            run.stderr
        );
    }
    assert_eq!(workspace.contents(), contents, "nothing is written");
    assert_eq!(workspace.messages(), messages, "nothing is committed");
    run
}

/// Returns the line, counted from 1, where a text first has these words.
fn line_of(text: &str, words: &str) -> usize {
    1 + text
        .lines()
        .position(|line| line.contains(words))
        .expect("it is there")
}

#[test]
fn a_workspace_without_checklists_says_how_to_begin() {
    let workspace = application(Workspace::new()).commit_all();
    check_refused(
        &workspace,
        2,
        &[
            "no checklist was found",
            "checklists/<set>/phase-01-<name>.md",
            "orch demo",
        ],
    );
}

#[test]
fn a_missing_phase_lists_the_sets() {
    check_command(
        &call_center(),
        &["phase", "7", "run"],
        2,
        &["no set has a phase 7", "call-center"],
    );
    check_command(
        &call_center(),
        &["--set", "shop", "phase", "4", "run"],
        2,
        &["no set is called `shop`", "call-center"],
    );
}

#[test]
fn an_empty_checklist_is_named() {
    check_refused(&with_checklist(""), 2, &[CHECKLIST]);
    check_refused(&with_checklist("# Phase 4: Kubernetes\n"), 2, &[CHECKLIST]);
}

#[test]
fn two_sets_with_the_phase_are_listed_until_one_is_chosen() {
    let other = "checklists/branch-office/phase-04-kubernetes.md";
    let workspace = application(Workspace::new())
        .file(CHECKLIST, checklist())
        .file(other, checklist())
        .commit_all();
    let pieces = [
        "2 sets have a phase 4",
        CHECKLIST,
        other,
        "--set NAME",
        "orch.toml",
    ];
    check_refused(&workspace, 2, &pieces);

    workspace
        .orch(&["phase", "4", "run", "--set", "branch-office"])
        .expect(0);
    assert!(workspace.read(other).contains("- [x] Completed"));
    assert_eq!(workspace.read(CHECKLIST), checklist());
    assert!(workspace.messages()[0].starts_with("checklist(branch-office): phase-4"));
    assert!(workspace.has(".orch/branch-office/phase-04.jsonl"));
}

#[test]
fn a_compose_file_that_is_not_there_is_named() {
    let workspace = call_center();
    fs_err::remove_file(workspace.path("docker-compose.staging.yml")).expect("removed");
    let line = line_of(&workspace.read(SETTINGS), "docker-compose.staging.yml");
    let place = format!("{SETTINGS}:{line}");
    check_refused(&workspace, 2, &["docker-compose.staging.yml", &place]);
}

#[test]
fn a_compose_file_that_only_the_checklist_names_is_looked_for() {
    let workspace = application(Workspace::new())
        .file(CHECKLIST, checklist())
        .commit_all();
    fs_err::remove_file(workspace.path("docker-compose.staging.yml")).expect("removed");
    let run = workspace.orch(&["phase", "4", "run"]);
    assert!(matches!(run.code, Some(1 | 2)), "{run:?}");
    let line = line_of(&checklist(), "docker-compose.staging.yml");
    for piece in ["docker-compose.staging.yml", &format!("{CHECKLIST}:{line}")] {
        assert!(
            run.stderr.contains(piece),
            "no {piece:?} in\n{}",
            run.stderr
        );
    }
    assert!(
        !workspace.has("k8s"),
        "nothing is written without the application"
    );
    assert_eq!(workspace.messages().len(), 1);
}

#[test]
fn broken_yaml_is_shown_with_its_line() {
    let workspace = call_center();
    let text = workspace
        .read("docker-compose.yml")
        .replace("  redis:\n", "  redis: [\n");
    let line = line_of(&text, "redis: [");
    workspace.write("docker-compose.yml", text);
    let run = check_refused(&workspace, 2, &["docker-compose.yml:"]);
    let shown =
        (line..line + 8).any(|line| run.stderr.contains(&format!("docker-compose.yml:{line}")));
    assert!(shown, "{}", run.stderr);
}

#[test]
fn a_required_variable_without_a_value_is_named_unless_it_is_a_secret() {
    let workspace = call_center();
    let text = workspace
        .read("docker-compose.yml")
        .replace("${APP_ENV:-development}", "${REGION:?name the region}");
    let line = line_of(&text, "REGION");
    workspace.write("docker-compose.yml", text);
    // Staging replaces that one; the worker's environment is looked at as well.
    workspace.write("docker-compose.staging.yml", "services: {}\n");
    let place = format!("docker-compose.yml:{line}");
    let pieces = ["REGION", "name the region", &place];
    let run = check_refused(&workspace, 2, &pieces);
    assert!(
        !run.stderr.contains("error: `JWT_SECRET`"),
        "{}",
        run.stderr
    );
    workspace.write(".env", "REGION=north\n");
    workspace.orch(&["phase", "4", "run"]).expect(0);
    assert!(workspace.read("k8s/configmap.yml").contains("north"));
}

#[test]
fn secrets_without_a_value_are_listed_and_become_placeholders() {
    let workspace = call_center();
    let plan = workspace.orch(&["phase", "4", "plan"]).expect(0);
    for name in ["POSTGRES_PASSWORD", "JWT_SECRET", "GRAFANA_ADMIN_PASSWORD"] {
        assert!(
            plan.stderr.contains(&format!("`{name}` has no value")),
            "{}",
            plan.stderr
        );
    }
    // A value that is there is not written either.
    workspace.write(".env", "JWT_SECRET=very-private-indeed\n");
    let run = workspace.orch(&["phase", "4", "run"]).expect(0);
    assert!(!run.stderr.contains("very-private-indeed"));
    for (path, bytes) in workspace.contents() {
        let text = String::from_utf8_lossy(&bytes);
        assert!(
            path == ".env" || !text.contains("very-private-indeed"),
            "{path}"
        );
    }
}

#[test]
fn an_unknown_setting_has_its_place_and_the_nearest_known_one() {
    let workspace = call_center();
    workspace.write(SETTINGS, "namespase = \"x\"\n");
    let place = format!("{SETTINGS}:1:1");
    check_refused(
        &workspace,
        2,
        &["`namespase`", &place, "did you mean `namespace`?"],
    );
    fs_err::remove_file(workspace.path(SETTINGS)).expect("removed");
    workspace.write("orch.toml", "set = \"call-center\"\nextra = \"write\"\n");
    check_refused(
        &workspace,
        2,
        &["`extra`", "orch.toml:2:1", "did you mean `extras`?"],
    );
}

#[test]
fn an_unknown_directive_has_its_place() {
    let text = checklist().replace(
        "- [ ] Create `k8s/README.md`: how to deploy it",
        "- [ ] Create `k8s/README.md`: how to deploy it <!-- orch: afer=4.1.1 -->",
    );
    let place = format!("{CHECKLIST}:{}", line_of(&text, "afer"));
    check_refused(&with_checklist(&text), 2, &["`afer`", &place, "after"]);
}

#[test]
fn tasks_that_wait_for_each_other_are_named() {
    let text = checklist()
        .replace(
            "the namespace\n",
            "the namespace <!-- orch: after=4.1.3 -->\n",
        )
        .replace(
            "that are no secrets\n",
            "that are no secrets <!-- orch: after=4.1.1 -->\n",
        );
    check_refused(
        &with_checklist(&text),
        2,
        &["wait for each other", "configmap.yml"],
    );
}

#[test]
fn a_task_changed_while_running_stops_the_run() {
    let edit = "sed -i 's/[G]rafana with provisioned/Grafana with all provisioned/' checklists/*/phase-04*.md";
    let workspace = with_checklist(&commanded(edit));
    let run = workspace.orch(&["phase", "4", "run", "--yes"]).expect(2);
    let pieces = ["changed while running", "4.4.3", CHECKLIST, "run again"];
    for piece in pieces {
        assert!(
            run.stderr.contains(piece),
            "no {piece:?} in\n{}",
            run.stderr
        );
    }
    assert!(
        workspace.read(CHECKLIST).contains("Grafana with all"),
        "the person's words stay"
    );
    assert_eq!(workspace.messages().len(), 1);

    workspace.orch(&["phase", "4", "run", "--yes"]).expect(0);
    assert!(workspace.read(CHECKLIST).contains("Grafana with all"));
    assert_eq!(workspace.messages().len(), 2);
}

#[test]
fn notes_written_while_running_are_kept() {
    let edit = "sed -i 's/[T]he call centre runs/Our call centre runs/' checklists/*/phase-04*.md";
    let workspace = with_checklist(&commanded(edit));
    workspace.orch(&["phase", "4", "run", "--yes"]).expect(0);
    let text = workspace.read(CHECKLIST);
    assert!(
        text.contains("Our call centre runs") && text.contains("- [x] Completed"),
        "{text}"
    );
}

#[test]
fn commands_of_a_checklist_need_consent() {
    let workspace = with_checklist(&commanded("touch ran"));
    let run = workspace.orch(&["phase", "4", "run"]).expect(1);
    assert!(run.stderr.contains("needs your consent"), "{}", run.stderr);
    assert!(run.stderr.contains("--yes"), "{}", run.stderr);
    assert!(!workspace.has("ran"));
    workspace.orch(&["phase", "4", "run", "--yes"]).expect(0);
    assert!(workspace.has("ran"));
}

/// Returns the checklist with a command that runs before Grafana is applied.
fn commanded(command: &str) -> String {
    let last = "- [ ] `k8s/kustomization.yml`: Kustomize over all of it\n";
    checklist().replace(
        last,
        &format!("{last}- [ ] Do more <!-- orch: run=\"{command}\" after=4.4.2 -->\n"),
    )
}
