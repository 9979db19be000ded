//! Critical information (*kritisk informasjon*) and the patient summary: what personnel must know at once, and what a doctor abroad reads.
//!
//! A walk through a correction: `citizen::suggest` reads the form; [`rules::draft`] decides what can be sent; the Task to the GP's
//! office, the event and the message are one write. The office answers by the FHIR API (docs/api.md, "Suggestions for the summary"), and
//! [`notices::answered`] makes the event and the message of its answer in the transaction of the answer.
//!
//! The International Patient Summary is one document in three forms: a page, a PDF ([`pdf`]) and a FHIR document ([`document`];
//! `Patient/[id]/$summary`). All are made of what the gate lets the one who asks see, and of nothing else. A part with nothing in it says
//! that there is no information, whether there is none, it is hidden, or the whole kind is closed: so an absence tells nothing, and
//! nobody reads "no allergies" where somebody merely may not see them.

mod actions;
mod citizen;
mod document;
mod fhir;
mod lines;
mod load;
mod model;
mod names;
mod notices;
mod office;
mod pages;
mod pdf;
mod rules;
#[cfg(test)]
mod tests;

use varde_web::Icon;

use crate::slice::Slice;

pub use actions::patient_summary;
pub(crate) use notices::answered;

/// This service.
pub(crate) const SLICE: Slice = Slice {
    path: "/summary",
    icon: Icon::FirstAid,
    title: |text| text.msg_summary_title(),
    tile: |text| text.msg_summary_tile(),
    router: citizen::router,
    front: None,
    event_text: Some(notices::event_text),
    mail_text: Some(notices::mail_text),
};
