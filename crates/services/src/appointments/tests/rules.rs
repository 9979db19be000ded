use jiff::Timestamp;

use super::super::model::{Appointment, FreeSlot, Status};
use super::super::model::{Series, TimeOffer, Wish};
use super::super::rules::{
    MAX_COMING, NoWish, NotBookable, Window, can_take, change_window, fits, held_until, is_coming, is_shown, may_wish,
    offer_stands, reason, rest_of_series,
};
use super::{appointment, slot};

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

#[test]
fn an_appointment_is_coming_until_it_has_ended() {
    let a = appointment();
    assert!(is_coming(&a, at("2026-12-01T09:19:59Z")));
    assert!(!is_coming(&a, at("2026-12-01T09:20:00Z")));
    for status in [Status::Cancelled, Status::Fulfilled, Status::NoShow, Status::EnteredInError] {
        assert!(!is_coming(&Appointment { status, ..appointment() }, at("2026-01-01T00:00:00Z")), "{status:?}");
    }
    assert!(!is_shown(&Appointment { status: Status::EnteredInError, ..a }));
}

#[test]
fn it_can_be_moved_or_called_off_until_a_day_before() {
    let a = appointment();
    let deadline = at("2026-11-30T09:00:00Z");
    for (now, expected) in [
        ("2026-11-21T09:00:00Z", Window::Open { deadline }),
        ("2026-11-30T09:00:00Z", Window::Open { deadline }),
        ("2026-11-30T09:00:01Z", Window::TooLate { deadline }),
        ("2026-12-01T08:59:59Z", Window::TooLate { deadline }),
        ("2026-12-01T09:00:00Z", Window::Closed),
    ] {
        assert_eq!(change_window(&a, at(now)), expected, "{now}");
    }
    let cancelled = Appointment { status: Status::Cancelled, ..a };
    assert_eq!(change_window(&cancelled, at("2026-11-21T09:00:00Z")), Window::Closed);
}

#[test]
fn a_time_can_be_taken_when_it_is_free_ahead_and_in_nobodys_way() {
    let now = at("2026-11-21T09:00:00Z");
    let free = slot("2026-12-01T10:00:00Z");
    let same_time = slot("2026-12-01T09:10:00Z");
    let right_after = slot("2026-12-01T09:20:00Z");
    let many = vec![appointment(); MAX_COMING];
    let one = [appointment()];
    type Case<'a> = (&'a FreeSlot, &'a [Appointment], Option<&'a str>, Result<(), NotBookable>);
    let cases: [Case<'_>; 8] = [
        (&free, &[], None, Ok(())),
        (&free, &one, None, Ok(())),
        (&right_after, &one, None, Ok(())),
        (&same_time, &one, None, Err(NotBookable::Overlaps)),
        (&same_time, &one, Some("a1"), Ok(())),
        (&free, &many, None, Err(NotBookable::TooMany)),
        (&slot("2026-11-21T09:00:00Z"), &[], None, Err(NotBookable::Taken)),
        (&FreeSlot { free: false, ..free.clone() }, &[], None, Err(NotBookable::Taken)),
    ];
    for (slot, existing, moving, expected) in cases {
        assert_eq!(can_take(slot, existing, moving, now), expected, "{slot:?}");
    }
}

#[test]
fn a_reason_is_trimmed_and_counted_in_characters_not_bytes() {
    assert_eq!(reason("  vondt i kneet \n"), Some("vondt i kneet"));
    assert_eq!(reason(&"å".repeat(500)).map(|t| t.chars().count()), Some(500));
    assert_eq!(reason(&"a".repeat(501)), None);
    assert_eq!(reason(""), Some(""));
}

#[test]
fn a_clinic_can_ask_to_be_told_earlier() {
    let mut a = appointment();
    a.rights.deadline = jiff::SignedDuration::from_hours(72);
    let deadline = at("2026-11-28T09:00:00Z");
    assert_eq!(change_window(&a, at("2026-11-28T09:00:00Z")), Window::Open { deadline });
    assert_eq!(change_window(&a, at("2026-11-28T09:00:01Z")), Window::TooLate { deadline });
}

#[test]
fn an_earlier_time_can_be_asked_for_where_the_clinic_gives_its_times_here_and_there_is_time_for_it() {
    let now = at("2026-11-21T09:00:00Z");
    assert_eq!(may_wish(&appointment(), now), Ok(()));
    let mut closed = appointment();
    closed.rights.short_notice = false;
    assert_eq!(may_wish(&closed, now), Err(NoWish::NotOffered));
    assert_eq!(may_wish(&Appointment { slot: None, ..appointment() }, now), Err(NoWish::NotOffered));
    assert_eq!(may_wish(&Appointment { status: Status::Cancelled, ..appointment() }, now), Err(NoWish::NotOffered));
    assert_eq!(may_wish(&appointment(), at("2026-12-01T07:00:00Z")), Err(NoWish::TooSoon));
}

