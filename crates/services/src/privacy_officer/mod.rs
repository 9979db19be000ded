//! The list of a privacy officer (*personvernombud*): look-ups somebody should ask about, and what came of it.
//!
//! Each is a Task: those that stand out are opened by the nightly walk over the access log, those of emergencies and of broken glass by the gate.
//! The officer is named in the configuration and acts for the installation, so every look stands in the patients' own logs too.

mod citizen;
mod model;
mod pages;
#[cfg(test)]
mod tests;

pub(crate) use citizen::router;
