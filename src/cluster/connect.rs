//! Connecting to a context that was named, never to the current one.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use k8s_openapi::api::core::v1::Namespace;
use kube::api::Api;
use kube::config::{KubeConfigOptions, Kubeconfig};
use kube::{Client, Config, ResourceExt as _};

use super::{Cluster, ClusterError, ClusterInfo};

/// How long a server may take to answer a connection.
const CONNECT: Duration = Duration::from_secs(5);

/// How long it may take to say which cluster it is: the client asks again after some failures.
const ANSWER: Duration = Duration::from_secs(15);

impl Cluster {
    /// Connects to a context of the kubeconfig files, merged in their order.
    ///
    /// # Errors
    /// Where no file is there, no context has that name (those that exist are listed), or the
    /// server refuses or can't be reached.
    pub async fn connect(context: &str, files: &[PathBuf]) -> Result<Self, ClusterError> {
        let kubeconfig = read(files)?;
        if !kubeconfig
            .contexts
            .iter()
            .any(|known| known.name == context)
        {
            return Err(ClusterError::NoContext {
                context: context.to_owned(),
                known: kubeconfig
                    .contexts
                    .iter()
                    .map(|known| known.name.clone())
                    .collect(),
            });
        }
        let options = KubeConfigOptions {
            context: Some(context.to_owned()),
            ..KubeConfigOptions::default()
        };
        let mut config = Config::from_custom_kubeconfig(kubeconfig, &options)
            .await
            .map_err(|source| ClusterError::Config {
                context: context.to_owned(),
                source: Box::new(source),
            })?;
        config.connect_timeout = Some(CONNECT);
        let server = config.cluster_url.to_string();
        let client = Client::try_from(config).map_err(|error| ClusterError::of(&server, error))?;
        let answer = tokio::time::timeout(ANSWER, Self::with(client, context, server.clone()));
        answer.await.unwrap_or(Err(ClusterError::Silent {
            server,
            seconds: ANSWER.as_secs(),
        }))
    }

    /// Returns the cluster behind a client: the rehearsal's.
    ///
    /// # Errors
    /// Where it doesn't answer.
    pub async fn over(client: Client, target: &str) -> Result<Self, ClusterError> {
        Self::with(client, target, format!("{target} (embedded)")).await
    }

    async fn with(client: Client, target: &str, server: String) -> Result<Self, ClusterError> {
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
        })
    }
}

fn read(files: &[PathBuf]) -> Result<Kubeconfig, ClusterError> {
    let mut merged: Option<Kubeconfig> = None;
    for path in files.iter().filter(|path| path.exists()) {
        let failed = |source| ClusterError::Kubeconfig {
            path: path.display().to_string(),
            source: Box::new(source),
        };
        let next = Kubeconfig::read_from(path).map_err(failed)?;
        merged = Some(match merged {
            None => next,
            Some(before) => before.merge(next).map_err(failed)?,
        });
    }
    merged.ok_or_else(|| {
        let list: Vec<String> = files
            .iter()
            .map(|path| path.display().to_string())
            .collect();
        ClusterError::NoKubeconfig {
            files: list.join(", "),
        }
    })
}
