//! The keys of a service.

use super::deploy::PIDS;
use super::{Section, below, carried, idle, lost, partly};

const HOST: &str =
    "a pod doesn't share the node's namespaces: the restricted Pod Security Standard forbids it";
const CGROUP: &str = "how the node's control groups are set is the container runtime's";
const REAL_TIME: (&str, &str) = (
    "real-time scheduling isn't open to pods",
    "reserve whole CPUs: requests equal to limits, on nodes with the static CPU manager policy",
);
const BLOCK: (&str, &str) = (
    "Kubernetes doesn't limit a pod's block device traffic",
    "use a StorageClass whose volumes have the limits that you need",
);
const WINDOWS: &str = "it is for containers on Windows, which aren't made here";
const SWAP: &str = "pods don't swap unless the node is set so";

/// A service.
pub(in super::super) const SERVICE: Section = Section {
    at: &["services.*"],
    keys: &[
        idle(
            "develop",
            "it is for working on the code; a cluster runs what was built",
        ),
        below("deploy"),
        partly(
            "annotations",
            "annotations of the pod",
            "its name isn't one that Kubernetes takes, or that of a secret",
            "rename it: letters, digits, `-`, `_`, `.`, a domain and `/` before it if need be; \
             keep secrets in Secrets",
        ),
        idle("attach", "`kubectl logs` shows any pod's output"),
        below("build"),
        lost("blkio_config", BLOCK.0, BLOCK.1),
        partly(
            "cap_add",
            "`NET_BIND_SERVICE`: `securityContext.capabilities.add`",
            "the restricted Pod Security Standard allows no other capability",
            "let the program do without it: a port above 1024, files that its user owns, an init step in the image",
        ),
        idle("cap_drop", "all capabilities are dropped already"),
        partly(
            "cgroup",
            "`private`: as every container has it",
            HOST,
            "let what needs the node's view be a DaemonSet of its own, in a namespace that allows it",
        ),
        lost(
            "cgroup_parent",
            CGROUP,
            "set it in the node's kubelet configuration",
        ),
        carried("command", "`args`; secrets in it come from a Secret"),
        below("configs"),
        carried(
            "container_name",
            "a further name of the service: values that use it as a host get the workload's name",
        ),
        idle("cpu_count", WINDOWS),
        idle("cpu_percent", WINDOWS),
        carried(
            "cpu_shares",
            "`resources.requests.cpu` (1024 shares are one CPU), where nothing else gives it",
        ),
        carried(
            "cpu_quota",
            "`resources.limits.cpu`, divided by `cpu_period`, where nothing else gives it",
        ),
        carried("cpu_period", "see `cpu_quota`"),
        lost("cpu_rt_period", REAL_TIME.0, REAL_TIME.1),
        lost("cpu_rt_runtime", REAL_TIME.0, REAL_TIME.1),
        carried("cpus", "`resources.limits.cpu`"),
        lost(
            "cpuset",
            "which CPUs a container runs on is the node's choice",
            REAL_TIME.1,
        ),
        lost(
            "credential_spec",
            WINDOWS,
            "run it on Windows nodes by manifests of your own (`windowsOptions`)",
        ),
        below("depends_on"),
        lost(
            "device_cgroup_rules",
            "the restricted Pod Security Standard forbids devices of the node",
            "use a device plugin",
        ),
        partly(
            "devices",
            "`/dev/nvidia…`: a GPU; CDI names such as `nvidia.com/gpu=all`: that resource",
            "a pod gets a device by its plugin only",
            "install a device plugin for it, and add its resource to the limits in the manifest",
        ),
        carried(
            "dns",
            "`dnsConfig.nameservers`, asked after the cluster's own, which know the other services",
        ),
        carried("dns_opt", "`dnsConfig.options`"),
        carried("dns_search", "`dnsConfig.searches`"),
        lost(
            "domainname",
            "a pod's domain is the cluster's",
            "give the program its full name in its own settings",
        ),
        carried("entrypoint", "`command`; secrets in it come from a Secret"),
        below("env_file"),
        carried("label_file", "as `labels`"),
        carried(
            "environment",
            "`env`: secrets from a Secret, what workloads share from a ConfigMap, the rest as it is",
        ),
        carried("expose", "container ports and ports of the Service"),
        below("extends"),
        lost(
            "provider",
            "what an external program sets up isn't a container",
            "set it up yourself, and give what it would return in the environment of those that use it",
        ),
        lost(
            "external_links",
            "containers outside of the project aren't in the cluster",
            "add a Service of type ExternalName, or name the address in `extra_hosts`",
        ),
        partly(
            "extra_hosts",
            "`hostAliases`",
            "only an address can stand there; `host-gateway` would be the node",
            "put a Service (ExternalName, or one with endpoints of its own) in its place",
        ),
        partly(
            "gpus",
            "a limit of `nvidia.com/gpu`, with the toleration that GPU nodes want",
            "a limit is a number: 1 stands for `all`",
            "say how many are wanted: `gpus: [{count: 2}]`",
        ),
        partly(
            "group_add",
            "`supplementalGroups`",
            "what number a group's name has is known in the image only",
            "give its number",
        ),
        below("healthcheck"),
        partly(
            "hostname",
            "`hostname` of a Deployment's pods",
            "a StatefulSet's pods are named by their number (`db-0`), and elsewhere it must be a name of DNS with no dot",
            "give the program its name in its own settings",
        ),
        carried(
            "image",
            "`image`; a tag that moves is fixed where the product is known",
        ),
        carried(
            "init",
            "`shareProcessNamespace`: the pod's first process reaps what others leave behind",
        ),
        partly(
            "ipc",
            "`private`, `shareable`: as every pod has it",
            HOST,
            "let containers that share memory be one pod, in a manifest of your own; for more `/dev/shm`: `shm_size`",
        ),
        partly(
            "isolation",
            "`default`: as every container has it",
            WINDOWS,
            "choose a RuntimeClass: `runtime`",
        ),
        partly(
            "labels",
            "annotations of the workload, as their values needn't be valid labels; those that are for programs beside Docker (`traefik.…`, `com.docker.…`) are left out",
            "its name isn't one that Kubernetes takes, or it holds a secret",
            "rename it; keep secrets in Secrets",
        ),
        carried(
            "links",
            "as `depends_on`; the alias is a further name of the linked service",
        ),
        below("logging"),
        lost(
            "mac_address",
            "a pod's addresses are the cluster's choice",
            "tie licences to something else, such as a Secret",
        ),
        carried("mem_limit", "`resources.limits.memory`"),
        carried("mem_reservation", "`resources.requests.memory`"),
        idle("mem_swappiness", SWAP),
        idle("memswap_limit", SWAP),
        partly(
            "network_mode",
            "`bridge`: as every pod has it",
            "a pod has its own network: the restricted Pod Security Standard forbids the node's, and pods don't join one another's (`service:`, `container:`)",
            "list the `ports` that it serves at the service itself; what must share an address must be containers of one pod, in a manifest of your own that a task applies",
        ),
        lost(
            "models",
            "a cluster has no model runner of its own",
            "run a model server as a service of its own, and set the variable of its URL here",
        ),
        below("networks"),
        lost(
            "oom_kill_disable",
            "a container that takes more memory than its limit is always ended",
            "raise the memory limit",
        ),
        lost(
            "oom_score_adj",
            "it follows from requests and limits",
            "make requests equal to limits: such pods are the last to be ended",
        ),
        partly(
            "pid",
            "`private`: as every pod has it",
            HOST,
            "let what needs the node's view be a DaemonSet of its own, in a namespace that allows it",
        ),
        lost("pids_limit", PIDS.0, PIDS.1),
        partly(
            "platform",
            "`nodeSelector`: `kubernetes.io/os`, `kubernetes.io/arch`",
            "no such platform is known",
            "write `linux/amd64`, `linux/arm64`, `linux/arm/v7`, `linux/ppc64le`, `linux/s390x` or `linux/riscv64`",
        ),
        below("ports"),
        below("post_start"),
        below("pre_stop"),
        partly(
            "privileged",
            "`false`: as every container is",
            "the restricted Pod Security Standard forbids it",
            "find what it needs: a device plugin for devices, `cap_add` for a capability, or a namespace of its own that allows it",
        ),
        carried(
            "profiles",
            "services of profiles that aren't active are left out: `profiles` in the phase's settings",
        ),
        partly(
            "pull_policy",
            "`always`, and what implies it: `imagePullPolicy: Always`",
            "images are always asked for: what is on a node may be older than the tag, and layers that are there aren't fetched again",
            "nothing; if nodes can't reach the registry, load the images into one that they can reach",
        ),
        idle("pull_refresh_after", "images are asked for at every start"),
        partly(
            "read_only",
            "`readOnlyRootFilesystem: true`, as every container has it",
            "a root that can be written to hides state that a new pod doesn't have",
            "name the folders that it writes to: `tmpfs`, or a volume",
        ),
        carried(
            "restart",
            "`always`, `unless-stopped`: a Deployment; `no`, `on-failure`: a Job, where the service ends by itself",
        ),
        carried(
            "runtime",
            "`runtimeClassName`, except `runc`, which is the usual one; the cluster must have that RuntimeClass",
        ),
        carried("scale", "`spec.replicas`"),
        partly(
            "security_opt",
            "`no-new-privileges`, `seccomp:builtin`: as every container has them",
            "the restricted Pod Security Standard asks for the runtime's own profiles",
            "use a profile that the Security Profiles Operator installs, in a manifest of your own",
        ),
        carried(
            "shm_size",
            "memory at `/dev/shm`; a limit of memory that nobody gave grows by it",
        ),
        below("secrets"),
        partly(
            "sysctls",
            "`securityContext.sysctls`, those that are the pod's own",
            "this one isn't safe: it is the whole node's, or the node must allow it",
            "set it on the nodes, or have the kubelet allow it (`--allowed-unsafe-sysctls`)",
        ),
        carried("stdin_open", "`stdin`"),
        carried("stop_grace_period", "`terminationGracePeriodSeconds`"),
        partly(
            "stop_signal",
            "`SIGTERM`: as every container gets it",
            "a pod's own signal isn't in every cluster yet, but images have one",
            "write `STOPSIGNAL` in the Dockerfile: container runtimes follow it",
        ),
        lost(
            "storage_opt",
            "the size of a container's own layer is limited by `ephemeral-storage`",
            "give what grows a volume: its size is the claim's",
        ),
        carried(
            "tmpfs",
            "an `emptyDir`: in memory, where a size is given; else on disk",
        ),
        carried("tty", "`tty`"),
        lost(
            "ulimits",
            "Kubernetes has no field for them: containers have what the node's runtime gives",
            "raise them in the runtime's configuration, or let the entrypoint call `ulimit -S`, up to the hard limit",
        ),
        lost(
            "use_api_socket",
            "a cluster has no Docker API, and a container that held it would own the node",
            "use the Kubernetes API with a ServiceAccount that may do what is needed",
        ),
        partly(
            "user",
            "`runAsUser`, `runAsGroup`",
            "a name is known in the image only, and root is forbidden by the restricted Pod Security Standard",
            "give a number that isn't 0 (`10001:10001`), and let it own what it writes",
        ),
        lost("uts", HOST, "`hostname` names the pod"),
        lost(
            "userns_mode",
            HOST,
            "nothing: pods run without root already",
        ),
        below("volumes"),
        partly(
            "volumes_from",
            "the mounts of the other service",
            "a container outside of the project isn't in the cluster",
            "name its volumes under `volumes`",
        ),
        carried("working_dir", "`workingDir`"),
    ],
};
