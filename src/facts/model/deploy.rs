//! How a service is rolled out, restarted and placed: `deploy`.

use std::time::Duration;

use super::Origin;

/// `deploy`, without the resources (see [`super::Limits`]).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Deploy {
    /// `mode`.
    pub mode: Mode,
    /// `update_config`.
    pub update: Option<Update>,
    /// `restart_policy`.
    pub restart: Option<RestartPolicy>,
    /// `placement.constraints` that a node's labels can meet.
    pub constraints: Vec<Constraint>,
    /// The node labels that `placement.preferences` spread over.
    pub spread: Vec<String>,
    /// `placement.max_replicas_per_node`.
    pub most_per_node: Option<u32>,
    /// `labels`: those of the service as a whole.
    pub labels: Vec<(String, String)>,
    /// Whether `endpoint_mode` is `dnsrr`: names lead to the pods themselves.
    pub headless: bool,
}

/// `deploy.mode`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Mode {
    /// `replicated`: a number of them.
    #[default]
    Replicated,
    /// `global`: one on every node.
    Global,
    /// `replicated-job`: a number of runs, each to its end.
    ReplicatedJob,
    /// `global-job`: one run on every node.
    GlobalJob,
}

/// `deploy.update_config`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Update {
    /// How many at a time; 0: all at once.
    pub parallelism: Option<u32>,
    /// How long to wait between two.
    pub delay: Option<Duration>,
    /// Which goes first, the old or the new one.
    pub order: Option<UpdateOrder>,
    /// How long one is watched for failure.
    pub monitor: Option<Duration>,
    /// What a failure leads to.
    pub failure_action: Option<FailureAction>,
    /// Where.
    pub origin: Origin,
}

/// `deploy.update_config.order`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UpdateOrder {
    /// `stop-first`: the old one ends before the new one starts.
    StopFirst,
    /// `start-first`: the new one serves before the old one ends.
    StartFirst,
}

/// `deploy.update_config.failure_action`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailureAction {
    /// The rollout goes on.
    Continue,
    /// It stops and waits for a person.
    Pause,
    /// It goes back.
    Rollback,
}

/// `deploy.restart_policy`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RestartPolicy {
    /// When it is started again.
    pub condition: RestartCondition,
    /// How often at most.
    pub max_attempts: Option<u32>,
    /// Where.
    pub origin: Origin,
}

/// `deploy.restart_policy.condition`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum RestartCondition {
    /// `any`: however it ends.
    #[default]
    Any,
    /// `on-failure`.
    OnFailure,
    /// `none`.
    None,
}

/// One of `deploy.placement.constraints` in a node's labels as Kubernetes calls them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Constraint {
    /// The label (`kubernetes.io/hostname`, `disk`).
    pub label: String,
    /// Its value.
    pub value: String,
    /// Whether nodes with that value are the wanted ones, not the unwanted.
    pub equal: bool,
    /// Where.
    pub origin: Origin,
}
