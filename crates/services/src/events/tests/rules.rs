use jiff::Timestamp;
use proptest::prelude::*;
use std::collections::BTreeSet;
use varde_base::{Language, PatientId};

use super::super::model::{Channel, Channels, Kind, Preferences, PushServices, Quiet};
use super::super::rules::{Delivery, Ending, MAX_TRIES, Outcome, Progress, chosen, due, is_device, masked};

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn set(channels: &[Channel]) -> Channels {
    channels.iter().copied().collect()
}

use Channel::{Email, Push, Sms};

#[test]
fn every_event_has_a_kind() {
    for (event, kind) in [
        ("appointment-booked", Kind::Appointments),
        ("appointment-cancelled", Kind::Appointments),
        ("message-arrived", Kind::Messages),
        ("renewal-approved", Kind::Medicines),
        ("emergency-access", Kind::LookUps),
        ("emergency-access-child", Kind::LookUps),
        ("break-glass-access", Kind::LookUps),
        ("sharing-proposed", Kind::Sharing),
        ("request-granted", Kind::Other),
        ("something-new", Kind::Other),
        ("result-shown", Kind::Results),
        ("referral-answered", Kind::Appointments),
    ] {
        assert_eq!(Kind::of(event), kind, "{event}");
    }
}

/// Every string in the sources of this crate, and of what the store tells by itself, that could be a code.
fn words_of_the_sources(folder: &std::path::Path, words: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            words_of_the_sources(&path, words);
        } else if path.extension().is_some_and(|its| its == "rs") {
            let source = std::fs::read_to_string(&path).unwrap();
            let is_code = |word: &&str| word.contains('-') && word.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
            words.extend(source.split('"').filter(is_code).map(str::to_owned));
        }
    }
}

#[test]
fn whatever_people_are_told_of_has_a_kind_they_can_choose_for() {
    let here = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut words = BTreeSet::new();
    words_of_the_sources(&here.join("src"), &mut words);
    words_of_the_sources(&here.join("../store/src/gate"), &mut words);
    let text = crate::l10n::text(Language::default());
    let has_event =
        |word: &str| crate::all().iter().any(|its| its.event_text.is_some_and(|of| of(text, word, "").is_some()));
    let codes: Vec<String> = words
        .into_iter()
        .filter(|word| has_event(word) || crate::mail_text(word, Language::default()).is_some())
        .collect();
    // A code is told of when a slice has words for it; to have them it must stand in the source.
    for code in [
        "appointment-reminder",
        "gp-change-done",
        "message-arrived",
        "referral-answered",
        "result-shown",
        "suggestion-refused",
    ] {
        assert!(codes.iter().any(|known| known == code), "{code} is not found");
    }
    assert!(codes.len() >= 40, "{codes:?}");
    for code in codes {
        let kind = Kind::known(&code);
        assert!(kind.is_some_and(|kind| Kind::ALL.contains(&kind)), "{code} has no kind: see Kind::known");
        for language in Language::ALL {
            let mail = crate::mail_text(&code, language);
            assert!(mail.is_none_or(|mail| !mail.subject.is_empty() && !mail.body.is_empty()), "{code}");
        }
    }
}

#[test]
fn channels_are_those_chosen_for_the_person_then_ones_own_then_the_usual() {
    let (jonas, nora): (PatientId, PatientId) = ("jonas".parse().unwrap(), "nora".parse().unwrap());
    let mut preferences = Preferences::default();
    preferences.own.insert(Kind::Messages, set(&[Sms]));
    preferences.own.insert(Kind::Appointments, set(&[]));
    preferences.about.entry(jonas.clone()).or_default().insert(Kind::Messages, set(&[Push, Email]));
    for (about, event, expected) in [
        (None, "message-arrived", set(&[Sms])),
        (Some(&jonas), "message-arrived", set(&[Push, Email])),
        (Some(&nora), "message-arrived", set(&[Sms])),
        (None, "appointment-booked", set(&[])),
        (Some(&jonas), "appointment-booked", set(&[])),
        (None, "renewal-approved", set(&[Email])),
        (None, "sharing-account-stopped", Channels::ALL),
    ] {
        assert_eq!(chosen(&preferences, about, event), expected, "{about:?} {event}");
    }
}

