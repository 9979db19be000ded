use std::collections::HashMap;

use serde_json::{Value, json};
use varde_conformance::definitions::Definitions;

use super::{Api, JSON, KARI, Reply};
use crate::conformance::{Conformance, Validation};

const NAMED: &str = "urn:named";

/// An API with one profile, of a Patient with a name.
fn api(validation: Validation) -> Api {
    let mut definitions = Definitions::base();
    let profile = json!({"resourceType": "StructureDefinition", "url": NAMED, "type": "Patient", "derivation": "constraint",
        "baseDefinition": "http://hl7.org/fhir/StructureDefinition/Patient",
        "differential": {"element": [{"path": "Patient.name", "id": "Patient.name", "min": 1}]}});
    definitions.add(profile.to_string()).unwrap();
    Api::with_conformance(Conformance::new(definitions, HashMap::from([("Test EHR".to_owned(), validation)])))
}

fn patient(id: &str, is_named: bool) -> Value {
    let mut patient = json!({"resourceType": "Patient", "id": id, "meta": {"profile": [NAMED]}});
    if is_named {
        patient["name"] = json!([{"family": "Nordmann"}]);
    }
    patient
}

/// Severities, codes and places of what is said.
fn said(reply: &Reply) -> Vec<(String, String, String)> {
    let json = reply.json();
    assert_eq!(json["resourceType"], "OperationOutcome", "{}", reply.text);
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let issues = json["issue"].as_array().unwrap().iter();
    // That there is no narrative is said of every resource here.
    let issues = issues.filter(|issue| !issue["diagnostics"].as_str().unwrap_or_default().starts_with("dom-6"));
    issues.map(|i| (text(&i["severity"]), text(&i["code"]), text(&i["expression"][0]))).collect()
}

fn error(code: &str, place: &str) -> (String, String, String) {
    ("error".to_owned(), code.to_owned(), place.to_owned())
}

