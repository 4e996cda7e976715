//! Bad days: a server that is busy, breaks, loses answers, or goes away for a while.

use std::time::Duration;

use orch::cluster::Cluster;

use crate::conformance::Case;
use crate::conformance::outage::assert_each_step_was_done_once;
use crate::conformance::phase::workspace;
use crate::conformance::target::{apply, bring, object};
use crate::harness::cluster::{block_on, cluster};
use crate::harness::proxy::{Fault, Proxy};

/// The tests of this file.
pub(crate) const CASES: &[Case] = &[
    (
        "storm::a_busy_server_is_asked_again_when_it_says",
        a_busy_server_is_asked_again_when_it_says,
    ),
    (
        "storm::an_apply_whose_answer_is_lost_is_sent_again",
        an_apply_whose_answer_is_lost_is_sent_again,
    ),
    (
        "storm::a_wrong_object_is_sent_once",
        a_wrong_object_is_sent_once,
    ),
    (
        "storm::a_phase_is_done_on_a_busy_server",
        a_phase_is_done_on_a_busy_server,
    ),
    (
        "storm::a_phase_is_done_on_a_server_that_breaks",
        a_phase_is_done_on_a_server_that_breaks,
    ),
    (
        "storm::watches_that_are_cut_begin_anew",
        watches_that_are_cut_begin_anew,
    ),
];

/// Runs the whole phase through the proxy.
fn run_through(proxy: &Proxy, namespace: &str) {
    let workspace = workspace(namespace).with_env("KUBECONFIG", proxy.kubeconfig());
    workspace
        .orch(&["phase", "4", "run", "--context", proxy.context()])
        .expect(0);
    assert_each_step_was_done_once(&workspace);
    assert!(proxy.hits() > 20, "{}", proxy.hits());
}

fn a_phase_is_done_on_a_busy_server() {
    let proxy = Proxy::before(cluster());
    proxy.hit_every(4, "", Fault::Answer(429, Some(1)));
    run_through(&proxy, "busy-phase");
}

fn a_phase_is_done_on_a_server_that_breaks() {
    let proxy = Proxy::before(cluster());
    proxy.hit_every(3, "PATCH", Fault::Answer(500, None));
    proxy.hit_every(4, "PATCH", Fault::LoseAnswer);
    proxy.hit_every(5, "GET", Fault::Answer(503, None));
    proxy.hit_every(7, "watch=true", Fault::Drop);
    run_through(&proxy, "breaking-phase");
}

const CONFIG_MAP: &str =
    "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\ndata: { key: value }\n";

async fn through(proxy: &Proxy) -> Cluster {
    let cluster = Cluster::connect(proxy.context(), &[proxy.kubeconfig()]).await;
    cluster.expect("it connects")
}

fn a_busy_server_is_asked_again_when_it_says() {
    let namespace = cluster().namespace("busy");
    let proxy = Proxy::before(cluster());
    let object = object(&namespace, CONFIG_MAP);
    block_on(async {
        let target = through(&proxy).await;
        let mut trouble = target.trouble();
        proxy.hit(2, "PATCH", Fault::Answer(429, Some(1)));
        let started = std::time::Instant::now();
        let told = async {
            let seen = trouble.wait_for(Option::is_some).await.expect("a word");
            seen.as_ref().map(orch::cluster::Trouble::text)
        };
        let (applied, told) = futures::join!(apply(&target, &object), told);
        applied.expect("it is applied");
        assert!(
            started.elapsed() >= Duration::from_secs(2),
            "it was left alone as it asked"
        );
        let told = told.unwrap_or_default();
        assert!(
            told.starts_with("the server is busy (429); trying again since"),
            "{told}"
        );
        assert_eq!(*target.trouble().borrow(), None, "nothing waits any more");
        assert_eq!(proxy.count("PATCH"), 3);
    });
}

fn an_apply_whose_answer_is_lost_is_sent_again() {
    let namespace = cluster().namespace("lost");
    let proxy = Proxy::before(cluster());
    let object = object(&namespace, CONFIG_MAP);
    block_on(async {
        let target = through(&proxy).await;
        proxy.hit(1, "PATCH", Fault::LoseAnswer);
        proxy.hit(1, "PATCH", Fault::Drop);
        proxy.hit(1, "PATCH", Fault::Answer(500, None));
        proxy.hit(1, "PATCH", Fault::Answer(503, None));
        apply(&target, &object).await.expect("it is applied");
        assert_eq!((proxy.hits(), proxy.count("PATCH")), (4, 5));
    });
}

fn a_wrong_object_is_sent_once() {
    let namespace = cluster().namespace("wrong");
    let proxy = Proxy::before(cluster());
    let wrong = CONFIG_MAP.replace("\ndata:", "\ndota:");
    let object = object(&namespace, &wrong);
    block_on(async {
        let target = through(&proxy).await;
        apply(&target, &object).await.expect_err("it is refused");
        assert_eq!(proxy.count("PATCH"), 1, "the server's 500 is for good");
    });
}

fn watches_that_are_cut_begin_anew() {
    let namespace = cluster().namespace("cut");
    let proxy = Proxy::before(cluster());
    let yaml = "apiVersion: batch/v1\nkind: Job\nmetadata: { name: j }\nspec:\n  template:\n    \
                spec: { restartPolicy: Never, containers: [{ name: c, image: example.test/c }] }\n";
    let object = object(&namespace, yaml);
    block_on(async {
        let target = through(&proxy).await;
        let cuts = async {
            for watches in 1..=3 {
                while proxy.count("watch=true") < watches {
                    tokio::time::sleep(Duration::from_millis(10)).await;
                }
                proxy.cut();
            }
        };
        let (ready, ()) = futures::join!(bring(&target, &object, Duration::ZERO), cuts);
        ready.expect("it is ready");
    });
}
