use jiff::civil::{Date, date};
use serde_json::{Value, json};
use varde_rights::Service;

use super::super::model::Status;
use super::fhir::{New, practitioner_name, setting};
use super::model::{Covers, HprNumber, Limit, Setting, What};
use super::rules::{FieldError, MAX_IN_FORCE, chosen, has_more, in_force, may_block, may_lift, to_add};

const TODAY: Date = date(2026, 11, 21);

fn block(covers: Covers) -> Setting {
    Setting {
        id: "b1".parse().unwrap(),
        version: 1,
        patient: "kari".parse().unwrap(),
        what: What::Block,
        covers,
        status: Status::Active,
        start: Some("2026-11-01".to_owned()),
        end: None,
        decided: Some("2026-11-01T10:00:00Z".to_owned()),
        changed: None,
    }
}

fn services(of: &[Service]) -> Covers {
    Covers::Services(of.to_vec())
}

fn codes(of: &[&str]) -> Vec<String> {
    of.iter().map(|code| (*code).to_owned()).collect()
}

#[test]
fn a_number_of_health_personnel_has_seven_to_nine_digits() {
    for (typed, expected) in [
        ("1234567", Some("1234567")),
        (" 12 34 567 ", Some("1234567")),
        ("123456789", Some("123456789")),
        ("123456", None),
        ("1234567890", None),
        ("12345a7", None),
        ("١٢٣٤٥٦٧", None),
        ("", None),
    ] {
        let number = typed.parse::<HprNumber>().ok().map(|number| number.to_string());
        assert_eq!(number.as_deref(), expected, "{typed:?}");
    }
}

#[test]
fn only_what_can_be_closed_is_chosen() {
    assert_eq!(chosen(Limit::Block, &codes(&["all", "record"])), Ok(Covers::Everything));
    assert_eq!(chosen(Limit::Block, &codes(&["results", "nonsense"])), Ok(services(&[Service::Results])));
    for (limit, ticked) in [
        (Limit::Block, vec![]),
        (Limit::Reservation, vec!["all"]),
        (Limit::Reservation, vec!["record"]),
        (Limit::OwnAccess, vec!["privacy-settings", "consents", "proxies", "all"]),
    ] {
        assert_eq!(chosen(limit, &codes(&ticked)), Err(FieldError::Nothing), "{limit:?} {ticked:?}");
    }
}

#[test]
fn nobody_can_close_the_door_to_the_settings_themselves() {
    for limit in [Limit::Block, Limit::Reservation, Limit::OwnAccess] {
        for service in [Service::PrivacySettings, Service::Consents, Service::Proxies, Service::YouthConsent] {
            assert!(!limit.services().contains(&service), "{limit:?} {service:?}");
        }
    }
}

#[test]
fn what_is_closed_already_is_not_closed_again() {
    let both = services(&[Service::Record, Service::Results]);
    let record = services(&[Service::Record]);
    let add = |wanted: Covers, existing: &[Setting]| to_add(Limit::Block, wanted, existing, TODAY);
    assert_eq!(add(both.clone(), &[]), Ok(both.clone()));
    assert_eq!(add(both.clone(), &[block(record.clone())]), Ok(services(&[Service::Results])));
    assert_eq!(add(record.clone(), &[block(both)]), Err(FieldError::Already));
    assert_eq!(add(record.clone(), &[block(Covers::Everything)]), Err(FieldError::Already));
    assert_eq!(add(Covers::Everything, &[block(record.clone())]), Ok(Covers::Everything));
    let lifted = Setting { status: Status::Inactive, ..block(Covers::Everything) };
    assert_eq!(add(record.clone(), &[lifted]), Ok(record.clone()), "what was lifted is no hindrance");
    let other = Setting { what: What::OwnAccess, ..block(Covers::Everything) };
    assert_eq!(add(record.clone(), &[other]), Ok(record.clone()));
    assert_eq!(add(record.clone(), &vec![block(services(&[])); MAX_IN_FORCE]), Err(FieldError::TooMany));
}

#[test]
fn when_everything_is_closed_nothing_more_is_offered() {
    let lifted = Setting { status: Status::Inactive, ..block(Covers::Everything) };
    assert!(has_more(&[], TODAY) && has_more(&[&block(services(&[Service::Record])), &lifted], TODAY));
    assert!(!has_more(&[&block(Covers::Everything)], TODAY));
}

#[test]
fn one_is_blocked_by_name_once_at_a_time() {
    let number: HprNumber = "1234567".parse().unwrap();
    let named = |number: &str, status| Setting {
        what: What::BlockNamed(number.to_owned(), String::new()),
        status,
        ..block(Covers::Everything)
    };
    assert_eq!(may_block(&number, &[], TODAY), Ok(()));
    assert_eq!(may_block(&number, &[named("7654321", Status::Active)], TODAY), Ok(()));
    assert_eq!(may_block(&number, &[named("1234567", Status::Active)], TODAY), Err(FieldError::Already));
    assert_eq!(may_block(&number, &[named("1234567", Status::Inactive)], TODAY), Ok(()));
}

