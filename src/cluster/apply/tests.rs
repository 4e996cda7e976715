//! Applying against the rehearsal, which answers as the real server does.

use k8s_openapi::api::batch::v1::Job;
use k8s_openapi::api::core::v1::ConfigMap;
use kube::ResourceExt as _;
use kube::api::{Api, Patch, PatchParams, PostParams};
use serde_json::{Value, json};

use super::{Applied, ApplyOptions, Before};
use crate::cluster::{ApplyError, Cluster, Fields, TakeOver, WayOut};
use crate::manifest::Object;
use crate::rehearsal::{Rehearsal, Script};

/// A rehearsal, and a client of somebody else.
struct Stage {
    cluster: Cluster,
    client: kube::Client,
}

impl Stage {
    async fn open() -> Self {
        let client = Rehearsal::new(Script::default()).client();
        let cluster = Cluster::over(client.clone(), "rehearsal").await;
        Self {
            cluster: cluster.expect("it connects"),
            client,
        }
    }

    async fn apply(&self, value: &Value, options: ApplyOptions) -> Result<Applied, ApplyError> {
        let object = Object::from_value(value.clone()).expect("an object");
        self.cluster.apply(&object, options).await
    }

    fn maps(&self) -> Api<ConfigMap> {
        Api::namespaced(self.client.clone(), "default")
    }

    /// Creates a map as `kubectl apply` does.
    async fn client_side(&self, map: &Value) {
        let mut map = map.clone();
        let manifest = map.to_string();
        map["metadata"]["annotations"] =
            json!({ "kubectl.kubernetes.io/last-applied-configuration": manifest });
        let map = serde_json::from_value(map).expect("a map");
        let params = PostParams {
            field_manager: Some("kubectl-client-side-apply".to_owned()),
            ..PostParams::default()
        };
        self.maps().create(&params, &map).await.expect("created");
    }
}

fn map(data: &Value) -> Value {
    json!({ "apiVersion": "v1", "kind": "ConfigMap",
        "metadata": { "name": "m", "namespace": "default" }, "data": data })
}

fn job(image: &str) -> Value {
    json!({ "apiVersion": "batch/v1", "kind": "Job",
        "metadata": { "name": "j", "namespace": "default" },
        "spec": { "template": { "spec": { "restartPolicy": "Never",
            "containers": [{ "name": "c", "image": image }] } } } })
}

fn consent(take_over: TakeOver) -> ApplyOptions {
    ApplyOptions {
        take_over,
        ..ApplyOptions::default()
    }
}

#[tokio::test]
async fn what_client_side_apply_left_behind_goes_with_consent() {
    let stage = Stage::open().await;
    stage
        .client_side(&map(&json!({ "A": "1", "OLD": "2" })))
        .await;
    let ours = map(&json!({ "A": "1" }));
    let adopted = stage.apply(&ours, ApplyOptions::default()).await;
    let adopted = adopted.expect("nothing conflicts");
    assert_eq!(adopted.object["data"]["OLD"], "2", "it keeps its share");
    let note = "adopted: it was there before, made by kubectl-client-side-apply on 2026-01-01";
    assert_eq!(adopted.notes.first().map(String::as_str), Some(note));

    let taken = stage.apply(&ours, consent(TakeOver::All)).await;
    let taken = taken.expect("it is taken over");
    assert_eq!(taken.object["data"], json!({ "A": "1" }));
    assert_eq!(
        taken.notes,
        ["taken over from kubectl-client-side-apply; not in the manifest, so taken out: data.OLD"]
    );
    assert!(Fields::applied_by(&taken.object, "orch").is_some());
    let live = stage.maps().get("m").await.expect("it is there");
    assert_eq!(live.managed_fields().len(), 1, "{:?}", live.metadata);
    assert!(live.annotations().is_empty());
}

#[tokio::test]
async fn only_conflicts_with_those_that_are_named_are_settled() {
    let stage = Stage::open().await;
    for (manager, data) in [("a", json!({ "A": "x" })), ("b", json!({ "B": "x" }))] {
        let params = PatchParams::apply(manager);
        let theirs = map(&data);
        let patch = Patch::Apply(&theirs);
        let patched = stage.maps().patch("m", &params, &patch).await;
        patched.expect("it is applied");
    }
    let ours = map(&json!({ "A": "1", "B": "1", "C": "1" }));
    let some = consent(TakeOver::Only(vec!["a".to_owned()]));
    let error = stage.apply(&ours, some).await.expect_err("b isn't named");
    let ApplyError::Conflict(conflicts) = &error else {
        panic!("{error}");
    };
    assert_eq!(conflicts.to_string(), "data.A (a), data.B (b)");
    assert_eq!(conflicts.others, ["b"]);
    let both = consent(TakeOver::Only(vec!["a".to_owned(), "b".to_owned()]));
    let taken = stage.apply(&ours, both).await.expect("it is taken over");
    assert_eq!(
        taken.object["data"],
        json!({ "A": "1", "B": "1", "C": "1" })
    );
}

