//! Events (*hendelser*): everything that has happened, in one list, and how people are told of it outside the portal. Other services put events
//! there as Communication resources and say in words what happened (`Slice::event_text`); this one lists them, keeps what each person has
//! chosen ([`settings`]), and has the rules of who is told how and when ([`rules`]). The worker of the server sends.

mod actions;
mod citizen;
mod fhir;
mod model;
mod notices;
mod pages;
mod rules;
mod settings;
#[cfg(test)]
mod tests;
mod undelivered;

use varde_web::Icon;

use crate::slice::Slice;

pub use actions::without_device;
pub use fhir::{preferences, preferences_id};
pub use model::{Channel, Channels, Choices, Device, Kind, Offer, Preferences, PushServices};
pub use notices::text;
pub use rules::{Delivery, Ending, Outcome, Progress, chosen, due, is_urgent};

/// This service.
pub(crate) const SLICE: Slice = Slice {
    path: "/events",
    icon: Icon::Bell,
    title: |text| text.msg_events_title(),
    tile: |text| text.msg_home_tile_events(),
    router: citizen::router,
    front: Some(citizen::front_card),
    event_text: None,
    mail_text: None,
};