#[test]
fn quiet_hours_end_by_the_clock_on_the_wall_in_norway() {
    let night = Quiet::from_key("22-07");
    let noon = Quiet::from_key("11-13");
    for (now, quiet, event, expected) in [
        // Winter: Norway is an hour ahead.
        ("2026-11-22T20:59:59Z", night, "message-arrived", "2026-11-22T20:59:59Z"),
        ("2026-11-22T21:00:00Z", night, "message-arrived", "2026-11-23T06:00:00Z"),
        ("2026-11-23T02:30:00Z", night, "message-arrived", "2026-11-23T06:00:00Z"),
        ("2026-11-23T06:00:00Z", night, "message-arrived", "2026-11-23T06:00:00Z"),
        // Summer: two hours.
        ("2026-06-30T20:00:00Z", night, "message-arrived", "2026-07-01T05:00:00Z"),
        // The night in which the clocks go forward, and the one in which they go back.
        ("2026-03-28T23:30:00Z", night, "message-arrived", "2026-03-29T05:00:00Z"),
        ("2026-10-24T22:30:00Z", night, "message-arrived", "2026-10-25T06:00:00Z"),
        // The hour that comes twice is quiet both times.
        ("2026-10-25T00:30:00Z", night, "message-arrived", "2026-10-25T06:00:00Z"),
        ("2026-10-25T01:30:00Z", night, "message-arrived", "2026-10-25T06:00:00Z"),
        ("2026-11-22T10:30:00Z", noon, "message-arrived", "2026-11-22T12:00:00Z"),
        ("2026-11-22T12:00:00Z", noon, "message-arrived", "2026-11-22T12:00:00Z"),
        // Whoever's account is stopped is told at once.
        ("2026-11-23T02:30:00Z", night, "sharing-account-stopped", "2026-11-23T02:30:00Z"),
        ("2026-11-23T02:30:00Z", None, "message-arrived", "2026-11-23T02:30:00Z"),
    ] {
        assert_eq!(due(at(now), quiet, event), at(expected), "{now} {quiet:?} {event}");
    }
    // The hour that is skipped is never an end: 02 to 03 does not exist that night.
    let gap = Quiet::from_key("01-02");
    let end = due(at("2026-03-29T00:30:00Z"), gap, "message-arrived");
    assert_eq!(end, at("2026-03-29T01:00:00Z"), "a clock that is skipped is told by the one after it");
}

#[test]
fn hours_are_two_different_ones() {
    for (key, expected) in
        [("22-07", true), ("00-23", true), ("07-07", false), ("24-07", false), ("7-22", false), ("", false)]
    {
        assert_eq!(Quiet::from_key(key).is_some(), expected, "{key}");
    }
    assert_eq!(Quiet::from_key("22-07").unwrap().key(), "22-07");
}

fn delivery() -> Delivery {
    Delivery {
        key: "k".to_owned(),
        recipient: "kari".parse().unwrap(),
        event: "message-arrived".to_owned(),
        path: "/messages/m".to_owned(),
        about: None,
        told: None,
        on_paper: false,
        begun: false,
        push: Progress::Off,
        sms: Progress::Off,
        email: Progress::Off,
    }
}

const NOW: &str = "2026-11-22T10:00:00Z";

/// Carries a delivery out in a world where each channel always ends alike; on which channels it was tried, and how it ended.
fn carried(
    wanted: &[Channel],
    reachable: &[Channel],
    fallback: &[Channel],
    works: &[Channel],
) -> (Vec<Channel>, Ending) {
    let mut delivery = delivery();
    let (reachable, fallback) = (set(reachable), set(fallback));
    delivery.begin(set(wanted), reachable);
    let mut used = Vec::new();
    for _ in 0..100 {
        let mut tried = Channels::NONE;
        while let Some(channel) = delivery.next(tried) {
            let outcome = if works.contains(&channel) { Outcome::Sent } else { Outcome::ForNow };
            delivery.note(channel, outcome);
            tried = tried.with(channel);
            if !used.contains(&channel) {
                used.push(channel);
            }
        }
        match delivery.ending(fallback, reachable, at(NOW)) {
            Ending::GoOn | Ending::Again(_) => {}
            ended => return (used, ended),
        }
    }
    panic!("it does not end");
}

#[test]
fn one_channel_stands_in_for_another_and_what_nothing_reaches_goes_on_paper() {
    let all = &[Push, Sms, Email][..];
    for (wanted, reachable, fallback, works, used, ended) in [
        (&[Email][..], all, all, all, vec![Email], Ending::Done),
        (all, all, &[], all, vec![Push, Sms, Email], Ending::Done),
        // Nobody wanted to be told.
        (&[], all, all, all, vec![], Ending::Done),
        // What has reached the person needs nothing in its place.
        (&[Push, Email], all, all, &[Email], vec![Push, Email], Ending::Done),
        (&[Push], all, &[Sms, Email], &[Sms, Email], vec![Push, Sms], Ending::Done),
        (&[Push], all, &[Sms, Email], &[Email], vec![Push, Sms, Email], Ending::Done),
        (&[Push], all, &[Email], &[Sms, Email], vec![Push, Email], Ending::Done),
        (&[Push], all, &[Sms, Email], &[], vec![Push, Sms, Email], Ending::Paper),
        // No address: straight to the next.
        (&[Email], &[Sms], &[Sms, Email], all, vec![Sms], Ending::Done),
        (&[Email], &[], &[Sms, Email], all, vec![], Ending::Paper),
        (&[Email], &[Sms], &[], all, vec![], Ending::Paper),
    ] {
        assert_eq!(
            carried(wanted, reachable, fallback, works),
            (used, ended),
            "{wanted:?} {reachable:?} {fallback:?} {works:?}"
        );
    }
}