#[tokio::test]
async fn nothing_secret_is_in_a_conflict() {
    let stage = Stage::open().await;
    let with = |word: &str| {
        let mut job = job("x:1");
        job["spec"]["template"]["spec"]["containers"][0]["env"] =
            json!([{ "name": "DB_PASSWORD", "value": word }]);
        job
    };
    let jobs: Api<Job> = Api::namespaced(stage.client.clone(), "default");
    let params = PatchParams::apply("ci");
    let theirs = with("swordfish");
    let patched = jobs.patch("j", &params, &Patch::Apply(&theirs)).await;
    patched.expect("it is applied");
    let refused = stage.apply(&with("hunter"), ApplyOptions::default()).await;
    let failure = refused.expect_err("ci owns it").failure("Job/j");
    let text = format!("{failure:?}");
    assert!(
        text.contains("env[name=DB_PASSWORD].value: *** in the cluster, ***"),
        "{text}"
    );
    // And in what can't be changed.
    let refused = stage.apply(&with("hunter"), consent(TakeOver::All)).await;
    let failure = refused.expect_err("a template is fixed").failure("Job/j");
    let text = format!("{text} {failure:?}");
    assert!(
        text.contains("env[name=DB_PASSWORD].value: *** in the cluster, ***"),
        "{text}"
    );
    for word in ["swordfish", "hunter"] {
        assert!(!text.contains(word), "{word} in {text}");
    }
}

#[tokio::test]
async fn a_job_is_made_again_only_with_consent() {
    let stage = Stage::open().await;
    let first = stage.apply(&job("x:1"), ApplyOptions::default()).await;
    let first = first.expect("it is created");
    let error = stage.apply(&job("x:2"), ApplyOptions::default()).await;
    let error = error.expect_err("its template is fixed");
    assert!(matches!(error.way_out(), WayOut::Recreate(_)), "{error}");
    let options = ApplyOptions {
        recreate: true,
        ..ApplyOptions::default()
    };
    // A preview is no consent.
    let preview = ApplyOptions {
        dry_run: true,
        ..options.clone()
    };
    stage
        .apply(&job("x:2"), preview)
        .await
        .expect_err("refused");
    let jobs: Api<Job> = Api::namespaced(stage.client.clone(), "default");
    let live = jobs.get("j").await.expect("it is still there");
    assert_eq!(live.uid(), Some(first.uid.clone()));
    let second = stage.apply(&job("x:2"), options).await.expect("made again");
    assert_ne!(first.uid, second.uid);
    assert_eq!(
        second.notes,
        ["deleted and made again: `spec.template`: field is immutable"]
    );
}

#[tokio::test]
async fn what_a_release_keeps_is_left_alone() {
    let stage = Stage::open().await;
    let mut theirs = map(&json!({ "A": "1" }));
    theirs["metadata"]["annotations"] = json!({ "meta.helm.sh/release-name": "web",
        "meta.helm.sh/release-namespace": "default" });
    let theirs = serde_json::from_value(theirs).expect("a map");
    let created = stage.maps().create(&PostParams::default(), &theirs).await;
    created.expect("it is created");
    let ours = map(&json!({ "A": "1" }));
    let error = stage.apply(&ours, ApplyOptions::default()).await;
    let failure = error.expect_err("it is helm's").failure("ConfigMap/m");
    assert_eq!(
        failure.cause,
        "ConfigMap/m can't be applied: it is kept by the Helm release default/web"
    );
    let named = consent(TakeOver::Only(vec!["helm".to_owned()]));
    let taken = stage.apply(&ours, named).await.expect("it is taken over");
    assert_eq!(
        taken.notes.first().map(String::as_str),
        Some("taken over from the Helm release default/web")
    );
}

#[tokio::test]
async fn a_list_tells_what_an_apply_has_to_look_at() {
    let stage = Stage::open().await;
    let ours = map(&json!({ "A": "1" }));
    let before = |live: Option<&Value>, consent| Before::of(live, &ours, &consent);
    assert_eq!(before(None, TakeOver::None), Before::Absent);
    let applied = stage.apply(&ours, ApplyOptions::default()).await;
    let applied = applied.expect("it is created").object;
    assert_eq!(before(Some(&applied), TakeOver::All), Before::Ours);
    let mut others = applied.clone();
    others["metadata"]["managedFields"][0]["manager"] = json!("helm");
    assert_eq!(before(Some(&others), TakeOver::None), Before::Unknown);
    let mut ending = applied;
    ending["metadata"]["deletionTimestamp"] = json!("2026-01-01T00:00:00Z");
    assert_eq!(before(Some(&ending), TakeOver::None), Before::Unknown);
}
