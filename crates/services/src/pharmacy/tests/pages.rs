use serde_json::{Value, json};
use varde_base::{AssuranceLevel, Language, NATIONAL_ID_SYSTEM};
use varde_web::Visitor;

use crate::shared::testing::{Portal, national_id, patient, proxy, visitor};

/// Olav, who is 84, Jon, who may collect for him, Bo, who may not, and Yusuf, who is at work at a pharmacy.
async fn with_people() -> Portal {
    let portal = Portal::new();
    let practitioner = json!({
        "resourceType": "Practitioner", "id": "yusuf-at-work", "active": true,
        "identifier": [{ "system": "urn:oid:2.16.578.1.12.4.1.4.4", "value": "91234567" },
            { "system": NATIONAL_ID_SYSTEM, "value": national_id(4).as_str() }],
    });
    portal.given([practitioner, role(true)]).await;
    portal
        .given([
            patient("olav", 1, "1942-03-04"),
            patient("jon", 2, "1960-01-01"),
            patient("bo", 3, "1960-01-01"),
            patient("yusuf", 4, "1995-01-01"),
        ])
        .await;
    portal.given([proxy("olav", 2, "P")]).await;
    portal
}

fn role(active: bool) -> Value {
    json!({
        "resourceType": "PractitionerRole", "id": "yusuf-role", "active": active,
        "practitioner": { "reference": "Practitioner/yusuf-at-work" },
        "organization": { "display": "Bjørka apotek" },
        "code": [{ "coding": [{ "system": "urn:oid:2.16.578.1.12.4.1.1.9060", "code": "FA2", "display": "Farmasøyt" }] }],
    })
}

fn yusuf() -> Visitor {
    visitor("yusuf", 4)
}

async fn asked(portal: &Portal, giver: u16, receiver: u16) -> (u16, String) {
    let (giver, receiver) = (national_id(giver), national_id(receiver));
    let fields = [("giver", giver.as_str()), ("receiver", receiver.as_str())];
    let (status, page) = portal.post(&yusuf(), "/pharmacy/check", &fields).await;
    (status.as_u16(), page)
}

#[tokio::test]
async fn the_page_is_there_for_those_at_work_at_a_pharmacy_alone() {
    let portal = with_people().await;
    assert_eq!(portal.get(&yusuf(), "/pharmacy/check").await.0, 200);
    let form = [("giver", "x"), ("receiver", "y")];
    for other in [visitor("olav", 1), visitor("jon", 2)] {
        assert_eq!(portal.get(&other, "/pharmacy/check").await.0, 404);
        assert_eq!(portal.post(&other, "/pharmacy/check", &form).await.0, 404);
    }
    let mut low = yusuf();
    low.actor.level = AssuranceLevel::Substantial;
    assert_eq!(portal.get(&low, "/pharmacy/check").await.0, 404, "only signed in at the high level");
    portal.given([role(false)]).await;
    assert_eq!(portal.get(&yusuf(), "/pharmacy/check").await.0, 404, "no longer at work there");
}

#[tokio::test]
async fn the_counter_is_told_yes_or_no_and_no_name_and_the_giver_reads_that_it_was_asked() {
    let portal = with_people().await;
    let (status, page) = asked(&portal, 1, 2).await;
    assert!(status == 200 && page.contains("Ja, kan hente") && page.contains("Uten sluttdato"), "{page}");
    // Each form has a random key of its own.
    let strip = |page: &str| page.split('<').filter(|part| !part.contains("form_key")).collect::<String>();
    let stranger = strip(&asked(&portal, 1, 3).await.1);
    for (giver, receiver) in [(1, 3), (2, 1), (1, 9), (9, 2)] {
        let (status, page) = asked(&portal, giver, receiver).await;
        assert!(status == 200 && page.contains("Nei, vi finner ingen fullmakt"), "{giver} {receiver}: {page}");
        assert_eq!(strip(&page), stranger, "one no is as any other");
        for told in ["Nordmann", "olav", national_id(giver).as_str(), national_id(receiver).as_str()] {
            assert!(!page.contains(told), "{told}: {page}");
        }
    }
    let (_, log) = portal.get(&visitor("olav", 1), "/access-log").await;
    assert!(log.contains("yusuf, Farmasøyt, Bjørka apotek"), "{log}");
    assert!(!log.contains("91234567"), "names, no numbers");
    let (_, log) = portal.get(&visitor("bo", 3), "/access-log").await;
    assert!(!log.contains("Farmasøyt"), "nobody has looked at Bo");
}

#[tokio::test]
async fn what_is_typed_wrongly_is_told_at_its_field_and_kept() {
    let portal = with_people().await;
    let (status, page) = portal.post(&yusuf(), "/pharmacy/check", &[("giver", "123"), ("receiver", "456")]).await;
    assert_eq!(status, 422);
    assert!(page.contains("href=\"#giver\"") && page.contains("href=\"#receiver\""), "{page}");
    assert!(page.contains("value=\"123\"") && page.contains("value=\"456\""));
    let (status, page) = asked(&portal, 1, 1).await;
    assert!(status == 422 && page.contains("De to numrene er like"));
}

#[tokio::test]
async fn nobody_asks_without_end() {
    let portal = with_people().await;
    for _ in 0..super::super::rules::MAX_QUESTIONS {
        assert_eq!(asked(&portal, 9, 8).await.0, 200);
    }
    let (status, page) = asked(&portal, 1, 2).await;
    assert!(status == 429 && page.contains("Vent noen minutter") && !page.contains("Ja, kan hente"), "{page}");
    assert!(page.contains(national_id(1).as_str()), "nothing typed is lost");
    portal.clock.advance(jiff::SignedDuration::from_mins(10));
    assert_eq!(asked(&portal, 1, 2).await.0, 200);
}

#[tokio::test]
async fn the_page_speaks_four_languages() {
    let portal = with_people().await;
    for language in Language::ALL {
        let (status, page) = portal.get(&yusuf(), &format!("/pharmacy/check?lang={language}")).await;
        assert!(status == 200 && page.matches("<h1").count() == 1 && page.contains("Bjørka apotek"), "{language}");
    }
}
