//! `PATCH` with a JSON Patch or a FHIRPath Patch (R4 http#patch, RFC 6902; R4 fhirpatch).
//!
//! What cannot be applied is 400, a `test` that fails included, as from HAPI and Medplum: R4 names no status of its own, and clients
//! tell the cases apart by the issue's code. 409 and 412 stay what they are everywhere else: somebody else was first, and
//! `If-Match` does not hold.

use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::response::Response;
use varde_conformance::path::{EvalError, FhirPatch, FhirPatchError, FhirPatchErrorKind};
use varde_fhir::json::{self, Limits, Node, PatchError, PatchErrorKind};
use varde_fhir::{IssueCode, Parsed, ReferenceMap};
use varde_store::{Expect, Found, Gate, GateError, Put};

use super::answer::Answer;
use super::auth::{Asking, Caller};
use super::body::PatchBody;
use super::headers::{Preference, if_match, preference};
use super::outcome::Failed;
use super::target::{Instance, OfType};
use super::update::{expectation, write};
use super::{FhirState, conditional};

/// `PATCH /{type}/{id}`.
pub(crate) async fn handle(
    State(state): State<FhirState>,
    Caller(actor): Caller,
    Instance(resource_type, id): Instance,
    headers: HeaderMap,
    body: PatchBody,
) -> Result<Response, Failed> {
    let preference = preference(&headers, Preference::Representation);
    let asked = expectation(if_match(&headers)?, false);
    let patch = read(&state, &body)?;
    let gate = state.gate(&actor, "patch");
    let found = gate.read(resource_type, &id).await?;
    Ok(apply(&state, &actor, &gate, &found, patch, asked, preference).await?.respond(&state))
}

/// `PATCH /{type}?..`: the one that matches; none is 404 and several are 412 (R4 http#patch).
pub(crate) async fn handle_conditional(
    State(state): State<FhirState>,
    Caller(actor): Caller,
    OfType(resource_type): OfType,
    RawQuery(condition): RawQuery,
    headers: HeaderMap,
    body: PatchBody,
) -> Result<Response, Failed> {
    let preference = preference(&headers, Preference::Representation);
    let asked = expectation(if_match(&headers)?, false);
    let patch = read(&state, &body)?;
    let query = conditional::query(&state, resource_type, condition.as_deref().unwrap_or_default())?;
    let gate = state.gate(&actor, "patch");
    let found = conditional::only_match(&gate, &query).await?.ok_or_else(Failed::not_found)?;
    Ok(apply(&state, &actor, &gate, &found, patch, asked, preference).await?.respond(&state))
}

/// A patch of either kind that has been read.
enum Patch<'b> {
    Json(json::Patch<'b>),
    Fhir(FhirPatch<'b>),
}

fn read<'b>(state: &FhirState, body: &'b PatchBody) -> Result<Patch<'b>, Failed> {
    let tree = |bytes: &'b [u8]| {
        json::parse(bytes, &state.json_limits())
            .map_err(|error| Failed::at(IssueCode::Structure, "", format!("{} (byte {})", error.kind, error.offset)))
    };
    match body {
        PatchBody::Json(bytes) => json::Patch::from_node(tree(bytes)?).map(Patch::Json).map_err(failed),
        PatchBody::Fhir(bytes) => FhirPatch::from_node(&tree(bytes)?).map(Patch::Fhir).map_err(fhir_failed),
    }
}

impl<'b> Patch<'b> {
    fn apply(self, stored: Node<'b>, limits: &Limits) -> Result<Node<'b>, Failed> {
        match self {
            Self::Json(patch) => patch.apply(stored, limits).map_err(failed),
            Self::Fhir(patch) => patch.apply(stored, limits).map_err(fhir_failed),
        }
    }
}

/// Applies a patch to the version that was found and writes the result, if that is still the newest then.
async fn apply(
    state: &FhirState,
    actor: &Asking,
    gate: &Gate,
    found: &Found,
    patch: Patch<'_>,
    asked: Expect,
    preference: Preference,
) -> Result<Answer, Failed> {
    conditional::holds(Some(found), asked)?;
    let (put, issues) = {
        let text = patched(state, found, patch)?;
        let parsed = Parsed::parse(text.as_bytes(), &state.json_limits()).map_err(Failed::invalid)?;
        is_still(&parsed, found)?;
        let issues = state.check(&actor.program, &parsed)?;
        let expect = Expect::Version(found.version);
        (Put { expect, ..Put::new(parsed, found.id.clone(), &ReferenceMap::new()) }, issues)
    };
    Ok(write(gate, put, asked, preference).await?.telling(&issues, preference))
}

/// The resource as the patch makes it, as text: it is read again with all checks an update is read with.
fn patched(state: &FhirState, found: &Found, patch: Patch<'_>) -> Result<String, Failed> {
    // What is stored was within the limits once, and has got a version and a time since.
    let limits = Limits { bytes: usize::MAX, nodes: usize::MAX, ..state.json_limits() };
    let stored = json::parse(&found.body, &limits).map_err(|error| {
        tracing::error!(%error, "a stored resource cannot be read");
        GateError::Fault
    })?;
    let changed = patch.apply(stored, &state.json_limits())?;
    let mut text = String::with_capacity(found.body.len());
    json::write_node(&mut text, &changed);
    let most = state.limits().body_bytes;
    if text.len() > most {
        return Err(Failed::too_large("", format!("a resource is at most {most} bytes")));
    }
    Ok(text)
}

/// Type and id are the resource's name, and no part of what a patch may change.
fn is_still(parsed: &Parsed<'_>, found: &Found) -> Result<(), Failed> {
    let member = match parsed.id() {
        _ if parsed.resource_type() != found.resource_type => "resourceType",
        Some(id) if id == found.id => return Ok(()),
        _ => "id",
    };
    let place = format!("{}.{member}", found.resource_type);
    Err(Failed::at(IssueCode::Invalid, place, "a patch changes neither the type nor the id"))
}

fn failed(error: PatchError) -> Failed {
    let code = match error.kind {
        PatchErrorKind::TooMany | PatchErrorKind::TooLarge => return Failed::too_large("", error.to_string()),
        PatchErrorKind::NotAList | PatchErrorKind::Op => IssueCode::Structure,
        PatchErrorKind::Pointer => IssueCode::Value,
        PatchErrorKind::Value => IssueCode::Required,
        PatchErrorKind::NotFound => IssueCode::NotFound,
        PatchErrorKind::IntoItself => IssueCode::Invalid,
        PatchErrorKind::Test => IssueCode::Conflict,
    };
    Failed::at(code, "", error.to_string())
}

fn fhir_failed(error: FhirPatchError) -> Failed {
    use FhirPatchErrorKind as Kind;
    let code = match &error.kind {
        Kind::TooMany | Kind::TooLarge => return Failed::too_large("", error.to_string()),
        Kind::NotParameters => return Failed::at(IssueCode::Structure, "Parameters", error.kind.to_string()),
        Kind::Type => IssueCode::Structure,
        Kind::Part(_) => IssueCode::Required,
        Kind::Path(_) => IssueCode::Value,
        Kind::Evaluation(EvalError::TooExpensive) => IssueCode::TooCostly,
        Kind::NotFound => IssueCode::NotFound,
        Kind::NotSingle => IssueCode::MultipleMatches,
        Kind::Evaluation(_) | Kind::NotAList | Kind::Index | Kind::Name | Kind::AlreadyThere | Kind::Root => {
            IssueCode::Invalid
        }
    };
    Failed::at(code, format!("Parameters.parameter[{}]", error.operation), error.kind.to_string())
}
