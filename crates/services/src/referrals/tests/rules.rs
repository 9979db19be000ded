use jiff::Timestamp;
use serde_json::{Value, json};

use super::super::fhir;
use super::super::model::{Deadline, Progress, Stage, What};
use super::super::rules::{self, Case};
use super::{referral, task, visit};

/// A Saturday.
fn now() -> Timestamp {
    "2026-11-21T09:00:00Z".parse().unwrap()
}

fn case(body: &Value, task: Option<Value>, visits: &[Value]) -> Case {
    let bytes = |body: &Value| body.to_string().into_bytes();
    Case {
        referral: fhir::referral(&bytes(body)).unwrap().unwrap(),
        assessment: task.and_then(|task| fhir::assessment(&bytes(&task)).unwrap()),
        visits: visits.iter().filter_map(|visit| fhir::visit(&bytes(visit)).unwrap()).collect(),
    }
}

const RECEIVED: (&str, &str) = ("mottatt-dato", "2026-11-16");
const LATE: (&str, &str) = ("mottatt-dato", "2026-11-02");
const ASSESSED: (&str, &str) = ("vurdert-dato", "2026-11-10");
const CARE_AHEAD: (&str, &str) = ("frist-for-helsehjelp", "2027-01-20");
const CARE_PAST: (&str, &str) = ("frist-for-helsehjelp", "2026-11-20");

#[test]
fn where_it_stands_follows_from_what_sources_say() {
    let ahead = || visit("a1", "r", "booked", "2026-12-10T09:00:00Z");
    let held = || visit("a2", "r", "fulfilled", "2026-11-19T09:00:00Z");
    let past = || visit("a4", "r", "booked", "2026-11-20T09:00:00Z");
    let off = || visit("a3", "r", "cancelled", "2026-11-10T09:00:00Z");
    let of = |dates: &[(&str, &str)], more: Value, task: Option<Value>, visits: &[Value]| {
        rules::stage(&case(&referral("r", dates, more), task, visits), now())
    };
    let none = || json!({});
    for (stage, expected) in [
        (of(&[], none(), None, &[]), Stage::Sent),
        (of(&[], none(), Some(task("r", "requested", None)), &[]), Stage::Sent),
        (of(&[], none(), Some(task("r", "received", None)), &[]), Stage::Assessing),
        (of(&[RECEIVED], none(), None, &[]), Stage::Assessing),
        (of(&[RECEIVED], none(), Some(task("r", "on-hold", Some("more-info-needed"))), &[]), Stage::MoreInfo),
        (of(&[RECEIVED, ASSESSED, CARE_AHEAD], none(), None, &[]), Stage::Waiting),
        (of(&[RECEIVED], none(), Some(task("r", "completed", Some("granted"))), &[]), Stage::Waiting),
        (of(&[RECEIVED], none(), Some(task("r", "completed", Some("granted"))), &[off()]), Stage::Waiting),
        (of(&[RECEIVED, ASSESSED], none(), None, &[ahead()]), Stage::Scheduled),
        (of(&[RECEIVED, ASSESSED], none(), None, &[held(), ahead()]), Stage::Started),
        (of(&[RECEIVED], none(), Some(task("r", "completed", Some("rejected"))), &[]), Stage::Rejected),
        (of(&[RECEIVED], none(), Some(task("r", "completed", Some("redirected"))), &[]), Stage::Redirected),
        (of(&[RECEIVED, ASSESSED], none(), None, &[past(), off()]), Stage::Started),
        (of(&[RECEIVED], json!({"status": "on-hold"}), None, &[]), Stage::OnHold),
        (of(&[RECEIVED], json!({"status": "revoked"}), None, &[ahead()]), Stage::Withdrawn),
        (of(&[RECEIVED], json!({"status": "completed"}), None, &[]), Stage::Ended),
    ] {
        assert_eq!(stage, expected);
    }
}

#[test]
fn the_assessment_is_due_ten_working_days_after_it_was_received() {
    for (received, due) in [
        ("2026-11-02", "2026-11-16"), // a Monday, and two Mondays after
        ("2026-11-14", "2026-11-27"), // a Saturday: Monday is the first
        ("2026-03-27", "2026-04-15"), // Maundy Thursday, Good Friday and Easter Monday between
        ("2026-12-21", "2027-01-06"), // Christmas Day is a Friday, New Year's Day too
        ("2026-05-05", "2026-05-20"), // Ascension Day between, 17 May on a Sunday
    ] {
        let one = case(&referral("r", &[("mottatt-dato", received)], json!({})), None, &[]).referral;
        assert_eq!(rules::assess_by(&one), due.parse().ok(), "{received}");
    }
    let told = case(&referral("r", &[RECEIVED, ("frist-for-vurdering", "2026-11-18")], json!({})), None, &[]).referral;
    assert_eq!(rules::assess_by(&told), "2026-11-18".parse().ok(), "what the receiver says comes first");
    let unknown = case(&referral("r", &[], json!({})), None, &[]).referral;
    assert_eq!(rules::assess_by(&unknown), None, "nothing to count from");
}

