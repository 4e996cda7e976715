//! Overlays: what settings and checklists ask for, and what is written.

use crate::harness::call_center::{CHECKLIST, SETTINGS, call_center, checklist, with_checklist};
use crate::harness::workspace::Workspace;

const COMPOSE: &str = "compose = [\"docker-compose.yml\"]\n";
const LAST: &str = "- [ ] `k8s/redis/service.yml`: ClusterIP\n";

#[track_caller]
fn has(text: &str, pieces: &[&str]) {
    for piece in pieces {
        assert!(text.contains(piece), "no {piece:?} in\n{text}");
    }
}

fn with_settings(workspace: Workspace, more: &str) -> Workspace {
    workspace.write(SETTINGS, format!("{COMPOSE}{more}"));
    workspace
}

#[test]
fn an_overlay_says_only_what_differs() {
    let settings = "[kustomize.overlays.staging]\nhost = \"staging.example.com\"\n";
    let workspace = with_settings(call_center(), settings);
    workspace.orch(&["phase", "4", "run"]).expect(0);
    let text = workspace.read("overlays/staging/kustomization.yml");
    has(
        &text,
        &[
            "resources:\n  - ../../k8s\n",
            "replicas:\n  - name: worker\n    count: 2\n",
            "        APP_ENV: staging\n",
            "        path: /spec/rules/0/host\n        value: staging.example.com\n",
        ],
    );
    assert!(!text.contains("namespace:"), "the base's: {text}");
    assert!(!text.contains("images:"), "the base's: {text}");
    assert!(!text.contains("postgresql"), "nothing differs: {text}");
    let base = workspace.read("k8s/configmap.yml");
    has(&base, &["APP_ENV: development"]);
    let base = workspace.read("k8s/kustomization.yml");
    has(
        &base,
        &["images:\n", "  - name: redis\n    newTag: 7-alpine\n"],
    );
    // A second run finds nothing to do.
    let again = workspace.orch(&["phase", "4", "run"]).expect(0);
    has(&again.stderr, &["nothing to do"]);
}

#[test]
fn a_checklist_asks_for_base_and_overlays_by_their_folders() {
    let text = checklist()
        .replace("`k8s/kustomization.yml`", "`k8s/base/kustomization.yml`")
        .replace("`k8s/", "`k8s/base/")
        .replace("k8s/base/base/", "k8s/base/")
        .replace(
            "- [ ] `k8s/base/redis/service.yml`: ClusterIP\n",
            "- [ ] `k8s/base/redis/service.yml`: ClusterIP\n- [ ] `k8s/overlays/staging/`: Kustomize overlay\n",
        );
    let workspace = with_settings(with_checklist(&text), "");
    workspace.orch(&["phase", "4", "run"]).expect(0);
    let overlay = workspace.read("k8s/overlays/staging/kustomization.yml");
    has(
        &overlay,
        &["resources:\n  - ../../base\n", "APP_ENV: staging"],
    );
    assert!(
        workspace
            .read(CHECKLIST)
            .contains("- [x] `k8s/overlays/staging/`")
    );
}

#[test]
fn an_environments_numbers_win_over_the_checklists() {
    let staging = "services:\n  app:\n    deploy:\n      replicas: 3\n      resources: {limits: \
                   {memory: 900M}}\n";
    let workspace = Workspace::new()
        .file(
            "docker-compose.yml",
            "services:\n  app: {image: 'example.com/app:1', ports: ['80']}\n",
        )
        .file("docker-compose.staging.yml", staging)
        .file(CHECKLIST, SMALL)
        .commit_all();
    let settings = "compose = [\"docker-compose.yml\"]\n[kustomize.overlays.staging]\n";
    workspace.write(SETTINGS, settings);
    workspace.orch(&["phase", "4", "run"]).expect(0);
    let overlay = workspace.read("overlays/staging/kustomization.yml");
    has(
        &overlay,
        &["replicas:\n  - name: app\n    count: 3\n", "memory: 900Mi"],
    );
    assert!(!overlay.contains("cpu:"), "the base's: {overlay}");
}

#[test]
fn an_environments_replicas_are_the_least_that_its_hpa_has() {
    let workspace = Workspace::new()
        .file(
            "docker-compose.yml",
            "services:\n  app: {image: 'example.com/app:1', ports: ['80']}\n",
        )
        .file(
            "docker-compose.prod.yml",
            "services: {app: {deploy: {replicas: 6}}}\n",
        )
        .file(
            CHECKLIST,
            format!("{SMALL}- [ ] `k8s/app/hpa.yml`: HPA: min 2, max 9\n"),
        )
        .commit_all();
    let settings = "compose = [\"docker-compose.yml\"]\n[kustomize.overlays.prod]\n";
    workspace.write(SETTINGS, settings);
    workspace.orch(&["phase", "4", "run"]).expect(0);
    let overlay = workspace.read("overlays/prod/kustomization.yml");
    has(&overlay, &["minReplicas: 6"]);
    assert!(!overlay.contains("maxReplicas"), "the base's: {overlay}");
}

const SMALL: &str = "# Phase 4: Kubernetes\n\n## Tasks\n\n### 4.1 Application\n\
    - [ ] Study `docker-compose.yml`\n- [ ] Create `k8s/namespace.yml`\n\
    - [ ] `k8s/app/deployment.yml`: app\n  - Replicas: 2\n  \
    - Resources: requests 64Mi/50m, limits 128Mi/100m\n- [ ] `k8s/app/service.yml`: ClusterIP\n\
    - [ ] `k8s/kustomization.yml`: Kustomize\n";

#[test]
fn an_overlay_in_its_own_base_is_warned_of() {
    let added = "- [ ] `k8s/overlays/staging/kustomization.yml`: overlay\n";
    let text = checklist().replace(LAST, &format!("{LAST}{added}"));
    let workspace = with_settings(with_checklist(&text), "");
    let plan = workspace.orch(&["phase", "4", "plan"]).expect(0);
    has(
        &plan.stderr,
        &["kustomize refuses `k8s/overlays/staging/kustomization.yml`"],
    );
}
