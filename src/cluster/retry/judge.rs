//! Whether to ask again: pure, from what was asked and what came of it.

use std::time::Duration;

use http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::BodyExt as _;
use kube::client::Body;
use serde_json::Value;
use tower::BoxError;

use super::{PATIENCE, Whole};

/// How long an error of the server's own is waited out: a webhook that is being rolled out comes
/// back, but not every one is of that kind.
const OWN_ERROR: Duration = Duration::from_secs(30);

/// The longest pause that a server may ask for.
const LONGEST: Duration = Duration::from_mins(1);

/// What a server says in a 500 when the request itself is wrong.
const PERMANENT: [&str; 4] = [
    "failed to create typed patch object",
    "failed to convert new object",
    "field not declared in schema",
    "failed to create manager for existing fields",
];

/// What was asked.
pub(super) struct Asked {
    /// Whether doing it twice is the same as doing it once.
    idempotent: bool,
    /// Whether it changes what a claim protects.
    pub(super) changes: bool,
    /// Whether it is a node that has to answer, through the server.
    node: bool,
}

/// To ask again.
#[derive(Debug, PartialEq)]
pub(super) struct Again {
    /// Why, in one line.
    pub(super) why: String,
    /// How long the server wants to be left alone.
    pub(super) after: Option<Duration>,
    /// How long to go on.
    pub(super) limit: Duration,
}

/// What came of it.
#[derive(Debug)]
pub(super) enum Outcome {
    /// An answer.
    Answer {
        status: StatusCode,
        message: String,
        after: Option<Duration>,
    },
    /// No connection: nothing was sent.
    Unsent(String),
    /// The connection broke, or nothing was said: who knows what the server did.
    Lost(String),
    /// Credentials or the like could not be made.
    Own,
}

impl Asked {
    /// Returns what a request asks, and the request.
    ///
    /// # Errors
    /// Where its body can't be read.
    pub(super) async fn of(request: Request<Body>) -> Result<(Self, Request<Body>), BoxError> {
        let apply = |headers: &HeaderMap| {
            let kind = headers.get(http::header::CONTENT_TYPE);
            kind.is_some_and(|kind| kind.as_bytes().starts_with(b"application/apply-patch"))
        };
        let (head, body) = request.into_parts();
        let body = body.collect().await?.to_bytes();
        let idempotent = match head.method {
            Method::GET | Method::HEAD => true,
            Method::PATCH => apply(&head.headers),
            // Only of the very object that was meant: another may have taken its name.
            Method::DELETE => serde_json::from_slice::<Value>(&body)
                .is_ok_and(|options| options.pointer("/preconditions/uid").is_some()),
            _ => false,
        };
        let reads = matches!(head.method, Method::GET | Method::HEAD);
        let asked = Self {
            idempotent,
            changes: !reads && !head.uri.path().contains("/leases"),
            node: head.uri.path().ends_with("/log"),
        };
        Ok((asked, Request::from_parts(head, body.into())))
    }

    /// Returns why and how to ask again, if it makes sense. `waking`: a connection was lost a
    /// short time ago.
    pub(super) fn again(&self, outcome: &Outcome, waking: bool) -> Option<Again> {
        let again = |why: String, after, limit| Some(Again { why, after, limit });
        match outcome {
            Outcome::Unsent(why) => again(
                format!("the server can't be reached ({why})"),
                None,
                PATIENCE,
            ),
            Outcome::Lost(why) if self.idempotent => {
                again(format!("the server doesn't answer ({why})"), None, PATIENCE)
            }
            Outcome::Lost(_) | Outcome::Own => None,
            Outcome::Answer {
                status,
                message,
                after,
            } => {
                let limit = match status.as_u16() {
                    429 => PATIENCE,
                    502..=504 if self.idempotent => PATIENCE,
                    // It refuses what it would take once it is all there; nothing was done.
                    401 | 403 if waking => PATIENCE,
                    500 if self.idempotent && !self.node && !is_permanent(message) => OWN_ERROR,
                    _ => return None,
                };
                let why = match status.as_u16() {
                    429 => "the server is busy (429)".to_owned(),
                    code if message.is_empty() => format!("the server answers {code}"),
                    code => format!("the server answers {code}: {message}"),
                };
                again(why, *after, limit)
            }
        }
    }
}

impl Outcome {
    /// Returns what an answer is.
    pub(super) fn of(answer: &Result<Whole, BoxError>) -> Self {
        match answer {
            Ok(Whole::Stream(response)) => Self::Answer {
                status: response.status(),
                message: String::new(),
                after: None,
            },
            Ok(Whole::Read(response)) if response.status().is_success() => Self::Answer {
                status: response.status(),
                message: String::new(),
                after: None,
            },
            Ok(Whole::Read(response)) => {
                let said: Value = serde_json::from_slice(response.body()).unwrap_or_default();
                let asked = said.pointer("/details/retryAfterSeconds");
                let text = said.get("message").and_then(Value::as_str);
                Self::Answer {
                    status: response.status(),
                    message: text.unwrap_or_default().to_owned(),
                    after: pause(response.headers(), asked.and_then(Value::as_u64)),
                }
            }
            Err(error) => Self::of_error(error),
        }
    }

    fn of_error(error: &BoxError) -> Self {
        if error.is::<super::Silent>() {
            return Self::Lost(error.to_string());
        }
        if error.is::<hyper::Error>() {
            return Self::Lost(last(error));
        }
        match error.downcast_ref::<hyper_util::client::legacy::Error>() {
            Some(client) if client.is_connect() => Self::Unsent(last(error)),
            Some(_) => Self::Lost(last(error)),
            None => Self::Own,
        }
    }

