//! FHIR R4 Task of a renewal.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::Deserialize;
use serde_json::{Value, json};
use varde_base::{PatientId, ResourceId};

use super::{ConceptJson, MetaJson, ReferenceJson};
use crate::medicines::model::{Office, Prescription, Renewal, RenewalState};
use crate::medicines::rules;
use crate::shared::json::{InputJson, RestrictionJson};
use crate::shared::{Unreadable, replaced};

/// Code system of our Tasks, and the code of a renewal.
const TASK_SYSTEM: &str = "urn:varde:task";
const RENEW: &str = "renew";
/// Both, as a search has them.
pub(in super::super) const RENEW_TOKEN: &str = "urn:varde:task|renew";
/// What a renewal carries beside the prescription.
const INPUT_SYSTEM: &str = "urn:varde:renewal-input";
const MESSAGE: &str = "message";
/// `Task.businessStatus`: the doctor wants to talk first.
const BUSINESS_SYSTEM: &str = "urn:varde:renewal";
const NEEDS_CONSULTATION: &str = "needs-consultation";
/// Renewals that were sent together.
const GROUP_IDENTIFIER: &str = "urn:varde:renewal-group";

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct TaskJson {
    id: String,
    meta: MetaJson,
    status: String,
    status_reason: ConceptJson,
    business_status: ConceptJson,
    code: ConceptJson,
    focus: ReferenceJson,
    r#for: ReferenceJson,
    requester: ReferenceJson,
    owner: ReferenceJson,
    authored_on: Option<String>,
    last_modified: Option<String>,
    restriction: RestrictionJson,
    input: Vec<InputJson>,
}

fn state(json: &TaskJson) -> Option<RenewalState> {
    let talk = json.business_status.code(BUSINESS_SYSTEM) == Some(NEEDS_CONSULTATION);
    Some(match json.status.as_str() {
        "cancelled" => RenewalState::Withdrawn,
        "entered-in-error" => return None,
        _ if talk => RenewalState::NeedsConsultation,
        "received" => RenewalState::Received,
        "accepted" | "in-progress" | "on-hold" => RenewalState::Considered,
        "completed" => RenewalState::Approved,
        "rejected" | "failed" => RenewalState::Refused,
        _ => RenewalState::Sent,
    })
}

/// Reads a Task; `None` for one that is no renewal. `version` is the one the store gave with it.
///
/// # Errors
/// [`Unreadable`] for one that does not have the form of a Task.
pub(in super::super) fn renewal(body: &[u8], version: u64) -> Result<Option<Renewal>, Unreadable> {
    let unreadable = Unreadable("Task");
    let json: TaskJson = serde_json::from_slice(body).map_err(|_| unreadable)?;
    let is_renewal = json.code.code(TASK_SYSTEM) == Some(RENEW);
    let (true, Some(state), Some(prescription)) = (is_renewal, state(&json), json.focus.id_of("MedicationRequest"))
    else {
        return Ok(None);
    };
    // A dateTime may be a day, which is no instant; the store always has one.
    let instant = |text: &Option<String>| text.as_ref().and_then(|text| text.parse::<Timestamp>().ok());
    let (stored, modified) = (json.meta.last_updated, instant(&json.last_modified));
    let sent = instant(&json.authored_on).or(modified).or(stored).ok_or(unreadable)?;
    let message = json.input.iter().find(|input| input.r#type.code(INPUT_SYSTEM) == Some(MESSAGE));
    Ok(Some(Renewal {
        id: json.id.parse().map_err(|_| unreadable)?,
        version,
        prescription,
        state,
        reason: json.status_reason.words(),
        sent,
        // A system may forget to say when; the store does not.
        changed: stored.or(modified).unwrap_or(sent),
        due: json.restriction.period.end.as_deref().and_then(rules::day),
        office: json.owner.display.unwrap_or_default(),
        message: message.and_then(|input| input.value_string.clone()),
    }))
}

/// Whom a renewal concerns: who asked, whose it is, its prescription, and for whose eyes it is.
pub(in super::super) struct Concerned {
    /// Who asked.
    pub by: PatientId,
    /// Whose prescription it is.
    pub patient: PatientId,
    /// `meta.security`, as stored.
    pub security: Vec<Value>,
}

/// Reads whom a Task concerns.
pub(in super::super) fn concerned(body: &[u8]) -> Option<Concerned> {
    let json: TaskJson = serde_json::from_slice(body).ok()?;
    let patient = json.r#for.id_of("Patient").map(PatientId::new)?;
    let by = json.requester.id_of("Patient").map_or_else(|| patient.clone(), PatientId::new);
    Some(Concerned { by, patient, security: json.meta.security })
}

/// What a new renewal says.
pub(in super::super) struct Ask<'a> {
    /// The prescription.
    pub prescription: &'a Prescription,
    /// Whose it is.
    pub patient: &'a PatientId,
    /// Who asks.
    pub by: &'a PatientId,
    /// Who is asked.
    pub office: &'a Office,
    /// To the doctor; empty for none.
    pub message: &'a str,
    /// What was sent together has the same.
    pub group: &'a str,
    /// The day by which an answer is usual.
    pub due: Date,
}

/// A new Task. It carries the labels of its prescription, so that nobody learns of a prescription by its renewal.
pub(in super::super) fn new_task(id: &ResourceId, ask: &Ask<'_>, now: Timestamp) -> Value {
    let instant = instant(now);
    let mut task = json!({
        "resourceType": "Task",
        "id": id.as_str(),
        "groupIdentifier": { "system": GROUP_IDENTIFIER, "value": ask.group },
        "status": "requested",
        "intent": "order",
        "code": { "coding": [{ "system": TASK_SYSTEM, "code": RENEW }] },
        "focus": { "reference": format!("MedicationRequest/{}", ask.prescription.id), "display": ask.prescription.name },
        "for": { "reference": format!("Patient/{}", ask.patient) },
        "authoredOn": instant,
        "lastModified": instant,
        "requester": { "reference": format!("Patient/{}", ask.by) },
        "owner": { "reference": ask.office.reference, "display": ask.office.name },
        "restriction": { "period": { "end": ask.due.to_string() } },
    });
    if let Some(members) = task.as_object_mut() {
        if ask.prescription.name.is_empty() {
            members.insert(
                "focus".to_owned(),
                json!({ "reference": format!("MedicationRequest/{}", ask.prescription.id) }),
            );
        }
        if !ask.prescription.security.is_empty() {
            members.insert("meta".to_owned(), json!({ "security": ask.prescription.security }));
        }
        if !ask.message.is_empty() {
            let kind = json!({ "coding": [{ "system": INPUT_SYSTEM, "code": MESSAGE }] });
            members.insert("input".to_owned(), json!([{ "type": kind, "valueString": ask.message }]));
        }
    }
    task
}

/// The Task as taken back.
///
/// # Errors
/// [`Unreadable`] for a body that is no object.
pub(in super::super) fn withdrawn(body: &[u8], now: Timestamp) -> Result<Vec<u8>, Unreadable> {
    replaced(body, "Task", [("status", json!("cancelled")), ("lastModified", json!(instant(now)))])
}

/// FHIR instant in UTC, to the second.
pub(in super::super) fn instant(now: Timestamp) -> String {
    now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}
