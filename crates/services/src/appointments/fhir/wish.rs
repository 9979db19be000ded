//! A wish for an earlier time, as an Appointment: `waitlist` in the queue, `proposed` while a time is held for the person, `cancelled` when
//! it is over (docs/api.md, "Waiting for an earlier time").

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use varde_base::{PatientId, ResourceId};

use super::super::model::{Appointment, FreeSlot, TimeOffer, Wish};
use super::super::rules::MAX_OFFERED;
use super::terms::with;
use super::{AppointmentJson, Unreadable, instant};
use crate::shared::replaced;

/// The appointment one has and wants an earlier time than; what makes an Appointment a wish.
const EARLIER_THAN: &str = "urn:varde:earlier-than";

/// Who asked.
const ASKED_BY: &str = "urn:varde:asked-by";

/// Hours before its beginning that an offer must come.
const NOTICE: &str = "urn:varde:notice-hours";

/// When an offer goes to the next.
const OFFER_ENDS: &str = "urn:varde:offer-ends";

/// A time that has been offered before.
const OFFERED: &str = "urn:varde:offered";

const KIND: &str = "Appointment";

/// Reads a wish; `None` for an ordinary appointment.
pub(in super::super) fn wish(body: &[u8], version: u64) -> Result<Option<Wish>, Unreadable> {
    let unreadable = Unreadable(KIND);
    let json: AppointmentJson = serde_json::from_slice(body).map_err(|_| unreadable)?;
    let refers = |url, kind: &str| with(&json.extension, url).find_map(|its| its.value_reference.as_ref()?.id_of(kind));
    let Some(appointment) = refers(EARLIER_THAN, "Appointment") else { return Ok(None) };
    let mut actors = json.participant.iter().filter_map(|p| p.actor.as_ref());
    let patient = PatientId::new(actors.find_map(|a| a.id_of("Patient")).ok_or(unreadable)?);
    let hours = with(&json.extension, NOTICE).find_map(|its| its.value_positive_int).unwrap_or_default();
    let ends = with(&json.extension, OFFER_ENDS).find_map(|its| its.value_date_time);
    let slot = json.slot.iter().find_map(|slot| slot.id_of("Slot"));
    let offer = match (json.status.as_str(), slot, json.start, ends) {
        ("proposed", Some(slot), Some(start), Some(ends)) => Some(TimeOffer { slot, start, ends }),
        _ => None,
    };
    let offered = with(&json.extension, OFFERED).filter_map(|its| its.value_reference.as_ref()?.id_of("Slot"));
    Ok(Some(Wish {
        id: json.id.parse().map_err(|_| unreadable)?,
        version,
        by: refers(ASKED_BY, "Patient").map_or_else(|| patient.clone(), PatientId::new),
        patient,
        appointment,
        since: json.created.unwrap_or(Timestamp::UNIX_EPOCH),
        notice: SignedDuration::from_hours(i64::from(hours)),
        is_open: matches!(json.status.as_str(), "waitlist" | "proposed"),
        offer,
        offered: offered.collect(),
    }))
}

/// What the wishes for times of a schedule are found by (`supporting-info`).
pub(in super::super) fn schedule_token(schedule: &ResourceId) -> String {
    format!("Schedule/{schedule}")
}

