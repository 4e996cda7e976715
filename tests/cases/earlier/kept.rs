//! What a later phase that changes one thing leaves as an earlier phase wrote it.

use super::{COMPOSE, TWO, has, workspace};
use crate::harness::workspace::Workspace;

const WAY_IN: &str = "- [ ] `k8s/namespace.yml`: namespace `shop`\n\
    - [ ] `k8s/api/deployment.yml`: 3 replicas\n\
    - [ ] `k8s/web/deployment.yml`: 2 replicas\n\
    - [ ] `k8s/ingress.yml`: host `shop.example.org`\n  - `/` → `web`\n  - `/api` → `api`\n";

/// Asserts that a run of phase 2 changes nothing in a file but these lines, and which phase wrote it.
#[track_caller]
fn changes_only(workspace: &Workspace, path: &str, changed: &[(&str, &str)]) {
    let mut expected = workspace.read(path);
    workspace.orch(&["phase", "2", "run"]).expect(0);
    let told = |text: &str| {
        let lines = text.lines().filter(|line| !line.starts_with("# "));
        lines.collect::<Vec<_>>().join("\n")
    };
    for (old, new) in changed {
        assert!(expected.contains(old), "no {old:?} in\n{expected}");
        expected = expected.replace(old, new);
    }
    let expected = expected.replace("orch.dev/phase: \"1\"", "orch.dev/phase: \"2\"");
    assert_eq!(told(&workspace.read(path)), told(&expected));
}

#[test]
fn the_way_in_of_an_earlier_phase_still_leads_to_what_a_later_one_changes() {
    let workspace = workspace(WAY_IN, "- [ ] `k8s/web/deployment.yml`: 3 replicas\n");
    workspace.orch(&["phase", "1", "run"]).expect(0);
    let path = "k8s/web/deployment.yml";
    has(&workspace.read(path), &["kubernetes.io/metadata.name: "]);
    changes_only(&workspace, path, &[("replicas: 2", "replicas: 3")]);
}

#[test]
fn the_controller_is_the_one_of_the_phase_that_asked_for_the_way_in() {
    let workspace = workspace(WAY_IN, "- [ ] `k8s/web/deployment.yml`: 3 replicas\n").file(
        "phases/01-base.toml",
        "[ingress]\ncontroller_namespace = \"edge\"\n",
    );
    workspace.commit("settings");
    workspace.orch(&["phase", "1", "run"]).expect(0);
    let path = "k8s/web/deployment.yml";
    has(
        &workspace.read(path),
        &["kubernetes.io/metadata.name: edge"],
    );
    changes_only(&workspace, path, &[("replicas: 2", "replicas: 3")]);
}

#[test]
fn compose_files_that_an_earlier_phase_named_are_read_again() {
    let one = "- [ ] Study `docker-compose.yml` and `compose.prod.yml`\n\
        - [ ] `k8s/namespace.yml`\n- [ ] `k8s/api/deployment.yml`: 2 replicas\n";
    let workspace = workspace(one, "- [ ] `k8s/api/deployment.yml`: 3 replicas\n").file(
        "compose.prod.yml",
        "services: {api: {environment: {LOG_LEVEL: warn}}}\n",
    );
    workspace.commit("production");
    workspace.orch(&["phase", "1", "run"]).expect(0);
    has(&workspace.read("k8s/configmap.yml"), &["LOG_LEVEL: warn"]);
    let path = "k8s/api/deployment.yml";
    changes_only(&workspace, path, &[("replicas: 2", "replicas: 3")]);
    has(&workspace.read("k8s/configmap.yml"), &["LOG_LEVEL: warn"]);
}

