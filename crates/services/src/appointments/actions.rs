//! Load, decide by the rules, save: one function an action, one error enum an action.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};
use varde_base::{Category, PatientId, ResourceId};
use varde_fhir::ResourceType;
use varde_rights::{Action, Service};
use varde_store::{Batch, Gate, GateError, IdempotencyKey, ItemAudience};

use super::fhir::{self, ListedWith, Names};
use super::model::{Appointment, FreeSlot, Gp, Place, Visit};
use super::notices::{self, Happened};
use super::rules::{self, NotBookable, Window};
use crate::shared::{find, put, put_changed};

/// Most appointments and visits read for one page.
const LIST_COUNT: &str = "300";

/// Most free times offered at once: about three working days of one GP.
const OFFER_COUNT: usize = 60;

/// How far ahead free times are looked for at a time; a GP has fewer in it than one search returns.
const OFFER_WINDOW: SignedDuration = SignedDuration::from_hours(21 * 24);

/// How many such windows, so that a calendar with nothing free ends the search.
const OFFER_WINDOWS: usize = 4;

/// What the list page shows. Visits come from elsewhere than appointments; if they cannot be had the rest still is.
pub(super) struct Listing {
    /// Still ahead, the nearest first.
    pub coming: Vec<Appointment>,
    /// Over or called off, the latest first.
    pub past: Vec<Appointment>,
    /// Visits that answer to none of the appointments, the latest first; `None` when they could not be fetched.
    pub visits: Option<Vec<Visit>>,
    /// Ahead, and only when they begin may be known.
    pub outlined: Vec<Timestamp>,
    /// For whom each is, where a young person and their parents each see their own.
    pub audiences: Audiences,
    /// There are more than are shown.
    pub cut: bool,
}

/// For whom appointments are, by id.
pub(super) type Audiences = HashMap<ResourceId, ItemAudience>;

/// All appointments of a person that the gate lets through.
pub(super) async fn appointments(
    gate: &Gate,
    patient: &PatientId,
    now: Timestamp,
) -> Result<(Vec<Appointment>, bool), GateError> {
    let parameters =
        [("patient", patient.as_str()), ("_sort", "-date"), ("_count", LIST_COUNT), ("_include", "Appointment:actor")];
    let page = find(gate, ResourceType::APPOINTMENT, &parameters, now).await?;
    let mut names = Names::default();
    for found in &page.included {
        names.add(found.resource_type.name(), &found.id, &found.body);
    }
    let read =
        |found: &varde_store::Found| fhir::appointment(&found.body, found.version, &names).map_err(GateError::from);
    let all: Vec<Appointment> = page.matches.iter().map(read).collect::<Result<_, _>>()?;
    Ok((all.into_iter().filter(rules::is_shown).collect(), page.next.is_some()))
}

/// Loads the list page.
pub(super) async fn list(gate: &Gate, patient: &PatientId, now: Timestamp) -> Result<Listing, GateError> {
    let (all, cut) = appointments(gate, patient, now).await?;
    let visits = visits(gate, patient, now).await.ok().map(|visits| {
        let answered = |visit: &Visit| all.iter().any(|a| visit.appointment.as_ref() == Some(&a.id));
        visits.into_iter().filter(|visit| !answered(visit)).collect()
    });
    let (mut coming, past): (Vec<_>, Vec<_>) = all.into_iter().partition(|a| rules::is_coming(a, now));
    coming.sort_by_key(|a| a.start);
    let outlined = outlined(gate, patient, now).await?;
    let audiences = gate.audiences(patient, ResourceType::APPOINTMENT).await?;
    Ok(Listing { coming, past, visits, outlined, audiences, cut })
}

/// When those appointments begin of which no more may be known, the nearest first.
async fn outlined(gate: &Gate, patient: &PatientId, now: Timestamp) -> Result<Vec<Timestamp>, GateError> {
    let outlines = gate.outlines(patient, ResourceType::APPOINTMENT).await?;
    let mut starts: Vec<Timestamp> = outlines.iter().filter_map(|found| fhir::booked_start(&found.body)).collect();
    starts.retain(|start| *start > now);
    starts.sort_unstable();
    Ok(starts)
}

async fn visits(gate: &Gate, patient: &PatientId, now: Timestamp) -> Result<Vec<Visit>, GateError> {
    let parameters = [("patient", patient.as_str()), ("_sort", "-date"), ("_count", LIST_COUNT)];
    let page = find(gate, ResourceType::ENCOUNTER, &parameters, now).await?;
    page.matches.iter().filter_map(|found| fhir::visit(&found.body).map_err(GateError::from).transpose()).collect()
}

