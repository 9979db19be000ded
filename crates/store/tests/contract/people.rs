//! Families, agreements and health data in few words, and what somebody sees of them.

use serde_json::{Value, json};
use varde_base::{Actor, CareBasis, NATIONAL_ID_SYSTEM, PersonnelActor, Purpose};
use varde_rights::{Action, RuleId};
use varde_store::{Access, Batch, Gate, GateError, Write};

use crate::world::{World, appointment, ids, name_of, national_id, parse, patient, put};

const REPRESENTATION: &str = "urn:oid:2.16.578.1.12.4.1.1.7611";
const OURS: &str = "urn:varde:consent";

/// Each person of the scenarios has a number of their own.
pub(crate) fn serial(who: &str) -> u16 {
    let known = ["kari", "per", "ola", "nina", "tor", "eva", "siri", "jon", "bo"];
    u16::try_from(known.iter().position(|its| *its == who).unwrap() + 1).unwrap()
}

pub(crate) fn person(who: &str, born: &str, street: &str) -> Value {
    patient(who, serial(who), born, street)
}

pub(crate) fn gate(world: &World, who: &str) -> Gate {
    world.citizen(who, serial(who))
}

/// A RelatedPerson: `who` is `codes` to `of`. Codes of Volven 7611 are FO and VE, all others our own.
pub(crate) fn related(of: &str, who: &str, codes: &[&str]) -> Value {
    let system = |code: &str| if matches!(code, "FO" | "VE") { REPRESENTATION } else { "urn:varde:relation" };
    let coding: Vec<Value> = codes.iter().map(|code| json!({"system": system(code), "code": code})).collect();
    json!({
        "resourceType": "RelatedPerson", "id": format!("{of}-{who}-{}", codes[0]), "active": true,
        "identifier": [{"system": NATIONAL_ID_SYSTEM, "value": national_id(serial(who)).as_str()}],
        "patient": {"reference": format!("Patient/{of}")},
        "relationship": [{"coding": coding}],
    })
}

