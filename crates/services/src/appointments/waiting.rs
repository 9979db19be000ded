//! Waiting for an earlier time: what the citizen does. The queue itself moves in [`super::upkeep`].

use bytes::Bytes;
use jiff::Timestamp;
use serde_json::Value;
use varde_base::{Category, ResourceId};
use varde_fhir::ResourceType;
use varde_rights::{Action, Service};
use varde_store::{Batch, Gate, GateError, Write};

use super::actions::{Persons, given_back};
use super::fhir::{self, Answer};
use super::load::{appointments, one};
use super::model::{Appointment, FreeSlot, Status, Wish};
use super::notices::{self, Happened};
use super::rules::{self, NotBookable};
use super::upkeep;
use crate::shared::{derived_id, find, put, put_changed};

/// A wish with its stored body.
pub(super) struct Stored {
    /// What it says.
    pub wish: Wish,
    body: Bytes,
}

/// Why nothing came of it.
#[derive(Debug, thiserror::Error)]
pub(super) enum WaitError {
    /// The clinic does not take it, or it is too late for it.
    #[error("no earlier time can be asked for")]
    NotOffered,
    /// The offer has gone to the next, or was taken.
    #[error("the offer is gone")]
    OfferGone,
    /// The person has another appointment then.
    #[error("the time overlaps another appointment")]
    Overlaps,
    /// It was changed meanwhile.
    #[error("the appointment was changed by somebody else")]
    Changed,
    /// The store.
    #[error(transparent)]
    Store(#[from] GateError),
}

/// The id of the wish for an earlier time than an appointment: there is one for each, so that asking twice asks once.
pub(super) fn wish_id(appointment: &ResourceId) -> ResourceId {
    derived_id(&format!("appointments/earlier-than/{appointment}"))
}

/// The wish for an earlier time than this appointment, also when it is over.
pub(super) async fn wish_of(
    gate: &Gate,
    appointment: &ResourceId,
    now: Timestamp,
) -> Result<Option<Stored>, GateError> {
    let id = wish_id(appointment);
    let page = find(gate, ResourceType::APPOINTMENT, &[("_id", id.as_str())], now).await?;
    let Some(found) = page.matches.into_iter().next() else { return Ok(None) };
    let wish = fhir::wish(&found.body, found.version).map_err(GateError::from)?;
    // A source might have an appointment of its own under that id; it is no wish then.
    Ok(wish.filter(|wish| wish.appointment == *appointment).map(|wish| Stored { wish, body: found.body }))
}

/// As [`wish_of`], only while it is open.
pub(super) async fn open_wish(
    gate: &Gate,
    appointment: &ResourceId,
    now: Timestamp,
) -> Result<Option<Wish>, GateError> {
    Ok(wish_of(gate, appointment, now).await?.map(|stored| stored.wish).filter(|wish| wish.is_open))
}

/// Puts the person in the queue for an earlier time; one who is in it stays where they are.
pub(super) async fn join(
    gate: &Gate,
    persons: Persons<'_>,
    id: &ResourceId,
    notice_hours: u32,
    now: Timestamp,
) -> Result<(), WaitError> {
    let current = one(gate, persons.patient, id, now).await?;
    rules::may_wish(&current, now).map_err(|_| WaitError::NotOffered)?;
    let before = wish_of(gate, id, now).await?.map(|stored| stored.wish);
    if before.as_ref().is_some_and(|wish| wish.is_open) {
        return Ok(());
    }
    let Some(slot) = &current.slot else { return Err(WaitError::NotOffered) };
    let slot = gate.read(ResourceType::SLOT, slot).await?;
    let schedule = fhir::slot(&slot.body, slot.version).map_err(GateError::from)?.schedule;
    let stored = gate.read(ResourceType::APPOINTMENT, id).await?;
    let whose = (persons.patient, persons.by);
    let wish_id = wish_id(id);
    let wish = fhir::new_wish(&wish_id, &current, whose, (&schedule, notice_hours), &stored.body, now);
    let wish = wish.map_err(GateError::from)?;
    // Of two who ask at once, one does.
    let write = match before {
        None => put(&wish_id, &wish, Action::Change)?,
        Some(before) => {
            let bytes = serde_json::to_vec(&wish).map_err(|_| GateError::Fault)?;
            put_changed(&wish_id, &bytes, before.version, Action::Change)?
        }
    };
    match gate.write(Batch { writes: vec![write], ..Batch::default() }).await {
        Ok(_) | Err(GateError::Conflict { .. }) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// Takes the person out of the queue.
pub(super) async fn leave(gate: &Gate, persons: Persons<'_>, id: &ResourceId, now: Timestamp) -> Result<(), WaitError> {
    let current = one(gate, persons.patient, id, now).await?;
    let Some(stored) = wish_of(gate, id, now).await?.filter(|stored| stored.wish.is_open) else { return Ok(()) };
    let mut batch = Batch::default();
    batch.writes.extend(over(gate, &current, Action::Change, now).await?);
    // What was held goes on at once.
    if let Some(offer) = &stored.wish.offer {
        batch.outbox.push(upkeep::offer_over(&stored.wish.id, &offer.slot, None)?);
    }
    match gate.write(batch).await {
        Ok(_) => Ok(()),
        Err(GateError::Conflict { .. }) => Err(WaitError::Changed),
        Err(error) => Err(error.into()),
    }
}

/// The write that ends the wish for an earlier time than an appointment, when there is an open one.
pub(super) async fn over(
    gate: &Gate,
    appointment: &Appointment,
    action: Action,
    now: Timestamp,
) -> Result<Option<Write>, GateError> {
    let Some(stored) = wish_of(gate, &appointment.id, now).await?.filter(|its| its.wish.is_open) else {
        return Ok(None);
    };
    replaced(&stored, fhir::ended(&stored.body), action).map(Some)
}

/// The wish with another body, if nobody has touched it since.
fn replaced(stored: &Stored, body: Result<Value, fhir::Unreadable>, action: Action) -> Result<Write, GateError> {
    let bytes = serde_json::to_vec(&body.map_err(GateError::from)?).map_err(|_| GateError::Fault)?;
    put_changed(&stored.wish.id, &bytes, stored.wish.version, action)
}

/// Takes the time that is offered: the appointment moves there, its old time goes back, the wish is met, all or nothing. Pressing twice
/// takes it once, also at the same instant.
pub(super) async fn accept(
    gate: &Gate,
    persons: Persons<'_>,
    id: &ResourceId,
    slot: &ResourceId,
    now: Timestamp,
) -> Result<(), WaitError> {
    let error = match accept_once(gate, persons, id, slot, now).await {
        Ok(()) => return Ok(()),
        Err(WaitError::Store(error)) if error.category() != Category::Conflict => return Err(error.into()),
        Err(error) => error,
    };
    // The same person may have been quicker than themself; then all is as they want it.
    if one(gate, persons.patient, id, now).await?.slot.as_ref() == Some(slot) {
        return Ok(());
    }
    match error {
        // Somebody has touched one of the three; what is true now decides.
        WaitError::Store(_) => accept_once(gate, persons, id, slot, now).await.map_err(|again| match again {
            WaitError::Store(GateError::Conflict { .. }) => WaitError::Changed,
            again => again,
        }),
        error => Err(error),
    }
}

async fn accept_once(
    gate: &Gate,
    persons: Persons<'_>,
    id: &ResourceId,
    slot: &ResourceId,
    now: Timestamp,
) -> Result<(), WaitError> {
    let current = one(gate, persons.patient, id, now).await?;
    if current.slot.as_ref() == Some(slot) {
        return Ok(());
    }
    let stored = wish_of(gate, id, now).await?.ok_or(WaitError::OfferGone)?;
    let offer = stored.wish.offer.as_ref().filter(|offer| offer.slot == *slot).ok_or(WaitError::OfferGone)?;
    let is_earlier = current.status == Status::Booked && current.start.is_some_and(|start| offer.start < start);
    if !is_earlier || !rules::offer_stands(&stored.wish, now) {
        return Err(WaitError::OfferGone);
    }
    let batch = taken(gate, persons, &current, (&stored, slot), now).await?;
    gate.write(batch).await?;
    Ok(())
}

async fn taken(
    gate: &Gate,
    persons: Persons<'_>,
    current: &Appointment,
    (stored, slot): (&Stored, &ResourceId),
    now: Timestamp,
) -> Result<Batch, WaitError> {
    let found = match gate.read(ResourceType::SLOT, slot).await {
        Ok(found) => found,
        Err(GateError::NotFound | GateError::Gone { .. }) => return Err(WaitError::OfferGone),
        Err(error) => return Err(error.into()),
    };
    let slot = fhir::slot(&found.body, found.version).map_err(GateError::from)?;
    if !slot.held {
        return Err(WaitError::OfferGone);
    }
    let existing = appointments(gate, persons.patient, now).await?;
    let slot = FreeSlot { free: true, ..slot };
    match rules::can_take(&slot, &existing, Some(current.id.as_str()), now) {
        Ok(()) => {}
        Err(NotBookable::Overlaps) => return Err(WaitError::Overlaps),
        Err(NotBookable::Taken | NotBookable::TooMany) => return Err(WaitError::OfferGone),
    }
    let appointment = gate.read(ResourceType::APPOINTMENT, &current.id).await?;
    let moved = fhir::moved(&appointment.body, &slot).map_err(GateError::from)?;
    let busy = fhir::slot_with_status(&found.body, "busy").map_err(GateError::from)?;
    let happened = Happened::Moved { start: slot.start };
    let told = (current.service, current.security.as_slice());
    let (event, message) = notices::event(&current.id, persons, happened, told, now)?;
    let mut writes = vec![
        put_changed(&slot.id, &busy, slot.version, Action::Change)?,
        put_changed(&current.id, &moved, current.version, Action::Change)?,
        replaced(stored, fhir::ended(&stored.body), Action::Change)?,
        event,
    ];
    writes.extend(given_back(gate, current, Action::Change).await?);
    writes.extend(response(persons, current, (stored, Answer::Accepted, Some(slot.start)))?);
    Ok(Batch { writes, outbox: vec![message], ..Batch::default() })
}

/// Says no to the time that is offered; it goes to the next at once, and the person stays in the queue.
pub(super) async fn decline(
    gate: &Gate,
    persons: Persons<'_>,
    id: &ResourceId,
    slot: &ResourceId,
    now: Timestamp,
) -> Result<(), WaitError> {
    let current = one(gate, persons.patient, id, now).await?;
    let stored = wish_of(gate, id, now).await?.ok_or(WaitError::OfferGone)?;
    let Some(offer) = stored.wish.offer.as_ref().filter(|offer| offer.slot == *slot) else {
        // It has gone on already, which is what was asked for.
        return Ok(());
    };
    let mut writes = vec![replaced(&stored, fhir::back_in_queue(&stored.body), Action::Change)?];
    writes.extend(response(persons, &current, (&stored, Answer::Declined, Some(offer.start)))?);
    let outbox = vec![upkeep::offer_over(&stored.wish.id, slot, None)?];
    match gate.write(Batch { writes, outbox, ..Batch::default() }).await {
        Ok(_) | Err(GateError::Conflict { .. }) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// The answer as a resource, for those who follow AppointmentResponse. It has no category to be ruled by, so it is written only where an
/// answer may be known by whoever may know of an appointment outside hospital.
fn response(
    persons: Persons<'_>,
    current: &Appointment,
    (stored, answer, start): (&Stored, Answer, Option<Timestamp>),
) -> Result<Option<Write>, GateError> {
    if current.service != Service::PrimaryAppointments {
        return Ok(None);
    }
    let id = ResourceId::new_v7();
    let body = fhir::new_response(&id, &stored.wish.id, persons.patient, (answer, start), &current.security);
    put(&id, &body, Action::Change).map(Some)
}
