//! Which context is meant, from the kubeconfig files or from inside a cluster.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use kube::Config;
use kube::config::{
    AuthInfo, Cluster, Context, KubeConfigOptions, Kubeconfig, NamedAuthInfo, NamedCluster,
    NamedContext,
};

use crate::cluster::ClusterError;

/// The name of the context that is no kubeconfig's: the cluster that this program runs in.
pub const IN_CLUSTER: &str = "in-cluster";

/// Where a pod finds its service account.
const SERVICE_ACCOUNT: &str = "/var/run/secrets/kubernetes.io/serviceaccount";

/// Where connections are looked up.
#[derive(Debug, Clone)]
pub struct Sources {
    /// The kubeconfig files, merged in their order; those that are missing are left out.
    pub files: Vec<PathBuf>,
    /// The environment: proxies, and a pod's API server.
    pub variables: BTreeMap<String, String>,
    /// The folder of a pod's service account.
    pub service_account: PathBuf,
}

impl Sources {
    /// Returns these files, in an environment that says nothing.
    pub fn new(files: &[PathBuf]) -> Self {
        Self {
            files: files.to_vec(),
            variables: BTreeMap::new(),
            service_account: PathBuf::from(SERVICE_ACCOUNT),
        }
    }
}

/// A context that was found.
pub(super) struct Found {
    /// The configuration, without a proxy.
    pub(super) config: Config,
    /// The proxy that the kubeconfig names for this cluster.
    pub(super) proxy: Option<String>,
}

/// Returns the context of that name.
///
/// # Errors
/// Where there is none, or where it is incomplete; what there is is named.
pub(super) async fn find(context: &str, sources: &Sources) -> Result<Found, ClusterError> {
    let inside = context == IN_CLUSTER;
    let kubeconfig = if inside {
        in_cluster(sources)?
    } else {
        read(&sources.files)?
    };
    let cluster = complete(context, &kubeconfig)?;
    let proxy = cluster.proxy_url.clone();
    let authority = cluster.certificate_authority.clone();
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
    if inside {
        // It is exchanged while a pod runs.
        config.root_cert_file = authority.map(PathBuf::from);
    }
    Ok(Found { config, proxy })
}

/// Returns the cluster of a context, whose parts are all there.
fn complete<'a>(context: &str, kubeconfig: &'a Kubeconfig) -> Result<&'a Cluster, ClusterError> {
    let known = || names(&kubeconfig.contexts, |named| &named.name);
    let found = kubeconfig
        .contexts
        .iter()
        .find(|named| named.name == context)
        .and_then(|named| named.context.as_ref())
        .ok_or_else(|| ClusterError::NoContext {
            context: context.to_owned(),
            known: known(),
        })?;
    let missing = |what, name: &str, known| ClusterError::Incomplete {
        context: context.to_owned(),
        what,
        name: name.to_owned(),
        known,
    };
    if let Some(user) = found.user.as_deref().filter(|user| !user.is_empty())
        && !kubeconfig.auth_infos.iter().any(|it| it.name == user)
    {
        let known = names(&kubeconfig.auth_infos, |named| &named.name);
        return Err(missing("user", user, known));
    }
    kubeconfig
        .clusters
        .iter()
        .find(|named| named.name == found.cluster)
        .and_then(|named| named.cluster.as_ref())
        .ok_or_else(|| {
            let known = names(&kubeconfig.clusters, |named| &named.name);
            missing("cluster", &found.cluster, known)
        })
}

fn read(files: &[PathBuf]) -> Result<Kubeconfig, ClusterError> {
    let mut merged: Option<Kubeconfig> = None;
    for path in files.iter().filter(|path| path.exists()) {
        let failed = |source| ClusterError::Kubeconfig {
            path: path.display().to_string(),
            source: Box::new(source),
        };
        let next = Kubeconfig::read_from(path).map_err(failed)?;
        refuse_twins(path, &next)?;
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

/// Two of one name in one file: which of them is meant can't be known.
fn refuse_twins(path: &Path, kubeconfig: &Kubeconfig) -> Result<(), ClusterError> {
    let lists = [
        ("contexts", names(&kubeconfig.contexts, |it| &it.name)),
        ("clusters", names(&kubeconfig.clusters, |it| &it.name)),
        ("users", names(&kubeconfig.auth_infos, |it| &it.name)),
    ];
    for (what, names) in lists {
        let mut seen = BTreeSet::new();
        if let Some(twice) = names.iter().find(|name| !seen.insert(*name)) {
            return Err(ClusterError::Twins {
                path: path.display().to_string(),
                what,
                name: twice.clone(),
            });
        }
    }
    Ok(())
}

fn names<T>(list: &[T], name: impl Fn(&T) -> &String) -> Vec<String> {
    list.iter().map(|it| name(it).clone()).collect()
}

/// Returns what a pod knows of its cluster, as a kubeconfig.
fn in_cluster(sources: &Sources) -> Result<Kubeconfig, ClusterError> {
    let outside = |what: String| ClusterError::NotInCluster { what };
    let variable = |name: &str| {
        let value = sources.variables.get(name).filter(|it| !it.is_empty());
        value.ok_or_else(|| outside(format!("the variable {name}")))
    };
    let host = variable("KUBERNETES_SERVICE_HOST")?;
    let port = variable("KUBERNETES_SERVICE_PORT")?;
    let file = |name: &str| {
        let path = sources.service_account.join(name);
        if path.is_file() {
            Ok(path.display().to_string())
        } else {
            Err(outside(format!("the file {}", path.display())))
        }
    };
    let host = if host.contains(':') {
        format!("[{host}]")
    } else {
        host.clone()
    };
    let name = IN_CLUSTER.to_owned();
    Ok(Kubeconfig {
        clusters: vec![NamedCluster {
            name: name.clone(),
            cluster: Some(Cluster {
                server: Some(format!("https://{host}:{port}")),
                certificate_authority: Some(file("ca.crt")?),
                ..Cluster::default()
            }),
            ..NamedCluster::default()
        }],
        auth_infos: vec![NamedAuthInfo {
            name: name.clone(),
            auth_info: Some(AuthInfo {
                token_file: Some(file("token")?),
                ..AuthInfo::default()
            }),
            ..NamedAuthInfo::default()
        }],
        contexts: vec![NamedContext {
            name: name.clone(),
            context: Some(Context {
                cluster: name.clone(),
                user: Some(name),
                ..Context::default()
            }),
            ..NamedContext::default()
        }],
        ..Kubeconfig::default()
    })
}
