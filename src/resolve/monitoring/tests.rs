//! From Compose files and a checklist to what watches the application.

use crate::checklist;
use crate::facts::{Tree, gather};
use crate::manifest;
use crate::resolve::{
    Context, EnvSource, ProbeAction, Resolved, VolumeKind, Workload, inputs, resolve,
};
use crate::settings::{PhaseSettings, Settings};
use crate::vocabulary::Vocabulary;

const CHECKLIST: &str = "# Phase 4: Shop\n\n## Tasks\n\n### 4.1 Shop\n\
    - [ ] `k8s/api/deployment.yml`: api\n  - Replicas: 2\n\
    - [ ] `k8s/monitoring/prometheus-deployment.yml`: Prometheus\n  - Retention: 15d\n  - Alert rules\n\
    - [ ] `k8s/monitoring/grafana-deployment.yml`: Grafana\n";

const COMPOSE: &str = "name: shop\nservices:\n  \
    api:\n    build: .\n    ports: ['8080:8080']\n  \
    worker:\n    build: .\n    command: [work]\n    environment: {METRICS_PORT: '9100'}\n  \
    prometheus:\n    image: prom/prometheus:v3.2.1\n    ports: ['9090:9090']\n    \
    volumes: ['samples:/prometheus', CONFIG]\n  \
    grafana:\n    image: grafana/grafana:11.5.2\n    ports: ['3001:3000']\n\
    volumes: {samples: {}}\n";

fn resolved(config: Option<&str>, settings: &str, monitors: bool) -> Resolved {
    let mount = config.map_or(
        "'empty:/unused'",
        |_| "'./prometheus.yml:/etc/prometheus/prometheus.yml:ro'",
    );
    let compose = COMPOSE
        .replace("CONFIG", mount)
        .replace("{samples: {}}", "{samples: {}, empty: {}}");
    let tree: Tree = [
        ("docker-compose.yml", compose.as_str()),
        ("Dockerfile", "FROM a:1\nUSER 10001\n"),
        ("src/app.py", "@app.get('/metrics')\ndef metrics(): ...\n"),
        ("prometheus.yml", config.unwrap_or_default()),
    ]
    .into_iter()
    .collect();
    resolved_from(&tree, settings, monitors)
}

fn resolved_from(tree: &Tree, settings: &str, monitors: bool) -> Resolved {
    let checklist = checklist::parse(
        "checklists/demo/phase-04-shop.md",
        CHECKLIST,
        &Vocabulary::default(),
    )
    .expect("a checklist")
    .checklist;
    let phase = PhaseSettings::parse("phases/04-shop.toml", settings).expect("settings");
    let facts = gather(tree, &inputs(&checklist, tree, &phase, None))
        .expect("facts")
        .facts;
    let context = Context {
        set: "demo".to_owned(),
        settings: &Settings::default(),
        phase: &phase,
        service_monitors: monitors,
        seen: None,
        before: None,
    };
    resolve(&checklist, &facts, tree, &context).expect("resolved")
}

fn written(resolved: &Resolved, path: &str) -> String {
    let files = manifest::render(&resolved.application, &resolved.files).expect("rendered");
    let file = files.into_iter().find(|file| file.path == path);
    file.expect("the file").text
}

fn prometheus(resolved: &Resolved) -> &Workload {
    let found = resolved.application.workload("prometheus");
    found.expect("a Prometheus")
}

#[test]
fn a_configuration_is_made_where_there_is_none() {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../../../tests/golden/manifest");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    let resolved = resolved(None, "", false);
    let text = written(&resolved, "k8s/monitoring/prometheus-deployment.yml");
    settings.bind(|| insta::assert_snapshot!("prometheus-made", text));
}

#[test]
fn metrics_are_those_of_the_service_whose_source_serves_them() {
    let compose = "services:\n  api: {build: ./api, ports: ['8080:8080']}\n  \
                   web: {build: ./web, ports: ['3000:3000']}\n";
    let tree: Tree = [
        ("docker-compose.yml", compose),
        ("api/app.py", "@app.get('/health')\ndef health(): ...\n"),
        ("web/app.py", "@app.get('/metrics')\ndef metrics(): ...\n"),
    ]
    .into_iter()
    .collect();
    let resolved = resolved_from(&tree, "", false);
    let metrics = |name: &str| {
        let workload = resolved.application.workload(name).expect("a workload");
        workload.metrics.clone()
    };
    assert_eq!(metrics("api"), None);
    assert_eq!(metrics("web"), Some(("/metrics".to_owned(), 3000)));
}

