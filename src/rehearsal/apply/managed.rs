//! Field ownership: `metadata.managedFields` read, updated and written.

use serde_json::{Value, json};

use super::fields::FieldSet;
use super::typed::{self, Comparison};
use crate::rehearsal::schema::{Schema, TypeId};

/// Who writes, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Writer {
    /// The field manager.
    pub(crate) manager: String,
    /// Whether it applies, or updates.
    pub(crate) applies: bool,
    /// `status`.
    pub(crate) subresource: Option<String>,
}

/// One entry of `managedFields`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Entry {
    writer: Writer,
    api_version: String,
    time: String,
    fields: FieldSet,
}

/// A conflict: another manager, and the path that it owns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Conflict {
    /// The other manager, as the server prints it.
    pub(crate) manager: String,
    /// The path (`.spec.replicas`).
    pub(crate) path: String,
}

/// What a write is about: the type, who writes and when.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Context<'a> {
    /// The types.
    pub(crate) schema: &'a Schema,
    /// The object's type.
    pub(crate) id: TypeId,
    /// Who writes.
    pub(crate) writer: &'a Writer,
    /// When, as RFC 3339.
    pub(crate) now: &'a str,
}

/// Merges an applied configuration into the live object.
///
/// Returns the merged object without `managedFields`, and the owners; the conflicts where another
/// manager owns what would change and `force` is false.
pub(crate) fn apply(
    context: Context<'_>,
    live: &Value,
    config: &Value,
    force: bool,
) -> Result<(Value, Vec<Entry>), Vec<Conflict>> {
    let Context {
        schema,
        id,
        writer,
        now,
    } = context;
    let mut entries = tracked(context, live);
    let live = without_managed(live);
    let merged = typed::merge(schema, id, &live, config);
    let last = owned(&entries, writer);
    let mut set = typed::field_set(schema, id, config);
    strip(&mut set, writer);
    let api_version = config["apiVersion"].as_str().unwrap_or_default().to_owned();
    upsert(
        &mut entries,
        Entry {
            writer: writer.clone(),
            api_version,
            time: now.to_owned(),
            fields: set,
        },
    );
    let pruned = prune((schema, id), merged, &last, &entries);
    let mut comparison = typed::compare(schema, id, &live, &pruned);
    strip_comparison(&mut comparison, writer);
    let conflicts = conflicts(&entries, writer, &comparison);
    if !force && !conflicts.is_empty() {
        return Err(conflicts);
    }
    take(&mut entries, writer, &comparison);
    Ok((pruned, entries))
}

/// Returns the owners after an update from the live object to the new one.
pub(crate) fn update(context: Context<'_>, live: &Value, new: &Value) -> Vec<Entry> {
    let Context {
        schema,
        id,
        writer,
        now,
    } = context;
    let mut entries = given(live, new);
    let mut comparison = typed::compare(schema, id, &without_managed(live), &without_managed(new));
    strip_comparison(&mut comparison, writer);
    let changed = comparison.added.union(&comparison.modified);
    if !changed.is_empty() || !comparison.removed.is_empty() {
        let before = owned(&entries, writer);
        let fields = before.difference(&comparison.removed).union(&changed);
        if fields != before {
            upsert(
                &mut entries,
                Entry {
                    writer: writer.clone(),
                    api_version: new["apiVersion"].as_str().unwrap_or_default().to_owned(),
                    time: now.to_owned(),
                    fields,
                },
            );
        }
        take(&mut entries, writer, &comparison);
    }
    entries
}

/// Writes the owners into an object.
pub(crate) fn write(object: &mut Value, entries: &[Entry]) {
    let mut sorted: Vec<&Entry> = entries
        .iter()
        .filter(|entry| !entry.fields.is_empty())
        .collect();
    sorted.sort_by(|one, two| {
        let key = |entry: &&Entry| {
            (
                !entry.writer.applies,
                entry.time.clone(),
                entry.writer.manager.clone(),
            )
        };
        key(one).cmp(&key(two))
    });
    let list: Vec<Value> = sorted.into_iter().map(Entry::to_json).collect();
    if list.is_empty() {
        if let Some(metadata) = object["metadata"].as_object_mut() {
            metadata.shift_remove("managedFields");
        }
    } else {
        object["metadata"]["managedFields"] = Value::Array(list);
    }
}

/// Returns an object without its `managedFields`.
pub(crate) fn without_managed(object: &Value) -> Value {
    let mut object = object.clone();
    if let Some(metadata) = object.get_mut("metadata").and_then(Value::as_object_mut) {
        metadata.shift_remove("managedFields");
    }
    object
}

impl Entry {
    fn to_json(&self) -> Value {
        let mut entry = json!({
            "manager": self.writer.manager,
            "operation": if self.writer.applies { "Apply" } else { "Update" },
            "apiVersion": self.api_version,
            "time": self.time,
            "fieldsType": "FieldsV1",
            "fieldsV1": self.fields.to_json(),
        });
        if let Some(subresource) = &self.writer.subresource {
            entry["subresource"] = Value::from(subresource.as_str());
        }
        entry
    }

