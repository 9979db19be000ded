use serde_json::{Value, json};
use varde_web::Visitor;

use super::stored_list;
use crate::shared::testing::{Portal, acting_for, consent, parent_of, patient, visitor};

/// A parent has agreed that the young person uses the portal.
fn agreed(of: &str) -> Value {
    let mut yes = consent("yes", of, "foreldresamtykke", "active");
    yes["provision"] = json!({ "type": "permit", "period": { "start": "2026-11-01" } });
    yes
}

fn listed_with(mut patient: Value, doctor: &str) -> Value {
    patient["generalPractitioner"] = json!([{ "reference": format!("Practitioner/{doctor}"), "display": "Per Berg" }]);
    patient["address"] = json!([{ "use": "home", "line": ["Storgata 1"], "postalCode": "0153", "city": "Oslo" }]);
    patient
}

/// Per Berg's list and office, and Lise Lie's list in the same house with `listed` of ten places taken.
fn offices(listed: u32) -> Vec<Value> {
    let role = |id: &str, doctor: &str, name: &str, list: &str, period: Value| {
        let period = if period == json!({}) { json!({ "start": "2020-01-01" }) } else { period };
        json!({ "resourceType": "PractitionerRole", "id": id, "active": true, "period": period,
            "practitioner": { "reference": format!("Practitioner/{doctor}"), "display": name },
            "organization": { "reference": "Organization/torget", "display": "Torget legesenter" },
            "location": [{ "reference": "Location/torget" }],
            "healthcareService": [{ "reference": "HealthcareService/office" }, { "reference": format!("HealthcareService/{list}") }] })
    };
    let doctor = |id: &str, given: &str, family: &str| json!({ "resourceType": "Practitioner", "id": id, "name": [{ "family": family, "given": [given] }] });
    vec![
        json!({ "resourceType": "Organization", "id": "torget", "name": "Torget legesenter" }),
        json!({ "resourceType": "Location", "id": "torget", "address": { "line": ["Torget 2"], "postalCode": "0155", "city": "Oslo" } }),
        json!({ "resourceType": "HealthcareService", "id": "office", "extraDetails": "Ring før du kommer",
            "telecom": [{ "system": "phone", "value": "+47 00 00 00 01" }],
            "availableTime": [{ "daysOfWeek": ["mon", "tue", "wed", "thu", "fri"], "availableStartTime": "08:00:00", "availableEndTime": "15:30:00" }],
            "notAvailable": [{ "description": "Ferie", "during": { "start": "2026-11-20", "end": "2026-11-28" } }],
            "characteristic": [{ "coding": [{ "system": "urn:varde:offer", "code": "consultation" }] }] }),
        doctor("berg", "Per", "Berg"),
        doctor("lie", "Lise", "Lie"),
        doctor("vik", "Ola", "Vik"),
        stored_list("mine", "Per Berg, Torget legesenter", 4, &[]),
        stored_list("other", "Lise Lie, Torget legesenter", listed, &[]),
        role("r1", "berg", "Per Berg", "mine", json!({})),
        role("r2", "lie", "Lise Lie", "other", json!({})),
        role("r3", "vik", "Ola Vik", "mine", json!({ "start": "2026-11-01", "end": "2026-12-24" })),
    ]
}

/// Kari with Nora, who is 14, and Emma, who is 6; Per is 56.
async fn country(listed: u32) -> Portal {
    let portal = Portal::new();
    let people = [
        listed_with(patient("kari", 1, "1980-03-04"), "berg"),
        listed_with(patient("per", 2, "1970-01-01"), "berg"),
        listed_with(patient("nora", 3, "2012-09-07"), "berg"),
        listed_with(patient("emma", 4, "2020-05-05"), "berg"),
    ];
    portal.given(people.into_iter().chain([parent_of("nora", 1), parent_of("emma", 1)]).chain(offices(listed))).await;
    portal
}

