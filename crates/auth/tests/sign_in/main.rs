//! Signing in over real sockets: a product with one page, a browser with a cookie jar, and the provider simulator or one that does
//! as a test tells it.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test may stop at what it did not expect")]

mod browser;
mod callback;
mod drafts;
mod forgery;
mod keys;
mod leaving;
mod limits;
mod outage;
mod people;
mod scripted;
mod sessions;
mod tokens;
mod walk;
mod world;
