//! `$may-collect`, an operation of our own: whether somebody may collect medicines at a pharmacy for somebody, for the pharmacy's own program.
//!
//! Asked in a body, so that no number stands in an address. It answers yes with the last day, or no, and the giver reads in the access log that it
//! was asked.

use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::post;
use serde_json::json;
use varde_base::{Category, NationalId};
use varde_fhir::{Issue, IssueCode};
use varde_store::Collects;

use super::input::Input;
use super::{On, Operation};
use crate::fhir::FhirState;
use crate::fhir::answer::Answer;
use crate::fhir::attestation::HEADER;
use crate::fhir::auth::Caller;
use crate::fhir::outcome::Failed;

/// What is offered.
pub(super) const OFFERED: &[Operation] =
    &[Operation { name: "may-collect", definition: "urn:varde:operation:may-collect", on: On::System }];

/// Pharmacists of both kinds, and pharmacy technicians (Volven 9060).
const AT_PHARMACY: [&str; 3] = ["FA1", "FA2", "AT"];

/// Its route.
pub(super) fn router() -> Router<FhirState> {
    Router::new().route("/$may-collect", post(ask))
}

async fn ask(State(state): State<FhirState>, Caller(actor): Caller, mut input: Input) -> Result<Response, Failed> {
    if !actor.personnel.as_ref().is_some_and(|personnel| AT_PHARMACY.contains(&&*personnel.role)) {
        let text =
            "this is for those at the counter of a pharmacy, for whom the program vouches with the role FA1, FA2 or AT";
        return Err(Failed::new(Category::Forbidden, Issue::error(IssueCode::Forbidden, HEADER, text)));
    }
    let (giver, receiver) = (number(&mut input, "giver")?, number(&mut input, "receiver")?);
    input.end()?;
    let (may, until) = match state.gate(&actor, "may-collect").may_collect(&giver, &receiver).await? {
        Collects::No => (false, None),
        Collects::Yes { until } => (true, until),
    };
    let mut parts = vec![json!({ "name": "mayCollect", "valueBoolean": may })];
    parts.extend(until.map(|until| json!({ "name": "until", "valueDate": until.to_string() })));
    let body = json!({ "resourceType": "Parameters", "parameter": parts });
    Ok(Answer::body(body.to_string().into_bytes()).respond(&state))
}

fn number(input: &mut Input, name: &'static str) -> Result<NationalId, Failed> {
    let text = input.take(name)?.ok_or_else(|| Failed::at(IssueCode::Required, name, "is needed"))?;
    text.parse().map_err(|_| Failed::at(IssueCode::Value, name, "a national identity number of eleven digits"))
}
