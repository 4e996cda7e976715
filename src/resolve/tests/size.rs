//! Large Compose files: the work grows with their size, and no faster.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use super::{parse, resolved};
use crate::facts::Tree;
use crate::manifest;

/// Returns a Compose file of that many services, each with what services usually have.
fn compose(count: usize) -> String {
    let mut text = String::from(
        "name: large\nx-base: &base\n  restart: always\n  networks: [inside]\n  logging: {driver: \
         json-file}\nnetworks: {inside: }\nservices:\n",
    );
    for at in 0..count {
        let kind = if at % 10 == 0 {
            "postgres:16"
        } else {
            "registry.test/app:1.2.3"
        };
        let before = at / 2;
        let _ = write!(
            text,
            "  s{at}:\n    <<: *base\n    image: {kind}\n    ports: ['{port}:8080']\n    \
             environment:\n      LOG_LEVEL: info\n      NEXT_URL: http://s{before}:8080/\n      \
             S{at}_MODE: live\n      POSTGRES_PASSWORD: ${{PG_{at}:?}}\n    volumes: \
             ['v{at}:/data']\n    healthcheck: {{test: [CMD, check], interval: 10s}}\n    \
             ulimits: {{nofile: 1024}}\n    labels: {{team: t{team}}}\n",
            port = 10_000 + at,
            team = at % 7,
        );
        if at > 0 {
            let _ = writeln!(text, "    depends_on: [s{before}]");
        }
    }
    text.push_str("volumes:\n");
    for at in 0..count {
        let _ = writeln!(text, "  v{at}: ");
    }
    text
}

const CHECKLIST: &str = "# Phase 4: Kubernetes\n\n## 4.1 Base\n\n- [ ] `k8s/namespace.yml`: \
                         namespace `large`\n- [ ] `k8s/s1/deployment.yml`: Deployment of `s1`\n";

/// Loads, analyses and renders; returns how many files came of it, and how long it took.
fn work(count: usize) -> (usize, Duration) {
    let text = compose(count);
    let tree: Tree = [("docker-compose.yml", text.as_str())]
        .into_iter()
        .collect();
    let start = Instant::now();
    let checklist = parse(CHECKLIST);
    let resolved = resolved(&checklist, &tree);
    let rendered = manifest::render(&resolved.application, &resolved.files).unwrap();
    assert_eq!(resolved.application.workloads.len(), count);
    (rendered.len(), start.elapsed())
}

#[test]
fn work_grows_with_the_number_of_services_and_no_faster() {
    let best = |count| (0..3).map(|_| work(count).1).min().unwrap_or_default();
    let (few, many) = (best(40), best(320));
    // Eight times the services: 64 times the time would be the square. The machine is shared.
    assert!(many < few * 24, "40 took {few:?}, 320 took {many:?}");
}
