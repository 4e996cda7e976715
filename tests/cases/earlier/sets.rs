//! Two sets of one repository, each of which writes manifests.

use super::{COMPOSE, has};
use crate::harness::workspace::Workspace;

#[test]
fn a_file_of_another_set_is_not_written() {
    let document = |tasks: &str| format!("# Phase 1: Kubernetes\n\n{tasks}");
    let workspace = Workspace::new()
        .file("docker-compose.yml", COMPOSE)
        .file(
            "Dockerfile",
            "FROM python:3.12-slim\nUSER 10001\nEXPOSE 8080\n",
        )
        .file(
            "web/Dockerfile",
            "FROM node:22-slim\nUSER 10001\nEXPOSE 3000\n",
        )
        .file(
            "checklists/first/phase-01-base.md",
            document("- [ ] `k8s/api/deployment.yml`: 3 replicas\n"),
        )
        .file(
            "checklists/second/phase-01-base.md",
            document(
                "- [ ] `k8s/api/deployment.yml`: 2 replicas\n\
                 - [ ] `k8s/second/web/deployment.yml`: 1 replica\n\
                 - [ ] `k8s/second/postgresql/statefulset.yml`: 1 replica\n",
            ),
        )
        .commit_all();
    let run = |set: &str, code| {
        workspace
            .orch(&["phase", "1", "run", "--set", set])
            .expect(code)
    };
    run("first", 0);
    let before = workspace.contents();
    let plan = workspace
        .orch(&["phase", "1", "plan", "--set", "second"])
        .expect(0);
    has(
        &plan.stdout,
        &["`k8s/api/deployment.yml` is written by the set `first`"],
    );
    has(&plan.stderr, &["- [ ] `k8s/second/api/deployment.yml`"]);
    run("second", 3);
    let after = workspace.contents();
    for (path, text) in before.iter().filter(|(path, _)| path.starts_with("k8s/")) {
        assert_eq!(after.get(path), Some(text), "{path}");
    }
    // What lives in a namespace of its own is the set's.
    let own = workspace.read("checklists/second/phase-01-base.md");
    let own = own.replace("- [ ] `k8s/api", "- [ ] namespace `second`\n- [ ] `k8s/api");
    let workspace = workspace.file("checklists/second/phase-01-base.md", own);
    let workspace = workspace.commit_all();
    let again = ["phase", "1", "run", "--set", "second", "--accept-changes"];
    workspace.orch(&again).expect(3);
    let namespace = workspace.read("k8s/second/namespace.yml");
    assert!(namespace.contains("name: second"), "{namespace}");
    assert!(
        workspace
            .read("k8s/second/web/deployment.yml")
            .contains("replicas: 1")
    );
    workspace
        .orch(&["phase", "1", "run", "--set", "first"])
        .expect(0);
}

#[test]
fn what_another_set_runs_is_not_run_a_second_time_for_one_more_service() {
    let document = |tasks: &str| format!("# Phase 1: Kubernetes\n\n{tasks}");
    let compose = COMPOSE.replace("  db:\n", "  mail:\n    image: acme/mail:1\n  db:\n");
    for namespace in ["", "- [ ] namespace `mail`\n"] {
        let mail = format!("{namespace}- [ ] `k8s/mail/deployment.yml`: 1 replica\n");
        let workspace = Workspace::new()
            .file("docker-compose.yml", COMPOSE)
            .file("Dockerfile", "FROM scratch\nUSER 10001\nEXPOSE 8080\n")
            .file("web/Dockerfile", "FROM scratch\nUSER 10001\nEXPOSE 3000\n")
            .file(
                "checklists/first/phase-01-base.md",
                document("- [ ] `k8s/api/deployment.yml`: 3 replicas\n"),
            )
            .file("checklists/mail/phase-01-base.md", document(&mail))
            .commit_all();
        let run = ["phase", "1", "run", "--set"];
        workspace.orch(&[&run[..], &["first"]].concat()).expect(0);
        let before: Vec<String> = workspace.contents().into_keys().collect();
        let workspace = workspace.file("docker-compose.yml", &*compose).commit_all();
        workspace.orch(&[&run[..], &["mail"]].concat()).expect(0);
        let more = workspace.contents().into_keys();
        let more: Vec<String> = more
            .filter(|path| path.starts_with("k8s/") && !before.contains(path))
            .collect();
        assert!(more.contains(&"k8s/mail/deployment.yml".to_owned()));
        for path in &more {
            let text = workspace.read(path);
            for again in ["StatefulSet", "name: web\n", "name: api\n"] {
                assert!(!text.contains(again), "{again} in {path}\n{text}");
            }
        }
    }
}
