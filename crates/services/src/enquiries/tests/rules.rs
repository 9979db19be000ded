use jiff::civil::{Date, date};
use proptest::prelude::*;

use super::request;
use crate::enquiries::model::{Kind, Request, State};
use crate::enquiries::rules::{
    FieldError, MAX_OPEN, MAX_TEXT, Typed, deadline, draft, has_room, is_overdue, may_complain, may_state, may_withdraw,
};

const TODAY: Date = date(2026, 11, 21);

fn error() -> Typed {
    Typed { wrong: " The left knee ".to_owned(), right: "The right knee".to_owned(), ..Typed::default() }
}

fn dead() -> Typed {
    Typed {
        wrong: "How he died".to_owned(),
        name: "Odd Berg".to_owned(),
        born: ["4".to_owned(), "3".to_owned(), "1948".to_owned()],
        relation: "child".to_owned(),
        ..Typed::default()
    }
}

#[test]
fn what_is_complete_can_be_sent() {
    let sent = draft(Kind::Correction, &error(), TODAY).unwrap();
    assert_eq!((sent.wrong.as_str(), sent.right.as_str(), sent.deceased), ("The left knee", "The right knee", None));
    let sent = draft(Kind::AfterDeath, &dead(), TODAY).unwrap();
    assert_eq!(sent.deceased.unwrap().born, Some(date(1948, 3, 4)));
    let only = Typed { right: String::new(), ..error() };
    assert_eq!(draft(Kind::LookUp, &only, TODAY).unwrap().right, "", "a question has no right answer to give");
}

#[test]
fn what_is_wrong_is_said_at_its_field() {
    let born = |day: &str, month: &str, year: &str| [day.to_owned(), month.to_owned(), year.to_owned()];
    let cases: [(Kind, Typed, &[FieldError]); 10] = [
        (Kind::Correction, Typed::default(), &[FieldError::Wrong, FieldError::Right]),
        (Kind::Correction, Typed { wrong: "x".repeat(MAX_TEXT + 1), ..error() }, &[FieldError::Wrong]),
        (Kind::Correction, Typed { right: "  ".to_owned(), ..error() }, &[FieldError::Right]),
        (Kind::LookUp, Typed::default(), &[FieldError::Wrong]),
        (Kind::AfterDeath, Typed { name: String::new(), ..dead() }, &[FieldError::Name]),
        (Kind::AfterDeath, Typed { born: born("31", "2", "1948"), ..dead() }, &[FieldError::Born]),
        (Kind::AfterDeath, Typed { born: born("22", "11", "2026"), ..dead() }, &[FieldError::Born]),
        (Kind::AfterDeath, Typed { born: born("", "", ""), ..dead() }, &[FieldError::Born]),
        (Kind::AfterDeath, Typed { number: "123".to_owned(), ..dead() }, &[FieldError::Number]),
        (Kind::AfterDeath, Typed { relation: "neighbour".to_owned(), ..dead() }, &[FieldError::Relation]),
    ];
    for (kind, typed, expected) in cases {
        assert_eq!(draft(kind, &typed, TODAY).unwrap_err(), expected, "{typed:?}");
    }
}

#[test]
fn a_number_is_enough_without_a_birth_date() {
    let number = crate::shared::testing::national_id(7);
    let typed = Typed { born: Default::default(), number: number.as_str().to_owned(), ..dead() };
    let deceased = draft(Kind::AfterDeath, &typed, TODAY).unwrap().deceased.unwrap();
    assert_eq!((deceased.born, deceased.number), (None, Some(number)));
}

#[test]
fn an_answer_is_due_within_the_parameter_and_late_the_day_after() {
    assert_eq!(deadline(TODAY, 30), Some(date(2026, 12, 21)));
    assert!(!is_overdue(&request(State::LookedAt), date(2026, 12, 21)));
    assert!(is_overdue(&request(State::LookedAt), date(2026, 12, 22)));
    assert!(!is_overdue(&request(State::Granted), date(2027, 1, 1)), "what is answered is not late");
    assert!(!is_overdue(&Request { deadline: None, ..request(State::Sent) }, date(2027, 1, 1)));
}

#[test]
fn what_can_be_done_follows_from_where_it_stands() {
    for (state, complain, state_words, withdraw) in [
        (State::Sent, false, false, true),
        (State::Received, false, false, true),
        (State::LookedAt, false, false, true),
        (State::Granted, false, false, false),
        (State::Refused, true, true, false),
        (State::Withdrawn, false, false, false),
    ] {
        let its = request(state);
        assert_eq!((may_complain(&its, TODAY), may_state(&its), may_withdraw(&its)), (complain, state_words, withdraw));
    }
    assert!(
        may_complain(&request(State::Sent), date(2026, 12, 22)),
        "no answer in time is an answer to complain about"
    );
    let missing = Request { kind: Kind::Missing, ..request(State::Refused) };
    assert!(may_complain(&missing, TODAY) && !may_state(&missing), "there is nothing to put one's words beside");
    let look_up = Request { kind: Kind::LookUp, ..request(State::Refused) };
    assert!(!may_complain(&look_up, TODAY) && !may_state(&look_up));
    let complaint = Request { kind: Kind::Complaint, ..request(State::Refused) };
    assert!(!may_complain(&complaint, TODAY), "a complaint is the end of the way here");
}

#[test]
fn answered_ones_take_no_room() {
    let open: Vec<Request> = (0..MAX_OPEN).map(|_| request(State::Sent)).collect();
    assert_eq!(has_room(&open), Err(FieldError::TooMany));
    let answered: Vec<Request> = (0..MAX_OPEN).map(|_| request(State::Granted)).collect();
    assert_eq!(has_room(&answered), Ok(()));
}

proptest! {
    /// Whatever is typed is either sent within its limits or refused with a reason.
    #[test]
    fn nothing_typed_is_lost_or_sent_too_long(wrong in ".{0,30}", right in ".{0,30}", day in "[0-9x]{0,3}", year in "[0-9-]{0,5}") {
        let born = [day, "3".to_owned(), year];
        let typed = Typed { wrong, right, name: "N".to_owned(), born, relation: "child".to_owned(), ..Typed::default() };
        for kind in Kind::ALL {
            match draft(kind, &typed, TODAY) {
                Ok(draft) => {
                    prop_assert!(!draft.wrong.is_empty() && draft.wrong == typed.wrong.trim());
                    prop_assert!(draft.deceased.and_then(|its| its.born).is_none_or(|born| born <= TODAY));
                }
                Err(errors) => prop_assert!(!errors.is_empty()),
            }
        }
    }
}
