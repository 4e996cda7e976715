//! Credentials that change while a run goes on: those of an `exec` plugin and of a token file.
//!
//! The client library's own way runs a plugin twice, lets one that asks questions hang where there
//! is no terminal, and takes a token file's last line break for a part of the token.

mod exec;

use std::path::PathBuf;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use futures::future::BoxFuture;
use http::header::AUTHORIZATION;
use http::{HeaderValue, Request, Response, StatusCode};
use jiff::{SignedDuration, Timestamp};
use kube::client::Body;
use kube::config::AuthInfo;
use tokio::sync::Mutex;
use tower::{BoxError, Layer, Service, ServiceExt as _};

pub(in crate::cluster) use exec::PluginError;
use exec::{Plugin, Status};

/// How long a token that was read from a file is used.
const FRESH: Duration = Duration::from_mins(1);

/// How long before its end a token is made anew.
const MARGIN: SignedDuration = SignedDuration::from_secs(10);

/// Why there are no credentials.
#[derive(Debug, thiserror::Error)]
pub(in crate::cluster) enum CredentialsError {
    /// The plugin gave none.
    #[error(transparent)]
    Plugin(#[from] PluginError),
    /// The file can't be read.
    #[error("the token file `{}` can't be read", .path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// What there is can't be sent.
    #[error("the token holds characters that no token has")]
    Token,
}

/// What gives a request its token; clones share it. It is also the layer that does so.
#[derive(Clone)]
pub(super) struct Credentials {
    source: Arc<Source>,
    held: Arc<Mutex<Option<Held>>>,
}

/// Where tokens come from.
enum Source {
    Plugin(Box<Plugin>),
    File(PathBuf),
}

/// A token, as it is sent.
#[derive(Clone)]
struct Held {
    header: HeaderValue,
    /// By the plugin's word.
    expires: Option<Timestamp>,
    since: Instant,
}

impl Credentials {
    /// Takes the credentials that change out of a user's, and makes the first ones. A client
    /// certificate that a plugin makes is written into the user's.
    ///
    /// # Errors
    /// Where they can't be made.
    pub(super) async fn take(user: &mut AuthInfo) -> Result<Option<Self>, CredentialsError> {
        let source = if let Some(path) = user.token_file.take() {
            let path = PathBuf::from(path);
            if user.token.is_some() && !path.exists() {
                return Ok(None);
            }
            user.token = None;
            Source::File(path)
        } else if let Some(exec) = user.exec.take() {
            // What is written down goes before what is made.
            if user.token.is_some() || user.username.is_some() {
                return Ok(None);
            }
            Source::Plugin(Box::new(Plugin::new(exec)))
        } else {
            return Ok(None);
        };
        let held = match &source {
            Source::Plugin(plugin) => {
                let status = plugin.run().await?;
                if let (Some(certificate), Some(key)) = (&status.certificate, &status.key) {
                    user.client_certificate_data = Some(base64(certificate));
                    user.client_key_data = Some(base64(key).into());
                }
                match Held::of(&status)? {
                    Some(held) => held,
                    None => return Ok(None),
                }
            }
            Source::File(path) => read(path).await?,
        };
        Ok(Some(Self {
            source: Arc::new(source),
            held: Arc::new(Mutex::new(Some(held))),
        }))
    }

    /// Returns the token to send; made anew where it is over, or `refused`.
    async fn header(&self, refused: Option<&HeaderValue>) -> Result<HeaderValue, CredentialsError> {
        // One at a time: a plugin that asks a person does so once.
        let mut held = self.held.lock().await;
        if let Some(known) = &*held
            && refused != Some(&known.header)
            && !self.source.is_over(known)
        {
            return Ok(known.header.clone());
        }
        let fresh = match &*self.source {
            Source::Plugin(plugin) => {
                let status = plugin.run().await?;
                Held::of(&status)?.ok_or_else(|| plugin.error("it gave no token"))?
            }
            Source::File(path) => match (read(path).await, &*held) {
                // A file that is taken away keeps its last word.
                (Err(_), Some(known)) => known.clone(),
                (fresh, _) => fresh?,
            },
        };
        let header = fresh.header.clone();
        *held = Some(fresh);
        Ok(header)
    }
}

impl Source {
    #[expect(
        clippy::disallowed_methods,
        reason = "a plugin says by the wall clock when its token ends"
    )]
    fn is_over(&self, held: &Held) -> bool {
        match self {
            Self::Plugin(_) => held
                .expires
                .is_some_and(|end| Timestamp::now() + MARGIN >= end),
            Self::File(_) => held.since.elapsed() >= FRESH,
        }
    }
}

impl Held {
    fn of(status: &Status) -> Result<Option<Self>, CredentialsError> {
        let token = status.token.as_deref();
        token
            .map(|token| Self::new(token, status.expires))
            .transpose()
    }

    fn new(token: &str, expires: Option<Timestamp>) -> Result<Self, CredentialsError> {
        let mut header = HeaderValue::try_from(format!("Bearer {}", token.trim()))
            .map_err(|_| CredentialsError::Token)?;
        header.set_sensitive(true);
        Ok(Self {
            header,
            expires,
            since: Instant::now(),
        })
    }
}

async fn read(path: &PathBuf) -> Result<Held, CredentialsError> {
    match tokio::fs::read_to_string(path).await {
        Ok(token) => Held::new(&token, None),
        Err(source) => Err(CredentialsError::File {
            path: path.clone(),
            source,
        }),
    }
}

/// Returns a text as kubeconfigs hold certificates.
fn base64(text: &str) -> String {
    let bytes = k8s_openapi::ByteString(text.as_bytes().to_vec());
    match serde_json::to_value(bytes) {
        Ok(serde_json::Value::String(text)) => text,
        Ok(_) | Err(_) => String::new(),
    }
}

impl<S> Layer<S> for Credentials {
    type Service = Authorized<S>;

    fn layer(&self, inner: S) -> Authorized<S> {
        Authorized {
            inner,
            credentials: self.clone(),
        }
    }
}

/// A service that gives each request its token.
#[derive(Clone)]
pub(super) struct Authorized<S> {
    inner: S,
    credentials: Credentials,
}

impl<S, B> Service<Request<Body>> for Authorized<S>
where
    S: Service<Request<Body>, Response = Response<B>, Error = BoxError> + Clone + Send + 'static,
    S::Future: Send,
    B: Send,
{
    type Response = Response<B>;
    type Error = BoxError;
    type Future = BoxFuture<'static, Result<Response<B>, BoxError>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, mut request: Request<Body>) -> Self::Future {
        let (inner, credentials) = (self.inner.clone(), self.credentials.clone());
        Box::pin(async move {
            let header = credentials.header(None).await?;
            request.headers_mut().insert(AUTHORIZATION, header.clone());
            let again = crate::cluster::retry::copy(&request);
            let response = inner.clone().oneshot(request).await?;
            let (StatusCode::UNAUTHORIZED, Some(mut again)) = (response.status(), again) else {
                return Ok(response);
            };
            // It was revoked before its end: a fresh one is tried once.
            let fresh = credentials.header(Some(&header)).await?;
            if fresh == header {
                return Ok(response);
            }
            again.headers_mut().insert(AUTHORIZATION, fresh);
            inner.oneshot(again).await
        })
    }
}
