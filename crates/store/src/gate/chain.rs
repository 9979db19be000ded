//! Chains and `_revinclude`: searches that are made of searches. What the actor may not see decides nothing and is not brought along.

use std::borrow::Cow;
use std::collections::HashSet;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use varde_base::{PatientId, ResourceId};
use varde_fhir::index::ParamId;
use varde_fhir::search::{Chain, Clause, Include, Match, Query, RevInclude, Total};
use varde_fhir::{Issue, IssueCode, ResourceType};

use super::Gate;
use super::log::Tally;
use crate::engine::{Row, Visibility};
use crate::types::GateError;

/// The search with its chains replaced by what they come to. What is looked at on the way is counted for the log: the answer tells of it,
/// though it is not in the answer.
pub(super) fn resolve<'t, 'q: 't>(
    gate: &'q Gate,
    query: &'q Query,
    visible: &'q Visibility,
    tally: &'t mut Tally,
) -> BoxFuture<'t, Result<Cow<'q, Query>, GateError>> {
    async move {
        if query.chains.is_empty() {
            return Ok(Cow::Borrowed(query));
        }
        let mut resolved = Query { chains: Vec::new(), ..query.clone() };
        for chain in &query.chains {
            let clause = match chain {
                Chain::Forward { param, is_patient_label, target, query } => {
                    let found = inner(gate, query, visible, tally).await?;
                    refers_to(*param, *is_patient_label, *target, found.into_iter().map(|row| row.id))
                }
                Chain::Reverse { param, query: source } => {
                    let found = inner(gate, source, visible, tally).await?;
                    Clause::Id(referred_to(gate, &found, *param, query.resource_type, visible).await?)
                }
            };
            resolved.clauses.push(clause);
        }
        Ok(Cow::Owned(resolved))
    }
    .boxed()
}

/// All that the inner search of a chain finds.
async fn inner(gate: &Gate, query: &Query, visible: &Visibility, tally: &mut Tally) -> Result<Vec<Row>, GateError> {
    let query = resolve(gate, query, visible, tally).await?;
    let most = gate.shared.limits().chained;
    let wide = Query { count: most.saturating_add(1), total: Total::None, ..query.into_owned() };
    let found = gate.rows(&wide, visible).await?.matches;
    if found.len() > usize::try_from(most).unwrap_or(usize::MAX) {
        let text = format!("a chain goes by way of at most {most} resources; narrow it");
        return Err(GateError::Invalid(vec![Issue::error(IssueCode::TooCostly, "", text)]));
    }
    gate.open(found.clone(), tally).await?;
    Ok(found)
}

/// The patients a search asks for by name, in its chains too.
pub(super) fn named(query: &Query) -> Vec<PatientId> {
    let own = query.clauses.iter().filter_map(super::patients_of).flatten();
    let inner = query.chains.iter().flat_map(|chain| match chain {
        Chain::Forward { query, .. } | Chain::Reverse { query, .. } => named(query),
    });
    own.chain(inner).collect()
}

/// The parameter refers to one of these. Of no resources none is referred to, so nothing matches.
fn refers_to(
    param: ParamId,
    is_patient_label: bool,
    target: ResourceType,
    ids: impl Iterator<Item = ResourceId>,
) -> Clause {
    if is_patient_label && target == ResourceType::PATIENT {
        let patients: Vec<PatientId> = ids.map(PatientId::new).collect();
        return if patients.is_empty() { Clause::Id(Vec::new()) } else { Clause::Patient(patients) };
    }
    let matches: Vec<Match> = ids.map(|id| Match::Reference { target: Some(target), id }).collect();
    if matches.is_empty() { Clause::Id(Vec::new()) } else { Clause::Any { param, matches, negate: false } }
}

/// What rows refer to by a parameter.
async fn referred_to(
    gate: &Gate,
    rows: &[Row],
    param: ParamId,
    target: ResourceType,
    visible: &Visibility,
) -> Result<Vec<ResourceId>, GateError> {
    let includes = [Include { param, target: Some(target), iterate: false }];
    let targets = gate.targets(rows, &includes, visible, gate.shared.limits().chained).await?;
    // A resource may refer to itself, and is then left out of what it includes.
    let own = rows.iter().filter(|row| row.resource_type == target).map(|row| row.id.clone());
    let ids: HashSet<ResourceId> = targets.into_iter().map(|row| row.id).chain(own).collect();
    Ok(ids.into_iter().collect())
}

/// What refers to the matches, up to `limit` and without what is there already.
pub(super) async fn referring(
    gate: &Gate,
    revincludes: &[RevInclude],
    resource_type: ResourceType,
    matches: &[Row],
    visible: &Visibility,
    limit: u32,
) -> Result<Vec<Row>, GateError> {
    let mut there: HashSet<i64> = matches.iter().map(|row| row.rid).collect();
    let mut out = Vec::new();
    for RevInclude { source, param, is_patient_label, .. } in revincludes {
        let room = limit.saturating_sub(u32::try_from(out.len()).unwrap_or(u32::MAX));
        if matches.is_empty() || room == 0 {
            break;
        }
        let ids = matches.iter().map(|row| row.id.clone());
        let clause = refers_to(*param, *is_patient_label, resource_type, ids);
        let query = Query { clauses: vec![clause], count: room, ..Query::of(*source) };
        let rows = gate.rows(&query, visible).await?.matches;
        out.extend(rows.into_iter().filter(|row| there.insert(row.rid)));
    }
    Ok(out)
}
