//! Alert rules where a checklist asks for them and the application has none.

use serde_json::{Value, json};

use super::dashboard::{errors, latency, requests};

/// Returns the rule file's text.
pub(super) fn text(app: &str, exporters: &[Exporter]) -> String {
    let mut rules = vec![
        rule(
            "TargetDown",
            "up == 0",
            "5m",
            "critical",
            "{{ $labels.job }} isn't scraped: {{ $labels.instance }}",
        ),
        rule(
            "HighErrorRate",
            &format!(
                "{} > 0.05 and ({}) > 0.1",
                errors("", "5m"),
                requests("", "5m")
            ),
            "10m",
            "critical",
            "{{ $value | humanizePercentage }} of the requests to {{ $labels.job }} fail",
        ),
        rule(
            "HighLatency",
            &format!("{} > 1", latency("0.95", "", "5m")),
            "10m",
            "warning",
            "5 % of the requests to {{ $labels.job }} take over {{ $value | humanizeDuration }}",
        ),
        rule(
            "Restarting",
            "changes(process_start_time_seconds[15m]) > 2",
            "0m",
            "warning",
            "{{ $labels.job }} restarts again and again: {{ $labels.instance }}",
        ),
        rule(
            "FewFilesLeft",
            "process_open_fds / process_max_fds > 0.9",
            "10m",
            "warning",
            "{{ $labels.job }} has opened {{ $value | humanizePercentage }} of the files it may: {{ $labels.instance }}",
        ),
    ];
    for exporter in exporters {
        rules.push(match exporter {
            Exporter::Postgres => rule(
                "PostgresDown",
                "pg_up == 0",
                "2m",
                "critical",
                "PostgreSQL doesn't answer its exporter {{ $labels.instance }}",
            ),
            Exporter::Redis => rule(
                "RedisDown",
                "redis_up == 0",
                "2m",
                "critical",
                "Redis doesn't answer its exporter {{ $labels.instance }}",
            ),
        });
    }
    super::yaml(&json!({"groups": [{"name": app, "rules": rules}]}))
}

/// An exporter of a data store's metrics.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Exporter {
    Postgres,
    Redis,
}

fn rule(name: &str, expr: &str, lasting: &str, severity: &str, summary: &str) -> Value {
    json!({
        "alert": name,
        "expr": expr,
        "for": lasting,
        "labels": {"severity": severity},
        "annotations": {"summary": summary},
    })
}

#[cfg(test)]
mod tests {
    use super::{Exporter, text};

    #[test]
    fn rules_follow_the_exporters() {
        let file = text("shop", &[Exporter::Redis]);
        assert!(
            file.contains("alert: RedisDown") && !file.contains("PostgresDown"),
            "{file}"
        );
        assert!(
            !file.contains("{,"),
            "a selector begins with a comma: {file}"
        );
        let parsed: serde_json::Value = serde_saphyr::from_str(&file).expect("YAML");
        let rules = parsed["groups"][0]["rules"].as_array().expect("rules");
        assert!(
            rules
                .iter()
                .all(|rule| rule["expr"].is_string() && rule["for"].is_string())
        );
    }
}
