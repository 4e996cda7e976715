//! What the phases of a set leave of each other's manifests.

mod again;
mod kept;
mod namespaces;
mod secrets;
mod sets;

use crate::harness::workspace::Workspace;

const COMPOSE: &str = "name: shop\nservices:\n  api:\n    build: .\n    ports: [\"8080:8080\"]\n    \
    environment:\n      DB_HOST: db\n      DB_PASSWORD: ${DB_PASSWORD}\n  web:\n    build: ./web\n    \
    ports: [\"3000:3000\"]\n    environment:\n      API_URL: http://api:8080\n  db:\n    \
    image: postgres:16\n    environment:\n      POSTGRES_PASSWORD: ${DB_PASSWORD}\n    \
    volumes: [\"data:/var/lib/postgresql/data\"]\nvolumes: {data: {}}\n";

const ONE: &str = "checklists/shop/phase-01-base.md";
const TWO: &str = "checklists/shop/phase-02-more.md";

fn phase(number: u32, tasks: &str) -> String {
    format!("# Phase {number}: Part {number}\n\n## {number}.1 Work\n\n{tasks}")
}

fn workspace(one: &str, two: &str) -> Workspace {
    Workspace::new()
        .file("orch.toml", "")
        .file("docker-compose.yml", COMPOSE)
        .file(
            "Dockerfile",
            "FROM python:3.12-slim\nUSER 10001\nEXPOSE 8080\n",
        )
        .file(
            "web/Dockerfile",
            "FROM node:22-slim\nUSER 10001\nEXPOSE 3000\n",
        )
        .file(ONE, phase(1, one))
        .file(TWO, phase(2, two))
        .commit_all()
}

const BASE: &str = "- [ ] `k8s/namespace.yml`: namespace `shop`\n\
    - [ ] `k8s/secrets.yml`\n\
    - [ ] `k8s/configmap.yml`\n\
    - [ ] `k8s/postgresql/statefulset.yml`: 1 replica, PVC 50Gi\n\
    - [ ] `k8s/api/deployment.yml`: 3 replicas, limits 512Mi/1000m\n";

/// Asserts that a text has all of these pieces.
#[track_caller]
fn has(text: &str, pieces: &[&str]) {
    for piece in pieces {
        assert!(text.contains(piece), "no {piece:?} in\n{text}");
    }
}

/// Asserts that a `kustomization.yml` lists each file once, and that no object lies in two of them.
#[track_caller]
fn unique(workspace: &Workspace, path: &str) {
    let text = workspace.read(path);
    let (folder, _) = path.rsplit_once('/').unwrap_or_default();
    let listed = text
        .lines()
        .skip_while(|line| *line != "resources:")
        .skip(1);
    let listed = listed.map_while(|line| line.strip_prefix("  - "));
    let mut ids = std::collections::BTreeMap::new();
    for file in listed {
        let text = workspace.read(&format!("{folder}/{file}"));
        for document in text.split("---\n") {
            let value: serde_json::Value = serde_saphyr::from_str(document).expect("YAML");
            let group = value["apiVersion"].as_str().expect("a version");
            let group = group.split_once('/').map_or("", |(group, _)| group);
            let meta = &value["metadata"];
            let id = format!(
                "{group} {} {} {}",
                value["kind"], meta["namespace"], meta["name"]
            );
            let before = ids.insert(id.clone(), file.to_owned());
            assert_eq!(before, None, "{id} lies in {file}, too\n{text}");
        }
    }
    assert!(!ids.is_empty(), "{text}");
}

/// Asserts that a run leaves all these files as they were.
#[track_caller]
fn untouched(workspace: &Workspace, paths: &[&str], run: &[&str], code: i32) -> String {
    let before: Vec<String> = paths.iter().map(|path| workspace.read(path)).collect();
    let said = workspace.orch(run).expect(code).stderr;
    for (path, before) in paths.iter().zip(before) {
        assert_eq!(workspace.read(path), before, "{path}\n{said}");
    }
    said
}

