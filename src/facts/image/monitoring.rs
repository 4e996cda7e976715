//! Monitoring, logs and traces: most are single static programs that run as anybody.

use super::known::{Check, Data, Known, Part};

pub(super) const ROWS: &[Known] = &[
    Known {
        title: "Prometheus",
        images: &["prometheus"],
        part: Part::Prometheus,
        default: Some("prom/prometheus:v3.13.4"),
        ports: &[("http", 9090)],
        data: Some(Data::at("/prometheus", "2Gi")),
        keeps: true,
        alive: Check::Http("/-/healthy", 9090),
        ready: Check::Http("/-/ready", 9090),
        ..Known::PLAIN
    },
    Known {
        title: "Grafana",
        images: &["grafana", "grafana-oss", "grafana-enterprise"],
        part: Part::Grafana,
        default: Some("grafana/grafana:12.4.12"),
        ports: &[("http", 3000)],
        data: Some(Data::at("/var/lib/grafana", "1Gi")),
        keeps: true,
        alive: Check::Http("/api/health", 3000),
        ..Known::PLAIN
    },
    Known {
        title: "Alertmanager",
        images: &["alertmanager"],
        default: Some("prom/alertmanager:v0.34.1"),
        ports: &[("http", 9093)],
        data: Some(Data::at("/alertmanager", "256Mi")),
        alive: Check::Http("/-/healthy", 9093),
        ready: Check::Http("/-/ready", 9093),
        ..Known::PLAIN
    },
    Known {
        title: "node exporter",
        images: &["node-exporter"],
        default: Some("prom/node-exporter:v1.12.1"),
        ports: &[("metrics", 9100)],
        alive: Check::Http("/", 9100),
        ..Known::PLAIN
    },
    Known {
        title: "PostgreSQL exporter",
        images: &["postgres-exporter", "postgres_exporter"],
        ports: &[("metrics", 9187)],
        alive: Check::Http("/", 9187),
        ..Known::PLAIN
    },
    Known {
        title: "Redis exporter",
        images: &["redis_exporter", "redis-exporter"],
        ports: &[("metrics", 9121)],
        alive: Check::Http("/health", 9121),
        ..Known::PLAIN
    },
    Known {
        title: "MySQL exporter",
        images: &["mysqld-exporter"],
        ports: &[("metrics", 9104)],
        alive: Check::Http("/", 9104),
        ..Known::PLAIN
    },
    Known {
        title: "blackbox exporter",
        images: &["blackbox-exporter"],
        ports: &[("http", 9115)],
        alive: Check::Http("/-/healthy", 9115),
        ..Known::PLAIN
    },
    Known {
        title: "Pushgateway",
        images: &["pushgateway"],
        ports: &[("http", 9091)],
        alive: Check::Http("/-/healthy", 9091),
        ready: Check::Http("/-/ready", 9091),
        ..Known::PLAIN
    },
    // Alive by a connection: it answers `/ready` only once it has joined its ring.
    Known {
        title: "Loki",
        images: &["loki"],
        default: Some("grafana/loki:3.7.8"),
        ports: &[("http", 3100)],
        data: Some(Data::at("/loki", "2Gi")),
        keeps: true,
        ready: Check::Http("/ready", 3100),
        ..Known::PLAIN
    },
    Known {
        title: "Promtail",
        images: &["promtail"],
        ports: &[("http", 9080)],
        ready: Check::Http("/ready", 9080),
        ..Known::PLAIN
    },
    Known {
        title: "Tempo",
        images: &["tempo"],
        ports: &[("http", 3200), ("otlp-grpc", 4317), ("otlp-http", 4318)],
        data: Some(Data::at("/var/tempo", "2Gi")),
        keeps: true,
        ready: Check::Http("/ready", 3200),
        ..Known::PLAIN
    },
    Known {
        title: "Jaeger",
        images: &["jaeger", "jaegertracing/all-in-one"],
        ports: &[("http", 16686), ("otlp-grpc", 4317), ("otlp-http", 4318)],
        ..Known::PLAIN
    },
    Known {
        title: "OpenTelemetry Collector",
        images: &["opentelemetry-collector", "opentelemetry-collector-contrib"],
        ports: &[("otlp-grpc", 4317), ("otlp-http", 4318)],
        ..Known::PLAIN
    },
];
