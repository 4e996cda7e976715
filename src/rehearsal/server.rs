//! Answers: a request in, a response out.

use std::convert::Infallible;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode, header};
use http_body_util::{BodyExt, Full, combinators::UnsyncBoxBody};
use serde_json::{Value, json};

use super::request::{Parameters, Target};
use super::status::Refusal;
use super::watch::Watch;
use super::world::World;
use super::{delete, discovery, read, write};

/// A response's body.
pub(crate) type Body = UnsyncBoxBody<Bytes, Infallible>;

/// A request with its body read.
struct Call {
    method: Method,
    path: String,
    parameters: Parameters,
    content_type: String,
    accept: String,
    body: Bytes,
}

/// Answers a request.
pub(crate) async fn answer<B>(
    world: Arc<Mutex<World>>,
    request: Request<B>,
) -> Result<Response<Body>, B::Error>
where
    B: http_body::Body<Data = Bytes>,
{
    let (parts, body) = request.into_parts();
    let header = |name| {
        let value = parts
            .headers
            .get(name)
            .and_then(|value| value.to_str().ok());
        value.unwrap_or_default().to_owned()
    };
    let call = Call {
        path: parts.uri.path().to_owned(),
        parameters: Parameters::parse(parts.uri.query().unwrap_or_default()),
        content_type: header(header::CONTENT_TYPE),
        accept: header(header::ACCEPT),
        method: parts.method.clone(),
        body: body.collect().await?.to_bytes(),
    };
    let mut locked = world.lock().unwrap_or_else(PoisonError::into_inner);
    locked.requests += 1;
    Ok(match dispatch(&world, &mut locked, &call) {
        Ok(response) => response,
        Err(refusal) => match refusal.plain() {
            Some(text) => text_response(refusal.code(), text),
            None => json_response(refusal.code(), &refusal.body()),
        },
    })
}

fn dispatch(
    shared: &Arc<Mutex<World>>,
    world: &mut World,
    call: &Call,
) -> Result<Response<Body>, Refusal> {
    if let Some(found) = discover(world, call) {
        return Ok(json_response(StatusCode::OK, &found));
    }
    let target = Target::parse(&world.resources, &call.path)?;
    if target.resource.group == "authorization.k8s.io" {
        return review(call);
    }
    match call.method {
        Method::GET => read_answer(shared, world, call, target),
        Method::POST if target.name.is_none() => {
            let body = parse(call)?;
            let written = write::create(world, &target, &call.parameters, body)?;
            Ok(object_response(call, &written))
        }
        Method::PUT | Method::PATCH => write_answer(world, call, &target),
        Method::DELETE if target.subresource.is_none() => delete_answer(world, call, &target),
        _ => Err(Refusal::no_such_verb()),
    }
}

fn discover(world: &World, call: &Call) -> Option<Value> {
    if call.method != Method::GET {
        return None;
    }
    let aggregated = call.accept.contains("APIGroupDiscoveryList");
    let parts: Vec<&str> = call
        .path
        .split('/')
        .filter(|part| !part.is_empty())
        .collect();
    match parts.as_slice() {
        ["version"] => Some(discovery::version(&world.resources)),
        ["livez" | "readyz" | "healthz"] => Some(json!("ok")),
        ["api"] if aggregated => Some(discovery::aggregated(&world.resources, true)),
        ["apis"] if aggregated => Some(discovery::aggregated(&world.resources, false)),
        ["api"] => Some(discovery::core_versions()),
        ["apis"] => Some(discovery::groups(&world.resources)),
        ["api", version] => discovery::list(&world.resources, version),
        ["apis", group] => discovery::one_group(&world.resources, group),
        ["apis", group, version] => {
            discovery::list(&world.resources, &format!("{group}/{version}"))
        }
        _ => None,
    }
}

/// Answers an access review: everything is allowed.
fn review(call: &Call) -> Result<Response<Body>, Refusal> {
    if call.method != Method::POST {
        return Err(Refusal::no_such_verb());
    }
    let mut body = parse(call)?;
    body["status"] = json!({"allowed": true, "reason": "a rehearsal allows everything"});
    Ok(json_response(StatusCode::CREATED, &body))
}

fn read_answer(
    shared: &Arc<Mutex<World>>,
    world: &mut World,
    call: &Call,
    target: Target,
) -> Result<Response<Body>, Refusal> {
    let partial = call.accept.contains("as=PartialObjectMetadata");
    if call.parameters.flag("watch") {
        let watch = Watch::start(shared, world, (target, &call.parameters), partial)?;
        let mut response = Response::new(UnsyncBoxBody::new(watch));
        set_json(&mut response);
        return Ok(response);
    }
    let Some(name) = target.name.clone() else {
        let list = read::list(world, &target, &call.parameters)?;
        world.advance();
        let list = if partial {
            read::metadata_only(&list)
        } else {
            list
        };
        return Ok(json_response(StatusCode::OK, &list));
    };
    let object = read::get(world, &target, &name)?;
    let response = match target.subresource.as_deref() {
        None | Some("status") => object_response(call, &(StatusCode::OK, object)),
        Some("scale") => json_response(StatusCode::OK, &scale(&object)),
        Some("log") if target.resource.plural == "pods" => {
            let log = super::controllers::log(world, &object, &call.parameters)?;
            let mut response = Response::new(UnsyncBoxBody::new(Full::new(Bytes::from(log))));
            let plain = header::HeaderValue::from_static("text/plain");
            response.headers_mut().insert(header::CONTENT_TYPE, plain);
            response
        }
        Some(_) => return Err(Refusal::no_such_path()),
    };
    world.advance();
    Ok(response)
}

