//! Connecting to a named context, and server-side apply: what is changed, what is refused, and how
//! that is said.

use std::net::TcpListener;

use fs_err as fs;
use orch::cluster::{ApplyOptions, Cluster, ClusterError, TakeOver};
use orch::journal::ObjectEvidence;
use orch::manifest::Object;

use crate::conformance::Case;
use crate::conformance::target::{apply, cluster_object, connect, deployment, kubectl, object};
use crate::harness::cluster::{block_on, cluster};
use crate::harness::wait::eventually;

/// The tests of this file.
pub(crate) const CASES: &[Case] = &[
    ("apply::says_which_cluster_it_is", says_which_cluster_it_is),
    (
        "apply::lists_the_contexts_there_are",
        lists_the_contexts_there_are,
    ),
    (
        "apply::gives_up_on_a_server_that_is_not_there",
        gives_up_on_a_server_that_is_not_there,
    ),
    (
        "apply::gives_up_on_a_server_that_is_silent",
        gives_up_on_a_server_that_is_silent,
    ),
    (
        "apply::says_that_a_token_is_refused",
        says_that_a_token_is_refused,
    ),
    (
        "apply::creates_and_leaves_unchanged",
        creates_and_leaves_unchanged,
    ),
    (
        "apply::names_the_other_manager_and_its_field",
        names_the_other_manager_and_its_field,
    ),
    (
        "apply::names_a_field_that_is_unknown",
        names_a_field_that_is_unknown,
    ),
    (
        "apply::names_a_field_that_is_immutable",
        names_a_field_that_is_immutable,
    ),
    ("apply::needs_the_namespace", needs_the_namespace),
    (
        "apply::waits_for_no_namespace_that_goes",
        waits_for_no_namespace_that_goes,
    ),
    ("apply::dry_run_persists_nothing", dry_run_persists_nothing),
    ("apply::takes_a_secrets_key_away", takes_a_secrets_key_away),
    (
        "apply::knows_the_kinds_there_are",
        knows_the_kinds_there_are,
    ),
    ("apply::sees_what_is_gone", sees_what_is_gone),
];

const SETTINGS: &str =
    "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: settings }\ndata: { LEVEL: info }\n";

fn says_which_cluster_it_is() {
    let found = block_on(async { connect().await.info().clone() });
    let uid = kubectl(&[
        "get",
        "namespace",
        "kube-system",
        "-o",
        "jsonpath={.metadata.uid}",
    ]);
    assert_eq!((found.target.as_str(), found.uid), ("orch-test", uid));
    assert_eq!(found.version, "v1.36.3");
    assert!(
        found.server.starts_with("https://127.0.0.1:"),
        "{}",
        found.server
    );
}

fn lists_the_contexts_there_are() {
    let files = [cluster().kubeconfig()];
    let error = block_on(Cluster::connect("prod", &files)).expect_err("no such context");
    assert_eq!(
        error.to_string(),
        "no context is called `prod`; the kubeconfig has orch-test"
    );
    assert!(error.is_target());
}

fn gives_up_on_a_server_that_is_not_there() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("its address").port();
    drop(listener);
    let error = connect_to(port, "any");
    assert!(matches!(error, ClusterError::Unreachable { .. }), "{error}");
    assert!(error.to_string().contains(&port.to_string()), "{error}");
}

fn gives_up_on_a_server_that_is_silent() {
    // It takes connections, as a firewall in the way may, and never answers one.
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let error = connect_to(listener.local_addr().expect("its address").port(), "any");
    assert!(error.is_target(), "{error}");
}

fn says_that_a_token_is_refused() {
    let config = fs::read_to_string(cluster().kubeconfig()).expect("a kubeconfig");
    let port = config
        .split("https://127.0.0.1:")
        .nth(1)
        .and_then(|rest| rest.lines().next());
    let port = port.and_then(|port| port.parse().ok()).expect("its port");
    let error = connect_to(port, "wrong");
    assert!(matches!(error, ClusterError::Refused { .. }), "{error}");
}

