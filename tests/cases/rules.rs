//! Rules for every manifest: those that people wrote are asked, too.

use crate::harness::workspace::Workspace;

const CHECKLIST: &str = "checklists/shop/phase-01-base.md";

fn workspace(tasks: &str) -> Workspace {
    Workspace::new()
        .file("orch.toml", "")
        .file(
            "docker-compose.yml",
            "name: shop\nservices:\n  api:\n    image: shop/api:1.0\n    ports: [\"8080:8080\"]\n",
        )
        .file(
            CHECKLIST,
            format!("# Phase 1: Base\n\n## 1.1 Rules\n\n{tasks}"),
        )
}

fn legacy(limits: &str) -> String {
    format!(
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: legacy}}\nspec:\n  replicas: 1\n  \
         selector: {{matchLabels: {{app: legacy}}}}\n  template:\n    metadata: {{labels: {{app: \
         legacy}}}}\n    spec:\n      containers:\n        - name: legacy\n          image: \
         shop/legacy:1\n          resources:\n            requests: {{cpu: 100m, memory: 64Mi}}\n\
         {limits}"
    )
}

const LIMITS: &str = "            limits: {cpu: 200m, memory: 128Mi}\n";

#[test]
fn a_manifest_that_a_person_wrote_keeps_the_box_open_while_it_breaks_the_rule() {
    let workspace =
        workspace("- [ ] `k8s/api/deployment.yml`\n- [ ] Resource limits for every pod\n")
            .file("k8s/legacy.yml", legacy(""))
            .commit_all();
    let said = workspace.orch(&["phase", "1", "run"]).expect(3).stderr;
    let why = "Deployment/legacy of `k8s/legacy.yml`: container `legacy` lacks limits.cpu";
    assert!(said.contains(why), "{said}");
    let checklist = workspace.read(CHECKLIST);
    assert!(
        checklist.contains("- [x] `k8s/api/deployment.yml`"),
        "{checklist}"
    );
    assert!(checklist.contains("- [ ] Resource limits"), "{checklist}");
    workspace.write("k8s/legacy.yml", legacy(LIMITS));
    let said = workspace.orch(&["phase", "1", "run"]).expect(0).stderr;
    assert!(said.contains("2 objects checked"), "{said}");
    workspace.write("k8s/legacy.yml", legacy(""));
    let lost = workspace.orch(&["verify"]).expect(1);
    assert!(
        lost.stdout.contains("lacks limits.cpu"),
        "{}{}",
        lost.stdout,
        lost.stderr
    );
    workspace.orch(&["phase", "1", "run"]).expect(3);
    let checklist = workspace.read(CHECKLIST);
    assert!(checklist.contains("- [ ] Resource limits"), "{checklist}");
}

#[test]
fn an_object_that_several_files_hold_is_checked_in_each() {
    let workspace =
        workspace("- [ ] `k8s/api/deployment.yml`\n- [ ] Resource limits for every pod\n")
            .file("k8s/old/api.yml", legacy("").replace("legacy", "api"))
            .commit_all();
    let said = workspace.orch(&["phase", "1", "run"]).expect(3).stderr;
    let why = "Deployment/api of `k8s/old/api.yml`: container `api` lacks limits.cpu";
    assert!(said.contains(why), "{said}");
    let checklist = workspace.read(CHECKLIST);
    assert!(checklist.contains("- [ ] Resource limits"), "{checklist}");
}

#[test]
fn a_rule_of_nothing_is_no_evidence() {
    let workspace =
        workspace("- [ ] Resource limits for every pod\n- [ ] Namespace `shop`\n").commit_all();
    let said = workspace.orch(&["phase", "1", "run"]).expect(3).stderr;
    let none = "no manifest is there that it could be checked by";
    assert_eq!(said.matches(none).count(), 2, "{said}");
    assert_eq!(workspace.read(CHECKLIST).matches("- [ ]").count(), 2);
}

#[test]
fn a_patch_is_no_manifest_of_its_own() {
    let patch = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: other}\nspec:\n  replicas: 3\n  \
        template:\n    spec:\n      containers:\n        - name: other\n          env: []\n";
    let workspace =
        workspace("- [ ] `k8s/api/deployment.yml`\n- [ ] Resource limits for every pod\n")
            .file("k8s/overlays/prod/replicas.yml", patch)
            .commit_all();
    let said = workspace.orch(&["phase", "1", "run"]).expect(0).stderr;
    assert!(said.contains("1 object checked"), "{said}");
}

#[test]
fn pods_in_a_file_that_cant_be_read_keep_the_box_open() {
    let template = "apiVersion: apps/v1\nkind: Deployment\nspec:\n  template:\n    spec:\n      \
                    containers: {{ toYaml .Values.containers }}\n";
    let json = r#"{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "legacy"},
        "spec": {"containers": [{"name": "legacy", "image": "shop/legacy:1"}]}}"#;
    for (path, text, why) in [
        (
            "k8s/chart/templates/d.yaml",
            template,
            "`k8s/chart/templates/d.yaml` can't be read",
        ),
        (
            "k8s/legacy.json",
            json,
            "Pod/legacy of `k8s/legacy.json`: container `legacy` lacks",
        ),
    ] {
        let workspace =
            workspace("- [ ] `k8s/api/deployment.yml`\n- [ ] Resource limits for every pod\n")
                .file(path, text)
                .commit_all();
        let said = workspace.orch(&["phase", "1", "run"]).expect(3).stderr;
        assert!(said.contains(why), "{said}");
    }
}

#[test]
fn a_budget_that_is_a_persons_keeps_the_rules_box_open() {
    let tasks = "- [ ] `k8s/api/deployment.yml`\n  - Replicas: 3\n- [ ] `k8s/api/pdb.yml`: maxUnavailable \
                 0\n- [ ] A PDB for everything\n";
    let workspace = workspace(tasks).commit_all();
    let said = workspace.orch(&["phase", "1", "run"]).expect(3).stderr;
    assert!(
        said.contains("`k8s/api/pdb.yml` is a person's to write"),
        "{said}"
    );
    let checklist = workspace.read(CHECKLIST);
    assert!(
        checklist.contains("- [x] `k8s/api/deployment.yml`"),
        "{checklist}"
    );
    assert!(
        checklist.contains("- [ ] A PDB for everything"),
        "{checklist}"
    );
}
