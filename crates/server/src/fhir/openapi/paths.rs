//! The paths: each request of the table, for each type.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use varde_fhir::{ResourceType, capability};

use super::super::answer::FHIR_JSON_TYPE;
use super::super::body::PATCH_TYPES;
use super::super::offered::{Answer, Body, OFFERED, Offered};
use super::Members;
use super::components::search_key;

/// What any request that needs a token may get instead of an answer.
const ALWAYS: &[u16] = &[401, 406, 429, 503];

pub(super) fn of(types: &BTreeSet<ResourceType>) -> Value {
    let mut paths = Members::new();
    for offered in OFFERED.iter().filter(|offered| !offered.is_of_type()) {
        add(&mut paths, offered.path, offered, operation(offered, None));
    }
    for resource_type in types {
        for offered in OFFERED.iter().filter(|offered| offered.is_of_type()) {
            let path = offered.path.replace("{type}", resource_type.name());
            add(&mut paths, &path, offered, operation(offered, Some(*resource_type)));
        }
    }
    paths.insert(
        "/metadata".to_owned(),
        open("metadata", "The CapabilityStatement", FHIR_JSON_TYPE, "CapabilityStatement"),
    );
    paths.insert("/openapi.json".to_owned(), document());
    Value::Object(paths)
}

fn add(paths: &mut Members, path: &str, offered: &Offered, operation: Value) {
    let item = paths.entry(path).or_insert_with(|| json!({}));
    if let Some(item) = item.as_object_mut() {
        item.insert(offered.method.to_ascii_lowercase(), operation);
    }
}

fn operation(offered: &Offered, of: Option<ResourceType>) -> Value {
    let level = of.map_or("system", ResourceType::name);
    let mut operation = json!({
        "operationId": format!("{level}.{}", offered.name),
        "tags": [level],
        "summary": offered.summary,
        "parameters": parameters(offered, of),
        "responses": responses(offered, of),
    });
    if let (Some(body), Some(members)) = (body(offered.body, of), operation.as_object_mut()) {
        members.insert("requestBody".to_owned(), body);
    }
    operation
}

fn parameters(offered: &Offered, of: Option<ResourceType>) -> Vec<Value> {
    let named = offered.parameters.iter().filter(|name| **name != "search").map(|name| reference("parameters", name));
    let searched = of.filter(|_| offered.takes_search()).into_iter().flat_map(|of| {
        capability::search_params(of).map(|param| reference("parameters", &search_key(param.name, param.kind)))
    });
    named.chain(searched).collect()
}

fn body(body: Body, of: Option<ResourceType>) -> Option<Value> {
    let content = |media: &str, schema: Value| {
        let mut content = Members::new();
        content.insert(media.to_owned(), json!({ "schema": schema }));
        Some(json!({ "required": true, "content": content }))
    };
    match body {
        Body::None => None,
        Body::Resource => content(FHIR_JSON_TYPE, reference("schemas", of.map(ResourceType::name).unwrap_or_default())),
        Body::Bundle => content(FHIR_JSON_TYPE, reference("schemas", "request-bundle")),
        Body::Patch => content(PATCH_TYPES, reference("schemas", "json-patch")),
        Body::Form => content("application/x-www-form-urlencoded", form(of)),
    }
}

/// The search parameters as members of a form.
fn form(of: Option<ResourceType>) -> Value {
    let mut properties = Members::new();
    for param in of.into_iter().flat_map(capability::search_params) {
        properties.insert(param.name.to_owned(), reference("schemas", param.kind));
    }
    properties.insert("_count".to_owned(), json!({ "type": "integer", "minimum": 0 }));
    json!({ "type": "object", "properties": properties })
}

fn responses(offered: &Offered, of: Option<ResourceType>) -> Value {
    let mut responses = Members::new();
    let name = of.map(ResourceType::name).unwrap_or_default();
    let mut put = |status: u16, key: &str| {
        responses.insert(status.to_string(), reference("responses", key));
    };
    match offered.answer {
        Answer::Resource => {
            put(200, name);
            put(304, "304");
        }
        Answer::Written(statuses) => statuses.iter().for_each(|status| put(*status, &format!("{name}.written"))),
        Answer::Nothing => put(204, "204"),
        Answer::Matches => put(200, "searchset"),
        Answer::Versions => put(200, "history"),
        Answer::Responses => put(200, "responses"),
    }
    for status in ALWAYS.iter().chain(offered.refusals) {
        put(*status, &status.to_string());
    }
    // A parameter that is no UTF-8 is refused everywhere, and a place whose id is none is not there.
    put(400, "400");
    if offered.path.contains("{id}") {
        put(404, "404");
    }
    Value::Object(responses)
}

fn document() -> Value {
    let mut path = open("openapi", "This document", "application/json", "");
    let types = json!([{
        "name": "type",
        "in": "query",
        "description": "Only these types",
        "style": "form",
        "explode": false,
        "schema": { "type": "array", "items": { "type": "string" } },
    }]);
    if let Some(operation) = path.pointer_mut("/get").and_then(Value::as_object_mut) {
        operation.insert("parameters".to_owned(), types);
    }
    path
}

/// What needs no token.
fn open(name: &str, summary: &str, media: &str, resource: &str) -> Value {
    let schema = if resource.is_empty() { json!({ "type": "object" }) } else { super::components::resource(resource) };
    let mut content = Members::new();
    content.insert(media.to_owned(), json!({ "schema": schema }));
    json!({ "get": {
        "operationId": format!("system.{name}"),
        "tags": ["system"],
        "summary": summary,
        "security": [],
        "responses": {
            "200": { "description": summary, "content": content },
            "400": reference("responses", "400"),
            "406": reference("responses", "406"),
            "429": reference("responses", "429"),
            "503": reference("responses", "503"),
        },
    } })
}

fn reference(kind: &str, name: &str) -> Value {
    json!({ "$ref": format!("#/components/{kind}/{name}") })
}
