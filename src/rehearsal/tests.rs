//! The server as a client meets it.

use std::time::Duration;

use futures::StreamExt as _;
use k8s_openapi::api::apps::v1::{Deployment, ReplicaSet};
use k8s_openapi::api::core::v1::{ConfigMap, Namespace, Pod};
use kube::api::{Api, DeleteParams, ListParams, LogParams, Patch, PatchParams, PostParams};
use kube::runtime::wait::{await_condition, conditions::is_deleted};
use kube::runtime::watcher;
use serde_json::{Value, json};

use super::{Rehearsal, Script};
use crate::cluster::{Applied, ApplyError, ApplyOptions, Cluster, TakeOver, Wait};
use crate::journal::Failure;
use crate::manifest::Object;

/// A rehearsal with a namespace `shop`.
struct Shop {
    client: kube::Client,
    cluster: Cluster,
}

impl Shop {
    async fn open(script: Value) -> Self {
        let script: Script = serde_json::from_value(script).unwrap();
        let rehearsal = Rehearsal::new(script);
        let client = rehearsal.client();
        let cluster = Cluster::over(client.clone(), "rehearsal").await.unwrap();
        let shop = Self { client, cluster };
        shop.apply(json!({ "apiVersion": "v1", "kind": "Namespace",
            "metadata": { "name": "shop" } }))
            .await
            .unwrap();
        shop
    }

    async fn apply(&self, value: Value) -> Result<Applied, ApplyError> {
        self.apply_with(value, ApplyOptions::default()).await
    }

    async fn apply_with(&self, value: Value, options: ApplyOptions) -> Result<Applied, ApplyError> {
        self.cluster
            .apply(&Object::from_value(value).unwrap(), options)
            .await
    }

    /// Applies and waits; returns why it is ready or what failed.
    async fn roll_out(&self, value: Value) -> Result<String, Failure> {
        let object = Object::from_value(value).unwrap();
        let applied = self
            .cluster
            .apply(&object, ApplyOptions::default())
            .await
            .unwrap();
        let (timeout, grace) = (Duration::from_secs(20), Duration::from_millis(300));
        let wait = Wait {
            timeout,
            grace,
            report: &|_| {},
        };
        let ready = self.cluster.ready(&object, &applied, &wait).await;
        ready.map(|ready| ready.reason).map_err(|not| not.failure)
    }

    fn api<K>(&self) -> Api<K>
    where
        K: kube::Resource<Scope = k8s_openapi::NamespaceResourceScope>,
        K::DynamicType: Default,
    {
        Api::namespaced(self.client.clone(), "shop")
    }
}

fn config_map(name: &str, data: &Value) -> Value {
    json!({ "apiVersion": "v1", "kind": "ConfigMap",
        "metadata": { "name": name, "namespace": "shop", "labels": { "part": name } },
        "data": data })
}

fn deployment(replicas: u32) -> Value {
    json!({ "apiVersion": "apps/v1", "kind": "Deployment",
        "metadata": { "name": "api", "namespace": "shop" },
        "spec": { "replicas": replicas,
            "selector": { "matchLabels": { "app": "api" } },
            "template": { "metadata": { "labels": { "app": "api" } },
                "spec": { "containers": [{ "name": "api", "image": "api:1",
                    "ports": [{ "containerPort": 80 }] }] } } } })
}

fn failing(outcome: &str) -> Value {
    json!({ "failures": [{ "selector": "Deployment/api", "after": "1s", "outcome": outcome,
        "message": "no database" }] })
}

#[tokio::test]
async fn a_deployment_rolls_out_with_its_replica_set_and_pods() {
    let shop = Shop::open(json!({})).await;
    assert_eq!(
        shop.roll_out(deployment(2)).await.unwrap(),
        "2 of 2 replicas available"
    );
    let pods = shop
        .api::<Pod>()
        .list(&ListParams::default().labels("app=api"))
        .await
        .unwrap();
    assert_eq!(pods.items.len(), 2);
    let sets = shop
        .api::<ReplicaSet>()
        .list(&ListParams::default())
        .await
        .unwrap();
    assert_eq!(sets.items.len(), 1);
}

