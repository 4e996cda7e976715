//! A control plane of one contestant's own, with an ordinary user whose requests are counted.

use std::path::PathBuf;
use std::process::Command;

use k8s_openapi::api::apps::v1::Deployment;
use kube::api::ListParams;
use kube::config::{KubeConfigOptions, Kubeconfig};
use kube::{Api, Config};

use crate::bare;
use crate::harness::cluster::{Cluster, block_on};
use crate::objects::{NAMESPACE, Objects};

/// Pods that one of the nodes takes.
const PODS: usize = 110;

/// The user may do anything, and is limited as any user is; its flow has a name to count it by.
const USER: &str = r"
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: { name: ordinary }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin }
subjects: [{ apiGroup: rbac.authorization.k8s.io, kind: Group, name: ordinary }]
---
apiVersion: flowcontrol.apiserver.k8s.io/v1
kind: FlowSchema
metadata: { name: ordinary }
spec:
  distinguisherMethod: { type: ByUser }
  matchingPrecedence: 500
  priorityLevelConfiguration: { name: global-default }
  rules:
  - subjects: [{ kind: Group, group: { name: ordinary } }]
    resourceRules:
    - { apiGroups: ['*'], resources: ['*'], verbs: ['*'], namespaces: ['*'], clusterScope: true }
    nonResourceRules:
    - { nonResourceURLs: ['*'], verbs: ['*'] }
";

/// A control plane that is ready to be measured on.
pub(crate) struct Stage {
    cluster: Cluster,
}

impl Stage {
    /// Starts a control plane that has room for these objects, and warms it: what it makes once,
    /// at the first request, is no contestant's.
    pub(crate) fn new(objects: Objects) -> Self {
        let cluster = Cluster::alone(2 * objects.deployments().div_ceil(PODS));
        let stage = Self { cluster };
        let applied = stage
            .cluster
            .kubectl_with(&["apply", "--server-side", "-f", "-"], USER);
        assert!(applied.status.success(), "{applied:?}");
        for path in ["/openapi/v2", "/openapi/v3", "/api", "/apis"] {
            assert!(
                stage
                    .cluster
                    .kubectl(&["get", "--raw", path])
                    .status
                    .success()
            );
        }
        block_on(async {
            let client = stage.client().await;
            bare::apply(&client, &Objects::new(21).all(), 4).await;
            bare::ready(&client, 5).await;
        });
        let deleted = stage
            .cluster
            .kubectl(&["delete", "namespace", NAMESPACE, "--wait"]);
        assert!(deleted.status.success(), "{deleted:?}");
        stage
    }

    /// Returns the kubeconfig of the user that is measured.
    pub(crate) fn kubeconfig(&self) -> PathBuf {
        self.cluster.ordinary_kubeconfig()
    }

    /// Returns the name of its context.
    pub(crate) fn context(&self) -> &'static str {
        self.cluster.context()
    }

    /// Returns one of the built programs, used by the user that is measured.
    pub(crate) fn program(&self, name: &str) -> Command {
        let mut command = self.cluster.program(name);
        command.env("KUBECONFIG", self.kubeconfig());
        command
    }

    /// Returns a client of the user that is measured, in the runtime that it is called in.
    pub(crate) async fn client(&self) -> kube::Client {
        let kubeconfig = Kubeconfig::read_from(self.kubeconfig()).expect("a kubeconfig");
        let config =
            Config::from_custom_kubeconfig(kubeconfig, &KubeConfigOptions::default()).await;
        bare::client(&config.expect("a configuration"))
    }

    /// Returns how many requests of the user the server has let in so far.
    pub(crate) fn requests(&self) -> u64 {
        let metrics = self.cluster.kubectl(&["get", "--raw", "/metrics"]);
        let text = String::from_utf8_lossy(&metrics.stdout).into_owned();
        let counts = text.lines().filter_map(|line| {
            let rest = line.strip_prefix("apiserver_flowcontrol_dispatched_requests_total{")?;
            let (labels, count) = rest.split_once("} ")?;
            let ours = labels.contains(r#"flow_schema="ordinary""#);
            count.parse::<u64>().ok().filter(|_| ours)
        });
        counts.sum()
    }

    /// Checks that all Deployments are as they are wanted, and their pods ready.
    ///
    /// # Panics
    /// When they aren't: the contestant said that it was done.
    pub(crate) fn check(&self, objects: Objects) {
        let ready = block_on(async {
            let api: Api<Deployment> = Api::namespaced(self.cluster.client().await, NAMESPACE);
            let found = api.list(&ListParams::default()).await.expect("a list");
            found.iter().filter(|it| bare::is_ready(it)).count()
        });
        assert_eq!(ready, objects.deployments(), "Deployments that are ready");
    }
}