fn wish() -> Wish {
    Wish {
        id: "w1".parse().unwrap(),
        version: 1,
        patient: "p1".parse().unwrap(),
        appointment: "a1".parse().unwrap(),
        by: "p1".parse().unwrap(),
        since: at("2026-11-20T09:00:00Z"),
        notice: jiff::SignedDuration::from_hours(24),
        is_open: true,
        offer: None,
        offered: Vec::new(),
    }
}

#[test]
fn a_time_fits_one_who_waits_when_it_is_earlier_not_too_soon_new_to_them_and_in_the_way_of_nothing() {
    let now = at("2026-11-21T09:00:00Z");
    let (a, free) = (appointment(), slot("2026-11-25T09:00:00Z"));
    let other = Appointment {
        id: "a2".parse().unwrap(),
        start: Some(free.start),
        end: Some(free.end),
        slot: None,
        ..appointment()
    };
    assert!(fits(&free, &wish(), &a, std::slice::from_ref(&a), now));
    let later = slot("2026-12-02T09:00:00Z");
    assert!(!fits(&later, &wish(), &a, &[], now), "it is later than what one has");
    assert!(!fits(&slot("2026-11-22T08:59:59Z"), &wish(), &a, &[], now), "it is within a day");
    assert!(fits(&slot("2026-11-22T09:00:00Z"), &wish(), &a, &[], now));
    assert!(!fits(&free, &Wish { offered: vec![free.id.clone()], ..wish() }, &a, &[], now), "it was offered before");
    assert!(!fits(&free, &Wish { is_open: false, ..wish() }, &a, &[], now));
    assert!(!fits(&free, &wish(), &a, &[a.clone(), other], now), "something else is then");
    let off = Appointment { status: Status::Cancelled, ..a };
    assert!(!fits(&free, &wish(), &off, &[], now));
}

#[test]
fn an_offer_is_held_for_a_while_and_never_past_its_own_beginning() {
    let now = at("2026-11-21T09:00:00Z");
    for (start, ends) in [
        ("2026-11-25T09:00:00Z", "2026-11-21T11:00:00Z"),
        ("2026-11-21T12:00:00Z", "2026-11-21T09:15:00Z"),
        ("2026-11-21T09:05:00Z", "2026-11-21T09:05:00Z"),
    ] {
        assert_eq!(held_until(at(start), now), at(ends), "{start}");
    }
    // Half past ten and six in Norway, and the hours around the night.
    for (now, start, ends) in [
        ("2026-11-21T21:30:00Z", "2026-11-25T09:00:00Z", "2026-11-22T08:00:00Z"),
        ("2026-11-22T05:00:00Z", "2026-11-22T12:00:00Z", "2026-11-22T06:15:00Z"),
        ("2026-11-22T05:00:00Z", "2026-11-22T06:05:00Z", "2026-11-22T06:05:00Z"),
        ("2026-11-21T20:59:59Z", "2026-11-25T09:00:00Z", "2026-11-21T22:59:59Z"),
        ("2026-11-22T06:00:00Z", "2026-11-25T09:00:00Z", "2026-11-22T08:00:00Z"),
    ] {
        assert_eq!(held_until(at(start), at(now)), at(ends), "{now}");
    }
    let offer =
        TimeOffer { slot: "s2".parse().unwrap(), start: at("2026-11-25T09:00:00Z"), ends: at("2026-11-21T11:00:00Z") };
    let offered = Wish { offer: Some(offer), ..wish() };
    assert!(offer_stands(&offered, at("2026-11-21T10:59:59Z")) && !offer_stands(&offered, at("2026-11-21T11:00:00Z")));
    assert!(!offer_stands(&wish(), now));
}

#[test]
fn the_rest_of_a_row_is_what_comes_after_and_can_still_be_called_off() {
    let in_row = |id: &str, start: &str, row: &str| Appointment {
        id: id.parse().unwrap(),
        start: Some(at(start)),
        end: None,
        series: Some(Series { id: row.to_owned(), number: None, count: None }),
        ..appointment()
    };
    let now = at("2026-11-21T09:00:00Z");
    let first = in_row("a2", "2026-12-08T09:00:00Z", "r1");
    let mut kept = in_row("a4", "2026-12-22T09:00:00Z", "r1");
    kept.rights.cancel = false;
    let all = [
        in_row("a1", "2026-12-01T09:00:00Z", "r1"),
        in_row("a3", "2026-12-15T09:00:00Z", "r1"),
        first.clone(),
        kept,
        in_row("b1", "2026-12-15T09:00:00Z", "r2"),
    ];
    let ids: Vec<_> = rest_of_series(&first, &all, now).iter().map(|a| a.id.to_string()).collect();
    assert_eq!(ids, ["a2", "a3"]);
    assert!(rest_of_series(&appointment(), &all, now).is_empty());
}
