//! What a server answers to an apply, in plain words.

use kube::core::Status;
use kube::core::response::StatusCause;

use super::ClusterError;
use crate::cluster::redact;
use crate::diagnostic::causes;
use crate::journal::Failure;
use crate::manifest::Object;

/// Why an object can't be applied.
#[derive(Debug, thiserror::Error)]
pub enum ApplyError {
    /// Other managers own fields.
    #[error("other managers own fields of it: {}", .0.join(", "))]
    Conflict(Vec<String>),
    /// A field is unknown or has the wrong type.
    #[error("the server doesn't know what is written: {0}")]
    Schema(String),
    /// The object is invalid.
    #[error("{0}")]
    Invalid(String),
    /// Fields of what is there can't be changed.
    #[error("what is there can't be changed so: {}", .0.join(", "))]
    Immutable(Vec<String>),
    /// The namespace is missing.
    #[error("{0}")]
    Namespace(String),
    /// The namespace is on its way out.
    #[error("{0}")]
    Terminating(String),
    /// The user may not.
    #[error("{0}")]
    Forbidden(String),
    /// It would go over the namespace's quota.
    #[error("{0}")]
    Quota(String),
    /// A policy of the cluster refuses it: a webhook, an admission policy, pod security.
    #[error("{0}")]
    Policy(String),
    /// The server can't take it now.
    #[error("{0}")]
    Busy(String),
    /// The cluster can't be asked.
    #[error(transparent)]
    Cluster(#[from] ClusterError),
}

impl ApplyError {
    /// Returns the client's error as this one.
    pub(in crate::cluster) fn of(object: &Object, server: &str, error: kube::Error) -> Self {
        let kube::Error::Api(status) = error else {
            return Self::Cluster(ClusterError::of(server, error));
        };
        let message = status.message.clone();
        match status.code {
            401 => Self::Cluster(ClusterError::of(server, kube::Error::Api(status))),
            403 => forbidden(&status),
            409 if has_cause(&status, "FieldManagerConflict") => Self::Conflict(conflicts(&status)),
            500 if message.contains("failed to create typed patch object") => {
                // `…; Resource=…): .spec.replicaz: field not declared in schema`
                let detail = message.rsplit_once("): ").map(|(_, detail)| detail);
                Self::Schema(detail.unwrap_or(&message).to_owned())
            }
            400 if message.contains("strict decoding error") => Self::Schema(message),
            400 if is_policy(&message) => Self::Policy(message),
            404 if object.namespace.is_some() && message.starts_with("namespaces ") => {
                Self::Namespace(message)
            }
            422 => {
                let fields = fixed_fields(&status);
                if fields.is_empty() {
                    Self::Invalid(message)
                } else {
                    Self::Immutable(fields)
                }
            }
            408 | 429 | 500..=599 => Self::Busy(message),
            _ => Self::Invalid(message),
        }
    }

    /// Returns the error as a step's failure.
    pub fn failure(&self, label: &str) -> Failure {
        let mut chain = causes(self).into_iter();
        let first = chain.next().unwrap_or_default();
        Failure {
            cause: redact(&format!("{label} can't be applied: {first}")),
            details: chain.map(|line| redact(&line)).collect(),
            help: self.help().map(str::to_owned),
        }
    }

    fn help(&self) -> Option<&'static str> {
        Some(match self {
            Self::Conflict(_) => {
                "run with --take-over to own these fields, or take them out of the manifest"
            }
            Self::Schema(_) => "correct the field in the manifest",
            Self::Immutable(_) => {
                "write these fields as they were, or delete the object first, if it may go"
            }
            Self::Namespace(_) => "create the namespace first: a task that writes it, or `after=`",
            Self::Terminating(_) => "wait until the namespace is gone, then run again",
            Self::Forbidden(_) => "give this user the permission that the server names",
            Self::Quota(_) => "raise the namespace's quota, or ask for less",
            Self::Policy(_) => "change the manifest as the cluster's policy asks",
            Self::Busy(_) => "look at the server, then run again: it goes on from here",
            Self::Invalid(_) | Self::Cluster(_) => return None,
        })
    }
}

fn forbidden(status: &Status) -> ApplyError {
    let message = status.message.clone();
    if has_cause(status, "NamespaceTerminating") {
        ApplyError::Terminating(message)
    } else if message.contains("exceeded quota") {
        ApplyError::Quota(message)
    } else if is_policy(&message) {
        ApplyError::Policy(message)
    } else {
        ApplyError::Forbidden(message)
    }
}

fn is_policy(message: &str) -> bool {
    [
        "admission webhook",
        "violates PodSecurity",
        "ValidatingAdmissionPolicy",
    ]
    .iter()
    .any(|known| message.contains(known))
}

fn status_causes(status: &Status) -> &[StatusCause] {
    let details = status.details.as_ref();
    details.map_or(&[], |details| details.causes.as_slice())
}

