//! An object's previous revision: what a phase is about to change in it, recorded before it does,
//! and put back when the phase is turned back.
//!
//! Only fields that orch's apply changes are recorded, and no value that looks secret. Who owned
//! these fields before is not restored: orch gives them up.

use kube::api::{Api, DynamicObject, Patch, PatchParams};
use serde_json::{Value, json};

use super::{
    ApplyError, ApplyOptions, Before, Cluster, ClusterError, Element, FIELD_MANAGER, Fields, Fixed,
    Path, Remake, Situation, is_settled, place,
};
use crate::facts::secret;
use crate::journal::{FieldChange, Revision, Was};
use crate::manifest::Object;
use crate::terminal::printable;

/// How often a restore is tried again when someone else wrote in between.
const TRIES: usize = 10;

/// What is to become of a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Return {
    /// It is as it was already.
    Same,
    /// It gets its value back, or goes where it had none.
    Back,
    /// Its value was secret and is recorded nowhere: it stays as it is.
    Withheld,
    /// Another manager changed it since: it stays as it is.
    Changed(String),
}

/// A field of an object that is turned back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Returning {
    /// Its place, for people.
    pub place: String,
    /// What it is, and what it was (`2`, `1`), secrets masked; `None` where it isn't there.
    pub values: (Option<String>, Option<String>),
    /// What is to become of it.
    pub what: Return,
}

impl Cluster {
    /// Returns the revision that an apply is about to change: `live` with what the server says the
    /// apply would do.
    ///
    /// # Errors
    /// Where the server would refuse the apply.
    pub async fn revision(
        &self,
        wanted: &Object,
        live: &Value,
        options: &ApplyOptions,
    ) -> Result<Revision, ApplyError> {
        let trial = ApplyOptions {
            dry_run: true,
            ..options.clone()
        };
        let owned = Fields::applied_by(live, FIELD_MANAGER);
        let then = if is_settled(wanted, live) {
            // No need to ask: there may be thousands.
            live.clone()
        } else {
            match self.apply(wanted, trial).await {
                Ok(then) => then.object,
                // It is about to be made again: what it was goes with it.
                Err(ApplyError::Immutable(fixed)) if is_made_again(&fixed, options) => live.clone(),
                Err(error) => return Err(error),
            }
        };
        let mut places = Vec::new();
        if let Some(fields) = Fields::applied_by(&then, FIELD_MANAGER) {
            differences((live, &then), &fields, &mut Vec::new(), &mut places);
        }
        // What others owned may go too, where it is taken over from them.
        for fields in entries(live).filter(|it| it["subresource"].is_null()) {
            let fields = Fields::parse(&fields["fieldsV1"]);
            differences((live, &then), &fields, &mut Vec::new(), &mut places);
        }
        places.sort();
        places.dedup();
        let changes = places.iter().map(|path| FieldChange {
            path: place::written(path),
            before: match place::at(live, path) {
                None => Was::Absent,
                Some(_) if wanted.kind == "Secret" && is_content(path) => Was::Withheld,
                Some(value) if self.is_secret(path, value) => Was::Withheld,
                Some(value) => Was::Value(value.clone()),
            },
        });
        Ok(Revision {
            uid: text(live, "/metadata/uid"),
            changes: changes.collect(),
            owned: owned.and_then(|_| entry_of(live).map(|entry| entry["fieldsV1"].clone())),
        })
    }

    /// Returns what is to become of each field that a phase changed.
    pub fn returning(&self, live: &Value, revision: &Revision) -> Vec<Returning> {
        let owned = Fields::applied_by(live, FIELD_MANAGER).unwrap_or_default();
        let changes = revision.changes.iter();
        changes
            .filter_map(|change| {
                let path = place::parse(&change.path)?;
                let now = place::at(live, &path);
                let secret = matches!(change.before, Was::Withheld)
                    || text(live, "/kind") == "Secret" && is_content(&path)
                    || now.is_some_and(|value| self.is_secret(&path, value));
                let value = |value: &Value| match (secret, value) {
                    (true, _) => "***".to_owned(),
                    (false, Value::String(text)) => short(&self.redact(text)),
                    (false, value) => short(&self.redact(&value.to_string())),
                };
                let was = match &change.before {
                    Was::Value(value) => Some(value),
                    Was::Absent | Was::Withheld => None,
                };
                let what = if matches!(change.before, Was::Withheld) {
                    Return::Withheld
                } else if now == was {
                    Return::Same
                } else if is_owned(&owned, &path) || !owned_by_others(live, &path) {
                    Return::Back
                } else {
                    Return::Changed(owner(live, &path))
                };
                Some(Returning {
                    place: place::shown(&path),
                    values: (now.map(value), was.map(value)),
                    what,
                })
            })
            .collect()
    }

