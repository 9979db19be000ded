use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::json;

use super::super::model::{Closed, Errand, Office, Step, Thread};
use super::super::rules::{
    Absence, Delivery, FieldError, MAX_A_DAY, Reply, answer_by, check, check_draft, closed, delivery, first_page,
    has_new, has_sent_enough, is_late, is_new, may_withdraw, reply, threads,
};
use super::{communication, read, thread};

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

#[test]
fn an_answer_is_promised_in_working_days_from_the_day_it_is_in_norway() {
    for (sent, expected) in [
        ("2026-11-20T09:00:00Z", "2026-11-27"),
        ("2026-11-19T22:59:59Z", "2026-11-26"),
        ("2026-11-19T23:00:00Z", "2026-11-27"), // past midnight in Norway
        ("2026-12-23T09:00:00Z", "2026-12-31"), // Christmas and a weekend
    ] {
        assert_eq!(answer_by(at(sent)), day(expected), "{sent}");
    }
}

#[test]
fn what_is_wrong_is_told_of_each_field_and_a_draft_may_lack_anything_but_everything() {
    use FieldError::{NoText, NoTopic, Nothing, TextTooLong, TopicTooLong};
    let (long_topic, long_text) = ("å".repeat(101), "å".repeat(4_001));
    for (topic, text, sending, saving) in [
        (Some("Kne"), "Vondt", vec![], vec![]),
        (Some(" "), "\n", vec![NoTopic, NoText], vec![Nothing]),
        (Some(""), "Vondt", vec![NoTopic], vec![]),
        (Some("Kne"), "", vec![NoText], vec![]),
        (
            Some(long_topic.as_str()),
            long_text.as_str(),
            vec![TopicTooLong, TextTooLong],
            vec![TopicTooLong, TextTooLong],
        ),
        (None, "Vondt", vec![], vec![]),
        (None, " ", vec![NoText], vec![Nothing]),
    ] {
        assert_eq!(check(topic, text), sending, "{topic:?}");
        assert_eq!(check_draft(topic, text), saving, "{topic:?}");
    }
    assert_eq!(check(Some(&"å".repeat(100)), &"å".repeat(4_000)), []);
}

fn errand(step: Step) -> Errand {
    let id = "t".parse().unwrap();
    Errand { id, version: 1, message: "m".parse().unwrap(), step, answer_by: None, reason: None }
}

#[test]
fn one_takes_back_ones_own_that_nobody_has_opened() {
    let message = read(&communication("m", "Patient/kari", "2026-11-20T09:00:00Z"));
    let opened = Delivery::Opened { at: at("2026-11-20T10:00:00Z") };
    for (delivery, by, expected) in [
        (Delivery::Sent, "kari", true),
        (Delivery::Delivered, "kari", true),
        (Delivery::Begun, "kari", false),
        (Delivery::Done, "kari", false),
        (opened, "kari", false),
        (Delivery::Answered, "kari", false),
        (Delivery::Withdrawn, "kari", false),
        (Delivery::Sent, "per", false),
    ] {
        assert_eq!(may_withdraw(&message, delivery, by), expected, "{delivery:?} {by}");
    }
}

#[test]
fn the_state_is_what_the_office_has_said_and_nothing_more() {
    let message = |status: &str, received: Option<&str>| {
        let mut body = communication("m", "Patient/kari", "2026-11-20T09:00:00Z");
        body["status"] = json!(status);
        if let Some(received) = received {
            body["received"] = json!(received);
        }
        body
    };
    let errand = |step| Some(self::errand(step));
    let opened = Delivery::Opened { at: at("2026-11-20T10:00:00Z") };
    let received = Some("2026-11-20T10:00:00Z");
    for (status, received, errand, expected) in [
        ("in-progress", None, None, Delivery::Sent),
        ("in-progress", None, errand(Step::Waiting), Delivery::Sent),
        ("in-progress", None, errand(Step::TakenIn), Delivery::Delivered),
        ("completed", None, errand(Step::Waiting), Delivery::Delivered),
        ("completed", received, errand(Step::TakenIn), opened),
        ("completed", received, errand(Step::Refused), Delivery::Refused),
        ("not-done", received, errand(Step::TakenIn), Delivery::Failed),
        ("stopped", None, errand(Step::Refused), Delivery::Withdrawn),
        ("completed", None, errand(Step::Begun), Delivery::Begun),
        ("completed", received, errand(Step::Begun), opened),
        ("completed", received, errand(Step::Done), Delivery::Done), // done without an answer is no answer
    ] {
        let one = thread(&[message(status, received)]);
        assert_eq!(delivery(&one.messages[0], &one, errand.as_ref()), expected, "{status} {errand:?}");
    }
    let mut answer = communication("a", "Practitioner/d", "2026-11-21T09:00:00Z");
    answer["inResponseTo"] = json!([{"reference": "Communication/m"}]);
    let answered = thread(&[message("completed", received), answer.clone()]);
    assert_eq!(delivery(&answered.messages[0], &answered, None), Delivery::Answered);
    answer["inResponseTo"] = json!([{"reference": "Communication/earlier"}]);
    let other = thread(&[message("completed", received), answer]);
    assert_eq!(delivery(&other.messages[0], &other, None), opened, "an answer to another message is none to this");
}

