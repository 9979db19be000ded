use serde_json::{Value, json};
use varde_base::Language;

use super::super::document;
use super::super::model::{Part, Section, Summary};
use super::{flag, found, nuts, resource};

fn summary(parts: Vec<(Part, Vec<Value>)>) -> Summary {
    let mut sections: Vec<Section> =
        Part::ALL.into_iter().map(|part| Section { part, entries: vec![], others: vec![], is_cut: false }).collect();
    for (part, bodies) in parts {
        let section = sections.iter_mut().find(|section| section.part == part).unwrap();
        section.entries = bodies.iter().map(found).collect();
    }
    let patient =
        json!({"resourceType": "Patient", "id": "kari", "birthDate": "1980-03-04", "name": [{"family": "Dal"}]});
    Summary { patient: found(&patient), sections }
}

fn bundle(summary: &Summary) -> Value {
    let now = "2026-11-21T09:00:00Z".parse().unwrap();
    let bytes = document::bundle(summary, "https://varde.test/fhir", Language::En, now).unwrap();
    serde_json::from_slice(&bytes).unwrap()
}

fn section<'b>(bundle: &'b Value, code: &str) -> Option<&'b Value> {
    let sections = bundle["entry"][0]["resource"]["section"].as_array().unwrap();
    sections.iter().find(|section| section["code"]["coding"][0]["code"] == code)
}

/// The entry a reference of the Composition leads to.
fn entry<'b>(bundle: &'b Value, reference: &str) -> Option<&'b Value> {
    let url = format!("https://varde.test/fhir/{reference}");
    bundle["entry"]
        .as_array()
        .unwrap()
        .iter()
        .find(|entry| entry["fullUrl"] == url.as_str())
        .map(|entry| &entry["resource"])
}

#[test]
fn an_empty_summary_has_the_three_parts_and_says_that_there_is_no_information_and_not_that_there_is_nothing() {
    let made = bundle(&summary(vec![]));
    assert_eq!((&made["type"], &made["resourceType"]), (&json!("document"), &json!("Bundle")));
    assert!(made["identifier"]["value"].as_str().unwrap().starts_with("urn:uuid:") && made["timestamp"].is_string());
    let composition = &made["entry"][0]["resource"];
    assert_eq!(composition["type"]["coding"][0]["code"], "60591-5");
    assert_eq!(made["entry"][1]["resource"]["resourceType"], "Patient");
    assert_eq!(composition["section"].as_array().unwrap().len(), 3);
    for code in ["48765-2", "10160-0", "11450-4"] {
        let part = section(&made, code).unwrap();
        assert_eq!(part["emptyReason"]["coding"][0]["code"], "unavailable", "{code}");
        assert!(part.get("entry").is_none() && part["text"]["div"].as_str().unwrap().contains("No information about"));
    }
    assert!(!made.to_string().contains("nilknown") && !made.to_string().contains("no-known"));
}

#[test]
fn every_reference_of_the_composition_is_in_the_document() {
    let medicine = json!({"status": "active", "medicationCodeableConcept": {"text": "Losartan"}, "dosage": [{"text": "1 daglig"}]});
    let made = bundle(&summary(vec![
        (Part::Alerts, vec![flag("f1", "critical-treatment", "Blodfortynnende")]),
        (Part::Allergies, vec![nuts("a1", json!({}))]),
        (Part::Medications, vec![resource("MedicationStatement", "m1", medicine)]),
        (Part::Problems, vec![resource("Condition", "c1", json!({"code": {"text": "Astma"}}))]),
        (Part::Devices, vec![resource("Device", "d1", json!({"status": "active", "type": {"text": "Pacemaker"}}))]),
    ]));
    let composition = &made["entry"][0]["resource"];
    let own = ["subject", "custodian"].map(|member| &composition[member]);
    let authors = composition["author"].as_array().unwrap().iter();
    let parts = composition["section"].as_array().unwrap().iter().flat_map(|part| part["entry"].as_array().unwrap());
    let references: Vec<&str> =
        own.into_iter().chain(authors).chain(parts).map(|its| its["reference"].as_str().unwrap()).collect();
    assert_eq!(references.len(), 8);
    for reference in references {
        assert!(entry(&made, reference).is_some(), "{reference}");
    }
    let urls: Vec<&Value> = made["entry"].as_array().unwrap().iter().map(|entry| &entry["fullUrl"]).collect();
    let once: std::collections::BTreeSet<String> = urls.iter().map(|url| url.to_string()).collect();
    assert_eq!(once.len(), urls.len());
    let used = section(&made, "46264-8").unwrap()["entry"][0]["reference"].as_str().unwrap();
    let used = entry(&made, used).unwrap();
    assert_eq!(
        (&used["resourceType"], &used["device"]["reference"]),
        (&json!("DeviceUseStatement"), &json!("Device/d1"))
    );
    assert!(section(&made, "104605-1").unwrap()["text"]["div"].as_str().unwrap().contains("<li>Blodfortynnende</li>"));
}

#[test]
fn what_a_profile_demands_and_a_source_left_out_is_said_to_be_unknown() {
    let medicine = json!({"status": "active", "medicationCodeableConcept": {"text": "Losartan"}, "dosage": [{"doseAndRate": [{"doseQuantity": {"value": 1.50}}]}]});
    let made = bundle(&summary(vec![
        (Part::Medications, vec![resource("MedicationStatement", "m1", medicine)]),
        (Part::Allergies, vec![resource("AllergyIntolerance", "a1", json!({}))]),
        (Part::Procedures, vec![resource("Procedure", "p1", json!({"status": "completed", "code": {"text": "x"}}))]),
    ]));
    let unknown = |of: &str, member: &str| {
        assert_eq!(entry(&made, of).unwrap()[member]["extension"][0]["valueCode"], "unknown", "{of}");
    };
    unknown("MedicationStatement/m1", "_effectiveDateTime");
    unknown("AllergyIntolerance/a1", "code");
    unknown("Procedure/p1", "_performedDateTime");
    assert!(made["entry"][1]["resource"].get("_birthDate").is_none(), "what is there stays");
}

#[test]
fn words_of_a_source_are_words_in_the_narrative() {
    let made = bundle(&summary(vec![(
        Part::Problems,
        vec![resource("Condition", "c", json!({"code": {"text": "<b>A & \"B\"</b>"}}))],
    )]));
    let div = section(&made, "11450-4").unwrap()["text"]["div"].as_str().unwrap().to_owned();
    assert!(div.contains("&lt;b&gt;A &amp; &quot;B&quot;&lt;/b&gt;") && !div.contains("<b>"), "{div}");
}

#[test]
fn the_same_document_has_the_same_ids_and_another_has_others() {
    let of =
        |words: &str| bundle(&summary(vec![(Part::Allergies, vec![nuts(words, json!({}))])]))["identifier"].clone();
    assert_eq!(of("a1"), of("a1"));
    assert_ne!(of("a1"), of("a2"));
}
