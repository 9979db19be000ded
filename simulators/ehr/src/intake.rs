//! What of all that comes in is for these offices.

use serde_json::Value;

use crate::fhir::{
    Party, SERVICE_SYSTEM, TASK_SYSTEM, booking, code, name, referral, register, request, summary, text,
};
use crate::model::{Incoming, Kind, Seat, Stage};
use crate::rules;

/// The Tasks of the offices looked for, as a search has them.
pub(crate) const TASK_CODES: &str = "urn:varde:task%7Crenew,urn:varde:service%7Cmessages,urn:varde:service%7Cconsultations,\
urn:varde:service%7Csummary-record,urn:varde:request%7Ccorrection,urn:varde:request%7Cmissing-document,\
urn:varde:request%7Clook-up-question,urn:varde:request%7Caccess-after-death";

/// What a notification of a Subscription brings (a Bundle whose first entry is the status).
pub(crate) fn of_notification(bundle: &Value) -> Vec<Incoming> {
    let entries = bundle.get("entry").and_then(Value::as_array).into_iter().flatten();
    entries.filter_map(|entry| of_resource(entry.get("resource")?)).collect()
}

/// What a resource asks of these offices; `None` when nothing, or nothing more.
pub(crate) fn of_resource(resource: &Value) -> Option<Incoming> {
    match text(resource, "/resourceType")? {
        "Task" => of_task(resource),
        "Appointment" => of_appointment(resource),
        "ServiceRequest" => referral::waits(resource).then(|| found(resource, Kind::Referral))?,
        _ => None,
    }
}

fn found(resource: &Value, kind: Kind) -> Option<Incoming> {
    let id = name(resource)?;
    Some(Incoming { about: id.clone(), id, kind, stage: Stage::New, promised: None, memo: None })
}

/// A time a citizen has taken in the portal has a slot, and is in nobody's books. A wish for an earlier time is no time: it waits in a queue
/// (`waitlist`), and is the platform's while something is offered (`proposed`).
fn of_appointment(appointment: &Value) -> Option<Incoming> {
    if let Some(than) = booking::earlier_than(appointment) {
        let waits = text(appointment, "/status") == Some("waitlist");
        return waits
            .then(|| found(appointment, Kind::Earlier))
            .flatten()
            .map(|found| Incoming { about: than.to_owned(), ..found });
    }
    let is_new = text(appointment, "/status") == Some("booked") && appointment.get("identifier").is_none();
    let is_taken = text(appointment, "/slot/0/reference").is_some_and(|slot| slot.starts_with("Slot/"));
    if is_new && is_taken { found(appointment, Kind::Booking) } else { None }
}

fn kind_of_task(task: &Value) -> Option<Kind> {
    if register::is_change(task) {
        Some(Kind::GpChange)
    } else if code(task.get("code"), TASK_SYSTEM) == Some("renew") {
        Some(Kind::Renewal)
    } else if summary::is_suggestion(task) {
        Some(Kind::Suggestion)
    } else if request::code_of(task).is_some_and(|code| rules::request::REQUESTS.contains(&code)) {
        Some(Kind::Request)
    } else {
        matches!(code(task.get("code"), SERVICE_SYSTEM), Some("messages" | "consultations")).then_some(Kind::Message)
    }
}

/// Whether somebody at an office is to answer, and not a citizen, the platform or an authority.
fn is_of_an_office(task: &Value) -> bool {
    let owner = Party::of(task.get("owner"));
    ["Organization", "HealthcareService", "Practitioner", "PractitionerRole"].iter().any(|kind| owner.is(kind))
}

fn of_task(task: &Value) -> Option<Incoming> {
    let (kind, id) = (kind_of_task(task)?, name(task)?);
    let stage = rules::stage(text(task, "/status")?);
    if !stage.is_open() || (kind.seat() == Seat::Offices && !is_of_an_office(task)) {
        return None;
    }
    let about = match (text(task, "/focus/reference"), kind) {
        (Some(focus), _) => focus.to_owned(),
        // What is missing is about nothing that is there.
        (None, Kind::Suggestion | Kind::Request) => id.clone(),
        (None, _) => return None,
    };
    let day = text(task, "/restriction/period/end").and_then(|end| end.get(..10)?.parse().ok());
    Some(Incoming { id, kind, about, stage, promised: day.and_then(rules::end_of_day), memo: None })
}
