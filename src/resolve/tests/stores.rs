//! Stores, brokers and monitoring: which of their ports a probe asks, and what keeps their data.

use super::{BulletReading, ProbeAction, Resolved, parse, resolved};
use crate::facts::Tree;
use crate::resolve::{VolumeKind, WorkloadKind};

const COMPOSE: &str = r#"
name: clinic
services:
  api:
    build: .
    ports: ["8080:8080"]
    environment:
      NATS_URL: nats://events:4222
      QUEUE_URL: nats://queue:4222
      S3_ENDPOINT: http://files:9000
      DB_HOST: db
      CACHE_HOST: cache
      AMQP_URL: amqp://rabbit:5672
  events:
    image: nats:2.10-alpine
    command: ["-js", "-m", "8222"]
  queue:
    image: nats:2.10-alpine
    command: -js
  files:
    image: minio/minio:RELEASE.2025-04-22T22-12-26Z
    command: server /data --console-address ":9001"
    ports: ["9001:9001"]
  db: {image: "mysql:8.4"}
  cache: {image: "redis:7"}
  rabbit: {image: "rabbitmq:4", ports: ["15672:15672", "5672:5672"]}
  prometheus: {image: "prom/prometheus:v3.2.1"}
"#;

fn read(lines: &str) -> Resolved {
    let tree: Tree = [
        ("docker-compose.yml", COMPOSE),
        ("Dockerfile", "FROM scratch\n"),
    ]
    .into_iter()
    .collect();
    resolved(&parse(&format!("# Phase 1: A\n\n- [ ] {lines}\n")), &tree)
}

/// Returns the bullets that stay a person's.
fn unread(resolved: &Resolved) -> Vec<String> {
    let bullets = resolved.tasks.iter().flat_map(|task| &task.bullets);
    let unread = bullets.filter_map(|it| match it {
        BulletReading::Unread { text, .. } => Some(text.clone()),
        BulletReading::Read { .. } | BulletReading::Vacuous { .. } => None,
    });
    unread.collect()
}

/// Checks what the liveness and readiness probes of a service ask over HTTP, with their ports.
#[track_caller]
fn check_probes(service: &str, bullets: &[&str], expected: [(&str, u16); 2]) {
    let bullets = bullets.join("\n  - ");
    let resolved = read(&format!("`k8s/{service}/statefulset.yml`\n  - {bullets}"));
    assert_eq!(unread(&resolved), Vec::<String>::new(), "{bullets}");
    let workload = resolved
        .application
        .workload(service)
        .expect("the workload");
    let asked = [&workload.liveness, &workload.readiness].map(|probe| {
        let action = &probe.as_ref().expect("a probe").action;
        let ProbeAction::Http { path, port } = action else {
            return (format!("{action:?}"), 0);
        };
        let port = workload.ports.iter().find(|it| it.name == *port);
        (path.clone(), port.expect("a port").port)
    });
    let expected = expected.map(|(path, port)| (path.to_owned(), port));
    assert_eq!(asked, expected, "{bullets}");
}

/// Checks that a probe over HTTP stays a person's, and that none is written.
#[track_caller]
fn check_left(service: &str, bullet: &str) {
    let resolved = read(&format!("`k8s/{service}/statefulset.yml`\n  - {bullet}"));
    assert_eq!(unread(&resolved), [bullet]);
    let workload = resolved
        .application
        .workload(service)
        .expect("the workload");
    for probe in [&workload.liveness, &workload.readiness]
        .into_iter()
        .flatten()
    {
        let http = matches!(probe.action, ProbeAction::Http { .. });
        assert!(!http, "{bullet}: {:?}", probe.action);
    }
}

#[test]
fn a_path_is_asked_where_the_product_serves_it() {
    let health = ("/minio/health/live", 9000);
    let ready = ("/minio/health/ready", 9000);
    check_probes(
        "files",
        &["Liveness: `/minio/health/live`"],
        [health, ready],
    );
    check_probes(
        "files",
        &[
            "Liveness: `/minio/health/live` (HTTP, period 30s)",
            "Readiness: `/minio/health/ready` (HTTP, port 9000)",
        ],
        [health, ready],
    );
    check_probes(
        "files",
        &["Readiness: `/minio/health/cluster`"],
        [health, ("/minio/health/cluster", 9000)],
    );
    check_probes(
        "rabbit",
        &["Liveness: `/api/health`", "Readiness: `/api/ready`"],
        [("/api/health", 15672), ("/api/ready", 15672)],
    );
}

