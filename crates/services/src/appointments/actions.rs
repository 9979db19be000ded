//! Load, decide by the rules, save: one function an action, one error enum an action.

use jiff::Timestamp;
use varde_base::{Category, PatientId, ResourceId};
use varde_fhir::ResourceType;
use varde_rights::{Action, Service};
use varde_store::{Batch, Gate, GateError, IdempotencyKey, Write};

use super::load::{appointments, calendar_of, gp, one};
use super::model::{Appointment, CancelReason, FreeSlot, Status};
use super::notices::{self, Happened};
use super::rules::{self, NotBookable, Window};
use super::{fhir, waiting};
use crate::shared::{derived_id, put, put_changed};

/// A time chosen on a form, with what was written beside it.
#[derive(Debug, Clone)]
pub(super) struct Choice {
    /// The free time.
    pub slot: ResourceId,
    /// What it is about; checked by [`rules::reason`].
    pub reason: String,
    /// The form's own key, so that pressing twice books once.
    pub form_key: String,
}

/// Why nothing was booked.
#[derive(Debug, thiserror::Error)]
pub(super) enum BookError {
    /// Somebody else has the time.
    #[error("the time is taken")]
    Taken,
    /// The person has another appointment then.
    #[error("the time overlaps another appointment")]
    Overlaps,
    /// The person has too many coming appointments.
    #[error("too many coming appointments")]
    TooMany,
    /// There is no GP to book with.
    #[error("no calendar to book in")]
    NoGp,
    /// The deadline has passed.
    #[error("the deadline has passed")]
    TooLate,
    /// The clinic does not take it here.
    #[error("the clinic has not opened for it")]
    NotAllowed,
    /// It was changed meanwhile.
    #[error("the appointment was changed by somebody else")]
    Changed,
    /// The store.
    #[error(transparent)]
    Store(#[from] GateError),
}

impl BookError {
    /// The kind of failure.
    pub(super) const fn category(&self) -> Category {
        match self {
            Self::Taken | Self::Overlaps | Self::TooMany | Self::Changed => Category::Conflict,
            Self::NoGp => Category::NotFound,
            Self::TooLate | Self::NotAllowed => Category::Forbidden,
            Self::Store(error) => error.category(),
        }
    }
}

impl From<NotBookable> for BookError {
    fn from(why: NotBookable) -> Self {
        match why {
            NotBookable::Taken => Self::Taken,
            NotBookable::Overlaps => Self::Overlaps,
            NotBookable::TooMany => Self::TooMany,
        }
    }
}

/// The person a change is for and the one who makes it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Persons<'a> {
    /// Whose appointment it is.
    pub patient: &'a PatientId,
    /// Who presses the button and gets the confirmation.
    pub by: &'a PatientId,
}

/// Books `choice`: the slot is taken if nobody has touched it since, the appointment and the event are written and the
/// confirmation is laid in the outbox, all or nothing. Pressing twice gives the same appointment, also at the same instant.
pub(super) async fn book(
    gate: &Gate,
    persons: Persons<'_>,
    choice: &Choice,
    now: Timestamp,
) -> Result<ResourceId, BookError> {
    let id = appointment_id(persons, choice);
    match book_as(gate, persons, &id, choice, now).await {
        Ok(()) => Ok(id),
        Err(BookError::Store(error)) if error.category() != Category::Conflict => Err(error.into()),
        // The same form may have been quicker than itself; then the appointment is there, and all is as the person wants it.
        Err(_) if one(gate, persons.patient, &id, now).await.is_ok() => Ok(id),
        Err(BookError::Store(_)) => Err(BookError::Taken),
        Err(error) => Err(error),
    }
}

async fn book_as(
    gate: &Gate,
    persons: Persons<'_>,
    id: &ResourceId,
    choice: &Choice,
    now: Timestamp,
) -> Result<(), BookError> {
    let gp = gp(gate, persons.patient, now).await?.ok_or(BookError::NoGp)?;
    let (slot, slot_body) = offered_slot(gate, &gp.schedule, &choice.slot).await?;
    let existing = appointments(gate, persons.patient, now).await?;
    rules::can_take(&slot, &existing, None, now)?;
    let resource = fhir::new_appointment(id, persons.patient, &gp, &slot, &choice.reason, now);
    let busy = fhir::slot_with_status(&slot_body, "busy").map_err(GateError::from)?;
    let happened = Happened::Booked { start: slot.start };
    let (event, message) = notices::event(id, persons, happened, (Service::PrimaryAppointments, &[]), now)?;
    let batch = Batch {
        writes: vec![
            put_changed(&slot.id, &busy, slot.version, Action::Book)?,
            put(id, &resource, Action::Book)?,
            event,
        ],
        outbox: vec![message],
        idempotency_key: Some(key(persons, &choice.form_key, &slot.id)),
    };
    gate.write(batch).await?;
    Ok(())
}

