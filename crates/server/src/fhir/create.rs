use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use varde_base::ResourceId;
use varde_fhir::{IssueCode, Parsed, ReferenceMap};
use varde_store::{Batch, Expect, Gate, GateError, Precondition, Put, Write};

use super::answer::Answer;
use super::auth::Caller;
use super::body::{FhirJson, parse};
use super::headers::{Preference, preference, text};
use super::outcome::Failed;
use super::target::OfType;
use super::{FhirState, conditional};

/// `POST /{type}` (R4 http#create, http#ccreate).
pub(crate) async fn handle(
    State(state): State<FhirState>,
    Caller(actor): Caller,
    OfType(resource_type): OfType,
    headers: HeaderMap,
    FhirJson(body): FhirJson,
) -> Result<Response, Failed> {
    let preference = preference(&headers, Preference::Representation);
    let condition = text(&headers, "if-none-exist")?;
    let parsed = parse(&state, &body, resource_type)?;
    let issues = state.check(&actor, &parsed)?;
    let gate = state.gate(&actor, "create");
    Ok(create(&state, &gate, parsed, condition, preference).await?.telling(&issues, preference).respond(&state))
}

/// Creates, unless the condition names one that exists: that one is the answer then.
pub(crate) async fn create(
    state: &FhirState,
    gate: &Gate,
    parsed: Parsed<'_>,
    condition: Option<&str>,
    preference: Preference,
) -> Result<Answer, Failed> {
    let resource_type = parsed.resource_type();
    let query = condition.map(|condition| conditional::query(state, resource_type, condition)).transpose()?;
    if let Some(query) = &query
        && let Some(existing) = conditional::only_match(gate, query).await?
    {
        return existing_answer(gate, resource_type, &existing.id, preference).await;
    }
    let id = ResourceId::new_v7();
    let mut put = Put { expect: Expect::Absent, ..Put::new(parsed, id.clone(), &ReferenceMap::new()) };
    put.precondition = query.clone().map(Box::new).map(Precondition::NoMatch);
    let batch = Batch { writes: vec![Write::Put(Box::new(put))], ..Batch::default() };
    match (gate.write(batch).await, query) {
        (Ok(written), _) => {
            written.into_iter().next().map(|w| Answer::written(w, preference)).ok_or_else(|| GateError::Fault.into())
        }
        // Somebody else was first between the search and the write: then theirs is the answer.
        (Err(GateError::PreconditionFailed), Some(query)) => match conditional::only_match(gate, &query).await? {
            Some(existing) => existing_answer(gate, resource_type, &existing.id, preference).await,
            None => Err(Failed::precondition(IssueCode::Duplicate, "If-None-Exist", "one that matches exists")),
        },
        (Err(error), _) => Err(error.into()),
    }
}

pub(crate) async fn existing_answer(
    gate: &Gate,
    resource_type: varde_fhir::ResourceType,
    id: &ResourceId,
    preference: Preference,
) -> Result<Answer, Failed> {
    let mut answer = Answer::found(gate.read(resource_type, id).await?);
    answer.located = true;
    if preference != Preference::Representation {
        answer.body = None;
    }
    Ok(answer)
}
