//! The record (*journal*): documents from all sources the person may see, the newest first and those of one visit together; found again by a
//! word, a year, a kind or a unit; each with what it says as clean text, who wrote it, and what its hard words mean.
//!
//! A walk through a page: `citizen::list` reads the choices in the address into a [`rules::Choice`]; `actions::list` asks the gate for
//! DocumentReferences and Compositions with their visits (Encounter); [`rules`] merges, narrows and groups them; `pages` writes them. One document
//! is read by its id, so that the access log names it. What a source wrote is never sent on as it is: [`clean`] makes harmless markup of it,
//! [`glossary`] marks the words that have an explanation, and files are handed out to be kept, or a PDF or a picture to be shown by the browser alone,
//! never inside our pages.

mod actions;
mod citizen;
mod clean;
mod fhir;
mod glossary;
mod model;
mod pages;
mod rules;
#[cfg(test)]
mod tests;

use varde_web::Icon;

use crate::slice::Slice;

/// This service.
pub(crate) const SLICE: Slice = Slice {
    path: "/record",
    icon: Icon::Document,
    title: |text| text.msg_record_title(),
    tile: |text| text.msg_record_tile(),
    router: citizen::router,
    front: Some(citizen::front_card),
    event_text: None,
    mail_text: None,
};
