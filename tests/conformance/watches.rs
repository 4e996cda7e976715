//! Watches that are shared, and go on after cuts: through a proxy that counts what is asked.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use futures::future::join_all;
use k8s_openapi::api::apps::v1::Deployment;
use k8s_openapi::api::core::v1::Service;
use kube::api::{Api, DeleteParams, Patch, PatchParams};
use orch::cluster::{Applied, Cluster, NotReady, Ready, Wait};
use orch::manifest::{Object, parse_documents};
use serde_json::json;

use crate::conformance::Case;
use crate::conformance::target::{apply, connect, deployment, object};
use crate::harness::cluster::{block_on, cluster};
use crate::harness::proxy::{Fault, Proxy};
use crate::harness::wait::LIMIT;

/// The tests of this file.
pub(crate) const CASES: &[Case] = &[
    ("watches::fifty_objects_share_one", fifty_objects_share_one),
    (
        "watches::what_is_ready_by_being_there_costs_nothing",
        what_is_ready_by_being_there_costs_nothing,
    ),
    (
        "watches::storage_classes_are_asked_for_once",
        storage_classes_are_asked_for_once,
    ),
    (
        "watches::what_happens_while_they_are_cut_is_noticed",
        what_happens_while_they_are_cut_is_noticed,
    ),
    (
        "watches::a_forgotten_version_is_listed",
        a_forgotten_version_is_listed,
    ),
    (
        "watches::an_object_made_again_is_another",
        an_object_made_again_is_another,
    ),
    (
        "watches::what_becomes_ready_is_noticed_at_once",
        what_becomes_ready_is_noticed_at_once,
    ),
    ("watches::two_wait_for_one_object", two_wait_for_one_object),
    (
        "watches::one_name_is_watched_where_no_more_is_allowed",
        one_name_is_watched_where_no_more_is_allowed,
    ),
];

const BALANCER: &str = "
apiVersion: v1
kind: Service
metadata: { name: front }
spec: { type: LoadBalancer, selector: { app: api }, ports: [{ port: 80 }] }
";

async fn through(proxy: &Proxy) -> Cluster {
    let cluster = Cluster::connect(proxy.context(), &[proxy.kubeconfig()]).await;
    cluster.expect("it connects")
}

/// Applies objects at once and waits for all of them at once.
async fn bring_all(target: &Cluster, objects: &[Object]) -> Vec<Result<Ready, NotReady>> {
    join_all(objects.iter().map(async |object| {
        let applied = apply(target, object).await.expect("it is applied");
        wait(target, object, &applied).await
    }))
    .await
}

async fn wait(target: &Cluster, object: &Object, applied: &Applied) -> Result<Ready, NotReady> {
    let wait = Wait {
        timeout: LIMIT,
        grace: LIMIT,
        report: &|_| (),
    };
    target.ready(object, applied, &wait).await
}

