use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, LazyLock};

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

/// Where the time comes from. Rules take a [`Timestamp`]; only the outermost layer asks a clock.
pub trait Clock: Send + Sync + 'static {
    /// The present instant.
    fn now(&self) -> Timestamp;
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// A clock that stands still until it is told to move, for tests and for demonstrations of birthdays and deadlines.
#[derive(Debug, Clone)]
pub struct ManualClock(Arc<AtomicI64>);

impl ManualClock {
    /// A clock that shows `start`, to the microsecond.
    pub fn at(start: Timestamp) -> Self {
        Self(Arc::new(AtomicI64::new(start.as_microsecond())))
    }

    /// Moves the clock to `instant`.
    pub fn set(&self, instant: Timestamp) {
        self.0.store(instant.as_microsecond(), Ordering::SeqCst);
    }

    /// Moves the clock by `step`, which may be negative.
    pub fn advance(&self, step: SignedDuration) {
        let micros = i64::try_from(step.as_micros()).unwrap_or(i64::MAX);
        self.0.fetch_add(micros, Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_microsecond(self.0.load(Ordering::SeqCst)).unwrap_or(Timestamp::MAX)
    }
}

/// The time zone in which the country's days begin and end (Europe/Oslo).
///
/// Birthdays, deadlines and opening hours follow it; instants are stored in UTC.
pub fn norway() -> &'static TimeZone {
    static ZONE: LazyLock<TimeZone> =
        // The zone database is compiled in, so the fallback is unreachable; it keeps a wrong build from panicking.
        LazyLock::new(|| TimeZone::get("Europe/Oslo").unwrap_or(TimeZone::UTC));
    &ZONE
}

/// The calendar day it is in Norway at `instant`.
pub fn date_in_norway(instant: Timestamp) -> Date {
    norway().to_datetime(instant).date()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_day_turns_at_norwegian_midnight_not_at_utc() {
        let summer: Timestamp = "2026-06-30T22:00:00Z".parse().unwrap();
        assert_eq!(date_in_norway(summer).to_string(), "2026-07-01");
        let winter: Timestamp = "2026-12-31T22:59:59Z".parse().unwrap();
        assert_eq!(date_in_norway(winter).to_string(), "2026-12-31");
    }

    #[test]
    fn a_manual_clock_moves_only_when_told() {
        let clock = ManualClock::at("2026-01-01T00:00:00Z".parse().unwrap());
        assert_eq!(clock.now(), clock.now());
        clock.advance(SignedDuration::from_secs(5));
        assert_eq!(clock.now().to_string(), "2026-01-01T00:00:05Z");
    }
}
