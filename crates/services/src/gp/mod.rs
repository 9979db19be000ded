//! The GP (*fastlege*): who it is and who stands in, how the office is reached, changing GP, waiting lists and what was before.
//!
//! A GP's list is a HealthcareService of type `gp-list` with how many places it has, how many are taken and who waits, as tickets nobody but the
//! one who waits can tell apart. A walk through a change: `citizen::change` reads the form; [`rules::may_change`] decides for each person;
//! `actions::change` takes the places on the list *if it still has the version that was read* and writes one Task a person, all or nothing. Who
//! comes second to the last place finds another version, looks again and is told. The register carries the Task out (docs/api.md, "Change of GP");
//! [`notices::answered`] tells the person in the transaction of that answer.

mod actions;
mod citizen;
mod fhir;
mod find;
mod model;
mod notices;
mod pages;
mod rules;
#[cfg(test)]
mod tests;

pub(crate) use notices::answered;

use varde_web::Icon;

use crate::slice::Slice;

/// This service.
pub(crate) const SLICE: Slice = Slice {
    path: "/gp",
    icon: Icon::Stethoscope,
    title: |text| text.msg_gp_title(),
    tile: |text| text.msg_gp_tile(),
    router: citizen::router,
    front: Some(citizen::front_card),
    event_text: Some(notices::event_text),
    mail_text: Some(notices::mail_text),
};