/// One appointment of this person. Another person's is not found, whoever asks: the address of a page never names a person, so
/// the person must be the one the visitor acts for now.
pub(super) async fn one(
    gate: &Gate,
    patient: &PatientId,
    id: &ResourceId,
    now: Timestamp,
) -> Result<Appointment, GateError> {
    let parameters = [("_id", id.as_str()), ("patient", patient.as_str()), ("_include", "Appointment:actor")];
    let page = find(gate, ResourceType::APPOINTMENT, &parameters, now).await?;
    let found = page.matches.first().ok_or(GateError::NotFound)?;
    let mut names = Names::default();
    for included in &page.included {
        names.add(included.resource_type.name(), &included.id, &included.body);
    }
    let appointment = fhir::appointment(&found.body, found.version, &names).map_err(GateError::from)?;
    if rules::is_shown(&appointment) { Ok(appointment) } else { Err(GateError::NotFound) }
}

/// The GP a person is listed with and the calendar to book in; `None` when there is none to book in on the net.
pub(super) async fn gp(gate: &Gate, patient: &PatientId, now: Timestamp) -> Result<Option<Gp>, GateError> {
    let person = gate.read(ResourceType::PATIENT, patient.as_resource_id()).await?;
    let practitioner = match fhir::listed_with(&person.body) {
        None => return Ok(None),
        Some(ListedWith::Practitioner(id)) => id,
        Some(ListedWith::Role(id)) => {
            let role = gate.read(ResourceType::PRACTITIONER_ROLE, &id).await?;
            match fhir::practitioner_of_role(&role.body) {
                Some(id) => id,
                None => return Ok(None),
            }
        }
    };
    let name = gate.read(ResourceType::PRACTITIONER, &practitioner).await?;
    let Some(name) = fhir::practitioner_name(&name.body) else { return Ok(None) };
    let actor = format!("Practitioner/{practitioner}");
    let page = find(gate, ResourceType::SCHEDULE, &[("actor", &actor), ("_count", "1")], now).await?;
    let Some(schedule) = page.matches.first() else { return Ok(None) };
    let place = match fhir::location_of_schedule(&schedule.body) {
        None => None,
        Some(id) => {
            let location = gate.read(ResourceType::LOCATION, &id).await?;
            fhir::place(&location.body).map(|place: Place| (id, place))
        }
    };
    Ok(Some(Gp { practitioner, name, schedule: schedule.id.clone(), place }))
}

/// Free times with the GP from `from` on, the nearest first, at most [`OFFER_COUNT`], and whether there may be more. Looks three weeks
/// ahead at a time, so that a full calendar costs no more than an empty one.
pub(super) async fn free_times(
    gate: &Gate,
    gp: &Gp,
    from: Timestamp,
    now: Timestamp,
) -> Result<(Vec<FreeSlot>, bool), GateError> {
    let schedule = format!("Schedule/{}", gp.schedule);
    let mut after = from.max(now);
    for _ in 0..OFFER_WINDOWS {
        let until = after.saturating_add(OFFER_WINDOW).map_err(|_| GateError::Fault)?;
        let (low, high) = (format!("gt{}", instant(after)), format!("le{}", instant(until)));
        let parameters =
            [("schedule", schedule.as_str()), ("status", "free"), ("start", low.as_str()), ("start", high.as_str())];
        let page = find(gate, ResourceType::SLOT, &parameters, now).await?;
        let slots = page.matches.iter().map(|found| fhir::slot(&found.body, found.version).map_err(GateError::from));
        let mut slots: Vec<FreeSlot> = slots.collect::<Result<_, _>>()?;
        if slots.is_empty() {
            after = until;
            continue;
        }
        slots.sort_by_key(|slot| slot.start);
        // Later windows may hold more; the link to them costs nothing when they do not.
        let more = slots.len() > OFFER_COUNT || until < now.saturating_add(OFFER_WINDOW * 2).unwrap_or(until);
        slots.truncate(OFFER_COUNT);
        return Ok((slots, more));
    }
    Ok((Vec::new(), false))
}

