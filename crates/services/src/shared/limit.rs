use std::collections::HashMap;
use std::sync::Mutex;

use jiff::{SignedDuration, Timestamp};

/// Most keys that are counted at a time.
const MAX_COUNTED: usize = 20_000;

/// Counts how often something is done under each key, so that nobody does it without end. It counts on one server: with several, each allows
/// as much.
#[derive(Debug)]
pub(crate) struct Limiter {
    window: SignedDuration,
    most: u32,
    counted: Mutex<HashMap<Vec<u8>, (Timestamp, u32)>>,
}

impl Limiter {
    /// At most `most` times in a `window`.
    pub(crate) fn new(most: u32, window: SignedDuration) -> Self {
        Self { window, most, counted: Mutex::default() }
    }

    /// Whether it may be done now; counts it when so.
    pub(crate) fn may(&self, key: &[u8], now: Timestamp) -> bool {
        let Ok(mut counted) = self.counted.lock() else { return false };
        let is_over = |since: Timestamp| now.duration_since(since) >= self.window;
        if counted.len() >= MAX_COUNTED {
            counted.retain(|_, (since, _)| !is_over(*since));
        }
        if counted.len() >= MAX_COUNTED && !counted.contains_key(key) {
            return false;
        }
        let (since, count) = counted.entry(key.to_vec()).or_insert((now, 0));
        if is_over(*since) {
            (*since, *count) = (now, 0);
        }
        *count = count.saturating_add(1);
        *count <= self.most
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WINDOW: SignedDuration = SignedDuration::from_mins(10);

    fn limiter() -> (Limiter, Timestamp) {
        (Limiter::new(30, WINDOW), "2026-11-22T09:00:00Z".parse().unwrap())
    }

    #[test]
    fn one_does_it_so_often_and_no_more_and_holds_nobody_else_up() {
        let (limiter, now) = limiter();
        assert_eq!((0..35).filter(|_| limiter.may(b"one", now)).count(), 30);
        assert!(limiter.may(b"another", now));
        assert!(!limiter.may(b"one", now + SignedDuration::from_secs(599)));
        assert!(limiter.may(b"one", now + WINDOW));
    }

    #[test]
    fn what_is_counted_has_an_end() {
        let (limiter, now) = limiter();
        for number in 0..MAX_COUNTED {
            assert!(limiter.may(&number.to_be_bytes(), now));
        }
        assert!(!limiter.may(b"one more", now) && limiter.may(&5_usize.to_be_bytes(), now));
        assert!(limiter.may(b"one more", now + WINDOW), "what is over is forgotten");
    }
}
