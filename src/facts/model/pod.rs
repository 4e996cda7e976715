//! What a service asks of its container and of the pod around it.

use super::Origin;

/// The container- and pod-level keys that a pod can have; the others are named as not carried over
/// where they are read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PodFacts {
    /// `extra_hosts`: names and addresses.
    pub hosts: Vec<(String, String)>,
    /// `dns`.
    pub dns_servers: Vec<String>,
    /// `dns_search`.
    pub dns_searches: Vec<String>,
    /// `dns_opt` (`ndots:2`).
    pub dns_options: Vec<String>,
    /// `hostname`.
    pub hostname: Option<String>,
    /// `shm_size`, in bytes.
    pub shared_memory: Option<u64>,
    /// The group of `user: uid:gid`.
    pub group: Option<i64>,
    /// `group_add`, by number.
    pub groups: Vec<i64>,
    /// `platform`: operating system and architecture.
    pub platform: Option<(String, String)>,
    /// `gpus`, `deploy.resources.reservations.devices`: resources and how many of each.
    pub devices: Vec<(String, u32)>,
    /// `runtime`, where it isn't the usual one.
    pub runtime: Option<String>,
    /// `init`: something reaps the children that processes leave behind.
    pub init: bool,
    /// `tty`.
    pub tty: bool,
    /// `stdin_open`.
    pub stdin_open: bool,
    /// `sysctls` that a pod may set by itself.
    pub sysctls: Vec<(String, String)>,
    /// `cap_add` that the restricted Pod Security Standard allows.
    pub capabilities: Vec<String>,
    /// `post_start`.
    pub post_start: Vec<Hook>,
    /// `pre_stop`.
    pub pre_stop: Vec<Hook>,
    /// `annotations`.
    pub annotations: Vec<(String, String)>,
}

/// A command that runs after the start or before the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hook {
    /// The command in exec form.
    pub command: Vec<String>,
    /// `working_dir`.
    pub working_dir: Option<String>,
    /// `environment`.
    pub environment: Vec<(String, String)>,
    /// Where.
    pub origin: Origin,
}