#[test]
fn what_an_earlier_phase_wrote_is_not_written_again() {
    let two = "- [ ] `k8s/web/deployment.yml`: 2 replicas\n- [ ] `k8s/kustomization.yml`\n";
    let workspace = workspace(BASE, two);
    workspace.orch(&["phase", "1", "run"]).expect(0);
    assert!(workspace.read(ONE).contains("[x] `k8s/api/deployment.yml`"));
    let files = [
        "k8s/namespace.yml",
        "k8s/secrets.yml",
        "k8s/configmap.yml",
        "k8s/postgresql/statefulset.yml",
        "k8s/api/deployment.yml",
    ];
    untouched(&workspace, &files, &["phase", "2", "run"], 0);
    let checklist = workspace.read(TWO);
    assert!(!checklist.contains("[ ] `"), "{checklist}");
    let extra: Vec<String> = workspace
        .contents()
        .into_keys()
        .filter(|path| path.starts_with("k8s/web/") || path.starts_with("k8s/api/"))
        .collect();
    // Phase 1 wrote `web` without a task, where a task of phase 2 has it.
    assert_eq!(extra, ["k8s/api/deployment.yml", "k8s/web/deployment.yml"]);
    has(
        &workspace.read("k8s/kustomization.yml"),
        &[
            "- api/deployment.yml",
            "- postgresql/statefulset.yml",
            "- web/deployment.yml",
        ],
    );
    for number in ["1", "2"] {
        let said = workspace
            .orch(&["phase", number, "verify"])
            .expect(0)
            .stdout;
        assert!(!said.contains("hold ·"), "{said}");
    }
    let web = workspace.read("k8s/web/deployment.yml");
    has(&web, &["replicas: 2"]);
    workspace.orch(&["phase", "1", "run"]).expect(0);
    workspace.orch(&["phase", "2", "run"]).expect(0);
    assert_eq!(workspace.read("k8s/web/deployment.yml"), web);
}

#[test]
fn what_gets_a_file_of_its_own_lies_in_no_other_one_of_its_phase() {
    let one = format!("{BASE}- [ ] `k8s/kustomization.yml`\n");
    let workspace = workspace(
        &one,
        "- [ ] `k8s/api/deployment.yml`: requests 256Mi/200m\n",
    );
    workspace.orch(&["phase", "1", "run"]).expect(0);
    has(
        &workspace.read("k8s/web/deployment.yml"),
        &["kind: Deployment"],
    );
    // `web`, which no task named, gets one; and `api` another one.
    let text = workspace.read(ONE).replace(
        "- [x] `k8s/api/deployment.yml`",
        "- [ ] `k8s/services/web/deployment.yml`: 5 replicas\n- [ ] `k8s/services/api/deployment.yml`",
    );
    workspace.write(ONE, &text);
    workspace
        .orch(&["phase", "1", "run", "--accept-changes"])
        .expect(0);
    has(
        &workspace.read("k8s/services/web/deployment.yml"),
        &["replicas: 5"],
    );
    for path in ["k8s/web/deployment.yml", "k8s/api/deployment.yml"] {
        has(&workspace.read(path), &["there is nothing to apply"]);
    }
    unique(&workspace, "k8s/kustomization.yml");
    // The later phase still asks for the file that was given up.
    let checked = workspace.orch(&["check"]).expect(0);
    has(
        &(checked.stdout + &checked.stderr),
        &[
            "`k8s/api/deployment.yml` would hold the same objects as \
             `k8s/services/api/deployment.yml` of phase 1",
            "0 errors, 1 warning",
        ],
    );
    workspace.orch(&["phase", "1", "verify"]).expect(0);
    // What has nothing left in it may go.
    workspace.orch(&["phase", "1", "run"]).expect(0);
    fs_err::remove_file(workspace.path("k8s/web/deployment.yml")).expect("removed");
    workspace.orch(&["phase", "1", "run"]).expect(0);
    assert!(!workspace.path("k8s/web/deployment.yml").exists());
    workspace.orch(&["phase", "1", "verify"]).expect(0);
}

