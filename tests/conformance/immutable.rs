//! Fields that can't be changed: what is deleted and made again with consent, what never is, and
//! that neither a kill nor a hanging finalizer loses an object.

use std::time::Duration;

use orch::cluster::{ApplyError, ApplyOptions, TakeOver, WayOut};
use orch::manifest::Object;
use serde_json::Value;

use crate::conformance::Case;
use crate::conformance::target::{
    applied, bring, cluster_object, connect, contains, deployment, kubectl_in, object, refused,
};
use crate::harness::cluster::{block_on, cluster};
use crate::harness::wait::eventually;

/// The tests of this file.
pub(crate) const CASES: &[Case] = &[
    (
        "immutable::a_jobs_template_needs_consent",
        a_jobs_template_needs_consent,
    ),
    (
        "immutable::a_deployments_pods_end_before_new_ones_start",
        a_deployments_pods_end,
    ),
    (
        "immutable::a_stateful_sets_pods_and_claims_are_adopted",
        a_stateful_sets_pods_are_adopted,
    ),
    (
        "immutable::a_stateful_set_with_another_selector_keeps_its_claims",
        a_stateful_set_keeps_its_claims,
    ),
    ("immutable::the_table", the_table),
    (
        "immutable::the_table_of_the_cluster",
        the_table_of_the_cluster,
    ),
    (
        "immutable::what_holds_data_is_never_deleted",
        what_holds_data_is_never_deleted,
    ),
    (
        "immutable::what_could_not_be_made_is_not_deleted",
        what_could_not_be_made_is_not_deleted,
    ),
    (
        "immutable::what_others_made_needs_both_consents",
        what_others_made_needs_both_consents,
    ),
];

pub(super) const JOB: &str = "apiVersion: batch/v1\nkind: Job\nmetadata: { name: move }\nspec:\n  template:\n    \
     spec: { restartPolicy: Never, containers: [{ name: c, image: 'example.test/c:1' }] }\n";

pub(super) fn recreate() -> ApplyOptions {
    ApplyOptions {
        recreate: true,
        patience: Duration::from_mins(1),
        ..ApplyOptions::default()
    }
}

/// Returns what there is of a kind, by a selector.
pub(super) fn found(namespace: &str, kind: &str, selector: &str) -> Vec<Value> {
    let text = kubectl_in(namespace, &["get", kind, "-l", selector, "-o", "json"], "");
    let list: Value = serde_json::from_str(&text).expect("JSON");
    list["items"].as_array().cloned().unwrap_or_default()
}

pub(super) fn uids(objects: &[Value]) -> Vec<String> {
    let uid = |object: &Value| object["metadata"]["uid"].as_str().map(str::to_owned);
    objects.iter().filter_map(uid).collect()
}

#[track_caller]
pub(super) fn ready(object: &Object) {
    let grace = Duration::from_secs(30);
    let ready = block_on(async { bring(&connect().await, object, grace).await });
    ready.expect("it is ready");
}

fn a_jobs_template_needs_consent() {
    let namespace = cluster().namespace("job");
    let first = object(&namespace, JOB);
    ready(&first);
    let pods = uids(&found(&namespace, "pods", "job-name=move"));
    let second = object(&namespace, &JOB.replace("c:1", "c:2"));
    let (error, failure) = refused(&second, ApplyOptions::default());
    assert!(
        matches!(error.way_out(), WayOut::Recreate(cost) if cost.contains("from its beginning")),
        "{error}"
    );
    assert_eq!(
        failure.details,
        [
            "spec.template.spec.containers[name=c].image: \"example.test/c:1\" in the cluster, \
          \"example.test/c:2\" in the manifest"
        ]
    );
    contains(
        &failure.help.expect("a way out"),
        &["--recreate", "its pods end"],
    );

    let again = applied(&second, recreate());
    contains(
        &again.notes.join("\n"),
        &["deleted and made again: `spec.template`"],
    );
    ready(&second);
    let new = uids(&found(&namespace, "pods", "job-name=move"));
    assert!(
        new.iter().all(|uid| !pods.contains(uid)),
        "{pods:?} {new:?}"
    );
}

