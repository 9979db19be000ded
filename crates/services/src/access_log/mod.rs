//! The access log (*innsynslogg*): who has looked at what, when and why, in plain words.

mod citizen;
mod model;
mod notices;
mod pages;
#[cfg(test)]
mod tests;

use varde_web::Icon;

use crate::slice::Slice;

/// This service.
pub(crate) const SLICE: Slice = Slice {
    path: "/access-log",
    icon: Icon::Eye,
    title: |text| text.msg_log_tile(),
    tile: |text| text.msg_home_tile_log(),
    router: citizen::router,
    front: None,
    event_text: Some(notices::event_text),
    mail_text: Some(notices::mail_text),
};
