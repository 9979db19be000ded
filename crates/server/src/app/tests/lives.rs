//! A mother, a father who has moved, children, an old woman with helpers: who they are, and data about their health.

use serde_json::{Value, json};
use varde_base::{NATIONAL_ID_SYSTEM, NationalId};

const REPRESENTATION: &str = "urn:oid:2.16.578.1.12.4.1.1.7611";
const OURS: &str = "urn:varde:consent";
const LABELS: &str = "urn:oid:2.16.578.1.12.4.1.1.9603";

/// Synthetic, each person's own.
pub(super) fn national_id(who: &str) -> NationalId {
    let known = ["kari", "per", "ola", "tor", "eva", "nina", "bo", "x"];
    let serial = known.iter().position(|its| *its == who).unwrap() + 1;
    (serial * 10..999).find_map(|serial| NationalId::synthetic(1, 1, 80, u16::try_from(serial).unwrap())).unwrap()
}

pub(super) fn person(who: &str, born: &str, street: &str) -> Value {
    json!({
        "resourceType": "Patient", "id": who, "birthDate": born,
        "identifier": [{"system": NATIONAL_ID_SYSTEM, "value": national_id(who).as_str()}],
        "name": [{"family": "Nordmann", "given": [who]}],
        "address": [{"use": "home", "line": [street], "postalCode": "0153"}],
        "generalPractitioner": [{"reference": "Practitioner/dr", "identifier": {"value": "9144900"}}],
    })
}

pub(super) fn parent(of: &str, who: &str, codes: &[&str]) -> Value {
    let system = |code: &str| if code == "FO" { REPRESENTATION } else { "urn:varde:relation" };
    let coding: Vec<Value> = codes.iter().map(|code| json!({"system": system(code), "code": code})).collect();
    json!({
        "resourceType": "RelatedPerson", "id": format!("{of}-{who}"), "active": true,
        "identifier": [{"system": NATIONAL_ID_SYSTEM, "value": national_id(who).as_str()}],
        "patient": {"reference": format!("Patient/{of}")}, "relationship": [{"coding": coding}],
    })
}

