//! A proxy for one visit to the pharmacy: given, accepted, used, over.

use serde_json::{Value, json};

use crate::shared::testing::{Portal, national_id, patient, visitor};

/// Who writes what was handed over.
const PHARMACY: &str = "apoteket";

const AT_THE_PHARMACY: &str = "Hente legemidler på apoteket";

/// Kari, Per who is 56, and Ola who is nobody to them; what programs write is heard.
async fn country() -> Portal {
    let portal = Portal::new();
    portal
        .given([patient("kari", 1, "1980-03-04"), patient("per", 2, "1970-01-01"), patient("ola", 4, "1990-01-01")])
        .await;
    portal.hear();
    portal
}

/// Kari gives Per what is ticked, and he accepts; its path.
async fn given(portal: &Portal, areas: &[&str]) -> String {
    given_by(portal, areas, "k1").await
}

/// The same once more, for one time, from a form of its own.
async fn given_again(portal: &Portal) -> String {
    given_by(portal, &["P-once"], "k2").await
}

async fn given_by(portal: &Portal, areas: &[&str], key: &str) -> String {
    let number = national_id(2);
    let ticked = areas.iter().map(|area| ("areas", *area));
    let rest = [("number", number.as_str()), ("family", "nordmann"), ("step", "yes"), ("form_key", key)];
    let fields: Vec<(&str, &str)> = ticked.chain(rest).collect();
    let (status, location) = portal.post(&visitor("kari", 1), "/sharing/give", &fields).await;
    assert_eq!(status, 303, "{location}");
    let path = location.split('?').next().unwrap().to_owned();
    assert_eq!(portal.post(&visitor("per", 2), &format!("{path}/accept"), &[]).await.1, "/sharing?done=accepted");
    portal.told().await;
    path
}

/// What a pharmacy writes when it has handed Kari's medicines to somebody.
fn handed_over(id: &str, day: &str, receiver: &Value) -> Value {
    json!({
        "resourceType": "MedicationDispense", "id": id, "status": "completed", "whenHandedOver": day,
        "subject": {"reference": "Patient/kari"}, "medicationCodeableConcept": {"text": "Losartan 50 mg"},
        "receiver": [receiver],
    })
}

#[tokio::test]
async fn a_proxy_for_one_time_is_over_when_its_receiver_has_collected() {
    let portal = country().await;
    let path = given(&portal, &["P-once"]).await;
    let kari = visitor("kari", 1);
    let (_, page) = portal.get(&kari, &path).await;
    assert!(page.contains("bare én gang") && page.contains("Til legemidlene er hentet én gang"), "{page}");
    for (who, serial) in [("kari", 1), ("per", 2)] {
        let (_, page) = portal.get(&visitor(who, serial), "/medicines/collect").await;
        assert!(page.contains("Bare én gang"), "{who}: {page}");
    }
    // Herself, somebody it does not name, and what was handed over before it was given use nothing up.
    let number = |serial| json!({"identifier": {"system": varde_base::NATIONAL_ID_SYSTEM, "value": national_id(serial).as_str()}});
    let per = json!({"reference": "Patient/per"});
    let others = [
        handed_over("d1", "2026-11-21T10:00:00Z", &json!({"reference": "Patient/kari"})),
        handed_over("d2", "2026-11-21T10:00:00Z", &number(4)),
        handed_over("d3", "2026-11-20T10:00:00Z", &per),
        handed_over("d4", "2026-01-05T10:00:00Z", &per),
    ];
    for other in others {
        portal.sent_by(PHARMACY, other).await;
    }
    assert_eq!(portal.told().await, [""; 0]);
    assert!(portal.get(&visitor("per", 2), "/medicines/collect").await.1.contains("kari Nordmann"));
    portal.sent_by(PHARMACY, handed_over("d5", "2026-11-21T11:00:00Z", &number(2))).await;
    assert_eq!(portal.told().await, ["sharing-collected: kari"]);
    assert!(!portal.get(&visitor("per", 2), "/medicines/collect").await.1.contains("kari Nordmann"));
    let (_, page) = portal.get(&kari, &path).await;
    assert!(
        page.contains("Gjelder ikke lenger") && page.contains("bare én gang"),
        "what it was is still to be read: {page}"
    );
    assert!(portal.get(&kari, "/events").await.1.contains("Legemidler er hentet med en fullmakt"));
    // The pharmacy sends it again: it was told, and what Kari has given since is not used up by it.
    let again = given_again(&portal).await;
    portal.sent_by(PHARMACY, handed_over("d5", "2026-11-21T11:00:00Z", &number(2))).await;
    assert_eq!(portal.told().await, [""; 0]);
    assert!(portal.get(&kari, &again).await.1.contains("Gjelder nå"));
}

#[tokio::test]
async fn what_else_was_given_stands_when_the_medicines_have_been_collected() {
    let portal = country().await;
    let path = given(&portal, &["3", "P-once"]).await;
    portal.sent_by(PHARMACY, handed_over("d1", "2026-11-21T11:00:00Z", &json!({"reference": "Patient/per"}))).await;
    assert_eq!(portal.told().await, ["sharing-collected: kari"]);
    let (_, page) = portal.get(&visitor("kari", 1), &path).await;
    assert!(page.contains("Gjelder nå") && page.contains("Digitale tjenester"), "{page}");
    assert!(!page.contains(AT_THE_PHARMACY), "{page}");
    assert!(!portal.get(&visitor("per", 2), "/medicines/collect").await.1.contains("kari Nordmann"));
}

#[tokio::test]
async fn a_standing_proxy_is_not_used_up() {
    let portal = country().await;
    let path = given(&portal, &["P", "P-once"]).await;
    portal.sent_by(PHARMACY, handed_over("d1", "2026-11-21T11:00:00Z", &json!({"reference": "Patient/per"}))).await;
    assert_eq!(portal.told().await, [""; 0]);
    let (_, page) = portal.get(&visitor("kari", 1), &path).await;
    assert!(page.contains(AT_THE_PHARMACY) && !page.contains("bare én gang"), "{page}");
    assert!(portal.get(&visitor("per", 2), "/medicines/collect").await.1.contains("kari Nordmann"));
}