/// Connects to a port of this machine; that must fail.
#[track_caller]
fn connect_to(port: u16, token: &str) -> ClusterError {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("kubeconfig");
    let text = format!(
        "apiVersion: v1\nkind: Config\n\
         clusters: [{{ name: a, cluster: {{ server: 'https://127.0.0.1:{port}', \
         insecure-skip-tls-verify: true }} }}]\n\
         users: [{{ name: a, user: {{ token: {token} }} }}]\n\
         contexts: [{{ name: a, context: {{ cluster: a, user: a }} }}]\n"
    );
    fs::write(&file, text).expect("a kubeconfig");
    block_on(Cluster::connect("a", &[file])).expect_err("it can't be used")
}

fn creates_and_leaves_unchanged() {
    let namespace = cluster().namespace("apply");
    let settings = object(&namespace, SETTINGS);
    let (first, second) = block_on(async {
        let cluster = connect().await;
        let first = apply(&cluster, &settings).await.expect("it is created");
        let second = apply(&cluster, &settings).await.expect("it is unchanged");
        (first, second)
    });
    assert_eq!(first.object["data"]["LEVEL"], "info");
    assert_eq!(
        first.object["metadata"]["managedFields"][0]["manager"],
        "orch"
    );
    assert_eq!(first.uid, second.uid);
    let version = "/metadata/resourceVersion";
    assert_eq!(
        first.object.pointer(version),
        second.object.pointer(version)
    );
}

fn names_the_other_manager_and_its_field() {
    let namespace = cluster().namespace("conflict");
    let other = SETTINGS.replace("info", "debug");
    let arguments = [
        "-n",
        &namespace,
        "apply",
        "--server-side",
        "--field-manager=someone",
        "-f",
        "-",
    ];
    let output = cluster().kubectl_with(&arguments, &other);
    assert!(output.status.success());
    let settings = object(&namespace, SETTINGS);
    block_on(async {
        let cluster = connect().await;
        let refused = apply(&cluster, &settings).await.expect_err("a conflict");
        assert_eq!(
            refused.to_string(),
            "other managers own fields of it: data.LEVEL (someone)"
        );
        let help = refused
            .failure("ConfigMap/settings")
            .help
            .expect("a way out");
        assert!(help.contains("--take-over"), "{help}");
        let options = ApplyOptions {
            take_over: TakeOver::All,
            ..ApplyOptions::default()
        };
        let taken = cluster
            .apply(&settings, options)
            .await
            .expect("it is taken over");
        assert_eq!(taken.object["data"]["LEVEL"], "info");
    });
}

fn names_a_field_that_is_unknown() {
    let namespace = cluster().namespace("unknown");
    let yaml = deployment("api", "", "").replace("replicas", "replicaz");
    let refused = refusal(&object(&namespace, &yaml));
    assert_eq!(
        refused,
        "the server doesn't know what is written: .spec.replicaz: field not declared in schema"
    );
}

fn names_a_field_that_is_immutable() {
    let namespace = cluster().namespace("immutable");
    let first = object(&namespace, &deployment("api", "", ""));
    block_on(async { apply(&connect().await, &first).await }).expect("it is created");
    let yaml =
        deployment("api", ", part: new", "").replace("{ app: api }", "{ app: api, part: new }");
    let failure = block_on(async { apply(&connect().await, &object(&namespace, &yaml)).await })
        .expect_err("the selector is immutable")
        .failure("Deployment/api");
    assert!(
        failure.cause.contains("field is immutable"),
        "{}",
        failure.cause
    );
    assert!(failure.help.expect("a way out").contains("--recreate"));
}

fn needs_the_namespace() {
    let refused = refusal(&object("nowhere", SETTINGS));
    assert_eq!(refused, "namespaces \"nowhere\" not found");
}

fn waits_for_no_namespace_that_goes() {
    let namespace = cluster().namespace("going");
    // A finalizer that nobody takes away keeps the namespace on its way out.
    let stays = SETTINGS.replace(
        "name: settings",
        "name: stays, finalizers: [orch.test/stay]",
    );
    block_on(async { apply(&connect().await, &object(&namespace, &stays)).await })
        .expect("applied");
    kubectl(&["delete", "namespace", &namespace, "--wait=false"]);
    let failure = block_on(async { apply(&connect().await, &object(&namespace, SETTINGS)).await })
        .expect_err("it is on its way out")
        .failure("ConfigMap/settings");
    assert!(
        failure.cause.contains("being terminated"),
        "{}",
        failure.cause
    );
    assert!(
        failure
            .help
            .expect("a way out")
            .contains("until the namespace is gone")
    );
    let patch = r#"{"metadata":{"finalizers":null}}"#;
    kubectl(&[
        "-n",
        &namespace,
        "patch",
        "configmap",
        "stays",
        "--type=merge",
        "-p",
        patch,
    ]);
}

