//! Test results (*prøvesvar*): all answers the person may see, newest first, by year, by kind and by whom; one answer with what it means in plain
//! words; and one analysis over time as a chart and a table.
//!
//! A walk through a page: `citizen::list` reads the choices in the address into a [`rules::Choice`]; `actions::list` asks the gate for reports of
//! that choice with their observations, and for observations that came alone; [`rules`] says how each value stands to what is usual;
//! `pages` writes it. What is delayed or hidden never comes past the gate, so nothing here counts it; the page tells the rule of the
//! delay to everybody alike.
//!
//! Measurements of one's own and vital signs are not delayed and are no answers from a laboratory: they are left to the service of
//! measurements, unless a report holds them.

mod actions;
mod citizen;
mod fhir;
mod model;
pub(crate) mod notices;
mod pages;
mod rules;
mod specimens;
#[cfg(test)]
mod tests;

use varde_web::Icon;

use crate::slice::Slice;

/// This service.
pub(crate) const SLICE: Slice = Slice {
    path: "/results",
    icon: Icon::Thermometer,
    title: |text| text.msg_results_title(),
    tile: |text| text.msg_results_tile(),
    router: citizen::router,
    front: Some(citizen::front_card),
    event_text: Some(notices::event_text),
    mail_text: Some(notices::mail_text),
};