async fn change(portal: &Portal, who: &Visitor, persons: &[&str], want: &str) -> (u16, String) {
    let mut fields: Vec<(&str, &str)> = persons.iter().map(|id| ("person", *id)).collect();
    fields.extend([("want", want), ("form_key", "k1")]);
    let (status, page) = portal.post(who, "/gp/change/other", &fields).await;
    (status.as_u16(), page)
}

/// The Task of the only change, answered by the register.
async fn answered(portal: &Portal, of: &str, members: Value) {
    let id = crate::shared::derived_id(&format!("gp/change/{of}/0"));
    let mut task = json!({ "resourceType": "Task", "id": id.as_str(), "status": "requested", "intent": "order",
        "code": { "coding": [{ "system": "urn:varde:task", "code": "change-gp" }] },
        "focus": { "reference": "HealthcareService/other", "display": "Lise Lie, Torget legesenter" },
        "for": { "reference": format!("Patient/{of}") }, "requester": { "reference": format!("Patient/{of}") },
        "executionPeriod": { "start": "2026-12-01" }, "authoredOn": "2026-11-21T09:00:00Z", "lastModified": "2026-11-21T10:00:00Z" });
    task.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
    portal.given([task]).await;
}

#[tokio::test]
async fn the_first_page_says_who_the_gp_is_who_stands_in_and_how_to_reach_them() {
    let portal = country(3).await;
    let (status, page) = portal.get(&visitor("kari", 1), "/gp").await;
    assert_eq!(status, 200);
    for words in [
        "Per Berg ved Torget legesenter",
        "Fastlegen er borte til og med 24. desember 2026. Ola Vik er vikar så lenge.",
        "tar ikke imot meldinger til og med 28. november 2026. Ring hvis det haster. Ferie.",
        "tel:+4700000001",
        "mandag til fredag 08.00–15.30",
        "Torget 2",
        "0155 Oslo",
        "E-konsultasjon",
        "Ring før du kommer",
        "href=\"/gp/change\"",
        "href=\"/appointments/book\"",
    ] {
        assert!(page.contains(words), "{words} is not on the page: {page}");
    }
    assert!(!page.contains("Tidligere bytter"), "no link to an empty page: {page}");
    let (_, english) = portal.get(&visitor("kari", 1), "/gp?lang=en").await;
    assert!(english.contains("Monday to Friday 08:00–15:30"), "{english}");
}

#[tokio::test]
async fn lists_are_found_by_doctor_office_and_place_those_with_places_first() {
    let portal = country(10).await;
    let kari = visitor("kari", 1);
    for (path, berg, lie) in [
        ("/gp/change", true, true),
        ("/gp/change?q=lie", false, true),
        ("/gp/change?q=torget", true, true),
        ("/gp/change?q=oslo", true, true),
        ("/gp/change?q=torget&free=yes", true, false),
        ("/gp/change?q=bergen", false, false),
        ("/gp/change?q=%2C", true, true),
    ] {
        let (status, page) = portal.get(&kari, path).await;
        assert_eq!(status, 200, "{path}");
        assert_eq!(
            (page.contains("Per Berg, Torget"), page.contains("Lise Lie, Torget")),
            (berg, lie),
            "{path}: {page}"
        );
    }
    let (_, page) = portal.get(&kari, "/gp/change").await;
    assert!(
        page.contains("Leger i Oslo") && page.contains("6 ledige plasser") && page.contains("Fastlegen nå"),
        "{page}"
    );
    assert!(page.contains("gjelder fra 1. desember 2026") && page.contains("Bytter igjen i 2026: 2"), "{page}");
    assert!(page.find("Per Berg, Torget") < page.find("Lise Lie, Torget"), "free places first");
    let (_, none) = portal.get(&kari, "/gp/change?q=bergen").await;
    assert!(none.contains("Ingen leger funnet") && none.contains("value=\"bergen\""), "what was typed stays: {none}");
}

