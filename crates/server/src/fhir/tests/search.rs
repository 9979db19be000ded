use super::{Api, KARI, ids, link};

async fn country() -> Api {
    let api = Api::new();
    api.given(r#"{"resourceType":"Practitioner","id":"lege","name":[{"family":"Lege"}]}"#).await;
    api.given(KARI).await;
    api.given(r#"{"resourceType":"Patient","id":"ola","name":[{"family":"Čáhput"}],"gender":"male","generalPractitioner":[{"reference":"Practitioner/lege"}]}"#).await;
    for (id, patient, code, value, date) in [
        ("o1", "kari", "vekt", "64.5", "2026-01-01"),
        ("o2", "kari", "puls", "70", "2026-02-01"),
        ("o3", "ola", "vekt", "81.0", "2025-05-05T10:00:00+02:00"),
    ] {
        api.given(&format!(
            r#"{{"resourceType":"Observation","id":"{id}","status":"final","code":{{"coding":[{{"system":"urn:c","code":"{code}"}}]}},
            "subject":{{"reference":"Patient/{patient}"}},"effectiveDateTime":"{date}","valueQuantity":{{"value":{value}}},"performer":[{{"reference":"Practitioner/lege"}}]}}"#
        )).await;
    }
    api
}

#[tokio::test]
async fn every_kind_of_parameter_finds_what_it_should() {
    let api = country().await;
    for (url, expected) in [
        ("/Patient?name=nordm", vec!["kari"]),
        ("/Patient?name=cah", vec!["ola"]),
        ("/Patient?family=%C4%8C%C3%A1h", vec!["ola"]),
        ("/Patient?name:exact=kari", vec![]),
        ("/Patient?name:contains=ord", vec!["kari"]),
        ("/Patient?gender=male", vec!["ola"]),
        ("/Patient?gender=http://hl7.org/fhir/administrative-gender|male", vec!["ola"]),
        ("/Patient?gender:missing=true", vec!["kari"]),
        ("/Patient?birthdate=1990", vec!["kari"]),
        ("/Patient?birthdate=gt1991", vec![]),
        ("/Patient?general-practitioner=Practitioner/lege", vec!["ola"]),
        ("/Patient?general-practitioner=https://varde.test/fhir/Practitioner/lege", vec!["ola"]),
        ("/Patient?_id=kari,ola&_sort=_id", vec!["kari", "ola"]),
        ("/Patient?_lastUpdated=2026-03-01&name=kari", vec!["kari"]),
        ("/Patient?_lastUpdated=lt2026&name=kari", vec![]),
        ("/Observation?patient=kari&_sort=-date", vec!["o2", "o1"]),
        ("/Observation?subject=Patient/ola", vec!["o3"]),
        ("/Observation?code=vekt&_sort=date", vec!["o3", "o1"]),
        ("/Observation?code=urn:c|vekt&patient=kari", vec!["o1"]),
        ("/Observation?code:not=vekt", vec!["o2"]),
        ("/Observation?date=ge2026-01-15", vec!["o2"]),
        ("/Observation?value-quantity=gt75", vec!["o3"]),
        ("/Observation?value-quantity=64.5", vec!["o1"]),
    ] {
        let reply = api.get(url).await;
        assert_eq!(reply.status, 200, "{url}: {}", reply.text);
        let bundle = reply.json();
        assert_eq!(ids(&bundle), expected, "{url}");
        assert_eq!(bundle["type"], "searchset");
        for entry in bundle["entry"].as_array().into_iter().flatten() {
            assert_eq!(entry["search"]["mode"], "match");
        }
    }
}

#[tokio::test]
async fn a_search_can_be_sent_as_a_form() {
    let api = country().await;
    let form = ("content-type", "application/x-www-form-urlencoded");
    let reply = api.send("POST", "/Observation/_search?patient=kari", &[form], "code=urn%3Ac%7Cvekt").await;
    assert_eq!(ids(&reply.json()), ["o1"]);
    assert_eq!(link(&reply.json(), "self").as_deref(), Some("/Observation?code=urn:c%7Cvekt&patient=kari&_count=50"));
    assert_eq!(api.send("POST", "/Observation/_search?patient=ola", &[], "").await.status, 200);
    assert_eq!(api.send("POST", "/Observation/_search", &[("content-type", "text/plain")], "code=x").await.status, 415);
}

