//! Tests of the GP slice.

mod fhir;
mod pages;
mod race;
mod rules;

use serde_json::{Value, json};

use super::model::{Change, GpList, State};

/// A list with 10 places, of which `listed` are taken.
pub(super) fn list(listed: u32, waiting: &[&str]) -> GpList {
    GpList {
        id: "other".parse().unwrap(),
        version: 1,
        name: "Lise Lie, Torget legesenter".to_owned(),
        place: None,
        is_active: true,
        capacity: 10,
        listed,
        waiting: waiting.iter().map(|ticket| (*ticket).to_owned()).collect(),
    }
}

/// A change to that list, asked for on 21 November 2026.
pub(super) fn change(state: State, starts: Option<&str>) -> Change {
    Change {
        id: "c1".parse().unwrap(),
        version: 1,
        state,
        to: "other".parse().ok(),
        to_name: "Lise Lie".to_owned(),
        from: None,
        from_name: None,
        moved: false,
        starts: starts.map(|day| day.parse().unwrap()),
        asked: "2026-11-21T09:00:00Z".parse().unwrap(),
        changed: "2026-11-21T09:00:00Z".parse().unwrap(),
        reason: None,
        counts: true,
        ticket: Some("t1".to_owned()),
    }
}

/// A HealthcareService that is a list with 10 places.
pub(super) fn stored_list(id: &str, name: &str, listed: u32, waiting: &[&str]) -> Value {
    let tickets = waiting.iter().map(|ticket| json!({ "url": "waiting", "valueString": ticket }));
    let places: Vec<Value> =
        [json!({ "url": "capacity", "valueUnsignedInt": 10 }), json!({ "url": "listed", "valueUnsignedInt": listed })]
            .into_iter()
            .chain(tickets)
            .collect();
    json!({
        "resourceType": "HealthcareService", "id": id, "active": true, "name": name,
        "type": [{ "coding": [{ "system": "urn:varde:service-type", "code": "gp-list" }] }],
        "location": [{ "reference": "Location/torget", "display": "Oslo" }],
        "extension": [{ "url": "urn:other", "valueString": "kept" }, { "url": "urn:varde:gp-list", "extension": places }],
    })
}
