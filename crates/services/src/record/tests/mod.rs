//! Tests of the record slice.

mod fhir;
mod pages;
mod rules;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

/// A note of kari's, with this text.
pub(super) fn note(id: &str, text: &str, more: Value) -> Value {
    let mut body = json!({
        "resourceType": "DocumentReference", "id": id, "status": "current",
        "type": {"coding": [{"system": "urn:oid:2.16.578.1.12.4.1.1.9602", "code": "B02-2", "display": "Journalnotat"}]},
        "subject": {"reference": "Patient/kari"}, "date": "2026-11-01T08:00:00Z", "description": format!("Notat {id}"),
        "author": [{"reference": "Practitioner/lie", "display": "Ole Lie"}],
        "custodian": {"reference": "Organization/o1", "display": "Skogen legesenter"},
        "content": [{"attachment": {"contentType": "text/plain; charset=utf-8", "data": STANDARD.encode(format!("{text}\n"))}}],
    });
    merge(&mut body, more);
    body
}

/// A Composition of kari's, with these headings and what stands under them.
pub(super) fn composition(id: &str, sections: &[(&str, &str)], more: Value) -> Value {
    let sections: Vec<Value> = sections
        .iter()
        .map(|(title, div)| json!({"title": title, "text": {"status": "generated", "div": format!("<div xmlns=\"http://www.w3.org/1999/xhtml\">{div}</div>")}}))
        .collect();
    let mut body = json!({
        "resourceType": "Composition", "id": id, "status": "final", "title": format!("Epikrise {id}"),
        "type": {"coding": [{"system": "urn:oid:2.16.578.1.12.4.1.1.9602", "code": "A03-2"}]},
        "subject": {"reference": "Patient/kari"}, "date": "2026-10-20T08:00:00Z",
        "author": [{"reference": "Practitioner/moe", "display": "Siv Moe"}],
        "custodian": {"reference": "Organization/h1", "display": "Fjord sykehus"},
    });
    if !sections.is_empty() {
        body["section"] = sections.into();
    }
    merge(&mut body, more);
    body
}

fn merge(body: &mut Value, more: Value) {
    if let (Value::Object(body), Value::Object(more)) = (body, more) {
        body.extend(more);
    }
}
