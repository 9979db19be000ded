//! That there is an answer to read: told when it can be seen, and not a moment earlier. What a laboratory writes becomes work for the worker in the
//! same transaction, due when the delay is over; a change of the release by personnel becomes work anew.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use varde_base::{Language, PatientId, ResourceId};
use varde_fhir::ResourceType;
use varde_rights::{Labels, Service};
use varde_store::{GateError, OutboxMessage, Store};

use super::fhir::{self, NOTES};
use super::model::State;
use crate::l10n::{L10nLanguage, text};
use crate::shared::news::{self, News};
use crate::slice::MailText;

/// Code of the event, and kind of the message to people.
const SHOWN: &str = "result-shown";

/// Kind of the work that is due when an answer can be seen.
const DUE: &str = "result-due";

/// Only what was answered this lately is told of: history that a system loads is nothing new.
const NEWS: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Longest wait that is laid down. What is later than that is for personnel to release, which is heard of.
const MAX_WAIT: SignedDuration = SignedDuration::from_hours(400 * 24);

/// The answer that work is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Work {
    patient: String,
    id: String,
}

/// The work that follows when somebody else than a citizen writes a DiagnosticReport; `None` when there is nothing to tell.
pub(crate) fn heard(
    id: &ResourceId,
    labels: &Labels,
    before: Option<&[u8]>,
    after: &[u8],
    now: Timestamp,
) -> Option<OutboxMessage> {
    let patient = labels.patient.as_ref().filter(|_| labels.service == Service::Results)?;
    let due = labels.visible_from.filter(|from| *from > now);
    let latest = now.saturating_add(MAX_WAIT).unwrap_or(Timestamp::MAX);
    if !is_answer(after) || due.is_some_and(|due| due > latest) {
        return None;
    }
    let is_news = match before.filter(|before| is_answer(before)) {
        // It was there before: only when it can be seen from may have changed.
        Some(before) => release(before) != release(after),
        None => due.is_some() || is_recent(after, now),
    };
    let work = Work { patient: patient.to_string(), id: id.to_string() };
    let payload = serde_json::to_string(&work).ok().filter(|_| is_news)?;
    // About nobody: messages of one person wait for each other, and what is to be told in two weeks must hold nothing up.
    Some(OutboxMessage { kind: DUE.to_owned(), subject: None, payload, not_before: due })
}

/// Whether a report holds an answer that stands. What is only registered, or preliminary, is told of when it is final.
fn is_answer(body: &[u8]) -> bool {
    let Ok(report) = fhir::report(body, None) else { return false };
    let is_note = || {
        let value: Value = serde_json::from_slice(body).unwrap_or_default();
        let concepts = value.get("category").and_then(Value::as_array).into_iter().flatten();
        let mut codings = concepts.filter_map(|its| its.get("coding")?.as_array()).flatten();
        codings.any(|coding| coding.get("code").and_then(Value::as_str).is_some_and(|code| NOTES.contains(&code)))
    };
    matches!(report.state, State::Final | State::Amended | State::Corrected) && !is_note()
}

fn is_recent(body: &[u8], now: Timestamp) -> bool {
    let Ok(report) = fhir::report(body, None) else { return false };
    let since = now.saturating_sub(NEWS).unwrap_or(now);
    report.issued.or_else(|| super::rules::when(&report)).is_none_or(|issued| issued >= since)
}

/// What personnel have said of when it is shown.
fn release(body: &[u8]) -> Option<Value> {
    let value: Value = serde_json::from_slice(body).ok()?;
    value.pointer("/meta/extension").cloned()
}

/// Whether a message of this kind is work for [`work`].
pub(crate) fn is_work(kind: &str) -> bool {
    kind == DUE
}

/// Tells of an answer that can be seen now. It bears being done twice; when nobody sees the answer, nobody is told.
///
/// # Errors
/// Those of the store.
pub(crate) async fn work(store: &Store, payload: &str, now: Timestamp) -> Result<(), GateError> {
    let work: Work = serde_json::from_str(payload).map_err(|_| GateError::Fault)?;
    let patient: PatientId = work.patient.parse().map_err(|_| GateError::Fault)?;
    let id: ResourceId = work.id.parse().map_err(|_| GateError::Fault)?;
    let news = News {
        of: (ResourceType::DIAGNOSTIC_REPORT, &id),
        patient: &patient,
        service: Service::Results,
        code: SHOWN,
        path: &format!("/results/{id}"),
        once: id.as_str(),
    };
    news::tell(store, news, now).await.map(drop)
}

/// What happened, in words; `None` for a code that is not of this service.
pub(super) fn event_text(text: &L10nLanguage, code: &str, _when: &str) -> Option<String> {
    (code == SHOWN).then(|| text.msg_results_event_shown())
}

/// The e-mail about an outbox message; `None` for a kind that is not of this service. It does not say that it is about a test.
pub(super) fn mail_text(kind: &str, language: Language) -> Option<MailText> {
    let text = text(language);
    (kind == SHOWN).then(|| MailText {
        subject: text.msg_results_mail_subject(),
        body: text.msg_results_mail_body(),
        footer: text.msg_results_mail_footer(),
    })
}
