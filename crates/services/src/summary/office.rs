//! The GP's office, which answers suggestions (FHIR `Patient.generalPractitioner`).

use jiff::Timestamp;
use serde::Deserialize;
use varde_base::PatientId;
use varde_fhir::ResourceType;
use varde_store::{Gate, GateError};

use super::model::Office;
use crate::shared::json::ReferenceJson;
use crate::shared::{ListedWith, find, general_practitioners};

#[derive(Deserialize, Default)]
#[serde(default)]
struct RoleJson {
    organization: ReferenceJson,
}

/// The office of the GP a person is listed with; `None` when there is none, or nothing says whose it is.
pub(super) async fn of_person(gate: &Gate, patient: &PatientId, now: Timestamp) -> Result<Option<Office>, GateError> {
    let person = gate.read(ResourceType::PATIENT, patient.as_resource_id()).await?;
    let all = general_practitioners(&person.body);
    if let Some(office) = named(&all, "Organization/") {
        return Ok(Some(office));
    }
    let Some(listed) = ListedWith::read(&person.body) else { return Ok(None) };
    let page = find(gate, ResourceType::PRACTITIONER_ROLE, &[listed.roles(), ("_count", "20")], now).await?;
    let organization = |role: &[u8]| serde_json::from_slice::<RoleJson>(role).unwrap_or_default().organization;
    let office = page.matches.iter().find_map(|role| named(&[organization(&role.body)], "Organization/"));
    Ok(office.or_else(|| named(&all, "Practitioner/")))
}

/// The first reference of that kind with a name that a person can read.
fn named(references: &[ReferenceJson], kind: &str) -> Option<Office> {
    references.iter().find_map(|its| {
        let reference = its.reference.clone().filter(|reference| reference.starts_with(kind))?;
        Some(Office { reference, name: its.display.clone().filter(|name| !name.trim().is_empty())? })
    })
}
