//! The citizen services: one folder each, all made like `appointments`.
//!
//! Invariant: a slice imports no sibling slice, only [`shared`], and owns no table. Slices meet in FHIR resources and through
//! their [`Slice`] descriptors.

mod access_log;
mod act_for;
mod appointments;
mod costs;
mod enquiries;
mod events;
mod gp;
mod hear;
mod home;
mod l10n;
mod medicines;
mod messages;
mod pharmacy;
mod privacy_officer;
mod record;
mod referrals;
mod results;
mod rule_book;
mod shared;
mod sharing;
mod slice;
mod summary;
mod try_rules;
mod vaccines;
mod who_sees;

use axum::Router;
use axum::middleware::from_fn_with_state;
use jiff::Timestamp;
use varde_base::{Language, ResourceId};
use varde_rights::Service;

pub use appointments::remind as remind_of_appointments;
/// How people are told outside the portal: what they have chosen, and what follows from it. For the worker.
pub mod notify {
    pub use crate::events::{
        Channel, Channels, Choices, Delivery, Device, Ending, Kind, Offer, Outcome, Preferences, Progress,
        PushServices, chosen, due, is_urgent, preferences, preferences_id, text, without_device,
    };
    pub use crate::shared::{Notice, Told};
}

pub use enquiries::Answered;
pub use hear::{Heard, is_heard, is_work, work, work_of};
pub use messages::{Arrived, arrived as message_arrived};
pub use shared::{FileScan, State, Verdict, Visits};
pub use sharing::{
    EvidenceKind, Helper, RegisterError, Registered, RegisteredKind, Registration, Wrong, register_proxy,
};
pub use slice::MailText;
pub use summary::patient_summary;
pub use vaccines::card::{CardError, HealthCards};

use slice::Slice;

/// All services, in the order of the front page. A new one is one line here, and its `mod` above.
const fn all() -> &'static [Slice] {
    &[
        appointments::SLICE,
        messages::SLICE,
        medicines::SLICE,
        results::SLICE,
        gp::SLICE,
        costs::SLICE,
        referrals::SLICE,
        record::SLICE,
        vaccines::SLICE,
        summary::SLICE,
        events::SLICE,
        access_log::SLICE,
        home::HOUSEHOLD,
        act_for::SLICE,
        sharing::SLICE,
        enquiries::SLICE,
        who_sees::SLICE,
    ]
}

/// The pages of all services, the front page and the page of the rules.
pub fn router(state: State) -> Router {
    let counted = |slice: &Slice| from_fn_with_state((state.clone(), slice.path), shared::count);
    let pages = all().iter().map(|slice| (slice.router)().route_layer(counted(slice)));
    let others = home::router().merge(rule_book::router()).merge(try_rules::router()).merge(privacy_officer::router());
    let others = others.merge(pharmacy::router());
    let pages = pages.fold(others, Router::merge);
    pages.with_state(state)
}

/// What to tell of a change that somebody else than a citizen makes to a Task labelled `service`; `None` when there is nothing to tell.
pub fn request_answered(
    task: &ResourceId,
    service: Service,
    before: &[u8],
    after: &[u8],
    now: Timestamp,
) -> Option<Answered> {
    let renewal = || medicines::answered(service, before, after, now);
    let renewal = || renewal().map(|(event, message)| Answered { event, message });
    let change = || gp::answered(service, before, after, now).map(|(event, message)| Answered { event, message });
    let suggestion = || summary::answered(task, service, before, after, now);
    let suggestion = || suggestion().map(|(event, message)| Answered { event, message });
    enquiries::answered(task, service, before, after, now).or_else(renewal).or_else(change).or_else(suggestion)
}

/// The text of the e-mail about an outbox message of `kind`; `None` for a kind no service knows.
pub fn mail_text(kind: &str, language: Language) -> Option<MailText> {
    all().iter().find_map(|slice| slice.mail_text.and_then(|mail_text| mail_text(kind, language)))
}
