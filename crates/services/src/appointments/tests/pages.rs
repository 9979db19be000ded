use serde_json::{Value, json};

use crate::shared::testing::{Portal, acting_for, parent_of, patient, standing_in_for_dr, visitor};

fn appointment(id: &str, patient: &str, category: &str) -> Value {
    json!({
        "resourceType": "Appointment", "id": id, "status": "booked", "description": format!("om {id}"),
        "serviceCategory": [{"coding": [{"code": category}]}],
        "start": "2026-12-01T09:00:00Z", "end": "2026-12-01T09:20:00Z",
        "participant": [{"actor": {"reference": format!("Patient/{patient}")}, "status": "accepted"}],
    })
}

#[tokio::test]
async fn the_list_shows_ones_own_by_which_rule_and_nothing_of_others() {
    let portal = Portal::new();
    let (kari, per) = (patient("kari", 1, "1980-03-04"), patient("per", 2, "1970-01-01"));
    portal.given([kari, per, appointment("kari-gp", "kari", "10"), appointment("per-gp", "per", "10")]).await;
    let (status, page) = portal.get(&visitor("kari", 1), "/appointments").await;
    assert_eq!(status, 200);
    assert!(page.contains("/appointments/kari-gp") && page.contains("AP-1") && !page.contains("per-gp"), "{page}");
    assert_eq!(portal.get(&visitor("kari", 1), "/appointments/per-gp").await.0, 404);
}

#[tokio::test]
async fn an_empty_list_says_so_and_one_that_cannot_be_fetched_does_not_look_empty() {
    let portal = Portal::new();
    portal.given([patient("kari", 1, "1980-03-04")]).await;
    let (_, page) = portal.get(&visitor("kari", 1), "/appointments").await;
    assert!(page.contains("Ingen kommende timer"), "{page}");
    let mut damaged = appointment("kari-gp", "kari", "10");
    damaged["status"] = json!("sometime");
    portal.given([damaged]).await;
    let (status, page) = portal.get(&visitor("kari", 1), "/appointments").await;
    assert_eq!(status, 200);
    assert!(page.contains("Vi fikk ikke hentet timene") && !page.contains("Ingen kommende timer"), "{page}");
}

#[tokio::test]
async fn a_mother_no_longer_sees_hospital_appointments_from_the_twelfth_birthday() {
    let portal = Portal::new();
    let (kari, ola) = (patient("kari", 1, "1980-03-04"), patient("ola", 2, "2014-11-22"));
    portal.given([kari, ola, parent_of("ola", 1), appointment("ola-hospital", "ola", "27")]).await;
    let mother = acting_for(visitor("kari", 1), "ola");
    for (now, status, rule) in [("2026-11-21T22:59:59Z", 200, "AP-3"), ("2026-11-21T23:00:00Z", 404, "NOT-OPENED")] {
        portal.clock.set(now.parse().unwrap());
        assert_eq!(portal.get(&mother, "/appointments/ola-hospital").await.0, status, "{now}");
        assert!(portal.get(&mother, "/appointments").await.1.contains(rule), "{now}");
    }
}

#[tokio::test]
async fn a_girl_of_fourteen_sees_her_appointments_by_consent_and_is_not_offered_what_she_may_not_do() {
    let portal = Portal::new();
    let consent = json!({
        "resourceType": "Consent", "id": "c", "status": "active", "patient": {"reference": "Patient/nora"},
        "scope": {"coding": [{"code": "patient-privacy"}]},
        "category": [{"coding": [{"system": "urn:varde:consent", "code": "foreldresamtykke"}]}],
        "provision": {"type": "permit", "period": {"start": "2025-09-07", "end": "2028-09-06"}},
    });
    portal.given([patient("nora", 3, "2012-09-07"), appointment("nora-gp", "nora", "10")]).await;
    let nora = visitor("nora", 3);
    assert!(!portal.get(&nora, "/appointments").await.1.contains("nora-gp"), "nobody has consented");
    portal.given([consent]).await;
    let (_, page) = portal.get(&nora, "/appointments").await;
    assert!(page.contains("nora-gp") && page.contains("AP-2") && !page.contains("/appointments/book"), "{page}");
    let (status, page) = portal.get(&nora, "/appointments/nora-gp").await;
    assert!(status == 200 && !page.contains("/change") && page.contains("En av foreldrene dine"), "{page}");
    for path in ["/appointments/book", "/appointments/nora-gp/change", "/appointments/nora-gp/cancel"] {
        let (status, page) = portal.get(&nora, path).await;
        assert!(status == 403 && page.contains("En av foreldrene dine") && !page.contains("<textarea"), "{path}");
    }
}

#[tokio::test]
async fn the_form_says_who_stands_in_and_keeps_what_was_typed_before_the_session_ended() {
    let portal = Portal::new();
    let mut kari = patient("kari", 1, "1980-03-04");
    kari["generalPractitioner"] = json!([{"reference": "Practitioner/dr"}]);
    let slot = |id: &str, hour: u32| {
        json!({
            "resourceType": "Slot", "id": id, "schedule": {"reference": "Schedule/s"}, "status": "free",
            "start": format!("2026-12-01T{hour:02}:00:00Z"), "end": format!("2026-12-01T{hour:02}:20:00Z"),
        })
    };
    let doctor = json!({"resourceType": "Practitioner", "id": "dr", "name": [{"family": "Lie", "given": ["Ole"]}]});
    let schedule = json!({"resourceType": "Schedule", "id": "s", "actor": [{"reference": "Practitioner/dr"}]});
    portal.given([kari, doctor, schedule, slot("first", 9), slot("second", 10)]).await;
    let (_, page) = portal.get(&visitor("kari", 1), "/appointments/book").await;
    assert!(page.contains("Bestill time hos Ole Lie") && !page.contains("vikar"), "{page}");
    portal.given(standing_in_for_dr()).await;
    let (_, page) = portal.get(&visitor("kari", 1), "/appointments/book").await;
    assert!(page.contains("Fastlegen er borte til og med 24. desember 2026. Ola Vik er vikar så lenge."), "{page}");
    let mut visitor = visitor("kari", 1);
    let typed = [("slot".to_owned(), "second".to_owned()), ("reason".to_owned(), "vondt i <øret>".to_owned())];
    visitor.draft = Some(varde_web::Draft(typed.into()));
    let (_, page) = portal.get(&visitor, "/appointments/book").await;
    assert!(page.contains("vondt i &lt;øret&gt;</textarea>"), "{page}");
    assert!(page.contains("value=\"second\" checked") && !page.contains("value=\"first\" checked"), "{page}");
}

#[tokio::test]
async fn the_nearest_is_there_however_many_are_ahead() {
    let portal = Portal::new();
    let visit = |number: u32| {
        let mut body = appointment(&format!("visit-{number}"), "kari", "10");
        let at = jiff::Timestamp::UNIX_EPOCH + jiff::SignedDuration::from_hours(500_000 + 12 * i64::from(number));
        body["start"] = json!(at.to_string());
        body["end"] = json!((at + jiff::SignedDuration::from_mins(20)).to_string());
        body
    };
    portal.given([patient("kari", 1, "1980-03-04")]).await;
    portal.given((0..310).map(visit)).await;
    let kari = visitor("kari", 1);
    let (_, page) = portal.get(&kari, "/appointments").await;
    assert!(page.contains("/appointments/visit-0\""), "the next one");
    assert!(page.contains("/appointments/visit-309\""), "the last one");
}
