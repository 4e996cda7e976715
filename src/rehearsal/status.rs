//! `Status` answers: what the server says when it says no.

use http::StatusCode;
use serde_json::{Value, json};

use super::apply::managed::Conflict;

/// A refusal.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Refusal {
    code: StatusCode,
    reason: &'static str,
    message: String,
    details: Value,
    /// Whether it is said in plain text: outside of what is served there is no `Status`.
    plain: bool,
}

impl Refusal {
    /// Returns the HTTP code.
    pub(crate) fn code(&self) -> StatusCode {
        self.code
    }

    /// Returns the text that stands in place of a `Status`, where it does.
    pub(crate) fn plain(&self) -> Option<&str> {
        self.plain.then_some(&*self.message)
    }

    /// Returns the `Status` object.
    pub(crate) fn body(&self) -> Value {
        let mut body = json!({
            "kind": "Status",
            "apiVersion": "v1",
            "metadata": {},
            "status": "Failure",
            "message": self.message,
            "reason": self.reason,
            "code": self.code.as_u16(),
        });
        if !self.details.is_null() {
            body["details"] = self.details.clone();
        }
        body
    }

    fn new(code: StatusCode, reason: &'static str, message: impl Into<String>) -> Self {
        Self {
            code,
            reason,
            message: message.into(),
            details: Value::Null,
            plain: false,
        }
    }

    fn about(mut self, (group, plural): (&str, &str), name: &str) -> Self {
        let mut details = json!({"name": name, "kind": plural});
        if !group.is_empty() {
            details["group"] = Value::from(group);
        }
        self.details = details;
        self
    }

    /// A path that nothing is served at, in a group version that is served.
    pub(crate) fn no_such_path() -> Self {
        let message = "the server could not find the requested resource";
        Self {
            details: json!({}),
            ..Self::new(StatusCode::NOT_FOUND, "NotFound", message)
        }
    }

    /// A group version that isn't served, or no path of the API at all.
    pub(crate) fn no_such_group() -> Self {
        let message = "404 page not found\n";
        Self {
            plain: true,
            ..Self::new(StatusCode::NOT_FOUND, "NotFound", message)
        }
    }

    /// An object that isn't there.
    pub(crate) fn not_found(resource: (&str, &str), name: &str) -> Self {
        let message = format!("{} {name:?} not found", qualified(resource));
        Self::new(StatusCode::NOT_FOUND, "NotFound", message).about(resource, name)
    }

    /// An object that is there already.
    pub(crate) fn exists(resource: (&str, &str), name: &str) -> Self {
        let message = format!("{} {name:?} already exists", qualified(resource));
        Self::new(StatusCode::CONFLICT, "AlreadyExists", message).about(resource, name)
    }

    /// A write from an old version.
    pub(crate) fn stale(resource: (&str, &str), name: &str) -> Self {
        let message = format!(
            "Operation cannot be fulfilled on {} {name:?}: the object has been modified; please apply your changes to the latest version and try again",
            qualified(resource)
        );
        Self::new(StatusCode::CONFLICT, "Conflict", message).about(resource, name)
    }

    /// A precondition that doesn't hold.
    pub(crate) fn precondition(resource: (&str, &str), name: &str, what: &str) -> Self {
        let message = format!(
            "Operation cannot be fulfilled on {} {name:?}: {what}",
            qualified(resource)
        );
        Self::new(StatusCode::CONFLICT, "Conflict", message).about(resource, name)
    }

    /// Fields that other managers own.
    pub(crate) fn conflicts(conflicts: &[Conflict]) -> Self {
        let causes: Vec<Value> = conflicts
            .iter()
            .map(|conflict| {
                json!({
                    "reason": "FieldManagerConflict",
                    "message": format!("conflict with {}", conflict.manager),
                    "field": conflict.path,
                })
            })
            .collect();
        let message = match conflicts {
            [only] => {
                format!(
                    "Apply failed with 1 conflict: conflict with {}: {}",
                    only.manager, only.path
                )
            }
            several => {
                format!(
                    "Apply failed with {} conflicts: {}",
                    several.len(),
                    listed(several)
                )
            }
        };
        let mut refusal = Self::new(StatusCode::CONFLICT, "Conflict", message);
        refusal.details = json!({"causes": causes});
        refusal
    }

