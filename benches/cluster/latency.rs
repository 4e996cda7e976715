//! How long after the server has told that a Deployment is ready `orch` says so: a bare watch here
//! beside the events of `orch --json`, both with this process's clock.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use futures::TryStreamExt as _;
use k8s_openapi::api::apps::v1::Deployment;
use kube::Api;
use kube::runtime::{WatchStreamExt as _, watcher};
use serde_json::Value;

use crate::bare;
use crate::contestant::{Contestant, Entrant, orch};
use crate::harness::cluster::block_on;
use crate::objects::{NAMESPACE, Objects};
use crate::stage::Stage;

/// Returns, sorted, how much later than the bare watch `orch` knew of each Deployment; zero where
/// it was first.
pub(crate) fn measure(count: usize) -> Vec<Duration> {
    let objects = Objects::new(count);
    let stage = Stage::new(objects);
    let Entrant::Orch(workspace) = Contestant::Orch.enter(objects, 0) else {
        return Vec::new();
    };
    let (seen, said) = std::thread::scope(|scope| {
        let watching = scope.spawn(|| block_on(watch(&stage, objects.deployments())));
        let child = orch(&stage, &workspace)
            .arg("--json")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn();
        let said = listen(child.expect("orch was built"));
        (watching.join().expect("the watch"), said)
    });
    let mut late: Vec<Duration> = seen
        .iter()
        .filter_map(|(name, at)| Some(said.get(name)?.saturating_duration_since(*at)))
        .collect();
    assert_eq!(late.len(), objects.deployments(), "all were seen by both");
    late.sort_unstable();
    late
}

/// When the server told a bare watch that each Deployment is ready.
async fn watch(stage: &Stage, count: usize) -> BTreeMap<String, Instant> {
    let api: Api<Deployment> = Api::namespaced(stage.client().await, NAMESPACE);
    let mut seen = BTreeMap::new();
    let watch = watcher(api, watcher::Config::default()).applied_objects();
    let mut watch = std::pin::pin!(watch);
    while seen.len() < count {
        let next = watch.try_next().await.expect("a watch");
        let deployment = next.expect("a watch has no end");
        if bare::is_ready(&deployment) {
            let name = deployment.metadata.name.unwrap_or_default();
            seen.entry(name).or_insert_with(Instant::now);
        }
    }
    seen
}

/// When `orch` said that each Deployment is ready.
fn listen(mut child: Child) -> BTreeMap<String, Instant> {
    let stdout = child.stdout.take().expect("its output is a pipe");
    let mut said = BTreeMap::new();
    for line in BufReader::new(stdout).lines() {
        let line = line.expect("a line");
        let at = Instant::now();
        let event: Value = serde_json::from_str(&line).expect("JSON");
        let name = event["step"]
            .as_str()
            .filter(|_| event["event"] == "succeeded")
            .and_then(|step| step.strip_prefix("apply Deployment/"));
        if let Some(name) = name {
            said.insert(name.to_owned(), at);
        }
    }
    assert!(child.wait().expect("it ends").success(), "orch succeeds");
    said
}
