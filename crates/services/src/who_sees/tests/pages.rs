use serde_json::{Value, json};

use crate::shared::testing::{Portal, acting_for, parent_of, patient, visitor};

fn appointment(id: &str, of: &str, category: &str, labels: &[&str]) -> Value {
    let security: Vec<Value> =
        labels.iter().map(|code| json!({"system": "urn:oid:2.16.578.1.12.4.1.1.9603", "code": code})).collect();
    let mut body = json!({
        "resourceType": "Appointment", "id": id, "status": "booked",
        "serviceCategory": [{"coding": [{"code": category}]}],
        "start": "2026-12-01T09:00:00Z", "end": "2026-12-01T09:20:00Z",
        "participant": [{"actor": {"reference": format!("Patient/{of}")}, "status": "accepted"}],
    });
    if !security.is_empty() {
        body["meta"] = json!({"security": security});
    }
    body
}

fn parental_consent(of: &str) -> Value {
    json!({
        "resourceType": "Consent", "id": format!("{of}-yes"), "status": "active",
        "patient": {"reference": format!("Patient/{of}")}, "scope": {"coding": [{"code": "patient-privacy"}]},
        "category": [{"coding": [{"system": "urn:varde:consent", "code": "foreldresamtykke"}]}],
        "provision": {"type": "permit", "period": {"start": "2025-09-07", "end": "2028-09-06"}},
    })
}

/// Kari, and her daughter Nora of fourteen with two appointments, one of them for Nora alone.
async fn family() -> Portal {
    let portal = Portal::new();
    portal
        .given([
            patient("kari", 1, "1980-03-04"),
            patient("nora", 3, "2012-09-07"),
            patient("emil", 4, "2019-09-07"),
            parent_of("nora", 1),
            parent_of("emil", 1),
            parental_consent("nora"),
            appointment("nora-gp", "nora", "10", &[]),
            appointment("nora-own", "nora", "10", &["NORN_FORANS"]),
            appointment("emil-gp", "emil", "10", &[]),
            appointment("emil-secret", "emil", "10", &["NORN_FORANS"]),
        ])
        .await;
    portal
}

#[tokio::test]
async fn a_girl_of_fourteen_reads_what_is_hers_alone_and_what_she_shares() {
    let portal = family().await;
    let nora = visitor("nora", 3);
    let (_, list) = portal.get(&nora, "/appointments").await;
    assert!(list.contains("Bare du") && list.contains("Delt med forelderen din"), "{list}");
    let (_, own) = portal.get(&nora, "/appointments/nora-own").await;
    assert!(own.contains("Bare du") && own.contains("/who-can-see/Appointment/nora-own"), "{own}");
    assert!(!own.contains("Delt med"), "{own}");
    let (_, shared) = portal.get(&nora, "/appointments/nora-gp").await;
    assert!(shared.contains("Delt med forelderen din, kari") && !shared.contains("Bare du"), "{shared}");
    let (status, page) = portal.get(&nora, "/who-can-see/Appointment/nora-own").await;
    assert_eq!(status, 200);
    assert!(page.contains("kari") && page.contains("Kan ikke se") && page.contains("ITEM-HIDDEN"), "{page}");
    assert!(page.contains("Snakk med legen") && !page.contains("/sharing"), "she cannot change it herself: {page}");
}

#[tokio::test]
async fn her_mother_reads_what_the_girl_sees_too_and_nothing_of_the_rest() {
    let portal = family().await;
    let mother = acting_for(visitor("kari", 1), "nora");
    let (_, list) = portal.get(&mother, "/appointments").await;
    assert!(list.contains("Delt med den unge") && !list.contains("nora-own") && !list.contains("Bare du"), "{list}");
    assert!(list.contains("Du handler for nora.") && !list.contains("/who-can-see/"), "{list}");
    for path in ["/who-can-see/primary-appointments", "/who-can-see/Appointment/nora-gp"] {
        let (status, page) = portal.get(&mother, path).await;
        assert!(status == 403 && page.contains("PA-12"), "{path}: {page}");
    }
    assert_eq!(portal.get(&mother, "/who-can-see/Appointment/nora-own").await.0, 404);
    let (status, page) = portal.get(&mother, "/who-can-see").await;
    assert!(status == 200 && !page.contains("/who-can-see/results"), "{page}");
}

#[tokio::test]
async fn a_parent_of_a_small_child_is_told_but_not_of_what_is_hidden() {
    let portal = family().await;
    let mother = acting_for(visitor("kari", 1), "emil");
    let (status, page) = portal.get(&mother, "/who-can-see/Appointment/emil-gp").await;
    assert_eq!(status, 200);
    for words in ["AP-3", "SE-12", "HP-1", "/sharing", "Du handler for emil."] {
        assert!(page.contains(words), "{words}: {page}");
    }
    let (hidden, never) = (
        portal.get(&mother, "/who-can-see/Appointment/emil-secret").await,
        portal.get(&mother, "/who-can-see/Appointment/no").await,
    );
    let main = |page: &str| page.split("<main").nth(1).unwrap().to_owned();
    assert_eq!((hidden.0.as_u16(), main(&hidden.1)), (404, main(&never.1)), "what is hidden is as what never was");
    assert!(portal.get(&mother, "/appointments").await.1.contains("/who-can-see/primary-appointments"));
}

#[tokio::test]
async fn the_page_of_the_young_says_what_they_see_now_and_from_sixteen_by_the_rules() {
    let portal = family().await;
    let (_, page) = portal.get(&visitor("nora", 3), "/who-can-see").await;
    assert!(
        page.contains("Bare det som helsepersonell har åpnet")
            && page.contains("Når du fyller 16 år")
            && page.contains("Dette kan du ikke se her ennå"),
        "{page}"
    );
    let then = page.split("Da kan du også se").nth(1).unwrap().split("</p>").next().unwrap();
    assert!(then.contains("prøvesvar") && then.contains("kjernejournal") && !then.contains("vaksiner"), "{then}");
    let (_, adult) = portal.get(&visitor("kari", 1), "/who-can-see").await;
    assert!(!adult.contains("Når du fyller 16 år") && adult.contains("/who-can-see/results"), "{adult}");
}

#[tokio::test]
async fn what_cannot_be_asked_about_does_not_exist_and_nobody_is_asked_signed_out() {
    let portal = family().await;
    let kari = visitor("kari", 1);
    for path in
        ["/who-can-see/directory", "/who-can-see/nothing", "/who-can-see/Nothing/x", "/who-can-see/Appointment/a b"]
    {
        assert_eq!(portal.get(&kari, &path.replace(' ', "%20")).await.0, 404, "{path}");
    }
    assert_eq!(portal.get_signed_out("/who-can-see").await.0, 303);
    let (_, log) = portal.get(&kari, "/access-log?own=show").await;
    assert!(!log.contains("så hvem som kan se"), "{log}");
    assert_eq!(portal.get(&kari, "/who-can-see/results").await.0, 200);
    let (_, log) = portal.get(&kari, "/access-log?own=show").await;
    assert!(log.contains("så hvem som kan se prøvesvar"), "{log}");
}
