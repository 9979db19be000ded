//! Searches of several types, or of all (R4 http#search, "search-system").
//!
//! The types are searched one after the other, each in its own order; a page is filled from the type it starts in onwards. So there is no
//! order across types to ask for.

use std::collections::HashSet;

use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::response::Response;
use varde_fhir::search::{CURSOR_PARAM, Cursor, Query, Total};
use varde_fhir::{IssueCode, ResourceType};
use varde_store::{Gate, Page};

use super::answer::Answer;
use super::auth::Caller;
use super::body::FormText;
use super::headers::is_lenient;
use super::outcome::Failed;
use super::search::{Links, local, searchset};
use super::{FhirState, parameters};

/// Parameters that ask for nothing in particular.
const NOT_A_CONDITION: [&str; 7] = ["_count", "_total", "_summary", "_elements", "_format", "_pretty", "_sort"];

/// `GET /?_type=A,B&..` or `GET /?_lastUpdated=..`.
pub(crate) async fn get(
    State(state): State<FhirState>,
    Caller(actor): Caller,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Failed> {
    let pairs = parameters::decode(query.as_deref().unwrap_or_default())?;
    let gate = state.gate(&actor, "search").with_replicas();
    Ok(search(&state, &gate, pairs, is_lenient(&headers)).await?.respond(&state))
}

/// `POST /_search`: parameters of the form and of the URL alike.
pub(crate) async fn post(
    State(state): State<FhirState>,
    Caller(actor): Caller,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    FormText(form): FormText,
) -> Result<Response, Failed> {
    let mut pairs = parameters::decode(query.as_deref().unwrap_or_default())?;
    pairs.extend(parameters::decode(&form)?);
    let gate = state.gate(&actor, "search").with_replicas();
    Ok(search(&state, &gate, pairs, is_lenient(&headers)).await?.respond(&state))
}

async fn search(state: &FhirState, gate: &Gate, pairs: Vec<(String, String)>, lenient: bool) -> Result<Answer, Failed> {
    let (named, mut rest): (Vec<_>, Vec<_>) = local(state, pairs).into_iter().partition(|(name, _)| name == "_type");
    let types = types(&named)?;
    let start = start(&mut rest, types.len())?;
    let asks = rest.iter().any(|(name, _)| !NOT_A_CONDITION.contains(&name.as_str()));
    if named.is_empty() && !asks {
        return Err(Failed::at(IssueCode::TooCostly, "_type", "name types, or something that narrows the search"));
    }
    if types.len() > 1 && rest.iter().any(|(name, _)| name == "_sort") {
        return Err(Failed::at(IssueCode::NotSupported, "_sort", "there is no order across types; name one type"));
    }
    for pair in rest.iter().filter(|(name, _)| brings(name)) {
        // What is brought along goes by the type it is brought along from: it must be one of those that are searched.
        let of = |resource_type: &ResourceType| state.query(*resource_type, std::slice::from_ref(pair), false);
        if let (false, Some(first)) = (types.iter().any(|each| of(each).is_ok()), types.first()) {
            of(first)?;
        }
    }
    let mut queries = Vec::with_capacity(types.len());
    for resource_type in types.iter().skip(start.at) {
        let fits = |pair: &&(String, String)| {
            !brings(&pair.0) || state.query(*resource_type, std::slice::from_ref(*pair), false).is_ok()
        };
        let pairs: Vec<(String, String)> = rest.iter().filter(fits).cloned().collect();
        queries.push(state.query(*resource_type, &pairs, lenient)?);
    }
    let Some(first) = queries.first_mut() else { return Err(Failed::at(IssueCode::Value, CURSOR_PARAM, NO_CURSOR)) };
    first.cursor = start.within;
    let count = first.count;
    if start.at > 0 || start.given.is_some() {
        // Earlier types are not searched again; the first page has told the total.
        queries.iter_mut().for_each(|query| query.total = Total::None);
    }
    let pages = gate.search_several(&queries, count).await?;
    let next = next(&pages, count, start.at, types.len());
    let asked = named.into_iter().chain(rest).collect();
    Ok(Answer::body(write(state, asked, &queries, (start.given.as_deref(), next.as_deref()), pages)))
}

fn brings(name: &str) -> bool {
    name.starts_with("_include") || name.starts_with("_revinclude")
}

fn write(
    state: &FhirState,
    mut asked: Vec<(String, String)>,
    queries: &[Query],
    (own, next): (Option<&str>, Option<&str>),
    mut pages: Vec<Page>,
) -> Vec<u8> {
    let Some(query) = queries.first() else { return Vec::new() };
    // A total is the sum of all types', or it is none.
    if pages.len() < queries.len() || own.is_some() {
        pages.iter_mut().for_each(|page| page.total = None);
    }
    asked.retain(|(name, _)| name != "_count" && !query.ignored.contains(name));
    asked.push(("_count".to_owned(), query.count.to_string()));
    // What is brought along by matches of one type may be a match of another, or be brought along twice.
    let mut there: HashSet<(ResourceType, String)> =
        pages.iter().flat_map(|page| &page.matches).map(|found| (found.resource_type, found.id.to_string())).collect();
    for page in &mut pages {
        page.included.retain(|found| there.insert((found.resource_type, found.id.to_string())));
    }
    searchset(state, &Links { place: "", pairs: &asked, own, next }, query, &pages)
}

/// The types named, each once; all when none are.
fn types(named: &[(String, String)]) -> Result<Vec<ResourceType>, Failed> {
    if named.is_empty() {
        return Ok(ResourceType::all().collect());
    }
    let mut out = Vec::new();
    for name in named.iter().flat_map(|(_, value)| value.split(',')) {
        let unknown = || Failed::at(IssueCode::Value, "_type", "one of the names is no resource type of FHIR R4");
        let resource_type = ResourceType::from_name(name).ok_or_else(unknown)?;
        if !out.contains(&resource_type) {
            out.push(resource_type);
        }
    }
    Ok(out)
}

const NO_CURSOR: &str = "the cursor does not belong to this search";

/// Where a page starts.
struct Start {
    given: Option<String>,
    /// At which of the types.
    at: usize,
    /// And where in it.
    within: Option<Cursor>,
}

/// Takes the cursor out of the parameters: the place of a type, and the cursor within it after a point.
fn start(pairs: &mut Vec<(String, String)>, types: usize) -> Result<Start, Failed> {
    let Some(place) = pairs.iter().position(|(name, _)| name == CURSOR_PARAM) else {
        return Ok(Start { given: None, at: 0, within: None });
    };
    let (_, given) = pairs.remove(place);
    let refused = || Failed::at(IssueCode::Value, CURSOR_PARAM, NO_CURSOR);
    let (at, within) = given.split_once('.').unwrap_or((&given, ""));
    let at: usize = at.parse().ok().filter(|at| *at < types).ok_or_else(refused)?;
    let within = Some(within).filter(|within| !within.is_empty()).map(|within| Cursor(within.to_owned()));
    Ok(Start { at, within, given: Some(given) })
}

/// Where the next page starts: within the last type that was searched, or at the one after it.
fn next(pages: &[Page], count: u32, from: usize, types: usize) -> Option<String> {
    let matches: usize = pages.iter().map(|page| page.matches.len()).sum();
    let is_full = usize::try_from(count).is_ok_and(|count| matches >= count);
    for (at, page) in pages.iter().enumerate() {
        if let Some(cursor) = page.next.as_ref() {
            return Some(format!("{}.{}", from + at, cursor.0));
        }
    }
    // The last type that gave anything; those after it have only been counted.
    let last = pages.iter().rposition(|page| !page.matches.is_empty())?;
    let after = from + last + 1;
    (count > 0 && is_full && after < types).then(|| after.to_string())
}
