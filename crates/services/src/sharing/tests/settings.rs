use serde_json::json;

use crate::shared::testing::{Portal, acting_for, consent, parent_of, patient, visitor};

async fn country() -> Portal {
    let portal = Portal::new();
    let doctor = json!({"resourceType": "Practitioner", "id": "lars", "name": [{"text": "Lars Lege"}],
        "identifier": [{"system": "urn:oid:2.16.578.1.12.4.1.4.4", "value": "90000001"}]});
    let people = [patient("kari", 1, "1980-03-04"), patient("per", 2, "1970-01-01"), patient("emma", 5, "2020-01-01")];
    portal.given(people.into_iter().chain([parent_of("emma", 1), doctor])).await;
    portal
}

/// The address that the first button which lifts something on the page sends to.
fn lift_in(page: &str) -> String {
    let (_, rest) = page.split_once("action=\"/sharing/settings/").unwrap_or_else(|| panic!("nothing to lift: {page}"));
    format!("/sharing/settings/{}", rest.split_once('"').unwrap().0)
}

#[tokio::test]
async fn what_is_closed_to_all_personnel_stands_on_the_page_and_is_lifted_again() {
    let portal = country().await;
    let kari = visitor("kari", 1);
    let (_, page) = portal.get(&kari, "/sharing/blocks").await;
    assert!(
        page.contains("I en nødssituasjon kan det åpnes") && page.contains("heller ikke i en nødssituasjon"),
        "{page}"
    );
    let fields = [("services", "record"), ("services", "results"), ("form_key", "k1")];
    assert_eq!(portal.post(&kari, "/sharing/blocks", &fields).await.1, "/sharing/blocks?done=saved");
    assert_eq!(portal.post(&kari, "/sharing/blocks", &fields).await.0, 303, "the same form twice blocks once");
    let (_, page) = portal.get(&kari, "/sharing/blocks").await;
    assert_eq!(page.matches("Stengt for alt helsepersonell").count(), 1, "{page}");
    let (status, page) = portal.post(&kari, "/sharing/blocks", &[("services", "record"), ("form_key", "k2")]).await;
    assert!(
        status == 422 && page.contains("Dette gjelder allerede") && page.contains("value=\"record\" checked"),
        "{page}"
    );
    let (_, page) = portal.get(&kari, "/sharing").await;
    assert!(page.contains("Stengt for alt helsepersonell"), "all of it is in one place: {page}");
    let (_, page) = portal.get(&kari, "/sharing/blocks").await;
    assert_eq!(portal.post(&kari, &lift_in(&page), &[]).await.1, "/sharing/blocks?done=lifted");
    assert_eq!(portal.post(&kari, &lift_in(&page), &[]).await.0, 303, "what is over stays over");
    let (_, page) = portal.get(&kari, "/sharing/blocks").await;
    assert!(page.contains("Avsluttet eller opphevet: 1") && !page.contains("/lift"), "{page}");
    assert_eq!(portal.post(&kari, "/sharing/blocks", &[]).await.0, 422, "nothing is chosen");
}

#[tokio::test]
async fn something_else_ticked_in_a_form_one_has_gone_back_to_is_closed_too() {
    let portal = country().await;
    let kari = visitor("kari", 1);
    for service in ["record", "results"] {
        let fields = [("services", service), ("form_key", "k1")];
        assert_eq!(portal.post(&kari, "/sharing/blocks", &fields).await.1, "/sharing/blocks?done=saved", "{service}");
    }
    let (_, page) = portal.get(&kari, "/sharing/blocks").await;
    assert_eq!(page.matches("Stengt for alt helsepersonell").count(), 2, "{page}");
}

