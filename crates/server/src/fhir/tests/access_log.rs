//! The whole access log, for those who run the installation: every kind of actor, with all that is to be known of a look-up.

use serde_json::{Value, json};
use varde_base::{Actor, AssuranceLevel, CitizenActor, NationalId, Purpose, SystemActor, SystemRole};
use varde_fhir::Parsed;
use varde_fhir::ResourceType;
use varde_fhir::json::Limits;
use varde_store::Access;

use super::personnel::{ask, kari_s_data, vouching};
use super::{ADMIN_TOKEN, Api, Reply};

async fn as_admin(api: &Api, url: &str) -> Reply {
    let bearer = format!("Bearer {ADMIN_TOKEN}");
    api.send("GET", url, &[("authorization", bearer.as_str())], "").await
}

fn events(bundle: &Value) -> Vec<Value> {
    bundle["entry"].as_array().into_iter().flatten().map(|entry| entry["resource"].clone()).collect()
}

fn text<'v>(event: &'v Value, place: &str) -> &'v str {
    event.pointer(place).and_then(Value::as_str).unwrap_or_default()
}

/// Reads Kari's weight as somebody who is no program.
async fn read_as(api: &Api, actor: Actor, purpose: Purpose, acting_for: Option<&str>, interaction: &'static str) {
    let acting_for = acting_for.map(|id| id.parse().unwrap());
    let gate = api.store.as_actor(&Access { actor, purpose, acting_for, interaction });
    // Whether it is opened is not the question here.
    drop(gate.read(ResourceType::OBSERVATION, &"weight".parse().unwrap()).await);
}

fn citizen(id: &str) -> Actor {
    let national_id = (10..999).find_map(|serial| NationalId::synthetic(1, 1, 80, serial)).unwrap();
    let level = AssuranceLevel::High;
    Actor::Citizen(CitizenActor { patient: id.parse().unwrap(), national_id, name: id.into(), level })
}

#[tokio::test]
async fn every_kind_of_actor_is_logged_with_who_why_what_and_by_which_rule() {
    let api = kari_s_data().await;
    read_as(&api, citizen("kari"), Purpose::PatientRequest, None, "results.list").await;
    read_as(&api, citizen("per"), Purpose::PatientRequest, Some("kari"), "results.list").await;
    let platform = Actor::System(SystemActor { name: "Varde".into(), role: SystemRole::Platform });
    read_as(&api, platform, Purpose::PatientRequest, None, "notice.contact").await;
    let attested =
        vouching(&json!({ "purpose_of_use": "TREAT", "decision_ref": { "id": "visit-7", "text": "chest pain" } }));
    assert_eq!(ask(&api, "/Observation?patient=kari&status=final", &attested).await.status, 200);
    assert_eq!(api.get("/Observation/weight").await.status, 200);

    let reply = as_admin(&api, "/AuditEvent/$access-log?_since=2026-01-01T00:00:00Z&_count=1000").await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    assert!(!reply.text.contains("chest pain") && !reply.text.contains("final"), "no health data in the log");
    let events = events(&reply.json());
    for event in &events {
        assert!(Parsed::parse(event.to_string().as_bytes(), &Limits::default()).is_ok(), "{event}");
        assert!(text(event, "/agent/0/policy/0").starts_with("urn:varde:rule:"), "{event}");
        assert!(
            !text(event, "/agent/0/who/display").is_empty()
                && !text(event, "/purposeOfEvent/0/coding/0/code").is_empty()
        );
    }
    let of = |who: &str| {
        let mut its = events.iter().filter(|event| text(event, "/agent/0/who/display").starts_with(who));
        its.next_back().unwrap_or_else(|| panic!("{who}: {events:?}"))
    };
    let detail = |event: &Value, kind: &str| {
        let details = event["entity"].as_array().unwrap().last().unwrap()["detail"].as_array().cloned().unwrap();
        let found = details.iter().find(|detail| detail["type"] == kind);
        found.map(|detail| text(detail, "/valueString").to_owned()).unwrap_or_default()
    };
    for (who, role, purpose, interaction) in [
        ("kari", "citizen", "PATRQT", "results.list"),
        ("per", "citizen", "PATRQT", "results.list"),
        ("Varde", "platform", "PATRQT", "notice.contact"),
        ("Liv Vold, Lege, Tromsø sykehus", "Lege", "TREAT", "search"),
        ("Test EHR", "source-system", "TREAT", "read"),
    ] {
        let event = of(who);
        assert_eq!(text(event, "/agent/0/role/0/text"), role, "{event}");
        assert_eq!(text(event, "/purposeOfEvent/0/coding/0/code"), purpose, "{event}");
        assert_eq!(
            (detail(event, "interaction").as_str(), detail(event, "service").as_str()),
            (interaction, "results")
        );
        assert_eq!(text(event, "/extension/0/valueReference/reference"), "Patient/kari", "{event}");
    }
    assert_eq!(text(of("per"), "/agent/1/who/reference"), "Patient/kari", "on behalf of");
    let liv = of("Liv Vold");
    assert_eq!(text(liv, "/agent/0/who/identifier/value"), "9144900");
    assert_eq!(text(liv, "/agent/1/who/display"), "Test EHR", "the program that vouches");
    assert_eq!(text(liv, "/contained/1/identifier/0/value"), "983971709");
    assert_eq!(text(liv, "/extension/1/extension/0/valueString"), "visit-7");
    assert_eq!(detail(liv, "search-parameters"), "patient&status&_count");
}

#[tokio::test]
async fn the_log_comes_in_pages_and_to_nobody_else() {
    let api = kari_s_data().await;
    for _ in 0..5 {
        api.clock.advance(jiff::SignedDuration::from_mins(1));
        assert_eq!(api.get("/Observation/weight").await.status, 200);
    }
    let mut url = "/AuditEvent/$access-log?_since=2026-03-01T12:00:30Z&_until=2026-03-01T12:04:30Z&_count=2".to_owned();
    let mut seen = Vec::new();
    loop {
        let bundle = as_admin(&api, &url).await.json();
        seen.extend(events(&bundle).iter().map(|event| text(event, "/recorded").to_owned()));
        let links = bundle["link"].as_array().unwrap();
        let Some(next) = links.iter().find(|link| link["relation"] == "next") else { break };
        url = text(next, "/url").strip_prefix(super::BASE).unwrap().to_owned();
    }
    assert_eq!(seen.len(), 4);
    assert!(seen.is_sorted());
    assert_eq!(api.get("/AuditEvent/$access-log").await.status, 403, "not for a source system");
    let attested = vouching(&json!({ "purpose_of_use": "TREAT", "decision_ref": "visit-7" }));
    assert_eq!(ask(&api, "/AuditEvent/$access-log", &attested).await.status, 403);
    for (url, status) in [
        ("/AuditEvent/$access-log?_after=x", 400),
        ("/AuditEvent/$access-log?_since=yesterday", 400),
        ("/AuditEvent/$access-log?patient=kari", 400),
        ("/Patient/$access-log", 405),
    ] {
        assert_eq!(as_admin(&api, url).await.status, status, "{url}");
    }
}
