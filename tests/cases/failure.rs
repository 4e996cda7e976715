//! A rollout that fails: what is said, what goes on, and how the next run resumes.

use crate::harness::call_center::{CHECKLIST, SETTINGS, application, checklist, settings};
use crate::harness::workspace::Workspace;

fn failing(failure: &str) -> Workspace {
    application(Workspace::new())
        .file(CHECKLIST, checklist())
        .file(
            SETTINGS,
            format!("{}\n[[rehearse.failures]]\n{failure}", settings()),
        )
        .commit_all()
}

#[test]
fn a_failed_rollout_names_pod_container_reason_and_the_logs_tail() {
    let workspace = failing(
        "selector = \"Deployment/call-processor\"\n\
         outcome = \"CrashLoopBackOff\"\n\
         message = \"can't reach the telephone exchange\"\n",
    );

    let run = workspace.orch(&["phase", "4", "run"]).expect(1);

    for piece in [
        "apply Deployment/call-processor",
        "(task 4.2.1)",
        "CrashLoopBackOff",
        "pod call-processor-",
        "container ",
        "can't reach the telephone exchange",
        "did not start because of that",
        "apply HorizontalPodAutoscaler/call-processor",
        "run again",
    ] {
        assert!(
            run.stderr.contains(piece),
            "no {piece:?} in\n{}",
            run.stderr
        );
    }
    let text = workspace.read(CHECKLIST);
    for open in ["deployment.yml", "hpa.yml", "pdb.yml"] {
        assert!(
            text.contains(&format!("- [ ] `k8s/call-processor/{open}`")),
            "{open}"
        );
    }
    assert!(
        text.contains("- [x] `k8s/redis/statefulset.yml`"),
        "what doesn't depend on it goes on"
    );
    assert!(text.contains("- [x] In progress"));
    assert_eq!(workspace.messages().len(), 1, "no commit");
    let status = workspace.orch(&["phase", "4", "status"]).expect(0).stdout;
    assert!(status.contains("failed: "), "{status}");

    workspace.write(SETTINGS, settings());
    workspace.orch(&["phase", "4", "run"]).expect(0);
    assert_eq!(workspace.read(CHECKLIST).matches("- [x]").count(), 33);
    assert_eq!(workspace.messages().len(), 2);
}

#[test]
fn an_image_that_cannot_be_pulled_is_named() {
    let workspace = failing(
        "selector = \"StatefulSet/redis\"\n\
         outcome = \"ImagePullBackOff\"\n",
    );
    let run = workspace.orch(&["phase", "4", "run"]).expect(1);
    for piece in [
        "StatefulSet/redis",
        "ImagePullBackOff",
        "redis:7-alpine",
        "pod redis-0",
    ] {
        assert!(
            run.stderr.contains(piece),
            "no {piece:?} in\n{}",
            run.stderr
        );
    }
}

#[test]
fn a_pod_that_no_node_takes_is_named() {
    let workspace = failing("selector = \"Deployment/worker\"\noutcome = \"Pending\"\n");
    let run = workspace.orch(&["phase", "4", "run"]).expect(1);
    for piece in [
        "Deployment/worker",
        "no node takes pod worker-",
        "0/1 nodes are available",
    ] {
        assert!(
            run.stderr.contains(piece),
            "no {piece:?} in\n{}",
            run.stderr
        );
    }
}

#[test]
fn a_file_that_is_gone_is_written_again() {
    let workspace = crate::harness::call_center::call_center();
    workspace.orch(&["phase", "4", "run"]).expect(0);
    let before = workspace.read("k8s/configmap.yml");
    fs_err::remove_file(workspace.path("k8s/configmap.yml")).expect("removed");
    workspace.orch(&["phase", "4", "run"]).expect(0);
    assert_eq!(workspace.read("k8s/configmap.yml"), before);
}

#[test]
fn a_finished_step_that_changed_needs_consent() {
    let workspace = crate::harness::call_center::call_center();
    workspace.orch(&["phase", "4", "run"]).expect(0);
    let text = workspace.read(CHECKLIST).replace("max 10", "max 12");
    workspace.write(CHECKLIST, text);
    let before = workspace.contents();

    let refused = workspace.orch(&["phase", "4", "run"]).expect(2);
    assert!(
        refused.stderr.contains("write k8s/call-processor/hpa.yml"),
        "{}",
        refused.stderr
    );
    assert!(
        refused.stderr.contains("--accept-changes"),
        "{}",
        refused.stderr
    );
    assert_eq!(workspace.contents(), before);

    workspace
        .orch(&["phase", "4", "run", "--accept-changes"])
        .expect(0);
    assert!(
        workspace
            .read("k8s/call-processor/hpa.yml")
            .contains("maxReplicas: 12")
    );
    assert_eq!(workspace.messages().len(), 3);
    assert!(workspace.git_status().is_empty());
}

#[test]
fn a_failure_that_nothing_can_have_is_refused_with_what_there_is() {
    let workspace =
        failing("selector = \"Deployment/call-procesor\"\noutcome = \"CrashLoopBackOff\"\n");
    let before = workspace.contents();
    for command in ["plan", "rehearse", "run"] {
        let run = workspace.orch(&["phase", "4", command]).expect(2);
        for piece in [
            "`Deployment/call-procesor`",
            SETTINGS,
            "Deployment/call-processor",
            "StatefulSet/redis",
        ] {
            assert!(run.stderr.contains(piece), "no {piece:?} in {}", run.stderr);
        }
    }
    assert_eq!(workspace.contents(), before, "nothing is written");
}

#[test]
fn a_failed_rehearsal_does_not_speak_of_records() {
    let workspace =
        failing("selector = \"Deployment/call-processor\"\noutcome = \"ImagePullBackOff\"\n");
    let run = workspace.orch(&["phase", "4", "rehearse"]).expect(1);
    assert!(!run.stderr.contains("recorded"), "{}", run.stderr);
    assert!(run.stderr.contains("rehearse again"), "{}", run.stderr);
}

#[test]
fn what_the_plan_does_not_have_any_more_needs_consent_once() {
    let base = "# Phase 1: Base\n\n- [ ] `k8s/web/deployment.yml`\n";
    let path = "checklists/main/phase-01-base.md";
    let compose = "services:\n  web:\n    image: example/web:1.0.0\n    ports: [\"3000:80\"]\n";
    let workspace = crate::harness::workspace::Workspace::new()
        .file("docker-compose.yml", compose)
        .file(
            path,
            format!("{base}- [ ] `k8s/web/hpa.yml`: min 2, max 4, CPU 70%\n"),
        )
        .commit_all();
    let run = ["phase", "1", "run"];
    workspace.orch(&run).expect(0);
    let text = workspace.read(path);
    let kept: Vec<&str> = text.lines().filter(|line| !line.contains("hpa")).collect();
    workspace.write(path, kept.join("\n"));
    let refused = workspace.orch(&run).expect(2).stderr;
    let gone = "not in the plan any more: apply HorizontalPodAutoscaler/web";
    assert!(refused.contains(gone), "{refused}");
    workspace
        .orch(&["phase", "1", "run", "--accept-changes"])
        .expect(0);
    let again = workspace.orch(&run).expect(0).stderr;
    assert!(again.contains("nothing to do"), "{again}");
    // Asked for and taken away once more, it is asked for once more.
    workspace.write(path, &text);
    workspace
        .orch(&["phase", "1", "run", "--accept-changes"])
        .expect(0);
    workspace.write(path, kept.join("\n"));
    let refused = workspace.orch(&run).expect(2).stderr;
    assert!(refused.contains(gone), "{refused}");
}
