//! Tests of the front page.

mod find;
mod household;
mod pages;
mod rules;

use serde_json::{Value, json};

/// An appointment of `of`'s with the GP's office, ten days from now.
pub(super) fn appointment(id: &str, of: &str) -> Value {
    json!({
        "resourceType": "Appointment", "id": id, "status": "booked", "description": format!("om {id}"),
        "serviceCategory": [{"coding": [{"code": "10"}]}],
        "start": "2026-12-01T09:00:00Z", "end": "2026-12-01T09:20:00Z",
        "participant": [{"actor": {"reference": format!("Patient/{of}")}, "status": "accepted"}],
    })
}

/// A prescription of `of`'s that ends on 30 November 2026, nine days from now.
pub(super) fn ending(id: &str, of: &str) -> Value {
    json!({
        "resourceType": "MedicationRequest", "id": id, "status": "active", "intent": "order",
        "medicationCodeableConcept": {"text": format!("Medisin {id}")}, "subject": {"reference": format!("Patient/{of}")},
        "authoredOn": "2026-01-05T12:00:00Z", "dosageInstruction": [{"text": "1 tablett daglig"}],
        "dispenseRequest": {"numberOfRepeatsAllowed": 2, "validityPeriod": {"end": "2026-11-30"}},
    })
}

/// A result of `of`'s that was issued on 1 November 2026.
pub(super) fn report(id: &str, of: &str) -> Value {
    json!({
        "resourceType": "DiagnosticReport", "id": id, "status": "final", "code": {"text": format!("Svar {id}")},
        "category": [{"coding": [{"code": "LAB"}]}], "subject": {"reference": format!("Patient/{of}")},
        "effectiveDateTime": "2026-11-01T08:00:00Z", "issued": "2026-11-01T12:00:00Z",
    })
}
