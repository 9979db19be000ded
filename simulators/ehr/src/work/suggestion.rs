//! A suggestion for the summary: received, and done or not (the product's docs/api.md, "Suggestions for the summary").

use serde_json::{Value, json};

use super::{Case, Hands, StepError, Stepped};
use crate::api::ApiError;
use crate::fhir::{self, summary};
use crate::model::{Errand, Stage};
use crate::rules;
use crate::rules::request::Deed;
use crate::words;

pub(super) async fn step(hands: Hands<'_>, errand: &Errand) -> Result<Stepped, StepError> {
    match errand.stage {
        Stage::New => hands.moves(errand, "requested", "received", Stage::Taken).await,
        Stage::Taken => hands.moves(errand, "received", "in-progress", Stage::Opened).await,
        _ => answer(hands, errand).await,
    }
}

async fn answer(hands: Hands<'_>, errand: &Errand) -> Result<Stepped, StepError> {
    let case = Case::read(hands.api, errand).await?;
    if !rules::stage(fhir::text(&case.task, "/status").unwrap_or_default()).is_open() {
        return Err(ApiError::Changed.into());
    }
    let luck = rules::luck(hands.seed, &format!("suggestion/{}", errand.id));
    let item = case.focus.as_ref().and_then(|item| fhir::text(item, "/resourceType"));
    let answer = rules::request::suggestion(summary::wish(&case.task), item, luck);
    let decision = hands.decides(errand, answer.words, false, None)?;
    let status = if answer.is_yes { "completed" } else { "rejected" };
    let reason = json!({ "text": words::text(case.language(), answer.words) });
    let task = fhir::task_with(&case.task, status, &decision.at, &[("statusReason", reason)]);
    let mut entries = vec![fhir::update(&task, &case.task)];
    entries.extend(done(&case, errand, answer.deed, hands));
    let entries = entries.into_iter().collect::<Option<Vec<_>>>().ok_or(StepError::Unreadable("the suggestion"))?;
    hands.api.transaction(entries).await?;
    Ok(case.told(errand, &decision))
}

/// What is written beside the answer, if anything; `Some(None)` of what cannot be done.
fn done(case: &Case, errand: &Errand, deed: Deed, hands: Hands<'_>) -> Option<Option<Value>> {
    let of_item = |changed: Option<Value>| fhir::update(&changed?, case.focus.as_ref()?);
    match deed {
        Deed::Retract => Some(of_item(case.focus.as_ref().and_then(summary::retracted))),
        Deed::Note => {
            let noted = case.focus.as_ref().and_then(|item| summary::noted(item, &case.task, hands.now));
            Some(of_item(noted))
        }
        Deed::Add => {
            let id = rules::made_id("flag", &errand.id);
            Some(summary::added(&id, &case.task, &case.owner(), hands.now).and_then(|flag| fhir::create(&flag)))
        }
        Deed::Nothing | Deed::PutRight(_) | Deed::Send(..) => None,
    }
}