#[test]
fn a_target_without_a_service_gets_one() {
    let config = "scrape_configs:\n  - job_name: jobs\n    metrics_path: /m\n    \
                  static_configs: [{targets: ['worker:9100']}]\n";
    let resolved = resolved(Some(config), "", false);
    let worker = resolved.application.workload("worker").expect("a worker");
    assert_eq!(worker.metrics, Some(("/m".to_owned(), 9100)));
    assert!(
        worker
            .ports
            .iter()
            .any(|port| port.port == 9100 && port.name == "metrics")
    );
    assert!(
        prometheus(&resolved)
            .talks_to
            .contains(&"worker".to_owned())
    );
}

#[test]
fn a_carried_configuration_is_told_of_our_rules() {
    let config =
        "scrape_configs:\n  - job_name: api\n    static_configs: [{targets: ['api:8080']}]\n";
    let resolved = resolved(Some(config), "", false);
    let maps = &resolved.application.config_maps;
    let text = |name: &str| {
        let map = maps.iter().find(|map| map.name == name).expect("a map");
        map.data.first().expect("a file").1.clone()
    };
    let main = text("prometheus-config");
    assert!(main.starts_with(config), "{main}");
    assert!(
        main.ends_with("rule_files:\n  - /etc/prometheus-rules/*.yml\n"),
        "{main}"
    );
    assert!(text("prometheus-rules").contains("alert: HighErrorRate"));
    let mut notes = resolved.tasks.iter().flat_map(|task| &task.notes);
    assert!(notes.any(|it| it.contains("each scrape meets one of several pods")));
}

#[test]
fn samples_never_fill_the_volume() {
    let settings = "[monitoring]\nstorage = \"20Gi\"\nretention = \"30d\"\n";
    let resolved = resolved(None, settings, false);
    let args = prometheus(&resolved).args.clone().unwrap_or_default();
    assert_eq!(
        args,
        [
            "--config.file=/etc/prometheus/prometheus.yml",
            "--storage.tsdb.path=/prometheus",
            "--storage.tsdb.retention.time=30d",
            "--storage.tsdb.retention.size=16384MB",
        ]
    );
    let claims = prometheus(&resolved)
        .volumes
        .iter()
        .filter(|volume| volume.path == "/prometheus")
        .filter_map(|volume| {
            if let VolumeKind::Claim(size) = &volume.kind {
                Some(size.as_str())
            } else {
                None
            }
        });
    assert_eq!(claims.collect::<Vec<_>>(), ["20Gi"]);
}

#[test]
fn grafana_begins_with_a_password_of_a_secret() {
    let resolved = resolved(None, "", false);
    let grafana = resolved.application.workload("grafana").expect("a Grafana");
    let password = grafana
        .environment
        .iter()
        .find(|it| it.name == "GF_SECURITY_ADMIN_PASSWORD");
    let source = password.map(|it| it.source.clone());
    assert!(
        matches!(source, Some(EnvSource::Secret { name, .. }) if name == "grafana-credentials")
    );
    let text = written(&resolved, "k8s/monitoring/grafana-deployment.yml");
    assert!(
        text.contains("overview.json: |") && text.contains("uid: prometheus"),
        "{text}"
    );
}

#[test]
fn what_serves_nothing_is_scraped_by_its_pods() {
    let resolved = resolved(None, "", true);
    let text = written(&resolved, "k8s/monitoring/prometheus-deployment.yml");
    assert!(
        text.contains("kind: PodMonitor") && text.contains("portNumber: 9100"),
        "{text}"
    );
    assert!(text.contains("kind: ServiceMonitor"), "{text}");
}

#[test]
fn probes_follow_the_prefix_that_prometheus_serves_below() {
    let args = ["--web.external-url=https://a.test/prom/".to_owned()];
    assert_eq!(super::keep::prefix(&args).as_deref(), Some("/prom"));
    let args = [
        "--web.route-prefix=/".to_owned(),
        "--web.external-url=https://a.test/p".to_owned(),
    ];
    assert_eq!(super::keep::prefix(&args), None);
    let resolved = resolved(None, "", false);
    let ready = prometheus(&resolved)
        .readiness
        .as_ref()
        .map(|probe| &probe.action);
    assert!(matches!(ready, Some(ProbeAction::Http { path, .. }) if path == "/-/ready"));
}
