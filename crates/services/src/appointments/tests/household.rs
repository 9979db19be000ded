//! The calendar of a household: everybody through the gate, and what is closed is as what never was.

use serde_json::{Value, json};

use super::booked;
use crate::shared::testing::{Portal, acting_for, consent, parent_of, patient, visitor};

fn at_hospital(id: &str, patient: &str) -> Value {
    let mut body = booked(id, patient, "none", "2026-12-04T09:00:00Z");
    body["serviceCategory"] = json!([{"coding": [{"code": "27"}]}]);
    body
}

fn hidden_from_parents(mut body: Value) -> Value {
    body["meta"] = json!({"security": [{"system": "urn:oid:2.16.578.1.12.4.1.1.9603", "code": "NORN_FORANS"}]});
    body
}

/// Who has given `kari` a proxy with this area, or help with what it says.
fn given_to_kari(id: &str, giver: &str, category: &str, area: &str) -> Value {
    let mut body = consent(id, giver, category, "active");
    let system = if category == "FU" { "urn:oid:2.16.578.1.12.4.1.1.7611" } else { "urn:varde:consent" };
    body["category"] = json!([{"coding": [{"system": system, "code": category}]}]);
    body["dateTime"] = json!("2026-01-01");
    body["provision"] = json!({
        "type": "permit", "period": {"start": "2026-01-01", "end": "2027-01-01"},
        "actor": [{"role": {"text": "x"}, "reference": {"reference": "Patient/kari"}}],
        "code": [{"coding": [{"system": "urn:varde:proxy-area", "code": area}]}],
    });
    body
}

async fn family() -> Portal {
    let portal = Portal::new();
    portal
        .given([
            patient("kari", 1, "1980-03-04"),
            patient("lise", 2, "2018-05-05"),
            patient("nora", 3, "2012-09-07"),
            patient("far", 4, "1950-01-01"),
            patient("nabo", 5, "1960-01-01"),
            patient("venn", 6, "1981-01-01"),
            parent_of("lise", 1),
            parent_of("nora", 1),
            given_to_kari("p1", "far", "FU", "3"),
            given_to_kari("p2", "venn", "FU", "1"),
            given_to_kari("p3", "nabo", "next-of-kin", "T"),
            booked("kari-gp", "kari", "s1", "2026-12-01T09:00:00Z"),
            booked("lise-gp", "lise", "s2", "2026-12-02T09:00:00Z"),
            at_hospital("lise-hospital", "lise"),
            booked("nora-gp", "nora", "s3", "2026-12-02T10:00:00Z"),
            hidden_from_parents(booked("nora-own", "nora", "s4", "2026-12-03T09:00:00Z")),
            at_hospital("nora-hospital", "nora"),
            booked("far-gp", "far", "s5", "2026-12-05T09:00:00Z"),
            booked("venn-gp", "venn", "s6", "2026-12-06T09:00:00Z"),
            booked("nabo-gp", "nabo", "s7", "2026-12-07T09:00:00Z"),
        ])
        .await;
    portal
}

#[tokio::test]
async fn everybody_s_appointments_stand_under_their_day_each_as_far_as_the_rules_open() {
    let portal = family().await;
    let kari = visitor("kari", 1);
    let (status, page) = portal.get(&kari, "/appointments/household").await;
    assert_eq!(status, 200);
    for seen in ["kari-gp", "lise-gp", "lise-hospital", "nora-gp", "far-gp"] {
        assert!(page.contains(&format!("/appointments/{seen}")), "{seen}: {page}");
    }
    for closed in ["nora-own", "nora-hospital", "venn-gp", "nabo-gp"] {
        assert!(!page.contains(closed), "{closed}");
    }
    assert!(page.contains("onsdag 2. desember 2026") && !page.contains("torsdag 3. desember 2026"), "{page}");
    assert!(page.contains("mandag 7. desember 2026"), "the neighbour's time is there, and no more");
    assert!(!page.contains("søndag 6. desember 2026"), "a proxy without the area opens nothing");
}

