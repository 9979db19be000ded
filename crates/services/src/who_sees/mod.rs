//! "Who can see this?" (*hvem kan se dette*): for every kind of information and every item, who sees it and by which rule, and for a young
//! person what they can do here at their age.
//!
//! A walk: `citizen` asks the gate, which decides for everybody around the person as it would for themselves; `pages` sorts the answer into
//! the reader, the family, and health personnel. Other services lead here with `shared::because`.

mod citizen;
mod pages;
#[cfg(test)]
mod tests;

use varde_web::Icon;

use crate::slice::Slice;

/// This service.
pub(crate) const SLICE: Slice = Slice {
    path: "/who-can-see",
    icon: Icon::Eye,
    title: |text| text.msg_who_sees_title(),
    tile: |text| text.msg_who_sees_tile(),
    router: citizen::router,
    front: None,
    event_text: None,
    mail_text: None,
};
