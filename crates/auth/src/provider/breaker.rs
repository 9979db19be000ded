//! Leaves a provider that failed alone for a moment, so that a crowd does not wait ten seconds each for what one has learnt.

use std::sync::Mutex;

use jiff::{SignedDuration, Timestamp};

/// How long it is left alone.
const PAUSE: SignedDuration = SignedDuration::from_secs(5);

/// When the last attempt failed, if it did.
#[derive(Default)]
pub(super) struct Breaker(Mutex<Option<Timestamp>>);

impl Breaker {
    /// Whether to leave the provider alone at `now`.
    pub(super) fn is_open(&self, now: Timestamp) -> bool {
        // A clock that was set back must not keep it open until the old time comes round again.
        self.last().is_some_and(|failed| failed <= now && now.duration_since(failed) < PAUSE)
    }

    /// Whether the last attempt failed, however long ago.
    pub(super) fn failed_last(&self) -> bool {
        self.last().is_some()
    }

    /// An attempt failed at `now`.
    pub(super) fn failed(&self, now: Timestamp) {
        self.set(Some(now));
    }

    /// An attempt went well.
    pub(super) fn worked(&self) {
        self.set(None);
    }

    fn last(&self) -> Option<Timestamp> {
        // Nothing panics while it holds the lock, so it is never poisoned; if it were, the provider would simply be asked.
        self.0.lock().ok().and_then(|last| *last)
    }

    fn set(&self, value: Option<Timestamp>) {
        if let Ok(mut last) = self.0.lock() {
            *last = value;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_is_remembered_for_five_seconds() {
        let breaker = Breaker::default();
        let at = |seconds: i64| Timestamp::from_second(1_000 + seconds).unwrap();
        assert!(!breaker.is_open(at(0)) && !breaker.failed_last());
        breaker.failed(at(0));
        for (seconds, expected) in [(0, true), (4, true), (5, false), (-1, false)] {
            assert_eq!(breaker.is_open(at(seconds)), expected, "{seconds}");
        }
        assert!(breaker.failed_last());
        breaker.worked();
        assert!(!breaker.is_open(at(1)) && !breaker.failed_last());
    }
}
