//! From a configuration to a client: HTTP/2 where the server speaks it, and one layer that asks
//! again.
//!
//! The client library's own stack speaks HTTP/1 only and asks again by itself a number of times;
//! this one is made of its layers, over connections of our own.

use std::time::Duration;

use futures::future::BoxFuture;
use http::Uri;
use hyper::rt::{Read, Write};
use hyper_rustls::{FixedServerNameResolver, HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy;
use hyper_util::client::legacy::connect::proxy::{SocksV5, Tunnel};
use hyper_util::client::legacy::connect::{Connection, HttpConnector};
use hyper_util::rt::{TokioExecutor, TokioTimer};
use kube::client::{Body, ConfigExt as _};
use kube::{Client, Config};
use tower::util::BoxCloneSyncService;
use tower::{BoxError, Service, ServiceBuilder, ServiceExt as _};

use super::credentials::Credentials;
use super::lines::{Http, Lines};
use super::proxy::Proxy;
use crate::cluster::retry::Retry;

/// How long a connection may take to be there, its encryption included.
const CONNECT: Duration = Duration::from_secs(5);

/// How often a connection over HTTP/2 is asked whether it still lives, and how long it may take to
/// say so.
const PULSE: Duration = Duration::from_secs(10);

/// A connection on its way.
type Connecting<T> = BoxFuture<'static, Result<T, BoxError>>;

/// Returns a client.
///
/// # Errors
/// Where the certificates, the credentials or the proxy can't be used.
pub(super) fn client(
    config: &Config,
    credentials: Option<Credentials>,
    proxy: Option<&Proxy>,
    retry: Retry<()>,
) -> Result<Client, kube::Error> {
    let lines = lines(config, proxy)?;
    let service = ServiceBuilder::new()
        .layer(config.base_uri_layer())
        .layer(retry)
        .layer(config.extra_headers_layer()?)
        .option_layer(config.auth_layer()?)
        .option_layer(credentials)
        .service(lines);
    Ok(Client::new(service, config.default_namespace.clone()))
}

fn lines(config: &Config, proxy: Option<&Proxy>) -> Result<Lines, kube::Error> {
    let mut http = HttpConnector::new();
    http.enforce_http(false);
    http.set_nodelay(true);
    http.set_keepalive(Some(PULSE));
    http.set_connect_timeout(Some(CONNECT));
    Ok(match proxy {
        None => over(https(config, http)?),
        Some(Proxy::Tunnel {
            address,
            authorization,
        }) => {
            let tunnel = Tunnel::new(address.clone(), proxied(http)?);
            over(https(
                config,
                match authorization {
                    Some(value) => tunnel.with_auth(value.clone()),
                    None => tunnel,
                },
            )?)
        }
        Some(Proxy::Socks { address, login }) => {
            let socks = SocksV5::new(address.clone(), http);
            over(https(
                config,
                match login.clone() {
                    Some((user, password)) => socks.with_auth(user, password),
                    None => socks,
                },
            )?)
        }
    })
}

/// Returns the connector with the server's TLS over it.
fn https<C>(config: &Config, connector: C) -> Result<HttpsConnector<C>, kube::Error> {
    let mut builder = HttpsConnectorBuilder::new()
        .with_tls_config(config.rustls_client_config()?)
        .https_or_http();
    if let Some(name) = &config.tls_server_name {
        let name = name
            .clone()
            .try_into()
            .map_err(|error| kube::Error::Service(Box::new(error)))?;
        builder = builder.with_server_name_resolver(FixedServerNameResolver::new(name));
    }
    Ok(builder
        .enable_http1()
        .enable_http2()
        .wrap_connector(connector))
}

/// Returns the connector to a proxy, which is trusted as the system trusts it: the cluster's own
/// authority has nothing to do with it.
fn proxied(connector: HttpConnector) -> Result<HttpsConnector<HttpConnector>, kube::Error> {
    let any = Config::new(Uri::from_static("https://localhost"));
    Ok(HttpsConnectorBuilder::new()
        .with_tls_config(any.rustls_client_config()?)
        .https_or_http()
        .enable_http1()
        .wrap_connector(connector))
}

/// Returns the connections that a connector makes.
fn over<C>(connector: C) -> Lines
where
    C: Service<Uri> + Clone + Send + Sync + 'static,
    C::Response: Read + Write + Connection + Send + Unpin + 'static,
    C::Future: Send + 'static,
    C::Error: Into<BoxError>,
{
    let connector = tower::service_fn(move |server: Uri| -> Connecting<C::Response> {
        let connected = connector.clone().oneshot(server);
        Box::pin(async move {
            match tokio::time::timeout(CONNECT, connected).await {
                Ok(connected) => connected.map_err(Into::into),
                Err(late) => Err(BoxError::from(late)),
            }
        })
    });
    Lines::new(move || -> Http {
        let client: legacy::Client<_, Body> = legacy::Client::builder(TokioExecutor::new())
            .timer(TokioTimer::new())
            .pool_timer(TokioTimer::new())
            .http2_keep_alive_interval(PULSE)
            .http2_keep_alive_timeout(PULSE)
            .http2_keep_alive_while_idle(true)
            .build(connector.clone());
        BoxCloneSyncService::new(client.map_err(BoxError::from))
    })
}
