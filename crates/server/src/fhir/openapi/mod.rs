//! `GET /openapi.json`: what the API offers, for tools that read OpenAPI 3.1. Made from the table that metadata is made from, of all types
//! or, with `?type=Patient,Observation`, of some.

mod components;
mod paths;

use std::collections::BTreeSet;

use axum::extract::{RawQuery, State};
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use serde_json::{Map, Value, json};
use varde_fhir::{IssueCode, ResourceType};

use super::outcome::Failed;
use super::{FhirState, parameters};

/// A JSON object under construction.
type Members = Map<String, Value>;

/// `GET /openapi.json`. Open to all.
pub(crate) async fn handle(State(state): State<FhirState>, RawQuery(query): RawQuery) -> Result<Response, Failed> {
    let types = types(query.as_deref().unwrap_or_default())?;
    let body = if types.len() == ResourceType::COUNT {
        // A megabyte and a half is made when somebody asks for it, and once.
        let whole = state.0.openapi.get_or_init(|| Bytes::from(document(state.base_url(), &types)));
        whole.clone()
    } else {
        Bytes::from(document(state.base_url(), &types))
    };
    Ok(([(CONTENT_TYPE, "application/json")], body).into_response())
}

/// The types asked for, each once; all when none is named.
fn types(query: &str) -> Result<BTreeSet<ResourceType>, Failed> {
    let mut types = BTreeSet::new();
    for (name, value) in parameters::decode(query)? {
        match name.as_str() {
            "type" => {
                for name in value.split(',') {
                    types.insert(ResourceType::from_name(name).ok_or_else(|| {
                        Failed::at(IssueCode::Value, "type", "names of resource types, with commas between")
                    })?);
                }
            }
            "_format" | "_pretty" => {}
            _ => return Err(Failed::at(IssueCode::NotSupported, "", "the document takes type alone")),
        }
    }
    if types.is_empty() {
        types.extend(ResourceType::all());
    }
    Ok(types)
}

const DESCRIPTION: &str = "FHIR R4 (4.0.1). Search parameters may have modifiers (`name:exact`), chains (`patient.name`) and `_has`, which OpenAPI \
    cannot list; GET /metadata says the rest. Errors are OperationOutcomes.";

/// The document.
pub(crate) fn document(base_url: &str, types: &BTreeSet<ResourceType>) -> Vec<u8> {
    let document = json!({
        "openapi": "3.1.0",
        "info": { "title": "Varde", "version": env!("CARGO_PKG_VERSION"), "description": DESCRIPTION },
        "servers": [{ "url": base_url }],
        "security": [{ "bearer": [] }],
        "paths": paths::of(types),
        "components": components::of(types),
    });
    document.to_string().into_bytes()
}
