//! What applying an object would do, by the server's own word: a dry run beside what is there.
//!
//! Values of secrets are masked in all that is returned. What a run would do about it (consent,
//! order) is not decided here.

use serde_json::Value;

use super::diff::{Difference, differences, shown};
use super::fields::{Element, Fields, Path};
use super::settled::is_settled;
use super::{
    ApplyError, ApplyOptions, Before, Cluster, ClusterError, FIELD_MANAGER, Fixed, FixedField,
    Remake, Situation, TakeOver,
};
use crate::manifest::Object;

/// What stands for a secret's value.
const MASK: &str = "***";

/// What applying an object would do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preview {
    /// In a word.
    pub effect: Effect,
    /// The fields that would change.
    pub fields: Vec<FieldChange>,
    /// What else there is to know.
    pub notes: Vec<String>,
}

/// What an apply would be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// The object isn't there yet.
    Create,
    /// Fields change.
    Change,
    /// Fields or the object belong to others: it needs `--take-over`, for these.
    TakeOver(Vec<String>),
    /// It has to be deleted and made again: it needs `--recreate`, at this cost.
    Recreate(&'static str),
    /// It has ended and runs again, for this reason.
    Again(&'static str),
    /// Nothing changes but that orch owns it from then on.
    Adopt,
    /// Nothing changes.
    Unchanged,
    /// It would be refused: why, and the way out.
    Refused(String, Option<String>),
}

/// A field that would change, secrets masked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldChange {
    /// The field (`spec.template.spec.containers[name=main].image`).
    pub path: String,
    /// What is there; `None` where nothing is.
    pub before: Option<String>,
    /// What would be there; `None` where nothing would be.
    pub after: Option<String>,
    /// Who else owns it or wrote it last, where that is known.
    pub by: Option<String>,
}

impl Cluster {
    /// Returns what applying an object would do to `live`, what the cluster has of it.
    ///
    /// # Errors
    /// Where the cluster can't be asked; what it refuses is part of the preview.
    pub async fn preview(
        &self,
        wanted: &Object,
        live: Option<&Value>,
    ) -> Result<Preview, ClusterError> {
        let plain = |effect| Preview {
            effect,
            fields: Vec::new(),
            notes: Vec::new(),
        };
        if live.is_some_and(|live| is_settled(wanted, live)) {
            return Ok(plain(Effect::Unchanged));
        }
        let (error, consent) = match self.dry(wanted, live, TakeOver::None).await {
            Ok(preview) => return Ok(preview),
            Err(error @ (ApplyError::Conflict(_) | ApplyError::Owned(_))) => {
                match self.dry(wanted, live, TakeOver::All).await {
                    Ok(preview) => return Ok(taken_over(preview, &error)),
                    Err(second) => (second, true),
                }
            }
            Err(error) => (error, false),
        };
        if let ApplyError::Cluster(error) = error {
            return if error.is_target() {
                Err(error)
            } else {
                Ok(plain(Effect::Refused(
                    self.redact(&error.to_string()),
                    None,
                )))
            };
        }
        if let ApplyError::Immutable(fixed) = &error {
            return Ok(made_again(fixed, consent));
        }
        let failure = error.failure("");
        let cause = failure.cause.trim_start_matches(" can't be applied: ");
        Ok(plain(Effect::Refused(self.redact(cause), failure.help)))
    }

    /// Asks for a dry run and tells what would change.
    async fn dry(
        &self,
        wanted: &Object,
        live: Option<&Value>,
        take_over: TakeOver,
    ) -> Result<Preview, ApplyError> {
        let situation = Situation {
            before: Before::of(live, &wanted.value, &take_over),
            report: &|_| (),
        };
        let options = ApplyOptions {
            dry_run: true,
            take_over,
            ..ApplyOptions::default()
        };
        let applied = self.apply_in(wanted, &options, situation).await?;
        let notes = applied.notes.iter().map(|note| self.redact(note)).collect();
        let Some(live) = live else {
            return Ok(Preview {
                effect: Effect::Create,
                fields: Vec::new(),
                notes,
            });
        };
        let found = differences(live, &applied.object);
        let mut fields = self.told(&wanted.kind, &found);
        for (field, difference) in fields.iter_mut().zip(&found) {
            field.by = last_writer(live, &difference.path);
        }
        let effect = if !fields.is_empty() {
            Effect::Change
        } else if Fields::applied_by(live, FIELD_MANAGER).is_none() {
            Effect::Adopt
        } else {
            Effect::Unchanged
        };
        Ok(Preview {
            effect,
            fields,
            notes,
        })
    }

    /// Returns what others changed of an object that orch applied: before is what orch applied,
    /// after what is there now, with who wrote it.
    ///
    /// # Errors
    /// Where the server refuses the dry run that tells the difference.
    pub async fn drift(
        &self,
        wanted: &Object,
        live: &Value,
    ) -> Result<Vec<FieldChange>, ApplyError> {
        if is_settled(wanted, live) {
            return Ok(Vec::new());
        }
        let options = ApplyOptions {
            dry_run: true,
            take_over: TakeOver::All,
            ..ApplyOptions::default()
        };
        let situation = Situation {
            before: Before::Ours,
            report: &|_| (),
        };
        let applied = self.apply_in(wanted, &options, situation).await?.object;
        let found = differences(live, &applied);
        let mut told = self.told(&wanted.kind, &found);
        for (field, difference) in told.iter_mut().zip(&found) {
            std::mem::swap(&mut field.before, &mut field.after);
            field.by = last_writer(live, &difference.path);
        }
        if told.is_empty() {
            told = owned_by_others(&applied, live);
        }
        Ok(told)
    }

