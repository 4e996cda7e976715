//! What well-known images need under a read-only root file system and a user of their own.
//!
//! An image is recognised by its last path segment, tag and digest dropped. All of these were
//! chosen to run as any user, so no table of user ids is needed.

use crate::resolve::{Role, Workload};

/// The user and group that pods run as: above the range that hosts give to people and daemons.
pub(super) const DEFAULT_UID: i64 = 10_001;
/// The smallest user id that is not likely to be one of the host's.
const LOWEST_UID: i64 = 10_000;

/// What an image needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Known {
    /// Paths that it writes to beside its data, with the most they may hold.
    pub(super) scratch: &'static [(&'static str, &'static str)],
    /// Where its data lies, with the size of the scratch space it gets without a claim.
    pub(super) data: Option<(&'static str, &'static str)>,
    /// Variables without which it doesn't run so.
    pub(super) environment: &'static [(&'static str, &'static str)],
}

const NOTHING: Known = Known {
    scratch: &[],
    data: None,
    environment: &[],
};

// The image refuses a data folder that isn't empty, and a fresh volume may hold `lost+found`:
// hence the folder below it.
const POSTGRES: Known = Known {
    scratch: &[("/var/run/postgresql", "16Mi")],
    data: Some(("/var/lib/postgresql/data", "1Gi")),
    environment: &[("PGDATA", "/var/lib/postgresql/data/pgdata")],
};

const TABLE: &[(&str, Known)] = &[
    ("postgres", POSTGRES),
    ("postgis", POSTGRES),
    ("pgvector", POSTGRES),
    ("timescaledb", POSTGRES),
    (
        "redis",
        Known {
            scratch: &[],
            data: Some(("/data", "1Gi")),
            environment: &[],
        },
    ),
    (
        "valkey",
        Known {
            scratch: &[],
            data: Some(("/data", "1Gi")),
            environment: &[],
        },
    ),
    (
        "mysql",
        Known {
            scratch: &[("/var/run/mysqld", "16Mi")],
            data: Some(("/var/lib/mysql", "1Gi")),
            environment: &[],
        },
    ),
    (
        "mariadb",
        Known {
            scratch: &[("/run/mysqld", "16Mi")],
            data: Some(("/var/lib/mysql", "1Gi")),
            environment: &[],
        },
    ),
    (
        "mongo",
        Known {
            scratch: &[("/data/configdb", "64Mi")],
            data: Some(("/data/db", "1Gi")),
            environment: &[],
        },
    ),
    (
        "rabbitmq",
        Known {
            scratch: &[],
            data: Some(("/var/lib/rabbitmq", "1Gi")),
            environment: &[],
        },
    ),
    (
        "minio",
        Known {
            scratch: &[],
            data: Some(("/data", "1Gi")),
            environment: &[],
        },
    ),
    (
        "prometheus",
        Known {
            scratch: &[],
            data: Some(("/prometheus", "2Gi")),
            environment: &[],
        },
    ),
    (
        "grafana",
        Known {
            scratch: &[],
            data: Some(("/var/lib/grafana", "1Gi")),
            environment: &[],
        },
    ),
    (
        "nginx",
        Known {
            scratch: &[("/var/cache/nginx", "64Mi"), ("/var/run", "16Mi")],
            data: None,
            environment: &[],
        },
    ),
    (
        "caddy",
        Known {
            scratch: &[("/config", "16Mi")],
            data: Some(("/data", "64Mi")),
            environment: &[],
        },
    ),
];

/// Returns what the workload's image needs.
pub(super) fn known(workload: &Workload) -> Known {
    let by_image = TABLE
        .iter()
        .find(|(name, _)| matches_image(&workload.image, name));
    match by_image {
        Some((_, known)) => *known,
        None if workload.built => NOTHING,
        // A private copy of a data base's image may have any name; its role still tells.
        None => match workload.role {
            Role::Postgres => POSTGRES,
            Role::Redis => Known {
                data: Some(("/data", "1Gi")),
                ..NOTHING
            },
            Role::Store | Role::Server | Role::Worker | Role::Prometheus | Role::Grafana => NOTHING,
        },
    }
}

/// Returns whether the image refuses to run as a user that it has no name for. `initdb` does, and
/// the Alpine images lack the library with which the Debian ones make a name up.
pub(super) fn needs_user_name(workload: &Workload) -> bool {
    let tag = workload.image.rsplit_once(':').map_or("", |(_, tag)| tag);
    !workload.built && known(workload) == POSTGRES && tag.contains("alpine")
}

/// Returns the user id that the pods run as. One below 10000 may be a user of the host, which a
/// process that escapes its container would then be.
pub(super) fn uid(workload: &Workload) -> i64 {
    workload
        .uid
        .filter(|uid| *uid >= LOWEST_UID)
        .unwrap_or(DEFAULT_UID)
}

fn matches_image(image: &str, name: &str) -> bool {
    let without_digest = image.split('@').next().unwrap_or(image);
    let segment = without_digest.rsplit('/').next().unwrap_or(without_digest);
    let repository = segment
        .split(':')
        .next()
        .unwrap_or(segment)
        .to_ascii_lowercase();
    repository == name || (name == "grafana" && repository.starts_with("grafana-"))
}

#[cfg(test)]
mod tests {
    use super::matches_image;

    #[track_caller]
    fn check(image: &str, name: &str, expected: bool) {
        assert_eq!(matches_image(image, name), expected);
    }

    #[test]
    fn images_are_known_by_their_last_segment() {
        check("postgres:16-alpine", "postgres", true);
        check(
            "registry.example.com:5000/library/postgres@sha256:00",
            "postgres",
            true,
        );
        check(
            "quay.io/prometheuscommunity/postgres-exporter:v1",
            "postgres",
            false,
        );
        check("grafana/grafana-oss:11.0.0", "grafana", true);
    }
}
