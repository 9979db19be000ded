//! Enquiries, the requests of citizens (*forespørsler*): have an error in the record corrected, ask to see the record of one who is dead, ask why somebody looked;
//! and follow each of them to its answer.
//!
//! A walk through an error: `citizen::send` reads the form; [`rules::draft`] decides what of it can be sent; the Task, the words as a
//! Communication, and the message are one write. The organisation's system answers by the FHIR API (docs/api.md), and
//! [`notices::answered`] makes the event and the message of its answer, in the transaction of the answer. A request about one who is dead
//! looks nobody up: who asks learns nothing of whether there is such a person, and no digital access follows from the answer.

mod actions;
mod citizen;
mod fhir;
mod model;
mod notices;
mod pages;
mod rules;
#[cfg(test)]
mod tests;

use varde_web::Icon;

use crate::slice::Slice;

pub use notices::Answered;
pub(crate) use notices::answered;

/// This service.
pub(crate) const SLICE: Slice = Slice {
    path: "/requests",
    icon: Icon::Question,
    title: |text| text.msg_enquiries_title(),
    tile: |text| text.msg_enquiries_tile(),
    router: citizen::router,
    front: None,
    event_text: Some(notices::event_text),
    mail_text: Some(notices::mail_text),
};