#[test]
fn nats_is_asked_on_the_port_that_its_command_names() {
    for bullet in [
        "Liveness: `/healthz` (HTTP, period 10s)",
        "Liveness: `/healthz` (port 8222)",
        "Liveness: `/healthz` on 8222, period 10s",
        "Liveness: `/healthz` на 8222, период 10с",
        "Liveness: `/healthz` на 8222, період 10 с",
        "Liveness: `/healthz` раз в 15с, 4 фейла",
        "Liveness: `/healthz` раз на 90 с",
    ] {
        check_probes(
            "events",
            &[bullet],
            [("/healthz", 8222), ("/healthz", 8222)],
        );
    }
}

#[test]
fn what_serves_no_http_is_never_asked_over_it() {
    check_left("queue", "Liveness: `/healthz` (HTTP, period 10s)");
    check_left("queue", "Liveness: `/healthz` на 8222");
    check_left("events", "Liveness: `/healthz` on 4222");
    check_left("queue", "Readiness: `/healthz` (port 8222)");
    check_left("events", "Liveness: `/healthz` (HTTP, port 4222)");
    check_left("db", "Liveness: `/health`");
    check_left("db", "Readiness: `/ready` (HTTP, порт 3306)");
    check_left("cache", "Readiness: `/ready` (HTTP)");
    check_left("rabbit", "Liveness: `/health` (порт 5672)");
}

/// Checks the kind of what a line asks for, how many of it there are, and its claim.
#[track_caller]
fn check_kept(lines: &str, name: &str, kind: WorkloadKind, (path, size): (&str, &str)) {
    let resolved = read(lines);
    assert_eq!(unread(&resolved), Vec::<String>::new(), "{lines}");
    let workload = resolved.application.workload(name).expect("the workload");
    assert_eq!((workload.kind, workload.replicas), (kind, 1), "{lines}");
    let claims = workload.volumes.iter().filter_map(|it| {
        let VolumeKind::Claim(size) = &it.kind else {
            return None;
        };
        Some((it.path.as_str(), size.as_str()))
    });
    assert_eq!(claims.collect::<Vec<_>>(), [(path, size)], "{lines}");
}

#[test]
fn samples_lie_in_the_claim() {
    let set = WorkloadKind::StatefulSet;
    for (lines, size) in [
        ("`k8s/monitoring/prometheus.yml`: retention 15d", "10Gi"),
        (
            "`k8s/monitoring/prometheus-statefulset.yml`: зберігати 30 днів",
            "10Gi",
        ),
        (
            "`k8s/monitoring/prometheus.yml`: retention 21d, PVC 30Gi",
            "30Gi",
        ),
        ("`k8s/monitoring/prometheus.yml`\n  - Диск: 20Gi", "20Gi"),
    ] {
        check_kept(lines, "prometheus", set, ("/prometheus", size));
        let resolved = read(lines);
        let workload = resolved.application.workload("prometheus");
        let args = workload.and_then(|it| it.args.clone()).unwrap_or_default();
        let limit = format!(
            "{}MB",
            size.trim_end_matches("Gi").parse::<u32>().expect("a size") * 1024 * 8 / 10
        );
        assert!(
            args.contains(&format!("--storage.tsdb.retention.size={limit}")),
            "{args:?}"
        );
    }
    check_kept(
        "`k8s/monitoring/prometheus-deployment.yml`\n  - PVC: 30Gi",
        "prometheus",
        WorkloadKind::Deployment,
        ("/prometheus", "30Gi"),
    );
}

#[test]
fn what_keeps_logs_or_dashboards_is_one_with_a_claim() {
    let set = WorkloadKind::StatefulSet;
    check_kept("`k8s/monitoring/loki.yml`", "loki", set, ("/loki", "10Gi"));
    check_kept(
        "`k8s/monitoring/grafana.yml`: PVC 2Gi",
        "grafana",
        set,
        ("/var/lib/grafana", "2Gi"),
    );
}

#[test]
fn several_pods_of_a_store_stay_open() {
    for name in ["events", "files", "db", "cache", "rabbit"] {
        for bullet in ["Replicas: 3", "Реплики: 3", "Репліки: 4", "3 replicas"] {
            let resolved = read(&format!("`k8s/{name}/statefulset.yml`\n  - {bullet}"));
            assert_eq!(unread(&resolved), [bullet], "{name}");
            let told = format!("pods of `{name}` are");
            let warned = resolved.warnings.0.iter();
            let warned = warned.filter(|it| it.message.contains(&told)).count();
            assert_eq!(warned, 1, "{name}");
        }
        let one = read(&format!("`k8s/{name}/statefulset.yml`\n  - Replicas: 1"));
        assert_eq!(unread(&one), Vec::<String>::new(), "{name}");
    }
    let api = read("`k8s/api/deployment.yml`\n  - Replicas: 3");
    assert_eq!(unread(&api), Vec::<String>::new());
}

