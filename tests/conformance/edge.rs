//! What is written for the way in and for monitoring, beside the definitions of its kinds: the real
//! ones, of the Gateway API's standard channel, Traefik and the Prometheus operator.

use crate::conformance::Case;
use crate::harness::applications::manifests;
use crate::harness::cluster::Cluster;
use crate::harness::definitions::{self, GATEWAY_API, PROMETHEUS_OPERATOR, TRAEFIK};
use crate::harness::workspace::Workspace;

/// The tests of this file.
pub(crate) const CASES: &[Case] = &[(
    "edge::everything_written_is_what_its_kind_takes",
    everything_written_is_what_its_kind_takes,
)];

const COMPOSE: &str = "name: shop\nservices:\n  \
    api:\n    build: .\n    ports: ['8080:8080']\n  \
    admin:\n    image: shop/admin:1.0.0\n    ports: ['8090:8090']\n  \
    web:\n    image: shop/web:1.0.0\n    ports: ['3000:3000']\n  \
    worker:\n    build: .\n    command: [work]\n    environment: {METRICS_PORT: '9100'}\n  \
    prometheus:\n    image: prom/prometheus:v3.2.1\n    ports: ['9090:9090']\n    volumes: ['samples:/prometheus']\n  \
    grafana:\n    image: grafana/grafana:11.5.2\n    ports: ['3001:3000']\n    volumes: ['grafana:/var/lib/grafana']\n\
    volumes: {samples: {}, grafana: {}}\n";

const CHECKLIST: &str = "# Phase 4: Shop\n\n## Tasks\n\n### 4.1 Shop\n\
    - [ ] `k8s/namespace.yml`: namespace `shop`\n\
    - [ ] `k8s/api/deployment.yml`: api\n  - Replicas: 2\n\
    - [ ] `k8s/ingress.yml`: the way in\n  \
      - Hosts: `shop.test`, `www.shop.test`\n  \
      - TLS, redirect to HTTPS\n  \
      - Paths: `/api/*` → `api`, `admin.shop.test/` → admin, exactly `/health` → api, `/`\n  \
      - Rate limit: 100 requests per second, burst 200\n  \
      - Basic auth: Secret `shop-users`\n  \
      - Strip prefix `/api`\n  \
      - WebSocket timeout: 1h\n  \
      - Body size: 50 MB\n  \
      - CORS: https://app.test\n  \
      - Allow list: 10.0.0.0/8, 192.0.2.7\n  \
      - Sticky sessions\n\
    - [ ] `k8s/monitoring/prometheus-deployment.yml`: Prometheus\n  - Retention: 15d\n  - Alert rules\n\
    - [ ] `k8s/monitoring/grafana-deployment.yml`: Grafana with dashboards\n";

/// Each way in, a kind that only it writes, and wishes that keep people out and that it can't carry:
/// with those the way in is a person's.
const WAYS: &[(&str, &str, &[&str])] = &[
    ("controller = \"ingress-nginx\"\n", "limit-rps", &[]),
    ("controller = \"f5-nginx\"\n", "nginx.org/", &["Allow list"]),
    ("controller = \"traefik\"\n", "kind: Middleware", &[]),
    ("controller = \"haproxy\"\n", "haproxy.org/", &[]),
    (
        "api = \"gateway\"\nclass = \"eg\"\n",
        "kind: HTTPRoute",
        &["Basic auth", "Allow list"],
    ),
];

fn everything_written_is_what_its_kind_takes() {
    let cluster = Cluster::alone(0);
    definitions::add(&cluster, &[GATEWAY_API, PROMETHEUS_OPERATOR, TRAEFIK]);
    kubectl(&cluster, &["create", "namespace", "shop"]);
    for (settings, only, shut) in WAYS {
        for wish in *shut {
            let others: Vec<&str> = shut.iter().copied().filter(|it| it != wish).collect();
            let workspace = run(settings, &others);
            assert!(!workspace.has("k8s/ingress.yml"), "{settings}{wish}");
        }
        let workspace = run(settings, shut);
        let mut files = manifests(&workspace);
        files.retain(|(path, _)| !path.contains("secrets"));
        assert!(
            workspace.read("k8s/ingress.yml").contains(only),
            "{settings}"
        );
        for (path, text) in files {
            let output = cluster.kubectl_with(
                &[
                    "apply",
                    "--server-side",
                    "--dry-run=server",
                    "--validate=strict",
                    "-f",
                    "-",
                ],
                &text,
            );
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            assert!(output.status.success(), "{settings}{path}: {said}\n{text}");
            assert!(!said.contains("Warning"), "{settings}{path}: {said}");
        }
        assert!(all(&workspace).contains("kind: PodMonitor"), "{settings}");
        assert!(
            all(&workspace).contains("kind: ServiceMonitor"),
            "{settings}"
        );
    }
}

/// Returns a workspace whose phase was rehearsed with these settings of its way in, and without some
/// wishes.
fn run(settings: &str, without: &[&str]) -> Workspace {
    let left = |line: &&str| !without.iter().any(|it| line.contains(it));
    let lines: Vec<&str> = CHECKLIST.lines().filter(left).collect();
    let checklist = format!("{}\n", lines.join("\n"));
    let settings = format!("[ingress]\n{settings}[rehearse]\nservice_monitors = true\n");
    let workspace = Workspace::new()
        .file("docker-compose.yml", COMPOSE)
        .file("Dockerfile", "FROM python:3.12-slim\nUSER 10001\n")
        .file("src/app.py", "@app.get('/metrics')\ndef metrics(): ...\n")
        .file("checklists/shop/phase-04-shop.md", checklist)
        .file("phases/04-shop.toml", settings)
        .commit_all();
    workspace.orch(&["phase", "4", "run"]);
    workspace
}

fn all(workspace: &Workspace) -> String {
    let files = workspace.files();
    let written = files.iter().filter(|path| path.starts_with("k8s/"));
    written.map(|path| workspace.read(path)).collect()
}

#[track_caller]
fn kubectl(cluster: &Cluster, arguments: &[&str]) {
    let output = cluster.kubectl(arguments);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{arguments:?}: {said}");
}
