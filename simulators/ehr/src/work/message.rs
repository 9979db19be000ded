//! A message: taken in, opened, and answered or referred to a visit (the product's docs/api.md, "Messages").

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{Case, Decision, Hands, StepError, Stepped, referral};
use crate::api::ApiError;
use crate::fhir;
use crate::model::{Errand, Stage};
use crate::rules::{self, MessageAnswer};
use crate::words;

/// `Decision::says` of what is not answered here.
const REFUSED: &str = "book-a-visit";

pub(super) async fn step(hands: Hands<'_>, errand: &Errand) -> Result<Stepped, StepError> {
    match errand.stage {
        Stage::New => hands.moves(errand, "requested", "received", Stage::Taken).await,
        Stage::Taken => open(hands, errand).await,
        _ => answer(hands, errand).await,
    }
}

/// Reads the case if it is still open.
async fn open_case(hands: Hands<'_>, errand: &Errand) -> Result<(Case, Value), StepError> {
    let mut case = Case::read(hands.api, errand).await?;
    if !rules::stage(fhir::text(&case.task, "/status").unwrap_or_default()).is_open() {
        return Err(ApiError::Changed.into());
    }
    let message = case.focus.take().ok_or(ApiError::Gone)?;
    Ok((case, message))
}

/// Somebody opens the message, and the sender is told when.
async fn open(hands: Hands<'_>, errand: &Errand) -> Result<Stepped, StepError> {
    let (case, message) = open_case(hands, errand).await?;
    let task = fhir::task_with(&case.task, "in-progress", &fhir::exact(hands.now), &[]);
    let entries = [fhir::update(&fhir::opened(&message, hands.now), &message), fhir::update(&task, &case.task)];
    let entries = entries.into_iter().collect::<Option<Vec<_>>>().ok_or(StepError::Unreadable("the message"))?;
    hands.api.transaction(entries).await?;
    Ok(Stepped::to(Stage::Opened))
}

async fn answer(hands: Hands<'_>, errand: &Errand) -> Result<Stepped, StepError> {
    let (case, message) = open_case(hands, errand).await?;
    let is_follow_up = message.get("partOf").is_some();
    let luck = rules::luck(hands.seed, &errand.about);
    let answer = rules::message(fhir::subject(&message), is_follow_up, luck);
    let unit = if matches!(answer, MessageAnswer::Refer(_)) { referral::unit(hands, luck).await? } else { None };
    let (says, sample) = match answer {
        // Without a hospital nobody is sent there.
        MessageAnswer::Refer(_) if unit.is_none() => ("answer-advice", false),
        MessageAnswer::Write(words) | MessageAnswer::Refer(words) | MessageAnswer::Refuse(words) => (words, false),
        MessageAnswer::Sample(words) => (words, true),
    };
    let decision = hands.decides(errand, says, sample, unit)?;
    let entries = entries(&case, &message, errand, &decision, hands.now).ok_or(StepError::Unreadable("the message"))?;
    hands.api.transaction(entries).await?;
    let case = Case { focus: Some(message), ..case };
    Ok(case.told(errand, &decision))
}

/// What is written: the Task closed, and the answer if there is one.
fn entries(case: &Case, message: &Value, errand: &Errand, decision: &Decision, now: Timestamp) -> Option<Vec<Value>> {
    let words = words::text(case.language(), &decision.says);
    if decision.says == REFUSED {
        let task = fhir::task_with(&case.task, "rejected", &decision.at, &[("statusReason", json!({ "text": words }))]);
        return Some(vec![fhir::update(&task, &case.task)?]);
    }
    let id = rules::made_id("answer", &errand.id);
    let from = fhir::answerer(message, &case.owner());
    let answer = fhir::answer(message, &id, &from, words, now)?;
    let task = fhir::task_with(&case.task, "completed", &decision.at, &[]);
    let mut entries = vec![fhir::create(&answer)?, fhir::update(&task, &case.task)?];
    if let Some(unit) = &decision.unit {
        let id = rules::made_id("referral", &errand.id);
        entries.push(fhir::create(&fhir::referral::new(&id, message, &from, unit, now)?)?);
    }
    Some(entries)
}
