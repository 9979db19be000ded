//! What is told of a change of GP: an event in the list and an e-mail without content. An answer that comes by the API is told in the transaction
//! of the answer.

use jiff::Timestamp;
use serde_json::json;
use varde_base::{Language, PatientId, ResourceId};
use varde_rights::{Action, Service};
use varde_store::{GateError, OutboxMessage, Write};

use super::fhir;
use super::model::State;
use crate::l10n::{L10nLanguage, text};
use crate::shared::event::{TOPIC_SYSTEM, event_id};
use crate::shared::{Notice, Told, put};
use crate::slice::MailText;

/// Stable code of what has happened, in the event and as the kind of the outbox message.
const fn code(state: State) -> &'static str {
    match state {
        State::Waiting => "gp-change-waiting",
        State::Scheduled => "gp-change-scheduled",
        State::Done => "gp-change-done",
        State::Withdrawn => "gp-change-withdrawn",
        State::Refused => "gp-change-refused",
    }
}

/// The event in the list of the person whose GP it is, and the message to everybody to whom the rules open it: the one who asked, the person,
/// the other parent.
///
/// # Errors
/// [`GateError`] when one of them cannot be made.
pub(super) fn told(
    list: Option<&ResourceId>,
    (patient, by): (&PatientId, &PatientId),
    state: State,
    now: Timestamp,
) -> Result<(Write, OutboxMessage), GateError> {
    let id = ResourceId::new_v7();
    Ok((named(&id, list, patient, state, now)?, outbox(by, state, Told::new(patient, id.as_str()))?))
}

fn named(
    id: &ResourceId,
    list: Option<&ResourceId>,
    patient: &PatientId,
    state: State,
    now: Timestamp,
) -> Result<Write, GateError> {
    let mut resource = json!({
        "resourceType": "Communication",
        "id": id.as_str(),
        "status": "completed",
        "category": [{ "coding": [{ "system": "urn:varde:service", "code": Service::GpChoice.key() }] }],
        "topic": { "coding": [{ "system": TOPIC_SYSTEM, "code": code(state) }] },
        "subject": { "reference": format!("Patient/{patient}") },
        "sent": fhir::instant(now),
    });
    if let (Some(list), Some(members)) = (list, resource.as_object_mut()) {
        members.insert("about".to_owned(), json!([{ "reference": format!("HealthcareService/{list}") }]));
    }
    put(id, &resource, Action::Change)
}

/// The message to everybody to whom the rules open `told` when it is sent.
fn outbox(by: &PatientId, state: State, told: Told) -> Result<OutboxMessage, GateError> {
    let notice = Notice { recipient: by.to_string(), path: "/gp".to_owned(), event: Some(told) };
    notice.message(code(state), by)
}

/// What to tell of a change that somebody else than a citizen makes to a Task: of another state, another day or another reason. `None` when there is
/// nothing to tell, or it is no change of GP.
pub(crate) fn answered(
    service: Service,
    before: &[u8],
    after: &[u8],
    now: Timestamp,
) -> Option<(Write, OutboxMessage)> {
    if service != Service::GpChoice {
        return None;
    }
    let old = fhir::change(before, 0).ok()??;
    let new = fhir::change(after, 0).ok()??;
    if (old.state, old.starts, &old.reason) == (new.state, new.starts, &new.reason) {
        return None;
    }
    let (by, patient) = fhir::concerned(after)?;
    // The event and the message are asked for one after the other.
    let id = event_id(after).unwrap_or_else(ResourceId::new_v7);
    let event = named(&id, new.to.as_ref(), &patient, new.state, now).ok()?;
    Some((event, outbox(&by, new.state, Told::new(&patient, id.as_str())).ok()?))
}

/// What happened, in words; `None` for a code that is not of this service.
pub(super) fn event_text(text: &L10nLanguage, code: &str, _when: &str) -> Option<String> {
    Some(match code {
        "gp-change-waiting" => text.msg_gp_event_waiting(),
        "gp-change-scheduled" => text.msg_gp_event_scheduled(),
        "gp-change-done" => text.msg_gp_event_done(),
        "gp-change-withdrawn" => text.msg_gp_event_withdrawn(),
        "gp-change-refused" => text.msg_gp_event_refused(),
        _ => return None,
    })
}

/// The e-mail about an outbox message; `None` for a kind that is not of this service.
pub(super) fn mail_text(kind: &str, language: Language) -> Option<MailText> {
    let text = text(language);
    event_text(text, kind, "")?;
    Some(MailText {
        subject: text.msg_gp_mail_subject(),
        body: text.msg_gp_mail_body(),
        footer: text.msg_gp_mail_footer(),
    })
}
