//! FHIR R4 Consent and Patient, to and from what the slice works with. What a Consent must say to open anything is read by the store
//! (`crates/store/src/gate/facts/agreement.rs`).

pub(super) mod json;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::Deserialize;
use serde_json::{Value, json};
use varde_base::{PatientId, ResourceId, date_in_norway};
use varde_rights::{Areas, ConsentLevel};

use json::{AreaJson, ConsentJson, ONCE_EXTENSION, ProvisionJson, UNREADABLE};
pub(super) use json::{CONSENT_SYSTEM, REPRESENTATION_SYSTEM};

use super::model::{ChosenLevel, Given, Kind, Person, Status};
use super::rules::Wish;
use crate::shared::json::{CodingJson, ContactJson, NameJson};
use crate::shared::{Unreadable, replaced};

/// Extension with what shows that a registered proxy is as registered.
pub(super) const EVIDENCE_EXTENSION: &str = "urn:varde:evidence-kind";

/// Reads a Consent; `None` for one that gives nobody anything. `version` is the one the store gave with it.
///
/// # Errors
/// [`Unreadable`] also for a period that is no day: an end that cannot be read is not no end.
pub(super) fn given(body: &[u8], version: u64) -> Result<Option<Given>, Unreadable> {
    let json: ConsentJson = serde_json::from_slice(body).map_err(|_| UNREADABLE)?;
    let kind = if json.category_of(REPRESENTATION_SYSTEM) == Some("FU") {
        Kind::Proxy
    } else if json.category_of(CONSENT_SYSTEM) == Some(Kind::NextOfKin.key()) {
        Kind::NextOfKin
    } else if json.category_of(REPRESENTATION_SYSTEM) == Some("TD") {
        Kind::Assigned
    } else {
        return Ok(None);
    };
    let ProvisionJson { period, actor, code } = json.provision;
    let codes = code.iter().flat_map(|concept| &concept.coding);
    let status = status(&json.status);
    let receiver = actor.into_iter().next().map(|actor| actor.reference).unwrap_or_default();
    Ok(Some(Given {
        id: json.id.parse().map_err(|_| UNREADABLE)?,
        version,
        kind,
        status,
        giver: json.patient.patient().ok_or(UNREADABLE)?,
        receiver: receiver.patient(),
        receiver_name: receiver.display.unwrap_or_default(),
        areas: codes.filter_map(|coding| Areas::from_code(coding.code.as_deref()?)).fold(Areas::NONE, Areas::with),
        collects_once: code.iter().any(AreaJson::is_once),
        from: day(period.start.as_deref())?,
        until: day(period.end.as_deref())?,
        registered: json.source_reference.reference.is_some().then(|| {
            let who = json.performer.into_iter().find_map(|performer| performer.display).unwrap_or_default();
            (who, json.date_time)
        }),
    }))
}

/// A status by its code.
pub(super) fn status(code: &str) -> Status {
    match code {
        "proposed" => Status::Proposed,
        "active" => Status::Active,
        "rejected" => Status::Rejected,
        "inactive" => Status::Inactive,
        _ => Status::Other,
    }
}

/// A day, or an instant as its day in Norway.
///
/// # Errors
/// [`Unreadable`] for anything else.
pub(super) fn day(text: Option<&str>) -> Result<Option<Date>, Unreadable> {
    let Some(text) = text else { return Ok(None) };
    if let Ok(instant) = text.parse::<Timestamp>() {
        return Ok(Some(date_in_norway(instant)));
    }
    text.parse().map(Some).map_err(|_| UNREADABLE)
}

