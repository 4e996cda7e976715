//! A test's connection, as `orch` makes it, and the objects that it applies.

use std::time::Duration;

use orch::cluster::{Applied, ApplyError, ApplyOptions, Cluster, NotReady, Ready, Wait};
use orch::journal::Failure;
use orch::manifest::{Object, parse_documents};

use crate::harness::cluster::{block_on, cluster};
use crate::harness::wait::LIMIT;

/// Returns a connection to the control plane through its named context.
pub(crate) async fn connect() -> Cluster {
    let cluster = cluster();
    let files = [cluster.kubeconfig()];
    Cluster::connect(cluster.context(), &files)
        .await
        .expect("it connects")
}

/// Returns the object that a YAML document describes, in a namespace.
#[track_caller]
pub(crate) fn object(namespace: &str, yaml: &str) -> Object {
    let mut object = cluster_object(yaml);
    object.value["metadata"]["namespace"] = namespace.into();
    object.namespace = Some(namespace.to_owned());
    object
}

/// Returns the object that a YAML document describes, outside of namespaces.
#[track_caller]
pub(crate) fn cluster_object(yaml: &str) -> Object {
    let mut objects = parse_documents("test.yaml", yaml).expect("YAML");
    assert_eq!(objects.len(), 1, "one object");
    objects.remove(0)
}

/// Applies an object as a step does.
pub(crate) async fn apply(cluster: &Cluster, object: &Object) -> Result<Applied, ApplyError> {
    cluster.apply(object, ApplyOptions::default()).await
}

/// Applies an object and waits until it is ready, with this grace period.
pub(crate) async fn bring(
    cluster: &Cluster,
    object: &Object,
    grace: Duration,
) -> Result<Ready, NotReady> {
    let applied = apply(cluster, object).await.expect("it is applied");
    let wait = Wait {
        timeout: LIMIT,
        grace,
        report: &|_| (),
    };
    cluster.ready(object, &applied, &wait).await
}

/// A deployment of two replicas; `labels` is added to its pods' labels, `container` to its
/// container's fields.
pub(crate) fn deployment(name: &str, labels: &str, container: &str) -> String {
    format!(
        "apiVersion: apps/v1\n\
         kind: Deployment\n\
         metadata: {{ name: {name} }}\n\
         spec:\n  \
           replicas: 2\n  \
           selector: {{ matchLabels: {{ app: {name} }} }}\n  \
           template:\n    \
             metadata: {{ labels: {{ app: {name}{labels} }} }}\n    \
             spec: {{ containers: [{{ name: main, image: example.test/main:1{container} }}] }}\n"
    )
}

/// Returns what `kubectl` prints; it must succeed.
#[track_caller]
pub(crate) fn kubectl(arguments: &[&str]) -> String {
    let output = cluster().kubectl(arguments);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {said}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Returns with what an apply is refused, and how that is told.
#[track_caller]
pub(crate) fn refused(object: &Object, options: ApplyOptions) -> (ApplyError, Failure) {
    let refused = block_on(async { connect().await.apply(object, options).await });
    let error = refused.expect_err("it is refused");
    let failure = error.failure(&object.label());
    (error, failure)
}

/// Has `kubectl` do something with this input in a namespace; it must succeed.
#[track_caller]
pub(crate) fn kubectl_in(namespace: &str, arguments: &[&str], input: &str) -> String {
    let output = cluster().kubectl_with(&[&["-n", namespace], arguments].concat(), input);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {said}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Applies an object that is taken.
#[track_caller]
pub(crate) fn applied(object: &Object, options: ApplyOptions) -> Applied {
    let applied = block_on(async { connect().await.apply(object, options).await });
    applied.expect("it is applied")
}

/// A text has all of these.
#[track_caller]
pub(crate) fn contains(text: &str, pieces: &[&str]) {
    for piece in pieces {
        assert!(text.contains(piece), "no {piece:?} in {text}");
    }
}
