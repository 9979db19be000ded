use jiff::Timestamp;
use serde_json::{Value, json};
use varde_base::{Actor, CareBasis, Language, PersonnelActor, Purpose, SystemActor, SystemRole};
use varde_fhir::ResourceType;
use varde_rights::{LookUp, Reason, Scored, Ties};
use varde_store::{Access, Gate};

use crate::shared::testing::{NOW, Portal, patient, visitor};

fn admin(portal: &Portal) -> Gate {
    portal.store().as_actor(&Access {
        actor: Actor::System(SystemActor { name: "Varde".into(), role: SystemRole::Platform }),
        purpose: Purpose::Administration,
        acting_for: None,
        interaction: "look-ups.detect",
    })
}

fn case(entry: u64, reasons: &[(Reason, u32)]) -> Scored {
    let look_up = LookUp {
        entry,
        who: "9144900".into(),
        name: "Liv Vold".into(),
        role: "Lege".into(),
        organization: "Tromsø sykehus".into(),
        at: NOW.parse::<Timestamp>().unwrap(),
        patient: "kari".parse().unwrap(),
        basis: CareBasis::Treatment,
        rule: "HP-1".into(),
        count: 3,
        ties: Ties::default(),
    };
    Scored { look_up, score: reasons.iter().map(|(_, points)| points).sum(), reasons: reasons.to_vec() }
}

async fn with_cases() -> Portal {
    let portal = Portal::new();
    portal.given([patient("kari", 1, "1980-05-06"), patient("vera", 2, "1970-05-06")]).await;
    let small = case(7, &[(Reason::NoCareRelation, 40), (Reason::UnusualHour, 15)]);
    let large = case(8, &[(Reason::SameAddress, 40), (Reason::NoCareRelation, 40), (Reason::SameName, 15)]);
    assert_eq!(admin(&portal).open_reviews(&[small.clone(), large.clone()]).await.unwrap(), 2);
    assert_eq!(admin(&portal).open_reviews(&[small, large]).await.unwrap(), 0, "each is opened once");
    portal
}

/// Looks in an emergency, which opens a review of its own.
async fn emergency(portal: &Portal) {
    let actor = PersonnelActor {
        hpr_number: "7654321".into(),
        name: "Ola Vakt".into(),
        role: "Lege".into(),
        organization: "Legevakta".into(),
        legal_entity: None,
        point_of_care: None,
        decision_ref: None,
        basis: CareBasis::Emergency,
        patient_agrees: false,
        attestation: None,
        reason: Some("bevisstløs".into()),
        system: "EHR".into(),
    };
    let access =
        Access { actor: Actor::Personnel(actor), purpose: Purpose::Emergency, acting_for: None, interaction: "read" };
    let kari: varde_base::PatientId = "kari".parse().unwrap();
    portal.store().as_actor(&access).read(ResourceType::PATIENT, kari.as_resource_id()).await.unwrap();
}

#[tokio::test]
async fn the_list_is_there_for_an_officer_alone_and_a_try_is_logged() {
    let portal = with_cases().await;
    for path in ["/privacy-officer", "/privacy-officer/look-up-7"] {
        assert_eq!(portal.get(&visitor("kari", 1), path).await.0, 404, "{path}");
        assert_eq!(portal.get(&visitor("vera", 2), path).await.0, 200, "{path}");
    }
    let form = [("outcome", "explained"), ("note", "ja")];
    assert_eq!(portal.post(&visitor("kari", 1), "/privacy-officer/look-up-7", &form).await.0, 404);
    let all = varde_store::LogWindow { from: Timestamp::UNIX_EPOCH, to: Timestamp::MAX };
    let log = admin(&portal).log_window(all, None, 1_000).await.unwrap().entries;
    let refused = log.iter().filter(|entry| entry.outcome == varde_store::AuditOutcome::Refused);
    assert_eq!(refused.filter(|entry| entry.actor_patient.as_deref() == Some("kari")).count(), 3);
    let by_officer = |entry: &&varde_store::AuditRecord| entry.actor_name == "vera" && entry.actor_kind == "admin";
    assert!(log.iter().filter(by_officer).any(|entry| entry.patient.as_deref() == Some("kari")), "{log:?}");
}