/// A new Consent.
pub(super) fn new_consent(
    id: &ResourceId,
    giver: &PatientId,
    receiver: (&PatientId, &str),
    wish: &Wish,
    status: Status,
    now: Timestamp,
) -> Value {
    let category = match wish.kind {
        Kind::Proxy => json!({ "system": REPRESENTATION_SYSTEM, "code": "FU" }),
        Kind::NextOfKin => json!({ "system": CONSENT_SYSTEM, "code": Kind::NextOfKin.key() }),
        Kind::Assigned => json!({ "system": REPRESENTATION_SYSTEM, "code": "TD" }),
    };
    let codes = Areas::CODES.into_iter().filter(|(area, _)| wish.areas.any(*area));
    let codes = codes.map(|(area, code)| area_concept(code, wish.collects_once && area == Areas::PHARMACY));
    let mut period = json!({ "start": date_in_norway(now).to_string() });
    if let (Some(until), Some(period)) = (wish.until, period.as_object_mut()) {
        period.insert("end".to_owned(), json!(until.to_string()));
    }
    let mut consent = json!({
        "resourceType": "Consent",
        "id": id.as_str(),
        "status": code(status),
        "scope": { "coding": [{
            "system": "http://terminology.hl7.org/CodeSystem/consentscope", "code": "patient-privacy" }] },
        "category": [{ "coding": [category] }],
        "patient": { "reference": format!("Patient/{giver}") },
        "dateTime": now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        "performer": [{ "reference": format!("Patient/{giver}") }],
        "policyRule": { "coding": [{ "system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "OPTIN" }] },
        "provision": {
            "type": "permit",
            "period": period,
            "actor": [{
                "role": { "coding": [{
                    "system": "http://terminology.hl7.org/CodeSystem/v3-ParticipationType", "code": "PRCP" }] },
                "reference": { "reference": format!("Patient/{}", receiver.0), "display": receiver.1 },
            }],
        },
    });
    // An empty list is not FHIR.
    let codes: Vec<Value> = codes.collect();
    if let Some(provision) = consent.get_mut("provision").and_then(Value::as_object_mut).filter(|_| !codes.is_empty()) {
        provision.insert("code".to_owned(), Value::Array(codes));
    }
    consent
}

/// An area, and whether it is used up the first time.
fn area_concept(code: &str, is_once: bool) -> Value {
    let mut concept = json!({ "coding": [{ "system": "urn:varde:area", "code": code }] });
    if let Some(members) = concept.as_object_mut().filter(|_| is_once) {
        members.insert("extension".to_owned(), json!([{ "url": ONCE_EXTENSION, "valueBoolean": true }]));
    }
    concept
}

/// The Consent without the areas that are used up once; inactive when there are no others.
///
/// # Errors
/// [`Unreadable`] for a body that is no Consent.
pub(super) fn used_up(body: &[u8]) -> Result<Vec<u8>, Unreadable> {
    let mut consent: Value = serde_json::from_slice(body).map_err(|_| UNREADABLE)?;
    let codes = consent.pointer_mut("/provision/code").and_then(Value::as_array_mut).ok_or(UNREADABLE)?;
    let is_once = |concept: &Value| AreaJson::deserialize(concept).is_ok_and(|concept| concept.is_once());
    codes.retain(|concept| !is_once(concept));
    if codes.is_empty() {
        // What it was for stays to be read in it.
        return with_status(body, Status::Inactive);
    }
    serde_json::to_vec(&consent).map_err(|_| UNREADABLE)
}

/// Reads a Consent that says how far the platform may go; `None` for any other.
///
/// # Errors
/// [`Unreadable`] for one that does not have the form of a Consent.
pub(super) fn chosen_level(body: &[u8], version: u64) -> Result<Option<ChosenLevel>, Unreadable> {
    let json: ConsentJson = serde_json::from_slice(body).map_err(|_| UNREADABLE)?;
    if json.category_of(CONSENT_SYSTEM) != Some("platform") {
        return Ok(None);
    }
    let mut codes = json.provision.code.iter().flat_map(|concept| &concept.coding);
    Ok(Some(ChosenLevel {
        id: json.id.parse().map_err(|_| UNREADABLE)?,
        version,
        is_active: json.status == "active",
        level: codes.find_map(|coding| ConsentLevel::from_key(coding.code.as_deref()?)),
        chosen: json.date_time,
    }))
}

/// A new Consent that says how far the platform may go.
pub(super) fn new_level(id: &ResourceId, patient: &PatientId, level: ConsentLevel, now: Timestamp) -> Value {
    let kind = if level == ConsentLevel::None { "deny" } else { "permit" };
    json!({
        "resourceType": "Consent",
        "id": id.as_str(),
        "status": "active",
        "scope": { "coding": [{
            "system": "http://terminology.hl7.org/CodeSystem/consentscope", "code": "patient-privacy" }] },
        "category": [{ "coding": [{ "system": CONSENT_SYSTEM, "code": "platform" }] }],
        "patient": { "reference": format!("Patient/{patient}") },
        "dateTime": now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        "policyRule": { "coding": [{ "system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "OPTIN" }] },
        "provision": {
            "type": kind,
            "period": { "start": date_in_norway(now).to_string() },
            "code": [{ "coding": [{ "system": "urn:varde:consent-level", "code": level.key() }] }],
        },
    })
}

/// The Consent with another status.
///
/// # Errors
/// [`Unreadable`] for a body that is no object.
pub(super) fn with_status(body: &[u8], status: Status) -> Result<Vec<u8>, Unreadable> {
    replaced(body, "Consent", [("status", json!(code(status)))])
}

const fn code(status: Status) -> &'static str {
    match status {
        Status::Proposed => "proposed",
        Status::Active => "active",
        Status::Rejected => "rejected",
        Status::Inactive => "inactive",
        Status::Other => "entered-in-error",
    }
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct MetaJson {
    security: Vec<CodingJson>,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct PatientJson {
    id: String,
    meta: MetaJson,
    name: Vec<NameJson>,
    birth_date: Option<String>,
    deceased_boolean: Option<bool>,
    deceased_date_time: Option<String>,
}

#[derive(Deserialize)]
struct ReachableJson {
    #[serde(default)]
    telecom: Vec<ContactJson>,
}

/// Whether a Patient has an address for e-mail.
///
/// # Errors
/// [`Unreadable`] for one that does not have the form of a Patient.
pub(super) fn has_email(body: &[u8]) -> Result<bool, Unreadable> {
    let json: ReachableJson = serde_json::from_slice(body).map_err(|_| Unreadable("Patient"))?;
    Ok(json.telecom.iter().any(|telecom| telecom.system.as_deref() == Some("email")))
}

/// Reads a Patient.
///
/// # Errors
/// [`Unreadable`] for one that does not have the form of a Patient.
pub(super) fn person(body: &[u8]) -> Result<Person, Unreadable> {
    let unreadable = Unreadable("Patient");
    let json: PatientJson = serde_json::from_slice(body).map_err(|_| unreadable)?;
    // The same two systems that the store closes representation by.
    let protects = |coding: &CodingJson| match coding.system.as_deref() {
        Some("http://terminology.hl7.org/CodeSystem/v3-Confidentiality") => {
            matches!(coding.code.as_deref(), Some("R" | "V"))
        }
        system => system == Some("urn:varde:address-protection"),
    };
    Ok(Person {
        patient: json.id.parse().map_err(|_| unreadable)?,
        name: json.name.first().and_then(NameJson::shown).unwrap_or_default(),
        families: json.name.iter().filter_map(|name| name.family.clone()).collect(),
        born: json.birth_date.as_deref().and_then(|born| born.parse().ok()),
        protected: json.meta.security.iter().any(protects),
        deceased: json.deceased_boolean == Some(true) || json.deceased_date_time.is_some(),
    })
}
