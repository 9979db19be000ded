//! FHIR R4 Appointment, Slot, Schedule, Encounter, Practitioner and Location, to and from what the slice works with.
//!
//! Unknown members of a resource are never lost: a change replaces single top-level members and keeps all others byte for byte.

mod around;
mod response;
mod terms;
mod wish;

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Deserialize;
use serde_json::{Value, json};
use varde_base::{PatientId, ResourceId};
use varde_rights::{Labels, Service};

pub(super) use around::{
    ListedWith, is_taken, listed_with, location_of_schedule, place, practitioner_name, practitioner_of_role, slot,
    visit,
};
pub(super) use response::{Answer, Outcome, Responded, answered, new_response, responded};
pub(super) use wish::{back_in_queue, ended, new_wish, offered_to, schedule_token, wish};

use super::model::{Appointment, CancelReason, FreeSlot, Gp, Place, Status};
pub(super) use crate::shared::Unreadable;
use crate::shared::json::{CodingJson, ConceptJson, ReferenceJson};
use crate::shared::replaced;
use terms::ExtensionJson;

/// R4 valueset-service-category, and its code of general practice.
pub(super) const SERVICE_CATEGORY: &str = "http://terminology.hl7.org/CodeSystem/service-category";
const GENERAL_PRACTICE: &str = "17";

#[derive(Deserialize)]
struct ParticipantJson {
    actor: Option<ReferenceJson>,
}

