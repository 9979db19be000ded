//! `$validate` (R4 Resource-validate): what would be said of a resource, against its type, the profiles it claims and one that
//! is named. It is answered with 200 and the OperationOutcome, whatever is found.

use axum::Router;
use axum::extract::{FromRequest as _, Request, State};
use axum::http::Method;
use axum::http::header::CONTENT_TYPE;
use axum::response::Response;
use axum::routing::{get, post};
use varde_conformance::profile::Options;
use varde_fhir::json::{self, Node};
use varde_fhir::{Issue, IssueCode, Parsed, ResourceType, operation_outcome};

use super::asked::required;
use super::{On, Operation};
use crate::fhir::answer::Answer;
use crate::fhir::auth::{Asking, Caller};
use crate::fhir::body::FhirJson;
use crate::fhir::outcome::Failed;
use crate::fhir::target::{Instance, OfType};
use crate::fhir::{FhirState, parameters};

/// What is offered.
pub(super) const OFFERED: &[Operation] = &[Operation {
    name: "validate",
    definition: "http://hl7.org/fhir/OperationDefinition/Resource-validate",
    on: On::EveryType,
}];

/// Most profiles in one question.
const MAX_PROFILES: usize = 16;

/// Its routes.
pub(super) fn router() -> Router<FhirState> {
    Router::new()
        .route("/{type}/$validate", post(of_type))
        .route("/{type}/{id}/$validate", get(of_instance).post(of_instance))
}

/// What it is asked (R4 Resource-validate, parameters).
#[derive(Debug, Default)]
struct Question {
    /// JSON of the resource.
    resource: Option<String>,
    mode: Option<String>,
    profiles: Vec<String>,
}

async fn of_type(
    State(state): State<FhirState>,
    Caller(_): Caller,
    OfType(resource_type): OfType,
    request: Request,
) -> Result<Response, Failed> {
    let question = question(&state, resource_type, request).await?;
    question.check_mode(false)?;
    let resource = question.resource.as_deref().ok_or_else(|| required("resource", "send the resource"))?;
    let issues = validated(&state, resource_type, resource, &question)?;
    Ok(Answer::body(operation_outcome(&issues)).respond(&state))
}

async fn of_instance(
    State(state): State<FhirState>,
    Caller(actor): Caller,
    Instance(resource_type, id): Instance,
    request: Request,
) -> Result<Response, Failed> {
    let question = question(&state, resource_type, request).await?;
    question.check_mode(true)?;
    let Some(resource) = question.resource.as_deref() else {
        let stored = stored(&state, &actor, &Instance(resource_type, id)).await?;
        let issues = match question.mode.as_deref() {
            // Whether it is there and may be seen is all there is to a deletion.
            Some("delete") => Vec::new(),
            _ => validated(&state, resource_type, &stored, &question)?,
        };
        return Ok(Answer::body(operation_outcome(&issues)).respond(&state));
    };
    let mut issues = validated(&state, resource_type, resource, &question)?;
    let own = json::parse(resource.as_bytes(), &state.json_limits()).ok();
    if own.as_ref().and_then(|node| node.str_at("id")) != Some(id.as_str()) {
        let text = "the id must be there, and the same as in the URL";
        issues.push(Issue::error(IssueCode::Invalid, format!("{resource_type}.id"), text));
    }
    Ok(Answer::body(operation_outcome(&issues)).respond(&state))
}

async fn stored(state: &FhirState, actor: &Asking, Instance(resource_type, id): &Instance) -> Result<String, Failed> {
    let found = state.gate(actor, "validate").read(*resource_type, id).await?;
    Ok(String::from_utf8_lossy(&found.body).into_owned())
}

fn validated(
    state: &FhirState,
    resource_type: ResourceType,
    resource: &str,
    question: &Question,
) -> Result<Vec<Issue>, Failed> {
    let parsed = match Parsed::parse_stored(resource.as_bytes(), &state.json_limits()) {
        Ok(parsed) => parsed,
        Err(issues) => return Ok(issues),
    };
    if parsed.resource_type() != resource_type {
        let place = format!("{}.resourceType", parsed.resource_type());
        return Ok(vec![Issue::error(IssueCode::Invalid, place, format!("the resource must be a {resource_type}"))]);
    }
    let profiles: Vec<&str> = question.profiles.iter().map(String::as_str).collect();
    Ok(state.validate(&parsed, &profiles, &Options::default()))
}

impl Question {
    fn check_mode(&self, is_instance: bool) -> Result<(), Failed> {
        match self.mode.as_deref() {
            None | Some("create" | "update") => Ok(()),
            Some("profile") if !self.profiles.is_empty() => Ok(()),
            Some("profile") => Err(required("profile", "the mode profile needs a profile")),
            Some("delete") if is_instance => Ok(()),
            Some("delete") => Err(Failed::at(IssueCode::Value, "mode", "what would be deleted is named in the URL")),
            Some(_) => Err(Failed::at(IssueCode::Value, "mode", "create, update, delete or profile")),
        }
    }

    fn set(&mut self, name: &str, value: String) -> Result<(), Failed> {
        match name {
            "mode" => self.mode = Some(value),
            "profile" if self.profiles.len() < MAX_PROFILES => self.profiles.push(value),
            "profile" => return Err(Failed::at(IssueCode::TooCostly, "profile", "too many profiles")),
            "_format" | "_pretty" => {}
            _ => return Err(Failed::at(IssueCode::NotSupported, "", "the operation takes no such parameter")),
        }
        Ok(())
    }
}

/// Reads the URL, and the body: the resource itself, or Parameters with it.
async fn question(state: &FhirState, resource_type: ResourceType, request: Request) -> Result<Question, Failed> {
    let mut question = Question::default();
    for (name, value) in parameters::decode(request.uri().query().unwrap_or_default())? {
        question.set(&name, value)?;
    }
    if request.method() != Method::POST || !request.headers().contains_key(CONTENT_TYPE) {
        return Ok(question);
    }
    let FhirJson(body) = FhirJson::from_request(request, state).await?;
    let text =
        String::from_utf8(body.to_vec()).map_err(|_| Failed::at(IssueCode::Structure, "", "the body is not UTF-8"))?;
    let is_wrapped = match json::parse(text.as_bytes(), &state.json_limits()) {
        Ok(node) if node.str_at("resourceType") == Some("Parameters") => read_parameters(&node, &mut question)?,
        // What is no JSON is told when it is validated.
        _ => false,
    };
    // Parameters can be what is to be validated too.
    if !is_wrapped || (resource_type == ResourceType::PARAMETERS && question.resource.is_none()) {
        question.resource = Some(text);
    }
    Ok(question)
}

fn read_parameters(node: &Node<'_>, question: &mut Question) -> Result<bool, Failed> {
    let list = node.list("parameter");
    let is_ours = |parameter: &Node<'_>| matches!(parameter.str_at("name"), Some("resource" | "mode" | "profile"));
    if list.is_empty() || !list.iter().all(is_ours) {
        return Ok(false);
    }
    for parameter in list {
        if let Some(resource) = parameter.get("resource") {
            let mut text = String::new();
            json::write_node(&mut text, resource);
            question.resource = Some(text);
            continue;
        }
        let members = parameter.object().map(|object| object.members()).unwrap_or_default();
        let value = members.iter().find(|member| member.name.starts_with("value")).and_then(|m| m.value.str());
        if let (Some(name), Some(value)) = (parameter.str_at("name"), value) {
            question.set(name, value.to_owned())?;
        }
    }
    Ok(true)
}
