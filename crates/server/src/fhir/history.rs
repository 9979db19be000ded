use axum::extract::{RawQuery, State};
use axum::response::Response;
use varde_base::SystemActor;
use varde_fhir::search::{CURSOR_PARAM, Cursor};
use varde_fhir::{BundleKind, BundleWriter, EntryResponse, IssueCode};
use varde_store::{Found, HistoryScope};

use super::answer::Answer;
use super::auth::Caller;
use super::headers::etag;
use super::outcome::Failed;
use super::target::{Instance, OfType};
use super::{DEFAULT_COUNT, FhirState, parameters};

/// `GET /{type}/{id}/_history` (R4 http#history).
pub(crate) async fn of_instance(
    State(state): State<FhirState>,
    Caller(actor): Caller,
    Instance(resource_type, id): Instance,
    RawQuery(query): RawQuery,
) -> Result<Response, Failed> {
    let path = format!("{resource_type}/{id}/_history");
    let answer = history(&state, &actor, HistoryScope::Instance(resource_type, id), &path, query.as_deref()).await?;
    Ok(answer.respond(&state))
}

/// `GET /{type}/_history`.
pub(crate) async fn of_type(
    State(state): State<FhirState>,
    Caller(actor): Caller,
    OfType(resource_type): OfType,
    RawQuery(query): RawQuery,
) -> Result<Response, Failed> {
    let path = format!("{resource_type}/_history");
    Ok(history(&state, &actor, HistoryScope::Type(resource_type), &path, query.as_deref()).await?.respond(&state))
}

/// `GET /_history`.
pub(crate) async fn system(
    State(state): State<FhirState>,
    Caller(actor): Caller,
    RawQuery(query): RawQuery,
) -> Result<Response, Failed> {
    Ok(history(&state, &actor, HistoryScope::System, "_history", query.as_deref()).await?.respond(&state))
}

async fn history(
    state: &FhirState,
    actor: &SystemActor,
    scope: HistoryScope,
    path: &str,
    query: Option<&str>,
) -> Result<Answer, Failed> {
    let (count, cursor) = page(state, query.unwrap_or_default())?;
    let page = state.gate(actor, "history").history(&scope, count, cursor.as_ref()).await?;
    let base = state.base_url();
    let count = count.to_string();
    let link = |cursor: Option<&Cursor>| {
        let cursor = cursor.map(|cursor| (CURSOR_PARAM, cursor.0.as_str()));
        let pairs = [("_count", count.as_str())].into_iter().chain(cursor);
        format!("{base}/{path}?{}", parameters::encode(pairs))
    };
    let own = link(cursor.as_ref());
    let next = page.next.as_ref().map(|cursor| link(Some(cursor)));
    let links: Vec<(&str, &str)> =
        [("self", own.as_str())].into_iter().chain(next.as_deref().map(|next| ("next", next))).collect();
    let mut bundle = BundleWriter::new(BundleKind::History, page.total, &links);
    for found in &page.matches {
        entry(&mut bundle, base, found);
    }
    Ok(Answer::body(bundle.finish()))
}

fn entry(bundle: &mut BundleWriter, base: &str, found: &Found) {
    let of_type = found.resource_type.name().to_owned();
    let place = format!("{}/{}", found.resource_type, found.id);
    // The first version may have come by PUT as well; which is not kept, and POST says what happened: it was created.
    let (method, url, status) = match (found.deleted, found.version) {
        (true, _) => ("DELETE", &place, "204 No Content"),
        (false, 1) => ("POST", &of_type, "201 Created"),
        (false, _) => ("PUT", &place, "200 OK"),
    };
    let response = EntryResponse {
        status: status.to_owned(),
        etag: Some(etag(found.version)),
        last_modified: Some(found.updated),
        ..EntryResponse::default()
    };
    let body = (!found.deleted).then_some(&*found.body);
    bundle.history_entry(&format!("{base}/{place}"), body, (method, url), &response);
}

/// `_count` and where the page starts; anything else would change what is asked for, so it is refused.
fn page(state: &FhirState, query: &str) -> Result<(u32, Option<Cursor>), Failed> {
    let most = state.limits().page_count;
    let (mut count, mut cursor) = (DEFAULT_COUNT.min(most), None);
    for (name, value) in parameters::decode(query)? {
        match name.as_str() {
            "_count" if !value.is_empty() && value.bytes().all(|b| b.is_ascii_digit()) => {
                count = value.parse().unwrap_or(u32::MAX).clamp(1, most);
            }
            "_count" => return Err(Failed::at(IssueCode::Value, "_count", "a whole number")),
            CURSOR_PARAM => cursor = Some(Cursor(value)),
            "_format" | "_pretty" => {}
            _ => return Err(Failed::at(IssueCode::NotSupported, "", "a history takes _count alone")),
        }
    }
    Ok((count, cursor))
}
