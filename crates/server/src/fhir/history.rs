use axum::extract::{RawQuery, State};
use axum::response::Response;
use varde_fhir::index::date_span_micros;
use varde_fhir::search::{CURSOR_PARAM, Cursor};
use varde_fhir::{BundleKind, BundleWriter, EntryResponse, IssueCode};
use varde_store::{Found, HistoryScope, HistoryWindow};

use super::answer::Answer;
use super::auth::{Asking, Caller};
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
    actor: &Asking,
    scope: HistoryScope,
    path: &str,
    query: Option<&str>,
) -> Result<Answer, Failed> {
    let asked = asked(state, query.unwrap_or_default())?;
    let cursor = asked.cursor.as_ref();
    let page = state.gate(actor, "history").history(&scope, asked.window, asked.count, cursor).await?;
    let base = state.base_url();
    let count = asked.count.to_string();
    let link = |cursor: Option<&Cursor>| {
        let times = asked.times.iter().map(|(name, value)| (*name, value.as_str()));
        let cursor = cursor.map(|cursor| (CURSOR_PARAM, cursor.0.as_str()));
        let pairs = [("_count", count.as_str())].into_iter().chain(times).chain(cursor);
        format!("{base}/{path}?{}", parameters::encode(pairs))
    };
    let own = link(cursor);
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

/// What a history is asked for.
struct Asked {
    count: u32,
    cursor: Option<Cursor>,
    window: HistoryWindow,
    /// `_since` and `_at` as they came, for the links.
    times: Vec<(&'static str, String)>,
}

/// R4 http, section 3.1.0.12; anything else would change what is asked for, so it is refused.
fn asked(state: &FhirState, query: &str) -> Result<Asked, Failed> {
    let most = state.limits().page_count;
    let (count, window) = (DEFAULT_COUNT.min(most), HistoryWindow::default());
    let mut asked = Asked { count, cursor: None, window, times: Vec::new() };
    for (name, value) in parameters::decode(query)? {
        match name.as_str() {
            "_count" if !value.is_empty() && value.bytes().all(|b| b.is_ascii_digit()) => {
                asked.count = value.parse().unwrap_or(u32::MAX).clamp(1, most);
            }
            "_count" => return Err(Failed::at(IssueCode::Value, "_count", "a whole number")),
            // An instant by the letter of R4; a date stands for its first moment.
            "_since" if asked.window.since_micros.is_none() => {
                asked.window.since_micros = Some(span("_since", &value)?.0);
                asked.times.push(("_since", value));
            }
            "_at" if asked.window.at_micros.is_none() => {
                asked.window.at_micros = Some(span("_at", &value)?);
                asked.times.push(("_at", value));
            }
            "_since" | "_at" => return Err(Failed::at(IssueCode::Value, name, "given twice")),
            CURSOR_PARAM => asked.cursor = Some(Cursor(value)),
            "_format" | "_pretty" => {}
            _ => return Err(Failed::at(IssueCode::NotSupported, "", "a history takes _count, _since and _at")),
        }
    }
    Ok(asked)
}

/// First and last microsecond of a date, dateTime or instant.
fn span(name: &str, value: &str) -> Result<(i64, i64), Failed> {
    date_span_micros(value).ok_or_else(|| Failed::at(IssueCode::Value, name, "a date, or a time with its zone"))
}
