use jiff::civil::{Date, date};

use super::super::model::{Change, State};
use super::super::rules::{self, Comer, Mover, NotChangeable};
use super::{change, list};

#[test]
fn a_change_takes_effect_on_the_first_of_the_next_month() {
    for (today, expected) in [
        ("2026-11-21", "2026-12-01"),
        ("2026-11-30", "2026-12-01"),
        ("2026-12-01", "2027-01-01"),
        ("2026-12-31", "2027-01-01"),
        ("2028-02-29", "2028-03-01"),
    ] {
        let today: Date = today.parse().unwrap();
        assert_eq!(rules::takes_effect(today).to_string(), expected, "asked on {today}");
    }
}

#[test]
fn those_who_wait_come_before_those_who_come_now() {
    for (listed, waiting, expected) in [
        (8, &[][..], 2),
        (10, &[], 0),
        (12, &[], 0), // more than agreed: children of those who are listed
        (8, &["a"], 1),
        (8, &["a", "b", "c"], 0),
    ] {
        assert_eq!(rules::free(&list(listed, waiting)), expected, "{listed} listed, {waiting:?} wait");
    }
    let queue = list(10, &["a", "b"]);
    assert_eq!((rules::position(&queue, "b"), rules::position(&queue, "c")), (Some(2), None));
}

#[test]
fn two_changes_a_year_are_counted_by_the_year_they_take_effect() {
    let done = |starts| change(State::Done, Some(starts));
    let of_the_doctor = super::super::model::Change { counts: false, ..done("2026-05-01") };
    for (changes, year, expected) in [
        (vec![], 2026, 2),
        (vec![done("2026-03-01")], 2026, 1),
        (vec![done("2026-03-01"), done("2026-09-01")], 2026, 0),
        (vec![done("2026-03-01"), done("2026-09-01")], 2027, 2),
        (vec![done("2026-03-01"), change(State::Withdrawn, Some("2026-12-01"))], 2026, 1),
        (vec![done("2026-03-01"), change(State::Refused, Some("2026-12-01"))], 2026, 1),
        (vec![done("2026-03-01"), change(State::Scheduled, Some("2026-12-01"))], 2026, 0),
        (vec![change(State::Waiting, None)], 2026, 2),
        (vec![of_the_doctor, done("2026-03-01")], 2026, 1),
    ] {
        assert_eq!(rules::left(&changes, date(year, 12, 1)), expected, "{changes:?}");
    }
}

#[test]
fn why_somebody_cannot_change_is_said_in_one_word() {
    let today = date(2026, 11, 21);
    let open = list(3, &[]);
    let both = [change(State::Done, Some("2026-03-01")), change(State::Done, Some("2026-09-01"))];
    let may = |current: Option<&str>, changes: &[_], list: &super::super::model::GpList| {
        let current = current.map(|id| id.parse().unwrap());
        rules::may_change(list, Mover { current: current.as_ref(), changes, has_d_number: false }, today)
    };
    assert_eq!(may(None, &[], &open), Ok(()));
    assert_eq!(may(Some("mine"), &[], &open), Ok(()));
    assert_eq!(may(Some("other"), &[], &open), Err(NotChangeable::Same));
    assert_eq!(may(None, &[change(State::Waiting, None)], &open), Err(NotChangeable::Underway));
    assert_eq!(may(None, &[change(State::Scheduled, Some("2026-12-01"))], &open), Err(NotChangeable::Underway));
    assert_eq!(may(None, &both, &open), Err(NotChangeable::UsedUp(date(2027, 1, 1))));
    let of_both = Mover { current: None, changes: &both, has_d_number: false };
    let december = rules::may_change(&open, of_both, date(2026, 12, 2));
    assert_eq!(december, Ok(()), "in December one changes from January, which is another year");
    let closed = super::super::model::GpList { is_active: false, ..open.clone() };
    assert_eq!(may(None, &[], &closed), Err(NotChangeable::Closed));
    assert_eq!(may(None, &[], &list(10, &[])), Ok(()), "to a full list one goes by the queue");
}

#[test]
fn a_full_list_is_open_to_the_children_of_one_who_is_on_it() {
    for (listed, others, children, parent_is_listed, expected) in [
        (9, 1, 0, false, true),
        (10, 1, 0, false, false),
        (9, 1, 3, false, true), // the children follow the parent
        (10, 1, 3, false, false),
        (10, 0, 2, true, true),
        (10, 0, 2, false, false),
        (9, 0, 2, false, false),
        (8, 0, 2, false, true),
    ] {
        let comer = |is_child| Comer { is_child, returns: false };
        let comers = [vec![comer(false); others], vec![comer(true); children]].concat();
        let room = rules::has_room(&list(listed, &[]), &comers, parent_is_listed);
        assert_eq!(room, expected, "{listed} listed, {others} and {children} children, {parent_is_listed}");
    }
}

