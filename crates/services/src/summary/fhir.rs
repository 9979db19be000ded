//! FHIR R4 AllergyIntolerance, Flag, Condition, Procedure and Device to critical information; Task of a suggestion, to and from. Reads with
//! patience: a member that is missing leaves a gap, never a failure.

mod task;

use serde_json::Value;
use varde_fhir::ResourceType;
use varde_store::Found;

pub(super) use task::{Ask, concerned, new_task, suggestion, withdrawn};

use super::model::{Certainty, Item, Kind};
use super::names::{self, Known};
use crate::shared::{Unreadable, without_kind};

/// Code system of suggestions' Tasks: the key of the service they are ruled by.
pub(super) const SERVICE_SYSTEM: &str = "urn:varde:service";

/// Most words and codes of a kind read of one resource.
const MAX_WORDS: usize = 10;

/// A resource as JSON.
///
/// # Errors
/// [`Unreadable`] for what is none.
pub(super) fn json(found: &Found) -> Result<Value, Unreadable> {
    serde_json::from_slice(&found.body).map_err(|_| Unreadable("resource of the summary"))
}

/// The text at a path of members.
pub(super) fn text_at<'v>(json: &'v Value, path: &[&str]) -> Option<&'v str> {
    let found = path.iter().try_fold(json, |value, name| value.get(name))?;
    found.as_str().filter(|words| !words.trim().is_empty())
}

/// The members of a list, or the one there is.
pub(super) fn list<'v>(json: &'v Value, name: &str) -> &'v [Value] {
    match json.get(name) {
        Some(Value::Array(items)) => items,
        Some(one @ Value::Object(_)) => std::slice::from_ref(one),
        _ => &[],
    }
}

/// System and code of each coding of a concept.
pub(super) fn codings(concept: &Value) -> impl Iterator<Item = (&str, &str)> {
    let text = |coding, name| text_at(coding, &[name]).unwrap_or_default();
    list(concept, "coding").iter().map(move |coding| (text(coding, "system"), text(coding, "code")))
}

/// What people call a concept; a code is no word.
pub(super) fn words(concept: &Value) -> Option<String> {
    let shown = || list(concept, "coding").iter().find_map(|coding| text_at(coding, &["display"]));
    text_at(concept, &["text"]).or_else(shown).map(|words| without_kind(words.trim()).to_owned())
}

/// Whether a concept has one of these codes, in whatever system.
pub(super) fn is_one_of(concept: Option<&Value>, codes: &[&str]) -> bool {
    concept.is_some_and(|concept| codings(concept).any(|(_, code)| codes.contains(&code)))
}

/// The concept that says what a resource is about.
pub(super) fn about(json: &Value) -> &Value {
    // `AllergyIntolerance.type` is a code; only a Device is what its type says.
    let device = json.get("type").filter(|kind| kind.is_object());
    json.get("code").or(device).unwrap_or(&Value::Null)
}

/// Plain name of what a resource is about, where there is one.
pub(super) fn known(json: &Value) -> Option<Known> {
    codings(about(json)).find_map(|(system, code)| names::known(system, code))
}

/// The group an item belongs to; `None` for what is not critical information.
fn kind(resource_type: ResourceType, json: &Value) -> Option<Kind> {
    if resource_type == ResourceType::ALLERGY_INTOLERANCE {
        return Some(Kind::Allergy);
    }
    let categories = || list(json, "category").iter();
    let by_code = Kind::ALL
        .into_iter()
        .find(|kind| kind.code().is_some_and(|code| categories().any(|category| is_one_of(Some(category), &[code]))));
    let is_implant = || {
        let said = words(about(json)).is_some_and(|words| words.to_lowercase().contains("implant"));
        resource_type == ResourceType::DEVICE && (said || known(json).is_some_and(names::is_implant))
    };
    by_code.or_else(|| is_implant().then_some(Kind::Implant))
}

/// Whether a resource was entered by mistake, or has been found not to be so.
pub(super) fn is_wrong(json: &Value) -> bool {
    let wrong = ["entered-in-error", "refuted"];
    is_one_of(json.get("verificationStatus"), &wrong)
        || text_at(json, &["status"]).is_some_and(|status| ["entered-in-error", "not-done"].contains(&status))
}

/// Whether it holds now: of what has no such status, yes.
pub(super) fn is_current(json: &Value) -> bool {
    match json.get("clinicalStatus") {
        Some(status) => is_one_of(Some(status), &["active", "recurrence", "relapse"]),
        None => text_at(json, &["status"]).is_none_or(|status| !["inactive", "stopped"].contains(&status)),
    }
}

/// Since when, as exactly as it is known.
pub(super) fn since(json: &Value) -> Option<String> {
    let paths: [&[&str]; 7] = [
        &["onsetDateTime"],
        &["onsetPeriod", "start"],
        &["performedDateTime"],
        &["performedPeriod", "start"],
        &["period", "start"],
        &["occurrenceDateTime"],
        &["onsetString"],
    ];
    paths.into_iter().find_map(|path| text_at(json, path)).map(str::to_owned)
}

/// Whether it can threaten life.
pub(super) fn is_dangerous(json: &Value) -> bool {
    let is_severe = list(json, "reaction").iter().any(|reaction| text_at(reaction, &["severity"]) == Some("severe"));
    is_severe || text_at(json, &["criticality"]) == Some("high")
}

/// Reads an item; `None` for what is no critical information, or was never true.
///
/// # Errors
/// [`Unreadable`] for what is no resource.
pub(super) fn item(found: &Found) -> Result<Option<Item>, Unreadable> {
    let json = json(found)?;
    let Some(kind) = kind(found.resource_type, &json).filter(|_| !is_wrong(&json)) else { return Ok(None) };
    let verification = json.get("verificationStatus");
    let certainty = match verification {
        Some(_) if is_one_of(verification, &["confirmed"]) => Certainty::Confirmed,
        Some(_) => Certainty::Unconfirmed,
        None => Certainty::Unsaid,
    };
    let reactions = list(&json, "reaction").iter().flat_map(|reaction| {
        let described = text_at(reaction, &["description"]).map(str::to_owned);
        list(reaction, "manifestation").iter().filter_map(words).chain(described).collect::<Vec<_>>()
    });
    let by = ["recorder", "asserter", "author"].into_iter().find_map(|member| text_at(&json, &[member, "display"]));
    Ok(Some(Item {
        resource_type: found.resource_type,
        id: found.id.clone(),
        kind,
        known: known(&json),
        name: words(about(&json)).or_else(|| device_name(&json)),
        certainty,
        is_dangerous: is_dangerous(&json),
        reactions: reactions.take(MAX_WORDS).collect(),
        since: since(&json),
        recorded: text_at(&json, &["recordedDate"]).map(str::to_owned),
        by: by.map(str::to_owned),
        notes: list(&json, "note")
            .iter()
            .filter_map(|note| text_at(note, &["text"]))
            .take(MAX_WORDS)
            .map(str::to_owned)
            .collect(),
        is_current: is_current(&json),
    }))
}

fn device_name(json: &Value) -> Option<String> {
    list(json, "deviceName").iter().find_map(|name| text_at(name, &["name"])).map(str::to_owned)
}
