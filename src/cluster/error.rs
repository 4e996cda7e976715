//! What a server refuses, in plain words.

use crate::diagnostic::causes;
use crate::journal::Failure;
use crate::manifest::Object;

/// Why a cluster can't be used or asked.
#[derive(Debug, thiserror::Error)]
pub enum ClusterError {
    /// No kubeconfig is there.
    #[error("no kubeconfig was found (looked at {files}); set KUBECONFIG")]
    NoKubeconfig {
        /// Where it was looked for.
        files: String,
    },
    /// A kubeconfig can't be read.
    #[error("the kubeconfig `{path}` can't be read")]
    Kubeconfig {
        /// The file.
        path: String,
        /// Why.
        source: Box<kube::config::KubeconfigError>,
    },
    /// No context has that name.
    #[error(
        "no context is called `{context}`; the kubeconfig has {}",
        if .known.is_empty() { "none".to_owned() } else { .known.join(", ") }
    )]
    NoContext {
        /// The name that was asked for.
        context: String,
        /// The names there are.
        known: Vec<String>,
    },
    /// A context is incomplete.
    #[error("the context `{context}` can't be used")]
    Config {
        /// The context.
        context: String,
        /// Why.
        source: Box<kube::config::KubeconfigError>,
    },
    /// The server can't be reached.
    #[error("the server {server} can't be reached")]
    Unreachable {
        /// Its address.
        server: String,
        /// Why.
        source: Box<kube::Error>,
    },
    /// The server doesn't answer.
    #[error("the server {server} didn't answer within {seconds} s")]
    Silent {
        /// Its address.
        server: String,
        /// How long it was waited for.
        seconds: u64,
    },
    /// The server refuses this user.
    #[error("the server {server} refuses: {message}")]
    Refused {
        /// Its address.
        server: String,
        /// What it says.
        message: String,
    },
    /// The server answered with another error.
    #[error("the server {server} answered: {message}")]
    Api {
        /// Its address.
        server: String,
        /// What it says.
        message: String,
    },
    /// The cluster doesn't serve a kind.
    #[error("the cluster has no kind {kind} in {api_version}; is its CRD installed?")]
    NoSuchKind {
        /// `apiVersion`.
        api_version: String,
        /// `kind`.
        kind: String,
    },
}

#[allow(
    clippy::wildcard_enum_match_arm,
    reason = "whatever the client could not get an answer for is a server out of reach"
)]
impl ClusterError {
    /// Returns the client's error as this one.
    pub(super) fn of(server: &str, error: kube::Error) -> Self {
        let server = server.to_owned();
        match error {
            kube::Error::Api(status) if matches!(status.code, 401 | 403) => Self::Refused {
                server,
                message: status.message,
            },
            kube::Error::Api(status) => Self::Api {
                server,
                message: status.message,
            },
            source => Self::Unreachable {
                server,
                source: Box::new(source),
            },
        }
    }

    /// Returns whether it is the target that is refused or unreachable, rather than a request.
    pub fn is_target(&self) -> bool {
        !matches!(self, Self::Api { .. } | Self::NoSuchKind { .. })
    }
}

/// Why an object can't be applied.
#[derive(Debug, thiserror::Error)]
pub enum ApplyError {
    /// Other managers own fields.
    #[error("other managers own fields of it: {}", .0.join(", "))]
    Conflict(Vec<String>),
    /// A field is unknown or has the wrong type.
    #[error("the server doesn't know what is written: {0}")]
    Schema(String),
    /// The object is invalid, or a field can't be changed.
    #[error("{0}")]
    Invalid(String),
    /// The namespace is missing or on its way out.
    #[error("{0}")]
    Namespace(String),
    /// The user may not.
    #[error("{0}")]
    Forbidden(String),
    /// The cluster can't be asked.
    #[error(transparent)]
    Cluster(#[from] ClusterError),
}

impl ApplyError {
    /// Returns the client's error as this one.
    pub(super) fn of(object: &Object, server: &str, error: kube::Error) -> Self {
        let kube::Error::Api(status) = error else {
            return Self::Cluster(ClusterError::of(server, error));
        };
        let message = status.message.clone();
        let causes = status
            .details
            .as_ref()
            .map(|details| details.causes.as_slice());
        let causes = causes.unwrap_or_default();
        match status.code {
            409 if causes
                .iter()
                .any(|cause| cause.reason == "FieldManagerConflict") =>
            {
                let named = causes.iter().map(|cause| {
                    format!(
                        "{} ({})",
                        cause.field.trim_start_matches('.'),
                        cause.message
                    )
                });
                Self::Conflict(named.collect())
            }
            500 if message.contains("failed to create typed patch object") => {
                // `…; Resource=…): .spec.replicaz: field not declared in schema`
                let detail = message
                    .rsplit_once("): ")
                    .map_or(&*message, |(_, detail)| detail);
                Self::Schema(detail.to_owned())
            }
            400 if message.contains("strict decoding error") => Self::Schema(message),
            403 if causes
                .iter()
                .any(|cause| cause.reason == "NamespaceTerminating") =>
            {
                Self::Namespace(message)
            }
            404 if object.namespace.is_some() && message.starts_with("namespaces ") => {
                Self::Namespace(message)
            }
            401 | 403 => Self::Forbidden(message),
            _ => Self::Invalid(message),
        }
    }

    /// Returns the error as a step's failure.
    pub fn failure(&self, label: &str) -> Failure {
        let mut chain = causes(self).into_iter();
        let first = chain.next().unwrap_or_default();
        let help = match self {
            Self::Conflict(_) => {
                Some("run with --take-over to own these fields, or take them out of the manifest")
            }
            Self::Schema(_) => Some("correct the field in the manifest"),
            Self::Invalid(message) if message.contains("immutable") => {
                Some("that field can't be changed: delete the object first, if it may go")
            }
            Self::Namespace(message) if message.contains("terminat") => {
                Some("wait until the namespace is gone, then run again")
            }
            Self::Forbidden(_) => Some("give this user the permission that the server names"),
            Self::Invalid(_) | Self::Namespace(_) | Self::Cluster(_) => None,
        };
        Failure {
            cause: super::redact(&format!("{label} can't be applied: {first}")),
            details: chain.map(|line| super::redact(&line)).collect(),
            help: help.map(str::to_owned),
        }
    }
}