#[test]
fn what_an_earlier_phase_asked_stays_asked_where_a_later_one_names_the_file() {
    let two = "- [ ] `k8s/api/deployment.yml`: requests 256Mi/200m\n";
    let workspace = workspace(BASE, two);
    workspace.orch(&["phase", "1", "run"]).expect(0);
    workspace.orch(&["phase", "2", "run"]).expect(0);
    let written = workspace.read("k8s/api/deployment.yml");
    has(
        &written,
        &[
            "replicas: 3",
            "memory: 512Mi",
            "memory: 256Mi",
            "of phase 2",
        ],
    );
    // The two don't take turns.
    let files = ["k8s/api/deployment.yml"];
    untouched(&workspace, &files, &["phase", "1", "run"], 0);
    let said = workspace.orch(&["phase", "1", "verify"]).expect(0).stdout;
    assert!(!said.contains("somebody changed it"), "{said}");
    has(&said, &["for task 2.1.1,", "phase 2 wrote it anew on"]);
}

#[test]
fn what_a_later_phase_overrules_is_warned_of_with_both_places() {
    let two = "- [ ] `k8s/api/deployment.yml`: 2 replicas\n";
    let workspace = workspace(BASE, two);
    workspace.orch(&["phase", "1", "run"]).expect(0);
    let plan = workspace.orch(&["phase", "2", "plan"]).expect(0);
    has(
        &(plan.stdout + &plan.stderr),
        &[
            "`k8s/api/deployment.yml`: replicas here overrules what task 1.1.5 of phase 1 asks for",
            "phase-02-more.md:5",
            "phase-01-base.md:9",
        ],
    );
    workspace.orch(&["phase", "2", "run"]).expect(0);
    has(
        &workspace.read("k8s/api/deployment.yml"),
        &["replicas: 2", "memory: 512Mi"],
    );
}

#[test]
fn another_namespace_moves_nothing_of_an_earlier_phase() {
    let two = "- [ ] Create namespace `shop-jobs` (`k8s/jobs/namespace.yml`)\n\
        - [ ] `k8s/postgresql/pdb.yml`: maxUnavailable 1\n\
        - [ ] `k8s/api/deployment.yml`\n\
        - [ ] `k8s/web/deployment.yml`\n";
    let workspace = workspace(BASE, two);
    workspace.orch(&["phase", "1", "run"]).expect(0);
    let plan = workspace.orch(&["phase", "2", "plan"]).expect(0);
    has(
        &(plan.stdout + &plan.stderr),
        &[
            "phase 1 wrote to the namespace `shop`, and this phase names `shop-jobs`",
            "`k8s/postgresql/pdb.yml` is about what was written by phase 1 in the namespace `shop`",
            "`k8s/api/deployment.yml` was written by phase 1 in the namespace `shop`",
        ],
    );
    let files = [
        "k8s/namespace.yml",
        "k8s/secrets.yml",
        "k8s/configmap.yml",
        "k8s/postgresql/statefulset.yml",
        "k8s/api/deployment.yml",
    ];
    let before: Vec<String> = files.iter().map(|path| workspace.read(path)).collect();
    workspace.orch(&["phase", "2", "run"]);
    for (path, before) in files.iter().zip(before) {
        assert_eq!(workspace.read(path), before, "{path}");
    }
    let checklist = workspace.read(TWO);
    has(
        &checklist,
        &[
            "[ ] `k8s/postgresql/pdb.yml`",
            "[ ] `k8s/api/deployment.yml`",
        ],
    );
}

#[test]
fn a_phase_that_names_no_namespace_writes_to_that_of_the_set() {
    let one =
        "- [ ] Create namespace `till` (`k8s/namespace.yml`)\n- [ ] `k8s/api/deployment.yml`\n";
    let workspace = workspace(one, "- [ ] `k8s/web/deployment.yml`\n");
    workspace.orch(&["phase", "1", "run"]).expect(0);
    workspace.orch(&["phase", "2", "run"]).expect(0);
    has(
        &workspace.read("k8s/web/deployment.yml"),
        &["namespace: till"],
    );
}

