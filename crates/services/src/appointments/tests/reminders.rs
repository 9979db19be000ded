//! Reminders: so many days before, once, to those who may know of the appointment.

use jiff::Timestamp;
use serde_json::json;

use super::super::remind;
use super::booked;
use super::waiting::work_off;
use varde_base::{Actor, PatientId, Purpose, SystemActor, SystemRole};
use varde_fhir::ResourceType;
use varde_store::{Access, Gate};

use crate::shared::testing::{Portal, parent_of, patient, visitor};

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn platform(portal: &Portal) -> Gate {
    let actor = Actor::System(SystemActor { name: "Varde".into(), role: SystemRole::Platform });
    portal.store().as_actor(&Access { actor, purpose: Purpose::PatientRequest, acting_for: None, interaction: "test" })
}

async fn look(portal: &Portal, days: &[u8], from: &str, to: &str) -> usize {
    portal.clock.set(at(to));
    remind(portal.store(), days, at(from), at(to)).await.unwrap()
}

#[tokio::test]
async fn one_is_reminded_so_many_days_before_as_is_said_and_once_for_each() {
    let portal = Portal::new();
    portal.given([patient("kari", 1, "1980-03-04"), booked("kari-gp", "kari", "s", "2026-12-01T09:00:00Z")]).await;
    let days = [7, 1];
    assert_eq!(look(&portal, &days, "2026-11-24T08:58:00Z", "2026-11-24T08:59:00Z").await, 0, "not yet");
    assert_eq!(look(&portal, &days, "2026-11-24T08:59:00Z", "2026-11-24T09:00:00Z").await, 1);
    // A process that was killed looks at the same time again.
    assert_eq!(look(&portal, &days, "2026-11-24T08:30:00Z", "2026-11-24T09:01:00Z").await, 1);
    assert_eq!(work_off(&portal).await, ["appointment-reminder"], "said once");
    // Eight days later the key of the first is forgotten, and the event still there.
    assert_eq!(look(&portal, &[1], "2026-11-30T08:00:00Z", "2026-11-30T10:00:00Z").await, 1);
    assert_eq!(work_off(&portal).await, ["appointment-reminder"]);
    let (_, page) = portal.get(&visitor("kari", 1), "/events").await;
    assert_eq!(page.matches("Påminnelse om time").count(), 2, "{page}");
}

#[tokio::test]
async fn a_time_that_is_moved_is_reminded_of_anew_and_one_called_off_is_not() {
    let portal = Portal::new();
    let mut off = booked("off", "kari", "s2", "2026-12-01T10:00:00Z");
    off["status"] = json!("cancelled");
    portal.given([patient("kari", 1, "1980-03-04"), booked("kari-gp", "kari", "s", "2026-12-01T09:00:00Z"), off]).await;
    let day = ("2026-11-30T08:00:00Z", "2026-11-30T11:00:00Z");
    assert_eq!(look(&portal, &[1], day.0, day.1).await, 1);
    portal.given([booked("kari-gp", "kari", "s", "2026-12-02T09:00:00Z")]).await;
    assert_eq!(look(&portal, &[1], "2026-12-01T08:00:00Z", "2026-12-01T11:00:00Z").await, 1);
}

#[tokio::test]
async fn a_clinic_can_say_that_nobody_is_to_be_reminded() {
    let portal = Portal::new();
    let mut quiet = booked("kari-gp", "kari", "s", "2026-12-01T09:00:00Z");
    quiet["meta"] = json!({"tag": [{"system": "http://helsenorge.no/fhir/paminnelse", "code": "1"}]});
    portal.given([patient("kari", 1, "1980-03-04"), quiet]).await;
    assert_eq!(look(&portal, &[1], "2026-11-30T08:00:00Z", "2026-11-30T11:00:00Z").await, 0);
}

#[tokio::test]
async fn parents_are_reminded_of_what_they_may_see_of_a_child_and_of_nothing_else() {
    let portal = Portal::new();
    let category = |mut body: serde_json::Value, code: &str| {
        body["serviceCategory"] = json!([{"coding": [{"code": code}]}]);
        body
    };
    let mut hidden = booked("nora-own", "nora", "s3", "2026-12-03T09:00:00Z");
    hidden["meta"] = json!({"security": [{"system": "urn:oid:2.16.578.1.12.4.1.1.9603", "code": "NORN_FORANS"}]});
    portal
        .given([
            patient("kari", 1, "1980-03-04"),
            patient("lise", 2, "2018-05-05"),
            patient("nora", 3, "2012-09-07"),
            patient("tone", 4, "2009-01-01"),
            parent_of("lise", 1),
            parent_of("nora", 1),
            parent_of("tone", 1),
            category(booked("lise-hospital", "lise", "s1", "2026-12-01T09:00:00Z"), "27"),
            category(booked("nora-hospital", "nora", "s2", "2026-12-02T09:00:00Z"), "27"),
            hidden,
            booked("tone-gp", "tone", "s4", "2026-12-04T09:00:00Z"),
        ])
        .await;
    // The mother of the child at the hospital; nobody of what is nora's alone; at seventeen one is told oneself.
    for (day, expected) in [("11-30", 1), ("12-01", 0), ("12-02", 0), ("12-03", 1)] {
        let (from, to) = (format!("2026-{day}T08:00:00Z"), format!("2026-{day}T10:00:00Z"));
        assert_eq!(look(&portal, &[1], &from, &to).await, expected, "{day}");
    }
    let told = portal.store().outbox().claim(10, std::time::Duration::from_secs(60)).await.unwrap();
    // One message each; whom it reaches is asked of the rules when it is sent: those who may see both the reminder and the appointment.
    let mut reached = Vec::new();
    for message in told {
        let payload: serde_json::Value = serde_json::from_str(&message.payload).unwrap();
        let told = &payload["event"];
        let whose: PatientId = told["patient"].as_str().unwrap().parse().unwrap();
        let event = told["id"].as_str().unwrap().parse().unwrap();
        let appointment = told["of"].as_str().unwrap().strip_prefix("Appointment/").unwrap().parse().unwrap();
        let gate = platform(&portal);
        for (kind, id) in [(ResourceType::COMMUNICATION, event), (ResourceType::APPOINTMENT, appointment)] {
            let seers = gate.seers(&whose, kind, &id).await.unwrap();
            reached.push(seers.iter().map(PatientId::as_str).collect::<Vec<_>>().join(" "));
        }
    }
    assert_eq!(reached, ["kari", "kari", "tone", "tone"]);
}
