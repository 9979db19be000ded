//! FHIR R4 Appointment, Slot, Schedule, Encounter, Practitioner and Location, to and from what the slice works with.
//!
//! Unknown members of a resource are never lost: a change replaces single top-level members and keeps all others byte for byte.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Deserialize;
use serde_json::{Value, json};
use varde_base::{PatientId, ResourceId};
use varde_rights::Service;

use super::model::{Appointment, FreeSlot, Gp, Place, Status, Visit};
pub(super) use crate::shared::Unreadable;
use crate::shared::replaced;

#[derive(Deserialize)]
struct ReferenceJson {
    reference: Option<String>,
    display: Option<String>,
}

impl ReferenceJson {
    /// The id when the reference points at a resource of `kind` that lives here.
    fn id_of(&self, kind: &str) -> Option<ResourceId> {
        self.reference.as_deref()?.strip_prefix(kind)?.strip_prefix('/')?.split('/').next()?.parse().ok()
    }
}

#[derive(Deserialize)]
struct CodingJson {
    code: Option<String>,
    display: Option<String>,
}

#[derive(Deserialize)]
struct ConceptJson {
    #[serde(default)]
    coding: Vec<CodingJson>,
    text: Option<String>,
}

impl ConceptJson {
    /// The words of the source: the text, else the first display.
    fn words(&self) -> Option<String> {
        self.text.clone().or_else(|| self.coding.iter().find_map(|c| c.display.clone()))
    }
}