#[tokio::test]
async fn a_change_holds_from_the_first_of_next_month_and_is_undone_before() {
    let portal = country(9).await;
    let kari = visitor("kari", 1);
    let (_, form) = portal.get(&kari, "/gp/change/other").await;
    assert!(
        form.contains("1 ledig plass") && form.contains("1. desember 2026") && form.contains(">Bytt fastlege<"),
        "{form}"
    );
    let (status, location) = change(&portal, &kari, &["kari"], "").await;
    assert_eq!((status, location.as_str()), (303, "/gp?done=changed"));
    let (_, page) = portal.get(&kari, &location).await;
    assert!(page.contains("Ny fastlege fra 1. desember 2026") && page.contains("Angre byttet"), "{page}");
    assert!(page.contains("Per Berg ved Torget legesenter"), "until then the GP is the same: {page}");
    assert!(!page.contains("href=\"/gp/change\""), "one change at a time: {page}");
    assert!(portal.get(&kari, "/").await.1.contains("Gjelder fra 1. desember 2026"), "it stands on the front page");
    let (_, events) = portal.get(&kari, "/events").await;
    assert!(events.contains("Nytt bytte av fastlege er registrert") && events.contains("href=\"/gp\""), "{events}");
    assert_eq!(change(&portal, &kari, &["kari"], "").await.0, 303, "pressing twice does no harm");

    let undo = page.split("/gp/undo/").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let (_, location) = portal.post(&kari, &format!("/gp/undo/{undo}"), &[]).await;
    assert_eq!(location, "/gp?done=undone");
    let (_, page) = portal.get(&kari, &location).await;
    assert!(page.contains("Byttet er angret") && page.contains("href=\"/gp/change\""), "{page}");
    let (_, again) = portal.get(&kari, "/gp/change").await;
    assert!(
        again.contains("1 ledig plass") && again.contains("Bytter igjen i 2026: 2"),
        "the place is given back: {again}"
    );
    assert_eq!(change(&portal, &kari, &["kari"], "").await.0, 303, "and can be taken again");
    portal.clock.set("2026-12-01T00:00:00Z".parse().unwrap());
    let (_, page) = portal.get(&kari, "/gp").await;
    assert!(page.contains("Skulle gjelde fra 1. desember 2026") && !page.contains("Angre byttet"), "{page}");
}

#[tokio::test]
async fn a_full_list_has_a_queue_and_the_place_comes_by_itself() {
    let portal = country(10).await;
    let (kari, per) = (visitor("kari", 1), visitor("per", 2));
    let (_, form) = portal.get(&kari, "/gp/change/other").await;
    assert!(form.contains("Still deg på venteliste") && form.contains("name=\"want\" value=\"wait\""), "{form}");
    assert_eq!(change(&portal, &kari, &["kari"], "").await.0, 409, "a place that is not there is not given");
    assert_eq!(change(&portal, &kari, &["kari"], "wait").await.0, 303);
    assert_eq!(change(&portal, &per, &["per"], "wait").await.0, 303);
    let (_, page) = portal.get(&per, "/gp?done=changed").await;
    assert!(page.contains("Du står på ventelisten") && page.contains("Du er nummer 2 i køen"), "{page}");
    assert!(!page.contains("kari"), "who else waits is nobody's business");
    answered(
        &portal,
        "kari",
        json!({ "businessStatus": { "coding": [{ "system": "urn:varde:gp-change", "code": "scheduled" }] } }),
    )
    .await;
    let (_, page) = portal.get(&kari, "/gp").await;
    assert!(page.contains("Gjelder fra 1. desember 2026") && page.contains("Angre byttet"), "{page}");
    answered(&portal, "kari", json!({ "status": "rejected", "statusReason": { "text": "Legen slutter" } })).await;
    let (_, page) = portal.get(&kari, "/gp").await;
    assert!(
        page.contains("Ble ikke gjennomført") && page.contains("Legen slutter") && page.contains("href=\"/gp/change\""),
        "{page}"
    );
}

