//! `Patient/[id]/$summary`: the International Patient Summary, by its own profiles where the package is there, and what is not in it.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use varde_conformance::definitions::Definitions;

use super::personnel::{ask, vouching};
use super::{Api, KARI};
use crate::conformance::Conformance;

const PROFILE: &str = "http://hl7.org/fhir/uv/ips/StructureDefinition/Bundle-uv-ips";
const NOTHING: &str = "unavailable";

fn lives() -> Vec<Value> {
    let subject = json!({"reference": "Patient/kari"});
    let active =
        json!({"coding": [{"system": "http://terminology.hl7.org/CodeSystem/condition-clinical", "code": "active"}]});
    let allergy = json!({"coding": [{"system": "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical", "code": "active"}]});
    vec![
        json!({"resourceType": "AllergyIntolerance", "id": "nuts", "patient": subject, "clinicalStatus": allergy,
            "code": {"coding": [{"system": "http://snomed.info/sct", "code": "91934008", "display": "Allergy to nut"}]},
            "criticality": "high", "reaction": [{"manifestation": [{"text": "Swelling"}]}]}),
        json!({"resourceType": "MedicationStatement", "id": "losartan", "status": "active", "subject": subject,
            "medicationCodeableConcept": {"coding": [{"system": "http://www.whocc.no/atc", "code": "C09CA01", "display": "losartan"}]},
            "dosage": [{"text": "1 tablett daglig"}]}),
        json!({"resourceType": "MedicationRequest", "id": "amlodipin", "status": "active", "intent": "order", "subject": subject,
            "medicationReference": {"reference": "Medication/amlodipin"}}),
        json!({"resourceType": "Medication", "id": "amlodipin", "code": {"text": "Amlodipin 5 mg"}}),
        json!({"resourceType": "Condition", "id": "asthma", "subject": subject, "clinicalStatus": active, "code": {"text": "Astma"}}),
        json!({"resourceType": "Immunization", "id": "mmr", "status": "completed", "patient": subject,
            "vaccineCode": {"text": "MMR"}, "occurrenceDateTime": "2020-05-04"}),
        json!({"resourceType": "Device", "id": "pacemaker", "status": "active", "patient": subject, "type": {"text": "Pacemaker"}}),
        json!({"resourceType": "Flag", "id": "airway", "status": "active", "subject": subject, "code": {"text": "Difficult airway"},
            "category": [{"coding": [{"system": "urn:varde:critical-information", "code": "critical-anaesthesia"}]}]}),
        json!({"resourceType": "Observation", "id": "hb", "status": "final", "subject": subject, "effectiveDateTime": "2026-01-01",
            "category": [{"coding": [{"system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "laboratory"}]}],
            "code": {"coding": [{"system": "http://loinc.org", "code": "718-7", "display": "Hemoglobin [Mass/volume] in Blood"}]},
            "valueQuantity": {"value": 14.2, "unit": "g/dL", "system": "http://unitsofmeasure.org", "code": "g/dL"}}),
        json!({"resourceType": "DiagnosticReport", "id": "lungs", "status": "final", "subject": subject, "effectiveDateTime": "2026-01-01",
            "category": [{"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v2-0074", "code": "RAD", "display": "Radiology"}]}],
            "code": {"coding": [{"system": "http://loinc.org", "code": "36643-5"}], "text": "X-ray of the lungs"},
            "result": [{"reference": "Observation/hb"}], "conclusion": "Nothing out of the usual."}),
    ]
}

/// The definitions of the package, when the shared data are there.
fn package() -> Option<Definitions> {
    let root = std::env::var_os("VARDE_SHARED_DATA")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"), PathBuf::from);
    let folder = root.join("hl7-ips/pkg/package");
    let Ok(files) = std::fs::read_dir(folder) else {
        println!("skipped: no shared data");
        return None;
    };
    let mut definitions = Definitions::base();
    for file in files {
        let file = file.unwrap().path();
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        if name.starts_with("StructureDefinition-") || name.starts_with("ValueSet-") {
            definitions.add(std::fs::read_to_string(&file).unwrap()).unwrap();
        }
    }
    Some(definitions)
}

async fn country(conformance: Conformance, bodies: &[Value]) -> Api {
    let api = Api::with_conformance(conformance);
    api.given(KARI).await;
    for body in bodies {
        api.given(&body.to_string()).await;
    }
    api
}

/// Errors the validator finds in a document.
async fn errors(api: &Api, document: &Value) -> Vec<String> {
    let reply = api.post(&format!("/Bundle/$validate?profile={PROFILE}"), &document.to_string()).await;
    let issues = reply.json()["issue"].as_array().cloned().unwrap_or_default();
    let is_error = |issue: &&Value| issue["severity"] == "error" || issue["severity"] == "fatal";
    issues.iter().filter(is_error).map(|issue| format!("{} {}", issue["expression"], issue["diagnostics"])).collect()
}

fn types(document: &Value) -> Vec<&str> {
    let entries = document["entry"].as_array().unwrap().iter();
    entries.map(|entry| entry["resource"]["resourceType"].as_str().unwrap()).collect()
}

fn section<'d>(document: &'d Value, code: &str) -> &'d Value {
    let sections = document["entry"][0]["resource"]["section"].as_array().unwrap();
    sections.iter().find(|section| section["code"]["coding"][0]["code"] == code).unwrap()
}

