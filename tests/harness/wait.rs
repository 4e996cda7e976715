//! Waiting for a condition, with a limit that only a broken program reaches.

use std::time::{Duration, Instant};

/// How long anything may take on a busy machine before a test gives up.
pub(crate) const LIMIT: Duration = Duration::from_mins(1);

/// How often a condition is looked at that cannot be watched.
const PAUSE: Duration = Duration::from_millis(20);

/// Returns what `condition` finds, asking again until it finds something.
///
/// # Panics
/// When [`LIMIT`] passes first; `what` says what was awaited.
#[track_caller]
pub(crate) fn eventually<T>(what: &str, mut condition: impl FnMut() -> Option<T>) -> T {
    let started = Instant::now();
    loop {
        if let Some(found) = condition() {
            return found;
        }
        assert!(started.elapsed() < LIMIT, "waited {LIMIT:?} for {what}");
        std::thread::park_timeout(PAUSE);
    }
}