#[tokio::test]
async fn a_line_says_what_and_where_and_that_there_are_more_people_than_are_shown() {
    let portal = family().await;
    let mut at_the_doctors = booked("kari-gp", "kari", "s1", "2026-12-01T09:00:00Z");
    let actors = [("Practitioner/dr", "Ole Lie"), ("Location/torget", "Torget legesenter")];
    at_the_doctors["participant"].as_array_mut().unwrap().extend(actors.map(
        |(reference, display)| json!({"actor": {"reference": reference, "display": display}, "status": "accepted"}),
    ));
    portal.given([at_the_doctors]).await;
    let kari = visitor("kari", 1);
    let (_, page) = portal.get(&kari, "/appointments/household").await;
    assert!(page.contains("Time hos fastlegen · Oppmøte · Ole Lie · Torget legesenter"), "{page}");
    assert!(!page.contains("Vi viser"), "all of them are there: {page}");
    for number in 0..20 {
        let child = format!("child-{number}");
        portal.given([patient(&child, 20 + number, "2019-05-05"), parent_of(&child, 1)]).await;
    }
    let (_, page) = portal.get(&kari, "/appointments/household").await;
    assert!(page.contains("Vi viser 20 personer her") && page.contains("href=\"/act-for\""), "{page}");
}

#[tokio::test]
async fn to_open_another_s_appointment_one_acts_for_them() {
    let portal = family().await;
    let (_, page) = portal.get(&visitor("kari", 1), "/appointments/household").await;
    assert!(page.contains(r#"<a class="ds-link item-title" href="/appointments/kari-gp">"#), "{page}");
    assert!(!page.contains(r#"href="/appointments/lise-gp""#) && page.contains(r#"value="/appointments/lise-gp""#));
    let acting = acting_for(visitor("kari", 1), "lise");
    let (_, page) = portal.get(&acting, "/appointments/household").await;
    assert!(page.contains(r#"href="/appointments/lise-gp""#) && page.contains(r#"value="/appointments/kari-gp""#));
}

#[tokio::test]
async fn a_relation_that_is_over_is_not_in_the_calendar_and_a_stranger_sees_only_what_is_theirs() {
    let portal = family().await;
    portal
        .given([given_to_kari("p1", "far", "FU", "3")].map(|mut proxy| {
            proxy["status"] = json!("inactive");
            proxy
        }))
        .await;
    let (_, page) = portal.get(&visitor("kari", 1), "/appointments/household").await;
    assert!(!page.contains("far-gp") && page.contains("lise-gp"));
    let (_, page) = portal.get(&visitor("venn", 6), "/appointments/household").await;
    assert!(page.contains("venn-gp") && !page.contains("kari-gp") && !page.contains("far-gp"), "{page}");
}

#[tokio::test]
async fn a_girl_of_fourteen_sees_her_own_and_nobody_else_s() {
    let portal = family().await;
    let nora = visitor("nora", 3);
    let (_, page) = portal.get(&nora, "/appointments/household").await;
    assert!(!page.contains("nora-gp"), "nobody has consented");
    let mut consented = consent("c", "nora", "foreldresamtykke", "active");
    consented["provision"] = json!({"type": "permit", "period": {"start": "2025-09-07", "end": "2028-09-06"}});
    portal.given([consented]).await;
    let (_, page) = portal.get(&nora, "/appointments/household").await;
    assert!(page.contains("nora-gp") && page.contains("nora-own") && !page.contains("lise"), "{page}");
}

#[tokio::test]
async fn what_cannot_be_fetched_of_one_is_said_and_the_others_are_there() {
    let portal = family().await;
    let mut damaged = booked("lise-gp", "lise", "s2", "2026-12-02T09:00:00Z");
    damaged["status"] = json!("sometime");
    portal.given([damaged]).await;
    let (status, page) = portal.get(&visitor("kari", 1), "/appointments/household").await;
    assert!(status == 200 && page.contains("kari-gp") && page.contains("far-gp"));
    assert!(page.contains("Vi fikk ikke hentet timene til lise akkurat nå"), "{page}");
}
