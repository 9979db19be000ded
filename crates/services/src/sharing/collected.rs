//! That medicines were collected by somebody with a proxy for one time: it is used up. A pharmacy says who collected in the
//! `receiver` of what it dispenses; that becomes work for the worker in the same transaction.

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan as _};
use serde::{Deserialize, Serialize};
use varde_base::{NATIONAL_ID_SYSTEM, NationalId, PatientId, ResourceId, date_in_norway};
use varde_fhir::ResourceType;
use varde_rights::{Action, Labels, Service};
use varde_store::{Batch, Gate, GateError, OutboxMessage, Store};

use super::model::Given;
use super::notices::{self, Happened};
use super::{actions, fhir, rules};
use crate::shared::json::{IdentifierJson, id_in};
use crate::shared::{Unreadable, find, platform_of, put_changed};

/// Kind of the work that ends what is used up.
const DUE: &str = "sharing-collected-due";

/// Most receivers of one dispensing that are looked at; there is one.
const MAX_RECEIVERS: usize = 5;

/// How long ago medicines may have been handed over and still use a proxy up: history that a system loads says nothing of today.
const NEWS_DAYS: i32 = 30;

/// The dispensing that work is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Work {
    patient: String,
    id: String,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct ReceiverJson {
    reference: Option<String>,
    identifier: IdentifierJson,
}

/// A MedicationDispense, as far as it says who collected (R4 10.7, `receiver`).
#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct DispenseJson {
    status: String,
    receiver: Vec<ReceiverJson>,
    when_handed_over: Option<String>,
}

/// Who collected.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Collector {
    Patient(PatientId),
    Number(NationalId),
}

/// Those named as collectors of what was handed over, and the day when it is known.
fn collected(body: &[u8]) -> Result<(Vec<Collector>, Option<Date>), Unreadable> {
    let dispense: DispenseJson = serde_json::from_slice(body).map_err(|_| Unreadable("MedicationDispense"))?;
    if dispense.status != "completed" {
        return Ok((Vec::new(), None));
    }
    let collector = |receiver: ReceiverJson| {
        let patient = receiver.reference.and_then(|reference| id_in(&reference, "Patient")).map(PatientId::new);
        let number = Some(receiver.identifier).filter(|number| number.system.as_deref() == Some(NATIONAL_ID_SYSTEM));
        let number = || number.and_then(|number| number.value?.parse().ok()).map(Collector::Number);
        patient.map(Collector::Patient).or_else(number)
    };
    let collectors = dispense.receiver.into_iter().take(MAX_RECEIVERS).filter_map(collector).collect();
    Ok((collectors, fhir::day(dispense.when_handed_over.as_deref()).unwrap_or_default()))
}

/// The work that follows when a program writes a MedicationDispense; `None` when it names nobody but the person as the one who collected, or said the
/// same `before`: what is sent again uses up no proxy that was given since.
pub(crate) fn heard(id: &ResourceId, labels: &Labels, before: Option<&[u8]>, after: &[u8]) -> Option<OutboxMessage> {
    let patient = labels.patient.as_ref().filter(|_| labels.service == Service::Medicines)?;
    let (collectors, day) = collected(after).ok()?;
    if before.and_then(|before| collected(before).ok()).is_some_and(|said| said == (collectors.clone(), day)) {
        return None;
    }
    let another = |its: &Collector| !matches!(its, Collector::Patient(collector) if collector == patient);
    let payload = serde_json::to_string(&Work { patient: patient.to_string(), id: id.to_string() }).ok()?;
    let work = OutboxMessage { kind: DUE.to_owned(), subject: Some(patient.clone()), payload, not_before: None };
    collectors.iter().any(another).then_some(work)
}

/// Whether a message of this kind is work for [`work`].
pub(crate) fn is_work(kind: &str) -> bool {
    kind == DUE
}

/// Ends what is used up, and tells who gave it. It bears being done twice: then nothing is left to end.
///
/// # Errors
/// Those of the store, and [`GateError::Conflict`] when somebody was quicker; then it is to be tried again.
pub(crate) async fn work(store: &Store, payload: &str, now: Timestamp) -> Result<(), GateError> {
    let work: Work = serde_json::from_str(payload).map_err(|_| GateError::Fault)?;
    let giver: PatientId = work.patient.parse().map_err(|_| GateError::Fault)?;
    let id: ResourceId = work.id.parse().map_err(|_| GateError::Fault)?;
    let platform = platform_of(store, Some(&giver), "sharing.collected");
    let dispense = match platform.read(ResourceType::MEDICATION_DISPENSE, &id).await {
        Ok(found) => found,
        // It was taken back before anybody looked.
        Err(GateError::NotFound | GateError::Gone { .. }) => return Ok(()),
        Err(error) => return Err(error),
    };
    let (collectors, day) = collected(&dispense.body)?;
    let today = date_in_norway(now);
    let day = day.unwrap_or(today);
    if day < today.saturating_sub(NEWS_DAYS.days()) {
        return Ok(());
    }
    let given = actions::given(&platform, &giver, now).await?;
    for collector in collectors {
        let Some(collector) = patient_of(&platform, collector, now).await? else { continue };
        for given in &given {
            if rules::is_used_up(given, &collector, day) {
                end(&platform, given, now).await?;
            }
        }
    }
    Ok(())
}

async fn patient_of(platform: &Gate, collector: Collector, now: Timestamp) -> Result<Option<PatientId>, GateError> {
    let number = match collector {
        Collector::Patient(patient) => return Ok(Some(patient)),
        Collector::Number(number) => format!("{NATIONAL_ID_SYSTEM}|{}", number.as_str()),
    };
    let page = find(platform, ResourceType::PATIENT, &[("identifier", &number), ("_count", "1")], now).await?;
    Ok(page.matches.first().map(|found| fhir::person(&found.body)).transpose()?.map(|person| person.patient))
}

async fn end(platform: &Gate, given: &Given, now: Timestamp) -> Result<(), GateError> {
    let stored = platform.read(ResourceType::CONSENT, &given.id).await?;
    let body = fhir::used_up(&stored.body)?;
    let batch = Batch {
        writes: vec![
            put_changed(&given.id, &body, given.version, Action::Change)?,
            notices::event(&given.giver, Happened::Collected, now)?,
        ],
        outbox: vec![notices::message(&given.giver, Happened::Collected)?],
        ..Batch::default()
    };
    platform.write(batch).await.map(drop)
}
