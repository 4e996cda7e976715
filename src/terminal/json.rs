//! One JSON event a line on stdout, for programs.

use serde_json::{Value, json};

use crate::execute::Progress;

/// The JSON form of events.
#[derive(Debug, Clone, Copy)]
pub struct Json;

impl Json {
    /// Returns an event of a run as one object; lossy status lines are left out.
    pub fn progress(event: &Progress) -> Option<Value> {
        Some(match event {
            Progress::Started { step, task } => {
                json!({ "event": "started", "step": step, "task": task })
            }
            Progress::Under { .. } | Progress::Waiting { .. } => return None,
            Progress::Succeeded {
                step,
                task,
                evidence,
            } => {
                json!({ "event": "succeeded", "step": step, "task": task, "evidence": evidence })
            }
            Progress::Failed {
                step,
                task,
                failure,
            } => {
                json!({ "event": "failed", "step": step, "task": task, "failure": failure })
            }
            Progress::Ticked { task } => json!({ "event": "ticked", "task": task }),
        })
    }
}
