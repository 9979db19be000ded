use serde_json::{Value as Json, json};

use super::super::fhir::{comment, file, report};
use super::super::model::{Coded, Flag, Kind, State, Value};
use super::{finding, observation, report as body};
use crate::shared::analysis::Analysis;

fn value(more: Json) -> Value {
    let mut resource = observation("o", "1-1", 1.0, more);
    resource["valueQuantity"].take();
    let members = resource.as_object_mut().unwrap();
    members.retain(|_, value| !value.is_null());
    finding(&resource).value
}

#[test]
fn every_form_of_value_is_read() {
    let words = |words: &str| Value::Words(words.to_owned());
    let quantity = json!({"value": 4.10, "unit": "ug/L", "comparator": "<"});
    let Value::Quantity(read) = finding(&json!({"status": "final", "code": {}, "valueQuantity": quantity})).value
    else {
        panic!("no quantity")
    };
    assert_eq!((read.comparator.as_deref(), read.unit.as_str(), read.digits.as_str()), (Some("<"), "µg/L", "4.1"));
    for (more, expected) in [
        (json!({"valueString": "Klar"}), words("Klar")),
        (json!({"valueCodeableConcept": {"text": "Escherichia coli"}}), words("Escherichia coli")),
        (json!({"valueCodeableConcept": {"coding": [{"code": "260415000"}]}}), Value::Coded(Coded::NotFound)),
        (
            json!({"valueCodeableConcept": {"coding": [{"code": "10828004", "display": "x"}]}}),
            Value::Coded(Coded::Found),
        ),
        (json!({"valueBoolean": true}), Value::YesNo(true)),
        (json!({"valueDateTime": "2026-11"}), Value::When("2026-11".to_owned())),
        (
            json!({"dataAbsentReason": {"text": "Prøven var ødelagt"}}),
            Value::Missing(Some("Prøven var ødelagt".to_owned())),
        ),
        (json!({}), Value::Missing(None)),
        (json!({"valueSampledData": {"dimensions": 1}}), Value::Missing(None)),
    ] {
        assert_eq!(value(more.clone()), expected, "{more}");
    }
}

#[test]
fn a_decimal_keeps_the_digits_the_source_gave() {
    let bytes =
        br#"{"resourceType":"Observation","status":"final","code":{},"valueQuantity":{"value":4.10,"unit":"%"}}"#;
    let Value::Quantity(read) = super::super::fhir::finding(bytes).unwrap().value else { panic!("no quantity") };
    assert_eq!(read.digits, "4.10");
}

#[test]
fn interpretation_codes_are_those_of_hl7() {
    for (code, expected) in [
        ("N", Some(Flag::Within)),
        ("H", Some(Flag::High)),
        ("HH", Some(Flag::VeryHigh)),
        ("L", Some(Flag::Low)),
        ("LL", Some(Flag::VeryLow)),
        ("A", Some(Flag::Abnormal)),
        ("AA", Some(Flag::VeryAbnormal)),
        ("R", Some(Flag::Resistant)),
        ("POS", Some(Flag::Found)),
        ("never heard of", None),
    ] {
        let read = finding(&observation("o", "1-1", 1.0, json!({"interpretation": [{"coding": [{"code": code}]}]})));
        assert_eq!(read.flag, expected, "{code}");
    }
}

#[test]
fn an_analysis_is_known_by_loinc_and_by_the_norwegian_code_and_keeps_its_code() {
    let by_loinc = finding(&observation("o", "718-7", 14.0, json!({})));
    assert_eq!(by_loinc.name.analysis, Some(Analysis::Hemoglobin));
    assert_eq!(by_loinc.name.code.as_deref(), Some("http://loinc.org|718-7"));
    let nlk = json!({"code": {"coding": [{"system": "urn:oid:2.16.578.1.12.4.1.1.7280", "code": "NPU19748"}]}});
    let by_npu = finding(&observation("o", "x", 1.0, nlk));
    assert_eq!(by_npu.name.analysis, Some(Analysis::Crp));
    let unknown = finding(&observation("o", "x", 1.0, json!({"code": {"coding": [{"code": "718-7"}]}})));
    assert_eq!((unknown.name.analysis, unknown.name.source.as_deref()), (None, Some("718-7")), "no system, no meaning");
}

