use std::collections::BTreeSet;

use varde_fhir::Parsed;
use varde_fhir::json::Limits;

use super::{Api, KARI};
use crate::fhir::offered::OFFERED;

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
async fn what_the_table_says_is_routed_and_nothing_else_is() {
    let api = Api::new();
    api.given(KARI).await;
    let real = |path: &str| path.replace("{type}", "Patient").replace("{id}", "kari").replace("{version}", "1");
    let paths: BTreeSet<&str> = OFFERED.iter().map(|offered| offered.path).collect();
    for path in paths {
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE"] {
            let is_offered = OFFERED.iter().any(|offered| (offered.method, offered.path) == (method, path));
            // Without a body nothing is written: what is there is refused as a bad request or of no media type.
            let status = api.send(method, &real(path), &[("if-match", "W/\"9\"")], "").await.status.as_u16();
            assert!(is_offered != [404, 405].contains(&status), "{method} {path}: {status}");
        }
    }
    for (method, url) in [
        ("POST", "/Patient/kari"),
        ("DELETE", ""),
        ("PUT", "/"),
        ("GET", "/_search"),
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

#[tokio::test]
async fn metadata_names_every_interaction_of_the_table() {
    let json = Api::new().get("/metadata").await.json();
    let codes = |at: &str| -> BTreeSet<String> {
        let list = json.pointer(at).unwrap().as_array().unwrap();
        list.iter().map(|each| each["code"].as_str().unwrap().to_owned()).collect()
    };
    let (of_type, of_system) = (codes("/rest/0/resource/0/interaction"), codes("/rest/0/interaction"));
    for (found, expected) in [
        (of_type, "create delete history-instance history-type patch read search-type update vread"),
        (of_system, "batch history-system search-system transaction"),
    ] {
        assert_eq!(found.into_iter().collect::<Vec<_>>().join(" "), expected);
    }
}
