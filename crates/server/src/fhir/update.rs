use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::response::Response;
use varde_base::{Category, ResourceId};
use varde_fhir::{Issue, IssueCode, Parsed, ReferenceMap};
use varde_store::{Batch, Expect, Gate, GateError, Put, Write};

use super::answer::Answer;
use super::auth::Caller;
use super::body::{FhirJson, parse};
use super::headers::{Preference, if_match, must_be_absent, preference};
use super::outcome::Failed;
use super::target::{Instance, OfType};
use super::{FhirState, conditional};

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
    let issues = state.check(&actor.program, &parsed)?;
    let gate = state.gate(&actor, "update");
    Ok(update(&gate, parsed, &id, expect, preference).await?.telling(&issues, preference).respond(&state))
}

/// `PUT /{type}?..` (R4 http#cond-update).
pub(crate) async fn handle_conditional(
    State(state): State<FhirState>,
    Caller(actor): Caller,
    OfType(resource_type): OfType,
    RawQuery(condition): RawQuery,
    headers: HeaderMap,
    FhirJson(body): FhirJson,
) -> Result<Response, Failed> {
    let preference = preference(&headers, Preference::Representation);
    let asked = expectation(if_match(&headers)?, must_be_absent(&headers));
    let parsed = parse(&state, &body, resource_type)?;
    let issues = state.check(&actor.program, &parsed)?;
    let gate = state.gate(&actor, "update");
    let condition = condition.unwrap_or_default();
    let answer = update_where(&state, &gate, parsed, &condition, asked, preference).await?;
    Ok(answer.telling(&issues, preference).respond(&state))
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
    write(gate, put, expect, preference).await
}

/// Replaces the one that matches, or creates when none does.
pub(crate) async fn update_where(
    state: &FhirState,
    gate: &Gate,
    parsed: Parsed<'_>,
    condition: &str,
    asked: Expect,
    preference: Preference,
) -> Result<Answer, Failed> {
    let query = conditional::query(state, parsed.resource_type(), condition)?;
    let to = conditional::destination(gate, query, parsed.id(), asked).await?;
    let put = Put { expect: to.expect, precondition: to.precondition, ..Put::new(parsed, to.id, &ReferenceMap::new()) };
    write(gate, put, asked, preference).await
}

/// Writes one resource. `asked` is what the sender expects of it, who need not be the only one with expectations.
pub(crate) async fn write(gate: &Gate, put: Put, asked: Expect, preference: Preference) -> Result<Answer, Failed> {
    let batch = Batch { writes: vec![Write::Put(Box::new(put))], ..Batch::default() };
    let written = gate.write(batch).await.map_err(|error| match error {
        GateError::PreconditionFailed => {
            let text = "somebody else has written one that matches meanwhile";
            Failed::new(Category::Conflict, Issue::error(IssueCode::Conflict, "", text))
        }
        error => condition_failed(error, asked),
    })?;
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
