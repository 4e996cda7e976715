//! Dashboards where the application has none: requests, errors, latency and saturation of what
//! Prometheus scrapes, and one for each exporter of a data store that the application runs.
//!
//! Names of metrics differ by client library: each query tries the usual ones in order.

mod stores;

pub(super) use stores::{postgres, redis};

use serde_json::{Value, json};

/// The name that provisioned data sources get, and panels ask.
pub(super) const SOURCE: &str = "prometheus";

/// Counters of requests, by client library, with the labels that hold a response's status.
const REQUESTS: [(&str, &[&str]); 5] = [
    ("http_requests_total", &["status", "code", "status_code"]),
    (
        "http_request_duration_seconds_count",
        &["status", "code", "status_code"],
    ),
    (
        "http_server_request_duration_seconds_count",
        &["http_response_status_code"],
    ),
    ("http_server_requests_seconds_count", &["status"]),
    ("flask_http_request_total", &["status"]),
];
/// Histograms of how long requests take, in seconds.
const DURATIONS: [&str; 4] = [
    "http_request_duration_seconds_bucket",
    "http_server_request_duration_seconds_bucket",
    "http_server_requests_seconds_bucket",
    "flask_http_request_duration_seconds_bucket",
];

/// Returns the requests a second of each job that a selector finds.
pub(super) fn requests(selector: &str, range: &str) -> String {
    let one = |(metric, _): &(&str, &[&str])| {
        format!("sum by (job) (rate({metric}{{{selector}}}[{range}]))")
    };
    REQUESTS.iter().map(one).collect::<Vec<_>>().join(" or ")
}

/// Returns the share of requests that failed on the server's side, 0 where none did.
pub(super) fn errors(selector: &str, range: &str) -> String {
    let mut failed = Vec::new();
    for (metric, labels) in REQUESTS {
        for label in labels {
            let comma = if selector.is_empty() { "" } else { "," };
            failed.push(format!(
                "sum by (job) (rate({metric}{{{selector}{comma}{label}=~\"5..|5xx\"}}[{range}]))"
            ));
        }
    }
    let all = requests(selector, range);
    format!("({} or 0 * ({all})) / ({all})", failed.join(" or "))
}

/// Returns the time that a share of requests stays below, in seconds.
pub(super) fn latency(quantile: &str, selector: &str, range: &str) -> String {
    let one = |metric: &&str| format!("sum by (job, le) (rate({metric}{{{selector}}}[{range}]))");
    let buckets: Vec<String> = DURATIONS.iter().map(one).collect();
    format!("histogram_quantile({quantile}, {})", buckets.join(" or "))
}

/// A series of a panel.
struct Query {
    expr: String,
    legend: &'static str,
}

fn query(expr: impl Into<String>, legend: &'static str) -> Query {
    Query {
        expr: expr.into(),
        legend,
    }
}

/// What a panel is, beside its queries.
struct Panel {
    title: &'static str,
    kind: &'static str,
    unit: &'static str,
    /// Left, top, width, height; the dashboard is 24 wide.
    place: [u32; 4],
}

const fn chart(title: &'static str, unit: &'static str, place: [u32; 4]) -> Panel {
    Panel {
        title,
        kind: "timeseries",
        unit,
        place,
    }
}

/// Panels under way.
#[derive(Default)]
struct Panels(Vec<Value>);

impl Panels {
    fn next_id(&self) -> usize {
        self.0.len() + 1
    }

    fn add(&mut self, panel: &Panel, queries: &[Query]) {
        let targets: Vec<Value> = ('A'..='Z')
            .zip(queries)
            .map(|(id, query)| {
                json!({
                    "refId": id.to_string(),
                    "datasource": source(),
                    "expr": query.expr,
                    "legendFormat": query.legend,
                })
            })
            .collect();
        let [x, y, w, h] = panel.place;
        self.0.push(json!({
            "id": self.next_id(),
            "type": panel.kind,
            "title": panel.title,
            "gridPos": {"x": x, "y": y, "w": w, "h": h},
            "datasource": source(),
            "fieldConfig": {"defaults": {"unit": panel.unit, "min": 0}, "overrides": []},
            "targets": targets,
        }));
    }

    fn row(&mut self, title: &str, y: u32, repeat: Option<&str>) {
        let mut row = json!({
            "id": self.next_id(),
            "type": "row",
            "title": title,
            "collapsed": false,
            "gridPos": {"x": 0, "y": y, "w": 24, "h": 1},
            "panels": [],
        });
        if let Some(variable) = repeat {
            row["repeat"] = json!(variable);
        }
        self.0.push(row);
    }
}

fn source() -> Value {
    json!({"type": "prometheus", "uid": "${source}"})
}

fn dashboard(uid: &str, title: &str, panels: &Panels, variables: Vec<Value>) -> Value {
    let choice = json!({
        "name": "source",
        "label": "Data source",
        "type": "datasource",
        "query": "prometheus",
        "current": {"text": "Prometheus", "value": SOURCE},
    });
    let list: Vec<Value> = std::iter::once(choice).chain(variables).collect();
    json!({
        "uid": uid,
        "title": title,
        "tags": ["orch"],
        "schemaVersion": 39,
        "refresh": "30s",
        "time": {"from": "now-6h", "to": "now"},
        "templating": {"list": list},
        "panels": panels.0,
    })
}

