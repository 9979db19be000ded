//! `ValueSet/$validate-code` and `CodeSystem/$validate-code`: whether a code is in something.
//!
//! What cannot be told, since not all codes are loaded, is answered with 422 and not with no.

use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use serde_json::json;
use varde_conformance::terminology::{Code, ValueSet};
use varde_fhir::ResourceType;

use super::asked::{Asked, Coded, not_loaded, required, terminology, value_set, verdict};
use super::{On, Operation};
use crate::fhir::FhirState;
use crate::fhir::answer::Answer;
use crate::fhir::auth::Caller;
use crate::fhir::outcome::Failed;
use crate::fhir::target::{Instance, OfType};

/// What is offered.
pub(super) const OFFERED: &[Operation] = &[
    Operation {
        name: "validate-code",
        definition: "http://hl7.org/fhir/OperationDefinition/ValueSet-validate-code",
        on: On::Type(ResourceType::VALUE_SET),
    },
    Operation {
        name: "validate-code",
        definition: "http://hl7.org/fhir/OperationDefinition/CodeSystem-validate-code",
        on: On::Type(ResourceType::CODE_SYSTEM),
    },
];

/// Their routes.
pub(super) fn router() -> Router<FhirState> {
    Router::new()
        .route("/{type}/$validate-code", get(of_type).post(of_type))
        .route("/{type}/{id}/$validate-code", get(of_instance).post(of_instance))
}

async fn of_type(
    State(state): State<FhirState>,
    Caller(_): Caller,
    OfType(resource_type): OfType,
    mut asked: Asked,
) -> Result<Response, Failed> {
    let url = asked.take("url")?;
    match resource_type {
        ResourceType::VALUE_SET => {
            if let Some(sent) = asked.resource("valueSet") {
                return in_value_set(&state, &value_set(&sent)?, asked);
            }
            let url = url.ok_or_else(|| required("url", "say which value set: url or valueSet"))?;
            let version = asked.take("valueSetVersion")?;
            let canonical = version.map_or_else(|| url.clone(), |version| format!("{url}|{version}"));
            let found = terminology(&state).value_set(&canonical);
            in_value_set(&state, found.ok_or_else(|| not_loaded("url", "the value set is not loaded"))?, asked)
        }
        ResourceType::CODE_SYSTEM => in_code_system(&state, url, asked),
        _ => Err(Failed::not_supported("", "this operation is offered on ValueSet and CodeSystem")),
    }
}

async fn of_instance(
    State(state): State<FhirState>,
    Caller(actor): Caller,
    Instance(resource_type, id): Instance,
    asked: Asked,
) -> Result<Response, Failed> {
    if resource_type != ResourceType::VALUE_SET {
        return Err(Failed::not_supported("", "of a stored resource, this operation is offered on ValueSet alone"));
    }
    let found = state.gate(&actor, "validate-code").read(resource_type, &id).await?;
    in_value_set(&state, &value_set(&String::from_utf8_lossy(&found.body))?, asked)
}

fn in_value_set(state: &FhirState, value_set: &ValueSet, mut asked: Asked) -> Result<Response, Failed> {
    let system = asked.take("system")?;
    let version = asked.take("systemVersion")?;
    let mut codes = asked.codes(system)?;
    for code in &mut codes {
        code.version = code.version.take().or_else(|| version.clone());
    }
    asked.end()?;
    let ask =
        |code: &Coded| terminology(state).in_set(value_set, Code { system: code.system.as_deref(), code: &code.code });
    let parts = verdict(&codes, ask, "the value set")?;
    Ok(Answer::body(json!({ "resourceType": "Parameters", "parameter": parts }).to_string().into()).respond(state))
}

fn in_code_system(state: &FhirState, url: Option<String>, mut asked: Asked) -> Result<Response, Failed> {
    let codes = asked.codes(url)?;
    asked.end()?;
    let mut canonicals = Vec::new();
    for code in &codes {
        let system = code.system.as_deref().ok_or_else(|| required("url", "say which code system: url or a coding"))?;
        canonicals.push(match &code.version {
            Some(version) => format!("{system}|{version}"),
            None => system.to_owned(),
        });
    }
    let ask = |code: &Coded| {
        let at = codes.iter().position(|own| own == code);
        let canonical = at.and_then(|at| canonicals.get(at)).map(String::as_str).unwrap_or_default();
        terminology(state).in_code_system(canonical, &code.code)
    };
    let parts = verdict(&codes, ask, "the code system")?;
    Ok(Answer::body(json!({ "resourceType": "Parameters", "parameter": parts }).to_string().into()).respond(state))
}
