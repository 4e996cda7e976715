//! Whom an Ingress leads to, by its line's words.

use super::{Action, Resolved, parse, resolved};
use crate::facts::Tree;
use crate::resolve::ingress::IngressSpec;

const COMPOSE: &str = "name: shop\nservices:\n  api:\n    build: .\n    ports: [\"8080:8080\"]\n  \
    web:\n    build: .\n    ports: [\"3000:3000\"]\n  orders:\n    build: .\n    \
    ports: [\"8081:8081\"]\n  worker:\n    build: .\n";

fn read(lines: &str) -> Resolved {
    let tree: Tree = [
        ("docker-compose.yml", COMPOSE),
        ("Dockerfile", "FROM scratch\n"),
    ]
    .into_iter()
    .collect();
    let text = format!("# Phase 1: Kubernetes\n\n- [ ] `k8s/web/deployment.yml`\n- [ ] {lines}\n");
    resolved(&parse(&text), &tree)
}

/// Checks where each path of an Ingress leads; nothing of one that is a person's.
#[track_caller]
fn check(lines: &str, expected: &[(&str, &str)]) {
    let resolved = read(lines);
    let paths = resolved.application.ingress.iter();
    let paths = paths.flat_map(IngressSpec::paths);
    let paths: Vec<(String, &str)> = paths
        .map(|it| {
            (
                format!("{}{}", it.host, it.path.trim_end_matches('/')),
                it.workload.as_str(),
            )
        })
        .collect();
    let paths: Vec<(&str, &str)> = paths.iter().map(|it| (it.0.as_str(), it.1)).collect();
    assert_eq!(paths, expected, "{lines}");
    let task = resolved.tasks.last().expect("the task");
    let person = task.action == Action::Manual;
    assert_eq!(person, expected.is_empty(), "{lines}");
}

#[test]
fn hosts_and_paths_before_an_arrow_need_no_code_marks() {
    let one: &[(&str, &str)] = &[("shop.example.com", "api")];
    for line in [
        "`k8s/ingress.yml`: `shop.example.com` → api",
        "`k8s/ingress.yml`: shop.example.com → api",
        "`k8s/ingress.yml`: host shop.example.com -> `api`",
        "`k8s/ingress.yml`: хост shop.example.com → api, TLS",
        "`k8s/ingress.yml`\n  - shop.example.com → api",
        "`k8s/ingress.yml`\n  - Host: shop.example.com → api",
        "Ingress: shop.example.com → api",
    ] {
        check(line, one);
    }
    check(
        "`k8s/ingress.yml`: shop.example.com/api → api, shop.example.com → web",
        &[("shop.example.com/api", "api"), ("shop.example.com", "web")],
    );
    check(
        "`k8s/ingress.yml`: a.shop.example.com, b.shop.example.com → orders",
        &[
            ("a.shop.example.com", "orders"),
            ("b.shop.example.com", "orders"),
        ],
    );
}

#[test]
fn a_service_that_is_named_without_an_arrow_is_led_to_or_a_persons() {
    for line in [
        "`k8s/ingress.yml`: host shop.example.com to api",
        "`k8s/ingress.yml`: host `shop.example.com` for `orders`",
        "`k8s/ingress.yml`: хост shop.example.com на orders",
        "`k8s/ingress.yml` for orders: host shop.example.com",
        "`k8s/ingress.yml`\n  - Host: `shop.example.com`, backend orders",
        "`k8s/orders/ingress.yml`: host shop.example.com",
        "`k8s/ingress.yml`: shop.example.com → worker",
    ] {
        check(line, &[]);
    }
    let web: &[(&str, &str)] = &[("shop.example.com", "web")];
    for line in [
        "`k8s/ingress.yml`: host shop.example.com",
        "`k8s/ingress.yml`: host shop.example.com for the web",
        "`k8s/web/ingress.yml`: host shop.example.com",
    ] {
        check(line, web);
    }
    check(
        "`k8s/ingress.yml`: host orders.shop.example.com",
        &[("orders.shop.example.com", "web")],
    );
}