#[test]
fn a_deadline_is_broken_the_day_after_it() {
    let of = |dates: &[(&str, &str)], task: Option<Value>, at: &str| {
        rules::broken(&case(&referral("r", dates, json!({})), task, &[]), at.parse().unwrap())
    };
    let due = "2026-11-16".parse().unwrap();
    assert_eq!(of(&[LATE], None, "2026-11-16T22:30:00Z"), None, "the day itself is in time, in Norway");
    assert_eq!(of(&[LATE], None, "2026-11-16T23:30:00Z"), Some(Deadline::Assessment(due)));
    assert_eq!(of(&[LATE, ASSESSED], None, "2026-12-01T09:00:00Z"), None);
    let care = Deadline::Care("2026-11-20".parse().unwrap());
    assert_eq!(of(&[LATE, ASSESSED, CARE_PAST], None, "2026-11-21T09:00:00Z"), Some(care));
    assert_eq!(of(&[LATE, ASSESSED, CARE_PAST], None, "2026-11-20T09:00:00Z"), None);
    let without_right = Some(task("r", "completed", Some("granted-without-right")));
    assert_eq!(of(&[LATE, ASSESSED, CARE_PAST], without_right, "2026-11-21T09:00:00Z"), None);
    let refused = Some(task("r", "completed", Some("rejected")));
    assert_eq!(of(&[LATE, CARE_PAST], refused, "2026-11-21T09:00:00Z"), None);
    let begun = case(
        &referral("r", &[LATE, ASSESSED, CARE_PAST], json!({})),
        None,
        &[visit("a", "r", "fulfilled", "2026-11-19T09:00:00Z")],
    );
    assert_eq!(rules::broken(&begun, now()), None, "the help has begun");
}

fn steps(case: &Case) -> Vec<(What, Progress)> {
    rules::steps(case, now()).into_iter().map(|step| (step.what, step.progress)).collect()
}

#[test]
fn the_line_in_time_has_what_was_what_is_and_what_comes() {
    use Progress::{Ahead, Done, Late, Now};
    let visit_of = |id: &str| What::Visit(id.parse().unwrap());
    let assessing = case(&referral("r", &[RECEIVED], json!({})), None, &[]);
    assert_eq!(steps(&assessing), [(What::Sent, Done), (What::Received, Done), (What::Assess, Now)]);
    let late = case(&referral("r", &[LATE], json!({})), None, &[]);
    assert_eq!(steps(&late), [(What::Sent, Done), (What::Received, Done), (What::Assess, Late)]);
    let scheduled = case(
        &referral("r", &[RECEIVED, ASSESSED, CARE_AHEAD], json!({})),
        None,
        &[
            visit("after", "r", "booked", "2027-02-01T09:00:00Z"),
            visit("before", "r", "booked", "2026-12-10T09:00:00Z"),
        ],
    );
    assert_eq!(
        steps(&scheduled),
        [
            (What::Sent, Done),
            (What::Received, Done),
            (What::Assessed(None), Done),
            (visit_of("before"), Ahead),
            (What::Care, Ahead),
            (visit_of("after"), Ahead),
        ]
    );
    let withdrawn = case(&referral("r", &[RECEIVED], json!({"status": "revoked"})), None, &[]);
    assert_eq!(steps(&withdrawn), [(What::Sent, Done), (What::Received, Done), (What::Withdrawn, Done)]);
    let sent = case(&referral("r", &[], json!({})), None, &[]);
    assert_eq!(steps(&sent), [(What::Sent, Done), (What::Assess, Ahead)]);
}

#[test]
fn what_is_late_stands_first_and_news_are_late_or_lately_answered() {
    let of = |id: &str, dates: &[(&str, &str)], more: Value| case(&referral(id, dates, more), None, &[]);
    let cases = vec![
        of("fresh", &[RECEIVED], json!({})),
        of("late", &[LATE], json!({})),
        of("done", &[LATE], json!({"status": "completed"})),
        of("answered", &[LATE, ASSESSED, CARE_AHEAD], json!({})),
    ];
    let news: Vec<bool> = cases.iter().map(|case| rules::is_news(case, now())).collect();
    assert_eq!(news, [false, true, false, true]);
    let (open, ended) = rules::sorted(cases, now());
    let ids = |cases: &[Case]| cases.iter().map(|case| case.referral.id.to_string()).collect::<Vec<_>>();
    assert_eq!(
        (ids(&open), ids(&ended)),
        (vec!["late".to_owned(), "fresh".into(), "answered".into()], vec!["done".to_owned()])
    );
}
