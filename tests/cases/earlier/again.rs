//! Files that several phases write: what a later one asks stays when an earlier one runs again, and
//! no object lies in two of them.

use super::{BASE, COMPOSE, ONE, TWO, has, phase, unique, untouched, workspace};

#[test]
fn a_file_around_a_workload_that_names_it_too_takes_what_it_holds() {
    let two = "- [ ] `k8s/api/deployment.yml`\n\
        - [ ] `k8s/api/hpa.yml`: min 3, max 5, CPU 70%\n\
        - [ ] `k8s/api/pdb.yml`: maxUnavailable 1\n\
        - [ ] `k8s/api/service.yml`\n\
        - [ ] `k8s/api/networkpolicy.yml`\n\
        - [ ] `k8s/kustomization.yml`\n";
    let workspace = workspace(BASE, two);
    workspace.orch(&["phase", "1", "run"]).expect(0);
    workspace.orch(&["phase", "2", "run"]).expect(0);
    let checklist = workspace.read(TWO);
    assert!(!checklist.contains("[ ] `"), "{checklist}");
    unique(&workspace, "k8s/kustomization.yml");
    let path = "k8s/api/deployment.yml";
    assert!(!workspace.read(path).contains("replicas:"));
    // Phase 1 takes nothing of it back, whatever changes below it.
    let files = [path, "k8s/api/pdb.yml", "k8s/api/service.yml"];
    untouched(&workspace, &files, &["phase", "1", "run"], 0);
    let compose = COMPOSE.replace("DB_HOST: db\n", "DB_HOST: db\n      LOG_LEVEL: warn\n");
    workspace.write("docker-compose.yml", compose);
    let said = workspace
        .orch(&["phase", "1", "run", "--accept-changes"])
        .expect(0)
        .stderr;
    has(&said, &["phase 2 wrote `k8s/api/deployment.yml`, too"]);
    let written = workspace.read(path);
    has(&written, &["LOG_LEVEL"]);
    for gone in ["replicas:", "PodDisruptionBudget", "kind: Service\n"] {
        assert!(!written.contains(gone), "{gone} in\n{written}");
    }
    unique(&workspace, "k8s/kustomization.yml");
    workspace
        .orch(&["phase", "2", "run", "--accept-changes"])
        .expect(0);
    unique(&workspace, "k8s/kustomization.yml");
    // And then all is at rest.
    untouched(&workspace, &files, &["phase", "1", "run"], 0);
    untouched(&workspace, &files, &["phase", "2", "run"], 0);
}

#[test]
fn an_earlier_phase_that_runs_again_undoes_nothing_of_a_later_one() {
    let two = "- [ ] `k8s/api/deployment.yml`: 2 replicas, limits 1Gi/1000m\n";
    let workspace = workspace(BASE, two);
    workspace.orch(&["phase", "1", "run"]).expect(0);
    workspace.orch(&["phase", "2", "run"]).expect(0);
    let compose = COMPOSE.replace("DB_HOST: db\n", "DB_HOST: db\n      LOG_LEVEL: warn\n");
    workspace.write("docker-compose.yml", compose);
    let one = workspace.read(ONE).replace("3 replicas", "4 replicas");
    workspace.write(ONE, one);
    for _ in 0..2 {
        workspace
            .orch(&["phase", "1", "run", "--accept-changes"])
            .expect(0);
        let written = workspace.read("k8s/api/deployment.yml");
        has(&written, &["replicas: 2", "memory: 1Gi", "LOG_LEVEL"]);
    }
    let said = workspace.orch(&["phase", "2", "verify"]);
    assert!(
        !said.stdout.contains("somebody changed it"),
        "{}",
        said.stdout
    );
}

#[test]
fn an_earlier_phase_does_not_begin_to_write_what_a_later_one_has() {
    let one =
        "- [ ] `k8s/api/deployment.yml`: 1 replica\n- [ ] `k8s/web/deployment.yml`: 1 replica\n";
    let two = "- [ ] `k8s/api/deployment.yml`: limits 1Gi/1000m\n\
        - [ ] `k8s/api/pdb.yml`: maxUnavailable 1\n- [ ] `k8s/web/pdb.yml`: maxUnavailable 1\n";
    let workspace = workspace(one, two);
    workspace.orch(&["phase", "1", "run"]).expect(0);
    workspace.orch(&["phase", "2", "run"]).expect(0);
    let one = workspace.read(ONE).replace("1 replica", "3 replicas");
    workspace.write(ONE, one);
    workspace
        .orch(&["phase", "1", "run", "--accept-changes"])
        .expect(0);
    for name in ["api", "web"] {
        let written = workspace.read(&format!("k8s/{name}/deployment.yml"));
        assert!(!written.contains("PodDisruptionBudget"), "{written}");
        let budget = workspace.read(&format!("k8s/{name}/pdb.yml"));
        has(&budget, &["maxUnavailable: 1"]);
    }
    has(&workspace.read("k8s/web/deployment.yml"), &["replicas: 3"]);
}