/// A new wish for an earlier time than `appointment`, whose stored body gives what decides who may know of it.
pub(in super::super) fn new_wish(
    id: &ResourceId,
    appointment: &Appointment,
    (patient, by): (&PatientId, &PatientId),
    (schedule, notice_hours): (&ResourceId, u32),
    stored: &[u8],
    now: Timestamp,
) -> Result<Value, Unreadable> {
    let stored: Value = serde_json::from_slice(stored).map_err(|_| Unreadable(KIND))?;
    let mut resource = json!({
        "resourceType": KIND,
        "id": id.as_str(),
        "status": "waitlist",
        "extension": [
            { "url": EARLIER_THAN, "valueReference": { "reference": format!("Appointment/{}", appointment.id) } },
            { "url": ASKED_BY, "valueReference": { "reference": format!("Patient/{by}") } },
            { "url": NOTICE, "valuePositiveInt": notice_hours },
        ],
        "created": instant(now),
        "supportingInformation": [{ "reference": schedule_token(schedule) }],
        "requestedPeriod": [{ "start": instant(now), "end": instant(appointment.start.unwrap_or(now)) }],
        "participant": [{ "actor": { "reference": format!("Patient/{patient}") }, "status": "accepted" }],
    });
    let copied = ["serviceCategory", "basedOn"].map(|name| (name, stored.get(name)));
    let security = stored.pointer("/meta/security").map(|security| json!({ "security": security }));
    if let Some(members) = resource.as_object_mut() {
        members.extend(copied.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?.clone()))));
        members.extend(security.map(|meta| ("meta".to_owned(), meta)));
    }
    Ok(resource)
}

/// The wish with its extensions but those of an offer.
fn kept(body: &[u8]) -> Result<Vec<Value>, Unreadable> {
    let body: Value = serde_json::from_slice(body).map_err(|_| Unreadable(KIND))?;
    let extensions = body.get("extension").and_then(Value::as_array).cloned().unwrap_or_default();
    Ok(extensions.into_iter().filter(|its| its.get("url").is_none_or(|url| url != OFFER_ENDS)).collect())
}

/// The wish with `slot` offered until `ends`. The slot counts as offered from now on.
pub(in super::super) fn offered_to(body: &[u8], slot: &FreeSlot, ends: Timestamp) -> Result<Vec<u8>, Unreadable> {
    let mut extensions = kept(body)?;
    let is_offered = |its: &Value| its.get("url").is_some_and(|url| url == OFFERED);
    while extensions.iter().filter(|its| is_offered(its)).count() >= MAX_OFFERED {
        let Some(oldest) = extensions.iter().position(is_offered) else { break };
        extensions.remove(oldest);
    }
    let reference = json!({ "reference": format!("Slot/{}", slot.id) });
    extensions.push(json!({ "url": OFFERED, "valueReference": reference }));
    extensions.push(json!({ "url": OFFER_ENDS, "valueDateTime": instant(ends) }));
    replaced(
        body,
        KIND,
        [
            ("status", json!("proposed")),
            ("extension", Value::Array(extensions)),
            ("slot", json!([reference])),
            ("start", json!(instant(slot.start))),
            ("end", json!(instant(slot.end))),
        ],
    )
}

/// The members of an offer, which a wish without one does not have.
const OF_OFFER: [&str; 3] = ["slot", "start", "end"];

/// The wish without an offer, in this status.
fn without_offer(body: &[u8], status: &str) -> Result<Value, Unreadable> {
    let extensions = kept(body)?;
    let mut value: Value = serde_json::from_slice(body).map_err(|_| Unreadable(KIND))?;
    if let Some(members) = value.as_object_mut() {
        for name in OF_OFFER {
            members.remove(name);
        }
        members.insert("status".to_owned(), json!(status));
        members.insert("extension".to_owned(), Value::Array(extensions));
    }
    Ok(value)
}

/// The wish in the queue again, without an offer.
pub(in super::super) fn back_in_queue(body: &[u8]) -> Result<Value, Unreadable> {
    without_offer(body, "waitlist")
}

/// The wish when it is over: met, taken back, or of no use any more.
pub(in super::super) fn ended(body: &[u8]) -> Result<Value, Unreadable> {
    let mut value = without_offer(body, "cancelled")?;
    let system = "http://terminology.hl7.org/CodeSystem/appointment-cancellation-reason";
    if let Some(members) = value.as_object_mut() {
        let reason = json!({ "coding": [{ "system": system, "code": "pat-swl", "display": "Patient: Scheduled from Wait List" }] });
        members.insert("cancelationReason".to_owned(), reason);
    }
    Ok(value)
}
