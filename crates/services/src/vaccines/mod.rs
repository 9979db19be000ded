//! Vaccines (*vaksiner*): what the person has had, what the national programme offers now and next, and a certificate to show to others.
//!
//! A walk through a page: `citizen::list` asks the gate for the vaccinations and for the person they are of; [`rules::advice`] lays them
//! beside the lines of the programme (`programme.txt`); `pages` writes both. Nothing is taken for missing because it is not registered
//! here: of those whose records are older than the register the page says just that.
//!
//! The certificate is the same list in print, in two languages, with codes anybody can read and prove without asking us: SMART Health
//! Cards ([`card`]; docs/decisions/0016-health-cards.md).

mod actions;
pub(crate) mod card;
mod citizen;
mod fhir;
mod model;
mod pages;
mod programme;
mod rules;
#[cfg(test)]
mod tests;

use varde_web::Icon;

use crate::slice::Slice;

/// This service.
pub(crate) const SLICE: Slice = Slice {
    path: "/vaccines",
    icon: Icon::Shield,
    title: |text| text.msg_vaccines_title(),
    tile: |text| text.msg_vaccines_tile(),
    router: citizen::router,
    front: Some(citizen::front_card),
    event_text: None,
    mail_text: None,
};
