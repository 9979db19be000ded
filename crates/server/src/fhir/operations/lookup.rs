//! `CodeSystem/$lookup` (R4 CodeSystem-lookup): what is known of a code.

use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use serde_json::{Value, json};
use varde_conformance::terminology::{Content, Lookup};
use varde_fhir::ResourceType;

use super::asked::{Asked, cannot_tell, not_loaded, part, required, terminology};
use super::{On, Operation};
use crate::fhir::FhirState;
use crate::fhir::answer::Answer;
use crate::fhir::auth::Caller;
use crate::fhir::outcome::Failed;
use crate::fhir::target::OfType;

/// What is offered.
pub(super) const OFFERED: &[Operation] = &[Operation {
    name: "lookup",
    definition: "http://hl7.org/fhir/OperationDefinition/CodeSystem-lookup",
    on: On::Type(ResourceType::CODE_SYSTEM),
}];

/// Most codes below one that are told.
const MAX_CHILDREN: usize = 1_000;

/// Its route.
pub(super) fn router() -> Router<FhirState> {
    Router::new().route("/{type}/$lookup", get(lookup).post(lookup))
}

async fn lookup(
    State(state): State<FhirState>,
    Caller(_): Caller,
    OfType(resource_type): OfType,
    mut asked: Asked,
) -> Result<Response, Failed> {
    if resource_type != ResourceType::CODE_SYSTEM {
        return Err(Failed::not_supported("", "this operation is offered on CodeSystem alone"));
    }
    let system = asked.take("system")?;
    let wanted = asked.take_all("property");
    let code = asked.codes(system)?.into_iter().next().ok_or_else(|| required("code", "say which code"))?;
    asked.end()?;
    let system = code.system.ok_or_else(|| required("system", "say which code system"))?;
    let canonical = code.version.map_or_else(|| system.clone(), |version| format!("{system}|{version}"));
    let terminology = terminology(&state);
    let Some(found) = terminology.lookup(&canonical, &code.code) else {
        return Err(match terminology.code_system(&canonical) {
            None => not_loaded("system", "the code system is not loaded"),
            Some(known) if known.content == Content::Complete => not_loaded("code", "the code system has no such code"),
            Some(_) => cannot_tell("it cannot be looked up: not all codes of the code system are loaded"),
        });
    };
    let body = json!({ "resourceType": "Parameters", "parameter": parts(&found, &wanted) });
    Ok(Answer::body(body.to_string().into_bytes()).respond(&state))
}

fn parts(found: &Lookup<'_>, wanted: &[String]) -> Vec<Value> {
    let Lookup { system, concept } = found;
    let is_wanted = |code: &str| wanted.is_empty() || wanted.iter().any(|own| own == code || own == "*");
    let text = |value: Option<&str>| value.map(Value::from);
    let mut out = Vec::new();
    part(&mut out, "name", "valueString", text(system.name.as_deref().or(Some(&system.url))));
    part(&mut out, "version", "valueString", text(system.version.as_deref()));
    part(&mut out, "display", "valueString", text(concept.display.as_deref().or(Some(&concept.code))));
    if is_wanted("definition") {
        part(&mut out, "definition", "valueString", text(concept.definition.as_deref()));
    }
    if is_wanted("designation") {
        for (language, value) in &concept.designations {
            let mut inner = Vec::new();
            part(&mut inner, "language", "valueCode", text(language.as_deref()));
            part(&mut inner, "value", "valueString", text(Some(value)));
            out.push(json!({ "name": "designation", "part": inner }));
        }
    }
    let mut property = |code: &str, kind: &str, value: Value| {
        if is_wanted(code) {
            let mut inner = Vec::new();
            part(&mut inner, "code", "valueCode", Some(code.into()));
            part(&mut inner, "value", kind, Some(value));
            out.push(json!({ "name": "property", "part": inner }));
        }
    };
    for own in &concept.properties {
        // A Coding is told by its code: that is all that is kept of it.
        let (kind, value) = match own.value.type_suffix {
            "Boolean" => ("valueBoolean", Value::from(&*own.value.text == "true")),
            "Integer" => ("valueInteger", own.value.text.parse::<i64>().map_or(Value::Null, Value::from)),
            "DateTime" => ("valueDateTime", Value::from(&*own.value.text)),
            "Code" | "Coding" => ("valueCode", Value::from(&*own.value.text)),
            _ => ("valueString", Value::from(&*own.value.text)),
        };
        if !value.is_null() {
            property(&own.code, kind, value);
        }
    }
    for parent in system.parents(concept) {
        property("parent", "valueCode", Value::from(&*parent.code));
    }
    for child in system.children(&concept.code).take(MAX_CHILDREN) {
        property("child", "valueCode", Value::from(&*child.code));
    }
    out
}