    /// Puts the fields of an object back that a phase changed, and gives up what orch didn't own
    /// before.
    ///
    /// # Errors
    /// Where another manager stands in the way, or the cluster refuses.
    pub async fn restore(&self, object: &Object, revision: &Revision) -> Result<(), ApplyError> {
        let api = self.api(object).await?;
        for _ in 0..TRIES {
            let Some(live) = self.get(object).await? else {
                return Ok(());
            };
            let live = serde_json::to_value(live).unwrap_or_default();
            let Some(owned) = Fields::applied_by(&live, FIELD_MANAGER) else {
                return Ok(());
            };
            if text(&live, "/metadata/uid") != revision.uid {
                return Ok(());
            }
            let config = Object {
                value: configured(object, &live, (&owned, revision)),
                ..object.clone()
            };
            // What it was may say that another tool keeps it; it is ours until it is given up.
            let ours = Situation {
                before: Before::Ours,
                report: &|_| {},
            };
            let options = ApplyOptions::default();
            let then = self.apply_in(&config, &options, ours).await?.object;
            if self.give_up(&api, &then, revision).await? {
                return Ok(());
            }
        }
        Err(ClusterError::Api {
            server: self.info.server.clone(),
            message: format!("{} is being changed all the time", object.label()),
        }
        .into())
    }

    /// Sets what orch owns of an object to what it owned before; returns false where someone
    /// wrote in between.
    async fn give_up(
        &self,
        api: &Api<DynamicObject>,
        live: &Value,
        revision: &Revision,
    ) -> Result<bool, ClusterError> {
        let Some(own) = entry_of(live) else {
            return Ok(true);
        };
        let mut kept: Vec<Value> = entries(live)
            .filter_map(|entry| match (&revision.owned, entry == own) {
                (_, false) => Some(entry.clone()),
                (None, true) => None,
                (Some(fields), true) => {
                    let mut entry = entry.clone();
                    entry["fieldsV1"] = fields.clone();
                    Some(entry)
                }
            })
            .collect();
        if kept.is_empty() {
            // An empty list means no change; one empty entry means that nobody owns anything.
            kept.push(json!({}));
        }
        let patch = json!({ "metadata": {
            "managedFields": kept,
            "resourceVersion": live["metadata"]["resourceVersion"],
        } });
        let params = PatchParams {
            field_manager: Some(FIELD_MANAGER.to_owned()),
            ..PatchParams::default()
        };
        let name = text(live, "/metadata/name");
        match api.patch(&name, &params, &Patch::Merge(patch)).await {
            Ok(_) => Ok(true),
            Err(kube::Error::Api(status)) if status.code == 409 => Ok(false),
            Err(error) => Err(self.error(error)),
        }
    }

