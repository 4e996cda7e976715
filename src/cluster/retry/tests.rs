//! The layer over a server that answers as told, on a clock that is moved.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use http::{Request, Response, StatusCode};
use http_body_util::BodyExt as _;
use kube::client::Body;
use tokio::time::Instant;
use tower::{Layer as _, ServiceExt as _};

use super::Retry;

/// A server's answers: status, `Retry-After`, body. The last is given for ever.
type Answers = &'static [(u16, Option<&'static str>, &'static str)];

/// Asks and returns the status of the end, how often it was asked, and how long it took.
async fn ask(verb: &str, answers: Answers) -> (u16, usize, Duration) {
    let count = Arc::<AtomicUsize>::default();
    let counted = Arc::clone(&count);
    let server = tower::service_fn(move |_: Request<Body>| {
        let at = counted.fetch_add(1, Ordering::Relaxed);
        let (status, after, body) = answers[at.min(answers.len() - 1)];
        let mut answer = Response::new(Body::from(body.as_bytes().to_vec()));
        *answer.status_mut() = StatusCode::from_u16(status).expect("a status");
        if let Some(after) = after {
            let after = after.parse().expect("a value");
            answer
                .headers_mut()
                .insert(http::header::RETRY_AFTER, after);
        }
        std::future::ready(Ok::<_, tower::BoxError>(answer))
    });
    let layer = Retry::new();
    layer.reached();
    let mut request = Request::new(Body::from(b"{}".to_vec()));
    *request.method_mut() = verb.parse().expect("a verb");
    let began = Instant::now();
    let answer = layer
        .layer(server)
        .oneshot(request)
        .await
        .expect("an answer");
    let status = answer.status().as_u16();
    drop(
        answer
            .into_body()
            .collect()
            .await
            .expect("its body is whole"),
    );
    assert!(
        layer.board().trouble().borrow().is_none(),
        "nothing waits any more"
    );
    (status, count.load(Ordering::Relaxed), began.elapsed())
}

#[tokio::test(start_paused = true)]
async fn the_server_says_how_long_it_wants_to_be_left_alone() {
    const BODY: &str = r#"{"details":{"retryAfterSeconds":5}}"#;
    const ANSWERS: Answers = &[(429, Some("3"), ""), (429, None, BODY), (200, None, "ok")];
    let (status, count, took) = ask("POST", ANSWERS).await;
    assert_eq!((status, count, took.as_secs()), (200, 3, 8));
}

#[tokio::test(start_paused = true)]
async fn it_ends_by_time_and_not_by_count() {
    let (status, count, took) = ask("GET", &[(503, None, "")]).await;
    assert_eq!(status, 503);
    assert!((100..=120).contains(&took.as_secs()), "{took:?}");
    assert!((20..80).contains(&count), "{count}");
    let (status, _, took) = ask("GET", &[(500, None, "")]).await;
    assert_eq!(status, 500);
    assert!((20..=30).contains(&took.as_secs()), "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn what_must_not_be_done_twice_is_asked_once() {
    let (status, count, _) = ask("POST", &[(503, None, "")]).await;
    assert_eq!((status, count), (503, 1));
}
