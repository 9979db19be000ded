//! What a clinic does with an appointment through the API is told to everybody who may see it: a new one, another time, one that is called off.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use varde_base::ResourceId;
use varde_fhir::ResourceType;
use varde_rights::Action;
use varde_store::{Batch, GateError, OutboxMessage, Store};

use super::super::fhir::{self, Names};
use super::super::model::{Appointment, Status};
use super::super::notices::{self, Happened};
use super::offers::there;
use super::platform;
use crate::shared::event::event_id;
use crate::shared::{Told, put};

/// Kind of the message to the worker.
pub(super) const CHANGED: &str = "appointment-changed";

/// What has happened to which appointment, and the event that tells of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Work {
    id: String,
    event: String,
    code: String,
    start: Timestamp,
}

/// The work that follows from what a program has written; `None` when there is nothing to tell.
pub(super) fn heard(id: &ResourceId, before: Option<&[u8]>, after: &[u8]) -> Option<OutboxMessage> {
    let happened = happened(before, after)?;
    let event = event_id(after)?.to_string();
    let work = Work { id: id.to_string(), event, code: happened.code().to_owned(), start: happened.start() };
    let payload = serde_json::to_string(&work).ok()?;
    Some(OutboxMessage { kind: CHANGED.to_owned(), subject: None, payload, not_before: None })
}

/// What has happened between two bodies. Only what matters to the person is told: the Helsenorge profile asks for no notice of the rest.
fn happened(before: Option<&[u8]>, after: &[u8]) -> Option<Happened> {
    let read = |body: &[u8]| -> Option<Appointment> {
        let is_wish = fhir::wish(body, 0).ok()?.is_some();
        if is_wish { None } else { fhir::appointment(body, 0, &Names::default()).ok() }
    };
    let new = read(after).filter(|new| !new.no_notice)?;
    let start = new.start?;
    let Some(before) = before else { return (new.status == Status::Booked).then_some(Happened::Booked { start }) };
    let old = read(before)?;
    match (old.status, new.status) {
        (Status::Proposed | Status::Pending | Status::Cancelled, Status::Booked) => Some(Happened::Booked { start }),
        (Status::Booked, Status::Booked) if old.start != new.start => Some(Happened::Moved { start }),
        (Status::Proposed | Status::Pending | Status::Booked, Status::Cancelled) => {
            Some(Happened::Cancelled { start: old.start.unwrap_or(start) })
        }
        _ => None,
    }
}

/// Tells of it, once. What is over already is history that a system loads, and what has changed again since is told as it is now.
pub(super) async fn tell(store: &Store, payload: &str, now: Timestamp) -> Result<(), GateError> {
    let work: Work = serde_json::from_str(payload).map_err(|_| GateError::Fault)?;
    let id: ResourceId = work.id.parse().map_err(|_| GateError::Fault)?;
    let event: ResourceId = work.event.parse().map_err(|_| GateError::Fault)?;
    let gate = platform(store, "appointments.changed");
    let Some(found) = there(gate.read(ResourceType::APPOINTMENT, &id).await)? else { return Ok(()) };
    let appointment = fhir::appointment(&found.body, found.version, &Names::default()).map_err(GateError::from)?;
    let holds = match appointment.status {
        Status::Cancelled => work.code == Happened::Cancelled { start: work.start }.code(),
        Status::Booked => appointment.start == Some(work.start),
        _ => false,
    };
    let Some(patient) = appointment.patient.as_ref().filter(|_| holds && work.start > now) else { return Ok(()) };
    let labels = (appointment.service, appointment.security.as_slice());
    let resource = notices::resource(&event, &id, patient, (&work.code, work.start), labels, now);
    // Who may not see the appointment itself when it is sent is not told, whatever the event says.
    let told = Told { of: Some(format!("Appointment/{id}")), ..Told::new(patient, event.as_str()) };
    let batch = Batch {
        writes: vec![put(&event, &resource, Action::Write)?],
        outbox: vec![notices::message(&work.code, &id, patient, patient, Some(told))?],
        ..Batch::default()
    };
    match gate.write(batch).await {
        // The event is there: it was told before.
        Ok(_) | Err(GateError::Conflict { .. }) => Ok(()),
        Err(error) => Err(error),
    }
}
