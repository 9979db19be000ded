//! That a hospital has answered a referral: in the Task of its assessment, or in the referral itself. What it writes becomes work for the worker
//! in the same transaction; the worker tells those who may see the referral, once for each answer.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use varde_base::{Language, PatientId, ResourceId, date_in_norway};
use varde_fhir::ResourceType;
use varde_rights::{Labels, Service};
use varde_store::{Batch, GateError, IdempotencyKey, OutboxMessage, Store};

use super::fhir;
use super::model::Decision;
use crate::l10n::{L10nLanguage, text};
use crate::shared::news::{self, News};
use crate::shared::platform_of;
use crate::slice::MailText;

/// Code of the event, and kind of the message to people.
const ANSWERED: &str = "referral-answered";

/// Kind of the work that tells it.
const DUE: &str = "referral-due";

/// Only what was decided this lately is told of: history that a system loads is nothing new.
const NEWS_DAYS: i32 = 7;

/// A referral that nobody sees yet (some of children's have a delay) is looked at again each day, so often.
const MAX_LOOKS: u32 = 30;
const LOOK_AGAIN: SignedDuration = SignedDuration::from_hours(24);

/// The answer that work is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Work {
    patient: String,
    /// The ServiceRequest.
    id: String,
    /// Code of the decision: each is told once.
    decision: String,
    /// How often nobody saw it.
    looks: u32,
}

impl Work {
    fn message(&self, not_before: Option<Timestamp>) -> Option<OutboxMessage> {
        let payload = serde_json::to_string(self).ok()?;
        // About nobody: messages of one person wait for each other, and what is looked at tomorrow must hold nothing up.
        Some(OutboxMessage { kind: DUE.to_owned(), subject: None, payload, not_before })
    }
}

/// The work that follows when somebody else than a citizen writes a Task or a ServiceRequest `id`; `None` when nothing was decided by it.
pub(crate) fn heard(
    (resource_type, id): (ResourceType, &ResourceId),
    labels: &Labels,
    before: Option<&[u8]>,
    after: &[u8],
    now: Timestamp,
) -> Option<OutboxMessage> {
    let patient = labels.patient.as_ref().filter(|_| labels.service == Service::Referrals)?;
    let read = |body: &[u8]| match resource_type {
        ResourceType::TASK => of_task(body),
        ResourceType::SERVICE_REQUEST => of_referral(id, body),
        _ => None,
    };
    let (referral, decision, day) = read(after)?;
    let is_new = before.and_then(read).is_none_or(|(_, old, _)| old != decision);
    let age = day.map(|day| (date_in_norway(now) - day).get_days());
    if !is_new || age.is_some_and(|days| days > NEWS_DAYS) {
        return None;
    }
    let decision = decision.code().to_owned();
    Work { patient: patient.to_string(), id: referral.to_string(), decision, looks: 0 }.message(None)
}

type Decided = (ResourceId, Decision, Option<jiff::civil::Date>);

fn of_task(body: &[u8]) -> Option<Decided> {
    let assessment = fhir::assessment(body).ok()??;
    Some((assessment.referral, assessment.decision?, assessment.done))
}

fn of_referral(id: &ResourceId, body: &[u8]) -> Option<Decided> {
    let referral = fhir::referral(body).ok()??;
    Some((id.clone(), referral.decision?, referral.assessed))
}

/// Whether a message of this kind is work for [`work`].
pub(crate) fn is_work(kind: &str) -> bool {
    kind == DUE
}

/// Tells of an answer. It bears being done twice.
///
/// # Errors
/// Those of the store.
pub(crate) async fn work(store: &Store, payload: &str, now: Timestamp) -> Result<(), GateError> {
    let work: Work = serde_json::from_str(payload).map_err(|_| GateError::Fault)?;
    let patient: PatientId = work.patient.parse().map_err(|_| GateError::Fault)?;
    let id: ResourceId = work.id.parse().map_err(|_| GateError::Fault)?;
    let news = News {
        of: (ResourceType::SERVICE_REQUEST, &id),
        patient: &patient,
        service: Service::Referrals,
        code: ANSWERED,
        path: &format!("/referrals/{id}"),
        once: &format!("{id}/{}", work.decision),
    };
    if news::tell(store, news, now).await? || work.looks >= MAX_LOOKS {
        return Ok(());
    }
    let again = Work { looks: work.looks + 1, ..work };
    let message = again.message(now.checked_add(LOOK_AGAIN).ok()).ok_or(GateError::Fault)?;
    let key = format!("{id}/{}/{}", again.decision, again.looks);
    let batch = Batch {
        writes: Vec::new(),
        outbox: vec![message],
        idempotency_key: Some(IdempotencyKey { scope: "varde/referral-due".to_owned(), key, fingerprint: 0 }),
    };
    platform_of(store, Some(&patient), "referrals.answered").write(batch).await.map(drop)
}

/// What happened, in words; `None` for a code that is not of this service.
pub(super) fn event_text(text: &L10nLanguage, code: &str, _when: &str) -> Option<String> {
    (code == ANSWERED).then(|| text.msg_referrals_event_answered())
}

/// The e-mail about an outbox message; `None` for a kind that is not of this service. It does not say that it is about a referral.
pub(super) fn mail_text(kind: &str, language: Language) -> Option<MailText> {
    let text = text(language);
    (kind == ANSWERED).then(|| MailText {
        subject: text.msg_referrals_mail_subject(),
        body: text.msg_referrals_mail_body(),
        footer: text.msg_referrals_mail_footer(),
    })
}
