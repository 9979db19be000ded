//! A proxy registered with documentation: who may, what is written, who is told, and what it opens.

use serde_json::{Value, json};

use super::personnel::{ask, emergency, kari_s_data, vouching};
use super::{Api, JSON, Reply};

const FORM: &str = r#"{"resourceType":"DocumentReference","id":"form","status":"current","subject":{"reference":"Patient/kari"},
    "content":[{"attachment":{"contentType":"application/pdf","title":"Fullmakt"}}]}"#;
const OTHERS_FORM: &str = r#"{"resourceType":"DocumentReference","id":"others","status":"current",
    "subject":{"reference":"Patient/per"},"content":[{"attachment":{"title":"Fullmakt"}}]}"#;

async fn country() -> Api {
    let api = kari_s_data().await;
    for body in [FORM, OTHERS_FORM] {
        api.given(body).await;
    }
    api
}

fn treating() -> String {
    vouching(&json!({ "purpose_of_use": "TREAT", "decision_ref": "visit-7" }))
}

fn coordinating() -> String {
    vouching(&json!({ "purpose_of_use": "COC", "decision_ref": "visit-7" }))
}

/// Parameters: a text each; an area may come several times.
fn parameters(pairs: &[(&str, &str)]) -> String {
    let parameter = |(name, value): &(&str, &str)| json!({ "name": name, "valueString": value });
    json!({ "resourceType": "Parameters", "parameter": pairs.iter().map(parameter).collect::<Vec<_>>() }).to_string()
}

const SIGNED: [(&str, &str); 6] = [
    ("kind", "FU"),
    ("receiver", "Patient/per"),
    ("area", "3"),
    ("area", "P"),
    ("evidence", "DocumentReference/form"),
    ("evidenceKind", "signed-form"),
];

async fn register(api: &Api, attestation: Option<&str>, pairs: &[(&str, &str)]) -> Reply {
    let vouched = attestation.map(|text| ("varde-attestation", text));
    let headers: Vec<(&str, &str)> = vouched.into_iter().chain([JSON]).collect();
    api.send("POST", "/Patient/kari/$register-proxy", &headers, parameters(pairs)).await
}

/// The Consent an answer names.
async fn consent(api: &Api, reply: &Reply) -> Value {
    assert_eq!(reply.status, 200, "{}", reply.text);
    let place = reply.json()["parameter"][0]["valueReference"]["reference"].as_str().unwrap().to_owned();
    api.get(&format!("/{place}")).await.json()
}

#[tokio::test]
async fn the_doctor_registers_a_signed_proxy_and_both_are_told() {
    let api = country().await;
    let reply = register(&api, Some(&treating()), &SIGNED).await;
    let consent = consent(&api, &reply).await;
    assert_eq!(reply.json()["parameter"][1], json!({ "name": "onPaper", "valueBoolean": true }), "Kari has no e-mail");
    assert_eq!((&consent["status"], &consent["patient"]["reference"]), (&json!("proposed"), &json!("Patient/kari")));
    assert_eq!(consent["performer"][0]["display"], "Liv Vold, Lege, Tromsø sykehus");
    assert_eq!(consent["sourceReference"]["reference"], "DocumentReference/form");
    assert_eq!(consent["extension"][0]["valueCode"], "signed-form");
    let again = register(&api, Some(&treating()), &SIGNED).await;
    assert_eq!(again.json(), reply.json(), "registered twice is registered once");
    let told = |events: Value| {
        let entries = events["entry"].as_array().cloned().unwrap_or_default();
        let code =
            |entry: &Value| entry["resource"]["topic"]["coding"][0]["code"].as_str().unwrap_or_default().to_owned();
        entries.iter().map(code).collect::<Vec<_>>()
    };
    let events = api.get("/Communication?patient=kari").await.json();
    assert_eq!(events["entry"][0]["resource"]["medium"][0]["coding"][0]["code"], "MAILWRIT", "a letter is to be sent");
    assert_eq!(told(events), ["sharing-registered"]);
    assert_eq!(told(api.get("/Communication?patient=per").await.json()), ["sharing-proposed"]);
    let claimed = api.store.outbox().claim(10, std::time::Duration::from_secs(60)).await.unwrap();
    let mut kinds: Vec<&str> = claimed.iter().map(|message| message.kind.as_str()).collect();
    kinds.sort_unstable();
    assert_eq!(kinds, ["sharing-proposed", "sharing-registered"]);
}