#[tokio::test]
async fn a_stateful_set_binds_its_claims_and_becomes_ready() {
    let shop = Shop::open(json!({})).await;
    let reason = shop
        .roll_out(json!({ "apiVersion": "apps/v1", "kind": "StatefulSet",
            "metadata": { "name": "db", "namespace": "shop" },
            "spec": { "serviceName": "db", "selector": { "matchLabels": { "app": "db" } },
                "template": { "metadata": { "labels": { "app": "db" } },
                    "spec": { "containers": [{ "name": "db", "image": "db:1" }] } },
                "volumeClaimTemplates": [{ "metadata": { "name": "data" },
                    "spec": { "accessModes": ["ReadWriteOnce"],
                        "resources": { "requests": { "storage": "1Gi" } } } }] } }))
        .await;
    assert_eq!(reason.unwrap(), "1 of 1 replicas ready");
    let claims: Api<k8s_openapi::api::core::v1::PersistentVolumeClaim> = shop.api();
    let claim = claims.get("data-db-0").await.unwrap();
    assert_eq!(claim.status.unwrap().phase.as_deref(), Some("Bound"));
}

#[tokio::test]
async fn a_crash_loop_shows_pod_exit_code_and_log() {
    let shop = Shop::open(failing("CrashLoopBackOff")).await;
    let failure = shop.roll_out(deployment(1)).await.unwrap_err();
    assert!(failure.cause.contains("CrashLoopBackOff"), "{failure:?}");
    let details = failure.details.join("\n");
    assert!(
        details.contains("exit code 1") && details.contains("no database"),
        "{details}"
    );
}

#[tokio::test]
async fn a_log_is_that_of_one_run_of_the_container() {
    let shop = Shop::open(failing("CrashLoopBackOff")).await;
    shop.roll_out(deployment(1)).await.unwrap_err();
    let pods: Api<Pod> = shop.api();
    let crashed = pods.list(&ListParams::default()).await.unwrap().items;
    let status = crashed[0].status.clone().unwrap();
    assert!(status.container_statuses.unwrap()[0].restart_count > 1);
    let name = crashed[0].metadata.name.clone().unwrap();
    for previous in [false, true] {
        let params = LogParams {
            previous,
            ..LogParams::default()
        };
        let log = pods.logs(&name, &params).await.unwrap();
        assert_eq!(log, "no database\n", "previous: {previous}");
    }

    let shop = Shop::open(json!({})).await;
    shop.roll_out(deployment(1)).await.unwrap();
    let pods: Api<Pod> = shop.api();
    let running = pods.list(&ListParams::default()).await.unwrap().items;
    let name = running[0].metadata.name.clone().unwrap();
    let params = LogParams {
        previous: true,
        ..LogParams::default()
    };
    let error = pods.logs(&name, &params).await.unwrap_err();
    assert!(
        error.to_string().contains("previous terminated container"),
        "{error}"
    );
}

#[tokio::test]
async fn an_image_that_cannot_be_pulled_fails_the_rollout() {
    let shop = Shop::open(failing("ImagePullBackOff")).await;
    let failure = shop.roll_out(deployment(1)).await.unwrap_err();
    assert!(failure.cause.contains("ImagePullBackOff"), "{failure:?}");
    assert!(failure.help.unwrap().contains("image"));
}

#[tokio::test]
async fn a_pod_that_fits_nowhere_fails_the_rollout_after_its_grace() {
    let shop = Shop::open(failing("Pending")).await;
    let failure = shop.roll_out(deployment(1)).await.unwrap_err();
    assert!(failure.cause.contains("no node takes pod"), "{failure:?}");
}

#[tokio::test]
async fn a_missing_secret_key_is_named() {
    let shop = Shop::open(json!({})).await;
    let mut value = deployment(1);
    value["spec"]["template"]["spec"]["containers"][0]["env"] = json!([{ "name": "PASSWORD",
        "valueFrom": { "secretKeyRef": { "name": "db", "key": "password" } } }]);
    let failure = shop.roll_out(value).await.unwrap_err();
    assert!(
        failure.cause.contains("CreateContainerConfigError"),
        "{failure:?}"
    );
    assert!(failure.cause.contains("db"), "{failure:?}");
}

#[tokio::test]
async fn another_managers_field_is_a_conflict_until_taken_over() {
    let shop = Shop::open(json!({})).await;
    let maps: Api<ConfigMap> = shop.api();
    let theirs = config_map("app", &json!({ "LEVEL": "info" }));
    maps.patch("app", &PatchParams::apply("helm"), &Patch::Apply(&theirs))
        .await
        .unwrap();
    let ours = config_map("app", &json!({ "LEVEL": "debug" }));
    let error = shop.apply(ours.clone()).await.unwrap_err();
    let ApplyError::Conflict(fields) = &error else {
        panic!("{error}");
    };
    let fields = fields.lines().join(", ");
    assert!(
        fields.contains("data.LEVEL") && fields.contains("helm"),
        "{fields}"
    );
    let force = ApplyOptions {
        take_over: TakeOver::All,
        ..ApplyOptions::default()
    };
    shop.apply_with(ours, force).await.unwrap();
    assert_eq!(
        maps.get("app").await.unwrap().data.unwrap()["LEVEL"],
        "debug"
    );
}

