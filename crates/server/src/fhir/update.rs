use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use varde_base::ResourceId;
use varde_fhir::{IssueCode, Parsed, ReferenceMap};
use varde_store::{Batch, Expect, Gate, GateError, Put, Write};

use super::FhirState;
use super::answer::Answer;
use super::auth::Caller;
use super::body::{FhirJson, parse};
use super::headers::{Preference, if_match, must_be_absent, preference};
use super::outcome::Failed;
use super::target::Instance;

/// `PUT /{type}/{id}` (R4 http#update, http#upsert).
pub(crate) async fn handle(
    State(state): State<FhirState>,
    Caller(actor): Caller,
    Instance(resource_type, id): Instance,
    headers: HeaderMap,
    FhirJson(body): FhirJson,
) -> Result<Response, Failed> {
    let preference = preference(&headers, Preference::Representation);
    let expect = expectation(if_match(&headers)?, must_be_absent(&headers));
    let parsed = parse(&state, &body, resource_type)?;
    let gate = state.gate(&actor, "update");
    Ok(update(&gate, parsed, &id, expect, preference).await?.respond(&state))
}

/// What must hold of the stored resource.
pub(crate) fn expectation(version: Option<u64>, must_be_absent: bool) -> Expect {
    match version {
        Some(version) => Expect::Version(version),
        None if must_be_absent => Expect::Absent,
        None => Expect::Any,
    }
}

/// The id in the body must be the one of its place.
pub(crate) fn has_id(parsed: &Parsed<'_>, id: &ResourceId) -> Result<(), Failed> {
    if parsed.id().as_ref() == Some(id) {
        return Ok(());
    }
    let place = format!("{}.id", parsed.resource_type());
    Err(Failed::at(IssueCode::Invalid, place, "the id must be there, and the same as in the URL"))
}

/// Replaces, or creates under the id given.
pub(crate) async fn update(
    gate: &Gate,
    parsed: Parsed<'_>,
    id: &ResourceId,
    expect: Expect,
    preference: Preference,
) -> Result<Answer, Failed> {
    has_id(&parsed, id)?;
    let put = Put { expect, ..Put::new(parsed, id.clone(), &ReferenceMap::new()) };
    let batch = Batch { writes: vec![Write::Put(Box::new(put))], ..Batch::default() };
    let written = gate.write(batch).await.map_err(|error| condition_failed(error, expect))?;
    written.into_iter().next().map(|w| Answer::written(w, preference)).ok_or_else(|| GateError::Fault.into())
}

/// A conflict with what the sender expected is 412; with anything else 409.
pub(crate) fn condition_failed(error: GateError, expect: Expect) -> Failed {
    match (error, expect) {
        (GateError::Conflict { .. }, Expect::Version(_)) => {
            Failed::precondition(IssueCode::Conflict, "If-Match", "another version is the newest one")
        }
        (GateError::Conflict { .. }, Expect::Absent) => {
            Failed::precondition(IssueCode::Conflict, "If-None-Match", "it exists already")
        }
        (error, _) => error.into(),
    }
}
