//! Work that was begun and says so: ``# TODO: charge the card`` in the function that a line asks for.
//!
//! Whether that is still part of the line is a person's to tell. What is ticked was told.

use super::expect::{Expectation, Look};
use super::model::{Action, ResolvedTask};
use super::rules::Read;

/// Takes back what was found for open tasks and says that some of it is to be done.
pub(super) fn refuse(reads: &[Read<'_>], look: &Look<'_>, tasks: &mut [ResolvedTask]) {
    let open = reads.iter().zip(tasks);
    for (_, task) in open.filter(|(read, _)| !read.task.marker.checked) {
        let Action::Expect { traces } = &mut task.action else {
            continue;
        };
        for trace in traces {
            if let Some(at) = look.later(trace) {
                let there = if let Expectation::Change(path) = &trace.what {
                    format!("`{path}` changed")
                } else {
                    format!("`{}` is there", trace.what)
                };
                trace.found = Err(format!(
                    "{there}, and {at} says that something of it is to be done: say whether it is \
                     done"
                ));
            }
        }
    }
}
