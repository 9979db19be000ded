//! A sample at the laboratory: the report, and a while later what the doctor writes about it, with a value put right now and then.

use serde_json::Value;
use varde_base::Language;

use super::{Hands, StepError, Stepped};
use crate::api::ApiError;
use crate::fhir::{self, Order, ReportState};
use crate::model::{Errand, Stage};
use crate::rules::{self, Analysis};
use crate::words;

pub(super) async fn step(hands: Hands<'_>, errand: &Errand) -> Result<Stepped, StepError> {
    let memo = errand.memo.as_deref().ok_or(StepError::Unreadable("the order"))?;
    let order: Order = serde_json::from_str(memo).map_err(|_| StepError::Unreadable("the order"))?;
    match errand.stage {
        Stage::New => post(hands, errand, &order).await,
        _ => comment(hands, errand, &order).await,
    }
}

/// What was found. The first value of a report that is put right later is wrong at first.
fn values(seed: u64, errand: &Errand, order: &Order, is_first_time: bool) -> Vec<(&'static Analysis, i64)> {
    let is_wrong = is_first_time && is_corrected(seed, errand);
    let panel = rules::panel(order.atc.as_deref()).iter().enumerate();
    let luck = |analysis: &Analysis| rules::luck(seed, &format!("{}/{}", errand.id, analysis.loinc));
    panel
        .map(|(number, analysis)| (*analysis, rules::value(analysis, luck(analysis), is_wrong && number == 0)))
        .collect()
}

fn is_corrected(seed: u64, errand: &Errand) -> bool {
    rules::is_corrected(rules::luck(seed, &format!("corrected/{}", errand.id)))
}

/// The laboratory's summing up, in the language of the country's records.
fn conclusion(values: &[(&Analysis, i64)]) -> (String, bool) {
    let outside: Vec<&str> = values
        .iter()
        .filter(|(analysis, value)| rules::flag(analysis, *value).0 != "N")
        .map(|(analysis, _)| analysis.name)
        .collect();
    if outside.is_empty() {
        return (words::text(Language::Nb, "report-as-usual").to_owned(), false);
    }
    (format!("{} {}.", words::text(Language::Nb, "report-outside"), outside.join(", ")), true)
}

async fn post(hands: Hands<'_>, errand: &Errand, order: &Order) -> Result<Stepped, StepError> {
    let values = values(hands.seed, errand, order, true);
    let (conclusion, _) = conclusion(&values);
    let resources = fhir::report(errand.plain_id(), order, &values, ReportState::Final, (&conclusion, hands.now));
    let entries = resources.iter().map(fhir::create).collect::<Option<Vec<_>>>();
    match hands.api.transaction(entries.ok_or(StepError::Unreadable("the report"))?).await {
        // We have written it before and were cut off.
        Ok(_) | Err(ApiError::Changed) => Ok(Stepped { said: Some(conclusion), ..Stepped::to(Stage::Taken) }),
        Err(error) => Err(error.into()),
    }
}

async fn comment(hands: Hands<'_>, errand: &Errand, order: &Order) -> Result<Stepped, StepError> {
    let values = values(hands.seed, errand, order, false);
    let (conclusion, is_outside) = conclusion(&values);
    let corrected = is_corrected(hands.seed, errand);
    let key = match (corrected, is_outside) {
        (true, _) => "comment-corrected",
        (false, true) => "comment-outside",
        (false, false) => "comment-as-usual",
    };
    let language = Language::from_tag(&order.language).unwrap_or_default();
    let id = rules::made_id("comment", &errand.id);
    let comment = fhir::comment(&id, errand.plain_id(), order, words::text(language, key), hands.now);
    let mut entries = vec![fhir::create(&comment)];
    if corrected {
        let resources =
            fhir::report(errand.plain_id(), order, &values, ReportState::Corrected, (&conclusion, hands.now));
        let stored = stored(hands, errand).await?;
        entries.extend(resources.iter().map(|resource| {
            let before = stored.iter().find(|stored| fhir::name(stored) == fhir::name(resource))?;
            fhir::update(resource, before)
        }));
    }
    let entries = entries.into_iter().collect::<Option<Vec<_>>>().ok_or(StepError::Unreadable("the report"))?;
    match hands.api.transaction(entries).await {
        Ok(_) => Ok(Stepped::done(key)),
        // The comment is there when we were cut off after it; anything else is a reason to try again.
        Err(ApiError::Changed) => match hands.api.read(&format!("Communication/{id}")).await {
            Ok(_) => Ok(Stepped::done(key)),
            Err(ApiError::Gone) => Err(ApiError::Changed.into()),
            Err(error) => Err(error.into()),
        },
        Err(error) => Err(error.into()),
    }
}

/// The report and its values as they are stored.
async fn stored(hands: Hands<'_>, errand: &Errand) -> Result<Vec<Value>, ApiError> {
    let id = errand.plain_id();
    hands.api.search(&format!("DiagnosticReport?_id={id}&_include=DiagnosticReport:result")).await
}
