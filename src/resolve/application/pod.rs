//! What a Compose service asks of its pod beside what every pod gets.

/// Options of a pod and its container, as Kubernetes calls them.
#[allow(
    clippy::struct_excessive_bools,
    reason = "each is a field of its own in a pod"
)]
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PodOptions {
    /// `hostAliases`: addresses with their names.
    pub host_aliases: Vec<(String, Vec<String>)>,
    /// `dnsConfig.nameservers`, beside the cluster's own.
    pub dns_servers: Vec<String>,
    /// `dnsConfig.searches`.
    pub dns_searches: Vec<String>,
    /// `dnsConfig.options`.
    pub dns_options: Vec<(String, Option<String>)>,
    /// `hostname`.
    pub hostname: Option<String>,
    /// The group that it runs as, where it has a user of its own.
    pub group: Option<i64>,
    /// `supplementalGroups`.
    pub groups: Vec<i64>,
    /// `nodeSelector`.
    pub node_selector: Vec<(String, String)>,
    /// Labels that nodes must have or must not have.
    pub nodes: Vec<NodeRule>,
    /// Labels of nodes that pods are spread over.
    pub spread: Vec<String>,
    /// Whether no node may run two of them.
    pub one_per_node: bool,
    /// Devices: resources and how many of each.
    pub devices: Vec<(String, u32)>,
    /// `runtimeClassName`.
    pub runtime_class: Option<String>,
    /// Whether the pod's first process reaps what others leave behind.
    pub reaps: bool,
    /// Whether its Service has no address of its own.
    pub headless: bool,
    /// `tty`.
    pub tty: bool,
    /// `stdin`.
    pub stdin: bool,
    /// `sysctls`.
    pub sysctls: Vec<(String, String)>,
    /// `capabilities.add`.
    pub capabilities: Vec<String>,
    /// `lifecycle.postStart`.
    pub post_start: Option<Vec<String>>,
    /// `lifecycle.preStop`.
    pub pre_stop: Option<Vec<String>>,
    /// Annotations of the pod.
    pub annotations: Vec<(String, String)>,
    /// Annotations of the workload.
    pub labels: Vec<(String, String)>,
}

/// A label that nodes must have or must not have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NodeRule {
    /// The label.
    pub label: String,
    /// Its value.
    pub value: String,
    /// Whether nodes with it are the wanted ones.
    pub equal: bool,
}
