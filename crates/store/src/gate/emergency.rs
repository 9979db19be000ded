//! Access in an emergency and past the glass: the patient is told and a review is opened, before anything is shown.
//!
//! Both are one write with the message to the patient, so neither is without the other; should it fail, nothing is disclosed. Once a day
//! for each of the personnel, each patient and each basis: that what was closed has been opened is not told by an emergency before it.

use std::sync::Arc;

use serde_json::{Value, json};
use varde_base::{Actor, CareBasis, PatientId, PersonnelActor, ResourceId, SystemActor, SystemRole, date_in_norway};
use varde_fhir::json::Limits;
use varde_fhir::{Parsed, ReferenceMap};
use varde_rights::Service;

use super::{Gate, facts};
use crate::types::{Access, Batch, Expect, GateError, IdempotencyKey, OutboxMessage, Put, Write};

/// Code system of what has happened, in `Communication.topic`; the event list reads it.
const EVENT_SYSTEM: &str = "urn:varde:event";
/// Code system of what is to be done, in `Task.code`.
pub(super) const TASK_SYSTEM: &str = "urn:varde:task";
/// What is to be done: look whether there was reason.
const REVIEW: &str = "emergency-access-review";
/// Numbers of the register of health personnel.
pub(super) const HPR_SYSTEM: &str = "urn:oid:2.16.578.1.12.4.1.4.4";
/// HL7 v3 ActReason.
pub(super) const REASON_SYSTEM: &str = "http://terminology.hl7.org/CodeSystem/v3-ActReason";
/// The page of the portal where the patient finds who has looked.
const PAGE: &str = "/access-log";
/// The page where a parent chooses the child.
const PAGE_OF_PARENTS: &str = "/act-for";
/// The message to those who act for a small child.
const TOLD_TO_PARENTS: &str = "emergency-access-child";

impl Gate {
    /// To be called before data of a patient are disclosed, or said not to be there. Does nothing for who passes nothing that is closed.
    ///
    /// # Errors
    /// As [`Gate::write`]; then nothing may be disclosed.
    pub(super) async fn tell_patient(&self, patient: &PatientId) -> Result<(), GateError> {
        let Actor::Personnel(personnel) = &self.access.actor else { return Ok(()) };
        let told = self.told.lock().is_ok_and(|told| told.contains(patient));
        if told || !personnel.basis.is_exceptional() {
            return Ok(());
        }
        let access = Access {
            actor: Actor::System(SystemActor { name: "Varde".into(), role: SystemRole::Platform }),
            purpose: self.access.purpose,
            acting_for: None,
            interaction: "emergency.tell",
        };
        let messages =
            messages(patient, event_code(personnel.basis), facts::parents_of_small_child(self, patient).await?);
        let batch = self.review(personnel, patient, messages)?;
        Self::new(Arc::clone(&self.shared), &access).write(batch).await?;
        if let Ok(mut told) = self.told.lock() {
            told.insert(patient.clone());
        }
        Ok(())
    }

    /// The event, the message and the Task. What is done again the same day is known by its key.
    fn review(
        &self,
        personnel: &PersonnelActor,
        patient: &PatientId,
        messages: Vec<OutboxMessage>,
    ) -> Result<Batch, GateError> {
        let day = date_in_norway(self.now);
        let kind = event_code(personnel.basis);
        let key = IdempotencyKey {
            scope: "emergency-access".to_owned(),
            key: format!("{} {patient} {day} {}", personnel.hpr_number, personnel.basis.code()),
            // What is written differs by its ids alone.
            fingerprint: 0,
        };
        let now = self.now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
        Ok(Batch {
            writes: vec![
                put(&ResourceId::new_v7(), event(patient, kind, &now))?,
                put(&ResourceId::new_v7(), task(personnel, patient, &now))?,
            ],
            outbox: messages,
            idempotency_key: Some(key),
        })
    }
}

/// The messages: to the patient, or for a small child to each of those who may see the child's log; perhaps to nobody then.
fn messages(patient: &PatientId, kind: &str, parents: Option<Vec<PatientId>>) -> Vec<OutboxMessage> {
    let message = |kind: &str, recipient: &PatientId, page: &str| OutboxMessage {
        kind: kind.to_owned(),
        subject: Some(recipient.clone()),
        payload: json!({ "recipient": recipient.as_str(), "path": page }).to_string(),
        not_before: None,
    };
    match parents {
        None => vec![message(kind, patient, PAGE)],
        Some(parents) => parents.iter().map(|parent| message(TOLD_TO_PARENTS, parent, PAGE_OF_PARENTS)).collect(),
    }
}

/// What is told, in the event and as the kind of the message.
const fn event_code(basis: CareBasis) -> &'static str {
    match basis {
        CareBasis::BreakGlass => "break-glass-access",
        _ => "emergency-access",
    }
}

/// For the patient's list of events; ruled as the access log is.
fn event(patient: &PatientId, code: &str, now: &str) -> Value {
    json!({
        "resourceType": "Communication",
        "status": "completed",
        "category": [{ "coding": [{ "system": "urn:varde:service", "code": Service::AccessLog.key() }] }],
        "topic": { "coding": [{ "system": EVENT_SYSTEM, "code": code }] },
        "subject": { "reference": format!("Patient/{patient}") },
        "sent": now,
    })
}

/// For the one who reviews.
fn task(personnel: &PersonnelActor, patient: &PatientId, now: &str) -> Value {
    let reason = personnel.reason.as_deref().or(personnel.attestation.as_deref()).unwrap_or_default();
    json!({
        "resourceType": "Task",
        "status": "requested",
        "intent": "order",
        "code": { "coding": [{ "system": TASK_SYSTEM, "code": REVIEW }] },
        "for": { "reference": format!("Patient/{patient}") },
        "authoredOn": now,
        "requester": {
            "identifier": { "system": HPR_SYSTEM, "value": &*personnel.hpr_number },
            "display": format!("{}, {}, {}", personnel.name, personnel.role, personnel.organization),
        },
        "reasonCode": { "coding": [{ "system": REASON_SYSTEM, "code": personnel.basis.code() }], "text": reason },
    })
}

pub(super) fn put(id: &ResourceId, body: Value) -> Result<Write, GateError> {
    let bytes = serde_json::to_vec(&body).map_err(|_| GateError::Fault)?;
    let parsed = Parsed::parse(&bytes, &Limits::default()).map_err(|_| GateError::Fault)?;
    let put = Put::new(parsed, id.clone(), &ReferenceMap::new());
    Ok(Write::Put(Box::new(Put { expect: Expect::Absent, ..put })))
}
