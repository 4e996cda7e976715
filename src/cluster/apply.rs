//! Server-side apply of one object: adopting what is there, settling conflicts with other managers,
//! and making again what can't be changed, each only as far as a person consented.
//!
//! Requests that got lost or a server that is busy are asked again below this, for every request
//! alike; here are the answers that only an apply understands.

mod attempt;
#[cfg(test)]
mod tests;
mod tries;

use std::time::Duration;

use serde_json::Value;

use super::migrate::Migration;
use super::owner::{Owner, TakeOver};
use super::{ApplyError, Cluster, Element, FIELD_MANAGER, Fields, secret};
use crate::manifest::Object;
use attempt::Attempt;
use tries::Tries;

/// How long the end of an object that is being deleted is waited for, where nobody says.
const PATIENCE: Duration = Duration::from_mins(2);

/// How an object is applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApplyOptions {
    /// Ask the server what would happen; change nothing.
    pub dry_run: bool,
    /// From whom fields and objects may be taken over.
    pub take_over: TakeOver,
    /// Whether what has changes that can't be made may be deleted and made again.
    pub recreate: bool,
    /// How long an object that is being deleted is waited for.
    pub patience: Duration,
}

impl Default for ApplyOptions {
    fn default() -> Self {
        Self {
            dry_run: false,
            take_over: TakeOver::None,
            recreate: false,
            patience: PATIENCE,
        }
    }
}

/// What is known of an object before it is applied: it saves a request.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Before {
    /// Nothing is known.
    #[default]
    Unknown,
    /// It wasn't there a moment ago.
    Absent,
    /// orch applied it before, and nothing has to be taken over but what conflicts.
    Ours,
}

impl Before {
    /// Returns what a list of the cluster's objects tells about one that is to be applied.
    pub fn of(live: Option<&Value>, wanted: &Value, consent: &TakeOver) -> Self {
        let Some(live) = live else {
            return Self::Absent;
        };
        let plain = Fields::applied_by(live, FIELD_MANAGER).is_some()
            && live["metadata"]["deletionTimestamp"].is_null()
            && Owner::of(live, wanted).is_none()
            && Migration::of(live, wanted, consent).is_none();
        if plain { Self::Ours } else { Self::Unknown }
    }
}

/// What an apply is made in.
#[derive(Clone, Copy)]
pub struct Situation<'a> {
    /// What is known of the object.
    pub before: Before,
    /// Is told what is waited for.
    pub report: &'a (dyn Fn(String) + Sync),
}

/// An object as the server has it after an apply.
#[derive(Debug, Clone, PartialEq)]
pub struct Applied {
    /// `metadata.uid`.
    pub uid: String,
    /// `metadata.generation`, where the kind has one.
    pub generation: Option<i64>,
    /// The whole object.
    pub object: Value,
    /// What is worth telling of how it went: adopted, taken over, made again.
    pub notes: Vec<String>,
}

impl Cluster {
    /// Applies an object by server-side apply.
    ///
    /// # Errors
    /// Returns what the server or the lack of a consent refused, in plain words; nothing was
    /// changed then.
    pub async fn apply(
        &self,
        object: &Object,
        options: ApplyOptions,
    ) -> Result<Applied, ApplyError> {
        let situation = Situation {
            before: Before::Unknown,
            report: &|_| {},
        };
        self.apply_in(object, &options, situation).await
    }

    /// The same, with what is known of the object before.
    ///
    /// # Errors
    /// As [`Cluster::apply`].
    pub async fn apply_in(
        &self,
        object: &Object,
        options: &ApplyOptions,
        situation: Situation<'_>,
    ) -> Result<Applied, ApplyError> {
        let api = self.api(object).await?;
        let wanted = secret::encoded(object);
        if object.kind == "Secret" {
            self.known().add_secret(&wanted);
        }
        let show = |path: &[Element], value: &Value| self.shown(&object.kind, path, value);
        let attempt = Attempt {
            cluster: self,
            api: &api,
            object,
            wanted: &wanted,
            options,
            report: situation.report,
            show: &show,
        };
        let mut tries = Tries::default();
        let mut before = situation.before;
        loop {
            let error = match attempt.make(before).await {
                Ok(applied) => return Ok(applied),
                Err(error) => error,
            };
            let Some(pause) = tries.pause(&error) else {
                return Err(error);
            };
            tokio::time::sleep(pause).await;
            before = Before::Unknown;
        }
    }

    /// Returns a value of an object as it may be shown.
    fn shown(&self, kind: &str, path: &[Element], value: &Value) -> String {
        let content = matches!(path.first(), Some(Element::Field(name)) if name == "data");
        if kind == "Secret" && content || self.is_secret(path, value) {
            "***".to_owned()
        } else {
            self.redact(&value.to_string())
        }
    }

    /// Returns the client's error about an object, with secrets masked.
    pub(super) fn refusal(&self, object: &Object, error: kube::Error) -> ApplyError {
        ApplyError::of(object, &self.info.server, self.masked(error))
    }
}
