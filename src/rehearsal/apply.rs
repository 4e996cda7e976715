//! Server-side apply: the merge by schema and the ownership of fields.
//!
//! One version a kind, so there is no conversion between versions; a manager that wrote another
//! version keeps its paths as they are.

pub(crate) mod fields;
pub(crate) mod managed;
pub(crate) mod typed;
