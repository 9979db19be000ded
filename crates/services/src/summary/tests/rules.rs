use serde_json::{Value, json};
use varde_fhir::ResourceType;

use super::super::model::{Kind, Part, State, Suggestion, Wish};
use super::super::rules::{self, FieldError, MAX_OPEN, MAX_WORDS, belongs, draft};
use super::super::{fhir, names};
use super::{flag, found, nuts, resource};

#[test]
fn of_an_item_one_may_want_a_change_or_that_it_goes_and_without_one_that_something_is_added() {
    let long = "a".repeat(MAX_WORDS + 1);
    for (wish, words, has_item, expected) in [
        ("change", " Det er peanøtter ", true, Ok((Wish::Change, "Det er peanøtter".to_owned()))),
        ("remove", "x", true, Ok((Wish::Remove, "x".to_owned()))),
        ("", "Pacemaker", false, Ok((Wish::Add, "Pacemaker".to_owned()))),
        ("remove", "Pacemaker", false, Ok((Wish::Add, "Pacemaker".to_owned()))),
        ("add", "x", true, Err(vec![FieldError::Wish])),
        ("", " ", true, Err(vec![FieldError::Wish, FieldError::Words])),
        ("change", &long, true, Err(vec![FieldError::Words])),
    ] {
        assert_eq!(draft(wish, words, has_item), expected, "{wish} {has_item}");
    }
}

#[test]
fn only_what_waits_takes_room() {
    let one = |state| Suggestion {
        id: "s".parse().unwrap(),
        version: 1,
        wish: Wish::Add,
        item: None,
        words: String::new(),
        state,
        answer: None,
        office: String::new(),
        sent: jiff::Timestamp::UNIX_EPOCH,
        due: None,
    };
    let waiting = vec![one(State::Received); MAX_OPEN - 1];
    assert!(rules::has_room(&waiting));
    assert!(!rules::has_room(&[waiting.clone(), vec![one(State::Sent)]].concat()));
    assert!(rules::has_room(&[waiting, vec![one(State::Done), one(State::Withdrawn), one(State::Refused)]].concat()));
}

#[test]
fn what_threatens_life_stands_first_and_what_is_over_does_not_stand_there() {
    let bodies = [
        nuts("mild", json!({"criticality": "low"})),
        nuts("grave", json!({})),
        nuts("over", json!({"clinicalStatus": {"coding": [{"code": "resolved"}]}})),
    ];
    let items: Vec<_> = bodies.iter().filter_map(|body| fhir::item(&found(body)).unwrap()).collect();
    let ids: Vec<&str> = rules::of_kind(&items, Kind::Allergy).iter().map(|item| item.id.as_str()).collect();
    assert_eq!(ids, ["grave", "mild"]);
}

#[test]
fn a_part_holds_what_is_true_and_holds_now() {
    let status = |code: &str| json!({"coding": [{"code": code}]});
    let surgical = json!({"coding": [{"system": "http://snomed.info/sct", "code": "387713003"}]});
    for (part, kind, more, expected) in [
        (Part::Problems, "Condition", json!({}), true),
        (Part::Problems, "Condition", json!({"clinicalStatus": status("active")}), true),
        (Part::Problems, "Condition", json!({"clinicalStatus": status("resolved")}), false),
        (Part::Problems, "Condition", json!({"verificationStatus": status("refuted")}), false),
        (Part::Allergies, "AllergyIntolerance", json!({"verificationStatus": status("entered-in-error")}), false),
        (Part::Medications, "MedicationStatement", json!({"status": "active"}), true),
        (Part::Medications, "MedicationStatement", json!({"status": "stopped"}), false),
        (Part::Medications, "MedicationRequest", json!({"status": "active"}), true),
        (Part::Medications, "MedicationRequest", json!({"status": "completed"}), false),
        (Part::Medications, "MedicationRequest", json!({"status": "active", "doNotPerform": true}), false),
        (Part::Immunizations, "Immunization", json!({"status": "not-done"}), false),
        (Part::Procedures, "Procedure", json!({"status": "completed"}), false),
        (Part::Procedures, "Procedure", json!({"status": "completed", "category": surgical}), true),
        (Part::Devices, "Device", json!({"status": "inactive"}), false),
        (Part::Alerts, "Flag", json!({"status": "active"}), false),
    ] {
        let body = resource(kind, "x", more);
        assert_eq!(belongs(part, ResourceType::from_name(kind).unwrap(), &body), expected, "{body}");
    }
    let alert = flag("f", "critical-anaesthesia", "Trang luftvei");
    assert!(belongs(Part::Alerts, ResourceType::FLAG, &alert) && !belongs(Part::Problems, ResourceType::FLAG, &alert));
}

