//! Whom to tell: people may have lost the right since they asked, so it is decided anew, as if they asked now.

use varde_base::{Actor, AssuranceLevel, CitizenActor, PatientId, Purpose, ResourceId};
use varde_fhir::json::Limits;
use varde_fhir::view::PatientView;
use varde_fhir::{Parsed, ResourceType};
use varde_rights::Action;
use varde_store::{Access, Gate, GateError, Store};

use super::super::fhir;
use super::offers::there;
use super::platform;

const INTERACTION: &str = "appointments.recipients";

/// Somebody as they are when they sign in at the high level; `None` for one who is not there, is dead, or has no number.
pub(super) async fn citizen(gate: &Gate, patient: &PatientId) -> Result<Option<CitizenActor>, GateError> {
    let Some(found) = there(gate.read(ResourceType::PATIENT, patient.as_resource_id()).await)? else { return Ok(None) };
    Ok(as_citizen(patient.clone(), &found.body))
}

fn as_citizen(patient: PatientId, body: &[u8]) -> Option<CitizenActor> {
    let parsed = Parsed::parse_stored(body, &Limits::default()).ok()?;
    let view = PatientView::new(&parsed).filter(|view| !view.is_deceased())?;
    let name = view.shown_name().map(|name| name.full()).unwrap_or_default().into();
    Some(CitizenActor { patient, national_id: view.national_id()?, name, level: AssuranceLevel::High })
}

/// Whether `who` may do this with an appointment of `patient`'s, given as it is stored.
pub(super) async fn may(
    store: &Store,
    who: &PatientId,
    patient: &PatientId,
    body: &[u8],
    action: Action,
) -> Result<bool, GateError> {
    match citizen(&platform(store, INTERACTION), who).await? {
        Some(citizen) => decided(store, citizen, patient, body, action).await,
        None => Ok(false),
    }
}

async fn decided(
    store: &Store,
    citizen: CitizenActor,
    patient: &PatientId,
    body: &[u8],
    action: Action,
) -> Result<bool, GateError> {
    let acting_for = (citizen.patient != *patient).then(|| patient.clone());
    let (actor, purpose) = (Actor::Citizen(citizen), Purpose::PatientRequest);
    let gate = store.as_actor(&Access { actor, purpose, acting_for, interaction: INTERACTION });
    let labels = fhir::labels(body, patient);
    Ok(gate.decide(Some(patient), labels.service, action, labels.item()).await?.allowed())
}

/// Whether there is anybody to remind of an appointment: somebody sees it, or would if their account were not stopped. Of one who is dead nobody
/// is reminded.
pub(super) async fn somebody(gate: &Gate, patient: &PatientId, appointment: &ResourceId) -> Result<bool, GateError> {
    if citizen(gate, patient).await?.is_none() {
        return Ok(false);
    }
    let seers = gate.seers(patient, ResourceType::APPOINTMENT, appointment).await;
    if there(seers)?.is_some_and(|seers| !seers.is_empty()) {
        return Ok(true);
    }
    let letter = gate.needs_letter(patient, ResourceType::APPOINTMENT, appointment).await;
    Ok(there(letter)?.unwrap_or(false))
}
