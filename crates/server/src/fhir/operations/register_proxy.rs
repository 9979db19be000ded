//! `Patient/{id}/$register-proxy`: a proxy with documentation, for one who cannot give it online (docs/api.md).

use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::post;
use jiff::civil::Date;
use serde_json::json;
use varde_base::{Category, PatientId};
use varde_fhir::{Issue, IssueCode, LocalReference, ResourceType};
use varde_rights::Areas;
use varde_services::{EvidenceKind, Helper, RegisterError, RegisteredKind, Registration, Wrong, register_proxy};

use super::input::{Input, patient};
use super::{On, Operation};
use crate::fhir::FhirState;
use crate::fhir::answer::Answer;
use crate::fhir::auth::Caller;
use crate::fhir::outcome::Failed;
use crate::fhir::target::Instance;

/// What is offered.
pub(super) const OFFERED: &[Operation] = &[Operation {
    name: "register-proxy",
    definition: "urn:varde:operation:register-proxy",
    on: On::Type(ResourceType::PATIENT),
}];

/// Its routes.
pub(super) fn router() -> Router<FhirState> {
    Router::new().route("/{type}/{id}/$register-proxy", post(register))
}

async fn register(
    State(state): State<FhirState>,
    Caller(actor): Caller,
    Instance(resource_type, id): Instance,
    input: Input,
) -> Result<Response, Failed> {
    if resource_type != ResourceType::PATIENT {
        return Err(Failed::not_supported("", "this operation is offered on Patient alone"));
    }
    let asked = read(PatientId::new(id), input)?;
    let gate = state.gate(&actor, "register-proxy");
    let registered = register_proxy(state.store(), &gate, &asked, state.now()).await.map_err(failed)?;
    let answer = json!({ "resourceType": "Parameters", "parameter": [
        { "name": "return", "valueReference": { "reference": format!("Consent/{}", registered.consent) } },
        { "name": "onPaper", "valueBoolean": registered.on_paper },
    ] });
    Ok(Answer::body(answer.to_string().into_bytes()).respond(&state))
}

fn failed(error: RegisterError) -> Failed {
    match error {
        RegisterError::Wrong(Wrong(name, text)) => {
            Failed::unprocessable(vec![Issue::error(IssueCode::BusinessRule, name, text)])
        }
        RegisterError::Store(error) => error.into(),
    }
}

fn wrong(name: &'static str, text: &str) -> Failed {
    Failed::at(IssueCode::Value, name, text)
}

fn needed(input: &mut Input, name: &'static str) -> Result<String, Failed> {
    let value = input.take(name)?.filter(|text| !text.trim().is_empty());
    value.ok_or_else(|| Failed::new(Category::Invalid, Issue::error(IssueCode::Required, name, "it is needed")))
}

fn day(input: &mut Input, name: &'static str) -> Result<Option<Date>, Failed> {
    let text = input.take(name)?;
    text.map(|text| text.parse().map_err(|_| wrong(name, "a day, such as 2026-01-31"))).transpose()
}

fn read(giver: PatientId, mut input: Input) -> Result<Registration, Failed> {
    let kind = match needed(&mut input, "kind")?.as_str() {
        "FU" => RegisteredKind::Proxy,
        "TD" => RegisteredKind::Assigned,
        _ => return Err(wrong("kind", "FU or TD")),
    };
    let helper = helper(&mut input)?;
    let mut areas = Areas::NONE;
    for code in input.take_all("area") {
        areas = areas.with(Areas::from_code(&code).ok_or_else(|| wrong("area", "1, 2, 3 or P"))?);
    }
    let evidence = needed(&mut input, "evidence")?;
    let evidence = match LocalReference::parse(&evidence) {
        Some(reference) if reference.resource_type.name() == "DocumentReference" => reference.id,
        _ => return Err(wrong("evidence", "a reference such as DocumentReference/123")),
    };
    let evidence_kind = EvidenceKind::from_code(&needed(&mut input, "evidenceKind")?)
        .ok_or_else(|| wrong("evidenceKind", "signed-form, in-person or decision"))?;
    let accepted = match input.take("accepted")?.as_deref() {
        Some("true") => true,
        Some("false") | None => false,
        Some(_) => return Err(wrong("accepted", "true or false")),
    };
    let (from, until) = (day(&mut input, "from")?, day(&mut input, "until")?);
    input.end()?;
    Ok(Registration { giver, kind, helper, areas, from, until, accepted, evidence, evidence_kind })
}

/// Somebody of the register, or a description of somebody who is not in it; never both.
fn helper(input: &mut Input) -> Result<Helper, Failed> {
    let described = (input.take("helperName")?, day(input, "helperBirthDate")?, input.take("helperPhone")?);
    match (input.take("receiver")?, described) {
        (Some(receiver), (None, None, None)) => Ok(Helper::Patient(PatientId::new(patient("receiver", &receiver)?))),
        (None, (Some(name), Some(born), phone)) => Ok(Helper::Described { name, born, phone }),
        _ => Err(wrong("receiver", "receiver, or helperName with helperBirthDate")),
    }
}
