use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// Where unpredictable bytes come from. Secrets use [`SystemRandom`]; the synthetic population and simulations use
/// [`SeededRandom`], so that a run can be repeated.
pub trait Random {
    /// Fills `bytes`.
    fn fill(&mut self, bytes: &mut [u8]);

    /// Sixty-four random bits.
    fn next_u64(&mut self) -> u64 {
        let mut bytes = [0; 8];
        self.fill(&mut bytes);
        u64::from_le_bytes(bytes)
    }

    /// A number in `0..bound`; 0 when `bound` is 0. Bias is below 2^-32 for every bound under 2^32.
    fn below(&mut self, bound: u64) -> u64 {
        ((u128::from(self.next_u64()) * u128::from(bound)) >> 64) as u64
    }
}

/// The operating system's generator, for everything that must not be guessed.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemRandom;

impl Random for SystemRandom {
    fn fill(&mut self, bytes: &mut [u8]) {
        // Without randomness no session is safe, so the process must not go on.
        #[expect(clippy::expect_used, reason = "a kernel without entropy cannot serve anyone safely")]
        getrandom::fill(bytes).expect("the operating system gives random bytes");
    }
}

/// A repeatable generator (SplitMix64; Steele, Lea and Flood 2014). Never for secrets.
#[derive(Debug, Clone)]
pub struct SeededRandom(u64);

impl SeededRandom {
    /// A generator whose sequence depends on `seed` alone.
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A generator for one part of a larger work, independent of how much the other parts draw.
    pub fn fork(&self, part: u64) -> Self {
        let mut child = Self(self.0 ^ part.wrapping_mul(0xD6E8_FEB8_6659_FD93));
        child.next_u64();
        child
    }
}

impl Random for SeededRandom {
    fn fill(&mut self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            let word = self.next_u64().to_le_bytes();
            for (target, source) in chunk.iter_mut().zip(word) {
                *target = source;
            }
        }
    }

    fn next_u64(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }
}

/// A secret of 256 bits as base64url without padding (43 characters), for sessions, states and nonces.
pub fn token_base64url(random: &mut dyn Random) -> String {
    let mut bytes = [0; 32];
    random.fill(&mut bytes);
    URL_SAFE_NO_PAD.encode(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_repeats_and_forks_differ() {
        let mut a = SeededRandom::new(7);
        let mut b = SeededRandom::new(7);
        assert_eq!((a.next_u64(), a.below(10)), (b.next_u64(), b.below(10)));
        assert_ne!(a.fork(1).next_u64(), a.fork(2).next_u64());
    }

    #[test]
    fn below_stays_below() {
        let mut random = SeededRandom::new(1);
        assert!((0..1000).all(|_| random.below(3) < 3));
        assert_eq!(random.below(0), 0);
    }

    #[test]
    fn tokens_are_long_and_never_repeat() {
        let (a, b) = (token_base64url(&mut SystemRandom), token_base64url(&mut SystemRandom));
        assert_eq!(a.len(), 43);
        assert_ne!(a, b);
    }
}
