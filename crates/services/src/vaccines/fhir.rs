//! FHIR R4 Immunization and Patient to what the slice works with. Reads with patience: a member that is missing leaves a gap, never a failure.

use serde::Deserialize;

use super::model::{Dose, Person, State};
use crate::shared::Unreadable;
use crate::shared::json::{ConceptJson, NameJson, ReferenceJson};
use crate::shared::vaccine::{coded, diseases};

#[derive(Deserialize, Default)]
#[serde(default)]
struct PerformerJson {
    actor: ReferenceJson,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct ProtocolJson {
    series: Option<String>,
    target_disease: Vec<ConceptJson>,
    dose_number_positive_int: Option<u32>,
    dose_number_string: Option<String>,
    series_doses_positive_int: Option<u32>,
    series_doses_string: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct ImmunizationJson {
    resource_type: String,
    id: String,
    status: String,
    status_reason: ConceptJson,
    vaccine_code: ConceptJson,
    occurrence_date_time: Option<String>,
    occurrence_string: Option<String>,
    primary_source: Option<bool>,
    report_origin: Option<ConceptJson>,
    location: ReferenceJson,
    manufacturer: ReferenceJson,
    lot_number: Option<String>,
    performer: Vec<PerformerJson>,
    protocol_applied: Vec<ProtocolJson>,
}

/// Reads an Immunization.
///
/// # Errors
/// [`Unreadable`] for what is none.
pub(super) fn dose(body: &[u8]) -> Result<Dose, Unreadable> {
    let unreadable = Unreadable("Immunization");
    let json: ImmunizationJson = serde_json::from_slice(body).map_err(|_| unreadable)?;
    if json.resource_type != "Immunization" {
        return Err(unreadable);
    }
    let protocol = json.protocol_applied.first();
    let number = |count: Option<u32>, words: &Option<String>| count.map(|n| n.to_string()).or_else(|| words.clone());
    Ok(Dose {
        id: json.id.parse().map_err(|_| unreadable)?,
        diseases: diseases(&json.vaccine_code, json.protocol_applied.iter().flat_map(|its| &its.target_disease)),
        name: json.vaccine_code.words(),
        code: coded(&json.vaccine_code),
        on: json.occurrence_date_time.or(json.occurrence_string),
        number: protocol.and_then(|its| number(its.dose_number_positive_int, &its.dose_number_string)),
        of: protocol.and_then(|its| number(its.series_doses_positive_int, &its.series_doses_string)),
        series: protocol.and_then(|its| its.series.clone()).filter(|words| !words.trim().is_empty()),
        place: json.performer.into_iter().find_map(|its| its.actor.display).or(json.location.display),
        maker: json.manufacturer.display,
        batch: json.lot_number.filter(|batch| !batch.trim().is_empty()),
        state: match json.status.as_str() {
            "not-done" => State::NotGiven(json.status_reason.words()),
            "entered-in-error" => State::Withdrawn,
            _ => State::Given,
        },
        is_told: json.primary_source == Some(false) || json.report_origin.is_some(),
    })
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct PatientJson {
    name: Vec<NameJson>,
    gender: Option<String>,
    birth_date: Option<String>,
}

/// Reads a Patient; `None` for one whose birth date is not known to the day.
///
/// # Errors
/// [`Unreadable`] for what is no Patient.
pub(super) fn person(body: &[u8]) -> Result<Option<Person>, Unreadable> {
    let json: PatientJson = serde_json::from_slice(body).map_err(|_| Unreadable("Patient"))?;
    let Some(born) = json.birth_date.and_then(|born| born.parse().ok()) else { return Ok(None) };
    let official = json.name.iter().find(|name| name.r#use.as_deref() == Some("official"));
    let name = official.or_else(|| json.name.first());
    Ok(Some(Person {
        name: name.map(|name| (name.family.clone().unwrap_or_default(), name.given.clone())).unwrap_or_default(),
        born,
        is_male: json.gender.as_deref().and_then(|gender| match gender {
            "male" => Some(true),
            "female" => Some(false),
            _ => None,
        }),
    }))
}
