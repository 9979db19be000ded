//! `ValueSet/$expand` (R4 ValueSet-expand): the codes of a value set, by its address, sent along, or stored here.

use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use serde_json::{Value, json};
use varde_conformance::terminology::{Contained, ExpandError, ExpandOptions, Expansion, ValueSet};
use varde_fhir::{Issue, IssueCode, ResourceType};

use super::asked::{Asked, cannot_tell, not_loaded, required, terminology, value_set};
use super::{On, Operation};
use crate::fhir::FhirState;
use crate::fhir::answer::Answer;
use crate::fhir::auth::Caller;
use crate::fhir::outcome::Failed;
use crate::fhir::target::{Instance, OfType};
use crate::fhir::validation::aside;

/// What is offered.
pub(super) const OFFERED: &[Operation] = &[Operation {
    name: "expand",
    definition: "http://hl7.org/fhir/OperationDefinition/ValueSet-expand",
    on: On::Type(ResourceType::VALUE_SET),
}];

/// Its routes.
pub(super) fn router() -> Router<FhirState> {
    Router::new()
        .route("/{type}/$expand", get(of_type).post(of_type))
        .route("/{type}/{id}/$expand", get(of_instance).post(of_instance))
}

/// This operation is ValueSet's alone.
fn is_value_set(resource_type: ResourceType) -> Result<(), Failed> {
    match resource_type {
        ResourceType::VALUE_SET => Ok(()),
        _ => Err(Failed::not_supported("", "this operation is offered on ValueSet alone")),
    }
}

async fn of_type(
    State(state): State<FhirState>,
    Caller(_): Caller,
    OfType(resource_type): OfType,
    mut asked: Asked,
) -> Result<Response, Failed> {
    is_value_set(resource_type)?;
    let (url, version) = (asked.take("url")?, asked.take("valueSetVersion")?);
    if let Some(sent) = asked.resource("valueSet") {
        return answer(&state, &value_set(&sent)?, asked);
    }
    let url = url.ok_or_else(|| required("url", "say which value set: url or valueSet"))?;
    let canonical = version.map_or_else(|| url.clone(), |version| format!("{url}|{version}"));
    let found = terminology(&state).value_set(&canonical);
    let found =
        found.ok_or_else(|| not_loaded("url", "the value set is not loaded; `varde package add` loads packages"))?;
    answer(&state, found, asked)
}

async fn of_instance(
    State(state): State<FhirState>,
    Caller(actor): Caller,
    Instance(resource_type, id): Instance,
    asked: Asked,
) -> Result<Response, Failed> {
    is_value_set(resource_type)?;
    let found = state.gate(&actor, "expand").read(resource_type, &id).await?;
    answer(&state, &value_set(&String::from_utf8_lossy(&found.body))?, asked)
}

fn answer(state: &FhirState, value_set: &ValueSet, mut asked: Asked) -> Result<Response, Failed> {
    let filter = asked.take("filter")?;
    let options = ExpandOptions {
        filter: filter.as_deref(),
        offset: asked.number("offset")?.unwrap_or(0),
        count: asked.number("count")?,
        active_only: asked.truth("activeOnly")?,
        ..ExpandOptions::default()
    };
    asked.end()?;
    // A large code system takes longer than a large body does.
    let expansion = aside(usize::MAX, || terminology(state).expand(value_set, &options)).map_err(failed)?;
    let body = written(value_set, &options, expansion, &state.now().to_string());
    Ok(Answer::body(body.to_string().into_bytes()).respond(state))
}

fn failed(error: ExpandError) -> Failed {
    let text = error.to_string();
    match error {
        ExpandError::ValueSet(_) => not_loaded("", text),
        ExpandError::CodeSystem(_) => cannot_tell(text),
        ExpandError::TooCostly(_) => Failed::unprocessable(vec![Issue::error(IssueCode::TooCostly, "", text)]),
        ExpandError::Definition(_) => Failed::unprocessable(vec![Issue::error(IssueCode::Invalid, "", text)]),
    }
}

fn written(value_set: &ValueSet, options: &ExpandOptions<'_>, expansion: Expansion, now: &str) -> Value {
    let mut parameters = Vec::new();
    if let Some(filter) = options.filter {
        parameters.push(json!({ "name": "filter", "valueString": filter }));
    }
    let mut inner = json!({ "timestamp": now, "total": expansion.total });
    let mut out = json!({ "resourceType": "ValueSet", "status": "unknown" });
    if let Some(members) = inner.as_object_mut() {
        if options.offset > 0 || options.count.is_some() {
            members.insert("offset".to_owned(), options.offset.into());
        }
        let contains: Vec<Value> = expansion.contains.into_iter().map(contained).collect();
        for (name, list) in [("parameter", parameters), ("contains", contains)] {
            // An empty list is not FHIR.
            if !list.is_empty() {
                members.insert(name.to_owned(), list.into());
            }
        }
    }
    if let Some(members) = out.as_object_mut() {
        if !value_set.url.is_empty() {
            members.insert("url".to_owned(), value_set.url.clone().into());
        }
        if let Some(version) = &value_set.version {
            members.insert("version".to_owned(), version.clone().into());
        }
        if let Some(title) = &value_set.name {
            members.insert("title".to_owned(), title.clone().into());
        }
        members.insert("expansion".to_owned(), inner);
    }
    out
}

fn contained(code: Contained) -> Value {
    let mut out = json!({ "system": code.system, "code": code.code });
    if let Some(members) = out.as_object_mut() {
        if let Some(display) = code.display {
            members.insert("display".to_owned(), display.into());
        }
        for (name, is_so) in [("abstract", code.is_abstract), ("inactive", code.is_inactive)] {
            if is_so {
                members.insert(name.to_owned(), true.into());
            }
        }
    }
    out
}