#[test]
fn maps_that_kustomize_generates_stay_generated() {
    let compose = COMPOSE.replace(
        "    ports: [\"3000:3000\"]\n",
        "    ports: [\"3000:3000\"]\n    volumes: [\"./site.conf:/etc/site.conf:ro\"]\n",
    );
    let one = "- [ ] `k8s/namespace.yml`\n- [ ] `k8s/api/deployment.yml`: 2 replicas\n\
        - [ ] `k8s/web/deployment.yml`: 2 replicas\n- [ ] `k8s/kustomization.yml`\n";
    let workspace = workspace(one, "- [ ] `k8s/web/deployment.yml`: 3 replicas\n")
        .file("docker-compose.yml", &compose)
        .file("site.conf", "listen 3000;\n");
    workspace.commit("a file that is mounted");
    workspace.orch(&["phase", "1", "run"]).expect(0);
    let base = "k8s/kustomization.yml";
    has(
        &workspace.read(base),
        &["- name: web-config\n", "- name: app-config\n"],
    );
    let path = "k8s/web/deployment.yml";
    changes_only(&workspace, path, &[("replicas: 2", "replicas: 3")]);
    has(
        &workspace.read(base),
        &["- name: web-config\n", "- name: app-config\n"],
    );
    assert!(!workspace.has("k8s/configmap.yml"));
    // The first phase's is as it was, and each phase finds it as it left it.
    let verified = workspace.orch(&["phase", "1", "verify"]).expect(0).stdout;
    assert!(!verified.contains("kustomization.yml"), "{verified}");
    for number in ["1", "2"] {
        let said = workspace.orch(&["phase", number, "run"]).expect(0).stderr;
        has(&said, &["nothing to do"]);
    }
    assert!(workspace.read(TWO).contains("[x]"));
}

#[test]
fn a_way_in_that_becomes_a_persons_still_leads_where_it_did() {
    let workspace = workspace(WAY_IN, "- [ ] Tell the team\n");
    workspace.orch(&["phase", "1", "run"]).expect(0);
    let path = "k8s/api/deployment.yml";
    let before = workspace.read(path);
    has(&before, &["kubernetes.io/metadata.name: traefik"]);
    let one = workspace.read(super::ONE);
    let one = one.replace(
        "  - `/api` → `api`\n",
        "  - `/api` → `api`\n  - staff only\n",
    );
    workspace.write(
        super::ONE,
        one.replace("[x] `k8s/ingress.yml`", "[ ] `k8s/ingress.yml`"),
    );
    workspace
        .orch(&["phase", "1", "run", "--accept-changes"])
        .expect(3);
    assert_eq!(workspace.read(path), before);
}

#[test]
fn a_second_way_in_that_is_a_persons_bars_nothing_of_the_first() {
    let two = "- [ ] `k8s/web/deployment.yml`: 3 replicas\n\
        - [ ] `k8s/ingress.yml`: host `staff.example.org`\n  - `/` → `api`, staff only\n";
    let workspace = workspace(WAY_IN, two);
    workspace.orch(&["phase", "1", "run"]).expect(0);
    let path = "k8s/web/deployment.yml";
    let before = workspace.read(path);
    workspace.orch(&["phase", "2", "run"]).expect(3);
    let way_in = "kubernetes.io/metadata.name: traefik";
    has(&before, &[way_in]);
    has(&workspace.read(path), &[way_in, "replicas: 3"]);
}

#[test]
fn the_service_of_an_earlier_phase_stays_beside_one_for_the_outside() {
    let one = "- [ ] `k8s/namespace.yml`\n- [ ] `k8s/api.yml`: 2 replicas\n";
    let two = "- [ ] `k8s/web/deployment.yml`: 3 replicas\n\
        - [ ] `k8s/web/service.yml`: NodePort 30090\n";
    let workspace = workspace(one, two);
    workspace.orch(&["phase", "1", "run"]).expect(0);
    let inside = "kind: Service\nmetadata:\n  name: web\n";
    has(&workspace.read("k8s/web.yml"), &[inside]);
    for _ in 0..2 {
        workspace.orch(&["phase", "2", "run"]).expect(0);
        let outside = "name: web-external\n";
        let service = workspace.read("k8s/web/service.yml");
        has(&service, &[inside, outside, "nodePort: 30090"]);
    }
}
