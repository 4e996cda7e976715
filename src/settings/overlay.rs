//! `[kustomize]`: the environments that differ from the base; `[helm]`: the chart.

use super::read::{Entry, Reader};

pub(super) const KEYS: &[&str] = &["overlays", "generator"];
pub(super) const CHART_KEYS: &[&str] = &["chart"];
pub(super) const OVERLAY_KEYS: &[&str] = &["compose", "namespace", "host", "hosts", "images"];

/// An environment that differs from the base (`dev`, `staging`, `prod`).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Overlay {
    /// Its name.
    pub name: String,
    /// Compose files that are read after the base's; by default those with its name.
    pub compose: Vec<String>,
    /// The namespace, in place of the base's.
    pub namespace: Option<String>,
    /// The hosts, in place of the base's.
    pub hosts: Vec<String>,
    /// Workloads → images, in place of the base's.
    pub images: Vec<(String, String)>,
}

/// Returns the overlays in order, and whether kustomize generates `ConfigMap`s, where that is said.
pub(super) fn read(reader: &mut Reader<'_>, entry: &Entry<'_, '_>) -> (Vec<Overlay>, Option<bool>) {
    let mut overlays = Vec::new();
    let mut generator = None;
    for inner in reader.table(entry) {
        match inner.key {
            "generator" => generator = reader.boolean(&inner),
            "overlays" => {
                for named in reader.table(&inner) {
                    overlays.push(read_one(reader, &named));
                }
            }
            _ => reader.unknown(&inner, KEYS),
        }
    }
    (overlays, generator)
}

/// Returns the folder of the chart that `[helm]` asks for.
pub(super) fn read_chart(reader: &mut Reader<'_>, entry: &Entry<'_, '_>) -> Option<String> {
    let mut chart = None;
    for inner in reader.table(entry) {
        match inner.key {
            "chart" => chart = reader.string(&inner),
            _ => reader.unknown(&inner, CHART_KEYS),
        }
    }
    chart.map(|folder| folder.trim_end_matches('/').to_owned())
}

fn read_one(reader: &mut Reader<'_>, entry: &Entry<'_, '_>) -> Overlay {
    let mut overlay = Overlay {
        name: entry.key.to_owned(),
        ..Overlay::default()
    };
    if entry.key.contains(['/', '.']) {
        let message = "an overlay's name is the name of its folder";
        reader.problem(message, entry.key_span.clone(), "");
    }
    for inner in reader.table(entry) {
        match inner.key {
            "compose" => overlay.compose = reader.strings(&inner),
            "namespace" => overlay.namespace = reader.string(&inner),
            "host" => overlay.hosts.extend(reader.string(&inner)),
            "hosts" => overlay.hosts.extend(reader.strings(&inner)),
            "images" => overlay.images = reader.images(&inner),
            _ => reader.unknown(&inner, OVERLAY_KEYS),
        }
    }
    overlay
}
