use serde_json::{Value, json};
use varde_fhir::ResourceType;

use super::super::unread::{self, remind_at};
use super::communication;
use super::pages::{about, with_office};
use crate::shared::testing::{Portal, acting_for, patient, visitor};

#[test]
fn one_is_reminded_in_the_morning_of_the_third_working_day() {
    for (arrived, expected) in [
        ("2026-11-23T12:00:00Z", "2026-11-26T08:00:00Z"), // Monday to Thursday
        ("2026-11-20T22:30:00Z", "2026-11-25T08:00:00Z"), // Friday to Wednesday
        ("2026-12-23T09:00:00Z", "2026-12-29T08:00:00Z"), // Christmas
        ("2026-06-01T09:00:00Z", "2026-06-04T07:00:00Z"), // in summer
    ] {
        assert_eq!(remind_at(arrived.parse().unwrap()).unwrap().to_string(), expected, "{arrived}");
    }
    assert_eq!(remind_at("2023-12-31T09:00:00Z".parse().unwrap()), None);
}

#[tokio::test]
async fn who_has_opened_nothing_is_reminded_once_and_who_has_is_not() {
    let portal = Portal::new();
    with_office(&portal, None, Value::Null).await;
    let withdrawn = |id: &str| {
        let mut body = about(id, "kari", None);
        body["status"] = json!("entered-in-error");
        body
    };
    portal.given([about("read", "kari", None), about("unread", "kari", None), withdrawn("wrong")]).await;
    let kari = visitor("kari", 1);
    portal.get(&kari, "/messages/read").await;
    let now = "2026-11-26T08:00:00Z".parse().unwrap();
    for id in ["read", "unread", "unread", "wrong", "never-was"] {
        let later = unread::later(&id.parse().unwrap(), now).unwrap();
        assert!(unread::is_work(&later.kind) && later.subject.is_none() && later.not_before.is_some());
        unread::work(portal.store(), &later.payload, now).await.unwrap();
    }
    let (_, events) = portal.get(&kari, "/events").await;
    assert_eq!(events.matches("Påminnelse: Du har en melding").count(), 1, "{events}");
    let told = portal.store().outbox().claim(10, std::time::Duration::from_secs(60)).await.unwrap();
    assert_eq!(told.iter().map(|message| message.kind.as_str()).collect::<Vec<_>>(), ["message-unread"]);
    assert!(told[0].payload.contains("/messages/unread") && !told[0].payload.contains("tekst"));
    assert_eq!(portal.found_by("the office", ResourceType::COMMUNICATION, "kari").await, 4);
}

#[tokio::test]
async fn what_one_parent_has_opened_is_new_to_the_other_and_opened_to_the_office() {
    let portal = Portal::new();
    with_office(&portal, None, Value::Null).await;
    portal
        .given([crate::shared::testing::patient("per", 3, "1980-01-01"), crate::shared::testing::parent_of("ola", 3)])
        .await;
    portal.given([about("new", "ola", None)]).await;
    let (mother, father) = (acting_for(visitor("kari", 1), "ola"), acting_for(visitor("per", 3), "ola"));
    for parent in [&mother, &father] {
        assert!(portal.get(parent, "/messages").await.1.contains("Ulest"), "not before it has been opened");
        assert_eq!(portal.get(parent, "/messages/new").await.0, 200);
        assert!(!portal.get(parent, "/messages").await.1.contains("Ulest"));
        assert!(!portal.get(parent, "/messages/new").await.1.is_empty());
    }
    let mut old = communication("old", "Practitioner/dr", "2026-11-20T09:00:00Z");
    old["subject"] = json!({"reference": "Patient/ola"});
    old["received"] = json!("2026-11-20T10:00:00Z");
    portal.given([old]).await;
    assert!(
        !portal.get(&father, "/messages").await.1.contains("Ulest"),
        "what its source says was opened is new to nobody"
    );
}

#[tokio::test]
async fn a_message_behind_hundreds_of_events_is_reached() {
    let portal = Portal::new();
    portal.given([patient("kari", 1, "1980-03-04")]).await;
    let event = |number: usize| {
        json!({
            "resourceType": "Communication", "id": format!("e{number}"), "status": "completed",
            "topic": {"coding": [{"system": "urn:varde:event", "code": "appointment-booked"}]},
            "subject": {"reference": "Patient/kari"}, "recipient": [{"reference": "Patient/kari"}],
            "sent": format!("2026-11-20T{:02}:{:02}:00Z", number / 60, number % 60),
        })
    };
    let old = communication("m1", "Practitioner/dr", "2026-10-01T09:00:00Z");
    let all: Vec<Value> = (0..501).map(event).chain([old]).collect();
    for some in all.chunks(100) {
        portal.given(some.iter().cloned()).await;
    }
    let kari = visitor("kari", 1);
    let (_, page) = portal.get(&kari, "/messages").await;
    let link = page.split_once("href=\"/messages?before=").expect("a link to what is older").1;
    let (before, _) = link.split_once('"').unwrap();
    let (_, page) = portal.get(&kari, &format!("/messages?before={before}")).await;
    assert!(page.contains("/messages/m1"), "{page}");
}