#[test]
fn a_report_is_read_with_its_kind_and_state() {
    let read = |more: Json| report(body("r", &["o1"], more).to_string().as_bytes(), None).unwrap();
    let plain = read(json!({}));
    assert_eq!((plain.kind, plain.state, plain.members.len()), (Kind::Laboratory, State::Final, 1));
    let categories = |codes: &[&str]| json!({"category": codes.iter().map(|c| json!({"coding": [{"code": c}]})).collect::<Vec<_>>()});
    for (codes, kind) in [
        (vec!["LAB", "MB"], Kind::Microbiology),
        (vec!["RAD"], Kind::Imaging),
        (vec!["PAT"], Kind::Pathology),
        (vec!["MBIO"], Kind::Microbiology),
        (vec!["zzz"], Kind::Other),
        (vec![], Kind::Other),
    ] {
        assert_eq!(read(categories(&codes)).kind, kind, "{codes:?}");
    }
    for (status, state) in [
        ("corrected", State::Corrected),
        ("amended", State::Amended),
        ("appended", State::Amended),
        ("cancelled", State::Cancelled),
        ("entered-in-error", State::Withdrawn),
        ("unknown", State::Preliminary),
    ] {
        assert_eq!(read(json!({"status": status})).state, state, "{status}");
    }
}

#[test]
fn the_requester_is_the_one_of_the_requisition_where_that_may_be_seen() {
    let body = body("r", &[], json!({})).to_string();
    let requisition = json!({"requester": {"reference": "Practitioner/x", "display": "Kari Lege"}}).to_string();
    let name = |requisition: Option<&[u8]>| report(body.as_bytes(), requisition).unwrap().asked_by.unwrap().name;
    assert_eq!(name(Some(requisition.as_bytes())), "Kari Lege");
    assert_eq!(name(None), "Ole Lie");
}

#[test]
fn strange_resources_leave_gaps_and_never_fail() {
    let bare = json!({"resourceType": "DiagnosticReport", "id": "r", "status": "final", "code": {}});
    let read = report(bare.to_string().as_bytes(), None).unwrap();
    assert!(read.title.is_none() && read.taken.is_none() && read.members.is_empty());
    let strange = json!({
        "resourceType": "DiagnosticReport", "id": "r", "status": "final", "code": {"text": "  "},
        "result": [{"reference": "Observation?identifier=x|y"}, {"reference": "#o"}, {"display": "only words"}],
        "contained": [{"resourceType": "Observation", "id": "o", "status": "final", "code": {"text": "Inni"}}, {"resourceType": "Specimen", "id": "s"}],
        "presentedForm": [{"contentType": "text/html", "url": "http://x.test/a"}],
        "conclusion": " ",
    });
    let read = report(strange.to_string().as_bytes(), None).unwrap();
    assert!(read.title.is_none() && read.conclusion.is_none() && read.members.is_empty(), "{read:?}");
    assert_eq!(read.contained.len(), 1);
    assert!(!read.attachments[0].is_here && file(strange.to_string().as_bytes(), 0).is_none());
    assert!(report(b"[]", None).is_err());
    assert!(super::super::fhir::finding(br#"{"resourceType":"Specimen"}"#).is_err());
}

#[test]
fn a_comment_is_a_communication_of_this_service_about_a_report() {
    let of = |system: &str, code: &str| {
        let body = json!({
            "status": "completed", "category": [{"coding": [{"system": system, "code": code}]}],
            "about": [{"reference": "DiagnosticReport/r"}], "sender": {"display": "Ole Lie"}, "sent": "2026-11-02T09:00:00Z",
            "payload": [{"contentString": "Fint svar."}],
        });
        comment(body.to_string().as_bytes())
    };
    let read = of("urn:varde:service", "results").unwrap();
    assert_eq!((read.about.as_str(), read.words.as_str(), read.by.as_deref()), ("r", "Fint svar.", Some("Ole Lie")));
    assert_eq!(of("urn:varde:service", "messages"), None);
    assert_eq!(of("urn:other", "results"), None);
    assert_eq!(comment(b"{"), None);
}
