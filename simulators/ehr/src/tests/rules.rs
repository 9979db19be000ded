use jiff::{SignedDuration, Timestamp};

use crate::model::{Kind, Stage};
use crate::rules::{
    Analysis, Booking, MessageAnswer, Prescription, RenewalAnswer, Subject, booking, choice, due, end_of_day, flag,
    is_corrected, luck, made_id, message, panel, pause, referral, renewal, stage, value, wait_seconds,
};

const ORDINARY: Prescription<'static> = Prescription { status: "active", group: Some("C"), is_short_course: false };

fn no(words: &'static str) -> RenewalAnswer {
    RenewalAnswer::Refuse { words, sample: false }
}

#[test]
fn a_renewal_is_decided_by_the_prescription_and_then_by_luck() {
    let group = |group| Prescription { group: Some(group), ..ORDINARY };
    let status = |status| Prescription { status, ..ORDINARY };
    let short = Prescription { is_short_course: true, ..ORDINARY };
    let sample = RenewalAnswer::Refuse { words: "renewal-sample-first", sample: true };
    for (prescription, asked_before, luck, expected) in [
        (None, 0, 2, no("renewal-unknown")),
        (Some(status("stopped")), 0, 2, no("renewal-stopped")),
        (Some(status("cancelled")), 0, 2, no("renewal-stopped")),
        (Some(status("entered-in-error")), 0, 2, no("renewal-stopped")),
        (Some(group("A")), 0, 2, RenewalAnswer::Talk("renewal-group-ab")),
        (Some(group("B")), 5, 2, RenewalAnswer::Talk("renewal-group-ab")),
        (Some(short), 0, 2, RenewalAnswer::Talk("renewal-short-course")),
        (Some(ORDINARY), 0, 0, sample),
        (Some(ORDINARY), 0, 6, sample),
        (Some(ORDINARY), 0, 1, RenewalAnswer::Talk("renewal-long-since")),
        (Some(ORDINARY), 0, 2, RenewalAnswer::Renew),
        (Some(ORDINARY), 1, 0, RenewalAnswer::Renew),
        (Some(ORDINARY), 1, 1, RenewalAnswer::Renew),
        (Some(status("completed")), 0, 5, RenewalAnswer::Renew),
        (Some(Prescription { group: None, ..ORDINARY }), 0, 5, RenewalAnswer::Renew),
    ] {
        assert_eq!(renewal(prescription, asked_before, luck), expected, "{prescription:?} {asked_before} {luck}");
    }
}

#[test]
fn a_message_is_answered_by_what_it_is_about() {
    for (subject, is_follow_up, luck, expected) in [
        (Subject::Contact, false, 0, MessageAnswer::Write("answer-contact")),
        (Subject::Prescription, false, 1, MessageAnswer::Write("answer-prescription")),
        (Subject::RecordCopy, false, 2, MessageAnswer::Write("answer-record-copy")),
        (Subject::Consultation, false, 0, MessageAnswer::Refuse("book-a-visit")),
        (Subject::Consultation, false, 1, MessageAnswer::Sample("answer-sample")),
        (Subject::Consultation, false, 2, MessageAnswer::Sample("answer-sample")),
        (Subject::Consultation, false, 3, MessageAnswer::Refer("answer-referral")),
        (Subject::Consultation, false, 5, MessageAnswer::Write("answer-advice")),
        (Subject::Consultation, true, 0, MessageAnswer::Write("answer-follow-up")),
    ] {
        assert_eq!(message(subject, is_follow_up, luck), expected, "{subject:?} {is_follow_up} {luck}");
    }
}

#[test]
fn a_step_is_due_after_the_offices_time_and_within_what_was_promised() {
    let at = |text: &str| text.parse::<Timestamp>().unwrap();
    let since = at("2026-11-23T09:00:00Z");
    for (wait, speed, promised, expected) in [
        (3600, 1, None, "2026-11-23T10:00:00Z"),
        (3600, 60, None, "2026-11-23T09:01:00Z"),
        (30, 60, None, "2026-11-23T09:00:00.5Z"),
        (3600, 0, None, "2026-11-23T10:00:00Z"),
        (3600, 1, Some("2026-11-23T09:30:00Z"), "2026-11-23T09:30:00Z"),
        (3600, 1, Some("2026-11-30T09:30:00Z"), "2026-11-23T10:00:00Z"),
        // The day is over: at once.
        (3600, 1, Some("2026-11-20T09:30:00Z"), "2026-11-23T09:00:00Z"),
    ] {
        assert_eq!(due(since, wait, speed, promised.map(at)), at(expected), "{wait} {speed} {promised:?}");
    }
    let end = end_of_day("2026-11-27".parse().unwrap()).unwrap();
    assert_eq!(end, at("2026-11-27T22:59:59Z"));
}

