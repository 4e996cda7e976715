//! Tasks + facts + settings → [`Resolved`]: what each box means as an action, and why.
//!
//! Rules, never guesses: every reading names the rule and the words that matched. What no rule
//! reads is kept as *unread*. This module builds no Kubernetes objects; it describes the
//! application ([`Application`]) and the files that hold it, and `manifest` builds them.

mod application;
mod model;

pub use application::{
    Application, ConfigMapSpec, Content, EnvSource, Environment, Exposure, FileOrigin, FileSpec,
    Hpa, IngressPath, IngressSpec, ManifestItem, Pdb, Probe, ProbeAction, Resources, Role,
    SecretEntry, SecretSpec, ServicePort, VolumeKind, VolumeSpec, Workload, WorkloadKind,
};
pub use model::{
    Action, Answer, BulletReading, Finding, InventoryKind, Note, Reading, Requirement, Resolved,
    ResolvedTask,
};