/// Moves an appointment to another free time of the calendar it is in, whoever the person's GP is; the old time is given back in the same transaction.
pub(super) async fn change(
    gate: &Gate,
    persons: Persons<'_>,
    id: &ResourceId,
    choice: &Choice,
    now: Timestamp,
) -> Result<(), BookError> {
    let current = one(gate, persons.patient, id, now).await?;
    if current.slot.as_ref() == Some(&choice.slot) {
        return Ok(());
    }
    if !current.rights.change {
        return Err(BookError::NotAllowed);
    }
    open_window(&current, now)?;
    let schedule = calendar_of(gate, &current).await?.ok_or(BookError::NotAllowed)?;
    let (slot, slot_body) = offered_slot(gate, &schedule, &choice.slot).await?;
    let existing = appointments(gate, persons.patient, now).await?;
    rules::can_take(&slot, &existing, Some(id.as_str()), now)?;
    let stored = gate.read(ResourceType::APPOINTMENT, id).await?;
    let moved = fhir::moved(&stored.body, &slot).map_err(GateError::from)?;
    let busy = fhir::slot_with_status(&slot_body, "busy").map_err(GateError::from)?;
    let happened = Happened::Moved { start: slot.start };
    let (event, message) = notices::event(id, persons, happened, (current.service, &current.security), now)?;
    let mut writes = vec![
        put_changed(&slot.id, &busy, slot.version, Action::Change)?,
        put_changed(id, &moved, current.version, Action::Change)?,
        event,
    ];
    writes.extend(given_back(gate, &current, Action::Change).await?);
    let batch =
        Batch { writes, outbox: vec![message], idempotency_key: Some(key(persons, &choice.form_key, &slot.id)) };
    match gate.write(batch).await {
        Ok(_) => Ok(()),
        Err(GateError::Conflict { .. }) => {
            let after = one(gate, persons.patient, id, now).await?;
            if after.slot.as_ref() == Some(&slot.id) {
                Ok(())
            } else if after.version == current.version {
                Err(BookError::Taken)
            } else {
                Err(BookError::Changed)
            }
        }
        Err(error) => Err(error.into()),
    }
}

/// What was chosen on the form that calls an appointment off.
#[derive(Debug, Clone)]
pub(super) struct Calling {
    /// Why.
    pub reason: CancelReason,
    /// To the clinic; checked by [`rules::reason`].
    pub comment: String,
    /// Those after it in the same row too.
    pub with_rest: bool,
}

/// Calls an appointment off, with the rest of its row when that was chosen, and gives the times back, all or nothing. Calling off what is
/// called off changes nothing.
pub(super) async fn cancel(
    gate: &Gate,
    persons: Persons<'_>,
    id: &ResourceId,
    calling: &Calling,
    now: Timestamp,
) -> Result<(), BookError> {
    let current = one(gate, persons.patient, id, now).await?;
    if current.status == Status::Cancelled {
        return Ok(());
    }
    if !current.rights.cancel {
        return Err(BookError::NotAllowed);
    }
    open_window(&current, now)?;
    let all = if calling.with_rest { appointments(gate, persons.patient, now).await? } else { Vec::new() };
    let mut leaving = vec![&current];
    leaving.extend(rules::rest_of_series(&current, &all, now).into_iter().filter(|its| its.id != current.id));
    let mut batch = Batch::default();
    for appointment in &leaving {
        batch.writes.extend(called_off(gate, persons, appointment, calling, now).await?);
    }
    let happened = Happened::Cancelled { start: current.start.unwrap_or(now) };
    let (event, message) = notices::event(id, persons, happened, (current.service, &current.security), now)?;
    batch.writes.push(event);
    batch.outbox.push(message);
    match gate.write(batch).await {
        Ok(_) => Ok(()),
        Err(GateError::Conflict { .. }) => Err(BookError::Changed),
        Err(error) => Err(error.into()),
    }
}

