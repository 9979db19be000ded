//! An appointment that a clinic gives, moves or calls off is told to the person by the worker.

use std::time::Duration;

use super::personnel::kari_s_data;
use super::{Api, JSON};

const GIVEN: &str = r#"{"resourceType":"Appointment","id":"knee","status":"booked","start":"2026-03-20T09:00:00Z","end":"2026-03-20T09:20:00Z",
    "serviceCategory":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/service-category","code":"17"}]}],
    "participant":[{"actor":{"reference":"Patient/kari"},"status":"accepted"}]}"#;

/// What the worker finds to do, done, and the kinds of what is then to be told.
async fn told(api: &Api) -> Vec<String> {
    let (outbox, now) = (api.store.outbox(), varde_base::Clock::now(&api.clock));
    let mut told = Vec::new();
    loop {
        let messages = outbox.claim(10, Duration::from_secs(60)).await.unwrap();
        if messages.is_empty() {
            return told;
        }
        for message in messages {
            if varde_services::is_work(&message.kind) {
                varde_services::work(&api.store, &message.kind, &message.payload, now).await.unwrap();
            } else {
                told.push(message.kind.clone());
            }
            outbox.complete(&message).await.unwrap();
        }
    }
}

#[tokio::test]
async fn what_a_clinic_does_with_an_appointment_is_told() {
    let api = kari_s_data().await;
    api.subscriptions.begin().await.unwrap();
    told(&api).await;
    for (body, expected) in [
        (GIVEN.to_owned(), "appointment-booked"),
        (GIVEN.replace("2026-03-20", "2026-03-21"), "appointment-moved"),
        (GIVEN.replace("\"booked\"", "\"cancelled\""), "appointment-cancelled"),
    ] {
        let reply = api.send("PUT", "/Appointment/knee", &[JSON], body).await;
        assert!(reply.status.is_success(), "{}", reply.text);
        assert_eq!(told(&api).await, [expected]);
    }
}