#[test]
fn a_day_that_cannot_be_read_restricts_and_does_not_permit() {
    let with = |what: What, start: &str, end: Option<&str>| Setting {
        what,
        start: Some(start.to_owned()),
        end: end.map(str::to_owned),
        ..block(Covers::Everything)
    };
    let parental = || What::Parental(None, String::new());
    for (setting, expected) in [
        (with(What::Block, "2026-11-21", Some("2026-11-21")), true),
        (with(What::Block, "2026-11-22", None), false),
        (with(What::Block, "2026-11-01", Some("2026-11-20")), false),
        (with(What::Block, "2026", Some("2027")), true),
        (with(parental(), "2026-11-01", Some("2027")), false),
        (with(parental(), "2026-11-01", Some("2026-11-21")), true),
        (Setting { status: Status::Proposed, ..block(Covers::Everything) }, false),
    ] {
        assert_eq!(in_force(&setting, TODAY), expected, "{setting:?}");
    }
}

#[test]
fn one_lifts_what_one_has_set_and_nothing_else() {
    let named = What::BlockNamed("1234567".to_owned(), String::new());
    for what in [What::Block, named, What::Reservation, What::OwnAccess] {
        assert!(may_lift(&Setting { what, ..block(Covers::Everything) }, TODAY));
    }
    let parental = What::Parental(None, String::new());
    for what in [What::AccountStop, What::Opening, What::AcuteStop, parental, What::Other(String::new())] {
        assert!(!may_lift(&Setting { what, ..block(Covers::Everything) }, TODAY));
    }
    assert!(!may_lift(&Setting { status: Status::Inactive, ..block(Covers::Everything) }, TODAY));
}

fn bytes(value: &Value) -> Vec<u8> {
    serde_json::to_vec(value).unwrap()
}

#[test]
fn what_is_written_reads_back_as_what_was_set() {
    let now = "2026-11-21T09:00:00Z".parse().unwrap();
    let (id, kari, number) = ("c1".parse().unwrap(), "kari".parse().unwrap(), "1234567".parse().unwrap());
    let per = "per".parse().unwrap();
    let record = services(&[Service::Record]);
    let read = |new: New<'_>| setting(&bytes(&new.body(&id, &kari, now)), 3).unwrap();
    for limit in [Limit::Block, Limit::Reservation, Limit::OwnAccess] {
        let written = read(New::Limit(&limit.what(), &record));
        assert_eq!((written.what, written.covers), (limit.what(), record.clone()));
    }
    let everything = read(New::Limit(&What::Block, &Covers::Everything));
    assert_eq!((everything.what, everything.covers), (What::Block, Covers::Everything));
    let named = read(New::BlockNamed(&number, "Lars Lege"));
    assert_eq!(named.what, What::BlockNamed("1234567".to_owned(), "Lars Lege".to_owned()));
    assert_eq!(read(New::AccountStop).what, What::AccountStop);
    let consent = read(New::Parental(&per, "Per", Some(date(2028, 9, 6))));
    assert_eq!(consent.what, What::Parental(Some(per.clone()), "Per".to_owned()));
    assert_eq!((consent.start.as_deref(), consent.end.as_deref()), (Some("2026-11-21"), Some("2028-09-06")));
    assert_eq!((consent.patient, consent.version, consent.status), (kari.clone(), 3, Status::Active));
}

#[test]
fn consents_of_others_are_read_as_they_are_and_a_damaged_one_is_refused() {
    let consent = |code: &str, provision: Value| {
        setting(
            &bytes(&json!({"id": "c", "status": "active", "patient": {"reference": "Patient/kari"},
                "meta": {"lastUpdated": "2026-11-21T09:00:00Z"}, "provision": provision,
                "category": [{"coding": [{"system": "urn:varde:consent", "code": code}], "text": "Forskning"}]})),
            1,
        )
        .unwrap()
    };
    assert_eq!(consent("research", json!({})).what, What::Other("Forskning".to_owned()));
    let unknown = json!({"code": [{"coding": [{"code": "no-such-service"}]}]});
    assert_eq!(consent("block", unknown).covers, services(&[]), "as the gate reads it");
    assert_eq!(consent("platform", json!({})).what, What::Level(None));
    assert_eq!(consent("inactive", json!({})).what, What::Inactive);
    assert_eq!(consent("inactive", json!({})).changed.as_deref(), Some("2026-11-21T09:00:00Z"));
    assert!(setting(b"[]", 1).is_err());
    assert!(setting(&bytes(&json!({"id": "c", "status": "active", "patient": {}})), 1).is_err());
}

#[test]
fn the_name_of_health_personnel_is_read_whole_or_in_parts() {
    let read = |name: Value| practitioner_name(&bytes(&json!({"name": [name]}))).unwrap();
    assert_eq!(read(json!({"family": "Lege", "given": ["Lars", "Ola"]})).as_deref(), Some("Lars Ola Lege"));
    assert_eq!(read(json!({"text": "Lars Lege"})).as_deref(), Some("Lars Lege"));
    assert_eq!(read(json!({})), None);
    assert!(practitioner_name(b"1").is_err());
}
