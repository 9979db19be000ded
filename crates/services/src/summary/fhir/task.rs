//! FHIR R4 Task of a suggestion.

use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::{Value, json};
use varde_base::{PatientId, ResourceId};
use varde_rights::Service;

use super::{SERVICE_SYSTEM, codings, list, text_at};
use crate::shared::{Unreadable, replaced};
use crate::summary::model::{Office, State, Suggestion, Wish};

/// Code system of what a suggestion says.
const INPUT_SYSTEM: &str = "urn:varde:suggestion-input";
const WISH: &str = "wish";
const WORDS: &str = "words";

const UNREADABLE: Unreadable = Unreadable("Task");

/// What a new suggestion says.
pub(in super::super) struct Ask<'a> {
    /// Whose summary.
    pub patient: &'a PatientId,
    /// Who suggests.
    pub by: &'a PatientId,
    /// Who answers.
    pub office: &'a Office,
    /// What is wanted.
    pub wish: Wish,
    /// About which item.
    pub item: Option<&'a str>,
    /// In the person's words.
    pub words: &'a str,
    /// The last day for an answer.
    pub due: Option<Date>,
}

/// A new Task.
pub(in super::super) fn new_task(id: &ResourceId, ask: &Ask<'_>, now: Timestamp) -> Value {
    let input = |code: &str, member: &str, value: &str| {
        let mut input = json!({ "type": { "coding": [{ "system": INPUT_SYSTEM, "code": code }] } });
        if let Some(members) = input.as_object_mut() {
            members.insert(member.to_owned(), json!(value));
        }
        input
    };
    let mut task = json!({
        "resourceType": "Task",
        "id": id.as_str(),
        "status": "requested",
        "intent": "proposal",
        "code": { "coding": [{ "system": SERVICE_SYSTEM, "code": Service::SummaryRecord.key() }] },
        "for": { "reference": format!("Patient/{}", ask.patient) },
        "requester": { "reference": format!("Patient/{}", ask.by) },
        "owner": { "reference": ask.office.reference, "display": ask.office.name },
        "authoredOn": instant(now),
        "lastModified": instant(now),
        "input": [input(WISH, "valueCode", ask.wish.code()), input(WORDS, "valueString", ask.words)],
    });
    if let Some(members) = task.as_object_mut() {
        if let Some(item) = ask.item {
            members.insert("focus".to_owned(), json!({ "reference": item }));
        }
        if let Some(due) = ask.due {
            members.insert("restriction".to_owned(), json!({ "period": { "end": due.to_string() } }));
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

fn state(status: &str) -> Option<State> {
    Some(match status {
        "received" | "accepted" | "in-progress" | "on-hold" => State::Received,
        "completed" => State::Done,
        "rejected" | "failed" => State::Refused,
        "cancelled" => State::Withdrawn,
        "entered-in-error" => return None,
        _ => State::Sent,
    })
}

/// Reads a Task; `None` for one that is no suggestion. `version` is the one the store gave with it.
///
/// # Errors
/// [`Unreadable`] for one that does not have the form of a Task.
pub(in super::super) fn suggestion(body: &[u8], version: u64) -> Result<Option<Suggestion>, Unreadable> {
    let json: Value = serde_json::from_slice(body).map_err(|_| UNREADABLE)?;
    let ours = (SERVICE_SYSTEM, Service::SummaryRecord.key());
    let is_ours = json.get("code").is_some_and(|code| codings(code).any(|coding| coding == ours));
    let Some(state) = text_at(&json, &["status"]).and_then(state).filter(|_| is_ours) else { return Ok(None) };
    let input = |code: &str| {
        let is_it =
            |input: &&Value| input.get("type").is_some_and(|kind| codings(kind).any(|its| its == (INPUT_SYSTEM, code)));
        list(&json, "input").iter().find(is_it)
    };
    let output = list(&json, "output").iter().find_map(|output| text_at(output, &["valueString"]));
    let instant = |path: &[&str]| text_at(&json, path).and_then(|text| text.parse::<Timestamp>().ok());
    let end = text_at(&json, &["restriction", "period", "end"]);
    Ok(Some(Suggestion {
        id: text_at(&json, &["id"]).and_then(|id| id.parse().ok()).ok_or(UNREADABLE)?,
        version,
        wish: input(WISH).and_then(|input| Wish::from_code(text_at(input, &["valueCode"])?)).unwrap_or_default(),
        item: text_at(&json, &["focus", "reference"]).map(str::to_owned),
        words: input(WORDS).and_then(|input| text_at(input, &["valueString"])).unwrap_or_default().to_owned(),
        state,
        answer: text_at(&json, &["statusReason", "text"]).or(output).map(str::to_owned),
        office: text_at(&json, &["owner", "display"]).unwrap_or_default().to_owned(),
        sent: instant(&["authoredOn"]).or_else(|| instant(&["meta", "lastUpdated"])).ok_or(UNREADABLE)?,
        due: end.and_then(|end| end.get(..10)).and_then(|end| end.parse().ok()),
    }))
}

/// Who suggests, and whom it is about.
pub(in super::super) fn concerned(body: &[u8]) -> Option<(PatientId, PatientId)> {
    let json: Value = serde_json::from_slice(body).ok()?;
    let patient = |member: &str| {
        let id: ResourceId = text_at(&json, &[member, "reference"])?.strip_prefix("Patient/")?.parse().ok()?;
        Some(PatientId::new(id))
    };
    let about = patient("for")?;
    Some((patient("requester").unwrap_or_else(|| about.clone()), about))
}

/// FHIR instant in UTC, to the second.
fn instant(now: Timestamp) -> String {
    now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}
