use serde_json::{Value, json};

use crate::fhir::register::{self, Change};
use crate::fhir::request::{self, Note};
use crate::fhir::{Party, booking, summary};
use crate::rules::earlier::{picked, soonest};
use crate::rules::register::{Places, takes_effect};
use crate::rules::request::{Deed, request as answer, suggestion};

fn now() -> jiff::Timestamp {
    "2026-11-23T09:00:00Z".parse().unwrap()
}

fn office() -> Party {
    Party { reference: Some("Organization/o".to_owned()), display: Some("Torget legesenter".to_owned()) }
}

#[test]
fn a_request_is_answered_by_what_is_asked_and_then_by_luck() {
    for (code, relation, luck, is_yes, words, deed) in [
        ("correction", None, 0, false, "request-not-corrected", Deed::Nothing),
        ("correction", None, 1, true, "request-corrected", Deed::PutRight("correction-title")),
        ("missing-document", None, 4, false, "request-no-document", Deed::Nothing),
        ("missing-document", None, 5, true, "request-document", Deed::Send("document-title", "document-words")),
        ("look-up-question", None, 0, true, "request-look-up-wrong", Deed::Nothing),
        ("look-up-question", None, 2, true, "request-look-up", Deed::Nothing),
        ("access-after-death", Some("child"), 0, true, "request-after-death", Deed::Nothing),
        ("access-after-death", Some("other"), 1, false, "request-not-here", Deed::Nothing),
        ("access-after-death", None, 1, false, "request-not-here", Deed::Nothing),
        ("complaint", None, 1, false, "request-not-here", Deed::Nothing),
    ] {
        let found = answer(code, relation, luck);
        assert_eq!((found.is_yes, found.words, found.deed), (is_yes, words, deed), "{code} {relation:?} {luck}");
    }
}

#[test]
fn a_suggestion_is_done_where_it_can_be() {
    for (wish, item, luck, expected) in [
        ("add", None, 1, Some(Deed::Add)),
        ("add", None, 0, None),
        ("remove", Some("AllergyIntolerance"), 1, Some(Deed::Retract)),
        ("remove", Some("Flag"), 2, Some(Deed::Retract)),
        ("remove", Some("MedicationStatement"), 1, None),
        ("remove", None, 1, None),
        ("change", Some("Condition"), 3, Some(Deed::Note)),
        ("change", Some("Flag"), 3, None),
        ("change", Some("Condition"), 4, None),
        ("", Some("Condition"), 1, None),
    ] {
        let found = suggestion(wish, item, luck);
        assert_eq!(found.is_yes.then_some(found.deed), expected, "{wish} {item:?} {luck}");
    }
}

fn suggested(wish: &str) -> Value {
    let input = |code: &str, member: &str, value: &str| {
        let mut input = json!({ "type": { "coding": [{ "system": "urn:varde:suggestion-input", "code": code }] } });
        input[member] = json!(value);
        input
    };
    json!({
        "resourceType": "Task", "for": { "reference": "Patient/p" }, "requester": { "reference": "Patient/q" },
        "input": [input("words", "valueString", "Jeg tåler fisk."), input("wish", "valueCode", wish)],
    })
}

#[test]
fn what_was_entered_by_mistake_is_neither_active_nor_over() {
    let allergy = json!({ "resourceType": "AllergyIntolerance", "id": "a", "clinicalStatus": {}, "patient": 1 });
    let gone = summary::retracted(&allergy).unwrap();
    assert_eq!(gone["verificationStatus"]["coding"][0]["code"], "entered-in-error");
    assert_eq!((gone.get("clinicalStatus"), &gone["patient"]), (None, &json!(1)));
    let flag = summary::retracted(&json!({ "resourceType": "Flag", "status": "active" })).unwrap();
    assert_eq!(flag["status"], "entered-in-error");
    assert_eq!(summary::retracted(&json!({ "resourceType": "Patient" })), None);
}

