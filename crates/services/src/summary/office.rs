//! The GP's office, which answers suggestions (FHIR `Patient.generalPractitioner`).

use jiff::Timestamp;
use serde_json::Value;
use varde_base::PatientId;
use varde_fhir::ResourceType;
use varde_store::{Gate, GateError};

use super::fhir::{list, text_at};
use super::model::Office;
use crate::shared::find;

/// The office of the GP a person is listed with; `None` when there is none, or nothing says whose it is.
pub(super) async fn of_person(gate: &Gate, patient: &PatientId, now: Timestamp) -> Result<Option<Office>, GateError> {
    let person = gate.read(ResourceType::PATIENT, patient.as_resource_id()).await?;
    let Ok(person) = serde_json::from_slice::<Value>(&person.body) else { return Ok(None) };
    if let Some(office) = named(list(&person, "generalPractitioner"), "Organization/") {
        return Ok(Some(office));
    }
    let listed = |kind: &str| {
        list(&person, "generalPractitioner").iter().find_map(|its| text_at(its, &["reference"])?.strip_prefix(kind))
    };
    let (parameter, value) = match (listed("PractitionerRole/"), listed("Practitioner/")) {
        (Some(role), _) => ("_id", role),
        (None, Some(practitioner)) => ("practitioner", practitioner),
        (None, None) => return Ok(None),
    };
    let page = find(gate, ResourceType::PRACTITIONER_ROLE, &[(parameter, value), ("_count", "20")], now).await?;
    let roles = page.matches.iter().filter_map(|role| serde_json::from_slice::<Value>(&role.body).ok());
    let office = roles.into_iter().find_map(|role| named(list(&role, "organization"), "Organization/"));
    Ok(office.or_else(|| named(list(&person, "generalPractitioner"), "Practitioner/")))
}

/// The first reference of that kind with a name that a person can read.
fn named(references: &[Value], kind: &str) -> Option<Office> {
    references.iter().find_map(|its| {
        let reference = text_at(its, &["reference"]).filter(|reference| reference.starts_with(kind))?;
        Some(Office { reference: reference.to_owned(), name: text_at(its, &["display"])?.to_owned() })
    })
}
