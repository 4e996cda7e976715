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

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn object(kind: &str, name: &str, spec: &Value) -> Object {
        Object::from_value(json!({ "apiVersion": "v1", "kind": kind, "spec": spec,
            "metadata": { "name": name, "namespace": "shop" } }))
        .expect("an object")
    }

    #[track_caller]
    fn check(entry: &Value, expected: Option<&str>) {
        let wanted = object("Deployment", "web", &json!({ "replicas": 1 }));
        let mut live = wanted.value.clone();
        live["metadata"]["managedFields"] = json!([
            { "manager": "orch", "operation": "Apply", "fieldsV1": { "f:spec": { "f:replicas": {} } } },
            entry,
        ]);
        assert_eq!(taken(&wanted, &live).as_deref(), expected);
    }

    #[test]
    fn a_field_of_the_manifest_that_another_owns_is_taken() {
        let replicas = json!({ "f:spec": { "f:replicas": {} } });
        check(
            &json!({ "manager": "kubectl", "operation": "Update", "fieldsV1": replicas,
                "subresource": "scale" }),
            Some("kubectl changed .spec.replicas since"),
        );
        check(
            &json!({ "manager": "flux", "operation": "Apply", "fieldsV1": {} }),
            Some("flux applies it too"),
        );
    }

    #[test]
    fn what_controllers_add_is_not() {
        check(
            &json!({ "manager": "kube-controller-manager", "operation": "Update",
                "fieldsV1": { "f:metadata": { "f:annotations": { "f:revision": {} } } } }),
            None,
        );
        check(
            &json!({ "manager": "kube-controller-manager", "operation": "Update",
                "subresource": "status", "fieldsV1": { "f:spec": { "f:replicas": {} } } }),
            None,
        );
    }

    #[test]
    fn what_stays_keeps_what_it_refers_to_and_so_on() {
        let undoing = |object: Object, turn: Turn| Undoing {
            step: None,
            task: None,
            object: Some(object),
            turn,
        };
        let pods =
            json!({ "template": { "spec": { "serviceAccountName": "web", "containers": [] } } });
        let mut found = [
            undoing(
                object("ServiceAccount", "web", &Value::Null),
                Turn::Delete(None),
            ),
            undoing(
                object("ServiceAccount", "other", &Value::Null),
                Turn::Delete(None),
            ),
            undoing(
                {
                    let mut web = object("Deployment", "web", &pods);
                    web.api_version = "apps/v1".to_owned();
                    web
                },
                Turn::Keep("a person changed it".to_owned()),
            ),
        ];
        keep_what_is_needed(&mut found);
        let turns = found.map(|it| it.turn);
        assert_eq!(
            turns[0],
            Turn::Keep("Deployment/web needs it, which stays".to_owned())
        );
        assert_eq!(turns[1], Turn::Delete(None));
    }
}
