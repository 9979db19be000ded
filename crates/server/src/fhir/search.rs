use axum::extract::{RawQuery, State};
use axum::response::Response;
use varde_fhir::search::{CURSOR_PARAM, Query};
use varde_fhir::{BundleKind, BundleWriter, ResourceType, SearchMode};
use varde_store::{Found, Gate, Page};

use super::answer::Answer;
use super::auth::Caller;
use super::body::FormText;
use super::headers::Lenient;
use super::outcome::Failed;
use super::target::OfType;
use super::{FhirState, parameters};

/// `GET /{type}?..` (R4 http#search).
pub(crate) async fn get(
    State(state): State<FhirState>,
    Caller(actor): Caller,
    OfType(resource_type): OfType,
    RawQuery(query): RawQuery,
    Lenient(lenient): Lenient,
) -> Result<Response, Failed> {
    let pairs = parameters::decode(query.as_deref().unwrap_or_default())?;
    let gate = state.gate(&actor, "search").with_replicas();
    Ok(search(&state, &gate, resource_type, pairs, lenient).await?.respond(&state))
}

/// `POST /{type}/_search`: parameters of the form and of the URL alike.
pub(crate) async fn post(
    State(state): State<FhirState>,
    Caller(actor): Caller,
    OfType(resource_type): OfType,
    RawQuery(query): RawQuery,
    Lenient(lenient): Lenient,
    FormText(form): FormText,
) -> Result<Response, Failed> {
    let mut pairs = parameters::decode(query.as_deref().unwrap_or_default())?;
    pairs.extend(parameters::decode(&form)?);
    let gate = state.gate(&actor, "search").with_replicas();
    Ok(search(&state, &gate, resource_type, pairs, lenient).await?.respond(&state))
}

/// Searches and writes the page as a searchset.
pub(crate) async fn search(
    state: &FhirState,
    gate: &Gate,
    resource_type: ResourceType,
    pairs: Vec<(String, String)>,
    lenient: bool,
) -> Result<Answer, Failed> {
    let query = query(state, resource_type, pairs, lenient)?;
    let page = gate.search(&query).await?;
    Ok(Answer::body(searchset_of(state, resource_type.name(), &query, page)))
}

/// Reads the parameters of a search.
pub(crate) fn query(
    state: &FhirState,
    resource_type: ResourceType,
    pairs: Vec<(String, String)>,
    lenient: bool,
) -> Result<Query, Failed> {
    state.query(resource_type, &local(state, pairs), lenient)
}

/// A page of one search as a searchset; `place` is where its links lead.
pub(crate) fn searchset_of(state: &FhirState, place: &str, query: &Query, page: Page) -> Vec<u8> {
    let next = page.next.as_ref().filter(|_| query.count > 0).map(|cursor| cursor.0.clone());
    let own = query.cursor.as_ref().map(|cursor| cursor.0.as_str());
    let links = Links { place, pairs: &query.canonical, own, next: next.as_deref() };
    searchset(state, &links, query, &[page])
}

/// A reference to this server may be given in full.
pub(super) fn local(state: &FhirState, mut pairs: Vec<(String, String)>) -> Vec<(String, String)> {
    for (_, value) in &mut pairs {
        if let Some(relative) = value.strip_prefix(state.base_url()).and_then(|rest| rest.strip_prefix('/')) {
            *value = relative.to_owned();
        }
    }
    pairs
}

/// Whether a search can be understood, without doing it.
pub(crate) fn check(state: &FhirState, resource_type: ResourceType, query: &str) -> Result<(), Failed> {
    let pairs = parameters::decode(query)?;
    state.query(resource_type, &pairs, false).map(drop)
}

/// What surrounds a resource in an entry, at most: names of members, type, id and mode.
const ENTRY_BYTES: usize = 192;

/// What the links of a page are made of.
pub(super) struct Links<'a> {
    /// Where the search is, below the base: a type, or nothing.
    pub(super) place: &'a str,
    /// The parameters as understood.
    pub(super) pairs: &'a [(String, String)],
    /// Where the page starts.
    pub(super) own: Option<&'a str>,
    /// Where the next one starts.
    pub(super) next: Option<&'a str>,
}

/// Pages of one search as one searchset: all matches first, then what they bring along. `query` says which part of each match is wanted.
pub(super) fn searchset(state: &FhirState, links: &Links<'_>, query: &Query, pages: &[Page]) -> Vec<u8> {
    let base = state.base_url();
    let link = |cursor: Option<&str>| {
        let canonical = links.pairs.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let pairs = canonical.chain(cursor.map(|cursor| (CURSOR_PARAM, cursor)));
        let slash = if links.place.is_empty() { "" } else { "/" };
        format!("{base}{slash}{}?{}", links.place, parameters::encode(pairs))
    };
    let own = link(links.own);
    let next = links.next.map(|cursor| link(Some(cursor)));
    let relations: Vec<(&str, &str)> =
        [("self", own.as_str())].into_iter().chain(next.as_deref().map(|next| ("next", next))).collect();
    // Of several pages the sum, when each has one.
    let total = pages.iter().map(|page| page.total).sum::<Option<u64>>();
    let matches = || pages.iter().flat_map(|page| &page.matches);
    let included = || pages.iter().flat_map(|page| &page.included);
    let mut bundle = BundleWriter::new(BundleKind::Searchset, total, &relations);
    bundle.reserve(matches().chain(included()).map(|found| found.body.len() + base.len() + ENTRY_BYTES).sum());
    let mut url = String::new();
    let mut add = |found: &Found, mode| {
        let part = query.subset.as_ref().filter(|_| mode == SearchMode::Match);
        // What cannot be cut is shown whole: it was asked for, and it may be seen.
        let part = part.and_then(|subset| subset.of(found.resource_type, &found.body));
        url.clear();
        for part in [base, "/", found.resource_type.name(), "/", found.id.as_str()] {
            url.push_str(part);
        }
        bundle.search_entry(Some(&url), part.as_deref().unwrap_or(&found.body), mode);
    };
    matches().for_each(|found| add(found, SearchMode::Match));
    included().for_each(|found| add(found, SearchMode::Include));
    bundle.finish()
}