fn a_deployments_pods_end() {
    let namespace = cluster().namespace("selector");
    ready(&object(&namespace, &deployment("api", "", "")));
    let yaml = deployment("api", ", part: b", "").replace("{ app: api }", "{ app: api, part: b }");
    let changed = object(&namespace, &yaml);
    let (_, failure) = refused(&changed, ApplyOptions::default());
    contains(
        &failure.details.join("\n"),
        &["spec.selector.matchLabels.part: nothing in the cluster, \"b\" in the manifest"],
    );
    contains(
        &failure.help.expect("a way out"),
        &["it is down for that time"],
    );
    applied(&changed, recreate());
    let old = found(&namespace, "pods", "app=api,part!=b");
    assert_eq!(old, [] as [Value; 0], "nobody would ever look after these");
    ready(&changed);
}

const STATEFUL_SET: &str = "apiVersion: apps/v1\nkind: StatefulSet\nmetadata: { name: db }\nspec:\n  \
     replicas: 2\n  serviceName: db\n  selector: { matchLabels: { app: db } }\n  template:\n    \
     metadata: { labels: { app: db, part: a } }\n    \
     spec: { containers: [{ name: c, image: 'example.test/c:1' }] }\n  volumeClaimTemplates:\n  \
     - metadata: { name: data }\n    spec: { accessModes: [ReadWriteOnce], resources: \
     { requests: { storage: 1Gi } } }\n";

fn a_stateful_sets_pods_are_adopted() {
    let namespace = cluster().namespace("stateful");
    ready(&object(&namespace, STATEFUL_SET));
    let (pods, claims) = (
        uids(&found(&namespace, "pods", "app=db")),
        uids(&found(&namespace, "persistentvolumeclaims", "app=db")),
    );
    assert_eq!((pods.len(), claims.len()), (2, 2));
    let bigger = STATEFUL_SET
        .replace("1Gi", "2Gi")
        .replace("serviceName: db", "serviceName: other");
    let bigger = object(&namespace, &bigger);
    let (_, failure) = refused(&bigger, ApplyOptions::default());
    contains(
        &failure.details.join("\n"),
        &[
            "spec.serviceName: \"db\" in the cluster, \"other\" in the manifest",
            "spec.volumeClaimTemplates[0].spec.resources.requests.storage: \"1Gi\" in the \
             cluster, \"2Gi\" in the manifest",
        ],
    );
    contains(
        &failure.help.expect("a way out"),
        &["its pods and claims stay"],
    );
    let again = applied(&bigger, recreate());
    let kept = found(&namespace, "pods", "app=db");
    assert_eq!(uids(&kept), pods, "not one pod ended");
    assert_eq!(
        uids(&found(&namespace, "persistentvolumeclaims", "app=db")),
        claims
    );
    eventually("the pods' new owner", || {
        let pods = found(&namespace, "pods", "app=db");
        let owned = |pod: &Value| pod["metadata"]["ownerReferences"][0]["uid"] == *again.uid;
        pods.iter().all(owned).then_some(())
    });
    ready(&bigger);
}

fn a_stateful_set_keeps_its_claims() {
    let namespace = cluster().namespace("claims");
    ready(&object(&namespace, STATEFUL_SET));
    let claims = uids(&found(&namespace, "persistentvolumeclaims", "app=db"));
    let yaml = STATEFUL_SET.replace(
        "matchLabels: { app: db }",
        "matchLabels: { app: db, part: a }",
    );
    let changed = object(&namespace, &yaml);
    let (_, failure) = refused(&changed, ApplyOptions::default());
    contains(&failure.help.expect("a way out"), &["its claims stay"]);
    applied(&changed, recreate());
    ready(&changed);
    assert_eq!(
        uids(&found(&namespace, "persistentvolumeclaims", "app=db")),
        claims
    );
    // Where its claims would go with it, it is left alone.
    let policy = "  persistentVolumeClaimRetentionPolicy: { whenDeleted: Delete }\n  replicas: 2";
    let goes = yaml.replace("  replicas: 2", policy);
    applied(&object(&namespace, &goes), ApplyOptions::default());
    let other = goes.replace(", part: a } }\n  template", " } }\n  template");
    let (error, failure) = refused(&object(&namespace, &other), recreate());
    assert_eq!(error.way_out(), WayOut::Other);
    contains(&failure.help.expect("a way out"), &["whenDeleted: Retain"]);
}

