//! Who is told that a hospital has answered, and when.

use jiff::SignedDuration;
use serde_json::{Value, json};

use super::referral;
use crate::shared::testing::{Portal, parent_of, patient, visitor};

const HOSPITAL: &str = "Sykehuset";

/// The hospital's Task, written today.
fn task(referral: &str, status: &str, decision: Option<&str>) -> Value {
    let mut body = super::task(referral, status, decision);
    body["lastModified"] = json!("2026-11-21T08:00:00Z");
    body
}

#[tokio::test]
async fn each_answer_is_told_once_in_the_task_or_in_the_referral() {
    let portal = Portal::new();
    portal.hear();
    portal.given([patient("kari", 1, "1980-03-04"), referral("r1", &[], json!({}))]).await;
    portal.sent_by(HOSPITAL, task("r1", "in-progress", None)).await;
    assert_eq!(portal.told().await, [""; 0], "they have begun");
    portal.sent_by(HOSPITAL, task("r1", "in-progress", Some("more-info-needed"))).await;
    assert_eq!(portal.told().await, ["referral-answered: kari"]);
    portal.sent_by(HOSPITAL, task("r1", "completed", Some("granted"))).await;
    assert_eq!(portal.told().await, ["referral-answered: kari"]);
    // The same answer in the referral itself is no news.
    let concept = json!({"coding": [{"system": "urn:varde:referral-decision", "code": "granted"}]});
    let name = "http://helsenorge.no/fhir/StructureDefinition/businessstatus";
    let decided = json!({"extension": [{"url": name, "valueCodeableConcept": concept}]});
    portal.sent_by(HOSPITAL, referral("r1", &[], decided)).await;
    assert_eq!(portal.told().await, [""; 0]);
    let (_, events) = portal.get(&visitor("kari", 1), "/events").await;
    assert_eq!(events.matches("Det er kommet svar på en henvisning").count(), 2, "{events}");
    assert!(events.contains("/referrals/r1"));
}

#[tokio::test]
async fn a_referral_that_nobody_sees_yet_is_told_of_when_it_is_seen() {
    let portal = Portal::new();
    portal.hear();
    let child = json!({
        "subject": {"reference": "Patient/lise"}, "authoredOn": "2026-11-20T13:00:00Z",
        "category": [{"coding": [{"code": "paediatric-ward"}]}],
    });
    portal.given([patient("kari", 1, "1980-03-04"), patient("lise", 2, "2018-05-05"), parent_of("lise", 1)]).await;
    portal.sent_by("Legekontoret", referral("r1", &[], child)).await;
    let mut answer = task("r1", "completed", Some("granted"));
    answer["for"] = json!({"reference": "Patient/lise"});
    portal.sent_by(HOSPITAL, answer).await;
    let mut days = 0;
    let told = loop {
        let told = portal.told().await;
        if !told.is_empty() || days > 40 {
            break told;
        }
        portal.clock.advance(SignedDuration::from_hours(24));
        days += 1;
    };
    assert_eq!(told, ["referral-answered: kari"], "after {days} days");
    assert!((1..=30).contains(&days), "{days}");
}

#[tokio::test]
async fn what_was_decided_long_ago_is_not_told_of() {
    let portal = Portal::new();
    portal.hear();
    portal.given([patient("kari", 1, "1980-03-04"), referral("r1", &[], json!({}))]).await;
    let mut old = task("r1", "completed", Some("granted"));
    old["executionPeriod"] = json!({"end": "2026-09-01T10:00:00Z"});
    portal.sent_by(HOSPITAL, old).await;
    assert_eq!(portal.told().await, [""; 0]);
}
