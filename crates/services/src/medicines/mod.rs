//! Medicines (*resepter og legemidler*): prescriptions with what is left of them, renewing one or several, the list of medicines in use and
//! what has been collected.
//!
//! A walk through a renewal: `citizen::renew` reads the form; [`rules::may_renew`] decides for each prescription; `actions::renew` writes one
//! Task a prescription with its event and one message, all or nothing. The practice's system answers by changing the Task (docs/api.md,
//! "Renewal of prescriptions"); [`notices::answered`] tells the person in the transaction of that answer.

mod actions;
mod citizen;
mod collect;
mod dose;
mod fhir;
mod model;
mod notices;
mod pages;
mod rules;
#[cfg(test)]
mod tests;

pub(crate) use notices::answered;

use varde_web::Icon;

use crate::slice::Slice;

/// This service.
pub(crate) const SLICE: Slice = Slice {
    path: "/medicines",
    icon: Icon::Bottle,
    title: |text| text.msg_medicines_title(),
    tile: |text| text.msg_medicines_tile(),
    router: citizen::router,
    front: Some(citizen::front_card),
    event_text: Some(notices::event_text),
    mail_text: Some(notices::mail_text),
};