#[tokio::test]
async fn what_stands_out_most_comes_first_and_emergencies_are_on_the_same_list() {
    let portal = with_cases().await;
    emergency(&portal).await;
    let vera = visitor("vera", 2);
    let (_, page) = portal.get(&vera, "/privacy-officer").await;
    let place = |words: &str| page.find(words).unwrap_or_else(|| panic!("{words}: {page}"));
    assert!(place("95 poeng") < place("55 poeng") && place("55 poeng") < place("Ola Vakt"));
    assert!(page.contains("De bor på samme adresse") && page.contains("Liv Vold, Lege, Tromsø sykehus"));
    let (_, page) = portal.get(&vera, "/privacy-officer?kind=emergencies").await;
    assert!(page.contains("Ola Vakt") && !page.contains("Liv Vold"));
    let (_, page) = portal.get(&vera, "/privacy-officer/look-up-8").await;
    assert!(page.contains("<dd>Helsehjelp</dd>"), "a sentence begins with a capital: {page}");
    let (_, page) = portal.get(&vera, "/privacy-officer?show=done&kind=look-ups").await;
    assert!(page.contains("Det er ingenting å spørre om her"));
    assert!(page.contains("Nødtilgang vil si at") && !page.contains("glass"), "no words of the trade: {page}");
    for language in Language::ALL {
        let (status, page) = portal.get(&vera, &format!("/privacy-officer?lang={language}")).await;
        assert!(status == 200 && page.matches("<h1").count() == 1, "{language}");
    }
}

#[tokio::test]
async fn what_came_of_a_case_is_kept_with_its_history() {
    let portal = with_cases().await;
    let vera = visitor("vera", 2);
    let path = "/privacy-officer/look-up-8";
    let (status, page) = portal.post(&vera, path, &[("outcome", ""), ("note", "Jeg ringte avdelingen")]).await;
    assert_eq!(status, 422);
    assert!(page.contains("href=\"#outcome\"") && page.contains("Jeg ringte avdelingen"), "nothing typed is lost");
    let long = "x".repeat(1_001);
    let (status, page) = portal.post(&vera, path, &[("outcome", "asked"), ("note", &long)]).await;
    assert!(status == 422 && page.contains("href=\"#note\""));
    for (outcome, note) in [("asked", "Jeg ringte avdelingen"), ("explained", "Pasienten var innlagt")] {
        let (status, to) = portal.post(&vera, path, &[("outcome", outcome), ("note", note)]).await;
        assert_eq!((status.as_u16(), to.as_str()), (303, "/privacy-officer/look-up-8?done=marked"));
    }
    let (_, page) = portal.get(&vera, path).await;
    let place = |words: &str| page.find(words).unwrap();
    assert!(place("Pasienten var innlagt") < place("Jeg ringte avdelingen"), "the newest first");
    assert!(page.contains("kari Nordmann") && page.contains("9144900"));
    let (_, list) = portal.get(&vera, "/privacy-officer").await;
    assert!(!list.contains("look-up-8") && list.contains("look-up-7"));
    let (_, list) = portal.get(&vera, "/privacy-officer?show=done").await;
    assert!(list.contains("Det er forklart"));

    let task = ResourceType::from_name("Task").unwrap();
    let found = admin(&portal).read(task, &"look-up-8".parse().unwrap()).await.unwrap();
    let body: Value = serde_json::from_slice(&found.body).unwrap();
    assert_eq!((found.version, body["status"].as_str()), (3, Some("completed")));
    let reported = json!([{ "system": "urn:varde:review-outcome", "code": "explained" }]);
    assert_eq!(body["businessStatus"]["coding"], reported);
    assert_eq!((&body["note"][0]["authorString"], body["note"].as_array().map(Vec::len)), (&json!("vera"), Some(2)));
}

#[tokio::test]
async fn the_patient_neither_sees_the_case_nor_the_number_and_finds_the_look_up_in_the_log() {
    let portal = with_cases().await;
    emergency(&portal).await;
    let (_, page) = portal.get(&visitor("kari", 1), "/access-log").await;
    assert!(page.contains("Ola Vakt") && !page.contains("7654321"), "{page}");
    let task = ResourceType::from_name("Task").unwrap();
    let kari = visitor("kari", 1);
    let access = Access {
        actor: Actor::Citizen(kari.actor),
        purpose: Purpose::PatientRequest,
        acting_for: None,
        interaction: "test",
    };
    let found = portal.store().as_actor(&access).read(task, &"look-up-8".parse().unwrap()).await;
    assert!(found.is_err(), "a suspicion is not shown before somebody has asked");
}

#[tokio::test]
async fn another_task_is_no_case() {
    let portal = with_cases().await;
    let other = json!({
        "resourceType": "Task", "id": "other", "status": "requested", "intent": "order",
        "for": { "reference": "Patient/kari" },
    });
    portal.given([other]).await;
    for id in ["other", "not-there", "%20"] {
        assert_eq!(portal.get(&visitor("vera", 2), &format!("/privacy-officer/{id}")).await.0, 404, "{id}");
    }
}
