//! When and who is told that there is an answer to read.

use jiff::SignedDuration;
use serde_json::{Value, json};

use super::report;
use crate::shared::testing::{Portal, consent, parent_of, patient, proxy, visitor};

const LAB: &str = "Laboratoriet";

/// An answer of today, with more.
fn answer(id: &str, more: Value) -> Value {
    let mut body = report(id, &[], json!({"issued": "2026-11-21T08:00:00Z"}));
    for (name, value) in more.as_object().unwrap() {
        body[name] = value.clone();
    }
    body
}

fn release(value: Value) -> Value {
    let mut extension = json!({"url": "urn:varde:release"});
    for (name, value) in value.as_object().unwrap() {
        extension[name] = value.clone();
    }
    json!({"extension": [extension]})
}

async fn kari() -> Portal {
    let portal = Portal::new();
    portal.hear();
    portal.given([patient("kari", 1, "1980-03-04")]).await;
    portal
}

async fn page(portal: &Portal, path: &str) -> String {
    portal.get(&visitor("kari", 1), path).await.1
}

const EVENT: &str = "Et prøvesvar er klart til å leses";

#[tokio::test]
async fn an_answer_is_told_of_when_its_delay_is_over_and_nothing_hints_at_it_before() {
    let portal = kari().await;
    portal.sent_by(LAB, answer("r1", json!({}))).await;
    assert_eq!(portal.told().await, [""; 0], "not for fourteen days");
    portal.clock.advance(SignedDuration::from_hours(14 * 24 - 2));
    assert_eq!(portal.told().await, [""; 0], "not an hour too early");
    for path in ["/events", "/", "/results"] {
        let shown = page(&portal, path).await;
        assert!(!shown.contains("/r1") && !shown.contains(EVENT), "{path}: {shown}");
    }
    portal.clock.advance(SignedDuration::from_hours(2));
    assert_eq!(portal.told().await, ["result-shown: kari"]);
    assert!(page(&portal, "/events").await.contains("/results/r1"));
    assert!(page(&portal, "/events").await.contains(EVENT));
    // The laboratory sends it again, corrected: it has been told.
    portal.sent_by(LAB, answer("r1", json!({"status": "corrected"}))).await;
    portal.clock.advance(SignedDuration::from_hours(20 * 24));
    assert_eq!(portal.told().await, [""; 0]);
}

#[tokio::test]
async fn personnel_release_it_earlier_or_later_or_never() {
    let portal = kari().await;
    let id = "r1";
    portal.sent_by(LAB, answer(id, json!({"meta": release(json!({"valueCode": "now"}))}))).await;
    assert_eq!(portal.told().await, ["result-shown: kari"], "at once");

    portal.sent_by(LAB, answer("later", json!({}))).await;
    portal
        .sent_by(LAB, answer("later", json!({"meta": release(json!({"valueInstant": "2027-01-10T08:00:00Z"}))})))
        .await;
    portal.sent_by(LAB, answer("never", json!({"meta": release(json!({"valueCode": "personnel-only"}))}))).await;
    portal.clock.advance(SignedDuration::from_hours(20 * 24));
    assert_eq!(portal.told().await, [""; 0], "put off: the first moment tells nobody anything");
    portal.clock.advance(SignedDuration::from_hours(40 * 24));
    assert_eq!(portal.told().await, ["result-shown: kari"]);

    portal.sent_by(LAB, answer("never", json!({"meta": release(json!({"valueCode": "now"}))}))).await;
    assert_eq!(portal.told().await, ["result-shown: kari"], "released after all");
}

#[tokio::test]
async fn what_is_old_preliminary_a_note_or_hidden_is_not_told_of() {
    let portal = kari().await;
    let hidden = json!({"security": [{"system": "urn:oid:2.16.578.1.12.4.1.1.9603", "code": "NORN"}]});
    for body in [
        answer("old", json!({"issued": "2026-10-01T08:00:00Z"})),
        answer("preliminary", json!({"status": "preliminary"})),
        answer("note", json!({"category": [{"coding": [{"system": "http://loinc.org", "code": "34117-2"}]}]})),
        answer("hidden", json!({"meta": hidden})),
    ] {
        portal.sent_by(LAB, body).await;
    }
    portal.clock.advance(SignedDuration::from_hours(15 * 24));
    assert_eq!(portal.told().await, [""; 0]);
    portal.sent_by(LAB, answer("preliminary", json!({}))).await;
    assert_eq!(portal.told().await, ["result-shown: kari"], "final now, and its delay is over");
}

#[tokio::test]
async fn parents_and_proxies_are_told_as_far_as_they_may_see_the_answer_when_it_is_told() {
    let portal = kari().await;
    let of = |id: &str, who: &str| {
        answer(
            id,
            json!({"subject": {"reference": format!("Patient/{who}")}, "meta": release(json!({"valueCode": "now"}))}),
        )
    };
    portal
        .given([
            patient("lise", 2, "2018-05-05"),
            patient("nora", 3, "2012-09-07"),
            patient("per", 4, "1960-01-01"),
            parent_of("lise", 1),
            parent_of("nora", 1),
            proxy("per", 1, "1"),
        ])
        .await;
    portal.sent_by(LAB, of("of-lise", "lise")).await;
    let told = portal.told().await;
    assert_eq!(told, ["result-shown: kari"], "the mother of a small child");
    portal.sent_by(LAB, of("of-nora", "nora")).await;
    let told = portal.told().await;
    assert_eq!(told, [""; 0], "of one of fourteen, of whom nothing is opened, nobody is told");
    portal.sent_by(LAB, of("of-per", "per")).await;
    let with = portal.told().await;
    // The proxy has ended: the same answer would reach nobody but the person.
    let mut ended = proxy("per", 1, "1");
    ended["status"] = json!("inactive");
    portal.given([ended, consent("other", "per", "nothing", "inactive")]).await;
    portal.sent_by(LAB, of("of-per-2", "per")).await;
    let without = portal.told().await;
    assert_eq!(with, ["result-shown: kari per"]);
    assert_eq!(without, ["result-shown: per"]);
}
