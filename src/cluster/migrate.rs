//! Taking an object over from the tool that applied it before: what that tool owned becomes owned by
//! orch's applies, so that what the manifest leaves out really goes.
//!
//! As kubectl's own upgrade to server-side apply does. Pure: the patch is sent by `apply`. Fields of
//! subresources are left to those who write them, whoever is named.

use serde_json::{Map, Value, json};

use super::FIELD_MANAGER;
use super::conflict::{at, at_mut, entries_of};
use super::fields::{Element, Fields, Path};
use super::owner::TakeOver;

/// Where kubectl's client-side apply keeps the manifest.
pub(super) const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";

/// Managers of whole manifests: what they own and the new manifest leaves out is meant to go. Of
/// all others only what conflicts is taken, unless they are named.
const APPLIERS: [&str; 14] = [
    CLIENT_SIDE,
    BEFORE,
    "kubectl",
    "helm",
    "helm-controller",
    "kustomize-controller",
    "argocd-controller",
    "argocd-application-controller",
    "kapp-server",
    "kluctl",
    "pulumi-kubernetes",
    "skaffold",
    "terraform",
    "Terraform",
];

/// kubectl's client-side apply.
const CLIENT_SIDE: &str = "kubectl-client-side-apply";

/// What the server calls what was there before it tracked managers.
const BEFORE: &str = "before-first-apply";

/// Fields that the server's admission fills in under the creator's name; taken away they don't come
/// back.
const FILLED_IN: [(&str, &str, &str); 2] = [
    ("PersistentVolumeClaim", "f:spec", "f:storageClassName"),
    ("Ingress", "f:spec", "f:ingressClassName"),
];

/// A migration that is to be made.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Migration {
    /// The managers whose fields become orch's.
    pub(super) managers: Vec<String>,
    /// The merge patch that makes them so, guarded by the object's version.
    pub(super) patch: Value,
    /// The fields that become orch's.
    fields: Value,
}

impl Migration {
    /// Returns what there is to migrate with this consent.
    pub(super) fn of(live: &Value, wanted: &Value, consent: &TakeOver) -> Option<Self> {
        let entries = entries_of(live);
        let is_moved = |entry: &&Value| moves(entry, (live, wanted), consent);
        let (moved, kept): (Vec<&Value>, Vec<&Value>) = entries.iter().partition(is_moved);
        if moved.is_empty() {
            return None;
        }
        let is_own = |entry: &&Value| is_ours(entry);
        let own = kept.iter().copied().find(is_own);
        let mut fields = Value::Object(Map::new());
        for entry in &moved {
            union(&mut fields, &theirs(entry, live));
        }
        let mut all = own.map_or_else(|| json!({}), |own| own["fieldsV1"].clone());
        union(&mut all, &fields);
        let mut entry = own.or(moved.first().copied())?.clone();
        entry["manager"] = FIELD_MANAGER.into();
        entry["operation"] = "Apply".into();
        entry["fieldsV1"] = all;
        let mut list = vec![entry];
        list.extend(kept.into_iter().filter(|entry| !is_own(entry)).cloned());
        let mut managers: Vec<String> = Vec::new();
        for entry in moved {
            let manager = entry["manager"].as_str().unwrap_or_default();
            if !managers.iter().any(|known| known == manager) {
                managers.push(manager.to_owned());
            }
        }
        let mut metadata = json!({
            "managedFields": list,
            "resourceVersion": live["metadata"]["resourceVersion"],
        });
        if managers.iter().any(|manager| is_client_side(manager)) {
            // kubectl would take what it remembers there away again.
            metadata["annotations"] = json!({ LAST_APPLIED: null });
        }
        Some(Self {
            managers,
            patch: json!({ "metadata": metadata }),
            fields,
        })
    }

    /// Returns the fields that are there and go, because the manifest leaves them out and nobody
    /// else owns them.
    pub(super) fn going(&self, live: &Value, wanted: &Value) -> Vec<Path> {
        let others: Vec<Fields> = entries_of(live)
            .iter()
            .filter(|entry| {
                let manager = entry["manager"].as_str().unwrap_or_default();
                !is_ours(entry) && !self.managers.iter().any(|moved| moved == manager)
            })
            .map(|entry| Fields::parse(&entry["fieldsV1"]))
            .collect();
        let mut going = Vec::new();
        missing(
            &Fields::parse(&self.fields),
            wanted,
            &mut Vec::new(),
            &mut going,
        );
        going.retain(|path| {
            at(live, path).is_some() && !others.iter().any(|fields| has(fields, path))
        });
        going
    }
}

/// Takes fields out of an object, as the server does once nobody owns them.
pub(super) fn take_out(object: &mut Value, fields: &[Path]) {
    for path in fields {
        let Some((last, parents)) = path.split_last() else {
            continue;
        };
        let Some(parent) = at_mut(object, parents) else {
            continue;
        };
        match (parent, last) {
            (Value::Object(map), Element::Field(name)) => {
                map.shift_remove(name);
            }
            (Value::Array(items), element) => {
                let place = (0..items.len()).find(|place| {
                    items
                        .get(*place)
                        .is_some_and(|item| element.may_be(*place, item))
                });
                if let Some(place) = place {
                    items.remove(place);
                }
            }
            _ => {}
        }
    }
}

