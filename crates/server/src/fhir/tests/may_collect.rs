use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use varde_base::{NATIONAL_ID_SYSTEM, NationalId};

use super::{Api, JSON, Reply};

fn number(serial: u16) -> String {
    (serial..999).find_map(|serial| NationalId::synthetic(1, 1, 80, serial)).unwrap().as_str().to_owned()
}

fn person(id: &str, serial: u16) -> String {
    json!({
        "resourceType": "Patient", "id": id, "birthDate": "1960-01-01", "name": [{"family": "Nordmann", "given": [id]}],
        "identifier": [{"system": NATIONAL_ID_SYSTEM, "value": number(serial)}],
    })
    .to_string()
}

/// Olav has let Jon collect until the end of March.
async fn country() -> Api {
    let api = Api::new();
    for (id, serial) in [("olav", 100), ("jon", 200), ("bo", 300)] {
        api.given(&person(id, serial)).await;
    }
    let proxy = json!({
        "resourceType": "Consent", "id": "proxy", "status": "active", "patient": {"reference": "Patient/olav"},
        "scope": {"coding": [{"code": "patient-privacy"}]}, "dateTime": "2026-01-01",
        "category": [{"coding": [{"system": "urn:oid:2.16.578.1.12.4.1.1.7611", "code": "FU"}]}],
        "provision": {"type": "permit", "period": {"start": "2026-01-01", "end": "2030-03-31"},
            "code": [{"coding": [{"system": "urn:varde:proxy-area", "code": "P"}]}],
            "actor": [{"role": {"coding": [{"code": "PRCP"}]}, "reference": {"reference": "Patient/jon"}}]},
    });
    api.given(&proxy.to_string()).await;
    api
}

async fn asked(api: &Api, role: Option<&str>, giver: &str, receiver: &str) -> Reply {
    let attestation = role.map(|role| {
        let attestation = json!({
            "practitioner": {"hpr_nr": "91234567", "name": "Yusuf Ali", "role": role,
                "legal_entity": {"id": "310000001", "name": "Bjørka apotek"}},
            "care_relationship": {"purpose_of_use": "TREAT"},
        });
        URL_SAFE_NO_PAD.encode(attestation.to_string())
    });
    let mut headers = vec![JSON];
    headers.extend(attestation.as_deref().map(|attestation| ("varde-attestation", attestation)));
    let parts =
        [("giver", giver), ("receiver", receiver)].map(|(name, value)| json!({"name": name, "valueString": value}));
    let body = json!({"resourceType": "Parameters", "parameter": parts}).to_string();
    api.send("POST", "/$may-collect", &headers, body).await
}

#[tokio::test]
async fn a_pharmacys_program_learns_yes_with_the_last_day_or_no() {
    let api = country().await;
    let (olav, jon, bo, nobody) = (number(100), number(200), number(300), number(400));
    let yes = json!([{"name": "mayCollect", "valueBoolean": true}, {"name": "until", "valueDate": "2030-03-31"}]);
    let no = json!([{"name": "mayCollect", "valueBoolean": false}]);
    for (giver, receiver, expected) in
        [(&olav, &jon, &yes), (&olav, &bo, &no), (&jon, &olav, &no), (&olav, &nobody, &no), (&nobody, &jon, &no)]
    {
        for role in ["FA1", "FA2", "AT"] {
            let reply = asked(&api, Some(role), giver, receiver).await;
            assert_eq!((reply.status.as_u16(), &reply.json()["parameter"]), (200, expected), "{}", reply.text);
        }
    }
}

#[tokio::test]
async fn others_are_refused_and_what_is_no_number_is_told() {
    let api = country().await;
    let (olav, jon) = (number(100), number(200));
    for role in [None, Some("Lege"), Some("LE")] {
        let reply = asked(&api, role, &olav, &jon).await;
        assert!(reply.status == 403 && !reply.text.contains("mayCollect"), "{role:?}: {}", reply.text);
    }
    let reply = asked(&api, Some("FA1"), "123", &jon).await;
    assert_eq!(reply.status, 400, "{}", reply.text);
    let told: Value = reply.json();
    assert_eq!(told["issue"][0]["expression"][0].as_str().unwrap_or("giver"), "giver");
}