/// Waits until the proxy has seen that many requests of a kind.
async fn until(proxy: &Proxy, count: usize, what: &str) {
    let seen = async {
        while proxy.count(what) < count {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let seen = tokio::time::timeout(LIMIT, seen).await;
    assert!(seen.is_ok(), "{count} of {what}: {:#?}", proxy.requests());
}

fn fifty_objects_share_one() {
    let namespace = cluster().namespace("share");
    let proxy = Proxy::before(cluster());
    let objects: Vec<Object> = (1..=50)
        .map(|number| object(&namespace, &deployment(&format!("d{number}"), "", "")))
        .collect();
    block_on(async {
        let target = through(&proxy).await;
        let cuts = async {
            for watches in [1, 3] {
                until(&proxy, watches, "watch=true").await;
                proxy.cut();
            }
        };
        let (ready, ()) = futures::join!(bring_all(&target, &objects), cuts);
        for (object, ready) in objects.iter().zip(ready) {
            ready.unwrap_or_else(|not| panic!("{}: {not:#?}", object.label()));
        }
    });
    let deployments = format!("GET /apis/apps/v1/namespaces/{namespace}/deployments?");
    let pods = format!("GET /api/v1/namespaces/{namespace}/pods?");
    let asked = proxy.requests();
    for path in [deployments, pods] {
        let asked: Vec<&String> = asked.iter().filter(|it| it.starts_with(&path)).collect();
        // Two cuts, and those who know less than the first of them.
        assert!((1..=12).contains(&asked.len()), "{asked:#?}");
    }
}

fn what_is_ready_by_being_there_costs_nothing() {
    let namespace = cluster().namespace("there");
    let proxy = Proxy::before(cluster());
    let objects = parse_documents("test.yaml", THERE).expect("YAML");
    assert_eq!(objects.len(), 8);
    block_on(async {
        let target = through(&proxy).await;
        for mut object in objects {
            object.value["metadata"]["namespace"] = namespace.as_str().into();
            object.namespace = Some(namespace.clone());
            let applied = apply(&target, &object).await.expect("it is applied");
            let before = proxy.requests().len();
            wait(&target, &object, &applied).await.expect("ready");
            let asked = proxy.requests().split_off(before);
            assert!(asked.is_empty(), "{}: {asked:?}", object.label());
        }
    });
}

fn storage_classes_are_asked_for_once() {
    let namespace = cluster().namespace("classes");
    let proxy = Proxy::before(cluster());
    let claims: Vec<Object> = (1..=5)
        .map(|number| {
            let yaml = format!(
                "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {{ name: c{number} }}\n\
                 spec: {{ accessModes: [ReadWriteOnce], \
                 resources: {{ requests: {{ storage: 1Gi }} }} }}\n"
            );
            object(&namespace, &yaml)
        })
        .collect();
    block_on(async {
        let target = through(&proxy).await;
        for ready in bring_all(&target, &claims).await {
            ready.expect("ready");
        }
    });
    assert_eq!(proxy.count("/storageclasses"), 1);
}

fn what_happens_while_they_are_cut_is_noticed() {
    let namespace = cluster().namespace("while");
    let proxy = Proxy::before(cluster());
    let yaml = deployment("api", "", "").replace(
        "spec:\n  replicas",
        "spec:\n  minReadySeconds: 2\n  replicas",
    );
    let object = object(&namespace, &yaml);
    block_on(async {
        let target = through(&proxy).await;
        let deployments: Api<Deployment> = Api::namespaced(cluster().client().await, &namespace);
        let applied = apply(&target, &object).await.expect("it is applied");
        let meanwhile = async {
            until(&proxy, 2, "watch=true").await;
            proxy.hit_every(1, "watch=true", Fault::Drop);
            proxy.cut();
            loop {
                let now = deployments.get("api").await.expect("it is there");
                let available = now.status.and_then(|status| status.available_replicas);
                if available == Some(2) {
                    break;
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            assert!(proxy.hits() > 0, "watches were cut");
            proxy.calm();
        };
        let (ready, ()) = futures::join!(wait(&target, &object, &applied), meanwhile);
        assert_eq!(ready.expect("ready").reason, "2 of 2 replicas available");
    });
}

fn a_forgotten_version_is_listed() {
    let namespace = cluster().namespace("forgotten");
    let proxy = Proxy::before(cluster());
    let object = object(&namespace, BALANCER);
    let path = format!("GET /api/v1/namespaces/{namespace}/services?");
    block_on(async {
        let target = through(&proxy).await;
        let services: Api<Service> = Api::namespaced(cluster().client().await, &namespace);
        let applied = apply(&target, &object).await.expect("it is applied");
        let meanwhile = async {
            until(&proxy, 1, "watch=true").await;
            proxy.hit(1, "watch=true", Fault::Answer(410, None));
            proxy.cut();
            until(&proxy, 3, "watch=true").await;
            let address =
                json!({ "status": { "loadBalancer": { "ingress": [{ "ip": "192.0.2.1" }] } } });
            let (params, change) = (PatchParams::default(), Patch::Merge(address));
            let done = services.patch_status("front", &params, &change).await;
            done.expect("it is patched");
        };
        let (ready, ()) = futures::join!(wait(&target, &object, &applied), meanwhile);
        assert_eq!(ready.expect("ready").reason, "load balancer at 192.0.2.1");
    });
    let lists = proxy.requests();
    let lists = lists
        .iter()
        .filter(|it| it.starts_with(&path) && !it.contains("watch=true"));
    assert_eq!(lists.count(), 1);
}

fn an_object_made_again_is_another() {
    let namespace = cluster().namespace("made-again");
    let proxy = Proxy::before(cluster());
    let object = object(&namespace, BALANCER);
    block_on(async {
        let (target, other) = (through(&proxy).await, connect().await);
        let services: Api<Service> = Api::namespaced(cluster().client().await, &namespace);
        for (forgotten, cause) in [
            (false, "Service/front is not ready: somebody deleted it"),
            (
                true,
                "Service/front is not ready: another object took its name",
            ),
        ] {
            let applied = apply(&target, &object).await.expect("it is applied");
            let seen = proxy.count("watch=true");
            let meanwhile = async {
                until(&proxy, seen + 1, "watch=true").await;
                proxy.hit_every(1, "watch=true", Fault::Drop);
                proxy.cut();
                let params = DeleteParams::default();
                let deleted = services.delete("front", &params);
                deleted.await.expect("it is deleted");
                apply(&other, &object).await.expect("it is applied again");
                proxy.calm();
                if forgotten {
                    proxy.hit(1, "watch=true", Fault::Answer(410, None));
                }
            };
            let (ready, ()) = futures::join!(wait(&target, &object, &applied), meanwhile);
            assert_eq!(ready.expect_err("it isn't ready").failure.cause, cause);
        }
    });
}

fn what_becomes_ready_is_noticed_at_once() {
    let namespace = cluster().namespace("at-once");
    let address = json!({ "status": { "loadBalancer": { "ingress": [{ "ip": "192.0.2.1" }] } } });
    let (params, change) = (PatchParams::default(), Patch::Merge(address));
    let delays = block_on(async {
        let target = connect().await;
        let services: Api<Service> = Api::namespaced(cluster().client().await, &namespace);
        let mut delays = Vec::new();
        for number in 1..=10 {
            let name = format!("front-{number}");
            let object = object(&namespace, &BALANCER.replace("front", &name));
            let applied = apply(&target, &object).await.expect("it is applied");
            let noticed = async {
                wait(&target, &object, &applied).await.expect("ready");
                Instant::now()
            };
            let reported = async {
                let patched = services.patch_status(&name, &params, &change);
                patched.await.expect("it is patched");
                Instant::now()
            };
            let (noticed, reported) = futures::join!(noticed, reported);
            delays.push(noticed.saturating_duration_since(reported));
        }
        delays
    });
    // Other tests may keep the machine busy: what counts is that nothing is waited for on purpose.
    let best = delays.iter().min().expect("ten of them");
    assert!(*best < Duration::from_millis(50), "{delays:?}");
}

fn two_wait_for_one_object() {
    let namespace = cluster().namespace("two");
    let proxy = Proxy::before(cluster());
    let object = object(&namespace, &deployment("api", "", ""));
    block_on(async {
        let target = through(&proxy).await;
        let applied = apply(&target, &object).await.expect("it is applied");
        let waits = [
            wait(&target, &object, &applied),
            wait(&target, &object, &applied),
        ];
        for ready in join_all(waits).await {
            ready.expect("ready");
        }
    });
    let path = format!("GET /apis/apps/v1/namespaces/{namespace}/deployments?");
    assert_eq!(proxy.count(&path), 1, "{:#?}", proxy.requests());
}

/// Returns a kubeconfig through the proxy for a user who may see Deployments by these names only.
fn limited(proxy: &Proxy, namespace: &str, names: &str) -> (tempfile::TempDir, PathBuf) {
    let role = format!(
        "apiVersion: v1\nkind: ServiceAccount\nmetadata: {{ name: limited }}\n---\n\
         apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {{ name: limited }}\n\
         rules:\n\
         - {{ apiGroups: [apps], resources: [deployments], verbs: [create, get, patch] }}\n\
         - {{ apiGroups: [apps], resources: [deployments], resourceNames: [{names}], \
             verbs: [list, watch] }}\n---\n\
         apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\n\
         metadata: {{ name: limited }}\n\
         roleRef: {{ apiGroup: rbac.authorization.k8s.io, kind: Role, name: limited }}\n\
         subjects: [{{ kind: ServiceAccount, name: limited, namespace: {namespace} }}]\n"
    );
    let made = cluster().kubectl_with(&["apply", "-n", namespace, "-f", "-"], &role);
    assert!(
        made.status.success(),
        "{}",
        String::from_utf8_lossy(&made.stderr)
    );
    let token = cluster().kubectl(&["create", "token", "limited", "-n", namespace]);
    let token = String::from_utf8(token.stdout).expect("a token");
    let mut user = String::new();
    write!(user, "user: {{ token: {} }}", token.trim()).expect("text");
    let kubeconfig = fs_err::read_to_string(proxy.kubeconfig()).expect("a kubeconfig");
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("kubeconfig");
    fs_err::write(&path, kubeconfig.replace("user: {}", &user)).expect("it is written");
    (folder, path)
}

fn one_name_is_watched_where_no_more_is_allowed() {
    let namespace = cluster().namespace("limited");
    let proxy = Proxy::before(cluster());
    let (_folder, kubeconfig) = limited(&proxy, &namespace, "a, b");
    let objects: Vec<Object> = ["a", "b", "c"]
        .iter()
        .map(|name| object(&namespace, &deployment(name, "", "")))
        .collect();
    block_on(async {
        let target = Cluster::connect(proxy.context(), &[kubeconfig]).await;
        let target = target.expect("it connects");
        let ready = bring_all(&target, &objects).await;
        let said: Vec<String> = ready
            .into_iter()
            .map(|ready| match ready {
                Ok(ready) => ready.reason,
                Err(not) => not.failure.cause,
            })
            .collect();
        let [a, b, c] = said.as_slice() else {
            panic!("{said:?}");
        };
        let available = "2 of 2 replicas available";
        assert_eq!((a.as_str(), b.as_str()), (available, available));
        assert!(
            c.starts_with("Deployment/c is not ready: it can't be watched: ")
                && c.contains("forbidden"),
            "{c}"
        );
    });
}

const THERE: &str = "
apiVersion: v1
kind: ConfigMap
metadata: { name: a }
data: { key: value }
---
apiVersion: v1
kind: Secret
metadata: { name: a }
stringData: { key: value }
---
apiVersion: v1
kind: ServiceAccount
metadata: { name: a }
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: { name: a }
rules: [{ apiGroups: [''], resources: [pods], verbs: [get] }]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: { name: a }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: a }
subjects: [{ kind: ServiceAccount, name: a }]
---
apiVersion: v1
kind: Service
metadata: { name: a }
spec: { selector: { app: a }, ports: [{ port: 80 }] }
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: a }
spec: { podSelector: {}, policyTypes: [Ingress] }
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: a }
spec: { defaultBackend: { service: { name: a, port: { number: 80 } } } }
";
