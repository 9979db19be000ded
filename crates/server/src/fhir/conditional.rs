//! Conditions that are searches: `If-None-Exist` and conditional references.

use varde_base::ResourceId;
use varde_fhir::search::{self, Query};
use varde_fhir::{IssueCode, ResourceType};
use varde_store::Gate;

use super::outcome::Failed;
use super::{FhirState, parameters};

/// Longest condition, in bytes.
const MAX_BYTES: usize = 4_000;

/// A condition as a query, two matches at most: more need not be known.
///
/// # Errors
/// 400 for what is no search, or one that asks for nothing.
pub(crate) fn query(state: &FhirState, resource_type: ResourceType, condition: &str) -> Result<Query, Failed> {
    if condition.len() > MAX_BYTES {
        return Err(Failed::at(IssueCode::TooLong, "", format!("a condition is at most {MAX_BYTES} bytes")));
    }
    let pairs = parameters::decode(condition)?;
    let mut query = search::parse(resource_type, &pairs, &state.search_options(false)).map_err(Failed::invalid)?;
    if !query.chains.is_empty() {
        // It is looked up again inside the write, where no other search can be made.
        return Err(Failed::at(IssueCode::NotSupported, "", "a condition cannot be chained"));
    }
    let brings_more = !query.includes.is_empty() || !query.revincludes.is_empty();
    if query.clauses.is_empty() || query.cursor.is_some() || brings_more {
        return Err(Failed::at(IssueCode::Invalid, "", "a condition is made of search parameters alone"));
    }
    query.sort.clear();
    query.count = 2;
    Ok(query)
}

/// The one resource a condition names; `None` when there is none.
///
/// # Errors
/// 412 when there are several.
pub(crate) async fn only_match(gate: &Gate, query: &Query) -> Result<Option<ResourceId>, Failed> {
    let page = gate.search(query).await?;
    let mut matches = page.matches.into_iter();
    match (matches.next(), matches.next()) {
        (None, _) => Ok(None),
        (Some(only), None) => Ok(Some(only.id)),
        (Some(_), Some(_)) => {
            Err(Failed::precondition(IssueCode::MultipleMatches, "", "several resources match the condition"))
        }
    }
}
