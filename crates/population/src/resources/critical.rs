//! Critical information (*kritisk informasjon*): allergies, notices and implants.

use jiff::civil::Date;
use serde_json::json;

use super::{Resource, concept, reference, subject};
use crate::critical::Critical;
use crate::people::Citizen;
use crate::providers::Provider;
use crate::systems::{CRITICAL_INFORMATION, SNOMED};

/// Something that must be known, of whom, by whom and since when.
pub(crate) struct Found<'a> {
    pub(crate) id: &'a str,
    pub(crate) citizen: &'a Citizen,
    pub(crate) doctor: &'a Provider,
    pub(crate) what: &'a Critical,
    pub(crate) day: Date,
}

/// An AllergyIntolerance.
pub(crate) fn allergy(found: &Found<'_>) -> Resource {
    let what = found.what;
    let body = json!({
        "clinicalStatus": concept("http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical", "active", "Active"),
        "verificationStatus": concept("http://terminology.hl7.org/CodeSystem/allergyintolerance-verification", "confirmed", "Confirmed"),
        "type": "allergy",
        "category": [what.category],
        "criticality": if what.is_dangerous { "high" } else { "low" },
        "code": concept(SNOMED, what.code, what.name),
        "patient": subject(found.citizen),
        "onsetDateTime": found.day.to_string(),
        "recordedDate": found.day.to_string(),
        "recorder": reference("Practitioner", &found.doctor.practitioner, &found.doctor.name),
        "reaction": [{"manifestation": [{"text": what.reaction}]}],
    });
    Resource::new("AllergyIntolerance", found.id, body)
}

/// A Flag that warns of something.
pub(crate) fn flag(found: &Found<'_>) -> Resource {
    let what = found.what;
    let body = json!({
        "status": "active",
        "category": [concept(CRITICAL_INFORMATION, what.category, what.reaction)],
        "code": {"text": what.name},
        "subject": subject(found.citizen),
        "period": {"start": found.day.to_string()},
        "author": reference("Practitioner", &found.doctor.practitioner, &found.doctor.name),
    });
    Resource::new("Flag", found.id, body)
}

/// A Device that stays in the body.
pub(crate) fn device(found: &Found<'_>) -> Resource {
    let what = found.what;
    let body = json!({
        "status": "active",
        "type": concept(SNOMED, what.code, what.name),
        "patient": subject(found.citizen),
    });
    Resource::new("Device", found.id, body)
}
