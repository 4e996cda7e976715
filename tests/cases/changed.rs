//! Files that a person changed, or wrote before orch did: merged, or left until a person decides.

use crate::harness::call_center::{CHECKLIST, JOURNAL, call_center, checklist, with_checklist};
use crate::harness::workspace::Workspace;

const HPA: &str = "k8s/call-processor/hpa.yml";
const SERVICE: &str = "k8s/redis/service.yml";
const ASKED: &str = "min 2, max 10, target CPU 70%";

/// Returns a workspace whose phase is done.
fn done() -> Workspace {
    let workspace = call_center();
    workspace.orch(&["phase", "4", "run"]).expect(0);
    workspace
}

/// Replaces a piece of a file, as a person would.
#[track_caller]
fn edit(workspace: &Workspace, path: &str, from: &str, to: &str) {
    let text = workspace.read(path);
    assert!(text.contains(from), "{from:?} is in {text}");
    workspace.write(path, text.replacen(from, to, 1));
}

/// Has orch want another HPA.
fn ask(workspace: &Workspace, asked: &str) {
    edit(workspace, CHECKLIST, ASKED, asked);
}

#[track_caller]
fn box_is(workspace: &Workspace, mark: &str) {
    let line = format!("- [{mark}] `{HPA}`");
    let text = workspace.read(CHECKLIST);
    assert!(text.contains(&line), "no {line:?} in {text}");
}

#[track_caller]
fn nothing_left(workspace: &Workspace) {
    let before = workspace.contents();
    let again = workspace.orch(&["phase", "4", "run"]).expect(0);
    assert!(again.stderr.contains("nothing to do"), "{}", again.stderr);
    assert_eq!(workspace.contents(), before);
    assert!(workspace.git_status().is_empty());
}

#[test]
fn changes_of_both_sides_come_together() {
    let workspace = done();
    edit(
        &workspace,
        HPA,
        "  maxReplicas: 10\n",
        "  # the evening peak\n  maxReplicas: 12 # was 10\n",
    );
    ask(&workspace, "min 2, max 10, target CPU 60%");

    let plan = workspace.orch(&["phase", "4", "plan"]).expect(0).stdout;
    assert!(plan.contains("merge k8s/call-processor/hpa.yml"), "{plan}");
    assert!(
        plan.contains("-           averageUtilization: 70"),
        "{plan}"
    );
    assert!(
        plan.contains("+           averageUtilization: 60"),
        "{plan}"
    );
    let changed = ["phase", "4", "run"];
    let stopped = workspace.orch(&changed).expect(2);
    assert!(
        stopped
            .stderr
            .contains("apply HorizontalPodAutoscaler/call-processor"),
        "{}",
        stopped.stderr
    );

    let run = ["phase", "4", "run", "--accept-changes"];
    workspace.orch(&run).expect(0);
    let explained = workspace
        .orch(&["phase", "4", "explain", "4.2.3"])
        .expect(0)
        .stdout;
    assert!(
        explained.contains("merged with what a person changed"),
        "{explained}"
    );
    let merged = workspace.read(HPA);
    assert!(merged.contains("  # the evening peak\n  maxReplicas: 12 # was 10\n"));
    assert!(merged.contains("averageUtilization: 60"), "{merged}");
    assert!(
        merged.contains("target CPU 60%"),
        "the header follows: {merged}"
    );
    assert!(workspace.read(JOURNAL).contains("\"ours\""));
    box_is(&workspace, "x");
    nothing_left(&workspace);

    // What orch wanted is the base from now on, and not what the person made of it.
    edit(&workspace, CHECKLIST, "target CPU 60%", "target CPU 55%");
    workspace
        .orch(&["phase", "4", "run", "--accept-changes"])
        .expect(0);
    let merged = merged
        .replace("averageUtilization: 60", "averageUtilization: 55")
        .replace("CPU 60%", "CPU 55%");
    assert_eq!(workspace.read(HPA), merged);
}

