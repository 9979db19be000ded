//! `CodeSystem/$subsumes` (R4 CodeSystem-subsumes): how two codes stand to each other.

use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use serde_json::json;
use varde_fhir::{IssueCode, ResourceType};

use super::asked::{Asked, not_loaded, required, terminology};
use super::{On, Operation};
use crate::fhir::FhirState;
use crate::fhir::answer::Answer;
use crate::fhir::auth::Caller;
use crate::fhir::outcome::Failed;
use crate::fhir::target::OfType;

/// What is offered.
pub(super) const OFFERED: &[Operation] = &[Operation {
    name: "subsumes",
    definition: "http://hl7.org/fhir/OperationDefinition/CodeSystem-subsumes",
    on: On::Type(ResourceType::CODE_SYSTEM),
}];

/// Its route.
pub(super) fn router() -> Router<FhirState> {
    Router::new().route("/{type}/$subsumes", get(subsumes).post(subsumes))
}

async fn subsumes(
    State(state): State<FhirState>,
    Caller(_): Caller,
    OfType(resource_type): OfType,
    mut asked: Asked,
) -> Result<Response, Failed> {
    if resource_type != ResourceType::CODE_SYSTEM {
        return Err(Failed::not_supported("", "this operation is offered on CodeSystem alone"));
    }
    let (system, version) = (asked.take("system")?, asked.take("version")?);
    let a = asked.named_code("codeA", "codingA")?;
    let b = asked.named_code("codeB", "codingB")?;
    asked.end()?;
    let of_a = a.system.or_else(|| system.clone()).ok_or_else(|| required("system", "say which code system"))?;
    if b.system.or(system).is_some_and(|other| other != of_a) {
        return Err(Failed::at(IssueCode::Value, "codingB", "both codes are of one code system"));
    }
    let canonical = version.map_or_else(|| of_a.clone(), |version| format!("{of_a}|{version}"));
    let terminology = terminology(&state);
    let Some(outcome) = terminology.subsumes(&canonical, &a.code, &b.code) else {
        let text = match terminology.code_system(&canonical) {
            None => "the code system is not loaded",
            Some(_) => "one of the codes is not among those that are loaded",
        };
        return Err(not_loaded("", text));
    };
    let body =
        json!({ "resourceType": "Parameters", "parameter": [{ "name": "outcome", "valueCode": outcome.code() }] });
    Ok(Answer::body(body.to_string().into_bytes()).respond(&state))
}
