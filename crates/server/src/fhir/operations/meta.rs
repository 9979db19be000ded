//! `$meta`, `$meta-add` and `$meta-delete` of a resource (R4 Resource-meta): its profiles, tags and security labels.
//!
//! A change is a new version, so that the history says who marked what; one that changes nothing writes nothing.

use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::{get, post};
use varde_fhir::json::{self, Limits, Node};
use varde_fhir::{IssueCode, Parsed, ReferenceMap, ResourceType};
use varde_store::{Batch, Expect, Found, GateError, Put, Write};

use super::{On, Operation};
use crate::fhir::FhirState;
use crate::fhir::answer::Answer;
use crate::fhir::auth::{Asking, Caller};
use crate::fhir::body::{FhirJson, parse};
use crate::fhir::outcome::Failed;
use crate::fhir::target::Instance;

/// What is offered.
pub(super) const OFFERED: &[Operation] = &[
    Operation { name: "meta", definition: "http://hl7.org/fhir/OperationDefinition/Resource-meta", on: On::EveryType },
    Operation {
        name: "meta-add",
        definition: "http://hl7.org/fhir/OperationDefinition/Resource-meta-add",
        on: On::EveryType,
    },
    Operation {
        name: "meta-delete",
        definition: "http://hl7.org/fhir/OperationDefinition/Resource-meta-delete",
        on: On::EveryType,
    },
];

/// The lists these operations are about.
pub(super) const LISTS: [&str; 3] = ["profile", "security", "tag"];
/// How often a change is tried when somebody else writes at the same time.
const ATTEMPTS: usize = 3;

