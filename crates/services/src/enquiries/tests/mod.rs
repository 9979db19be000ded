mod fhir;
mod pages;
mod rules;

use varde_base::ResourceId;

use super::model::{Asked, Holder, Kind, Request, State};

/// A correction that was sent on 21 November and shall be answered within 30 days.
fn request(state: State) -> Request {
    Request {
        id: "r1".parse::<ResourceId>().unwrap(),
        version: 1,
        kind: Kind::Correction,
        state,
        item: Some("Appointment/a1".to_owned()),
        entry: None,
        about: None,
        asked: Asked::default(),
        holder: Holder::Operator,
        sent: "2026-11-21T09:00:00Z".parse().unwrap(),
        deadline: Some("2026-12-21".parse().unwrap()),
        reason: None,
        answers: Vec::new(),
    }
}
