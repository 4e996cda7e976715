//! What the tests stand on: a hermetic workspace and a real control plane.
//!
//! Both test binaries compile it; nothing in it asserts what `orch` does.

pub(crate) mod applications;
pub(crate) mod call_center;
pub(crate) mod cluster;
pub(crate) mod definitions;
pub(crate) mod editor;
pub(crate) mod impostor;
pub(crate) mod programs;
pub(crate) mod proxy;
pub(crate) mod terminal;
pub(crate) mod tunnel;
pub(crate) mod wait;
pub(crate) mod workspace;