#[test]
fn comments_and_form_alone_need_no_consent() {
    let workspace = done();
    edit(&workspace, SERVICE, "spec:\n", "# mind the port\nspec:\n");
    edit(
        &workspace,
        "k8s/README.md",
        "## Verifying\n",
        "Ask Ada first.\n\n## Verifying\n",
    );
    let mine = (workspace.read(SERVICE), workspace.read("k8s/README.md"));
    workspace.orch(&["phase", "4", "run"]).expect(0);
    assert_eq!(
        (workspace.read(SERVICE), workspace.read("k8s/README.md")),
        mine
    );
    nothing_left(&workspace);
}

#[test]
fn a_conflict_leaves_the_file_and_its_box_to_a_person_and_all_else_goes_on() {
    let workspace = done();
    edit(&workspace, HPA, "maxReplicas: 10", "maxReplicas: 12");
    edit(&workspace, SERVICE, "spec:\n", "# mind the port\nspec:\n");
    let mine = workspace.read(HPA);
    ask(&workspace, "min 2, max 20, target CPU 70%");
    edit(
        &workspace,
        CHECKLIST,
        "Port: 8090 (API)",
        "Port: 8090 (grpc)",
    );

    let run = ["phase", "4", "run", "--accept-changes"];
    let waiting = workspace.orch(&run).expect(3);

    for piece in [
        "1 file for a person to decide on",
        "HorizontalPodAutoscaler/call-processor in call-center: spec.maxReplicas",
        "last written  10",
        "on disk       12",
        "orch wants    20",
        "--keep-mine",
        "--overwrite",
    ] {
        assert!(
            waiting.stderr.contains(piece),
            "no {piece:?} in\n{}",
            waiting.stderr
        );
    }
    assert_eq!(workspace.read(HPA), mine, "not a byte is touched");
    box_is(&workspace, " ");
    assert!(workspace.read(CHECKLIST).contains("- [x] In progress"));
    let service = workspace.read("k8s/admin-api/service.yml");
    assert!(
        service.contains("name: grpc"),
        "all else goes on: {service}"
    );
    assert_eq!(workspace.messages().len(), 2, "no commit yet");

    // The person comes to agree.
    edit(&workspace, HPA, "maxReplicas: 12", "maxReplicas: 20");
    workspace.orch(&run).expect(0);
    box_is(&workspace, "x");
    assert_eq!(workspace.messages().len(), 3);
    nothing_left(&workspace);
}

#[test]
fn a_person_may_keep_theirs() {
    let workspace = done();
    edit(&workspace, HPA, "maxReplicas: 10", "maxReplicas: 12");
    ask(&workspace, "min 2, max 20, target CPU 60%");
    let keep = ["phase", "4", "run", "--accept-changes", "--keep-mine"];
    workspace.orch(&keep).expect(0);
    let text = workspace.read(HPA);
    assert!(text.contains("maxReplicas: 12"), "{text}");
    assert!(text.contains("averageUtilization: 60"), "{text}");
    nothing_left(&workspace);
}

#[test]
fn a_person_may_let_orch_replace_the_file() {
    let workspace = done();
    let own = workspace.read(HPA);
    edit(&workspace, HPA, "maxReplicas: 10", "maxReplicas: 12");
    let replace = ["phase", "4", "run", "--overwrite"];
    workspace.orch(&replace).expect(0);
    assert_eq!(workspace.read(HPA), own);
    nothing_left(&workspace);
}

