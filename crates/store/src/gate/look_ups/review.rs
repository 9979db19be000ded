//! A Task for each look-up that somebody should ask about.

use serde_json::{Value, json};
use varde_base::ResourceId;
use varde_rights::{ItemLabel, Scored};

use super::super::Gate;
use super::super::emergency::{HPR_SYSTEM, REASON_SYSTEM, TASK_SYSTEM, put};
use crate::types::{Batch, GateError};

/// Code of the Task.
const REVIEW: &str = "look-up-review";
/// Code system of why a look-up stands out, in `Task.input.type`; the value is the points.
const REASON_KEYS: &str = "urn:varde:look-up-reason";
/// Code system of what else a Task's input is.
const INPUT_KEYS: &str = "urn:varde:look-up";

impl Gate {
    /// Opens a Task for each case that has none; how many were opened. A case is known by the number of its first entry in the log, so that
    /// going through the same days again opens nothing twice.
    ///
    /// # Errors
    /// As [`Gate::write`].
    pub async fn open_reviews(&self, cases: &[Scored]) -> Result<u64, GateError> {
        let now = self.now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
        let mut opened = 0;
        for case in cases {
            let id: ResourceId = format!("look-up-{}", case.look_up.entry).parse().map_err(|_| GateError::Fault)?;
            let batch = Batch { writes: vec![put(&id, task(case, &now))?], ..Batch::default() };
            match self.write(batch).await {
                Ok(_) => opened += 1,
                // It was opened before.
                Err(GateError::Conflict { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(opened)
    }
}

fn task(case: &Scored, now: &str) -> Value {
    let look_up = &case.look_up;
    let reasons = case.reasons.iter().map(|(reason, points)| input(REASON_KEYS, reason.key(), *points));
    let facts = [("score", case.score), ("count", look_up.count)];
    let inputs: Vec<Value> =
        facts.into_iter().map(|(key, value)| input(INPUT_KEYS, key, value)).chain(reasons).collect();
    let at = look_up.at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    let described = [&*look_up.name, &*look_up.role, &*look_up.organization];
    let described: Vec<&str> = described.into_iter().filter(|part| !part.is_empty()).collect();
    json!({
        "resourceType": "Task",
        // A suspicion is not for the patient to read before somebody has asked; the look-up itself stands in the patient's own log.
        "meta": { "security": [{ "system": ItemLabel::SYSTEM, "code": "NORN" }] },
        "status": "requested",
        "intent": "order",
        "code": { "coding": [{ "system": TASK_SYSTEM, "code": REVIEW }] },
        "for": { "reference": format!("Patient/{}", look_up.patient) },
        "executionPeriod": { "start": at },
        "authoredOn": now,
        "requester": {
            "identifier": { "system": HPR_SYSTEM, "value": &*look_up.who },
            "display": described.join(", "),
        },
        "reasonCode": { "coding": [{ "system": REASON_SYSTEM, "code": look_up.basis.code() }] },
        "input": inputs,
    })
}

fn input(system: &str, key: &str, value: u32) -> Value {
    json!({ "type": { "coding": [{ "system": system, "code": key }] }, "valueInteger": value })
}
