//! Messages (*meldinger*): the inbox of messages and letters, conversations with the GP's office, the e-consultation.
//!
//! A walk through a message: `citizen::send` reads the form into a [`actions::Letter`]; `actions::send` finds the office the person belongs to
//! and asks [`rules`] whether it is open; one batch writes the Communication, and the Task that awaits its answer. Until then a draft is nobody's
//! but the writer's ([`drafts`]).
//! The office's own system reads the Task, says that the message has arrived and been opened, and answers with a Communication
//! (docs/api.md). What the page says of a message is what that system has said, never what is hoped.

mod actions;
mod citizen;
mod drafts;
mod fhir;
mod files;
mod model;
mod notices;
mod office;
mod pages;
mod prices;
mod rules;
#[cfg(test)]
mod tests;
mod unread;

pub use notices::{Arrived, arrived};
pub(crate) use unread::{is_work, work};

use varde_web::Icon;

use crate::slice::Slice;

/// This service.
pub(crate) const SLICE: Slice = Slice {
    path: "/messages",
    icon: Icon::Person,
    title: |text| text.msg_messages_title(),
    tile: |text| text.msg_messages_tile(),
    router: citizen::router,
    front: Some(citizen::front_card),
    event_text: Some(notices::event_text),
    mail_text: Some(notices::mail_text),
};