#[tokio::test]
async fn one_person_is_blocked_by_number_after_the_name_was_shown() {
    let portal = country().await;
    let kari = visitor("kari", 1);
    let send = async |number: &str, step: &str, key: &str| {
        let fields = [("number", number), ("step", step), ("form_key", key)];
        portal.post(&kari, "/sharing/blocks/named", &fields).await
    };
    let (status, page) = send("12345", "", "k0").await;
    assert!(status == 422 && page.contains("sju til ni siffer") && page.contains("value=\"12345\""), "{page}");
    let (status, page) = send("90 000 001", "", "k1").await;
    assert!(status == 200 && page.contains("Lars Lege") && page.contains("heller ikke i en nødssituasjon"), "{page}");
    assert!(!portal.get(&kari, "/sharing/blocks").await.1.contains("er blokkert"), "nothing is written before yes");
    assert!(send("1234567", "", "k2").await.1.contains("Vi finner ikke navnet"));
    assert_eq!(send("90000001", "yes", "k1").await.1, "/sharing/blocks?done=saved");
    assert_eq!(send("90000001", "yes", "k1").await.0, 303, "the same form twice");
    assert_eq!(send("90000001", "yes", "k3").await.0, 422, "another form");
    let (_, page) = portal.get(&kari, "/sharing/blocks").await;
    assert_eq!(page.matches("Lars Lege er blokkert").count(), 1, "{page}");
    portal.post(&kari, &lift_in(&page), &[]).await;
    assert_eq!(send("90000001", "yes", "k4").await.0, 303, "and blocked once more");
}

#[tokio::test]
async fn reservations_and_own_access_are_set_and_undone() {
    let portal = country().await;
    let kari = visitor("kari", 1);
    for (path, what) in
        [("/sharing/reservations", "Reservasjon mot register"), ("/sharing/own-access", "Egen tilgang er fjernet")]
    {
        let fields = [("services", "summary-record"), ("form_key", path)];
        assert_eq!(portal.post(&kari, path, &fields).await.1, format!("{path}?done=saved"));
        let (status, page) = portal.get(&kari, path).await;
        assert!(status == 200 && page.contains(what), "the page stays open: {page}");
        assert_eq!(portal.post(&kari, &lift_in(&page), &[]).await.1, format!("{path}?done=lifted"));
        assert!(portal.get(&kari, path).await.1.contains("Avsluttet eller opphevet: 1"));
    }
}

#[tokio::test]
async fn one_who_has_removed_access_to_everything_can_still_undo_it() {
    let portal = country().await;
    portal.given(["own-access", "reservation"].map(|category| consent(category, "kari", category, "active"))).await;
    let kari = visitor("kari", 1);
    assert!(
        portal.get(&kari, "/access-log").await.1.contains("har valgt å ikke ha det på nettet"),
        "all else is closed"
    );
    for path in ["/sharing/own-access", "/sharing/reservations"] {
        let (status, page) = portal.get(&kari, path).await;
        assert_eq!(status, 200);
        assert_eq!(portal.post(&kari, &lift_in(&page), &[]).await.1, format!("{path}?done=lifted"));
    }
    assert!(!portal.get(&kari, "/access-log").await.1.contains("har valgt å ikke ha det på nettet"));
}

#[tokio::test]
async fn settings_are_ones_own_and_a_small_childs() {
    let portal = country().await;
    let (kari, per) = (visitor("kari", 1), visitor("per", 2));
    portal.post(&kari, "/sharing/blocks", &[("services", "all"), ("form_key", "k1")]).await;
    let lift = lift_in(&portal.get(&kari, "/sharing/blocks").await.1);
    assert_eq!(portal.post(&per, &lift, &[]).await.0, 404, "another's does not exist");
    let for_emma = acting_for(kari.clone(), "emma");
    assert_eq!(portal.post(&for_emma, &lift, &[]).await.0, 404, "nor does one's own while acting for a child");
    let fields = [("services", "record"), ("form_key", "k2")];
    assert_eq!(portal.post(&for_emma, "/sharing/blocks", &fields).await.0, 303, "rule PA-3");
    for path in ["/sharing/blocks", "/sharing/blocks/named", "/sharing/reservations", "/sharing/own-access"] {
        assert_eq!(portal.get(&acting_for(per.clone(), "emma"), path).await.0, 403, "{path}");
        assert_eq!(portal.post(&acting_for(per.clone(), "emma"), path, &fields).await.0, 403, "{path}");
    }
}

#[tokio::test]
async fn what_was_given_elsewhere_is_not_lifted_here() {
    let portal = country().await;
    let mut study = consent("study", "kari", "research", "active");
    study["dateTime"] = "2026-10-01".into();
    study["category"][0]["text"] = "Studien om søvn".into();
    portal.given([study]).await;
    let kari = visitor("kari", 1);
    let (_, page) = portal.get(&kari, "/sharing").await;
    assert!(page.contains("Studien om søvn") && page.contains("Siden 1. oktober 2026"), "{page}");
    assert_eq!(portal.post(&kari, "/sharing/settings/study/lift", &[]).await.0, 404);
}
