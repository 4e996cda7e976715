//! Wishes × controller → annotations, Middlewares, and what can't be carried out.

use serde_json::{Map, Value, json};

use crate::settings::Controller;

use super::model::{IngressPath, Middleware};
use super::table::{How, ROWS, way_out};
use super::wishes::{Kind, Wish};

/// What wishes come to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Expressed {
    pub(super) annotations: Vec<(String, String)>,
    pub(super) service_annotations: Vec<(String, String)>,
    pub(super) middlewares: Vec<Middleware>,
    /// What plain HTTP meets on an Ingress of its own.
    pub(super) plain: Vec<Middleware>,
}

/// Why a wish isn't carried out, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Unmet {
    pub(super) reason: String,
    pub(super) help: String,
}

/// What a wish is expressed for.
pub(super) struct Scope<'a> {
    pub(super) controller: Controller,
    /// The name that the application's objects begin with.
    pub(super) name: &'a str,
    /// The paths that it is about.
    pub(super) paths: &'a [IngressPath],
}

impl Expressed {
    /// Adds what a wish comes to.
    pub(super) fn add(&mut self, wish: &Wish, scope: &Scope<'_>) -> Result<(), Unmet> {
        let kind = wish.kind();
        if let Some(unmet) = lacks(wish) {
            return Err(unmet);
        }
        let rows = ROWS
            .iter()
            .filter(|(known, controller, _)| *known == kind && *controller == scope.controller);
        let mut known = false;
        for (_, _, how) in rows {
            known = true;
            self.row(*how, wish, scope);
        }
        if known {
            return Ok(());
        }
        Err(Unmet {
            reason: format!("{} has no annotation for it", scope.controller.name()),
            help: way_out(kind, scope.controller).to_owned(),
        })
    }

    fn row(&mut self, how: How, wish: &Wish, scope: &Scope<'_>) {
        let fill = |template: &str| fill(template, |word| value(word, wish, scope));
        match how {
            How::Ingress(key, template) => {
                if let Some(value) = fill(template) {
                    put(&mut self.annotations, key, plain(&value));
                }
            }
            How::Service(key, template) => {
                if let Some(value) = fill(template) {
                    put(&mut self.service_annotations, key, plain(&value));
                }
            }
            How::Middleware(name, field, template) => {
                if let Some(value) = fill(template) {
                    let name = format!("{}-{name}", scope.name);
                    set(&mut self.middlewares, &name, field, value);
                }
            }
            How::Plain(name, field, template) => {
                if let Some(value) = fill(template) {
                    let name = format!("{}-{name}", scope.name);
                    set(&mut self.plain, &name, field, value);
                }
            }
            How::Inherent(_) => {}
        }
    }
}

/// Returns what a wish lacks that it can't do without.
fn lacks(wish: &Wish) -> Option<Unmet> {
    let (reason, help) = if *wish == (Wish::ForwardAuth { url: None }) {
        (
            "no address is named that is asked",
            "name it in the bullet: `http://auth.NAMESPACE.svc.cluster.local/verify`",
        )
    } else if *wish == (Wish::BasicAuth { secret: None }) {
        (
            "no Secret is named",
            "name the Secret with the users in the bullet, in backticks",
        )
    } else {
        return None;
    };
    Some(Unmet {
        reason: reason.to_owned(),
        help: help.to_owned(),
    })
}

/// Returns why requests can't be sent on to HTTPS.
pub(super) fn without_tls() -> Unmet {
    Unmet {
        reason: "no TLS is asked for, so there is nothing to send requests on to".to_owned(),
        help: "ask for TLS in the checklist, or set [ingress] tls_secret".to_owned(),
    }
}

/// Returns why a controller needs nothing for a wish.
pub(super) fn inherent(kind: Kind, controller: Controller) -> Option<&'static str> {
    ROWS.iter().find_map(|(known, of, how)| match how {
        How::Inherent(reason) if *known == kind && *of == controller => Some(*reason),
        How::Inherent(_)
        | How::Ingress(..)
        | How::Service(..)
        | How::Middleware(..)
        | How::Plain(..) => None,
    })
}

/// Returns what a template's word stands for: a value of the wish, or of what it is about.
fn value(word: &str, wish: &Wish, scope: &Scope<'_>) -> Option<Value> {
    let services = || {
        let mut names: Vec<&str> = scope
            .paths
            .iter()
            .map(|path| path.workload.as_str())
            .collect();
        names.sort_unstable();
        names.dedup();
        names
    };
    match word {
        "services" => Some(json!(services())),
        "service_rewrites" => {
            let target = wish.value("target")?;
            let one = |name: &str| format!("serviceName={name} rewrite={}", plain(&target));
            Some(json!(
                services()
                    .into_iter()
                    .map(one)
                    .collect::<Vec<_>>()
                    .join(";")
            ))
        }
        _ => wish.value(word),
    }
}

/// Returns a template with its words filled in; one that is a single word keeps its value's type.
fn fill(template: &str, value: impl Fn(&str) -> Option<Value>) -> Option<Value> {
    let whole = template
        .strip_prefix('{')
        .and_then(|rest| rest.strip_suffix('}'));
    if let Some(word) = whole.filter(|word| !word.contains(['{', '}'])) {
        return value(word);
    }
    let mut text = String::new();
    let mut rest = template;
    while let Some((before, behind)) = rest.split_once('{') {
        text.push_str(before);
        // nginx's own variables (`${binary_remote_addr}`) stay.
        let (word, after) = behind.split_once('}')?;
        if before.ends_with('$') {
            text.push('{');
            text.push_str(word);
            text.push('}');
        } else {
            text.push_str(&plain(&value(word)?));
        }
        rest = after;
    }
    text.push_str(rest);
    Some(Value::String(text))
}

/// Returns a value as an annotation holds it.
fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(plain).collect::<Vec<_>>().join(","),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => value.to_string(),
    }
}

fn put(annotations: &mut Vec<(String, String)>, key: &str, value: String) {
    match annotations.iter_mut().find(|(known, _)| known == key) {
        Some((_, known)) => *known = value,
        None => annotations.push((key.to_owned(), value)),
    }
}

/// Sets a field (`rateLimit.average`) of a Middleware.
fn set(middlewares: &mut Vec<Middleware>, name: &str, field: &str, value: Value) {
    if middlewares.iter().all(|it| it.name != name) {
        middlewares.push(Middleware {
            name: name.to_owned(),
            spec: Value::Object(Map::new()),
        });
    }
    let Some(middleware) = middlewares.iter_mut().find(|it| it.name == name) else {
        return;
    };
    let mut place = &mut middleware.spec;
    for key in field.split('.') {
        if !place.is_object() {
            *place = Value::Object(Map::new());
        }
        place = &mut place[key];
    }
    *place = value;
}

#[cfg(test)]
mod tests;
