//! What comes before what, by example.

use std::collections::BTreeSet;

use super::index::Index;
use super::{cycle, sort};
use crate::manifest::{Object, parse_documents};
use crate::resolve::Application;

fn sets(needs: &[&[usize]]) -> Vec<BTreeSet<usize>> {
    let set = |wanted: &&[usize]| wanted.iter().copied().collect();
    needs.iter().map(set).collect()
}

#[track_caller]
fn check(needs: &[&[usize]], expected: Result<&[usize], &[usize]>) {
    let sorted = sort(&sets(needs), needs.len());
    assert_eq!(sorted.as_deref().map_err(Vec::as_slice), expected);
}

#[test]
fn what_is_needed_comes_first_and_ties_keep_their_order() {
    check(&[&[2], &[], &[]], Ok(&[1, 2, 0]));
}

#[test]
fn a_gate_is_passed_as_soon_as_what_it_needs_is_done() {
    let needs = sets(&[&[3], &[], &[], &[1]]);
    assert_eq!(sort(&needs, 3), Ok(vec![1, 0, 2]));
    let nothing_behind_it = sets(&[&[2], &[], &[]]);
    assert_eq!(sort(&nothing_behind_it, 2), Ok(vec![0, 1]));
    let circle = sets(&[&[2], &[], &[0]]);
    assert_eq!(sort(&circle, 2), Err(vec![0]));
}

#[test]
fn a_cycle_is_named() {
    check(&[&[], &[2], &[1]], Err(&[1, 2]));
}

#[test]
fn of_what_hangs_on_a_cycle_only_the_cycle_is_shown() {
    let needs = sets(&[&[], &[2, 3], &[3], &[4], &[2, 0], &[1]]);
    let stuck = sort(&needs, needs.len()).expect_err("a cycle");
    assert_eq!(stuck, [1, 2, 3, 4, 5]);
    assert_eq!(cycle(&needs, &stuck), [2, 3, 4]);
    let itself = sets(&[&[0]]);
    assert_eq!(cycle(&itself, &[0]), [0]);
}

/// Checks what the first of these objects must come after, and why.
#[track_caller]
fn comes_after(yaml: &str, expected: &[&str]) {
    let objects = parse_documents("a.yml", yaml).expect("objects");
    let objects: Vec<&Object> = objects.iter().collect();
    let application = Application::default();
    let label = |at: usize| objects.get(at).map(|object| object.label());
    let found: BTreeSet<String> = Index::of(&objects, &application)
        .needs(0)
        .into_iter()
        .map(|(need, why)| format!("{} ({why})", label(need).expect("an object")))
        .collect();
    assert_eq!(found, expected.iter().map(|&it| it.to_owned()).collect());
}

/// Another object that is there.
fn and(kind: &str, name: &str, rest: &str) -> String {
    format!("---\napiVersion: v1\nkind: {kind}\nmetadata: {{name: {name}{rest}\n")
}

#[test]
fn custom_resources_come_after_their_definition_however_it_is_called() {
    comes_after(
        "apiVersion: example.test/v1\nkind: Datum\nmetadata: {name: a}\n---\n\
         apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\n\
         metadata: {name: data.example.test}\n\
         spec: {group: example.test, names: {kind: Datum, plural: data}}\n",
        &["CustomResourceDefinition/data.example.test (kind)"],
    );
    comes_after(
        "apiVersion: things.example.test/v1\nkind: Thing\nmetadata: {name: a}\n---\n\
         apiVersion: apiregistration.k8s.io/v1\nkind: APIService\n\
         metadata: {name: v1.things.example.test}\n\
         spec: {group: things.example.test, version: v1}\n",
        &["APIService/v1.things.example.test (kind)"],
    );
    comes_after(
        "apiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingAdmissionPolicy\n\
         metadata: {name: a}\nspec: {paramKind: {apiVersion: example.test/v1, kind: Datum}}\n---\n\
         apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\n\
         metadata: {name: data.example.test}\nspec: {group: example.test, names: {kind: Datum}}\n",
        &["CustomResourceDefinition/data.example.test (paramKind)"],
    );
}

/// A workload behind a Service.
const SERVED: &str = "---\napiVersion: v1\nkind: Service\nmetadata: {name: s, namespace: n}\n\
     spec: {selector: {app: s}}\n---\napiVersion: apps/v1\nkind: Deployment\n\
     metadata: {name: d, namespace: n}\nspec: {template: {metadata: {labels: {app: s}}}}\n";

