use std::cmp::Reverse;

use jiff::ToSpan as _;
use jiff::civil::{Date, date};

use super::super::chosen::Chosen;
use super::super::rules::{Deadline, deadline, place_of_card, place_of_service};
use crate::shared::{Use, Used};
use crate::slice::CardKind::{self, New, Next, Quiet, ToDo};

const TODAY: Date = date(2026, 11, 21);

fn in_days(days: i32) -> Option<Date> {
    Some(TODAY.saturating_add(days.days()))
}

#[test]
fn what_is_overdue_stands_first_and_what_asks_for_nothing_last() {
    let expected: [(CardKind, Option<Date>); 10] = [
        (ToDo, in_days(-9)),
        (ToDo, in_days(-1)),
        (Next, in_days(0)),
        (ToDo, in_days(3)),
        (Next, in_days(7)),
        (ToDo, in_days(40)),
        (ToDo, None),
        (New, None),
        (Next, in_days(8)),
        (Quiet, None),
    ];
    let mut sorted = expected;
    sorted.reverse();
    sorted.sort_by_key(|(kind, due)| place_of_card(*kind, *due, TODAY));
    assert_eq!(sorted, expected);
}

#[test]
fn a_deadline_is_over_the_day_after() {
    for (due, expected) in [
        (in_days(-1), Deadline::Overdue(TODAY.yesterday().unwrap())),
        (in_days(0), Deadline::Today),
        (in_days(1), Deadline::By(TODAY.tomorrow().unwrap())),
        (None, Deadline::None),
    ] {
        assert_eq!(deadline(due, TODAY), expected);
    }
}

fn order(chosen: &Chosen, used: &Used) -> Vec<&'static str> {
    let mut paths = vec!["/appointments", "/messages", "/medicines", "/results", "/events", "/household"];
    paths.sort_by_key(|path| place_of_service(path, chosen, Some(used), TODAY));
    paths
}

fn used(path: &str, days: u16, days_ago: i32) -> (String, Use) {
    (path.to_owned(), Use { days, last: TODAY.saturating_sub(days_ago.days()) })
}

#[test]
fn the_services_stand_as_they_are_until_somebody_has_used_one_on_three_days() {
    let none = Chosen::default();
    assert_eq!(order(&none, &Used::new())[..2], ["/appointments", "/messages"]);
    assert_eq!(order(&none, &Used::from([used("/events", 2, 0)]))[0], "/appointments");
    assert_eq!(order(&none, &Used::from([used("/events", 3, 0)]))[0], "/events");
    let both = Used::from([used("/events", 10, 70), used("/results", 4, 1)]);
    assert_eq!(order(&none, &both)[..2], ["/results", "/events"], "use counts half for each month since");
}

#[test]
fn what_is_pinned_comes_before_all_and_a_situation_before_little_use() {
    let situations = ["small-child".to_owned(), "nonsense".to_owned()];
    let chosen = Chosen::new(vec!["/results".to_owned(), "/gone".to_owned()], &situations);
    let used = Used::from([used("/events", 5, 0)]);
    assert_eq!(
        order(&chosen, &used),
        ["/results", "/appointments", "/messages", "/household", "/events", "/medicines"]
    );
    let place = |path| place_of_service(path, &chosen, None, TODAY);
    assert_eq!(place("/results"), (0, Reverse(0)));
    assert_eq!(place("/medicines"), (usize::MAX, Reverse(0)), "nothing is counted");
}
