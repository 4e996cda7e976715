//! The kinds of objects that the names of files tell.

use super::FileKind;

/// What files are called that orch writes.
const KINDS: &[(&str, FileKind)] = &[
    ("namespace", FileKind::Namespace),
    ("ns", FileKind::Namespace),
    ("secret", FileKind::Secrets),
    ("secrets", FileKind::Secrets),
    ("configmap", FileKind::ConfigMap),
    ("configmaps", FileKind::ConfigMap),
    ("config", FileKind::ConfigMap),
    ("kustomization", FileKind::Kustomization),
    ("deployment", FileKind::Deployment),
    ("deploy", FileKind::Deployment),
    ("statefulset", FileKind::StatefulSet),
    ("sts", FileKind::StatefulSet),
    ("daemonset", FileKind::DaemonSet),
    ("ds", FileKind::DaemonSet),
    ("job", FileKind::Job),
    ("cronjob", FileKind::CronJob),
    ("service", FileKind::Service),
    ("svc", FileKind::Service),
    ("services", FileKind::Service),
    ("hpa", FileKind::Hpa),
    ("autoscaler", FileKind::Hpa),
    ("horizontalpodautoscaler", FileKind::Hpa),
    ("pdb", FileKind::Pdb),
    ("poddisruptionbudget", FileKind::Pdb),
    ("ingress", FileKind::Ingress),
    ("serviceaccount", FileKind::ServiceAccount),
    ("networkpolicy", FileKind::NetworkPolicy),
    ("netpol", FileKind::NetworkPolicy),
];

/// Kinds that orch doesn't write by themselves: a file called so is no workload's.
const OTHERS: &[&str] = &[
    "authorizationpolicy",
    "certificate",
    "certificates",
    "clusterissuer",
    "clusterrole",
    "clusterrolebinding",
    "crd",
    "crds",
    "customresourcedefinition",
    "destinationrule",
    "endpointslice",
    "envoyfilter",
    "externalsecret",
    "externalsecrets",
    "helmrelease",
    "httproute",
    "ingressclass",
    "ingressroute",
    "issuer",
    "limitrange",
    "limitranges",
    "limits",
    "netpols",
    "networkpolicies",
    "peerauthentication",
    "persistentvolume",
    "persistentvolumeclaim",
    "podmonitor",
    "priorityclass",
    "prometheusrule",
    "prometheusrules",
    "pv",
    "pvc",
    "pvcs",
    "quota",
    "quotas",
    "rbac",
    "replicaset",
    "resourcequota",
    "role",
    "rolebinding",
    "rolebindings",
    "roles",
    "scaledobject",
    "sealedsecret",
    "sealedsecrets",
    "secretstore",
    "serviceentry",
    "servicemonitor",
    "servicemonitors",
    "storageclass",
    "verticalpodautoscaler",
    "virtualservice",
    "volumesnapshot",
    "vpa",
];

/// Kinds of several words, which names of files may part.
const PARTED: &[&str] = &[
    "authorization-policy",
    "cluster-issuer",
    "cluster-role-binding",
    "cluster-role",
    "config-map",
    "cron-job",
    "daemon-set",
    "destination-rule",
    "external-secret",
    "horizontal-pod-autoscaler",
    "http-route",
    "ingress-class",
    "ingress-route",
    "limit-range",
    "network-policies",
    "network-policy",
    "peer-authentication",
    "persistent-volume-claim",
    "persistent-volume",
    "pod-disruption-budget",
    "pod-monitor",
    "priority-class",
    "prometheus-rule",
    "replica-set",
    "resource-quota",
    "role-binding",
    "scaled-object",
    "sealed-secret",
    "secret-store",
    "service-account",
    "service-entry",
    "service-monitor",
    "stateful-set",
    "storage-class",
    "vertical-pod-autoscaler",
    "virtual-service",
    "volume-snapshot",
];

/// What names of files and folders are told by to be about who may reach whom. An Ingress lets in,
/// and a rule on the traffic that is called so may keep out.
const TRAFFIC: &[&str] = &[
    "allow",
    "block",
    "deny",
    "firewall",
    "isolate",
    "isolation",
    "lockdown",
    "netpol",
    "netpols",
    "networkpolicies",
    "networkpolicy",
    "restrict",
];

/// What makes a name beside it one of a rule on traffic: `ingress-policy`, `ingress-from-traefik`.
const BESIDE_INGRESS: &[&str] = &["egress", "from", "only", "policies", "policy", "to"];

/// Folders whose files are rules, whatever they are called.
const RULES: &[&str] = &["policies", "policy"];

/// Every kind that orch writes, with what files of it are called.
pub(super) fn named() -> impl Iterator<Item = &'static (&'static str, FileKind)> {
    KINDS.iter()
}

/// What the name of a file tells.
pub(super) enum Told {
    /// The kind of object, where one is told, and what else the name says.
    Kind(Option<FileKind>, String),
    /// A kind that orch doesn't write.
    Other,
}

