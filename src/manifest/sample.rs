//! A small call centre for tests.

use crate::checklist::TaskId;
use crate::facts::Protocol;
use crate::resolve::{
    Application, ConfigMapSpec, Content, EnvSource, Environment, Exposure, FileOrigin, FileSpec,
    GatewaySpec, Hpa, IngressPart, IngressPath, IngressSpec, ManifestItem, Monitors, PathKind, Pdb,
    PodOptions, Probe, ProbeAction, Resources, Role, Rollout, Scaling, SecretEntry, SecretSpec,
    ServicePort, VolumeKind, VolumeSpec, Workload, WorkloadKind,
};
use crate::settings::EdgeApi;

pub(super) fn probe(action: ProbeAction, period: i32) -> Probe {
    Probe {
        action,
        period: Some(period),
        timeout: Some(5),
        failures: None,
        asked: false,
        initial_delay: None,
    }
}

fn port(name: &str, port: u16, exposure: Exposure) -> ServicePort {
    ServicePort {
        name: name.to_owned(),
        port,
        service: None,
        protocol: Protocol::Tcp,
        exposure,
        node_port: None,
        app_protocol: None,
    }
}

fn variable(name: &str, source: EnvSource) -> Environment {
    Environment {
        name: name.to_owned(),
        source,
    }
}

fn resources(cpu: &str, memory: &str, cpu_limit: &str, memory_limit: &str) -> Resources {
    Resources {
        cpu_request: cpu.to_owned(),
        memory_request: memory.to_owned(),
        cpu_limit: cpu_limit.to_owned(),
        memory_limit: memory_limit.to_owned(),
    }
}

/// A server that everything has: two replicas, probes, an HPA and a PDB.
pub(super) fn workload(name: &str) -> Workload {
    let http = |path: &str, period| {
        Some(probe(
            ProbeAction::Http {
                path: path.to_owned(),
                port: "http".to_owned(),
            },
            period,
        ))
    };
    Workload {
        name: name.to_owned(),
        service: Some("app".to_owned()),
        kind: WorkloadKind::Deployment,
        role: Role::Server,
        image: format!("registry.example.com/{name}:1.4.2"),
        built: true,
        base: None,
        placeholder: false,
        command: None,
        args: None,
        working_dir: None,
        uid: None,
        replicas: 2,
        resources: resources("250m", "256Mi", "500m", "512Mi"),
        liveness: http("/health", 30),
        readiness: http("/health/ready", 10),
        startup: None,
        ports: vec![
            port("http", 8080, Exposure::Cluster),
            port("audiosocket", 9092, Exposure::LoadBalancer),
        ],
        environment: environment(),
        volumes: Vec::new(),
        hpa: Some(Hpa {
            min: 2,
            max: 10,
            cpu: Some(70),
            memory: None,
            up: Scaling::UP,
            down: Scaling::DOWN,
        }),
        pdb: Some(Pdb {
            min_available: Some("1".to_owned()),
            max_unavailable: None,
        }),
        rollout: Rollout::default(),
        job: None,
        after: vec!["postgresql".to_owned()],
        wait: None,
        service_ports: Vec::new(),
        aliases: Vec::new(),
        talks_to: vec!["postgresql".to_owned()],
        outside: Vec::new(),
        behind_ingress: true,
        grace_seconds: Some(30),
        drain_seconds: Some(10),
        metrics: Some(("/metrics".to_owned(), 8080)),
        pod: PodOptions::default(),
    }
}

fn environment() -> Vec<Environment> {
    let url = "postgresql://app:$(POSTGRES_PASSWORD)@postgresql:5432/app";
    vec![
        variable("LOG_LEVEL", from_map("LOG_LEVEL")),
        variable("REDIS_HOST", from_map("REDIS_HOST")),
        variable("POSTGRES_PASSWORD", password()),
        variable("DATABASE_URL", EnvSource::Literal(url.to_owned())),
    ]
}

fn password() -> EnvSource {
    EnvSource::Secret {
        name: "db-credentials".to_owned(),
        key: "POSTGRES_PASSWORD".to_owned(),
    }
}

fn from_map(key: &str) -> EnvSource {
    EnvSource::ConfigMap {
        name: "app-config".to_owned(),
        key: key.to_owned(),
    }
}

