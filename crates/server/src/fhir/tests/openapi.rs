use std::collections::BTreeSet;

use serde_json::Value;

use super::Api;

/// Rows `("GET", "/fhir/...` of the access table, which has every route: tidy sees to that.
fn routes() -> Vec<(String, String)> {
    let table = include_str!("../../../tests/running/access_table.rs");
    let rows = table.lines().filter_map(|line| line.trim().strip_prefix("(\""));
    let parts = rows.filter_map(|row| {
        let (method, rest) = row.split_once("\", \"")?;
        let path = rest.split('"').next()?.strip_prefix("/fhir")?;
        Some((method.to_ascii_lowercase(), if path.is_empty() { "/".to_owned() } else { path.to_owned() }))
    });
    parts.collect()
}

#[tokio::test]
async fn every_route_is_in_the_document_and_every_reference_leads_somewhere() {
    let api = Api::new();
    let reply = api.send("GET", "/openapi.json", &[("authorization", "")], "").await;
    assert_eq!((reply.status.as_u16(), reply.header("content-type")), (200, "application/json"));
    let document = reply.json();
    assert_eq!(document["openapi"], "3.1.0");
    let routes = routes();
    assert!(routes.len() > 15, "{routes:?}");
    for (method, path) in routes {
        let path = path.replace("{type}", "Observation");
        let operation = &document["paths"][&path][&method];
        assert!(operation["operationId"].is_string(), "{method} {path} is not in the document");
    }
    let (mut names, mut references) = (BTreeSet::new(), BTreeSet::new());
    walk(&document, &mut |member, value| match (member, value.as_str()) {
        ("operationId", Some(name)) => assert!(names.insert(name.to_owned()), "{name} twice"),
        ("$ref", Some(place)) => {
            references.insert(place.to_owned());
        }
        _ => {}
    });
    for place in references {
        let pointer = place.strip_prefix('#').unwrap();
        assert!(document.pointer(pointer).is_some(), "{place} leads nowhere");
    }
    assert!(reply.text.len() < 3 << 20, "{} bytes", reply.text.len());
}

fn walk(value: &Value, seen: &mut dyn FnMut(&str, &Value)) {
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                seen(name, value);
                walk(value, seen);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| walk(item, seen)),
        _ => {}
    }
}

#[tokio::test]
async fn a_part_of_the_document_can_be_asked_for() {
    let api = Api::new();
    let document = api.get("/openapi.json?type=Patient,Observation").await.json();
    let paths: Vec<&String> = document["paths"].as_object().unwrap().keys().collect();
    assert!(paths.iter().any(|path| *path == "/Patient/{id}") && !paths.iter().any(|path| path.contains("Group")));
    let search = &document["paths"]["/Observation"]["get"]["parameters"];
    let refers = |name: &str| {
        search.as_array().unwrap().iter().any(|each| each["$ref"] == format!("#/components/parameters/{name}"))
    };
    assert!(refers("code.token") && refers("_include") && refers("date.date"));
    for (query, code, place) in
        [("type=Shoe", "value", "type"), ("type=", "value", "type"), ("size=1", "not-supported", "")]
    {
        let found = api.get(&format!("/openapi.json?{query}")).await.issue();
        assert_eq!(found, (400, code.to_owned(), place.to_owned()), "{query}");
    }
}
