//! FHIR R4 Task, Communication and DocumentReference, to and from what the slice works with (docs/api.md, "Requests of citizens").

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Deserialize;
use serde_json::{Value, json};
use varde_base::{NATIONAL_ID_SYSTEM, PatientId, ResourceId};
use varde_fhir::ResourceType;
use varde_rights::Service;

use super::model::{Asked, Draft, Holder, Kind, Message, Request, State};
use crate::shared::json::{ConceptJson, IdentifierJson, RestrictionJson};
use crate::shared::{Unreadable, replaced};

/// Code system of what is asked for.
const REQUEST_SYSTEM: &str = "urn:varde:request";
/// Code system of what is said in a request.
const INPUT_SYSTEM: &str = "urn:varde:request-input";
/// Names of those who are no organisation of the health service.
const AUTHORITY_SYSTEM: &str = "urn:varde:authority";
const OPERATOR: &str = "operator";
const COUNTY_GOVERNOR: &str = "county-governor";

const UNREADABLE: Unreadable = Unreadable("Task");

/// The event that says that the person's own words were put beside.
pub(super) const STATED: &str = "request-stated";

/// Most roles and places that are asked whose they are.
const MAX_FOLLOWED: usize = 5;

/// Most places of a resource that are searched for an organisation.
const MAX_PLACES: usize = 2_000;

fn instant(now: Timestamp) -> String {
    now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

fn input(code: &str, member: &str, value: Value) -> Value {
    let mut input = json!({ "type": { "coding": [{ "system": INPUT_SYSTEM, "code": code }] } });
    if let Some(members) = input.as_object_mut() {
        members.insert(member.to_owned(), value);
    }
    input
}

fn owner(holder: &Holder) -> Value {
    let authority = |code: &str| json!({ "identifier": { "system": AUTHORITY_SYSTEM, "value": code } });
    match holder {
        Holder::Organization(id, name) => json!({ "reference": format!("Organization/{id}"), "display": name }),
        Holder::Operator => authority(OPERATOR),
        Holder::CountyGovernor => authority(COUNTY_GOVERNOR),
        Holder::Other(name) => json!({ "display": name }),
    }
}

/// Who asks, for whom, and of whom, until when.
#[derive(Debug, Clone, Copy)]
pub(super) struct Addressed<'a> {
    /// Whom it is about; of the dead, the one who asks.
    pub patient: &'a PatientId,
    /// Who asks.
    pub by: &'a PatientId,
    /// Who shall answer.
    pub holder: &'a Holder,
    /// The last day for an answer.
    pub deadline: Option<Date>,
}

/// A new Task.
pub(super) fn new_task(id: &ResourceId, to: Addressed<'_>, draft: &Draft, now: Timestamp) -> Value {
    let mut inputs = vec![input("wrong", "valueString", json!(draft.wrong))];
    if !draft.right.is_empty() {
        inputs.push(input("right", "valueString", json!(draft.right)));
    }
    if let Some(entry) = draft.entry {
        inputs.push(input("log-entry", "valueString", json!(entry.to_string())));
    }
    if let Some(deceased) = &draft.deceased {
        inputs.push(input("name", "valueString", json!(deceased.name)));
        inputs.push(input("relation", "valueCode", json!(deceased.relation)));
        inputs.extend(deceased.born.map(|born| input("birth-date", "valueDate", json!(born.to_string()))));
        inputs.extend(deceased.number.as_ref().map(|number| {
            input("number", "valueIdentifier", json!({ "system": NATIONAL_ID_SYSTEM, "value": number.as_str() }))
        }));
    }
    let mut task = json!({
        "resourceType": "Task",
        "id": id.as_str(),
        "status": "requested",
        "intent": "order",
        "code": { "coding": [{ "system": REQUEST_SYSTEM, "code": draft.kind.code() }] },
        "for": { "reference": format!("Patient/{}", to.patient) },
        "requester": { "reference": format!("Patient/{}", to.by) },
        "owner": owner(to.holder),
        "authoredOn": instant(now),
        "lastModified": instant(now),
        "input": inputs,
    });
    if let Some(members) = task.as_object_mut() {
        if let Some(item) = &draft.item {
            members.insert("focus".to_owned(), json!({ "reference": item }));
        }
        if let Some(about) = &draft.about {
            members.insert("basedOn".to_owned(), json!([{ "reference": format!("Task/{about}") }]));
        }
        if let Some(deadline) = to.deadline {
            members.insert("restriction".to_owned(), json!({ "period": { "end": deadline.to_string() } }));
        }
    }
    task
}

/// The Task as taken back.
///
/// # Errors
/// [`Unreadable`] for a body that is no object.
pub(super) fn withdrawn(body: &[u8], now: Timestamp) -> Result<Vec<u8>, Unreadable> {
    replaced(body, "Task", [("status", json!("cancelled")), ("lastModified", json!(instant(now)))])
}

