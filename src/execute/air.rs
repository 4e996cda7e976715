//! The steps that are under way.

use futures::future::{BoxFuture, FutureExt as _};
use futures::stream::{FuturesUnordered, StreamExt as _};

use super::course::Course;
use super::effect::{self, Acted, Surroundings};
use crate::cluster::Applied;
use crate::journal::{Evidence, Failure};
use crate::manifest::Object;
use crate::plan::Step;

/// A step that is over.
pub(super) type Landed<'a> = (usize, &'a Step, Result<Evidence, Failure>);

/// What a step under way comes to.
enum Flown<'a> {
    Acted(Acted<'a>),
    Waited(Result<Evidence, Failure>),
}

/// The steps that are under way.
pub(super) struct Air<'a> {
    around: &'a Surroundings<'a>,
    flights: FuturesUnordered<BoxFuture<'a, (usize, &'a Step, Flown<'a>)>>,
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

    /// Begins a step.
    pub(super) fn begin(&mut self, at: usize, step: &'a Step) {
        self.acting += 1;
        let acted = effect::act(step, self.around);
        let flown = acted.map(move |acted| (at, step, Flown::Acted(acted)));
        self.flights.push(flown.boxed());
    }

    fn wait(&mut self, at: usize, step: &'a Step, (object, applied): (&'a Object, Box<Applied>)) {
        let waited = effect::ready(step, object, applied, self.around);
        let flown = waited.map(move |outcome| (at, step, Flown::Waited(outcome)));
        self.flights.push(flown.boxed());
    }

    /// Returns the outcomes that there are once something has happened: none where there is only
    /// more room. A step that failed and is to be tried again is begun again.
    pub(super) async fn landed(&mut self, course: &mut Course<'a>) -> Vec<Landed<'a>> {
        let mut landed = Vec::new();
        let mut next = self.flights.next().await;
        while let Some((at, step, flown)) = next {
            let outcome = match flown {
                Flown::Acted(acted) => {
                    self.acting -= 1;
                    match acted {
                        Acted::Over(outcome) => Some(outcome),
                        Acted::Applied(object, applied) => {
                            self.wait(at, step, (object, applied));
                            None
                        }
                    }
                }
                Flown::Waited(outcome) => Some(outcome),
            };
            match outcome {
                Some(Err(failure)) if course.tries_again(at) => {
                    (self.around.report)(&step.id, format!("trying again: {}", failure.cause));
                    self.begin(at, step);
                }
                Some(outcome) => landed.push((at, step, outcome)),
                None => {}
            }
            // What has landed by now is recorded with one sync.
            next = self.flights.next().now_or_never().flatten();
        }
        landed
    }
}
