//! kube-linter's rules about pods and containers.

use serde_json::Value;

use super::lint::{Manifests, Pods, Rule, is_true, items, text};

/// The rules.
pub(super) const RULES: &[Rule] = &[
    Rule {
        name: "kube-linter/deprecated-service-account-field",
        broken: |all| all.pods_where(|pods| pods.spec.get("serviceAccount").is_some()),
    },
    Rule {
        name: "kube-linter/docker-sock",
        broken: |all| {
            all.pods_where(|pods| host_paths(pods).any(|path| path.ends_with("docker.sock")))
        },
    },
    Rule {
        name: "kube-linter/sensitive-host-mounts",
        broken: |all| all.pods_where(|pods| host_paths(pods).any(sensitive)),
    },
    Rule {
        name: "kube-linter/writable-host-mount",
        broken: |all| all.pods_where(|pods| host_paths(pods).next().is_some()),
    },
    Rule {
        name: "kube-linter/drop-net-raw-capability",
        broken: |all| all.containers_where(keeps_raw_sockets),
    },
    Rule {
        name: "kube-linter/duplicate-env-var",
        broken: |all| all.containers_where(names_twice),
    },
    Rule {
        name: "kube-linter/env-var-secret",
        broken: |all| all.containers_where(|it| plain(it, &["secret"])),
    },
    Rule {
        name: "kube-linter/host-ipc",
        broken: |all| all.pods_where(|pods| is_true(pods.spec, "/hostIPC")),
    },
    Rule {
        name: "kube-linter/host-network",
        broken: |all| all.pods_where(|pods| is_true(pods.spec, "/hostNetwork")),
    },
    Rule {
        name: "kube-linter/host-pid",
        broken: |all| all.pods_where(|pods| is_true(pods.spec, "/hostPID")),
    },
    Rule {
        name: "kube-linter/latest-tag",
        broken: |all| all.containers_where(has_no_fixed_tag),
    },
    Rule {
        name: "kube-linter/liveness-port",
        broken: |all| probe_ports(all, "livenessProbe"),
    },
    Rule {
        name: "kube-linter/readiness-port",
        broken: |all| probe_ports(all, "readinessProbe"),
    },
    Rule {
        name: "kube-linter/startup-port",
        broken: |all| probe_ports(all, "startupProbe"),
    },
    Rule {
        name: "kube-linter/no-read-only-root-fs",
        broken: |all| {
            all.containers_where(|it| !is_true(it, "/securityContext/readOnlyRootFilesystem"))
        },
    },
    Rule {
        name: "kube-linter/privilege-escalation-container",
        broken: |all| {
            all.containers_where(|it| {
                it.pointer("/securityContext/allowPrivilegeEscalation") != Some(&Value::Bool(false))
            })
        },
    },
    Rule {
        name: "kube-linter/privileged-container",
        broken: |all| all.containers_where(|it| is_true(it, "/securityContext/privileged")),
    },
    Rule {
        name: "kube-linter/run-as-non-root",
        broken: |all| all.pods_where(may_run_as_root),
    },
    Rule {
        name: "kube-linter/ssh-port",
        broken: |all| all.containers_where(|it| ports(it).any(|(_, number)| number == 22)),
    },
    Rule {
        name: "kube-linter/unsafe-proc-mount",
        broken: |all| {
            all.containers_where(|it| text(it, "/securityContext/procMount") == "Unmasked")
        },
    },
    Rule {
        name: "kube-linter/unsafe-sysctls",
        broken: |all| {
            all.pods_where(|pods| {
                items(pods.spec, "/securityContext/sysctls")
                    .iter()
                    .any(|sysctl| unsafe_sysctl(text(sysctl, "/name")))
            })
        },
    },
    Rule {
        name: "kube-linter/unset-cpu-requirements",
        broken: |all| all.containers_where(|it| lacks_amount(it, "cpu")),
    },
    Rule {
        name: "kube-linter/unset-memory-requirements",
        broken: |all| all.containers_where(|it| lacks_amount(it, "memory")),
    },
    Rule {
        name: "kube-linter/job-ttl-seconds-after-finished",
        broken: |all| {
            all.of("Job")
                .filter(|job| job.value.pointer("/spec/ttlSecondsAfterFinished").is_none())
                .map(orch::manifest::Object::label)
                .collect()
        },
    },
    Rule {
        name: "kube-linter/no-anti-affinity",
        broken: |all| {
            all.pods_where(|pods| {
                pods.object.kind != "DaemonSet"
                    && pods.fewest(all) >= 2
                    && pods.spec.pointer("/affinity/podAntiAffinity").is_none()
            })
        },
    },
    Rule {
        name: "kube-linter/no-liveness-probe",
        broken: |all| served_without(all, "livenessProbe"),
    },
    Rule {
        name: "kube-linter/no-readiness-probe",
        broken: |all| served_without(all, "readinessProbe"),
    },
    Rule {
        name: "kube-linter/no-rolling-update-strategy",
        broken: |all| {
            all.of("Deployment")
                .filter(|it| {
                    !matches!(
                        text(&it.value, "/spec/strategy/type"),
                        "" | "RollingUpdate" | "Recreate"
                    )
                })
                .map(orch::manifest::Object::label)
                .collect()
        },
    },
    Rule {
        name: "kube-linter/default-service-account",
        broken: |all| {
            all.pods_where(|pods| matches!(text(pods.spec, "/serviceAccountName"), "" | "default"))
        },
    },
    Rule {
        name: "kube-linter/restart-policy",
        broken: |all| {
            all.pods_where(|pods| {
                pods.stay() && !matches!(text(pods.spec, "/restartPolicy"), "" | "Always")
            })
        },
    },
];