    /// Returns whether a value is to be recorded and shown nowhere: by its name, or by itself.
    pub(super) fn is_secret(&self, path: &[Element], value: &Value) -> bool {
        match value {
            Value::String(text) => {
                names_of(path).any(|name| secret::by_name(&name).is_some())
                    || secret::by_value(text).is_some()
                    || configuration(text).is_some_and(|inner| {
                        inner["kind"] == "Secret" || self.is_secret(&[], &inner)
                    })
                    || self.redact(text) != printable(text)
            }
            Value::Array(items) => items.iter().any(|item| self.is_secret(&[], item)),
            Value::Object(fields) => {
                let named = fields.get("name").and_then(Value::as_str);
                let named = named.is_some_and(|name| secret::by_name(name).is_some());
                (named && fields.get("value").is_some_and(Value::is_string))
                    || fields
                        .iter()
                        .any(|(name, value)| self.is_secret(&[Element::Field(name.clone())], value))
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => false,
        }
    }
}

/// What orch applies of the object now, with the fields put back.
fn configured(object: &Object, live: &Value, (owned, revision): (&Fields, &Revision)) -> Value {
    let mut config = owned.restrict(live).unwrap_or_else(|| json!({}));
    for change in &revision.changes {
        let Some(path) = place::parse(&change.path) else {
            continue;
        };
        // What others own by now stays theirs.
        if !is_owned(owned, &path) && owned_by_others(live, &path) {
            continue;
        }
        match &change.before {
            Was::Absent => place::remove(&mut config, &path),
            Was::Value(value) => place::put(&mut config, &path, value),
            Was::Withheld => {}
        }
    }
    config["apiVersion"] = object.api_version.as_str().into();
    config["kind"] = object.kind.as_str().into();
    config["metadata"]["name"] = object.name.as_str().into();
    if let Some(namespace) = &object.namespace {
        config["metadata"]["namespace"] = namespace.as_str().into();
    }
    config
}

/// Returns the first place of a set at which a manifest sets something.
pub fn set_by(fields: &Fields, manifest: &Value) -> Option<String> {
    fn find(fields: &Fields, manifest: &Value, path: &mut Path) -> bool {
        for (element, part) in fields.parts() {
            path.push(element.clone());
            let set = place::at(manifest, path).is_some();
            if set && (part.is_leaf() || find(part, manifest, path)) {
                return true;
            }
            path.pop();
        }
        false
    }
    let mut path = Path::new();
    find(fields, manifest, &mut path).then(|| place::shown(&path))
}

/// Collects the places of a set at which two objects differ; where one lacks a whole part, that
/// part's.
fn differences(
    (before, then): (&Value, &Value),
    fields: &Fields,
    path: &mut Path,
    found: &mut Vec<Path>,
) {
    for (element, part) in fields.parts() {
        path.push(element.clone());
        let (old, new) = (place::at(before, path), place::at(then, path));
        if part.is_leaf() || old.is_none() || new.is_none() {
            if old != new {
                found.push(path.clone());
            }
        } else {
            differences((before, then), part, path, found);
        }
        path.pop();
    }
}

/// The configuration that `kubectl`'s client-side apply keeps in an annotation.
fn configuration(text: &str) -> Option<Value> {
    let value: Value = serde_json::from_str(text).ok()?;
    value["kind"].is_string().then_some(value)
}

/// Returns a value's beginning: it is shown in a line.
fn short(text: &str) -> String {
    const LONGEST: usize = 60;
    let mut begin: String = text.chars().take(LONGEST).collect();
    if begin.len() < text.len() {
        begin.push('…');
    }
    begin
}

/// The values of a Secret.
fn is_content(path: &[Element]) -> bool {
    let first = path.first();
    ["data", "stringData"]
        .iter()
        .any(|name| first == Some(&Element::Field((*name).to_owned())))
}

/// The names that tell whether a value is secret: its field's, and that of the item it is the
/// value of (`{ name: DB_PASSWORD, value: … }`).
fn names_of(path: &[Element]) -> impl Iterator<Item = String> {
    let last = path.last().and_then(|element| match element {
        Element::Field(name) => Some(name.clone()),
        Element::Key(_) | Element::Item(_) | Element::Index(_) => None,
    });
    let item = path.iter().rev().nth(1).and_then(|element| match element {
        Element::Key(key) => {
            let key: Value = serde_json::from_str(key).ok()?;
            key["name"].as_str().map(str::to_owned)
        }
        Element::Field(_) | Element::Item(_) | Element::Index(_) => None,
    });
    let item = item.filter(|_| last.as_deref() == Some("value"));
    last.into_iter().chain(item)
}

fn is_owned(owned: &Fields, path: &[Element]) -> bool {
    let mut fields = owned;
    for element in path {
        match fields.part(element) {
            Some(part) => fields = part,
            None => return false,
        }
    }
    true
}

fn others(live: &Value) -> impl Iterator<Item = (&Value, Fields)> {
    let own = entry_of(live);
    entries(live)
        .filter(move |entry| Some(*entry) != own)
        .map(|entry| (entry, Fields::parse(&entry["fieldsV1"])))
}

fn owned_by_others(live: &Value, path: &[Element]) -> bool {
    others(live).any(|(_, fields)| is_owned(&fields, path))
}

/// Returns who owns a place beside orch.
fn owner(live: &Value, path: &[Element]) -> String {
    let found = others(live).find(|(_, fields)| is_owned(fields, path));
    found.map_or_else(
        || "someone".to_owned(),
        |(entry, _)| text(entry, "/manager"),
    )
}

fn entries(live: &Value) -> impl Iterator<Item = &Value> {
    let entries = live.pointer("/metadata/managedFields");
    entries.and_then(Value::as_array).into_iter().flatten()
}

/// Returns orch's own entry: what it applied.
fn entry_of(live: &Value) -> Option<&Value> {
    entries(live).find(|entry| {
        entry["manager"] == FIELD_MANAGER
            && entry["operation"] == "Apply"
            && entry["subresource"].as_str().unwrap_or_default().is_empty()
    })
}

fn text(value: &Value, pointer: &str) -> String {
    let text = value.pointer(pointer).and_then(Value::as_str);
    text.unwrap_or_default().to_owned()
}

/// Returns whether an object whose fields can't be changed is made again, asked for or not.
fn is_made_again(fixed: &Fixed, options: &ApplyOptions) -> bool {
    options.recreate || matches!(fixed.remake, Remake::Again(_))
}

#[cfg(test)]
#[path = "previous/tests.rs"]
mod tests;
