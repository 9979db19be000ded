//! The renewal of a prescription, answered by the practice's system: every answer is told, in the transaction of the answer, to nobody who may
//! not know of the prescription.

use serde_json::{Value, json};

use super::personnel::kari_s_data;
use super::{Api, JSON};

const OLD: &str = r#"{"resourceType":"MedicationRequest","id":"old","status":"active","intent":"order",
    "medicationCodeableConcept":{"text":"Losartan 50 mg"},"subject":{"reference":"Patient/kari"}}"#;

const TASK: &str = r#"{"resourceType":"Task","id":"renew-old","status":"requested","intent":"order",
    "meta":{"security":[{"system":"urn:oid:2.16.578.1.12.4.1.1.9603","code":"NORN_FORANS"}]},
    "code":{"coding":[{"system":"urn:varde:task","code":"renew"}]},"focus":{"reference":"MedicationRequest/old"},
    "for":{"reference":"Patient/kari"},"requester":{"reference":"Patient/kari"},"authoredOn":"2026-03-01T09:00:00Z"}"#;

const PATCH: (&str, &str) = ("content-type", "application/json-patch+json");

async fn country() -> Api {
    let api = kari_s_data().await;
    api.given(OLD).await;
    api.given(TASK).await;
    api.subscriptions.begin().await.unwrap();
    api
}

async fn events(api: &Api) -> Vec<Value> {
    let bundle = api.get("/Communication?patient=kari&_sort=sent").await.json();
    let entries = bundle["entry"].as_array().cloned().unwrap_or_default();
    entries.into_iter().map(|entry| entry["resource"].clone()).collect()
}

fn code(event: &Value) -> &str {
    event["topic"]["coding"][0]["code"].as_str().unwrap_or_default()
}

#[tokio::test]
async fn a_refusal_is_told_with_the_labels_of_the_prescription() {
    let api = country().await;
    let no = json!([
        { "op": "replace", "path": "/status", "value": "rejected" },
        { "op": "add", "path": "/statusReason", "value": { "text": "A blood sample first." } },
    ]);
    let reply = api.send("PATCH", "/Task/renew-old", &[PATCH], no.to_string()).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    let told = events(&api).await;
    assert_eq!(told.iter().map(code).collect::<Vec<_>>(), ["renewal-refused"]);
    assert_eq!(told[0]["meta"]["security"][0]["code"], "NORN_FORANS");
    assert_eq!(told[0]["about"][0]["reference"], "MedicationRequest/old");
    let same = json!([{ "op": "add", "path": "/priority", "value": "urgent" }]);
    api.send("PATCH", "/Task/renew-old", &[PATCH], same.to_string()).await;
    assert_eq!(events(&api).await.len(), 1, "what says nothing new is not told");
}

#[tokio::test]
async fn a_new_prescription_and_the_answer_come_in_one_transaction() {
    let api = country().await;
    let mut task: Value = serde_json::from_str(TASK).unwrap();
    task["status"] = json!("completed");
    let mut new: Value = serde_json::from_str(OLD).unwrap();
    new["id"] = json!("new");
    new["priorPrescription"] = json!({ "reference": "MedicationRequest/old" });
    let bundle = json!({ "resourceType": "Bundle", "type": "transaction", "entry": [
        { "resource": new, "request": { "method": "PUT", "url": "MedicationRequest/new" } },
        { "resource": task, "request": { "method": "PUT", "url": "Task/renew-old" } } ] });
    let reply = api.send("POST", "", &[JSON], bundle.to_string()).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    assert_eq!(events(&api).await.iter().map(code).collect::<Vec<_>>(), ["renewal-approved"]);
    let waiting = api.get("/Task?code=urn:varde:task%7Crenew&status=requested&patient=kari").await.json();
    assert_eq!(waiting["total"], 0);
}
