//! The rules of Polaris that its default settings warn or fail about, where kube-linter has none,
//! and what Kubernetes' own guides add: probes that differ, no `replicas` under an autoscaler.

use orch::manifest::Object;
use serde_json::Value;

use super::lint::{Manifests, Rule, items, text};
use super::rules::plain;

/// The rules.
pub(super) const RULES: &[Rule] = &[
    Rule {
        name: "polaris/pullPolicyNotAlways",
        broken: |all| all.containers_where(|it| text(it, "/imagePullPolicy") != "Always"),
    },
    Rule {
        name: "polaris/hostPortSet",
        broken: |all| {
            all.containers_where(|it| {
                items(it, "/ports")
                    .iter()
                    .any(|port| port.get("hostPort").is_some())
            })
        },
    },
    Rule {
        name: "polaris/insecureCapabilities",
        broken: |all| {
            all.containers_where(|it| {
                !items(it, "/securityContext/capabilities/drop").contains(&Value::from("ALL"))
            })
        },
    },
    Rule {
        name: "polaris/dangerousCapabilities",
        broken: |all| {
            all.containers_where(|it| {
                items(it, "/securityContext/capabilities/add")
                    .iter()
                    .any(|added| added != "NET_BIND_SERVICE")
            })
        },
    },
    Rule {
        name: "polaris/linuxHardening",
        broken: |all| {
            all.pods_where(|pods| {
                text(pods.spec, "/securityContext/seccompProfile/type") != "RuntimeDefault"
            })
        },
    },
    Rule {
        name: "polaris/sensitiveContainerEnvVar",
        broken: |all| {
            all.containers_where(|it| {
                plain(
                    &without_references(it),
                    &[
                        "password",
                        "passwd",
                        "token",
                        "api_key",
                        "apikey",
                        "private_key",
                        "aws_secret",
                    ],
                )
            })
        },
    },
    Rule {
        name: "polaris/sensitiveConfigmapContent",
        broken: |all| {
            all.of("ConfigMap")
                .filter(|map| holds_credentials(&map.value))
                .map(Object::label)
                .collect()
        },
    },
    Rule {
        name: "polaris/automountServiceAccountToken",
        broken: |all| {
            all.pods_where(|pods| {
                pods.spec.get("automountServiceAccountToken") != Some(&Value::Bool(false))
                    && !bound(all, text(pods.spec, "/serviceAccountName"))
            })
        },
    },
    Rule {
        name: "polaris/metadataAndInstanceMismatched",
        broken: |all| {
            all.pods_where(|pods| {
                text(pods.template, "/metadata/labels/app.kubernetes.io~1name").is_empty()
            })
        },
    },
    Rule {
        name: "polaris/topologySpreadConstraint",
        broken: |all| {
            all.pods_where(|pods| {
                matches!(pods.object.kind.as_str(), "Deployment" | "StatefulSet")
                    && items(pods.spec, "/topologySpreadConstraints").is_empty()
            })
        },
    },
    Rule {
        name: "polaris/missingPodDisruptionBudget",
        broken: |all| {
            all.pods_where(|pods| {
                matches!(pods.object.kind.as_str(), "Deployment" | "StatefulSet")
                    && pods.fewest(all) >= 2
                    && !all.of("PodDisruptionBudget").any(|budget| {
                        budget
                            .value
                            .pointer("/spec/selector/matchLabels")
                            .is_some_and(|labels| pods.has_labels(labels))
                    })
            })
        },
    },
    Rule {
        name: "polaris/hpaMaxAvailability",
        broken: |all| {
            all.of("HorizontalPodAutoscaler")
                .filter(|it| {
                    number(&it.value, "/spec/maxReplicas") <= number(&it.value, "/spec/minReplicas")
                })
                .map(Object::label)
                .collect()
        },
    },
    Rule {
        name: "polaris/hpaMinAvailability",
        broken: |all| {
            all.of("HorizontalPodAutoscaler")
                .filter(|it| number(&it.value, "/spec/minReplicas") < 2)
                .map(Object::label)
                .collect()
        },
    },
    Rule {
        name: "guides/replicas-under-hpa",
        broken: |all| {
            all.of("HorizontalPodAutoscaler")
                .filter(|it| {
                    all.objects.iter().any(|other| {
                        other.kind == text(&it.value, "/spec/scaleTargetRef/kind")
                            && other.name == text(&it.value, "/spec/scaleTargetRef/name")
                            && other.value.pointer("/spec/replicas").is_some()
                    })
                })
                .map(Object::label)
                .collect()
        },
    },
    Rule {
        name: "guides/probes-identical",
        broken: |all| {
            all.containers_where(|it| {
                it.get("livenessProbe")
                    .is_some_and(|live| action(live) == it.get("readinessProbe").and_then(action))
            })
        },
    },
    Rule {
        name: "guides/unlimited-scratch",
        broken: |all| {
            all.pods_where(|pods| {
                pods.volumes().iter().any(|volume| {
                    volume
                        .get("emptyDir")
                        .is_some_and(|it| it.get("sizeLimit").is_none())
                })
            })
        },
    },
    Rule {
        name: "guides/ephemeral-storage",
        broken: |all| {
            all.containers_where(|it| {
                ["requests", "limits"].iter().any(|side| {
                    it.pointer(&format!("/resources/{side}/ephemeral-storage"))
                        .is_none()
                })
            })
        },
    },
    Rule {
        name: "guides/low-user-id",
        broken: |all| {
            all.pods_where(|pods| {
                ["runAsUser", "runAsGroup"].iter().any(|id| {
                    pods.containers().any(|container| {
                        number(container, &format!("/securityContext/{id}"))
                            .max(number(pods.spec, &format!("/securityContext/{id}")))
                            < 10_000
                    })
                })
            })
        },
    },
    Rule {
        name: "guides/policy-one-way",
        broken: |all| {
            all.of("NetworkPolicy")
                .filter(|it| items(&it.value, "/spec/policyTypes").len() < 2)
                .map(Object::label)
                .collect()
        },
    },
    Rule {
        name: "guides/no-default-deny",
        broken: no_default_deny,
    },
    Rule {
        name: "guides/headless-service",
        broken: |all| {
            all.of("StatefulSet")
                .filter(|set| {
                    !all.of("Service").any(|service| {
                        service.name == text(&set.value, "/spec/serviceName")
                            && text(&service.value, "/spec/clusterIP") == "None"
                    })
                })
                .map(Object::label)
                .collect()
        },
    },
    Rule {
        name: "guides/cronjob-deadline",
        broken: |all| {
            all.of("CronJob")
                .filter(|job| job.value.pointer("/spec/startingDeadlineSeconds").is_none())
                .map(Object::label)
                .collect()
        },
    },
    Rule {
        name: "guides/too-large-config",
        broken: |all| {
            all.of("ConfigMap")
                .filter(|map| map.value.to_string().len() > 1_000_000)
                .map(Object::label)
                .collect()
        },
    },
];