pub(super) fn consent(id: &str, of: &str, category: &str, codes: &[&str]) -> Value {
    let system = if category == "FU" { REPRESENTATION } else { OURS };
    let codes: Vec<Value> = codes.iter().map(|code| json!({"coding": [{"system": OURS, "code": code}]})).collect();
    let mut body = json!({
        "resourceType": "Consent", "id": id, "status": "active",
        "scope": {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/consentscope", "code": "patient-privacy"}]},
        "category": [{"coding": [{"system": system, "code": category}]}],
        "patient": {"reference": format!("Patient/{of}")}, "dateTime": "2026-01-01",
        "policyRule": {"text": "x"},
        "provision": {"type": "permit", "period": {"start": "2026-01-01"}},
    });
    if !codes.is_empty() {
        body["provision"]["code"] = codes.into();
    }
    body
}

pub(super) fn given(category: &str, giver: &str, receiver: &str, codes: &[&str]) -> Value {
    let mut body = consent(&format!("{giver}-to-{receiver}"), giver, category, codes);
    body["provision"]["actor"] = json!([{"role": {"coding": [{"code": "PRCP"}]},
        "reference": {"reference": format!("Patient/{receiver}")}}]);
    body
}

pub(super) fn labelled(mut body: Value, code: &str) -> Value {
    body["meta"]["security"] = json!([{"system": LABELS, "code": code}]);
    body
}

pub(super) fn released(mut body: Value, when: &str) -> Value {
    let value = if when.contains(':') { "valueInstant" } else { "valueCode" };
    body["meta"]["extension"] = json!([{"url": "urn:varde:release", value: when}]);
    body
}

pub(super) fn based_on(mut body: Value, referral: &str) -> Value {
    let reference = json!([{"reference": format!("ServiceRequest/{referral}")}]);
    if body["resourceType"] == "DocumentReference" {
        body["context"] = json!({"related": reference});
    } else {
        body["basedOn"] = reference;
    }
    body
}

fn about(of: &str) -> Value {
    json!({"reference": format!("Patient/{of}")})
}

pub(super) fn visit(id: &str, of: &str, category: &str, start: &str) -> Value {
    json!({
        "resourceType": "Appointment", "id": id, "status": "booked",
        "serviceCategory": [{"coding": [{"code": category}]}],
        "start": start, "end": start.replace(":00:00", ":30:00"),
        "participant": [{"actor": about(of), "status": "accepted"},
            {"actor": {"reference": "Practitioner/dr"}, "status": "accepted"}],
    })
}

pub(super) fn encounter(id: &str, of: &str) -> Value {
    json!({"resourceType": "Encounter", "id": id, "status": "finished", "class": {"code": "AMB"}, "subject": about(of),
        "period": {"start": "2026-10-01T10:00:00Z", "end": "2026-10-01T10:30:00Z"}})
}

pub(super) fn note(id: &str, of: &str) -> Value {
    json!({"resourceType": "DocumentReference", "id": id, "status": "current", "subject": about(of),
        "date": "2026-10-01T10:00:00Z", "content": [{"attachment": {"title": "Notat"}}]})
}

pub(super) fn medicine(id: &str, of: &str) -> Value {
    json!({"resourceType": "MedicationRequest", "id": id, "status": "active", "intent": "order", "subject": about(of),
        "authoredOn": "2026-10-02", "medicationCodeableConcept": {"text": "Paracet"}})
}

pub(super) fn referral(id: &str, of: &str) -> Value {
    json!({"resourceType": "ServiceRequest", "id": id, "status": "active", "intent": "order", "subject": about(of),
        "authoredOn": "2026-10-03T08:00:00Z", "code": {"text": "Utredning"}})
}

pub(super) fn result(id: &str, of: &str, issued: &str) -> Value {
    json!({"resourceType": "Observation", "id": id, "status": "final", "subject": about(of), "issued": issued,
        "code": {"coding": [{"system": "http://loinc.org", "code": "718-7"}]}, "effectiveDateTime": "2026-10-04"})
}

/// An answer that holds an observation.
pub(super) fn report(id: &str, of: &str, issued: &str, holds: &str) -> Value {
    json!({"resourceType": "DiagnosticReport", "id": id, "status": "final", "subject": about(of), "issued": issued,
        "category": [{"coding": [{"code": "LAB"}]}], "code": {"text": "Blodprøve"}, "effectiveDateTime": "2026-10-01",
        "result": [{"reference": format!("Observation/{holds}")}]})
}

/// What the GP wrote to somebody.
pub(super) fn letter(id: &str, of: &str) -> Value {
    json!({"resourceType": "Communication", "id": id, "status": "completed", "subject": about(of),
        "sender": {"reference": "Practitioner/dr"}, "recipient": [about(of)], "sent": "2026-10-06T10:00:00Z",
        "topic": {"text": "Brev"}, "payload": [{"contentString": "Hei"}]})
}

/// An event, as the platform tells of them; about an appointment when one is named.
pub(super) fn event(id: &str, of: &str, appointment: Option<&str>) -> Value {
    let mut body = json!({"resourceType": "Communication", "id": id, "status": "completed", "subject": about(of),
        "sent": "2026-10-05T10:00:00Z",
        "topic": {"coding": [{"system": "urn:varde:event", "code": "appointment-booked"}]}});
    if let Some(appointment) = appointment {
        body["about"] = json!([{"reference": format!("Appointment/{appointment}")}]);
    }
    body
}

/// Who they are. The mother's relation to `ola` is not among it.
pub(super) fn people() -> Vec<Value> {
    vec![
        json!({"resourceType": "Practitioner", "id": "dr", "name": [{"family": "Vold", "given": ["Liv"]}]}),
        json!({"resourceType": "Location", "id": "surgery", "status": "active", "name": "Legesenteret"}),
        json!({"resourceType": "Schedule", "id": "calendar", "active": true,
            "actor": [{"reference": "Practitioner/dr"}, {"reference": "Location/surgery"}]}),
        slot("free-1", "2026-11-25T09:00:00Z"),
        slot("free-2", "2026-11-26T09:00:00Z"),
        person("kari", "1980-03-04", "Storgata 1"),
        person("per", "1979-03-04", "Havnegata 9"),
        person("ola", "2018-05-06", "Storgata 1"),
        person("tor", "2013-05-06", "Storgata 1"),
        person("eva", "1950-03-04", "Bakken 3"),
        person("nina", "1990-01-01", "Havnegata 2"),
        person("bo", "1960-01-01", "Havnegata 4"),
        parent("tor", "kari", &["FO"]),
        parent("tor", "per", &["FO", "court-decision"]),
        given("FU", "eva", "nina", &["1"]),
        given("next-of-kin", "eva", "bo", &["T"]),
        consent("tor-yes", "tor", "foreldresamtykke", &[]),
    ]
}

fn slot(id: &str, start: &str) -> Value {
    json!({"resourceType": "Slot", "id": id, "status": "free", "schedule": {"reference": "Schedule/calendar"},
        "start": start, "end": start.replace(":00:00", ":20:00")})
}

/// Some of each kind, of one person.
pub(super) fn health(of: &str) -> Vec<Value> {
    let id = |what: &str| format!("{of}-{what}");
    vec![
        visit(&id("gp"), of, "10", "2026-12-02T09:00:00Z"),
        visit(&id("gp-past"), of, "10", "2026-09-02T09:00:00Z"),
        visit(&id("hospital"), of, "27", "2026-12-03T09:00:00Z"),
        encounter(&id("was"), of),
        note(&id("note"), of),
        medicine(&id("pill"), of),
        result(&id("old"), of, "2026-10-01T08:00:00Z"),
        result(&id("older"), of, "2026-09-01T08:00:00Z"),
        referral(&id("eyes"), of),
        event(&id("event"), of, Some(&id("gp"))),
        report(&id("report"), of, "2026-10-01T08:00:00Z", &id("old")),
        letter(&id("letter"), of),
    ]
}
