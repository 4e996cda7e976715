//! The watches against a server that answers as each test wants.

mod server;

use std::time::Duration;

use serde_json::{Value, json};

use super::{Seen, Ticket, Watches};
use server::{Answer, Server};

const PATH: &str = "/apis/apps/v1/namespaces/shop/deployments";

/// An object of orch's: its status tells what the test looks at.
fn object(name: &str, version: u32, state: &str) -> Value {
    json!({
        "metadata": { "name": name, "uid": name, "resourceVersion": version.to_string(),
            "managedFields": [{ "manager": "orch" }] },
        "status": { "state": state },
    })
}

fn event(kind: &str, object: &Value) -> Value {
    json!({ "type": kind, "object": object })
}

fn list(version: u32, items: &[Value]) -> Answer {
    let list = json!({ "kind": "List", "apiVersion": "v1",
        "metadata": { "resourceVersion": version.to_string() }, "items": items });
    Answer::Whole(200, list)
}

fn gone() -> Value {
    json!({ "kind": "Status", "apiVersion": "v1", "status": "Failure", "code": 410,
        "reason": "Expired", "message": "too old resource version", "metadata": {} })
}

fn refusal() -> Answer {
    let status = json!({ "kind": "Status", "apiVersion": "v1", "status": "Failure", "code": 403,
        "reason": "Forbidden", "message": "you may not", "metadata": {} });
    Answer::Whole(403, status)
}

fn wait(watches: &Watches, server: &Server, name: &str, version: u32) -> Ticket {
    let known = object(name, version, "applied");
    watches.object(&server.client(), PATH, &known, false)
}

fn told(seen: Seen) -> String {
    match seen {
        Seen::Object(Some(object)) => {
            let state = object["status"]["state"].as_str().unwrap_or_default();
            format!("{} {state}", object["metadata"]["name"].as_str().unwrap())
        }
        Seen::Object(None) => "gone".to_owned(),
        Seen::Missing => "missing".to_owned(),
        Seen::Pod(pod) => format!("pod {}", pod.metadata.name.as_deref().unwrap()),
        Seen::NoPod(name) => format!("no pod {name}"),
        Seen::Warning(it) => {
            let when = if it.fresh { "now" } else { "once" };
            format!("{} of {} {} times, {when}", it.reason, it.name, it.count)
        }
        Seen::Broken(why) => format!("broken: {why}"),
        Seen::Refused(_) => "refused".to_owned(),
    }
}

#[track_caller]
fn seen(ticket: &mut Ticket) -> impl Future<Output = String> {
    let limit = Duration::from_secs(20);
    async move {
        let seen = tokio::time::timeout(limit, ticket.next()).await;
        told(seen.expect("something is seen"))
    }
}

/// Returns what is seen of an object, with this server, until it is as the last state says.
async fn check(script: Vec<Answer>, expected: &[&str], asked: &[&str]) {
    let server = Server::new(script);
    let watches = Watches::default();
    let mut ticket = wait(&watches, &server, "api", 10);
    let mut found = Vec::new();
    while found.len() < expected.len() {
        found.push(seen(&mut ticket).await);
    }
    assert_eq!(found, expected);
    assert_eq!(server.asked(), asked);
}

#[tokio::test]
async fn a_watch_begins_where_the_apply_ended() {
    let events = vec![
        event("MODIFIED", &object("other", 11, "ready")),
        event("MODIFIED", &object("api", 12, "ready")),
    ];
    check(vec![Answer::Open(events)], &["api ready"], &["watch 10"]).await;
}

