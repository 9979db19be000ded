use serde_json::{Value, json};
use varde_base::{NATIONAL_ID_SYSTEM, NationalId};

use super::{ADMIN_TOKEN, Api, JSON, Reply};

fn person(id: &str, serial: u16, born: &str) -> String {
    let number = (serial..999).find_map(|serial| NationalId::synthetic(1, 1, 80, serial)).unwrap();
    json!({
        "resourceType": "Patient", "id": id, "birthDate": born, "name": [{"family": "Nordmann", "given": [id]}],
        "identifier": [{"system": NATIONAL_ID_SYSTEM, "value": number.as_str()}],
        "address": [{"use": "home", "line": ["Storgata 1"], "postalCode": "0153"}],
    })
    .to_string()
}

/// Kari, the mother of Ola, who turns twelve on 1 June 2026.
async fn family() -> Api {
    let api = Api::new();
    for body in [person("kari", 100, "1980-01-01"), person("ola", 200, "2014-06-01")] {
        api.given(&body).await;
    }
    let number = serde_json::from_str::<Value>(&person("kari", 100, "1980-01-01")).unwrap()["identifier"].clone();
    let related = json!({
        "resourceType": "RelatedPerson", "id": "r", "active": true, "identifier": number,
        "patient": {"reference": "Patient/ola"},
        "relationship": [{"coding": [{"system": "urn:oid:2.16.578.1.12.4.1.1.7611", "code": "FO"}]}],
    });
    api.given(&related.to_string()).await;
    let note = json!({
        "resourceType": "DocumentReference", "id": "note", "status": "current", "subject": {"reference": "Patient/ola"},
        "description": "secret words", "content": [{"attachment": {"title": "secret words"}}],
    });
    api.given(&note.to_string()).await;
    api
}

async fn asked(api: &Api, query: &str) -> Reply {
    let token = format!("Bearer {ADMIN_TOKEN}");
    api.send("GET", &format!("/$simulate-access?{query}"), &[("authorization", &token)], "").await
}

fn value<'v>(body: &'v Value, name: &str) -> &'v str {
    let parameters = body["parameter"].as_array().unwrap();
    let parameter = parameters.iter().find(|parameter| parameter["name"] == name).unwrap();
    parameter["valueCode"].as_str().unwrap()
}

#[tokio::test]
async fn a_simulation_tells_decision_rule_sentences_and_steps_of_its_day_and_no_content() {
    let api = family().await;
    let who = "actor=Patient/kari&subject=Patient/ola";
    for (more, decision, rule, age) in [
        ("service=record", "allow", "PA-1", "0-11"),
        ("item=DocumentReference/note", "allow", "PA-1", "0-11"),
        ("item=DocumentReference/note&date=2026-05-31", "allow", "PA-1", "0-11"),
        ("item=DocumentReference/note&date=2026-06-01", "deny", "NOT-OPENED", "12"),
        ("service=record&date=2030-06-01", "deny", "PA-16", "16-17"),
        ("service=primary-appointments&action=book", "allow", "AP-3", "0-11"),
    ] {
        let reply = asked(&api, &format!("{who}&{more}")).await;
        assert_eq!(reply.status, 200, "{more}: {}", reply.text);
        let body = reply.json();
        let told = (value(&body, "decision"), value(&body, "rule"), value(&body, "age"), value(&body, "relation"));
        assert_eq!(told, (decision, rule, age, "parent"), "{more}");
        for name in ["sentence", "step"] {
            let count = body["parameter"].as_array().unwrap().iter().filter(|its| its["name"] == name).count();
            assert!(if name == "sentence" { count == 4 } else { count >= 2 }, "{more}: {name} {count}");
        }
        assert!(!reply.text.contains("secret words") && !reply.text.contains("Nordmann"), "{}", reply.text);
    }
    let emergency = asked(&api, "actor=emergency&subject=ola&service=record").await.json();
    assert_eq!(value(&emergency, "rule"), "HP-3");
    let posted = json!({"resourceType": "Parameters", "parameter": [
        {"name": "actor", "valueReference": {"reference": "Patient/kari"}},
        {"name": "subject", "valueReference": {"reference": "Patient/ola"}},
        {"name": "service", "valueCode": "results"},
        {"name": "date", "valueDate": "2026-03-01"},
    ]});
    let token = format!("Bearer {ADMIN_TOKEN}");
    let headers = [("authorization", token.as_str()), JSON];
    let reply = api.send("POST", "/$simulate-access", &headers, posted.to_string()).await;
    assert_eq!(value(&reply.json(), "rule"), "PA-1", "{}", reply.text);
}

#[tokio::test]
async fn a_simulation_is_for_an_administrators_tool_and_says_what_is_wrong() {
    let api = family().await;
    let whole = "actor=Patient/kari&subject=Patient/ola&service=record";
    let source = api.get(&format!("/$simulate-access?{whole}")).await;
    assert_eq!(source.issue().0, 403, "a source system is no administrator");
    for (query, status, place) in [
        ("subject=Patient/ola&service=record", 400, "actor"),
        ("actor=Patient/kari&service=record", 400, "subject"),
        ("actor=Patient/kari&subject=Patient/ola", 400, "service"),
        (&*format!("{whole}&item=DocumentReference/note"), 400, "service"),
        ("actor=Patient/kari&subject=Patient/ola&service=everything", 400, "service"),
        ("actor=parent&subject=Patient/ola&service=record", 400, "actor"),
        (&*format!("{whole}&action=look"), 400, "action"),
        (&*format!("{whole}&date=2026"), 400, "date"),
        (&*format!("{whole}&more=x"), 400, ""),
        ("actor=Patient/none&subject=Patient/ola&service=record", 404, ""),
        ("actor=Patient/kari&subject=Patient/none&service=record", 404, ""),
        ("actor=Patient/kari&subject=Patient/kari&item=DocumentReference/note", 404, ""),
    ] {
        let (got, _, at) = asked(&api, query).await.issue();
        assert_eq!((got, at.as_str()), (status, place), "{query}");
    }
}
