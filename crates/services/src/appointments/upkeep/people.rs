//! Whom to tell: people may have lost the right since they asked, so it is decided anew, as if they asked now.

use std::collections::BTreeSet;

use jiff::Timestamp;
use varde_base::{
    Actor, AssuranceLevel, CitizenActor, NATIONAL_ID_SYSTEM, NationalId, PatientId, Purpose, date_in_norway,
};
use varde_fhir::json::Limits;
use varde_fhir::view::PatientView;
use varde_fhir::{Parsed, ResourceType};
use varde_rights::Action;
use varde_store::{Access, Gate, GateError, Store};

use super::super::fhir;
use super::offers::there;
use super::platform;
use crate::shared::find;

const INTERACTION: &str = "appointments.recipients";

/// Most people around one person who are looked at.
const MAX_RELATED: &str = "50";

/// Below this age the parents are told too (pasient- og brukerrettighetsloven § 4-3).
const OF_AGE_YEARS: i16 = 16;

/// Somebody as they are when they sign in at the high level; `None` for one who is not there, is dead, or has no number.
pub(super) async fn citizen(gate: &Gate, patient: &PatientId) -> Result<Option<CitizenActor>, GateError> {
    let Some(found) = there(gate.read(ResourceType::PATIENT, patient.as_resource_id()).await)? else { return Ok(None) };
    Ok(as_citizen(patient.clone(), &found.body))
}

fn as_citizen(patient: PatientId, body: &[u8]) -> Option<CitizenActor> {
    let parsed = Parsed::parse_stored(body, &Limits::default()).ok()?;
    let view = PatientView::new(&parsed).filter(|view| !view.is_deceased())?;
    let name = view.shown_name().map(|name| name.full()).unwrap_or_default().into();
    Some(CitizenActor { patient, national_id: view.national_id()?, name, level: AssuranceLevel::High })
}

/// Whether `who` may do this with an appointment of `patient`'s, given as it is stored.
pub(super) async fn may(
    store: &Store,
    who: &PatientId,
    patient: &PatientId,
    body: &[u8],
    action: Action,
) -> Result<bool, GateError> {
    match citizen(&platform(store, INTERACTION), who).await? {
        Some(citizen) => decided(store, citizen, patient, body, action).await,
        None => Ok(false),
    }
}

async fn decided(
    store: &Store,
    citizen: CitizenActor,
    patient: &PatientId,
    body: &[u8],
    action: Action,
) -> Result<bool, GateError> {
    let acting_for = (citizen.patient != *patient).then(|| patient.clone());
    let (actor, purpose) = (Actor::Citizen(citizen), Purpose::PatientRequest);
    let gate = store.as_actor(&Access { actor, purpose, acting_for, interaction: INTERACTION });
    let labels = fhir::labels(body, patient);
    Ok(gate.decide(Some(patient), labels.service, action, labels.item()).await?.allowed())
}

/// Who is reminded of an appointment: the person, and below sixteen those the register names beside them, each as far as they may see it.
pub(super) async fn to_remind(
    store: &Store,
    patient: &PatientId,
    body: &[u8],
    now: Timestamp,
) -> Result<Vec<PatientId>, GateError> {
    let gate = platform(store, INTERACTION);
    let Some(found) = there(gate.read(ResourceType::PATIENT, patient.as_resource_id()).await)? else {
        return Ok(Vec::new());
    };
    let mut people: Vec<CitizenActor> = as_citizen(patient.clone(), &found.body).into_iter().collect();
    // Of one who is dead nobody is reminded.
    if people.is_empty() {
        return Ok(Vec::new());
    }
    if is_child(&found.body, now) {
        people.extend(beside(&gate, patient, now).await?);
    }
    let mut told = Vec::new();
    for citizen in people {
        let who = citizen.patient.clone();
        if decided(store, citizen, patient, body, Action::View).await? {
            told.push(who);
        }
    }
    Ok(told)
}

fn is_child(body: &[u8], now: Timestamp) -> bool {
    let Ok(parsed) = Parsed::parse_stored(body, &Limits::default()) else { return false };
    let born = PatientView::new(&parsed).and_then(PatientView::birth_day);
    let of_age = born.and_then(|born| born.checked_add(jiff::Span::new().years(OF_AGE_YEARS)).ok());
    of_age.is_some_and(|day| date_in_norway(now) < day)
}

/// Those whom a RelatedPerson of the patient names by number, who have a Patient of their own.
async fn beside(gate: &Gate, patient: &PatientId, now: Timestamp) -> Result<Vec<CitizenActor>, GateError> {
    let parameters = [("patient", patient.as_str()), ("_count", MAX_RELATED)];
    let related = find(gate, ResourceType::RELATED_PERSON, &parameters, now).await?;
    let numbers: BTreeSet<String> = related.matches.iter().filter_map(|found| number_of(&found.body)).collect();
    let mut out = Vec::with_capacity(numbers.len());
    for number in numbers {
        let identifier = format!("{NATIONAL_ID_SYSTEM}|{number}");
        let page = find(gate, ResourceType::PATIENT, &[("identifier", &identifier), ("_count", "2")], now).await?;
        // Two people with one number is a mistake in the register; nobody is told by it.
        if let [found] = &page.matches[..] {
            out.extend(as_citizen(PatientId::new(found.id.clone()), &found.body));
        }
    }
    Ok(out)
}

fn number_of(body: &[u8]) -> Option<String> {
    let body: serde_json::Value = serde_json::from_slice(body).ok()?;
    let numbers = body.get("identifier")?.as_array()?.iter();
    let mut ours = numbers.filter(|its| its.get("system").is_some_and(|system| system == NATIONAL_ID_SYSTEM));
    let number: NationalId = ours.find_map(|its| its.get("value")?.as_str()?.parse().ok())?;
    Some(number.as_str().to_owned())
}
