//! What is left out of a summary is never what holds now or can threaten life, and it is said that something is.

use serde_json::{Value, json};

use super::{nuts, resource};
use crate::shared::testing::{Portal, patient, visitor};

async fn kari_with(bodies: impl IntoIterator<Item = Value>) -> Portal {
    let portal = Portal::new();
    portal.given([patient("kari", 1, "1980-03-04")].into_iter().chain(bodies)).await;
    portal
}

async fn page(portal: &Portal, path: &str) -> String {
    let (status, page) = portal.get(&visitor("kari", 1), path).await;
    assert_eq!(status, 200, "{path}: {page}");
    page
}

/// An allergy of no great weight, written down on this day.
fn mild(id: &str, recorded: &str, more: Value) -> Value {
    let mut body =
        nuts(id, json!({"criticality": "low", "code": {"text": format!("Allergi {id}")}, "recordedDate": recorded}));
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    body
}

#[tokio::test]
async fn an_allergy_that_holds_is_there_however_many_are_over() {
    let over = json!({"clinicalStatus": {"coding": [{"code": "resolved"}]}});
    let mut unsaid = mild("z-unsaid", "2001-01-01", json!({}));
    unsaid.as_object_mut().unwrap().remove("clinicalStatus");
    let over = (0..1_300).map(|number| mild(&format!("a{number}"), "2025-01-01", over.clone()));
    let portal = kari_with(over.chain([mild("z-active", "2000-01-01", json!({})), unsaid])).await;
    let list = page(&portal, "/summary").await;
    assert!(list.contains("Allergi z-active") && list.contains("Allergi z-unsaid"), "{list}");
    assert!(list.contains("Det er registrert mer enn det som står her"), "{list}");
    let international = page(&portal, "/summary/international").await;
    assert!(
        international.contains("Allergi z-active") && international.contains("Allergi z-unsaid"),
        "{international}"
    );
    assert!(!international.contains("Det finnes flere"), "all that hold are there: {international}");
}

#[tokio::test]
async fn what_threatens_life_is_never_cut_and_the_page_and_the_document_say_that_there_is_more() {
    let many = (0..120).map(|number| mild(&format!("a{number}"), "2025-01-01", json!({})));
    let grave = nuts("z", json!({"recordedDate": "1999-01-01", "code": {"text": "Den farlige"}}));
    let portal = kari_with(many.chain([grave])).await;
    let international = page(&portal, "/summary/international").await;
    assert!(
        international.contains("Den farlige") && international.contains("Bare 100 er tatt med her"),
        "{international}"
    );
    assert!(
        !page(&portal, "/summary").await.contains("Det er registrert mer"),
        "the page of critical information has them all"
    );
    let document: Value = serde_json::from_str(&page(&portal, "/summary/international/fhir").await).unwrap();
    let sections = document["entry"][0]["resource"]["section"].as_array().unwrap();
    let allergies = sections.iter().find(|section| section["code"]["coding"][0]["code"] == "48765-2").unwrap();
    assert_eq!(allergies["entry"][0]["reference"], "AllergyIntolerance/z");
    assert_eq!(allergies["entry"].as_array().unwrap().len(), 100);
    let words = allergies["text"]["div"].as_str().unwrap();
    assert!(words.contains("</ul><p>Only 100 are included here"), "{words}");
    let others = sections.iter().filter(|section| section["code"]["coding"][0]["code"] != "48765-2");
    assert!(others.into_iter().all(|section| !section["text"]["div"].as_str().unwrap().contains("included here")));
}

#[tokio::test]
async fn what_a_report_concludes_with_stands_among_the_results() {
    let of = |id: &str, day: &str, conclusion: &str| {
        resource(
            "DiagnosticReport",
            id,
            json!({"status": "final", "effectiveDateTime": day, "issued": format!("{day}T12:00:00Z"),
                "category": [{"coding": [{"code": "RAD"}]}], "code": {"text": "Røntgen av lungene"}, "conclusion": conclusion}),
        )
    };
    let portal =
        kari_with([of("new", "2026-06-01", "Ingen betennelse."), of("old", "2020-06-01", "Betennelse.")]).await;
    let international = page(&portal, "/summary/international").await;
    assert!(international.contains("Røntgen av lungene"), "{international}");
    assert!(
        international.contains("Ingen betennelse. · 1. juni 2026") && !international.contains("2020"),
        "{international}"
    );
    let document: Value = serde_json::from_str(&page(&portal, "/summary/international/fhir").await).unwrap();
    let entries = document["entry"].as_array().unwrap();
    let is_report = |entry: &&Value| entry["resource"]["resourceType"] == "DiagnosticReport";
    assert_eq!(entries.iter().filter(is_report).count(), 1);
}