fn write_answer(
    world: &mut World,
    call: &Call,
    target: &Target,
) -> Result<Response<Body>, Refusal> {
    let Some(name) = target.name.as_deref() else {
        return Err(Refusal::no_such_verb());
    };
    let body = parse(call)?;
    if target.subresource.as_deref() == Some("scale") {
        return rescale(world, call, target, &body);
    }
    if target
        .subresource
        .as_deref()
        .is_some_and(|subresource| subresource != "status")
    {
        return Err(Refusal::no_such_verb());
    }
    let written = if call.method == Method::PUT {
        write::replace(world, target, &call.parameters, (name, body))?
    } else {
        match call.content_type.split(';').next().unwrap_or_default() {
            "application/apply-patch+yaml" => {
                write::apply(world, target, &call.parameters, (name, body))?
            }
            "application/merge-patch+json" => {
                write::patch(world, target, &call.parameters, (name, false, body))?
            }
            "application/strategic-merge-patch+json" => {
                write::patch(world, target, &call.parameters, (name, true, body))?
            }
            other => return Err(Refusal::unsupported(other)),
        }
    };
    Ok(object_response(call, &written))
}

fn scale(object: &Value) -> Value {
    json!({
        "kind": "Scale",
        "apiVersion": "autoscaling/v1",
        "metadata": {
            "name": object["metadata"]["name"],
            "namespace": object["metadata"]["namespace"],
            "uid": object["metadata"]["uid"],
            "resourceVersion": object["metadata"]["resourceVersion"],
        },
        "spec": {"replicas": object["spec"]["replicas"]},
        "status": {"replicas": object["status"]["replicas"].as_i64().unwrap_or_default()},
    })
}

fn rescale(
    world: &mut World,
    call: &Call,
    target: &Target,
    body: &Value,
) -> Result<Response<Body>, Refusal> {
    let name = target.name.as_deref().unwrap_or_default();
    let patch = json!({"spec": {"replicas": body["spec"]["replicas"]}});
    let (code, object) = write::patch(
        world,
        &Target {
            subresource: None,
            ..target.clone()
        },
        &call.parameters,
        (name, false, patch),
    )?;
    Ok(json_response(code, &scale(&object)))
}

fn delete_answer(
    world: &mut World,
    call: &Call,
    target: &Target,
) -> Result<Response<Body>, Refusal> {
    let options = if call.body.is_empty() {
        Value::Null
    } else {
        parse(call)?
    };
    if let Some(name) = target.name.as_deref() {
        let answer = delete::delete(world, target, &call.parameters, (name, &options))?;
        return Ok(json_response(StatusCode::OK, &answer));
    }
    let list = read::list(world, target, &call.parameters)?;
    for item in list["items"].as_array().into_iter().flatten() {
        let name = item["metadata"]["name"].as_str().unwrap_or_default();
        let one = Target {
            namespace: item["metadata"]["namespace"].as_str().map(str::to_owned),
            ..target.clone()
        };
        delete::delete(world, &one, &call.parameters, (name, &options))?;
    }
    Ok(json_response(StatusCode::OK, &list))
}

/// Reads a body: JSON, or YAML as apply sends it.
fn parse(call: &Call) -> Result<Value, Refusal> {
    if let Ok(value) = serde_json::from_slice(&call.body) {
        return Ok(value);
    }
    let text = std::str::from_utf8(&call.body).unwrap_or_default();
    serde_saphyr::from_str(text)
        .map_err(|error| Refusal::bad(format!("error decoding the body: {error}")))
}

fn object_response(call: &Call, (code, object): &(StatusCode, Arc<Value>)) -> Response<Body> {
    if call.accept.contains("as=PartialObjectMetadata") {
        return json_response(*code, &read::metadata_only(object));
    }
    json_response(*code, object)
}

fn json_response(code: StatusCode, value: &Value) -> Response<Body> {
    let body = Full::new(Bytes::from(value.to_string()));
    let mut response = Response::new(UnsyncBoxBody::new(body));
    *response.status_mut() = code;
    set_json(&mut response);
    response
}

fn text_response(code: StatusCode, text: &str) -> Response<Body> {
    let body = Full::new(Bytes::from(text.to_owned()));
    let mut response = Response::new(UnsyncBoxBody::new(body));
    *response.status_mut() = code;
    let plain = header::HeaderValue::from_static("text/plain; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, plain);
    response
}

fn set_json(response: &mut Response<Body>) {
    let json = header::HeaderValue::from_static("application/json");
    response.headers_mut().insert(header::CONTENT_TYPE, json);
}
