use serde_json::{Value, json};
use varde_web::Visitor;

use super::super::actions;
use crate::shared::testing::{Portal, acting_for, parent_of, patient, visitor};

fn with_gp(mut patient: Value) -> Value {
    patient["generalPractitioner"] = json!([{ "reference": "Organization/o1", "display": "Skogen legesenter" }]);
    patient
}

/// A prescription of 1 October 2026, three times, valid for a year.
fn prescription(of: &str, id: &str, name: &str) -> Value {
    json!({
        "resourceType": "MedicationRequest", "id": id, "status": "active", "intent": "order",
        "medicationCodeableConcept": { "text": name }, "subject": { "reference": format!("Patient/{of}") },
        "authoredOn": "2026-10-01T12:00:00Z", "dosageInstruction": [{ "text": "1 tablett daglig" }],
        "dispenseRequest": { "numberOfRepeatsAllowed": 2, "validityPeriod": { "end": "2027-09-30" } },
    })
}

fn collected(of: &str, id: &str, prescription: &str) -> Value {
    json!({
        "resourceType": "MedicationDispense", "id": id, "status": "completed",
        "medicationCodeableConcept": { "text": "Hentet medisin" }, "subject": { "reference": format!("Patient/{of}") },
        "authorizingPrescription": [{ "reference": format!("MedicationRequest/{prescription}") }],
        "whenHandedOver": "2026-10-02",
    })
}

fn only_for_the_young(mut resource: Value) -> Value {
    let label = json!({ "system": "urn:oid:2.16.578.1.12.4.1.1.9603", "code": "NORN_FORANS" });
    resource["meta"] = json!({ "security": [label] });
    resource
}

fn consent(id: &str, of: &str, system: &str, code: &str, provision: Value) -> Value {
    json!({ "resourceType": "Consent", "id": id, "status": "active", "dateTime": "2026-11-01T09:00:00Z",
        "scope": { "text": "privacy" }, "category": [{ "coding": [{ "system": system, "code": code }] }],
        "patient": { "reference": format!("Patient/{of}") }, "provision": provision })
}

/// Kari's proxy to Per for `areas`.
fn proxy(areas: &[&str]) -> Value {
    let codes: Vec<Value> = areas.iter().map(|area| json!({ "coding": [{ "code": area }] })).collect();
    consent(
        "proxy",
        "kari",
        "urn:oid:2.16.578.1.12.4.1.1.7611",
        "FU",
        json!({ "type": "permit",
        "period": { "start": "2026-11-01" }, "actor": [{ "role": { "text": "receiver" }, "reference": { "reference": "Patient/per" } }], "code": codes }),
    )
}

/// Kari with two prescriptions, Per who is 56, Nora who is 14 and Emma who is 6, both Kari's.
async fn country() -> Portal {
    let portal = Portal::new();
    let people = [
        with_gp(patient("kari", 1, "1980-03-04")),
        with_gp(patient("per", 2, "1970-01-01")),
        with_gp(patient("nora", 3, "2012-09-07")),
        with_gp(patient("emma", 4, "2020-05-05")),
    ];
    let kin = [parent_of("nora", 1), parent_of("emma", 1)];
    let medicines = [
        prescription("kari", "losartan", "Losartan 50 mg"),
        prescription("kari", "metformin", "Metformin 500 mg"),
        collected("kari", "d1", "losartan"),
    ];
    portal.given(people.into_iter().chain(kin).chain(medicines)).await;
    portal
}

async fn ask(portal: &Portal, who: &Visitor, ids: &[&str], message: &str) -> (u16, String) {
    let mut fields: Vec<(&str, &str)> = ids.iter().map(|id| ("prescription", *id)).collect();
    fields.extend([("message", message), ("form_key", "k1")]);
    let (status, page) = portal.post(who, "/medicines/renew", &fields).await;
    (status.as_u16(), page)
}

/// The Task of the first renewal of a prescription, with the answer of the practice's system.
fn answered(of: &str, prescription: &str, status: &str, reason: &str) -> Value {
    let id = actions::task_id(&of.parse().unwrap(), &prescription.parse().unwrap(), &[]);
    json!({
        "resourceType": "Task", "id": id.as_str(), "status": status, "intent": "order",
        "code": { "coding": [{ "system": "urn:varde:task", "code": "renew" }] },
        "focus": { "reference": format!("MedicationRequest/{prescription}") },
        "for": { "reference": format!("Patient/{of}") }, "requester": { "reference": format!("Patient/{of}") },
        "owner": { "display": "Skogen legesenter" }, "statusReason": { "text": reason },
        "authoredOn": "2026-11-21T09:00:00Z", "lastModified": "2026-11-21T10:00:00Z",
    })
}

