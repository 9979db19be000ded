//! The paths of operations and of the patient's compartment. What is listed here and offered by no file of `operations` stays out of the
//! document; that nothing is missing, a test finds in the table of routes.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use varde_fhir::ResourceType;

use super::super::answer::FHIR_JSON_TYPE;
use super::super::operations;
use super::Members;
use super::paths::reference;

/// Methods of a path, and the types it is for when its operation does not say so.
type Route = (&'static str, &'static [&'static str], Option<&'static str>);

const GET: &[&str] = &["get"];
const POST: &[&str] = &["post"];
const BOTH: &[&str] = &["get", "post"];

const ROUTES: &[Route] = &[
    ("/{type}/{id}/{target}", GET, Some("Patient")),
    ("/{type}/$everything", BOTH, None),
    ("/{type}/{id}/$everything", BOTH, None),
    ("/{type}/$access-log", GET, None),
    ("/{type}/$lastn", BOTH, None),
    ("/$meta", BOTH, None),
    ("/{type}/$meta", BOTH, None),
    ("/{type}/{id}/$meta", BOTH, None),
    ("/{type}/{id}/$meta-add", POST, None),
    ("/{type}/{id}/$meta-delete", POST, None),
    ("/$export", BOTH, None),
    ("/{type}/$export", BOTH, Some("Patient")),
    ("/{type}/{id}/$export", BOTH, Some("Group")),
    ("/$export-status/{job}", &["get", "delete"], None),
    ("/$export-file/{job}/{file}", GET, None),
    ("/$import", POST, None),
    ("/$may-collect", POST, None),
    ("/$simulate-access", BOTH, None),
    ("/{type}/$status", BOTH, None),
    ("/{type}/{id}/$status", BOTH, None),
    ("/{type}/{id}/$events", BOTH, None),
    ("/{type}/$get-ws-binding-token", BOTH, None),
    ("/{type}/{id}/$get-ws-binding-token", BOTH, None),
    ("/$subscription-socket", GET, None),
    ("/{type}/{id}/$register-proxy", POST, None),
    ("/{type}/{id}/$summary", BOTH, None),
    ("/{type}/$validate", POST, None),
    ("/{type}/{id}/$validate", BOTH, None),
    ("/{type}/$expand", BOTH, None),
    ("/{type}/{id}/$expand", BOTH, None),
    ("/{type}/$validate-code", BOTH, None),
    ("/{type}/{id}/$validate-code", BOTH, None),
    ("/{type}/$lookup", BOTH, None),
    ("/{type}/$subsumes", BOTH, None),
    ("/{type}/$translate", BOTH, None),
];

/// What an operation may come to, apart from what it is for.
const REFUSALS: &[u16] = &[400, 401, 403, 404, 405, 406, 409, 410, 412, 413, 415, 422, 429, 503];

/// Adds the paths for these types.
pub(super) fn add(paths: &mut Members, types: &BTreeSet<ResourceType>) {
    for (path, methods, _) in ROUTES.iter().filter(|(path, ..)| !path.contains("{type}")) {
        put(paths, path, methods, "system");
    }
    for resource_type in types {
        let listed = operations::listed(Some(*resource_type));
        let offered = |path: &str| {
            let name = path.split('/').find_map(|part| part.strip_prefix('$'));
            name.is_some_and(|name| {
                listed.iter().any(|operation| operation.get("name").and_then(Value::as_str) == Some(name))
            })
        };
        for (path, methods, only) in ROUTES.iter().filter(|(path, ..)| path.contains("{type}")) {
            if only.map_or_else(|| offered(path), |only| only == resource_type.name()) {
                put(paths, &path.replace("{type}", resource_type.name()), methods, resource_type.name());
            }
        }
    }
}

fn put(paths: &mut Members, path: &str, methods: &[&str], tag: &str) {
    let names = path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    let parameters: Vec<Value> = names.map(|name| reference("parameters", name)).collect();
    let item = methods.iter().map(|method| ((*method).to_owned(), operation(method, path, tag, &parameters)));
    paths.insert(path.to_owned(), Value::Object(item.collect()));
}

fn operation(method: &str, path: &str, tag: &str, parameters: &[Value]) -> Value {
    let mut responses = Members::new();
    for status in [101, 202, 204].iter().chain(REFUSALS) {
        responses.insert(status.to_string(), reference("responses", &status.to_string()));
    }
    responses.insert("200".to_owned(), reference("responses", "operation"));
    let words = path.replace(|c: char| !c.is_ascii_alphanumeric(), "-");
    let mut operation = json!({
        "operationId": format!("{method}{words}"),
        "tags": [tag],
        "summary": path.rsplit('/').find(|part| part.starts_with('$')).unwrap_or("Search in the compartment"),
        "parameters": parameters,
        "responses": responses,
    });
    if let Some(members) = operation.as_object_mut() {
        if method == "post" {
            let media = if path == "/$import" { "application/fhir+ndjson" } else { FHIR_JSON_TYPE };
            let mut content = Members::new();
            content.insert(media.to_owned(), json!({ "schema": {} }));
            members.insert("requestBody".to_owned(), json!({ "content": content }));
        }
        if path == "/$subscription-socket" {
            members.insert("security".to_owned(), json!([]));
        }
    }
    operation
}
