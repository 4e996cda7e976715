//! The keys of a service's parts.

use super::{Section, below, carried, idle, lost, partly};

const BUILDING: &str =
    "it is for building: the image's own `docker build` or `docker compose build` reads it";

/// `build`.
pub(in super::super) const BUILD: Section = Section {
    at: &["services.*.build"],
    keys: &[
        carried(
            "context",
            "where its source, its Dockerfile and its settings are looked for",
        ),
        carried(
            "dockerfile",
            "read for ports, user, working folder and health check",
        ),
        carried("dockerfile_inline", "read as a Dockerfile is"),
        idle("entitlements", BUILDING),
        idle("args", BUILDING),
        idle("ssh", BUILDING),
        idle("labels", BUILDING),
        idle("cache_from", BUILDING),
        idle("cache_to", BUILDING),
        idle("no_cache", BUILDING),
        idle("additional_contexts", BUILDING),
        idle("network", BUILDING),
        idle("pull", BUILDING),
        carried("target", "services that are built alike share one image"),
        idle("shm_size", BUILDING),
        idle("extra_hosts", BUILDING),
        idle("isolation", BUILDING),
        idle("privileged", BUILDING),
        idle("secrets", BUILDING),
        idle("tags", BUILDING),
        idle("ulimits", BUILDING),
        idle("platforms", BUILDING),
    ],
};

/// An entry of `depends_on`.
pub(in super::super) const DEPENDENCY: Section = Section {
    at: &["services.*.depends_on.*"],
    keys: &[
        carried(
            "condition",
            "the order in which things are applied, and what is waited for",
        ),
        carried(
            "required",
            "`false`: a service that isn't there isn't waited for",
        ),
        idle(
            "restart",
            "what depends on another is to connect again by itself, or fail its liveness probe",
        ),
    ],
};

/// An entry of `env_file`.
pub(in super::super) const ENV_FILE: Section = Section {
    at: &["services.*.env_file[]"],
    keys: &[
        carried("path", "as `environment`, which wins over it"),
        carried(
            "format",
            "`raw`: values as they stand; else as Compose reads them",
        ),
        carried("required", "`false`: the file may be missing"),
    ],
};

/// `extends`.
pub(in super::super) const EXTENDS: Section = Section {
    at: &["services.*.extends"],
    keys: &[
        carried("service", "its keys, merged below this service's own"),
        carried("file", "the file that it is in; its paths start there"),
    ],
};

/// `healthcheck`.
pub(in super::super) const HEALTHCHECK: Section = Section {
    at: &["services.*.healthcheck"],
    keys: &[
        carried("disable", "no probe of its own"),
        carried("interval", "`periodSeconds`"),
        carried(
            "retries",
            "`failureThreshold`; more than 10 are time to start: a startup probe allows for them",
        ),
        carried(
            "test",
            "an HTTP probe where it asks the service itself; else a command, `CMD-SHELL` by `/bin/sh -c`",
        ),
        carried("timeout", "`timeoutSeconds`"),
        carried("start_period", "a startup probe that allows for it"),
        carried("start_interval", "`periodSeconds` of the startup probe"),
    ],
};

/// `post_start`, `pre_stop`.
pub(in super::super) const HOOK: Section = Section {
    at: &["services.*.post_start[]", "services.*.pre_stop[]"],
    keys: &[
        carried(
            "command",
            "`lifecycle`: a command; several are run by one shell, in their order",
        ),
        lost(
            "user",
            "a hook runs as the container's user",
            "let the container's user own what it touches, or do it in the image",
        ),
        partly(
            "privileged",
            "`false`: as every hook is",
            "the restricted Pod Security Standard forbids it",
            "do it when the image is built, or on the node",
        ),
        carried("working_dir", "the folder that the shell changes to"),
        carried("environment", "variables of the shell"),
    ],
};

/// `logging`.
pub(in super::super) const LOGGING: Section = Section {
    at: &["services.*.logging"],
    keys: &[
        partly(
            "driver",
            "`json-file`, `local`, `journald`, `none`: the node keeps what containers write",
            "where logs go is the cluster's business: containers write to standard output",
            "let a collector in the cluster (Fluent Bit, Vector, OpenTelemetry) send them there",
        ),
        idle(
            "options",
            "the kubelet turns logs over (`containerLogMaxSize`, `containerLogMaxFiles`)",
        ),
    ],
};

const ADDRESS: (&str, &str) = (
    "a pod's addresses are the cluster's choice, and change",
    "let others use the service's name",
);

