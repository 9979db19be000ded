use std::collections::BTreeSet;

use varde_fhir::Parsed;
use varde_fhir::json::Limits;

use super::{Api, KARI};
use crate::fhir::metadata::{SYSTEM_INTERACTIONS, TYPE_INTERACTIONS};

#[tokio::test]
async fn the_capability_statement_is_valid_open_to_all_and_complete() {
    let api = Api::new();
    let reply = api.send("GET", "/metadata", &[("authorization", "")], "").await;
    assert_eq!(reply.status, 200);
    Parsed::parse(reply.text.as_bytes(), &Limits::default()).unwrap();
    let json = reply.json();
    assert_eq!(
        (json["fhirVersion"].as_str(), json["implementation"]["url"].as_str()),
        (Some("4.0.1"), Some("https://varde.test/fhir"))
    );
    let resources = json["rest"][0]["resource"].as_array().unwrap();
    assert_eq!(resources.len(), varde_fhir::ResourceType::COUNT);
    let patient = resources.iter().find(|r| r["type"] == "Patient").unwrap();
    let params: BTreeSet<&str> =
        patient["searchParam"].as_array().unwrap().iter().map(|p| p["name"].as_str().unwrap()).collect();
    assert!(
        ["_id", "_lastUpdated", "_tag", "name", "birthdate", "identifier"].iter().all(|p| params.contains(p)),
        "{params:?}"
    );
    let operations = |of: &serde_json::Value| {
        let listed = of["operation"].as_array().cloned().unwrap_or_default();
        listed.iter().map(|operation| operation["name"].as_str().unwrap().to_owned()).collect::<BTreeSet<_>>()
    };
    assert!(operations(patient).is_superset(&["everything", "meta", "meta-add"].map(str::to_owned).into()));
    let observation = resources.iter().find(|r| r["type"] == "Observation").unwrap();
    assert!(operations(observation).contains("lastn") && !operations(observation).contains("everything"));
}

#[tokio::test]
async fn what_it_says_is_offered_is_routed_and_nothing_else_is() {
    let api = Api::new();
    api.given(KARI).await;
    let request = |interaction: &str| match interaction {
        "read" => ("GET", "/Patient/kari"),
        "vread" => ("GET", "/Patient/kari/_history/1"),
        "update" => ("PUT", "/Patient/kari"),
        "patch" => ("PATCH", "/Patient/kari"),
        "delete" => ("DELETE", "/Patient/kari"),
        "history-instance" => ("GET", "/Patient/kari/_history"),
        "history-type" => ("GET", "/Patient/_history"),
        "history-system" => ("GET", "/_history"),
        "create" => ("POST", "/Patient"),
        "search-type" => ("GET", "/Patient"),
        "transaction" | "batch" => ("POST", ""),
        other => panic!("{other}"),
    };
    for interaction in TYPE_INTERACTIONS.iter().chain(&SYSTEM_INTERACTIONS) {
        let (method, url) = request(interaction);
        let status = api.send(method, url, &[], "").await.status;
        assert!(![404, 405].contains(&status.as_u16()), "{interaction}: {status}");
    }
    for (method, url) in [
        ("POST", "/Patient/kari"),
        ("GET", ""),
        ("GET", "/"),
        ("DELETE", "/Patient/kari/_history"),
        ("POST", "/metadata"),
        ("GET", "/Patient/_search/x/y"),
    ] {
        let reply = api.send(method, url, &[], "").await;
        let (status, code, _) = reply.issue();
        assert!(
            matches!((status, code.as_str()), (405, "not-supported") | (404, "not-found")),
            "{method} {url}: {status}"
        );
        assert_eq!(status == 405, !reply.header("allow").is_empty(), "{method} {url}");
    }
}
