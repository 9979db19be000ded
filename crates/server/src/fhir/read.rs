use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::FhirState;
use super::answer::Answer;
use super::auth::Caller;
use super::headers::Conditions;
use super::outcome::Failed;
use super::target::Instance;

/// `GET /{type}/{id}` (R4 http#read).
pub(crate) async fn handle(
    State(state): State<FhirState>,
    Caller(actor): Caller,
    Instance(resource_type, id): Instance,
    conditions: Conditions,
) -> Result<Response, Failed> {
    let found = state.gate(&actor, "read").with_replicas().read(resource_type, &id).await?;
    let known = conditions.is_known(found.version, found.updated);
    let mut answer = Answer::found(found);
    if known {
        answer.status = StatusCode::NOT_MODIFIED;
        answer.body = None;
    }
    Ok(answer.respond(&state))
}