#[tokio::test]
async fn the_counter_sees_a_helper_who_is_nobody_here() {
    let api = country().await;
    let described = [("helperName", "Nabo Nilsen"), ("helperBirthDate", "1950-01-01"), ("helperPhone", "22000000")];
    let pairs: Vec<(&str, &str)> = SIGNED
        .into_iter()
        .filter(|(name, _)| *name != "receiver")
        .chain(described)
        .chain([("accepted", "true")])
        .collect();
    let consent = consent(&api, &register(&api, None, &pairs).await).await;
    assert_eq!(
        (&consent["status"], &consent["contained"][0]["name"][0]["text"]),
        (&json!("active"), &json!("Nabo Nilsen"))
    );
    assert_eq!(consent["provision"]["actor"][0]["reference"]["reference"], "#helper");
    let place = format!("/Consent/{}", consent["id"].as_str().unwrap());
    let seen = ask(&api, &place, &treating()).await;
    assert!(seen.status == 200 && seen.text.contains("Nabo Nilsen"), "{}", seen.text);
    for attestation in [coordinating(), emergency()] {
        assert_eq!(ask(&api, &place, &attestation).await.status, 404, "who does not treat does not see it");
    }
}

#[tokio::test]
async fn a_decision_lasts_five_years_and_no_longer() {
    let api = country().await;
    let pairs = [
        ("kind", "TD"),
        ("receiver", "Patient/per"),
        ("from", "2026-02-01"),
        ("evidence", "DocumentReference/form"),
        ("evidenceKind", "decision"),
    ];
    let consent = consent(&api, &register(&api, None, &pairs).await).await;
    assert_eq!(consent["category"][0]["coding"][0]["code"], "TD");
    assert_eq!(consent["provision"]["period"], json!({ "start": "2026-02-01", "end": "2031-02-01" }));
    assert!(consent["provision"].get("code").is_none(), "it has no areas");
    let late: Vec<(&str, &str)> = pairs.into_iter().chain([("until", "2031-02-02")]).collect();
    let other = country().await;
    assert_eq!(register(&other, None, &late).await.issue(), (422, "business-rule".to_owned(), "until".to_owned()));
}

#[tokio::test]
async fn what_is_wrong_is_said_at_its_parameter_and_nothing_is_written() {
    let api = country().await;
    let without = |name: &str| SIGNED.into_iter().filter(|(own, _)| *own != name).collect::<Vec<_>>();
    let with = |name: &'static str, value: &'static str| {
        without(name).into_iter().chain([(name, value)]).collect::<Vec<(&str, &str)>>()
    };
    for (pairs, status, code, place) in [
        (without("evidence"), 400, "required", "evidence"),
        (without("kind"), 400, "required", "kind"),
        (without("receiver"), 400, "value", "receiver"),
        (with("kind", "FO"), 400, "value", "kind"),
        (with("evidenceKind", "hearsay"), 400, "value", "evidenceKind"),
        (with("accepted", "perhaps"), 400, "value", "accepted"),
        (with("until", "soon"), 400, "value", "until"),
        (with("evidence", "Observation/weight"), 400, "value", "evidence"),
        (with("evidence", "DocumentReference/nowhere"), 422, "business-rule", "evidence"),
        (with("evidence", "DocumentReference/others"), 422, "business-rule", "evidence"),
        (with("receiver", "Patient/nobody"), 422, "business-rule", "receiver"),
        (with("receiver", "Patient/kari"), 422, "business-rule", "receiver"),
        (with("helperName", "Nabo"), 400, "value", "receiver"),
        (with("colour", "red"), 400, "not-supported", ""),
    ] {
        let issue = register(&api, None, &pairs).await.issue();
        assert_eq!(issue, (status, code.to_owned(), place.to_owned()), "{pairs:?}");
    }
    assert_eq!(api.get("/Consent?patient=kari").await.json()["total"], 0);
    assert_eq!(api.get("/Communication?patient=kari").await.json()["total"], 0);
}

#[tokio::test]
async fn who_does_not_treat_the_patient_registers_nothing_and_nobody_writes_one_past_the_operation() {
    let api = country().await;
    for attestation in [coordinating(), emergency(), vouching(&json!({ "purpose_of_use": "TREAT" }))] {
        let reply = register(&api, Some(&attestation), &SIGNED).await;
        assert!([403, 404, 422].contains(&reply.status.as_u16()), "{}", reply.text);
    }
    let consent = json!({
        "resourceType": "Consent", "id": "forged", "status": "active", "scope": { "text": "privacy" },
        "category": [{ "coding": [{ "system": "urn:oid:2.16.578.1.12.4.1.1.7611", "code": "FU" }] }],
        "patient": { "reference": "Patient/kari" }, "policyRule": { "text": "x" },
        "provision": { "actor": [{ "role": { "text": "x" }, "reference": { "reference": "Patient/per" } }] },
    });
    let treating = treating();
    let headers = [("varde-attestation", treating.as_str()), JSON];
    let reply = api.send("PUT", "/Consent/forged", &headers, consent.to_string()).await;
    assert!([403, 404].contains(&reply.status.as_u16()), "{}", reply.text);
    assert_eq!(api.get("/Consent?patient=kari").await.json()["total"], 0);
}