#[test]
fn a_file_that_a_person_wrote_first_is_theirs() {
    let workspace = call_center();
    workspace.write(SERVICE, "# mine\n");
    let waiting = workspace.orch(&["phase", "4", "run"]).expect(3);
    assert!(waiting.stderr.contains(SERVICE), "{}", waiting.stderr);
    assert!(
        waiting.stderr.contains("orch didn't write it"),
        "{}",
        waiting.stderr
    );
    assert_eq!(workspace.read(SERVICE), "# mine\n");
    assert!(
        workspace
            .read(CHECKLIST)
            .contains("- [ ] `k8s/redis/service.yml`")
    );
    assert!(
        workspace.has("k8s/admin-api/service.yml"),
        "all else is done"
    );
    workspace
        .orch(&["phase", "4", "run", "--overwrite", "--accept-changes"])
        .expect(0);
    assert_ne!(workspace.read(SERVICE), "# mine\n");
    nothing_left(&workspace);
}

#[test]
fn in_another_clone_the_history_says_what_orch_wrote() {
    let workspace = done();
    fs_err::remove_dir_all(workspace.path(".git/orch")).expect("what only this clone knows");
    edit(&workspace, HPA, "maxReplicas: 10", "maxReplicas: 12");
    workspace.commit("Allow for the evening");
    ask(&workspace, "min 2, max 10, target CPU 60%");
    workspace
        .orch(&["phase", "4", "run", "--accept-changes"])
        .expect(0);
    let text = workspace.read(HPA);
    assert!(text.contains("maxReplicas: 12"), "{text}");
    assert!(text.contains("averageUtilization: 60"), "{text}");
}

#[test]
fn a_real_secret_in_the_template_is_neither_committed_nor_shown() {
    let workspace = with_checklist(&checklist());
    workspace.orch(&["phase", "4", "run"]).expect(0);
    let path = "k8s/secrets.yml";
    let text = workspace.read(path).replacen("CHANGE_ME", "hunter2", 1);
    workspace.write(path, &text);
    for more in [&[][..], &["--keep-mine"]] {
        let run = [&["phase", "4", "run", "--accept-changes"], more].concat();
        let waiting = workspace.orch(&run).expect(3);
        assert!(
            waiting.stderr.contains("a Secret's value stands in a file"),
            "{}",
            waiting.stderr
        );
        assert!(!(waiting.stderr + &waiting.stdout).contains("hunter2"));
    }
    let plan = workspace.orch(&["phase", "4", "plan", "--json"]).expect(0);
    assert!(!plan.stdout.contains("hunter2"));
    assert!(!workspace.read(JOURNAL).contains("hunter2"));
    assert_eq!(workspace.messages().len(), 2, "no commit with it");
}

#[test]
fn conflicts_are_events_too() {
    let workspace = done();
    edit(&workspace, HPA, "maxReplicas: 10", "maxReplicas: 12");
    ask(&workspace, "min 2, max 20, target CPU 70%");
    let plan = workspace.orch(&["phase", "4", "plan", "--json"]).expect(0);
    let event = plan
        .stdout
        .lines()
        .find(|line| line.contains("\"event\":\"file\""));
    let event: serde_json::Value =
        serde_json::from_str(event.expect("an event")).expect("it is JSON");
    assert_eq!(event["path"], HPA);
    assert_eq!(event["merged"], false);
    let conflict = &event["conflicts"][0];
    assert_eq!(conflict["written"]["value"], "10");
    assert_eq!(conflict["found"]["value"], "12");
    assert_eq!(conflict["wanted"]["value"], "20");
}

/// A plan whose lines somebody writes on once they are ticked.
const WRITTEN_ON: &str = "\
# Phase 1: Cluster

## 1.1 Kubernetes base

- [ ] Deployment for web: 3 replicas
- [ ] PDB for web, minAvailable 2
";

/// Returns a workspace where that is done, and the checklist's path.
fn written_on() -> (Workspace, &'static str) {
    let path = "checklists/shop/phase-01-cluster.md";
    let compose = "services:\n  web:\n    image: nginx:1.27\n    ports: [\"80\"]\n";
    let workspace = Workspace::new()
        .file("docker-compose.yml", compose)
        .file(path, WRITTEN_ON)
        .commit_all();
    workspace.orch(&["phase", "1", "run"]).expect(0);
    (workspace, path)
}