fn dry_run_persists_nothing() {
    let namespace = cluster().namespace("dry");
    let settings = object(&namespace, SETTINGS);
    block_on(async {
        let cluster = connect().await;
        let options = ApplyOptions {
            dry_run: true,
            ..ApplyOptions::default()
        };
        let answer = cluster
            .apply(&settings, options)
            .await
            .expect("it would be created");
        assert_eq!(answer.object["data"]["LEVEL"], "info");
        assert!(cluster.get(&settings).await.expect("it answers").is_none());
    });
}

fn takes_a_secrets_key_away() {
    let namespace = cluster().namespace("secret");
    let yaml =
        "apiVersion: v1\nkind: Secret\nmetadata: { name: keys }\nstringData: { A: x, B: y }\n";
    let both = object(&namespace, yaml);
    let one = object(&namespace, &yaml.replace(", B: y", ""));
    block_on(async {
        let cluster = connect().await;
        let first = apply(&cluster, &both).await.expect("it is created");
        assert_eq!(
            first.object["data"].as_object().map(serde_json::Map::len),
            Some(2)
        );
        let version = |applied: &orch::cluster::Applied| {
            applied.object["metadata"]["resourceVersion"].clone()
        };
        let again = apply(&cluster, &both).await.expect("it is unchanged");
        assert_eq!(version(&first), version(&again));
        let second = apply(&cluster, &one).await.expect("it is changed");
        assert_eq!(second.object["data"], serde_json::json!({ "A": "eA==" }));
    });
}

fn knows_the_kinds_there_are() {
    block_on(async {
        let cluster = connect().await;
        for (api_version, kind, there) in [
            ("apps/v1", "Deployment", true),
            ("v1", "Secret", true),
            ("v1", "Deployment", false),
            ("monitoring.coreos.com/v1", "ServiceMonitor", false),
            ("apps/v9", "Deployment", false),
        ] {
            let found = cluster.has(api_version, kind).await.expect("it answers");
            assert_eq!(found, there, "{api_version} {kind}");
        }
        let monitor =
            "apiVersion: monitoring.coreos.com/v1\nkind: ServiceMonitor\nmetadata: { name: a }\n";
        let refused = apply(&cluster, &cluster_object(monitor))
            .await
            .expect_err("no such kind");
        let text = "the cluster has no kind ServiceMonitor in monitoring.coreos.com/v1; is its CRD installed?";
        assert_eq!(refused.to_string(), text);
    });
}

fn sees_what_is_gone() {
    let namespace = cluster().namespace("gone");
    let settings = object(&namespace, SETTINGS);
    let evidence = |uid: String| ObjectEvidence {
        api_version: "v1".to_owned(),
        kind: "ConfigMap".to_owned(),
        namespace: Some(namespace.clone()),
        name: "settings".to_owned(),
        uid,
        generation: None,
        ready: "present".to_owned(),
    };
    let gone = |evidence: ObjectEvidence| {
        block_on(async move { connect().await.gone(&evidence).await }).expect("it answers")
    };
    let applied = block_on(async { apply(&connect().await, &settings).await }).expect("applied");
    assert_eq!(gone(evidence(applied.uid.clone())), None);
    assert_eq!(
        gone(evidence("another".to_owned())).as_deref(),
        Some("ConfigMap/settings is another object of the same name")
    );
    kubectl(&["-n", &namespace, "delete", "configmap", "settings"]);
    let seen = eventually("its end", || gone(evidence(applied.uid.clone())));
    assert_eq!(seen, "ConfigMap/settings is gone");
}

/// Returns the message with which the server refuses an object.
#[track_caller]
fn refusal(object: &Object) -> String {
    block_on(async { apply(&connect().await, object).await })
        .expect_err("it is refused")
        .to_string()
}
