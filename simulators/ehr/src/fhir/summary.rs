//! What an office does with a suggestion for the summary (the product's docs/api.md, "Suggestions for the summary").

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{Party, SERVICE_SYSTEM, instant, text};

/// Code of `urn:varde:service` in the Task of a suggestion.
pub(crate) const SUMMARY: &str = "summary-record";
const INPUT_SYSTEM: &str = "urn:varde:suggestion-input";
const CRITICAL_SYSTEM: &str = "urn:varde:critical-information";
const TERMINOLOGY: &str = "http://terminology.hl7.org/CodeSystem";

/// Longest text of a new entry, in characters.
const MAX_CHARS: usize = 500;

/// Whether a Task is a suggestion.
pub(crate) fn is_suggestion(task: &Value) -> bool {
    super::code(task.get("code"), SERVICE_SYSTEM) == Some(SUMMARY)
}

/// What is wished: `add`, `change`, `remove`.
pub(crate) fn wish(task: &Value) -> &str {
    super::input(task, INPUT_SYSTEM, "wish").unwrap_or_default()
}

fn words(task: &Value) -> String {
    super::input(task, INPUT_SYSTEM, "words").unwrap_or_default().chars().take(MAX_CHARS).collect()
}

/// The item as entered in error; `None` of a type that cannot be.
pub(crate) fn retracted(item: &Value) -> Option<Value> {
    let mut item = item.clone();
    let system = match text(&item, "/resourceType")? {
        "Flag" | "Device" | "Procedure" => None,
        "AllergyIntolerance" => Some("allergyintolerance-verification"),
        "Condition" => Some("condition-ver-status"),
        _ => return None,
    };
    let members = item.as_object_mut()?;
    match system {
        None => drop(members.insert("status".to_owned(), json!("entered-in-error"))),
        Some(system) => {
            let coding = json!({ "system": format!("{TERMINOLOGY}/{system}"), "code": "entered-in-error" });
            members.insert("verificationStatus".to_owned(), json!({ "coding": [coding] }));
            // R4, ait-2 and con-5: what never was is neither active nor over.
            members.remove("clinicalStatus");
        }
    }
    Some(item)
}

/// The item with the citizen's words beside what it says; `None` of a type without notes.
pub(crate) fn noted(item: &Value, task: &Value, now: Timestamp) -> Option<Value> {
    let mut item = item.clone();
    if !matches!(text(&item, "/resourceType")?, "AllergyIntolerance" | "Condition" | "Device" | "Procedure") {
        return None;
    }
    let note = json!({ "authorReference": task.get("requester")?, "time": instant(now), "text": words(task) });
    let notes = item.as_object_mut()?.entry("note").or_insert_with(|| json!([]));
    notes.as_array_mut()?.push(note);
    Some(item)
}

/// A new entry with the citizen's words.
pub(crate) fn added(id: &str, task: &Value, from: &Party, now: Timestamp) -> Option<Value> {
    let category = json!([{ "coding": [{ "system": CRITICAL_SYSTEM, "code": "critical-condition" }] }]);
    Some(super::whole(json!({
        "resourceType": "Flag",
        "id": id,
        "meta": super::labels(task),
        "status": "active",
        "category": category,
        "code": { "text": words(task) },
        "subject": task.get("for")?,
        "period": { "start": instant(now) },
        "author": from.json(),
    })))
}