/// The person's own words beside what was not corrected, for those who read the record.
pub(super) fn statement(
    id: &ResourceId,
    patient: &PatientId,
    by: &PatientId,
    item: Option<&str>,
    text: &str,
    now: Timestamp,
) -> Value {
    let mut document = json!({
        "resourceType": "DocumentReference",
        "id": id.as_str(),
        "status": "current",
        "type": { "coding": [{ "system": REQUEST_SYSTEM, "code": "own-statement" }] },
        "subject": { "reference": format!("Patient/{patient}") },
        "author": [{ "reference": format!("Patient/{by}") }],
        "date": instant(now),
        "content": [{ "attachment": {
            "contentType": "text/plain; charset=utf-8", "data": STANDARD.encode(text), "creation": instant(now) } }],
    });
    if let (Some(item), Some(members)) = (item, document.as_object_mut()) {
        members.insert("context".to_owned(), json!({ "related": [{ "reference": item }] }));
    }
    document
}

/// A text of the thread, and with `topic` also an event in the list of the person it is about.
pub(super) fn communication(
    id: &ResourceId,
    task: &ResourceId,
    patient: &PatientId,
    topic: Option<(&str, &str)>,
    words: Option<(&PatientId, &str)>,
    now: Timestamp,
) -> Value {
    let mut body = json!({
        "resourceType": "Communication",
        "id": id.as_str(),
        "status": "completed",
        "category": [{ "coding": [{ "system": "urn:varde:service", "code": Service::Requests.key() }] }],
        "basedOn": [{ "reference": format!("Task/{task}") }],
        "subject": { "reference": format!("Patient/{patient}") },
        "about": [{ "reference": format!("Task/{task}") }],
        "sent": instant(now),
    });
    if let Some(members) = body.as_object_mut() {
        if let Some((system, code)) = topic {
            members.insert("topic".to_owned(), json!({ "coding": [{ "system": system, "code": code }] }));
        }
        if let Some((sender, text)) = words {
            members.insert("sender".to_owned(), json!({ "reference": format!("Patient/{sender}") }));
            members.insert("payload".to_owned(), json!([{ "contentString": text }]));
        }
    }
    body
}

/// Beside what a reference points at, who is meant by a number or a name. A version of a resource is not taken for the resource.
#[derive(Deserialize, Default)]
#[serde(default)]
struct ReferenceJson {
    reference: Option<String>,
    identifier: Option<IdentifierJson>,
    display: Option<String>,
}