/// Applies `before`, is refused `after`, and makes it again with consent.
#[track_caller]
fn made_again(before: &Object, after: &Object, pieces: &[&str]) {
    let first = applied(before, ApplyOptions::default());
    let (error, failure) = refused(after, ApplyOptions::default());
    assert!(
        matches!(error.way_out(), WayOut::Recreate(_)),
        "{failure:?}"
    );
    contains(&failure.details.join("\n"), pieces);
    let second = applied(after, recreate());
    assert_ne!(first.uid, second.uid);
    assert_eq!(applied(after, ApplyOptions::default()).uid, second.uid);
}

fn the_table() {
    let namespace = cluster().namespace("table");
    for (yaml, old, new, piece) in [
        (
            "apiVersion: v1\nkind: Service\nmetadata: { name: s }\n\
             spec: { clusterIP: 10.96.77.7, ports: [{ port: 80 }] }\n",
            "10.96.77.7",
            "None",
            "spec.clusterIP: \"10.96.77.7\" in the cluster, \"None\" in the manifest",
        ),
        (
            "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: c }\nimmutable: true\n\
             data: { A: old }\n",
            "old",
            "new",
            "data.A: \"old\" in the cluster, \"new\" in the manifest",
        ),
        (
            "apiVersion: v1\nkind: Secret\nmetadata: { name: s }\nimmutable: true\n\
             data: { A: b2xk }\n",
            "b2xk",
            "bmV3",
            "data.A: *** in the cluster, *** in the manifest",
        ),
        (
            "apiVersion: v1\nkind: Secret\nmetadata: { name: t }\ntype: example.test/old\n",
            "old",
            "new",
            "type: \"example.test/old\" in the cluster, \"example.test/new\" in the manifest",
        ),
        (
            "apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: { name: r }\n\
             roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: old }\n\
             subjects: [{ kind: ServiceAccount, name: default }]\n",
            "old",
            "new",
            "roleRef.name: \"old\" in the cluster, \"new\" in the manifest",
        ),
        (
            "apiVersion: v1\nkind: Pod\nmetadata: { name: p }\nspec: { containers: [{ name: c, \
             image: example.test/c, command: [old] }] }\n",
            "old",
            "new",
            "spec.containers[name=c].command[0]: \"old\" in the cluster, \"new\" in the",
        ),
    ] {
        let after = object(&namespace, &yaml.replace(old, new));
        made_again(&object(&namespace, yaml), &after, &[piece]);
    }
}

fn the_table_of_the_cluster() {
    for (yaml, old, new, piece) in [
        (
            "apiVersion: storage.k8s.io/v1\nkind: StorageClass\nmetadata: { name: t }\n\
             provisioner: example.test/t\nparameters: { tier: old }\n",
            "old",
            "new",
            "parameters.tier: \"old\" in the cluster, \"new\" in the manifest",
        ),
        (
            "apiVersion: scheduling.k8s.io/v1\nkind: PriorityClass\nmetadata: { name: t }\n\
             value: 100\n",
            "100",
            "200",
            "value: 100 in the cluster, 200 in the manifest",
        ),
        (
            "apiVersion: networking.k8s.io/v1\nkind: IngressClass\nmetadata: { name: t }\n\
             spec: { controller: example.test/old }\n",
            "old",
            "new",
            "spec.controller: \"example.test/old\" in the cluster, \"example.test/new\" in the",
        ),
        (
            "apiVersion: storage.k8s.io/v1\nkind: CSIDriver\nmetadata: { name: t.example.test }\n\
             spec: { attachRequired: false, podInfoOnMount: true, volumeLifecycleModes: [Persistent] }\n",
            "[Persistent]",
            "[Ephemeral]",
            "spec.volumeLifecycleModes",
        ),
    ] {
        made_again(
            &cluster_object(yaml),
            &cluster_object(&yaml.replace(old, new)),
            &[piece],
        );
    }
}