#[test]
fn every_answer_comes_within_a_working_day_of_the_offices() {
    for kind in Kind::ALL {
        for luck in 0..5_000 {
            let all: u32 =
                [Stage::New, Stage::Taken, Stage::Opened].map(|stage| wait_seconds(kind, stage, luck)).iter().sum();
            assert!(all > 0 && all <= 12 * 3600, "{kind:?} {luck}: {all}");
        }
    }
}

#[test]
fn pauses_grow_and_end_growing() {
    let seconds: Vec<i64> = (0..9).map(|attempts| pause(attempts).as_secs()).collect();
    assert_eq!(seconds, [1, 2, 4, 8, 16, 32, 60, 60, 60]);
    assert_eq!(pause(u32::MAX), SignedDuration::from_secs(60));
}

#[test]
fn luck_and_ids_follow_from_what_they_are_for() {
    assert_eq!(luck(1, "a"), luck(1, "a"));
    assert_ne!(luck(1, "a"), luck(2, "a"));
    assert_ne!(luck(1, "a"), luck(1, "b"));
    assert_ne!(made_id("answer", "Task/1"), made_id("report", "Task/1"));
    let id = made_id("answer", "Task/1");
    assert!(id.len() <= 64 && id.chars().all(|c| c.is_ascii_alphanumeric() || c == '-'), "{id}");
    let share = (0..6_000).filter(|n| luck(1, &n.to_string()).is_multiple_of(6)).count();
    assert!((800..1_200).contains(&share), "{share}");
}

#[test]
fn statuses_of_a_task_are_stages() {
    for (status, expected) in [
        ("requested", Stage::New),
        ("received", Stage::Taken),
        ("accepted", Stage::Opened),
        ("in-progress", Stage::Opened),
        ("on-hold", Stage::Opened),
        ("completed", Stage::Done),
        ("rejected", Stage::Done),
        ("cancelled", Stage::Done),
        ("failed", Stage::Done),
        ("entered-in-error", Stage::Done),
    ] {
        assert_eq!(stage(status), expected, "{status}");
    }
}

#[test]
fn a_sample_is_analysed_for_what_the_medicine_does() {
    let names = |atc| panel(atc).iter().map(|analysis: &&Analysis| analysis.name).collect::<Vec<_>>();
    assert_eq!(names(Some("A10BA02")), ["HbA1c", "Kalium", "Kolesterol"]);
    assert_eq!(names(Some("H03AA01")), ["TSH"]);
    assert_eq!(names(Some("C10AA05")), ["Kolesterol"]);
    assert_eq!(names(None), ["Kalium", "Natrium", "TSH"]);
}

#[test]
fn values_are_plausible_and_what_is_put_right_was_too_high() {
    for analysis in panel(None).iter().chain(panel(Some("A10"))) {
        for luck in 0..2_000 {
            let right = value(analysis, luck, false);
            let span = analysis.high - analysis.low;
            assert!(right >= analysis.low && right <= analysis.high + span, "{analysis:?} {right}");
            let wrong = value(analysis, luck, true);
            assert_eq!(flag(analysis, wrong).0, "H");
            assert!(wrong > right || right > analysis.high, "{analysis:?} {luck}");
        }
    }
    assert!(is_corrected(0) && is_corrected(3) && !is_corrected(1));
}

#[test]
fn a_booked_time_stands_or_is_moved_in_good_time() {
    let now: Timestamp = "2026-11-23T09:00:00Z".parse().unwrap();
    let ahead = |hours| now + SignedDuration::from_hours(hours);
    for (start, luck, expected) in [
        (ahead(72), 0, Booking::Move),
        (ahead(72), 1, Booking::CallOff),
        (ahead(72), 13, Booking::CallOff),
        (ahead(72), 7, Booking::Confirm),
        (ahead(47), 1, Booking::Confirm),
        (ahead(48), 6, Booking::Move),
        (ahead(47), 0, Booking::Confirm),
        (ahead(-5), 0, Booking::Confirm),
    ] {
        assert_eq!(booking(start, now, luck), expected, "{start} {luck}");
    }
    assert_eq!((choice(0, 5), choice(1, 5), choice(100, 13)), (None, Some(0), Some(1)));
}

#[test]
fn a_referral_is_assessed_with_a_day_and_a_visit_before_it() {
    let today = "2026-11-23".parse().unwrap();
    let (no, weak) = (referral(today, 0), referral(today, 1));
    assert_eq!((no.code, no.care_by, no.visit), ("rejected", None, None));
    assert_eq!((weak.code, weak.care_by, weak.visit), ("granted-without-right", None, None));
    for luck in (0..2_000).filter(|luck| luck % 6 > 1) {
        let yes = referral(today, luck);
        let (care_by, visit) = (yes.care_by.unwrap(), yes.visit.unwrap());
        let local = varde_base::norway().to_datetime(visit);
        assert_eq!(yes.code, "granted");
        assert!(local.date() > today && local.date() < care_by, "{local} {care_by}");
        assert!(local.date().weekday().to_monday_one_offset() <= 5 && (9..=14).contains(&local.hour()), "{local}");
    }
}
