//! Health personnel a source system vouches for: what they see, what is closed to them, and what the patient finds in the log.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use varde_base::{Actor, Purpose, SystemActor, SystemRole};
use varde_store::{Access, AuditOutcome, AuditRecord};

use super::{Api, JSON, KARI, Reply, ids};

const VISIT: &str = r#"{"resourceType":"Encounter","id":"visit","status":"finished","class":{"code":"AMB"},
    "subject":{"reference":"Patient/kari"}}"#;
const WEIGHT: &str = r#"{"resourceType":"Observation","id":"weight","status":"final","code":{"text":"weight"},
    "subject":{"reference":"Patient/kari"},"encounter":{"reference":"Encounter/visit"}}"#;
const SHIELDED: &str = r#"{"resourceType":"Observation","id":"shielded","status":"final","code":{"text":"test"},
    "meta":{"security":[{"system":"urn:oid:2.16.578.1.12.4.1.1.9603","code":"NORS"}]},
    "subject":{"reference":"Patient/kari"}}"#;
const PER: &str = r#"{"resourceType":"Patient","id":"per","name":[{"family":"Hansen"}],"birthDate":"1980-01-02"}"#;

/// An attestation with this care relationship.
pub(super) fn vouching(relationship: &Value) -> String {
    let json = json!({
        "practitioner": { "hpr_nr": "9144900", "name": "Liv Vold", "authorization": { "code": "LE", "text": "Lege" },
            "legal_entity": { "id": "983971709", "name": "Tromsø sykehus" } },
        "care_relationship": relationship,
    });
    URL_SAFE_NO_PAD.encode(json.to_string())
}

fn treating() -> String {
    vouching(&json!({ "purpose_of_use": "TREAT", "decision_ref": "visit-7" }))
}

pub(super) fn emergency() -> String {
    vouching(&json!({ "purpose_of_use": "ETREAT", "reason": "unconscious" }))
}

pub(super) async fn ask(api: &Api, url: &str, attestation: &str) -> Reply {
    api.send("GET", url, &[("varde-attestation", attestation)], "").await
}

async fn found(api: &Api, url: &str, attestation: &str) -> (Vec<String>, Value) {
    let reply = ask(api, url, attestation).await;
    assert_eq!(reply.status, 200, "{url}: {}", reply.text);
    let bundle = reply.json();
    (ids(&bundle), bundle["total"].clone())
}

pub(super) async fn kari_s_data() -> Api {
    let api = Api::new();
    for body in [KARI, PER, VISIT, WEIGHT, SHIELDED] {
        api.given(body).await;
    }
    api
}

/// A block of all health personnel, or of one.
async fn block(api: &Api, hpr_number: Option<&str>) {
    let actor = hpr_number
        .map(|number| json!([{ "role": { "text": "blocked" }, "reference": { "identifier": { "value": number } } }]));
    let mut consent = json!({
        "resourceType": "Consent", "id": "block", "status": "active", "scope": { "text": "privacy" },
        "category": [{ "coding": [{ "system": "urn:varde:consent", "code": "block" }] }],
        "patient": { "reference": "Patient/kari" }, "dateTime": "2026-02-01", "policyRule": { "text": "pbrl" },
        "provision": { "type": "deny" },
    });
    if let Some(actor) = actor {
        consent["provision"]["actor"] = actor;
    }
    api.given(&consent.to_string()).await;
}

pub(super) async fn log(api: &Api) -> Vec<AuditRecord> {
    let actor = Actor::System(SystemActor { name: "reader".into(), role: SystemRole::Admin });
    let access = Access { actor, purpose: Purpose::Administration, acting_for: None, interaction: "test.log" };
    let gate = api.store.as_actor(&access);
    gate.access_log(&"kari".parse().unwrap(), None, 200).await.unwrap().entries
}

/// Every way in which a thing of the patient's could be seen gives nothing.
async fn sees_nothing(api: &Api, attestation: &str) {
    for url in [
        "/Patient/kari",
        "/Observation/weight",
        "/Observation/weight/_history/1",
        "/Observation/weight/_history",
        "/Patient/kari/$everything",
        "/Patient/kari/*",
    ] {
        let reply = ask(api, url, attestation).await;
        assert_eq!(reply.status, 404, "{url}: {}", reply.text);
        let nobody_s = ask(api, &url.replace("weight", "none").replace("kari", "nobody"), attestation).await;
        assert_eq!(nobody_s.text, reply.text, "{url}: as if it were not there");
    }
    for url in [
        "/Observation?patient=kari&_total=accurate",
        "/Observation?patient=kari&_summary=count",
        "/Patient?_id=kari&_total=accurate",
        "/Patient/kari/Observation?_total=accurate",
        "/Observation?patient=kari&_include=Observation:encounter&_total=accurate",
        "/Observation?patient=kari&encounter:Encounter.status=finished&_total=accurate",
    ] {
        assert_eq!(found(api, url, attestation).await, (vec![], json!(0)), "{url}");
    }
}