/// A variable that is filled from a label's values.
fn variable(name: &str, label: &str, query: &str) -> Value {
    json!({
        "name": name,
        "label": label,
        "type": "query",
        "datasource": source(),
        "query": {"query": query, "refId": "Variable"},
        "definition": query,
        "includeAll": true,
        "multi": true,
        "refresh": 2,
        "sort": 1,
        "current": {"text": "All", "value": "$__all"},
    })
}

/// Returns the dashboard of everything that is scraped.
pub(super) fn overview(app: &str) -> Value {
    const ALL: &str = "job=~\"$job\"";
    const ONE: &str = "job=\"$job\"";
    const RANGE: &str = "$__rate_interval";
    let mut panels = Panels::default();
    let up = Panel {
        title: "Instances up",
        kind: "stat",
        unit: "none",
        place: [0, 0, 24, 4],
    };
    panels.add(
        &up,
        &[query(format!("sum by (job) (up{{{ALL}}})"), "{{job}}")],
    );
    panels.row("All workloads", 4, None);
    panels.add(
        &chart("Requests", "reqps", [0, 5, 8, 8]),
        &[query(requests(ALL, RANGE), "{{job}}")],
    );
    panels.add(
        &chart("Errors", "percentunit", [8, 5, 8, 8]),
        &[query(errors(ALL, RANGE), "{{job}}")],
    );
    panels.add(
        &chart("Latency, 95 % of requests", "s", [16, 5, 8, 8]),
        &[query(latency("0.95", ALL, RANGE), "{{job}}")],
    );
    panels.row("$job", 13, Some("job"));
    let levels = [("0.5", "50 %"), ("0.95", "95 %"), ("0.99", "99 %")];
    let levels = levels.map(|(level, legend)| query(latency(level, ONE, RANGE), legend));
    panels.add(&chart("Latency", "s", [0, 14, 12, 7]), &levels);
    panels.add(
        &chart("Requests and errors", "reqps", [12, 14, 12, 7]),
        &[
            query(requests(ONE, RANGE), "requests"),
            query(
                format!("({}) * ({})", errors(ONE, RANGE), requests(ONE, RANGE)),
                "errors",
            ),
        ],
    );
    saturation(&mut panels, ONE, RANGE);
    let jobs = variable("job", "Workload", "label_values(up, job)");
    dashboard(
        &format!("{app}-overview"),
        &format!("{app}: overview"),
        &panels,
        vec![jobs],
    )
}

/// How full one workload's processes are.
fn saturation(panels: &mut Panels, selector: &str, range: &str) {
    panels.add(
        &chart("CPU", "short", [0, 21, 8, 7]),
        &[query(
            format!("sum by (instance) (rate(process_cpu_seconds_total{{{selector}}}[{range}]))"),
            "{{instance}}",
        )],
    );
    panels.add(
        &chart("Memory", "bytes", [8, 21, 8, 7]),
        &[query(
            format!("sum by (instance) (process_resident_memory_bytes{{{selector}}})"),
            "{{instance}}",
        )],
    );
    panels.add(
        &chart(
            "Open files, of those allowed",
            "percentunit",
            [16, 21, 4, 7],
        ),
        &[query(
            format!("process_open_fds{{{selector}}} / process_max_fds{{{selector}}}"),
            "{{instance}}",
        )],
    );
    panels.add(
        &chart("Restarts in an hour", "none", [20, 21, 4, 7]),
        &[query(
            format!("sum by (instance) (changes(process_start_time_seconds{{{selector}}}[1h]))"),
            "{{instance}}",
        )],
    );
}

/// Returns a dashboard's text.
pub(super) fn text(dashboard: &Value) -> String {
    format!("{dashboard:#}\n")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Value;

    use super::{overview, postgres, redis};

    /// Checks what Grafana takes for granted: ids that differ, panels that don't overlap and stay
    /// within 24 columns, and queries whose brackets close.
    #[track_caller]
    fn check(dashboard: &Value) {
        let panels = dashboard["panels"].as_array().expect("panels");
        let ids: BTreeSet<u64> = panels.iter().filter_map(|it| it["id"].as_u64()).collect();
        assert_eq!(ids.len(), panels.len());
        let mut taken = BTreeSet::new();
        for panel in panels {
            let at = |key: &str| panel["gridPos"][key].as_u64().expect("a place");
            assert!(at("x") + at("w") <= 24, "{panel}");
            for x in at("x")..at("x") + at("w") {
                for y in at("y")..at("y") + at("h") {
                    assert!(
                        taken.insert((x, y)),
                        "two panels at {x},{y}: {}",
                        panel["title"]
                    );
                }
            }
            for target in panel["targets"].as_array().into_iter().flatten() {
                let expr = target["expr"].as_str().expect("a query");
                for (open, close) in [('(', ')'), ('{', '}'), ('[', ']')] {
                    assert_eq!(
                        expr.matches(open).count(),
                        expr.matches(close).count(),
                        "{expr}"
                    );
                }
                assert_eq!(expr.matches('"').count() % 2, 0, "{expr}");
            }
        }
        assert!(dashboard["uid"].as_str().is_some_and(|uid| uid.len() <= 40));
    }

    #[test]
    fn generated_dashboards_are_what_grafana_takes() {
        for dashboard in [overview("shop"), postgres("shop"), redis("shop")] {
            check(&dashboard);
        }
    }

    #[test]
    fn every_signal_has_a_panel() {
        let text = overview("shop").to_string();
        for metric in [
            "http_requests_total",
            "http_request_duration_seconds_bucket",
            "5..|5xx",
            "process_cpu_seconds_total",
            "process_resident_memory_bytes",
        ] {
            assert!(text.contains(metric), "{metric}");
        }
    }
}
