use jiff::civil::date;
use serde_json::{Value, json};
use varde_rights::Areas;

use super::super::fhir::{given, new_consent, person, with_status};
use super::super::model::{Kind, Status};
use super::super::rules::Wish;

fn bytes(value: &Value) -> Vec<u8> {
    serde_json::to_vec(value).unwrap()
}

#[test]
fn what_is_written_reads_back_as_what_was_given() {
    let now = "2026-11-21T09:00:00Z".parse().unwrap();
    let (id, kari, per) = ("c1".parse().unwrap(), "kari".parse().unwrap(), "per".parse().unwrap());
    for (kind, areas, collects_once, until) in [
        (Kind::Proxy, Areas::RECORD.with(Areas::PHARMACY), false, None),
        (Kind::Proxy, Areas::RECORD.with(Areas::PHARMACY), true, None),
        (Kind::NextOfKin, Areas::TIMES, false, Some(date(2027, 11, 21))),
    ] {
        let wish = Wish { kind, areas, collects_once, until };
        let written = bytes(&new_consent(&id, &kari, (&per, "Per"), &wish, Status::Proposed, now));
        let read = given(&written, 7).unwrap().unwrap();
        assert_eq!((read.kind, read.areas, read.until, read.version), (kind, areas, until, 7));
        assert_eq!((read.giver, read.receiver, read.status), (kari.clone(), Some(per.clone()), Status::Proposed));
        assert_eq!(read.collects_once, collects_once);
        assert_eq!(read.from, Some(date(2026, 11, 21)));
        let ended = given(&with_status(&written, Status::Inactive).unwrap(), 8).unwrap().unwrap();
        assert_eq!((ended.status, ended.areas), (Status::Inactive, areas));
    }
}

#[test]
fn strange_consents_are_refused_and_not_guessed_at() {
    let consent = |period: Value| {
        bytes(&json!({"id": "c", "status": "active", "patient": {"reference": "Patient/kari"},
            "category": [{"coding": [{"system": "urn:oid:2.16.578.1.12.4.1.1.7611", "code": "FU"}]}],
            "provision": {"period": period, "actor": [{"reference": {"identifier": {"value": "1"}, "display": "Per"}}]}}))
    };
    let read = given(&consent(json!({"end": "2026-11-21T23:30:00Z"})), 1).unwrap().unwrap();
    assert_eq!(read.until, Some(date(2026, 11, 22)), "a moment counts as the day in Norway");
    assert_eq!((read.receiver, read.receiver_name.as_str()), (None, "Per"));
    assert!(given(&consent(json!({"end": "2026"})), 1).is_err(), "an end that is no day is not no end");
    let no_patient = json!({"id": "c", "status": "active", "category": [{"coding": [{"code": "FU"}]}]});
    assert!(given(&bytes(&no_patient), 1).is_err());
    let other = json!({"id": "c", "status": "active", "patient": {"reference": "Patient/kari"},
        "category": [{"coding": [{"system": "urn:varde:consent", "code": "platform"}]}]});
    assert_eq!(given(&bytes(&other), 1).unwrap(), None);
    assert!(given(b"[]", 1).is_err());
}

#[test]
fn a_person_is_read_with_protection_and_death() {
    let read = |value: Value| person(&bytes(&value)).unwrap();
    let plain = read(json!({"id": "p", "birthDate": "1980-01-02", "name": [{"family": "Lie", "given": ["Per"]}]}));
    assert_eq!((plain.name.as_str(), plain.families.as_slice()), ("Per Lie", ["Lie".to_owned()].as_slice()));
    assert!(!plain.protected && !plain.deceased && plain.born == Some(date(1980, 1, 2)));
    let security = |system: &str, code: &str| {
        read(json!({"id": "p", "meta": {"security": [{"system": system, "code": code}]}})).protected
    };
    assert!(security("http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "V"));
    assert!(!security("http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "N"));
    assert!(security("urn:varde:address-protection", "7"));
    assert!(read(json!({"id": "p", "deceasedDateTime": "2026-01-01"})).deceased);
}