#[derive(Deserialize)]
struct ParticipantJson {
    actor: Option<ReferenceJson>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AppointmentJson {
    id: String,
    status: String,
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
        let id = a.id_of("Location")?;
        let display = || a.display.clone().map(|name| Place { name, ..Place::default() });
        names.places.get(id.as_str()).cloned().or_else(display)
    });
    let specialist = json.service_category.iter().flat_map(|c| &c.coding).filter_map(|c| c.code.as_deref());
    Ok(Appointment {
        id: json.id.parse().map_err(|_| unreadable)?,
        version,
        patient: actors().find_map(|a| a.id_of("Patient")).map(PatientId::new),
        status: status(&json.status).ok_or(unreadable)?,
        start: json.start,
        end: json.end,
        service: if specialist.into_iter().any(|code| matches!(code, "27" | "30")) {
            Service::SpecialistAppointments
        } else {
            Service::PrimaryAppointments
        },
        with: with.collect(),
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

#[derive(Deserialize)]
struct SlotJson {
    id: String,
    schedule: ReferenceJson,
    status: String,
    start: Timestamp,
    end: Timestamp,
}

/// Reads a Slot.
pub(super) fn slot(body: &[u8], version: u64) -> Result<FreeSlot, Unreadable> {
    let unreadable = Unreadable("Slot");
    let json: SlotJson = serde_json::from_slice(body).map_err(|_| unreadable)?;
    Ok(FreeSlot {
        id: json.id.parse().map_err(|_| unreadable)?,
        version,
        schedule: json.schedule.id_of("Schedule").ok_or(unreadable)?,
        start: json.start,
        end: json.end,
        free: json.status == "free",
    })
}

#[derive(Deserialize)]
struct PeriodJson {
    start: Option<Timestamp>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct EncounterJson {
    status: String,
    period: Option<PeriodJson>,
    #[serde(default, rename = "type")]
    kind: Vec<ConceptJson>,
    service_provider: Option<ReferenceJson>,
    #[serde(default)]
    appointment: Vec<ReferenceJson>,
}

/// Reads an Encounter that took place; `None` for one without a beginning, called off or entered in error.
pub(super) fn visit(body: &[u8]) -> Result<Option<Visit>, Unreadable> {
    let json: EncounterJson = serde_json::from_slice(body).map_err(|_| Unreadable("Encounter"))?;
    if matches!(json.status.as_str(), "cancelled" | "entered-in-error" | "planned") {
        return Ok(None);
    }
    Ok(json.period.and_then(|p| p.start).map(|start| Visit {
        start,
        what: json.kind.iter().find_map(ConceptJson::words),
        at: json.service_provider.and_then(|p| p.display),
        appointment: json.appointment.iter().find_map(|a| a.id_of("Appointment")),
    }))
}

#[derive(Deserialize)]
struct NameJson {
    text: Option<String>,
    family: Option<String>,
    #[serde(default)]
    given: Vec<String>,
}

#[derive(Deserialize)]
struct NamedJson {
    #[serde(default)]
    name: Vec<NameJson>,
}

/// The name of a practitioner as shown.
pub(super) fn practitioner_name(body: &[u8]) -> Option<String> {
    let json: NamedJson = serde_json::from_slice(body).ok()?;
    let name = json.name.into_iter().next()?;
    let parts = || name.given.iter().chain(&name.family).cloned().collect::<Vec<_>>().join(" ");
    name.text.clone().or_else(|| Some(parts()).filter(|whole| !whole.is_empty()))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AddressJson {
    #[serde(default)]
    line: Vec<String>,
    postal_code: Option<String>,
    city: Option<String>,
}

#[derive(Deserialize)]
struct ContactJson {
    system: Option<String>,
    value: Option<String>,
}

#[derive(Deserialize)]
struct LocationJson {
    name: Option<String>,
    address: Option<AddressJson>,
    #[serde(default)]
    telecom: Vec<ContactJson>,
}

/// Reads a Location; `None` for one without a name.
pub(super) fn place(body: &[u8]) -> Option<Place> {
    let json: LocationJson = serde_json::from_slice(body).ok()?;
    let address = json.address.map(|a| {
        let town = [a.postal_code, a.city].into_iter().flatten().collect::<Vec<_>>().join(" ");
        a.line.into_iter().chain(Some(town)).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
    });
    let phone = json.telecom.into_iter().find(|t| t.system.as_deref() == Some("phone")).and_then(|t| t.value);
    Some(Place { name: json.name?, address: address.filter(|a| !a.is_empty()), phone })
}

/// Ids that a resource's member points at, for following a GP from the patient to the calendar.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct LinksJson {
    #[serde(default)]
    general_practitioner: Vec<ReferenceJson>,
    #[serde(default)]
    actor: Vec<ReferenceJson>,
    practitioner: Option<ReferenceJson>,
}

/// The GP a Patient is listed with: the Practitioner, or the PractitionerRole to look it up by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum ListedWith {
    /// The practitioner.
    Practitioner(ResourceId),
    /// A role, whose practitioner is still to be read.
    Role(ResourceId),
}

/// Reads whom a Patient is listed with.
pub(super) fn listed_with(patient: &[u8]) -> Option<ListedWith> {
    let json: LinksJson = serde_json::from_slice(patient).ok()?;
    json.general_practitioner.iter().find_map(|reference| {
        let practitioner = reference.id_of("Practitioner").map(ListedWith::Practitioner);
        practitioner.or_else(|| reference.id_of("PractitionerRole").map(ListedWith::Role))
    })
}

/// The practitioner a PractitionerRole speaks of.
pub(super) fn practitioner_of_role(role: &[u8]) -> Option<ResourceId> {
    let json: LinksJson = serde_json::from_slice(role).ok()?;
    json.practitioner?.id_of("Practitioner")
}

/// The Location a Schedule belongs to, if it names one.
pub(super) fn location_of_schedule(schedule: &[u8]) -> Option<ResourceId> {
    let json: LinksJson = serde_json::from_slice(schedule).ok()?;
    json.actor.iter().find_map(|actor| actor.id_of("Location"))
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

/// The members that change when the citizen calls an appointment off. The reason code is Volven 7621 `AAI`, called off by the
/// citizen (domain.md section 2.1).
pub(super) fn cancelled(body: &[u8]) -> Result<Vec<u8>, Unreadable> {
    let reason = json!({ "coding": [{ "system": "urn:oid:2.16.578.1.12.4.1.1.7621", "code": "AAI" }] });
    replaced(body, "Appointment", [("status", json!("cancelled")), ("cancelationReason", reason)])
}

/// A Slot with another status.
pub(super) fn slot_with_status(body: &[u8], status: &str) -> Result<Vec<u8>, Unreadable> {
    replaced(body, "Slot", [("status", json!(status))])
}

/// FHIR instant in UTC, to the second.
fn instant(timestamp: Timestamp) -> String {
    timestamp.to_zoned(TimeZone::UTC).strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}
