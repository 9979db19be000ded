//! The queue for earlier times: a time that becomes free is held for the first it fits, for a while, and then for the next.

use bytes::Bytes;
use jiff::Timestamp;
use varde_base::ResourceId;
use varde_fhir::ResourceType;
use varde_rights::Action;
use varde_store::{Batch, Gate, GateError, Store};

use super::super::actions::Persons;
use super::super::fhir::{self, Names};
use super::super::load::appointments;
use super::super::model::{FreeSlot, Wish};
use super::super::notices::{self, Happened};
use super::super::rules;
use super::{offer_over, people, platform};
use crate::shared::{find, put_changed};

/// Most who are asked in turn about one time.
const MAX_WAITING: &str = "200";

const INTERACTION: &str = "appointments.queue";

/// A time has become free: somebody may wait for it.
pub(super) async fn slot_free(store: &Store, slot: &ResourceId, now: Timestamp) -> Result<(), GateError> {
    offer_next(store, &platform(store, INTERACTION), slot, now).await
}

/// An offer is over: the one it was made to is told, unless they have answered, and the time goes to the next.
pub(super) async fn over(store: &Store, wish: &ResourceId, slot: &ResourceId, now: Timestamp) -> Result<(), GateError> {
    let gate = platform(store, INTERACTION);
    if let Some(found) = there(gate.read(ResourceType::APPOINTMENT, wish).await)? {
        let read = fhir::wish(&found.body, found.version).map_err(GateError::from)?;
        let offer = read.as_ref().and_then(|wish| wish.offer.as_ref()).filter(|offer| offer.slot == *slot);
        if let (Some(wish), Some(offer)) = (&read, offer) {
            if now < offer.ends && now < offer.start {
                return Err(GateError::Busy);
            }
            passed_on(&gate, wish, &found.body, offer.start, now).await?;
        }
    }
    offer_next(store, &gate, slot, now).await
}

/// Puts the one who has not answered back in the queue, and says so in their list.
async fn passed_on(gate: &Gate, wish: &Wish, body: &Bytes, start: Timestamp, now: Timestamp) -> Result<(), GateError> {
    let back = fhir::back_in_queue(body).map_err(GateError::from)?;
    let bytes = serde_json::to_vec(&back).map_err(|_| GateError::Fault)?;
    let security = fhir::security(body);
    let labels = (fhir::labels(body, &wish.patient).service, security.as_slice());
    let persons = Persons { patient: &wish.patient, by: &wish.by };
    let (event, _) = notices::event(&wish.appointment, persons, Happened::OfferOver { start }, labels, now)?;
    let writes = vec![put_changed(&wish.id, &bytes, wish.version, Action::Write)?, event];
    gate.write(Batch { writes, ..Batch::default() }).await.map(drop)
}

/// Offers a time to the first in the queue it fits; nobody left, it is free for all.
async fn offer_next(store: &Store, gate: &Gate, id: &ResourceId, now: Timestamp) -> Result<(), GateError> {
    let Some(found) = there(gate.read(ResourceType::SLOT, id).await)? else { return Ok(()) };
    let slot = fhir::slot(&found.body, found.version).map_err(GateError::from)?;
    if !(slot.free || slot.held) || (slot.held && is_held(gate, id, now).await?) {
        return Ok(());
    }
    if slot.start > now {
        for (wish, body) in queue(gate, &slot, now).await? {
            if let Some(batch) = offer_to(store, gate, (&slot, &found.body), (&wish, &body), now).await? {
                return gate.write(batch).await.map(drop);
            }
        }
    }
    if !slot.held {
        return Ok(());
    }
    let free = fhir::slot_with_status(&found.body, "free").map_err(GateError::from)?;
    let writes = vec![put_changed(&slot.id, &free, slot.version, Action::Write)?];
    gate.write(Batch { writes, ..Batch::default() }).await.map(drop)
}

/// Whether somebody has been offered the time and has not answered.
async fn is_held(gate: &Gate, slot: &ResourceId, now: Timestamp) -> Result<bool, GateError> {
    let slot = format!("Slot/{slot}");
    let parameters = [("status", "proposed"), ("slot", slot.as_str()), ("_count", "1")];
    Ok(!find(gate, ResourceType::APPOINTMENT, &parameters, now).await?.matches.is_empty())
}

/// Those who wait for a time of the slot's calendar, the one who has waited longest first.
async fn queue(gate: &Gate, slot: &FreeSlot, now: Timestamp) -> Result<Vec<(Wish, Bytes)>, GateError> {
    let schedule = fhir::schedule_token(&slot.schedule);
    let parameters = [("status", "waitlist"), ("supporting-info", schedule.as_str()), ("_count", MAX_WAITING)];
    let page = find(gate, ResourceType::APPOINTMENT, &parameters, now).await?;
    let mut waiting = Vec::with_capacity(page.matches.len());
    for found in page.matches {
        if let Some(wish) = fhir::wish(&found.body, found.version).map_err(GateError::from)? {
            waiting.push((wish, found.body));
        }
    }
    waiting.sort_by(|(a, _), (b, _)| (a.since, a.id.as_str()).cmp(&(b.since, b.id.as_str())));
    Ok(waiting)
}

/// What holds the time for one who waits and tells them; `None` when it does not fit them, or they may not move the appointment any more.
async fn offer_to(
    store: &Store,
    gate: &Gate,
    (slot, slot_body): (&FreeSlot, &Bytes),
    (wish, wish_body): (&Wish, &Bytes),
    now: Timestamp,
) -> Result<Option<Batch>, GateError> {
    let Some(stored) = there(gate.read(ResourceType::APPOINTMENT, &wish.appointment).await)? else { return Ok(None) };
    let appointment = fhir::appointment(&stored.body, stored.version, &Names::default()).map_err(GateError::from)?;
    let existing = appointments(gate, &wish.patient, now).await?;
    if appointment.patient.as_ref() != Some(&wish.patient)
        || !rules::fits(slot, wish, &appointment, &existing, now)
        || !people::may(store, &wish.by, &wish.patient, &stored.body, Action::Change).await?
    {
        return Ok(None);
    }
    let ends = rules::held_until(slot.start, now);
    let held = fhir::slot_with_status(slot_body, "busy-tentative").map_err(GateError::from)?;
    let offered = fhir::offered_to(wish_body, slot, ends).map_err(GateError::from)?;
    let persons = Persons { patient: &wish.patient, by: &wish.by };
    let labels = (appointment.service, appointment.security.as_slice());
    let happened = Happened::Offered { start: slot.start };
    let (event, message) = notices::event(&appointment.id, persons, happened, labels, now)?;
    Ok(Some(Batch {
        writes: vec![
            put_changed(&slot.id, &held, slot.version, Action::Write)?,
            put_changed(&wish.id, &offered, wish.version, Action::Write)?,
            event,
        ],
        outbox: vec![message, offer_over(&wish.id, &slot.id, Some(ends))?],
        ..Batch::default()
    }))
}

/// What is named may be gone.
pub(super) fn there<T>(read: Result<T, GateError>) -> Result<Option<T>, GateError> {
    match read {
        Ok(found) => Ok(Some(found)),
        Err(GateError::NotFound | GateError::Gone { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}
