//! An emergency is told to the patient and reviewed, and is otherwise nothing at all.

use std::time::Duration;

use serde_json::{Value, json};
use varde_services::mail_text;
use varde_services::notify::Notice;
use varde_store::ClaimedMessage;

use super::personnel::{ask, emergency, kari_s_data, vouching};
use super::{Api, JSON};

async fn tasks(api: &Api) -> Vec<Value> {
    resources(&api.get("/Task?patient=kari&status=requested").await.json())
}

async fn events(api: &Api) -> Vec<Value> {
    resources(&api.get("/Communication?patient=kari").await.json())
}

fn resources(bundle: &Value) -> Vec<Value> {
    let entries = bundle["entry"].as_array().cloned().unwrap_or_default();
    entries.into_iter().map(|entry| entry["resource"].clone()).collect()
}

/// The messages that wait, which are then done.
async fn messages(api: &Api) -> Vec<ClaimedMessage> {
    let mut all = Vec::new();
    loop {
        let claimed = api.store.outbox().claim(10, Duration::from_secs(60)).await.unwrap();
        if claimed.is_empty() {
            return all;
        }
        for message in claimed {
            assert!(api.store.outbox().complete(&message).await.unwrap());
            all.push(message);
        }
    }
}

#[tokio::test]
async fn the_patient_is_told_once_a_day_and_a_review_is_opened() {
    let api = kari_s_data().await;
    assert_eq!(ask(&api, "/Observation/weight", &vouching(&treated())).await.status, 200);
    assert_eq!((tasks(&api).await.len(), messages(&api).await.len()), (0, 0), "treatment is in the log alone");

    for url in ["/Observation/weight", "/Observation?patient=kari", "/Patient/kari/$everything"] {
        assert_eq!(ask(&api, url, &emergency()).await.status, 200, "{url}");
    }
    let told = messages(&api).await;
    assert_eq!(told.len(), 1);
    assert_eq!((told[0].kind.as_str(), told[0].subject.as_ref().unwrap().as_str()), ("emergency-access", "kari"));
    let notice: Notice = serde_json::from_str(&told[0].payload).unwrap();
    assert_eq!((notice.recipient.as_str(), notice.path.as_str()), ("kari", "/access-log"));
    assert!(mail_text(&told[0].kind, varde_base::Language::default()).is_some(), "the worker knows the kind");
    let events = events(&api).await;
    assert_eq!(events.len(), 1);
    assert_eq!(events[0]["topic"]["coding"][0]["code"], "emergency-access");

    let tasks = tasks(&api).await;
    assert_eq!(tasks.len(), 1);
    let task = &tasks[0];
    assert_eq!(task["code"]["coding"][0], json!({ "system": "urn:varde:task", "code": "emergency-access-review" }));
    assert_eq!(task["for"]["reference"], "Patient/kari");
    assert_eq!(task["requester"]["display"], "Liv Vold, Lege, Tromsø sykehus");
    assert_eq!(task["reasonCode"]["text"], "unconscious");
    assert_eq!(task["authoredOn"], "2026-03-01T12:00:00Z");

    api.clock.advance(jiff::SignedDuration::from_hours(24));
    ask(&api, "/Observation/weight", &emergency()).await;
    assert_eq!(messages(&api).await.len(), 1, "the next day once more");
    let other = vouching(&json!({ "purpose_of_use": "BTG", "reason": "suspected poisoning" }));
    for _ in 0..2 {
        ask(&api, "/Observation/weight", &other).await;
    }
    let told = messages(&api).await;
    assert_eq!(told.iter().map(|message| message.kind.as_str()).collect::<Vec<_>>(), ["break-glass-access"]);
}

fn treated() -> Value {
    json!({ "purpose_of_use": "TREAT", "decision_ref": "visit-7" })
}

#[tokio::test]
async fn who_looked_neither_sees_nor_closes_the_review() {
    let api = kari_s_data().await;
    ask(&api, "/Observation/weight", &emergency()).await;
    let mut task = tasks(&api).await.remove(0);
    let place = format!("/Task/{}", task["id"].as_str().unwrap());
    task["status"] = json!("completed");
    let vouched = vouching(&treated());
    for attestation in [emergency(), vouched] {
        assert_eq!(ask(&api, &place, &attestation).await.status, 404);
        let headers = [("varde-attestation", attestation.as_str()), JSON];
        assert_eq!(api.send("PUT", &place, &headers, task.to_string()).await.status, 404);
    }
    assert_eq!(api.put(&place, &task.to_string()).await.status, 200, "the organisation's system closes it");
}

#[tokio::test]
async fn what_cannot_be_told_is_not_disclosed() {
    let api = kari_s_data().await;
    let database = rusqlite::Connection::open(api.folder.path().join("varde.db")).unwrap();
    let broken = "CREATE TRIGGER full BEFORE INSERT ON outbox BEGIN SELECT RAISE(ABORT, 'no'); END";
    database.execute_batch(broken).unwrap();
    for url in ["/Observation/weight", "/Observation?patient=kari&_summary=count", "/Observation/weight/_history"] {
        let reply = ask(&api, url, &emergency()).await;
        assert!(reply.status.is_server_error(), "{url}: {}", reply.status);
        assert_eq!(reply.json()["resourceType"], "OperationOutcome");
        assert!(!reply.text.contains("weight"), "{}", reply.text);
    }
    assert_eq!((tasks(&api).await.len(), events(&api).await.len()), (0, 0), "all or nothing");
    assert_eq!(ask(&api, "/Observation/weight", &vouching(&treated())).await.status, 200, "treatment goes on");
    database.execute_batch("DROP TRIGGER full").unwrap();
    assert_eq!(ask(&api, "/Observation/weight", &emergency()).await.status, 200);
}
