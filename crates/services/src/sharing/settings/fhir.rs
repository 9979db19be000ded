//! FHIR R4 Consent, to and from settings. What a Consent must say to close anything is read by the store
//! (`crates/store/src/gate/facts/agreement.rs`; docs/rights.md has the table).

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};
use varde_base::{PatientId, ResourceId, date_in_norway};
use varde_rights::{ConsentLevel, Service};

use super::super::fhir::json::{ConsentJson, UNREADABLE};
use super::super::fhir::{CONSENT_SYSTEM, REPRESENTATION_SYSTEM, status};
use super::model::{Covers, HprNumber, Setting, What};
use crate::shared::Unreadable;
use crate::shared::json::NameJson;

/// Code system of the kinds of information a Consent names.
const SERVICE_SYSTEM: &str = "urn:varde:service";
/// The register of health personnel.
pub(super) const HPR_SYSTEM: &str = "urn:oid:2.16.578.1.12.4.1.4.4";

/// Reads a Consent. `version` is the one the store gave with it.
///
/// # Errors
/// [`Unreadable`] for one that does not have the form of a Consent.
pub(super) fn setting(body: &[u8], version: u64) -> Result<Setting, Unreadable> {
    let json: ConsentJson = serde_json::from_slice(body).map_err(|_| UNREADABLE)?;
    let covers = covers(&json);
    let what = what(&json);
    Ok(Setting {
        id: json.id.parse().map_err(|_| UNREADABLE)?,
        version,
        patient: json.patient.patient().ok_or(UNREADABLE)?,
        what,
        covers,
        status: status(&json.status),
        start: json.provision.period.start,
        end: json.provision.period.end,
        decided: json.date_time,
        changed: json.meta.last_updated,
    })
}

/// As the gate reads it: none named are all, and a name that is not known is none.
fn covers(json: &ConsentJson) -> Covers {
    let mut named = json.codes().peekable();
    if named.peek().is_none() {
        return Covers::Everything;
    }
    Covers::Services(named.filter_map(Service::from_key).collect())
}

fn what(json: &ConsentJson) -> What {
    let actor = json.provision.actor.first().map(|actor| &actor.reference);
    let name = || actor.and_then(|actor| actor.display.clone()).unwrap_or_default();
    match (json.category_of(REPRESENTATION_SYSTEM), json.category_of(CONSENT_SYSTEM)) {
        (Some("FU" | "TD"), _) => What::Proxy(name()),
        (_, Some("next-of-kin")) => What::NextOfKin(name()),
        (_, Some("platform")) => What::Level(json.codes().find_map(ConsentLevel::from_key)),
        (_, Some("account-stop")) => What::AccountStop,
        (_, Some("inactive")) => What::Inactive,
        (_, Some("acute-stop")) => What::AcuteStop,
        (_, Some("block")) => match actor {
            None => What::Block,
            Some(actor) => {
                let number = actor.identifier.as_ref().and_then(|identifier| identifier.value.clone());
                What::BlockNamed(number.unwrap_or_default(), name())
            }
        },
        (_, Some("reservation")) => What::Reservation,
        (_, Some("own-access")) => What::OwnAccess,
        (_, Some("foreldresamtykke")) => {
            let by = json.performer.first();
            let name = by.and_then(|by| by.display.clone()).unwrap_or_default();
            What::Parental(by.and_then(|by| by.patient()), name)
        }
        (_, Some("opening")) => What::Opening,
        _ => What::Other(json.category.iter().find_map(|concept| concept.text.clone()).unwrap_or_default()),
    }
}

/// A setting to be written.
pub(in super::super) enum New<'a> {
    /// Something closed by kind of information.
    Limit(&'a What, &'a Covers),
    /// Named personnel blocked.
    BlockNamed(&'a HprNumber, &'a str),
    /// The account stopped.
    AccountStop,
    /// A parent's consent: who gives it, their name, and the last day it can be of use.
    Parental(&'a PatientId, &'a str, Option<jiff::civil::Date>),
}

impl New<'_> {
    /// The code of its category.
    fn code(&self) -> &'static str {
        match self {
            Self::Limit(What::Reservation, _) => "reservation",
            Self::Limit(What::OwnAccess, _) => "own-access",
            Self::Limit(..) | Self::BlockNamed(..) => "block",
            Self::AccountStop => "account-stop",
            Self::Parental(..) => "foreldresamtykke",
        }
    }

    /// The Consent, in force from `now`.
    pub(super) fn body(&self, id: &ResourceId, patient: &PatientId, now: Timestamp) -> Value {
        let is_permit = matches!(self, Self::Parental(..));
        let mut provision = json!({
            "type": if is_permit { "permit" } else { "deny" },
            "period": { "start": date_in_norway(now).to_string() },
        });
        let mut performer = json!({ "reference": format!("Patient/{patient}") });
        match self {
            Self::Limit(_, Covers::Services(services)) => {
                let code =
                    |service: &Service| json!({ "coding": [{ "system": SERVICE_SYSTEM, "code": service.key() }] });
                set(&mut provision, "code", services.iter().map(code).collect());
            }
            Self::BlockNamed(number, name) => {
                let mut reference = json!({ "identifier": { "system": HPR_SYSTEM, "value": number.to_string() } });
                if !name.is_empty() {
                    set(&mut reference, "display", json!(name));
                }
                let role = json!({ "coding": [{
                    "system": "http://terminology.hl7.org/CodeSystem/v3-ParticipationType", "code": "PRCP" }] });
                set(&mut provision, "actor", json!([{ "role": role, "reference": reference }]));
            }
            Self::Parental(parent, name, until) => {
                performer = json!({ "reference": format!("Patient/{parent}"), "display": name });
                let mut period = json!({ "start": date_in_norway(now).to_string() });
                if let Some(until) = until {
                    set(&mut period, "end", json!(until.to_string()));
                }
                set(&mut provision, "period", period);
            }
            Self::Limit(_, Covers::Everything) | Self::AccountStop => {}
        }
        let policy = if is_permit { "OPTIN" } else { "OPTOUT" };
        json!({
            "resourceType": "Consent",
            "id": id.as_str(),
            "status": "active",
            "scope": { "coding": [{
                "system": "http://terminology.hl7.org/CodeSystem/consentscope", "code": "patient-privacy" }] },
            "category": [{ "coding": [{ "system": CONSENT_SYSTEM, "code": self.code() }] }],
            "patient": { "reference": format!("Patient/{patient}") },
            "dateTime": now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
            "performer": [performer],
            "policyRule": { "coding": [{
                "system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": policy }] },
            "provision": provision,
        })
    }
}

fn set(object: &mut Value, name: &str, value: Value) {
    if let Some(members) = object.as_object_mut() {
        members.insert(name.to_owned(), value);
    }
}

/// The name in a Practitioner; `None` for one without.
///
/// # Errors
/// [`Unreadable`] for one that does not have the form of a Practitioner.
pub(super) fn practitioner_name(body: &[u8]) -> Result<Option<String>, Unreadable> {
    #[derive(Deserialize)]
    struct Practitioner {
        #[serde(default)]
        name: Vec<NameJson>,
    }
    let practitioner: Practitioner = serde_json::from_slice(body).map_err(|_| Unreadable("Practitioner"))?;
    Ok(practitioner.name.first().and_then(NameJson::shown))
}
