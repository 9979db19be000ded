//! What the pages and actions read, through the gate.

use std::collections::{HashMap, HashSet};

use jiff::{SignedDuration, Timestamp};
use varde_base::{PatientId, ResourceId};
use varde_fhir::ResourceType;
use varde_store::{Gate, GateError, ItemAudience, Page};

use super::fhir::{self, ListedWith, Names};
use super::model::{Appointment, FreeSlot, Gp, Place, Visit, Wish};
use super::rules;
use crate::shared::find;

/// Most appointments and visits read for one page.
const LIST_COUNT: &str = "300";

/// Most open ones read for the front page.
const OPEN_COUNT: &str = "100";

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
    /// Wishes for an earlier time than one of them.
    pub wishes: Vec<Wish>,
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

/// What a person has that the gate lets through.
pub(super) struct Everything {
    /// Appointments, the latest first.
    pub appointments: Vec<Appointment>,
    /// Wishes for an earlier time that are in the queue or have an offer.
    pub wishes: Vec<Wish>,
    /// There are more than were read.
    pub cut: bool,
}

/// All appointments and wishes of a person that the gate lets through.
pub(super) async fn everything(gate: &Gate, patient: &PatientId, now: Timestamp) -> Result<Everything, GateError> {
    read(gate, patient, &[("_count", LIST_COUNT)], now).await
}

/// As [`everything`], without those that are over or called off: all that the front page asks for, however long somebody has been a patient.
pub(super) async fn open(gate: &Gate, patient: &PatientId, now: Timestamp) -> Result<Everything, GateError> {
    // What has a status that nobody knows is not left out in silence.
    let is_open = ("status:not", "fulfilled,cancelled,noshow,entered-in-error");
    read(gate, patient, &[is_open, ("_count", OPEN_COUNT)], now).await
}

async fn read(
    gate: &Gate,
    patient: &PatientId,
    more: &[(&str, &str)],
    now: Timestamp,
) -> Result<Everything, GateError> {
    let mut parameters = vec![("patient", patient.as_str()), ("_sort", "-date"), ("_include", "Appointment:actor")];
    parameters.extend(more);
    let mut page = find(gate, ResourceType::APPOINTMENT, &parameters, now).await?;
    if page.next.is_some() {
        add_nearest(gate, patient, more, &mut page, now).await?;
    }
    let mut names = Names::default();
    for found in &page.included {
        names.add(found.resource_type.name(), &found.id, &found.body);
    }
    let (mut appointments, mut wishes) = (Vec::new(), Vec::new());
    for found in &page.matches {
        match fhir::wish(&found.body, found.version).map_err(GateError::from)? {
            Some(wish) => wishes.push(wish),
            None => {
                appointments.push(fhir::appointment(&found.body, found.version, &names).map_err(GateError::from)?);
            }
        }
    }
    appointments.retain(rules::is_shown);
    wishes.retain(|wish| wish.is_open);
    Ok(Everything { appointments, wishes, cut: page.next.is_some() })
}

/// Adds the nearest to a page that has no room for all that is ahead: who is visited at home twice a day has hundreds, and what is left out must not
/// be tomorrow's. So too the wishes, of which some have no date.
async fn add_nearest(
    gate: &Gate,
    patient: &PatientId,
    more: &[(&str, &str)],
    page: &mut Page,
    now: Timestamp,
) -> Result<(), GateError> {
    let since = format!("ge{}", fhir::instant(now.saturating_sub(SignedDuration::from_hours(24)).unwrap_or(now)));
    for (name, value) in [("date", since.as_str()), ("date:missing", "true")] {
        let mut parameters =
            vec![("patient", patient.as_str()), (name, value), ("_sort", "date"), ("_include", "Appointment:actor")];
        parameters.extend(more);
        let nearest = find(gate, ResourceType::APPOINTMENT, &parameters, now).await?;
        let known: HashSet<ResourceId> = page.matches.iter().map(|found| found.id.clone()).collect();
        page.matches.extend(nearest.matches.into_iter().filter(|found| !known.contains(&found.id)));
        page.included.extend(nearest.included);
    }
    Ok(())
}

/// All appointments of a person that the gate lets through.
pub(super) async fn appointments(
    gate: &Gate,
    patient: &PatientId,
    now: Timestamp,
) -> Result<Vec<Appointment>, GateError> {
    Ok(everything(gate, patient, now).await?.appointments)
}

/// Loads the list page.
pub(super) async fn list(gate: &Gate, patient: &PatientId, now: Timestamp) -> Result<Listing, GateError> {
    let Everything { appointments: all, wishes, cut } = everything(gate, patient, now).await?;
    let visits = visits(gate, patient, now).await.ok().map(|visits| {
        let answered = |visit: &Visit| all.iter().any(|a| visit.appointment.as_ref() == Some(&a.id));
        visits.into_iter().filter(|visit| !answered(visit)).collect()
    });
    let (mut coming, past): (Vec<_>, Vec<_>) = all.into_iter().partition(|a| rules::is_coming(a, now));
    coming.sort_by_key(|a| a.start);
    let outlined = outlined(gate, patient, now).await?;
    let audiences = gate.audiences(patient, ResourceType::APPOINTMENT).await?;
    Ok(Listing { coming, past, wishes, visits, outlined, audiences, cut })
}

/// When those appointments begin of which no more may be known, the nearest first.
pub(super) async fn outlined(gate: &Gate, patient: &PatientId, now: Timestamp) -> Result<Vec<Timestamp>, GateError> {
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
    // A wish is answered on the page of the appointment it is about, and has none of its own.
    if fhir::wish(&found.body, found.version).map_err(GateError::from)?.is_some() {
        return Err(GateError::NotFound);
    }
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

/// The calendar an appointment has its time in; `None` for one whose time is of no calendar here, which its clinic alone can move.
pub(super) async fn calendar_of(gate: &Gate, appointment: &Appointment) -> Result<Option<ResourceId>, GateError> {
    let Some(slot) = &appointment.slot else { return Ok(None) };
    match gate.read(ResourceType::SLOT, slot).await {
        Ok(found) => Ok(Some(fhir::slot(&found.body, found.version).map_err(GateError::from)?.schedule)),
        Err(GateError::NotFound | GateError::Gone { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Free times of a calendar from `from` on, the nearest first, at most [`OFFER_COUNT`], and whether there may be more. Looks three weeks
/// ahead at a time, so that a full calendar costs no more than an empty one.
pub(super) async fn free_times(
    gate: &Gate,
    schedule: &ResourceId,
    from: Timestamp,
    now: Timestamp,
) -> Result<(Vec<FreeSlot>, bool), GateError> {
    let schedule = format!("Schedule/{schedule}");
    let mut after = from.max(now);
    for _ in 0..OFFER_WINDOWS {
        let until = after.saturating_add(OFFER_WINDOW).map_err(|_| GateError::Fault)?;
        let (low, high) = (format!("gt{}", fhir::instant(after)), format!("le{}", fhir::instant(until)));
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
