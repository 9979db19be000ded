//! The queue for an earlier time, from the form to the next in line.

use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use serde_json::{Value, json};
use varde_base::{Actor, Purpose, SystemActor, SystemRole};
use varde_fhir::ResourceType;
use varde_store::{Access, Change, Gate, Listener, OutboxMessage};

use super::super::waiting::wish_id;
use super::super::{heard, is_work, work};
use super::{booked, slot_resource};
use crate::shared::testing::{Portal, acting_for, parent_of, patient, visitor};

/// Hears as the program does.
pub(super) struct Ear;

impl Listener for Ear {
    fn hear(&self, access: &Access, changes: &[Change<'_>]) -> Vec<OutboxMessage> {
        let by_program = matches!(&access.actor, Actor::System(actor) if actor.role != SystemRole::Platform);
        let hear = |change: &Change<'_>| {
            let after = change.put?.prepared.render(change.version, jiff::Timestamp::UNIX_EPOCH);
            heard(change.resource_type, change.id, change.before.map(|its| &its[..]), &after, by_program)
        };
        changes.iter().filter_map(hear).collect()
    }
}

fn system(portal: &Portal) -> Gate {
    let actor = Actor::System(SystemActor { name: "test".into(), role: SystemRole::SourceSystem });
    portal.store().as_actor(&Access { actor, purpose: Purpose::Treatment, acting_for: None, interaction: "test" })
}

pub(super) async fn stored(portal: &Portal, kind: &str, id: &str) -> Value {
    let kind = ResourceType::from_name(kind).unwrap();
    let found = system(portal).read(kind, &id.parse().unwrap()).await.unwrap();
    serde_json::from_slice(&found.body).unwrap()
}

async fn status(portal: &Portal, kind: &str, id: &str) -> String {
    stored(portal, kind, id).await["status"].as_str().unwrap().to_owned()
}

/// Does what waits in the outbox and is due, as the worker does, and gives the kinds of what would be told to people.
pub(super) async fn work_off(portal: &Portal) -> Vec<String> {
    let outbox = portal.store().outbox();
    let mut told = Vec::new();
    loop {
        let messages = outbox.claim(50, Duration::from_secs(60)).await.unwrap();
        if messages.is_empty() {
            return told;
        }
        for message in messages {
            if is_work(&message.kind) {
                let now = varde_base::Clock::now(&portal.clock);
                work(portal.store(), &message.kind, &message.payload, now).await.unwrap();
            } else {
                told.push(message.kind.clone());
            }
            assert!(outbox.complete(&message).await.unwrap());
        }
    }
}

const EARLY: &str = "2026-11-25T09:00:00Z";

/// Four people at one doctor's: ola has an early time, the others later ones, and all may do with them what they like.
async fn practice() -> Portal {
    let portal = Portal::new();
    portal.store().listen(Arc::new(Ear));
    portal.given([json!({"resourceType": "Schedule", "id": "s", "actor": [{"reference": "Practitioner/dr"}]})]).await;
    for (number, (who, start)) in [
        ("ola", EARLY),
        ("kari", "2026-12-01T09:00:00Z"),
        ("per", "2026-12-02T09:00:00Z"),
        ("eva", "2026-12-03T09:00:00Z"),
    ]
    .into_iter()
    .enumerate()
    {
        let serial = u16::try_from(number).unwrap() + 1;
        let slot = format!("{who}-slot");
        let mut at_the_doctors = booked(&format!("{who}-gp"), who, &slot, start);
        let actors = [("Practitioner/dr", "Ole Lie"), ("Location/torget", "Torget legesenter")];
        at_the_doctors["participant"].as_array_mut().unwrap().extend(actors.map(
            |(reference, display)| json!({"actor": {"reference": reference, "display": display}, "status": "accepted"}),
        ));
        portal.given([patient(who, serial, "1980-03-04"), slot_resource(&slot, start, "busy"), at_the_doctors]).await;
    }
    portal
}