fn postgresql() -> Workload {
    let ready = ["pg_isready", "-U", "app"].map(str::to_owned).to_vec();
    Workload {
        kind: WorkloadKind::StatefulSet,
        role: Role::Postgres,
        service: Some("postgres".to_owned()),
        image: "postgres:16-alpine".to_owned(),
        built: false,
        replicas: 1,
        resources: resources("250m", "256Mi", "1000m", "1Gi"),
        liveness: Some(probe(ProbeAction::Exec(ready.clone()), 10)),
        readiness: Some(probe(ProbeAction::Exec(ready), 10)),
        ports: vec![port("postgresql", 5432, Exposure::Cluster)],
        environment: vec![
            variable("POSTGRES_USER", EnvSource::Literal("app".to_owned())),
            variable("POSTGRES_PASSWORD", password()),
        ],
        volumes: vec![VolumeSpec {
            name: "data".to_owned(),
            path: "/var/lib/postgresql/data".to_owned(),
            sub_path: None,
            kind: VolumeKind::Claim("10Gi".to_owned()),
            read_only: false,
        }],
        hpa: None,
        pdb: None,
        after: Vec::new(),
        talks_to: Vec::new(),
        behind_ingress: false,
        drain_seconds: None,
        metrics: None,
        ..workload("postgresql")
    }
}

fn prometheus() -> Workload {
    Workload {
        role: Role::Prometheus,
        service: Some("prometheus".to_owned()),
        image: "prom/prometheus:v3.1.0".to_owned(),
        built: false,
        replicas: 1,
        ports: vec![port("http", 9090, Exposure::Cluster)],
        environment: Vec::new(),
        volumes: vec![
            VolumeSpec {
                name: "config".to_owned(),
                path: "/etc/prometheus".to_owned(),
                sub_path: None,
                kind: VolumeKind::ConfigMap("prometheus-config".to_owned()),
                read_only: true,
            },
            VolumeSpec {
                name: "data".to_owned(),
                path: "/prometheus".to_owned(),
                sub_path: None,
                kind: VolumeKind::Claim("10Gi".to_owned()),
                read_only: false,
            },
        ],
        hpa: None,
        pdb: None,
        after: Vec::new(),
        talks_to: Vec::new(),
        behind_ingress: false,
        metrics: None,
        ..workload("prometheus")
    }
}

/// The whole application.
pub(super) fn application() -> Application {
    let entry = |key: &str| SecretEntry {
        key: key.to_owned(),
        reason: "its name".to_owned(),
        file: None,
        text: None,
    };
    let pair = |key: &str, value: &str| (key.to_owned(), value.to_owned());
    Application {
        name: "call-center".to_owned(),
        set: "demo".to_owned(),
        persons: Vec::new(),
        phase: 4,
        namespace: "call-center".to_owned(),
        workloads: vec![postgresql(), workload("call-processor"), prometheus()],
        secrets: vec![SecretSpec {
            name: "db-credentials".to_owned(),
            entries: vec![entry("POSTGRES_PASSWORD")],
        }],
        config_maps: vec![
            ConfigMapSpec {
                name: "app-config".to_owned(),
                data: vec![pair("LOG_LEVEL", "info"), pair("REDIS_HOST", "redis")],
                ..ConfigMapSpec::default()
            },
            ConfigMapSpec {
                name: "prometheus-config".to_owned(),
                data: vec![pair(
                    "prometheus.yml",
                    "scrape_configs:\n  - job_name: app\n    static_configs:\n      - targets: [\"call-processor:8080\"]\n",
                )],
                ..ConfigMapSpec::default()
            },
        ],
        ingress: Some(ingress()),
        monitors: Monitors::default(),
        storage_class: None,
        service_monitors: true,
        priority_class: None,
        builds: Vec::new(),
        beside: Vec::new(),
        applied: std::collections::BTreeSet::new(),
        generating: None,
    }
}