/// Checks which ports the Services of a workload have within the cluster, by its Service's line.
#[track_caller]
fn check_served(lines: &str, name: &str, (expected, open): (&[u16], bool)) {
    let lines = format!("`k8s/{name}/statefulset.yml`\n- [ ] {lines}");
    let resolved = read(&lines);
    let workload = resolved.application.workload(name).expect("the workload");
    let ports: Vec<u16> = workload.inner_ports().map(|it| it.port).collect();
    assert_eq!(ports, expected, "{lines}");
    assert_eq!(!unread(&resolved).is_empty(), open, "{lines}");
}

#[test]
fn a_service_has_the_ports_that_are_named_beside_its_type() {
    for line in [
        "`k8s/files/service.yml`: ClusterIP, port 9000",
        "`k8s/files/service.yml`: ClusterIP, порт 9000",
        "`k8s/files/service.yml`: ClusterIP 9000",
        "`k8s/files/service.yml`: ClusterIP, 9000 для клієнтів",
        "`k8s/files/service.yml`\n  - ClusterIP, port 9000",
        "`k8s/files/service.yml`\n  - ClusterIP\n  - Port: 9000",
    ] {
        check_served(line, "files", (&[9000], false));
    }
    let all: &[u16] = &[9000, 9001];
    check_served("`k8s/files/service.yml`: ClusterIP", "files", (all, false));
    let both = "`k8s/files/service.yml`: ClusterIP, ports 9000, 9001";
    check_served(both, "files", (all, false));
    check_served(
        "`k8s/events/service.yml`: ClusterIP, port 4222",
        "events",
        (&[4222], false),
    );
}

#[test]
fn a_service_leads_from_its_own_port_to_that_of_the_pods() {
    for (line, expected) in [
        ("`k8s/api/service.yml`: port 80 → 8080", Some(80)),
        ("`k8s/api/service.yml`: порт 80 → 8080", Some(80)),
        (
            "`k8s/api/service.yml`: ClusterIP, port 80 -> 8080",
            Some(80),
        ),
        ("`k8s/api/service.yml`: ClusterIP, port 80", Some(80)),
        ("`k8s/api/service.yml`: port 80", Some(80)),
        ("`k8s/api/service.yml`\n  - Port: 80 → 8080", Some(80)),
        ("`k8s/api/service.yml`: port 8080", Some(8080)),
        ("`k8s/api/service.yml`: port 80 → 9090", None),
        ("`k8s/api/service.yml`: ports 80, 81", None),
        // The api asks for `events:4222`.
        ("`k8s/events/service.yml`: port 80 → 4222", None),
    ] {
        let name = if line.contains("events") {
            "events"
        } else {
            "api"
        };
        let resolved = read(&format!("`k8s/{name}/deployment.yml`\n- [ ] {line}"));
        let workload = resolved.application.workload(name).expect("the workload");
        let ports: Vec<(u16, u16)> = workload
            .ports
            .iter()
            .map(|it| (it.number(), it.port))
            .collect();
        let pods = ports[0].1;
        assert_eq!(ports[0].0, expected.unwrap_or(pods), "{line}");
        assert_eq!(!unread(&resolved).is_empty(), expected.is_none(), "{line}");
    }
}

#[test]
fn what_a_product_is_asked_at_comes_before_what_else_it_publishes() {
    let resolved = read("`k8s/rabbit/statefulset.yml`");
    let rabbit = resolved.application.workload("rabbit").expect("the broker");
    let ports: Vec<(&str, u16)> = rabbit
        .ports
        .iter()
        .map(|it| (it.name.as_str(), it.port))
        .collect();
    assert_eq!(ports, [("rabbit", 5672), ("management", 15672)]);
}

#[test]
fn a_port_that_others_reach_stays_in_the_service() {
    check_served(
        "`k8s/files/service.yml`: ClusterIP, port 9001",
        "files",
        (&[9000, 9001], true),
    );
    check_served(
        "`k8s/events/service.yml`: ClusterIP, 8222 for monitoring",
        "events",
        (&[4222, 8222], true),
    );
}

#[test]
fn a_port_of_which_more_is_said_is_not_carried() {
    let ports = |resolved: &Resolved| -> Vec<u16> {
        let queue = resolved.application.workload("queue");
        queue
            .iter()
            .flat_map(|it| &it.ports)
            .map(|it| it.port)
            .collect()
    };
    let bullet = "Порт: 4222, 8222 (потім)";
    let resolved = read(&format!("`k8s/queue/statefulset.yml`\n  - {bullet}"));
    assert_eq!(unread(&resolved), [bullet]);
    assert_eq!(ports(&resolved), [4222]);
    for name in ["monitoring", "monitor"] {
        let lines = format!("`k8s/queue/statefulset.yml`\n  - Порт: 4222, 8222 ({name})");
        let resolved = read(&lines);
        assert_eq!(unread(&resolved), Vec::<String>::new());
        assert_eq!(ports(&resolved), [4222, 8222]);
    }
}