#[tokio::test]
async fn what_is_left_and_until_when_stands_on_the_first_page() {
    let portal = country().await;
    let (status, page) = portal.get(&visitor("kari", 1), "/medicines").await;
    assert_eq!(status, 200);
    assert!(
        page.contains("Kan hentes 2 ganger til · gyldig til 30. september 2027"),
        "one of three is collected: {page}"
    );
    assert!(page.contains("Kan hentes 3 ganger til") && page.contains("/medicines/renew"), "{page}");
    assert!(!page.contains("Tidligere resepter"), "no empty headings: {page}");
    let (status, page) = portal.get(&visitor("kari", 1), "/medicines/losartan").await;
    assert!(status == 200 && page.contains("1 tablett daglig") && page.contains("2. oktober 2026"), "{page}");
}

#[tokio::test]
async fn two_are_renewed_at_once_and_the_answer_is_followed_on_the_same_page() {
    let portal = country().await;
    let kari = visitor("kari", 1);
    let (_, form) = portal.get(&kari, "/medicines/renew?prescription=losartan").await;
    assert!(form.contains("value=\"losartan\" checked") && !form.contains("value=\"metformin\" checked"), "{form}");
    assert!(form.contains("Skogen legesenter"), "whom it goes to is said before it is sent: {form}");
    let (status, location) = ask(&portal, &kari, &["losartan", "metformin"], "Jeg reiser bort").await;
    assert_eq!((status, location.as_str()), (303, "/medicines?done=renewed"));
    let (_, page) = portal.get(&kari, &location).await;
    assert!(
        page.contains("Sendt til legen") && page.contains("innen 27. november 2026"),
        "what happens next and when: {page}"
    );
    assert_eq!(page.matches("Fornyelse sendt").count(), 2, "{page}");
    assert!(!page.contains("href=\"/medicines/renew\""), "nothing is left to renew: {page}");
    assert!(portal.get(&kari, "/medicines/losartan").await.1.contains("Jeg reiser bort"));
    assert!(portal.get(&kari, "/events").await.1.contains("Fornyelse av resept sendt"));

    let mut new = prescription("kari", "losartan-2", "Losartan 50 mg");
    new["priorPrescription"] = json!({ "reference": "MedicationRequest/losartan" });
    new["authoredOn"] = json!("2026-11-21T10:00:00Z");
    let no = answered("kari", "metformin", "rejected", "Ta en blodprøve først");
    portal.given([answered("kari", "losartan", "completed", "Ja"), new, no]).await;
    let (_, page) = portal.get(&kari, "/medicines").await;
    assert!(
        page.contains("Fornyet") && page.contains("/medicines/losartan-2") && page.contains("Ikke fornyet"),
        "{page}"
    );
    let (_, page) = portal.get(&kari, "/medicines/metformin").await;
    assert!(
        page.contains("Ta en blodprøve først") && page.contains("/appointments/book"),
        "reason and next step: {page}"
    );
    let (_, page) = portal.get(&kari, "/medicines/losartan").await;
    assert!(page.contains("Det finnes en nyere resept") && !page.contains("Forny denne resepten"), "{page}");
}

#[tokio::test]
async fn pressing_twice_or_in_two_windows_asks_once() {
    let portal = country().await;
    let kari = visitor("kari", 1);
    for _ in 0..2 {
        assert_eq!(ask(&portal, &kari, &["losartan"], "").await, (303, "/medicines?done=renewed".to_owned()));
    }
    assert_eq!(ask(&portal, &kari, &["losartan", "metformin", "losartan"], "").await.0, 303);
    let (_, events) = portal.get(&kari, "/events").await;
    assert_eq!(events.matches("Fornyelse av resept sendt").count(), 2, "one for each prescription: {events}");
    let both = tokio::join!(
        portal.post(&kari, "/medicines/renew", &[("prescription", "metformin")]),
        portal.post(&kari, "/medicines/renew", &[("prescription", "metformin")]),
    );
    assert_eq!((both.0.0.as_u16(), both.1.0.as_u16()), (303, 303));
}

