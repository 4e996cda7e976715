//! One suite of scenarios, two servers: what the rehearsal answers must be what kube-apiserver does.
//!
//! A scenario is a row of requests, each with the code and the part of the answer that both give.

mod applying;
mod reading;
mod scenarios;

use futures::StreamExt as _;
use http_body_util::BodyExt as _;
use kube::Client;
use kube::client::Body;
use orch::rehearsal::{Rehearsal, Script};
use serde_json::{Value, json};

use crate::conformance::Case;
use crate::harness::cluster::{block_on, cluster};
use crate::harness::wait::LIMIT;

/// The tests of this file.
pub(crate) const CASES: &[Case] = scenarios::CASES;

/// Those of reading.
pub(crate) const READING: &[Case] = reading::CASES;

/// Those of what an apply meets on its way.
pub(crate) const APPLYING: &[Case] = applying::CASES;

/// A request and what both servers answer to it. `NS` stands for the scenario's namespace.
#[derive(Clone)]
struct Step {
    method: &'static str,
    path: String,
    body: Value,
    code: u16,
    /// Fields of the answer; `null` says that a field is absent, `"*"` that it has any value.
    says: Value,
}

fn step(method: &'static str, path: &str, body: &Value, (code, says): (u16, Value)) -> Step {
    Step {
        method,
        path: path.to_owned(),
        body: body.clone(),
        code,
        says,
    }
}

/// Asks both servers; all disagreements are shown together.
#[track_caller]
fn check(name: &str, steps: &[Step]) {
    let namespace = cluster().namespace(name);
    let mut wrong = block_on(async {
        let client = cluster().client().await;
        ask(&client, "kube-apiserver", &namespace, steps).await
    });
    wrong.extend(block_on(async {
        let client = Rehearsal::new(Script::default()).client();
        let body =
            json!({ "apiVersion": "v1", "kind": "Namespace", "metadata": { "name": namespace } });
        let made = step("POST", "/api/v1/namespaces", &body, (201, json!({})));
        let mut wrong = ask(&client, "rehearsal", &namespace, &[made]).await;
        wrong.extend(ask(&client, "rehearsal", &namespace, steps).await);
        wrong
    }));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

async fn ask(client: &Client, server: &str, namespace: &str, steps: &[Step]) -> Vec<String> {
    let mut wrong = Vec::new();
    for (number, step) in steps.iter().enumerate() {
        let path = step.path.replace("NS", namespace);
        let (code, answer) = send(client, step, &path, namespace).await;
        let says = step.says.to_string().replace("NS", namespace);
        let says: Value = serde_json::from_str(&says).expect("JSON");
        let mut differences = Vec::new();
        if code != step.code {
            differences.push(format!("code {code}, expected {}", step.code));
        }
        compare("", &says, &answer, &mut differences);
        if !differences.is_empty() {
            wrong.push(format!(
                "{server}, request {}: {} {path}\n  {}\n  answer: {answer}",
                number + 1,
                step.method,
                differences.join("\n  ")
            ));
        }
    }
    wrong
}

/// Sends a request and returns the code and the answer; a watch's events as a list, as many as
/// are expected.
async fn send(client: &Client, step: &Step, path: &str, namespace: &str) -> (u16, Value) {
    let kind = match (step.method, path.contains("fieldManager=")) {
        ("PATCH", true) => "application/apply-patch+yaml",
        ("PATCH", false) => "application/merge-patch+json",
        _ => "application/json",
    };
    let body = if step.body.is_null() {
        Body::empty()
    } else {
        Body::from(step.body.to_string().replace("NS", namespace).into_bytes())
    };
    let request = http::Request::builder()
        .method(step.method)
        .uri(path)
        .header("content-type", kind)
        .header("accept", "application/json")
        .body(body)
        .expect("a request");
    let answer = client.send(request).await.expect("an answer");
    let code = answer.status().as_u16();
    if path.contains("watch=") && code == 200 {
        let wanted = step.says.as_array().map_or(1, Vec::len);
        return (code, events(answer.into_body(), wanted).await);
    }
    let bytes = answer
        .into_body()
        .collect()
        .await
        .expect("the whole answer")
        .to_bytes();
    let text = String::from_utf8_lossy(&bytes).into_owned();
    (
        code,
        serde_json::from_str(&text).unwrap_or(Value::String(text)),
    )
}

async fn events(body: Body, wanted: usize) -> Value {
    let mut chunks = body.into_data_stream();
    let mut text = String::new();
    let read = async {
        while text.matches('\n').count() < wanted {
            match chunks.next().await {
                Some(chunk) => text.push_str(&String::from_utf8_lossy(&chunk.expect("a chunk"))),
                None => break,
            }
        }
    };
    drop(tokio::time::timeout(LIMIT / 6, read).await);
    text.lines()
        .take(wanted)
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .collect()
}

fn compare(at: &str, expected: &Value, found: &Value, differences: &mut Vec<String>) {
    match (expected, found) {
        (Value::Object(fields), Value::Object(_)) => {
            for (name, value) in fields {
                compare(&format!("{at}.{name}"), value, &found[name], differences);
            }
        }
        (Value::Array(items), Value::Array(others)) if items.len() == others.len() => {
            for (number, (item, other)) in items.iter().zip(others).enumerate() {
                compare(&format!("{at}[{number}]"), item, other, differences);
            }
        }
        (Value::String(any), found) if any == "*" && !found.is_null() => {}
        (Value::String(part), Value::String(whole)) if part.starts_with('~') => {
            if !whole.contains(part.trim_start_matches('~')) {
                differences.push(format!("{at}: {whole:?} doesn't contain {part:?}"));
            }
        }
        _ if expected == found => {}
        _ => differences.push(format!("{at}: {found}, expected {expected}")),
    }
}
