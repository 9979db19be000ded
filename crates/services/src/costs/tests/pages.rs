use serde_json::{Value, json};

use crate::shared::testing::{Portal, acting_for, consent, parent_of, patient, visitor};

/// A parent has agreed that the young person uses the portal.
fn agreed(of: &str) -> Value {
    let mut yes = consent("yes", of, "foreldresamtykke", "active");
    yes["provision"] = json!({ "type": "permit", "period": { "start": "2026-11-01" } });
    yes
}

fn payment(id: &str, of: &str, day: &str, own: f64) -> Value {
    let amount = |code: &str, value: f64| {
        json!({ "category": { "coding": [{ "system": "http://terminology.hl7.org/CodeSystem/adjudication", "code": code }] },
            "amount": { "value": value, "currency": "NOK" } })
    };
    json!({ "resourceType": "ExplanationOfBenefit", "id": id, "status": "active", "use": "claim", "patient": { "reference": format!("Patient/{of}") },
        "type": { "text": "professional" }, "billablePeriod": { "start": day }, "created": day, "outcome": "complete",
        "insurer": { "display": "Helfo" }, "insurance": [{ "focal": true, "coverage": { "display": "Folketrygden" } }],
        "provider": { "display": "Torget legesenter" }, "item": [{ "sequence": 1, "productOrService": { "text": "Time hos fastlegen" } }],
        "total": [amount("submitted", own + 250.0), amount("benefit", 250.0), amount("copay", own)] })
}

fn card(of: &str) -> Value {
    json!({ "resourceType": "Coverage", "id": format!("{of}-card"), "status": "active", "beneficiary": { "reference": format!("Patient/{of}") },
        "type": { "coding": [{ "system": "urn:varde:coverage", "code": "exemption-card" }] }, "identifier": [{ "value": "2026-000001" }],
        "period": { "start": "2026-11-10", "end": "2026-12-31" }, "payor": [{ "display": "Helfo" }] })
}

/// Kari, Per who is 56, Nora who is 14 and Emma who is 6, both Kari's.
async fn country() -> Portal {
    let portal = Portal::new();
    let people = [
        patient("kari", 1, "1980-03-04"),
        patient("per", 2, "1970-01-01"),
        patient("nora", 3, "2012-09-07"),
        patient("emma", 4, "2020-05-05"),
    ];
    let of_kari = [payment("k1", "kari", "2026-02-03", 179.5), payment("k2", "kari", "2025-06-03", 386.0)];
    portal.given(people.into_iter().chain([parent_of("nora", 1), parent_of("emma", 1)]).chain(of_kari)).await;
    portal
}

#[tokio::test]
async fn the_first_page_says_what_is_left_and_each_year_has_its_own() {
    let portal = country().await;
    let kari = visitor("kari", 1);
    let (status, page) = portal.get(&kari, "/costs").await;
    assert_eq!(status, 200);
    for words in [
        "3098,50 kr igjen til frikort",
        "179,50 kr",
        "3278 kr",
        "3. februar 2026",
        "Torget legesenter",
        "href=\"/costs?year=2025\"",
    ] {
        assert!(page.contains(words), "{words} is not on the page: {page}");
    }
    assert!(
        !page.contains("386 kr") && !page.contains("Penger tilbake") && !page.contains("Vis frikortet"),
        "no empty headings: {page}"
    );
    let (_, last) = portal.get(&kari, "/costs?year=2025").await;
    assert!(last.contains("386 kr") && last.contains("ikke nådd i 2025") && !last.contains("179,50"), "{last}");
    for strange in ["/costs?year=1814", "/costs?year=x", "/costs?year=99999"] {
        assert!(portal.get(&kari, strange).await.1.contains("179,50 kr"), "{strange}: this year");
    }
    let (_, english) = portal.get(&kari, "/costs?lang=en").await;
    assert!(english.contains("NOK 3098.50 left until the exemption card"), "{english}");
}

