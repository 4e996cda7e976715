//! Where a phase stands: by its document, and by its record where that shows nothing yet.

use jiff::Timestamp;
use jiff::civil::Date;

use crate::checklist::{Checklist, DateField, StatusKind, read_date};
use crate::files::Clock;
use crate::journal::State;

/// Returns where a phase stands.
pub(super) fn standing(checklist: &Checklist, state: &State) -> StatusKind {
    let known = state.current();
    let begun = known.started.is_some() && known.undone.is_none();
    match checklist.standing() {
        StatusKind::NotStarted if begun => StatusKind::InProgress,
        standing @ (StatusKind::NotStarted | StatusKind::InProgress | StatusKind::Completed) => {
            standing
        }
    }
}

/// Returns when a phase was started and completed.
pub(super) fn dates(checklist: &Checklist, state: &State) -> (Option<Date>, Option<Date>) {
    let written =
        |field: &Option<DateField>| field.as_ref().and_then(|field| read_date(&field.text));
    let recorded = |at: Option<Timestamp>| at.map(Clock::date_of);
    let known = state.current();
    (
        written(&checklist.started).or_else(|| recorded(known.started)),
        written(&checklist.completed).or_else(|| recorded(known.completed)),
    )
}