#[test]
fn a_second_file_for_what_an_earlier_task_has_is_a_persons() {
    let workspace = workspace(
        BASE,
        "- [ ] `k8s/backend/configmap.yml`\n- [ ] `k8s/api.yml`\n",
    );
    workspace.orch(&["phase", "1", "run"]).expect(0);
    let plan = workspace.orch(&["phase", "2", "plan"]).expect(0);
    has(
        &(plan.stdout + &plan.stderr),
        &[
            "`k8s/backend/configmap.yml` would hold the same objects as `k8s/configmap.yml` of \
             phase 1",
            "`k8s/api.yml` would hold the same objects as `k8s/api/deployment.yml` of phase 1",
        ],
    );
}

#[test]
fn what_comes_around_a_workload_finds_it_in_an_earlier_phase() {
    let two = "- [ ] `k8s/api/hpa.yml`: min 3, max 5, CPU 70%\n\
        - [ ] `k8s/api/pdb.yml`: maxUnavailable 1\n\
        - [ ] `k8s/kustomization.yml`\n";
    let workspace = workspace(BASE, two);
    workspace.orch(&["phase", "1", "run"]).expect(0);
    let said = workspace.orch(&["phase", "2", "plan"]).expect(0).stdout;
    has(
        &said,
        &["changes k8s/api/deployment.yml, applies ServiceAccount/api"],
    );
    workspace.orch(&["phase", "2", "run"]).expect(0);
    let checklist = workspace.read(TWO);
    assert!(!checklist.contains("[ ] `"), "{checklist}");
    unique(&workspace, "k8s/kustomization.yml");
    let path = "k8s/api/deployment.yml";
    let text = workspace.read(path);
    has(&text, &["for task 2.1.1 of phase 2", "cpu: 1000m"]);
    for gone in ["PodDisruptionBudget", "\n  replicas:"] {
        assert!(!text.contains(gone), "{gone} in\n{text}");
    }
    // Neither phase undoes it, and each still knows what it asked for.
    for number in ["1", "2"] {
        untouched(&workspace, &[path], &["phase", number, "run"], 0);
        let said = workspace.orch(&["phase", number, "verify"]).expect(0);
        assert!(!said.stdout.contains("doesn't hold"), "{}", said.stdout);
    }
    let said = workspace.orch(&["check"]).expect(0).stderr;
    has(&said, &["nothing to complain about"]);
}

#[test]
fn what_a_person_made_of_an_earlier_file_stays_where_a_later_phase_changes_it() {
    let two = "- [ ] `k8s/api/hpa.yml`: min 3, max 5, CPU 70%\n";
    let workspace = workspace(BASE, two);
    workspace.orch(&["phase", "1", "run"]).expect(0);
    let path = "k8s/api/deployment.yml";
    let text = workspace.read(path);
    let text = text.replacen("revisionHistoryLimit: 5", "revisionHistoryLimit: 9", 1);
    workspace.write(path, &text);
    workspace.commit("keep more revisions");
    workspace
        .orch(&["phase", "2", "run", "--accept-changes"])
        .expect(0);
    let text = workspace.read(path);
    has(&text, &["revisionHistoryLimit: 9"]);
    assert!(!text.contains("\n  replicas:"), "{text}");
}

#[test]
fn a_later_phase_is_planned_as_it_will_be_once_the_ones_before_have_run() {
    let two = "- [ ] `k8s/ingress.yml`: host `shop.test`\n  - `shop.test/` → api\n\
        - [ ] `k8s/api/hpa.yml`: min 3, max 5, CPU 70%\n";
    let workspace = workspace(BASE, two);
    let plan = |number: &str| workspace.orch(&["phase", number, "plan"]).expect(0).stdout;
    let tasks = |plan: &str| {
        let (_, tasks) = plan.split_once("2.1 Work").expect("a section");
        tasks.split_once("\nwaves:").expect("waves").0.to_owned()
    };
    let before = plan("2");
    has(
        &before,
        &[
            "namespace  shop",
            "phase 1 has 5 tasks open",
            "] 2.1.2   write",
        ],
    );
    let said = workspace.orch(&["check"]).expect(0).stderr;
    has(&said, &["nothing to complain about"]);
    assert!(!workspace.has("k8s/api/deployment.yml"));
    workspace.orch(&["phase", "1", "run"]).expect(0);
    assert_eq!(tasks(&before), tasks(&plan("2")));
}