#[tokio::test]
async fn who_treats_sees_the_patient_and_who_shows_no_care_relation_does_not() {
    let api = kari_s_data().await;
    let treating = treating();
    for url in
        ["/Patient/kari", "/Observation/weight", "/Observation/weight/_history/1", "/Observation/weight/_history"]
    {
        assert_eq!(ask(&api, url, &treating).await.status, 200, "{url}");
    }
    assert_eq!(found(&api, "/Patient?_id=kari&_total=accurate", &treating).await, (vec!["kari".into()], json!(1)));
    let (all, _) = found(&api, "/Patient/kari/$everything", &treating).await;
    assert!(all.contains(&"weight".into()) && all.contains(&"visit".into()), "{all:?}");
    let with_visit = "/Observation?patient=kari&_include=Observation:encounter";
    assert_eq!(found(&api, with_visit, &treating).await.0, ["weight", "visit"]);
    let by_visit = "/Observation?patient=kari&encounter:Encounter.status=finished";
    assert_eq!(found(&api, by_visit, &treating).await.0, ["weight"]);
    sees_nothing(&api, &vouching(&json!({ "purpose_of_use": "TREAT" }))).await;
    // A reason alone shows no care relation.
    sees_nothing(&api, &vouching(&json!({ "purpose_of_use": "TREAT", "reason": "curious" }))).await;
    assert_eq!(api.get("/Observation/weight").await.status, 200, "the program itself is not bound by it");
}

#[tokio::test]
async fn what_the_patient_has_blocked_opens_by_their_own_yes_and_in_an_emergency() {
    let api = kari_s_data().await;
    block(&api, None).await;
    sees_nothing(&api, &treating()).await;
    let agreed = vouching(&json!({ "purpose_of_use": "TREAT", "decision_ref": "visit-7", "patient_consent": true }));
    assert_eq!(found(&api, "/Observation?patient=kari&_total=accurate", &agreed).await.1, json!(1));
    assert_eq!(ask(&api, "/Observation/weight", &agreed).await.status, 200);
    let breaking = vouching(&json!({ "purpose_of_use": "BTG", "reason": "suspected poisoning" }));
    for past in [emergency(), breaking] {
        assert_eq!(ask(&api, "/Observation/weight", &past).await.status, 200);
    }
    block(&api, Some("9144900")).await;
    for never in [treating(), agreed, emergency()] {
        sees_nothing(&api, &never).await;
    }
    block(&api, Some("1")).await;
    assert_eq!(ask(&api, "/Observation/weight", &treating()).await.status, 200, "another one is blocked");
}

#[tokio::test]
async fn what_is_shielded_is_hidden_from_treatment_and_open_in_an_emergency() {
    let api = kari_s_data().await;
    let search = "/Observation?patient=kari&_total=accurate";
    assert_eq!(ask(&api, "/Observation/shielded", &treating()).await.status, 404);
    assert_eq!(found(&api, search, &treating()).await, (vec!["weight".into()], json!(1)));
    assert!(!ask(&api, "/Patient/kari/$everything", &treating()).await.text.contains("shielded"));
    assert_eq!(ask(&api, "/Observation/shielded", &emergency()).await.status, 200);
    assert_eq!(found(&api, search, &emergency()).await.1, json!(2));
}

#[tokio::test]
async fn a_search_names_one_patient_and_what_is_for_programs_is_not_for_personnel() {
    let api = kari_s_data().await;
    let treating = treating();
    for url in [
        "/Observation?_total=accurate",
        "/Observation?patient=kari,per",
        "/Patient?family=Nordmann",
        "/Observation?patient.family=Nordmann",
        "/Patient/$everything",
        "/Observation/$lastn",
        "/?_lastUpdated=gt2020",
    ] {
        let reply = ask(&api, url, &treating).await;
        assert_eq!(reply.issue(), (400, "required".into(), "patient".into()), "{url}");
    }
    assert_eq!(found(&api, "/Practitioner?_total=accurate", &treating).await.1, json!(0), "nobody's data need none");
    for url in ["/_history", "/Observation/_history", "/$export", "/$meta"] {
        assert_eq!(ask(&api, url, &treating).await.status, 403, "{url}");
    }
    let conditional = [("varde-attestation", treating.as_str()), ("if-none-exist", "patient=per"), JSON];
    let reply = api.send("POST", "/Observation", &conditional, WEIGHT).await;
    assert_eq!(reply.status, 403, "a condition is held against all data: {}", reply.text);
}