#[tokio::test]
async fn an_offer_says_with_whom_and_where_it_is_and_its_deadline_is_not_that_of_the_next_appointment() {
    let portal = practice().await;
    joins(&portal, "kari", 2).await;
    ola_calls_off(&portal).await;
    work_off(&portal).await;
    let kari = visitor("kari", 2);
    let (_, page) = portal.get(&kari, "/appointments/kari-gp/offer").await;
    let what = "Time hos fastlegen · Oppmøte · Ole Lie · Torget legesenter";
    assert_eq!(page.matches(what).count(), 2, "beside what she has today: {page}");
    let (_, front) = portal.get(&kari, "/").await;
    let place = |words: &str| front.find(words).unwrap_or_else(|| panic!("{words}: {front}"));
    let offer = place("Tilbud om en tidligere time");
    assert!(offer < place("Fristen er i dag") && place("Fristen er i dag") < place("Neste time"), "{front}");
    let (_, change) = portal.get(&kari, "/appointments/kari-gp/change").await;
    assert!(change.contains("<a class=\"ds-link\" href=\"/appointments/kari-gp\">"), "the way back: {change}");
}

async fn joins(portal: &Portal, who: &str, serial: u16) {
    let path = format!("/appointments/{who}-gp/earlier");
    let (status, to) = portal.post(&visitor(who, serial), &path, &[("notice", "24")]).await;
    assert_eq!((status.as_u16(), to), (303, format!("/appointments/{who}-gp?done=waiting")));
    // Who came first is counted in seconds.
    portal.clock.advance(SignedDuration::from_secs(1));
}

async fn ola_calls_off(portal: &Portal) {
    assert_eq!(portal.post(&visitor("ola", 1), "/appointments/ola-gp/cancel", &[]).await.0, 303);
}

#[tokio::test]
async fn a_time_that_becomes_free_is_held_for_the_one_who_has_waited_longest_and_taken_once() {
    let portal = practice().await;
    joins(&portal, "kari", 2).await;
    joins(&portal, "per", 3).await;
    ola_calls_off(&portal).await;
    assert_eq!(work_off(&portal).await, ["appointment-cancelled", "appointment-offered"]);
    assert_eq!(status(&portal, "Slot", "ola-slot").await, "busy-tentative", "nobody else can book it");
    let kari = visitor("kari", 2);
    for page in ["/", "/appointments", "/appointments/kari-gp"] {
        assert!(portal.get(&kari, page).await.1.contains("/appointments/kari-gp/offer"), "{page}");
    }
    let (code, page) = portal.get(&kari, "/appointments/kari-gp/offer").await;
    assert!(code == 200 && page.contains("onsdag 25. november 2026 kl. 10.00"), "{page}");
    assert_eq!(portal.get(&visitor("per", 3), "/appointments/per-gp/offer").await.0, 409, "it is not per's");
    assert_eq!(portal.get(&visitor("per", 3), "/appointments/kari-gp/offer").await.0, 404);

    let press = || portal.post(&kari, "/appointments/kari-gp/offer", &[("slot", "ola-slot")]);
    let answers = futures_util::future::join_all((0..50).map(|_| press())).await;
    for (code, to) in answers {
        assert_eq!((code.as_u16(), to.as_str()), (303, "/appointments/kari-gp?done=moved"));
    }
    let moved = stored(&portal, "Appointment", "kari-gp").await;
    assert_eq!((&moved["start"], &moved["slot"][0]["reference"]), (&json!(EARLY), &json!("Slot/ola-slot")));
    assert_eq!(moved["meta"]["versionId"], "2", "it was moved once");
    assert_eq!(status(&portal, "Slot", "ola-slot").await, "busy");
    let wish = wish_id(&"kari-gp".parse().unwrap());
    assert_eq!(status(&portal, "Appointment", wish.as_str()).await, "cancelled", "she waits no more");
    // What she had goes to the next, since it is earlier than what per has.
    assert_eq!(work_off(&portal).await, ["appointment-moved", "appointment-offered"]);
    assert_eq!(portal.get(&visitor("per", 3), "/appointments/per-gp/offer").await.0, 200);
}

