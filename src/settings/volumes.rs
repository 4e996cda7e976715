//! `[volumes]`: what claims ask for.

use super::read::{Entry, Reader};

pub(super) const KEYS: &[&str] = &["size", "class", "access"];

/// What a claim asks for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VolumeSettings {
    /// Its size (`10Gi`).
    pub size: Option<String>,
    /// Its storage class, where several pods share it.
    pub class: Option<String>,
    /// Whether pods on several nodes mount it (`ReadWriteMany`) or all on one (`ReadWriteOnce`).
    pub many: Option<bool>,
}

/// Reads `data = "10Gi"` and `[volumes.data]`.
pub(super) fn read(
    reader: &mut Reader<'_>,
    entry: &Entry<'_, '_>,
) -> Vec<(String, VolumeSettings)> {
    let mut volumes = Vec::new();
    for named in reader.table(entry) {
        let mut volume = VolumeSettings::default();
        if named.value.as_str().is_some() {
            volume.size = reader.string(&named);
        } else {
            for inner in reader.table(&named) {
                match inner.key {
                    "size" => volume.size = reader.string(&inner),
                    "class" => volume.class = reader.string(&inner),
                    "access" => volume.many = access(reader, &inner),
                    _ => reader.unknown(&inner, KEYS),
                }
            }
        }
        volumes.push((named.key.to_owned(), volume));
    }
    volumes
}

fn access(reader: &mut Reader<'_>, entry: &Entry<'_, '_>) -> Option<bool> {
    match reader.string(entry)?.as_str() {
        "ReadWriteMany" => Some(true),
        "ReadWriteOnce" => Some(false),
        other => {
            let message = format!("`{other}` must be `ReadWriteMany` or `ReadWriteOnce`");
            reader.problem(message, entry.span.clone(), "");
            None
        }
    }
}