#[test]
fn an_answer_is_late_the_day_after_the_last() {
    let last = Some(day("2026-11-27"));
    assert!(!is_late(Delivery::Delivered, last, at("2026-11-27T22:59:59Z")));
    assert!(is_late(Delivery::Delivered, last, at("2026-11-27T23:00:00Z")));
    assert!(!is_late(Delivery::Answered, last, at("2027-01-01T00:00:00Z")));
    assert!(!is_late(Delivery::Sent, None, at("2027-01-01T00:00:00Z")));
}

#[test]
fn answers_belong_to_the_conversation_however_the_source_says_so() {
    let mut answer = communication("b", "Practitioner/d", "2026-11-20T10:00:00Z");
    answer["inResponseTo"] = json!([{"reference": "Communication/a"}]);
    let mut third = communication("c", "Patient/kari", "2026-11-20T11:00:00Z");
    third["inResponseTo"] = json!([{"reference": "Communication/b"}]);
    let mut part = communication("d", "Practitioner/d", "2026-11-20T12:00:00Z");
    part["partOf"] = json!([{"reference": "Communication/a"}]);
    let mut draft = communication("e", "Patient/kari", "2026-11-20T13:00:00Z");
    draft["status"] = json!("preparation");
    let first = communication("a", "Patient/kari", "2026-11-20T09:00:00Z");
    let letter = communication("z", "Organization/h", "2026-11-20T11:30:00Z");
    let all = [part, draft, third, letter, answer, first];
    let found = threads(all.iter().map(read).collect());
    let ids = |n: usize| found[n].messages.iter().map(|m| m.id.as_str()).collect::<Vec<_>>();
    assert_eq!((found.len(), ids(0), ids(1)), (2, vec!["a", "b", "c", "d"], vec!["z"]));
    assert_eq!(found[0].root.as_str(), "a");
}

#[test]
fn messages_that_answer_each_other_in_a_circle_are_all_shown() {
    let mut one = communication("a", "Patient/kari", "2026-11-20T09:00:00Z");
    one["inResponseTo"] = json!([{"reference": "Communication/b"}]);
    let mut two = communication("b", "Practitioner/d", "2026-11-20T10:00:00Z");
    two["inResponseTo"] = json!([{"reference": "Communication/a"}]);
    let found = threads([one, two].iter().map(read).collect());
    assert_eq!(found.iter().map(|thread| thread.messages.len()).sum::<usize>(), 2);
}

fn office(closed: Option<Closed>) -> Office {
    Office {
        reference: "HealthcareService/office".to_owned(),
        name: "Torget legesenter".to_owned(),
        doctor: ("Practitioner/d".to_owned(), "Kari Lege".to_owned()),
        phone: None,
        offers: Vec::new(),
        closed,
    }
}

#[test]
fn one_can_write_on_for_thirty_days_with_somebody_who_takes_it_in() {
    let now = at("2026-11-21T09:00:00Z");
    let from = |sender: &str, sent: &str| thread(&[communication("a", sender, sent)]);
    let away = Closed { opens: Some(day("2026-12-01")), why: None };
    let (open, shut) = (office(None), office(Some(away.clone())));
    let recent = from("Practitioner/d", "2026-10-22T09:00:00Z");
    assert_eq!(reply(&recent, Some(&open), now), Reply::Open);
    assert_eq!(reply(&recent, Some(&shut), now), Reply::Closed(away));
    assert_eq!(reply(&from("Practitioner/d", "2026-10-22T08:59:59Z"), Some(&open), now), Reply::Ended);
    assert_eq!(reply(&from("Organization/hospital", "2026-11-01T09:00:00Z"), Some(&shut), now), Reply::Open);
    let mut letter = communication("a", "Organization/hospital", "2026-11-20T09:00:00Z");
    letter["category"] = json!([{"coding": [{"system": "urn:varde:message", "code": "letter"}]}]);
    assert_eq!(reply(&thread(&[letter]), Some(&open), now), Reply::NotTaken);
    let mut nobody = communication("a", "x", "2026-11-20T09:00:00Z");
    nobody.as_object_mut().unwrap().remove("sender");
    nobody.as_object_mut().unwrap().remove("recipient");
    assert_eq!(reply(&thread(&[nobody]), Some(&open), now), Reply::NotTaken);
}

