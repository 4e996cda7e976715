//! What a pod's container wrote.

use serde_json::Value;

use crate::rehearsal::controllers::text;
use crate::rehearsal::request::Parameters;
use crate::rehearsal::status::Refusal;
use crate::rehearsal::world::World;

/// Returns a pod's log, or its tail: that of one run of its container, as a kubelet keeps them.
pub(crate) fn log(world: &World, pod: &Value, parameters: &Parameters) -> Result<String, Refusal> {
    let run = world.runs.get(text(pod, "/metadata/uid"));
    let log = if parameters.flag("previous") {
        run.and_then(|run| run.previous.as_deref()).ok_or_else(|| {
            let asked = parameters.text("container");
            let only = text(pod, "/spec/containers/0/name");
            let container = if asked.is_empty() { only } else { asked };
            let pod = text(pod, "/metadata/name");
            Refusal::bad(format!(
                "previous terminated container {container:?} in pod {pod:?} not found"
            ))
        })?
    } else {
        run.map_or("", |run| run.log.as_str())
    };
    let lines: Vec<&str> = log.lines().collect();
    let tail = parameters
        .number("tailLines")
        .and_then(|tail| usize::try_from(tail).ok());
    let skip = lines.len().saturating_sub(tail.unwrap_or(usize::MAX));
    Ok(lines
        .iter()
        .skip(skip)
        .flat_map(|line| [line, "\n"])
        .collect())
}
