//! `$summary` of a patient: the International Patient Summary as a document (IPS 2.0, operation `summary`). It is made anew each time, of what
//! the one who asks may see.

use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use varde_base::PatientId;
use varde_fhir::{IssueCode, ResourceType};
use varde_services::patient_summary;

use super::input::Input;
use super::{On, Operation};
use crate::fhir::FhirState;
use crate::fhir::answer::Answer;
use crate::fhir::auth::Caller;
use crate::fhir::outcome::Failed;
use crate::fhir::target::Instance;

/// What is offered.
pub(super) const OFFERED: &[Operation] = &[Operation {
    name: "summary",
    definition: "http://hl7.org/fhir/uv/ips/OperationDefinition/summary",
    on: On::Type(ResourceType::PATIENT),
}];

/// The profile of the document, which may be asked for by name.
const PROFILE: &str = "http://hl7.org/fhir/uv/ips/StructureDefinition/Bundle-uv-ips";

/// Its routes.
pub(super) fn router() -> Router<FhirState> {
    Router::new().route("/{type}/{id}/$summary", get(of_one).post(of_one))
}

async fn of_one(
    State(state): State<FhirState>,
    Caller(actor): Caller,
    Instance(resource_type, id): Instance,
    mut input: Input,
) -> Result<Response, Failed> {
    if resource_type != ResourceType::PATIENT {
        return Err(Failed::not_supported("", "this operation is offered on Patient alone"));
    }
    let profile = input.take("profile")?;
    if profile.is_some_and(|profile| profile.split('|').next() != Some(PROFILE)) {
        return Err(Failed::at(IssueCode::NotSupported, "profile", "only the International Patient Summary is made"));
    }
    input.end()?;
    let gate = state.gate(&actor, "summary");
    let body = patient_summary(&gate, &PatientId::new(id), state.base_url(), state.now()).await?;
    Ok(Answer::body(body).respond(&state))
}
