//! What bullets and lines ask for and can't have: it isn't written as something else, and it is a
//! person's.

use super::said::{check, check_below, read};
use super::{Exposure, Resolved};
use crate::facts::Protocol;
use crate::manifest;

const APP: &str = "`k8s/app/deployment.yml`";

/// Returns what a file holds.
fn written(resolved: &Resolved, path: &str) -> String {
    let files = manifest::render(&resolved.application, &resolved.files).expect("rendered");
    let mut files = files.into_iter();
    files.find(|it| it.path == path).expect("the file").text
}

/// Checks what a Deployment with that bullet has, beside what it hasn't.
#[track_caller]
fn holds(bullet: &str, expected: &[&str], others: &[&str]) {
    check_below(APP, &[bullet], &[]);
    let resolved = read(&format!("{APP}\n  - {bullet}"));
    let text = written(&resolved, "k8s/app/deployment.yml");
    let flat: Vec<&str> = text.lines().map(str::trim).collect();
    let flat = flat.join("\n");
    for it in expected {
        assert!(flat.contains(it), "{bullet}: no {it} in\n{text}");
    }
    for it in others {
        assert!(!flat.contains(it), "{bullet}: {it} in\n{text}");
    }
}

/// Checks that a bullet of a Deployment is a person's.
#[track_caller]
fn unread(bullets: &[&str]) {
    check_below(APP, bullets, bullets);
}

#[test]
fn a_port_of_a_service_is_none_of_its_pods() {
    let service = "`k8s/app/service.yml`";
    check_below(service, &["Port: 80", "Port: 9092"], &["Port: 80"]);
    let line = format!("{service}: port 80");
    check(&line, &[&line]);
    let resolved = read(&line);
    let app = resolved.application.workload("app").expect("the workload");
    let ports: Vec<u16> = app.ports.iter().map(|it| it.port).collect();
    assert_eq!(ports, [8080, 9092]);
    // Where nothing tells a port, the Service's file does.
    check_below("`k8s/worker/service.yml`", &["Port: 9000"], &[]);
}

#[test]
fn a_unit_of_its_own_belongs_to_its_number() {
    let both = ["cpu: 500m\nmemory: 2G", "cpu: 100m\nmemory: 1G"];
    for bullet in [
        "Limit 2 GB, request 1 GB",
        "Ліміт 2 ГБ, запит 1 ГБ",
        "Лимит 2 ГБ, запрос 1 ГБ",
    ] {
        holds(bullet, &both, &["cpu: \"2\""]);
    }
    unread(&["Limit 1,5 GB"]);
    holds(
        "Requests 256Mi/250m = limits",
        &["limits:\ncpu: 250m\nmemory: 256Mi"],
        &[],
    );
    unread(&["Limits 512Mi, requests to be tuned"]);
}

#[test]
fn a_request_above_the_usual_limit_raises_it() {
    let more = ["limits:\ncpu: 3000m\nmemory: 4Gi"];
    holds("Requests: 4Gi/3000m", &more, &["memory: 512Mi"]);
    unread(&["Requests 4Gi, limits 2Gi"]);
}

#[test]
fn the_fields_name_means_the_whole_time() {
    let whole = "terminationGracePeriodSeconds: 60";
    holds("terminationGracePeriodSeconds: 60", &[whole], &[]);
    holds(
        "preStop: 20s, terminationGracePeriodSeconds: 60",
        &[whole, "seconds: 20"],
        &[],
    );
    holds(
        "preStop: 20s, graceful shutdown 60s",
        &["terminationGracePeriodSeconds: 80"],
        &[],
    );
    // The usual drain leaves the program half of it.
    holds(
        "terminationGracePeriodSeconds: 4",
        &["seconds: 2", "terminationGracePeriodSeconds: 4"],
        &[],
    );
    unread(&["preStop: 20s, terminationGracePeriodSeconds: 10"]);
}

#[test]
fn a_drain_that_is_asked_for_stays_behind_an_ingress() {
    let drains = |bullet: &str| {
        let text = format!("`k8s/ingress.yml`\n- [ ] {APP}{bullet}");
        let resolved = read(&text);
        assert!(resolved.application.ingress.is_some());
        let app = resolved.application.workload("app").expect("the workload");
        assert!(app.behind_ingress);
        app.drain_seconds
    };
    assert_eq!(drains(""), Some(10));
    assert_eq!(drains("\n  - preStop: 5s"), Some(5));
}

#[test]
fn a_hook_that_does_more_than_wait_is_a_persons() {
    unread(&[
        "preStop: drain script",
        "preStop: `/drain`",
        "preStop: 10s and drain",
        "preStop: скрипт",
    ]);
    holds("preStop: 7s", &["seconds: 7"], &[]);
}

#[test]
fn a_budget_without_its_number_is_a_persons() {
    check_below(
        APP,
        &["PDB: minAvailable all", "minAvailable: all"],
        &["PDB: minAvailable all", "minAvailable: all"],
    );
    check_below(APP, &["Replicas: 3", "PDB: minAvailable 2"], &[]);
}

#[test]
fn a_rollout_that_adds_no_pod_takes_one_away() {
    holds(
        "RollingUpdate: maxSurge 0",
        &["maxUnavailable: 1\nmaxSurge: 0"],
        &[],
    );
    unread(&["RollingUpdate: maxSurge 0, maxUnavailable 0"]);
}

#[test]
fn a_port_has_the_protocol_that_is_named() {
    let resolved = read(&format!("{APP}\n  - Ports: 8080 (API), 5060/udp (SIP)"));
    let app = resolved.application.workload("app").expect("the workload");
    let sip = app
        .ports
        .iter()
        .find(|it| it.port == 5060)
        .expect("the port");
    assert_eq!((sip.name.as_str(), sip.protocol), ("sip", Protocol::Udp));
    unread(&["Port: 8080 (SCTP)"]);
}