fn is_ours(entry: &Value) -> bool {
    entry["manager"] == FIELD_MANAGER
        && entry["operation"] == "Apply"
        && entry["subresource"].is_null()
}

fn is_client_side(manager: &str) -> bool {
    manager == CLIENT_SIDE || manager == BEFORE
}

/// Whether an entry becomes ours: that of a manager of whole manifests; of a person's hand where
/// it was named; of any other manager that was named where most of the manifest is its own. What an
/// operator adds to others' objects stays its own, though it may be overruled.
fn moves(entry: &Value, (live, wanted): (&Value, &Value), consent: &TakeOver) -> bool {
    let manager = entry["manager"].as_str().unwrap_or_default();
    let through = entry["subresource"].as_str().unwrap_or_default();
    if manager == FIELD_MANAGER || !through.is_empty() || !consent.allows(manager) {
        return false;
    }
    // Without the manifest it can't be told what was ever meant to be there.
    if manager == BEFORE && last_applied(live).is_none() {
        return false;
    }
    let by_hand = manager.starts_with("kubectl-");
    let whole = entry["operation"] == "Apply" && {
        let (owned, all) = share(&Fields::parse(&entry["fieldsV1"]), wanted);
        owned * 2 >= all
    };
    APPLIERS.contains(&manager) || consent.names(manager) && (by_hand || whole)
}

/// How many of the manifest's values are in a set, and how many there are.
fn share(set: &Fields, wanted: &Value) -> (usize, usize) {
    let mut wanted = wanted.clone();
    if let Some(fields) = wanted.as_object_mut() {
        fields.retain(|name, _| name != "apiVersion" && name != "kind");
    }
    if let Some(metadata) = wanted["metadata"].as_object_mut() {
        metadata.retain(|name, _| name != "name" && name != "namespace");
    }
    (
        set.restrict(&wanted).as_ref().map_or(0, values),
        values(&wanted),
    )
}

