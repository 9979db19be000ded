//! Tests of the sharing slice.

mod collected;
mod fhir;
mod pages;
mod registration;
mod rules;
mod settings;
mod stop;
mod youth;

use jiff::civil::date;
use varde_rights::Areas;

use super::model::{Given, Kind, Person, Status};

/// Kari's proxy to Per, accepted, for the record, until 1 December 2026.
pub(super) fn given() -> Given {
    Given {
        id: "c1".parse().unwrap(),
        version: 1,
        kind: Kind::Proxy,
        status: Status::Active,
        giver: "kari".parse().unwrap(),
        receiver: "per".parse().ok(),
        receiver_name: "Per Nordmann".to_owned(),
        areas: Areas::RECORD,
        collects_once: false,
        from: Some(date(2026, 11, 1)),
        until: Some(date(2026, 12, 1)),
        registered: None,
    }
}

/// Per, who is 18 on 21 November 2026.
pub(super) fn per() -> Person {
    Person {
        patient: "per".parse().unwrap(),
        name: "Per Nordmann".to_owned(),
        families: vec!["Nordmann".to_owned()],
        born: Some(date(2008, 11, 21)),
        protected: false,
        deceased: false,
    }
}
