//! Load through the gate and put together: one function a page.

use jiff::Timestamp;
use serde_json::{Value, json};
use varde_base::{PatientId, ResourceId, date_in_norway};
use varde_fhir::{ResourceType, compartment_patient};
use varde_store::{Gate, GateError};

use super::card::{CardError, HealthCards, numeric};
use super::model::{Advice, Disease, Dose, Person, State};
use super::{fhir, programme, rules};
use crate::shared::find;

/// Most vaccinations read for one page.
const LIST_COUNT: &str = "300";

/// What the pages show of a person's vaccines.
pub(super) struct Listing {
    /// The newest first; what should never have been registered is left out.
    pub doses: Vec<Dose>,
    /// When the person was born, where `advice` could be given.
    pub born: Option<jiff::civil::Date>,
    /// What is offered; `None` when it cannot be said, since the birth date is not known here.
    pub advice: Option<Vec<Advice>>,
    /// The first that comes, however far ahead.
    pub next: Option<Advice>,
    /// How many doses against each disease, and the last.
    pub protection: Vec<(Disease, usize, Option<jiff::civil::Date>)>,
    /// There are more than were read.
    pub is_cut: bool,
}

/// All vaccinations of a person that the gate lets through, the newest first.
async fn doses(gate: &Gate, patient: &PatientId, now: Timestamp) -> Result<(Vec<Dose>, bool), GateError> {
    let parameters = [("patient", patient.as_str()), ("_sort", "-date"), ("_count", LIST_COUNT)];
    let page = find(gate, ResourceType::IMMUNIZATION, &parameters, now).await?;
    let mut doses = Vec::with_capacity(page.matches.len());
    for found in &page.matches {
        doses.push(fhir::dose(&found.body)?);
    }
    doses.retain(|dose| dose.state != State::Withdrawn);
    Ok((doses, page.next.is_some()))
}

/// The person, as far as the one who asks may see them.
async fn person(gate: &Gate, patient: &PatientId) -> Result<Option<Person>, GateError> {
    match gate.read(ResourceType::PATIENT, patient.as_resource_id()).await {
        Ok(found) => Ok(fhir::person(&found.body)?),
        Err(GateError::NotFound | GateError::Gone { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Loads the list.
pub(super) async fn list(gate: &Gate, patient: &PatientId, now: Timestamp) -> Result<Listing, GateError> {
    let (doses, is_cut) = doses(gate, patient, now).await?;
    let person = person(gate, patient).await?;
    let today = date_in_norway(now);
    // Of somebody whose vaccinations were not all read nothing is said to be missing.
    let person = person.filter(|_| !is_cut);
    let advice = person.as_ref().map(|person| rules::advice(person, &doses, programme::lines(), today));
    let next = person.as_ref().and_then(|person| rules::next(person, &doses, programme::lines(), today));
    let protection = rules::protection(&doses);
    Ok(Listing { doses, born: person.map(|person| person.born), advice, next, protection, is_cut })
}

/// One vaccination of `patient`; any other does not exist, whatever its address.
pub(super) async fn one(gate: &Gate, patient: &PatientId, id: &ResourceId) -> Result<Dose, GateError> {
    let found = gate.read(ResourceType::IMMUNIZATION, id).await?;
    let limits = varde_fhir::json::Limits::default();
    let parsed = varde_fhir::Parsed::parse_stored(&found.body, &limits).map_err(|_| GateError::Fault)?;
    if compartment_patient(&parsed).as_ref() != Some(patient) {
        return Err(GateError::NotFound);
    }
    Ok(fhir::dose(&found.body)?)
}

/// A certificate: whose it is, what they have had, and the same as codes.
pub(super) struct Certificate {
    /// Whose.
    pub person: Person,
    /// The oldest first.
    pub doses: Vec<Dose>,
    /// What each code holds, from the first to the last of `doses`, and what stands in it.
    pub codes: Vec<(usize, usize, String)>,
    /// How many are not on it, since nobody who gave them has told of them.
    pub only_told: usize,
}

/// Makes a certificate. `None` when there is nothing to certify, or not of whom.
///
/// # Errors
/// [`GateError`]; that a code cannot be made is our own fault.
pub(super) async fn certificate(
    gate: &Gate,
    cards: &HealthCards,
    patient: &PatientId,
    now: Timestamp,
) -> Result<Option<Certificate>, GateError> {
    let (mut doses, _) = doses(gate, patient, now).await?;
    doses.retain(Dose::is_given);
    let given = doses.len();
    // We sign for what was registered by those who gave it, and not for what somebody says.
    doses.retain(|dose| !dose.is_told);
    let only_told = given.saturating_sub(doses.len());
    doses.reverse();
    let Some(person) = person(gate, patient).await?.filter(|_| !doses.is_empty()) else { return Ok(None) };
    let fault = |error: CardError| {
        tracing::error!(%error, "a health card could not be made");
        GateError::Fault
    };
    let mut codes = Vec::new();
    let mut first = 1;
    for chunk in doses.chunks(rules::CODE_DOSES) {
        let jws = cards.sign(&bundle(&person, chunk), now).map_err(fault)?;
        codes.push((first, first + chunk.len() - 1, numeric(&jws)));
        first += chunk.len();
    }
    Ok(Some(Certificate { person, doses, codes, only_told }))
}

/// The Bundle of a card: as little as proves who has had what and when (SMART Health Cards, vaccination profile).
pub(super) fn bundle(person: &Person, doses: &[Dose]) -> Value {
    let (family, given) = &person.name;
    let patient = json!({
        "fullUrl": "resource:0",
        "resource": {
            "resourceType": "Patient",
            "name": [{ "family": family, "given": given }],
            "birthDate": person.born.to_string(),
        },
    });
    let entry = |(number, dose): (usize, &Dose)| {
        let vaccine = match (&dose.code, &dose.name) {
            (Some((system, code)), _) => json!({ "coding": [{ "system": system, "code": code }] }),
            (None, name) => json!({ "text": name.as_deref().unwrap_or("?") }),
        };
        let mut resource = json!({
            "resourceType": "Immunization",
            "status": "completed",
            "vaccineCode": vaccine,
            "patient": { "reference": "resource:0" },
        });
        if let Some(members) = resource.as_object_mut() {
            // The day is enough to prove it.
            let on = dose.day_in_figures().unwrap_or("?");
            let is_date = on.starts_with(|c: char| c.is_ascii_digit());
            members.insert(if is_date { "occurrenceDateTime" } else { "occurrenceString" }.to_owned(), json!(on));
            if let Some(place) = &dose.place {
                members.insert("performer".to_owned(), json!([{ "actor": { "display": place } }]));
            }
            if let Some(batch) = &dose.batch {
                members.insert("lotNumber".to_owned(), json!(batch));
            }
        }
        json!({ "fullUrl": format!("resource:{number}"), "resource": resource })
    };
    let entries: Vec<Value> = std::iter::once(patient).chain((1..).zip(doses).map(entry)).collect();
    json!({ "resourceType": "Bundle", "type": "collection", "entry": entries })
}