#[tokio::test]
async fn at_the_same_instant_it_is_asked_once_and_both_are_told_that_it_is_sent() {
    let portal = country().await;
    let kari = visitor("kari", 1);
    let (one, two) = tokio::join!(ask(&portal, &kari, &["losartan"], ""), ask(&portal, &kari, &["losartan"], ""));
    assert_eq!((one.0, two.0), (303, 303));
    let (_, events) = portal.get(&kari, "/events").await;
    assert_eq!(events.matches("Fornyelse av resept sendt").count(), 1, "{events}");
}

#[tokio::test]
async fn a_request_is_taken_back_until_somebody_looks_and_can_be_made_again() {
    let portal = country().await;
    let kari = visitor("kari", 1);
    ask(&portal, &kari, &["losartan"], "").await;
    let withdraw = async || portal.post(&kari, "/medicines/losartan/withdraw", &[]).await.1;
    assert_eq!(withdraw().await, "/medicines/losartan?done=withdrawn");
    assert_eq!(withdraw().await, "/medicines/losartan?done=withdrawn", "pressing twice does no harm");
    assert!(portal.get(&kari, "/medicines/losartan").await.1.contains("Forny denne resepten"));
    ask(&portal, &kari, &["metformin"], "").await;
    portal.given([answered("kari", "metformin", "in-progress", "Snart")]).await;
    let path = portal.post(&kari, "/medicines/metformin/withdraw", &[]).await.1;
    assert_eq!(path, "/medicines/metformin?done=too-late");
    assert!(portal.get(&kari, &path).await.1.contains("Det er for sent å trekke den tilbake"));
}

#[tokio::test]
async fn a_wrong_form_keeps_what_was_typed_and_says_all_that_is_wrong() {
    let portal = country().await;
    let kari = visitor("kari", 1);
    let long = "Dette er for langt. ".repeat(30);
    let (status, page) = ask(&portal, &kari, &[], &long).await;
    assert_eq!(status, 422);
    assert!(page.contains("Velg minst én resept") && page.contains("Gjør meldingen kortere"), "{page}");
    assert!(
        page.contains("Dette er for langt.") && page.contains("prescription-error") && page.contains("message-error")
    );
    let (status, page) = ask(&portal, &kari, &["losartan"], &long).await;
    assert!(status == 422 && page.contains("value=\"losartan\" checked"), "{page}");
    assert_eq!(ask(&portal, &kari, &["nothing-of-hers"], "").await.0, 404);
}

#[tokio::test]
async fn a_habit_forming_medicine_is_not_renewed_here_and_the_next_step_is_said() {
    let portal = country().await;
    let mut pills = prescription("kari", "zopiklon", "Zopiklon 5 mg");
    pills["medicationCodeableConcept"]["coding"] = json!([{ "system": "http://www.whocc.no/atc", "code": "N05CF01" }]);
    portal.given([pills]).await;
    let kari = visitor("kari", 1);
    let (_, form) = portal.get(&kari, "/medicines/renew").await;
    assert!(!form.contains("value=\"zopiklon\"") && form.contains("vanedannende"), "{form}");
    let (status, page) = ask(&portal, &kari, &["zopiklon", "losartan"], "").await;
    assert!(status == 422 && page.contains("Zopiklon 5 mg: Denne medisinen kan være vanedannende"), "{page}");
    assert!(!portal.get(&kari, "/events").await.1.contains("Fornyelse av resept sendt"), "all or nothing");
    let (_, page) = portal.get(&kari, "/medicines/zopiklon").await;
    assert!(page.contains("/appointments/book") && !page.contains("Forny denne resepten"), "{page}");
}

