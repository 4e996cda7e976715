//! Server-side apply of one object.

use kube::ResourceExt as _;
use kube::api::{Patch, PatchParams, ValidationDirective};
use serde_json::Value;

use super::{ApplyError, Cluster, FIELD_MANAGER, secret};
use crate::manifest::Object;

/// How an object is applied.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ApplyOptions {
    /// Ask the server what would happen; change nothing.
    pub dry_run: bool,
    /// Take fields over that other managers own.
    pub force: bool,
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
}

impl Cluster {
    /// Applies an object by server-side apply.
    ///
    /// # Errors
    /// Returns what the server refused, in plain words; nothing was changed then.
    pub async fn apply(
        &self,
        object: &Object,
        options: ApplyOptions,
    ) -> Result<Applied, ApplyError> {
        let api = self.api(object).await?;
        let params = PatchParams {
            dry_run: options.dry_run,
            force: options.force,
            field_manager: Some(FIELD_MANAGER.to_owned()),
            field_validation: Some(ValidationDirective::Strict),
        };
        let value = secret::encoded(object);
        if object.kind == "Secret" {
            self.known().add_secret(&value);
        }
        let patch = Patch::Apply(&*value);
        let server = &self.info.server;
        let answer = api
            .patch(&object.name, &params, &patch)
            .await
            .map_err(|error| ApplyError::of(object, server, self.masked(error)))?;
        let uid = answer.uid().unwrap_or_default();
        let generation = answer.metadata.generation;
        let object = serde_json::to_value(answer).unwrap_or(Value::Null);
        Ok(Applied {
            uid,
            generation,
            object,
        })
    }
}