fn what_holds_data_is_never_deleted() {
    let namespace = cluster().namespace("data");
    let claim = "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: { name: data }\n\
         spec: { storageClassName: kwok-volume, accessModes: [ReadWriteOnce], \
         resources: { requests: { storage: 2Gi } } }\n";
    let first = applied(&object(&namespace, claim), ApplyOptions::default());
    ready(&object(&namespace, claim));
    for (old, new) in [("kwok-volume", "another"), ("2Gi", "1Gi"), ("Once", "Many")] {
        let changed = object(&namespace, &claim.replace(old, new));
        let options = ApplyOptions {
            take_over: TakeOver::All,
            ..recreate()
        };
        let (error, failure) = refused(&changed, options);
        assert_eq!(error.way_out(), WayOut::Other);
        contains(
            &failure.help.expect("a way out"),
            &["never deletes a claim"],
        );
    }
    let again = applied(&object(&namespace, claim), ApplyOptions::default());
    assert_eq!(first.uid, again.uid);
    // To grow it is no matter of making it again, where the class doesn't let it.
    let bigger = object(&namespace, &claim.replace("2Gi", "3Gi"));
    let (_, failure) = refused(&bigger, recreate());
    contains(&failure.cause, &["can be resized"]);
    contains(&failure.help.expect("a way out"), &["allowVolumeExpansion"]);

    let crd = "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\n\
         metadata: { name: things.immutable.test }\nspec: { group: immutable.test, scope: Namespaced, \
         names: { plural: things, singular: thing, kind: Thing }, versions: [{ name: v1, \
         served: true, storage: true, schema: { openAPIV3Schema: { type: object, properties: \
         { spec: { type: object, properties: { size: { type: integer, x-kubernetes-validations: \
         [{ rule: self == oldSelf, message: size is immutable }] } } } } } } }] }\n";
    ready(&cluster_object(crd));
    let (error, failure) = refused(
        &cluster_object(&crd.replace("Namespaced", "Cluster")),
        recreate(),
    );
    assert_eq!(error.way_out(), WayOut::Other);
    contains(&failure.help.expect("a way out"), &["never deletes a CRD"]);
    // A kind that orch doesn't know may hold anything.
    let thing =
        "apiVersion: immutable.test/v1\nkind: Thing\nmetadata: { name: t }\nspec: { size: 1 }\n";
    applied(&object(&namespace, thing), ApplyOptions::default());
    let changed = object(&namespace, &thing.replace("size: 1", "size: 2"));
    let (_, failure) = refused(&changed, recreate());
    contains(
        &failure.details.join("\n"),
        &["spec.size: 1 in the cluster, 2 in the manifest"],
    );
    contains(&failure.help.expect("a way out"), &["doesn't know"]);
}

fn what_could_not_be_made_is_not_deleted() {
    let namespace = cluster().namespace("unmakeable");
    let service = "apiVersion: v1\nkind: Service\nmetadata: { name: s }\n\
         spec: { clusterIP: 10.96.78.7, ports: [{ port: 80 }] }\n";
    let first = applied(&object(&namespace, service), ApplyOptions::default());
    let outside = object(&namespace, &service.replace("10.96.78.7", "10.1.2.3"));
    let (error, failure) = refused(&outside, recreate());
    assert!(matches!(error, ApplyError::Unmakeable(_)), "{error}");
    contains(&failure.cause, &["it wasn't deleted", "10.1.2.3"]);
    let still = applied(&object(&namespace, service), ApplyOptions::default());
    assert_eq!(first.uid, still.uid);
}

fn what_others_made_needs_both_consents() {
    let namespace = cluster().namespace("others");
    let created = cluster().kubectl_with(&["-n", &namespace, "create", "-f", "-"], JOB);
    assert!(created.status.success());
    let changed = object(&namespace, &JOB.replace("c:1", "c:2"));
    let take_over = || TakeOver::Only(vec!["kubectl-create".to_owned()]);
    let options = ApplyOptions {
        take_over: take_over(),
        ..ApplyOptions::default()
    };
    refused(&changed, options);
    let (_, failure) = refused(&changed, recreate());
    contains(&failure.help.expect("a way out"), &["--take-over"]);
    let options = ApplyOptions {
        take_over: take_over(),
        ..recreate()
    };
    applied(&changed, options);
}
