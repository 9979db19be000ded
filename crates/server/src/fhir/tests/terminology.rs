use serde_json::{Value, json};
use varde_conformance::definitions::Definitions;

use super::{Api, Reply};
use crate::conformance::Conformance;

const GENDER: &str = "http://hl7.org/fhir/ValueSet/administrative-gender";
const ACT: &str = "http://terminology.hl7.org/CodeSystem/v3-ActCode";

fn codes(expansion: &Value) -> Vec<&str> {
    let contains = expansion["expansion"]["contains"].as_array().map(Vec::as_slice).unwrap_or_default();
    contains.iter().map(|code| code["code"].as_str().unwrap()).collect()
}

/// The value of a parameter of an answer.
fn value(reply: &Reply, name: &str) -> Value {
    let json = reply.json();
    assert_eq!(json["resourceType"], "Parameters", "{}", reply.text);
    let part = json["parameter"].as_array().unwrap().iter().find(|part| part["name"] == name).cloned();
    let members = part.as_ref().and_then(Value::as_object);
    members.and_then(|m| m.iter().find(|(name, _)| name.starts_with("value"))).map_or(Value::Null, |(_, v)| v.clone())
}

#[tokio::test]
async fn a_value_set_is_expanded_by_address_sent_along_or_stored() {
    let api = Api::new();
    let reply = api.get(&format!("/ValueSet/$expand?url={GENDER}")).await.json();
    assert_eq!(codes(&reply), ["male", "female", "other", "unknown"]);
    assert_eq!((reply["url"].as_str(), reply["expansion"]["total"].as_u64()), (Some(GENDER), Some(4)));
    let page = api.get(&format!("/ValueSet/$expand?url={GENDER}&filter=ale&offset=1&count=1")).await.json();
    assert_eq!((codes(&page), page["expansion"]["total"].as_u64()), (vec!["female"], Some(2)));
    let own = json!({"resourceType": "ValueSet", "id": "own", "status": "active", "compose": {"include": [
        {"system": "http://hl7.org/fhir/administrative-gender", "concept": [{"code": "other"}]}]}});
    let asked = json!({"resourceType": "Parameters", "parameter": [{"name": "valueSet", "resource": own}]});
    assert_eq!(codes(&api.post("/ValueSet/$expand", &asked.to_string()).await.json()), ["other"]);
    api.given(&own.to_string()).await;
    assert_eq!(codes(&api.get("/ValueSet/own/$expand").await.json()), ["other"]);
    let snomed = "http://hl7.org/fhir/ValueSet/route-codes";
    for (url, status, code) in [
        ("/ValueSet/$expand".to_owned(), 400, "required"),
        ("/ValueSet/$expand?url=urn:none".to_owned(), 404, "not-found"),
        ("/ValueSet/nothing/$expand".to_owned(), 404, "not-found"),
        (format!("/ValueSet/$expand?url={GENDER}&count=x"), 400, "value"),
        (format!("/ValueSet/$expand?url={GENDER}&x=y"), 400, "not-supported"),
        (format!("/ValueSet/$expand?url={snomed}"), 422, "not-supported"),
        ("/Patient/$expand".to_owned(), 405, "not-supported"),
    ] {
        let reply = api.get(&url).await;
        assert_eq!((reply.issue().0, reply.issue().1.as_str()), (status, code), "{url}");
    }
}

