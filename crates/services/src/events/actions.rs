//! Load, decide by the rules, save.

use jiff::Timestamp;
use varde_base::{PatientId, ResourceId};
use varde_fhir::json::Limits;
use varde_fhir::view::PatientView;
use varde_fhir::{Parsed, ResourceType};
use varde_rights::Action;
use varde_store::{Batch, Gate, GateError, Write};

use super::fhir::{body, preferences, preferences_id};
use super::model::{Device, Preferences};
use super::rules::{self, MAX_DEVICES};
use crate::shared::event::{self, Event};
use crate::shared::{put, put_changed};

/// Preferences, and the version they have when they are stored.
pub(super) struct Loaded {
    /// What is chosen.
    pub preferences: Preferences,
    version: Option<u64>,
}

/// A person's preferences; what is usual when nothing has been chosen.
pub(super) async fn load(gate: &Gate, patient: &PatientId) -> Result<Loaded, GateError> {
    let id = preferences_id(patient);
    match gate.read(ResourceType::BASIC, &id).await {
        Ok(found) => Ok(Loaded { preferences: preferences(&found.body)?, version: Some(found.version) }),
        Err(GateError::NotFound) => Ok(Loaded { preferences: Preferences::default(), version: None }),
        Err(error) => Err(error),
    }
}

/// Writes them, if nobody has since they were loaded.
pub(super) async fn save(gate: &Gate, patient: &PatientId, loaded: &Loaded) -> Result<(), GateError> {
    let id = preferences_id(patient);
    let writes = vec![write(&id, patient, &loaded.preferences, loaded.version)?];
    gate.write(Batch { writes, ..Batch::default() }).await.map(drop)
}

fn write(
    id: &ResourceId,
    patient: &PatientId,
    preferences: &Preferences,
    version: Option<u64>,
) -> Result<Write, GateError> {
    let body = body(id, patient, preferences);
    match version {
        Some(version) => {
            let bytes = serde_json::to_vec(&body).map_err(|_| GateError::Fault)?;
            put_changed(id, &bytes, version, Action::Change)
        }
        None => put(id, &body, Action::Change),
    }
}

/// Adds a device. One that is there already gets its new keys; the oldest goes when there are too many.
pub(super) fn add_device(preferences: &mut Preferences, endpoint: &str, keys: (&str, &str), now: Timestamp) {
    preferences.devices.retain(|device| device.endpoint != endpoint);
    let excess = (preferences.devices.len() + 1).saturating_sub(MAX_DEVICES);
    preferences.devices.drain(..excess);
    preferences.devices.push(Device {
        endpoint: endpoint.to_owned(),
        p256dh: keys.0.to_owned(),
        auth: keys.1.to_owned(),
        added: now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
    });
}

/// The preferences `stored` in `version` without a device whose push service says that it is gone.
///
/// # Errors
/// [`GateError`] when the resource cannot be made.
pub fn without_device(
    patient: &PatientId,
    (stored, version): (&Preferences, u64),
    endpoint: &str,
) -> Result<Write, GateError> {
    let id = preferences_id(patient);
    let mut preferences = stored.clone();
    preferences.devices.retain(|device| device.endpoint != endpoint);
    write(&id, patient, &preferences, Some(version))
}

/// Where a person is reached, as far as it may be shown: e-mail and mobile, masked.
pub(super) async fn contact(gate: &Gate, patient: &PatientId) -> Result<(Option<String>, Option<String>), GateError> {
    let found = gate.read(ResourceType::PATIENT, patient.as_resource_id()).await?;
    let parsed = Parsed::parse_stored(&found.body, &Limits::default()).map_err(|_| GateError::Fault)?;
    let person = PatientView::new(&parsed).ok_or(GateError::Fault)?;
    Ok((person.email().map(rules::masked), person.mobile().map(rules::masked)))
}

/// One event that the gate lets through; anything else does not exist here.
pub(super) async fn one(gate: &Gate, id: &ResourceId) -> Result<(PatientId, Event), GateError> {
    let found = gate.read(ResourceType::COMMUNICATION, id).await?;
    let event = event::event(&found.body).ok_or(GateError::NotFound)?;
    let patient = event.patient.as_deref().and_then(|id| id.parse().ok()).ok_or(GateError::NotFound)?;
    Ok((patient, event))
}
