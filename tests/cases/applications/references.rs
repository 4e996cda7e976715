//! kube-linter's rules about what belongs together: selectors, ports, accounts, budgets, rights.

use orch::manifest::Object;
use serde_json::Value;

use super::lint::{Manifests, Pods, Rule, items, text};

/// The rules.
pub(super) const RULES: &[Rule] = &[
    Rule {
        name: "kube-linter/dangling-service",
        broken: |all| {
            objects(all, "Service", |service| {
                !selects_pods(all, service.pointer("/spec/selector"))
            })
        },
    },
    Rule {
        name: "kube-linter/dangling-networkpolicy",
        broken: |all| {
            objects(all, "NetworkPolicy", |policy| {
                !everyone(policy)
                    && !selects_pods(all, policy.pointer("/spec/podSelector/matchLabels"))
            })
        },
    },
    Rule {
        name: "kube-linter/dangling-networkpolicypeer-podselector",
        broken: |all| {
            objects(all, "NetworkPolicy", |policy| {
                peers(policy).any(|labels| !selects_pods(all, Some(labels)))
            })
        },
    },
    Rule {
        name: "kube-linter/dangling-horizontalpodautoscaler",
        broken: |all| {
            objects(all, "HorizontalPodAutoscaler", |scaler| {
                !is_there(
                    all,
                    text(scaler, "/spec/scaleTargetRef/kind"),
                    text(scaler, "/spec/scaleTargetRef/name"),
                )
            })
        },
    },
    Rule {
        name: "kube-linter/dangling-ingress",
        broken: |all| {
            objects(all, "Ingress", |ingress| {
                backends(ingress).any(|(service, port)| !serves(all, service, port))
            })
        },
    },
    Rule {
        name: "kube-linter/invalid-target-ports",
        broken: |all| {
            objects(all, "Service", |service| {
                items(service, "/spec/ports")
                    .iter()
                    .any(|port| leads_nowhere(all, service, port))
            })
        },
    },
    Rule {
        name: "kube-linter/mismatching-selector",
        broken: |all| {
            all.pods_where(|pods| {
                !matches!(pods.object.kind.as_str(), "Job" | "CronJob" | "Pod")
                    && !pods
                        .object
                        .value
                        .pointer("/spec/selector/matchLabels")
                        .is_some_and(|labels| pods.has_labels(labels))
            })
        },
    },
    Rule {
        name: "kube-linter/no-extensions-v1beta",
        broken: |all| {
            all.objects
                .iter()
                .filter(|it| {
                    it.api_version.starts_with("extensions/") || it.api_version.contains("beta")
                })
                .map(Object::label)
                .collect()
        },
    },
    Rule {
        name: "kube-linter/non-existent-service-account",
        broken: |all| {
            all.pods_where(|pods| {
                !is_there(
                    all,
                    "ServiceAccount",
                    text(pods.spec, "/serviceAccountName"),
                )
            })
        },
    },
    Rule {
        name: "kube-linter/non-isolated-pod",
        broken: |all| {
            all.pods_where(|pods| {
                !all.of("NetworkPolicy").any(|policy| {
                    !everyone(&policy.value)
                        && policy
                            .value
                            .pointer("/spec/podSelector/matchLabels")
                            .is_some_and(|labels| pods.has_labels(labels))
                })
            })
        },
    },
    Rule {
        name: "kube-linter/pdb-max-unavailable",
        broken: |all| {
            objects(all, "PodDisruptionBudget", |budget| {
                matches!(
                    budget
                        .pointer("/spec/maxUnavailable")
                        .map(ToString::to_string)
                        .as_deref(),
                    Some("0" | "\"0\"" | "\"0%\"")
                )
            })
        },
    },
    Rule {
        name: "kube-linter/pdb-min-available",
        broken: |all| objects(all, "PodDisruptionBudget", |budget| keeps_all(all, budget)),
    },
    Rule {
        name: "kube-linter/pdb-unhealthy-pod-eviction-policy",
        broken: |all| {
            objects(all, "PodDisruptionBudget", |budget| {
                text(budget, "/spec/unhealthyPodEvictionPolicy").is_empty()
            })
        },
    },
    Rule {
        name: "kube-linter/access-to-create-pods",
        broken: |all| {
            rights(
                all,
                &[
                    "pods",
                    "deployments",
                    "statefulsets",
                    "replicasets",
                    "cronjobs",
                    "jobs",
                    "daemonsets",
                ],
                &["create", "*"],
            )
        },
    },
    Rule {
        name: "kube-linter/access-to-secrets",
        broken: |all| {
            rights(
                all,
                &["secrets"],
                &["get", "list", "watch", "create", "delete", "*"],
            )
        },
    },
    Rule {
        name: "kube-linter/wildcard-in-rules",
        broken: |all| {
            rights(
                all,
                &["*"],
                &[
                    "get", "list", "watch", "create", "update", "patch", "delete", "*",
                ],
            )
        },
    },
    Rule {
        name: "kube-linter/cluster-admin-role-binding",
        broken: |all| {
            objects(all, "ClusterRoleBinding", |binding| {
                text(binding, "/roleRef/name") == "cluster-admin"
            })
        },
    },
    Rule {
        name: "kube-linter/use-namespace",
        broken: |all| {
            all.objects
                .iter()
                .filter(|it| {
                    !it.kind.starts_with("Cluster")
                        && !matches!(it.kind.as_str(), "Namespace" | "PriorityClass")
                        && it.namespace.as_deref().is_none_or(|name| name == "default")
                })
                .map(Object::label)
                .collect()
        },
    },
];

