use serde_json::{Value, json};

use super::{Api, KARI, ids, link};

async fn country() -> Api {
    let api = Api::new();
    api.given(r#"{"resourceType":"Practitioner","id":"lege","name":[{"family":"Lege"}]}"#).await;
    api.given(r#"{"resourceType":"Practitioner","id":"annen","name":[{"family":"Annen"}]}"#).await;
    api.given(KARI).await;
    api.given(r#"{"resourceType":"Patient","id":"ola","generalPractitioner":[{"reference":"Practitioner/annen"}]}"#)
        .await;
    for (id, patient, code, date) in [
        ("o1", "kari", "vekt", "2026-01-01"),
        ("o2", "kari", "vekt", "2026-02-01"),
        ("o3", "kari", "puls", "2025-12-01"),
        ("o4", "ola", "vekt", "2026-03-01"),
    ] {
        api.given(&format!(
            r#"{{"resourceType":"Observation","id":"{id}","status":"final","code":{{"coding":[{{"system":"urn:c","code":"{code}"}}]}},
            "subject":{{"reference":"Patient/{patient}"}},"effectiveDateTime":"{date}","performer":[{{"reference":"Practitioner/lege"}}]}}"#
        ))
        .await;
    }
    api
}

fn modes(bundle: &Value) -> Vec<&str> {
    bundle["entry"].as_array().unwrap().iter().map(|entry| entry["search"]["mode"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn everything_comes_in_pages_and_each_thing_once() {
    let api = country().await;
    let whole = api.get("/Patient/kari/$everything").await.json();
    assert_eq!((whole["type"].as_str(), link(&whole, "next")), (Some("searchset"), None));
    assert_eq!(ids(&whole), ["kari", "o1", "o2", "o3", "lege"]);
    assert_eq!(modes(&whole), ["match", "match", "match", "match", "include"]);
    let (mut seen, mut next) = (Vec::new(), Some("/Patient/kari/$everything?_count=2".to_owned()));
    while let Some(url) = next {
        let page = api.get(&url).await.json();
        seen.extend(ids(&page));
        next = link(&page, "next");
    }
    assert_eq!(seen, ids(&whole));
    let all = api.get("/Patient/$everything").await.json();
    assert_eq!(ids(&all), ["kari", "ola", "o1", "o2", "o3", "o4", "annen", "lege"]);
}

#[tokio::test]
async fn everything_can_be_narrowed_and_posted() {
    let api = country().await;
    api.clock.advance(jiff::SignedDuration::from_secs(60));
    let now = "2026-03-01T12:01:00Z";
    api.given(r#"{"resourceType":"Observation","id":"o9","status":"final","code":{"text":"x"},"subject":{"reference":"Patient/kari"}}"#)
        .await;
    for (url, expected) in [
        ("/Patient/kari/$everything?_type=Observation", vec!["o1", "o2", "o3", "o9"]),
        ("/Patient/kari/$everything?_type=Patient,Practitioner", vec!["kari", "lege"]),
        ("/Patient/kari/$everything?_since=2026-03-01T12:01:00Z", vec!["o9"]),
        ("/Patient/kari/$everything?_since=2026-03-01T13:01:00%2B01:00", vec!["o9"]),
    ] {
        let reply = api.get(url).await;
        assert_eq!(ids(&reply.json()), expected, "{url}: {}", reply.text);
    }
    let body = json!({"resourceType": "Parameters", "parameter": [
        {"name": "_since", "valueInstant": now}, {"name": "_type", "valueCode": "Observation"}]});
    assert_eq!(ids(&api.post("/Patient/kari/$everything", &body.to_string()).await.json()), ["o9"]);
    assert_eq!(ids(&api.send("POST", "/Patient/kari/$everything", &[], "").await.json()).len(), 6);
    for (url, status, code) in [
        ("/Patient/nobody/$everything", 404, "not-found"),
        ("/Patient/kari/$everything?_type=Shoe", 400, "value"),
        ("/Patient/kari/$everything?_since=yesterday", 400, "value"),
        ("/Patient/kari/$everything?_count=x", 400, "value"),
        ("/Patient/kari/$everything?start=2026-01-01", 400, "not-supported"),
        ("/Patient/kari/$everything?cursor=nonsense", 400, "value"),
        ("/Observation/o1/$everything", 405, "not-supported"),
        ("/Patient/kari/$nothing", 404, "not-found"),
    ] {
        let (got, issue, _) = api.get(url).await.issue();
        assert_eq!((got, issue.as_str()), (status, code), "{url}");
    }
}

#[tokio::test]
async fn lastn_gives_the_newest_of_each_code() {
    let api = country().await;
    for (url, expected) in [
        ("/Observation/$lastn?patient=kari&code=urn:c|vekt,urn:c|puls", vec!["o2", "o3"]),
        ("/Observation/$lastn?patient=Patient/kari&code=vekt&max=3", vec!["o2", "o1"]),
        ("/Observation/$lastn?subject=Patient/ola&code=vekt", vec!["o4"]),
        ("/Observation/$lastn?patient=kari&category=vital-signs", vec![]),
    ] {
        let reply = api.get(url).await;
        assert_eq!(ids(&reply.json()), expected, "{url}: {}", reply.text);
    }
    let body = json!({"resourceType": "Parameters", "parameter": [
        {"name": "patient", "valueReference": {"reference": "Patient/kari"}},
        {"name": "code", "valueCodeableConcept": {"coding": [{"system": "urn:c", "code": "vekt"}]}},
        {"name": "max", "valuePositiveInt": 1}]});
    let reply = api.post("/Observation/$lastn", &body.to_string()).await;
    assert_eq!(ids(&reply.json()), ["o2"], "{}", reply.text);
    for (url, status, place) in [
        ("/Observation/$lastn?code=vekt", 400, "patient"),
        ("/Observation/$lastn?patient=kari", 400, "category"),
        ("/Observation/$lastn?patient=kari&code=vekt&shoe=1", 400, "shoe"),
        ("/Patient/$lastn?patient=kari&code=vekt", 405, ""),
    ] {
        let (got, _, expression) = api.get(url).await.issue();
        assert_eq!((got, expression.as_str()), (status, place), "{url}");
    }
}

#[tokio::test]
async fn tags_are_added_and_deleted_and_a_change_of_nothing_is_no_version() {
    let api = country().await;
    let url = "/Patient/kari/$meta";
    let body = |system: &str| {
        json!({"resourceType": "Parameters", "parameter": [{"name": "meta", "valueMeta": {
            "profile": ["http://example.org/p"], "tag": [{"system": system, "code": "t"}, {"system": system, "code": "t"}]}}]})
        .to_string()
    };
    let meta = |json: Value| json["parameter"][0]["valueMeta"].clone();
    assert_eq!(meta(api.get(url).await.json())["versionId"], "1");
    let added = api.post("/Patient/kari/$meta-add", &body("urn:a")).await;
    assert_eq!(meta(added.json())["tag"], json!([{"system": "urn:a", "code": "t"}]), "{}", added.text);
    let more = meta(api.post("/Patient/kari/$meta-add", &body("urn:b")).await.json());
    assert_eq!((more["tag"].as_array().unwrap().len(), more["profile"].as_array().unwrap().len()), (2, 1));
    assert_eq!(meta(api.post("/Patient/kari/$meta-add", &body("urn:b")).await.json())["versionId"], "3");
    assert_eq!(ids(&api.get("/Patient?_tag=urn:a|t").await.json()), ["kari"]);
    let less = meta(api.post("/Patient/kari/$meta-delete", &body("urn:a")).await.json());
    assert_eq!((less["versionId"].as_str(), less["tag"][0]["system"].as_str()), (Some("4"), Some("urn:b")));
    assert!(less.get("profile").is_none());
    assert_eq!(meta(api.get(url).await.json()), less);
    assert_eq!(api.get("/Patient/kari").await.json()["birthDate"], "1990-01-02");
    for (url, sent, status) in [
        ("/Patient/nobody/$meta-add", body("urn:a"), 404),
        ("/Patient/kari/$meta-add", r#"{"resourceType":"Parameters"}"#.to_owned(), 400),
        ("/Patient/kari/$meta-add", KARI.to_owned(), 400),
    ] {
        assert_eq!(api.post(url, &sent).await.issue().0, status, "{url}");
    }
}

#[tokio::test]
async fn labels_and_profiles_in_use_are_told_of_a_type_and_of_the_whole() {
    let api = country().await;
    let meta = |json: Value| json["parameter"][0]["valueMeta"].clone();
    assert_eq!(api.get("/Device/$meta").await.json(), json!({"resourceType": "Parameters"}));
    for n in 0..3 {
        let label = |code: &str| json!({"system": "urn:a", "code": code, "display": format!("{code} {n}")});
        let device = json!({"resourceType": "Device", "id": format!("d{n}"), "meta": {
            "tag": [label("t"), label(if n == 2 { "u" } else { "t" })], "profile": [format!("urn:p{}", n / 2)]}});
        api.put(&format!("/Device/d{n}"), &device.to_string()).await;
    }
    let group = r#"{"resourceType":"Group","id":"g","type":"person","actual":true,"meta":{"security":[{"code":"R"}]}}"#;
    api.put("/Group/g", group).await;
    let devices = meta(api.get("/Device/$meta").await.json());
    let codes = |meta: &Value, list: &str| -> Vec<String> {
        let items = meta[list].as_array().cloned().unwrap_or_default();
        items.iter().map(|item| item["code"].as_str().unwrap_or_default().to_owned()).collect()
    };
    assert_eq!(devices["profile"], json!(["urn:p0", "urn:p1"]));
    assert_eq!((codes(&devices, "tag"), devices.get("security")), (vec!["t".to_owned(), "u".to_owned()], None));
    let whole = meta(api.post("/$meta", r#"{"resourceType":"Parameters"}"#).await.json());
    assert_eq!((codes(&whole, "tag").len(), codes(&whole, "security")), (2, vec!["R".to_owned()]));
    // What is deleted is in use no longer.
    api.send("DELETE", "/Device/d2", &[], "").await;
    assert_eq!(codes(&meta(api.get("/Device/$meta").await.json()), "tag"), ["t"]);
}

#[tokio::test]
async fn a_compartment_is_searched_and_walked() {
    let api = country().await;
    for (url, expected) in [
        ("/Patient/kari/Observation?_sort=date", vec!["o3", "o1", "o2"]),
        ("/Patient/kari/Observation?code=vekt", vec!["o1", "o2"]),
        ("/Patient/kari/Observation?patient=ola", vec![]),
        ("/Patient/nobody/Observation", vec![]),
        ("/Patient/kari/*", vec!["kari", "o1", "o2", "o3"]),
        ("/Patient/kari/*?_type=Observation", vec!["o1", "o2", "o3"]),
    ] {
        let reply = api.get(url).await;
        assert_eq!(ids(&reply.json()), expected, "{url}: {}", reply.text);
    }
    let first = api.get("/Patient/kari/Observation?_count=2&_sort=date").await.json();
    let next = link(&first, "next").unwrap();
    assert!(next.starts_with("/Patient/kari/Observation?"), "{next}");
    assert_eq!(ids(&api.get(&next).await.json()), ["o2"]);
    for (url, status) in [
        ("/Practitioner/lege/Observation", 405),
        ("/Patient/kari/Shoe", 404),
        ("/Patient/kari/Observation?shoe=1", 400),
    ] {
        assert_eq!(api.get(url).await.issue().0, status, "{url}");
    }
}