#[tokio::test]
async fn a_watch_that_ends_or_breaks_off_goes_on_from_where_it_was() {
    let bookmark = json!({ "type": "BOOKMARK", "object": { "kind": "Deployment",
        "apiVersion": "apps/v1", "metadata": { "resourceVersion": "40" } } });
    let script = vec![
        Answer::Cut(vec![event("MODIFIED", &object("api", 12, "half"))]),
        Answer::Cut(vec![bookmark]),
        Answer::Whole(
            500,
            json!({ "kind": "Status", "code": 500, "message": "oh" }),
        ),
        Answer::Open(vec![event("MODIFIED", &object("api", 41, "ready"))]),
    ];
    let asked = ["watch 10", "watch 12", "watch 40", "watch 40"];
    check(script, &["api half", "broken: oh", "api ready"], &asked).await;
}

#[tokio::test]
async fn what_a_server_has_forgotten_is_listed() {
    let script = vec![
        Answer::Cut(vec![
            event("MODIFIED", &object("api", 12, "half")),
            event("ERROR", &gone()),
        ]),
        list(90, &[object("api", 80, "ready")]),
    ];
    check(
        script,
        &["api half", "broken: too old resource version", "api ready"],
        &["watch 10", "list", "watch 90"],
    )
    .await;
}

#[tokio::test]
async fn a_version_that_is_refused_as_too_old_is_no_trouble() {
    let script = vec![
        Answer::Whole(410, gone()),
        list(90, &[object("api", 10, "applied")]),
        Answer::Open(vec![event("MODIFIED", &object("api", 91, "ready"))]),
    ];
    check(script, &["api ready"], &["watch 10", "list", "watch 90"]).await;
}

#[tokio::test]
async fn what_a_list_lacks_is_missing() {
    let script = vec![
        Answer::Whole(410, gone()),
        list(90, &[object("other", 80, "ready")]),
    ];
    check(script, &["missing"], &["watch 10", "list", "watch 90"]).await;
}

#[tokio::test]
async fn what_came_after_a_list_is_not_missing() {
    let script = vec![
        Answer::Whole(410, gone()),
        list(9, &[]),
        Answer::Open(vec![
            event("ADDED", &object("api", 10, "applied")),
            event("MODIFIED", &object("api", 11, "ready")),
        ]),
    ];
    check(script, &["api ready"], &["watch 10", "list", "watch 9"]).await;
}

#[tokio::test]
async fn an_object_made_again_is_first_gone() {
    let events = vec![
        event("DELETED", &object("api", 11, "applied")),
        event("ADDED", &object("api", 12, "new")),
    ];
    check(
        vec![Answer::Open(events)],
        &["gone", "api new"],
        &["watch 10"],
    )
    .await;
}

#[tokio::test]
async fn a_deletion_before_the_apply_does_not_count() {
    let script = vec![Answer::Open(vec![
        event("DELETED", &object("api", 8, "old")),
        event("ADDED", &object("api", 9, "new")),
        event("MODIFIED", &object("api", 10, "applied")),
        event("MODIFIED", &object("api", 11, "ready")),
    ])];
    check(script, &["api ready"], &["watch 10"]).await;
}

#[tokio::test]
async fn who_comes_later_sees_what_was_seen_before() {
    let events = vec![
        event("MODIFIED", &object("late", 11, "applied")),
        event("MODIFIED", &object("late", 12, "ready")),
        event("MODIFIED", &object("api", 13, "ready")),
    ];
    let server = Server::new([Answer::Open(events)]);
    let watches = Watches::default();
    let mut first = wait(&watches, &server, "api", 10);
    assert_eq!(seen(&mut first).await, "api ready");
    let mut late = wait(&watches, &server, "late", 11);
    assert_eq!(seen(&mut late).await, "late ready");
    let mut lost = wait(&watches, &server, "lost", 12);
    assert_eq!(seen(&mut lost).await, "missing");
    assert_eq!(server.asked(), ["watch 10"]);
}