#[tokio::test]
async fn an_unknown_field_is_refused_in_the_real_servers_words() {
    let shop = Shop::open(json!({})).await;
    let mut value = deployment(1);
    value["spec"]["replicaz"] = json!(2);
    let error = shop.apply(value).await.unwrap_err().to_string();
    assert!(
        error.contains(".spec.replicaz: field not declared in schema"),
        "{error}"
    );
}

#[tokio::test]
async fn a_dry_run_persists_nothing() {
    let shop = Shop::open(json!({})).await;
    let dry = ApplyOptions {
        dry_run: true,
        ..ApplyOptions::default()
    };
    shop.apply_with(config_map("app", &json!({})), dry)
        .await
        .unwrap();
    assert!(
        shop.api::<ConfigMap>()
            .get_opt("app")
            .await
            .unwrap()
            .is_none()
    );
}

#[tokio::test]
async fn applying_the_same_again_changes_nothing_and_what_is_left_out_goes() {
    let shop = Shop::open(json!({})).await;
    let both = config_map("app", &json!({ "A": "1", "B": "2" }));
    let version = |applied: Applied| applied.object["metadata"]["resourceVersion"].clone();
    let first = version(shop.apply(both.clone()).await.unwrap());
    assert_eq!(version(shop.apply(both).await.unwrap()), first);
    let less = shop
        .apply(config_map("app", &json!({ "A": "1" })))
        .await
        .unwrap();
    assert_eq!(less.object["data"], json!({ "A": "1" }));
}

#[tokio::test]
async fn the_generation_counts_changes_of_the_spec_alone() {
    let shop = Shop::open(json!({})).await;
    shop.roll_out(deployment(1)).await.unwrap();
    let mut labelled = deployment(1);
    labelled["metadata"]["labels"] = json!({ "team": "calls" });
    assert_eq!(shop.apply(labelled).await.unwrap().generation, Some(1));
    assert_eq!(shop.apply(deployment(3)).await.unwrap().generation, Some(2));
}

#[tokio::test]
async fn a_missing_namespace_is_named() {
    let shop = Shop::open(json!({})).await;
    let mut value = config_map("app", &json!({}));
    value["metadata"]["namespace"] = json!("elsewhere");
    let error = shop.apply(value).await.unwrap_err();
    assert!(
        matches!(&error, ApplyError::Namespace(text) if text.contains("elsewhere")),
        "{error}"
    );
}

#[tokio::test]
async fn a_stale_update_is_refused() {
    let shop = Shop::open(json!({})).await;
    shop.apply(config_map("app", &json!({ "A": "1" })))
        .await
        .unwrap();
    let maps: Api<ConfigMap> = shop.api();
    let old = maps.get("app").await.unwrap();
    shop.apply(config_map("app", &json!({ "A": "2" })))
        .await
        .unwrap();
    let error = maps
        .replace("app", &PostParams::default(), &old)
        .await
        .unwrap_err();
    assert!(matches!(error, kube::Error::Api(status) if status.code == 409));
}

#[tokio::test]
async fn deleting_an_owner_takes_what_it_owns_along() {
    let shop = Shop::open(json!({})).await;
    shop.roll_out(deployment(2)).await.unwrap();
    let pods: Api<Pod> = shop.api();
    let owned = pods.list(&ListParams::default()).await.unwrap().items;
    assert_eq!(owned.len(), 2);
    let deployments: Api<Deployment> = shop.api();
    deployments
        .delete("api", &DeleteParams::background())
        .await
        .unwrap();
    for pod in owned {
        let (name, uid) = (pod.metadata.name.unwrap(), pod.metadata.uid.unwrap());
        await_condition(pods.clone(), &name, is_deleted(&uid))
            .await
            .unwrap();
    }
    let sets: Api<ReplicaSet> = shop.api();
    assert!(
        sets.list(&ListParams::default())
            .await
            .unwrap()
            .items
            .is_empty()
    );
}

