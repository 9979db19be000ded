//! Load, decide by the rules, save: one function an action, one error enum an action.

use std::collections::HashMap;

use futures_util::future;
use jiff::Timestamp;
use serde_json::Value;
use varde_base::{Category, PatientId, ResourceId, date_in_norway};
use varde_fhir::ResourceType;
use varde_rights::Action;
use varde_store::{Batch, Found, Gate, GateError, ItemAudience};

use super::fhir::{self, Ask, Listed};
use super::model::{Dispensing, Interaction, Medicine, Office, Prescription, Renewal, RenewalState};
use super::notices;
use super::rules::{self, Around, NotRenewable};
use crate::shared::json::organization_name as organization_name_in;
use crate::shared::{ListedWith, Unreadable, derived_id, find, put, put_changed, working_days_after};

/// Most prescriptions and medicines read for one page.
const LIST_COUNT: &str = "300";

/// Most dispensings read for one page: some years of many medicines.
const DISPENSING_COUNT: &str = "500";

/// Most renewals read for one page.
const RENEWAL_COUNT: &str = "100";

/// Most prescriptions that are not over, and most renewals, that are read for the front page.
const FRONT_COUNT: &str = "50";
const FRONT_RENEWALS: &str = "20";

/// What the pages show of a person's prescriptions.
pub(super) struct Overview {
    /// The newest first.
    pub prescriptions: Vec<Prescription>,
    /// The latest first.
    pub dispensings: Vec<Dispensing>,
    /// The newest first.
    pub renewals: Vec<Renewal>,
    /// For whom each prescription is, where a young person and their parents each see their own.
    pub audiences: HashMap<ResourceId, ItemAudience>,
    /// There are more than were read.
    pub cut: bool,
}

impl Overview {
    /// What the rules look at.
    pub(super) fn around(&self) -> Around<'_> {
        Around { prescriptions: &self.prescriptions, dispensings: &self.dispensings, renewals: &self.renewals }
    }

    /// One of the prescriptions.
    pub(super) fn prescription(&self, id: &ResourceId) -> Option<&Prescription> {
        self.prescriptions.iter().find(|prescription| prescription.id == *id)
    }
}

fn read<T>(found: &[Found], one: impl Fn(&Found) -> Result<Option<T>, Unreadable>) -> Result<Vec<T>, GateError> {
    found.iter().filter_map(|found| one(found).map_err(GateError::from).transpose()).collect()
}

/// Loads what a person has of prescriptions, as far as the gate lets it through. `is_own` is false for those who act for the person: they
/// are not shown what was given out on a prescription that they may not see.
pub(super) async fn overview(
    gate: &Gate,
    patient: &PatientId,
    is_own: bool,
    now: Timestamp,
) -> Result<Overview, GateError> {
    let parameters = [("patient", patient.as_str()), ("_sort", "-authoredon"), ("_count", LIST_COUNT)];
    let handed = [("patient", patient.as_str()), ("_sort", "-whenhandedover"), ("_count", DISPENSING_COUNT)];
    let (page, given, renewals, audiences) = future::try_join4(
        find(gate, ResourceType::MEDICATION_REQUEST, &parameters, now),
        find(gate, ResourceType::MEDICATION_DISPENSE, &handed, now),
        renewals(gate, patient, RENEWAL_COUNT, now),
        gate.audiences(patient, ResourceType::MEDICATION_REQUEST),
    )
    .await?;
    let prescriptions = read(&page.matches, |found| fhir::prescription(&found.body))?;
    let mut dispensings = read(&given.matches, |found| fhir::dispensing(&found.body))?;
    if !is_own {
        let is_seen = |id: &ResourceId| page.matches.iter().any(|found| found.id == *id);
        dispensings.retain(|its| its.prescription.as_ref().is_none_or(is_seen));
    }
    let cut = page.next.is_some() || given.next.is_some();
    Ok(Overview { prescriptions, dispensings, renewals, audiences, cut })
}

async fn renewals(gate: &Gate, patient: &PatientId, count: &str, now: Timestamp) -> Result<Vec<Renewal>, GateError> {
    let parameters =
        [("patient", patient.as_str()), ("code", fhir::RENEW_TOKEN), ("_sort", "-authored-on"), ("_count", count)];
    let tasks = find(gate, ResourceType::TASK, &parameters, now).await?;
    read(&tasks.matches, |found| fhir::renewal(&found.body, found.version))
}