fn number(value: &Value, pointer: &str) -> u64 {
    value.pointer(pointer).and_then(Value::as_u64).unwrap_or(0)
}

/// Returns what a probe does, without its times.
fn action(probe: &Value) -> Option<&Value> {
    ["exec", "httpGet", "tcpSocket", "grpc"]
        .iter()
        .find_map(|kind| probe.get(kind))
}

/// Returns the container without variables whose value names a file or other variables.
fn without_references(container: &Value) -> Value {
    let mut container = container.clone();
    if let Some(variables) = container.get_mut("env").and_then(Value::as_array_mut) {
        variables.retain(|variable| {
            let (name, value) = (text(variable, "/name"), text(variable, "/value"));
            !name.ends_with("_FILE") && !value.starts_with("$(")
        });
    }
    container
}

/// Returns whether a key that is called like a credential has a value, or a value holds one.
fn holds_credentials(map: &Value) -> bool {
    let data = map.get("data").and_then(Value::as_object);
    data.into_iter().flatten().any(|(key, value)| {
        let key = key.to_lowercase();
        let value = value.as_str().unwrap_or_default();
        let named = ["password", "secret_key", "api_key", "private_key"];
        let file = key.contains('.') || key.ends_with("_file");
        (!file && !value.is_empty() && named.iter().any(|word| key.contains(word)))
            || value.contains("-----BEGIN ")
    })
}

/// Returns whether a service account is given rights: then its pods need the token.
fn bound(all: &Manifests<'_>, account: &str) -> bool {
    let bindings = all
        .objects
        .iter()
        .filter(|it| it.kind.ends_with("RoleBinding"));
    let mut subjects = bindings.flat_map(|binding| items(&binding.value, "/subjects"));
    subjects.any(|subject| text(subject, "/name") == account)
}

fn no_default_deny(all: &Manifests<'_>) -> Vec<String> {
    let denies = |policy: &Object| {
        let all_pods = policy.value.pointer("/spec/podSelector");
        all_pods
            .and_then(Value::as_object)
            .is_some_and(serde_json::Map::is_empty)
            && items(&policy.value, "/spec/ingress").is_empty()
            && items(&policy.value, "/spec/egress").is_empty()
    };
    let missing = !all.of("NetworkPolicy").any(denies);
    missing
        .then(|| "the namespace".to_owned())
        .into_iter()
        .collect()
}
