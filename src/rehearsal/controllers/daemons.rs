//! `DaemonSet`s: one pod on the one node.

use serde_json::{Value, json};

use super::{owned, set_status};
use crate::rehearsal::delete;
use crate::rehearsal::store::Key;
use crate::rehearsal::world::{World, suffix_of};

/// Takes the next step and writes the status.
pub(super) fn reconcile(world: &mut World, key: &Key, set: &Value) {
    let template = &set["spec"]["template"];
    let hash = suffix_of(&template.to_string(), 10);
    let pods = owned::of(world, "/pods", set);
    let current = |pod: &Value| pod["metadata"]["labels"]["controller-revision-hash"] == *hash;
    for (pod, found) in &pods {
        if !owned::ending(found) && (!current(found) || !owned::active(found)) {
            delete::end(world, pod, None);
        }
    }
    if pods.is_empty() {
        let name = format!(
            "{}-{}",
            key.name,
            suffix_of(&format!("{}{hash}", key.name), 5)
        );
        let labels = json!({"controller-revision-hash": hash});
        // A failure is in the events, and the account's arrival brings the next attempt.
        let _ = owned::create(
            world,
            (set, "daemonset-controller"),
            template,
            (&name, &labels),
        );
    }
    let pods = owned::of(world, "/pods", set);
    let count = |fits: &dyn Fn(&Value) -> bool| {
        pods.iter()
            .filter(|(_, pod)| owned::active(pod) && fits(pod))
            .count()
    };
    let ready = count(&owned::ready);
    let mut status = json!({
        "observedGeneration": set["metadata"]["generation"],
        "desiredNumberScheduled": 1,
        "currentNumberScheduled": count(&|_| true),
        "numberMisscheduled": 0,
        "numberReady": ready,
        "updatedNumberScheduled": count(&current),
    });
    if ready > 0 {
        status["numberAvailable"] = Value::from(ready);
    } else {
        status["numberUnavailable"] = Value::from(1);
    }
    set_status(world, key, status);
}