/// An entry of `networks`.
pub(in super::super) const NETWORK_USE: Section = Section {
    at: &["services.*.networks.*"],
    keys: &[
        carried(
            "aliases",
            "further names of the service: a Service for each; values that use them as hosts get the workload's name",
        ),
        idle("interface_name", "a pod has one interface"),
        lost("ipv4_address", ADDRESS.0, ADDRESS.1),
        lost("ipv6_address", ADDRESS.0, ADDRESS.1),
        lost("link_local_ips", ADDRESS.0, ADDRESS.1),
        lost("mac_address", ADDRESS.0, ADDRESS.1),
        idle("driver_opts", "a pod has one interface"),
        idle("priority", "a pod has one interface"),
        idle("gw_priority", "a pod has one interface"),
    ],
};

/// An entry of `ports`.
pub(in super::super) const PORT: Section = Section {
    at: &["services.*.ports[]"],
    keys: &[
        carried("name", "the port's name"),
        idle(
            "mode",
            "how far a port is reachable is asked for in the checklist",
        ),
        idle(
            "host_ip",
            "how far a port is reachable is asked for in the checklist",
        ),
        carried("target", "`containerPort`, and the Service's port"),
        carried(
            "published",
            "known, and not opened on nodes unless the checklist asks for it",
        ),
        carried("protocol", "`protocol`"),
        carried("app_protocol", "`appProtocol`"),
    ],
};

/// An entry of `volumes`.
pub(in super::super) const MOUNT: Section = Section {
    at: &["services.*.volumes[]"],
    keys: &[
        partly(
            "type",
            "`volume`: a claim; `bind`: files of the repository in a ConfigMap (a Secret where a secret is in them), a folder without any (or of the host) a claim; `tmpfs`: memory",
            "pods have no such mount: `image` isn't in every cluster yet, `npipe` is for Windows, `cluster` for Swarm",
            "copy what it holds into the image, or into a volume",
        ),
        carried("source", "the claim's name, or the files"),
        carried("target", "`mountPath`"),
        carried("read_only", "`readOnly`"),
        idle("consistency", "it is for Docker Desktop"),
        below("bind"),
        below("volume"),
        below("tmpfs"),
        idle("image", "see `type`"),
    ],
};

/// `volumes[].bind`.
pub(in super::super) const MOUNT_BIND: Section = Section {
    at: &["services.*.volumes[].bind"],
    keys: &[
        partly(
            "propagation",
            "`private`, `rprivate`: as every mount is",
            "mounts that go through to the node are forbidden by the restricted Pod Security Standard",
            "use a CSI driver",
        ),
        idle("create_host_path", "no folder of a node is mounted"),
        idle("recursive", "no folder of a node is mounted"),
        idle("selinux", "the runtime labels volumes by itself"),
    ],
};

/// `volumes[].volume`.
pub(in super::super) const MOUNT_VOLUME: Section = Section {
    at: &["services.*.volumes[].volume"],
    keys: &[
        idle("labels", "claims carry the application's labels"),
        idle(
            "nocopy",
            "a claim always starts empty: nothing is copied from the image",
        ),
        carried("subpath", "`subPath`"),
    ],
};

/// `volumes[].tmpfs`.
pub(in super::super) const MOUNT_TMPFS: Section = Section {
    at: &["services.*.volumes[].tmpfs"],
    keys: &[
        carried("size", "`emptyDir.sizeLimit`, in memory"),
        idle("mode", "the pod's own group may write there"),
    ],
};

const OWNER: &str = "the pod's own group may read it";

/// An entry of `configs` or `secrets`.
pub(in super::super) const GRANT: Section = Section {
    at: &["services.*.configs[]", "services.*.secrets[]"],
    keys: &[
        carried("source", "the ConfigMap's or Secret's key"),
        carried("target", "`mountPath`"),
        idle("uid", OWNER),
        idle("gid", OWNER),
        idle("mode", OWNER),
    ],
};

/// All sections of services, in the order of the document.
#[cfg(test)]
pub(super) const SECTIONS: &[&Section] = &[
    &super::service::SERVICE,
    &BUILD,
    &DEPENDENCY,
    &ENV_FILE,
    &EXTENDS,
    &HEALTHCHECK,
    &HOOK,
    &LOGGING,
    &NETWORK_USE,
    &PORT,
    &MOUNT,
    &MOUNT_BIND,
    &MOUNT_VOLUME,
    &MOUNT_TMPFS,
    &GRANT,
];