/// As [`overview`], with what the front page tells of alone: prescriptions that are not over, what has been collected on those that may be due,
/// and the newest renewals with their prescriptions. It reads as much of one who has been ill for twenty years as of anybody.
pub(super) async fn front(gate: &Gate, patient: &PatientId, now: Timestamp) -> Result<Overview, GateError> {
    let whose = ("patient", patient.as_str());
    let open = [whose, ("status", "active,on-hold"), ("_sort", "-authoredon"), ("_count", FRONT_COUNT)];
    let (page, renewals) = future::try_join(
        find(gate, ResourceType::MEDICATION_REQUEST, &open, now),
        renewals(gate, patient, FRONT_RENEWALS, now),
    )
    .await?;
    let mut prescriptions = read(&page.matches, |found| fhir::prescription(&found.body))?;
    let today = date_in_norway(now);
    let is_known = |id: &ResourceId| prescriptions.iter().any(|one| one.id == *id);
    let named = renewals.iter().filter(|its| rules::is_shown(its, today) && !is_known(&its.prescription));
    let named = named.map(|its| its.prescription.as_str()).collect::<Vec<_>>().join(",");
    // What cannot be used any more is not due, however much of it has been collected.
    let usable = prescriptions.iter().filter(|one| rules::last_day(one).is_none_or(|last| today <= last));
    let usable = usable.map(|one| one.id.as_str()).collect::<Vec<_>>().join(",");
    let by_id = |kind: ResourceType, parameter: &'static str, ids: String| async move {
        let parameters = [whose, (parameter, ids.as_str()), ("_count", DISPENSING_COUNT)];
        Ok::<_, GateError>(if ids.is_empty() { Vec::new() } else { find(gate, kind, &parameters, now).await?.matches })
    };
    let (others, given) = future::try_join(
        by_id(ResourceType::MEDICATION_REQUEST, "_id", named),
        by_id(ResourceType::MEDICATION_DISPENSE, "prescription", usable),
    )
    .await?;
    prescriptions.extend(read(&others, |found| fhir::prescription(&found.body))?);
    let dispensings = read(&given, |found| fhir::dispensing(&found.body))?;
    Ok(Overview { prescriptions, dispensings, renewals, audiences: HashMap::new(), cut: false })
}

/// The list of medicines as it has been gone through with the person.
pub(super) async fn stated(gate: &Gate, patient: &PatientId, now: Timestamp) -> Result<Vec<Medicine>, GateError> {
    let parameters = [("patient", patient.as_str()), ("_count", LIST_COUNT)];
    let page = find(gate, ResourceType::MEDICATION_STATEMENT, &parameters, now).await?;
    read(&page.matches, |found| fhir::medicine(&found.body))
}

/// What sources say of medicines that affect each other.
pub(super) async fn interactions(
    gate: &Gate,
    patient: &PatientId,
    now: Timestamp,
) -> Result<Vec<Interaction>, GateError> {
    let parameters = [("patient", patient.as_str()), ("_count", RENEWAL_COUNT)];
    let page = find(gate, ResourceType::DETECTED_ISSUE, &parameters, now).await?;
    read(&page.matches, |found| fhir::interaction(&found.body))
}

/// Who is asked to renew: the practice the person is listed with, else whoever wrote the prescription.
pub(super) async fn office(
    gate: &Gate,
    patient: &PatientId,
    prescription: &Prescription,
    now: Timestamp,
) -> Result<Option<Office>, GateError> {
    let person = gate.read(ResourceType::PATIENT, patient.as_resource_id()).await?;
    let prescriber = || {
        let id = prescription.prescriber_id.clone()?;
        Some(Listed::Doctor(ListedWith::Practitioner(id, prescription.prescriber.clone())))
    };
    let Some(listed) = fhir::general_practitioner(&person.body).or_else(prescriber) else { return Ok(None) };
    let (role, doctor) = match listed {
        Listed::Organization(office) => return Ok(Some(office)),
        Listed::Doctor(ListedWith::Role(id)) => (there(gate.read(ResourceType::PRACTITIONER_ROLE, &id).await)?, None),
        Listed::Doctor(ListedWith::Practitioner(id, name)) => {
            let parameters = [("practitioner", id.as_str()), ("_count", "1")];
            let mut page = find(gate, ResourceType::PRACTITIONER_ROLE, &parameters, now).await?;
            (page.matches.pop(), Some((id, name.unwrap_or_default())))
        }
    };
    if let Some((id, name)) = role.and_then(|role| fhir::organization_of_role(&role.body)) {
        let name = match name {
            Some(name) => name,
            None => organization_name(gate, &id).await?,
        };
        return Ok(Some(Office { reference: format!("Organization/{id}"), name }));
    }
    Ok(doctor.map(|(id, name)| Office { reference: format!("Practitioner/{id}"), name }))
}

async fn organization_name(gate: &Gate, id: &ResourceId) -> Result<String, GateError> {
    let found = there(gate.read(ResourceType::ORGANIZATION, id).await)?;
    Ok(found.and_then(|found| organization_name_in(&found.body)).unwrap_or_default())
}

