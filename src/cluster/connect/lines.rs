//! The connections to one server.
//!
//! Over HTTP/2 a connection carries many requests at once, but a server limits how many (100 by
//! default), and one connection's encryption takes one core. So short requests are spread over a
//! few connections, and what stays open, like a watch, goes over others: however many objects are
//! watched, a request never waits behind them. Where a server speaks HTTP/1 only, each of these is
//! a pool of connections instead.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use futures::future::BoxFuture;
use http::{Request, Response};
use http_body::{Frame, SizeHint};
use hyper::body::{Bytes, Incoming};
use kube::client::Body;
use tower::util::{BoxCloneSyncService, ServiceExt as _};
use tower::{BoxError, Service};

/// How many connections short requests are spread over.
const SHORT: usize = 2;

/// How many requests a connection has under way before the next connection is opened.
const BUSY: usize = 8;

/// How many watches one connection carries: servers take 100 requests at once, some fewer.
const WATCHES: usize = 80;

/// What carries requests: one connection over HTTP/2, else a pool of them.
pub(super) type Http = BoxCloneSyncService<Request<Body>, Response<Incoming>, BoxError>;

/// The connections to one server; clones share them.
#[derive(Clone)]
pub(super) struct Lines {
    open: Arc<dyn Fn() -> Http + Send + Sync>,
    short: Arc<Mutex<Vec<Line>>>,
    long: Arc<Mutex<Vec<Line>>>,
}

/// One of them.
struct Line {
    http: Http,
    /// As many clones as it has requests under way.
    load: Arc<()>,
}

/// An answer's body, which counts as under way until it is read.
pub(in crate::cluster) struct Answer {
    body: Incoming,
    _load: Arc<()>,
}

/// Returns whether a request's answer has no end of its own: a watch, or a log that is followed.
pub(in crate::cluster) fn is_long<B>(request: &Request<B>) -> bool {
    let query = request.uri().query().unwrap_or_default();
    query
        .split('&')
        .any(|part| matches!(part, "watch=true" | "watch=1" | "follow=true"))
}

impl Lines {
    /// Returns the connections that `open` makes when they are needed.
    pub(super) fn new(open: impl Fn() -> Http + Send + Sync + 'static) -> Self {
        Self {
            open: Arc::new(open),
            short: Arc::default(),
            long: Arc::default(),
        }
    }

    /// Returns the connection for the next request, and what it counts by.
    fn choose(&self, long: bool) -> (Http, Arc<()>) {
        let (lines, most, enough) = if long {
            (&self.long, usize::MAX, WATCHES)
        } else {
            (&self.short, SHORT, BUSY)
        };
        let mut lines = lines.lock().unwrap_or_else(PoisonError::into_inner);
        let idlest = lines.iter().min_by_key(|line| line.load());
        let line = match idlest {
            Some(line) if line.load() < enough || lines.len() >= most => line,
            Some(_) | None => {
                let line = Line {
                    http: (self.open)(),
                    load: Arc::new(()),
                };
                lines.push(line);
                match lines.last() {
                    Some(line) => line,
                    None => return ((self.open)(), Arc::new(())),
                }
            }
        };
        (line.http.clone(), Arc::clone(&line.load))
    }
}

impl Line {
    fn load(&self) -> usize {
        Arc::strong_count(&self.load) - 1
    }
}

impl Service<Request<Body>> for Lines {
    type Response = Response<Answer>;
    type Error = BoxError;
    type Future = BoxFuture<'static, Result<Self::Response, BoxError>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let (http, load) = self.choose(is_long(&request));
        Box::pin(async move {
            let response = http.oneshot(request).await?;
            Ok(response.map(|body| Answer { body, _load: load }))
        })
    }
}

impl http_body::Body for Answer {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