#[tokio::test]
async fn what_the_care_cost_is_said_with_the_part_the_state_paid() {
    let portal = country().await;
    let (_, page) = portal.get(&visitor("kari", 1), "/costs/care").await;
    for words in ["Hele prisen", "03.02.2026", "429,50 kr", "Staten betalte", "250 kr", "Du betalte", "179,50 kr"] {
        assert!(page.contains(words), "{words} is not on the page: {page}");
    }
}

#[tokio::test]
async fn when_the_ceiling_is_reached_the_card_is_awaited_then_shown_and_the_rest_comes_back() {
    let portal = country().await;
    let kari = visitor("kari", 1);
    assert!(portal.get(&kari, "/costs/card").await.1.contains("Ikke frikort i år"));
    portal.given([payment("k3", "kari", "2026-11-02", 3_300.0)]).await;
    let (_, page) = portal.get(&kari, "/costs").await;
    assert!(page.contains("nådd 2. november 2026") && page.contains("senest 23. november 2026"), "{page}");
    assert!(page.contains("201,50 kr er betalt over grensen"), "{page}");
    assert!(portal.get(&kari, "/").await.1.contains("nådd 2. november 2026"), "it stands on the front page");
    portal.clock.set("2026-11-24T09:00:00Z".parse().unwrap());
    assert!(portal.get(&kari, "/costs").await.1.contains("Frikortet skulle ha kommet"));

    let refund = json!({ "resourceType": "ClaimResponse", "id": "r1", "status": "active", "outcome": "complete", "use": "claim", "created": "2026-11-20",
        "type": { "coding": [{ "system": "urn:varde:co-payment", "code": "refund" }] }, "patient": { "reference": "Patient/kari" },
        "insurer": { "display": "Helfo" },
        "payment": { "type": { "text": "complete" }, "date": "2026-12-01", "amount": { "value": 201.5, "currency": "NOK" } } });
    portal.given([card("kari"), refund]).await;
    let (_, page) = portal.get(&kari, "/costs").await;
    assert!(
        page.contains("gjelder fra 10. november 2026 til og med 31. desember 2026")
            && page.contains("href=\"/costs/card\""),
        "{page}"
    );
    assert!(page.contains("Kommer på kontoen 1. desember 2026") && !page.contains("er betalt over grensen"), "{page}");
    let (_, page) = portal.get(&kari, "/costs/card").await;
    for words in ["kari Nordmann", "4. mars 1980", "2026-000001", "10. november 2026", "31. desember 2026"] {
        assert!(page.contains(words), "{words} is not on the card: {page}");
    }
    portal.clock.set("2027-01-01T09:00:00Z".parse().unwrap());
    let (_, page) = portal.get(&kari, "/costs").await;
    assert!(page.contains("3278 kr igjen til frikort"), "a new year begins at nothing: {page}");
    assert!(portal.get(&kari, "/costs/card").await.1.contains("Ikke frikort i år"));
    assert!(portal.get(&kari, "/costs?year=2026").await.1.contains("til og med 31. desember 2026"));
}

#[tokio::test]
async fn a_long_year_is_shown_in_parts() {
    let portal = country().await;
    portal.given((0..60).map(|nth| payment(&format!("p{nth}"), "per", "2026-04-04", f64::from(nth)))).await;
    let per = visitor("per", 2);
    let (_, page) = portal.get(&per, "/costs").await;
    assert!(page.contains("Vis alle 60") && page.matches("Time hos fastlegen").count() == 40, "{page}");
    let (_, page) = portal.get(&per, "/costs?year=2026&all=yes").await;
    assert_eq!(page.matches("Time hos fastlegen").count(), 60);
}