#[test]
fn what_calls_a_service_comes_after_the_pods_behind_it() {
    let expected = |by: &str| {
        [
            format!("Service/s ({by})"),
            "Deployment/d (behind its Service)".to_owned(),
        ]
    };
    for (yaml, by) in [
        (
            "apiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingWebhookConfiguration\n\
             metadata: {name: a}\nwebhooks: [{clientConfig: {service: {name: s, namespace: n}}}]\n",
            "clientConfig",
        ),
        (
            "apiVersion: apiregistration.k8s.io/v1\nkind: APIService\nmetadata: {name: a}\n\
             spec: {service: {name: s, namespace: n}}\n",
            "service",
        ),
        (
            "apiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\n\
             metadata: {name: a, namespace: n}\nspec: {rules: [{backendRefs: [{name: s}]}]}\n",
            "backendRefs",
        ),
    ] {
        let expected = expected(by);
        let expected: Vec<&str> = expected.iter().map(String::as_str).collect();
        comes_after(&format!("{yaml}{SERVED}"), &expected);
    }
}

#[test]
fn pods_come_after_their_rights_limits_and_policies() {
    let pods = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a, namespace: n}\nspec:\n  \
         template: {metadata: {labels: {app: a}}, spec: {serviceAccountName: w}}\n";
    let binding = "---\napiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleBinding\n\
         metadata: {name: b}\nsubjects: [{kind: ServiceAccount, name: w, namespace: n}]\n";
    let there = [
        and("ServiceAccount", "w", ", namespace: n}"),
        and("LimitRange", "l", ", namespace: n}"),
        and("ResourceQuota", "q", ", namespace: n}"),
        and("LimitRange", "elsewhere", ", namespace: m}"),
        binding.to_owned(),
    ];
    comes_after(
        &format!("{pods}{}", there.concat()),
        &[
            "ServiceAccount/w (serviceAccountName)",
            "LimitRange/l (its namespace's limits)",
            "ResourceQuota/q (its namespace's quota)",
            "ClusterRoleBinding/b (its rights)",
        ],
    );
}

#[test]
fn classes_come_before_what_names_them() {
    let pods = "apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: a, namespace: n}\nspec:\n  \
         serviceName: s\n  volumeClaimTemplates: [{metadata: {name: v}, spec: {storageClassName: fast}}]\n  \
         template: {spec: {priorityClassName: high, runtimeClassName: safe, \
         volumes: [{name: e, ephemeral: {volumeClaimTemplate: {spec: {storageClassName: slow}}}}]}}\n";
    let there = [
        ("Service", "s", ", namespace: n}"),
        ("StorageClass", "fast", "}"),
        ("StorageClass", "slow", "}"),
        ("PriorityClass", "high", "}"),
        ("RuntimeClass", "safe", "}"),
    ]
    .map(|(kind, name, rest)| and(kind, name, rest));
    comes_after(
        &format!("{pods}{}", there.concat()),
        &[
            "Service/s (serviceName)",
            "StorageClass/fast (volumeClaimTemplates)",
            "StorageClass/slow (ephemeral volume)",
            "PriorityClass/high (priorityClassName)",
            "RuntimeClass/safe (runtimeClassName)",
        ],
    );
    comes_after(
        &format!(
            "apiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\nmetadata: {{name: a, namespace: n}}\n\
             spec: {{gatewayClassName: g, listeners: [{{tls: {{certificateRefs: [{{name: t}}]}}}}]}}\n{}{}",
            and("GatewayClass", "g", "}"),
            and("Secret", "t", ", namespace: n}"),
        ),
        &[
            "GatewayClass/g (gatewayClassName)",
            "Secret/t (certificateRefs)",
        ],
    );
}

#[test]
fn what_scales_budgets_or_is_owned_comes_after_its_object() {
    for (yaml, by) in [
        (
            "apiVersion: autoscaling.k8s.io/v1\nkind: VerticalPodAutoscaler\n\
             metadata: {name: a, namespace: n}\nspec: {targetRef: {kind: Deployment, name: d}}\n",
            "targetRef",
        ),
        (
            "apiVersion: keda.sh/v1alpha1\nkind: ScaledObject\n\
             metadata: {name: a, namespace: n}\nspec: {scaleTargetRef: {name: d}}\n",
            "scaleTargetRef",
        ),
        (
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: n, \
             ownerReferences: [{kind: Deployment, name: d}]}\n",
            "ownerReferences",
        ),
        (
            "apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: {name: a, namespace: n}\n\
             spec: {selector: {matchLabels: {app: s}}}\n",
            "selector",
        ),
    ] {
        let expected = format!("Deployment/d ({by})");
        comes_after(&format!("{yaml}{SERVED}"), &[&expected]);
    }
}

#[test]
fn a_secret_that_a_controller_makes_comes_with_what_asks_for_it() {
    comes_after(
        "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: a, namespace: n}\n\
         spec: {tls: [{secretName: t}]}\n---\n\
         apiVersion: cert-manager.io/v1\nkind: Certificate\nmetadata: {name: c, namespace: n}\n\
         spec: {secretName: t}\n",
        &["Certificate/c (tls)"],
    );
    comes_after(
        "apiVersion: v1\nkind: Secret\nmetadata: {name: a, namespace: n, \
         annotations: {kubernetes.io/service-account.name: w}}\n\
         type: kubernetes.io/service-account-token\n---\n\
         apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: w, namespace: n}\n",
        &["ServiceAccount/w (its account)"],
    );
}