impl ReferenceJson {
    fn id(&self, resource_type: &str) -> Option<ResourceId> {
        self.reference.as_deref()?.strip_prefix(resource_type)?.strip_prefix('/')?.parse().ok()
    }
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct InputJson {
    r#type: ConceptJson,
    value_string: Option<String>,
    value_code: Option<String>,
    value_date: Option<String>,
    value_identifier: Option<IdentifierJson>,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct TaskJson {
    id: String,
    status: String,
    status_reason: ConceptJson,
    code: ConceptJson,
    based_on: Vec<ReferenceJson>,
    focus: ReferenceJson,
    r#for: ReferenceJson,
    requester: ReferenceJson,
    owner: ReferenceJson,
    authored_on: Option<Timestamp>,
    restriction: RestrictionJson,
    input: Vec<InputJson>,
    output: Vec<InputJson>,
}

impl TaskJson {
    fn kind(&self) -> Option<Kind> {
        let code = self.code.coding.iter().find(|coding| coding.is_of(REQUEST_SYSTEM))?;
        Kind::from_code(code.code.as_deref()?)
    }

    fn said(&self, code: &str) -> Option<&InputJson> {
        self.input.iter().find(|input| input.r#type.has(INPUT_SYSTEM, code))
    }

    fn input(&self, code: &str) -> Option<&str> {
        self.said(code)?.value_string.as_deref()
    }

    fn asked(&self) -> Asked {
        let words = |code: &str| self.input(code).filter(|words| !words.trim().is_empty()).map(str::to_owned);
        Asked {
            wrong: words("wrong"),
            right: words("right"),
            deceased: words("name"),
            relation: self.said("relation").and_then(|its| its.value_code.clone()),
            born: self.said("birth-date").and_then(|its| its.value_date.clone()),
            has_number: self.said("number").is_some_and(|its| its.value_identifier.is_some()),
        }
    }

    fn holder(&self) -> Holder {
        let name = self.owner.display.clone().unwrap_or_default();
        if let Some(id) = self.owner.id("Organization") {
            return Holder::Organization(id, name);
        }
        let authority = self.owner.identifier.as_ref().filter(|its| its.system.as_deref() == Some(AUTHORITY_SYSTEM));
        match authority.map(|its| its.value.as_deref().unwrap_or_default()) {
            Some(COUNTY_GOVERNOR) => Holder::CountyGovernor,
            None if !name.is_empty() => Holder::Other(name),
            _ => Holder::Operator,
        }
    }
}

/// Where a status of a Task puts the request; `None` for one that is no longer to be shown.
fn state(status: &str) -> Option<State> {
    Some(match status {
        "received" | "accepted" => State::Received,
        "in-progress" | "on-hold" => State::LookedAt,
        "completed" => State::Granted,
        "rejected" | "failed" => State::Refused,
        "cancelled" => State::Withdrawn,
        "entered-in-error" => return None,
        _ => State::Sent,
    })
}

/// Reads a Task; `None` for one that is no request of a citizen's. `version` is the one the store gave with it.
///
/// # Errors
/// [`Unreadable`] for one that does not have the form of a Task.
pub(super) fn request(body: &[u8], version: u64) -> Result<Option<Request>, Unreadable> {
    let json: TaskJson = serde_json::from_slice(body).map_err(|_| UNREADABLE)?;
    let (Some(kind), Some(state)) = (json.kind(), state(&json.status)) else { return Ok(None) };
    let end = json.restriction.period.end.as_deref();
    Ok(Some(Request {
        id: json.id.parse().map_err(|_| UNREADABLE)?,
        version,
        kind,
        state,
        item: json.focus.reference.clone(),
        entry: json.input("log-entry").and_then(|entry| entry.parse().ok()),
        about: json.based_on.iter().find_map(|reference| reference.id("Task")),
        asked: json.asked(),
        holder: json.holder(),
        sent: json.authored_on.ok_or(UNREADABLE)?,
        // A system may give the deadline as a day or as an instant.
        deadline: end.and_then(|end| end.get(..10)).and_then(|end| end.parse().ok()),
        reason: json.status_reason.text.clone().filter(|text| !text.trim().is_empty()),
        answers: json.output.iter().filter_map(|output| output.value_string.clone()).collect(),
    }))
}

/// Who has asked, and whom it is about.
///
/// # Errors
/// [`Unreadable`] for one that does not have the form of a Task.
pub(super) fn persons(body: &[u8]) -> Result<Option<(PatientId, PatientId)>, Unreadable> {
    let json: TaskJson = serde_json::from_slice(body).map_err(|_| UNREADABLE)?;
    let patient = json.r#for.id("Patient").map(PatientId::new);
    let by = json.requester.id("Patient").map(PatientId::new).or_else(|| patient.clone());
    Ok(by.zip(patient))
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct PayloadJson {
    content_string: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct CommunicationJson {
    sent: Option<Timestamp>,
    topic: ConceptJson,
    sender: ReferenceJson,
    payload: Vec<PayloadJson>,
}

/// Reads a text of the thread; `None` for one without words.
///
/// # Errors
/// [`Unreadable`] for one that does not have the form of a Communication.
pub(super) fn message(body: &[u8]) -> Result<Option<Message>, Unreadable> {
    let json: CommunicationJson = serde_json::from_slice(body).map_err(|_| Unreadable("Communication"))?;
    let texts: Vec<String> = json.payload.into_iter().filter_map(|payload| payload.content_string).collect();
    let Some(sent) = json.sent.filter(|_| !texts.is_empty()) else { return Ok(None) };
    Ok(Some(Message {
        sent,
        is_own: json.sender.id("Patient").is_some(),
        is_statement: json.topic.coding.iter().any(|coding| coding.code.as_deref() == Some(STATED)),
        text: texts.join("\n"),
    }))
}

/// Types of what belongs to an organisation and says to which.
const OF_ORGANIZATIONS: [&str; 3] = ["PractitionerRole", "Location", "HealthcareService"];

/// What a resource refers to, in its order.
fn references(body: &[u8]) -> Vec<String> {
    let Ok(json) = serde_json::from_slice::<Value>(body) else { return Vec::new() };
    let mut out = Vec::new();
    let mut places = vec![&json];
    for _ in 0..MAX_PLACES {
        match places.pop() {
            Some(Value::Object(members)) => {
                out.extend(members.get("reference").and_then(Value::as_str).map(str::to_owned));
                places.extend(members.values().rev());
            }
            Some(Value::Array(items)) => places.extend(items.iter().rev()),
            Some(_) => {}
            None => break,
        }
    }
    out
}

/// The first organisation a resource names: who made it, or where it was done.
pub(super) fn organization_in(body: &[u8]) -> Option<ResourceId> {
    references(body).iter().find_map(|reference| reference.strip_prefix("Organization/")?.parse().ok())
}

/// The roles, places and services a resource names, each of some organisation.
pub(super) fn of_organizations_in(body: &[u8]) -> Vec<(ResourceType, ResourceId)> {
    let named = references(body).into_iter().filter_map(|reference| {
        let (name, id) = reference.split_once('/')?;
        let name = OF_ORGANIZATIONS.into_iter().find(|known| *known == name)?;
        Some((ResourceType::from_name(name)?, id.parse().ok()?))
    });
    named.take(MAX_FOLLOWED).collect()
}

/// When what is stored begins or was made, as exact as known.
pub(super) fn time_of(body: &[u8]) -> Option<String> {
    let json: Value = serde_json::from_slice(body).ok()?;
    let names = ["start", "effectiveDateTime", "occurrenceDateTime", "authoredOn", "date", "issued"];
    let direct = names.iter().find_map(|name| json.get(*name)).and_then(Value::as_str);
    direct.or_else(|| json.get("period")?.get("start")?.as_str()).map(str::to_owned)
}