    fn shown(&self) -> String {
        let mut shown = format!("{:?}", self.writer.manager);
        if let Some(subresource) = &self.writer.subresource {
            shown = format!("{shown} with subresource {subresource:?}");
        }
        if self.writer.applies {
            shown
        } else {
            format!("{shown} using {}", self.api_version)
        }
    }
}

/// Returns the owners that a write starts from: those that it gives itself, as a migration from one
/// manager to another does; a writer who knows nothing of owners leaves them out.
fn given(live: &Value, new: &Value) -> Vec<Entry> {
    match read(new) {
        given if given.is_empty() => read(live),
        given => given,
    }
}

fn read(object: &Value) -> Vec<Entry> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    object["metadata"]["managedFields"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|entry| Entry {
            writer: Writer {
                manager: text(&entry["manager"]),
                applies: entry["operation"] == "Apply",
                subresource: entry["subresource"].as_str().map(str::to_owned),
            },
            api_version: text(&entry["apiVersion"]),
            time: text(&entry["time"]),
            fields: FieldSet::from_json(&entry["fieldsV1"]),
        })
        .collect()
}

/// Returns the owners; a live object that nobody tracks is recorded as `before-first-apply`.
fn tracked(context: Context<'_>, live: &Value) -> Vec<Entry> {
    let mut entries = read(live);
    if entries.is_empty() && live["metadata"]["uid"].is_string() {
        let writer = Writer {
            manager: "before-first-apply".to_owned(),
            applies: false,
            subresource: None,
        };
        let mut fields = typed::field_set(context.schema, context.id, &without_managed(live));
        strip(&mut fields, &writer);
        entries.push(Entry {
            writer,
            api_version: live["apiVersion"].as_str().unwrap_or_default().to_owned(),
            time: context.now.to_owned(),
            fields,
        });
    }
    entries
}

fn owned(entries: &[Entry], writer: &Writer) -> FieldSet {
    let own = entries.iter().find(|entry| entry.writer == *writer);
    own.map(|entry| entry.fields.clone()).unwrap_or_default()
}

/// Replaces the writer's entry; one whose fields stay the same keeps its time.
fn upsert(entries: &mut Vec<Entry>, entry: Entry) {
    match entries
        .iter_mut()
        .find(|known| known.writer == entry.writer)
    {
        Some(known) if known.fields == entry.fields => {}
        Some(known) => *known = entry,
        None => entries.push(entry),
    }
}

/// Removes what this manager applied last time, doesn't now, and nobody else owns.
fn prune(
    (schema, id): (&Schema, TypeId),
    merged: Value,
    last: &FieldSet,
    entries: &[Entry],
) -> Value {
    let still = entries
        .iter()
        .fold(FieldSet::default(), |all, entry| all.union(&entry.fields));
    let gone = last.difference(&still).without_ancestors_of(&still);
    if gone.is_empty() {
        merged
    } else {
        typed::remove(schema, id, &merged, &gone)
    }
}

fn conflicts(entries: &[Entry], writer: &Writer, comparison: &Comparison) -> Vec<Conflict> {
    let changed = comparison.modified.union(&comparison.added);
    let mut found = Vec::new();
    for entry in entries.iter().filter(|entry| entry.writer != *writer) {
        for path in entry.fields.intersection(&changed).paths() {
            found.push(Conflict {
                manager: entry.shown(),
                path,
            });
        }
    }
    found
}

/// Takes what changed or vanished away from the other managers.
fn take(entries: &mut Vec<Entry>, writer: &Writer, comparison: &Comparison) {
    let changed = comparison
        .modified
        .union(&comparison.added)
        .union(&comparison.removed);
    for entry in entries.iter_mut().filter(|entry| entry.writer != *writer) {
        entry.fields = entry.fields.difference(&changed);
    }
    entries.retain(|entry| !entry.fields.is_empty());
}

fn strip_comparison(comparison: &mut Comparison, writer: &Writer) {
    strip(&mut comparison.added, writer);
    strip(&mut comparison.modified, writer);
    strip(&mut comparison.removed, writer);
}

/// Drops the fields that nobody owns: the server's own, and those that this way of writing resets.
fn strip(set: &mut FieldSet, writer: &Writer) {
    for path in [&["f:apiVersion"][..], &["f:kind"]] {
        set.remove(path);
    }
    for field in [
        "name",
        "namespace",
        "generateName",
        "creationTimestamp",
        "deletionTimestamp",
        "deletionGracePeriodSeconds",
        "selfLink",
        "uid",
        "generation",
        "managedFields",
        "resourceVersion",
    ] {
        set.remove(&["f:metadata", &format!("f:{field}")]);
    }
    set.unmark_child("f:metadata");
    if writer.subresource.as_deref() == Some("status") {
        set.keep_only(&["f:status"]);
    } else {
        set.remove(&["f:status"]);
    }
}
