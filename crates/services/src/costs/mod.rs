//! Co-payments (*egenandeler og frikort*): what has been paid this year, how far it is to the ceiling, the exemption card, what is paid back, and what
//! the care cost with the part the state has paid.
//!
//! It only shows: the health economics administration writes one ExplanationOfBenefit a payment, the card as a Coverage and what is paid back as a
//! ClaimResponse (docs/api.md, "Co-payments"). Money is whole øre ([`money::Money`]); ceilings are dated lines of `amounts.txt`. Where a person
//! stands is counted here ([`rules::standing`]), so that the page and the register can be held against each other.

mod actions;
mod amounts;
mod citizen;
mod fhir;
mod model;
mod money;
mod pages;
mod rules;
#[cfg(test)]
mod tests;

use varde_web::Icon;

use crate::slice::Slice;

/// This service.
pub(crate) const SLICE: Slice = Slice {
    path: "/costs",
    icon: Icon::Wallet,
    title: |text| text.msg_costs_title(),
    tile: |text| text.msg_costs_tile(),
    router: citizen::router,
    front: Some(citizen::front_card),
    event_text: None,
    mail_text: None,
};
