//! Tests of the results slice.

mod edges;
mod fhir;
mod marks;
mod notices;
mod pages;
mod rules;

use serde_json::{Value, json};

use super::model::Finding;

/// A laboratory Observation of kari's, taken and answered on the day before the report's.
pub(super) fn observation(id: &str, loinc: &str, value: f64, more: Value) -> Value {
    let mut body = json!({
        "resourceType": "Observation", "id": id, "status": "final",
        "category": [{"coding": [{"code": "laboratory"}]}],
        "code": {"coding": [{"system": "http://loinc.org", "code": loinc}], "text": format!("test {loinc}")},
        "subject": {"reference": "Patient/kari"},
        "effectiveDateTime": "2026-11-01T08:00:00Z", "issued": "2026-11-01T12:00:00Z",
        "valueQuantity": {"value": value, "unit": "mmol/L"},
    });
    merge(&mut body, more);
    body
}

/// A DiagnosticReport of kari's that holds `results`.
pub(super) fn report(id: &str, results: &[&str], more: Value) -> Value {
    let results: Vec<Value> = results.iter().map(|id| json!({"reference": format!("Observation/{id}")})).collect();
    let mut body = json!({
        "resourceType": "DiagnosticReport", "id": id, "status": "final",
        "category": [{"coding": [{"code": "LAB"}]}],
        "code": {"text": format!("Svar {id}")},
        "subject": {"reference": "Patient/kari"},
        "effectiveDateTime": "2026-11-01T08:00:00Z", "issued": "2026-11-01T12:00:00Z",
        "resultsInterpreter": [{"reference": "Practitioner/lie", "display": "Ole Lie"}],
    });
    if !results.is_empty() {
        body["result"] = results.into();
    }
    merge(&mut body, more);
    body
}

fn merge(body: &mut Value, more: Value) {
    if let (Value::Object(body), Value::Object(more)) = (body, more) {
        body.extend(more);
    }
}

/// As the slice reads it.
pub(super) fn finding(body: &Value) -> Finding {
    super::fhir::finding(body.to_string().as_bytes()).unwrap()
}
