//! Tests of the messages slice.

mod attached;
mod drafts;
mod fhir;
mod files;
mod pages;
mod rules;
mod unread;

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

/// What a form on a page says of the draft it is filled in from.
pub(super) fn held(page: &str) -> [(&'static str, String); 2] {
    ["draft", "version"].map(|name| {
        let field = page.split_once(&format!("name=\"{name}\" value=\"")).unwrap().1;
        (name, field.split_once('"').unwrap().0.to_owned())
    })
}

/// These fields of a form, and what its page says of its draft.
pub(super) fn filled<'a>(
    fields: &[(&'a str, &'a str)],
    held: &'a [(&'static str, String); 2],
) -> Vec<(&'a str, &'a str)> {
    fields.iter().copied().chain(held.iter().map(|(name, value)| (*name, value.as_str()))).collect()
}