#[test]
fn words_are_put_beside_an_item_or_become_one() {
    let task = suggested("change");
    assert_eq!(summary::wish(&task), "change");
    let noted =
        summary::noted(&json!({ "resourceType": "Condition", "note": [{ "text": "x" }] }), &task, now()).unwrap();
    assert_eq!(noted["note"].as_array().unwrap().len(), 2);
    assert_eq!(noted["note"][1]["authorReference"]["reference"], "Patient/q");
    assert_eq!(summary::noted(&json!({ "resourceType": "Flag" }), &task, now()), None);
    let flag = summary::added("f", &task, &office(), now()).unwrap();
    assert_eq!((&flag["code"]["text"], &flag["subject"]), (&json!("Jeg tåler fisk."), &task["for"]));
    assert_eq!(flag["category"][0]["coding"][0]["code"], "critical-condition");
    let mut long = task;
    long["input"][0]["valueString"] = json!("å".repeat(3_000));
    assert_eq!(
        summary::added("f", &long, &office(), now()).unwrap()["code"]["text"].as_str().unwrap().chars().count(),
        500
    );
}

#[test]
fn a_correction_stands_beside_what_was_wrong_for_the_same_eyes() {
    let task = json!({ "resourceType": "Task", "id": "t", "for": { "reference": "Patient/p" } });
    let wrong = json!({
        "resourceType": "DocumentReference", "id": "d",
        "meta": { "versionId": "2", "profile": ["x"], "security": [{ "code": "NORN" }] },
    });
    let note = Note { id: "n", title: "Retting", words: "Høyre kne.", beside: Some(&wrong) };
    let written = request::document(&note, &task, &office(), now()).unwrap();
    assert_eq!(written["relatesTo"][0]["code"], "appends");
    assert_eq!(written["context"]["related"][0]["reference"], "DocumentReference/d");
    assert_eq!(written["meta"], json!({ "security": [{ "code": "NORN" }] }), "labels, and no version or profile");
    assert_eq!(written["content"][0]["attachment"]["data"], "SMO4eXJlIGtuZS4=");
    assert_eq!(written["custodian"]["reference"], "Organization/o");
    let alone = request::document(&Note { beside: None, ..note }, &task, &Party::default(), now()).unwrap();
    assert_eq!((alone.get("relatesTo"), alone.get("context"), alone.get("custodian")), (None, None, None));
    let visit = json!({ "resourceType": "Appointment", "id": "a" });
    let note = Note { id: "n", title: "", words: "", beside: Some(&visit) };
    assert_eq!(request::document(&note, &task, &office(), now()).unwrap().get("relatesTo"), None);
}

#[test]
fn a_wish_for_an_earlier_time_is_read_and_different_times_become_free() {
    let mut wish = json!({
        "resourceType": "Appointment", "id": "w", "status": "waitlist", "supportingInformation": [{ "reference": "Schedule/s" }],
        "extension": [{ "url": "urn:varde:earlier-than", "valueReference": { "reference": "Appointment/a" } },
            { "url": "urn:varde:notice-hours", "valuePositiveInt": 24 }],
        "requestedPeriod": [{ "start": "2026-11-23T09:00:00Z", "end": "2026-12-23T09:00:00Z" }],
    });
    let read = booking::wish(&wish).unwrap();
    assert_eq!((read.schedule.as_str(), read.notice_hours), ("Schedule/s", 24));
    assert_eq!(soonest(now(), 24).to_string(), "2026-11-24T09:30:00Z");
    assert_eq!(booking::earlier_than(&wish), Some("Appointment/a"));
    wish["extension"] = json!([]);
    assert_eq!(booking::wish(&wish), None);
    assert_eq!((picked(0, 7), picked(1, 7), picked(5, 9)), (vec![], vec![0], vec![4, 0]));
}

fn places(capacity: u64, listed: u64, waiting: &[&str]) -> Places {
    Places { capacity, listed, waiting: waiting.iter().map(|ticket| (*ticket).to_owned()).collect() }
}

