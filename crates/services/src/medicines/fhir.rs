//! FHIR R4 MedicationRequest, MedicationDispense, MedicationStatement, DetectedIssue and Task, to and from what the slice works with
//! (docs/api.md, "Renewal of prescriptions").

mod renewal;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::Deserialize;
use serde_json::{Number, Value};
use varde_base::ResourceId;

pub(super) use renewal::{Ask, RENEW_TOKEN, concerned, instant, new_task, renewal, withdrawn};

use super::dose::Dose;
use super::model::{Dispensing, DispensingState, Interaction, Medicine, Office, Prescription, Status, Use};
use super::rules;
use crate::shared::json::{CodingJson, ConceptJson, PeriodJson, ReferenceJson};
use crate::shared::{ListedWith, Unreadable, general_practitioners};

/// The birth date of a Patient, where it is known to the day.
pub(super) fn birth_date(patient: &[u8]) -> Option<Date> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct PatientJson {
        birth_date: String,
    }
    serde_json::from_slice::<PatientJson>(patient).ok()?.birth_date.parse().ok()
}

const ATC: &str = "http://www.whocc.no/atc";
/// Prescription groups (*reseptgruppe*), and the extension of no-basis that carries one.
const GROUP_SYSTEM: &str = "urn:oid:2.16.578.1.12.4.1.1.7421";
const GROUP_EXTENSION: &str = "http://hl7.no/fhir/ig/StructureDefinition/no-basis-prescriptiongroup";
/// v3-ActPharmacySupplyType: unit dose, and its equivalent.
const DOSE_BAG_CODES: [&str; 2] = ["UD", "UDE"];

/// Most notes shown of one prescription.
const MAX_NOTES: usize = 5;

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct ExtensionJson {
    url: String,
    extension: Vec<ExtensionJson>,
    value_coding: Option<CodingJson>,
}