#[tokio::test]
async fn pages_follow_each_other_and_totals_are_counted_when_asked_for() {
    let api = country().await;
    let (mut seen, mut next) = (Vec::new(), Some("/Observation?_count=2&_sort=date&_total=accurate".to_owned()));
    while let Some(url) = next {
        let bundle = api.get(&url).await.json();
        assert_eq!(bundle["total"], 3, "{url}");
        seen.extend(ids(&bundle));
        next = link(&bundle, "next");
    }
    assert_eq!(seen, ["o3", "o1", "o2"]);
    let counted = api.get("/Observation?code=vekt&_count=0").await.json();
    assert_eq!((counted["total"].as_u64(), ids(&counted).len(), link(&counted, "next")), (Some(2), 0, None));
}

#[tokio::test]
async fn what_matches_refer_to_comes_along() {
    let api = country().await;
    for (url, expected) in [
        ("/Patient?name=cah&_include=Patient:general-practitioner", vec!["ola", "lege"]),
        ("/Observation?_id=o1&_include=Observation:performer", vec!["o1", "lege"]),
        ("/Observation?_id=o1&_include=Observation:patient", vec!["o1", "kari"]),
        ("/Observation?_id=o1&_include=Observation:subject:Patient", vec!["o1", "kari"]),
        ("/Observation?_id=o1&_include=Observation:subject:Group", vec!["o1"]),
        ("/Observation?_id=o1&_include=Observation:encounter", vec!["o1"]),
    ] {
        let bundle = api.get(url).await.json();
        assert_eq!(ids(&bundle), expected, "{url}");
        if expected.len() > 1 {
            assert_eq!(bundle["entry"][1]["search"]["mode"], "include");
        }
    }
}

#[tokio::test]
async fn what_cannot_be_understood_is_refused_by_name_or_left_out_when_allowed() {
    let api = country().await;
    for (url, code, expression) in [
        ("/Patient?shoe-size=43", "not-supported", "shoe-size"),
        ("/Patient?birthdate=yesterday", "value", "birthdate"),
        ("/Patient?name=", "value", "name"),
        ("/Patient?organization.shoe-size=1", "not-supported", "organization.shoe-size"),
        ("/Patient?name=%ff", "value", ""),
        ("/Patient?cursor=nonsense", "value", ""),
        ("/Observation?_summary=short", "value", "_summary"),
    ] {
        assert_eq!(api.get(url).await.issue(), (400, code.into(), expression.into()), "{url}");
    }
    let reply = api.send("GET", "/Patient?shoe-size=43&name=kari", &[("prefer", "handling=lenient")], "").await;
    assert_eq!(link(&reply.json(), "self").as_deref(), Some("/Patient?name=kari&_count=50"));
}

#[tokio::test]
async fn a_search_goes_by_way_of_others_brings_along_what_refers_and_shows_a_part() {
    let api = country().await;
    for (url, expected) in [
        ("/Observation?patient.name=nordm&_sort=date", vec!["o1", "o2"]),
        ("/Patient?general-practitioner:Practitioner.family=lege", vec!["ola"]),
        ("/Patient?_has:Observation:patient:code=puls", vec!["kari"]),
        ("/Practitioner?_has:Observation:performer:patient=ola", vec!["lege"]),
    ] {
        assert_eq!(ids(&api.get(url).await.json()), expected, "{url}");
    }
    let bundle = api.get("/Patient?name=nordm&_revinclude=Observation:patient").await.json();
    let modes: Vec<&str> =
        bundle["entry"].as_array().unwrap().iter().filter_map(|e| e["search"]["mode"].as_str()).collect();
    assert_eq!(modes, ["match", "include", "include"]);
    let bundle = api.get("/Observation?_summary=count&code=vekt").await.json();
    assert_eq!((bundle["total"].as_u64(), bundle.get("entry")), (Some(2), None));
    let bundle = api.get("/Observation?_elements=value&patient=ola").await.json();
    let part = &bundle["entry"][0]["resource"];
    assert!(part["valueQuantity"]["value"].as_f64() == Some(81.0) && part["performer"].is_null(), "{part}");
    assert_eq!(part["meta"]["tag"][0]["code"], "SUBSETTED");
    for url in
        ["/Observation?performer.name=x", "/Observation?_elements=shoeSize", "/Patient?_revinclude=Observation:code"]
    {
        assert_eq!(api.get(url).await.status, 400, "{url}");
    }
}
