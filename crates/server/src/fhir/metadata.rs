use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use jiff::Timestamp;
use serde_json::{Value, json};
use varde_fhir::{ResourceType, capability};

use super::FhirState;
use super::answer::FHIR_JSON;
use super::body::{FHIR_PATCH, JSON_PATCH};

/// Interactions offered for every type, as the router has them (R4 valueset-type-restful-interaction).
pub(crate) const TYPE_INTERACTIONS: [&str; 9] =
    ["read", "vread", "update", "patch", "delete", "history-instance", "history-type", "create", "search-type"];
/// Interactions offered for the whole.
pub(crate) const SYSTEM_INTERACTIONS: [&str; 3] = ["transaction", "batch", "history-system"];

/// `GET /metadata` (R4 http#capabilities). Open to all.
pub(crate) async fn handle(State(state): State<FhirState>) -> Response {
    ([FHIR_JSON], state.0.metadata.clone()).into_response()
}

/// The CapabilityStatement, from the same tables searches and validation run on.
pub(crate) fn capability_statement(base_url: &str, since: Timestamp) -> Vec<u8> {
    let code = |code: &&str| json!({ "code": code });
    let statement = json!({
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": since.to_string(),
        "kind": "instance",
        "software": { "name": "Varde", "version": env!("CARGO_PKG_VERSION") },
        "implementation": { "description": "Varde", "url": base_url },
        "fhirVersion": "4.0.1",
        "format": ["application/fhir+json", "json"],
        "patchFormat": [JSON_PATCH, FHIR_PATCH],
        "rest": [{
            "mode": "server",
            "security": { "description": "Authorization: Bearer TOKEN; every access is decided by rule and logged." },
            "resource": ResourceType::all().map(of_type).collect::<Vec<_>>(),
            "interaction": SYSTEM_INTERACTIONS.iter().map(code).collect::<Vec<_>>(),
        }],
    });
    statement.to_string().into_bytes()
}

fn of_type(resource_type: ResourceType) -> Value {
    let params = capability::search_params(resource_type);
    let params = params.map(|p| json!({ "name": p.name, "definition": p.definition, "type": p.kind }));
    let mut resource = json!({
        "type": resource_type.name(),
        "interaction": TYPE_INTERACTIONS.iter().map(|code| json!({ "code": code })).collect::<Vec<_>>(),
        "versioning": "versioned",
        "readHistory": true,
        "updateCreate": true,
        "conditionalCreate": true,
        "conditionalRead": "full-support",
        "conditionalUpdate": true,
        "conditionalDelete": "single",
        "referencePolicy": ["literal", "local"],
        "searchParam": params.collect::<Vec<_>>(),
    });
    let includes: Vec<String> = capability::search_includes(resource_type).collect();
    let revincludes: Vec<String> = capability::search_revincludes(resource_type).collect();
    if let Some(members) = resource.as_object_mut() {
        for (name, values) in [("searchInclude", includes), ("searchRevInclude", revincludes)] {
            // An empty list is not FHIR.
            if !values.is_empty() {
                members.insert(name.to_owned(), json!(values));
            }
        }
    }
    resource
}