#[test]
fn a_channel_is_tried_ever_later_and_given_up() {
    let mut delivery = delivery();
    delivery.begin(set(&[Sms]), Channels::ALL);
    let mut pauses = Vec::new();
    for _ in 1..MAX_TRIES {
        delivery.note(Sms, Outcome::ForNow);
        match delivery.ending(Channels::NONE, Channels::ALL, at(NOW)) {
            Ending::Again(then) => pauses.push(then.duration_since(at(NOW)).as_secs()),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(pauses, [5, 10, 20, 40, 80]);
    delivery.note(Sms, Outcome::ForNow);
    assert_eq!(delivery.progress(Sms), Progress::Failed);
}

#[test]
fn a_worker_that_takes_over_goes_on_where_the_other_was() {
    let mut first = delivery();
    first.begin(set(&[Push, Sms, Email]), Channels::ALL);
    first.note(Push, Outcome::Sent);
    let kept = serde_json::to_string(&first).unwrap();
    let second: Delivery = serde_json::from_str(&kept).unwrap();
    assert_eq!(second, first);
    assert_eq!(second.next(Channels::NONE), Some(Sms), "push is not sent again");
}

fn channels() -> impl Strategy<Value = Vec<Channel>> {
    proptest::sample::subsequence(vec![Push, Sms, Email], 0..=3)
}

proptest! {
    #[test]
    fn whoever_can_be_reached_is_and_nobody_hears_on_a_channel_they_did_not_allow(
        wanted in channels(), reachable in channels(), fallback in channels(), works in channels()
    ) {
        let (used, ended) = carried(&wanted, &reachable, &fallback, &works);
        for channel in &used {
            prop_assert!(reachable.contains(channel));
            prop_assert!(wanted.contains(channel) || fallback.contains(channel));
        }
        let allowed = |channel: &&Channel| wanted.contains(channel) || fallback.contains(channel);
        let could = works.iter().filter(allowed).any(|channel| reachable.contains(channel));
        prop_assert_eq!(ended == Ending::Paper, !wanted.is_empty() && !could);
    }

    #[test]
    fn nothing_goes_out_in_quiet_hours_and_nothing_waits_a_day(second in 1_767_225_600_i64..1_830_000_000, from in 0_i8..24, to in 0_i8..24) {
        prop_assume!(from != to);
        let (now, quiet) = (Timestamp::from_second(second).unwrap(), Some(Quiet { from_hour: from, to_hour: to }));
        let then = due(now, quiet, "message-arrived");
        prop_assert!(then >= now && then.duration_since(now).as_hours() <= 24);
        // The end of the hours is outside of them, but for two o'clock in the night that has none.
        prop_assert!(due(then, quiet, "message-arrived") == then || to == 2);
    }
}

#[test]
fn only_push_services_that_are_named_are_written_to() {
    let services =
        PushServices::new(["push.example.test", "*.push.example.org", "http://127.0.0.1:9000"].map(str::to_owned));
    for (endpoint, allowed) in [
        ("https://push.example.test/a", true),
        ("https://web.push.example.org/a", true),
        ("https://push.example.org/a", false),
        ("http://127.0.0.1:9000/push/1", true),
        ("http://127.0.0.1:9001/push/1", false),
        ("http://127.0.0.1:9000@evil.test/", false),
        ("https://127.0.0.1:9000/", false),
        ("https://push.example.test.evil.test/", false),
        ("https://.push.example.org/", false),
        (r"https://evil.test\.push.example.org/", false),
        ("https://push.example.test\n.evil.test/", false),
        ("//push.example.test/", false),
    ] {
        assert_eq!(services.allow(endpoint), allowed, "{endpoint}");
    }
    assert!(!services.allow(&format!("https://push.example.test/{}", "a".repeat(PushServices::MAX_ENDPOINT))));
}

#[test]
fn keys_of_a_browser_have_their_lengths() {
    let point = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4";
    assert!(is_device(point, "BTBZMqHH6r4Tts7J_aSIgg") && is_device(point, "BTBZMqHH6r4Tts7J_aSIgg=="));
    assert!(!is_device(point, "short") && !is_device("BTBZMqHH6r4Tts7J_aSIgg", point) && !is_device("", ""));
}

#[test]
fn an_address_is_shown_so_that_its_owner_knows_it() {
    assert_eq!(masked("kari.nordmann@example.test"), "ka***@example.test");
    assert_eq!(masked("+47 900 00 123"), "*** 123");
    assert_eq!(masked("å@example.test"), "å***@example.test");
}
