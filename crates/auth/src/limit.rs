//! How often one may come to the door: every sign-in costs a write and a question to the provider, so nobody may ask without end.
//!
//! A bucket for each peer (RFC 6585 section 4 is the answer when it is empty). What is kept of a bucket is the instant at which it is
//! full again (the generic cell rate algorithm), so that one number does.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Mutex;

use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use jiff::{SignedDuration, Timestamp};
use varde_base::Category;
use varde_web::{Lang, PageError};

use crate::Auth;

/// Most buckets kept; those that are full again are forgotten first.
const MAX_BUCKETS: usize = 10_000;

/// How many requests at once, and how long until one more may come.
#[derive(Clone, Copy)]
struct Rate {
    burst: i32,
    every: SignedDuration,
}

/// For one peer. A sign-in is two requests, and a school or a hospital may share one address.
const PEER: Rate = Rate { burst: 120, every: SignedDuration::from_millis(250) };

/// For all together, when the server does not say who asks: ten times the country's busiest hour.
const EVERYBODY: Rate = Rate { burst: 4_000, every: SignedDuration::from_millis(2) };

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Peer {
    Four(Ipv4Addr),
    /// The first 64 bits: whoever has one address of a network has them all (RFC 4291 section 2.5.4).
    Six(u64),
    Unknown,
}

impl Peer {
    fn of(address: Option<IpAddr>) -> Self {
        match address.map(|address| address.to_canonical()) {
            Some(IpAddr::V4(address)) => Self::Four(address),
            Some(IpAddr::V6(address)) => {
                let [a, b, c, d, e, f, g, h, ..] = address.octets();
                Self::Six(u64::from_be_bytes([a, b, c, d, e, f, g, h]))
            }
            None => Self::Unknown,
        }
    }

    const fn rate(self) -> Rate {
        match self {
            Self::Four(_) | Self::Six(_) => PEER,
            Self::Unknown => EVERYBODY,
        }
    }
}

/// All buckets.
#[derive(Default)]
pub(crate) struct Limiter(Mutex<HashMap<Peer, Timestamp>>);

impl Limiter {
    /// Takes one from the bucket of `address`; when it is empty, how long until there is one.
    fn take(&self, address: Option<IpAddr>, now: Timestamp) -> Result<(), SignedDuration> {
        // Nothing panics while it holds the lock, so it is never poisoned; if it were, signing in would go on.
        let Ok(mut full_at) = self.0.lock() else { return Ok(()) };
        let mut peer = Peer::of(address);
        if full_at.len() >= MAX_BUCKETS && !full_at.contains_key(&peer) {
            full_at.retain(|_, full| *full > now);
            if full_at.len() >= MAX_BUCKETS {
                peer = Peer::Unknown;
            }
        }
        let Rate { burst, every } = peer.rate();
        let depth = every * burst;
        let kept = full_at.get(&peer).copied().unwrap_or(now);
        // Never fuller than full, and after a clock was set back never emptier than empty.
        let left = kept.duration_since(now).clamp(SignedDuration::ZERO, depth) + every;
        if left > depth {
            return Err(left - depth);
        }
        full_at.insert(peer, now.saturating_add(left).unwrap_or(Timestamp::MAX));
        Ok(())
    }
}

/// Lets a request through, or says when to come again.
pub(crate) async fn turn_away(State(auth): State<Auth>, request: Request, next: Next) -> Response {
    let address = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(address)| address.ip());
    let Err(wait) = auth.0.limiter.take(address, auth.0.clock.now()) else { return next.run(request).await };
    let language = Lang::of(request.uri().query(), request.headers());
    let mut response = PageError { category: Category::Busy, language, visitor: None }.into_response();
    let seconds = HeaderValue::from(wait.as_secs().max(0) + 1);
    response.headers_mut().insert(header::RETRY_AFTER, seconds);
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(milliseconds: i64) -> Timestamp {
        Timestamp::from_millisecond(1_000_000 + milliseconds).unwrap()
    }

    fn from(address: &str) -> Option<IpAddr> {
        Some(address.parse().unwrap())
    }

    fn allowed(limiter: &Limiter, address: Option<IpAddr>, now: Timestamp) -> usize {
        (0..10_000).take_while(|_| limiter.take(address, now).is_ok()).count()
    }

    #[test]
    fn a_bucket_empties_and_fills_again() {
        let limiter = Limiter::default();
        assert_eq!(allowed(&limiter, from("192.0.2.1"), at(0)), 120);
        assert_eq!(limiter.take(from("192.0.2.1"), at(0)), Err(SignedDuration::from_millis(250)));
        assert_eq!(allowed(&limiter, from("192.0.2.1"), at(1_000)), 4);
        assert_eq!(allowed(&limiter, from("192.0.2.1"), at(3_600_000)), 120);
    }

    #[test]
    fn one_peer_does_not_use_up_anothers_but_one_network_is_one_peer() {
        let limiter = Limiter::default();
        allowed(&limiter, from("192.0.2.1"), at(0));
        assert!(limiter.take(from("192.0.2.2"), at(0)).is_ok());
        assert!(limiter.take(from("::ffff:192.0.2.1"), at(0)).is_err());
        allowed(&limiter, from("2001:db8::1"), at(0));
        assert!(limiter.take(from("2001:db8::ffff:2"), at(0)).is_err());
        assert!(limiter.take(from("2001:db8:0:1::1"), at(0)).is_ok());
    }

    #[test]
    fn a_clock_set_back_locks_nobody_out() {
        let limiter = Limiter::default();
        allowed(&limiter, from("192.0.2.1"), at(3_600_000));
        assert_eq!(limiter.take(from("192.0.2.1"), at(0)), Err(SignedDuration::from_millis(250)));
        assert!(limiter.take(from("192.0.2.1"), at(3_600_000 + 250)).is_ok());
    }

    #[test]
    fn the_number_of_buckets_has_an_end_and_what_is_over_shares_one() {
        let limiter = Limiter::default();
        let peer = |n: u32| Some(IpAddr::V4(Ipv4Addr::from(n)));
        for n in 0..14_500 {
            assert!(limiter.take(peer(n), at(0)).is_ok() || n >= 14_000, "{n}");
        }
        assert!(limiter.0.lock().unwrap().len() <= MAX_BUCKETS + 1);
        assert!(limiter.take(peer(30_000), at(0)).is_err());
        assert!(limiter.take(peer(30_000), at(60_000)).is_ok());
        assert!(limiter.0.lock().unwrap().len() < 10);
    }
}
