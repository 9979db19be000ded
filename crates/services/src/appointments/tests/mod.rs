//! Tests of the appointments slice.

mod fhir;
mod pages;
mod rules;

use super::model::{Appointment, FreeSlot, Place, Status};

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
            phone: None,
        }),
        description: Some("Kontroll av migrene".to_owned()),
        comment: None,
        instruction: None,
        slot: "s1".parse().ok(),
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
    }
}
