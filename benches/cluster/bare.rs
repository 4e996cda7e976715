//! The bare client: as many requests as it is told at a time, no order, one watch, nothing else.
//! It is what nobody can be much faster than.

use std::collections::BTreeSet;

use futures::{StreamExt as _, TryStreamExt as _, stream};
use http::{Method, Request, header};
use http_body_util::BodyExt as _;
use hyper_rustls::HttpsConnectorBuilder;
use hyper_util::client::legacy;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use k8s_openapi::api::apps::v1::Deployment;
use kube::client::{Body, ConfigExt as _};
use kube::runtime::{WatchStreamExt as _, watcher};
use kube::{Api, Client, Config};
use orch::manifest::Object;
use tower::{BoxError, ServiceBuilder};

use crate::objects::NAMESPACE;

/// Returns a client that has nothing between it and one connection over HTTP/2.
pub(crate) fn client(config: &Config) -> Client {
    let mut http = HttpConnector::new();
    http.enforce_http(false);
    http.set_nodelay(true);
    let https = HttpsConnectorBuilder::new()
        .with_tls_config(config.rustls_client_config().expect("certificates"))
        .https_only()
        .enable_http2()
        .wrap_connector(http);
    let connection = legacy::Client::builder(TokioExecutor::new()).build(https);
    let service = ServiceBuilder::new()
        .layer(config.base_uri_layer())
        .option_layer(config.auth_layer().expect("credentials"))
        .map_err(BoxError::from)
        .service(connection);
    Client::new(service, config.default_namespace.clone())
}

/// Applies the objects, the first one, the namespace, before the others.
pub(crate) async fn apply(client: &Client, objects: &[Object], in_flight: usize) {
    let Some((namespace, others)) = objects.split_first() else {
        return;
    };
    send(client, namespace).await;
    stream::iter(others)
        .for_each_concurrent(in_flight, |object| send(client, object))
        .await;
}

/// Waits until that many Deployments are ready.
pub(crate) async fn ready(client: &Client, count: usize) {
    let api: Api<Deployment> = Api::namespaced(client.clone(), NAMESPACE);
    let mut missing = count;
    let mut seen = BTreeSet::new();
    let watch = watcher(api, watcher::Config::default()).applied_objects();
    let mut watch = std::pin::pin!(watch);
    while missing > 0 {
        let next = watch.try_next().await.expect("a watch");
        let deployment = next.expect("a watch has no end");
        let name = deployment.metadata.name.clone().unwrap_or_default();
        if is_ready(&deployment) && seen.insert(name) {
            missing -= 1;
        }
    }
}

/// Returns whether a Deployment is as it is wanted.
pub(crate) fn is_ready(deployment: &Deployment) -> bool {
    let wanted = deployment.spec.as_ref().and_then(|spec| spec.replicas);
    deployment.status.as_ref().is_some_and(|status| {
        status.observed_generation >= deployment.metadata.generation
            && status.updated_replicas == wanted
            && status.available_replicas == wanted
            && status.replicas == wanted
    })
}

async fn send(client: &Client, object: &Object) {
    let group = match object.api_version.as_str() {
        "v1" => "/api/v1".to_owned(),
        other => format!("/apis/{other}"),
    };
    let plural = format!("{}s", object.kind.to_lowercase());
    let namespace = match &object.namespace {
        Some(name) => format!("/namespaces/{name}"),
        None => String::new(),
    };
    let name = &object.name;
    let uri = format!("{group}{namespace}/{plural}/{name}?fieldManager=bare&force=true");
    let body = serde_json::to_vec(&object.value).expect("JSON");
    let request = Request::builder()
        .method(Method::PATCH)
        .uri(uri)
        .header(header::CONTENT_TYPE, "application/apply-patch+yaml")
        .body(Body::from(body))
        .expect("a request");
    let answer = client.send(request).await.expect("an answer");
    let status = answer.status();
    let answer = answer.into_body().collect().await.expect("all of it");
    assert!(
        status.is_success(),
        "{}: {status} {}",
        object.label(),
        String::from_utf8_lossy(&answer.to_bytes())
    );
}