#[tokio::test]
async fn whether_a_code_is_in_something_is_told_or_said_to_be_unknown() {
    let api = Api::new();
    let ask = |what: &str| api.get(what.to_owned().leak());
    let reply = ask(&format!("/ValueSet/$validate-code?url={GENDER}&code=female")).await;
    assert_eq!((value(&reply, "result"), value(&reply, "display")), (true.into(), "Female".into()));
    let reply = ask(&format!("/ValueSet/$validate-code?url={GENDER}&code=woman")).await;
    assert_eq!(value(&reply, "result"), Value::from(false));
    let system = "http://hl7.org/fhir/administrative-gender";
    let reply = ask(&format!("/CodeSystem/$validate-code?url={system}&code=male&display=Mann")).await;
    assert_eq!((value(&reply, "result"), value(&reply, "message")), (true.into(), "the display is: Male".into()));
    let concept = json!({"resourceType": "Parameters", "parameter": [{"name": "url", "valueUri": GENDER},
        {"name": "codeableConcept", "valueCodeableConcept": {"coding": [
            {"system": "urn:x", "code": "female"}, {"system": system, "code": "other"}]}}]});
    let reply = api.post("/ValueSet/$validate-code", &concept.to_string()).await;
    assert_eq!(value(&reply, "display"), Value::from("Other"));
    for (url, status, code) in [
        ("/CodeSystem/$validate-code?url=http://snomed.info/sct&code=1".to_owned(), 422, "not-supported"),
        ("/CodeSystem/$validate-code?url=urn:none&code=1".to_owned(), 422, "not-supported"),
        (format!("/ValueSet/$validate-code?url={GENDER}"), 400, "required"),
        ("/ValueSet/$validate-code?url=urn:none&code=x".to_owned(), 404, "not-found"),
        ("/Patient/$validate-code?url=urn:none&code=x".to_owned(), 405, "not-supported"),
    ] {
        let reply = api.get(&url).await;
        assert_eq!((reply.issue().0, reply.issue().1.as_str()), (status, code), "{url}");
    }
}

#[tokio::test]
async fn a_code_is_looked_up_compared_and_translated() {
    let mut definitions = Definitions::base();
    let map = json!({"resourceType": "ConceptMap", "url": "urn:map", "group": [{"source": "urn:a", "target": "urn:b",
        "element": [{"code": "x", "target": [{"code": "y", "display": "Y", "equivalence": "wider"}]}]}]});
    definitions.add(map.to_string()).unwrap();
    let api = Api::with_conformance(Conformance::new(definitions, std::collections::HashMap::new()));
    let reply = api.get(&format!("/CodeSystem/$lookup?system={ACT}&code=AMB")).await;
    assert_eq!(value(&reply, "display"), Value::from("ambulatory"));
    assert!(reply.text.contains(r#""valueCode":"_ActEncounterCode""#), "its parent: {}", reply.text);
    let subsumes = |a: &str, b: &str| format!("/CodeSystem/$subsumes?system={ACT}&codeA={a}&codeB={b}");
    let reply = api.get(&subsumes("_ActEncounterCode", "AMB")).await;
    assert_eq!(value(&reply, "outcome"), Value::from("subsumes"));
    let reply = api.get("/ConceptMap/$translate?system=urn:a&code=x").await;
    assert_eq!(value(&reply, "result"), Value::from(true));
    let part = reply.json()["parameter"][1]["part"].clone();
    let expected = json!([{"name": "equivalence", "valueCode": "wider"},
        {"name": "concept", "valueCoding": {"system": "urn:b", "code": "y", "display": "Y"}}, {"name": "source", "valueUri": "urn:map"}]);
    assert_eq!(part, expected);
    let reply = api.get("/ConceptMap/$translate?system=urn:none&code=x").await;
    assert_eq!(value(&reply, "result"), Value::from(false));
    for (url, status, code) in [
        (format!("/CodeSystem/$lookup?system={ACT}&code=none"), 404, "not-found"),
        ("/CodeSystem/$lookup?system=urn:none&code=x".to_owned(), 404, "not-found"),
        ("/CodeSystem/$lookup?system=http://snomed.info/sct&code=x".to_owned(), 422, "not-supported"),
        (subsumes("AMB", "none"), 404, "not-found"),
        (format!("/CodeSystem/$subsumes?system={ACT}&codeA=AMB"), 400, "required"),
        ("/ConceptMap/$translate?url=urn:none&system=urn:a&code=x".to_owned(), 404, "not-found"),
        ("/ValueSet/$translate?system=urn:a&code=x".to_owned(), 405, "not-supported"),
    ] {
        let reply = api.get(&url).await;
        assert_eq!((reply.issue().0, reply.issue().1.as_str()), (status, code), "{url}");
    }
}