fn host_paths<'a>(pods: &Pods<'a>) -> impl Iterator<Item = &'a str> + use<'a> {
    let volumes = pods.volumes().iter();
    volumes.filter_map(|volume| volume.pointer("/hostPath/path")?.as_str())
}

fn sensitive(path: &str) -> bool {
    [
        "/", "/boot", "/dev", "/etc", "/lib", "/proc", "/sys", "/usr",
    ]
    .contains(&path)
}

fn keeps_raw_sockets(container: &Value) -> bool {
    let dropped = items(container, "/securityContext/capabilities/drop");
    let added = items(container, "/securityContext/capabilities/add");
    !dropped.iter().any(|it| it == "ALL" || it == "NET_RAW")
        || added.iter().any(|it| it == "NET_RAW")
}

fn names_twice(container: &Value) -> bool {
    let mut seen = std::collections::BTreeSet::new();
    let mut names = items(container, "/env").iter().map(|it| text(it, "/name"));
    !names.all(|name| seen.insert(name))
}

/// Returns whether a variable that is called like this has a value in the manifest.
pub(super) fn plain(container: &Value, words: &[&str]) -> bool {
    items(container, "/env").iter().any(|variable| {
        let name = text(variable, "/name").to_lowercase();
        !text(variable, "/value").is_empty() && words.iter().any(|word| name.contains(word))
    })
}

/// Returns whether the image's tag may be another image tomorrow.
pub(super) fn has_no_fixed_tag(container: &Value) -> bool {
    let image = text(container, "/image");
    let last = image.rsplit('/').next().unwrap_or(image);
    match last.rsplit_once(':') {
        Some((_, tag)) => tag == "latest" || tag.is_empty(),
        None => !image.contains("@sha256:"),
    }
}

/// Returns a container's ports, names and numbers.
fn ports(container: &Value) -> impl Iterator<Item = (&str, u64)> {
    let number = |port: &Value| port.pointer("/containerPort").and_then(Value::as_u64);
    let ports = items(container, "/ports").iter();
    ports.map(move |port| (text(port, "/name"), number(port).unwrap_or(0)))
}

fn probe_ports(all: &Manifests<'_>, probe: &str) -> Vec<String> {
    all.containers_where(|container| {
        ["httpGet", "tcpSocket", "grpc"].iter().any(|action| {
            match container.pointer(&format!("/{probe}/{action}/port")) {
                Some(Value::String(name)) => !ports(container).any(|(own, _)| own == name),
                Some(number) => !ports(container).any(|(_, own)| Some(own) == number.as_u64()),
                None => false,
            }
        })
    })
}

fn may_run_as_root(pods: &Pods<'_>) -> bool {
    let of_pod = is_true(pods.spec, "/securityContext/runAsNonRoot");
    let root = |value: &Value| value.pointer("/securityContext/runAsUser") == Some(&Value::from(0));
    let kept = |container: &Value| match container.pointer("/securityContext/runAsNonRoot") {
        Some(own) => own == &Value::Bool(true),
        None => of_pod,
    };
    root(pods.spec)
        || pods
            .containers()
            .any(|container| !kept(container) || root(container))
}

fn unsafe_sysctl(name: &str) -> bool {
    ["kernel.msg", "kernel.sem", "kernel.shm", "fs.mqueue.", "net."]
        .iter()
        .any(|group| name.starts_with(group))
        // What Pod Security counts as safe since 1.22.
        && name != "net.ipv4.ip_unprivileged_port_start"
}

fn lacks_amount(container: &Value, resource: &str) -> bool {
    let has = |what: &str| {
        container
            .pointer(&format!("/resources/{what}/{resource}"))
            .is_some()
    };
    !has("requests") || !has("limits")
}

/// Returns the containers that a Service leads to and that lack a probe.
fn served_without(all: &Manifests<'_>, probe: &str) -> Vec<String> {
    all.containers_of_pods_where(|pods, container| {
        let selects = |service: &orch::manifest::Object| {
            let selector = service.value.pointer("/spec/selector");
            selector.is_some_and(|selector| pods.has_labels(selector))
        };
        let stays = pods.main().contains(container);
        stays && all.of("Service").any(selects) && container.get(probe).is_none()
    })
}
