//! A citizen's request, answered by the source system: every answer is told, in the transaction of the answer.

use std::time::Duration;

use serde_json::{Value, json};
use varde_services::mail_text;
use varde_services::notify::Notice;

use super::personnel::{ask, kari_s_data, vouching};
use super::{Api, JSON};

const TASK: &str = r#"{"resourceType":"Task","id":"wrong-knee","status":"requested","intent":"order",
    "code":{"coding":[{"system":"urn:varde:request","code":"correction"}]},
    "for":{"reference":"Patient/kari"},"requester":{"reference":"Patient/kari"},
    "focus":{"reference":"Observation/weight"},"authoredOn":"2026-03-01T09:00:00Z",
    "restriction":{"period":{"end":"2026-03-31"}},
    "input":[{"type":{"coding":[{"system":"urn:varde:request-input","code":"wrong"}]},"valueString":"the wrong knee"}]}"#;

const PATCH: (&str, &str) = ("content-type", "application/json-patch+json");

async fn country() -> Api {
    let api = kari_s_data().await;
    api.given(TASK).await;
    api.subscriptions.begin().await.unwrap();
    api
}

async fn answer(api: &Api, patch: &Value) {
    let reply = api.send("PATCH", "/Task/wrong-knee", &[PATCH], patch.to_string()).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
}

fn status(status: &str) -> Value {
    json!([{ "op": "replace", "path": "/status", "value": status }])
}

async fn events(api: &Api) -> Vec<String> {
    let bundle = api.get("/Communication?patient=kari&_sort=sent").await.json();
    let entries = bundle["entry"].as_array().cloned().unwrap_or_default();
    let code = |entry: &Value| entry["resource"]["topic"]["coding"][0]["code"].as_str().unwrap_or_default().to_owned();
    entries.iter().map(code).collect()
}

#[tokio::test]
async fn every_answer_is_an_event_and_a_message() {
    let api = country().await;
    for (step, expected) in [("received", 1), ("accepted", 1), ("in-progress", 2)] {
        answer(&api, &status(step)).await;
        assert_eq!(events(&api).await.len(), expected, "{step}");
    }
    api.clock.advance(jiff::SignedDuration::from_hours(1));
    let no = json!([
        { "op": "replace", "path": "/status", "value": "rejected" },
        { "op": "add", "path": "/statusReason", "value": { "text": "The note says what was seen." } },
    ]);
    answer(&api, &no).await;
    let mut told = events(&api).await;
    told.sort_unstable();
    assert_eq!(told, ["request-in-progress", "request-received", "request-refused"]);
    let mut kinds = Vec::new();
    // Messages to one person are handed out one after the other.
    loop {
        let claimed = api.store.outbox().claim(10, Duration::from_secs(60)).await.unwrap();
        if claimed.is_empty() {
            break;
        }
        for message in claimed {
            let notice: Notice = serde_json::from_str(&message.payload).unwrap();
            assert_eq!((notice.recipient.as_str(), notice.path.as_str()), ("kari", "/requests/wrong-knee"));
            let mail = mail_text(&message.kind, varde_base::Language::default()).unwrap();
            assert!(!mail.body.contains("kne"), "the mail tells nothing: {}", mail.body);
            assert!(api.store.outbox().complete(&message).await.unwrap());
            kinds.push(message.kind);
        }
    }
    assert_eq!(kinds, ["request-received", "request-in-progress", "request-refused"]);
}

#[tokio::test]
async fn what_says_nothing_new_is_not_told() {
    let api = country().await;
    answer(&api, &status("requested")).await;
    answer(&api, &json!([{ "op": "add", "path": "/priority", "value": "urgent" }])).await;
    assert_eq!(events(&api).await, [""; 0]);
    let with_output = json!([{ "op": "add", "path": "/output", "value": [{ "type": { "text": "answer" }, "valueString": "Soon." }] }]);
    answer(&api, &with_output).await;
    assert_eq!(events(&api).await, ["request-changed"]);
}

#[tokio::test]
async fn an_answer_that_cannot_be_told_is_not_stored() {
    let api = country().await;
    let database = rusqlite::Connection::open(api.folder.path().join("varde.db")).unwrap();
    let broken = "CREATE TRIGGER full BEFORE INSERT ON outbox BEGIN SELECT RAISE(ABORT, 'no'); END";
    database.execute_batch(broken).unwrap();
    let reply = api.send("PATCH", "/Task/wrong-knee", &[PATCH], status("received").to_string()).await;
    assert!(reply.status.is_server_error(), "{}", reply.text);
    database.execute_batch("DROP TRIGGER full").unwrap();
    assert_eq!(api.get("/Task/wrong-knee").await.json()["status"], "requested");
    assert_eq!(events(&api).await, [""; 0]);
}

#[tokio::test]
async fn an_answer_in_a_transaction_is_told_and_its_answer_has_the_entries_that_were_sent() {
    let api = country().await;
    let mut task: Value = serde_json::from_str(TASK).unwrap();
    task["status"] = json!("completed");
    let bundle = json!({ "resourceType": "Bundle", "type": "transaction", "entry": [
        { "resource": task, "request": { "method": "PUT", "url": "Task/wrong-knee" } } ] });
    let reply = api.send("POST", "", &[JSON], bundle.to_string()).await;
    assert_eq!((reply.status.as_u16(), reply.json()["entry"].as_array().unwrap().len()), (200, 1), "{}", reply.text);
    assert_eq!(events(&api).await, ["request-granted"]);
}

#[tokio::test]
async fn personnel_neither_see_nor_answer_what_the_patient_has_asked() {
    let api = country().await;
    let treating = vouching(&json!({ "purpose_of_use": "TREAT", "decision_ref": "visit-7" }));
    assert_eq!(ask(&api, "/Task/wrong-knee", &treating).await.status, 404);
    let headers = [("varde-attestation", treating.as_str()), PATCH];
    let reply = api.send("PATCH", "/Task/wrong-knee", &headers, status("completed").to_string()).await;
    assert_eq!(reply.status, 404, "{}", reply.text);
}