#[test]
fn the_list_of_before_is_open_for_three_years_to_one_who_moved_away() {
    let moved = |starts| Change { from: "other".parse().ok(), moved: true, ..change(State::Done, Some(starts)) };
    let own_choice = Change { moved: false, ..moved("2025-06-01") };
    let elsewhere = Change { from: "third".parse().ok(), ..moved("2025-06-01") };
    let refused = Change { state: State::Refused, ..moved("2025-06-01") };
    let (list, today) = (list(10, &["a"]), date(2026, 11, 21));
    for (changes, expected) in [
        (vec![], false),
        (vec![moved("2025-06-01")], true),
        (vec![moved("2023-11-21")], true), // three years to the day
        (vec![moved("2023-11-20")], false),
        (vec![moved("2026-12-01")], false), // not gone yet
        (vec![own_choice], false),
        (vec![elsewhere], false),
        (vec![refused], false),
        (vec![moved("2020-06-01"), moved("2025-06-01")], true),
    ] {
        assert_eq!(rules::returns(&list.id, &changes, today), expected, "{changes:?}");
    }
    // It needs no place, and it is not one of the two of the year.
    let back = Comer { is_child: false, returns: true };
    let new = Comer { is_child: false, returns: false };
    let child = Comer { is_child: true, returns: false };
    assert!(rules::has_room(&list, &[back, child], false), "the children follow");
    assert!(!rules::has_room(&list, &[back, new], false) && !rules::has_room(&list, &[child], false));
    assert!(rules::has_room(&list, &[Comer { is_child: true, returns: true }], false));
    let changes =
        [moved("2025-06-01"), change(State::Done, Some("2026-03-01")), change(State::Done, Some("2026-09-01"))];
    let mover = Mover { current: None, changes: &changes, has_d_number: false };
    assert_eq!(rules::may_change(&list, mover, today), Ok(()));
    let other = super::super::model::GpList { id: "fourth".parse().unwrap(), ..list };
    assert_eq!(rules::may_change(&other, mover, today), Err(NotChangeable::UsedUp(date(2027, 1, 1))));
}

#[test]
fn one_with_a_d_number_changes_when_on_a_list_already() {
    let (list, today) = (list(3, &[]), date(2026, 11, 21));
    let mine = "mine".parse().unwrap();
    for (current, has_d_number, expected) in [
        (None, true, Err(NotChangeable::NotEntitled)),
        (Some(&mine), true, Ok(())),
        (None, false, Ok(())),
        (Some(&mine), false, Ok(())),
    ] {
        let mover = Mover { current, changes: &[], has_d_number };
        assert_eq!(rules::may_change(&list, mover, today), expected, "{mover:?}");
    }
}

#[test]
fn a_change_is_undone_until_the_day_it_takes_effect() {
    let scheduled = change(State::Scheduled, Some("2026-12-01"));
    assert!(rules::may_undo(&scheduled, date(2026, 11, 30)));
    assert!(!rules::may_undo(&scheduled, date(2026, 12, 1)));
    assert!(rules::may_undo(&change(State::Waiting, None), date(2027, 12, 1)));
    for state in [State::Done, State::Withdrawn, State::Refused] {
        assert!(!rules::may_undo(&change(state, Some("2026-12-01")), date(2026, 11, 1)), "{state:?}");
    }
}

#[test]
fn what_is_searched_for_has_no_signs_of_its_own() {
    for (typed, expected) in [
        (" Lise   Lie ", Some("Lise Lie")),
        ("Lie, Oslo", Some("Lie Oslo")),
        ("a|b$c\\", Some("a b c")),
        ("  ", None),
        (",", None),
    ] {
        assert_eq!(rules::searched(typed).as_deref(), expected, "{typed}");
    }
    assert_eq!(rules::searched(&"å".repeat(500)).unwrap().chars().count(), rules::SEARCH_MAX_CHARS);
}

#[test]
fn an_old_change_is_no_news_though_the_register_sends_it_today() {
    for (state, starts, today, expected) in [
        (State::Done, Some("2026-11-01"), date(2026, 11, 22), true),
        (State::Done, Some("2025-04-01"), date(2026, 11, 22), false),
        (State::Done, None, date(2026, 11, 22), true),
        (State::Done, None, date(2026, 12, 22), false),
        (State::Refused, None, date(2026, 12, 21), true),
        (State::Refused, None, date(2026, 12, 22), false),
        (State::Scheduled, Some("2026-12-01"), date(2026, 11, 22), true),
        (State::Withdrawn, Some("2026-12-01"), date(2026, 11, 22), false),
    ] {
        assert_eq!(rules::is_shown(&change(state, starts), today), expected, "{state:?} {starts:?} on {today}");
    }
}
