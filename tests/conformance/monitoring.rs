//! What Prometheus is given, before Prometheus's own tool: configurations and rules that the
//! application brings, and those that are made for one that brings none.

use std::process::Command;

use fs_err as fs;
use orch::manifest::parse_documents;

use crate::conformance::Case;
use crate::harness::applications;
use crate::harness::programs;
use crate::harness::workspace::Workspace;

/// The tests of this file.
pub(crate) const CASES: &[Case] = &[(
    "monitoring::promtool_takes_what_prometheus_is_given",
    promtool_takes_what_prometheus_is_given,
)];

const CHECKLIST: &str = "# Phase 4: Shop\n\n## Tasks\n\n### 4.1 Shop\n\
     - [ ] `k8s/namespace.yml`: namespace `shop`\n\
     - [ ] `k8s/api/deployment.yml`: api\n  - Replicas: 2\n\
     - [ ] `k8s/monitoring/prometheus-deployment.yml`: Prometheus\n  - Retention: 15d\n  \
     - Alert rules\n";

const COMPOSE: &str = "name: shop\nservices:\n  \
     api:\n    image: registry.example.com/shop/api:1\n    ports: ['8080:8080']\n    \
     environment: {METRICS_PORT: '9100'}\n  \
     db:\n    image: postgres:16-alpine\n    \
     environment: {POSTGRES_PASSWORD: '${POSTGRES_PASSWORD:?}'}\n  \
     prometheus:\n    image: prom/prometheus:v3.2.1\n    ports: ['9090:9090']\n";

/// Returns an application that has a Prometheus and says nothing of what it is to watch.
fn unconfigured() -> Workspace {
    Workspace::new()
        .file("compose.yaml", COMPOSE)
        .file(&applications::checklist("shop"), CHECKLIST)
        .commit_all()
}

/// What promtool is asked about.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sort {
    Configuration,
    Rules,
}

/// Returns what a text is, by its first level.
fn sort(text: &str) -> Option<Sort> {
    let has = |key: &str| text.lines().any(|line| line.starts_with(key));
    if has("scrape_configs:") {
        Some(Sort::Configuration)
    } else {
        (has("groups:") && text.contains("expr:")).then_some(Sort::Rules)
    }
}

/// Returns every text that a ConfigMap of a workspace has or is made of, with its place.
fn mounted(workspace: &Workspace) -> Vec<(String, String)> {
    let mut texts = Vec::new();
    for path in workspace.files() {
        if !path.starts_with("k8s/") {
            continue;
        }
        let text = workspace.read(&path);
        if path.contains("/files/") {
            texts.push((path, text));
            continue;
        }
        for object in parse_documents(&path, &text).unwrap_or_default() {
            let data = object.value["data"].as_object().into_iter().flatten();
            let data = data.filter(|_| object.kind == "ConfigMap");
            texts.extend(data.filter_map(|(key, text)| {
                Some((format!("{path}: {key}"), text.as_str()?.to_owned()))
            }));
        }
    }
    texts
}

fn promtool_takes_what_prometheus_is_given() {
    let program = programs::build().expect("it is built").join("promtool");
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("prometheus.yml");
    let (mut seen, mut problems) = (Vec::new(), Vec::new());
    for workspace in [
        applications::workspace("call-center"),
        applications::workspace("monitoring"),
        unconfigured(),
    ] {
        workspace.orch(&["phase", "4", "run"]).expect(0);
        for (place, text) in mounted(&workspace) {
            let Some(sort) = sort(&text) else { continue };
            fs::write(&file, &text).expect("it is written");
            let mut promtool = Command::new(&program);
            // The rule files and tokens that a configuration names are elsewhere in its pod.
            match sort {
                Sort::Configuration => promtool.args(["check", "config", "--syntax-only"]),
                Sort::Rules => promtool.args(["check", "rules", "--lint=all", "--lint-fatal"]),
            };
            let said = promtool.arg(&file).output().expect("it runs");
            if !said.status.success() {
                problems.push(format!("{place}: {said:?}\n{text}"));
            }
            seen.push(sort);
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    let count = |wanted: Sort| seen.iter().filter(|sort| **sort == wanted).count();
    let counts = (count(Sort::Configuration), count(Sort::Rules));
    assert_eq!(counts, (3, 2), "one each, and rules for the last two");
}