#[tokio::test]
async fn who_knows_less_makes_the_watch_go_back_or_list() {
    let server = Server::new([
        Answer::Open(vec![event("MODIFIED", &object("api", 5_001, "ready"))]),
        Answer::Open(vec![
            event("MODIFIED", &object("early", 4_999, "ready")),
            event("MODIFIED", &object("api", 5_001, "ready")),
        ]),
        list(
            5_010,
            &[
                object("ancient", 11, "ready"),
                object("api", 5_001, "ready"),
            ],
        ),
    ]);
    let watches = Watches::default();
    let mut first = wait(&watches, &server, "api", 5_000);
    assert_eq!(seen(&mut first).await, "api ready");
    let mut early = wait(&watches, &server, "early", 4_998);
    assert_eq!(seen(&mut early).await, "early ready");
    let mut ancient = wait(&watches, &server, "ancient", 10);
    assert_eq!(seen(&mut ancient).await, "ancient ready");
    assert_eq!(
        server.asked(),
        ["watch 5000", "watch 4998", "list", "watch 5010"]
    );
}

#[tokio::test]
async fn another_one_drives_the_watch_when_one_leaves() {
    let events = vec![
        event("MODIFIED", &object("a", 11, "ready")),
        event("MODIFIED", &object("b", 12, "ready")),
    ];
    let server = Server::new([Answer::Open(events)]);
    let watches = Watches::default();
    let mut one = wait(&watches, &server, "a", 10);
    let mut other = wait(&watches, &server, "b", 10);
    let one = async {
        let found = seen(&mut one).await;
        drop(one);
        found
    };
    let (one, other) = futures::join!(one, seen(&mut other));
    assert_eq!((one.as_str(), other.as_str()), ("a ready", "b ready"));
    assert_eq!(server.asked(), ["watch 10"]);
}

#[tokio::test]
async fn a_watch_that_nobody_needed_for_a_while_goes_on() {
    let server = Server::new([
        Answer::Open(vec![event("MODIFIED", &object("a", 11, "ready"))]),
        Answer::Open(vec![event("MODIFIED", &object("b", 21, "ready"))]),
    ]);
    let watches = Watches::default();
    let mut one = wait(&watches, &server, "a", 10);
    assert_eq!(seen(&mut one).await, "a ready");
    drop(one);
    let mut other = wait(&watches, &server, "b", 20);
    assert_eq!(seen(&mut other).await, "b ready");
    assert_eq!(server.asked(), ["watch 10", "watch 11"]);
}

#[tokio::test]
async fn who_may_not_watch_all_is_told_and_may_watch_one() {
    let server = Server::new([
        refusal(),
        Answer::Open(vec![event("MODIFIED", &object("a", 11, "ready"))]),
    ]);
    let watches = Watches::default();
    let mut one = wait(&watches, &server, "a", 10);
    assert_eq!(seen(&mut one).await, "refused");
    let mut other = wait(&watches, &server, "b", 10);
    assert_eq!(seen(&mut other).await, "refused", "without asking again");
    let known = object("a", 10, "applied");
    let mut alone = watches.object(&server.client(), PATH, &known, true);
    assert_eq!(seen(&mut alone).await, "a ready");
    assert_eq!(server.asked(), ["watch 10", "watch 10 metadata.name%3Da"]);
}

fn pod(name: &str, version: u32, app: &str, reason: Option<&str>) -> Value {
    let mut pod = json!({ "metadata": { "name": name, "uid": name, "labels": { "app": app },
        "resourceVersion": version.to_string() }, "status": {} });
    if let Some(reason) = reason {
        pod["status"]["containerStatuses"] = json!([{ "name": "main", "image": "", "imageID": "",
            "ready": false, "restartCount": 0, "state": { "waiting": { "reason": reason } } }]);
    }
    pod
}

