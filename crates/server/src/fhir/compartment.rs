//! A patient's compartment: `GET /Patient/{id}/{type}?..` and `GET /Patient/{id}/*` (R4 search, section 3.1.1.2).
//!
//! A resource belongs to the one patient it is kept under, which is also what decides who may see it.

use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::response::Response;
use varde_base::PatientId;
use varde_fhir::ResourceType;
use varde_fhir::search::Clause;

use super::answer::Answer;
use super::auth::Caller;
use super::headers::is_lenient;
use super::operations::everything::everything;
use super::operations::input::Input;
use super::outcome::Failed;
use super::search::{query, searchset_of};
use super::target::InCompartment;
use super::{FhirState, parameters};

/// `GET /Patient/{id}/{type}` and `GET /Patient/{id}/*`.
pub(crate) async fn handle(
    State(state): State<FhirState>,
    Caller(actor): Caller,
    InCompartment(of, id, resource_type): InCompartment,
    RawQuery(text): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Failed> {
    if of != ResourceType::PATIENT {
        return Err(Failed::not_supported("", "only the compartment of a Patient is offered"));
    }
    let gate = state.gate(&actor, "search").with_replicas();
    let pairs = parameters::decode(text.as_deref().unwrap_or_default())?;
    let Some(resource_type) = resource_type else {
        let path = format!("Patient/{id}/*");
        let answer = everything(&state, &gate, Some(PatientId::new(id)), &path, Input(pairs), false).await?;
        return Ok(answer.respond(&state));
    };
    let path = format!("Patient/{id}/{resource_type}");
    let mut query = query(&state, resource_type, pairs, is_lenient(&headers))?;
    query.clauses.push(Clause::Patient(vec![PatientId::new(id)]));
    let page = gate.search(&query).await?;
    Ok(Answer::body(searchset_of(&state, &path, &query, page)).respond(&state))
}
