//! What pods are given: variables and volumes, and the Secrets and `ConfigMap`s that these come from.

use std::fmt;

/// One environment variable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Environment {
    /// Its name.
    pub name: String,
    /// Where its value comes from.
    pub source: EnvSource,
}

/// Where an environment variable's value comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EnvSource {
    /// A literal; `$(NAME)` refers to variables before it (used to compose URLs).
    Literal(String),
    /// A key of a `ConfigMap`.
    ConfigMap {
        /// The map.
        name: String,
        /// The key.
        key: String,
    },
    /// A key of a Secret.
    Secret {
        /// The Secret.
        name: String,
        /// The key.
        key: String,
    },
}

/// A volume and its mount.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VolumeSpec {
    /// Its name in the pod.
    pub name: String,
    /// Where it is mounted.
    pub path: String,
    /// One file of it mounted alone, where `path` is a file.
    pub sub_path: Option<String>,
    /// What it is.
    pub kind: VolumeKind,
    /// Whether it is read-only.
    pub read_only: bool,
}

/// What a volume is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum VolumeKind {
    /// A volume claim of that size (`10Gi`): a `volumeClaimTemplate` of a `StatefulSet`, else a
    /// claim of its own.
    Claim(String),
    /// A claim that several workloads mount.
    Shared(SharedClaim),
    /// Scratch space, limited to that size.
    Scratch(String),
    /// Scratch space in memory, limited to that size.
    Memory(String),
    /// A `ConfigMap`.
    ConfigMap(String),
    /// A Secret.
    Secret(String),
}

/// A claim that several workloads mount.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SharedClaim {
    /// Its name.
    pub name: String,
    /// Its size.
    pub size: String,
    /// Its storage class; the cluster's default where none is given.
    pub class: Option<String>,
    /// Whether pods on several nodes can mount it (`ReadWriteMany`); else all run on one node.
    pub many: bool,
    /// The workloads that mount it; the first one's file holds it.
    pub users: Vec<String>,
}

/// A Secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecretSpec {
    /// Its name (`db-credentials`).
    pub name: String,
    /// Its keys, in order.
    pub entries: Vec<SecretEntry>,
}

/// One key of a Secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecretEntry {
    /// The key, which is also the environment variable that gives the real value.
    pub key: String,
    /// Why it counts as a secret.
    pub reason: String,
    /// The file of the workspace that holds the real value, where Compose names one.
    pub file: Option<String>,
    /// The mounted file that it is, if it is one.
    pub text: Option<SecretText>,
}

/// A mounted file with secrets in it.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretText {
    /// What it holds, with references in place of variables' values (`facts::reference`).
    pub text: String,
    /// Where it is mounted.
    pub path: String,
    /// Whether it is a program.
    pub executable: bool,
}

impl fmt::Debug for SecretText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SecretText")
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

/// A `ConfigMap`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ConfigMapSpec {
    /// Its name.
    pub name: String,
    /// Keys and values (a variable's value or a whole file), in order.
    pub data: Vec<(String, String)>,
    /// Keys and what they hold where that isn't text.
    pub binary: Vec<(String, Vec<u8>)>,
    /// Which files its keys are where it is mounted; empty: each under its own name.
    pub files: Vec<MapFile>,
    /// Whether kustomize generates it, so that its name tells what it holds.
    pub generated: bool,
}

/// A key of a `ConfigMap` as a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MapFile {
    /// The key.
    pub key: String,
    /// The path below the folder that the map is mounted at.
    pub path: String,
    /// Whether it is a program.
    pub executable: bool,
}
