//! Conditions that are searches: `If-None-Exist`, conditional references, and writes to `/{type}?..`.

use varde_base::{Actor, Category, ResourceId};
use varde_fhir::search::Query;
use varde_fhir::{Issue, IssueCode, ResourceType};
use varde_store::{Expect, Found, Gate, GateError, Precondition};

use super::outcome::Failed;
use super::update::condition_failed;
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
    let mut query = state.query(resource_type, &pairs, false)?;
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

/// The one resource a condition names, as it is now; `None` when there is none.
///
/// # Errors
/// 412 when there are several; 403 for health personnel.
pub(crate) async fn only_match(gate: &Gate, query: &Query) -> Result<Option<Found>, Failed> {
    if matches!(gate.access().actor, Actor::Personnel(_)) {
        // It is held against all data when it is written, so the answer would tell of what the rules hide.
        let text = "health personnel write to a resource by its id, not by a condition";
        return Err(Failed::new(Category::Forbidden, Issue::error(IssueCode::Forbidden, "", text)));
    }
    let page = gate.search(query).await?;
    let mut matches = page.matches.into_iter();
    match (matches.next(), matches.next()) {
        (None, _) => Ok(None),
        (Some(only), None) => Ok(Some(only)),
        (Some(_), Some(_)) => {
            Err(Failed::precondition(IssueCode::MultipleMatches, "", "several resources match the condition"))
        }
    }
}

/// What the sender asked by header must hold of the one that matches, or of there being none.
///
/// # Errors
/// 412.
pub(crate) fn holds(found: Option<&Found>, asked: Expect) -> Result<(), Failed> {
    let holds = match asked {
        Expect::Any => true,
        Expect::Version(version) => found.is_some_and(|found| found.version == version),
        Expect::Present => found.is_some(),
        Expect::Absent | Expect::Missing => found.is_none(),
    };
    let current = found.map(|found| found.version);
    if holds { Ok(()) } else { Err(condition_failed(GateError::Conflict { current }, asked)) }
}

/// Where a conditional update writes, and what must still hold when it does.
#[derive(Debug, Clone)]
pub(crate) struct Destination {
    pub(crate) id: ResourceId,
    pub(crate) expect: Expect,
    /// There when nothing matched: nothing may match at the moment of writing either.
    pub(crate) precondition: Option<Precondition>,
}

/// Finds out what a conditional update writes to (R4 http#cond-update). `given` is the id in the body. A version that is found
/// is also what the write expects, so that whoever comes between makes it a conflict.
///
/// # Errors
/// 400 for another id than that of the match, 412 for several matches or an expectation that does not hold.
pub(crate) async fn destination(
    gate: &Gate,
    query: Query,
    given: Option<ResourceId>,
    asked: Expect,
) -> Result<Destination, Failed> {
    let found = only_match(gate, &query).await?;
    holds(found.as_ref(), asked)?;
    let Some(found) = found else {
        // R4 leaves open what an id of another resource means here; overwriting what does not match is never meant.
        let id = given.unwrap_or_else(ResourceId::new_v7);
        return Ok(Destination {
            id,
            expect: Expect::Missing,
            precondition: Some(Precondition::NoMatch(Box::new(query))),
        });
    };
    if given.is_some_and(|given| given != found.id) {
        let place = format!("{}.id", query.resource_type);
        return Err(Failed::at(IssueCode::Invalid, place, "the resource that matches has another id"));
    }
    Ok(Destination { id: found.id, expect: Expect::Version(found.version), precondition: None })
}
