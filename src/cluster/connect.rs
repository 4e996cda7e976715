//! Connecting to a context that was named, never to the current one.

mod credentials;
mod kubeconfig;
mod lines;
mod proxy;
mod stack;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use k8s_openapi::api::core::v1::Namespace;
use kube::api::Api;
use kube::{Client, ResourceExt as _};

use super::retry::{Board, Retry};
use super::{Cluster, ClusterError, ClusterInfo};
pub(in crate::cluster) use credentials::CredentialsError;
pub use kubeconfig::{IN_CLUSTER, Sources};
pub(in crate::cluster) use lines::is_long;

/// How long a server may take to say which cluster it is.
const ANSWER: Duration = Duration::from_secs(15);

impl Cluster {
    /// Connects to a context of the kubeconfig files, merged in their order, in an environment
    /// that says nothing.
    ///
    /// # Errors
    /// As [`Cluster::connect_from`].
    pub async fn connect(context: &str, files: &[PathBuf]) -> Result<Self, ClusterError> {
        Self::connect_from(context, &Sources::new(files)).await
    }

    /// Connects to a context of the kubeconfig files, or, by the name [`IN_CLUSTER`], to the
    /// cluster that this program runs in.
    ///
    /// # Errors
    /// Where no file is there, no context has that name (those that exist are listed), its
    /// credentials can't be made, or the server refuses or can't be reached.
    pub async fn connect_from(context: &str, sources: &Sources) -> Result<Self, ClusterError> {
        let mut found = kubeconfig::find(context, sources).await?;
        let server = found.config.cluster_url.to_string();
        let proxy = proxy::Proxy::choose(
            &found.config.cluster_url,
            found.proxy.as_deref(),
            &sources.variables,
        )?;
        let credentials = credentials::Credentials::take(&mut found.config.auth_info).await?;
        let retry = Retry::new();
        let board = retry.board();
        let client = stack::client(&found.config, credentials, proxy.as_ref(), retry.clone())
            .map_err(|error| ClusterError::Unusable {
                context: context.to_owned(),
                source: Box::new(error),
            })?;
        let asked = Self::with(client, context, server.clone(), board);
        let answer = tokio::time::timeout(ANSWER, asked).await;
        let cluster = answer.unwrap_or(Err(ClusterError::Silent {
            server,
            seconds: ANSWER.as_secs(),
        }))?;
        retry.reached();
        Ok(cluster)
    }

    /// Returns the cluster behind a client: the rehearsal's.
    ///
    /// # Errors
    /// Where it doesn't answer.
    pub async fn over(client: Client, target: &str) -> Result<Self, ClusterError> {
        let server = format!("{target} (embedded)");
        Self::with(client, target, server, Board::default()).await
    }

    async fn with(
        client: Client,
        target: &str,
        server: String,
        board: Board,
    ) -> Result<Self, ClusterError> {
        let failed = |error| ClusterError::of(&server, error);
        let version = client
            .apiserver_version()
            .await
            .map_err(failed)?
            .git_version;
        let namespaces: Api<Namespace> = Api::all(client.clone());
        let uid = match namespaces.get("kube-system").await {
            Ok(namespace) => namespace.uid().unwrap_or_default(),
            // A role that may not read it is no reason to refuse the cluster.
            Err(kube::Error::Api(status)) if status.is_forbidden() => server.clone(),
            Err(error) => return Err(failed(error)),
        };
        let info = ClusterInfo {
            target: target.to_owned(),
            server,
            uid,
            version,
        };
        Ok(Self {
            client,
            info: Arc::new(info),
            kinds: Arc::default(),
            secrets: Arc::default(),
            watches: Arc::default(),
            classes: Arc::default(),
            board,
        })
    }
}
