//! What is true of the application: its Compose files, Dockerfiles, settings source and
//! endpoints, each fact with file and line.
//!
//! Pure: reads a [`Tree`] (a snapshot of the workspace's text files taken by `files`), never the
//! disk. It doesn't decide what becomes of a fact in Kubernetes; `resolve` and `manifest` do.

mod model;
mod tree;

pub use model::{
    Build, Condition, ConfigFile, Dependency, Dockerfile, Endpoint, EnvVar, Facts, HealthTest,
    Healthcheck, Limits, Mount, MountSource, Origin, Port, Project, Protocol, Service, Text,
    UnreadKey, Variable, VariableUse, Volume,
};
pub use tree::Tree;
