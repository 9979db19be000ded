//! What makes a log entry impossible to guess.
//!
//! Hashes of entries are shown to the world, and what an entry says could be guessed (who, whom, roughly when) and tried against them. So each entry
//! ends with random bytes that only those who may read it learn.

use std::cell::RefCell;

use varde_base::{Random as _, SystemRandom};

/// Bytes at the end of an entry.
pub(crate) const NONCE_BYTES: usize = 16;
/// Fetched from the system at a time: a call for each entry would cost as much as the entry.
const POOL_BYTES: usize = 4_096;

/// Random bytes that have not been used yet.
struct Pool {
    bytes: [u8; POOL_BYTES],
    used: usize,
}

thread_local! {
    static POOL: RefCell<Pool> = const { RefCell::new(Pool { bytes: [0; POOL_BYTES], used: POOL_BYTES }) };
}

/// Bytes that nobody can guess.
pub(crate) fn nonce() -> [u8; NONCE_BYTES] {
    POOL.with_borrow_mut(|pool| {
        if pool.used + NONCE_BYTES > POOL_BYTES {
            SystemRandom.fill(&mut pool.bytes);
            pool.used = 0;
        }
        let mut nonce = [0; NONCE_BYTES];
        if let Some(bytes) = pool.bytes.get_mut(pool.used..pool.used + NONCE_BYTES) {
            nonce.copy_from_slice(bytes);
            bytes.fill(0);
        }
        pool.used += NONCE_BYTES;
        nonce
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_nonce_comes_twice_or_is_empty() {
        let mut seen = std::collections::HashSet::new();
        for _ in 0..3 * POOL_BYTES / NONCE_BYTES {
            let nonce = nonce();
            assert_ne!(nonce, [0; NONCE_BYTES]);
            assert!(seen.insert(nonce));
        }
    }
}
