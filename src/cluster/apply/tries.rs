//! How often an apply is tried again because somebody else changed the object at the same time.
//!
//! Servers that are busy or away are not waited for here: one layer does so for all requests.

use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::time::Duration;

use crate::cluster::ApplyError;

/// How often an object may turn out to have been changed at the same time.
const RACES: u32 = 10;

/// The tries of one apply.
#[derive(Default)]
pub(super) struct Tries(u32);

impl Tries {
    /// Returns how long to wait before the next try; `None` where it is no use.
    pub(super) fn pause(&mut self, error: &ApplyError) -> Option<Duration> {
        if !matches!(error, ApplyError::Race(_)) || self.0 >= RACES {
            return None;
        }
        self.0 += 1;
        Some(spread(Duration::from_millis(10 << self.0.min(6))))
    }
}

/// Half of it to all of it, so that many that collided don't collide again.
fn spread(longest: Duration) -> Duration {
    let random = RandomState::new().build_hasher().finish() % 1_000;
    let part = 500 + u32::try_from(random / 2).unwrap_or_default();
    longest * part / 1_000
}

#[cfg(test)]
mod tests {
    use super::{ApplyError, Duration, Tries};

    #[test]
    fn a_race_is_tried_ten_times_with_longer_pauses() {
        let mut tries = Tries::default();
        let race = ApplyError::Race("x".to_owned());
        let pauses: Vec<Duration> = std::iter::from_fn(|| tries.pause(&race)).collect();
        assert_eq!(pauses.len(), 10);
        assert!(pauses.iter().sum::<Duration>() < Duration::from_secs(5));
        assert!(pauses.first() < pauses.last(), "{pauses:?}");
    }

    #[test]
    fn a_refusal_is_not_tried_again() {
        let refused = ApplyError::Forbidden("x".to_owned());
        assert_eq!(Tries::default().pause(&refused), None);
    }
}