#[tokio::test]
async fn parents_see_and_renew_for_children_but_never_what_is_for_the_young_alone() {
    let portal = country().await;
    let shared = prescription("nora", "eksem", "Betametason krem");
    let own = only_for_the_young(prescription("nora", "pille", "Hemmelig medisin"));
    let emma = prescription("emma", "astma", "Salbutamol");
    // The pharmacy's system has forgotten the label.
    portal.given([shared, own, emma, collected("nora", "d2", "pille"), collected("nora", "d3", "eksem")]).await;
    let mother = visitor("kari", 1);
    let small = acting_for(mother.clone(), "emma");
    assert!(portal.get(&small, "/medicines").await.1.contains("Salbutamol"));
    assert_eq!(ask(&portal, &small, &["astma"], "").await.0, 303);
    let youth = acting_for(mother, "nora");
    let nora = visitor("nora", 3);
    assert!(portal.get(&nora, "/medicines").await.1.contains("vises ikke"), "no parent has consented");
    assert_eq!(ask(&portal, &nora, &["pille"], "").await.0, 404);
    let provision = json!({ "type": "permit", "period": { "start": "2026-11-01" } });
    portal.given([consent("yes", "nora", "urn:varde:consent", "foreldresamtykke", provision)]).await;
    let (_, page) = portal.get(&nora, "/medicines").await;
    assert!(page.contains("Hemmelig medisin") && page.contains("Bare du"), "{page}");
    assert_eq!(ask(&portal, &nora, &["pille", "eksem"], "").await.0, 303);
    for path in ["/medicines", "/medicines/in-use", "/medicines/copy", "/medicines/renew", "/", "/events"] {
        let (status, page) = portal.get(&youth, path).await;
        assert!(status == 200 && !page.contains("Hemmelig") && !page.contains("pille"), "{path}: {page}");
    }
    assert_eq!(portal.get(&youth, "/events").await.1.matches("Fornyelse av resept sendt").count(), 1);
    assert_eq!(portal.get(&youth, "/medicines/collected").await.1.matches("Hentet medisin").count(), 1);
    assert_eq!(portal.get(&nora, "/medicines/collected").await.1.matches("Hentet medisin").count(), 2);
    assert_eq!(portal.get(&youth, "/medicines/pille").await.0, 404);
    assert_eq!(portal.post(&youth, "/medicines/pille/withdraw", &[]).await.0, 404);
    assert_eq!(ask(&portal, &youth, &["pille"], "").await.0, 404);
    assert!(portal.get(&youth, "/medicines").await.1.contains("Betametason krem"));
}

#[tokio::test]
async fn a_proxy_reaches_as_far_as_it_says() {
    let portal = country().await;
    let acting = acting_for(visitor("per", 2), "kari");
    assert!(!portal.get(&acting, "/medicines").await.1.contains("Losartan"));
    portal.given([proxy(&["2"])]).await;
    let (_, page) = portal.get(&acting, "/medicines").await;
    assert!(page.contains("vises ikke") && !page.contains("Losartan"), "{page}");
    portal.given([proxy(&["1"])]).await;
    let (_, page) = portal.get(&acting, "/medicines").await;
    assert!(page.contains("Losartan") && !page.contains("/medicines/renew") && page.contains("FU-2"), "{page}");
    assert_eq!(portal.get(&acting, "/medicines/renew").await.0, 403);
    let (status, page) = ask(&portal, &acting, &["losartan"], "").await;
    assert!(status == 403 && page.contains("Du kan ikke fornye resepter her"), "{page}");
    portal.given([proxy(&["1", "3"])]).await;
    assert_eq!(ask(&portal, &acting, &["losartan"], "").await.0, 303);
    let (_, page) = portal.get(&visitor("kari", 1), "/medicines").await;
    assert!(page.contains("Fornyelse sendt"), "the one it is for sees it: {page}");
    assert_eq!(portal.get(&visitor("per", 2), "/medicines/losartan").await.0, 404, "not in his own name");
}

#[tokio::test]
async fn what_sources_say_of_medicines_together_is_shown_with_its_source() {
    let portal = country().await;
    portal
        .given([
            json!({ "resourceType": "DetectedIssue", "id": "i1", "status": "final", "detail": "Ta dem hver for seg",
            "patient": { "reference": "Patient/kari" }, "author": { "display": "Bjørka apotek" },
            "implicated": [{ "reference": "MedicationRequest/losartan" }] }),
        ])
        .await;
    let kari = visitor("kari", 1);
    let (_, page) = portal.get(&kari, "/medicines/losartan").await;
    assert!(page.contains("Ta dem hver for seg") && page.contains("Bjørka apotek"), "{page}");
    assert!(!portal.get(&kari, "/medicines/metformin").await.1.contains("Ta dem hver for seg"));
}

