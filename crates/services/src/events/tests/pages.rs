//! How one is told, through the real router.

use std::time::Duration;

use axum::http::StatusCode;
use serde_json::{Value, json};
use varde_base::{Actor, Language, PatientId, Purpose, SystemActor, SystemRole};
use varde_fhir::ResourceType;
use varde_store::{Access, Batch, FollowUp, GateError, Lane, OutboxMessage};

use super::super::fhir::preferences_id;
use super::super::model::{Channel, Channels, Kind, Preferences, Quiet};
use super::super::notices;
use super::super::rules::{Delivery, Progress};
use crate::shared::testing::{Portal, acting_for, parent_of, patient, visitor};

const SETTINGS: &str = "/events/settings";

/// Kari and her child of eight; Tor of fourteen; Per, who has nothing to do with them.
async fn family() -> Portal {
    let portal = Portal::new();
    let mut kari = patient("kari", 1, "1985-01-01");
    kari["telecom"] = json!([{"system": "email", "value": "kari@example.test"},
        {"system": "phone", "use": "mobile", "value": "+47 900 00 123"}]);
    let people = [
        kari,
        patient("jonas", 2, "2018-05-05"),
        patient("tor", 3, "2012-05-05"),
        patient("per", 4, "1980-01-01"),
        parent_of("jonas", 1),
    ];
    portal.given(people).await;
    portal
}

async fn stored(portal: &Portal, who: &str) -> Option<Preferences> {
    let who: PatientId = who.parse().unwrap();
    let gate = portal.store().as_actor(&Access {
        actor: Actor::System(SystemActor { name: "test".into(), role: SystemRole::Platform }),
        purpose: Purpose::PatientRequest,
        acting_for: None,
        interaction: "test",
    });
    match gate.read(ResourceType::BASIC, &preferences_id(&who)).await {
        Ok(found) => Some(super::super::fhir::preferences(&found.body).unwrap()),
        Err(GateError::NotFound) => None,
        Err(error) => panic!("{error}"),
    }
}