/// One host with one path.
pub(super) fn ingress() -> IngressSpec {
    let host = "call-center.example.com".to_owned();
    let redirect = "nginx.ingress.kubernetes.io/ssl-redirect";
    IngressSpec {
        name: "call-center".to_owned(),
        api: EdgeApi::Ingress,
        class: "nginx".to_owned(),
        controller_namespace: "ingress-nginx".to_owned(),
        hosts: vec![host.clone()],
        tls_secret: Some("call-center-tls".to_owned()),
        parts: vec![IngressPart {
            name: "call-center".to_owned(),
            annotations: vec![(redirect.to_owned(), "true".to_owned())],
            paths: vec![IngressPath {
                host,
                path: "/api".to_owned(),
                kind: PathKind::Prefix,
                rewrite: None,
                workload: "call-processor".to_owned(),
                port: "http".to_owned(),
            }],
            plain: false,
        }],
        middlewares: Vec::new(),
        service_annotations: Vec::new(),
        gateway: GatewaySpec::default(),
        unmet: Vec::new(),
        undecided: Vec::new(),
    }
}

fn file(path: &str, id: &str, text: &str, content: Content) -> FileSpec {
    let origin = FileOrigin::Task {
        id: TaskId::new(id),
        text: text.to_owned(),
    };
    FileSpec {
        path: path.to_owned(),
        origin,
        content,
    }
}

/// The files that hold it all.
pub(super) fn files() -> Vec<FileSpec> {
    let mut files = shared_files();
    files.extend(workload_files());
    files.push(file(
        "k8s/kustomization.yml",
        "4.4.4",
        "Kustomize",
        Content::Kustomization,
    ));
    files
}

fn shared_files() -> Vec<FileSpec> {
    let secrets = ManifestItem::Secret("db-credentials".to_owned());
    let settings = ManifestItem::ConfigMap("app-config".to_owned());
    let namespace = vec![ManifestItem::Namespace, ManifestItem::NamespacePolicy];
    vec![
        file(
            "k8s/namespace.yml",
            "4.1.1",
            "the namespace",
            Content::Manifests(namespace),
        ),
        file(
            "k8s/secrets.yml",
            "4.1.2",
            "secrets",
            Content::Manifests(vec![secrets]),
        ),
        file(
            "k8s/configmap.yml",
            "4.1.3",
            "settings",
            Content::Manifests(vec![settings]),
        ),
        file("k8s/README.md", "4.1.4", "how to deploy", Content::Readme),
        file(
            "k8s/ingress.yml",
            "4.4.1",
            "Ingress",
            Content::Manifests(vec![ManifestItem::Ingress]),
        ),
    ]
}

fn workload_files() -> Vec<FileSpec> {
    let of = |name: &str| name.to_owned();
    let body = |name: &str, more: Vec<ManifestItem>| {
        let mut items = vec![
            ManifestItem::ServiceAccount(of(name)),
            ManifestItem::NetworkPolicy(of(name)),
        ];
        items.extend(more);
        items.push(ManifestItem::Workload(of(name)));
        Content::Manifests(items)
    };
    let app = "call-processor";
    let services = Content::Manifests(vec![ManifestItem::Services(of(app))]);
    let scaling = Content::Manifests(vec![ManifestItem::Hpa(of(app)), ManifestItem::Pdb(of(app))]);
    let monitoring = vec![
        ManifestItem::ConfigMap(of("prometheus-config")),
        ManifestItem::Claims(of("prometheus")),
        ManifestItem::Services(of("prometheus")),
        ManifestItem::ServiceMonitor(of(app)),
    ];
    let text = "Call Processor (AudioSocket + API):";
    let store = body("postgresql", vec![ManifestItem::Services(of("postgresql"))]);
    let prometheus = "k8s/monitoring/prometheus-deployment.yml";
    vec![
        file(
            "k8s/call-processor/deployment.yml",
            "4.2.1",
            text,
            body(app, Vec::new()),
        ),
        file(
            "k8s/call-processor/service.yml",
            "4.2.2",
            "services",
            services,
        ),
        file("k8s/call-processor/hpa.yml", "4.2.3", "HPA", scaling),
        file(
            "k8s/postgresql/statefulset.yml",
            "4.3.1",
            "PostgreSQL 16",
            store,
        ),
        file(
            prometheus,
            "4.4.2",
            "Prometheus",
            body("prometheus", monitoring),
        ),
    ]
}
