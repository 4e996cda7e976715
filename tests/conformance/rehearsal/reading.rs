//! The scenarios of reading: lists, their pages, watches, and what is served at all.

use serde_json::{Value, json};

use super::check;
use super::scenarios::{MAPS, create, get};
use crate::conformance::Case;

/// The tests of this file.
pub(super) const CASES: &[Case] = &[
    ("rehearsal::label_selectors", label_selectors),
    ("rehearsal::field_selectors", field_selectors),
    ("rehearsal::pages", pages),
    ("rehearsal::watch_from_a_list", watch_from_a_list),
    (
        "rehearsal::watch_with_initial_events",
        watch_with_initial_events,
    ),
    ("rehearsal::discovery", discovery),
];

fn label_selectors() {
    let only = |names: &[&str]| {
        let items: Vec<Value> = names
            .iter()
            .map(|name| json!({ "metadata": { "name": name } }))
            .collect();
        (
            200,
            json!({ "kind": "ConfigMapList", "metadata": { "resourceVersion": "*" }, "items": items }),
        )
    };
    let list = |selector: &str, names: &[&str]| {
        get(&format!("{MAPS}?labelSelector={selector}"), only(names))
    };
    check(
        "labels",
        &[
            create("a", "info"),
            create("b", "debug"),
            create("c", "debug"),
            list("tier%3Ddebug", &["b", "c"]),
            list("app%3Da", &["a"]),
            list("app%20in%20(a,c)", &["a", "c"]),
            list("tier%3Ddebug,app!%3Dc", &["b"]),
            list("tier,!app", &[]),
            get(
                &format!("{MAPS}?labelSelector=%3D%3D"),
                (400, json!({ "reason": "BadRequest" })),
            ),
        ],
    );
}

fn field_selectors() {
    let items = json!({ "items": [{ "metadata": { "name": "b" } }] });
    check(
        "fields",
        &[
            create("a", "info"),
            create("b", "info"),
            get(
                &format!("{MAPS}?fieldSelector=metadata.name%3Db"),
                (200, items),
            ),
        ],
    );
}

fn pages() {
    let page = json!({ "metadata": { "continue": "*", "remainingItemCount": null },
        "items": [{ "metadata": { "name": "a" } }, { "metadata": { "name": "b" } }] });
    check(
        "pages",
        &[
            create("a", "info"),
            create("b", "info"),
            create("c", "info"),
            get(&format!("{MAPS}?limit=2&labelSelector=tier"), (200, page)),
        ],
    );
}

fn watch_from_a_list() {
    let names = json!([
        { "type": "ADDED", "object": { "kind": "ConfigMap", "metadata": { "name": "a" } } },
        { "type": "ADDED", "object": { "kind": "ConfigMap", "metadata": { "name": "b" } } }]);
    check(
        "watch",
        &[
            create("a", "info"),
            create("b", "info"),
            get(
                &format!("{MAPS}?watch=true&resourceVersion=0&labelSelector=tier"),
                (200, names),
            ),
        ],
    );
}

fn watch_with_initial_events() {
    let query = "watch=true&sendInitialEvents=true&allowWatchBookmarks=true\
                 &resourceVersionMatch=NotOlderThan&labelSelector=tier";
    let names = json!([
        { "type": "ADDED", "object": { "metadata": { "name": "a" } } },
        { "type": "BOOKMARK", "object": { "kind": "ConfigMap", "metadata": { "resourceVersion": "*",
            "annotations": { "k8s.io/initial-events-end": "true" } } } }]);
    check(
        "bookmark",
        &[
            create("a", "info"),
            get(&format!("{MAPS}?{query}"), (200, names)),
        ],
    );
}

fn discovery() {
    let nothing = json!("404 page not found\n");
    let unserved = json!({ "kind": "Status", "reason": "NotFound", "code": 404,
        "message": "the server could not find the requested resource" });
    let version = json!({ "major": "1", "minor": "36" });
    check(
        "discovery",
        &[
            get("/version", (200, version)),
            get("/apis/monitoring.coreos.com/v1", (404, nothing.clone())),
            get(
                "/apis/monitoring.coreos.com/v1/namespaces/NS/prometheuses",
                (404, nothing),
            ),
            get("/api/v1/namespaces/NS/nothings", (404, unserved)),
            get(
                "/apis/apps/v1",
                (
                    200,
                    json!({ "kind": "APIResourceList", "groupVersion": "apps/v1" }),
                ),
            ),
            get(
                "/api/v1",
                (
                    200,
                    json!({ "kind": "APIResourceList", "groupVersion": "v1" }),
                ),
            ),
        ],
    );
}
