//! What happens to appointments when nobody is looking: the queue for earlier times moves, answers that came by the API are carried out, people are told
//! what a clinic has changed, and are reminded. The worker does it, as the platform, from messages in the outbox.

mod changed;
mod offers;
mod people;
mod reminders;
mod responses;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use varde_base::{Actor, CitizenActor, PatientId, Purpose, ResourceId};
use varde_fhir::ResourceType;
use varde_rights::Asker;
use varde_store::{Access, Gate, GateError, OutboxMessage, Store};

pub use reminders::remind;

use crate::shared::platform_of;

/// A time has become free.
const SLOT_FREE: &str = "appointment-slot-free";

/// An offer has run out, or was answered with no.
const OFFER_OVER: &str = "appointment-offer-over";

/// A program has answered for a citizen.
const ANSWERED: &str = "appointment-answered";

/// What a message is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Work {
    /// The Slot, or the AppointmentResponse.
    id: String,
    /// The wish whose offer is over.
    wish: Option<String>,
}

fn message(kind: &str, work: &Work, not_before: Option<Timestamp>) -> Result<OutboxMessage, GateError> {
    let payload = serde_json::to_string(work).map_err(|_| GateError::Fault)?;
    // About nobody: messages of one person wait for each other, and what is to be done later must hold nothing up.
    Ok(OutboxMessage { kind: kind.to_owned(), subject: None, payload, not_before })
}

/// The message that an offer is over, now or at a moment.
///
/// # Errors
/// [`GateError::Fault`] when it cannot be written as JSON.
pub(super) fn offer_over(
    wish: &ResourceId,
    slot: &ResourceId,
    at: Option<Timestamp>,
) -> Result<OutboxMessage, GateError> {
    message(OFFER_OVER, &Work { id: slot.to_string(), wish: Some(wish.to_string()) }, at)
}

/// The work that follows from a change to a resource, whoever made it; `None` when none does. `by_program` is true of changes that neither a
/// citizen nor the platform makes.
pub(crate) fn heard(
    resource_type: ResourceType,
    id: &ResourceId,
    before: Option<&[u8]>,
    after: &[u8],
    by_program: bool,
) -> Option<OutboxMessage> {
    let work = Work { id: id.to_string(), wish: None };
    match resource_type {
        ResourceType::SLOT => {
            let was_free = is_free(before?);
            (is_free(after) && !was_free).then(|| message(SLOT_FREE, &work, None).ok())?
        }
        ResourceType::APPOINTMENT if by_program => changed::heard(id, before, after),
        ResourceType::APPOINTMENT_RESPONSE if by_program => {
            super::fhir::responded(after)?;
            message(ANSWERED, &work, None).ok()
        }
        _ => None,
    }
}

/// Whether a stored Slot is free. One that cannot be read is not.
fn is_free(body: &[u8]) -> bool {
    super::fhir::slot(body, 0).is_ok_and(|slot| slot.free)
}

/// Whether a message of this kind is work for [`work`], and not something to tell a person.
pub(crate) fn is_work(kind: &str) -> bool {
    matches!(kind, SLOT_FREE | OFFER_OVER | ANSWERED | changed::CHANGED)
}

/// Does what a message asks for. It bears being done twice.
///
/// # Errors
/// Those of the store, and [`GateError::Conflict`] when somebody was quicker; then it is to be tried again.
pub(crate) async fn work(store: &Store, kind: &str, payload: &str, now: Timestamp) -> Result<(), GateError> {
    if kind == changed::CHANGED {
        return changed::tell(store, payload, now).await;
    }
    let fault = |_| GateError::Fault;
    let work: Work = serde_json::from_str(payload).map_err(|_| GateError::Fault)?;
    let id: ResourceId = work.id.parse().map_err(fault)?;
    let wish: Option<ResourceId> = work.wish.map(|wish| wish.parse()).transpose().map_err(fault)?;
    match (kind, &wish) {
        (SLOT_FREE, _) => offers::slot_free(store, &id, now).await,
        (OFFER_OVER, Some(wish)) => offers::over(store, wish, &id, now).await,
        (ANSWERED, _) => responses::carry_out(store, &id, now).await,
        _ => Err(GateError::Fault),
    }
}

/// The data as the platform sees them.
fn platform(store: &Store, interaction: &'static str) -> Gate {
    platform_of(store, None, interaction)
}

/// Somebody as they are when they sign in; `None` for one who is not there, is dead, or has no number.
///
/// # Errors
/// Only the database's.
pub(super) async fn citizen(store: &Store, patient: &PatientId) -> Result<Option<CitizenActor>, GateError> {
    people::citizen(&platform(store, "appointments.feed"), patient).await
}

/// What a citizen has done with their own account.
///
/// # Errors
/// Only the database's.
pub(super) async fn asker(store: &Store, citizen: &CitizenActor) -> Result<Asker, GateError> {
    let (actor, purpose) = (Actor::Citizen(citizen.clone()), Purpose::PatientRequest);
    let gate = store.as_actor(&Access { actor, purpose, acting_for: None, interaction: "appointments.feed" });
    Ok(gate.facts(None).await?.asker)
}