#[test]
fn a_service_has_its_port_opened_by_an_earlier_phases_deployment() {
    let two = "- [ ] `k8s/worker/service.yml`\n  - Port: 9102 (metrics)\n";
    let workspace = workspace("- [ ] `k8s/worker/deployment.yml`\n", two);
    let compose = COMPOSE.replace("  db:\n", "  worker:\n    image: acme/worker:1\n  db:\n");
    workspace.write("docker-compose.yml", compose);
    workspace.commit("a worker");
    workspace.orch(&["phase", "1", "run"]).expect(0);
    workspace.orch(&["phase", "2", "run"]).expect(0);
    has(&workspace.read(TWO), &["[x] `k8s/worker/service.yml`"]);
    has(&workspace.read("k8s/worker/service.yml"), &["port: 9102"]);
    let text = workspace.read("k8s/worker/deployment.yml");
    has(&text, &["containerPort: 9102"]);
}

#[test]
fn a_way_in_is_let_in_by_the_policy_of_an_earlier_phase() {
    let two = "- [ ] `k8s/ingress.yml`: host `shop.test`\n  - `shop.test/` → api\n";
    let workspace = workspace(BASE, two);
    workspace.orch(&["phase", "1", "run"]).expect(0);
    workspace.orch(&["phase", "2", "run"]).expect(0);
    has(&workspace.read(TWO), &["[x] `k8s/ingress.yml`"]);
    let path = "k8s/api/deployment.yml";
    has(
        &workspace.read(path),
        &["kubernetes.io/metadata.name: traefik"],
    );
    untouched(&workspace, &[path], &["phase", "1", "run"], 0);
}

#[test]
fn a_number_put_back_below_a_written_autoscaler_is_taken_out_again() {
    let two = "- [ ] `k8s/api/hpa.yml`: min 2, max 5, CPU 70%\n";
    let workspace = workspace(BASE, two);
    workspace.orch(&["phase", "1", "run"]).expect(0);
    let path = "k8s/api/deployment.yml";
    let text = workspace.read(path);
    let number = text.lines().find(|it| it.starts_with("  replicas:"));
    let number = number.expect("a number of pods").to_owned() + "\n";
    workspace.write(path, text.replacen(&number, "", 1));
    workspace.commit("the autoscaler decides");
    workspace.orch(&["phase", "2", "run"]).expect(0);
    workspace.write(path, &text);
    let plan = workspace.orch(&["phase", "2", "plan"]).expect(0);
    has(
        &plan.stdout,
        &[
            "[x] 2.1.1   write     k8s/api/hpa.yml",
            "applies HorizontalPodAutoscaler/api",
            "changes k8s/api/deployment.yml",
        ],
    );
    workspace.orch(&["phase", "2", "run"]).expect(0);
    let text = workspace.read(path);
    assert!(!text.contains(&number), "{text}");
}

#[test]
fn an_autoscaler_of_what_is_in_no_file_is_a_persons_at_once() {
    let workspace = workspace(
        "- [ ] `k8s/web/hpa.yml`: min 2, max 5, CPU 70%\n",
        "- [ ] Ask\n",
    );
    let began = std::time::Instant::now();
    let said = workspace.orch(&["phase", "1", "run"]).expect(3).stderr;
    assert!(began.elapsed().as_secs() < 60, "{said}");
    let plan = workspace.orch(&["phase", "1", "plan"]).expect(0);
    has(
        &(plan.stdout + &plan.stderr),
        &["`k8s/web/hpa.yml` needs Deployment/web, which is in no file: no task asks for it"],
    );
    // Once a person wrote it, there is something to scale, in the rehearsal as well.
    workspace.write(
        "k8s/web/deployment.yml",
        "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\n  namespace: shop\nspec:\n  \
         selector: {matchLabels: {app: web}}\n  template:\n    metadata: {labels: {app: web}}\n    \
         spec: {containers: [{name: web, image: web:1}]}\n",
    );
    workspace.orch(&["phase", "1", "run"]).expect(0);
    assert!(workspace.read(ONE).contains("[x] `k8s/web/hpa.yml`"));
}