fn instant(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

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
            Self::TooLate => Category::Forbidden,
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
    let id = appointment_id(persons, &choice.form_key);
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
    let (slot, slot_body) = offered_slot(gate, &gp, &choice.slot).await?;
    let (existing, _) = appointments(gate, persons.patient, now).await?;
    rules::can_take(&slot, &existing, None, now)?;
    let resource = fhir::new_appointment(id, persons.patient, &gp, &slot, &choice.reason, now);
    let busy = fhir::slot_with_status(&slot_body, "busy").map_err(GateError::from)?;
    let happened = Happened::Booked { start: slot.start };
    let (event, message) = notices::event(id, persons, happened, Service::PrimaryAppointments, now)?;
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

/// Moves an appointment to another free time of the same GP; the old time is given back in the same transaction.
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
    open_window(&current, now)?;
    let gp = gp(gate, persons.patient, now).await?.ok_or(BookError::NoGp)?;
    let (slot, slot_body) = offered_slot(gate, &gp, &choice.slot).await?;
    let (existing, _) = appointments(gate, persons.patient, now).await?;
    rules::can_take(&slot, &existing, Some(id.as_str()), now)?;
    let stored = gate.read(ResourceType::APPOINTMENT, id).await?;
    let moved = fhir::moved(&stored.body, &slot).map_err(GateError::from)?;
    let busy = fhir::slot_with_status(&slot_body, "busy").map_err(GateError::from)?;
    let (event, message) = notices::event(id, persons, Happened::Moved { start: slot.start }, current.service, now)?;
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

/// Calls an appointment off and gives its time back. Calling off what is called off changes nothing.
pub(super) async fn cancel(
    gate: &Gate,
    persons: Persons<'_>,
    id: &ResourceId,
    now: Timestamp,
) -> Result<(), BookError> {
    let current = one(gate, persons.patient, id, now).await?;
    if current.status == super::model::Status::Cancelled {
        return Ok(());
    }
    open_window(&current, now)?;
    let stored = gate.read(ResourceType::APPOINTMENT, id).await?;
    let cancelled = fhir::cancelled(&stored.body).map_err(GateError::from)?;
    let happened = Happened::Cancelled { start: current.start.unwrap_or(now) };
    let (event, message) = notices::event(id, persons, happened, current.service, now)?;
    let mut writes = vec![put_changed(id, &cancelled, current.version, Action::Cancel)?, event];
    writes.extend(given_back(gate, &current, Action::Cancel).await?);
    let batch = Batch { writes, outbox: vec![message], ..Batch::default() };
    match gate.write(batch).await {
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

/// The slot as stored, if it belongs to the GP's calendar. A slot of another calendar is as if it were taken: nobody books with a
/// GP they are not listed with by changing a number on a form.
async fn offered_slot(gate: &Gate, gp: &Gp, id: &ResourceId) -> Result<(FreeSlot, bytes::Bytes), BookError> {
    let stored = match gate.read(ResourceType::SLOT, id).await {
        Ok(stored) => stored,
        Err(GateError::NotFound | GateError::Gone { .. }) => return Err(BookError::Taken),
        Err(error) => return Err(error.into()),
    };
    let slot = fhir::slot(&stored.body, stored.version).map_err(GateError::from)?;
    if slot.schedule == gp.schedule { Ok((slot, stored.body)) } else { Err(BookError::Taken) }
}

/// The write that gives an appointment's time back, when it has one that is still there and busy.
async fn given_back(
    gate: &Gate,
    appointment: &Appointment,
    action: Action,
) -> Result<Option<varde_store::Write>, GateError> {
    let Some(id) = &appointment.slot else { return Ok(None) };
    let stored = match gate.read(ResourceType::SLOT, id).await {
        Ok(stored) => stored,
        Err(GateError::NotFound | GateError::Gone { .. }) => return Ok(None),
        Err(error) => return Err(error),
    };
    let free = fhir::slot_with_status(&stored.body, "free").map_err(GateError::from)?;
    put_changed(id, &free, stored.version, action).map(Some)
}

/// The appointment's id follows from the form, so that the same form can never make two.
fn appointment_id(persons: Persons<'_>, form_key: &str) -> ResourceId {
    let name = format!("{}/{}/{form_key}", persons.by, persons.patient);
    let uuid = uuid::Uuid::new_v5(&uuid::Uuid::NAMESPACE_OID, name.as_bytes());
    uuid.hyphenated().to_string().parse().unwrap_or_else(|_| ResourceId::new_v7())
}

fn key(persons: Persons<'_>, form_key: &str, slot: &ResourceId) -> IdempotencyKey {
    IdempotencyKey {
        scope: format!("portal/{}", persons.by),
        key: form_key.to_owned(),
        fingerprint: slot
            .as_str()
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)),
    }
}