#[tokio::test]
async fn an_offer_that_is_not_answered_goes_to_the_next_and_the_one_who_is_late_is_told() {
    let portal = practice().await;
    joins(&portal, "kari", 2).await;
    joins(&portal, "per", 3).await;
    ola_calls_off(&portal).await;
    work_off(&portal).await;
    portal.clock.advance(SignedDuration::from_hours(2));
    assert_eq!(work_off(&portal).await, ["appointment-offered"]);
    let (kari, per) = (visitor("kari", 2), visitor("per", 3));
    let (code, page) = portal.post(&kari, "/appointments/kari-gp/offer", &[("slot", "ola-slot")]).await;
    assert!(code == 409 && page.contains("Tiden er gått videre til noen andre"), "{page}");
    assert!(page.contains("Du står i kø"), "and she waits on");
    assert!(portal.get(&kari, "/events").await.1.contains("gikk videre"));
    let (code, _) = portal.post(&per, "/appointments/per-gp/offer", &[("slot", "ola-slot")]).await;
    assert_eq!(code, 303);
    assert_eq!(stored(&portal, "Appointment", "per-gp").await["start"], EARLY);
    assert_eq!(stored(&portal, "Appointment", "kari-gp").await["start"], "2026-12-01T09:00:00Z");
}

#[tokio::test]
async fn a_no_passes_the_time_on_at_once_and_nobody_left_it_is_free_for_all() {
    let portal = practice().await;
    joins(&portal, "kari", 2).await;
    joins(&portal, "per", 3).await;
    ola_calls_off(&portal).await;
    work_off(&portal).await;
    for (who, serial) in [("kari", 2), ("per", 3)] {
        let path = format!("/appointments/{who}-gp/offer");
        let (code, to) = portal.post(&visitor(who, serial), &path, &[("slot", "ola-slot"), ("answer", "no")]).await;
        assert_eq!((code.as_u16(), to), (303, format!("/appointments/{who}-gp?done=declined")));
        work_off(&portal).await;
    }
    assert_eq!(status(&portal, "Slot", "ola-slot").await, "free");
    for who in ["kari", "per"] {
        let wish = wish_id(&format!("{who}-gp").parse().unwrap());
        assert_eq!(status(&portal, "Appointment", wish.as_str()).await, "waitlist", "{who} waits for another");
    }
    portal.clock.advance(SignedDuration::from_hours(3));
    assert_eq!(work_off(&portal).await, Vec::<String>::new(), "a time is offered to the same one once");
    assert_eq!(status(&portal, "Slot", "ola-slot").await, "free");
}

#[tokio::test]
async fn one_who_leaves_the_queue_or_calls_off_waits_no_more_and_holds_nothing_back() {
    let portal = practice().await;
    joins(&portal, "kari", 2).await;
    joins(&portal, "per", 3).await;
    joins(&portal, "eva", 4).await;
    ola_calls_off(&portal).await;
    work_off(&portal).await;
    assert_eq!(portal.post(&visitor("kari", 2), "/appointments/kari-gp/earlier/stop", &[]).await.0, 303);
    work_off(&portal).await;
    let offered = |who: &'static str, serial: u16| {
        let portal = &portal;
        async move { portal.get(&visitor(who, serial), &format!("/appointments/{who}-gp/offer")).await.0 == 200 }
    };
    assert!(offered("per", 3).await && !offered("kari", 2).await);
    assert_eq!(portal.post(&visitor("per", 3), "/appointments/per-gp/cancel", &[]).await.0, 303);
    portal.clock.advance(SignedDuration::from_hours(2));
    work_off(&portal).await;
    assert!(offered("eva", 4).await);
}

#[tokio::test]
async fn one_who_may_not_move_the_appointment_any_more_is_passed_over() {
    let portal = practice().await;
    // per is a child whose mother, berit, asks; then he turns sixteen.
    portal.given([patient("per", 3, "2010-11-23"), patient("berit", 5, "1980-01-01"), parent_of("per", 5)]).await;
    let berit = acting_for(visitor("berit", 5), "per");
    let (code, _) = portal.post(&berit, "/appointments/per-gp/earlier", &[("notice", "2")]).await;
    assert_eq!(code, 303);
    portal.clock.advance(SignedDuration::from_hours(48));
    ola_calls_off(&portal).await;
    assert_eq!(work_off(&portal).await, ["appointment-cancelled"]);
    assert_eq!(status(&portal, "Slot", "ola-slot").await, "free");
}

