//! Events (*hendelser*): everything that has happened, in one list. Other services put events there as Communication resources and
//! say in words what happened (`Slice::event_text`); this one only lists them.

mod citizen;
mod pages;

use varde_web::Icon;

use crate::slice::Slice;

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
