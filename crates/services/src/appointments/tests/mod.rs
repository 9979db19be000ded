//! Tests of the appointments slice.

mod changed;
mod feed;
mod fhir;
mod household;
mod pages;
mod reminders;
mod rules;
mod waiting;

use serde_json::{Value, json};

use super::model::{Appointment, FreeSlot, Meeting, Place, Provider, Rights, Status};
use super::rules::CHANGE_DEADLINE;

/// A booked appointment on 1 December 2026, 10:00 in Norway.
pub(super) fn appointment() -> Appointment {
    Appointment {
        id: "a1".parse().unwrap(),
        version: 3,
        patient: "p1".parse().ok(),
        status: Status::Booked,
        start: "2026-12-01T09:00:00Z".parse().ok(),
        end: "2026-12-01T09:20:00Z".parse().ok(),
        service: varde_rights::Service::PrimaryAppointments,
        with: vec!["Kari Lege".to_owned()],
        place: Some(Place {
            name: "Torget legesenter".to_owned(),
            address: Some("Torget 1, 0155 Oslo".to_owned()),
            ..Place::default()
        }),
        description: Some("Kontroll av migrene".to_owned()),
        comment: None,
        instruction: None,
        slot: "s1".parse().ok(),
        provider: Provider::Gp,
        meeting: Meeting::Place,
        rights: Rights { cancel: true, change: true, comment: true, short_notice: true, deadline: CHANGE_DEADLINE },
        series: None,
        cancelled_because: None,
        security: Vec::new(),
        no_reminder: false,
        no_notice: false,
    }
}

/// A free time that starts at `start` and lasts twenty minutes.
pub(super) fn slot(start: &str) -> FreeSlot {
    let start: jiff::Timestamp = start.parse().unwrap();
    FreeSlot {
        id: "s2".parse().unwrap(),
        version: 1,
        schedule: "sch".parse().unwrap(),
        start,
        end: start + jiff::SignedDuration::from_mins(20),
        free: true,
        held: false,
    }
}

/// A Slot of the calendar `s`, of twenty minutes from `start`.
pub(super) fn slot_resource(id: &str, start: &str, status: &str) -> Value {
    let slot = slot(start);
    json!({
        "resourceType": "Slot", "id": id, "schedule": {"reference": "Schedule/s"}, "status": status,
        "start": slot.start.to_string(), "end": slot.end.to_string(),
    })
}

/// An Appointment of `patient` at the GP's, in the Slot `slot`.
pub(super) fn booked(id: &str, patient: &str, slot_id: &str, start: &str) -> Value {
    let slot = slot(start);
    json!({
        "resourceType": "Appointment", "id": id, "status": "booked",
        "serviceCategory": [{"coding": [{"system": "http://terminology.hl7.org/CodeSystem/service-category", "code": "17"}]}],
        "start": slot.start.to_string(), "end": slot.end.to_string(),
        "slot": [{"reference": format!("Slot/{slot_id}")}],
        "participant": [{"actor": {"reference": format!("Patient/{patient}")}, "status": "accepted"}],
    })
}