#[tokio::test]
async fn deleting_a_namespace_empties_it() {
    let shop = Shop::open(json!({})).await;
    shop.apply(config_map("app", &json!({}))).await.unwrap();
    let namespaces: Api<Namespace> = Api::all(shop.client.clone());
    let uid = namespaces.get("shop").await.unwrap().metadata.uid.unwrap();
    namespaces
        .delete("shop", &DeleteParams::default())
        .await
        .unwrap();
    await_condition(namespaces, "shop", is_deleted(&uid))
        .await
        .unwrap();
    let maps: Api<ConfigMap> = shop.api();
    assert!(maps.get_opt("app").await.unwrap().is_none());
}

#[tokio::test]
async fn lists_are_paged_and_filtered() {
    let shop = Shop::open(json!({})).await;
    for name in ["a", "b", "c"] {
        shop.apply(config_map(name, &json!({}))).await.unwrap();
    }
    let maps: Api<ConfigMap> = shop.api();
    let names = |list: &kube::api::ObjectList<ConfigMap>| -> Vec<String> {
        list.items
            .iter()
            .filter_map(|map| map.metadata.name.clone())
            .collect()
    };
    let one = maps
        .list(&ListParams::default().labels("part=b"))
        .await
        .unwrap();
    assert_eq!(names(&one), ["b"]);
    let page = maps.list(&ListParams::default().limit(2)).await.unwrap();
    assert_eq!(page.items.len(), 2);
    let token = page.metadata.continue_.clone().unwrap();
    let rest = maps
        .list(&ListParams::default().limit(2).continue_token(&token))
        .await
        .unwrap();
    let all: Vec<String> = names(&page).into_iter().chain(names(&rest)).collect();
    // `kube-root-ca.crt` is in every namespace.
    assert_eq!(all, ["a", "b", "c", "kube-root-ca.crt"]);
}

#[tokio::test]
async fn a_watch_sees_what_is_there_and_what_comes() {
    let shop = Shop::open(json!({})).await;
    shop.apply(config_map("app", &json!({ "A": "1" })))
        .await
        .unwrap();
    for config in [
        watcher::Config::default(),
        watcher::Config::default().streaming_lists(),
    ] {
        let config = config.fields("metadata.name=app");
        let mut events = watcher::watcher(shop.api::<ConfigMap>(), config).boxed();
        let mut seen = Vec::new();
        while seen.len() < 2 {
            match events.next().await.unwrap().unwrap() {
                watcher::Event::InitApply(map) | watcher::Event::Apply(map) => {
                    let value = map.data.unwrap()["A"].clone();
                    if seen.is_empty() {
                        let next = format!("{value}1");
                        shop.apply(config_map("app", &json!({ "A": next })))
                            .await
                            .unwrap();
                    }
                    seen.push(value);
                }
                watcher::Event::Delete(_) | watcher::Event::Init | watcher::Event::InitDone => {}
            }
        }
        assert_eq!(seen[1], format!("{}1", seen[0]));
    }
}

#[tokio::test]
async fn service_monitors_exist_only_where_the_script_says_so() {
    let has = async |script: Value| {
        let shop = Shop::open(script).await;
        shop.cluster
            .has("monitoring.coreos.com/v1", "ServiceMonitor")
            .await
            .unwrap()
    };
    assert!(!has(json!({})).await);
    assert!(has(json!({ "service_monitors": true })).await);
}

#[tokio::test]
async fn kinds_of_the_way_in_exist_where_the_script_says_so() {
    for (flag, version, kind) in [
        ("gateway_api", "gateway.networking.k8s.io/v1", "HTTPRoute"),
        ("gateway_api", "gateway.networking.k8s.io/v1", "Gateway"),
        ("traefik", "traefik.io/v1alpha1", "Middleware"),
        ("service_monitors", "monitoring.coreos.com/v1", "PodMonitor"),
    ] {
        let without = Shop::open(json!({})).await;
        assert!(!without.cluster.has(version, kind).await.unwrap());
        let with = Shop::open(json!({ flag: true })).await;
        assert!(with.cluster.has(version, kind).await.unwrap(), "{kind}");
    }
}

#[tokio::test]
async fn two_rehearsals_of_the_same_are_the_same() {
    let outcome = async || {
        let shop = Shop::open(json!({})).await;
        shop.roll_out(deployment(2)).await.unwrap();
        let pods = shop
            .api::<Pod>()
            .list(&ListParams::default())
            .await
            .unwrap();
        serde_json::to_string(&pods.items).unwrap()
    };
    assert_eq!(outcome().await, outcome().await);
}
