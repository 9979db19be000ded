//! FHIR R4 Task of a change of GP.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::Deserialize;
use serde_json::{Value, json};
use varde_base::{PatientId, ResourceId};

use super::{ConceptJson, IdentifierJson, PeriodJson, ReferenceJson};
use crate::gp::model::{Change, GpList, State};
use crate::shared::{Unreadable, day_of, replaced};

/// Code system of our Tasks, and the code of a change of GP.
const TASK_SYSTEM: &str = "urn:varde:task";
const CHANGE: &str = "change-gp";
/// Both, as a search has them.
pub(in super::super) const CHANGE_TOKEN: &str = "urn:varde:task|change-gp";
/// `Task.businessStatus`: a place is kept, or the person waits for one.
const STATE_SYSTEM: &str = "urn:varde:gp-change";
const WAITING: &str = "waiting";
const SCHEDULED: &str = "scheduled";
/// What a change carries beside the list: the list before.
const INPUT_SYSTEM: &str = "urn:varde:gp-change-input";
const FROM: &str = "from";
/// Why it was made, in `Task.reasonCode`, when it is not one of the person's own changes of the year.
const REASON_SYSTEM: &str = "urn:varde:gp-change-reason";
const OWN_CHOICE: &str = "own-choice";
const MOVED: &str = "moved";
/// The ticket on the waiting list.
const TICKET: &str = "urn:varde:gp-waiting";

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct MetaJson {
    last_updated: Option<Timestamp>,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct InputJson {
    r#type: ConceptJson,
    value_reference: ReferenceJson,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct TaskJson {
    id: String,
    meta: MetaJson,
    identifier: Vec<IdentifierJson>,
    status: String,
    status_reason: ConceptJson,
    business_status: ConceptJson,
    reason_code: ConceptJson,
    code: ConceptJson,
    focus: ReferenceJson,
    r#for: ReferenceJson,
    requester: ReferenceJson,
    authored_on: Option<String>,
    last_modified: Option<String>,
    execution_period: PeriodJson,
    input: Vec<InputJson>,
}

fn state(json: &TaskJson) -> Option<State> {
    let waits = json.business_status.code(STATE_SYSTEM) == Some(WAITING);
    Some(match json.status.as_str() {
        "draft" | "entered-in-error" => return None,
        "cancelled" => State::Withdrawn,
        "completed" => State::Done,
        "rejected" | "failed" => State::Refused,
        _ if waits => State::Waiting,
        _ => State::Scheduled,
    })
}

/// Why it was refused, as the register has it.
fn reason(concept: &ConceptJson) -> Option<String> {
    let shown = concept.coding.iter().find_map(|coding| coding.display.clone());
    concept.text.clone().or(shown).filter(|words| !words.trim().is_empty())
}

/// Reads a Task; `None` for one that is no change of GP. `version` is the one the store gave with it.
///
/// # Errors
/// [`Unreadable`] for one that does not have the form of a Task.
pub(in super::super) fn change(body: &[u8], version: u64) -> Result<Option<Change>, Unreadable> {
    let unreadable = Unreadable("Task");
    let json: TaskJson = serde_json::from_slice(body).map_err(|_| unreadable)?;
    let is_change = json.code.code(TASK_SYSTEM) == Some(CHANGE);
    let (true, Some(state)) = (is_change, state(&json)) else { return Ok(None) };
    let instant = |text: &Option<String>| text.as_ref().and_then(|text| text.parse::<Timestamp>().ok());
    let (stored, modified) = (json.meta.last_updated, instant(&json.last_modified));
    let asked = instant(&json.authored_on).or(modified).or(stored).ok_or(unreadable)?;
    let from = json.input.into_iter().find(|input| input.r#type.code(INPUT_SYSTEM) == Some(FROM));
    let ticket = json.identifier.into_iter().find(|its| its.system.as_deref() == Some(TICKET));
    Ok(Some(Change {
        id: json.id.parse().map_err(|_| unreadable)?,
        version,
        state,
        to: json.focus.id_of("HealthcareService"),
        to_name: json.focus.display.unwrap_or_default(),
        from: from.as_ref().and_then(|input| input.value_reference.id_of("HealthcareService")),
        from_name: from.and_then(|input| input.value_reference.display),
        moved: json.reason_code.code(REASON_SYSTEM) == Some(MOVED),
        starts: json.execution_period.start.as_deref().and_then(day_of),
        asked,
        changed: stored.or(modified).unwrap_or(asked),
        reason: reason(&json.status_reason),
        counts: json.reason_code.code(REASON_SYSTEM).is_none_or(|code| code == OWN_CHOICE),
        ticket: ticket.and_then(|its| its.value),
    }))
}

/// Whom a change concerns: who asked, and whose GP it is.
pub(in super::super) fn concerned(body: &[u8]) -> Option<(PatientId, PatientId)> {
    let json: TaskJson = serde_json::from_slice(body).ok()?;
    let patient = json.r#for.id_of("Patient").map(PatientId::new)?;
    let by = json.requester.id_of("Patient").map_or_else(|| patient.clone(), PatientId::new);
    Some((by, patient))
}

/// What a new change says.
pub(in super::super) struct Ask<'a> {
    /// Whose GP.
    pub patient: &'a PatientId,
    /// Who asks.
    pub by: &'a PatientId,
    /// The list it is to.
    pub to: &'a GpList,
    /// The list before and its doctor, as far as they are known.
    pub from: (Option<&'a ResourceId>, Option<&'a str>),
    /// The day from which a place is kept; `None` to wait for one.
    pub starts: Option<Date>,
    /// The ticket.
    pub ticket: &'a str,
    /// The person has moved back to where the list is, which is none of the changes of the year.
    pub returns: bool,
}

/// A new Task.
pub(in super::super) fn new_task(id: &ResourceId, ask: &Ask<'_>, now: Timestamp) -> Value {
    let instant = instant(now);
    let state = if ask.starts.is_some() { SCHEDULED } else { WAITING };
    let reason = if ask.returns { MOVED } else { OWN_CHOICE };
    let mut task = json!({
        "resourceType": "Task",
        "id": id.as_str(),
        "identifier": [{ "system": TICKET, "value": ask.ticket }],
        "status": "requested",
        "businessStatus": { "coding": [{ "system": STATE_SYSTEM, "code": state }] },
        "intent": "order",
        "code": { "coding": [{ "system": TASK_SYSTEM, "code": CHANGE }] },
        "focus": { "reference": format!("HealthcareService/{}", ask.to.id), "display": ask.to.name },
        "for": { "reference": format!("Patient/{}", ask.patient) },
        "authoredOn": instant,
        "lastModified": instant,
        "requester": { "reference": format!("Patient/{}", ask.by) },
        "reasonCode": { "coding": [{ "system": REASON_SYSTEM, "code": reason }] },
    });
    if let Some(members) = task.as_object_mut() {
        if let Some(starts) = ask.starts {
            members.insert("executionPeriod".to_owned(), json!({ "start": starts.to_string() }));
        }
        if let Some(from) = from(ask.from) {
            let kind = json!({ "coding": [{ "system": INPUT_SYSTEM, "code": FROM }] });
            members.insert("input".to_owned(), json!([{ "type": kind, "valueReference": from }]));
        }
    }
    task
}

fn from((list, doctor): (Option<&ResourceId>, Option<&str>)) -> Option<Value> {
    let reference = list.map(|list| format!("HealthcareService/{list}"));
    match (reference, doctor) {
        (Some(reference), Some(doctor)) => Some(json!({ "reference": reference, "display": doctor })),
        (Some(reference), None) => Some(json!({ "reference": reference })),
        (None, Some(doctor)) => Some(json!({ "display": doctor })),
        (None, None) => None,
    }
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
