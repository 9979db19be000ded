//! What stands in a summary, and what can be suggested. Pure; who may see or ask at all is the rule book's.

use serde_json::Value;
use varde_fhir::ResourceType;
use varde_store::Found;

use super::fhir::{self, codings, is_current, is_one_of, is_wrong, list};
use super::model::{Item, Kind, Part, State, Suggestion, Wish};

/// Longest text of a suggestion, in characters.
pub(super) const MAX_WORDS: usize = 2_000;

/// Most suggestions a person may have waiting, so that no list grows without end.
pub(super) const MAX_OPEN: usize = 20;

/// Most entries of one part of a summary.
pub(super) const MAX_ENTRIES: usize = 100;

/// Most results in a summary: the newest of each kind, the newest first.
pub(super) const MAX_RESULTS: usize = 30;

/// The category a result of a laboratory has (Observation-results-laboratory-pathology-uv-ips).
pub(super) const LABORATORY: (&str, &str) =
    ("http://terminology.hl7.org/CodeSystem/observation-category", "laboratory");

/// Most reports in a summary, and the largest of them in bytes: with a file inside it a report is no part of an overview.
pub(super) const MAX_REPORTS: usize = 15;
const MAX_REPORT_BYTES: usize = 64 * 1024;

/// Notes from a visit that some sources send as reports (LOINC); they belong to the record.
const NOTES: [&str; 5] = ["34117-2", "51847-2", "11506-3", "34133-9", "18842-5"];

/// Operations, by SNOMED CT ("Surgical procedure"); what is done at a visit is no part of a summary.
const SURGICAL: [&str; 1] = ["387713003"];

/// What is wrong with a form, each at its field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FieldError {
    /// Nothing is said, or too much.
    Words,
    /// What is wanted is not chosen.
    Wish,
    /// There are too many already.
    TooMany,
    /// No GP's office is known that could answer.
    NoOffice,
}

/// What is to be sent, as far as it can be. Of an item one may want a change or that it goes; without one, that something is added.
///
/// # Errors
/// Every field that is wrong.
pub(super) fn draft(wish: &str, words: &str, has_item: bool) -> Result<(Wish, String), Vec<FieldError>> {
    let wish = match (Wish::from_code(wish), has_item) {
        (Some(Wish::Add) | None, true) => None,
        (Some(wish), true) => Some(wish),
        (_, false) => Some(Wish::Add),
    };
    let words = Some(words.trim()).filter(|words| !words.is_empty() && words.chars().count() <= MAX_WORDS);
    match (wish, words) {
        (Some(wish), Some(words)) => Ok((wish, words.to_owned())),
        (wish, words) => {
            let wrong = [(wish.is_none(), FieldError::Wish), (words.is_none(), FieldError::Words)];
            Err(wrong.into_iter().filter(|(is_wrong, _)| *is_wrong).map(|(_, error)| error).collect())
        }
    }
}

/// Whether it still waits for an answer.
pub(super) const fn is_open(state: State) -> bool {
    matches!(state, State::Sent | State::Received)
}

/// Whether there is room for one more.
pub(super) fn has_room(existing: &[Suggestion]) -> bool {
    existing.iter().filter(|suggestion| is_open(suggestion.state)).count() < MAX_OPEN
}

/// Items of a group, the dangerous first, then as they came.
pub(super) fn of_kind(items: &[Item], kind: Kind) -> Vec<&Item> {
    let mut found: Vec<&Item> = items.iter().filter(|item| item.kind == kind && item.is_current).collect();
    found.sort_by_key(|item| !item.is_dangerous);
    found
}

/// Whether a resource is an entry of a part (IPS 2.0): what holds now and is true.
pub(super) fn belongs(part: Part, resource_type: ResourceType, json: &Value) -> bool {
    let status = fhir::text_at(json, &["status"]).unwrap_or_default();
    let is_critical = || {
        let known = Kind::ALL.into_iter().filter_map(Kind::code);
        let codes: Vec<&str> = known.collect();
        list(json, "category").iter().any(|category| is_one_of(Some(category), &codes))
    };
    if is_wrong(json) {
        return false;
    }
    match (part, resource_type) {
        (Part::Alerts, ResourceType::FLAG) => status == "active" && is_critical(),
        (Part::Allergies, ResourceType::ALLERGY_INTOLERANCE) | (Part::Problems, ResourceType::CONDITION) => {
            is_current(json)
        }
        (Part::Medications, ResourceType::MEDICATION_STATEMENT) => ["active", "intended", "on-hold"].contains(&status),
        (Part::Medications, ResourceType::MEDICATION_REQUEST) => {
            status == "active" && json.get("doNotPerform") != Some(&Value::Bool(true))
        }
        (Part::Immunizations, ResourceType::IMMUNIZATION) => status == "completed",
        (Part::Procedures, ResourceType::PROCEDURE) => {
            let is_surgical = list(json, "category").iter().any(|category| is_one_of(Some(category), &SURGICAL));
            status == "completed" && (is_surgical || is_critical())
        }
        (Part::Devices, ResourceType::DEVICE) => is_current(json),
        (Part::Results, ResourceType::OBSERVATION) => is_result(status, json),
        (Part::Results, ResourceType::DIAGNOSTIC_REPORT) => is_report(status, json),
        _ => false,
    }
}

