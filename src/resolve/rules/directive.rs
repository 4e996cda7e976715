//! What a task's directive says that it is, and before it a person's decision to leave it out.

use crate::checklist::{Script, Shell, Task};

use super::super::model::Reading;
use super::{Intent, Outcome, reading};
use crate::facts::secret;

/// What a person's decision to leave a task out is called among the rules.
const SKIPPED: &str = "skipped";

pub(super) const LOOKS_FOR: &str =
    "a comment `<!-- orch: … -->` with `skip`, `manual`, `run`, `apply` or `wait`";

/// Returns what a task's directive says that it is, if it says so.
pub(super) fn read(task: &Task) -> Outcome {
    if task.skipped {
        return Ok((Intent::Skip, reading(SKIPPED, ["orch task skip"])));
    }
    let Some(directive) = &task.directive else {
        return Err("the task has none".into());
    };
    if directive.skip {
        return Ok((Intent::Skip, reading("directive skip", ["skip"])));
    }
    if directive.manual {
        return Ok((Intent::Manual, reading("directive manual", ["manual"])));
    }
    if let Some(run) = &directive.run {
        let matched = reading("directive run", [secret::masked(&run.value)]);
        let line = || Script {
            shell: Shell::Line,
            text: run.value.clone(),
        };
        let script = match run.value.as_str() {
            "fence" => task.script()?,
            _ => line(),
        };
        return Ok((Intent::Command(script), matched));
    }
    if let Some(apply) = &directive.apply {
        let matched = reading("directive apply", [apply.value.as_str()]);
        let intent = if apply.value == "fence" {
            Intent::ApplyFence(task.fences.first().map(|fence| fence.body.clone()))
        } else {
            Intent::ApplyPath(apply.value.clone())
        };
        return Ok((intent, matched));
    }
    Err("says how the task is done, not what it is".into())
}

/// Returns that a task only waits, where its directive names what for and nothing else says what
/// it is.
pub(super) fn wait(task: &Task) -> Option<(Intent, Reading)> {
    let names: Vec<String> = task
        .directive
        .iter()
        .flat_map(|directive| &directive.wait)
        .map(|awaited| awaited.value.to_string())
        .collect();
    (!names.is_empty()).then(|| (Intent::Wait, reading("directive wait", names)))
}