fn has_cause(status: &Status, reason: &str) -> bool {
    status_causes(status)
        .iter()
        .any(|cause| cause.reason == reason)
}

/// `spec.replicas (conflict with "kubectl")`.
fn conflicts(status: &Status) -> Vec<String> {
    let named = status_causes(status).iter().map(|cause| {
        let field = cause.field.trim_start_matches('.');
        format!("{field} ({})", cause.message)
    });
    named.collect()
}

/// The fields that the server refuses to change. Its messages quote whole values; the field and
/// the reason behind them are what helps.
fn fixed_fields(status: &Status) -> Vec<String> {
    let fixed = |cause: &&StatusCause| {
        [
            "immutable",
            "may not change once set",
            "are forbidden",
            "may not be changed",
        ]
        .iter()
        .any(|sign| cause.message.contains(sign))
    };
    let named = status_causes(status).iter().filter(fixed).map(|cause| {
        let reason = cause.message.rsplit_once(": ");
        let reason = reason.map_or(&*cause.message, |(_, reason)| reason);
        format!("`{}`: {reason}", cause.field)
    });
    let mut named: Vec<String> = named.collect();
    named.dedup();
    named
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::ApplyError;
    use crate::manifest::Object;

    #[track_caller]
    fn check(status: Value, cause: &str, help: &str) {
        let object = Object {
            api_version: "apps/v1".to_owned(),
            kind: "Deployment".to_owned(),
            namespace: Some("n".to_owned()),
            name: "api".to_owned(),
            value: Value::Null,
        };
        let status = serde_json::from_value(status).unwrap();
        let error = ApplyError::of(&object, "https://c", kube::Error::Api(status));
        let failure = error.failure("Deployment/api");
        let said = failure
            .cause
            .strip_prefix("Deployment/api can't be applied: ");
        assert_eq!(said, Some(cause));
        assert_eq!(failure.help.unwrap_or_default(), help);
    }

    #[test]
    fn an_unknown_field_is_no_error_of_the_server() {
        check(
            json!({ "code": 500, "message": "failed to create typed patch object (n/api; \
                apps/v1, Kind=Deployment): .spec.replicaz: field not declared in schema" }),
            "the server doesn't know what is written: .spec.replicaz: field not declared in schema",
            "correct the field in the manifest",
        );
    }

    #[test]
    fn a_conflict_names_the_manager_and_the_field() {
        check(
            json!({ "code": 409, "message": "Apply failed with 1 conflict", "details": {
                "causes": [{ "reason": "FieldManagerConflict", "field": ".spec.replicas",
                "message": "conflict with \"kubectl\"" }] } }),
            "other managers own fields of it: spec.replicas (conflict with \"kubectl\")",
            "run with --take-over to own these fields, or take them out of the manifest",
        );
    }

    #[test]
    fn a_fixed_field_is_named_without_its_value() {
        check(
            json!({ "code": 422, "message": "Deployment.apps \"api\" is invalid: …", "details": {
                "causes": [{ "reason": "FieldValueInvalid", "field": "spec.selector",
                "message": "Invalid value: {\"matchLabels\":{\"a\":\"b: c\"}}: \
                            field is immutable" }] } }),
            "what is there can't be changed so: `spec.selector`: field is immutable",
            "write these fields as they were, or delete the object first, if it may go",
        );
    }

    #[test]
    fn an_invalid_value_stays_as_the_server_says_it() {
        check(
            json!({ "code": 422, "message": "spec.replicas: Invalid value: -1", "details": {
                "causes": [{ "reason": "FieldValueInvalid", "field": "spec.replicas",
                "message": "Invalid value: -1: must be greater than or equal to 0" }] } }),
            "spec.replicas: Invalid value: -1",
            "",
        );
    }

    #[test]
    fn what_is_forbidden_is_told_apart_from_quota_policy_and_namespace() {
        let refused = |message: &str| json!({ "code": 403, "message": message });
        check(
            refused("User \"u\" cannot patch resource \"deployments\""),
            "User \"u\" cannot patch resource \"deployments\"",
            "give this user the permission that the server names",
        );
        check(
            refused("exceeded quota: small, requested: pods=1"),
            "exceeded quota: small, requested: pods=1",
            "raise the namespace's quota, or ask for less",
        );
        check(
            refused("admission webhook \"w\" denied the request: no"),
            "admission webhook \"w\" denied the request: no",
            "change the manifest as the cluster's policy asks",
        );
        check(
            json!({ "code": 403, "message": "namespace n is being terminated", "details": {
                "causes": [{ "reason": "NamespaceTerminating" }] } }),
            "namespace n is being terminated",
            "wait until the namespace is gone, then run again",
        );
    }

    #[test]
    fn a_missing_namespace_says_what_to_do() {
        check(
            json!({ "code": 404, "message": "namespaces \"n\" not found" }),
            "namespaces \"n\" not found",
            "create the namespace first: a task that writes it, or `after=`",
        );
    }
}