#[test]
fn a_closed_office_says_from_which_day_it_is_open_again() {
    let today = day("2026-11-21");
    let away = |from: &str, to: &str| -> Absence { (from.parse().ok(), to.parse().ok(), Some("Ferie".to_owned())) };
    let opens = |text: &str| Some(Closed { opens: Some(day(text)), why: Some("Ferie".to_owned()) });
    let unknown = |why: Option<&str>| Some(Closed { opens: None, why: why.map(str::to_owned) });
    for (active, absences, expected) in [
        (true, vec![], None),
        (true, vec![away("2026-11-22", "2026-11-30")], None),
        (true, vec![away("2026-11-01", "2026-11-20")], None),
        (true, vec![away("2026-11-01", "2026-11-21")], opens("2026-11-22")),
        (true, vec![away("2026-11-21", "2026-11-23"), away("2026-11-24", "2026-11-30")], opens("2026-12-01")),
        (true, vec![away("2026-11-21", "")], unknown(Some("Ferie"))),
        (true, vec![away("", "")], unknown(Some("Ferie"))),
        (false, vec![], unknown(None)),
    ] {
        assert_eq!(closed(active, &absences, today), expected, "{absences:?}");
    }
}

#[test]
fn nobody_fills_an_inbox_in_a_day() {
    let now = at("2026-11-21T09:00:00Z");
    let sent = |sender: &str, sent: &str| read(&communication("a", sender, sent));
    let many = vec![sent("Patient/kari", "2026-11-20T09:00:01Z"); MAX_A_DAY];
    assert!(has_sent_enough(&many, "kari", now));
    assert!(!has_sent_enough(&many[1..], "kari", now));
    assert!(!has_sent_enough(&many, "ola", now), "each has their own");
    let old = vec![sent("Patient/kari", "2026-11-20T09:00:00Z"); MAX_A_DAY];
    assert!(!has_sent_enough(&old, "kari", now));
}

#[test]
fn a_page_of_conversations_ends_between_two_seconds() {
    let of = |id: &str, sent: &str| thread(&[communication(id, "Practitioner/d", sent)]);
    let all = || {
        vec![
            of("a", "2026-11-20T10:00:00Z"),
            of("b", "2026-11-20T09:00:00.700Z"),
            of("c", "2026-11-20T09:00:00.100Z"),
            of("d", "2026-11-20T08:00:00Z"),
        ]
    };
    for (count, shown, cut_at) in [
        (1, 1, Some("2026-11-20T10:00:00Z")),
        (2, 3, Some("2026-11-20T09:00:00.1Z")),
        (3, 3, Some("2026-11-20T09:00:00.1Z")),
        (4, 4, None),
        (9, 4, None),
    ] {
        let (threads, cut) = first_page(all(), count);
        assert_eq!((threads.len(), cut), (shown, cut_at.map(at)), "{count}");
    }
    assert_eq!(first_page(Vec::new(), 5), (Vec::new(), None));
}

#[test]
fn what_one_has_opened_is_opened_to_the_office_and_new_to_the_others_for_a_while() {
    let now = at("2026-11-21T09:00:00Z");
    let opened_by = |sent: &str, readers: &[&str]| {
        let mut body = communication("m", "Practitioner/d", sent);
        body["received"] = json!("2026-11-20T10:00:00Z");
        let who = |reader: &&str| json!({"url": "urn:varde:opened-by", "valueReference": {"reference": format!("Patient/{reader}")}});
        body["extension"] = readers.iter().map(who).collect();
        read(&body)
    };
    let (new, old) = ("2026-11-20T09:00:00Z", "2026-10-20T09:00:00Z");
    for (message, reader, expected) in [
        (read(&communication("m", "Practitioner/d", new)), "kari", true),
        (read(&communication("m", "Practitioner/d", old)), "kari", true),
        (read(&communication("m", "Patient/kari", new)), "per", false),
        (opened_by(new, &["per"]), "kari", true),
        (opened_by(new, &["per", "kari"]), "kari", false),
        (opened_by(old, &["per"]), "kari", false),
        (opened_by(new, &[]), "kari", false),
    ] {
        assert_eq!(is_new(&message, reader, now), expected, "{reader} {message:?}");
        let thread = Thread { root: message.id.clone(), messages: vec![message] };
        assert_eq!(has_new(&thread, reader, now), expected);
    }
}
