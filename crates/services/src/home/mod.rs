//! The front page: a greeting, what is next and new, and the way to every service. Signed out: what this is and how to get in.

mod citizen;
mod pages;

pub(crate) use citizen::router;
