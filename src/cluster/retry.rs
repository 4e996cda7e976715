//! Asking again: the one layer for all requests.
//!
//! A server that is away for a minute, restarts, or is too busy must not end a run. What is safe
//! to ask twice is asked again until [`PATIENCE`] is over; what isn't, like a creation, only where
//! the server certainly didn't take it. Nothing else in orch or in its client asks again, watches
//! apart, which begin anew from where they were.

mod judge;
#[cfg(test)]
mod tests;
mod trouble;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use futures::future::BoxFuture;
use http::{Request, Response};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, Full};
use kube::client::Body;
use tokio::time::Instant;
use tower::{BoxError, Layer, Service, ServiceExt as _};

use super::connect::is_long;
use judge::{Again, Asked, Outcome};
pub(super) use trouble::Board;
pub use trouble::Trouble;

/// How long a server may be away.
pub(super) const PATIENCE: Duration = Duration::from_mins(2);

/// How long one answer may take: admission webhooks alone may take 30 s.
const ANSWER: Duration = Duration::from_mins(1);

/// How long after a lost connection a refusal may be a server's that is not all there yet: it
/// answers before it knows its roles.
const WAKING: Duration = Duration::from_secs(20);

/// The first pause, and the longest.
const PAUSES: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(5));

/// An answer's body: whole where it has an end.
pub(super) type Answer = UnsyncBoxBody<Bytes, BoxError>;

/// The layer, and, over something, the service; clones share what they know of the server.
#[derive(Clone)]
pub(super) struct Retry<S> {
    inner: S,
    known: Arc<Known>,
}

/// What is known of a server.
#[derive(Default)]
struct Known {
    board: Board,
    /// Whether it was reached once: one that was never there is not waited for.
    reached: AtomicBool,
    /// When a connection was last lost or refused.
    lost: Mutex<Option<Instant>>,
}

impl Retry<()> {
    /// Returns the layer for a server that was not reached yet.
    pub(super) fn new() -> Self {
        Self {
            inner: (),
            known: Arc::default(),
        }
    }

    /// Says that the server was reached: from now on it is waited for.
    pub(super) fn reached(&self) {
        self.known.reached.store(true, Ordering::Relaxed);
    }

    /// Returns where it says that it has to ask again.
    pub(super) fn board(&self) -> Board {
        self.known.board.clone()
    }
}

impl<S> Layer<S> for Retry<()> {
    type Service = Retry<S>;

    fn layer(&self, inner: S) -> Retry<S> {
        Retry {
            inner,
            known: Arc::clone(&self.known),
        }
    }
}

impl<S, B> Service<Request<Body>> for Retry<S>
where
    S: Service<Request<Body>, Response = Response<B>, Error = BoxError> + Clone + Send + 'static,
    S::Future: Send,
    B: http_body::Body<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    type Response = Response<Answer>;
    type Error = BoxError;
    type Future = BoxFuture<'static, Result<Self::Response, BoxError>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let (inner, known) = (self.inner.clone(), Arc::clone(&self.known));
        Box::pin(async move { known.ask(inner, request).await })
    }
}

impl Known {
    async fn ask<S, B>(
        &self,
        inner: S,
        request: Request<Body>,
    ) -> Result<Response<Answer>, BoxError>
    where
        S: Service<Request<Body>, Response = Response<B>, Error = BoxError> + Clone,
        B: http_body::Body<Data = Bytes> + Send + 'static,
        B::Error: Into<BoxError>,
    {
        let (asked, mut request) = Asked::of(request).await?;
        let mut entry = None;
        let mut failing: Option<Instant> = None;
        let mut pause = PAUSES.0;
        loop {
            if asked.changes
                && tokio::time::timeout(PATIENCE, self.board.passage())
                    .await
                    .is_err()
            {
                return Err(Box::new(HeldBack));
            }
            let next = copy(&request);
            let answer = once(inner.clone(), request).await;
            let outcome = Outcome::of(&answer);
            if outcome.is_lost() {
                self.lose();
            }
            let again = asked.again(&outcome, self.waking());
            let (Some(Again { why, after, limit }), Some(next)) = (again, next) else {
                return answer.map(Whole::into_response);
            };
            let since = *failing.get_or_insert_with(Instant::now);
            let wait = after.unwrap_or_else(|| jittered(pause));
            if since.elapsed() + wait > limit || self.gives_up(&outcome) {
                return answer.map(Whole::into_response);
            }
            tracing::debug!(%why, ?wait, "asking again");
            entry.get_or_insert_with(|| self.board.enter()).says(why);
            tokio::time::sleep(wait).await;
            pause = (pause * 2).min(PAUSES.1);
            request = next;
        }
    }

    /// A server that was never reached is not waited for, unless it says itself that it will.
    fn gives_up(&self, outcome: &Outcome) -> bool {
        !self.reached.load(Ordering::Relaxed) && outcome.is_lost()
    }

    fn lose(&self) {
        *self.lost.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
    }

    fn waking(&self) -> bool {
        let lost = *self.lost.lock().unwrap_or_else(PoisonError::into_inner);
        lost.is_some_and(|lost| lost.elapsed() < WAKING)
    }
}

/// An answer that was read to its end, where it has one.
enum Whole {
    Read(Response<Bytes>),
    Stream(Response<Answer>),
}

impl Whole {
    fn into_response(self) -> Response<Answer> {
        match self {
            Self::Read(response) => response.map(|bytes| {
                Full::new(bytes)
                    .map_err(|never| match never {})
                    .boxed_unsync()
            }),
            Self::Stream(response) => response,
        }
    }
}

/// Asks once and reads the answer, so that one that breaks off is asked for again too.
async fn once<S, B>(inner: S, request: Request<Body>) -> Result<Whole, BoxError>
where
    S: Service<Request<Body>, Response = Response<B>, Error = BoxError>,
    B: http_body::Body<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    let long = is_long(&request);
    let asked = async {
        let response = inner.oneshot(request).await?;
        if long && response.status().is_success() {
            let body = |body: B| body.map_err(Into::into).boxed_unsync();
            return Ok(Whole::Stream(response.map(body)));
        }
        let (head, body) = response.into_parts();
        let bytes = body.collect().await.map_err(Into::into)?.to_bytes();
        Ok(Whole::Read(Response::from_parts(head, bytes)))
    };
    match tokio::time::timeout(ANSWER, asked).await {
        Ok(answer) => answer,
        Err(_) => Err(Box::new(Silent)),
    }
}

/// The server took a request and said nothing.
#[derive(Debug, thiserror::Error)]
#[error("no answer within {} s", ANSWER.as_secs())]
pub(super) struct Silent;

/// The claim on the phase was not renewed in time.
#[derive(Debug, thiserror::Error)]
#[error("the claim on this phase was not renewed, so nothing is changed any more")]
struct HeldBack;

/// Returns a request again, where its body is at hand.
pub(super) fn copy(request: &Request<Body>) -> Option<Request<Body>> {
    let body = request.body().try_clone()?;
    let mut copy = Request::new(body);
    copy.method_mut().clone_from(request.method());
    copy.uri_mut().clone_from(request.uri());
    copy.headers_mut().clone_from(request.headers());
    copy.extensions_mut().clone_from(request.extensions());
    Some(copy)
}

/// Returns between half and all of a pause, so that many don't ask at the same instant.
fn jittered(pause: Duration) -> Duration {
    use std::hash::{BuildHasher as _, Hasher as _};
    let random = std::hash::RandomState::new().build_hasher().finish() % 1_000;
    let part = 500 + u32::try_from(random / 2).unwrap_or(0);
    pause * part / 1_000
}