#[tokio::test]
async fn the_copy_is_a_file_of_its_own_with_whose_it_is_and_when() {
    let portal = country().await;
    let (status, copy) = portal.get(&visitor("kari", 1), "/medicines/copy").await;
    assert_eq!(status, 200);
    assert!(
        copy.contains("Losartan 50 mg") && copy.contains("1 tablett daglig") && copy.contains("21. november 2026"),
        "{copy}"
    );
    for outside in ["href=", "src=", "http", "url("] {
        assert!(!copy.contains(outside), "nothing from elsewhere: {outside}");
    }
    let closed = acting_for(visitor("per", 2), "kari");
    assert_eq!(portal.get(&closed, "/medicines/copy").await, (axum::http::StatusCode::SEE_OTHER, String::new()));
}

#[tokio::test]
async fn empty_and_long_lists_each_have_their_page() {
    let portal = country().await;
    let per = visitor("per", 2);
    assert!(portal.get(&per, "/medicines").await.1.contains("Ingen resepter"));
    assert!(portal.get(&per, "/medicines/in-use").await.1.contains("Ingen medisiner i bruk"));
    assert!(portal.get(&per, "/medicines/collected").await.1.contains("Ingenting er hentet"));
    assert!(portal.get(&per, "/medicines/renew").await.1.contains("Det er ingenting å fornye her nå"));
    let many = (0..600).map(|n| {
        let mut old = prescription("per", &format!("old-{n}"), &format!("Medisin {n}"));
        old["status"] = json!(if n % 2 == 0 { "stopped" } else { "active" });
        old
    });
    let dispensings = (0..600).map(|n| collected("per", &format!("given-{n}"), "old-1"));
    portal.given(many.chain(dispensings)).await;
    for path in ["/medicines", "/medicines/in-use", "/medicines/collected", "/medicines/renew"] {
        let (status, page) = portal.get(&per, path).await;
        assert!(status == 200 && page.len() < 100_000, "{path}: {} bytes", page.len());
    }
}

#[tokio::test]
async fn both_sides_read_until_when_somebody_may_collect() {
    let portal = country().await;
    let mut given = proxy(&["P"]);
    given["provision"]["period"]["end"] = json!("2027-03-31");
    portal.given([given]).await;
    for (who, other) in [(visitor("kari", 1), "per Nordmann"), (visitor("per", 2), "kari Nordmann")] {
        let (status, page) = portal.get(&who, "/medicines/collect").await;
        let main = page.split("<main").nth(1).unwrap();
        let after = main.split(&format!(">{other}<")).nth(1).unwrap_or_else(|| panic!("{other}: {main}"));
        assert!(status == 200 && after.contains("Til og med 31. mars 2027"), "{other}: {main}");
    }
}

#[tokio::test]
async fn what_was_collected_stands_under_its_year() {
    let portal = country().await;
    let mut earlier = collected("kari", "d0", "losartan");
    earlier["whenHandedOver"] = json!("2025-12-30");
    let mut undated = collected("kari", "d2", "losartan");
    undated.as_object_mut().unwrap().remove("whenHandedOver");
    portal.given([earlier, undated]).await;
    let (_, page) = portal.get(&visitor("kari", 1), "/medicines/collected").await;
    let headings: Vec<&str> = page
        .split("</h2>")
        .filter_map(|part| part.rsplit_once("<h2").and_then(|(_, tag)| tag.split_once('>')))
        .map(|(_, words)| words)
        .collect();
    assert_eq!(headings, ["2026", "2025", "Ukjent dato"], "{page}");
}

#[tokio::test]
async fn the_form_that_renews_begins_with_what_is_used_up() {
    let portal = country().await;
    let mut used = prescription("kari", "used", "Simvastatin 20 mg");
    used["authoredOn"] = json!("2026-01-01T12:00:00Z");
    used["dispenseRequest"]["numberOfRepeatsAllowed"] = json!(0);
    portal.given([used, collected("kari", "d9", "used")]).await;
    let (_, page) = portal.get(&visitor("kari", 1), "/medicines/renew").await;
    let place = |id: &str| page.find(&format!("value=\"{id}\"")).unwrap_or_else(|| panic!("{id}: {page}"));
    assert!(place("used") < place("losartan") && place("used") < place("metformin"), "{page}");
}
