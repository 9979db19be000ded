//! Who is at work at a pharmacy: one of whom the register of health personnel has the national identity number, in a role of a pharmacy's
//! (FHIR R4 Practitioner and PractitionerRole; docs/rights.md).

use jiff::Timestamp;
use jiff::civil::Date;
use serde::Deserialize;
use varde_base::{CareBasis, NATIONAL_ID_SYSTEM, NationalId, PersonnelActor, ResourceId, date_in_norway};
use varde_fhir::ResourceType;
use varde_store::{Gate, GateError};

use crate::shared::find;
use crate::shared::json::{CodingJson, ConceptJson, IdentifierJson, PeriodJson, ReferenceJson};

/// The register of health personnel.
const HPR: &str = "urn:oid:2.16.578.1.12.4.1.4.4";
/// Categories of health personnel (Volven 9060).
const CATEGORY: &str = "urn:oid:2.16.578.1.12.4.1.1.9060";
/// Pharmacists of both kinds, and pharmacy technicians.
const AT_PHARMACY: [&str; 3] = ["FA1", "FA2", "AT"];
/// Most entries of one person, and most roles of one entry, that are looked at.
const FEW: &str = "20";

#[derive(Deserialize, Default)]
#[serde(default)]
struct PractitionerJson {
    active: Option<bool>,
    identifier: Vec<IdentifierJson>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct RoleJson {
    active: Option<bool>,
    period: PeriodJson,
    code: Vec<ConceptJson>,
    organization: ReferenceJson,
}

/// What somebody does at a pharmacy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Work {
    /// As what, in words.
    pub role: String,
    /// Where.
    pub pharmacy: String,
}

/// The number in the register of health personnel; `None` for one that is not active or has none.
pub(super) fn hpr_number(practitioner: &[u8]) -> Option<String> {
    let json: PractitionerJson = serde_json::from_slice(practitioner).ok()?;
    let numbers = json.identifier.into_iter().filter(|its| its.system.as_deref() == Some(HPR));
    let number = numbers.filter_map(|its| its.value).find(|number| !number.is_empty())?;
    (json.active != Some(false)).then_some(number)
}

/// What a role at a pharmacy is on `today`; `None` for another role, and for one that does not hold or cannot be read.
pub(super) fn work(role: &[u8], today: Date) -> Option<Work> {
    let json: RoleJson = serde_json::from_slice(role).ok()?;
    // A day that cannot be read lets nobody in.
    let day = |text: &str| text.get(..10).and_then(|day| day.parse::<Date>().ok());
    let begun = json.period.start.as_deref().is_none_or(|start| day(start).is_some_and(|start| start <= today));
    let lasts = json.period.end.as_deref().is_none_or(|end| day(end).is_some_and(|end| today <= end));
    if json.active == Some(false) || !begun || !lasts {
        return None;
    }
    let of_pharmacy = |coding: &CodingJson| AT_PHARMACY.into_iter().any(|code| coding.is(CATEGORY, code));
    let (concept, coding) =
        json.code.iter().find_map(|concept| Some((concept, concept.coding.iter().find(|its| of_pharmacy(its))?)))?;
    let role = coding.display.clone().or_else(|| concept.text.clone()).or_else(|| coding.code.clone())?;
    // Without a pharmacy the giver's log could not say who has asked.
    Some(Work { role, pharmacy: json.organization.display.filter(|name| !name.trim().is_empty())? })
}

/// The one who has signed in with this number, as personnel of the pharmacy they work at; `None` for everybody else.
pub(super) async fn at_work(
    gate: &Gate,
    number: &NationalId,
    name: &str,
    now: Timestamp,
) -> Result<Option<PersonnelActor>, GateError> {
    let token = format!("{NATIONAL_ID_SYSTEM}|{}", number.as_str());
    let registered = [("identifier", token.as_str()), ("_count", FEW)];
    for practitioner in find(gate, ResourceType::PRACTITIONER, &registered, now).await?.matches {
        let Some(hpr_number) = hpr_number(&practitioner.body) else { continue };
        if let Some(work) = first_work(gate, &practitioner.id, now).await? {
            return Ok(Some(PersonnelActor {
                hpr_number: hpr_number.into(),
                name: name.into(),
                role: work.role.into(),
                organization: work.pharmacy.into(),
                legal_entity: None,
                point_of_care: None,
                decision_ref: None,
                // Medicines are given out as part of treatment. Nothing shows that they treat this patient, so nothing else opens.
                basis: CareBasis::Treatment,
                patient_agrees: false,
                attestation: None,
                reason: None,
                system: "Varde".into(),
            }));
        }
    }
    Ok(None)
}

async fn first_work(gate: &Gate, practitioner: &ResourceId, now: Timestamp) -> Result<Option<Work>, GateError> {
    let parameters = [("practitioner", practitioner.as_str()), ("_count", FEW)];
    let roles = find(gate, ResourceType::PRACTITIONER_ROLE, &parameters, now).await?;
    Ok(roles.matches.iter().find_map(|role| work(&role.body, date_in_norway(now))))
}