#[tokio::test]
async fn full_and_empty_summaries_are_valid_by_the_profiles_of_ips_and_a_broken_one_is_not() {
    let Some(definitions) = package() else { return };
    let api = country(Conformance::new(definitions, HashMap::new()), &lives()).await;
    let full = api.get("/Patient/kari/$summary").await;
    assert_eq!(full.status, 200, "{}", full.text);
    assert_eq!(errors(&api, &full.json()).await, Vec::<String>::new());
    let mut broken = full.json();
    broken["entry"][0]["resource"]["section"]
        .as_array_mut()
        .unwrap()
        .retain(|part| part["code"]["coding"][0]["code"] != "48765-2");
    assert_ne!(errors(&api, &broken).await, Vec::<String>::new(), "the validator looks at it");
    let Some(definitions) = package() else { return };
    let api = country(Conformance::new(definitions, HashMap::new()), &[]).await;
    let empty = api.get("/Patient/kari/$summary").await.json();
    assert_eq!(errors(&api, &empty).await, Vec::<String>::new());
}

#[tokio::test]
async fn a_source_system_gets_a_document_with_all_that_a_doctor_abroad_needs() {
    let api = country(Conformance::default(), &lives()).await;
    let reply = api.get("/Patient/kari/$summary").await;
    assert_eq!(reply.header("content-type"), "application/fhir+json; charset=utf-8");
    let document = reply.json();
    assert_eq!(
        (&document["type"], types(&document)[0], types(&document)[1]),
        (&json!("document"), "Composition", "Patient")
    );
    for kind in [
        "AllergyIntolerance",
        "MedicationStatement",
        "MedicationRequest",
        "Medication",
        "Condition",
        "Immunization",
        "Device",
        "DeviceUseStatement",
        "Flag",
        "Observation",
        "DiagnosticReport",
        "Organization",
    ] {
        assert_eq!(types(&document).iter().filter(|of| **of == kind).count(), 1, "{kind}");
    }
    let medicines = section(&document, "10160-0")["text"]["div"].as_str().unwrap();
    assert!(medicines.contains("losartan: 1 tablett daglig") && medicines.contains("Amlodipin 5 mg"), "{medicines}");
    let results = section(&document, "30954-2")["text"]["div"].as_str().unwrap();
    assert!(results.contains("Haemoglobin") && results.contains("14.2"), "{results}");
    assert!(results.contains("X-ray of the lungs: Nothing out of the usual."), "{results}");
    let posted = api.send("POST", "/Patient/kari/$summary", &[], "").await;
    assert_eq!(posted.status, 200);
    assert_eq!(api.get(&format!("/Patient/kari/$summary?profile={PROFILE}")).await.status, 200);
}

#[tokio::test]
async fn what_cannot_be_asked_is_refused() {
    let api = country(Conformance::default(), &[]).await;
    assert_eq!(api.get("/Patient/nobody/$summary").await.status, 404);
    assert!(api.get("/Observation/kari/$summary").await.status.is_client_error());
    assert_eq!(api.get("/Patient/kari/$summary?profile=urn:other").await.status, 400);
    assert_eq!(api.get("/Patient/kari/$summary?other=1").await.status, 400);
    assert_eq!(api.send("GET", "/Patient/kari/$summary", &[("authorization", "")], "").await.status, 401);
}

#[tokio::test]
async fn what_personnel_may_not_see_is_not_in_it_and_nothing_tells_that_it_is_there() {
    let shielded = |mut body: Value| {
        body["meta"] = json!({"security": [{"system": "urn:oid:2.16.578.1.12.4.1.1.9603", "code": "NORS"}]});
        body
    };
    let treating = vouching(&json!({"purpose_of_use": "TREAT", "decision_ref": "visit-7"}));
    let with = country(Conformance::default(), &lives().into_iter().map(shielded).collect::<Vec<_>>()).await;
    let without = country(Conformance::default(), &[]).await;
    let one = ask(&with, "/Patient/kari/$summary", &treating).await;
    let other = ask(&without, "/Patient/kari/$summary", &treating).await;
    assert_eq!(one.status, 200, "{}", one.text);
    assert_eq!(one.text, other.text);
    for code in ["48765-2", "10160-0", "11450-4"] {
        assert_eq!(section(&one.json(), code)["emptyReason"]["coding"][0]["code"], NOTHING);
    }
}

#[tokio::test]
async fn the_answer_to_a_suggestion_is_told_to_the_one_who_made_it() {
    let task = json!({"resourceType": "Task", "id": "suggestion", "status": "requested", "intent": "proposal",
        "code": {"coding": [{"system": "urn:varde:service", "code": "summary-record"}]},
        "for": {"reference": "Patient/kari"}, "requester": {"reference": "Patient/kari"}, "authoredOn": "2026-03-01T09:00:00Z"});
    let api = country(Conformance::default(), &[task]).await;
    api.subscriptions.begin().await.unwrap();
    let no = json!([{"op": "replace", "path": "/status", "value": "rejected"},
        {"op": "add", "path": "/statusReason", "value": {"text": "The test shows an allergy."}}]);
    let reply =
        api.send("PATCH", "/Task/suggestion", &[("content-type", "application/json-patch+json")], no.to_string()).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    let told = api.get("/Communication?patient=kari").await.json();
    assert_eq!(told["entry"][0]["resource"]["topic"]["coding"][0]["code"], "suggestion-refused");
    assert_eq!(told["entry"][0]["resource"]["about"][0]["reference"], "Task/suggestion");
    assert!(!told.to_string().contains("allergy"), "the event tells no more than that there is an answer");
}