    /// A body that can't be understood.
    pub(crate) fn bad(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "BadRequest", message)
    }

    /// An apply of a field or type that the schema doesn't have; the server calls it its own error.
    pub(crate) fn untyped(target: &str, kind: &str, problems: &[String]) -> Self {
        let problems = match problems {
            [only] => only.clone(),
            several => {
                let lines: Vec<String> = several.iter().map(|line| format!("  {line}")).collect();
                format!("errors:\n{}", lines.join("\n"))
            }
        };
        let message = format!("failed to create typed patch object ({target}; {kind}): {problems}");
        Self {
            reason: "",
            ..Self::new(StatusCode::INTERNAL_SERVER_ERROR, "InternalError", message)
        }
    }

    /// Values that the kind doesn't allow: each with its field.
    pub(crate) fn invalid(
        (group, kind): (&str, &str),
        name: &str,
        causes: &[(String, String)],
    ) -> Self {
        let qualified = if group.is_empty() {
            kind.to_owned()
        } else {
            format!("{kind}.{group}")
        };
        let texts: Vec<String> = causes
            .iter()
            .map(|(field, what)| format!("{field}: {what}"))
            .collect();
        let shown = match texts.as_slice() {
            [only] => only.clone(),
            several => format!("[{}]", several.join(", ")),
        };
        let message = format!("{qualified} {name:?} is invalid: {shown}");
        let causes: Vec<Value> = causes
            .iter()
            .map(|(field, what)| {
                let reason = if what.starts_with("Required value") {
                    "FieldValueRequired"
                } else {
                    "FieldValueInvalid"
                };
                json!({"reason": reason, "message": what, "field": field})
            })
            .collect();
        let mut refusal = Self::new(StatusCode::UNPROCESSABLE_ENTITY, "Invalid", message)
            .about((group, kind), name);
        refusal.details["causes"] = Value::Array(causes);
        refusal
    }

    /// A new object in a namespace that is going away.
    pub(crate) fn terminating(resource: (&str, &str), name: &str, namespace: &str) -> Self {
        let what = format!(
            "unable to create new content in namespace {namespace} because it is being terminated"
        );
        let message = format!("{} {name:?} is forbidden: {what}", qualified(resource));
        let mut refusal =
            Self::new(StatusCode::FORBIDDEN, "Forbidden", message).about(resource, name);
        refusal.details["causes"] = json!([{
            "reason": "NamespaceTerminating",
            "message": format!("namespace {namespace} is being terminated"),
            "field": "metadata.namespace",
        }]);
        refusal
    }

    /// A verb that the resource doesn't have.
    pub(crate) fn no_such_verb() -> Self {
        let message = "the server does not allow this method on the requested resource";
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "MethodNotAllowed", message)
    }

    /// A body of a type that isn't taken.
    pub(crate) fn unsupported(content_type: &str) -> Self {
        let message = format!(
            "the body of the request was in an unknown format - accepted media types include: application/json, application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml (got {content_type})"
        );
        Self::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "UnsupportedMediaType",
            message,
        )
    }

    /// A version that the history no longer has.
    pub(crate) fn expired(asked: u64, oldest: u64) -> Self {
        let message = format!("too old resource version: {asked} ({oldest})");
        Self::new(StatusCode::GONE, "Expired", message)
    }

    /// A version that isn't there yet.
    pub(crate) fn too_new(asked: u64, newest: u64) -> Self {
        let message = format!("Too large resource version: {asked}, current: {newest}");
        let mut refusal = Self::new(StatusCode::GATEWAY_TIMEOUT, "Timeout", message.clone());
        refusal.details = json!({
            "causes": [{"reason": "ResourceVersionTooLarge", "message": message}],
            "retryAfterSeconds": 1,
        });
        refusal
    }
}

fn qualified((group, plural): (&str, &str)) -> String {
    if group.is_empty() {
        plural.to_owned()
    } else {
        format!("{plural}.{group}")
    }
}

fn listed(conflicts: &[Conflict]) -> String {
    let mut lines = Vec::new();
    let mut managers: Vec<&str> = conflicts.iter().map(|one| one.manager.as_str()).collect();
    managers.sort_unstable();
    managers.dedup();
    for manager in managers {
        lines.push(format!("conflicts with {manager}:"));
        let paths = conflicts
            .iter()
            .filter(|conflict| conflict.manager == manager);
        lines.extend(paths.map(|conflict| format!("- {}", conflict.path)));
    }
    lines.join("\n")
}
