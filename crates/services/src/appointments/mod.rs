//! Appointments (*timeavtaler*): see all one's appointments and visits; book with the GP, move, call off, as far as the clinic lets one; wait
//! for an earlier time; take them along in a calendar, one's own and the household's. The model for every other slice.
//!
//! A walk through a booking: `citizen::book` reads the form into a [`actions::Choice`]; `actions::book` loads the slot, the GP's
//! calendar and the person's appointments through the gate; [`rules::can_take`] decides; one batch takes the slot, writes
//! appointment and event and lays the confirmation in the outbox; `pages` shows what came of it.
//!
//! A walk through an earlier time: [`waiting::join`] writes a wish; somebody calls off, so that a Slot becomes free, which [`heard`] lays down
//! as work; the worker calls [`work`], which holds the time for the first in the queue it fits and tells them; [`waiting::accept`] moves the
//! appointment, or the time runs out and goes to the next.

mod actions;
mod citizen;
mod feed;
mod fhir;
mod household;
mod ics;
mod load;
mod model;
mod notices;
mod pages;
mod rules;
#[cfg(test)]
mod tests;
mod upkeep;
mod waiting;

pub use upkeep::{heard, remind};
pub(crate) use upkeep::{is_work, work};

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
