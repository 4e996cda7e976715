//! A server that answers as a test wants.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use futures::stream::{self, StreamExt as _};
use http::{Request, Response};
use http_body::Frame;
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, StreamBody};
use kube::Client;
use kube::client::Body;
use serde_json::Value;

/// A server that answers requests in the order of its script, and notes them.
#[derive(Clone, Default)]
pub(super) struct Server {
    script: Arc<Mutex<VecDeque<Answer>>>,
    asked: Arc<Mutex<Vec<String>>>,
}

pub(super) enum Answer {
    /// One document.
    Whole(u16, Value),
    /// Events, then nothing more until it is closed.
    Open(Vec<Value>),
    /// Events, then the end.
    Cut(Vec<Value>),
}

type Sent = UnsyncBoxBody<Bytes, std::convert::Infallible>;

impl Server {
    pub(super) fn new(script: impl IntoIterator<Item = Answer>) -> Self {
        let server = Self::default();
        server.script.lock().unwrap().extend(script);
        server
    }

    pub(super) fn client(&self) -> Client {
        let server = self.clone();
        let service = tower::service_fn(move |request: Request<Body>| {
            let answer = server.answer(&request);
            async move { Ok::<_, std::convert::Infallible>(answer) }
        });
        Client::new(service, "default")
    }

    fn answer(&self, request: &Request<Body>) -> Response<Sent> {
        let query = request.uri().query().unwrap_or_default();
        let pair = |key: &str| {
            let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
            pairs
                .find(|(found, _)| *found == key)
                .map(|(_, value)| value)
        };
        let name = match (pair("watch"), pair("resourceVersion")) {
            (Some(_), version) => format!("watch {}", version.unwrap_or_default()),
            (None, _) => "list".to_owned(),
        };
        let only = pair("fieldSelector").map(|fields| format!(" {fields}"));
        let name = format!("{name}{}", only.unwrap_or_default());
        self.asked.lock().unwrap().push(name);
        let answer = self.script.lock().unwrap().pop_front();
        let line = |event: Value| {
            let text = format!("{event}\n");
            Ok::<_, std::convert::Infallible>(Frame::data(Bytes::from(text)))
        };
        let (status, body) = match answer.unwrap_or(Answer::Open(Vec::new())) {
            Answer::Whole(status, value) => {
                let whole = http_body_util::Full::new(Bytes::from(value.to_string()));
                (status, whole.boxed_unsync())
            }
            Answer::Open(events) => {
                let events = stream::iter(events).map(line).chain(stream::pending());
                (200, StreamBody::new(events).boxed_unsync())
            }
            Answer::Cut(events) => {
                let events = stream::iter(events).map(line);
                (200, StreamBody::new(events).boxed_unsync())
            }
        };
        let mut response = Response::new(body);
        *response.status_mut() = status.try_into().unwrap();
        response
    }

    pub(super) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}
