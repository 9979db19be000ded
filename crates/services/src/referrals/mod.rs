//! Referrals (*henvisninger*): each as a line in time, from the doctor who sent it to the help it leads to, with what happens next, whom to ask, and
//! what the person can do when a deadline is broken.
//!
//! A walk through a page: `actions::one` asks the gate for the ServiceRequest, the Task in which the hospital says what it has decided, the
//! Appointments that come of it, and the telephone of the hospital; [`rules`] counts the deadlines and says where it stands; `pages` writes it. Which
//! referrals a young person and their parents see is opened referral by referral (docs/rights.md); of some they learn only that they are there.

mod actions;
mod citizen;
mod fhir;
mod limits;
mod model;
pub(crate) mod notices;
mod pages;
mod rules;
#[cfg(test)]
mod tests;

use varde_web::Icon;

use crate::slice::Slice;

/// This service.
pub(crate) const SLICE: Slice = Slice {
    path: "/referrals",
    icon: Icon::Route,
    title: |text| text.msg_referrals_title(),
    tile: |text| text.msg_referrals_tile(),
    router: citizen::router,
    front: Some(citizen::front_card),
    event_text: Some(notices::event_text),
    mail_text: Some(notices::mail_text),
};