#[tokio::test]
async fn a_person_chooses_channels_hours_and_language_and_finds_them_again() {
    let portal = family().await;
    let kari = visitor("kari", 1);
    let (status, page) = portal.get(&kari, SETTINGS).await;
    assert_eq!(status, StatusCode::OK);
    assert!(page.contains("ka***@example.test") && page.contains("*** 123"), "{page}");
    assert!(!page.contains("kari@example.test"), "the address itself is not shown");
    let fields = [
        ("appointments", "sms"),
        ("appointments", "email"),
        ("messages", "push"),
        ("fallback", "sms"),
        ("quiet", "22-07"),
        ("language", "se"),
    ];
    let (status, place) = portal.post(&kari, SETTINGS, &fields).await;
    assert_eq!((status, place.as_str()), (StatusCode::SEE_OTHER, "/events/settings?done=saved"));
    let kept = stored(&portal, "kari").await.unwrap();
    assert_eq!(kept.own[&Kind::Appointments], [Channel::Sms, Channel::Email].into_iter().collect());
    assert_eq!(kept.own[&Kind::Messages], [Channel::Push].into_iter().collect());
    assert_eq!(kept.own[&Kind::Results], Channels::NONE, "what is not ticked is not wanted");
    assert_eq!((kept.quiet, kept.language), (Quiet::from_key("22-07"), Some(Language::Se)));
    let (_, page) = portal.get(&kari, "/events/settings?done=saved").await;
    assert!(page.contains("Valgene dine er lagret."));
    assert!(page.contains(r#"value="22-07" checked"#) && page.contains(r#"value="se" checked"#), "{page}");
    // Twice is as once.
    assert_eq!(portal.post(&kari, SETTINGS, &fields).await.0, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_way_that_is_not_offered_just_now_stays_chosen_also_when_the_first_does_not_reach() {
    let mut portal = family().await;
    let kari = visitor("kari", 1);
    let fields = [("messages", "sms"), ("messages", "email"), ("fallback", "push"), ("fallback", "sms")];
    portal.post(&kari, SETTINGS, &fields).await;
    portal.offering([Channel::Email, Channel::Push].into_iter().collect());
    let (_, page) = portal.get(&kari, SETTINGS).await;
    assert!(!page.contains(r#"value="sms""#), "{page}");
    // She takes push away, and cannot say anything of SMS; a forged tick of it counts for nothing about results.
    let fields = [("messages", "email"), ("results", "sms"), ("fallback", "email")];
    assert_eq!(portal.post(&kari, SETTINGS, &fields).await.0, StatusCode::SEE_OTHER);
    let kept = stored(&portal, "kari").await.unwrap();
    let both: Channels = [Channel::Sms, Channel::Email].into_iter().collect();
    assert_eq!((kept.own[&Kind::Messages], kept.fallback), (both, both));
    assert_eq!(kept.own[&Kind::Results], Channels::NONE);
}

#[tokio::test]
async fn a_parent_chooses_about_a_child_and_it_is_the_parents_own_choice() {
    let portal = family().await;
    let kari = visitor("kari", 1);
    let (status, page) = portal.get(&kari, "/events/settings?about=jonas").await;
    assert!(status == StatusCode::OK && page.contains("Slik får du beskjed om jonas"), "{page}");
    assert!(!page.contains("name=\"quiet\""), "hours are chosen once");
    let (status, place) = portal.post(&kari, SETTINGS, &[("about", "jonas"), ("messages", "sms")]).await;
    assert_eq!((status, place.as_str()), (StatusCode::SEE_OTHER, "/events/settings?done=saved&about=jonas"));
    let kept = stored(&portal, "kari").await.unwrap();
    let jonas: PatientId = "jonas".parse().unwrap();
    assert_eq!(kept.about[&jonas][&Kind::Messages], [Channel::Sms].into_iter().collect());
    assert!(kept.own.is_empty() && stored(&portal, "jonas").await.is_none());
    let (_, page) = portal.get(&acting_for(kari, "jonas"), SETTINGS).await;
    assert!(page.contains("Slik får du beskjed om jonas"), "while acting for him the page is about him");
}

#[tokio::test]
async fn nobody_chooses_about_one_they_have_nothing_to_do_with() {
    let portal = family().await;
    for (who, serial) in [("per", 4), ("tor", 3)] {
        let (status, _) = portal.get(&visitor(who, serial), "/events/settings?about=jonas").await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{who}");
        let (status, _) = portal.post(&visitor(who, serial), SETTINGS, &[("about", "jonas")]).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{who}");
    }
}

#[tokio::test]
async fn a_youth_of_fourteen_chooses_and_a_child_of_eight_does_not() {
    let portal = family().await;
    let (status, _) = portal.post(&visitor("tor", 3), SETTINGS, &[("messages", "email")]).await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    assert!(stored(&portal, "tor").await.is_some());
    assert_eq!(portal.get(&visitor("jonas", 2), SETTINGS).await.0, StatusCode::FORBIDDEN);
    assert_eq!(portal.post(&visitor("jonas", 2), SETTINGS, &[]).await.0, StatusCode::FORBIDDEN);
    assert!(stored(&portal, "jonas").await.is_none());
}

const POINT: &str = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4";
const SECRET: &str = "BTBZMqHH6r4Tts7J_aSIgg";

#[tokio::test]
async fn a_browser_is_added_and_removed_and_one_at_an_unknown_service_is_refused() {
    let portal = family().await;
    let kari = visitor("kari", 1);
    let path = "/events/settings/devices";
    for endpoint in ["https://evil.example.test/x", "http://127.0.0.1:80/", "http://169.254.169.254/latest", ""] {
        let (status, page) =
            portal.post(&kari, path, &[("endpoint", endpoint), ("p256dh", POINT), ("auth", SECRET)]).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{endpoint}");
        assert!(page.contains("kan ikke legges til"), "{page}");
    }
    let endpoint = "https://push.example.test/send/1";
    for _ in 0..2 {
        let (_, place) = portal.post(&kari, path, &[("endpoint", endpoint), ("p256dh", POINT), ("auth", SECRET)]).await;
        assert_eq!(place, "/events/settings?done=device-added");
    }
    let kept = stored(&portal, "kari").await.unwrap();
    assert_eq!(kept.devices.len(), 1, "the same browser twice is one");
    let (_, page) = portal.get(&kari, SETTINGS).await;
    assert!(page.contains("data-push=\"BPublicKey\"") && !page.contains(endpoint), "its address is a secret");
    let fields = [("place", "0"), ("added", kept.devices[0].added.as_str())];
    let (_, place) = portal.post(&kari, &format!("{path}/remove"), &fields).await;
    assert_eq!(place, "/events/settings?done=device-removed");
    assert!(stored(&portal, "kari").await.unwrap().devices.is_empty());
    let (_, place) = portal.post(&kari, &format!("{path}/remove"), &fields).await;
    assert_eq!(place, "/events/settings?done=device-removed", "once more is as once");
}

fn event(id: &str, patient: &str, about: &str) -> Value {
    json!({"resourceType": "Communication", "id": id, "status": "completed",
        "category": [{"coding": [{"system": "urn:varde:service", "code": "primary-appointments"}]}],
        "topic": {"coding": [{"system": "urn:varde:event", "code": "appointment-booked"}]},
        "subject": {"reference": format!("Patient/{patient}")}, "about": [{"reference": about}],
        "sent": "2026-11-21T08:00:00Z"})
}

#[tokio::test]
async fn a_link_from_outside_leads_to_the_task_and_first_says_when_it_is_about_another() {
    let portal = family().await;
    portal.given([event("e1", "kari", "Appointment/a1"), event("e2", "jonas", "Appointment/a2")]).await;
    let kari = visitor("kari", 1);
    let (status, _) = portal.get(&kari, "/events/e1").await;
    assert_eq!(status, StatusCode::SEE_OTHER, "straight there");
    let (status, page) = portal.get(&kari, "/events/e2").await;
    assert!(status == StatusCode::OK && page.contains("Dette gjelder jonas"), "{page}");
    let acting = acting_for(visitor("kari", 1), "jonas");
    assert_eq!(portal.get(&acting, "/events/e2").await.0, StatusCode::SEE_OTHER);
    let (_, page) = portal.get(&acting, "/events/e1").await;
    assert!(page.contains("Dette gjelder kari"), "back to one's own: {page}");
    for id in ["e1", "e2", "none", "a%20b"] {
        let (status, _) = portal.get(&visitor("per", 4), &format!("/events/{id}")).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{id}");
    }
}

#[tokio::test]
async fn only_operators_see_what_reached_nobody() {
    let portal = family().await;
    assert_eq!(portal.get(&visitor("kari", 1), "/admin/undelivered").await.0, StatusCode::NOT_FOUND);
    assert_eq!(portal.post(&visitor("kari", 1), "/admin/undelivered", &[("id", "1")]).await.0, StatusCode::NOT_FOUND);
    let portal = Portal::with_operators(&[crate::shared::testing::national_id(4)]);
    portal.given([patient("per", 4, "1980-01-01")]).await;
    let (status, page) = portal.get(&visitor("per", 4), "/admin/undelivered").await;
    assert!(status == StatusCode::OK && page.contains("Alle har fått beskjed"), "{page}");
}

#[tokio::test]
async fn who_writes_the_letter_sees_to_whom_and_where_and_when_it_is_sent_it_is_off_the_list() {
    let operator = visitor("per", 4);
    let portal = Portal::with_operators(&[crate::shared::testing::national_id(4)]);
    let mut kari = patient("kari", 1, "1980-03-04");
    kari["address"] = serde_json::json!([{"line": ["Storgata 1", "H0201"], "postalCode": "9008", "city": "Tromsø"}]);
    portal.given([patient("per", 4, "1980-01-01"), kari.clone()]).await;
    let delivery = Delivery { recipient: "kari".parse().unwrap(), on_paper: true, ..waiting("result-shown") };
    let notice = OutboxMessage {
        kind: "notify".to_owned(),
        subject: Some("kari".parse().unwrap()),
        payload: serde_json::to_string(&delivery).unwrap(),
        not_before: None,
    };
    let first = OutboxMessage { kind: "result-shown".to_owned(), payload: "{}".to_owned(), ..notice.clone() };
    let platform = Actor::System(SystemActor { name: "Varde".into(), role: SystemRole::Platform });
    let access = Access { actor: platform, purpose: Purpose::PatientRequest, acting_for: None, interaction: "test" };
    portal.store().as_actor(&access).write(Batch { outbox: vec![first], ..Batch::default() }).await.unwrap();
    let (outbox, lease) = (portal.store().outbox(), Duration::from_secs(60));
    let event = outbox.claim(1, lease).await.unwrap().remove(0);
    let next = FollowUp { message: notice, lane: Lane::Notices, apart: Duration::ZERO };
    assert!(outbox.expand(&event, vec![next]).await.unwrap());
    let told = outbox.claim(1, lease).await.unwrap().remove(0);
    assert!(outbox.dead(&told).await.unwrap());

    let (_, page) = portal.get(&operator, "/admin/undelivered").await;
    for words in ["Nordmann", "Storgata 1", "H0201", "9008 Tromsø"] {
        assert!(page.contains(words), "{words}: {page}");
    }
    assert!(!page.contains("result") && !page.contains("prøvesvar"), "nothing of what it is about: {page}");
    for (system, code) in
        [("http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "R"), ("urn:varde:address-protection", "6")]
    {
        kari["meta"] = serde_json::json!({"security": [{"system": system, "code": code}]});
        portal.given([kari.clone()]).await;
        let (_, page) = portal.get(&operator, "/admin/undelivered").await;
        assert!(page.contains("Nordmann") && page.contains("Adressen er beskyttet"), "{page}");
        assert!(!page.contains("Storgata") && !page.contains("9008"), "{page}");
    }
    let id = told.id.to_string();
    portal.post(&operator, "/admin/undelivered", &[("id", &id)]).await;
    let (_, page) = portal.get(&operator, "/admin/undelivered").await;
    assert!(page.contains("Alle har fått beskjed"), "{page}");
}

fn waiting(event: &str) -> Delivery {
    Delivery {
        key: "k".to_owned(),
        recipient: "kari".parse().unwrap(),
        event: event.to_owned(),
        path: "/".to_owned(),
        about: None,
        told: None,
        on_paper: false,
        begun: false,
        push: Progress::Off,
        sms: Progress::Off,
        email: Progress::Off,
    }
}

#[test]
fn every_event_has_words_in_every_language_and_those_about_others_do_not_tell_which() {
    let told = |event: &str, about: Option<&str>| Delivery {
        about: about.map(|about| about.parse().unwrap()),
        ..waiting(event)
    };
    for language in Language::ALL {
        let mut of_others = Vec::new();
        for event in
            ["appointment-booked", "message-arrived", "renewal-approved", "request-granted", "sharing-proposed"]
        {
            assert!(notices::text(&told(event, None), language).is_some(), "{event}");
            of_others.push(notices::text(&told(event, Some("jonas")), language).unwrap().subject);
        }
        of_others.dedup();
        assert_eq!(of_others.len(), 1, "the subject is the same whatever it is about");
    }
    assert!(notices::text(&told("weather", None), Language::Nb).is_none());
}

#[tokio::test]
async fn what_people_write_to_each_other_hides_nothing_of_what_has_happened() {
    let portal = family().await;
    let event = json!({"resourceType": "Communication", "id": "event", "status": "completed", "sent": "2026-11-20T09:00:00Z",
        "subject": {"reference": "Patient/kari"}, "category": [{"coding": [{"system": "urn:varde:service", "code": "medicines"}]}],
        "topic": {"coding": [{"system": "urn:varde:event", "code": "renewal-approved"}]}});
    let message = |number: u32| {
        json!({"resourceType": "Communication", "id": format!("m{number}"), "status": "completed",
            "sent": format!("2026-11-21T0{}:{:02}:00Z", number / 60, number % 60), "subject": {"reference": "Patient/kari"},
            "sender": {"reference": "Organization/o"}, "payload": [{"contentString": "Hei"}]})
    };
    portal.given([event]).await;
    portal.given((0..70).map(message)).await;
    for path in ["/", "/events"] {
        let (_, page) = portal.get(&visitor("kari", 1), path).await;
        assert!(page.contains("En resept er fornyet"), "{path}: {page}");
    }
}
