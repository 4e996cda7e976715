//! A proxy before the API server that does to requests what a bad day does: it answers that the
//! server is busy or broken, loses answers, cuts connections, and counts what was asked.
//!
//! It listens on loopback without TLS, lives on a thread of its own, and ends when it is dropped.

use std::net::TcpListener as Listener;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use fs_err as fs;
use http::header::{AUTHORIZATION, CONNECTION, HOST, RETRY_AFTER, TRANSFER_ENCODING};
use http::{HeaderValue, Request, Response};
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use kube::Client;
use kube::client::Body;
use serde_json::json;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use crate::harness::cluster::Cluster;

/// A running proxy.
pub(crate) struct Proxy {
    folder: tempfile::TempDir,
    context: &'static str,
    state: Arc<Mutex<State>>,
    /// Counts the cuts; `None` ends the proxy.
    cuts: watch::Sender<Option<u64>>,
    thread: Option<std::thread::JoinHandle<()>>,
}

/// What is done to requests instead of passing them on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Answer with that status; the number is the `Retry-After` in seconds.
    Answer(u16, Option<u64>),
    /// Cut the connection without passing the request on.
    Drop,
    /// Pass the request on, and cut the connection instead of answering.
    LoseAnswer,
}

/// A fault that hits some of the requests.
struct Storm {
    fault: Fault,
    /// Requests are hit whose `VERB path?query` contains that.
    what: String,
    /// How many are still to be hit.
    left: usize,
    /// Of those that could be hit, every so manieth is.
    every: usize,
    seen: usize,
}

#[derive(Default)]
struct State {
    storms: Vec<Storm>,
    /// `VERB path?query` of each request, hit or not.
    requests: Vec<String>,
    hits: usize,
}

impl Proxy {
    /// Returns a proxy before a control plane.
    pub(crate) fn before(cluster: &Cluster) -> Self {
        let listener = Listener::bind(("127.0.0.1", 0)).expect("a port");
        listener.set_nonblocking(true).expect("a socket for tokio");
        let address = listener.local_addr().expect("its address");
        let folder = tempfile::Builder::new()
            .prefix("orch-proxy-")
            .tempdir()
            .expect("a folder");
        let context = cluster.context();
        let kubeconfig = format!(
            "apiVersion: v1\nkind: Config\n\
             clusters:\n- name: c\n  cluster: {{ server: \"http://{address}\" }}\n\
             users:\n- name: u\n  user: {{}}\n\
             contexts:\n- name: {context}\n  context: {{ cluster: c, user: u }}\n"
        );
        fs::write(folder.path().join("kubeconfig"), kubeconfig).expect("a kubeconfig");
        let state = Arc::<Mutex<State>>::default();
        let (cuts, cut) = watch::channel(Some(0));
        let upstream = cluster.anonymous();
        let token = cluster.token();
        let shared = Arc::clone(&state);
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .expect("a runtime");
            runtime.block_on(async {
                let mut upstream = upstream.await;
                upstream.default_retry = false;
                let front = Front {
                    state: shared,
                    upstream: Client::try_from(upstream).expect("a client"),
                    token: format!("Bearer {token}").parse().expect("a token"),
                };
                front.listen(listener, cut).await;
            });
        });
        Self {
            folder,
            context,
            state,
            cuts,
            thread: Some(thread),
        }
    }

    /// Returns a kubeconfig whose one context goes through the proxy, as the administrator.
    pub(crate) fn kubeconfig(&self) -> PathBuf {
        self.folder.path().join("kubeconfig")
    }

    /// Returns the name of that context: the same as without the proxy.
    pub(crate) fn context(&self) -> &'static str {
        self.context
    }

    /// Hits the next `count` requests whose `VERB path?query` contains `what`.
    pub(crate) fn hit(&self, count: usize, what: &str, fault: Fault) {
        self.storm(count, 1, what, fault);
    }

    /// Hits every `every`th of those requests until [`Proxy::calm`].
    pub(crate) fn hit_every(&self, every: usize, what: &str, fault: Fault) {
        self.storm(usize::MAX, every, what, fault);
    }

    /// Ends what was begun by `hit` and `hit_every`.
    pub(crate) fn calm(&self) {
        self.state().storms.clear();
    }

    /// Cuts all connections that are open, watches included.
    pub(crate) fn cut(&self) {
        self.cuts
            .send_modify(|cuts| *cuts = cuts.map(|count| count + 1));
    }

    /// Returns how many requests had `what` in their `VERB path?query`, hit or not.
    pub(crate) fn count(&self, what: &str) -> usize {
        self.requests()
            .iter()
            .filter(|it| it.contains(what))
            .count()
    }

    /// Returns `VERB path?query` of all requests so far.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.state().requests.clone()
    }

    /// Returns how many requests were hit.
    pub(crate) fn hits(&self) -> usize {
        self.state().hits
    }

    fn storm(&self, left: usize, every: usize, what: &str, fault: Fault) {
        self.state().storms.push(Storm {
            fault,
            what: what.to_owned(),
            left,
            every,
            seen: 0,
        });
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.cuts.send_replace(None);
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}

