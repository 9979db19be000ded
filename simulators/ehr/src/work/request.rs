//! A citizen's request: received, looked at, and answered (the product's docs/api.md, "Requests of citizens").

use serde_json::{Value, json};
use varde_base::Language;

use super::{Case, Hands, StepError, Stepped};
use crate::api::ApiError;
use crate::fhir;
use crate::fhir::request::{self, Note};
use crate::model::{Errand, Stage};
use crate::rules;
use crate::rules::request::{Answer, Deed};
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
    let luck = rules::luck(hands.seed, &format!("request/{}", errand.id));
    let code = request::code_of(&case.task).unwrap_or_default();
    let answer = rules::request::request(code, request::said(&case.task, "relation"), luck);
    let decision = hands.decides(errand, answer.words, false, None)?;
    let words = words::text(case.language(), answer.words);
    let (status, said) = if answer.is_yes {
        ("completed", ("output", fhir::output(words)))
    } else {
        ("rejected", ("statusReason", json!({ "text": words })))
    };
    let task = fhir::task_with(&case.task, status, &decision.at, &[said]);
    let mut entries = vec![fhir::update(&task, &case.task)];
    entries.extend(document(&case, errand, answer, hands).map(|document| fhir::create(&document)));
    let entries = entries.into_iter().collect::<Option<Vec<_>>>().ok_or(StepError::Unreadable("the request"))?;
    hands.api.transaction(entries).await?;
    Ok(case.told(errand, &decision))
}

/// What is written beside the answer, in the language of the country's records.
fn document(case: &Case, errand: &Errand, answer: Answer, hands: Hands<'_>) -> Option<Value> {
    let nb = |key| words::text(Language::Nb, key);
    let (title, words) = match answer.deed {
        Deed::PutRight(title) => {
            let right = request::said(&case.task, "right").or_else(|| request::said(&case.task, "wrong"));
            (nb(title), right.unwrap_or_default())
        }
        Deed::Send(title, words) => (nb(title), nb(words)),
        _ => return None,
    };
    let id = rules::made_id("document", &errand.id);
    let note = Note { id: &id, title, words, beside: case.focus.as_ref() };
    request::document(&note, &case.task, &case.owner(), hands.now)
}
