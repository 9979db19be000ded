use jiff::civil::{Date, date};
use varde_rights::Areas;
use varde_web::ui::NotADay;

use super::super::model::{Given, Kind, Person, Status};
use super::super::rules::{
    COLLECT_ONCE, FieldError, MAX_STANDING, State, Wish, has_room, is_used_up, may_answer, may_end, may_receive,
    missing, state, status_after_change, wish,
};
use super::{given, per};

const TODAY: Date = date(2026, 11, 21);

/// A form that says what holds already.
fn given_again() -> Wish {
    Wish { kind: Kind::Proxy, areas: given().areas, collects_once: false, until: given().until }
}

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
    assert_eq!(
        read(Kind::Proxy, &["2", "P"], Ok(None)),
        Ok(Wish { kind: Kind::Proxy, areas, collects_once: false, until: None })
    );
    let today = Wish { kind: Kind::Proxy, areas: Areas::RECORD, collects_once: false, until: Some(TODAY) };
    assert_eq!(read(Kind::Proxy, &["2"], Ok(Some(TODAY))), Ok(today));
    assert_eq!(
        read(Kind::Proxy, &["T", "x"], Ok(Some(date(2026, 11, 20)))),
        Err(vec![FieldError::Areas, FieldError::Until])
    );
    assert_eq!(read(Kind::Proxy, &["1"], Err(NotADay)), Err(vec![FieldError::NotADay]));
    let kin =
        Wish { kind: Kind::NextOfKin, areas: Areas::TIMES, collects_once: false, until: Some(date(2027, 11, 21)) };
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
    let wish = Wish { until: None, ..given_again() };
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
        assert_eq!(status_after_change(&old, &Wish { areas, ..given_again() }, TODAY), expected, "{old:?} {areas:?}");
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

#[test]
fn medicines_once_is_less_than_medicines_and_who_ticks_both_means_both() {
    let wish = |codes: &[&str]| {
        let codes: Vec<String> = codes.iter().map(|code| (*code).to_owned()).collect();
        wish(Kind::Proxy, &codes, Ok(None), TODAY).map(|wish| (wish.areas, wish.collects_once))
    };
    assert_eq!(wish(&[COLLECT_ONCE]), Ok((Areas::PHARMACY, true)));
    assert_eq!(wish(&[COLLECT_ONCE, "2"]), Ok((Areas::PHARMACY.with(Areas::RECORD), true)));
    assert_eq!(wish(&[COLLECT_ONCE, "P"]), Ok((Areas::PHARMACY, false)));
    let once = Given { areas: Areas::PHARMACY, collects_once: true, ..given() };
    let again = Wish { areas: Areas::PHARMACY, collects_once: true, ..given_again() };
    assert_eq!(status_after_change(&once, &again, TODAY), Status::Active);
    let more = Wish { collects_once: false, ..again };
    assert_eq!(status_after_change(&once, &more, TODAY), Status::Proposed, "the receiver has accepted once");
    let standing = Given { collects_once: false, ..once };
    assert_eq!(status_after_change(&standing, &again, TODAY), Status::Active, "less than what was accepted");
}

#[test]
fn it_is_used_up_by_the_one_it_names_on_a_day_it_held() {
    let (per, kari) = ("per".parse().unwrap(), "kari".parse().unwrap());
    let once = Given { areas: Areas::PHARMACY, collects_once: true, ..given() };
    assert!(is_used_up(&once, &per, TODAY));
    assert!(!is_used_up(&once, &kari, TODAY), "somebody else");
    assert!(!is_used_up(&once, &per, date(2026, 10, 31)), "before it was given");
    assert!(!is_used_up(&once, &per, date(2026, 12, 2)), "after its last day");
    assert!(!is_used_up(&Given { collects_once: false, ..once.clone() }, &per, TODAY));
    assert!(!is_used_up(&Given { status: Status::Proposed, ..once }, &per, TODAY), "not accepted");
}

#[test]
fn what_is_not_written_is_asked_for_before_anybody_is_looked_for() {
    assert_eq!(missing(" ", ""), [FieldError::NoNumber, FieldError::NoFamily]);
    assert_eq!(missing("1", " "), [FieldError::NoFamily]);
    assert!(missing("1", "Lie").is_empty());
}