#[test]
fn a_medicine_stands_once() {
    let named = |kind: &str, id: &str, code: &str, text: &str| {
        let coding = json!({"system": "http://www.whocc.no/atc", "code": code});
        let codes: Vec<Value> = if code.is_empty() { vec![] } else { vec![coding] };
        found(&resource(
            kind,
            id,
            json!({"status": "active", "medicationCodeableConcept": {"coding": codes, "text": text}}),
        ))
    };
    let statements = [named("MedicationStatement", "s", "C09CA01", "Losartan")];
    let requests = vec![
        named("MedicationRequest", "same", "C09CA01", "Losartan 50 mg"),
        named("MedicationRequest", "other", "C08CA01", "Amlodipin"),
        named("MedicationRequest", "again", "C08CA01", "Amlodipin 5 mg"),
        named("MedicationRequest", "no-code", "", "Te"),
    ];
    let alone = rules::prescriptions_alone(&statements, requests);
    assert_eq!(alone.iter().map(|found| found.id.as_str()).collect::<Vec<_>>(), ["other", "no-code"]);
}

#[test]
fn plain_names_are_by_code_and_a_dialysis_machine_is_no_implant() {
    let sct = "http://snomed.info/sct";
    assert_eq!(names::known(sct, "419474003"), Some(names::Known::Mould));
    assert_eq!(names::known("urn:other", "419474003"), None);
    assert_eq!(names::known("urn:other", "no-known-allergies"), None);
    assert!(names::is_implant(names::known(sct, "706004007").unwrap()));
    let device = |code: &str, words: &str| {
        let kind = json!({"coding": [{"system": sct, "code": code}], "text": words});
        fhir::item(&found(&resource("Device", "d", json!({"status": "active", "type": kind})))).unwrap()
    };
    assert_eq!(device("706004007", "x").unwrap().kind, Kind::Implant);
    assert_eq!(device("1", "Implantable thing").unwrap().kind, Kind::Implant);
    assert_eq!(device("36965003", "Hemodialysis machine, device (physical object)"), None);
}

fn laboratory(id: &str, code: &str, more: serde_json::Value) -> serde_json::Value {
    let mut body = resource(
        "Observation",
        id,
        json!({"status": "final", "effectiveDateTime": "2026-11-20", "code": {"coding": [{"system": "http://loinc.org", "code": code}], "text": code},
            "category": [{"coding": [{"system": rules::LABORATORY.0, "code": rules::LABORATORY.1}]}],
            "valueQuantity": {"value": 14.2, "unit": "g/dL"}}),
    );
    for (member, value) in more.as_object().unwrap() {
        body[member] = value.clone();
    }
    body
}

#[test]
fn a_result_is_an_answer_of_a_laboratory_with_a_name_a_day_and_a_value() {
    let is_in = |more| rules::belongs(Part::Results, ResourceType::OBSERVATION, &laboratory("o", "718-7", more));
    assert!(is_in(json!({})));
    let value = json!({"valueQuantity": {"value": 1}});
    assert!(is_in(json!({"valueQuantity": null, "component": [value]})));
    for more in [
        json!({"status": "preliminary"}),
        json!({"status": "entered-in-error"}),
        json!({"effectiveDateTime": null}),
        json!({"valueQuantity": null}),
        json!({"code": {"coding": [{"code": "718-7"}]}}),
        json!({"category": [{"coding": [{"code": "vital-signs"}]}]}),
    ] {
        assert!(!is_in(more.clone()), "{more}");
    }
}

#[test]
fn of_each_analysis_the_newest_stands_and_no_more_than_fit() {
    let one = |id: &str, code: &str| found(&laboratory(id, code, json!({})));
    let kept = rules::one_of_each(vec![one("new", "718-7"), one("crp", "1988-5"), one("old", "718-7")]);
    assert_eq!(kept.iter().map(|found| found.id.as_str()).collect::<Vec<_>>(), ["new", "crp"]);
    let many = (0..100).map(|number| one(&format!("o{number}"), &format!("{number}-1"))).collect();
    let mut many = rules::one_of_each(many);
    assert!(rules::cut(&mut many, rules::most(ResourceType::OBSERVATION)), "something is left out");
    assert_eq!(many.len(), rules::MAX_RESULTS);
    assert!(!rules::cut(&mut many, rules::MAX_RESULTS), "all of them fit");
}

#[test]
fn a_report_stands_by_its_conclusion_and_one_with_a_large_file_is_left_out() {
    let of = |more: serde_json::Value| {
        let mut body = resource(
            "DiagnosticReport",
            "r",
            json!({"status": "final", "effectiveDateTime": "2026-11-20", "code": {"text": "Røntgen av lungene"},
                "conclusion": "Vanlige forhold."}),
        );
        for (member, value) in more.as_object().unwrap() {
            body[member] = value.clone();
        }
        body
    };
    let is_in = |more| rules::belongs(Part::Results, ResourceType::DIAGNOSTIC_REPORT, &of(more));
    assert!(is_in(json!({})));
    for more in [
        json!({"status": "preliminary"}),
        json!({"conclusion": null}),
        json!({"effectiveDateTime": null}),
        json!({"code": {}}),
        json!({"category": [{"coding": [{"system": "http://loinc.org", "code": "34117-2"}]}]}),
    ] {
        assert!(!is_in(more.clone()), "{more}");
    }
    let large = json!({"presentedForm": [{"data": "A".repeat(80_000)}]});
    let mut reports = vec![found(&of(json!({}))), found(&of(large))];
    assert!(rules::cut(&mut reports, rules::MAX_REPORTS) && reports.len() == 1);
}
