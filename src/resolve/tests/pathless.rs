//! Lines that name a manifest by its kind and its service, and no path.

use super::{Action, BulletReading, COMPOSE, Resolved, parse, resolved, tree};

fn read(document: &str) -> Resolved {
    let mut tree = tree();
    tree.insert("docker-compose.yml", COMPOSE);
    resolved(&parse(&format!("# Phase 1: A\n\n{document}\n")), &tree)
}

/// Checks the file that the last task of a document writes.
#[track_caller]
fn check(document: &str, path: &str) {
    let resolved = read(document);
    let task = resolved.tasks.last().expect("a task");
    let path = path.to_owned();
    assert_eq!(task.action, Action::Write { path }, "{document}");
    let unread = |it: &BulletReading| matches!(it, BulletReading::Unread { .. });
    assert!(!task.bullets.iter().any(unread), "{:?}", task.bullets);
}

/// Checks that the last task of a document is a person's for that reason.
#[track_caller]
fn check_left(document: &str, why: &str) {
    let resolved = read(document);
    let task = resolved.tasks.last().expect("a task");
    assert_eq!(task.action, Action::Manual, "{document}");
    assert_eq!(task.notes, [why], "{document}");
}

#[test]
fn each_service_has_a_folder_where_the_section_keeps_its_manifests() {
    let line = "- [ ] Deployment for worker: 1 replica";
    check(
        &format!("## 1.1 Kubernetes\n\n{line}"),
        "k8s/worker/deployment.yml",
    );
    check(
        &format!("## 1.1 Rest\n\n**Files:** `deploy/`\n\n{line}"),
        "deploy/worker/deployment.yml",
    );
    check(
        &format!("## 1.1 Rest\n\n**Files:** `deploy/worker/`\n\n{line}"),
        "deploy/worker/deployment.yml",
    );
    // As another line does.
    check(
        &format!("## 1.1 Cluster\n\n- [ ] `infra/base/app/deployment.yml`\n{line}"),
        "infra/base/worker/deployment.yml",
    );
}

#[test]
fn a_service_is_called_as_compose_calls_it_or_by_its_product() {
    let of = |line: &str| format!("## 1.1 Kubernetes\n\n- [ ] {line}");
    check(
        &of("Deployment for admin-api: 1 replica"),
        "k8s/admin-api/deployment.yml",
    );
    check(
        &of("PostgreSQL as a StatefulSet, 1 replica"),
        "k8s/postgres/statefulset.yml",
    );
    // `api` may be any of them.
    let resolved = read(&of("Deployment for api: 1 replica"));
    assert_eq!(resolved.tasks[0].action, Action::Manual);
}

#[test]
fn two_lines_about_one_file_count_together() {
    let resolved = read(
        "## 1.1 Kubernetes\n\n- [ ] Deployment for app: 3 replicas\n- [ ] `k8s/app/deployment.yml`: \
         readiness on `/health/ready`",
    );
    let app = resolved.application.workload("app").expect("the workload");
    assert!(app.readiness.is_some());
    let files = resolved.files.iter();
    let own = files.filter(|it| it.path == "k8s/app/deployment.yml");
    assert_eq!(own.count(), 2);
}

#[test]
fn figures_of_a_service_go_to_the_file_of_what_runs_it() {
    check(
        "## 1.1 Cluster\n\n- [ ] redis: requests 100m/64Mi",
        "k8s/redis/statefulset.yml",
    );
    check(
        "## 1.1 Cluster\n\n- [ ] app — 2 replicas\n- [ ] Deployment for app\n- [ ] app: readiness on \
         `/health/ready`",
        "k8s/app/deployment.yml",
    );
    check(
        "## 1.1 Cluster\n\n- [ ] `deploy/app.yml`\n- [ ] app: 2 replicas",
        "deploy/app.yml",
    );
    check_left(
        "## 1.1 Cluster\n\n- [ ] app: 2 replicas, no CPU limit",
        "nothing reads “no CPU limit”, and the line names no path, so that it may be about something \
         else than `k8s/app/deployment.yml`",
    );
    for line in [
        "app: ask the team",
        "app: 2 replicas, worker: 3 replicas",
        "app 2 replicas",
    ] {
        let resolved = read(&format!("## 1.1 Cluster\n\n- [ ] {line}"));
        let task = resolved.tasks.first().expect("a task");
        assert_eq!(task.action, Action::Manual, "{line}");
    }
    let resolved = read("## 1.1 Code\n\n- [ ] app: 2 replicas");
    assert_eq!(resolved.tasks[0].action, Action::Manual);
}

#[test]
fn what_only_begins_so_is_a_persons() {
    check_left(
        "## 1.1 Kubernetes\n\n- [ ] Deployment for app: GitHub Actions",
        "nothing reads “GitHub Actions”, and the line names no path, so that it may be about \
         something else than `k8s/app/deployment.yml`",
    );
    check_left(
        "## 1.1 Kubernetes\n\n- [ ] Deployment and Service for worker",
        "nothing is known to listen there, so that `k8s/worker/deployment.yml` has no Service",
    );
}

#[test]
fn what_a_persons_manifest_has_is_a_persons() {
    let mut tree = tree();
    tree.insert("docker-compose.yml", COMPOSE);
    let theirs = "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: app\n";
    tree.insert("deploy/prod/app.yaml", theirs);
    let document = "# Phase 1: A\n\n## 1.1 Kubernetes\n\n- [ ] Deployment for app: 2 replicas\n\
                    - [ ] Deployment for worker: 1 replica\n";
    let resolved = resolved(&parse(document), &tree);
    let actions: Vec<&Action> = resolved.tasks.iter().map(|it| &it.action).collect();
    assert_eq!(actions[0], &Action::Manual);
    assert!(matches!(actions[1], Action::Write { .. }));
    let note = resolved.tasks[0].notes.first().expect("why");
    assert!(
        note.starts_with("`deploy/prod/app.yaml` has Deployment/app"),
        "{note}"
    );
}

#[test]
fn a_line_about_two_services_is_a_persons() {
    for line in [
        "PDB for app and worker: minAvailable 1",
        "PDB: app minAvailable 1, worker minAvailable 1",
        "Deployment for app: 2 replicas, after postgres",
    ] {
        let resolved = read(&format!("## 1.1 Kubernetes\n\n- [ ] {line}"));
        let task = resolved.tasks.first().expect("a task");
        assert_eq!(task.action, Action::Manual, "{line}");
    }
}

#[test]
fn a_budget_alone_promises_nothing_else() {
    let resolved = read("## 1.1 Kubernetes\n\n- [ ] PDB for app: minAvailable 1");
    let paths: Vec<&str> = resolved.files.iter().map(|it| it.path.as_str()).collect();
    assert!(!paths.iter().any(|it| it.contains("worker")), "{paths:?}");
}

#[test]
fn an_ingress_of_which_no_host_is_known_is_a_persons() {
    let of = |line: &str| format!("## 1.1 Kubernetes\n\n- [ ] `k8s/app.yml`\n- [ ] {line}");
    check_left(
        &of("Ingress"),
        "the line names no path, and no host is said in the phase, its settings or the Compose \
         file: say the host (`Ingress: host shop.example.com → web`)",
    );
    check(
        &of("Ingress: host shop.example.com → app"),
        "k8s/ingress.yml",
    );
    check(&of("Ingress shop.example.com → app"), "k8s/ingress.yml");
    // Another line's is known.
    check(
        &of("`k8s/ingress.yml`: host shop.example.com → app\n- [ ] Ingress"),
        "k8s/ingress.yml",
    );
}
