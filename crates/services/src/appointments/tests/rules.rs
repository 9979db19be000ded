use jiff::Timestamp;

use super::super::model::{Appointment, FreeSlot, Status};
use super::super::rules::{MAX_COMING, NotBookable, Window, can_take, change_window, is_coming, is_shown, reason};
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
