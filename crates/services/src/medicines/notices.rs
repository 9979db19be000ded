//! What is told of a renewal: an event in the list and an e-mail without content. An answer that comes by the API is told in the
//! transaction of the answer.

use jiff::Timestamp;
use serde_json::{Value, json};
use varde_base::{Language, PatientId, ResourceId};
use varde_rights::{Action, Service};
use varde_store::{GateError, OutboxMessage, Write};

use super::fhir;
use super::model::{Renewal, RenewalState};
use crate::l10n::{L10nLanguage, text};
use crate::shared::event::{TOPIC_SYSTEM, event_id};
use crate::shared::{Notice, Told, put};
use crate::slice::MailText;

/// Stable code of what has happened, in the event and as the kind of the outbox message.
const fn code(state: RenewalState) -> &'static str {
    match state {
        RenewalState::Sent => "renewal-sent",
        RenewalState::Received => "renewal-received",
        RenewalState::Considered => "renewal-considered",
        RenewalState::Approved => "renewal-approved",
        RenewalState::NeedsConsultation => "renewal-needs-consultation",
        RenewalState::Refused => "renewal-refused",
        RenewalState::Withdrawn => "renewal-withdrawn",
    }
}

/// The event in the list of the person the prescription is of. It carries the labels of the prescription: who may not know of the one may
/// not know of the other.
///
/// # Errors
/// [`GateError`] when the resource cannot be made.
pub(super) fn event(
    id: &ResourceId,
    prescription: &ResourceId,
    patient: &PatientId,
    security: &[Value],
    state: RenewalState,
    now: Timestamp,
) -> Result<Write, GateError> {
    let mut resource = json!({
        "resourceType": "Communication",
        "id": id.as_str(),
        "status": "completed",
        "category": [{ "coding": [{ "system": "urn:varde:service", "code": Service::Medicines.key() }] }],
        "topic": { "coding": [{ "system": TOPIC_SYSTEM, "code": code(state) }] },
        "subject": { "reference": format!("Patient/{patient}") },
        "about": [{ "reference": format!("MedicationRequest/{prescription}") }],
        "sent": fhir::instant(now),
    });
    if let (false, Some(members)) = (security.is_empty(), resource.as_object_mut()) {
        members.insert("meta".to_owned(), json!({ "security": security }));
    }
    put(id, &resource, Action::Renew)
}

/// The message to the one who asked.
///
/// # Errors
/// [`GateError::Fault`] when it cannot be written as JSON.
pub(super) fn message(by: &PatientId, state: RenewalState) -> Result<OutboxMessage, GateError> {
    outbox(by, state, None)
}

/// The message to the one who asked, and to all others to whom the rules open `told`.
fn outbox(by: &PatientId, state: RenewalState, told: Option<Told>) -> Result<OutboxMessage, GateError> {
    let notice = Notice { recipient: by.to_string(), path: "/medicines".to_owned(), event: told };
    notice.message(code(state), by)
}

/// What to tell of a change that somebody else than a citizen makes to a Task: of another state, or of another reason in the same one.
/// `None` when there is nothing to tell, or it is no renewal.
pub(crate) fn answered(
    service: Service,
    before: &[u8],
    after: &[u8],
    now: Timestamp,
) -> Option<(Write, OutboxMessage)> {
    if service != Service::Medicines {
        return None;
    }
    let old: Renewal = fhir::renewal(before, 0).ok()??;
    let new: Renewal = fhir::renewal(after, 0).ok()??;
    if (old.state, &old.reason) == (new.state, &new.reason) {
        return None;
    }
    let concerned = fhir::concerned(after)?;
    // The event and the message are asked for one after the other.
    let id = event_id(after).unwrap_or_else(ResourceId::new_v7);
    let event = event(&id, &new.prescription, &concerned.patient, &concerned.security, new.state, now).ok()?;
    let told = Told::new(&concerned.patient, id.as_str());
    Some((event, outbox(&concerned.by, new.state, Some(told)).ok()?))
}

/// What happened, in words; `None` for a code that is not of this service.
pub(super) fn event_text(text: &L10nLanguage, code: &str, _when: &str) -> Option<String> {
    Some(match code {
        "renewal-sent" => text.msg_medicines_event_sent(),
        "renewal-received" => text.msg_medicines_event_received(),
        "renewal-considered" => text.msg_medicines_event_considered(),
        "renewal-approved" => text.msg_medicines_event_approved(),
        "renewal-needs-consultation" => text.msg_medicines_event_consultation(),
        "renewal-refused" => text.msg_medicines_event_refused(),
        "renewal-withdrawn" => text.msg_medicines_event_withdrawn(),
        _ => return None,
    })
}

/// The e-mail about an outbox message; `None` for a kind that is not of this service. It says neither what was asked nor what was answered.
pub(super) fn mail_text(kind: &str, language: Language) -> Option<MailText> {
    let text = text(language);
    event_text(text, kind, "")?;
    Some(MailText {
        subject: text.msg_medicines_mail_subject(),
        body: text.msg_medicines_mail_body(),
        footer: text.msg_medicines_mail_footer(),
    })
}
