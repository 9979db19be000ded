//! What a person has set or consented to: blocks, reservations, own access removed, and the list of everything.
//!
//! A walk through a block: `citizen::block_named` reads the number into a [`model::HprNumber`]; the page asks once more, with the name when
//! the register has it; [`rules::may_block`] decides whether there is anything to add; the Consent is written with the person's own
//! rights (rule PR-1). It holds for the next look-up: the gate reads Consents anew for every request.

mod actions;
mod citizen;
mod fhir;
mod model;
mod pages;
mod rules;
#[cfg(test)]
mod tests;

pub(super) use actions::{Extras, add, end, settings_among};
pub(super) use citizen::router;
pub(super) use fhir::New;
pub(super) use model::{Setting, What};
pub(super) use pages::overview;
pub(super) use rules::in_force;
