//! How often an apply is tried again after an answer that another moment may change.

use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::time::{Duration, Instant};

use crate::cluster::ApplyError;

/// How often an object may turn out to have been changed at the same time.
const RACES: u32 = 10;

/// How long a webhook is waited for: the one of a component that has just been installed takes a
/// moment to answer.
const WEBHOOK: Duration = Duration::from_mins(1);

/// The tries of one apply.
pub(super) struct Tries {
    races: u32,
    webhooks: u32,
    since: Instant,
    patience: Duration,
}

impl Tries {
    pub(super) fn new(patience: Duration) -> Self {
        Self {
            races: 0,
            webhooks: 0,
            since: Instant::now(),
            patience: patience.min(WEBHOOK),
        }
    }

    /// Returns how long to wait before the next try; `None` where it is no use.
    pub(super) fn pause(&mut self, error: &ApplyError) -> Option<Duration> {
        match error {
            ApplyError::Race(_) if self.races < RACES => {
                self.races += 1;
                Some(spread(Duration::from_millis(10 << self.races.min(6))))
            }
            ApplyError::Webhook(_) if self.since.elapsed() < self.patience => {
                self.webhooks += 1;
                Some(spread(Duration::from_millis(250 << self.webhooks.min(4))))
            }
            _ => None,
        }
    }
}

/// Half of it to all of it, so that many that collided don't collide again.
fn spread(longest: Duration) -> Duration {
    let random = RandomState::new().build_hasher().finish();
    let share = f64::from(u32::try_from(random % 1_000).unwrap_or_default()) / 1_000.0;
    longest.mul_f64(0.5 + share / 2.0)
}

#[cfg(test)]
mod tests {
    use super::{ApplyError, Duration, Tries};

    #[test]
    fn a_race_is_tried_ten_times_with_longer_pauses() {
        let mut tries = Tries::new(Duration::ZERO);
        let race = ApplyError::Race("x".to_owned());
        let pauses: Vec<Duration> = std::iter::from_fn(|| tries.pause(&race)).collect();
        assert_eq!(pauses.len(), 10);
        assert!(pauses.iter().sum::<Duration>() < Duration::from_secs(5));
        assert!(pauses.first() < pauses.last(), "{pauses:?}");
    }

    #[test]
    fn a_webhook_is_waited_for_as_long_as_there_is_patience() {
        let silent = ApplyError::Webhook("x".to_owned());
        assert_eq!(Tries::new(Duration::ZERO).pause(&silent), None);
        assert!(Tries::new(Duration::from_secs(9)).pause(&silent).is_some());
    }

    #[test]
    fn a_refusal_is_not_tried_again() {
        let refused = ApplyError::Forbidden("x".to_owned());
        assert_eq!(Tries::new(Duration::from_secs(9)).pause(&refused), None);
    }
}
