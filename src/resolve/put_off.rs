//! Traces that don't count although they are there: of work that was begun and says so (``# TODO:
//! charge the card`` in the function that a line asks for) or uses nothing of what it is given, and of
//! what a person opened again as it was.
//!
//! Whether that is still part of the line is a person's to tell. What is ticked was told.

use super::expect::{Expectation, Expected, Look};
use super::model::{Action, ResolvedTask};
use super::rules::Read;

/// Takes back what was found for open tasks and doesn't count, and says why.
pub(super) fn refuse(reads: &[Read<'_>], look: &Look<'_>, tasks: &mut [ResolvedTask]) {
    let open = reads.iter().zip(tasks);
    for (read, task) in open.filter(|(read, _)| !read.task.marker.checked) {
        let Action::Expect { traces } = &mut task.action else {
            continue;
        };
        let rejected = look.rejected(&read.task.id);
        for trace in traces.iter_mut().filter(|it| it.found.is_ok()) {
            let there = there(trace);
            if let Some((who, path)) = rejected {
                trace.found = Err(format!(
                    "{there}, and {who} opened the task again: it counts once `{path}` changes"
                ));
            } else if let Some(why) = look.later(trace) {
                trace.found = Err(format!("{there}, and {why}"));
            }
        }
    }
}

/// Says that a trace is there.
fn there(trace: &Expected) -> String {
    if let Expectation::Change(path) = &trace.what {
        format!("`{path}` changed")
    } else {
        format!("`{}` is there", trace.what)
    }
}