#[test]
fn two_phases_that_wrote_a_file_have_it_listed_once() {
    let three = phase(3, "- [ ] `k8s/kustomization.yml`\n");
    let two = "- [ ] `k8s/api/deployment.yml`: requests 256Mi/200m\n- [ ] `k8s/secrets.yml`\n";
    let workspace = workspace(BASE, two).file("checklists/shop/phase-03-all.md", three);
    workspace.commit("three");
    for number in ["1", "2", "3"] {
        workspace.orch(&["phase", number, "run"]).expect(0);
    }
    unique(&workspace, "k8s/kustomization.yml");
    let text = workspace.read("k8s/kustomization.yml");
    assert_eq!(text.matches("is left out on purpose").count(), 1, "{text}");
}

#[test]
fn verify_tells_what_a_kustomization_lost_to_a_later_phase() {
    let one = format!("{BASE}- [ ] `k8s/kustomization.yml`\n");
    let two = "- [ ] `k8s/api/deployment.yml`\n\
        - [ ] `k8s/api/pdb.yml`: maxUnavailable 1\n\
        - [ ] `k8s/api/serviceaccount.yml`\n";
    let workspace = workspace(&one, two);
    workspace.orch(&["phase", "1", "run"]).expect(0);
    workspace.orch(&["phase", "1", "verify"]).expect(0);
    workspace.orch(&["phase", "2", "run"]).expect(0);
    let lost = workspace.orch(&["phase", "1", "verify"]).expect(1).stdout;
    let lost: Vec<&str> = lost.split_whitespace().collect();
    has(
        &lost.join(" "),
        &["phase 2 moved PodDisruptionBudget/api to `api/pdb.yml`, which it doesn't list"],
    );
    let path = "k8s/kustomization.yml";
    let listed = workspace.read(path).replace(
        "resources:\n",
        "resources:\n  - api/pdb.yml\n  - api/serviceaccount.yml\n",
    );
    workspace.write(path, listed);
    workspace.orch(&["phase", "1", "run"]).expect(0);
    workspace.orch(&["phase", "1", "verify"]).expect(0);
    unique(&workspace, path);
}

#[test]
fn what_a_later_phase_took_from_the_first_is_not_begun_by_the_second() {
    let one = "- [ ] `k8s/namespace.yml`\n- [ ] `k8s/api/deployment.yml`: 3 replicas\n";
    let workspace = workspace(one, "- [ ] `k8s/postgresql/statefulset.yml`: 1 replica\n");
    let three = "checklists/shop/phase-03-web.md";
    workspace.write(
        three,
        phase(3, "- [ ] `k8s/web/deployment.yml`: 3 replicas\n"),
    );
    workspace.commit("a third phase");
    for number in ["1", "2", "3"] {
        workspace.orch(&["phase", number, "run"]).expect(0);
    }
    let before = workspace.contents();
    for number in ["1", "2", "3"] {
        let run = workspace.orch(&["phase", number, "run"]).expect(0);
        has(&run.stderr, &["nothing to do"]);
    }
    assert_eq!(workspace.contents(), before);
}

#[test]
fn what_a_later_phase_took_changes_there_alone() {
    let one = "- [ ] `k8s/namespace.yml`\n- [ ] `k8s/api.yml`: 3 replicas\n";
    let workspace = workspace(one, "- [ ] `k8s/web/deployment.yml`: 3 replicas\n");
    for number in ["1", "2"] {
        workspace.orch(&["phase", number, "run"]).expect(0);
    }
    let empty = workspace.read("k8s/web.yml");
    let compose = COMPOSE.replace(
        "API_URL: http://api:8080\n",
        "API_URL: http://api:8080\n      THEME: dark\n",
    );
    workspace.write("docker-compose.yml", compose);
    for number in ["1", "2"] {
        workspace
            .orch(&["phase", number, "run", "--accept-changes"])
            .expect(0);
    }
    assert_eq!(workspace.read("k8s/web.yml"), empty);
    has(&workspace.read("k8s/web/deployment.yml"), &["THEME"]);
    workspace.orch(&["verify"]).expect(0);
}

#[test]
fn what_a_persons_task_of_an_earlier_phase_names_is_left_out() {
    let workspace = workspace(
        "- [ ] `k8s/api/deployment.yml`: 3 replicas\n- [ ] Deploy web (4 replicas) once legal agrees\n",
        "- [ ] `k8s/postgresql/statefulset.yml`: PVC 20Gi\n",
    );
    workspace.orch(&["phase", "1", "run"]).expect(3);
    let plan = workspace.orch(&["phase", "2", "plan"]).expect(0);
    has(
        &plan.stdout,
        &["service web is in no file: task 1.1.2 of phase 1 names it, which is a person's"],
    );
    workspace.orch(&["phase", "2", "run", "--force"]).expect(0);
    assert!(!workspace.contents().contains_key("k8s/postgresql/web.yml"));
}

