//! Dashboards of the data stores' exporters.

use serde_json::Value;

use super::{Panels, chart, dashboard, query, variable};

/// Returns the dashboard of `postgres_exporter`.
pub(in crate::resolve::monitoring) fn postgres(app: &str) -> Value {
    let mut panels = Panels::default();
    let range = "$__rate_interval";
    let at = "instance=~\"$instance\"";
    let rate = |metric: &str| format!("sum by (datname) (rate({metric}{{{at}}}[{range}]))");
    panels.add(
        &chart("Connections, of those allowed", "percentunit", [0, 0, 8, 8]),
        &[query(
            format!("sum by (instance) (pg_stat_activity_count{{{at}}}) / max by (instance) (pg_settings_max_connections{{{at}}})"),
            "{{instance}}",
        )],
    );
    panels.add(
        &chart("Transactions", "ops", [8, 0, 8, 8]),
        &[
            query(
                rate("pg_stat_database_xact_commit"),
                "{{datname}} committed",
            ),
            query(
                rate("pg_stat_database_xact_rollback"),
                "{{datname}} rolled back",
            ),
        ],
    );
    panels.add(
        &chart("Read from memory", "percentunit", [16, 0, 8, 8]),
        &[query(
            format!(
                "{hit} / ({hit} + {read})",
                hit = rate("pg_stat_database_blks_hit"),
                read = rate("pg_stat_database_blks_read")
            ),
            "{{datname}}",
        )],
    );
    panels.add(
        &chart("Size", "bytes", [0, 8, 8, 8]),
        &[query(
            format!("pg_database_size_bytes{{{at}}}"),
            "{{datname}}",
        )],
    );
    panels.add(
        &chart("Deadlocks", "ops", [8, 8, 8, 8]),
        &[query(rate("pg_stat_database_deadlocks"), "{{datname}}")],
    );
    panels.add(
        &chart("Longest transaction", "s", [16, 8, 8, 8]),
        &[query(
            format!("max by (datname) (pg_stat_activity_max_tx_duration{{{at}}})"),
            "{{datname}}",
        )],
    );
    let instances = variable("instance", "Server", "label_values(pg_up, instance)");
    dashboard(
        &format!("{app}-postgres"),
        &format!("{app}: PostgreSQL"),
        &panels,
        vec![instances],
    )
}

/// Returns the dashboard of `redis_exporter`.
pub(in crate::resolve::monitoring) fn redis(app: &str) -> Value {
    let mut panels = Panels::default();
    let range = "$__rate_interval";
    let at = "instance=~\"$instance\"";
    panels.add(
        &chart("Commands", "ops", [0, 0, 8, 8]),
        &[query(
            format!("sum by (instance) (rate(redis_commands_processed_total{{{at}}}[{range}]))"),
            "{{instance}}",
        )],
    );
    panels.add(
        &chart("Memory", "bytes", [8, 0, 8, 8]),
        &[
            query(
                format!("redis_memory_used_bytes{{{at}}}"),
                "{{instance}} used",
            ),
            query(
                format!("redis_memory_max_bytes{{{at}}} > 0"),
                "{{instance}} allowed",
            ),
        ],
    );
    panels.add(
        &chart("Found", "percentunit", [16, 0, 8, 8]),
        &[query(
            format!(
                "rate(redis_keyspace_hits_total{{{at}}}[{range}]) / (rate(redis_keyspace_hits_total{{{at}}}[{range}]) + rate(redis_keyspace_misses_total{{{at}}}[{range}]))"
            ),
            "{{instance}}",
        )],
    );
    clients(&mut panels, at, range);
    let instances = variable("instance", "Server", "label_values(redis_up, instance)");
    dashboard(
        &format!("{app}-redis"),
        &format!("{app}: Redis"),
        &panels,
        vec![instances],
    )
}

/// Who is connected to Redis, and what it drops.
fn clients(panels: &mut Panels, at: &str, range: &str) {
    panels.add(
        &chart("Clients", "none", [0, 8, 12, 8]),
        &[
            query(
                format!("redis_connected_clients{{{at}}}"),
                "{{instance}} connected",
            ),
            query(
                format!("redis_blocked_clients{{{at}}}"),
                "{{instance}} blocked",
            ),
        ],
    );
    panels.add(
        &chart("Keys evicted and expired", "ops", [12, 8, 12, 8]),
        &[
            query(
                format!("rate(redis_evicted_keys_total{{{at}}}[{range}])"),
                "{{instance}} evicted",
            ),
            query(
                format!("rate(redis_expired_keys_total{{{at}}}[{range}])"),
                "{{instance}} expired",
            ),
        ],
    );
}
