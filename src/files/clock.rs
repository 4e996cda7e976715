//! The one clock, which `SOURCE_DATE_EPOCH` fixes.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// Where the time comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clock {
    fixed: Option<Timestamp>,
}

/// The value of `SOURCE_DATE_EPOCH` is no time.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`SOURCE_DATE_EPOCH` is `{0}`, expected whole seconds since 1970")]
pub struct ClockError(String);

impl Clock {
    /// Returns the system's clock, or one that stands still at the given `SOURCE_DATE_EPOCH`.
    ///
    /// # Errors
    /// Where the value is no number of seconds that a date has.
    pub fn new(source_date_epoch: Option<&str>) -> Result<Self, ClockError> {
        let Some(text) = source_date_epoch.filter(|text| !text.is_empty()) else {
            return Ok(Self { fixed: None });
        };
        let fixed = text
            .parse()
            .ok()
            .and_then(|seconds| Timestamp::from_second(seconds).ok())
            .ok_or_else(|| ClockError(text.to_owned()))?;
        Ok(Self { fixed: Some(fixed) })
    }

    /// Returns the time, in whole milliseconds: journals are read by people.
    #[expect(clippy::disallowed_methods, reason = "this is the one clock")]
    pub fn now(&self) -> Timestamp {
        let now = self.fixed.unwrap_or_else(Timestamp::now);
        Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now)
    }

    /// Returns today's date in UTC, so that two clones agree.
    pub fn date(&self) -> Date {
        Self::date_of(self.now())
    }

    /// Returns the date of a time in UTC.
    pub fn date_of(at: Timestamp) -> Date {
        at.to_zoned(TimeZone::UTC).date()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(input: &str, expected: Result<&str, &str>) {
        let date = Clock::new(Some(input)).map(|clock| clock.date().to_string());
        assert_eq!(
            date.as_deref().map_err(ToString::to_string),
            expected.map_err(ToOwned::to_owned)
        );
    }

    #[test]
    fn source_date_epoch_fixes_the_date() {
        check("1769860800", Ok("2026-01-31"));
        check("0", Ok("1970-01-01"));
    }

    #[test]
    fn what_is_no_number_is_refused() {
        check(
            "today",
            Err("`SOURCE_DATE_EPOCH` is `today`, expected whole seconds since 1970"),
        );
    }
}
