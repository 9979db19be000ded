use jiff::civil::{Weekday, date};
use serde_json::json;
use varde_base::PatientId;

use super::super::fhir::{self, Ask};
use super::super::model::{Offer, State};
use super::{list, stored_list};
use crate::shared::role;
use crate::shared::testing::NOW;

fn bytes(value: &serde_json::Value) -> Vec<u8> {
    value.to_string().into_bytes()
}

#[test]
fn a_list_goes_round_and_keeps_what_is_not_ours() {
    let stored = stored_list("other", "Lise Lie, Torget legesenter", 9, &["t1", "t2"]);
    let mut read = fhir::gp_list(&bytes(&stored), 4).unwrap().unwrap();
    assert_eq!((read.capacity, read.listed, read.version), (10, 9, 4));
    assert_eq!(read.waiting, ["t1", "t2"]);
    assert_eq!(read.place.as_deref(), Some("Oslo"));
    read.listed = 10;
    read.waiting.remove(0);
    let written = fhir::with_places(&bytes(&stored), &read).unwrap();
    assert_eq!(fhir::gp_list(&written, 4).unwrap().unwrap(), read);
    assert!(String::from_utf8(written).unwrap().contains("kept"));
}

#[test]
fn a_service_that_is_no_list_or_has_no_numbers_is_none() {
    for strange in [
        json!({ "resourceType": "HealthcareService", "id": "x" }),
        json!({ "resourceType": "HealthcareService", "id": "x", "type": [{ "coding": [{ "system": "urn:varde:service-type", "code": "gp-list" }] }] }),
        json!({ "resourceType": "HealthcareService", "id": "x", "extension": [{ "url": "urn:varde:gp-list", "extension": [] }] }),
    ] {
        assert_eq!(fhir::gp_list(&bytes(&strange), 1).unwrap(), None, "{strange}");
    }
    assert!(fhir::gp_list(b"1", 1).is_err());
}

#[test]
fn a_change_is_written_and_read_back() {
    let (patient, by): (PatientId, PatientId) = ("emma".parse().unwrap(), "kari".parse().unwrap());
    let (to, old) = (list(9, &[]), "mine".parse().unwrap());
    for (starts, state) in [(Some(date(2026, 12, 1)), State::Scheduled), (None, State::Waiting)] {
        let from = (Some(&old), Some("Per Berg"));
        let returns = starts.is_some();
        let ask = Ask { patient: &patient, by: &by, to: &to, from, starts, ticket: "t9", returns };
        let task = fhir::new_task(&"c9".parse().unwrap(), &ask, NOW.parse().unwrap());
        let read = fhir::change(&bytes(&task), 1).unwrap().unwrap();
        assert_eq!((read.state, read.starts, read.ticket.as_deref()), (state, starts, Some("t9")));
        assert_eq!((read.to.unwrap().as_str(), read.from_name.as_deref()), ("other", Some("Per Berg")));
        assert_eq!(read.from.as_ref(), Some(&old));
        assert_eq!((read.counts, read.moved), (!returns, returns), "who comes back changes by moving");
        assert_eq!(fhir::concerned(&bytes(&task)).unwrap(), (by.clone(), patient.clone()));
        let withdrawn = fhir::withdrawn(&bytes(&task), NOW.parse().unwrap()).unwrap();
        assert_eq!(fhir::change(&withdrawn, 2).unwrap().unwrap().state, State::Withdrawn);
    }
}

#[test]
fn the_answers_of_a_register_are_read() {
    let task = |status: &str, more: serde_json::Value| {
        let mut task = json!({
            "resourceType": "Task", "id": "c1", "status": status, "intent": "order", "authoredOn": "2026-11-21T09:00:00Z",
            "code": { "coding": [{ "system": "urn:varde:task", "code": "change-gp" }] },
        });
        task.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        fhir::change(&bytes(&task), 1).unwrap()
    };
    let business =
        |code: &str| json!({ "businessStatus": { "coding": [{ "system": "urn:varde:gp-change", "code": code }] } });
    for (status, more, expected) in [
        ("requested", business("waiting"), Some(State::Waiting)),
        ("accepted", business("scheduled"), Some(State::Scheduled)),
        ("requested", json!({}), Some(State::Scheduled)),
        ("completed", business("waiting"), Some(State::Done)),
        ("rejected", json!({}), Some(State::Refused)),
        ("failed", json!({}), Some(State::Refused)),
        ("cancelled", business("scheduled"), Some(State::Withdrawn)),
        ("entered-in-error", json!({}), None),
    ] {
        assert_eq!(task(status, more.clone()).map(|change| change.state), expected, "{status} {more}");
    }
    let by_the_doctor =
        json!({ "reasonCode": { "coding": [{ "system": "urn:varde:gp-change-reason", "code": "gp-left" }] } });
    assert!(!task("completed", by_the_doctor).unwrap().counts);
    let renewal = json!({ "resourceType": "Task", "id": "r", "status": "requested", "code": { "coding": [{ "system": "urn:varde:task", "code": "renew" }] } });
    assert_eq!(fhir::change(&bytes(&renewal), 1).unwrap(), None);
}