/// An active Consent of `of`, of a category, with the codes of its provision.
pub(crate) fn consent(id: &str, of: &str, category: &str, codes: &[&str]) -> Value {
    let system = if matches!(category, "FU" | "TD") { REPRESENTATION } else { OURS };
    let codes: Vec<Value> = codes.iter().map(|code| json!({"coding": [{"system": OURS, "code": code}]})).collect();
    let mut body = json!({
        "resourceType": "Consent", "id": id, "status": "active",
        "scope": {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/consentscope", "code": "patient-privacy"}]},
        "category": [{"coding": [{"system": system, "code": category}]}],
        "patient": {"reference": format!("Patient/{of}")},
        "dateTime": "2026-01-01",
        "provision": {"type": "permit", "period": {"start": "2026-01-01"}},
    });
    if !codes.is_empty() {
        body["provision"]["code"] = codes.into();
    }
    body
}

/// What `giver` lets `receiver` do.
pub(crate) fn given(category: &str, giver: &str, receiver: &str, codes: &[&str]) -> Value {
    let mut body = consent(&format!("{giver}-to-{receiver}-{category}"), giver, category, codes);
    body["provision"]["actor"] = json!([{"role": {"coding": [{"code": "PRCP"}]},
        "reference": {"reference": format!("Patient/{receiver}")}}]);
    body
}

pub(crate) fn period(mut body: Value, start: &str, end: Option<&str>) -> Value {
    let mut period = json!({"start": start});
    if let Some(end) = end {
        period["end"] = end.into();
    }
    if body["resourceType"] == "Consent" {
        body["provision"]["period"] = period;
    } else {
        body["period"] = period;
    }
    body
}

pub(crate) fn with_status(mut body: Value, status: &str) -> Value {
    body["status"] = status.into();
    body
}

/// A referral opened by health personnel, for `parents` or `youth`, with content.
pub(crate) fn opening(of: &str, referral: &str, audience: &str, content: bool) -> Value {
    let codes: &[&str] = if content { &["content"] } else { &["outline"] };
    let codes: Vec<&str> = [audience].iter().chain(codes).copied().collect();
    let mut body = consent(&format!("{referral}-{audience}"), of, "opening", &codes);
    body["provision"]["data"] =
        json!([{"meaning": "related", "reference": {"reference": format!("ServiceRequest/{referral}")}}]);
    body
}

pub(crate) fn labelled(mut body: Value, codes: &[&str]) -> Value {
    let system = "urn:oid:2.16.578.1.12.4.1.1.9603";
    let security: Vec<Value> = codes.iter().map(|code| json!({"system": system, "code": code})).collect();
    body["meta"]["security"] = security.into();
    body
}

pub(crate) fn protected(mut body: Value) -> Value {
    body["meta"] = json!({"security": [{"system": "urn:varde:address-protection", "code": "6"}]});
    body
}

/// Health personnel set when the citizen sees it: `now`, `personnel-only` or an instant.
pub(crate) fn released(mut body: Value, when: &str) -> Value {
    let value = if when.contains(':') { "valueInstant" } else { "valueCode" };
    body["meta"]["extension"] = json!([{"url": "urn:varde:release", value: when}]);
    body
}

pub(crate) fn based_on(mut body: Value, referral: &str) -> Value {
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

pub(crate) fn visit(id: &str, of: &str, category: &str) -> Value {
    appointment(id, of, category, "2026-12-02T09:00:00Z")
}

pub(crate) fn note(id: &str, of: &str) -> Value {
    json!({"resourceType": "DocumentReference", "id": id, "status": "current", "subject": about(of),
        "date": "2026-10-01T10:00:00Z", "content": [{"attachment": {"title": "Notat"}}]})
}

pub(crate) fn medicine(id: &str, of: &str) -> Value {
    json!({"resourceType": "MedicationRequest", "id": id, "status": "active", "intent": "order", "subject": about(of),
        "authoredOn": "2026-10-02", "medicationCodeableConcept": {"text": "Paracet"}})
}

pub(crate) fn referral(id: &str, of: &str) -> Value {
    json!({"resourceType": "ServiceRequest", "id": id, "status": "active", "intent": "order", "subject": about(of),
        "authoredOn": "2026-10-03T08:00:00Z", "code": {"text": "Utredning"}})
}

pub(crate) fn result(id: &str, of: &str, issued: &str) -> Value {
    json!({"resourceType": "Observation", "id": id, "status": "final", "subject": about(of), "issued": issued,
        "code": {"coding": [{"system": "http://loinc.org", "code": "718-7"}]}, "effectiveDateTime": "2026-10-04"})
}

pub(crate) fn message(id: &str, of: &str) -> Value {
    json!({"resourceType": "Communication", "id": id, "status": "completed", "subject": about(of),
        "sent": "2026-10-05T10:00:00Z", "payload": [{"contentString": "Hei"}]})
}

pub(crate) fn vaccine(id: &str, of: &str) -> Value {
    json!({"resourceType": "Immunization", "id": id, "status": "completed", "patient": about(of),
        "vaccineCode": {"text": "MMR"}, "occurrenceDateTime": "2020-10-05"})
}

pub(crate) async fn put_all(world: &World, bodies: impl IntoIterator<Item = Value>) {
    for body in bodies {
        world.put(body).await;
    }
}

pub(crate) fn at(world: &World, instant: &str) {
    world.clock.set(instant.parse().unwrap());
}

/// Whether it is seen. Reading it, its version and its history, and finding it must all say the same.
pub(crate) async fn shows(gate: &Gate, name: &str) -> bool {
    let (resource_type, id) = name_of(name);
    let read = match gate.read(resource_type, &id).await {
        Ok(_) => true,
        Err(GateError::NotFound) => false,
        Err(error) => panic!("{name}: {error}"),
    };
    // Health personnel search what they name the patient of.
    if !matches!(gate.access().actor, Actor::Personnel(_)) {
        let query = parse(&format!("{resource_type}?_id={id}&_total=accurate"));
        let page = gate.search(&query).await.unwrap();
        assert_eq!((ids(&page).len(), page.total), (usize::from(read), Some(u64::from(read))), "{name} by search");
    }
    assert_eq!(gate.read_version(resource_type, &id, 1).await.is_ok(), read, "{name} by version");
    let scope = varde_store::HistoryScope::Instance(resource_type, id);
    assert_eq!(gate.history(&scope, varde_store::HistoryWindow::default(), 10, None).await.is_ok(), read, "{name}");
    read
}

/// Those of the names that somebody sees, by words parted by spaces.
pub(crate) async fn of_these(gate: &Gate, names: &str) -> String {
    let mut seen = Vec::new();
    for name in names.split_whitespace() {
        if shows(gate, name).await {
            seen.push(name);
        }
    }
    seen.join(" ")
}

pub(crate) async fn sees(world: &World, who: &str, names: &str) -> String {
    of_these(&gate(world, who), names).await
}

/// Why not, of what is stored; the rule too when the answer is yes.
pub(crate) async fn rule(world: &World, who: &str, of: &str, service: varde_rights::Service) -> RuleId {
    let view = varde_rights::Action::View;
    let of = of.parse().unwrap();
    gate(world, who).decide(Some(&of), service, view, varde_rights::Item::PLAIN).await.unwrap().rule
}

/// Health personnel with a care relation that their program attests.
pub(crate) fn personnel(world: &World, hpr_number: &str, basis: CareBasis) -> Gate {
    staff(world, hpr_number, basis, |actor| actor.attestation = Some("referral".into()))
}

pub(crate) fn staff(world: &World, number: &str, basis: CareBasis, more: impl Fn(&mut PersonnelActor)) -> Gate {
    let mut actor = PersonnelActor {
        hpr_number: number.into(),
        name: "Kari Nordmann".into(),
        role: "nurse".into(),
        organization: "Sykehuset".into(),
        legal_entity: None,
        point_of_care: None,
        decision_ref: None,
        basis,
        patient_agrees: false,
        attestation: None,
        reason: None,
        system: "EHR".into(),
    };
    more(&mut actor);
    let purpose = Purpose::Treatment;
    world.store.as_actor(&Access { actor: Actor::Personnel(actor), purpose, acting_for: None, interaction: "test" })
}

/// Whether `who` may write this themself, as a citizen changes a setting.
pub(crate) async fn sets(world: &World, who: &str, body: Value) -> bool {
    let mut put = put(&body);
    put.action = Action::Change;
    let batch = Batch { writes: vec![Write::Put(Box::new(put))], ..Batch::default() };
    match gate(world, who).write(batch).await {
        Ok(_) => true,
        Err(GateError::NotFound | GateError::Refused(_)) => false,
        Err(error) => panic!("{who}: {error}"),
    }
}