/// Its routes.
pub(super) fn router() -> Router<FhirState> {
    Router::new()
        .route("/{type}/{id}/$meta", get(read).post(read))
        .route("/{type}/{id}/$meta-add", post(add))
        .route("/{type}/{id}/$meta-delete", post(delete))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Change {
    Add,
    Delete,
}

async fn read(
    State(state): State<FhirState>,
    Caller(actor): Caller,
    Instance(resource_type, id): Instance,
) -> Result<Response, Failed> {
    let found = state.gate(&actor, "meta").read(resource_type, &id).await?;
    Ok(answer(&found.body)?.respond(&state))
}

async fn add(
    State(state): State<FhirState>,
    Caller(actor): Caller,
    target: Instance,
    FhirJson(body): FhirJson,
) -> Result<Response, Failed> {
    change(&state, &actor, target, &body, Change::Add).await
}

async fn delete(
    State(state): State<FhirState>,
    Caller(actor): Caller,
    target: Instance,
    FhirJson(body): FhirJson,
) -> Result<Response, Failed> {
    change(&state, &actor, target, &body, Change::Delete).await
}

async fn change(
    state: &FhirState,
    actor: &Asking,
    Instance(resource_type, id): Instance,
    body: &[u8],
    change: Change,
) -> Result<Response, Failed> {
    check(state, body)?;
    let name = if change == Change::Add { "meta-add" } else { "meta-delete" };
    let gate = state.gate(actor, name);
    for attempt in 1..=ATTEMPTS {
        let found = gate.read(resource_type, &id).await?;
        let Some(put) = changed(state, &found, body, change)? else { return Ok(answer(&found.body)?.respond(state)) };
        match gate.write(Batch { writes: vec![Write::Put(Box::new(put))], ..Batch::default() }).await {
            Err(GateError::Conflict { .. }) if attempt < ATTEMPTS => {}
            written => {
                let written = written?.into_iter().next().ok_or(GateError::Fault)?;
                return Ok(answer(&written.body)?.respond(state));
            }
        }
    }
    Err(GateError::Conflict { current: None }.into())
}

/// The Parameters must carry one `meta`.
fn check(state: &FhirState, body: &[u8]) -> Result<(), Failed> {
    let parameters = parse(state, body, ResourceType::PARAMETERS)?;
    let [parameter] = parameters.root().list("parameter") else {
        return Err(Failed::at(IssueCode::Required, "Parameters.parameter", "one parameter, meta, is expected"));
    };
    if parameter.str_at("name") == Some("meta") && parameter.get("valueMeta").is_some() {
        return Ok(());
    }
    Err(Failed::at(IssueCode::Value, "Parameters.parameter[0]", "the parameter is named meta and has a valueMeta"))
}

/// The write that makes the change; `None` when it would change nothing.
fn changed(state: &FhirState, found: &Found, body: &[u8], change: Change) -> Result<Option<Put>, Failed> {
    let parameters = json::parse(body, &state.json_limits()).map_err(|_| GateError::Fault)?;
    let given = parameters.list("parameter").first().and_then(|parameter| parameter.get("valueMeta"));
    let stored = stored(&found.body)?;
    let (Some(given), Some(meta)) = (given, stored.get("meta")) else { return Err(GateError::Fault.into()) };
    let is_same =
        LISTS.iter().all(|list| combined(meta.list(list), given.list(list), change).len() == meta.list(list).len());
    if is_same {
        return Ok(None);
    }
    let mut text = String::with_capacity(found.body.len() + body.len());
    text.push('{');
    for member in stored.object().map(|object| object.members()).unwrap_or_default() {
        name(&mut text, &member.name);
        if member.name == "meta" {
            write_meta(&mut text, meta, given, change);
        } else {
            json::write_node(&mut text, &member.value);
        }
    }
    text.push('}');
    let parsed = Parsed::parse(text.as_bytes(), &state.json_limits()).map_err(Failed::invalid)?;
    let put = Put::new(parsed, found.id.clone(), &ReferenceMap::new());
    Ok(Some(Put { expect: Expect::Version(found.version), ..put }))
}

fn write_meta(out: &mut String, stored: &Node<'_>, given: &Node<'_>, change: Change) {
    out.push('{');
    let others = stored.object().map(|object| object.members()).unwrap_or_default().iter();
    for member in others.filter(|member| !LISTS.contains(&&*member.name)) {
        name(out, &member.name);
        json::write_node(out, &member.value);
    }
    for list in LISTS {
        let items = combined(stored.list(list), given.list(list), change);
        // An empty list is not FHIR.
        if items.is_empty() {
            continue;
        }
        name(out, list);
        for (index, item) in items.into_iter().enumerate() {
            out.push(if index == 0 { '[' } else { ',' });
            json::write_node(out, item);
        }
        out.push(']');
    }
    out.push('}');
}

/// The name of the next member, after a comma unless it is the first.
pub(super) fn name(out: &mut String, name: &str) {
    if !out.ends_with('{') {
        out.push(',');
    }
    json::write_string(out, name);
    out.push(':');
}

/// A list after the change: what is there with what is new, or without what is named.
fn combined<'n>(there: &'n [Node<'n>], given: &'n [Node<'n>], change: Change) -> Vec<&'n Node<'n>> {
    if change == Change::Delete {
        return there.iter().filter(|item| !given.iter().any(|named| is_same(named, item))).collect();
    }
    let mut items: Vec<&Node<'_>> = there.iter().collect();
    for new in given {
        if !items.iter().any(|item| is_same(item, new)) {
            items.push(new);
        }
    }
    items
}

/// Profiles by their address, labels by system and code.
fn is_same(a: &Node<'_>, b: &Node<'_>) -> bool {
    match (a.str(), b.str()) {
        (Some(a), Some(b)) => a == b,
        (None, None) => a.str_at("system") == b.str_at("system") && a.str_at("code") == b.str_at("code"),
        _ => false,
    }
}

pub(super) fn stored(body: &[u8]) -> Result<Node<'_>, Failed> {
    // What is stored was within the limits once.
    let limits = Limits { bytes: usize::MAX, nodes: usize::MAX, ..Limits::default() };
    json::parse(body, &limits).map_err(|error| {
        tracing::error!(%error, "a stored resource cannot be read");
        GateError::Fault.into()
    })
}

/// The meta of a stored resource as Parameters.
fn answer(body: &[u8]) -> Result<Answer, Failed> {
    let stored = stored(body)?;
    let meta = stored.get("meta").ok_or(GateError::Fault)?;
    let mut out = String::from(r#"{"resourceType":"Parameters","parameter":[{"name":"return","valueMeta":"#);
    json::write_node(&mut out, meta);
    out.push_str("}]}");
    Ok(Answer::body(out.into_bytes()))
}
