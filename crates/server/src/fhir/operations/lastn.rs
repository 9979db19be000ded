//! `Observation/$lastn` (R4 Observation-lastn): the most recent observations of each code.

use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use varde_base::Category;
use varde_fhir::search::{self, Query, SortBy, SortKey};
use varde_fhir::{BundleKind, BundleWriter, Issue, IssueCode, ResourceType, SearchMode, params};

use super::input::Input;
use super::{On, Operation};
use crate::fhir::answer::Answer;
use crate::fhir::auth::Caller;
use crate::fhir::outcome::Failed;
use crate::fhir::target::OfType;
use crate::fhir::{FhirState, parameters};

/// What is offered.
pub(super) const OFFERED: &[Operation] = &[Operation {
    name: "lastn",
    definition: "http://hl7.org/fhir/OperationDefinition/Observation-lastn",
    on: On::Type(ResourceType::OBSERVATION),
}];

/// Most of one code.
const MAX_OF_CODE: u32 = 100;

/// Its routes.
pub(super) fn router() -> Router<FhirState> {
    Router::new().route("/{type}/$lastn", get(lastn).post(lastn))
}

async fn lastn(
    State(state): State<FhirState>,
    Caller(actor): Caller,
    OfType(resource_type): OfType,
    mut input: Input,
) -> Result<Response, Failed> {
    if resource_type != ResourceType::OBSERVATION {
        return Err(Failed::not_supported("", "this operation is offered on Observation alone"));
    }
    let max = input.count("max", 1, MAX_OF_CODE)?;
    let query = query(&state, &input)?;
    let page = state.gate(&actor, "lastn").with_replicas().latest(&query, max).await?;
    let base = state.base_url();
    let max = max.to_string();
    let pairs = input.0.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let own = format!("{base}/Observation/$lastn?{}", parameters::encode(pairs.chain([("max", max.as_str())])));
    let mut bundle = BundleWriter::new(BundleKind::Searchset, page.total, &[("self", &own)]);
    for found in &page.matches {
        bundle.search_entry(Some(&format!("{base}/Observation/{}", found.id)), &found.body, SearchMode::Match);
    }
    Ok(Answer::body(bundle.finish()).respond(&state))
}

/// The search: whose, and of what kind, must be said; the newest come first.
fn query(state: &FhirState, input: &Input) -> Result<Query, Failed> {
    let named = |names: &[&str]| {
        let code = |name: &str| name.split([':', '.']).next().is_some_and(|code| names.contains(&code));
        input.0.iter().any(|(name, _)| code(name))
    };
    let required =
        |place: &str, text: &str| Failed::new(Category::Invalid, Issue::error(IssueCode::Required, place, text));
    if !named(&["patient", "subject"]) {
        return Err(required("patient", "say whose observations: patient or subject"));
    }
    if !named(&["category", "code"]) {
        return Err(required("category", "say which observations: category or code"));
    }
    if let Some((name, _)) = input.0.iter().find(|(name, _)| name.starts_with('_') && name != "_id") {
        let text =
            format!("{} has no meaning here", name.chars().filter(char::is_ascii_alphanumeric).collect::<String>());
        return Err(Failed::at(IssueCode::NotSupported, "", text));
    }
    let mut query =
        search::parse(ResourceType::OBSERVATION, &input.0, &state.search_options(false)).map_err(Failed::invalid)?;
    let date = params::find(ResourceType::OBSERVATION, "date").map(|date| SortBy::Param(date.id, date.kind));
    query.sort = date.into_iter().chain([SortBy::LastUpdated]).map(|by| SortKey { by, descending: true }).collect();
    Ok(query)
}
