//! What `orch` promises about a real cluster, one file for each part of it.

mod control_plane;
mod phase;

/// A test's name and what it does; it fails by panicking.
pub(crate) type Case = (&'static str, fn());

/// Returns every test that needs a real control plane.
pub(crate) fn all() -> Vec<Case> {
    [control_plane::CASES, phase::CASES].concat()
}