/// Whether an Observation is an answer of a laboratory that says something by itself: it has a name, a day and a value. A panel without a value of its own
/// is left out, and its members stand for themselves.
fn is_result(status: &str, json: &Value) -> bool {
    let is_laboratory = list(json, "category").iter().any(|category| codings(category).any(|its| its == LABORATORY));
    let names = ["valueQuantity", "valueCodeableConcept", "valueString"];
    let has_value = |json: &Value| names.iter().any(|name| json.get(name).is_some_and(|value| !value.is_null()));
    let says_something = has_value(json) || list(json, "component").iter().any(has_value);
    let is_dated = fhir::text_at(json, &["effectiveDateTime"]).is_some() || json.get("effectivePeriod").is_some();
    let has_name = json.get("code").is_some_and(|code| fhir::words(code).is_some());
    ["final", "amended", "corrected"].contains(&status) && is_laboratory && says_something && is_dated && has_name
}

/// Whether a DiagnosticReport says something by itself: it has a name, a day and a conclusion in words (DiagnosticReport-uv-ips).
fn is_report(status: &str, json: &Value) -> bool {
    let is_note = list(json, "category").iter().any(|category| is_one_of(Some(category), &NOTES));
    let is_dated = fhir::text_at(json, &["effectiveDateTime"]).is_some() || json.get("effectivePeriod").is_some();
    let has_name = json.get("code").is_some_and(|code| fhir::words(code).is_some());
    let concludes = fhir::text_at(json, &["conclusion"]).is_some();
    ["final", "amended", "corrected"].contains(&status) && !is_note && is_dated && has_name && concludes
}

/// What can threaten life first, the rest as they came.
pub(super) fn gravest_first(found: &mut [Found]) {
    found.sort_by_cached_key(|found| !fhir::json(found).is_ok_and(|json| fhir::is_dangerous(&json)));
}

/// Most entries of a type in a summary.
pub(super) const fn most(resource_type: ResourceType) -> usize {
    match resource_type {
        ResourceType::OBSERVATION => MAX_RESULTS,
        ResourceType::DIAGNOSTIC_REPORT => MAX_REPORTS,
        _ => MAX_ENTRIES,
    }
}

/// Keeps the first of what is found, and says whether any was left out.
pub(super) fn cut(found: &mut Vec<Found>, most: usize) -> bool {
    let before = found.len();
    found
        .retain(|found| found.resource_type != ResourceType::DIAGNOSTIC_REPORT || found.body.len() <= MAX_REPORT_BYTES);
    found.truncate(most);
    found.len() < before
}

/// The first of each kind, of results with the newest first.
pub(super) fn one_of_each(results: Vec<Found>) -> Vec<Found> {
    let mut seen: Vec<Vec<String>> = Vec::new();
    let mut is_new = |found: &Found| {
        let json = fhir::json(found).unwrap_or_default();
        let names = json.get("code").map(named).unwrap_or_default();
        let is_known = seen.iter().any(|known| known.iter().any(|name| names.contains(name)));
        seen.push(names);
        !is_known
    };
    results.into_iter().filter(|found| is_new(found)).collect()
}

/// Prescriptions of medicines that no statement tells of: the same medicine stands once.
pub(super) fn prescriptions_alone(statements: &[Found], requests: Vec<Found>) -> Vec<Found> {
    let named = |found: &Found| fhir::json(found).map(|json| medicine(&json)).unwrap_or_default();
    let mut seen: Vec<Vec<String>> = statements.iter().map(named).collect();
    let is_new = |found: &Found| {
        let names = named(found);
        let is_known = seen.iter().any(|known| known.iter().any(|name| names.contains(name)));
        seen.push(names);
        !is_known
    };
    requests.into_iter().filter(is_new).collect()
}

/// What says which medicine it is: its codes, or its name where it has none.
fn medicine(json: &Value) -> Vec<String> {
    let Some(concept) = json.get("medicationCodeableConcept") else {
        return fhir::text_at(json, &["medicationReference", "reference"]).map(str::to_owned).into_iter().collect();
    };
    named(concept)
}

/// What tells a concept from others: its codes, or its words where it has none.
fn named(concept: &Value) -> Vec<String> {
    let codes: Vec<String> =
        codings(concept).filter(|(_, code)| !code.is_empty()).map(|(s, c)| format!("{s}|{c}")).collect();
    if codes.is_empty() { fhir::words(concept).into_iter().collect() } else { codes }
}
