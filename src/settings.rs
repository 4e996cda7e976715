//! `orch.toml` and `phases/NN-name.toml`: raw TOML → validated settings.
//!
//! Every setting is optional, and a key that nothing knows is an error with the nearest known one
//! named. Which settings win over which (`--context`, the phase's, the workspace's) is decided by
//! the commands, not here.

mod edge;
mod inherited;
mod overlay;
#[cfg(test)]
mod page;
mod phase;
mod read;
mod target;
mod volumes;
mod words;
mod workspace;

pub use edge::{Controller, EdgeApi, IngressSettings, Issuer, MonitoringSettings};
pub use overlay::Overlay;
pub use phase::{
    BuildSettings, PhaseSettings, Rehearse, RehearsedFailure, SecretSettings, Timeouts,
};
pub use target::Target;
pub use volumes::VolumeSettings;
pub use workspace::Settings;

/// What becomes of Compose services that no task names.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Extras {
    /// They are written and applied too: the phase promises the whole application.
    #[default]
    Write,
    /// They are only named in `plan`.
    Report,
}
