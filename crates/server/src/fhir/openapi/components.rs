//! What the paths refer to: schemas, parameters, responses, and how one proves who one is.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use serde_json::{Value, json};
use varde_fhir::{ResourceType, capability};

use super::super::answer::FHIR_JSON_TYPE;
use super::Members;

pub(super) fn of(types: &BTreeSet<ResourceType>) -> Value {
    json!({
        "securitySchemes": { "bearer": { "type": "http", "scheme": "bearer" } },
        "headers": headers(),
        "schemas": schemas(types),
        "parameters": parameters(types),
        "responses": responses(types),
    })
}

/// The key of a search parameter that several types may share.
pub(super) fn search_key(name: &str, kind: &str) -> String {
    format!("{name}.{kind}")
}

/// Any resource of one type.
pub(super) fn resource(name: &str) -> Value {
    json!({
        "type": "object",
        "required": ["resourceType"],
        "properties": {
            "resourceType": { "const": name },
            "id": { "$ref": "#/components/schemas/id" },
            "meta": { "type": "object" },
        },
    })
}

/// A date of a search, and what may stand before it.
const DATE: &str = r"^(eq|ne|gt|lt|ge|le|sa|eb|ap)?[0-9]{4}(-[0-9]{2}(-[0-9]{2}(T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?(Z|[+-][0-9]{2}:[0-9]{2})?)?)?)?(,.+)?$";
/// A number of a search, alone or with a unit after it.
const NUMBER: &str = r"^(eq|ne|gt|lt|ge|le|sa|eb|ap)?-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?(\|.*)?(,.+)?$";
const INSTANT: &str =
    r"^[0-9]{4}(-[0-9]{2}(-[0-9]{2}(T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?(Z|[+-][0-9]{2}:[0-9]{2})?)?)?)?$";

fn schemas(types: &BTreeSet<ResourceType>) -> Value {
    let text = |description: &str| json!({ "type": "string", "minLength": 1, "description": description });
    let mut schemas = Members::new();
    let mut put = |name: &str, schema: Value| schemas.insert(name.to_owned(), schema);
    for resource_type in types {
        put(resource_type.name(), resource(resource_type.name()));
    }
    put("OperationOutcome", operation_outcome());
    put("id", json!({ "type": "string", "pattern": r"^[A-Za-z0-9\-.]{1,64}$" }));
    put("request-bundle", bundle(&["batch", "transaction"]));
    put("json-patch", json_patch());
    put("token", text("code, system|code, |code or system|; alternatives with commas between"));
    put("string", text("the beginning of a text, whatever its case and accents"));
    put("reference", text("an id, Type/id, or an absolute URL"));
    put("uri", text("a URI, whole"));
    put("composite", text("parts with $ between them"));
    put("special", text("see the definition of the parameter"));
    put("date", json!({ "type": "string", "pattern": DATE }));
    put("number", json!({ "type": "string", "pattern": NUMBER }));
    put(
        "quantity",
        json!({ "type": "string", "pattern": NUMBER, "description": "number, number|system|code or number||code" }),
    );
    Value::Object(schemas)
}

fn operation_outcome() -> Value {
    json!({
        "type": "object",
        "required": ["resourceType", "issue"],
        "properties": {
            "resourceType": { "const": "OperationOutcome" },
            "issue": {
                "type": "array",
                "minItems": 1,
                "items": {
                    "type": "object",
                    "required": ["severity", "code"],
                    "properties": {
                        "severity": { "enum": ["fatal", "error", "warning", "information"] },
                        "code": { "type": "string" },
                        "diagnostics": { "type": "string" },
                        "expression": { "type": "array", "minItems": 1, "items": { "type": "string" } },
                    },
                },
            },
        },
    })
}

fn bundle(kinds: &[&str]) -> Value {
    json!({
        "type": "object",
        "required": ["resourceType", "type"],
        "properties": {
            "resourceType": { "const": "Bundle" },
            "type": { "enum": kinds },
            "total": { "type": "integer", "minimum": 0 },
            "link": { "type": "array", "items": {
                "type": "object",
                "required": ["relation", "url"],
                "properties": { "relation": { "type": "string" }, "url": { "type": "string" } },
            } },
            "entry": { "type": "array", "items": { "type": "object" } },
        },
    })
}

fn json_patch() -> Value {
    let pointer = json!({ "type": "string", "pattern": "^(/.*)?$" });
    json!({ "type": "array", "items": {
        "type": "object",
        "required": ["op", "path"],
        "properties": {
            "op": { "enum": ["add", "remove", "replace", "move", "copy", "test"] },
            "path": pointer,
            "from": pointer,
            "value": {},
        },
    } })
}

