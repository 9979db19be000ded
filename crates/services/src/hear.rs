//! What follows from changes that are written through the API, whoever writes them: work for the worker, laid down in the same transaction.

use jiff::Timestamp;
use varde_base::ResourceId;
use varde_fhir::ResourceType;
use varde_rights::Labels;
use varde_store::{GateError, OutboxMessage, Store};

use crate::{appointments, messages, referrals, results, sharing};

/// A change of a resource of a type that is heard.
#[derive(Debug, Clone, Copy)]
pub struct Heard<'a> {
    /// Its type.
    pub resource_type: ResourceType,
    /// Its id.
    pub id: &'a ResourceId,
    /// What the rules know of it from now on.
    pub labels: &'a Labels,
    /// The body before; `None` for a creation.
    pub before: Option<&'a [u8]>,
    /// The body from now on.
    pub after: &'a [u8],
    /// Neither a citizen nor the platform makes it.
    pub by_program: bool,
    /// When.
    pub now: Timestamp,
}

/// Whether changes of this type may give work: before anything is rendered.
pub fn is_heard(resource_type: ResourceType) -> bool {
    matches!(
        resource_type,
        ResourceType::SLOT
            | ResourceType::APPOINTMENT
            | ResourceType::APPOINTMENT_RESPONSE
            | ResourceType::DIAGNOSTIC_REPORT
            | ResourceType::MEDICATION_DISPENSE
            | ResourceType::SERVICE_REQUEST
            | ResourceType::TASK
    )
}

/// The work that follows from a change; `None` when none does.
pub fn work_of(change: &Heard<'_>) -> Option<OutboxMessage> {
    let Heard { resource_type, id, labels, before, after, by_program, now } = *change;
    match resource_type {
        ResourceType::DIAGNOSTIC_REPORT if by_program => results::notices::heard(id, labels, before, after, now),
        ResourceType::SERVICE_REQUEST | ResourceType::TASK if by_program => {
            referrals::notices::heard((resource_type, id), labels, before, after, now)
        }
        ResourceType::MEDICATION_DISPENSE if by_program => sharing::collected::heard(id, labels, before, after),
        ResourceType::MEDICATION_DISPENSE => None,
        _ => appointments::heard(resource_type, id, before, after, by_program),
    }
}

/// Whether a message of this kind is work for [`work`], and not something to tell a person.
pub fn is_work(kind: &str) -> bool {
    appointments::is_work(kind)
        || messages::is_work(kind)
        || results::notices::is_work(kind)
        || referrals::notices::is_work(kind)
        || sharing::collected::is_work(kind)
}

/// Does what a message asks for. It bears being done twice.
///
/// # Errors
/// Those of the store, and [`GateError::Conflict`] when somebody was quicker; then it is to be tried again.
pub async fn work(store: &Store, kind: &str, payload: &str, now: Timestamp) -> Result<(), GateError> {
    if messages::is_work(kind) {
        messages::work(store, payload, now).await
    } else if results::notices::is_work(kind) {
        results::notices::work(store, payload, now).await
    } else if referrals::notices::is_work(kind) {
        referrals::notices::work(store, payload, now).await
    } else if sharing::collected::is_work(kind) {
        sharing::collected::work(store, payload, now).await
    } else {
        appointments::work(store, kind, payload, now).await
    }
}
