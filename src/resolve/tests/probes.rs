//! What is asked of the probes of all pods, where some of them listen and have none.

use super::{Action, parse, resolved};
use crate::facts::Tree;

const HEAD: &str = "name: shop\nservices:\n  api:\n    build: ./api\n    ports: ['8080:8080']\n  \
    worker:\n    build: ./worker\n";
const GO: &str = "func main() {\n\thttp.HandleFunc(\"/metrics\", metrics)\n\t\
    http.ListenAndServe(addr, nil)\n}\n";

/// Returns what keeps a rule for probes open beside a worker with these lines.
fn missing(rule: &str, worker: &str, more: &[(&str, &str)]) -> Vec<String> {
    let compose = format!("{HEAD}{worker}");
    let tree: Tree = [
        ("docker-compose.yml", compose.as_str()),
        (
            "api/Dockerfile",
            "FROM python:3.12-slim\nUSER 10001\nEXPOSE 8080\n",
        ),
        ("worker/Dockerfile", "FROM golang:1.23\nUSER 10001\n"),
    ]
    .into_iter()
    .chain(more.iter().copied())
    .collect();
    let text = format!(
        "# Phase 4: x\n\n- [ ] `k8s/api/deployment.yml`\n- [ ] `k8s/worker/deployment.yml`\n- [ ] {rule}\n"
    );
    let resolved = resolved(&parse(&text), &tree);
    let action = &resolved.tasks.last().expect("a task").action;
    let Action::Require { missing, .. } = action else {
        panic!("{action:?}")
    };
    missing.clone()
}

const RULES: &[&str] = &[
    "Probes for all pods",
    "Пробы у всех подов",
    "Проби для всіх подів",
    "Readiness probes for all deployments",
    "Liveness probes for all pods",
];

#[test]
fn a_worker_that_listens_and_has_no_probe_keeps_them_open() {
    for rule in RULES {
        for (worker, how) in [
            (
                "    environment: {METRICS_ADDR: ':9102'}\n",
                "listens by `METRICS_ADDR`",
            ),
            (
                "    environment: {BIND: '0.0.0.0:9102'}\n",
                "listens by `BIND`",
            ),
            (
                "    environment: {METRICS_PORT: '9108'}\n",
                "is scraped at 9108/metrics",
            ),
            (
                "    environment: {HEALTH_PORT: '8081'}\n",
                "listens by `HEALTH_PORT`",
            ),
        ] {
            let found = missing(rule, worker, &[]);
            let wanted = format!("Deployment/worker {how}, and has no probe there");
            assert_eq!(found, [wanted], "{rule}");
        }
        let found = missing(rule, "", &[("worker/main.go", GO)]);
        assert_eq!(
            found,
            ["Deployment/worker serves `/metrics`, and has no probe there"]
        );
    }
}

#[test]
fn a_worker_that_nothing_asks_is_left_out() {
    for rule in RULES {
        for worker in [
            "",
            "    environment: {API_URL: 'http://api:8080', REDIS: 'redis:6379', LIMIT: '9102'}\n",
        ] {
            assert_eq!(missing(rule, worker, &[]), Vec::<String>::new(), "{rule}");
        }
        // Which of the two serves isn't known.
        let both = "  other:\n    build: ./worker\n    ports: ['9000:9000']\n";
        assert_eq!(
            missing(rule, both, &[("worker/main.go", GO)]),
            Vec::<String>::new()
        );
    }
}

#[test]
fn a_probe_that_a_person_wrote_is_one() {
    let worker = "    environment: {METRICS_PORT: '9108'}\n";
    let file = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: worker}\nspec:\n  template:\n    \
        spec:\n      containers:\n        - name: worker\n          image: shop/worker:dev\n          \
        livenessProbe:\n            tcpSocket: {port: 9108}\n";
    let found = missing(RULES[0], worker, &[("k8s/worker/deployment.yml", file)]);
    assert_eq!(found, Vec::<String>::new());
}