/// The clinic lets the citizen do only this.
async fn clinic_allows(portal: &Portal, codes: &[&str]) {
    let mut body = booked("kari-gp", "kari", "kari-slot", "2026-12-01T09:00:00Z");
    let code = |code: &&str| json!({"url": "urn:varde:citizen-may", "valueCode": code});
    body["extension"] = codes.iter().map(code).collect();
    portal.given([body]).await;
}

#[tokio::test]
async fn what_the_clinic_has_not_opened_for_is_not_offered_and_not_done() {
    let portal = practice().await;
    clinic_allows(&portal, &["nothing"]).await;
    let kari = visitor("kari", 2);
    let (_, page) = portal.get(&kari, "/appointments/kari-gp").await;
    for word in ["/change", "/cancel", "/comment", "/earlier"] {
        assert!(!page.contains(&format!("kari-gp{word}")), "{word}");
    }
    assert!(page.contains("Klinikken tar ikke imot dette på nett"), "{page}");
    for (path, fields) in [
        ("change", vec![("slot", "x"), ("form_key", "k")]),
        ("cancel", vec![]),
        ("comment", vec![("comment", "hei")]),
        ("earlier", vec![("notice", "24")]),
    ] {
        let path = format!("/appointments/kari-gp/{path}");
        assert_eq!(portal.get(&kari, &path).await.0, 403, "{path}");
        let (code, _) = portal.post(&kari, &path, &fields).await;
        assert!(code == 403 || code == 303, "{path}: {code}");
    }
    assert_eq!(stored(&portal, "Appointment", "kari-gp").await["status"], "booked");
    assert_eq!(stored(&portal, "Appointment", "kari-gp").await["comment"], Value::Null);
    clinic_allows(&portal, &["comment"]).await;
    let (code, _) = portal.post(&kari, "/appointments/kari-gp/comment", &[("comment", "Bruker rullestol")]).await;
    assert_eq!(code, 303);
    assert_eq!(stored(&portal, "Appointment", "kari-gp").await["comment"], "Bruker rullestol");
}

async fn answers(portal: &Portal, id: &str, to: &str, status: &str) -> Value {
    portal
        .sent_by(
            "App",
            json!({
                "resourceType": "AppointmentResponse", "id": id, "participantStatus": status,
                "appointment": {"reference": format!("Appointment/{to}")}, "actor": {"reference": "Patient/kari"},
            }),
        )
        .await;
    work_off(portal).await;
    stored(portal, "AppointmentResponse", id).await["extension"][0]["valueCode"].clone()
}

#[tokio::test]
async fn an_answer_by_the_api_is_held_to_the_same_rights_and_told_what_came_of_it() {
    let portal = practice().await;
    clinic_allows(&portal, &["nothing"]).await;
    assert_eq!(answers(&portal, "r1", "kari-gp", "declined").await, "not-allowed");
    assert_eq!(status(&portal, "Appointment", "kari-gp").await, "booked");
    clinic_allows(&portal, &["cancel", "short-notice"]).await;
    joins(&portal, "kari", 2).await;
    ola_calls_off(&portal).await;
    work_off(&portal).await;
    let wish = wish_id(&"kari-gp".parse().unwrap()).to_string();
    assert_eq!(answers(&portal, "r2", &wish, "accepted").await, "done");
    assert_eq!(stored(&portal, "Appointment", "kari-gp").await["start"], EARLY);
    assert_eq!(answers(&portal, "r3", &wish, "accepted").await, "gone");
    assert_eq!(answers(&portal, "r4", "kari-gp", "declined").await, "done");
    assert_eq!(status(&portal, "Appointment", "kari-gp").await, "cancelled");
    assert_eq!(answers(&portal, "r5", "per-gp", "declined").await, "gone", "per's appointment is not kari's to answer");
    assert_eq!(status(&portal, "Appointment", "per-gp").await, "booked");
    clinic_allows(&portal, &["cancel"]).await;
    portal.clock.set("2026-12-01T08:00:00Z".parse().unwrap());
    assert_eq!(answers(&portal, "r6", "kari-gp", "declined").await, "too-late");
}

