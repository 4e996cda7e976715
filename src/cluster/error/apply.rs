//! What a server answers to an apply, in plain words.

use kube::core::Status;
use kube::core::response::StatusCause;

use super::ClusterError;
use crate::cluster::conflict::Conflicts;
use crate::cluster::owner::Owner;
use crate::cluster::recreate::{Fixed, Remake};
use crate::cluster::redact;
use crate::diagnostic::causes;
use crate::journal::Failure;
use crate::manifest::Object;

/// Why an object can't be applied.
#[derive(Debug, thiserror::Error)]
pub enum ApplyError {
    /// Other managers own fields.
    #[error("other managers own fields of it: {0}")]
    Conflict(Box<Conflicts>),
    /// Another tool or object keeps it.
    #[error("it is kept by {}", .0.what)]
    Owned(Box<Owner>),
    /// A field is unknown or has the wrong type.
    #[error("the server doesn't know what is written: {0}")]
    Schema(String),
    /// The object is invalid.
    #[error("{0}")]
    Invalid(String),
    /// Fields of what is there can't be changed.
    #[error("what is there can't be changed so: {}", .0.reasons.join(", "))]
    Immutable(Box<Fixed>),
    /// It can't be made again as it is written; so it wasn't deleted.
    #[error("it wasn't deleted, because it couldn't be made again: {0}")]
    Unmakeable(String),
    /// What is being deleted isn't gone yet.
    #[error("{}", ending(*.seconds, .finalizers))]
    Ending {
        /// How long it was waited for.
        seconds: u64,
        /// What holds it.
        finalizers: Vec<String>,
    },
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
    /// A webhook that has to be asked doesn't answer.
    #[error("a webhook of the cluster doesn't answer: {0}")]
    Webhook(String),
    /// Somebody else changes the object at the same time.
    #[error("it is changed by others again and again: {0}")]
    Race(String),
    /// The server can't take it now.
    #[error("{0}")]
    Busy(String),
    /// The cluster can't be asked.
    #[error(transparent)]
    Cluster(#[from] ClusterError),
}

/// What a person can do about a refusal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WayOut {
    /// Run with `--take-over`, for these managers or tools.
    TakeOver(Vec<String>),
    /// Run with `--recreate`, at this cost.
    Recreate(&'static str),
    /// Something else.
    Other,
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
            409 if has_cause(&status, CONFLICT) => {
                let causes = status_causes(&status).iter();
                let causes = causes.filter(|cause| cause.reason == CONFLICT);
                Self::Conflict(Box::new(Conflicts::of(causes.map(texts))))
            }
            409 => Self::Race(message),
            500 if message.contains("failed to create typed patch object") => {
                // `…; Resource=…): .spec.replicaz: field not declared in schema`
                let detail = message.rsplit_once("): ").map(|(_, detail)| detail);
                Self::Schema(detail.unwrap_or(&message).to_owned())
            }
            500..=599 if is_silent_webhook(&message) => Self::Webhook(message),
            400 if message.contains("strict decoding error") => Self::Schema(message),
            400 if is_policy(&message) => Self::Policy(message),
            404 if object.namespace.is_some() && message.starts_with("namespaces ") => {
                Self::Namespace(message)
            }
            422 => match Fixed::of(status_causes(&status).iter().map(texts)) {
                Some(fixed) => Self::Immutable(Box::new(fixed)),
                None => Self::Invalid(message),
            },
            408 | 429 | 500..=599 => Self::Busy(message),
            _ => Self::Invalid(message),
        }
    }

    /// Returns what a person can do about it, where it is a flag.
    pub fn way_out(&self) -> WayOut {
        match self {
            Self::Conflict(conflicts) => WayOut::TakeOver(conflicts.managers()),
            Self::Owned(owner) => WayOut::TakeOver(owner.names.iter().take(1).cloned().collect()),
            Self::Immutable(fixed) => match fixed.remake {
                Remake::Consent(cost) => WayOut::Recreate(cost),
                Remake::Again(_) | Remake::Never(_) => WayOut::Other,
            },
            Self::Schema(_)
            | Self::Invalid(_)
            | Self::Unmakeable(_)
            | Self::Ending { .. }
            | Self::Namespace(_)
            | Self::Terminating(_)
            | Self::Forbidden(_)
            | Self::Quota(_)
            | Self::Policy(_)
            | Self::Webhook(_)
            | Self::Race(_)
            | Self::Busy(_)
            | Self::Cluster(_) => WayOut::Other,
        }
    }

    /// Returns the error as a step's failure.
    pub fn failure(&self, label: &str) -> Failure {
        let mut chain = causes(self).into_iter();
        let first = chain.next().unwrap_or_default();
        let mut details: Vec<String> = chain.map(|line| redact(&line)).collect();
        if let Self::Conflict(conflicts) = self {
            details.extend(conflicts.lines());
        } else if let Self::Immutable(fixed) = self {
            details.extend(fixed.lines());
        }
        Failure {
            cause: redact(&format!("{label} can't be applied: {first}")),
            details,
            help: self.help(),
        }
    }

    fn help(&self) -> Option<String> {
        let text = match self {
            Self::Conflict(conflicts) => return Some(conflicts.help()),
            Self::Immutable(fixed) => return Some(fixed.help()),
            Self::Owned(owner) => {
                let name = owner.names.first().map(String::as_str).unwrap_or_default();
                return Some(format!(
                    "run with --take-over {name} to make it this run's, or take it out of the \
                     manifest"
                ));
            }
            Self::Schema(_) => "correct the field in the manifest",
            Self::Unmakeable(_) => "correct the manifest, then run again",
            Self::Ending { finalizers, .. } if finalizers.is_empty() => {
                "wait until it is gone, then run again"
            }
            Self::Ending { .. } => {
                "look at what takes these finalizers away, then run again: it goes on from here"
            }
            Self::Namespace(_) => "create the namespace first: a task that writes it, or `after=`",
            Self::Terminating(_) => "wait until the namespace is gone, then run again",
            Self::Forbidden(text) if text.contains("can be resized") => {
                "its storage class doesn't let claims grow: set `allowVolumeExpansion: true` on \
                 the class, where its driver can, or write the size as it was"
            }
            Self::Forbidden(_) => "give this user the permission that the server names",
            Self::Quota(_) => "raise the namespace's quota, or ask for less",
            Self::Policy(_) => "change the manifest as the cluster's policy asks",
            Self::Webhook(_) => "look at the webhook's Service and pods, then run again",
            Self::Race(_) => "look who else writes it, then run again",
            Self::Busy(_) => "look at the server, then run again: it goes on from here",
            Self::Invalid(_) | Self::Cluster(_) => return None,
        };
        Some(text.to_owned())
    }
}

/// The reason of a conflict's causes.
const CONFLICT: &str = "FieldManagerConflict";

fn ending(seconds: u64, finalizers: &[String]) -> String {
    let held = if finalizers.is_empty() {
        String::new()
    } else {
        format!("; it is held by {}", finalizers.join(", "))
    };
    format!("it is being deleted, and wasn't gone after {seconds} s{held}")
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

fn is_silent_webhook(message: &str) -> bool {
    message.contains("failed calling webhook") || message.contains("conversion webhook for")
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

fn texts(cause: &StatusCause) -> (&str, &str) {
    (&cause.field, &cause.message)
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
            "other managers own fields of it: spec.replicas (kubectl)",
            "run with --take-over kubectl to set these fields and own them; or give them up: \
             take them out of the manifest, and they stay as the cluster has them",
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
            "write these fields as they were",
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
