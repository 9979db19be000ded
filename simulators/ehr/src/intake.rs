//! What of all that comes in is for these offices.

use serde_json::Value;

use crate::fhir::{Party, SERVICE_SYSTEM, TASK_SYSTEM, code, name, referral, text};
use crate::model::{Incoming, Kind, Stage};
use crate::rules;

/// The Tasks looked for, as a search has them.
pub(crate) const TASK_CODES: &str =
    "urn:varde:task%7Crenew,urn:varde:service%7Cmessages,urn:varde:service%7Cconsultations";

/// What a notification of a Subscription brings (a Bundle whose first entry is the status).
pub(crate) fn of_notification(bundle: &Value) -> Vec<Incoming> {
    let entries = bundle.get("entry").and_then(Value::as_array).into_iter().flatten();
    entries.filter_map(|entry| of_resource(entry.get("resource")?)).collect()
}

/// What a resource asks of these offices; `None` when nothing, or nothing more.
pub(crate) fn of_resource(resource: &Value) -> Option<Incoming> {
    match text(resource, "/resourceType")? {
        "Task" => of_task(resource),
        "Appointment" => of_booking(resource),
        "ServiceRequest" => referral::waits(resource).then(|| found(resource, Kind::Referral))?,
        _ => None,
    }
}

fn found(resource: &Value, kind: Kind) -> Option<Incoming> {
    let id = name(resource)?;
    Some(Incoming { about: id.clone(), id, kind, stage: Stage::New, promised: None, memo: None })
}

/// A time a citizen has taken in the portal: it has a slot, and is in nobody's books.
fn of_booking(appointment: &Value) -> Option<Incoming> {
    let is_new = text(appointment, "/status") == Some("booked") && appointment.get("identifier").is_none();
    let is_taken = text(appointment, "/slot/0/reference").is_some_and(|slot| slot.starts_with("Slot/"));
    if is_new && is_taken { found(appointment, Kind::Booking) } else { None }
}

fn of_task(task: &Value) -> Option<Incoming> {
    let kind = if code(task.get("code"), TASK_SYSTEM) == Some("renew") {
        Kind::Renewal
    } else if matches!(code(task.get("code"), SERVICE_SYSTEM), Some("messages" | "consultations")) {
        Kind::Message
    } else {
        return None;
    };
    let owner = Party::of(task.get("owner"));
    let is_ours =
        ["Organization", "HealthcareService", "Practitioner", "PractitionerRole"].iter().any(|kind| owner.is(kind));
    let stage = rules::stage(text(task, "/status")?);
    if !is_ours || !stage.is_open() {
        return None;
    }
    let day = text(task, "/restriction/period/end").and_then(|end| end.get(..10)?.parse().ok());
    Some(Incoming {
        id: name(task)?,
        kind,
        about: text(task, "/focus/reference")?.to_owned(),
        stage,
        promised: day.and_then(rules::end_of_day),
        memo: None,
    })
}
