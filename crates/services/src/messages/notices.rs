//! What is told about messages: an event in the citizen's list and an e-mail that only says that there is something to read.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use varde_base::{Language, PatientId, ResourceId};
use varde_rights::{Action, Service};
use varde_store::{GateError, OutboxMessage, Write};

use super::fhir::{self, Names};
use super::model::{Message, Party, Status};
use super::unread;
use crate::l10n::{L10nLanguage, text};
use crate::shared::event::{TOPIC_SYSTEM, event_id};
use crate::shared::{Notice, Told, put};
use crate::slice::MailText;

/// Code of the event, and kind of the outbox message.
const ARRIVED: &str = "message-arrived";

/// Code of the reminder of one that nobody has opened, and kind of its outbox message.
const UNREAD: &str = "message-unread";

/// Only what was sent this lately is told of: history that a system loads is nothing new.
const NEWS: SignedDuration = SignedDuration::from_hours(7 * 24);

/// What follows when a message to a citizen arrives.
#[derive(Debug)]
pub struct Arrived {
    /// The event.
    pub event: Write,
    /// The message for the worker.
    pub message: OutboxMessage,
    /// Work for later: to remind, should nobody have opened it by then.
    pub reminder: Option<OutboxMessage>,
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
    let new = read(after).filter(super::model::Message::is_unopened)?;
    if before.and_then(read).is_some_and(|old| old.status != Status::Draft) {
        return None;
    }
    let since = now.saturating_sub(NEWS).unwrap_or(now);
    if new.sent.is_some_and(|sent| sent < since) {
        return None;
    }
    let recipient = new.to.iter().find_map(Party::patient).unwrap_or(patient.as_str());
    // The event and the message are asked for one after the other.
    let event = event_id(after).unwrap_or_else(ResourceId::new_v7);
    let about = About { id, patient, service, recipient, security: security(after) };
    let (event, message) = told(ARRIVED, &event, &about, now).ok()?;
    Some(Arrived { event, message, reminder: unread::later(id, now).ok() })
}

/// The reminder of a message that nobody has opened: an event in the list, and the message for the worker.
pub(super) fn unopened(
    event: &ResourceId,
    (message, body): (&Message, &[u8]),
    patient: &PatientId,
    now: Timestamp,
) -> Result<(Write, OutboxMessage), GateError> {
    let recipient = message.to.iter().find_map(Party::patient).unwrap_or(patient.as_str());
    let (id, service) = (&message.id, message.service);
    told(UNREAD, event, &About { id, patient, service, recipient, security: security(body) }, now)
}

/// The message that is told of.
struct About<'a> {
    id: &'a ResourceId,
    patient: &'a PatientId,
    service: Service,
    recipient: &'a str,
    security: Value,
}

/// The labels of the message, which the event has too, so that it tells nobody of what they may not see.
fn security(body: &[u8]) -> Value {
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    body.pointer("/meta/security").cloned().unwrap_or_else(|| json!([]))
}

fn told(
    code: &str,
    event: &ResourceId,
    about: &About<'_>,
    now: Timestamp,
) -> Result<(Write, OutboxMessage), GateError> {
    let About { id, patient, service, recipient, security } = about;
    let mut body = json!({
        "resourceType": "Communication",
        "id": event.as_str(),
        "status": "completed",
        "category": [{ "coding": [{ "system": "urn:varde:service", "code": service.key() }] }],
        "topic": { "coding": [{ "system": TOPIC_SYSTEM, "code": code }] },
        "subject": { "reference": format!("Patient/{patient}") },
        "about": [{ "reference": format!("Communication/{id}") }],
        "sent": now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
    });
    if let (Some(object), true) = (body.as_object_mut(), security.as_array().is_some_and(|codes| !codes.is_empty())) {
        object.insert("meta".to_owned(), json!({ "security": security }));
    }
    let notice = Notice {
        recipient: (*recipient).to_owned(),
        path: format!("/messages/{id}"),
        event: Some(Told::new(patient, event.as_str())),
    };
    let message = notice.message(code, patient)?;
    Ok((put(event, &body, Action::Write)?, message))
}

/// What happened, in words; `None` for a code that is not of this service.
pub(super) fn event_text(text: &L10nLanguage, code: &str, _when: &str) -> Option<String> {
    match code {
        ARRIVED => Some(text.msg_messages_event_arrived()),
        UNREAD => Some(text.msg_messages_event_unread()),
        _ => None,
    }
}

/// The e-mail about an outbox message; `None` for a kind that is not of this service.
pub(super) fn mail_text(kind: &str, language: Language) -> Option<MailText> {
    let text = text(language);
    let subject = match kind {
        ARRIVED => text.msg_messages_mail_subject_arrived(),
        UNREAD => text.msg_messages_mail_subject_unread(),
        _ => return None,
    };
    Some(MailText { subject, body: text.msg_messages_mail_body(), footer: text.msg_messages_mail_footer() })
}