#[tokio::test]
async fn who_may_only_look_is_not_let_into_the_queue_and_others_find_nothing() {
    let portal = practice().await;
    let consent = json!({
        "resourceType": "Consent", "id": "c", "status": "active", "patient": {"reference": "Patient/kari"},
        "scope": {"coding": [{"code": "patient-privacy"}]},
        "category": [{"coding": [{"system": "urn:varde:consent", "code": "foreldresamtykke"}]}],
        "provision": {"type": "permit", "period": {"start": "2025-09-07", "end": "2028-09-06"}},
    });
    portal.given([patient("kari", 2, "2012-09-07"), consent]).await;
    let kari = visitor("kari", 2);
    assert_eq!(portal.get(&kari, "/appointments/kari-gp").await.0, 200);
    for path in ["earlier", "offer", "comment"] {
        assert_eq!(portal.get(&kari, &format!("/appointments/kari-gp/{path}")).await.0, 403, "{path}");
        assert_eq!(portal.get(&visitor("per", 3), &format!("/appointments/kari-gp/{path}")).await.0, 404, "{path}");
    }
    let (code, _) = portal.post(&kari, "/appointments/kari-gp/earlier", &[("notice", "24")]).await;
    assert_eq!(code, 403);
    assert_eq!(portal.post(&visitor("per", 3), "/appointments/kari-gp/earlier", &[("notice", "24")]).await.0, 404);
}

#[tokio::test]
async fn calling_off_a_row_gives_every_time_back_or_only_that_of_the_one() {
    let portal = practice().await;
    let in_row = |number: u32| {
        let start = format!("2026-12-1{number}T09:00:00Z");
        let mut body = booked(&format!("row-{number}"), "kari", &format!("row-slot-{number}"), &start);
        let part = |url: &str, value: u32| json!({"url": url, "valuePositiveInt": value});
        body["extension"] = json!([{"url": "urn:varde:series",
            "extension": [{"url": "id", "valueString": "r"}, part("number", number), part("count", 4)]}]);
        [slot_resource(&format!("row-slot-{number}"), &start, "busy"), body]
    };
    portal.given((1..=4).flat_map(in_row)).await;
    let kari = visitor("kari", 2);
    let (_, page) = portal.get(&kari, "/appointments/row-2").await;
    assert!(page.contains("Dette er time 2 av 4.") && page.contains("/appointments/row-3"), "{page}");
    assert!(portal.get(&kari, "/appointments/row-2/cancel").await.1.contains("Denne timen og de 2 neste"));
    let fields = [("scope", "rest"), ("why", "better"), ("comment", "Knærne er bra")];
    assert_eq!(portal.post(&kari, "/appointments/row-2/cancel", &fields).await.0, 303);
    for (number, status_now, slot) in
        [(1, "booked", "busy"), (2, "cancelled", "free"), (3, "cancelled", "free"), (4, "cancelled", "free")]
    {
        assert_eq!(status(&portal, "Appointment", &format!("row-{number}")).await, status_now);
        assert_eq!(status(&portal, "Slot", &format!("row-slot-{number}")).await, slot);
    }
    let why = stored(&portal, "Appointment", "row-3").await["cancelationReason"].clone();
    assert_eq!((&why["coding"][1]["code"], &why["text"]), (&json!("pat-fb"), &json!("Knærne er bra")));
    let told: Vec<_> = work_off(&portal).await.into_iter().filter(|kind| kind == "appointment-cancelled").collect();
    assert_eq!(told.len(), 1, "one is told once of a row");
}

