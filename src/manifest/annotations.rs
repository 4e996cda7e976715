//! The annotations of a pod: checksums of what it is configured by, and how it is scraped.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use sha2::{Digest, Sha256};

use crate::resolve::{Application, ConfigMapSpec, Workload, WorkloadKind};

/// The annotation that makes pods anew when what they are configured by changes.
pub(super) const CHECKSUM: &str = "orch.dev/config-checksum";

/// A checksum of the configuration, so that pods are replaced when it changes; and what a
/// Prometheus that looks for annotations scrapes.
pub(super) fn pod(
    application: &Application,
    workload: &Workload,
) -> Option<BTreeMap<String, String>> {
    let mut annotations = BTreeMap::new();
    // Another name of a generated map replaces the pods by itself; but a Job's own name has to
    // tell what its pods are configured by, as they can't be changed.
    let is_job = workload.kind == WorkloadKind::Job;
    if let Some(checksum) = config_checksum(application, workload, |map| is_job || !map.generated) {
        annotations.insert(CHECKSUM.to_owned(), checksum);
    }
    if let Some((path, port)) = workload
        .metrics
        .as_ref()
        .filter(|_| !application.service_monitors)
    {
        annotations.insert("prometheus.io/scrape".to_owned(), "true".to_owned());
        annotations.insert("prometheus.io/port".to_owned(), port.to_string());
        annotations.insert("prometheus.io/path".to_owned(), path.clone());
    }
    if annotations.is_empty() {
        None
    } else {
        Some(annotations)
    }
}

/// Returns the checksum of the maps that a workload uses, of those that count; nothing where it
/// uses none.
pub(super) fn config_checksum(
    application: &Application,
    workload: &Workload,
    counts: impl Fn(&ConfigMapSpec) -> bool,
) -> Option<String> {
    let used = workload.maps();
    if used.is_empty() {
        return None;
    }
    let maps: Vec<&ConfigMapSpec> = application
        .config_maps
        .iter()
        .filter(|map| used.contains(map.name.as_str()) && counts(map))
        .collect();
    (!maps.is_empty()).then(|| checksum(&maps))
}

fn checksum(maps: &[&ConfigMapSpec]) -> String {
    let mut hasher = Sha256::new();
    let mut add = |bytes: &[u8]| {
        // Lengths keep `ab`, `c` apart from `a`, `bc`.
        hasher.update(bytes.len().to_le_bytes());
        hasher.update(bytes);
    };
    for map in maps {
        add(map.name.as_bytes());
        for (key, value) in &map.data {
            add(key.as_bytes());
            add(value.as_bytes());
        }
        for (key, value) in &map.binary {
            add(key.as_bytes());
            add(value);
        }
    }
    let mut text = String::new();
    for byte in hasher.finalize().iter().take(8) {
        // Writing to a `String` can't fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}
