//! What an object was before a phase first touched it: as much of it as the phase changed.
//!
//! Places are written as `metadata.managedFields` writes them (`f:spec`, `k:{"name":"main"}`); what
//! they mean in an object is `cluster`'s business. No value of a secret is ever in one.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What an object was before a phase first touched it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "was", rename_all = "kebab-case")]
pub enum Previous {
    /// It wasn't there: the phase made it.
    Absent,
    /// It was there, and the phase changed it.
    There(Revision),
}

/// An object's previous revision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revision {
    /// `metadata.uid`.
    pub uid: String,
    /// The fields that the phase changed, with what they were.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<FieldChange>,
    /// What orch had applied of it before (`fieldsV1`), where it had.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owned: Option<Value>,
}

/// A field that a phase changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldChange {
    /// Its place, element by element.
    pub path: Vec<String>,
    /// What it was.
    pub before: Was,
}

/// What a field was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Was {
    /// Not there.
    Absent,
    /// That value.
    Value(Value),
    /// A value that looks secret and is recorded nowhere.
    Withheld,
}
