//! What is told of a suggestion: an event in the list and an e-mail without content. An answer that comes by the API is told in the
//! transaction of the answer.

use jiff::Timestamp;
use serde_json::json;
use varde_base::{Language, PatientId, ResourceId};
use varde_rights::{Action, Service};
use varde_store::{GateError, OutboxMessage, Write};

use super::fhir::{self, SERVICE_SYSTEM};
use super::model::State;
use crate::l10n::{L10nLanguage, text};
use crate::shared::event::{TOPIC_SYSTEM, event_id};
use crate::shared::{Notice, Told, put};
use crate::slice::MailText;

/// Stable code of what has happened, in the event and as the kind of the outbox message.
const fn code(state: State) -> &'static str {
    match state {
        State::Sent => "suggestion-sent",
        State::Received => "suggestion-received",
        State::Done => "suggestion-done",
        State::Refused => "suggestion-refused",
        State::Withdrawn => "suggestion-withdrawn",
    }
}

/// The event in the list of the person it is about, and the message to the one who suggested.
///
/// # Errors
/// [`GateError`] when the resource cannot be made.
pub(super) fn told(
    task: &ResourceId,
    (by, patient): (&PatientId, &PatientId),
    state: State,
    now: Timestamp,
) -> Result<(Write, OutboxMessage), GateError> {
    told_as(&ResourceId::new_v7(), task, (by, patient), state, None, now)
}

/// As [`told`], with the id of the event; `all`: everybody to whom the rules open it when it is sent.
fn told_as(
    id: &ResourceId,
    task: &ResourceId,
    (by, patient): (&PatientId, &PatientId),
    state: State,
    all: Option<Told>,
    now: Timestamp,
) -> Result<(Write, OutboxMessage), GateError> {
    let event = json!({
        "resourceType": "Communication",
        "id": id.as_str(),
        "status": "completed",
        "category": [{ "coding": [{ "system": SERVICE_SYSTEM, "code": Service::SummaryRecord.key() }] }],
        "topic": { "coding": [{ "system": TOPIC_SYSTEM, "code": code(state) }] },
        "subject": { "reference": format!("Patient/{patient}") },
        "about": [{ "reference": format!("Task/{task}") }],
        "sent": now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
    });
    let notice = Notice { recipient: by.to_string(), path: format!("/summary/suggestions/{task}"), event: all };
    let message = notice.message(code(state), by)?;
    Ok((put(id, &event, Action::Change)?, message))
}

/// What to tell of a change that somebody else than a citizen makes to a Task: of another state, or of another answer in the same one.
/// `None` when there is nothing to tell, or it is no suggestion.
pub(crate) fn answered(
    task: &ResourceId,
    service: Service,
    before: &[u8],
    after: &[u8],
    now: Timestamp,
) -> Option<(Write, OutboxMessage)> {
    if service != Service::SummaryRecord {
        return None;
    }
    let old = fhir::suggestion(before, 0).ok()??;
    let new = fhir::suggestion(after, 0).ok()??;
    if (old.state, &old.answer) == (new.state, &new.answer) {
        return None;
    }
    let (by, patient) = fhir::concerned(after)?;
    // The event and the message are asked for one after the other.
    let id = event_id(after).unwrap_or_else(ResourceId::new_v7);
    let all = Told::new(&patient, id.as_str());
    told_as(&id, task, (&by, &patient), new.state, Some(all), now).ok()
}

/// What happened, in words; `None` for a code that is not of this service.
pub(super) fn event_text(text: &L10nLanguage, code: &str, _when: &str) -> Option<String> {
    Some(match code {
        "suggestion-sent" => text.msg_summary_event_sent(),
        "suggestion-received" => text.msg_summary_event_received(),
        "suggestion-done" => text.msg_summary_event_done(),
        "suggestion-refused" => text.msg_summary_event_refused(),
        "suggestion-withdrawn" => text.msg_summary_event_withdrawn(),
        _ => return None,
    })
}

/// The e-mail about an outbox message; `None` for a kind that is not of this service. It says neither what was suggested nor what was answered.
pub(super) fn mail_text(kind: &str, language: Language) -> Option<MailText> {
    let text = text(language);
    event_text(text, kind, "")?;
    Some(MailText {
        subject: text.msg_summary_mail_subject(),
        body: text.msg_summary_mail_body(),
        footer: text.msg_summary_mail_footer(),
    })
}