#[test]
fn a_file_without_a_task_gives_way_to_a_task_that_an_earlier_phase_gets() {
    let one = "- [ ] `k8s/api/deployment.yml`: 3 replicas\n";
    let workspace = workspace(one, "- [ ] `k8s/postgresql.yml`: PVC 20Gi\n")
        .file("phases/01-base.toml", "extras = \"report\"\n")
        .commit_all();
    workspace.orch(&["phase", "1", "run"]).expect(0);
    workspace.orch(&["phase", "2", "run"]).expect(0);
    assert!(workspace.read("k8s/web.yml").contains("kind: Deployment"));
    let more = format!("{one}- [ ] `k8s/web/deployment.yml`: 4 replicas\n");
    let workspace = workspace.file(ONE, phase(1, &more)).commit_all();
    let plan = workspace.orch(&["phase", "1", "plan"]).expect(0);
    has(
        &plan.stderr,
        &[
            "`k8s/web/deployment.yml` holds objects that `k8s/web.yml` of a later phase holds as well",
        ],
    );
    for number in ["1", "2"] {
        let again = ["phase", number, "run", "--accept-changes"];
        workspace.orch(&again).expect(0);
    }
    assert!(!workspace.read("k8s/web.yml").contains("kind:"));
    let plan = workspace.orch(&["phase", "1", "plan"]).expect(0);
    assert!(!plan.stderr.contains("of a later phase"), "{}", plan.stderr);
}

#[test]
fn a_budget_that_an_earlier_phase_adds_goes_to_the_file_that_a_later_one_has_for_it() {
    let one =
        "- [ ] `k8s/api/deployment.yml`: 3 replicas\n- [ ] `k8s/web/deployment.yml`: 1 replica\n";
    let two = "- [ ] `k8s/web/pdb.yml`: minAvailable 1\n\
        - [ ] `k8s/ingress.yml`: host `shop.example.com` → web\n";
    let workspace = workspace(one, two);
    let run = |number: &str, code| {
        workspace
            .orch(&["phase", number, "run", "--accept-changes"])
            .expect(code)
    };
    run("1", 0);
    // Of one replica none may be kept: that box is a person's.
    run("2", 3);
    let one = workspace.read(ONE).replace("1 replica", "4 replicas");
    workspace.write(ONE, one);
    for _ in 0..2 {
        run("1", 0);
        run("2", 0);
        let written = workspace.read("k8s/web/deployment.yml");
        assert!(!written.contains("PodDisruptionBudget"), "{written}");
        has(&workspace.read("k8s/web/pdb.yml"), &["minAvailable: 1"]);
    }
}

#[test]
fn what_a_person_brings_is_still_talked_to_when_a_file_is_written_again() {
    let one = "- [ ] PVC for db, 50Gi, `fast-ssd`\n- [ ] db StatefulSet, 1 replica\n\
        - [ ] `k8s/api/deployment.yml`: 3 replicas\n\
        - [ ] Liveness probe for api: `/healthz`, every 15s, 3 failures\n";
    let two = "- [ ] `k8s/api/hpa.yml`: 2-4, CPU 70%\n";
    let workspace = workspace(&format!("Kubernetes:\n\n{one}"), two);
    workspace.orch(&["phase", "1", "run"]).expect(3);
    let path = "k8s/api/deployment.yml";
    let reaches = "app.kubernetes.io/name: db";
    has(&workspace.read(path), &[reaches, "replicas: 3"]);
    workspace.orch(&["phase", "2", "run", "--force"]).expect(0);
    let written = workspace.read(path);
    has(&written, &[reaches]);
    // Nor is done what phase 1 left to a person.
    for undone in ["replicas: 3", "periodSeconds: 15"] {
        assert!(!written.contains(undone), "{undone} in\n{written}");
    }
}

#[test]
fn what_a_later_phase_applies_by_now_is_not_missed_in_an_earlier_one() {
    let two = "- [ ] `k8s/api/pdb.yml`: minAvailable 2\n";
    let workspace = workspace(BASE, two);
    workspace.orch(&["phase", "1", "run"]).expect(0);
    workspace.orch(&["phase", "2", "run"]).expect(0);
    let one = workspace.read(ONE).replace("512Mi", "768Mi");
    workspace.write(ONE, one);
    let refused = workspace.orch(&["phase", "1", "run"]).expect(2).stderr;
    has(&refused, &["changed: write k8s/api/deployment.yml"]);
    assert!(!refused.contains("PodDisruptionBudget"), "{refused}");
    workspace
        .orch(&["phase", "1", "run", "--accept-changes"])
        .expect(0);
    has(&workspace.read("k8s/api/pdb.yml"), &["minAvailable: 2"]);
    let files = ["k8s/api/deployment.yml", "k8s/api/pdb.yml"];
    untouched(&workspace, &files, &["phase", "1", "run"], 0);
}

#[test]
fn a_service_without_a_task_gets_a_folder_of_its_own_beside_the_others() {
    let one = "- [ ] `k8s/api/deployment.yml`: 1 replica\n";
    let workspace = workspace(one, "- [ ] `k8s/api/hpa.yml`: min 2, max 4, CPU 70%\n");
    workspace.orch(&["phase", "1", "run"]).expect(0);
    for path in ["k8s/web/deployment.yml", "k8s/db/statefulset.yml"] {
        has(&workspace.read(path), &["kind: NetworkPolicy"]);
    }
}
