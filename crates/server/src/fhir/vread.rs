use axum::extract::State;
use axum::response::Response;

use super::FhirState;
use super::answer::Answer;
use super::auth::Caller;
use super::outcome::Failed;
use super::target::InstanceVersion;

/// `GET /{type}/{id}/_history/{version}` (R4 http#vread).
pub(crate) async fn handle(
    State(state): State<FhirState>,
    Caller(actor): Caller,
    InstanceVersion(resource_type, id, version): InstanceVersion,
) -> Result<Response, Failed> {
    let found = state.gate(&actor, "vread").read_version(resource_type, &id, version).await?;
    Ok(Answer::found(found).respond(&state))
}