#[test]
fn a_place_goes_to_the_first_who_waits_and_a_list_never_grows_past_its_places() {
    let first = Some("a".to_owned());
    for (before, gone, later) in [
        (places(10, 10, &["a", "b"]), (places(10, 10, &["b"]), first.clone()), (places(10, 10, &["b"]), first.clone())),
        (places(10, 9, &["a"]), (places(10, 9, &[]), first.clone()), (places(10, 10, &[]), first)),
        (places(10, 10, &[]), (places(10, 9, &[]), None), (places(10, 9, &[]), None)),
        (places(10, 5, &[]), (places(10, 4, &[]), None), (places(10, 5, &[]), None)),
        // Cut: more people than places.
        (places(10, 12, &["a"]), (places(10, 11, &["a"]), None), (places(10, 11, &["a"]), None)),
        (places(0, 0, &["a"]), (places(0, 0, &["a"]), None), (places(0, 0, &["a"]), None)),
    ] {
        assert_eq!(before.clone().one_gone(), gone, "{before:?}");
        assert_eq!(before.clone().a_while_later(), later, "{before:?}");
    }
    assert_eq!(places(1, 1, &["a", "b"]).without("a"), places(1, 1, &["b"]));
    for (today, day) in [("2026-11-22", "2026-12-01"), ("2026-12-31", "2027-01-01"), ("2026-12-01", "2027-01-01")] {
        assert_eq!(takes_effect(today.parse().unwrap()), day.parse().unwrap());
    }
}

#[test]
fn a_list_keeps_what_else_it_says() {
    let list = json!({
        "resourceType": "HealthcareService", "id": "l", "name": "Lise Lie",
        "extension": [{ "url": "other" }, { "url": "urn:varde:gp-list", "extension": [
            { "url": "capacity", "valueUnsignedInt": 2 }, { "url": "listed", "valueUnsignedInt": 2 }, { "url": "waiting", "valueString": "a" }] }],
    });
    assert_eq!(register::places(&list), Some(places(2, 2, &["a"])));
    let after = register::with_places(&list, &places(2, 1, &[])).unwrap();
    assert_eq!(register::places(&after), Some(places(2, 1, &[])));
    assert_eq!((&after["extension"][0]["url"], &after["name"]), (&json!("other"), &list["name"]));
    assert_eq!(register::places(&json!({ "extension": [] })), None);
    assert!(register::is_open(&list) && !register::is_open(&json!({ "active": false })));
}

#[test]
fn a_change_waits_and_is_scheduled_and_the_doctor_is_who_does_not_stand_in() {
    let coded = |system: &str, code: &str| json!({ "coding": [{ "system": system, "code": code }] });
    let task = json!({
        "resourceType": "Task", "id": "t", "status": "requested", "code": coded("urn:varde:task", "change-gp"),
        "businessStatus": coded("urn:varde:gp-change", "waiting"), "identifier": [{ "system": "urn:varde:gp-waiting", "value": "a" }],
        "input": [{ "type": coded("urn:varde:gp-change-input", "from"), "valueReference": { "reference": "HealthcareService/old" } }],
    });
    assert!(register::is_change(&task));
    assert_eq!((register::change(&task), register::ticket(&task)), (Some(Change::Waiting), Some("a")));
    assert_eq!(register::list_before(&task), Some("HealthcareService/old"));
    let day = "2026-12-01".parse().unwrap();
    let placed = register::scheduled(&task, day, now()).unwrap();
    assert_eq!((register::change(&placed), &placed["status"]), (Some(Change::Scheduled(day)), &json!("requested")));
    let role = |doctor: &str, more: Value| {
        let mut role = json!({ "resourceType": "PractitionerRole", "practitioner": { "reference": doctor }, "organization": { "reference": "Organization/o" } });
        role.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        role
    };
    let substitute = role("Practitioner/s", json!({ "period": { "start": "2026-11-01" } }));
    let retired = role("Practitioner/r", json!({ "active": false }));
    let found = register::doctor(&[substitute.clone(), retired, role("Practitioner/d", json!({}))]).unwrap();
    assert_eq!(found[0].reference.as_deref(), Some("Practitioner/d"));
    assert_eq!(register::doctor(&[substitute]), None);
    let patient = register::listed_with(&json!({ "generalPractitioner": [1, 2, 3], "name": 1 }), &found).unwrap();
    assert_eq!(
        patient["generalPractitioner"],
        json!([{ "reference": "Practitioner/d" }, { "reference": "Organization/o" }])
    );
    assert_eq!(patient["name"], 1);
}
