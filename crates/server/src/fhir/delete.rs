use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use varde_base::ResourceId;
use varde_fhir::ResourceType;
use varde_rights::Action;
use varde_store::{Batch, Delete, Gate, GateError, Write};

use super::FhirState;
use super::answer::Answer;
use super::auth::Caller;
use super::headers::{Preference, if_match};
use super::outcome::Failed;
use super::target::Instance;
use super::update::{condition_failed, expectation};

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

/// Deletes; what is not there, or no longer, is no error (R4: 204 either way). The history stays.
pub(crate) async fn delete(
    gate: &Gate,
    resource_type: ResourceType,
    id: &ResourceId,
    version: Option<u64>,
) -> Result<Answer, Failed> {
    let expect = expectation(version, false);
    let delete = Delete { resource_type, id: id.clone(), expect, action: Action::Write };
    let batch = Batch { writes: vec![Write::Delete(delete)], ..Batch::default() };
    let written = gate.write(batch).await.map_err(|error| condition_failed(error, expect))?;
    let written = written.into_iter().next().ok_or(GateError::Fault)?;
    Ok(Answer::written(written, Preference::Minimal))
}