/// Returns what the name of a file tells, without its ending: its last word counts, then its first.
pub(super) fn told(stem: &str) -> Told {
    let tokens = tokens(stem);
    let tokens: Vec<&str> = tokens.iter().map(String::as_str).collect();
    let kind_of = |token: &str| {
        let mut kinds = KINDS.iter();
        kinds.find(|(word, _)| *word == token).map(|it| it.1)
    };
    let sides = [
        tokens.split_last().map(|(last, rest)| (*last, rest)),
        tokens.split_first().map(|(first, rest)| (*first, rest)),
    ];
    for (token, rest) in sides.into_iter().flatten() {
        if OTHERS.binary_search(&token).is_ok() {
            return Told::Other;
        }
        if let Some(kind) = kind_of(token) {
            let has = |among: &[&str]| rest.iter().any(|it| among.contains(it));
            let led = kind == FileKind::Ingress && has(BESIDE_INGRESS);
            // What it is to let in or keep out isn't what orch lets in and keeps out.
            let ruled = kind == FileKind::NetworkPolicy
                && has(&["all", "default", "egress", "from", "ingress", "to"]);
            if led || ruled || has(TRAFFIC) {
                return Told::Other;
            }
            return Told::Kind(Some(kind), rest.join("-"));
        }
    }
    if tokens.iter().any(|it| TRAFFIC.contains(it)) {
        return Told::Other;
    }
    Told::Kind(None, tokens.join("-"))
}

/// Returns the words of a file's name, those of one kind as one.
fn tokens(stem: &str) -> Vec<String> {
    let mut stem = stem.to_lowercase().replace(['_', '.'], "-");
    // Most names are one word.
    let parted = PARTED.iter().filter(|_| stem.contains('-'));
    for kind in parted.collect::<Vec<_>>() {
        if stem.contains(kind) {
            stem = stem.replace(kind, &kind.replace('-', ""));
        }
    }
    let tokens = stem.split('-').filter(|token| !token.is_empty());
    tokens.map(str::to_owned).collect()
}

/// Returns whether one of these folders holds rules on who may reach whom.
pub(super) fn rules_traffic(folder: &str) -> bool {
    let ruling = |token: &str| TRAFFIC.contains(&token) || RULES.contains(&token);
    // Words of one kind only become others: what has no such word apart has none joined.
    let folder = folder.to_lowercase();
    let mut words = folder.split(['/', '-', '_', '.']);
    let may = words.any(ruling);
    may && folder
        .split('/')
        .any(|it| tokens(it).iter().any(|token| ruling(token)))
}

#[cfg(test)]
mod tests {
    use super::{OTHERS, PARTED, Told, told};
    use crate::resolve::target::FileKind;

    #[test]
    fn kinds_are_in_the_order_in_which_they_are_looked_for() {
        assert!(OTHERS.is_sorted());
        let joined = |it: &&&str| PARTED.iter().any(|kind| kind.replace('-', "") == ***it);
        assert!(OTHERS.iter().filter(joined).count() > 20, "they are known");
    }

    #[track_caller]
    fn check(stem: &str, expected: Option<(Option<FileKind>, &str)>) {
        let found = match told(stem) {
            Told::Kind(kind, rest) => Some((kind, rest)),
            Told::Other => None,
        };
        let expected = expected.map(|(kind, rest)| (kind, rest.to_owned()));
        assert_eq!(found, expected, "{stem}");
    }

    #[test]
    fn the_last_word_tells_the_kind_and_then_the_first() {
        check("api-deployment", Some((Some(FileKind::Deployment), "api")));
        check("hpa-api", Some((Some(FileKind::Hpa), "api")));
        check("call_processor", Some((None, "call-processor")));
        check(
            "service-account",
            Some((Some(FileKind::ServiceAccount), "")),
        );
        check(
            "api-pod-disruption-budget",
            Some((Some(FileKind::Pdb), "api")),
        );
    }

    #[test]
    fn a_rule_on_traffic_is_no_ingress_and_no_workload() {
        for stem in [
            "allow-ingress",
            "deny_ingress",
            "ingress-deny",
            "ingress-policy",
            "ingress-from-traefik",
            "ingress-egress",
            "default-deny",
            "deny-all",
            "allow-dns",
            "default-deny-netpol",
            "network-policy-allow-ingress",
            "allow-from-traefik-network-policy",
        ] {
            check(stem, None);
        }
        check("api-netpol", Some((Some(FileKind::NetworkPolicy), "api")));
        check("shop-ingress", Some((Some(FileKind::Ingress), "shop")));
    }

    #[test]
    fn folders_tell_that_they_hold_rules_on_traffic() {
        for folder in [
            "k8s/netpol",
            "k8s/network-policies",
            "k8s/NetworkPolicy",
            "k8s/policies",
        ] {
            assert!(super::rules_traffic(folder), "{folder}");
        }
        for folder in ["k8s", "k8s/network", "k8s/api", "k8s/allowlist"] {
            assert!(!super::rules_traffic(folder), "{folder}");
        }
    }

    #[test]
    fn what_orch_does_not_write_is_no_workload() {
        for stem in [
            "servicemonitor",
            "service-monitor",
            "booking-rbac",
            "quota",
            "vpa",
            "cert-issuer",
            "pvc-data",
        ] {
            check(stem, None);
        }
    }
}
