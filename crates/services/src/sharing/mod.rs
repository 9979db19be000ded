//! Sharing and privacy (*deling og personvern*): one place for those who act for a person, those the person acts for, and consents.
//! Proxies are here; [`settings`] are blocks, reservations and own access; [`collected`] ends what
//! held for one visit to a pharmacy; [`stop`] is the stop of one's account; [`youth`] a parent's consent.
//!
//! A walk through a proxy: `citizen::give` reads the form; [`rules::wish`] and [`rules::may_receive`] decide; the giver confirms, and the
//! Consent is written with the giver's own rights, `proposed`. The receiver has no right to the giver's Consents (rule FU-12), so
//! the receiver's answer is written by the platform, after [`rules::may_answer`] has found that just this Consent names just this person.

mod actions;
mod citizen;
pub(crate) mod collected;
mod fhir;
mod model;
mod notices;
mod pages;
mod registration;
mod rules;
mod settings;
mod stop;
#[cfg(test)]
mod tests;
mod youth;

use varde_web::Icon;

use crate::slice::Slice;

pub use registration::{
    EvidenceKind, Helper, RegisterError, Registered, RegisteredKind, Registration, Wrong, register_proxy,
};

/// This service.
pub(crate) const SLICE: Slice = Slice {
    path: "/sharing",
    icon: Icon::Lock,
    title: |text| text.msg_sharing_title(),
    tile: |text| text.msg_sharing_tile(),
    router: citizen::router,
    front: None,
    event_text: Some(notices::event_text),
    mail_text: Some(notices::mail_text),
};