/// The writes that call one appointment off: itself, its time, and a wish for an earlier one.
async fn called_off(
    gate: &Gate,
    persons: Persons<'_>,
    appointment: &Appointment,
    calling: &Calling,
    now: Timestamp,
) -> Result<Vec<Write>, BookError> {
    let stored = gate.read(ResourceType::APPOINTMENT, &appointment.id).await?;
    let comment = if appointment.rights.comment { calling.comment.as_str() } else { "" };
    let on_behalf = persons.patient != persons.by;
    let is_specialist = appointment.service == Service::SpecialistAppointments;
    let cancelled = fhir::cancelled(&stored.body, calling.reason, comment, on_behalf, is_specialist);
    let cancelled = cancelled.map_err(GateError::from)?;
    let mut writes = vec![put_changed(&appointment.id, &cancelled, appointment.version, Action::Cancel)?];
    writes.extend(given_back(gate, appointment, Action::Cancel).await?);
    writes.extend(waiting::over(gate, appointment, Action::Cancel, now).await?);
    Ok(writes)
}

/// Writes to the clinic about an appointment. What was written before is replaced, as the form shows it.
pub(super) async fn comment(
    gate: &Gate,
    persons: Persons<'_>,
    id: &ResourceId,
    words: &str,
    now: Timestamp,
) -> Result<(), BookError> {
    let current = one(gate, persons.patient, id, now).await?;
    if current.comment.as_deref().unwrap_or_default() == words {
        return Ok(());
    }
    if !current.rights.comment || !rules::is_coming(&current, now) {
        return Err(BookError::NotAllowed);
    }
    let stored = gate.read(ResourceType::APPOINTMENT, id).await?;
    let commented = fhir::commented(&stored.body, words).map_err(GateError::from)?;
    let writes = vec![put_changed(id, &commented, current.version, Action::Change)?];
    match gate.write(Batch { writes, ..Batch::default() }).await {
        Ok(_) => Ok(()),
        Err(GateError::Conflict { .. }) => Err(BookError::Changed),
        Err(error) => Err(error.into()),
    }
}

fn open_window(appointment: &Appointment, now: Timestamp) -> Result<(), BookError> {
    match rules::change_window(appointment, now) {
        Window::Open { .. } => Ok(()),
        Window::TooLate { .. } => Err(BookError::TooLate),
        Window::Closed => Err(BookError::Changed),
    }
}

/// The slot as stored, if it belongs to the calendar `schedule`. A slot of another calendar is as if it were taken: nobody books with a
/// GP they are not listed with by changing a number on a form.
async fn offered_slot(
    gate: &Gate,
    schedule: &ResourceId,
    id: &ResourceId,
) -> Result<(FreeSlot, bytes::Bytes), BookError> {
    let stored = match gate.read(ResourceType::SLOT, id).await {
        Ok(stored) => stored,
        Err(GateError::NotFound | GateError::Gone { .. }) => return Err(BookError::Taken),
        Err(error) => return Err(error.into()),
    };
    let slot = fhir::slot(&stored.body, stored.version).map_err(GateError::from)?;
    if slot.schedule == *schedule { Ok((slot, stored.body)) } else { Err(BookError::Taken) }
}

/// The write that gives an appointment's time back, when it has one that is still there and busy.
pub(super) async fn given_back(
    gate: &Gate,
    appointment: &Appointment,
    action: Action,
) -> Result<Option<Write>, GateError> {
    let Some(id) = &appointment.slot else { return Ok(None) };
    let stored = match gate.read(ResourceType::SLOT, id).await {
        Ok(stored) => stored,
        Err(GateError::NotFound | GateError::Gone { .. }) => return Ok(None),
        Err(error) => return Err(error),
    };
    // What the clinic has closed meanwhile stays closed.
    if !fhir::is_taken(&stored.body).map_err(GateError::from)? {
        return Ok(None);
    }
    let free = fhir::slot_with_status(&stored.body, "free").map_err(GateError::from)?;
    put_changed(id, &free, stored.version, action).map(Some)
}

/// The appointment's id follows from the form and the time chosen on it, so that pressing twice can never make two. Who goes back in the browser and
/// chooses another time is not shown the first as if it were that.
fn appointment_id(persons: Persons<'_>, Choice { slot, form_key, .. }: &Choice) -> ResourceId {
    derived_id(&format!("{}/{}/{form_key}/{slot}", persons.by, persons.patient))
}

fn key(persons: Persons<'_>, form_key: &str, slot: &ResourceId) -> IdempotencyKey {
    IdempotencyKey {
        scope: format!("portal/{}", persons.by),
        key: format!("{form_key}/{slot}"),
        fingerprint: slot
            .as_str()
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)),
    }
}
