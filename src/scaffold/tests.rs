//! Rollouts from a few services.

use super::{Wishes, rollout};
use crate::checklist::Language;
use crate::facts::Tree;

fn wishes(language: Language) -> Wishes {
    Wishes {
        language,
        set: "shop".to_owned(),
        set_folder: "checklists/shop".to_owned(),
        number: 1,
        name: "kubernetes".to_owned(),
        title: "Kubernetes".to_owned(),
        naming: crate::checklist::Naming::default(),
        compose: Vec::new(),
        folder: "k8s".to_owned(),
        settings: "phases/01-kubernetes.toml".to_owned(),
        monitoring: false,
        hosts: Vec::new(),
        commit: None,
    }
}

/// Checks that a checklist written from these services has these lines.
#[track_caller]
fn check(services: &str, wishes: &Wishes, lines: &[&str]) {
    let compose = format!("name: shop\nservices:\n{services}");
    let tree: Tree = [("compose.yaml", compose.as_str())].into_iter().collect();
    let written = rollout(&tree, wishes)
        .expect("a project")
        .expect("services");
    for line in lines {
        let found = written.text.lines().any(|it| it == *line);
        assert!(found, "no {line:?} in\n{}", written.text);
    }
}

#[test]
fn what_is_known_of_products_is_written_in_detail() {
    let services = "  prometheus:\n    image: prom/prometheus:v3.2.1\n    volumes: [\"data:/prometheus\"]\n    ports: [\"9090:9090\"]\nvolumes: { data: {} }\n";
    let lines = [
        "  - Image: `prom/prometheus:v3.2.1`",
        "  - Port: 9090 (http)",
        "  - Liveness: `/-/healthy` (HTTP, period 30s)",
    ];
    check(services, &wishes(Language::English), &lines);
}

#[test]
fn hosts_and_paths_are_those_of_labels() {
    let services = "  api:\n    image: example.test/api:1\n    ports: [\"8080\"]\n    labels:\n      \
         traefik.http.routers.api.rule: Host(`shop.test`) && PathPrefix(`/api`)\n      \
         traefik.http.services.api.loadbalancer.server.port: 8080\n";
    let lines = [
        "- [ ] `k8s/ingress.yml`: Ingress for `api`",
        "  - Host: `shop.test`",
        "  - Paths: `/api/*` → `api:8080`",
    ];
    check(services, &wishes(Language::English), &lines);
}

#[test]
fn what_labels_schedule_has_a_task() {
    let services = "  api:\n    image: example.test/api:1\n    ports: [\"8080\"]\n    labels:\n      \
         ofelia.job-exec.report.schedule: \"0 3 * * *\"\n      \
         ofelia.job-exec.report.command: report --all\n";
    let lines = [
        "- [ ] `k8s/api-report/cronjob.yml` — периодическая задача `api-report`",
        "  - Расписание: `0 3 * * *`",
    ];
    check(services, &wishes(Language::Russian), &lines);
}

#[test]
fn what_nobody_may_reach_from_outside_stays_inside() {
    let services = "  voice:\n    build: .\n    ports: [\"5060:5060/udp\", \"5060:5060\"]\n  \
         db:\n    image: postgres:16\n    ports: [\"5432:5432\"]\n";
    let lines = [
        "- [ ] `k8s/voice/service.yml`: LoadBalancer",
        "- [ ] `k8s/db/service.yml`: ClusterIP",
    ];
    check(services, &wishes(Language::English), &lines);
}

#[test]
fn settings_are_told_of_profiles_and_environments() {
    let compose = "services:\n  api: { image: a }\n  debug: { image: b, profiles: [tools] }\n";
    let staging = "services:\n  api: { image: c }\n";
    let tree: Tree = [("compose.yaml", compose), ("compose.staging.yaml", staging)]
        .into_iter()
        .collect();
    let written = rollout(&tree, &wishes(Language::English)).expect("a project");
    let hints = written.expect("services").hints;
    assert_eq!(hints.profiles, ["tools"]);
    let staging = ("staging".to_owned(), "compose.staging.yaml".to_owned());
    assert_eq!(hints.environments, [staging]);
}