#[tokio::test]
async fn two_changes_a_year_and_no_more() {
    let portal = country(3).await;
    let done = |id: &str, starts: &str| {
        json!({ "resourceType": "Task", "id": id, "status": "completed", "intent": "order", "authoredOn": "2026-02-01T09:00:00Z",
            "code": { "coding": [{ "system": "urn:varde:task", "code": "change-gp" }] }, "for": { "reference": "Patient/kari" },
            "focus": { "display": "En tidligere lege" }, "executionPeriod": { "start": starts } })
    };
    portal.given([done("d1", "2026-03-01"), done("d2", "2026-07-01")]).await;
    let kari = visitor("kari", 1);
    let (_, page) = portal.get(&kari, "/gp/change/other").await;
    assert!(page.contains("Du kan bytte igjen fra 1. januar 2027"), "{page}");
    let (status, page) = change(&portal, &kari, &["kari"], "").await;
    assert!(status == 409 && page.contains("Begge årets bytter er brukt"), "{page}");
    let (_, page) = portal.get(&kari, "/gp/history").await;
    assert_eq!(page.matches("En tidligere lege").count(), 2, "{page}");
    portal.clock.set("2026-12-02T09:00:00Z".parse().unwrap());
    assert_eq!(
        change(&portal, &kari, &["kari"], "").await.0,
        303,
        "a change asked for in December is one of the next year"
    );
}

#[tokio::test]
async fn a_parent_changes_for_the_children_at_once_also_to_a_list_they_fill() {
    let portal = country(9).await;
    let kari = visitor("kari", 1);
    let (_, form) = portal.get(&kari, "/gp/change/other").await;
    assert!(
        form.contains("Hvem skal bytte?") && form.contains("value=\"nora\"") && form.contains("value=\"emma\""),
        "{form}"
    );
    assert!(form.contains("value=\"kari\" checked") && !form.contains("value=\"emma\" checked"), "{form}");
    let (status, page) = change(&portal, &kari, &[], "").await;
    assert!(status == 409 && page.contains("Velg hvem som skal bytte"), "{page}");
    assert_eq!(change(&portal, &kari, &["kari", "nora", "emma"], "").await.0, 303);
    for child in ["nora", "emma"] {
        let (_, page) = portal.get(&acting_for(kari.clone(), child), "/gp").await;
        assert!(
            page.contains("Lise Lie, Torget legesenter") && page.contains("Gjelder fra 1. desember 2026"),
            "{child}: {page}"
        );
    }
    let (_, own) = portal.get(&kari, "/gp/change/mine").await;
    assert!(!own.contains("value=\"per\""), "nobody else's GP is offered: {own}");
}

#[tokio::test]
async fn a_child_follows_a_parent_onto_a_full_list_and_no_stranger_does() {
    let portal = country(10).await;
    let mut mother = listed_with(patient("kari", 1, "1980-03-04"), "lie");
    let form = async |who: Visitor| portal.get(&who, "/gp/change/other").await.1;
    let emma = acting_for(visitor("kari", 1), "emma");
    assert!(form(emma.clone()).await.contains("Still deg på venteliste"));
    portal.given([mother.take()]).await;
    let page = form(emma.clone()).await;
    assert!(page.contains(">Bytt fastlege<") && !page.contains("Still deg på venteliste"), "{page}");
    assert_eq!(change(&portal, &emma, &["emma"], "").await.0, 303);
    assert_eq!(change(&portal, &visitor("per", 2), &["per"], "").await.0, 409);
}

#[tokio::test]
async fn everybody_who_may_see_it_is_told_of_a_change_and_not_only_the_one_who_asked() {
    let portal = country(3).await;
    let (kari, per) = (visitor("kari", 1), visitor("per", 2));
    portal.given([parent_of("emma", 2), parent_of("nora", 2), agreed("nora")]).await;
    assert_eq!(change(&portal, &acting_for(kari.clone(), "emma"), &["emma"], "").await.0, 303);
    assert_eq!(portal.told().await, ["gp-change-scheduled: kari per"], "the other parent too");
    let task = crate::shared::derived_id("gp/change/emma/0");
    let undo = portal.post(&acting_for(per, "emma"), &format!("/gp/undo/{task}"), &[]).await;
    assert_eq!(undo.1, "/gp?done=undone");
    assert_eq!(portal.told().await, ["gp-change-withdrawn: kari per"]);
    assert_eq!(change(&portal, &kari, &["kari", "nora"], "").await.0, 303);
    let told = portal.told().await;
    assert_eq!(told, ["gp-change-scheduled: kari", "gp-change-scheduled: kari nora per"], "each of their own");
}

