//! Acting for others: choose whose matters the pages are about. Who can be chosen follows from the population register and the
//! rules, and every look-up afterwards asks them anew; the choice itself opens nothing.

mod citizen;
mod pages;

use varde_web::Icon;

use crate::slice::Slice;

/// This service.
pub(crate) const SLICE: Slice = Slice {
    path: "/act-for",
    icon: Icon::People,
    title: |text| text.msg_act_for_tile(),
    tile: |text| text.msg_home_tile_act_for(),
    router: citizen::router,
    front: None,
    event_text: None,
    mail_text: None,
};
