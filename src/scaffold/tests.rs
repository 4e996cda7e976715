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
        zeros: true,
        folder: "k8s".to_owned(),
        settings: "phases/01-kubernetes.toml".to_owned(),
        monitoring: false,
        hosts: Vec::new(),
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
