//! FHIR R4 HealthcareService, PractitionerRole, Organization, Location, Patient and Task, to and from what the slice works with
//! (docs/api.md, "Change of GP").

mod change;
mod practice;

use serde::Deserialize;
use serde_json::{Value, json};
use varde_base::NATIONAL_ID_SYSTEM;

pub(super) use change::{Ask, CHANGE_TOKEN, change, concerned, instant, new_task, withdrawn};
pub(super) use practice::{own_town, practice};

use super::model::GpList;
use super::rules;
use crate::shared::json::{AddressJson, ConceptJson, IdentifierJson, PeriodJson, ReferenceJson};
use crate::shared::{GP_LIST, Unreadable, replaced};

/// D-numbers.
const D_NUMBER_SYSTEM: &str = "urn:oid:2.16.578.1.12.4.1.4.2";

/// The type of a GP's list, as a search has it.
pub(super) const LIST_TOKEN: &str = "urn:varde:service-type|gp-list";
/// How many places a list has, how many are taken, and who waits.
const LIST_EXTENSION: &str = "urn:varde:gp-list";

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct ExtensionJson {
    url: String,
    extension: Vec<ExtensionJson>,
    value_unsigned_int: Option<u32>,
    value_string: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct ListJson {
    id: String,
    active: Option<bool>,
    r#type: Vec<ConceptJson>,
    name: Option<String>,
    location: Vec<ReferenceJson>,
    extension: Vec<ExtensionJson>,
}

/// Reads a GP's list; `None` for a HealthcareService that is none, or that does not say how many places it has. `version` is the one the store
/// gave with it, `place` the town of the office.
///
/// # Errors
/// [`Unreadable`] for one that does not have the form of a HealthcareService.
pub(super) fn gp_list(body: &[u8], version: u64) -> Result<Option<GpList>, Unreadable> {
    let unreadable = Unreadable("HealthcareService");
    let json: ListJson = serde_json::from_slice(body).map_err(|_| unreadable)?;
    let is_list = json.r#type.iter().any(|its| its.code(GP_LIST.0) == Some(GP_LIST.1));
    let places = json.extension.iter().find(|extension| extension.url == LIST_EXTENSION);
    let (true, Some(places)) = (is_list, places) else { return Ok(None) };
    let number =
        |url: &str| places.extension.iter().find(|part| part.url == url).and_then(|part| part.value_unsigned_int);
    let (Some(capacity), Some(listed)) = (number("capacity"), number("listed")) else { return Ok(None) };
    let waiting = places.extension.iter().filter(|part| part.url == "waiting");
    Ok(Some(GpList {
        id: json.id.parse().map_err(|_| unreadable)?,
        version,
        name: json.name.unwrap_or_default(),
        place: json.location.into_iter().find_map(|location| location.display),
        is_active: json.active.unwrap_or(true),
        capacity,
        listed,
        waiting: waiting.filter_map(|part| part.value_string.clone()).take(rules::MAX_WAITING).collect(),
    }))
}

/// The list with other numbers and tickets; what else stands in it stays byte for byte.
///
/// # Errors
/// [`Unreadable`] for a body that is no HealthcareService.
pub(super) fn with_places(body: &[u8], list: &GpList) -> Result<Vec<u8>, Unreadable> {
    let unreadable = Unreadable("HealthcareService");
    let stored: Value = serde_json::from_slice(body).map_err(|_| unreadable)?;
    let others = stored.get("extension").and_then(Value::as_array).cloned().unwrap_or_default();
    let mut extensions: Vec<Value> =
        others.into_iter().filter(|its| its.get("url").and_then(Value::as_str) != Some(LIST_EXTENSION)).collect();
    let waiting = list.waiting.iter().map(|ticket| json!({ "url": "waiting", "valueString": ticket }));
    let parts: Vec<Value> = [
        json!({ "url": "capacity", "valueUnsignedInt": list.capacity }),
        json!({ "url": "listed", "valueUnsignedInt": list.listed }),
    ]
    .into_iter()
    .chain(waiting)
    .collect();
    extensions.push(json!({ "url": LIST_EXTENSION, "extension": parts }));
    replaced(body, "HealthcareService", [("extension", Value::Array(extensions))])
}

/// Whether a Patient has a D-number and no national identity number: by the system of the identifier, or by the day of birth, which has 40 added.
pub(super) fn has_d_number(patient: &[u8]) -> bool {
    #[derive(Deserialize, Default)]
    #[serde(default)]
    struct PatientJson {
        identifier: Vec<IdentifierJson>,
    }
    let Ok(json) = serde_json::from_slice::<PatientJson>(patient) else { return false };
    let is_d = |its: &IdentifierJson| {
        let begins_so = |value: &str| value.starts_with(['4', '5', '6', '7']);
        its.system.as_deref() == Some(D_NUMBER_SYSTEM) || its.value.as_deref().is_some_and(begins_so)
    };
    let is_number = |system: &str| [NATIONAL_ID_SYSTEM, D_NUMBER_SYSTEM].contains(&system);
    let numbers = || json.identifier.iter().filter(|its| its.system.as_deref().is_some_and(is_number));
    numbers().next().is_some() && numbers().all(is_d)
}