fn parameters(types: &BTreeSet<ResourceType>) -> Value {
    let mut parameters = Members::new();
    for param in types.iter().flat_map(|of| capability::search_params(*of)) {
        let schema = json!({ "type": "array", "items": { "$ref": format!("#/components/schemas/{}", param.kind) } });
        let parameter = json!({
            "name": param.name,
            "in": "query",
            "description": format!("Search parameter of type {}; all that are given must hold", param.kind),
            "schema": schema,
        });
        parameters.insert(search_key(param.name, param.kind), parameter);
    }
    let tag = json!({ "type": "string", "examples": ["W/\"1\""] });
    let text = json!({ "type": "string" });
    let texts = json!({ "type": "array", "items": { "type": "string" } });
    let id = json!({ "$ref": "#/components/schemas/id" });
    let version = json!({ "type": "integer", "minimum": 1 });
    let time = json!({ "type": "string", "pattern": INSTANT });
    let count = json!({ "type": "integer", "minimum": 0 });
    let prefer = json!({ "type": "string", "examples": ["return=minimal", "return=representation", "return=OperationOutcome", "handling=lenient"] });
    for (name, place, schema) in [
        ("id", "path", &id),
        ("version", "path", &version),
        ("If-Match", "header", &tag),
        ("If-None-Match", "header", &tag),
        ("If-Modified-Since", "header", &text),
        ("If-None-Exist", "header", &text),
        ("Prefer", "header", &prefer),
        ("_type", "query", &text),
        ("_count", "query", &count),
        ("_since", "query", &time),
        ("_at", "query", &time),
        ("_sort", "query", &text),
        ("_include", "query", &texts),
        ("_revinclude", "query", &texts),
        ("_total", "query", &json!({ "enum": ["none", "estimate", "accurate"] })),
        ("_summary", "query", &json!({ "enum": ["true", "text", "data", "count", "false"] })),
        ("_elements", "query", &text),
        ("cursor", "query", &text),
        ("_type", "query", &texts),
        ("_id", "query", &text),
        ("_lastUpdated", "query", &texts),
    ] {
        let mut parameter = json!({ "name": name, "in": place, "schema": schema });
        if let (true, Some(members)) = (place == "path", parameter.as_object_mut()) {
            members.insert("required".to_owned(), Value::Bool(true));
        }
        parameters.insert(name.to_owned(), parameter);
    }
    Value::Object(parameters)
}

fn headers() -> Value {
    let header = |description: &str| json!({ "description": description, "schema": { "type": "string" } });
    json!({
        "ETag": header("The version, as W/\"1\""),
        "Last-Modified": header("When it was written"),
        "Location": header("Where what was written is, with its version"),
        "WWW-Authenticate": header("That a bearer token is needed"),
        "Retry-After": header("Seconds to wait"),
        "Accept": header("What is taken"),
        "Accept-Patch": header("What is taken as a patch"),
    })
}

fn responses(types: &BTreeSet<ResourceType>) -> Value {
    let mut responses = Members::new();
    let schema = |name: &str| json!({ "$ref": format!("#/components/schemas/{name}") });
    for resource_type in types {
        let name = resource_type.name();
        let read = response(name, Some(schema(name)), &["ETag", "Last-Modified"]);
        let either = json!({ "anyOf": [schema(name), schema("OperationOutcome")] });
        let written = response(
            "As Prefer asks: the resource, an outcome, or nothing",
            Some(either),
            &["ETag", "Last-Modified", "Location"],
        );
        responses.insert(name.to_owned(), read);
        responses.insert(format!("{name}.written"), written);
    }
    for (name, kinds) in [
        ("searchset", ["searchset"].as_slice()),
        ("history", &["history"]),
        ("responses", &["transaction-response", "batch-response"]),
    ] {
        responses.insert(name.to_owned(), response(name, Some(bundle(kinds)), &[]));
    }
    responses.insert("204".to_owned(), response("Deleted, or not there", None, &["ETag", "Last-Modified"]));
    responses.insert("304".to_owned(), response("The client has it", None, &["ETag", "Last-Modified"]));
    for status in [400, 401, 403, 404, 406, 409, 410, 412, 413, 415, 429, 503] {
        let headers: &[&str] = match status {
            401 => &["WWW-Authenticate"],
            415 => &["Accept", "Accept-Patch"],
            429 | 503 => &["Retry-After"],
            _ => &[],
        };
        let reason = StatusCode::from_u16(status).ok().and_then(|code| code.canonical_reason()).unwrap_or_default();
        responses.insert(status.to_string(), response(reason, Some(schema("OperationOutcome")), headers));
    }
    Value::Object(responses)
}

fn response(description: &str, schema: Option<Value>, headers: &[&str]) -> Value {
    let headers =
        headers.iter().map(|name| ((*name).to_owned(), json!({ "$ref": format!("#/components/headers/{name}") })));
    let mut response = json!({ "description": description, "headers": headers.collect::<Members>() });
    if let (Some(schema), Some(members)) = (schema, response.as_object_mut()) {
        let mut content = Members::new();
        content.insert(FHIR_JSON_TYPE.to_owned(), json!({ "schema": schema }));
        members.insert("content".to_owned(), Value::Object(content));
    }
    response
}
