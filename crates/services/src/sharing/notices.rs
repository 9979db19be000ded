//! What the other side is told: an event in their list and an e-mail without content.

use jiff::Timestamp;
use serde_json::{Value, json};
use varde_base::{Language, PatientId, ResourceId};
use varde_rights::{Action, Service};
use varde_store::{GateError, OutboxMessage, Write};

use crate::l10n::{L10nLanguage, text};
use crate::shared::event::TOPIC_SYSTEM;
use crate::shared::{Notice, put};
use crate::slice::MailText;

/// What has happened to a proxy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Happened {
    /// Somebody wants to give one.
    Proposed,
    /// The receiver said yes.
    Accepted,
    /// The receiver said no.
    Refused,
    /// The giver changed it, and it still holds.
    Changed,
    /// One of the two ended it.
    Ended,
    /// It was registered with documentation, by personnel or a municipality.
    Registered,
}

impl Happened {
    /// Stable code, in the event and as the kind of the outbox message.
    const fn code(self) -> &'static str {
        match self {
            Self::Proposed => "sharing-proposed",
            Self::Accepted => "sharing-accepted",
            Self::Refused => "sharing-refused",
            Self::Changed => "sharing-changed",
            Self::Ended => "sharing-ended",
            Self::Registered => "sharing-registered",
        }
    }
}

/// The event in the list of `recipient`. Only the platform may write it: the one who caused it has no right to that list.
///
/// # Errors
/// [`GateError`] when the resource cannot be made.
pub(super) fn event(recipient: &PatientId, happened: Happened, now: Timestamp) -> Result<Write, GateError> {
    let id = ResourceId::new_v7();
    put(&id, &body(&id, recipient, happened, now), Action::Change)
}

/// The event that a proxy was registered; with the mark that the giver is to be told by letter (HL7 v3 ParticipationMode).
///
/// # Errors
/// [`GateError`] when the resource cannot be made.
pub(super) fn registered(giver: &PatientId, on_paper: bool, now: Timestamp) -> Result<Write, GateError> {
    let id = ResourceId::new_v7();
    let mut resource = body(&id, giver, Happened::Registered, now);
    if let Some(members) = resource.as_object_mut().filter(|_| on_paper) {
        let system = "http://terminology.hl7.org/CodeSystem/v3-ParticipationMode";
        members.insert("medium".to_owned(), json!([{ "coding": [{ "system": system, "code": "MAILWRIT" }] }]));
    }
    put(&id, &resource, Action::Change)
}

fn body(id: &ResourceId, recipient: &PatientId, happened: Happened, now: Timestamp) -> Value {
    json!({
        "resourceType": "Communication",
        "id": id.as_str(),
        "status": "completed",
        "category": [{ "coding": [{ "system": "urn:varde:service", "code": Service::Proxies.key() }] }],
        "topic": { "coding": [{ "system": TOPIC_SYSTEM, "code": happened.code() }] },
        "subject": { "reference": format!("Patient/{recipient}") },
        "sent": now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
    })
}

/// The outbox message to `recipient`.
///
/// # Errors
/// [`GateError::Fault`] when it cannot be written as JSON.
pub(super) fn message(recipient: &PatientId, happened: Happened) -> Result<OutboxMessage, GateError> {
    let notice = Notice { recipient: recipient.to_string(), path: "/sharing".to_owned() };
    Ok(OutboxMessage {
        kind: happened.code().to_owned(),
        subject: Some(recipient.clone()),
        payload: serde_json::to_string(&notice).map_err(|_| GateError::Fault)?,
        not_before: None,
    })
}

/// What happened, in words; `None` for a code that is not of this service.
pub(super) fn event_text(text: &L10nLanguage, code: &str, _when: &str) -> Option<String> {
    Some(match code {
        "sharing-proposed" => text.msg_sharing_event_proposed(),
        "sharing-accepted" => text.msg_sharing_event_accepted(),
        "sharing-refused" => text.msg_sharing_event_refused(),
        "sharing-changed" => text.msg_sharing_event_changed(),
        "sharing-ended" => text.msg_sharing_event_ended(),
        "sharing-registered" => text.msg_sharing_event_registered(),
        _ => return None,
    })
}

/// The e-mail about an outbox message; `None` for a kind that is not of this service. It says nothing of whom it is about.
pub(super) fn mail_text(kind: &str, language: Language) -> Option<MailText> {
    let text = text(language);
    event_text(text, kind, "")?;
    Some(MailText {
        subject: text.msg_sharing_mail_subject(),
        body: text.msg_sharing_mail_body(),
        footer: text.msg_sharing_mail_footer(),
    })
}
