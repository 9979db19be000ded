//! Tests of the messages slice.

mod fhir;
mod pages;
mod rules;

use serde_json::{Value, json};

use super::fhir::{Names, message};
use super::model::{Message, Thread};

/// A message about kari: from her when `sender` is her Patient, else to her.
pub(super) fn communication(id: &str, sender: &str, sent: &str) -> Value {
    json!({
        "resourceType": "Communication", "id": id, "status": "completed",
        "topic": {"text": "Spørsmål"},
        "subject": {"reference": "Patient/kari"},
        "sender": {"reference": sender},
        "recipient": [{"reference": if sender == "Patient/kari" { "HealthcareService/office" } else { "Patient/kari" }}],
        "sent": sent,
        "payload": [{"contentString": format!("tekst i {id}")}],
    })
}

/// It as the rules see it.
pub(super) fn read(body: &Value) -> Message {
    message(&serde_json::to_vec(body).unwrap(), 1, &Names::default()).unwrap().unwrap()
}

/// These as one conversation.
pub(super) fn thread(bodies: &[Value]) -> Thread {
    let messages: Vec<Message> = bodies.iter().map(read).collect();
    Thread { root: messages[0].id.clone(), messages }
}
