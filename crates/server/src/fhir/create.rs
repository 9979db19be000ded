use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::response::Response;
use varde_base::ResourceId;
use varde_fhir::{IssueCode, Parsed, ReferenceMap};
use varde_store::{Batch, Gate, GateError, Precondition, Put, Write};

use super::answer::Answer;
use super::auth::Caller;
use super::body::{FhirJson, parse};
use super::headers::{Preference, preference, text};
use super::outcome::Failed;
use super::target::OfType;
use super::{FhirState, conditional, parameters};

/// `POST /{type}` (R4 http#create, http#ccreate).
pub(crate) async fn handle(
    State(state): State<FhirState>,
    Caller(actor): Caller,
    OfType(resource_type): OfType,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    FhirJson(body): FhirJson,
) -> Result<Response, Failed> {
    let preference = preference(&headers, Preference::Representation);
    let condition = condition(&headers, query.as_deref().unwrap_or_default())?;
    let parsed = parse(&state, &body, resource_type)?;
    let issues = state.check(&actor.program, &parsed)?;
    let gate = state.gate(&actor, "create");
    Ok(create(&state, &gate, parsed, condition, preference).await?.telling(&issues, preference).respond(&state))
}

/// `If-None-Exist`, or a search in the address, which is how fhirpy asks for the same: to pass over it would make doubles.
fn condition<'r>(headers: &'r HeaderMap, query: &'r str) -> Result<Option<&'r str>, Failed> {
    let by_header = text(headers, "if-none-exist")?;
    let is_asked = parameters::decode(query)?.iter().any(|(name, _)| !matches!(name.as_str(), "_format" | "_pretty"));
    match by_header {
        Some(_) if is_asked => {
            Err(Failed::at(IssueCode::Invalid, "If-None-Exist", "a condition is in the header or in the address"))
        }
        None if is_asked => Ok(Some(query)),
        by_header => Ok(by_header),
    }
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
    let mut put = Put::fresh(parsed, id, &ReferenceMap::new());
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