#[test]
fn what_says_something_of_a_port_is_no_name() {
    let said = [
        "Port: 8080 (blocked)",
        "Port: 8080 closed",
        "Port: 8080 mTLS",
        "Порт: 8080 (потом)",
    ];
    unread(&said);
    let resolved = read(&format!("{APP}\n  - Port: on 9999"));
    let app = resolved.application.workload("app").expect("the workload");
    assert!(
        app.ports.iter().all(|it| it.name != "on"),
        "{:?}",
        app.ports
    );
}

/// Returns a Service's ports: name, number and how far it reaches.
fn reached(line: &str) -> Vec<(String, u16, Exposure)> {
    let resolved = read(line);
    let app = resolved.application.workload("app").expect("the workload");
    let ports = app.ports.iter();
    ports
        .map(|it| (it.name.clone(), it.port, it.exposure))
        .collect()
}

#[test]
fn a_port_that_is_named_beside_a_type_alone_reaches_out() {
    let check_reach = |said: &str, name: &str, exposure| {
        let line = format!("`k8s/app/service.yml`{said}");
        check(&line, &[]);
        let expected = [
            ("http".to_owned(), 8080, Exposure::Cluster),
            (name.to_owned(), 9092, exposure),
        ];
        assert_eq!(reached(&line), expected, "{line}");
    };
    let (outside, nodes) = (Exposure::LoadBalancer, Exposure::NodePort);
    for said in [
        ": LoadBalancer, port 9092 (grpc)",
        ": LoadBalancer, порт 9092 (grpc)",
        ": 9092 (grpc), LoadBalancer",
        "\n  - LoadBalancer\n  - Port: 9092 (grpc)",
        "\n  - Port: 9092 (grpc)\n  - LoadBalancer",
    ] {
        check_reach(said, "grpc", outside);
    }
    check_reach(": NodePort, 9092 (grpc)", "grpc", nodes);
    check_reach(": LoadBalancer, port 9092", "kafka", outside);
    let inside = ": ClusterIP, 8080 (http) and 9092 (grpc)";
    check_reach(inside, "grpc", Exposure::Cluster);
}

#[test]
fn a_type_that_is_not_written_is_a_persons() {
    let service = "`k8s/app/service.yml`";
    check(
        &format!("{service}: LoadBalancer, port 9092 (the blue one)"),
        &["port 9092 (the blue one)"],
    );
    check(
        &format!("{service}: LoadBalancer, port 9999 (grpc)"),
        &[&format!("{service}: LoadBalancer, port 9999 (grpc)")],
    );
}

#[test]
fn a_port_that_nothing_listens_on_is_a_persons() {
    for line in [
        "`k8s/app/deployment.yml`: port 9090",
        "`k8s/redis/statefulset.yml`: порт 6380",
        "`k8s/redis/statefulset.yml` — Redis 7, порт 6380",
        "`k8s/postgres/statefulset.yml`: Postgres 16, порт 5433",
        "`k8s/monitoring/grafana-deployment.yml`: port 3001",
    ] {
        check(line, &[line]);
    }
    let resolved = read("`k8s/redis/statefulset.yml`: порт 6380");
    let redis = resolved.application.workload("redis").expect("a workload");
    let ports: Vec<u16> = redis.ports.iter().map(|it| it.port).collect();
    assert_eq!(ports, [6379]);
    check("`k8s/redis/statefulset.yml`: port 6379", &[]);
    // Where nothing tells a port, the task does.
    check("`k8s/worker/deployment.yml`: port 9000", &[]);
}

#[test]
fn another_version_than_the_images_is_a_persons() {
    let line = "`k8s/monitoring/prometheus-deployment.yml`: Prometheus 2.53";
    check(line, &[line]);
    check(
        "`k8s/monitoring/prometheus-deployment.yml`: Prometheus 3.2",
        &[],
    );
}

#[test]
fn an_address_of_a_service_is_a_persons() {
    let reached = [
        "LoadBalancer: 10.0.0.5",
        "ClusterIP: 10.0.0.5",
        "internal LoadBalancer",
        "LoadBalancer for the partners",
        "внутренний LoadBalancer",
    ];
    unread(&reached);
    check_below(APP, &["ClusterIP (internal)"], &[]);
    let bullet = "ClusterIP for the API, LoadBalancer for AudioSocket";
    let text = format!("{APP}\n  - Ports: 8080 (API), 9092 (AudioSocket)\n  - {bullet}");
    let resolved = read(&text);
    let app = resolved.application.workload("app").expect("the workload");
    let reach: Vec<Exposure> = app.ports.iter().map(|it| it.exposure).collect();
    assert_eq!(reach, [Exposure::Cluster, Exposure::LoadBalancer]);
}

#[test]
fn another_product_than_the_one_that_runs_is_a_persons() {
    let database = "`k8s/postgres/statefulset.yml`";
    for product in ["pgvector", "postgis", "PostGIS"] {
        check(&format!("{database}: {product}"), &[product]);
    }
    for product in ["PostgreSQL 16", "Postgres", "postgres"] {
        check(&format!("{database}: {product}"), &[]);
    }
}

#[test]
fn a_purpose_that_demands_something_is_a_persons() {
    for purpose in [
        "for EU only",
        "for sessions only",
        "только для сессий",
        "лише для сесій",
    ] {
        check(&format!("`k8s/redis.yml`: {purpose}"), &[purpose]);
    }
    check("`k8s/redis.yml`: for sessions", &[]);
}