#[test]
fn a_line_that_says_more_by_now_loses_its_tick() {
    let (workspace, path) = written_on();
    let ticked = workspace.read(path);
    assert_eq!(ticked.matches("- [x]").count(), 2, "{ticked}");
    let more = ticked.replace("3 replicas", "3 replicas, PriorityClass high");
    workspace.write(path, &more);

    let verified = workspace.orch(&["phase", "1", "verify"]);
    assert!(
        verified.stdout.contains("1 of 2 ticks hold"),
        "{verified:?}"
    );
    let run = workspace.orch(&["phase", "1", "run"]).expect(3);
    assert!(run.stderr.contains("1.1.1"), "{run:?}");
    let text = workspace.read(path);
    assert!(text.contains("- [ ] Deployment for web"), "{text}");
    assert!(text.contains("- [x] PDB for web"), "{text}");
    workspace.orch(&["phase", "1", "run"]).expect(3);
    let text = workspace.read(path);
    assert!(text.contains("- [ ] Deployment for web"), "{text}");

    let done = ["task", "done", "1.1.1", "--note", "the class is there"];
    workspace.orch(&done).expect(0);
    workspace.orch(&["phase", "1", "run"]).expect(0);
    workspace.orch(&["phase", "1", "verify"]).expect(0);
}

#[test]
fn a_line_that_can_no_more_be_read_loses_its_tick() {
    let (workspace, path) = written_on();
    let ticked = workspace.read(path);
    workspace.write(path, ticked.replace("minAvailable 2", "minAvailable 3"));
    let run = workspace.orch(&["phase", "1", "run", "--accept-changes"]);
    run.expect(3);
    let text = workspace.read(path);
    assert!(text.contains("- [ ] PDB for web"), "{text}");
    assert!(text.contains("- [x] Deployment for web"), "{text}");
}

#[test]
fn a_bullet_written_on_below_a_ticked_line_takes_its_tick() {
    let (workspace, path) = written_on();
    let ticked = workspace.read(path);
    let figure = "- [x] PDB for web";
    let end = ticked.find(figure).expect("is ticked");
    let (before, after) = ticked.split_at(end);
    let more = format!("{before}  - PriorityClass high\n{after}");
    workspace.write(path, &more);

    let verified = workspace.orch(&["phase", "1", "verify"]);
    assert!(
        verified.stdout.contains("1 of 2 ticks hold"),
        "{verified:?}"
    );
    workspace.orch(&["phase", "1", "run"]).expect(3);
    let text = workspace.read(path);
    assert!(text.contains("- [ ] Deployment for web"), "{text}");
    assert!(text.contains("- [x] PDB for web"), "{text}");

    let done = ["task", "done", "1.1.1", "--note", "the class is there"];
    workspace.orch(&done).expect(0);
    workspace.orch(&["phase", "1", "run"]).expect(0);
    workspace.orch(&["phase", "1", "verify"]).expect(0);
}

#[test]
fn a_ticked_line_that_moved_and_asks_for_more_is_done_again() {
    let path = "checklists/shop/phase-01-cluster.md";
    let compose = "services:\n  web:\n    image: nginx:1.27\n    ports: [\"80\"]\n  \
        admin:\n    image: nginx:1.27\n    ports: [\"80\"]\n";
    let lines = "# Phase 1: Cluster\n\n- [ ] Deployment for web: 2 replicas\n\
        - [ ] Deployment for admin: 2 replicas\n";
    for before in ["- [x] Deployment for web", "- [x] Deployment for admin"] {
        let workspace = Workspace::new()
            .file("docker-compose.yml", compose)
            .file(path, lines)
            .commit_all();
        workspace.orch(&["phase", "1", "run"]).expect(0);
        let ticked = workspace.read(path);
        let hpa = format!("- [ ] HPA for web: 2-6, CPU 70%\n{before}");
        let changed = ticked
            .replace(before, &hpa)
            .replace("admin: 2 replicas", "admin: 5 replicas");
        workspace.write(path, &changed);

        let refused = workspace.orch(&["phase", "1", "run"]);
        assert!(refused.stderr.contains("--accept-changes"), "{refused:?}");
        let run = ["phase", "1", "run", "--accept-changes"];
        workspace.orch(&run).expect(0);
        let manifest = workspace.read("k8s/admin/deployment.yml");
        assert!(manifest.contains("replicas: 5"), "{before}: {manifest}");
        workspace.orch(&["phase", "1", "verify"]).expect(0);
    }
}