/// What a source names may not be here.
fn there(read: Result<Found, GateError>) -> Result<Option<Found>, GateError> {
    match read {
        Ok(found) => Ok(Some(found)),
        Err(GateError::NotFound | GateError::Gone { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

/// What was chosen on the form.
#[derive(Debug, Clone)]
pub(super) struct Choice {
    /// The prescriptions.
    pub prescriptions: Vec<ResourceId>,
    /// To the doctor; checked by [`rules::message`].
    pub message: String,
    /// The form's own key: what was sent together is marked by it.
    pub form_key: String,
}

/// Why nothing was asked for.
#[derive(Debug, thiserror::Error)]
pub(super) enum RenewError {
    /// One of them cannot be renewed from here.
    #[error("a prescription cannot be renewed here")]
    NotRenewable(Box<Prescription>, NotRenewable),
    /// Nobody is known to ask.
    #[error("nobody to ask")]
    NoOffice,
    /// The store.
    #[error(transparent)]
    Store(#[from] GateError),
}

/// The person a renewal is for and the one who asks.
#[derive(Debug, Clone, Copy)]
pub(super) struct Persons<'a> {
    /// Whose prescriptions they are.
    pub patient: &'a PatientId,
    /// Who presses the button and is told.
    pub by: &'a PatientId,
}

impl Persons<'_> {
    fn is_own(&self) -> bool {
        self.patient == self.by
    }
}

/// Asks for a renewal of each chosen prescription, all or nothing. What is asked for already is not asked for again, and counts as done:
/// pressing twice, or in two windows, asks once.
pub(super) async fn renew(
    gate: &Gate,
    persons: Persons<'_>,
    choice: &Choice,
    now: Timestamp,
) -> Result<(), RenewError> {
    match renew_once(gate, persons, choice, now).await {
        // Somebody was quicker with one of them, perhaps the same form: look again at what is still to be asked for.
        Err(RenewError::Store(error)) if error.category() == Category::Conflict => {
            renew_once(gate, persons, choice, now).await
        }
        other => other,
    }
}

async fn renew_once(gate: &Gate, persons: Persons<'_>, choice: &Choice, now: Timestamp) -> Result<(), RenewError> {
    let today = date_in_norway(now);
    let overview = overview(gate, persons.patient, persons.is_own(), now).await?;
    let due = working_days_after(today, rules::ANSWER_WORKING_DAYS);
    let mut batch = Batch::default();
    for id in &choice.prescriptions {
        let prescription = overview.prescription(id).ok_or(GateError::NotFound)?;
        match rules::may_renew(prescription, overview.around(), today) {
            Ok(()) => {}
            Err(NotRenewable::Underway) => continue,
            Err(why) => return Err(RenewError::NotRenewable(Box::new(prescription.clone()), why)),
        }
        let office = office(gate, persons.patient, prescription, now).await?.ok_or(RenewError::NoOffice)?;
        let task = task_id(persons.patient, id, &overview.renewals);
        let ask = Ask {
            prescription,
            patient: persons.patient,
            by: persons.by,
            office: &office,
            message: &choice.message,
            group: &choice.form_key,
            due,
        };
        batch.writes.push(put(&task, &fhir::new_task(&task, &ask, now), Action::Renew)?);
        let told = ResourceId::new_v7();
        let event = notices::event(&told, id, persons.patient, &prescription.security, RenewalState::Sent, now)?;
        batch.writes.push(event);
    }
    if !batch.writes.is_empty() {
        batch.outbox.push(notices::message(persons.by, RenewalState::Sent)?);
        gate.write(batch).await?;
    }
    Ok(())
}

/// The id follows from the prescription and how often it was asked for before, so that two forms can never make two of the same.
pub(super) fn task_id(patient: &PatientId, prescription: &ResourceId, before: &[Renewal]) -> ResourceId {
    let count = before.iter().filter(|renewal| renewal.prescription == *prescription).count();
    derived_id(&format!("medicines/renew/{patient}/{prescription}/{count}"))
}

/// Takes the latest renewal of a prescription back. The answer is whether it was taken back; when somebody has begun to look at it, it
/// goes on.
pub(super) async fn withdraw(
    gate: &Gate,
    persons: Persons<'_>,
    id: &ResourceId,
    now: Timestamp,
) -> Result<bool, GateError> {
    let overview = overview(gate, persons.patient, persons.is_own(), now).await?;
    let prescription = overview.prescription(id).ok_or(GateError::NotFound)?;
    let renewal = overview.around().renewal(id).ok_or(GateError::NotFound)?;
    if !rules::may_withdraw(renewal) {
        return Ok(renewal.state == RenewalState::Withdrawn);
    }
    let stored = gate.read(ResourceType::TASK, &renewal.id).await?;
    let body = fhir::withdrawn(&stored.body, now)?;
    let security: &[Value] = &prescription.security;
    let writes = vec![
        put_changed(&renewal.id, &body, renewal.version, Action::Renew)?,
        notices::event(&ResourceId::new_v7(), id, persons.patient, security, RenewalState::Withdrawn, now)?,
    ];
    let outbox = vec![notices::message(persons.by, RenewalState::Withdrawn)?];
    match gate.write(Batch { writes, outbox, ..Batch::default() }).await {
        Ok(_) => Ok(true),
        Err(GateError::Conflict { .. }) => Ok(false),
        Err(error) => Err(error),
    }
}
