//! A wish for renewal: received, looked at, and renewed or not (the product's docs/api.md, "Renewal of prescriptions").

use jiff::Timestamp;
use serde_json::{Value, json};
use varde_base::date_in_norway;

use super::{Case, Decision, Hands, StepError, Stepped};
use crate::fhir;
use crate::model::{Errand, Stage};
use crate::rules::{self, RenewalAnswer};
use crate::words;

/// `Decision::says` of a new prescription.
const RENEW: &str = "renew";

pub(super) async fn step(hands: Hands<'_>, errand: &Errand) -> Result<Stepped, StepError> {
    match errand.stage {
        Stage::New => hands.moves(errand, "requested", "received", Stage::Taken).await,
        Stage::Taken => hands.moves(errand, "received", "in-progress", Stage::Opened).await,
        _ => answer(hands, errand).await,
    }
}

async fn answer(hands: Hands<'_>, errand: &Errand) -> Result<Stepped, StepError> {
    let case = Case::read(hands.api, errand).await?;
    let status = fhir::text(&case.task, "/status").unwrap_or_default();
    if !rules::stage(status).is_open() {
        return Err(crate::api::ApiError::Changed.into());
    }
    let asked_before = hands.desk.done_before(errand)?;
    let luck = rules::luck(hands.seed, &format!("renewal/{}", errand.about));
    let answer = rules::renewal(case.focus.as_ref().map(fhir::prescription), asked_before, luck);
    let (says, sample) = match answer {
        RenewalAnswer::Renew => (RENEW, false),
        RenewalAnswer::Talk(words) => (words, false),
        RenewalAnswer::Refuse { words, sample } => (words, sample),
    };
    let decision = hands.decides(errand, says, sample, None)?;
    let entries = entries(&case, errand, &decision, hands.now).ok_or(StepError::Unreadable("the Task"))?;
    hands.api.transaction(entries).await?;
    Ok(case.told(errand, &decision))
}

/// What is written: the Task closed, and the new prescription if there is one.
fn entries(case: &Case, errand: &Errand, decision: &Decision, now: Timestamp) -> Option<Vec<Value>> {
    let reason = || ("statusReason", json!({ "text": words::text(case.language(), &decision.says) }));
    if decision.says == RENEW {
        let id = rules::made_id("renewal", &errand.id);
        let new = fhir::renewed(case.focus.as_ref()?, &id, date_in_norway(now), now)?;
        let task = fhir::task_with(&case.task, "completed", &decision.at, &[]);
        return Some(vec![fhir::create(&new)?, fhir::update(&task, &case.task)?]);
    }
    let talk = json!({ "coding": [{ "system": "urn:varde:renewal", "code": "needs-consultation" }] });
    let mut more = vec![reason()];
    if is_talk(&decision.says) {
        more.push(("businessStatus", talk));
    }
    let task = fhir::task_with(&case.task, "rejected", &decision.at, &more);
    Some(vec![fhir::update(&task, &case.task)?])
}

/// Whether these words invite to a talk.
fn is_talk(says: &str) -> bool {
    matches!(says, "renewal-group-ab" | "renewal-short-course" | "renewal-long-since")
}
