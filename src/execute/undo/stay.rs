//! What stays although the phase made it: what others took over or changed, and what that needs.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Turn, Undoing};
use crate::cluster::{FIELD_MANAGER, Fields, set_by};
use crate::manifest::{Object, references};

/// Returns who else applies the object, or took over a field that the phase had set.
pub(super) fn taken(wanted: &Object, live: &Value) -> Option<String> {
    let entries = live.pointer("/metadata/managedFields")?.as_array()?;
    for entry in entries {
        let manager = entry["manager"].as_str().unwrap_or_default();
        let part = entry["subresource"].as_str().unwrap_or_default();
        let applies = entry["operation"] == "Apply";
        if part == "status" || (manager == FIELD_MANAGER && applies) {
            continue;
        }
        if applies {
            return Some(format!("{manager} applies it too"));
        }
        let fields = Fields::parse(&entry["fieldsV1"]);
        if let Some(place) = set_by(&fields, &wanted.value) {
            return Some(format!("{manager} changed {place} since"));
        }
    }
    None
}

/// What stays keeps what it refers to.
pub(super) fn keep_what_is_needed(found: &mut [Undoing]) {
    loop {
        let needed: BTreeMap<(String, String), String> = found
            .iter()
            .filter(|it| matches!(it.turn, Turn::Keep(_)))
            .filter_map(|it| it.object.as_ref())
            .flat_map(|object| {
                references(object)
                    .into_iter()
                    .map(|wanted| ((wanted.kind, wanted.name), object.label()))
            })
            .collect();
        let mut changed = false;
        for it in found.iter_mut() {
            let Some(object) = &it.object else { continue };
            let key = (object.kind.clone(), object.name.clone());
            if let (Turn::Delete(_), Some(user)) = (&it.turn, needed.get(&key)) {
                it.turn = Turn::Keep(format!("{user} needs it, which stays"));
                changed = true;
            }
        }
        if !changed {
            return;
        }
    }
}