fn group(extensions: &[ExtensionJson]) -> Option<String> {
    let its = extensions.iter().filter(|extension| extension.url == GROUP_EXTENSION);
    let mut codings = its.flat_map(|its| its.extension.iter().chain([its])).filter_map(|its| its.value_coding.as_ref());
    codings.find(|coding| coding.is_of(GROUP_SYSTEM)).map(|coding| coding.code.clone().unwrap_or_default())
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct ContainedJson {
    code: ConceptJson,
    extension: Vec<ExtensionJson>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct QuantityJson {
    value: Option<Number>,
    unit: Option<String>,
}

impl QuantityJson {
    fn words(&self) -> Option<String> {
        let value = self.value.as_ref()?.to_string();
        let value = value.strip_suffix(".0").unwrap_or(&value);
        Some(self.unit.as_ref().map_or_else(|| value.to_owned(), |unit| format!("{value} {unit}")))
    }
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct SupplyJson {
    validity_period: PeriodJson,
    number_of_repeats_allowed: Option<u32>,
    quantity: QuantityJson,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct TextJson {
    text: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct MetaJson {
    last_updated: Option<Timestamp>,
    security: Vec<Value>,
}

/// The members that name a medicine, alike in all of these resources.
#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct NamedJson {
    contained: Vec<Value>,
    medication_codeable_concept: Option<ConceptJson>,
    medication_reference: Option<ReferenceJson>,
}

struct Named {
    name: String,
    atc: Option<String>,
    group: Option<String>,
}

impl NamedJson {
    fn read(&self) -> Named {
        let reference = self.medication_reference.as_ref();
        let inside = reference.and_then(|its| its.reference.as_deref()?.strip_prefix('#'));
        // What else is contained is of any type, and none of our matters.
        let is_it = |resource: &&Value, id: &str| resource.get("id").and_then(Value::as_str) == Some(id);
        let contained = inside.and_then(|id| self.contained.iter().find(|resource| is_it(resource, id)));
        let contained = contained.and_then(|resource| ContainedJson::deserialize(resource).ok());
        let concept = self.medication_codeable_concept.as_ref().or(contained.as_ref().map(|its| &its.code));
        let name = concept.and_then(ConceptJson::words).or_else(|| reference.and_then(|its| its.display.clone()));
        Named {
            name: name.unwrap_or_default(),
            atc: concept.and_then(|concept| concept.code(ATC).map(str::to_owned)),
            group: contained.as_ref().and_then(|its| group(&its.extension)),
        }
    }
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct RequestJson {
    id: String,
    meta: MetaJson,
    extension: Vec<ExtensionJson>,
    status: String,
    intent: String,
    authored_on: Option<String>,
    requester: ReferenceJson,
    reason_code: Vec<ConceptJson>,
    course_of_therapy_type: ConceptJson,
    prior_prescription: ReferenceJson,
    note: Vec<TextJson>,
    dosage_instruction: Vec<Value>,
    dispense_request: SupplyJson,
    #[serde(flatten)]
    medicine: NamedJson,
}

/// Reads a MedicationRequest; `None` for one that is no prescription (a draft, a plan, a proposal) or was entered in error.
///
/// # Errors
/// [`Unreadable`] for one that does not have the form of a MedicationRequest.
pub(super) fn prescription(body: &[u8]) -> Result<Option<Prescription>, Unreadable> {
    let unreadable = Unreadable("MedicationRequest");
    let json: RequestJson = serde_json::from_slice(body).map_err(|_| unreadable)?;
    let status = match json.status.as_str() {
        "active" | "unknown" => Status::Active,
        "on-hold" => Status::OnHold,
        "completed" => Status::Completed,
        "stopped" | "cancelled" => Status::Stopped,
        _ => return Ok(None),
    };
    if matches!(json.intent.as_str(), "proposal" | "plan" | "option") {
        return Ok(None);
    }
    let named = json.medicine.read();
    let supply = &json.dispense_request;
    let is_acute = json.course_of_therapy_type.coding.iter().any(|coding| coding.code.as_deref() == Some("acute"));
    Ok(Some(Prescription {
        id: json.id.parse().map_err(|_| unreadable)?,
        name: named.name,
        atc: named.atc,
        group: named.group.or_else(|| group(&json.extension)),
        dose: Dose::read(&json.dosage_instruction),
        reason: json.reason_code.iter().find_map(ConceptJson::words),
        status,
        is_short_course: is_acute,
        written: json.authored_on,
        valid_until: supply.validity_period.end.as_deref().and_then(rules::day),
        // FHIR counts the repeats after the first dispensing.
        allowed: supply.number_of_repeats_allowed.map(|repeats| repeats.saturating_add(1)),
        amount: supply.quantity.words(),
        prescriber_id: json.requester.id_of("Practitioner"),
        prescriber: json.requester.display,
        replaces: json.prior_prescription.id_of("MedicationRequest"),
        notes: json.note.into_iter().filter_map(|note| note.text).take(MAX_NOTES).collect(),
        security: json.meta.security,
    }))
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct PerformerJson {
    actor: ReferenceJson,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct DispenseJson {
    status: String,
    r#type: ConceptJson,
    authorizing_prescription: Vec<ReferenceJson>,
    quantity: QuantityJson,
    performer: Vec<PerformerJson>,
    when_prepared: Option<String>,
    when_handed_over: Option<String>,
    #[serde(flatten)]
    medicine: NamedJson,
}

/// Reads a MedicationDispense; `None` for one that came to nothing.
///
/// # Errors
/// [`Unreadable`] for one that does not have the form of a MedicationDispense.
pub(super) fn dispensing(body: &[u8]) -> Result<Option<Dispensing>, Unreadable> {
    let json: DispenseJson = serde_json::from_slice(body).map_err(|_| Unreadable("MedicationDispense"))?;
    let state = match json.status.as_str() {
        "completed" | "unknown" => DispensingState::Collected,
        "preparation" | "in-progress" | "on-hold" => DispensingState::Preparing,
        _ => return Ok(None),
    };
    let named = json.medicine.read();
    Ok(Some(Dispensing {
        prescription: json.authorizing_prescription.iter().find_map(|its| its.id_of("MedicationRequest")),
        name: named.name,
        atc: named.atc,
        when: json.when_handed_over.or(json.when_prepared),
        amount: json.quantity.words(),
        pharmacy: json.performer.into_iter().find_map(|performer| performer.actor.display),
        state,
        in_dose_bags: json
            .r#type
            .coding
            .iter()
            .filter_map(|its| its.code.as_deref())
            .any(|code| DOSE_BAG_CODES.contains(&code)),
    }))
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct StatementJson {
    status: String,
    date_asserted: Option<String>,
    information_source: ReferenceJson,
    reason_code: Vec<ConceptJson>,
    dosage: Vec<Value>,
    #[serde(flatten)]
    medicine: NamedJson,
}

/// Reads a MedicationStatement; `None` for one that is not in use and never was.
///
/// # Errors
/// [`Unreadable`] for one that does not have the form of a MedicationStatement.
pub(super) fn medicine(body: &[u8]) -> Result<Option<Medicine>, Unreadable> {
    let json: StatementJson = serde_json::from_slice(body).map_err(|_| Unreadable("MedicationStatement"))?;
    let state = match json.status.as_str() {
        "active" | "intended" | "unknown" => Use::Current,
        "on-hold" => Use::Paused,
        "stopped" | "completed" => Use::Stopped,
        _ => return Ok(None),
    };
    let named = json.medicine.read();
    Ok(Some(Medicine {
        name: named.name,
        atc: named.atc,
        dose: Dose::read(&json.dosage),
        reason: json.reason_code.iter().find_map(ConceptJson::words),
        state,
        reviewed: json.date_asserted,
        reviewed_by: json.information_source.display,
        in_dose_bags: false,
    }))
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct IssueJson {
    status: String,
    code: ConceptJson,
    identified_date_time: Option<String>,
    author: ReferenceJson,
    implicated: Vec<ReferenceJson>,
    detail: Option<String>,
}

/// Reads a DetectedIssue; `None` for one without words, or that does not hold.
///
/// # Errors
/// [`Unreadable`] for one that does not have the form of a DetectedIssue.
pub(super) fn interaction(body: &[u8]) -> Result<Option<Interaction>, Unreadable> {
    let json: IssueJson = serde_json::from_slice(body).map_err(|_| Unreadable("DetectedIssue"))?;
    if matches!(json.status.as_str(), "entered-in-error" | "cancelled") {
        return Ok(None);
    }
    let Some(words) = json.detail.or_else(|| json.code.words()) else { return Ok(None) };
    Ok(Some(Interaction {
        words,
        source: json.author.display,
        when: json.identified_date_time,
        prescriptions: json.implicated.iter().filter_map(|its| its.id_of("MedicationRequest")).collect(),
    }))
}

/// Who can be asked for a person, as a Patient names them.
pub(super) enum Listed {
    /// A practice.
    Organization(Office),
    /// A doctor.
    Doctor(ListedWith),
}

/// Whom a Patient is listed with: the practice where it is named, else the doctor.
pub(super) fn general_practitioner(patient: &[u8]) -> Option<Listed> {
    let practice = general_practitioners(patient).iter().find_map(|its| {
        let reference = format!("Organization/{}", its.id_of("Organization")?);
        Some(Office { reference, name: its.display.clone().unwrap_or_default() })
    });
    let practice = practice.filter(|office| !office.name.is_empty()).map(Listed::Organization);
    practice.or_else(|| ListedWith::read(patient).map(Listed::Doctor))
}

/// The organisation a PractitionerRole is of, with its name when the source gives one.
pub(super) fn organization_of_role(role: &[u8]) -> Option<(ResourceId, Option<String>)> {
    #[derive(Deserialize, Default)]
    #[serde(default)]
    struct RoleJson {
        organization: ReferenceJson,
    }
    let json: RoleJson = serde_json::from_slice(role).ok()?;
    json.organization.id_of("Organization").map(|id| (id, json.organization.display))
}