#[test]
fn the_offices_own_information_is_read_and_strange_parts_are_left_out() {
    let service = json!({ "resourceType": "HealthcareService", "id": "office",
        "telecom": [{ "system": "phone", "value": "+4719000000" }, { "system": "url", "value": "javascript:alert(1)" }],
        "characteristic": [{ "coding": [{ "system": "urn:varde:offer", "code": "contact" }] },
            { "coding": [{ "system": "urn:varde:offer", "code": "unknown" }] }],
        "availableTime": [{ "daysOfWeek": ["mon", "tue", "someday"], "availableStartTime": "08:00:00", "availableEndTime": "15:30:00" },
            { "daysOfWeek": ["sun"] }],
        "notAvailable": [{ "description": "Ferie", "during": { "start": "2026-11-20", "end": "2026-11-28" } },
            { "description": "Senere", "during": { "start": "2027-01-01" } }] });
    let body = json!({ "resourceType": "PractitionerRole", "id": "r", "healthcareService": [{ "reference": "HealthcareService/office" }] });
    let today = date(2026, 11, 21);
    let role = role(&bytes(&body), today).unwrap();
    let found = varde_store::Found {
        resource_type: varde_fhir::ResourceType::HEALTHCARE_SERVICE,
        id: "office".parse().unwrap(),
        version: 1,
        body: bytes(&service).into(),
        updated: NOW.parse().unwrap(),
        deleted: false,
        decision: varde_rights::Decision::allow(varde_rights::RuleId::NO_RULE),
    };
    let practice = fhir::practice(&role, &[found], today);
    assert_eq!(practice.phone.as_deref(), Some("+4719000000"));
    assert_eq!(practice.website, None, "only pages that are safe to open");
    assert_eq!(practice.offers, [Offer::Contact]);
    assert_eq!(practice.hours.len(), 1);
    assert_eq!(practice.hours.first().unwrap().days, [Weekday::Monday, Weekday::Tuesday]);
    let closed = practice.closed.unwrap();
    assert_eq!((closed.until, closed.why.as_deref()), (Some(date(2026, 11, 28)), Some("Ferie")));
}

#[test]
fn an_answer_of_the_register_is_told_to_the_one_who_asked_and_no_answer_is_not() {
    let (patient, by): (PatientId, PatientId) = ("emma".parse().unwrap(), "kari".parse().unwrap());
    let (to, now) = (list(10, &["t9"]), NOW.parse().unwrap());
    let ask =
        Ask { patient: &patient, by: &by, to: &to, from: (None, None), starts: None, ticket: "t9", returns: false };
    let before = fhir::new_task(&"c9".parse().unwrap(), &ask, now);
    let told = |members: serde_json::Value, service| {
        let mut after = before.clone();
        after.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
        super::super::answered(service, &bytes(&before), &bytes(&after), now).map(|(_, message)| message)
    };
    let scheduled = json!({ "executionPeriod": { "start": "2027-01-01" },
        "businessStatus": { "coding": [{ "system": "urn:varde:gp-change", "code": "scheduled" }] } });
    for (members, kind) in [
        (scheduled.clone(), Some("gp-change-scheduled")),
        (json!({ "status": "completed" }), Some("gp-change-done")),
        (json!({ "status": "rejected" }), Some("gp-change-refused")),
        (json!({ "status": "received" }), None),
        (json!({ "lastModified": "2026-11-22T09:00:00Z" }), None),
    ] {
        let message = told(members.clone(), varde_rights::Service::GpChoice);
        assert_eq!(message.as_ref().map(|message| message.kind.as_str()), kind, "{members}");
        if let Some(message) = message {
            assert_eq!(message.subject, Some(by.clone()));
            assert!(!message.payload.contains("Lise"), "no content: {}", message.payload);
        }
    }
    assert!(told(scheduled, varde_rights::Service::Medicines).is_none());
}

#[test]
fn a_d_number_is_known_by_its_system_or_its_day() {
    let of = |numbers: &[(&str, &str)]| {
        let numbers = numbers
            .iter()
            .map(|(last, value)| json!({ "system": format!("urn:oid:2.16.578.1.12.4.1.4.{last}"), "value": value }));
        fhir::has_d_number(&bytes(&json!({ "identifier": numbers.collect::<Vec<_>>() })))
    };
    for (numbers, expected) in [
        (&[("2", "41858012345")][..], true),
        (&[("1", "71858012345")], true),
        (&[("2", "01858012345")], true),
        (&[("1", "01858012345")], false),
        (&[("1", "01858012345"), ("2", "41858012345")], false), // has got a number of the register since
        (&[("3", "41858012345")], false),                       // another kind of number
        (&[], false),
    ] {
        assert_eq!(of(numbers), expected, "{numbers:?}");
    }
    assert!(!fhir::has_d_number(b"1"));
}