#[tokio::test]
async fn personnel_find_the_appointments_of_the_one_patient_they_name() {
    let api = kari_s_data().await;
    let appointment = |id: &str, patient: &str| {
        format!(
            r#"{{"resourceType":"Appointment","id":"{id}","status":"booked","start":"2026-12-01T09:00:00Z",
            "end":"2026-12-01T09:20:00Z","participant":[{{"actor":{{"reference":"Patient/{patient}"}},"status":"accepted"}}]}}"#
        )
    };
    for (id, patient) in [("karis", "kari"), ("pers", "per")] {
        api.given(&appointment(id, patient)).await;
    }
    let treating = treating();
    for named in ["patient=kari", "patient=Patient/kari", "actor=Patient/kari", "patient:Patient=kari"] {
        let url = format!("/Appointment?{named}&_total=accurate");
        assert_eq!(found(&api, &url, &treating).await, (vec!["karis".into()], json!(1)), "{url}");
    }
    for unnamed in ["patient=kari,per", "status=booked", "practitioner=dr", "actor=Practitioner/dr"] {
        let reply = ask(&api, &format!("/Appointment?{unnamed}"), &treating).await;
        assert_eq!(reply.issue(), (400, "required".into(), "patient".into()), "{unnamed}");
    }
    let stranger = vouching(&json!({ "purpose_of_use": "TREAT" }));
    assert_eq!(found(&api, "/Appointment?patient=kari&_total=accurate", &stranger).await, (vec![], json!(0)));
    let asked = log(&api).await.into_iter().filter(|entry| entry.actor_kind == "personnel").count();
    assert_eq!(asked, 5, "every look-up is in the log, also the one that gave nothing");
}

#[tokio::test]
async fn personnel_write_by_the_rules_too() {
    let api = kari_s_data().await;
    let treating = treating();
    let headers = [("varde-attestation", treating.as_str()), JSON];
    let reply = api.send("POST", "/Observation", &headers, WEIGHT.replace("weight", "height")).await;
    assert_eq!(reply.status, 201, "{}", reply.text);
    for id in ["free", "shielded"] {
        let reply = api.send("PUT", &format!("/Observation/{id}"), &headers, WEIGHT.replace("weight", id)).await;
        assert_eq!(reply.status, 404, "{id} is not told to be free or taken: {}", reply.text);
    }
    let reply = api.send("PUT", "/Patient/kari", &headers, KARI.replace("Kari", "Karin")).await;
    assert_eq!(reply.issue().0, 403, "who somebody is, is not theirs to write");
    block(&api, None).await;
    let reply = api.send("PUT", "/Observation/weight", &headers, WEIGHT).await;
    assert_eq!(reply.status, 404, "{}", reply.text);
    assert_eq!(api.get("/Observation/weight").await.header("etag"), "W/\"1\"");
    let batch = json!({ "resourceType": "Bundle", "type": "batch", "entry": [
        { "request": { "method": "GET", "url": "Observation/height" } },
        { "request": { "method": "GET", "url": "Observation?patient=kari" } },
    ]});
    let answer = api.send("POST", "/", &headers, batch.to_string()).await.json();
    assert_eq!(answer["entry"][0]["response"]["status"], "404 Not Found");
    assert_eq!(ids(&answer["entry"][1]["resource"]), Vec::<String>::new());
}

#[tokio::test]
async fn every_look_up_is_in_the_patient_s_log() {
    let api = kari_s_data().await;
    let before = log(&api).await.len();
    let treating = treating();
    ask(&api, "/Observation/weight", &treating).await;
    ask(&api, "/Observation/shielded", &treating).await;
    ask(&api, "/Observation?patient=kari&code=none", &treating).await;
    ask(&api, "/Patient?_id=kari&family=none", &treating).await;
    ask(&api, "/Observation?patient=kari", &treating).await;
    let entries = log(&api).await;
    // Newest first; reading the log is in it too.
    let seen: Vec<_> = entries.iter().filter(|entry| entry.actor_kind == "personnel").collect();
    let told: Vec<_> = seen.iter().map(|entry| (entry.count, entry.outcome, entry.rule.as_str())).collect();
    assert_eq!(entries.len(), before + 1 + 5);
    assert_eq!(
        told,
        [
            (1, AuditOutcome::Done, "HP-1"),
            (0, AuditOutcome::Done, "NO-RULE"),
            (0, AuditOutcome::Done, "NO-RULE"),
            (0, AuditOutcome::Refused, "SHIELDED"),
            (1, AuditOutcome::Done, "HP-1"),
        ]
    );
    for entry in seen {
        assert_eq!((entry.actor_name.as_str(), entry.purpose.as_str()), ("Liv Vold, Lege, Tromsø sykehus", "TREAT"));
    }
    ask(&api, "/Observation/weight", &emergency()).await;
    assert!(log(&api).await.iter().any(|entry| entry.actor_kind == "personnel" && entry.purpose == "ETREAT"));
}

#[tokio::test]
async fn an_attestation_that_is_wrong_stops_the_request() {
    let api = kari_s_data().await;
    let no_reason = vouching(&json!({ "purpose_of_use": "ETREAT" }));
    let reply = ask(&api, "/Observation/weight", &no_reason).await;
    assert_eq!(reply.issue(), (400, "required".into(), "care_relationship.reason".into()));
    let reply = ask(&api, "/Observation/weight", &vouching(&json!({ "purpose_of_use": "X" }))).await;
    assert_eq!(reply.issue(), (400, "value".into(), "care_relationship.purpose_of_use".into()));
    assert_eq!(ask(&api, "/Observation/weight", "&&&").await.issue().0, 400);
    assert_eq!(ask(&api, "/Observation/weight", &"A".repeat(4_097)).await.issue().1, "too-long");
}
