//! What a clinic changes through the API is told.

use std::sync::Arc;

use serde_json::{Value, json};

use super::booked;
use super::waiting::{Ear, work_off};
use crate::shared::testing::{Portal, patient, visitor};

const FIRST: &str = "2026-12-01T09:00:00Z";
const LATER: &str = "2026-12-02T09:00:00Z";

async fn practice() -> Portal {
    let portal = Portal::new();
    portal.store().listen(Arc::new(Ear));
    portal.given([patient("kari", 1, "1980-03-04")]).await;
    portal
}

fn at(start: &str, more: Value) -> Value {
    let mut body = booked("a", "kari", "s", start);
    if let (Value::Object(body), Value::Object(more)) = (&mut body, more) {
        body.extend(more);
    }
    body
}

#[tokio::test]
async fn a_time_that_a_clinic_gives_moves_or_calls_off_is_told_once_each() {
    let portal = practice().await;
    let off = json!({"status": "cancelled", "cancelationReason": {"text": "Legen er syk"}});
    for (body, expected) in [
        (at(FIRST, json!({})), Some("appointment-booked")),
        (at(FIRST, json!({"patientInstruction": "Kom fastende"})), None),
        (at(LATER, json!({})), Some("appointment-moved")),
        (at(FIRST, json!({})), Some("appointment-moved")),
        (at(LATER, json!({})), Some("appointment-moved")),
        (at(LATER, off.clone()), Some("appointment-cancelled")),
        (at(LATER, off), None),
        (at(LATER, json!({})), Some("appointment-booked")),
        (at(LATER, json!({"status": "fulfilled"})), None),
    ] {
        portal.sent_by("the clinic", body.clone()).await;
        assert_eq!(work_off(&portal).await, Vec::from_iter(expected.map(str::to_owned)), "{body}");
    }
    let (_, page) = portal.get(&visitor("kari", 1), "/events").await;
    for words in
        ["Time bestilt: onsdag 2. desember", "Time flyttet til tirsdag 1. desember", "Time avbestilt: onsdag 2."]
    {
        assert!(page.contains(words), "{words}: {page}");
    }
    assert_eq!(page.matches("Time flyttet til").count(), 3, "{page}");
}

#[tokio::test]
async fn history_is_not_told_nor_what_the_clinic_asks_to_be_silent_about() {
    let portal = practice().await;
    portal.sent_by("the clinic", at("2026-10-01T09:00:00Z", json!({}))).await;
    assert!(work_off(&portal).await.is_empty(), "it is over");
    let silent = json!({"id": "b", "meta": {"tag": [{"system": "http://helsenorge.no/fhir/varsling", "code": "1"}]}});
    portal.sent_by("the clinic", at(FIRST, silent)).await;
    assert!(work_off(&portal).await.is_empty());
    let no_reminder =
        json!({"id": "c", "meta": {"tag": [{"system": "http://helsenorge.no/fhir/paminnelse", "code": "1"}]}});
    portal.sent_by("the clinic", at(FIRST, no_reminder)).await;
    assert_eq!(work_off(&portal).await, ["appointment-booked"]);
}

#[tokio::test]
async fn what_has_changed_again_meanwhile_is_told_as_it_is() {
    let portal = practice().await;
    portal.sent_by("the clinic", at(FIRST, json!({}))).await;
    portal.sent_by("the clinic", at(LATER, json!({}))).await;
    assert_eq!(work_off(&portal).await, ["appointment-moved"]);
}
