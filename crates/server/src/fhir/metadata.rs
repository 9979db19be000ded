use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use jiff::Timestamp;
use serde_json::{Map, Value, json};
use varde_fhir::{ResourceType, capability};

use super::answer::FHIR_JSON;
use super::body::JSON_PATCH;
use super::{FhirState, offered, operations};

/// `GET /metadata` (R4 http#capabilities). Open to all.
pub(crate) async fn handle(State(state): State<FhirState>) -> Response {
    ([FHIR_JSON], state.0.metadata.clone()).into_response()
}

/// The CapabilityStatement, from the same tables searches and validation run on.
pub(crate) fn capability_statement(base_url: &str, since: Timestamp) -> Vec<u8> {
    let code = |code: &&str| json!({ "code": code });
    let mut statement = json!({
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": since.to_string(),
        "kind": "instance",
        "instantiates": [
            "http://hl7.org/fhir/uv/bulkdata/CapabilityStatement/bulk-data",
            "http://hl7.org/fhir/uv/subscriptions-backport/CapabilityStatement/backport-subscription-server-r4",
        ],
        "software": { "name": "Varde", "version": env!("CARGO_PKG_VERSION") },
        "implementation": { "description": "Varde", "url": base_url },
        "fhirVersion": "4.0.1",
        "format": ["application/fhir+json", "json"],
        "patchFormat": [JSON_PATCH],
        "rest": [{
            "mode": "server",
            "security": { "description": "Authorization: Bearer TOKEN; every access is decided by rule and logged." },
            "resource": ResourceType::all().map(of_type).collect::<Vec<_>>(),
            "interaction": offered::interactions(false).iter().map(code).collect::<Vec<_>>(),
            "compartment": ["http://hl7.org/fhir/CompartmentDefinition/patient"],
        }],
    });
    let resources = statement.pointer_mut("/rest/0/resource").and_then(Value::as_array_mut);
    for resource in resources.into_iter().flatten().filter(|resource| resource["type"] == "Subscription") {
        resource["extension"] = operations::topics(base_url);
    }
    if let Some(rest) = statement.pointer_mut("/rest/0").and_then(Value::as_object_mut) {
        add_list(rest, "operation", operations::listed(None));
    }
    statement.to_string().into_bytes()
}

fn of_type(resource_type: ResourceType) -> Value {
    let params = capability::search_params(resource_type);
    let params = params.map(|p| json!({ "name": p.name, "definition": p.definition, "type": p.kind }));
    let mut resource = json!({
        "type": resource_type.name(),
        "interaction": offered::interactions(true).iter().map(|code| json!({ "code": code })).collect::<Vec<_>>(),
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
        add_list(members, "searchInclude", includes.into_iter().map(Value::from).collect());
        add_list(members, "searchRevInclude", revincludes.into_iter().map(Value::from).collect());
        add_list(members, "operation", operations::listed(Some(resource_type)));
    }
    resource
}

/// An empty list is not FHIR.
fn add_list(members: &mut Map<String, Value>, name: &str, values: Vec<Value>) {
    if !values.is_empty() {
        members.insert(name.to_owned(), Value::Array(values));
    }
}