#[tokio::test]
async fn what_is_wrong_with_a_resource_is_told_without_writing_it() {
    let api = api(Validation::Off);
    let right = patient("kari", true).to_string();
    let wrong = patient("kari", false).to_string();
    let reply = api.post("/Patient/$validate", &right).await;
    assert_eq!((reply.status.as_u16(), said(&reply)), (200, vec![]));
    let missing = [error("required", "Patient.name")];
    let reply = api.post("/Patient/$validate", &wrong).await;
    assert_eq!((reply.status.as_u16(), said(&reply)), (200, missing.to_vec()));
    let plain = r#"{"resourceType":"Patient","gender":"x","nose":1}"#;
    let reply = api.post(&format!("/Patient/$validate?mode=profile&profile={NAMED}"), plain).await;
    let expected = [error("structure", "Patient.nose"), error("code-invalid", "Patient.gender"), missing[0].clone()];
    let mut found = said(&reply);
    found.sort_by_key(|(_, code, _)| std::cmp::Reverse(code.clone()));
    let mut expected = expected.to_vec();
    expected.sort_by_key(|(_, code, _)| std::cmp::Reverse(code.clone()));
    assert_eq!(found, expected);
    let asked = json!({"resourceType": "Parameters", "parameter": [
        {"name": "resource", "resource": {"resourceType": "Patient"}}, {"name": "profile", "valueUri": NAMED}]});
    assert_eq!(said(&api.post("/Patient/$validate", &asked.to_string()).await), missing);
    let unknown = api.post("/Patient/$validate?profile=urn:none", r#"{"resourceType":"Patient"}"#).await;
    assert_eq!(said(&unknown), [error("not-found", "Patient")]);
    assert_eq!(said(&api.post("/Patient/$validate", "{").await)[0].1, "structure");
    assert_eq!(said(&api.post("/Group/$validate", &right).await), [error("invalid", "Patient.resourceType")]);
    assert_eq!(api.get("/Patient/kari").await.status, 404);
}

#[tokio::test]
async fn a_stored_resource_is_validated_where_it_may_be_read() {
    let api = api(Validation::Off);
    api.given(&patient("kari", false).to_string()).await;
    assert_eq!(said(&api.get("/Patient/kari/$validate").await), [error("required", "Patient.name")]);
    let deletion = said(&api.get("/Patient/kari/$validate?mode=delete").await);
    assert_eq!(deletion, [("information".to_owned(), "informational".to_owned(), String::new())]);
    assert_eq!(api.get("/Patient/nobody/$validate").await.status, 404);
    let other = api.post("/Patient/kari/$validate", &patient("ola", true).to_string()).await;
    assert_eq!(said(&other), [error("invalid", "Patient.id")]);
    for (url, status, code) in [
        ("/Patient/$validate?mode=delete", 400, "value"),
        ("/Patient/$validate?mode=profile", 400, "required"),
        ("/Patient/$validate?mode=x", 400, "value"),
        ("/Patient/$validate?x=y", 400, "not-supported"),
    ] {
        let reply = api.post(url, KARI).await;
        assert_eq!((reply.issue().0, reply.issue().1.as_str()), (status, code), "{url}");
    }
    assert_eq!(api.send("POST", "/Patient/$validate", &[], "").await.issue().1, "required");
}

#[tokio::test]
async fn a_source_that_is_rejected_cannot_write_what_breaks_a_profile_by_any_way() {
    let api = api(Validation::Reject);
    let (right, wrong) = (patient("kari", true).to_string(), patient("kari", false).to_string());
    let refused = (422, "required".to_owned(), "Patient.name".to_owned());
    assert_eq!(api.post("/Patient", &wrong).await.issue(), refused);
    assert_eq!(api.put("/Patient/kari", &wrong).await.issue(), refused);
    assert_eq!(api.put("/Patient?_id=kari", &wrong).await.issue(), refused);
    api.given(&right).await;
    let patch = r#"[{"op":"remove","path":"/name"}]"#;
    let patched = api.send("PATCH", "/Patient/kari", &[("content-type", "application/json-patch+json")], patch).await;
    assert_eq!(patched.issue(), refused);
    let lines = format!("{}\n{}\n", patient("anne", true), patient("per", false));
    let imported = api.send("POST", "/$import", &[("content-type", "application/fhir+ndjson")], lines).await;
    assert!(imported.text.contains("1 written, 0 already there, 1 rejected"), "{}", imported.text);
    let plain = r#"{"resourceType":"Patient","id":"ola","gender":"man"}"#;
    assert_eq!(api.put("/Patient/ola", plain).await.issue(), (422, "code-invalid".into(), "Patient.gender".into()));
    let other = api.send("PUT", "/Patient/ola", &[JSON, ("authorization", "Bearer a-token-of-another")], plain).await;
    assert_eq!(other.status, 201, "each source has its own strictness: {}", other.text);
}

#[tokio::test]
async fn a_transaction_is_refused_whole_and_a_batch_by_entry() {
    let api = api(Validation::Reject);
    let entry = |id: &str, is_named: bool| json!({"resource": patient(id, is_named), "request": {"method": "PUT", "url": format!("Patient/{id}")}});
    let bundle = |kind: &str| {
        json!({"resourceType": "Bundle", "type": kind, "entry": [entry("kari", true), entry("ola", false)]}).to_string()
    };
    let place = "Bundle.entry[1].resource.name".to_owned();
    assert_eq!(api.post("", &bundle("transaction")).await.issue(), (422, "required".to_owned(), place.clone()));
    assert_eq!(api.get("/Patient/kari").await.status, 404);
    let batch = api.post("", &bundle("batch")).await.json();
    let status = |index: usize| batch["entry"][index]["response"]["status"].as_str().unwrap().to_owned();
    assert_eq!((status(0), status(1)), ("201 Created".to_owned(), "422 Unprocessable Entity".to_owned()));
    assert_eq!(batch["entry"][1]["response"]["outcome"]["issue"][0]["expression"][0], place.as_str());
    assert_eq!(
        (api.get("/Patient/kari").await.status.as_u16(), api.get("/Patient/ola").await.status.as_u16()),
        (200, 404)
    );
}

#[tokio::test]
async fn a_source_that_is_warned_is_told_when_it_asks() {
    let api = api(Validation::Warn);
    let wrong = patient("kari", false).to_string();
    let reply = api.send("PUT", "/Patient/kari", &[JSON, ("prefer", "return=OperationOutcome")], wrong.clone()).await;
    assert_eq!(reply.status, 201);
    assert_eq!(said(&reply), [("warning".to_owned(), "required".to_owned(), "Patient.name".to_owned())]);
    let reply = api.put("/Patient/kari", &wrong).await;
    assert_eq!((reply.status.as_u16(), reply.json()["id"].as_str()), (200, Some("kari")));
    let line = format!("{}\n", patient("per", false));
    let imported = api.send("POST", "/$import", &[("content-type", "application/fhir+ndjson")], line).await;
    assert_eq!(said(&imported)[1], ("warning".to_owned(), "required".to_owned(), "Patient.name".to_owned()));
}