#[tokio::test]
async fn claims_from_elsewhere_show_their_names_and_do_not_count() {
    let portal = country().await;
    let mut claim = payment("usd", "per", "2026-04-04", 0.0);
    claim.as_object_mut().unwrap().remove("total");
    claim["item"] = json!([{ "sequence": 1,
        "productOrService": { "coding": [{ "system": "http://snomed.info/sct", "code": "162673000", "display": "General examination of patient (procedure)" }] },
        "adjudication": [{ "category": { "coding": [{ "code": "https://bluebutton.cms.gov/resources/variables/line_coinsrnc_amt" }] },
            "amount": { "value": 28.104_000_000_000_003, "currency": "USD" } }] }]);
    let mut bare = payment("bare", "per", "2026-04-05", 0.0);
    for member in ["total", "item"] {
        bare.as_object_mut().unwrap().remove(member);
    }
    bare["type"] = json!({ "coding": [{ "code": "professional" }] });
    bare["provider"] = json!({ "reference": "Practitioner/unknown" });
    portal.given([claim, bare]).await;
    let (_, page) = portal.get(&visitor("per", 2), "/costs").await;
    assert!(page.contains("Helseundersøkelse") && page.contains("28,10 USD"), "{page}");
    assert!(page.contains("Helsehjelp") && page.contains("Ikke oppgitt") && page.contains("3278 kr igjen"), "{page}");
    assert!(!page.contains("162673000"), "no bare code: {page}");
    let (status, page) = portal.get(&visitor("per", 2), "/costs/care").await;
    assert!(status == 200 && page.contains("28,10 USD"), "{page}");
}

#[tokio::test]
async fn the_young_and_their_parents_are_told_that_nothing_is_paid_below_sixteen() {
    let portal = country().await;
    let mother = visitor("kari", 1);
    for child in ["emma", "nora"] {
        let (status, page) = portal.get(&acting_for(mother.clone(), child), "/costs").await;
        assert!(status == 200 && page.contains("barn under 16 år ikke betaler egenandel"), "{child}: {page}");
        assert!(!page.contains("179,50"), "not the mother's own: {page}");
    }
    portal.given([agreed("nora")]).await;
    let (_, page) = portal.get(&visitor("nora", 3), "/costs").await;
    assert!(page.contains("ikke betaler egenandel før du fyller 16 år"), "{page}");
    // From the day she turns sixteen she pays, and sees it herself.
    portal.clock.set("2028-09-07T09:00:00Z".parse().unwrap());
    let (_, page) = portal.get(&visitor("nora", 3), "/costs").await;
    assert!(page.contains("igjen til frikort"), "{page}");
    let (_, page) = portal.get(&acting_for(mother, "nora"), "/costs").await;
    assert!(!page.contains("igjen til frikort"), "{page}");
}

#[tokio::test]
async fn a_proxy_needs_the_area_of_registers_and_a_stranger_sees_nothing() {
    let portal = country().await;
    let acting = acting_for(visitor("per", 2), "kari");
    let proxy = |area: &str| {
        json!({ "resourceType": "Consent", "id": "proxy", "status": "active", "dateTime": "2026-11-01T09:00:00Z", "scope": { "text": "privacy" },
            "category": [{ "coding": [{ "system": "urn:oid:2.16.578.1.12.4.1.1.7611", "code": "FU" }] }], "patient": { "reference": "Patient/kari" },
            "provision": { "type": "permit", "period": { "start": "2026-11-01" }, "code": [{ "coding": [{ "code": area }] }],
                "actor": [{ "role": { "text": "receiver" }, "reference": { "reference": "Patient/per" } }] } })
    };
    for given in [None, Some("2"), Some("3")] {
        if let Some(area) = given {
            portal.given([proxy(area)]).await;
        }
        for path in ["/costs", "/costs/care", "/costs/card", "/"] {
            let (_, page) = portal.get(&acting, path).await;
            assert!(!page.contains("179,50") && !page.contains("frikort i år"), "{given:?} {path}: {page}");
        }
    }
    portal.given([proxy("1")]).await;
    let (_, page) = portal.get(&acting, "/costs").await;
    assert!(page.contains("179,50 kr") && page.contains("FU-2"), "{page}");
}
