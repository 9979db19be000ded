//! Tests of the summary slice.

mod cut;
mod document;
mod fhir;
mod pages;
mod pdf;
mod rules;

use serde_json::{Value, json};
use varde_fhir::ResourceType;
use varde_store::Found;

/// A resource of kari's with more members.
pub(super) fn resource(kind: &str, id: &str, more: Value) -> Value {
    let subject = if ["AllergyIntolerance", "Device", "Immunization"].contains(&kind) { "patient" } else { "subject" };
    let mut body = json!({"resourceType": kind, "id": id});
    body[subject] = json!({"reference": "Patient/kari"});
    if let (Value::Object(body), Value::Object(more)) = (&mut body, more) {
        body.extend(more);
    }
    body
}

/// An allergy to nuts, that can threaten life.
pub(super) fn nuts(id: &str, more: Value) -> Value {
    let mut body = resource(
        "AllergyIntolerance",
        id,
        json!({
            "clinicalStatus": {"coding": [{"code": "active"}]},
            "verificationStatus": {"coding": [{"code": "confirmed"}]},
            "criticality": "high",
            "code": {"coding": [{"system": "http://snomed.info/sct", "code": "91934008"}], "text": "Nøtteallergi"},
            "onsetDateTime": "2010-05", "recordedDate": "2020-05-04",
            "recorder": {"display": "Ole Lie"},
            "reaction": [{"manifestation": [{"text": "Hevelse"}, {"text": "Utslett"}]}],
            "note": [{"text": "Har adrenalinpenn."}],
        }),
    );
    if let (Value::Object(body), Value::Object(more)) = (&mut body, more) {
        body.extend(more);
    }
    body
}

/// A notice of that group.
pub(super) fn flag(id: &str, group: &str, words: &str) -> Value {
    resource(
        "Flag",
        id,
        json!({"status": "active", "code": {"text": words},
            "category": [{"coding": [{"system": "urn:varde:critical-information", "code": group}]}]}),
    )
}

/// As the store finds it.
pub(super) fn found(body: &Value) -> Found {
    Found {
        body: body.to_string().into_bytes().into(),
        resource_type: ResourceType::from_name(body["resourceType"].as_str().unwrap()).unwrap(),
        id: body["id"].as_str().unwrap().parse().unwrap(),
        version: 1,
        updated: jiff::Timestamp::UNIX_EPOCH,
        deleted: false,
        decision: varde_rights::Decision::allow(varde_rights::RuleId("KJ-1")),
    }
}
