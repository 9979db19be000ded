//! Lists of general practitioners and changes of GP (the product's docs/api.md, "Change of GP").

use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::{Value, json};

use super::{Party, TASK_SYSTEM, exact, text};
use crate::rules::register::Places;

const LIST_EXTENSION: &str = "urn:varde:gp-list";
const STATE_SYSTEM: &str = "urn:varde:gp-change";
const TICKET_SYSTEM: &str = "urn:varde:gp-waiting";
const INPUT_SYSTEM: &str = "urn:varde:gp-change-input";

/// What is asked for with a search or a Subscription.
pub(crate) const CHANGE_TOKEN: &str = "urn:varde:task%7Cchange-gp";
/// The ticket of one who waits, as the beginning of a search.
pub(crate) const TICKET_TOKEN: &str = "urn:varde:gp-waiting%7C";

/// Where a change stands that is not carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Change {
    /// There is no place.
    Waiting,
    /// From this day.
    Scheduled(Date),
}

/// Whether a Task is a change of GP.
pub(crate) fn is_change(task: &Value) -> bool {
    super::code(task.get("code"), TASK_SYSTEM) == Some("change-gp")
}

/// Where it stands; `None` for one that says neither.
pub(crate) fn change(task: &Value) -> Option<Change> {
    if super::code(task.get("businessStatus"), STATE_SYSTEM) == Some("waiting") {
        return Some(Change::Waiting);
    }
    let day = text(task, "/executionPeriod/start")?.get(..10)?.parse().ok()?;
    Some(Change::Scheduled(day))
}

/// The ticket of one who waits.
pub(crate) fn ticket(task: &Value) -> Option<&str> {
    let mut identifiers = task.get("identifier")?.as_array()?.iter();
    text(identifiers.find(|its| text(its, "/system") == Some(TICKET_SYSTEM))?, "/value")
}

/// `HealthcareService/id` of the list the person is on until then, when the Task says.
pub(crate) fn list_before(task: &Value) -> Option<&str> {
    let inputs = task.get("input")?.as_array()?;
    let from = inputs.iter().find(|input| super::code(input.get("type"), INPUT_SYSTEM) == Some("from"))?;
    text(from, "/valueReference/reference").filter(|list| list.starts_with("HealthcareService/"))
}

/// Whether the doctor takes patients.
pub(crate) fn is_open(list: &Value) -> bool {
    list.get("active") != Some(&Value::Bool(false))
}

fn parts(list: &Value) -> Option<&Vec<Value>> {
    let extensions = list.get("extension")?.as_array()?;
    extensions.iter().find(|its| text(its, "/url") == Some(LIST_EXTENSION))?.get("extension")?.as_array()
}

/// The places of a list; `None` for a service that is none.
pub(crate) fn places(list: &Value) -> Option<Places> {
    let parts = parts(list)?;
    let number = |url: &str| {
        let part = parts.iter().find(|part| text(part, "/url") == Some(url))?;
        part.get("valueUnsignedInt")?.as_u64()
    };
    let waiting = parts.iter().filter(|part| text(part, "/url") == Some("waiting"));
    Some(Places {
        capacity: number("capacity")?,
        listed: number("listed")?,
        waiting: waiting.filter_map(|part| text(part, "/valueString").map(str::to_owned)).collect(),
    })
}

/// The list with other numbers and tickets; what else it says stays.
pub(crate) fn with_places(list: &Value, places: &Places) -> Option<Value> {
    let mut list = list.clone();
    let extensions = list.get_mut("extension")?.as_array_mut()?;
    extensions.retain(|its| text(its, "/url") != Some(LIST_EXTENSION));
    let numbers = [("capacity", places.capacity), ("listed", places.listed)];
    let numbers = numbers.map(|(url, number)| json!({ "url": url, "valueUnsignedInt": number }));
    let waiting = places.waiting.iter().map(|ticket| json!({ "url": "waiting", "valueString": ticket }));
    let parts: Vec<Value> = numbers.into_iter().chain(waiting).collect();
    extensions.push(json!({ "url": LIST_EXTENSION, "extension": parts }));
    Some(list)
}

/// The Task of one who has waited and gets a place.
pub(crate) fn scheduled(task: &Value, from: Date, now: Timestamp) -> Option<Value> {
    let status = text(task, "/status")?.to_owned();
    let state = json!({ "coding": [{ "system": STATE_SYSTEM, "code": "scheduled" }] });
    let more = [("businessStatus", state), ("executionPeriod", json!({ "start": from.to_string() }))];
    Some(super::task_with(task, &status, &exact(now), &more))
}

/// The doctor of a list and the office, from the roles in it; who only stands in for a while has a period.
pub(crate) fn doctor(roles: &[Value]) -> Option<[Party; 2]> {
    let holds = |role: &&Value| {
        text(role, "/resourceType") == Some("PractitionerRole")
            && role.get("active") != Some(&Value::Bool(false))
            && role.get("period").is_none()
    };
    let role = roles.iter().find(holds)?;
    let [doctor, office] = ["practitioner", "organization"].map(|member| Party::of(role.get(member)));
    doctor.is("Practitioner").then_some([doctor, office])
}

/// A Patient with another GP.
pub(crate) fn listed_with(patient: &Value, doctor: &[Party]) -> Option<Value> {
    let mut patient = patient.clone();
    let named: Vec<Value> = doctor.iter().filter(|party| !party.is_nobody()).map(Party::json).collect();
    patient.as_object_mut()?.insert("generalPractitioner".to_owned(), Value::Array(named));
    Some(patient)
}
