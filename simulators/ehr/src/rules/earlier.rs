//! Which times become free for those who wait for an earlier one, pure.

use jiff::{SignedDuration, Timestamp};

/// How many times are offered to one who waits.
pub(crate) const OFFERS: usize = 2;

/// The earliest beginning of use to somebody who wants to know so many hours before, with a little to spare for the queue.
pub(crate) fn soonest(now: Timestamp, notice_hours: u32) -> Timestamp {
    let notice = SignedDuration::from_hours(i64::from(notice_hours)).saturating_add(SignedDuration::from_mins(30));
    now.saturating_add(notice).unwrap_or(Timestamp::MAX)
}

/// Which of `count` times become free, one after the other: different ones, by luck.
pub(crate) fn picked(count: usize, luck: u64) -> Vec<usize> {
    let Some(first) = super::choice(count, luck) else { return Vec::new() };
    (0..OFFERS.min(count)).map(|nth| (first + nth) % count).collect()
}
