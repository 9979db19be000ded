//! "As X for Y on date Z" (*prøv reglene*): for those who run the installation, what the rules say of a case, the sentence the person reads, and
//! the way to it. No data, and the look-up is in Y's log.
//!
//! The page exists for the people the configuration names as operators, signed in at the high level, and for nobody else. [`rules::question`]
//! reads the form; the gate decides.

mod citizen;
mod pages;
mod rules;
#[cfg(test)]
mod tests;

pub(crate) use citizen::router;