impl State {
    /// Takes a request in; returns what is to be done to it.
    fn take(&mut self, request: String) -> Option<Fault> {
        let storm = self.storms.iter_mut().find_map(|storm| {
            if storm.left == 0 || !request.contains(&storm.what) {
                return None;
            }
            storm.seen += 1;
            storm.seen.is_multiple_of(storm.every).then_some(storm)
        });
        self.requests.push(request);
        let storm = storm?;
        storm.left -= 1;
        self.hits += 1;
        Some(storm.fault)
    }
}

/// What answers.
#[derive(Clone)]
struct Front {
    state: Arc<Mutex<State>>,
    upstream: Client,
    token: HeaderValue,
}

/// The connection is to be cut.
#[derive(Debug, thiserror::Error)]
#[error("cut")]
struct Cut;

impl Front {
    async fn listen(self, listener: Listener, cut: watch::Receiver<Option<u64>>) {
        let listener = TcpListener::from_std(listener).expect("a listener");
        let mut end = cut.clone();
        loop {
            let accepted = tokio::select! {
                accepted = listener.accept() => accepted,
                _ = end.wait_for(Option::is_none) => return,
            };
            if let Ok((stream, _)) = accepted {
                let mut cut = cut.clone();
                cut.mark_unchanged();
                tokio::spawn(self.clone().serve(stream, cut));
            }
        }
    }

    /// Serves a connection until it ends or is cut.
    async fn serve(self, stream: TcpStream, mut cut: watch::Receiver<Option<u64>>) {
        let service = service_fn(move |request| self.clone().answer(request));
        let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
        tokio::select! {
            // A connection that breaks off is what its client sees.
            ended = connection => drop(ended),
            changed = cut.changed() => drop(changed),
        }
    }

    async fn answer(self, request: Request<Incoming>) -> Result<Response<Body>, Cut> {
        let path = request
            .uri()
            .path_and_query()
            .map_or("/", |path| path.as_str());
        let name = format!("{} {path}", request.method());
        match self.fault(name) {
            None => self.pass(request).await,
            Some(Fault::Answer(code, after)) => Ok(made_up(code, after)),
            Some(Fault::Drop) => Err(Cut),
            Some(Fault::LoseAnswer) => {
                let answer = self.pass(request).await?;
                // It is done once its answer was read.
                drop(answer.into_body().collect().await);
                Err(Cut)
            }
        }
    }

    fn fault(&self, request: String) -> Option<Fault> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.take(request)
    }

    /// Asks the API server.
    async fn pass(&self, request: Request<Incoming>) -> Result<Response<Body>, Cut> {
        let (mut head, body) = request.into_parts();
        let body = body.collect().await.map_err(|_| Cut)?.to_bytes();
        head.headers.remove(HOST);
        head.headers.remove(CONNECTION);
        let token = || self.token.clone();
        head.headers.entry(AUTHORIZATION).or_insert_with(token);
        let request = Request::from_parts(head, Body::from(body));
        let mut answer = self.upstream.send(request).await.map_err(|_| Cut)?;
        answer.headers_mut().remove(CONNECTION);
        answer.headers_mut().remove(TRANSFER_ENCODING);
        Ok(answer)
    }
}

/// An answer as an API server gives it.
fn made_up(code: u16, after: Option<u64>) -> Response<Body> {
    let mut details = json!({});
    if let Some(after) = after {
        details["retryAfterSeconds"] = after.into();
    }
    let status = json!({
        "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure",
        "message": "the proxy made this up", "reason": "Test", "details": details, "code": code,
    });
    let body = Body::from(status.to_string().into_bytes());
    let mut answer = Response::new(body);
    *answer.status_mut() = code.try_into().expect("a status");
    let headers = answer.headers_mut();
    headers.insert(
        http::header::CONTENT_TYPE,
        HeaderValue::from_static("application/json"),
    );
    if let Some(after) = after {
        headers.insert(RETRY_AFTER, after.into());
    }
    answer
}
