use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::response::Response;
use varde_base::ResourceId;
use varde_fhir::ResourceType;
use varde_rights::Action;
use varde_store::{Batch, Delete, Expect, Gate, GateError, Write};

use super::answer::Answer;
use super::auth::Caller;
use super::headers::{Preference, if_match};
use super::outcome::Failed;
use super::target::{Instance, OfType};
use super::update::{condition_failed, expectation};
use super::{FhirState, conditional};

/// `DELETE /{type}/{id}` (R4 http#delete).
pub(crate) async fn handle(
    State(state): State<FhirState>,
    Caller(actor): Caller,
    Instance(resource_type, id): Instance,
    headers: HeaderMap,
) -> Result<Response, Failed> {
    let version = if_match(&headers)?;
    let gate = state.gate(&actor, "delete");
    Ok(delete(&gate, resource_type, &id, version).await?.respond(&state))
}

/// `DELETE /{type}?..` (R4 http#cdelete).
pub(crate) async fn handle_conditional(
    State(state): State<FhirState>,
    Caller(actor): Caller,
    OfType(resource_type): OfType,
    RawQuery(condition): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Failed> {
    let version = if_match(&headers)?;
    let gate = state.gate(&actor, "delete");
    let condition = condition.unwrap_or_default();
    Ok(delete_where(&state, &gate, resource_type, &condition, version).await?.respond(&state))
}

/// Deletes; what is not there, or no longer, is no error (R4: 204 either way). The history stays.
pub(crate) async fn delete(
    gate: &Gate,
    resource_type: ResourceType,
    id: &ResourceId,
    version: Option<u64>,
) -> Result<Answer, Failed> {
    let expect = expectation(version, false);
    write(gate, Delete { resource_type, id: id.clone(), expect, action: Action::Write }, expect).await
}

/// Deletes the one that matches; none is no error, and several are one too many (CapabilityStatement `single`).
pub(crate) async fn delete_where(
    state: &FhirState,
    gate: &Gate,
    resource_type: ResourceType,
    condition: &str,
    version: Option<u64>,
) -> Result<Answer, Failed> {
    let query = conditional::query(state, resource_type, condition)?;
    let asked = expectation(version, false);
    let found = conditional::only_match(gate, &query).await?;
    conditional::holds(found.as_ref(), asked)?;
    let Some(found) = found else { return Ok(Answer::nothing()) };
    // What has been changed since may not match any more.
    let expect = Expect::Version(found.version);
    write(gate, Delete { resource_type, id: found.id, expect, action: Action::Write }, asked).await
}

async fn write(gate: &Gate, delete: Delete, asked: Expect) -> Result<Answer, Failed> {
    let batch = Batch { writes: vec![Write::Delete(delete)], ..Batch::default() };
    let written = gate.write(batch).await.map_err(|error| condition_failed(error, asked))?;
    let written = written.into_iter().next().ok_or(GateError::Fault)?;
    Ok(Answer::written(written, Preference::Minimal))
}
