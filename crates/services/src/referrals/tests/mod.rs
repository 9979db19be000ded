//! Tests of the referrals slice.

mod fhir;
mod notices;
mod pages;
mod rules;

use serde_json::{Value, json};

/// An extension of the Helsenorge profile with a date.
fn date(name: &str, day: &str) -> Value {
    json!({"url": format!("http://helsenorge.no/fhir/StructureDefinition/{name}"), "valueDateTime": day})
}

/// A referral of kari's with these dates of the profile, by the name after `no-`.
pub(super) fn referral(id: &str, dates: &[(&str, &str)], more: Value) -> Value {
    let dates: Vec<Value> = dates.iter().map(|(name, day)| date(&format!("no-{name}"), day)).collect();
    let mut body = json!({
        "resourceType": "ServiceRequest", "id": id, "status": "active", "intent": "order",
        "category": [{"coding": [{"system": "http://snomed.info/sct", "code": "3457005"}]}],
        "code": {"text": format!("Henvisning {id}")}, "subject": {"reference": "Patient/kari"},
        "authoredOn": "2026-11-02T13:00:00Z", "requester": {"reference": "Practitioner/lie", "display": "Ole Lie"},
        "performer": [{"reference": "Organization/h1", "display": "Fjord sykehus"}],
        "reasonCode": [{"text": "Vondt kne"}],
    });
    if !dates.is_empty() {
        body["extension"] = dates.into();
    }
    if let (Value::Object(body), Value::Object(more)) = (&mut body, more) {
        body.extend(more);
    }
    body
}

/// The hospital's Task about a referral.
pub(super) fn task(referral: &str, status: &str, decision: Option<&str>) -> Value {
    let mut body = json!({
        "resourceType": "Task", "id": format!("{referral}-task"), "status": status, "intent": "order",
        "code": {"coding": [{"system": "urn:varde:task", "code": "assess-referral"}]},
        "basedOn": [{"reference": format!("ServiceRequest/{referral}")}], "for": {"reference": "Patient/kari"},
        "statusReason": {"text": "Vi har sett på den."}, "lastModified": "2026-11-12T10:00:00Z",
    });
    if let Some(decision) = decision {
        body["businessStatus"] = json!({"coding": [{"system": "urn:varde:referral-decision", "code": decision}]});
    }
    body
}

/// A hospital appointment that comes of a referral.
pub(super) fn visit(id: &str, referral: &str, status: &str, start: &str) -> Value {
    json!({
        "resourceType": "Appointment", "id": id, "status": status, "start": start, "end": start,
        "serviceCategory": [{"coding": [{"code": "27"}]}],
        "basedOn": [{"reference": format!("ServiceRequest/{referral}")}],
        "participant": [{"actor": {"reference": "Patient/kari"}, "status": "accepted"}],
    })
}
