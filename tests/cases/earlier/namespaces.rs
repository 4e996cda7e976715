//! Namespaces that lines have created, in the first phase and in later ones.

use super::{BASE, ONE, TWO, has, workspace};
use crate::harness::workspace::Workspace;

/// Returns a workspace of which the first phase is done, in the namespace `shop`.
fn begun(two: &str) -> Workspace {
    let workspace = workspace(BASE, two);
    workspace.orch(&["phase", "1", "run"]).expect(0);
    workspace
}

#[test]
fn the_first_phase_writes_a_namespace_that_is_to_be_created() {
    let one = "- [ ] Create namespace `till`\n- [ ] `k8s/api/deployment.yml`\n";
    let two = "- [ ] Создать namespace `till`\n- [ ] `k8s/web/deployment.yml`\n";
    let workspace = workspace(one, two);
    workspace.orch(&["phase", "1", "run"]).expect(0);
    has(&workspace.read("k8s/namespace.yml"), &["name: till"]);
    workspace.orch(&["phase", "2", "run"]).expect(0);
    has(&workspace.read(TWO), &["[x] Создать namespace `till`"]);
}

#[test]
fn a_namespace_that_nothing_of_a_later_phase_lives_in_is_a_persons() {
    for line in [
        "Create namespace `shop-stage`",
        "Создать namespace `shop-stage`",
        "Створити namespace `shop-stage`",
    ] {
        let rest = "- [ ] `k8s/web/deployment.yml`\n- [ ] Resource limits for all pods\n";
        let workspace = begun(&format!("- [ ] {line}\n{rest}"));
        let plan = workspace.orch(&["phase", "2", "plan"]).expect(0);
        let plan = plan.stdout + &plan.stderr;
        has(&plan, &["begins nothing that could live in `shop-stage`"]);
        workspace.orch(&["phase", "2", "run"]).expect(3);
        let checklist = workspace.read(TWO);
        has(
            &checklist,
            &[
                &format!("[ ] {line}"),
                "[x] `k8s/web/deployment.yml`",
                "[x] Resource limits",
            ],
        );
        has(
            &workspace.read("k8s/web/deployment.yml"),
            &["namespace: shop\n"],
        );
    }
}

#[test]
fn a_namespace_that_no_manifest_creates_stays_open() {
    let two = "- [ ] Create namespace `shop-tools`\n- [ ] `k8s/adminer/deployment.yml`\n  \
        - Image: `adminer:4.8.1`\n  - Port: 8080\n";
    let workspace = begun(two);
    let plan = workspace.orch(&["phase", "2", "plan"]).expect(0);
    has(
        &(plan.stdout + &plan.stderr),
        &["no manifest that is applied creates Namespace/shop-tools"],
    );
    workspace.orch(&["phase", "2", "run"]);
    has(&workspace.read(TWO), &["[ ] Create namespace `shop-tools`"]);
}

#[test]
fn a_namespace_that_a_person_wrote_and_has_applied_is_created() {
    let two = "- [ ] Create namespace `shop-tools`\n\
        - [ ] The namespace itself <!-- orch: apply=k8s/tools.yml -->\n\
        - [ ] `k8s/adminer/deployment.yml`\n  - Image: `adminer:4.8.1`\n  - Port: 8080\n";
    let workspace = begun(two).file(
        "k8s/tools.yml",
        "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: shop-tools\n",
    );
    workspace.orch(&["phase", "2", "run"]);
    has(&workspace.read(TWO), &["[x] Create namespace `shop-tools`"]);
}

#[test]
fn what_is_about_a_workload_in_another_namespace_is_a_persons() {
    let two = "- [ ] Namespace: `shop-stage`\n\
        - [ ] `k8s/api/pdb.yml`: maxUnavailable 1\n\
        - [ ] `k8s/api/secrets.yml`\n\
        - [ ] `k8s/api/deployment.yml`\n";
    let workspace = begun(two);
    let plan = workspace.orch(&["phase", "2", "plan"]).expect(0);
    has(
        &(plan.stdout + &plan.stderr),
        &[
            "`k8s/api/pdb.yml` is about what was written by phase 1 in the namespace `shop`",
            "`k8s/api/secrets.yml` is about what was written by phase 1 in the namespace `shop`",
            "`k8s/api/deployment.yml` was written by phase 1 in the namespace `shop`",
        ],
    );
    workspace.orch(&["phase", "2", "run"]).expect(3);
    assert!(
        !workspace.read(TWO).contains("[x]"),
        "{}",
        workspace.read(TWO)
    );
}

#[test]
fn a_namespace_that_gets_another_name_takes_what_later_phases_asked_along() {
    let one = "- [ ] `k8s/namespace.yml`: namespace `shop`\n\
        - [ ] `k8s/api/deployment.yml`: 3 replicas\n- [ ] `k8s/web/deployment.yml`: 2 replicas\n";
    let two = "- [ ] `k8s/api/hpa.yml`: min 3, max 5, CPU 70%\n\
        - [ ] `k8s/web/pdb.yml`: minAvailable 1\n";
    let workspace = workspace(one, two);
    for number in ["1", "2"] {
        workspace.orch(&["phase", number, "run"]).expect(0);
    }
    let one = workspace.read(ONE).replace("`shop`", "`store`");
    workspace.write(ONE, one);
    for number in ["1", "2"] {
        workspace
            .orch(&["phase", number, "run", "--accept-changes"])
            .expect(0);
    }
    for path in workspace.contents().into_keys() {
        if path.starts_with("k8s/") {
            let text = workspace.read(&path);
            assert!(!text.contains("namespace: shop"), "{path}\n{text}");
        }
    }
    let written = workspace.read("k8s/api/deployment.yml");
    assert_eq!(written.matches("kind: Deployment").count(), 1);
    assert!(!written.contains("replicas: 3"), "{written}");
    workspace.orch(&["verify"]).expect(0);
    let plan = workspace.orch(&["phase", "1", "plan"]).expect(0);
    assert!(!plan.stderr.contains("holds as well"), "{}", plan.stderr);
}
