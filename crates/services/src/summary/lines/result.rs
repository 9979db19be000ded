//! A result of a laboratory in words.

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;
use varde_base::Language;
use varde_store::Found;
use varde_web::{dates, numbers};

use crate::l10n::{L10nLanguage, text};
use crate::shared::{analysis, units};
use crate::summary::fhir::{codings, list, text_at, words};
use crate::summary::model::Line;

/// Most parts of one result that are written out.
const MAX_PARTS: usize = 10;

/// What a number is read from, since a decimal keeps its last digit.
#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct Measured {
    value_quantity: Option<Quantity>,
    component: Vec<Measured>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Quantity {
    value: Option<Box<RawValue>>,
    unit: Option<String>,
    code: Option<String>,
    comparator: Option<String>,
}

/// What was looked for, what was found, and when.
pub(super) fn line(entry: &Found, json: &Value, language: Language) -> Line {
    let texts = text(language);
    let measured: Measured = serde_json::from_slice(&entry.body).unwrap_or_default();
    let mut detail: Vec<String> = value(json, measured.value_quantity.as_ref(), language).into_iter().collect();
    let parts = list(json, "component").iter().zip(&measured.component).take(MAX_PARTS);
    detail.extend(parts.filter_map(|(part, measured)| {
        let value = value(part, measured.value_quantity.as_ref(), language)?;
        Some(format!("{} {value}", name(texts, part)?))
    }));
    let start = || text_at(json, &["effectivePeriod", "start"]);
    let day = text_at(json, &["effectiveDateTime"]).or_else(start);
    detail.extend(day.and_then(|day| dates::as_exact_as_known(day, language)));
    Line { name: name(texts, json).unwrap_or_else(|| texts.msg_summary_no_name()), detail }
}

/// What a report is about, when, and what it concludes with.
pub(super) fn report_line(json: &Value, language: Language) -> Line {
    let texts = text(language);
    let start = || text_at(json, &["effectivePeriod", "start"]);
    let day = text_at(json, &["effectiveDateTime"]).or_else(start);
    let conclusion = text_at(json, &["conclusion"]).map(str::to_owned);
    let day = day.and_then(|day| dates::as_exact_as_known(day, language));
    let detail = conclusion.into_iter().chain(day).collect();
    Line { name: name(texts, json).unwrap_or_else(|| texts.msg_summary_no_name()), detail }
}

/// What was looked for: our plain name, else the source's.
fn name(text: &L10nLanguage, json: &Value) -> Option<String> {
    let code = json.get("code")?;
    let known = codings(code).find_map(|(system, code)| analysis::analysis(Some(system), code));
    known.map(|known| analysis::name(text, known)).or_else(|| words(code))
}

/// A value in words; `None` for one of a kind that a summary does not write out.
fn value(json: &Value, measured: Option<&Quantity>, language: Language) -> Option<String> {
    let number = measured.and_then(|quantity| {
        let number = numbers::measured(quantity.value.as_ref()?.get(), language);
        let unit = quantity.unit.as_deref().or(quantity.code.as_deref()).map(units::written).unwrap_or_default();
        let parts = [quantity.comparator.clone().unwrap_or_default(), number, unit];
        Some(parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\u{a0}"))
    });
    number
        .or_else(|| json.get("valueCodeableConcept").and_then(words))
        .or_else(|| text_at(json, &["valueString"]).map(str::to_owned))
}