#[tokio::test]
async fn all_are_changed_or_nobody() {
    let portal = country(3).await;
    let kari = visitor("kari", 1);
    assert_eq!(change(&portal, &acting_for(kari.clone(), "emma"), &["emma"], "").await.0, 303);
    let mut fields = vec![("person", "kari"), ("person", "nora"), ("form_key", "k9")];
    let (status, _) = portal.post(&kari, "/gp/change/other", &fields).await;
    assert_eq!(status, 303, "who has it under way already is no hindrance");
    fields.insert(0, ("person", "emma"));
    let (status, page) = portal.post(&kari, "/gp/change/mine", &fields).await;
    assert!(status == 409 && page.contains("kari: Dette er fastlegen nå"), "{page}");
}

#[tokio::test]
async fn who_may_not_change_is_told_what_to_do_and_nobody_sees_anothers_gp() {
    let portal = country(3).await;
    let nora = visitor("nora", 3);
    let (_, page) = portal.get(&nora, "/gp").await;
    assert!(page.contains("Fastlegen vises ikke") && !page.contains("Per Berg"), "no parent has consented: {page}");
    portal.given([agreed("nora")]).await;
    let (_, page) = portal.get(&nora, "/gp").await;
    assert!(page.contains("Per Berg") && !page.contains("href=\"/gp/change\""), "sees and does not choose: {page}");
    assert_eq!(portal.get(&nora, "/gp/change").await.0, 403);
    let (status, page) = change(&portal, &nora, &["nora"], "").await;
    assert!(status == 403 && page.contains("Du kan ikke bytte fastlege her"), "{page}");
    let mother = acting_for(visitor("kari", 1), "nora");
    assert_eq!(change(&portal, &mother, &["nora"], "").await.0, 303);
    assert_eq!(change(&portal, &nora, &["nora"], "").await.0, 403, "also when it is under way already");
    let stranger = acting_for(visitor("per", 2), "kari");
    for path in ["/gp", "/gp/history", "/gp/change"] {
        let (_, page) = portal.get(&stranger, path).await;
        assert!(!page.contains("Ola Vik"), "{path}: {page}");
    }
    assert!(matches!(change(&portal, &stranger, &["kari"], "").await.0, 403 | 404));
    assert_eq!(portal.get(&visitor("kari", 1), "/gp/change/office").await.0, 404, "an office is no list");
    assert_eq!(portal.get(&visitor("kari", 1), "/gp/change/nothing").await.0, 404);
    assert_eq!(portal.post(&visitor("kari", 1), "/gp/undo/nothing", &[]).await.0, 404);
    // A number on a form opens nothing: somebody who is not among one's own is as if nobody were chosen.
    let (status, page) = change(&portal, &visitor("kari", 1), &["per"], "").await;
    assert!(status == 409 && page.contains("Velg hvem som skal bytte"), "{page}");
}

#[tokio::test]
async fn a_proxy_needs_the_area_of_digital_services() {
    let portal = country(3).await;
    let acting = acting_for(visitor("per", 2), "kari");
    let proxy = |area: &str| {
        json!({ "resourceType": "Consent", "id": "proxy", "status": "active", "dateTime": "2026-11-01T09:00:00Z", "scope": { "text": "privacy" },
            "category": [{ "coding": [{ "system": "urn:oid:2.16.578.1.12.4.1.1.7611", "code": "FU" }] }], "patient": { "reference": "Patient/kari" },
            "provision": { "type": "permit", "period": { "start": "2026-11-01" }, "code": [{ "coding": [{ "code": area }] }],
                "actor": [{ "role": { "text": "receiver" }, "reference": { "reference": "Patient/per" } }] } })
    };
    portal.given([proxy("1")]).await;
    let (_, page) = portal.get(&acting, "/gp").await;
    assert!(page.contains("Fastlegen vises ikke"), "{page}");
    assert_eq!(change(&portal, &acting, &["kari"], "").await.0, 403);
    portal.given([proxy("3")]).await;
    assert_eq!(change(&portal, &acting, &["kari"], "").await.0, 303);
    let (_, page) = portal.get(&visitor("kari", 1), "/gp").await;
    assert!(page.contains("Gjelder fra 1. desember 2026"), "the one it is for sees it: {page}");
    assert_eq!(portal.told().await, ["gp-change-scheduled: kari per"], "and is told");
}

