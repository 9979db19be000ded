//! FHIR R4 HealthcareService, PractitionerRole, Organization, Location, Patient and Task, to and from what the slice works with
//! (docs/api.md, "Change of GP").

mod change;
mod practice;

use serde::Deserialize;
use serde_json::{Value, json};
use varde_base::{NATIONAL_ID_SYSTEM, ResourceId};

pub(super) use change::{Ask, CHANGE_TOKEN, change, concerned, instant, new_task, withdrawn};
pub(super) use practice::{own_town, practice};

use super::model::GpList;
use super::rules;
use crate::shared::{GP_LIST, Unreadable, replaced};

/// D-numbers.
const D_NUMBER_SYSTEM: &str = "urn:oid:2.16.578.1.12.4.1.4.2";

/// The type of a GP's list, as a search has it.
pub(super) const LIST_TOKEN: &str = "urn:varde:service-type|gp-list";
/// How many places a list has, how many are taken, and who waits.
const LIST_EXTENSION: &str = "urn:varde:gp-list";

#[derive(Deserialize, Default)]
#[serde(default)]
struct ReferenceJson {
    reference: Option<String>,
    display: Option<String>,
}

impl ReferenceJson {
    fn id(&self, kind: &str) -> Option<ResourceId> {
        self.reference.as_deref()?.strip_prefix(kind)?.strip_prefix('/')?.split('/').next()?.parse().ok()
    }
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct CodingJson {
    system: String,
    code: String,
    display: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct ConceptJson {
    coding: Vec<CodingJson>,
    text: Option<String>,
}

impl ConceptJson {
    fn words(&self) -> Option<String> {
        let shown = self.coding.iter().find_map(|coding| coding.display.clone());
        self.text.clone().or(shown).filter(|words| !words.trim().is_empty())
    }

    fn code(&self, system: &str) -> Option<&str> {
        let coding = self.coding.iter().find(|coding| coding.system == system && !coding.code.is_empty());
        coding.map(|coding| coding.code.as_str())
    }
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct PeriodJson {
    start: Option<String>,
    end: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct AddressJson {
    line: Vec<String>,
    #[serde(rename = "postalCode")]
    postal_code: Option<String>,
    city: Option<String>,
}

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
    struct IdentifierJson {
        system: String,
        value: String,
    }
    #[derive(Deserialize, Default)]
    #[serde(default)]
    struct PatientJson {
        identifier: Vec<IdentifierJson>,
    }
    let Ok(json) = serde_json::from_slice::<PatientJson>(patient) else { return false };
    let is_d = |its: &IdentifierJson| its.system == D_NUMBER_SYSTEM || its.value.starts_with(['4', '5', '6', '7']);
    let numbers = || json.identifier.iter().filter(|its| [NATIONAL_ID_SYSTEM, D_NUMBER_SYSTEM].contains(&&*its.system));
    numbers().next().is_some() && numbers().all(is_d)
}

/// Whom a Patient is listed with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum ListedWith {
    /// A doctor in a role at an office.
    Role(ResourceId),
    /// A doctor, with the name the register has beside.
    Practitioner(ResourceId, Option<String>),
}

/// Whom a Patient is listed with; `None` when nobody is named.
pub(super) fn listed_with(patient: &[u8]) -> Option<ListedWith> {
    #[derive(Deserialize, Default)]
    #[serde(default, rename_all = "camelCase")]
    struct PatientJson {
        general_practitioner: Vec<ReferenceJson>,
    }
    let json: PatientJson = serde_json::from_slice(patient).ok()?;
    let all = &json.general_practitioner;
    let role = all.iter().find_map(|its| its.id("PractitionerRole")).map(ListedWith::Role);
    role.or_else(|| {
        all.iter().find_map(|its| Some(ListedWith::Practitioner(its.id("Practitioner")?, its.display.clone())))
    })
}
