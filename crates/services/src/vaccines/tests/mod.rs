//! Tests of the vaccines slice.

mod card;
mod fhir;
mod pages;
mod rules;

use serde_json::{Value, json};

use super::model::Dose;

/// A vaccination of kari's, given on 4 May 2020.
pub(super) fn immunization(id: &str, atc: &str, more: Value) -> Value {
    let mut body = json!({
        "resourceType": "Immunization", "id": id, "status": "completed",
        "vaccineCode": {"coding": [{"system": "http://www.whocc.no/atc", "code": atc}], "text": format!("vaksine {atc}")},
        "patient": {"reference": "Patient/kari"},
        "occurrenceDateTime": "2020-05-04",
        "primarySource": true,
        "performer": [{"actor": {"display": "Sagene helsestasjon"}}],
        "protocolApplied": [{"series": "Barnevaksinasjonsprogrammet", "doseNumberPositiveInt": 1}],
    });
    if let (Value::Object(body), Value::Object(more)) = (&mut body, more) {
        body.extend(more);
    }
    body
}

/// As the slice reads it.
pub(super) fn dose(body: &Value) -> Dose {
    super::fhir::dose(body.to_string().as_bytes()).unwrap()
}
