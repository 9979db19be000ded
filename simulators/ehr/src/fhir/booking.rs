//! Appointments and Slots.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{Party, text};

/// Identifier of an appointment in these offices' own books.
pub(crate) const BOOK_SYSTEM: &str = "urn:varde-simulator:ehr:appointment";

/// Who called an appointment off (Volven 7621).
const CANCELLATION: &str = "urn:oid:2.16.578.1.12.4.1.1.7621";

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

/// As called off by the practice.
pub(crate) fn called_off(appointment: &Value) -> Value {
    let mut called_off = booked(appointment);
    if let Some(members) = called_off.as_object_mut() {
        let reason = json!({ "system": CANCELLATION, "code": "AAT", "display": "Avlyst av tjeneste" });
        members.insert("status".to_owned(), json!("cancelled"));
        members.insert("cancelationReason".to_owned(), json!({ "coding": [reason] }));
    }
    called_off
}

/// A wish for an earlier time than one has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wish {
    /// `Schedule/id` of the calendar.
    pub(crate) schedule: String,
    /// When the appointment one has begins.
    pub(crate) before: Timestamp,
    /// So many hours before it begins an offer must come.
    pub(crate) notice_hours: u32,
}

fn extension<'v>(appointment: &'v Value, url: &str) -> Option<&'v Value> {
    appointment.get("extension")?.as_array()?.iter().find(|its| text(its, "/url") == Some(url))
}

/// `Appointment/id` of the appointment one has, if this is a wish for an earlier one.
pub(crate) fn earlier_than(appointment: &Value) -> Option<&str> {
    text(extension(appointment, "urn:varde:earlier-than")?, "/valueReference/reference")
}

/// What is wished, if this is a wish.
pub(crate) fn wish(appointment: &Value) -> Option<Wish> {
    earlier_than(appointment)?;
    let hours = extension(appointment, "urn:varde:notice-hours").and_then(|its| its.get("valuePositiveInt")?.as_u64());
    Some(Wish {
        schedule: text(appointment, "/supportingInformation/0/reference")?.to_owned(),
        before: text(appointment, "/requestedPeriod/0/end")?.parse().ok()?,
        notice_hours: u32::try_from(hours.unwrap_or(0)).ok()?,
    })
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
