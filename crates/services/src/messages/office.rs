//! The GP's office a person belongs to: what one may write to it about, and whether it takes anything in now (FHIR HealthcareService).

use jiff::Timestamp;
use serde::Deserialize;
use varde_base::{PatientId, date_in_norway};
use varde_fhir::ResourceType;
use varde_store::{Found, Gate, GateError};

use super::fhir::name;
use super::model::{Kind, Office};
use super::rules;
use crate::shared::json::{ConceptJson, ContactJson, PeriodJson, ReferenceJson};
use crate::shared::{ListedWith, StandIn, day_of, find, stand_ins_of};

/// Code system of what a service takes in, in `HealthcareService.characteristic`.
const OFFER_SYSTEM: &str = "urn:varde:offer";

/// The reference as it stands when it points at a resource of `kind` that lives here.
fn local<'r>(reference: &'r ReferenceJson, kind: &str) -> Option<&'r str> {
    let reference = reference.reference.as_deref()?;
    reference.strip_prefix(kind)?.starts_with('/').then_some(reference)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RoleJson {
    practitioner: Option<ReferenceJson>,
    #[serde(default)]
    healthcare_service: Vec<ReferenceJson>,
    organization: Option<ReferenceJson>,
}

#[derive(Deserialize)]
struct AwayJson {
    description: Option<String>,
    during: Option<PeriodJson>,
}

/// What is read of a HealthcareService, and the telephone of an Organization.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ServiceJson {
    active: Option<bool>,
    #[serde(default)]
    telecom: Vec<ContactJson>,
    #[serde(default)]
    characteristic: Vec<ConceptJson>,
    #[serde(default)]
    not_available: Vec<AwayJson>,
}

impl ServiceJson {
    fn phone(&self) -> Option<String> {
        self.telecom.iter().find(|contact| contact.system.as_deref() == Some("phone"))?.value.clone()
    }

    fn offers(&self) -> Vec<Kind> {
        let codings = self.characteristic.iter().flat_map(|concept| &concept.coding);
        let codes = codings.filter(|coding| coding.is_of(OFFER_SYSTEM));
        let named: Vec<Kind> = codes.filter_map(|coding| Kind::from_key(coding.code.as_deref()?)).collect();
        Kind::ALL.into_iter().filter(|kind| named.contains(kind)).collect()
    }
}

/// The office, from a role of the doctor and the resources it refers to. `None` when the role names no doctor or no office.
pub(super) fn office(role: &[u8], included: &[Found], now: Timestamp) -> Option<Office> {
    let role: RoleJson = serde_json::from_slice(role).ok()?;
    let body = |reference: &str| {
        let is_it = |found: &&Found| format!("{}/{}", found.resource_type.name(), found.id) == reference;
        included.iter().find(is_it).map(|found| &found.body[..])
    };
    let practitioner = role.practitioner.as_ref()?;
    let doctor = local(practitioner, "Practitioner")?;
    let organization = role.organization.as_ref().and_then(|organization| local(organization, "Organization"));
    let keeper: Option<ServiceJson> = organization.and_then(body).and_then(|body| serde_json::from_slice(body).ok());
    let service = role.healthcare_service.iter().find_map(|service| local(service, "HealthcareService"));
    let offered: Option<ServiceJson> = service.and_then(body).and_then(|body| serde_json::from_slice(body).ok());
    let named = |reference: Option<&str>| reference.and_then(body).and_then(name);
    let display = |reference: &Option<ReferenceJson>| reference.as_ref().and_then(|r| r.display.clone());
    let doctor_name = named(Some(doctor)).or_else(|| practitioner.display.clone())?;
    Some(Office {
        reference: service.or(organization).unwrap_or(doctor).to_owned(),
        name: named(organization).or_else(|| display(&role.organization)).or_else(|| named(service))?,
        phone: offered.as_ref().and_then(ServiceJson::phone).or_else(|| keeper.as_ref()?.phone()),
        offers: offered.as_ref().map(ServiceJson::offers).unwrap_or_default(),
        closed: offered.as_ref().and_then(|service| closed(service, now)),
        doctor: (doctor.to_owned(), doctor_name),
    })
}

fn closed(service: &ServiceJson, now: Timestamp) -> Option<super::model::Closed> {
    let day = |text: &Option<String>| text.as_deref().and_then(day_of);
    let absences: Vec<rules::Absence> = service
        .not_available
        .iter()
        .filter_map(|away| {
            let during = away.during.as_ref()?;
            Some((day(&during.start), day(&during.end), away.description.clone()))
        })
        .collect();
    rules::closed(service.active.unwrap_or(true), &absences, date_in_norway(now))
}

/// Who stands in for the doctor of an office.
pub(super) async fn stand_ins(gate: &Gate, office: &Office, now: Timestamp) -> Result<Vec<StandIn>, GateError> {
    let doctor = office.doctor.0.strip_prefix("Practitioner/").and_then(|id| id.parse().ok());
    match doctor {
        Some(doctor) => stand_ins_of(gate, &doctor, now).await,
        None => Ok(Vec::new()),
    }
}

/// The office of the GP a person is listed with; `None` when there is none, or it is not registered well enough to write to.
pub(super) async fn of_person(gate: &Gate, patient: &PatientId, now: Timestamp) -> Result<Option<Office>, GateError> {
    let person = gate.read(ResourceType::PATIENT, patient.as_resource_id()).await?;
    let Some(listed) = ListedWith::read(&person.body) else { return Ok(None) };
    let parameters = [
        listed.roles(),
        ("_include", "PractitionerRole:practitioner"),
        ("_include", "PractitionerRole:organization"),
        ("_include", "PractitionerRole:service"),
        ("_count", "20"),
    ];
    let page = find(gate, ResourceType::PRACTITIONER_ROLE, &parameters, now).await?;
    let mut offices: Vec<Office> =
        page.matches.iter().filter_map(|role| office(&role.body, &page.included, now)).collect();
    // Of several offices of one doctor, one that can be written to.
    offices.sort_by_key(|office| office.offers.is_empty());
    Ok(offices.into_iter().next())
}
