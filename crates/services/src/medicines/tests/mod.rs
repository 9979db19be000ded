//! Tests of the medicines slice.

mod dose;
mod fhir;
mod pages;
mod rules;

use jiff::civil::date;

use super::dose::Dose;
use super::model::{Dispensing, DispensingState, Prescription, Renewal, RenewalState, Status};

/// A prescription of blood-pressure tablets of 1 March 2026, four times, valid for a year.
pub(super) fn prescription() -> Prescription {
    Prescription {
        id: "rx1".parse().unwrap(),
        name: "Losartan tabletter 50 mg".to_owned(),
        atc: Some("C09CA01".to_owned()),
        group: None,
        dose: Dose::default(),
        reason: None,
        status: Status::Active,
        is_short_course: false,
        written: Some("2026-03-01T13:10:00+01:00".to_owned()),
        valid_until: Some(date(2027, 2, 28)),
        allowed: Some(4),
        amount: None,
        prescriber: None,
        prescriber_id: None,
        replaces: None,
        notes: Vec::new(),
        security: Vec::new(),
    }
}

/// One that was collected on it.
pub(super) fn collected() -> Dispensing {
    Dispensing {
        prescription: "rx1".parse().ok(),
        name: "Losartan tabletter 50 mg".to_owned(),
        atc: Some("C09CA01".to_owned()),
        when: Some("2026-03-02".to_owned()),
        amount: None,
        pharmacy: None,
        state: DispensingState::Collected,
        in_dose_bags: false,
    }
}

/// A renewal of it that was sent on 20 November 2026.
pub(super) fn renewal(state: RenewalState) -> Renewal {
    Renewal {
        id: "t1".parse().unwrap(),
        version: 1,
        prescription: "rx1".parse().unwrap(),
        state,
        reason: None,
        sent: "2026-11-20T09:00:00Z".parse().unwrap(),
        changed: "2026-11-20T09:00:00Z".parse().unwrap(),
        due: Some(date(2026, 11, 27)),
        office: "Skogen legesenter".to_owned(),
        message: None,
    }
}