#[tokio::test]
async fn a_time_that_the_clinic_has_closed_is_not_opened_again_when_the_appointment_is_called_off() {
    let portal = practice().await;
    portal.given([slot_resource("ola-slot", EARLY, "busy-unavailable")]).await;
    ola_calls_off(&portal).await;
    assert_eq!(status(&portal, "Appointment", "ola-gp").await, "cancelled");
    assert_eq!(status(&portal, "Slot", "ola-slot").await, "busy-unavailable");
}

#[tokio::test]
async fn an_appointment_is_moved_within_its_own_calendar_and_never_to_the_doctor_s() {
    let portal = practice().await;
    let mut kari = patient("kari", 2, "1980-03-04");
    kari["generalPractitioner"] = json!([{"reference": "Practitioner/other"}]);
    let doctor = json!({"resourceType": "Practitioner", "id": "other", "name": [{"family": "Lie", "given": ["Ole"]}]});
    let schedule = json!({"resourceType": "Schedule", "id": "o", "actor": [{"reference": "Practitioner/other"}]});
    let mut doctors = slot_resource("doctors", "2026-12-07T09:00:00Z", "free");
    doctors["schedule"] = json!({"reference": "Schedule/o"});
    portal.given([kari, doctor, schedule, doctors, slot_resource("own", "2026-12-08T09:00:00Z", "free")]).await;
    let kari = visitor("kari", 2);
    let (_, page) = portal.get(&kari, "/appointments/kari-gp/change").await;
    assert!(page.contains("value=\"own\"") && !page.contains("value=\"doctors\""), "{page}");
    let to = |slot: &'static str| [("slot", slot), ("reason", ""), ("form_key", "k")];
    assert_eq!(portal.post(&kari, "/appointments/kari-gp/change", &to("doctors")).await.0, 409);
    assert_eq!(portal.post(&kari, "/appointments/kari-gp/change", &to("own")).await.0, 303);
    assert_eq!(stored(&portal, "Appointment", "kari-gp").await["slot"][0]["reference"], "Slot/own");
}

#[tokio::test]
async fn an_appointment_without_a_time_of_a_calendar_is_moved_by_its_clinic_alone() {
    let portal = practice().await;
    let mut given = booked("given", "kari", "none", "2026-12-05T09:00:00Z");
    given.as_object_mut().unwrap().remove("slot");
    portal.given([given, slot_resource("own", "2026-12-08T09:00:00Z", "free")]).await;
    let kari = visitor("kari", 2);
    assert_eq!(portal.get(&kari, "/appointments/given/change").await.0, 403);
    let fields = [("slot", "own"), ("reason", ""), ("form_key", "k")];
    portal.post(&kari, "/appointments/given/change", &fields).await;
    assert_eq!(status(&portal, "Slot", "own").await, "free");
}

#[tokio::test]
async fn another_time_chosen_on_the_same_form_is_another_appointment_and_the_same_one_is_once() {
    let portal = practice().await;
    let mut kari = patient("kari", 2, "1980-03-04");
    kari["generalPractitioner"] = json!([{"reference": "Practitioner/dr"}]);
    let doctor = json!({"resourceType": "Practitioner", "id": "dr", "name": [{"family": "Lie", "given": ["Ole"]}]});
    let slots =
        [slot_resource("one", "2026-12-07T09:00:00Z", "free"), slot_resource("two", "2026-12-08T09:00:00Z", "free")];
    portal.given([kari, doctor]).await;
    portal.given(slots).await;
    let kari = visitor("kari", 2);
    let fields = |slot: &'static str| [("slot", slot), ("reason", ""), ("form_key", "k")];
    let (status, first) = portal.post(&kari, "/appointments/book", &fields("one")).await;
    assert_eq!((status.as_u16(), &first), (303, &portal.post(&kari, "/appointments/book", &fields("one")).await.1));
    let (status, second) = portal.post(&kari, "/appointments/book", &fields("two")).await;
    assert!(status == 303 && first != second, "{second}");
    let booked = second.trim_start_matches("/appointments/").split('?').next().unwrap();
    assert_eq!(stored(&portal, "Appointment", booked).await["slot"][0]["reference"], "Slot/two");
}