    /// Returns differences as they may be shown.
    fn told(&self, kind: &str, found: &[Difference]) -> Vec<FieldChange> {
        found
            .iter()
            .map(|it| FieldChange {
                path: shown(&it.path),
                before: it
                    .before
                    .as_ref()
                    .map(|value| self.text(kind, &it.path, value)),
                after: it
                    .after
                    .as_ref()
                    .map(|value| self.text(kind, &it.path, value)),
                by: None,
            })
            .collect()
    }

    fn text(&self, kind: &str, path: &Path, value: &Value) -> String {
        let content = match path.first() {
            Some(Element::Field(name)) => ["data", "stringData"].contains(&name.as_str()),
            _ => false,
        };
        if kind == "Secret" && content || self.is_secret(path, value) {
            return MASK.to_owned();
        }
        match value {
            Value::String(text) => self.redact(text),
            Value::Null
            | Value::Bool(_)
            | Value::Number(_)
            | Value::Array(_)
            | Value::Object(_) => self.redact(&value.to_string()),
        }
    }
}

/// An object with fields that can't be changed; `taken` where it belongs to others, too.
fn made_again(fixed: &Fixed, taken: bool) -> Preview {
    let field = |field: &FixedField| FieldChange {
        path: field.field.clone(),
        before: Some(field.live.clone()),
        after: Some(field.ours.clone()),
        by: None,
    };
    let mut notes = fixed.reasons.clone();
    if taken || fixed.foreign {
        notes.push("it needs --take-over too: orch didn't make it".to_owned());
    }
    let effect = match fixed.remake {
        Remake::Consent(cost) => Effect::Recreate(cost),
        Remake::Again(why) => Effect::Again(why),
        Remake::Never(why) => Effect::Refused(
            "it can't be changed, and is never deleted by orch".to_owned(),
            Some(why.to_owned()),
        ),
    };
    Preview {
        effect,
        fields: fixed.fields.iter().map(field).collect(),
        notes,
    }
}

fn taken_over(preview: Preview, error: &ApplyError) -> Preview {
    let mut managers = Vec::new();
    let mut notes: Vec<String> = Vec::new();
    let mut fields = preview.fields;
    if let ApplyError::Owned(owner) = error {
        notes.push(format!("it is {}", owner.what));
        managers.extend(owner.names.iter().take(1).cloned());
    }
    if let ApplyError::Conflict(conflicts) = error {
        managers = conflicts.managers();
        for conflict in &conflicts.list {
            let holders: Vec<String> = conflict.holders.iter().map(ToString::to_string).collect();
            let holders = holders.join(" and ");
            let mut known = fields.iter_mut();
            match known.find(|it| is_same(&it.path, &conflict.field)) {
                Some(field) => field.by = Some(holders),
                None => notes.push(format!("{} is owned by {holders}", conflict.field)),
            }
            notes.extend(conflict.hint.map(str::to_owned));
        }
    }
    notes.extend(preview.notes);
    Preview {
        effect: Effect::TakeOver(managers),
        fields,
        notes,
    }
}

/// Whether a field as it is told here is one as the server tells it.
fn is_same(told: &str, servers: &str) -> bool {
    let letters = |text: &str| -> String {
        let marks = ['.', '[', ']', '"'];
        text.chars().filter(|c| !marks.contains(c)).collect()
    };
    letters(told) == letters(servers)
}

/// Returns who wrote a place last, beside orch, and when.
fn last_writer(live: &Value, path: &[Element]) -> Option<String> {
    let entries = live.pointer("/metadata/managedFields")?.as_array()?;
    let others = entries.iter().filter(|entry| {
        let own = entry["manager"] == FIELD_MANAGER && entry["operation"] == "Apply";
        !own && Fields::parse(&entry["fieldsV1"]).touches(path)
    });
    // Times are written so that their order is that of their letters.
    let last = others.max_by_key(|entry| entry["time"].as_str().unwrap_or_default())?;
    Some(writer(last))
}

fn writer(entry: &Value) -> String {
    let manager = entry["manager"].as_str().unwrap_or("someone");
    match entry["time"].as_str() {
        Some(time) => format!("{manager}, {time}"),
        None => manager.to_owned(),
    }
}

/// Returns what has the wanted value although others own it now: a Secret whose value isn't known,
/// for one.
fn owned_by_others(applied: &Value, live: &Value) -> Vec<FieldChange> {
    let owned = Fields::applied_by(live, FIELD_MANAGER).unwrap_or_default();
    let Some(wanted) = Fields::applied_by(applied, FIELD_MANAGER) else {
        return Vec::new();
    };
    let mut lost = Vec::new();
    missing(&wanted, &owned, &mut Vec::new(), &mut lost);
    let changed = lost.iter().filter_map(|path| {
        let by = last_writer(live, path)?;
        Some(FieldChange {
            path: shown(path),
            before: Some(MASK.to_owned()),
            after: Some(MASK.to_owned()),
            by: Some(by),
        })
    });
    changed.collect()
}

/// Collects the leaves of a set that another one lacks.
fn missing(set: &Fields, other: &Fields, path: &mut Path, found: &mut Vec<Path>) {
    for (element, part) in set.parts() {
        path.push(element.clone());
        match other.part(element) {
            Some(other) if !part.is_leaf() => missing(part, other, path, found),
            Some(_) => {}
            None => found.push(path.clone()),
        }
        path.pop();
    }
}