#[tokio::test]
async fn pods_in_trouble_are_told_to_those_whose_they_are() {
    let pulling = Some("ImagePullBackOff");
    let server = Server::new([
        list(
            20,
            &[
                pod("a", 1, "api", None),
                pod("b", 2, "api", pulling),
                pod("c", 3, "web", pulling),
            ],
        ),
        Answer::Open(vec![
            event("ADDED", &pod("d", 21, "api", None)),
            event("MODIFIED", &pod("b", 22, "api", None)),
            event("MODIFIED", &pod("d", 23, "api", pulling)),
            event("DELETED", &pod("d", 24, "api", pulling)),
        ]),
        list(30, &[]),
    ]);
    let watches = Watches::default();
    let labels = |app: &str| [("app".to_owned(), app.to_owned())].into();
    let mut api = watches.pods(&server.client(), "shop", labels("api"));
    for expected in ["pod b", "no pod b", "pod d", "no pod d"] {
        assert_eq!(seen(&mut api).await, expected);
    }
    let mut web = watches.pods(&server.client(), "shop", labels("web"));
    assert_eq!(seen(&mut web).await, "pod c");
    assert_eq!(server.asked(), ["list", "watch 20"]);
    drop((api, web));
    // What was in trouble when somebody last looked may be well by now.
    let mut web = watches.pods(&server.client(), "shop", labels("web"));
    let mut api = watches.pods(&server.client(), "shop", labels("api"));
    let asked = ["list", "watch 20", "list", "watch 30"];
    let listed = async {
        while server.asked() != asked {
            tokio::task::yield_now().await;
        }
    };
    tokio::select! {
        biased;
        told = web.next() => panic!("{told:?}"),
        told = api.next() => panic!("{told:?}"),
        () = listed => {}
    }
}

fn recorded(name: &str, version: u32, (kind, about, count): (&str, &str, u32)) -> Value {
    json!({
        "metadata": { "name": name, "uid": name, "resourceVersion": version.to_string() },
        "involvedObject": { "kind": kind, "name": about, "uid": about },
        "reason": "FailedCreate", "message": "no", "count": count, "type": "Warning",
    })
}

#[tokio::test]
async fn warnings_are_told_to_those_whose_they_are_and_whose_pods() {
    let server = Server::new([
        list(
            5,
            &[
                recorded("a", 1, ("StatefulSet", "api", 2)),
                recorded("b", 2, ("StatefulSet", "web", 1)),
            ],
        ),
        Answer::Open(vec![
            event("MODIFIED", &recorded("a", 6, ("StatefulSet", "api", 3))),
            event("ADDED", &recorded("c", 7, ("Pod", "web-0", 1))),
            event("ADDED", &recorded("d", 8, ("Pod", "api-0", 1))),
        ]),
    ]);
    let watches = Watches::default();
    let known = object("api", 1, "");
    let mut ticket = watches.warnings(&server.client(), "shop", &known);
    for expected in [
        "FailedCreate of api 2 times, once",
        "FailedCreate of api 3 times, now",
        "FailedCreate of api-0 1 times, now",
    ] {
        assert_eq!(seen(&mut ticket).await, expected);
    }
    // Who comes later hears what is known, and asks for nothing.
    let mut second = watches.warnings(&server.client(), "shop", &object("web", 1, ""));
    let mut both = vec![seen(&mut second).await, seen(&mut second).await];
    both.sort();
    assert_eq!(
        both,
        [
            "FailedCreate of web 1 times, once",
            "FailedCreate of web-0 1 times, now"
        ]
    );
    assert_eq!(
        server.asked(),
        ["list type%3DWarning", "watch 5 type%3DWarning"]
    );
}

#[tokio::test]
async fn a_list_made_again_tells_new_warnings_by_their_count() {
    let server = Server::new([
        list(5, &[recorded("a", 1, ("Job", "api", 2))]),
        Answer::Open(vec![json!({ "type": "ERROR", "object": gone() })]),
        list(9, &[recorded("a", 8, ("Job", "api", 4))]),
    ]);
    let watches = Watches::default();
    let mut ticket = watches.warnings(&server.client(), "shop", &object("api", 1, ""));
    assert_eq!(seen(&mut ticket).await, "FailedCreate of api 2 times, once");
    assert_eq!(seen(&mut ticket).await, "FailedCreate of api 4 times, now");
}
