//! What is told about messages: an event in the citizen's list and an e-mail that only says that there is something to read.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use varde_base::{Language, PatientId, ResourceId};
use varde_rights::{Action, Service};
use varde_store::{GateError, OutboxMessage, Write};

use super::fhir::{self, Names};
use super::model::{Party, Status};
use crate::l10n::{L10nLanguage, text};
use crate::shared::event::TOPIC_SYSTEM;
use crate::shared::{Notice, put};
use crate::slice::MailText;

/// Code of the event, and kind of the outbox message.
const ARRIVED: &str = "message-arrived";

/// Only what was sent this lately is told of: history that a system loads is nothing new.
const NEWS: SignedDuration = SignedDuration::from_hours(7 * 24);

/// What follows when a message to a citizen arrives.
#[derive(Debug)]
pub struct Arrived {
    /// The event.
    pub event: Write,
    /// The message for the worker.
    pub message: OutboxMessage,
}

/// What to tell when somebody else than a citizen writes a Communication `id` about `patient`, labelled `service`. `before` is what was stored.
/// `None` when there is nothing new to read: it is an event, a draft, about a test result, from a citizen, or had arrived before.
pub fn arrived(
    id: &ResourceId,
    patient: &PatientId,
    service: Service,
    before: Option<&[u8]>,
    after: &[u8],
    now: Timestamp,
) -> Option<Arrived> {
    // What is written about a test result may come before the result is shown; it waits there.
    if service == Service::Results {
        return None;
    }
    let read = |body: &[u8]| fhir::message(body, 0, &Names::default()).ok().flatten();
    let new = read(after).filter(super::model::Message::is_unread)?;
    if before.and_then(read).is_some_and(|old| old.status != Status::Draft) {
        return None;
    }
    let since = now.saturating_sub(NEWS).unwrap_or(now);
    if new.sent.is_some_and(|sent| sent < since) {
        return None;
    }
    let recipient = new.to.iter().find_map(Party::patient).unwrap_or(patient.as_str());
    told(id, patient, service, recipient, security(after), now).ok()
}

/// The labels of the message, which the event has too, so that it tells nobody of what they may not see.
fn security(body: &[u8]) -> Value {
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    body.pointer("/meta/security").cloned().unwrap_or_else(|| json!([]))
}

fn told(
    id: &ResourceId,
    patient: &PatientId,
    service: Service,
    recipient: &str,
    security: Value,
    now: Timestamp,
) -> Result<Arrived, GateError> {
    let event = ResourceId::new_v7();
    let mut body = json!({
        "resourceType": "Communication",
        "id": event.as_str(),
        "status": "completed",
        "category": [{ "coding": [{ "system": "urn:varde:service", "code": service.key() }] }],
        "topic": { "coding": [{ "system": TOPIC_SYSTEM, "code": ARRIVED }] },
        "subject": { "reference": format!("Patient/{patient}") },
        "about": [{ "reference": format!("Communication/{id}") }],
        "sent": now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
    });
    if let (Some(object), true) = (body.as_object_mut(), security.as_array().is_some_and(|codes| !codes.is_empty())) {
        object.insert("meta".to_owned(), json!({ "security": security }));
    }
    let notice = Notice { recipient: recipient.to_owned(), path: format!("/messages/{id}") };
    let message = OutboxMessage {
        kind: ARRIVED.to_owned(),
        subject: Some(patient.clone()),
        payload: serde_json::to_string(&notice).map_err(|_| GateError::Fault)?,
        not_before: None,
    };
    Ok(Arrived { event: put(&event, &body, Action::Write)?, message })
}

/// What happened, in words; `None` for a code that is not of this service.
pub(super) fn event_text(text: &L10nLanguage, code: &str, _when: &str) -> Option<String> {
    (code == ARRIVED).then(|| text.msg_messages_event_arrived())
}

/// The e-mail about an outbox message; `None` for a kind that is not of this service.
pub(super) fn mail_text(kind: &str, language: Language) -> Option<MailText> {
    let text = text(language);
    (kind == ARRIVED).then(|| MailText {
        subject: text.msg_messages_mail_subject_arrived(),
        body: text.msg_messages_mail_body(),
        footer: text.msg_messages_mail_footer(),
    })
}
