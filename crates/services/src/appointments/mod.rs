//! Appointments (*timeavtaler*): see all one's appointments and visits; book with the GP, move, call off; take them along in a
//! calendar. The model for every other slice.
//!
//! A walk through a booking: `citizen::book` reads the form into a [`actions::Choice`]; `actions::book` loads the slot, the GP's
//! calendar and the person's appointments through the gate; [`rules::can_take`] decides; one batch takes the slot, writes
//! appointment and event and lays the confirmation in the outbox; `pages` shows what came of it.

mod actions;
mod citizen;
mod fhir;
mod ics;
mod model;
mod notices;
mod pages;
mod rules;
#[cfg(test)]
mod tests;

use varde_web::Icon;

use crate::slice::Slice;

/// This service.
pub(crate) const SLICE: Slice = Slice {
    path: "/appointments",
    icon: Icon::Calendar,
    title: |text| text.msg_appointments_title(),
    tile: |text| text.msg_appointments_tile(),
    router: citizen::router,
    front: Some(citizen::front_card),
    event_text: Some(notices::event_text),
    mail_text: Some(notices::mail_text),
};
