//! The stop of one's own account (*akuttsperre*), for whoever fears that somebody else has their eID: the Consent that closes everything, and
//! the end of every session. It cannot be undone here, since whoever has the eID could do that too: those who run the service open the
//! account again (docs/operations.md).

mod citizen;
mod pages;

pub(super) use citizen::router;
