//! Composites, modifiers, includes that iterate, summaries, and searches of several types, from outside.

use super::{Api, KARI, ids, link};

async fn clinic() -> Api {
    let api = Api::new();
    api.given(
        r#"{"resourceType":"Organization","id":"clinic","name":"Clinic","partOf":{"reference":"Organization/region"}}"#,
    )
    .await;
    api.given(r#"{"resourceType":"Organization","id":"region","name":"Region"}"#).await;
    api.given(KARI).await;
    api.given(r#"{"resourceType":"Patient","id":"ola","name":[{"family":"Hansen"}],"managingOrganization":{"reference":"Organization/clinic"},
        "identifier":[{"type":{"coding":[{"system":"urn:v2","code":"MR"}]},"system":"urn:h","value":"4711"}],
        "contact":[{"name":{"family":"Hansen"}}]}"#).await;
    api.given(r#"{"resourceType":"Observation","id":"bp","status":"final","subject":{"reference":"Patient/ola"},
        "code":{"coding":[{"system":"http://loinc.org","code":"85354-9","display":"Blood pressure"}]},
        "performer":[{"identifier":{"system":"urn:hpr","value":"99"}}],
        "component":[
          {"code":{"coding":[{"code":"8480-6"}]},"valueQuantity":{"value":142,"system":"http://unitsofmeasure.org","code":"mm[Hg]"},
           "interpretation":[{"text":"high"}]},
          {"code":{"coding":[{"code":"8462-4"}]},"valueQuantity":{"value":80,"system":"http://unitsofmeasure.org","code":"mm[Hg]"}}]}"#).await;
    api.given(r#"{"resourceType":"Observation","id":"dose","status":"final","subject":{"reference":"Patient/kari"},"code":{"text":"Dose"},
        "valueQuantity":{"value":6000,"unit":"mg","system":"http://unitsofmeasure.org","code":"mg"},"note":[{"text":"n"}]}"#).await;
    api.given(r#"{"resourceType":"Location","id":"oslo","position":{"latitude":59.91,"longitude":10.75}}"#).await;
    api.given(r#"{"resourceType":"List","id":"round","status":"current","mode":"working","entry":[{"item":{"reference":"Patient/ola"}}]}"#).await;
    api
}

#[tokio::test]
async fn composites_modifiers_units_places_and_lists_find_what_they_should() {
    let api = clinic().await;
    for (url, expected) in [
        ("/Observation?component-code-value-quantity=8480-6$gt120", vec!["bp"]),
        ("/Observation?component-code-value-quantity=8462-4$gt120", vec![]),
        ("/Observation?combo-code-value-quantity=8480-6%24gt120", vec!["bp"]),
        ("/Observation?performer:identifier=urn:hpr%7C99", vec!["bp"]),
        ("/Patient?identifier:of-type=urn:v2|MR|4711", vec!["ola"]),
        ("/Observation?code:text=pressure", vec!["bp"]),
        ("/Observation?code:text=dose", vec!["dose"]),
        ("/Observation?value-quantity=gt5|http://unitsofmeasure.org|g", vec!["dose"]),
        ("/Observation?value-quantity=gt7|http://unitsofmeasure.org|g", vec![]),
        ("/Location?near=59.9|10.7|10|km", vec!["oslo"]),
        ("/Location?near=69.9|18.7|10|km", vec![]),
        ("/Patient?_list=round", vec!["ola"]),
        ("/Patient?_has:Observation:patient:component-code-value-quantity=8480-6$gt120", vec!["ola"]),
    ] {
        let reply = api.get(url).await;
        assert_eq!(
            (reply.status.as_u16(), ids(&reply.json())),
            (200, expected.iter().map(|id| (*id).to_owned()).collect()),
            "{url}"
        );
    }
}

#[tokio::test]
async fn a_value_that_cannot_be_read_is_400_and_named() {
    let api = clinic().await;
    for (url, code, expression) in [
        ("/Observation?component-code-value-quantity=8480-6", "value", "component-code-value-quantity"),
        ("/Observation?code:in=http://vs", "not-found", "code:in"),
        ("/Observation?code:below=http://loinc.org|1", "not-found", "code:below"),
        ("/Patient?identifier:of-type=4711", "value", "identifier:of-type"),
        ("/Location?near=here", "value", "near"),
        ("/Location?near=59|10|5|mg", "value", "near"),
        ("/Location?near=59|10|5000", "value", "near"),
        ("/ValueSet?url:below=urn:oid:1", "value", "url:below"),
        ("/Patient?_content=x", "not-supported", "_content"),
        ("/Patient?_list=$current-problems", "not-supported", "_list"),
        ("/Patient?_include=Starship:*", "value", "_include"),
        ("?_type=Starship", "value", "_type"),
        ("?_type=Patient,Observation&_sort=_id", "not-supported", "_sort"),
        ("?_type=Patient,Observation&name=x", "not-supported", "name"),
        ("?_type=Patient&cursor=9", "value", "cursor"),
        ("", "too-costly", "_type"),
    ] {
        assert_eq!(api.get(url).await.issue(), (400, code.into(), expression.into()), "{url}");
    }
}

#[tokio::test]
async fn includes_iterate_and_a_summary_is_a_part() {
    let api = clinic().await;
    let url = "/Observation?_id=bp&_include=Observation:patient&_include:iterate=Patient:organization&_include:iterate=Organization:partof";
    let bundle = api.get(url).await.json();
    assert_eq!(ids(&bundle), ["bp", "ola", "clinic", "region"]);
    assert_eq!(bundle["entry"][3]["search"]["mode"], "include");
    let next = link(&bundle, "self").unwrap();
    assert!(next.contains("_include:iterate=Patient:organization"), "{next}");
    let bundle = api
        .get(
            "/Organization?_id=region&_revinclude:iterate=Organization:partof&_revinclude:iterate=Patient:organization",
        )
        .await
        .json();
    assert_eq!(ids(&bundle), ["region", "clinic", "ola"]);
    let bundle = api.get("/Patient?_id=ola&_include=*&_summary=true").await.json();
    assert_eq!(ids(&bundle), ["ola", "clinic"]);
    let part = &bundle["entry"][0]["resource"];
    assert!(part["contact"].is_null() && part["name"][0]["family"] == "Hansen", "{part}");
    let bundle = api.get("/Observation?_summary=true&_id=bp").await.json();
    let component = &bundle["entry"][0]["resource"]["component"][0];
    assert!(component["interpretation"].is_null() && component["valueQuantity"]["value"] == 142, "{component}");
}

#[tokio::test]
async fn several_types_are_searched_in_turn_and_paged_through() {
    let api = clinic().await;
    let bundle = api.get("?_type=Patient,Organization").await.json();
    assert_eq!(ids(&bundle), ["kari", "ola", "clinic", "region"]);
    assert_eq!(bundle["total"], 4);
    assert_eq!(link(&bundle, "self").as_deref(), Some("?_type=Patient,Organization&_count=50"));
    for count in 1..=5 {
        let (mut seen, mut next) = (Vec::new(), Some(format!("?_type=Patient,Organization,Location&_count={count}")));
        while let Some(url) = next {
            let bundle = api.get(&url).await.json();
            seen.extend(ids(&bundle));
            next = link(&bundle, "next");
        }
        assert_eq!(seen, ["kari", "ola", "clinic", "region", "oslo"], "{count}");
    }
    let counted = api.get("?_type=Patient,Organization&_summary=count").await.json();
    assert_eq!((counted["total"].as_u64(), ids(&counted).len(), link(&counted, "next")), (Some(4), 0, None));
    let first = api.get("?_type=Patient,Organization&_count=1&_total=accurate").await.json();
    assert_eq!((first["total"].as_u64(), ids(&first).len()), (Some(4), 1));
    let all = api.get("?_lastUpdated=ge2026-03-01").await.json();
    assert_eq!(ids(&all).len(), 8);
    assert!(ids(&api.get("?_lastUpdated=lt2026-03-01").await.json()).is_empty());
    let form = ("content-type", "application/x-www-form-urlencoded");
    let reply = api.send("POST", "/_search", &[form], "_type=Patient&_id=ola").await;
    assert_eq!(ids(&reply.json()), ["ola"]);
    let url = "?_type=Patient,Organization&_id=ola,clinic&_include=Patient:organization&_include=Organization:partof";
    let brought = api.get(url).await.json();
    assert_eq!(ids(&brought), ["ola", "clinic", "region"], "a match is not brought along as well");
    assert_eq!(link(&brought, "self").unwrap().matches("_include=").count(), 2);
    assert_eq!(api.get("?_type=Patient,Organization&_include=Observation:subject").await.status, 400);
}
