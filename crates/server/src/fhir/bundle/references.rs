//! References between the entries of a transaction, and those that are conditions (R4 http, sections 3.1.0.11.2 and 3.1.0.11.3).

use std::collections::HashMap;

use varde_base::ResourceId;
use varde_fhir::{Issue, IssueCode, LocalReference, Parsed, ReferenceMap, ResourceType, references};
use varde_store::Gate;

use super::place;
use crate::fhir::outcome::Failed;
use crate::fhir::{FhirState, conditional};

/// What `ifNoneExist` conditions of the same transaction stand for, by type and canonical form.
pub(super) type Conditions = HashMap<(ResourceType, String), ResourceId>;

/// The form two conditions have in common when they ask for the same.
pub(super) fn canonical(query: &varde_fhir::search::Query) -> String {
    format!("{:?}", query.clauses)
}

/// Notes what an entry is called by: its `fullUrl`, and when that is a place on a server, the relative form as well, since
/// references between entries of that server are relative.
pub(super) fn name_entry(
    map: &mut ReferenceMap,
    full_url: Option<&str>,
    resource_type: ResourceType,
    id: &ResourceId,
) -> Result<(), Failed> {
    let Some(full_url) = full_url else { return Ok(()) };
    if map.get(full_url).is_some() {
        return Err(Failed::at(IssueCode::Duplicate, "fullUrl", "two entries have the same fullUrl"));
    }
    map.insert(full_url, resource_type, id);
    let mut parts = full_url.rsplitn(3, '/');
    if let (Some(last), Some(kind)) = (parts.next(), parts.next())
        && let Some(local) = LocalReference::parse(&format!("{kind}/{last}"))
        && !full_url.starts_with("urn:")
    {
        map.insert(format!("{kind}/{last}"), local.resource_type, id);
    }
    Ok(())
}

/// Finds what every conditional reference means and adds it to the map; refuses references to entries that are not there.
///
/// # Errors
/// 400 or 412, with the place of the reference.
pub(super) async fn resolve(
    state: &FhirState,
    gate: &Gate,
    resources: &[(usize, &Parsed<'_>)],
    conditions: &Conditions,
    map: &mut ReferenceMap,
) -> Result<(), Failed> {
    for (index, resource) in resources {
        for reference in references(resource) {
            if map.get(reference.value).is_some() {
                continue;
            }
            let here = format!("{}.resource", place(*index));
            let issue = |code, text: &str| Issue::error(code, reference.expression.clone(), text).under(&here);
            if reference.value.starts_with("urn:uuid:") || reference.value.starts_with("urn:oid:") {
                return Err(Failed::invalid(vec![issue(
                    IssueCode::NotFound,
                    "no entry of the transaction has this fullUrl",
                )]));
            }
            let Some((kind, condition)) = reference.value.split_once('?') else { continue };
            let Some(resource_type) = ResourceType::from_name(kind) else { continue };
            let found = one(state, gate, resource_type, condition, conditions).await.map_err(|mut failed| {
                failed.issues = failed.issues.into_iter().map(|i| issue(i.code, &i.diagnostics)).collect();
                failed
            })?;
            let none = || {
                Failed::new(
                    varde_base::Category::PreconditionFailed,
                    issue(IssueCode::NotFound, "nothing matches the condition"),
                )
            };
            map.insert(reference.value, resource_type, &found.ok_or_else(none)?);
        }
    }
    Ok(())
}

async fn one(
    state: &FhirState,
    gate: &Gate,
    resource_type: ResourceType,
    condition: &str,
    conditions: &Conditions,
) -> Result<Option<ResourceId>, Failed> {
    let query = conditional::query(state, resource_type, condition)?;
    if let Some(id) = conditions.get(&(resource_type, canonical(&query))) {
        return Ok(Some(id.clone()));
    }
    Ok(conditional::only_match(gate, &query).await?.map(|found| found.id))
}
