//! What each contestant goes through.

use crate::contestant::{Contestant, Entrant};
use crate::measure::Taken;
use crate::objects::Objects;
use crate::options::Options;
use crate::stage::Stage;

/// What a contestant took.
pub(crate) struct Result {
    /// Until all objects were there and ready.
    pub(crate) fresh: Taken,
    /// Once more, with nothing to do.
    pub(crate) again: Taken,
    /// The same from a clone that has no record of it; only `orch` keeps one.
    pub(crate) unrecorded: Option<Taken>,
    /// With ten objects changed.
    pub(crate) changed: Taken,
}

/// Returns what a contestant takes for that many objects.
pub(crate) fn run(contestant: Contestant, count: usize, options: &Options) -> Result {
    let objects = Objects::new(count);
    let stage = Stage::new(objects);
    let entrant = contestant.enter(objects, options.in_flight);
    let tell = |what: &str, taken: Taken| {
        eprintln!("{} {count} {what}: {taken:?}", contestant.name());
        taken
    };
    let fresh = tell("fresh", entrant.run(&stage, objects, true));
    stage.check(objects);
    let again = tell("again", entrant.run(&stage, objects, false));
    let unrecorded = matches!(entrant, Entrant::Orch(_)).then(|| {
        let clone = contestant.enter(objects, options.in_flight);
        tell("unrecorded", clone.run(&stage, objects, false))
    });
    let changed = objects.changed();
    entrant.write(changed);
    let changed = tell("changed", entrant.run(&stage, changed, false));
    stage.check(objects);
    Result {
        fresh,
        again,
        unrecorded,
        changed,
    }
}

/// Returns what a contestant takes until that many objects are ready, and again with nothing to
/// do.
pub(crate) fn fresh(contestant: Contestant, count: usize, options: &Options) -> (Taken, Taken) {
    let objects = Objects::new(count);
    let stage = Stage::new(objects);
    let entrant = contestant.enter(objects, options.in_flight);
    let fresh = entrant.run(&stage, objects, true);
    stage.check(objects);
    (fresh, entrant.run(&stage, objects, false))
}
