use jiff::Timestamp;
use serde_json::{Value, json};
use varde_base::{PatientId, ResourceId};
use varde_fhir::json::Limits;
use varde_fhir::{Parsed, compartment_patient};
use varde_rights::Service;

use crate::enquiries::fhir::{
    Addressed, message, new_task, of_organizations_in, organization_in, persons, request, statement, time_of,
};
use crate::enquiries::model::{Draft, Holder, Kind, State};
use crate::enquiries::{Answered, answered};

fn now() -> Timestamp {
    "2026-11-21T09:00:00Z".parse().unwrap()
}

fn kari() -> PatientId {
    "kari".parse().unwrap()
}

fn id() -> ResourceId {
    "r1".parse().unwrap()
}

/// The Task as the portal writes it.
fn task(holder: &Holder) -> Value {
    let by: PatientId = "per".parse().unwrap();
    let deadline = Some("2026-12-21".parse().unwrap());
    let to = Addressed { patient: &kari(), by: &by, holder, deadline };
    let draft = Draft {
        kind: Kind::Correction,
        item: Some("Appointment/a1".to_owned()),
        entry: Some(7),
        about: None,
        wrong: "left".to_owned(),
        right: "right".to_owned(),
        deceased: None,
    };
    new_task(&id(), to, &draft, now())
}

fn with(members: Value) -> Vec<u8> {
    let mut body = task(&Holder::Operator);
    for (name, value) in members.as_object().unwrap() {
        body[name] = value.clone();
    }
    body.to_string().into_bytes()
}

#[test]
fn what_is_written_is_valid_fhir_and_read_again_as_it_was() {
    let organization = Holder::Organization("o1".parse().unwrap(), "Sykehuset".to_owned());
    for holder in [organization, Holder::Operator, Holder::CountyGovernor, Holder::Other("Noen".to_owned())] {
        let body = task(&holder).to_string();
        let parsed = Parsed::parse(body.as_bytes(), &Limits::default()).unwrap();
        assert_eq!(compartment_patient(&parsed), Some(kari()), "it is the patient's");
        let read = request(body.as_bytes(), 3).unwrap().unwrap();
        assert_eq!((read.holder, read.version, read.state), (holder, 3, State::Sent));
        assert_eq!((read.item.as_deref(), read.entry), (Some("Appointment/a1"), Some(7)));
        assert_eq!(read.deadline.unwrap().to_string(), "2026-12-21");
        let (by, about) = persons(body.as_bytes()).unwrap().unwrap();
        assert_eq!((by.as_str(), about.as_str()), ("per", "kari"));
    }
    let words = statement(&id(), &kari(), &kari(), Some("Appointment/a1"), "It was the right one.", now()).to_string();
    assert!(Parsed::parse(words.as_bytes(), &Limits::default()).is_ok(), "{words}");
}

#[test]
fn every_status_of_a_task_is_a_state_in_plain_words() {
    for (status, state) in [
        ("requested", State::Sent),
        ("draft", State::Sent),
        ("ready", State::Sent),
        ("received", State::Received),
        ("accepted", State::Received),
        ("in-progress", State::LookedAt),
        ("on-hold", State::LookedAt),
        ("completed", State::Granted),
        ("rejected", State::Refused),
        ("failed", State::Refused),
        ("cancelled", State::Withdrawn),
    ] {
        assert_eq!(request(&with(json!({ "status": status })), 1).unwrap().unwrap().state, state, "{status}");
    }
    assert_eq!(request(&with(json!({ "status": "entered-in-error" })), 1), Ok(None));
    let other = with(json!({ "code": { "coding": [{ "system": "urn:other", "code": "correction" }] } }));
    assert_eq!(request(&other, 1), Ok(None), "a Task of somebody else's code system is none of ours");
    assert!(request(b"[", 1).is_err());
    assert!(request(&with(json!({ "authoredOn": "yesterday" })), 1).is_err());
}

#[test]
fn an_answer_is_read_in_the_words_of_who_answered() {
    let read = request(
        &with(json!({
            "status": "rejected",
            "statusReason": { "text": "The note says what was seen." },
            "output": [{ "type": { "text": "answer" }, "valueString": "Ask the ward." }, { "type": { "text": "x" }, "valueBoolean": true }],
        })),
        1,
    );
    let read = read.unwrap().unwrap();
    assert_eq!(read.reason.as_deref(), Some("The note says what was seen."));
    assert_eq!(read.answers, ["Ask the ward."]);
}

#[test]
fn an_answer_is_told_once_and_what_changes_nothing_is_not_told() {
    let told = |before: Value, after: Value| answered(&id(), Service::Requests, &with(before), &with(after), now());
    let kind = |told: Option<Answered>| told.map(|told| told.message.kind);
    let status = |status: &str| json!({ "status": status });
    assert_eq!(kind(told(status("requested"), status("received"))).as_deref(), Some("request-received"));
    assert_eq!(kind(told(status("received"), status("accepted"))), None, "the same in plain words");
    assert_eq!(kind(told(status("in-progress"), status("rejected"))).as_deref(), Some("request-refused"));
    let explained = json!({ "status": "rejected", "statusReason": { "text": "Because." } });
    assert_eq!(kind(told(status("rejected"), explained)).as_deref(), Some("request-changed"));
    assert_eq!(kind(told(status("requested"), json!({ "priority": "urgent" }))), None);
    let elsewhere = answered(&id(), Service::OtherHealth, &with(status("requested")), &with(status("received")), now());
    assert!(elsewhere.is_none());
    let told = told(status("requested"), status("completed")).unwrap();
    assert_eq!(told.message.subject.unwrap().as_str(), "per", "who asked gets the message");
    assert!(!told.message.payload.contains("left"), "nothing of what was asked: {}", told.message.payload);
}

#[test]
fn messages_are_told_from_events_without_words() {
    let body = json!({ "sent": "2026-11-21T09:00:00Z", "sender": { "reference": "Organization/o1" },
        "payload": [{ "contentString": "We need" }, { "contentString": "more time." }] });
    let read = message(body.to_string().as_bytes()).unwrap().unwrap();
    assert_eq!((read.text.as_str(), read.is_own, read.is_statement), ("We need\nmore time.", false, false));
    assert_eq!(message(br#"{"sent":"2026-11-21T09:00:00Z"}"#), Ok(None));
    assert!(message(b"{").is_err());
}

#[test]
fn who_keeps_an_item_is_the_first_organisation_it_names() {
    let body = json!({ "participant": [{ "actor": { "reference": "Patient/kari" } }],
        "identifier": [{ "assigner": { "reference": "Organization/o2" } }] });
    assert_eq!(organization_in(body.to_string().as_bytes()).unwrap().as_str(), "o2");
    assert_eq!(organization_in(b"{}"), None);
    let booked = json!({ "participant": [{ "actor": { "reference": "Patient/kari" } },
        { "actor": { "reference": "Location/l1" } }, { "actor": { "reference": "PractitionerRole/r1" } }] });
    let named = of_organizations_in(booked.to_string().as_bytes());
    let named: Vec<String> = named.iter().map(|(resource_type, id)| format!("{resource_type}/{id}")).collect();
    assert_eq!(named, ["Location/l1", "PractitionerRole/r1"]);
    assert!(of_organizations_in(b"{").is_empty());
    assert_eq!(time_of(br#"{"period":{"start":"2026-01"}}"#).as_deref(), Some("2026-01"));
}
