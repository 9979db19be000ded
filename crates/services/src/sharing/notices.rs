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
    /// Medicines were collected by it, which it let them do once.
    Collected,
    /// It was registered with documentation, by personnel or a municipality.
    Registered,
    /// A parent has consented to the young person's own use.
    Consented,
    /// A parent has withdrawn that.
    ConsentWithdrawn,
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
            Self::Collected => "sharing-collected",
            Self::Registered => "sharing-registered",
            Self::Consented => "sharing-consented",
            Self::ConsentWithdrawn => "sharing-consent-withdrawn",
        }
    }

    /// The kind of information it is about, whose rules decide who sees the event.
    const fn service(self) -> Service {
        match self {
            Self::Consented | Self::ConsentWithdrawn => Service::YouthConsent,
            _ => Service::Proxies,
        }
    }

    /// Where the person reads more.
    const fn path(self) -> &'static str {
        match self {
            Self::Consented | Self::ConsentWithdrawn => "/sharing/youth",
            _ => "/sharing",
        }
    }
}

/// The event in the list of `recipient`. About a proxy only the platform may write it: the one who caused it has no right to that list.
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
        "category": [{ "coding": [{ "system": "urn:varde:service", "code": happened.service().key() }] }],
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
    outbox(recipient, happened.code(), happened.path())
}

/// Kind of the outbox message that tells a person that their account was stopped. There is no event: they cannot read the list.
const ACCOUNT_STOPPED: &str = "sharing-account-stopped";

/// The outbox message to one whose account has just been stopped, who may not be the one who did it.
///
/// # Errors
/// [`GateError::Fault`] when it cannot be written as JSON.
pub(super) fn account_stopped(person: &PatientId) -> Result<OutboxMessage, GateError> {
    outbox(person, ACCOUNT_STOPPED, "/sharing/stopped")
}

fn outbox(recipient: &PatientId, kind: &str, path: &str) -> Result<OutboxMessage, GateError> {
    let notice = Notice { recipient: recipient.to_string(), path: path.to_owned(), event: None };
    notice.message(kind, recipient)
}

/// What happened, in words; `None` for a code that is not of this service.
pub(super) fn event_text(text: &L10nLanguage, code: &str, _when: &str) -> Option<String> {
    Some(match code {
        "sharing-proposed" => text.msg_sharing_event_proposed(),
        "sharing-accepted" => text.msg_sharing_event_accepted(),
        "sharing-refused" => text.msg_sharing_event_refused(),
        "sharing-changed" => text.msg_sharing_event_changed(),
        "sharing-ended" => text.msg_sharing_event_ended(),
        "sharing-collected" => text.msg_sharing_event_collected(),
        "sharing-registered" => text.msg_sharing_event_registered(),
        "sharing-consented" => text.msg_sharing_event_consented(),
        "sharing-consent-withdrawn" => text.msg_sharing_event_consent_withdrawn(),
        _ => return None,
    })
}

/// The e-mail about an outbox message; `None` for a kind that is not of this service. It says nothing of whom it is about.
pub(super) fn mail_text(kind: &str, language: Language) -> Option<MailText> {
    let text = text(language);
    if kind == ACCOUNT_STOPPED {
        return Some(MailText {
            subject: text.msg_sharing_stopped_mail_subject(),
            body: text.msg_sharing_stopped_mail_body(),
            footer: text.msg_sharing_mail_footer(),
        });
    }
    event_text(text, kind, "")?;
    Some(MailText {
        subject: text.msg_sharing_mail_subject(),
        body: text.msg_sharing_mail_body(),
        footer: text.msg_sharing_mail_footer(),
    })
}
