//! Appointments and Slots.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{Party, text};

/// Identifier of an appointment in these offices' own books.
pub(crate) const BOOK_SYSTEM: &str = "urn:varde-simulator:ehr:appointment";

fn participants(appointment: &Value) -> impl Iterator<Item = Party> {
    let all = appointment.get("participant").and_then(Value::as_array).into_iter().flatten();
    all.map(|participant| Party::of(participant.get("actor")))
}

/// `Patient/id` of the one who comes.
pub(crate) fn patient(appointment: &Value) -> Option<String> {
    participants(appointment).find(|party| party.is("Patient"))?.reference
}

/// Whom they come to.
pub(crate) fn practitioner(appointment: &Value) -> Option<Party> {
    participants(appointment).find(|party| party.is("Practitioner") || party.is("PractitionerRole"))
}

/// Whether we have taken it in.
pub(crate) fn is_in_our_books(appointment: &Value) -> bool {
    let mut identifiers = appointment.get("identifier").and_then(Value::as_array).into_iter().flatten();
    identifiers.any(|identifier| text(identifier, "/system") == Some(BOOK_SYSTEM))
}

fn booked(appointment: &Value) -> Value {
    let mut booked = appointment.clone();
    let value = text(appointment, "/id").unwrap_or_default().to_owned();
    if let Some(members) = booked.as_object_mut() {
        let mark = json!({ "system": BOOK_SYSTEM, "value": value });
        match members.get_mut("identifier").and_then(Value::as_array_mut) {
            Some(identifiers) => identifiers.push(mark),
            None => drop(members.insert("identifier".to_owned(), json!([mark]))),
        }
    }
    booked
}

/// As it stands in the books, with what to bring unless something is said already.
pub(crate) fn confirmed(appointment: &Value, instruction: &str) -> Value {
    let mut confirmed = booked(appointment);
    if let Some(members) = confirmed.as_object_mut() {
        members.entry("patientInstruction").or_insert_with(|| json!(instruction));
    }
    confirmed
}

/// At the time of another slot.
pub(crate) fn moved(appointment: &Value, slot: &Value) -> Option<Value> {
    let mut moved = booked(appointment);
    let (start, end) = period(slot)?;
    let members = moved.as_object_mut()?;
    members.insert("start".to_owned(), slot.get("start")?.clone());
    members.insert("end".to_owned(), slot.get("end")?.clone());
    members.insert("minutesDuration".to_owned(), json!(end.duration_since(start).as_mins()));
    members.insert("slot".to_owned(), json!([{ "reference": super::name(slot)? }]));
    Some(moved)
}

/// A slot with another status.
pub(crate) fn with_status(slot: &Value, status: &str) -> Value {
    let mut slot = slot.clone();
    if let Some(members) = slot.as_object_mut() {
        members.insert("status".to_owned(), json!(status));
    }
    slot
}

fn period(of: &Value) -> Option<(Timestamp, Timestamp)> {
    Some((text(of, "/start")?.parse().ok()?, text(of, "/end")?.parse().ok()?))
}

/// Whether a slot is while one of these appointments is, or cannot be told from them.
pub(crate) fn is_in_the_way(slot: &Value, appointments: &[Value]) -> bool {
    let Some((start, end)) = period(slot) else { return true };
    appointments.iter().filter_map(period).any(|(begins, ends)| begins < end && start < ends)
}
