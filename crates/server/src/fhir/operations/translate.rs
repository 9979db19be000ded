//! `ConceptMap/$translate` (R4 ConceptMap-translate): what a code is in another system, by the maps that are loaded.

use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use serde_json::{Value, json};
use varde_conformance::terminology::{TranslateQuestion, Translation};
use varde_fhir::ResourceType;

use super::asked::{Asked, not_loaded, part, required, terminology};
use super::{On, Operation};
use crate::fhir::FhirState;
use crate::fhir::answer::Answer;
use crate::fhir::auth::Caller;
use crate::fhir::outcome::Failed;
use crate::fhir::target::OfType;

/// What is offered.
pub(super) const OFFERED: &[Operation] = &[Operation {
    name: "translate",
    definition: "http://hl7.org/fhir/OperationDefinition/ConceptMap-translate",
    on: On::Type(ResourceType::CONCEPT_MAP),
}];

/// Equivalences that say there is nothing that fits.
const NO_MATCH: [&str; 2] = ["unmatched", "disjoint"];

/// Its route.
pub(super) fn router() -> Router<FhirState> {
    Router::new().route("/{type}/$translate", get(translate).post(translate))
}

async fn translate(
    State(state): State<FhirState>,
    Caller(_): Caller,
    OfType(resource_type): OfType,
    mut asked: Asked,
) -> Result<Response, Failed> {
    if resource_type != ResourceType::CONCEPT_MAP {
        return Err(Failed::not_supported("", "this operation is offered on ConceptMap alone"));
    }
    let (map, version) = (asked.take("url")?, asked.take("conceptMapVersion")?);
    let map = map.map(|map| version.map_or_else(|| map.clone(), |version| format!("{map}|{version}")));
    let system = asked.take("system")?;
    let codes = asked.codes(system)?;
    let (source, target) = (asked.take("source")?, asked.take("target")?);
    let (target_system, reverse) = (asked.take("targetsystem")?, asked.truth("reverse")?);
    asked.end()?;
    let (mut found, mut is_any) = (Vec::new(), false);
    for code in &codes {
        let question = TranslateQuestion {
            map: map.as_deref(),
            system: code.system.as_deref().ok_or_else(|| required("system", "say which code system"))?,
            code: &code.code,
            source: source.as_deref(),
            target: target.as_deref(),
            target_system: target_system.as_deref(),
            reverse,
        };
        if let Some(translations) = terminology(&state).translate(&question) {
            is_any = true;
            found.extend(translations);
        }
    }
    if !is_any && map.is_some() {
        return Err(not_loaded("url", "the concept map is not loaded"));
    }
    let body = json!({ "resourceType": "Parameters", "parameter": parts(&found, is_any) });
    Ok(Answer::body(body.to_string().into_bytes()).respond(&state))
}

fn parts(found: &[Translation], is_any: bool) -> Vec<Value> {
    let mut out = Vec::new();
    let result = found.iter().any(|t| t.code.is_some() && !NO_MATCH.contains(&t.equivalence.as_str()));
    let message = match (result, is_any) {
        (true, _) => None,
        (false, true) => Some("the maps that are loaded have nothing that fits"),
        (false, false) => Some("no map that is loaded is about this code system"),
    };
    part(&mut out, "result", "valueBoolean", Some(result.into()));
    part(&mut out, "message", "valueString", message.map(Value::from));
    for translation in found {
        let mut inner = Vec::new();
        part(&mut inner, "equivalence", "valueCode", Some(translation.equivalence.clone().into()));
        let coding = translation.code.as_ref().map(|code| {
            let mut coding = serde_json::Map::new();
            for (name, value) in
                [("system", &translation.system), ("code", &Some(code.clone())), ("display", &translation.display)]
            {
                if let Some(value) = value {
                    coding.insert(name.to_owned(), value.clone().into());
                }
            }
            Value::Object(coding)
        });
        part(&mut inner, "concept", "valueCoding", coding);
        part(&mut inner, "source", "valueUri", Some(translation.map.clone().into()));
        out.push(json!({ "name": "match", "part": inner }));
    }
    out
}
