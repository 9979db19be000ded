//! `POST /` with a Bundle (R4 http#transaction): a batch, whose entries stand each for themselves, or a transaction, of which
//! everything happens or nothing.

mod batch;
mod references;
mod request;
mod transaction;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use varde_fhir::{BundleEntry, BundleWriter, EntryResponse, IssueCode, Parsed, ResourceType};

use super::FhirState;
use super::answer::Answer;
use super::auth::Caller;
use super::body::{FhirJson, is_of_type};
use super::headers::{Preference, preference};
use super::outcome::Failed;

/// `POST /`.
pub(crate) async fn handle(
    State(state): State<FhirState>,
    Caller(actor): Caller,
    headers: HeaderMap,
    FhirJson(body): FhirJson,
) -> Result<Response, Failed> {
    // A transaction's answer would be as large as the request, so bodies come back only when asked for.
    let preference = preference(&headers, Preference::Minimal);
    let bundle = Parsed::parse_stored(&body, &state.json_limits()).map_err(Failed::invalid)?;
    is_of_type(&bundle, ResourceType::BUNDLE)?;
    let issues = bundle.validate();
    let is_batch = match bundle.root().get("type").and_then(|t| t.str()) {
        Some("batch") => true,
        Some("transaction") => false,
        _ if !issues.is_empty() => return Err(Failed::invalid(issues)),
        _ => return Err(Failed::at(IssueCode::NotSupported, "Bundle.type", "a batch or a transaction is expected")),
    };
    // In a batch a bad resource is its own entry's misfortune; a bad Bundle is everybody's.
    let concerns_all = |expression: &str| !is_batch || !is_in_resource(expression);
    if issues.iter().any(|issue| concerns_all(&issue.expression)) {
        return Err(Failed::invalid(issues));
    }
    let mut refused = state.check_bundle(&actor.program, &bundle, is_batch)?;
    let most = state.limits().bundle_entries;
    let entries = bundle.into_entries();
    if entries.len() > most {
        return Err(Failed::too_large("Bundle.entry", format!("at most {most} entries")));
    }
    let answer = if is_batch {
        batch::run(&state, &state.gate(&actor, "batch"), entries, &mut refused, preference).await
    } else {
        let gate = state.gate(&actor, "transaction");
        transaction::run(&state, &gate, entries, preference).await.map_err(Failed::of_whole)?
    };
    Ok(answer.respond(&state))
}

/// `Bundle.entry[3].resource` and what is in it.
fn is_in_resource(expression: &str) -> bool {
    let rest = expression.strip_prefix("Bundle.entry[").and_then(|rest| rest.split_once(']'));
    rest.is_some_and(|(_, rest)| rest == ".resource" || rest.starts_with(".resource."))
}

fn place(index: usize) -> String {
    format!("Bundle.entry[{index}]")
}

/// The resource an entry must carry, valid and of the type its URL names.
fn take_resource<'b>(entry: &mut BundleEntry<'b>, resource_type: ResourceType) -> Result<Parsed<'b>, Failed> {
    let Some(resource) = entry.resource.take() else {
        return Err(Failed::at(IssueCode::Required, "resource", "this request needs a resource"));
    };
    let issues = resource.validate();
    if !issues.is_empty() {
        return Err(Failed::invalid(issues));
    }
    is_of_type(&resource, resource_type)?;
    Ok(resource)
}

/// One entry of the answer. What was read or searched comes back whatever is preferred.
fn write_answer(bundle: &mut BundleWriter, state: &FhirState, answer: &Answer) {
    let url = answer.version.as_ref().map(|v| format!("{}/{}/{}", state.base_url(), v.resource_type, v.id));
    bundle.response_entry(url.as_deref(), answer.body.as_deref(), &answer.entry_response());
}

/// One entry of the answer that failed.
fn write_failure(bundle: &mut BundleWriter, failed: &Failed) {
    let status = failed.status();
    let response = EntryResponse {
        status: format!("{} {}", status.as_u16(), status.canonical_reason().unwrap_or_default()),
        outcome: Some(failed.outcome()),
        ..EntryResponse::default()
    };
    bundle.response_entry(None, None, &response);
}
