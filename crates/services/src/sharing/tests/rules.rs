use jiff::civil::{Date, date};
use varde_rights::Areas;
use varde_web::ui::NotADay;

use super::super::model::{Given, Kind, Person, Status};
use super::super::rules::{
    FieldError, MAX_STANDING, State, Wish, has_room, may_answer, may_end, may_receive, state, status_after_change, wish,
};
use super::{given, per};

const TODAY: Date = date(2026, 11, 21);

fn kari() -> Person {
    Person { patient: "kari".parse().unwrap(), families: vec!["Hansen".to_owned()], ..per() }
}

#[test]
fn it_holds_on_its_last_day_and_not_after() {
    assert_eq!(state(&given(), date(2026, 12, 1)), State::InForce);
    assert_eq!(state(&given(), date(2026, 12, 2)), State::Over);
    assert_eq!(state(&Given { until: None, ..given() }, date(2036, 12, 2)), State::InForce);
    for (status, expected) in [
        (Status::Proposed, State::Waiting),
        (Status::Rejected, State::Over),
        (Status::Inactive, State::Over),
        (Status::Other, State::Over),
    ] {
        assert_eq!(state(&Given { status, ..given() }, TODAY), expected, "{status:?}");
    }
}

#[test]
fn a_wish_names_every_field_that_is_wrong() {
    let read = |kind, codes: &[&str], until: Result<Option<Date>, NotADay>| {
        wish(kind, &codes.iter().map(|code| (*code).to_owned()).collect::<Vec<_>>(), until, TODAY)
    };
    let areas = Areas::RECORD.with(Areas::PHARMACY);
    assert_eq!(read(Kind::Proxy, &["2", "P"], Ok(None)), Ok(Wish { kind: Kind::Proxy, areas, until: None }));
    let today = Wish { kind: Kind::Proxy, areas: Areas::RECORD, until: Some(TODAY) };
    assert_eq!(read(Kind::Proxy, &["2"], Ok(Some(TODAY))), Ok(today));
    assert_eq!(
        read(Kind::Proxy, &["T", "x"], Ok(Some(date(2026, 11, 20)))),
        Err(vec![FieldError::Areas, FieldError::Until])
    );
    assert_eq!(read(Kind::Proxy, &["1"], Err(NotADay)), Err(vec![FieldError::NotADay]));
    let kin = Wish { kind: Kind::NextOfKin, areas: Areas::TIMES, until: Some(date(2027, 11, 21)) };
    assert_eq!(read(Kind::NextOfKin, &["T", "2"], Ok(None)), Ok(kin), "next of kin never get the record");
}

#[test]
fn an_adult_of_that_name_may_receive_and_nobody_with_a_protected_address() {
    let allowed = |receiver: &Person, giver: &Person, family| may_receive(receiver, giver, family, TODAY);
    assert!(allowed(&per(), &kari(), " nordmann "));
    for family in ["", "Hansen", "Nord"] {
        assert!(!allowed(&per(), &kari(), family), "{family:?}");
    }
    assert!(!allowed(&Person { born: Some(date(2008, 11, 22)), ..per() }, &kari(), "Nordmann"), "a day too young");
    assert!(!allowed(&Person { born: None, ..per() }, &kari(), "Nordmann"));
    assert!(!allowed(&Person { protected: true, ..per() }, &kari(), "Nordmann"));
    assert!(!allowed(&Person { deceased: true, ..per() }, &kari(), "Nordmann"));
    assert!(!allowed(&per(), &Person { protected: true, ..kari() }, "Nordmann"));
    assert!(!allowed(&per(), &per(), "Nordmann"), "nobody is their own proxy");
}

#[test]
fn one_person_has_one_of_a_kind_and_there_is_a_limit() {
    let wish = Wish { kind: Kind::Proxy, areas: Areas::RECORD, until: None };
    let per = "per".parse().unwrap();
    assert_eq!(has_room(&[], &wish, &per, None, TODAY), Ok(()));
    assert_eq!(has_room(&[given()], &wish, &per, None, TODAY), Err(FieldError::Already));
    assert_eq!(has_room(&[given()], &wish, &per, Some(&given()), TODAY), Ok(()));
    assert_eq!(has_room(&[Given { status: Status::Inactive, ..given() }], &wish, &per, None, TODAY), Ok(()));
    let kin = Wish { kind: Kind::NextOfKin, ..wish };
    assert_eq!(has_room(&[given()], &kin, &per, None, TODAY), Ok(()));
    let many = vec![given(); MAX_STANDING];
    assert_eq!(has_room(&many, &wish, &"ola".parse().unwrap(), None, TODAY), Err(FieldError::TooMany));
}

#[test]
fn a_change_that_grows_asks_again() {
    let more = Areas::RECORD.with(Areas::SERVICES);
    let cases = [
        (given(), Areas::RECORD, Status::Active),
        (given(), more, Status::Proposed),
        (given(), Areas::SERVICES, Status::Proposed),
        (Given { areas: more, ..given() }, Areas::SERVICES, Status::Active),
        (Given { status: Status::Proposed, ..given() }, Areas::RECORD, Status::Proposed),
    ];
    for (old, areas, expected) in cases {
        assert_eq!(status_after_change(&old, areas, TODAY), expected, "{old:?} {areas:?}");
    }
}

#[test]
fn only_the_one_it_names_answers_and_only_the_two_end_it() {
    let waiting = Given { status: Status::Proposed, ..given() };
    assert!(may_answer(&waiting, &per(), TODAY));
    assert!(!may_answer(&waiting, &kari(), TODAY), "the giver cannot accept for the receiver");
    assert!(!may_answer(&waiting, &per(), date(2026, 12, 2)), "past its last day");
    assert!(!may_answer(&given(), &per(), TODAY), "accepted already");
    assert!(!may_answer(&Given { status: Status::Inactive, ..given() }, &per(), TODAY), "withdrawn");
    assert!(!may_answer(&waiting, &Person { protected: true, ..per() }, TODAY));
    let stranger = "ola".parse().unwrap();
    for (by, expected) in [(&kari().patient, true), (&per().patient, true), (&stranger, false)] {
        assert_eq!(may_end(&given(), by, TODAY), expected, "{by}");
    }
    assert!(!may_end(&Given { status: Status::Rejected, ..given() }, &kari().patient, TODAY));
}