#[derive(Default, Deserialize)]
struct MetaJson {
    #[serde(default)]
    security: Vec<Value>,
    #[serde(default)]
    tag: Vec<CodingJson>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AppointmentJson {
    id: String,
    status: String,
    #[serde(default)]
    meta: MetaJson,
    #[serde(default)]
    contained: Vec<Value>,
    #[serde(default)]
    extension: Vec<ExtensionJson>,
    #[serde(default)]
    service_type: Vec<ConceptJson>,
    cancelation_reason: Option<ConceptJson>,
    created: Option<Timestamp>,
    start: Option<Timestamp>,
    end: Option<Timestamp>,
    description: Option<String>,
    comment: Option<String>,
    patient_instruction: Option<String>,
    #[serde(default)]
    service_category: Vec<ConceptJson>,
    #[serde(default)]
    slot: Vec<ReferenceJson>,
    #[serde(default)]
    participant: Vec<ParticipantJson>,
}

/// When a booked appointment begins, from its outline.
pub(super) fn booked_start(body: &[u8]) -> Option<Timestamp> {
    let outline: AppointmentJson = serde_json::from_slice(body).ok()?;
    outline.start.filter(|_| outline.status == "booked")
}

/// Names and places that were fetched along with appointments (`_include=Appointment:actor`).
#[derive(Debug, Default)]
pub(super) struct Names {
    people: BTreeMap<String, String>,
    places: BTreeMap<String, Place>,
}

impl Names {
    /// Takes in an included resource; types that are no name or place are passed over.
    pub(super) fn add(&mut self, resource_type: &str, id: &ResourceId, body: &[u8]) {
        match resource_type {
            "Practitioner" => {
                if let Some(name) = practitioner_name(body) {
                    self.people.insert(id.to_string(), name);
                }
            }
            "Location" => {
                if let Some(place) = place(body) {
                    self.places.insert(id.to_string(), place);
                }
            }
            _ => {}
        }
    }
}

/// Reads an Appointment; `version` is the one the store gave with it.
pub(super) fn appointment(body: &[u8], version: u64, names: &Names) -> Result<Appointment, Unreadable> {
    let unreadable = Unreadable("Appointment");
    let json: AppointmentJson = serde_json::from_slice(body).map_err(|_| unreadable)?;
    let actors = || json.participant.iter().filter_map(|p| p.actor.as_ref());
    let with = actors().filter_map(|a| {
        let id = a.id_of("Practitioner").or_else(|| a.id_of("PractitionerRole"))?;
        names.people.get(id.as_str()).cloned().or_else(|| a.display.clone())
    });
    let place = actors().find_map(|a| {
        if let Some(place) = a.reference.as_deref().and_then(|its| around::contained(&json.contained, its)) {
            return Some(place);
        }
        let id = a.id_of("Location")?;
        let display = || a.display.clone().map(|name| Place { name, ..Place::default() });
        names.places.get(id.as_str()).cloned().or_else(display)
    });
    let with = with.collect();
    let patient = actors().find_map(|a| a.id_of("Patient")).map(PatientId::new);
    let service = service_of_codes(&json.service_category, patient.clone());
    Ok(Appointment {
        id: json.id.parse().map_err(|_| unreadable)?,
        version,
        patient,
        status: status(&json.status).ok_or(unreadable)?,
        start: json.start,
        end: json.end,
        service,
        with,
        provider: terms::provider(&json.service_category, &json.service_type),
        meeting: terms::meeting(&json.extension, place.as_ref()),
        rights: terms::rights(&json.extension, &json.contained),
        series: terms::series(&json.extension),
        cancelled_because: json.cancelation_reason.and_then(|reason| reason.text),
        security: json.meta.security,
        no_reminder: terms::no_reminder(&json.meta.tag),
        no_notice: terms::no_notice(&json.meta.tag),
        place,
        description: json.description,
        comment: json.comment,
        instruction: json.patient_instruction,
        slot: json.slot.iter().find_map(|s| s.id_of("Slot")),
    })
}

fn status(code: &str) -> Option<Status> {
    Some(match code {
        "proposed" | "waitlist" => Status::Proposed,
        "pending" => Status::Pending,
        "booked" => Status::Booked,
        "arrived" | "checked-in" => Status::Arrived,
        "fulfilled" => Status::Fulfilled,
        "cancelled" => Status::Cancelled,
        "noshow" => Status::NoShow,
        "entered-in-error" => Status::EnteredInError,
        _ => return None,
    })
}

/// A new Appointment as FHIR, for a person who takes `slot` with their GP.
pub(super) fn new_appointment(
    id: &ResourceId,
    patient: &PatientId,
    gp: &Gp,
    slot: &FreeSlot,
    reason: &str,
    now: Timestamp,
) -> Value {
    let accepted = |actor: Value| json!({ "actor": actor, "status": "accepted" });
    let mut participant = vec![
        accepted(json!({ "reference": format!("Patient/{patient}") })),
        accepted(json!({ "reference": format!("Practitioner/{}", gp.practitioner), "display": gp.name })),
    ];
    if let Some((location, place)) = &gp.place {
        participant.push(accepted(json!({ "reference": format!("Location/{location}"), "display": place.name })));
    }
    let minutes = slot.end.duration_since(slot.start).as_mins();
    let mut resource = json!({
        "resourceType": "Appointment",
        "id": id.as_str(),
        "status": "booked",
        "serviceCategory": [{ "coding": [{ "system": SERVICE_CATEGORY, "code": GENERAL_PRACTICE,
            "display": "General Practice" }] }],
        "appointmentType": { "coding": [{ "system": "http://terminology.hl7.org/CodeSystem/v2-0276", "code": "ROUTINE" }] },
        "start": instant(slot.start),
        "end": instant(slot.end),
        "minutesDuration": minutes,
        "slot": [{ "reference": format!("Slot/{}", slot.id) }],
        "created": instant(now),
        "participant": participant,
    });
    if let (false, Some(object)) = (reason.is_empty(), resource.as_object_mut()) {
        object.insert("comment".to_owned(), Value::from(reason));
    }
    resource
}

/// The members that change when an appointment moves to another free time.
pub(super) fn moved(body: &[u8], slot: &FreeSlot) -> Result<Vec<u8>, Unreadable> {
    let minutes = slot.end.duration_since(slot.start).as_mins();
    replaced(
        body,
        "Appointment",
        [
            ("start", json!(instant(slot.start))),
            ("end", json!(instant(slot.end))),
            ("minutesDuration", json!(minutes)),
            ("slot", json!([{ "reference": format!("Slot/{}", slot.id) }])),
        ],
    )
}

/// The members that change when a citizen calls an appointment off. Two codes: whose doing it is (Volven 7621 `AAI` the citizen's, `APVAI`
/// that of one who acts for the citizen; in specialist care 8445 `2`, the patient does not want the help), and why (HL7).
pub(super) fn cancelled(
    body: &[u8],
    reason: CancelReason,
    comment: &str,
    on_behalf: bool,
    is_specialist: bool,
) -> Result<Vec<u8>, Unreadable> {
    let why = match reason {
        CancelReason::NotSaid | CancelReason::Time => "pat",
        CancelReason::Better => "pat-fb",
        CancelReason::Transport => "pat-lt",
        CancelReason::Elsewhere => "pat-mv",
    };
    let whose = match (is_specialist, on_behalf) {
        (true, _) => json!({ "system": "urn:oid:2.16.578.1.12.4.1.1.8445", "code": "2" }),
        (false, false) => json!({ "system": "urn:oid:2.16.578.1.12.4.1.1.7621", "code": "AAI" }),
        (false, true) => json!({ "system": "urn:oid:2.16.578.1.12.4.1.1.7621", "code": "APVAI" }),
    };
    let why = json!({ "system": "http://terminology.hl7.org/CodeSystem/appointment-cancellation-reason", "code": why });
    let mut concept = json!({ "coding": [whose, why] });
    if let (false, Some(object)) = (comment.is_empty(), concept.as_object_mut()) {
        object.insert("text".to_owned(), Value::from(comment));
    }
    replaced(body, "Appointment", [("status", json!("cancelled")), ("cancelationReason", concept)])
}

/// The member that changes when the citizen writes to the clinic.
pub(super) fn commented(body: &[u8], comment: &str) -> Result<Vec<u8>, Unreadable> {
    replaced(body, "Appointment", [("comment", Value::from(comment))])
}

/// A Slot with another status.
pub(super) fn slot_with_status(body: &[u8], status: &str) -> Result<Vec<u8>, Unreadable> {
    replaced(body, "Slot", [("status", json!(status))])
}

/// The labels of a stored appointment of `patient`, as the store has them, for a decision about somebody else than the one who asks.
pub(super) fn labels(body: &[u8], patient: &PatientId) -> Labels {
    #[derive(Default, Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Labelled {
        #[serde(default)]
        meta: MetaJson,
        #[serde(default)]
        service_category: Vec<ConceptJson>,
        #[serde(default)]
        based_on: Vec<ReferenceJson>,
    }
    let its: Labelled = serde_json::from_slice(body).unwrap_or_default();
    let text = |value: &Value, name: &str| value.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let security: Vec<_> = its.meta.security.iter().map(|one| (text(one, "system"), text(one, "code"))).collect();
    let security = security.iter().map(|(system, code)| (system.as_str(), code.as_str()));
    let codes = its.service_category.iter().flat_map(|c| &c.coding).filter_map(|c| c.code.as_deref());
    let referral = its.based_on.iter().find_map(|reference| reference.id_of("ServiceRequest"));
    let labels = varde_rights::label("Appointment", Some(patient.clone()), security, codes);
    labels.of_referral(referral.map(|id| id.as_str().into()))
}

fn service_of_codes(categories: &[ConceptJson], patient: Option<PatientId>) -> Service {
    let codes = categories.iter().flat_map(|c| &c.coding).filter_map(|c| c.code.as_deref());
    varde_rights::label("Appointment", patient, std::iter::empty(), codes).service
}

/// The security labels of a stored resource, for what is told of it.
pub(super) fn security(body: &[u8]) -> Vec<Value> {
    #[derive(Default, Deserialize)]
    struct Labelled {
        #[serde(default)]
        meta: MetaJson,
    }
    serde_json::from_slice::<Labelled>(body).unwrap_or_default().meta.security
}

/// FHIR instant in UTC, to the second.
pub(super) fn instant(timestamp: Timestamp) -> String {
    timestamp.to_zoned(TimeZone::UTC).strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}
