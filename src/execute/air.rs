//! The steps that are under way.

use futures::future::{BoxFuture, FutureExt as _};
use futures::stream::{FuturesUnordered, StreamExt as _};

use super::course::Course;
use super::effect::{self, Acted, Surroundings};
use super::writes;
use crate::cluster::Applied;
use crate::journal::{Evidence, Failure};
use crate::manifest::Object;
use crate::plan::{Step, Work};

/// A step that is over.
pub(super) type Landed<'a> = (usize, &'a Step, Result<Evidence, Failure>);

/// What a step under way comes to.
enum Flown<'a> {
    Acted(Acted<'a>),
    Waited(Result<Evidence, Failure>),
    Written(Result<Evidence, Failure>),
}

/// Steps that were begun together, with what each comes to.
type Flight<'a> = BoxFuture<'a, Vec<(usize, &'a Step, Flown<'a>)>>;

/// The steps that are under way.
pub(super) struct Air<'a> {
    around: &'a Surroundings<'a>,
    flights: FuturesUnordered<Flight<'a>>,
    /// Those that ask something of the target or the machine; the others only wait for objects to
    /// become ready, which takes no room.
    acting: usize,
}

impl<'a> Air<'a> {
    /// Returns that nothing is under way.
    pub(super) fn clear(around: &'a Surroundings<'a>) -> Self {
        Self {
            around,
            flights: FuturesUnordered::new(),
            acting: 0,
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.flights.is_empty()
    }

    /// Returns how many more steps may begin.
    pub(super) fn room(&self) -> usize {
        let most = self.around.options.in_flight;
        most.saturating_sub(self.acting)
    }

    /// Begins steps: those that write files together, the others each by itself.
    pub(super) fn begin(&mut self, steps: Vec<(usize, &'a Step)>) {
        let writes = |(_, step): &(usize, &Step)| takes_no_room(step);
        let (files, others): (Vec<_>, Vec<_>) = steps.into_iter().partition(writes);
        for (at, step) in others {
            self.acting += 1;
            let acted = effect::act(step, self.around);
            let flown = acted.map(move |acted| vec![(at, step, Flown::Acted(acted))]);
            self.flights.push(flown.boxed());
        }
        if files.is_empty() {
            return;
        }
        let around = self.around;
        let flown = async move {
            let steps: Vec<&Step> = files.iter().map(|(_, step)| *step).collect();
            let written = writes::write(&steps, around).into_iter();
            let flown = files.into_iter().zip(written);
            flown
                .map(|((at, step), outcome)| (at, step, Flown::Written(outcome)))
                .collect()
        };
        self.flights.push(flown.boxed());
    }

    fn wait(&mut self, at: usize, step: &'a Step, (object, applied): (&'a Object, Box<Applied>)) {
        let waited = effect::ready(step, object, applied, self.around);
        let flown = waited.map(move |outcome| vec![(at, step, Flown::Waited(outcome))]);
        self.flights.push(flown.boxed());
    }

    /// Returns the outcomes that there are once something has happened: none where there is only
    /// more room. A step that failed and is to be tried again is begun again.
    pub(super) async fn landed(&mut self, course: &mut Course<'a>) -> Vec<Landed<'a>> {
        let mut landed = Vec::new();
        let mut next = self.flights.next().await;
        while let Some(flown) = next {
            for (at, step, flown) in flown {
                match self.outcome(at, step, flown) {
                    Some(Err(failure)) if course.tries_again(at) => {
                        (self.around.report)(&step.id, format!("trying again: {}", failure.cause));
                        self.begin(vec![(at, step)]);
                    }
                    Some(outcome) => landed.push((at, step, outcome)),
                    None => {}
                }
            }
            // What has landed by now is recorded with one sync.
            next = self.flights.next().now_or_never().flatten();
        }
        landed
    }

    /// Returns a step's outcome where it is over; what is applied is waited for.
    fn outcome(
        &mut self,
        at: usize,
        step: &'a Step,
        flown: Flown<'a>,
    ) -> Option<Result<Evidence, Failure>> {
        let acted = match flown {
            Flown::Acted(acted) => acted,
            Flown::Waited(outcome) | Flown::Written(outcome) => return Some(outcome),
        };
        self.acting -= 1;
        match acted {
            Acted::Over(outcome) => Some(outcome),
            Acted::Applied(object, applied) => {
                self.wait(at, step, (object, applied));
                None
            }
        }
    }
}

/// Returns whether a step asks nothing of the target, so that any number may be begun at once.
pub(super) fn takes_no_room(step: &Step) -> bool {
    matches!(step.work, Work::Write { .. })
}