fn values(value: &Value) -> usize {
    match value {
        Value::Object(map) => map.values().map(values).sum(),
        Value::Array(list) => list.iter().map(values).sum(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => 1,
    }
}

/// Returns what a manager was given by its manifest.
///
/// A client-side apply also owns what the server filled in when it created the object; what it
/// remembers of the manifest tells the two apart.
fn theirs(entry: &Value, live: &Value) -> Value {
    let mut fields = entry["fieldsV1"].clone();
    let manager = entry["manager"].as_str().unwrap_or_default();
    if is_client_side(manager)
        && let Some(manifest) = last_applied(live)
    {
        fields = within(&fields, &manifest);
    } else if entry["operation"] != "Apply" {
        for (_, parent, field) in FILLED_IN.iter().filter(|(kind, ..)| live["kind"] == **kind) {
            if let Some(parent) = fields.get_mut(*parent).and_then(Value::as_object_mut) {
                parent.shift_remove(*field);
            }
        }
    }
    if let Some(notes) = fields.pointer_mut("/f:metadata/f:annotations")
        && let Some(notes) = notes.as_object_mut()
    {
        notes.shift_remove(&format!("f:{LAST_APPLIED}"));
    }
    fields
}

fn last_applied(live: &Value) -> Option<Value> {
    let text = live["metadata"]["annotations"][LAST_APPLIED].as_str()?;
    serde_json::from_str(text).ok()
}

/// Returns the part of a set that a manifest has.
fn within(set: &Value, manifest: &Value) -> Value {
    let Some(parts) = set.as_object().filter(|parts| !parts.is_empty()) else {
        return set.clone();
    };
    let mut kept = Map::new();
    for (name, part) in parts {
        if name == "." {
            kept.insert(name.clone(), part.clone());
            continue;
        }
        // The set of this one part says what it means.
        let one = Fields::parse(&json!({ name.clone(): {} }));
        let Some((element, _)) = one.parts().next() else {
            continue;
        };
        let path = [element.clone()];
        match at(manifest, &path) {
            Some(inner) => kept.insert(name.clone(), within(part, inner)),
            None => continue,
        };
    }
    Value::Object(kept)
}

/// Adds one `fieldsV1` to another.
fn union(into: &mut Value, more: &Value) {
    let (Some(fields), Some(more)) = (into.as_object_mut(), more.as_object()) else {
        return;
    };
    for (name, part) in more {
        match fields.get_mut(name) {
            None => {
                fields.insert(name.clone(), part.clone());
            }
            Some(known) => {
                let is_leaf = |value: &Value| value.as_object().is_some_and(Map::is_empty);
                // An empty part means the place itself.
                let itself = name != "." && is_leaf(known) != is_leaf(part);
                union(known, part);
                if itself && let Some(known) = known.as_object_mut() {
                    known.insert(".".to_owned(), json!({}));
                }
            }
        }
    }
}

/// Finds what a set has and the manifest doesn't: single fields, and items of lists as a whole.
fn missing(set: &Fields, wanted: &Value, path: &mut Path, found: &mut Vec<Path>) {
    for (element, part) in set.parts() {
        path.push(element.clone());
        let whole = part.is_leaf() || !matches!(element, Element::Field(_));
        if whole && at(wanted, path).is_none() {
            found.push(path.clone());
        } else if !part.is_leaf() {
            missing(part, wanted, path, found);
        }
        path.pop();
    }
}

fn has(set: &Fields, path: &[Element]) -> bool {
    let found = path.iter().try_fold(set, |set, element| set.part(element));
    found.is_some()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{LAST_APPLIED, Migration, TakeOver, union};
    use crate::cluster::conflict::text;

    fn live() -> Value {
        let manifest = json!({ "apiVersion": "v1", "kind": "ConfigMap",
            "metadata": { "name": "a", "labels": { "old": "y" } },
            "data": { "A": "1", "B": "2" } });
        json!({ "kind": "ConfigMap",
            "metadata": { "name": "a", "resourceVersion": "7", "labels": { "old": "y" },
                "annotations": { LAST_APPLIED: manifest.to_string() },
                "managedFields": [
                { "manager": "orch", "operation": "Apply", "apiVersion": "v1",
                  "fieldsType": "FieldsV1", "fieldsV1": { "f:data": { "f:A": {} } } },
                { "manager": "kubectl-client-side-apply", "operation": "Update",
                  "apiVersion": "v1", "fieldsType": "FieldsV1", "fieldsV1": {
                    "f:metadata": {
                        "f:annotations": { ".": {}, format!("f:{LAST_APPLIED}"): {} },
                        "f:labels": { ".": {}, "f:old": {} } },
                    "f:data": { ".": {}, "f:A": {}, "f:B": {} }, "f:immutable": {} } },
                { "manager": "kubectl-edit", "operation": "Update", "apiVersion": "v1",
                  "fieldsType": "FieldsV1", "fieldsV1": { "f:data": { "f:C": {} } } }] },
            "immutable": false, "data": { "A": "1", "B": "2", "C": "3" } })
    }

    fn wanted() -> Value {
        json!({ "metadata": { "name": "a" }, "data": { "A": "1" } })
    }

    #[test]
    fn what_client_side_apply_was_given_becomes_ours() {
        let migration =
            Migration::of(&live(), &wanted(), &TakeOver::All).expect("there is something");
        assert_eq!(migration.managers, ["kubectl-client-side-apply"]);
        let metadata = &migration.patch["metadata"];
        assert_eq!(metadata["resourceVersion"], "7");
        assert!(metadata["annotations"][LAST_APPLIED].is_null());
        let entries = metadata["managedFields"].as_array().expect("entries");
        assert_eq!(entries.len(), 2);
        assert_eq!(entries[0]["manager"], "orch");
        assert_eq!(
            entries[0]["fieldsV1"],
            json!({ "f:data": { "f:A": {}, ".": {}, "f:B": {} },
                "f:metadata": { "f:labels": { ".": {}, "f:old": {} } } })
        );
        assert_eq!(entries[1]["manager"], "kubectl-edit");
    }

    #[test]
    fn what_the_manifest_leaves_out_goes() {
        let migration =
            Migration::of(&live(), &wanted(), &TakeOver::All).expect("there is something");
        let wanted = json!({ "metadata": { "name": "a" }, "data": { "A": "1" } });
        let going: Vec<String> = migration
            .going(&live(), &wanted)
            .iter()
            .map(|path| text(path))
            .collect();
        assert_eq!(going, ["data.B", "metadata.labels.old"]);
    }

    #[test]
    fn without_consent_nothing_is_moved() {
        assert_eq!(Migration::of(&live(), &wanted(), &TakeOver::None), None);
        let other = TakeOver::Only(vec!["helm".to_owned()]);
        assert_eq!(Migration::of(&live(), &wanted(), &other), None);
    }

    #[test]
    fn a_hand_edit_is_moved_only_by_name() {
        let named = TakeOver::Only(vec!["kubectl-edit".to_owned()]);
        let migration = Migration::of(&live(), &wanted(), &named).expect("there is something");
        assert_eq!(migration.managers, ["kubectl-edit"]);
        assert!(migration.patch["metadata"].get("annotations").is_none());
    }

    #[test]
    fn a_named_manager_keeps_what_it_adds_to_others_objects() {
        let named = TakeOver::Only(vec!["ci".to_owned()]);
        let with = |fields: Value| {
            let mut live = live();
            live["metadata"]["managedFields"][2] = json!({ "manager": "ci",
                "operation": "Apply", "apiVersion": "v1", "fieldsV1": fields });
            Migration::of(&live, &wanted(), &named).is_some()
        };
        assert!(with(json!({ "f:data": { "f:A": {}, "f:C": {} } })));
        assert!(!with(json!({ "f:data": { "f:C": {} } })));
    }

    #[test]
    fn a_place_and_its_parts_are_both_in_a_union() {
        let mut fields = json!({ "f:a": {} });
        union(&mut fields, &json!({ "f:a": { "f:b": {} } }));
        assert_eq!(fields, json!({ "f:a": { "f:b": {}, ".": {} } }));
    }
}