fn objects(all: &Manifests<'_>, kind: &str, breaks: impl Fn(&Value) -> bool) -> Vec<String> {
    let broken = all.of(kind).filter(|object| breaks(&object.value));
    broken.map(Object::label).collect()
}

fn is_there(all: &Manifests<'_>, kind: &str, name: &str) -> bool {
    all.of(kind).any(|object| object.name == name)
}

fn selected<'a>(all: &Manifests<'a>, labels: Option<&Value>) -> Vec<Pods<'a>> {
    let pods = all.pods().into_iter();
    pods.filter(|pods| labels.is_some_and(|labels| pods.has_labels(labels)))
        .collect()
}

fn selects_pods(all: &Manifests<'_>, labels: Option<&Value>) -> bool {
    !selected(all, labels).is_empty()
}

/// Returns whether a policy holds for the whole namespace.
fn everyone(policy: &Value) -> bool {
    policy.pointer("/spec/podSelector") == Some(&Value::Object(serde_json::Map::new()))
}

/// Returns the labels of the pods in this namespace that a policy lets in or out to.
fn peers(policy: &Value) -> impl Iterator<Item = &Value> {
    let sides = [("/spec/ingress", "/from"), ("/spec/egress", "/to")];
    let peers = sides.into_iter().flat_map(|(side, list)| {
        let rules = items(policy, side).iter();
        rules.flat_map(move |rule| items(rule, list))
    });
    peers
        .filter(|peer| peer.get("namespaceSelector").is_none())
        .filter_map(|peer| peer.pointer("/podSelector/matchLabels"))
}

/// Returns the Services behind an Ingress, with the port's name or number.
fn backends(ingress: &Value) -> impl Iterator<Item = (&str, &Value)> {
    let rules = items(ingress, "/spec/rules").iter();
    let paths = rules.flat_map(|rule| items(rule, "/http/paths"));
    paths.map(|path| {
        let port = ["name", "number"]
            .iter()
            .find_map(|by| path.pointer(&format!("/backend/service/port/{by}")));
        (
            text(path, "/backend/service/name"),
            port.unwrap_or(&Value::Null),
        )
    })
}

fn serves(all: &Manifests<'_>, service: &str, port: &Value) -> bool {
    let ports = all
        .of("Service")
        .filter(|object| object.name == service)
        .flat_map(|object| items(&object.value, "/spec/ports"));
    let mut known = ports.flat_map(|known| [known.get("name"), known.get("port")]);
    known.any(|known| known == Some(port))
}

/// Returns whether a Service's port is none of the pods' behind it, or has a name that isn't one.
fn leads_nowhere(all: &Manifests<'_>, service: &Value, port: &Value) -> bool {
    let target = port.get("targetPort").or_else(|| port.get("port"));
    let pods = selected(all, service.pointer("/spec/selector"));
    let mut known = pods
        .iter()
        .flat_map(Pods::containers)
        .flat_map(|container| items(container, "/ports"))
        .filter(|own| text(own, "/protocol") == text(port, "/protocol"))
        .flat_map(|own| [own.get("name"), own.get("containerPort")]);
    let named = target.and_then(Value::as_str);
    let badly = named.is_some_and(|name| {
        let letter = |c: char| c.is_ascii_lowercase();
        let legal = |c: char| letter(c) || c.is_ascii_digit() || c == '-';
        name.len() > 15 || !name.chars().all(legal) || !name.chars().any(letter)
    });
    badly || !known.any(|known| known == target)
}

/// Returns whether a budget never lets a pod go.
fn keeps_all(all: &Manifests<'_>, budget: &Value) -> bool {
    let pods = selected(all, budget.pointer("/spec/selector/matchLabels"));
    let fewest = pods.iter().map(|pods| pods.fewest(all)).sum::<u64>();
    match budget.pointer("/spec/minAvailable") {
        Some(Value::String(share)) => share == "100%",
        Some(number) => number.as_u64().is_some_and(|number| number >= fewest),
        None => false,
    }
}

fn rights(all: &Manifests<'_>, resources: &[&str], verbs: &[&str]) -> Vec<String> {
    let names = |rule: &Value, list: &str, words: &[&str]| {
        let own = items(rule, list).iter().filter_map(Value::as_str);
        own.into_iter().any(|own| words.contains(&own))
    };
    let gives = |role: &Value| {
        items(role, "/rules")
            .iter()
            .any(|rule| names(rule, "/resources", resources) && names(rule, "/verbs", verbs))
    };
    let roles = all.objects.iter().filter(|it| it.kind.ends_with("Role"));
    roles
        .filter(|role| gives(&role.value))
        .map(Object::label)
        .collect()
}