    /// Returns whether there was no answer.
    pub(super) fn is_lost(&self) -> bool {
        matches!(self, Self::Unsent(_) | Self::Lost(_))
    }
}

/// How long the server wants to be left alone: by the header, else by its answer's body.
fn pause(headers: &HeaderMap, said: Option<u64>) -> Option<Duration> {
    let header = headers.get(http::header::RETRY_AFTER);
    let header = header.and_then(|value| value.to_str().ok()?.trim().parse().ok());
    let seconds = header.or(said)?;
    Some(Duration::from_secs(seconds).min(LONGEST))
}

fn is_permanent(message: &str) -> bool {
    PERMANENT.iter().any(|sign| message.contains(sign))
}

/// The innermost cause: the others say only that something failed.
fn last(error: &BoxError) -> String {
    let mut last: &dyn std::error::Error = error.as_ref();
    while let Some(source) = last.source() {
        last = source;
    }
    match last.downcast_ref::<std::io::Error>() {
        Some(error) => error.kind().to_string(),
        None => last.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const APPLY: &str = "PATCH application/apply-patch+yaml";

    /// Returns what is asked by `VERB [content type]`, with that body.
    fn asked(what: &str, body: &'static str) -> Asked {
        use futures::FutureExt as _;
        let (verb, kind) = what.split_once(' ').unwrap_or((what, "application/json"));
        let request = Request::builder()
            .method(verb)
            .uri("/api/v1/namespaces/n/pods")
            .header(http::header::CONTENT_TYPE, kind)
            .body(Body::from(body.as_bytes().to_vec()))
            .expect("a request");
        let asked = Asked::of(request).now_or_never().expect("the body is here");
        asked.expect("a body").0
    }

    fn answer(status: u16, message: &str) -> Outcome {
        Outcome::Answer {
            status: StatusCode::from_u16(status).expect("a status"),
            message: message.to_owned(),
            after: None,
        }
    }

    #[track_caller]
    fn check(what: &str, outcome: &Outcome, expected: Option<(&str, Duration)>) {
        let again = asked(what, "{}").again(outcome, false);
        let again = again.as_ref().map(|again| (&*again.why, again.limit));
        assert_eq!(again, expected);
    }

    #[test]
    fn what_was_never_sent_is_sent_again_whatever_it_is() {
        let refused = Outcome::Unsent("connection refused".to_owned());
        let why = "the server can't be reached (connection refused)";
        for what in ["GET", "POST", "DELETE", APPLY] {
            check(what, &refused, Some((why, PATIENCE)));
        }
    }

    #[test]
    fn what_may_have_been_done_is_asked_again_only_where_twice_is_once() {
        let lost = Outcome::Lost("connection reset".to_owned());
        let why = Some(("the server doesn't answer (connection reset)", PATIENCE));
        check("GET", &lost, why);
        check(APPLY, &lost, why);
        check("PATCH application/merge-patch+json", &lost, None);
        check("POST", &lost, None);
        check("PUT", &lost, None);
        check("DELETE", &lost, None);
        let guarded = asked("DELETE", r#"{"preconditions":{"uid":"u"}}"#);
        assert!(guarded.again(&lost, false).is_some());
    }

    #[test]
    fn a_busy_server_did_nothing_and_a_broken_one_may_have() {
        let busy = Some(("the server is busy (429)", PATIENCE));
        check("POST", &answer(429, ""), busy);
        check(APPLY, &answer(429, ""), busy);
        check("POST", &answer(503, ""), None);
        check(
            "GET",
            &answer(503, "starting"),
            Some(("the server answers 503: starting", PATIENCE)),
        );
        check(
            APPLY,
            &answer(500, "webhook"),
            Some(("the server answers 500: webhook", OWN_ERROR)),
        );
    }

    #[test]
    fn what_is_wrong_for_good_is_not_asked_again() {
        let message = "failed to create typed patch object (n/a; /v1, Kind=ConfigMap): .dota: \
                       field not declared in schema";
        check(APPLY, &answer(500, message), None);
        check("GET", &answer(404, ""), None);
        check(APPLY, &answer(409, "conflict"), None);
        check(APPLY, &answer(403, "no"), None);
        check("GET", &Outcome::Own, None);
    }

    #[test]
    fn a_refusal_right_after_an_outage_may_be_a_server_that_is_not_all_there() {
        let refused = answer(403, "not yet ready to handle request");
        assert!(asked("POST", "").again(&refused, true).is_some());
        assert!(asked("POST", "").again(&answer(404, ""), true).is_none());
    }

    #[test]
    fn the_pause_is_the_headers_else_the_bodys_and_never_endless() {
        let pause = |header: Option<&'static str>, said| {
            let mut headers = HeaderMap::new();
            if let Some(header) = header {
                headers.insert(
                    http::header::RETRY_AFTER,
                    http::HeaderValue::from_static(header),
                );
            }
            super::pause(&headers, said).map(|pause| pause.as_secs())
        };
        assert_eq!(pause(Some("7"), Some(3)), Some(7));
        assert_eq!(pause(None, Some(3)), Some(3));
        assert_eq!(pause(Some("86400"), None), Some(60));
        assert_eq!(pause(Some("Wed, 21 Oct 2026 07:28:00 GMT"), None), None);
    }
}