#[tokio::test]
async fn a_person_without_a_gp_or_with_one_nobody_knows_more_of_gets_a_page_too() {
    let portal = country(3).await;
    let mut lone = patient("lone", 5, "1990-01-01");
    portal.given([lone.clone()]).await;
    let (_, page) = portal.get(&visitor("lone", 5), "/gp").await;
    assert!(page.contains("Ingen fastlege") && page.contains("href=\"/gp/change\""), "{page}");
    let (status, page) = portal.get(&visitor("lone", 5), "/gp/change").await;
    assert!(status == 200 && page.contains("name=\"q\""), "{page}");
    lone["generalPractitioner"] = json!([{ "reference": "Practitioner/elsewhere", "display": "Dr. Smith" }]);
    portal.given([lone]).await;
    let (status, page) = portal.get(&visitor("lone", 5), "/gp").await;
    assert!(status == 200 && page.contains("Dr. Smith"), "{page}");
}

/// A change that the register has made because Kari moved away from Lise Lie's list on this day.
fn moved_away(day: &str) -> Value {
    json!({ "resourceType": "Task", "id": "moved", "status": "completed", "intent": "order", "authoredOn": day,
        "code": { "coding": [{ "system": "urn:varde:task", "code": "change-gp" }] },
        "reasonCode": { "coding": [{ "system": "urn:varde:gp-change-reason", "code": "moved" }] },
        "for": { "reference": "Patient/kari" }, "executionPeriod": { "start": day },
        "input": [{ "type": { "coding": [{ "system": "urn:varde:gp-change-input", "code": "from" }] },
            "valueReference": { "reference": "HealthcareService/other", "display": "Lise Lie" } }] })
}

#[tokio::test]
async fn one_who_has_moved_back_has_the_gp_of_before_though_the_list_is_full() {
    let kari = visitor("kari", 1);
    let portal = country(10).await;
    portal.given([moved_away("2024-03-01")]).await;
    let (_, page) = portal.get(&kari, "/gp/change?q=Lie").await;
    assert!(page.contains("Den du hadde før") && !page.contains("Fullt"), "{page}");
    let (_, page) = portal.get(&kari, "/gp/change/other").await;
    assert!(page.contains("Du sto på denne listen før du flyttet") && !page.contains("value=\"wait\""), "{page}");
    assert_eq!(change(&portal, &kari, &["kari"], "place").await, (303, "/gp?done=changed".to_owned()));
    let (_, page) = portal.get(&kari, "/gp/history").await;
    assert!(page.contains("Teller ikke blant årets bytter"), "{page}");
    // Four years are too many: the queue, as for everybody else.
    let portal = country(10).await;
    portal.given([moved_away("2022-03-01")]).await;
    let (_, page) = portal.get(&kari, "/gp/change/other").await;
    assert!(page.contains("value=\"wait\"") && !page.contains("før du flyttet. Da"), "{page}");
}

#[tokio::test]
async fn one_with_a_d_number_and_no_gp_is_told_whom_to_ask() {
    let portal = country(4).await;
    let mut kari = patient("kari", 1, "1980-03-04");
    kari["identifier"].as_array_mut().unwrap()[0]["system"] = "urn:oid:2.16.578.1.12.4.1.4.2".into();
    portal.given([kari]).await;
    let (_, page) = portal.get(&visitor("kari", 1), "/gp/change/other").await;
    assert!(page.contains("Spør Helfo"), "{page}");
    assert_eq!(change(&portal, &visitor("kari", 1), &["kari"], "place").await.0, 409);
}