#[test]
fn a_ticked_line_with_the_number_of_one_that_is_gone_is_known_again() {
    let path = "checklists/shop/phase-01-cluster.md";
    let compose = "services:\n  web:\n    image: acme/web:1\n    ports: [\"8080:8080\"]\n  \
        admin:\n    image: acme/admin:1\n    ports: [\"8081:8081\"]\n  cache:\n    \
        image: redis:7\n  queue:\n    image: acme/queue:1\n";
    let gone = "- [ ] Cache deployment + ClusterIP service\n- [ ] Queue deployment, 3 replicas\n";
    let kept = "- [ ] Web deployment, 2 replicas, port 8080\n- [ ] Admin: 2 replicas\n";
    let workspace = Workspace::new()
        .file("docker-compose.yml", compose)
        .file(path, format!("# Phase 1: Kubernetes\n\n{gone}{kept}"))
        .commit_all();
    workspace.orch(&["phase", "1", "run"]).expect(0);
    let ticked = kept.replace("[ ]", "[x]");
    assert!(workspace.read(path).contains(&ticked));
    // The web is no more known to listen at what it is asked to.
    let edited = ticked.replace("port 8080", "port 9999");
    workspace.write(path, format!("# Phase 1: Kubernetes\n\n{edited}"));
    let run = ["phase", "1", "run", "--accept-changes"];
    workspace.orch(&run).expect(3);
    let text = workspace.read(path);
    assert!(text.contains("- [ ] Web deployment"), "{text}");
    assert!(text.contains("- [x] Admin"), "{text}");
}

#[test]
fn a_ticked_line_of_code_that_moved_and_asks_for_more_is_opened_again() {
    let path = "checklists/shop/phase-01-code.md";
    let lines = "# Phase 1: Code\n\n## 1.1 Orders\n\n- [ ] Add `pay()` to `src/pay.py`\n\
        - [ ] Add `refund()` to `src/refund.py`\n";
    for before in ["- [x] Add `pay()`", "- [x] Add `refund()`"] {
        let workspace = Workspace::new()
            .file("src/pay.py", "LIMIT = 1\n")
            .file("src/refund.py", "LIMIT = 1\n")
            .file(path, lines)
            .commit_all();
        workspace.orch(&["phase", "1", "run"]).expect(3);
        for name in ["pay", "refund"] {
            let function = format!("def {name}(a):\n    send(a)\n");
            workspace.write(&format!("src/{name}.py"), function);
        }
        workspace.orch(&["phase", "1", "run"]).expect(0);
        let changed = workspace
            .read(path)
            .replace(before, &format!("- [ ] Ask the bank\n{before}"))
            .replace("`refund()` to", "`refund()` and `cancel()` to");
        workspace.write(path, &changed);

        let run = ["phase", "1", "run", "--accept-changes"];
        let said = workspace.orch(&run).expect(3).stderr;
        assert!(said.contains("cancel"), "{before}: {said}");
        let now = workspace.read(path);
        assert!(now.contains("- [ ] Add `refund()` and"), "{before}: {now}");
        assert!(now.contains("- [x] Add `pay()`"), "{before}: {now}");
    }
}
