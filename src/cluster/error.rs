//! What a server refuses, in plain words.

mod apply;

pub use apply::{ApplyError, WayOut};

use super::connect::CredentialsError;
use crate::diagnostic::causes;

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
    /// A context names a part that isn't there.
    #[error(
        "the context `{context}` names the {what} `{name}`; the kubeconfig has {}",
        if .known.is_empty() { "none".to_owned() } else { .known.join(", ") }
    )]
    Incomplete {
        /// The context.
        context: String,
        /// `user` or `cluster`.
        what: &'static str,
        /// The name that it gives.
        name: String,
        /// The names there are.
        known: Vec<String>,
    },
    /// A kubeconfig has two of one name.
    #[error("the kubeconfig `{path}` has two {what} called `{name}`")]
    Twins {
        /// The file.
        path: String,
        /// `contexts`, `clusters` or `users`.
        what: &'static str,
        /// Their name.
        name: String,
    },
    /// This is no pod.
    #[error("this doesn't run inside a cluster: {what} is not there")]
    NotInCluster {
        /// What was looked for.
        what: String,
    },
    /// A proxy of a kind that isn't known.
    #[error("the proxy `{address}` can't be used: http, https and socks5 are")]
    Proxy {
        /// Its address, without a password.
        address: String,
    },
    /// Credentials can't be made.
    #[error("{message}")]
    Credentials {
        /// Why.
        message: String,
        /// The way out, where the kubeconfig names one.
        hint: Option<String>,
    },
    /// A context's certificates or headers can't be used.
    #[error("the context `{context}` can't be used")]
    Unusable {
        /// The context.
        context: String,
        /// Why.
        source: Box<kube::Error>,
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
            kube::Error::Service(source) => match source.downcast::<CredentialsError>() {
                Ok(error) => Self::from(*error),
                Err(source) => Self::Unreachable {
                    server,
                    source: Box::new(kube::Error::Service(source)),
                },
            },
            source => Self::Unreachable {
                server,
                source: Box::new(source),
            },
        }
    }

    /// Returns the way out that the kubeconfig itself names.
    pub fn hint(&self) -> Option<&str> {
        match self {
            Self::Credentials { hint, .. } => hint.as_deref(),
            _ => None,
        }
    }

    /// Returns whether it is the target that is refused or unreachable, rather than a request.
    pub fn is_target(&self) -> bool {
        !matches!(self, Self::Api { .. } | Self::NoSuchKind { .. })
    }
}

impl From<CredentialsError> for ClusterError {
    fn from(error: CredentialsError) -> Self {
        let message = causes(&error).join(": ");
        let hint = match error {
            CredentialsError::Plugin(plugin) => plugin.hint,
            CredentialsError::File { .. } | CredentialsError::Token => None,
        };
        Self::Credentials { message, hint }
    }
}
