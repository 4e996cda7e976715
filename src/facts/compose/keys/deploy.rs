//! The keys of `deploy`.

use super::{Section, below, carried, idle, lost, partly};

/// `deploy`.
pub(in super::super) const DEPLOY: Section = Section {
    at: &["services.*.deploy"],
    keys: &[
        partly(
            "mode",
            "`replicated`: a Deployment or StatefulSet; `global`: a DaemonSet; `replicated-job`: a Job",
            "no Job runs once on every node",
            "use a DaemonSet that waits after its work (`global`), or a Job with as many completions as nodes",
        ),
        carried(
            "endpoint_mode",
            "`vip`: a Service with an address of its own; `dnsrr`: one without (`clusterIP: None`), whose name leads to the pods themselves",
        ),
        carried(
            "replicas",
            "`spec.replicas`; under an HPA its minimum decides",
        ),
        carried(
            "labels",
            "annotations of the workload, as their values needn't be valid labels",
        ),
        below("update_config"),
        idle(
            "rollback_config",
            "going back is a rollout of the previous template, with the strategy of every rollout",
        ),
        below("resources"),
        below("restart_policy"),
        below("placement"),
    ],
};

/// `deploy.update_config`.
pub(in super::super) const UPDATE: Section = Section {
    at: &["services.*.deploy.update_config"],
    keys: &[
        carried(
            "parallelism",
            "`maxSurge` or `maxUnavailable`, by the order",
        ),
        carried(
            "order",
            "`start-first`: `maxSurge`; `stop-first`: `maxUnavailable`",
        ),
        carried("delay", "`minReadySeconds`"),
        carried(
            "monitor",
            "`minReadySeconds`, where it is longer than the delay",
        ),
        idle(
            "failure_action",
            "a rollout that doesn't become ready stops by itself, and the phase fails and says why: `orch phase N undo` goes back",
        ),
        idle(
            "max_failure_ratio",
            "no pod may fail: the first that does holds the rollout",
        ),
    ],
};

/// `deploy.resources`.
pub(in super::super) const RESOURCES: Section = Section {
    at: &["services.*.deploy.resources"],
    keys: &[below("limits"), below("reservations")],
};

/// `deploy.resources.limits`.
pub(in super::super) const LIMITS: Section = Section {
    at: &["services.*.deploy.resources.limits"],
    keys: &[
        carried("cpus", "`resources.limits.cpu`"),
        carried("memory", "`resources.limits.memory`"),
        lost("pids", PIDS.0, PIDS.1),
    ],
};

/// The limit of processes.
pub(super) const PIDS: (&str, &str) = (
    "how many processes a pod may have is the node's setting",
    "set `podPidsLimit` in the kubelet's configuration",
);

/// `deploy.resources.reservations`.
pub(in super::super) const RESERVATIONS: Section = Section {
    at: &["services.*.deploy.resources.reservations"],
    keys: &[
        carried("cpus", "`resources.requests.cpu`"),
        carried("memory", "`resources.requests.memory`"),
        below("generic_resources"),
        below("devices"),
    ],
};

/// A user-defined resource.
pub(in super::super) const GENERIC: Section = Section {
    at: &["services.*.deploy.resources.reservations.generic_resources[]"],
    keys: &[partly(
        "discrete_resource_spec",
        "`kind: GPU`: the limit `nvidia.com/gpu`",
        "only GPUs have a name that is known in every cluster",
        "add the device plugin's resource to the limits in the manifest",
    )],
};

/// A device.
pub(in super::super) const DEVICE: Section = Section {
    at: &[
        "services.*.deploy.resources.reservations.devices[]",
        "services.*.gpus[]",
    ],
    keys: &[
        partly(
            "capabilities",
            "`gpu`: a limit of GPUs",
            "only GPUs have a name that is known in every cluster",
            "add the device plugin's resource to the limits in the manifest",
        ),
        partly(
            "count",
            "how many, in the limit",
            "a limit is a number: 1 stands for `all`",
            "say how many are wanted",
        ),
        partly(
            "device_ids",
            "how many, in the limit",
            "which of them it gets is the device plugin's choice",
            "label the nodes, and choose by `deploy.placement.constraints`",
        ),
        partly(
            "driver",
            "`nvidia`: `nvidia.com/gpu`; `amd`: `amd.com/gpu`; `intel`: `gpu.intel.com/i915`",
            "no device plugin is known by that name",
            "add the device plugin's resource to the limits in the manifest",
        ),
        lost(
            "options",
            "a device plugin takes no options from pods",
            "set them in the device plugin's configuration",
        ),
    ],
};

/// `deploy.restart_policy`.
pub(in super::super) const RESTART_POLICY: Section = Section {
    at: &["services.*.deploy.restart_policy"],
    keys: &[
        carried(
            "condition",
            "`any`: pods are started again; `none`, `on-failure`: a Job, where the service ends by itself",
        ),
        idle(
            "delay",
            "the kubelet waits longer after each failure, five minutes at most",
        ),
        carried("max_attempts", "a Job's `backoffLimit`"),
        idle("window", "a pod counts as well by its probes"),
    ],
};

/// `deploy.placement`.
pub(in super::super) const PLACEMENT: Section = Section {
    at: &["services.*.deploy.placement"],
    keys: &[
        partly(
            "constraints",
            "node affinity: `node.labels.x`, `node.hostname`, `node.platform.os` and `.arch`",
            "nodes of a cluster have neither that property nor Swarm's roles",
            "label the nodes, and ask for `node.labels.<label>`",
        ),
        below("preferences"),
        partly(
            "max_replicas_per_node",
            "1: an anti-affinity that is required",
            "Kubernetes has no such number above 1",
            "spread them: `deploy.placement.preferences`",
        ),
    ],
};

/// A placement preference.
pub(in super::super) const PREFERENCE: Section = Section {
    at: &["services.*.deploy.placement.preferences[]"],
    keys: &[partly(
        "spread",
        "`node.labels.x`: a topology spread constraint over that label",
        "pods are spread over labels of nodes only",
        "label the nodes, and ask for `node.labels.<label>`",
    )],
};

/// All sections of this file, in the order of the document.
#[cfg(test)]
pub(super) const SECTIONS: &[&Section] = &[
    &DEPLOY,
    &UPDATE,
    &RESOURCES,
    &LIMITS,
    &RESERVATIONS,
    &GENERIC,
    &DEVICE,
    &RESTART_POLICY,
    &PLACEMENT,
    &PREFERENCE,
];
