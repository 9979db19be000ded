//! What a search brings along: `_include` and `_revinclude`, step by step for those that iterate.

use std::collections::HashSet;

use varde_fhir::search::{Include, Query, RevInclude};
use varde_fhir::{ResourceType, params};

use super::{Gate, chain};
use crate::engine::{Row, Visibility};
use crate::types::GateError;

/// What the matches refer to, and what refers to them, each once and none of the matches.
pub(super) async fn bring(
    gate: &Gate,
    query: &Query,
    matches: &[Row],
    visible: &Visibility,
) -> Result<Vec<Row>, GateError> {
    let mut there: HashSet<i64> = matches.iter().map(|row| row.rid).collect();
    let mut found = step(gate, &query.includes, &query.revincludes, (query.resource_type, matches), visible).await?;
    found.retain(|row| there.insert(row.rid));
    let mut out = found;
    let includes: Vec<Include> = query.includes.iter().filter(|include| include.iterate).cloned().collect();
    let back: Vec<RevInclude> = query.revincludes.iter().filter(|include| include.iterate).copied().collect();
    if includes.is_empty() && back.is_empty() {
        return Ok(out);
    }
    let limits = gate.shared.limits();
    let most = usize::try_from(limits.included).unwrap_or(usize::MAX);
    let mut last = out.clone();
    for _ in 0..limits.include_steps {
        let mut next = Vec::new();
        for (resource_type, rows) in by_type(&last) {
            next.extend(step(gate, &includes, &back, (resource_type, &rows), visible).await?);
        }
        next.retain(|row| there.insert(row.rid));
        next.truncate(most.saturating_sub(out.len()));
        if next.is_empty() {
            break;
        }
        out.extend(next.iter().cloned());
        last = next;
    }
    Ok(out)
}

/// One step from resources of one type: first what refers to them, then what they refer to.
async fn step(
    gate: &Gate,
    includes: &[Include],
    back: &[RevInclude],
    (resource_type, rows): (ResourceType, &[Row]),
    visible: &Visibility,
) -> Result<Vec<Row>, GateError> {
    let back: Vec<RevInclude> = back.iter().filter(|include| refers_to(include, resource_type)).copied().collect();
    let most = gate.shared.limits().included;
    let mut out = Vec::new();
    if !back.is_empty() {
        out = chain::referring(gate, &back, resource_type, rows, visible, most).await?;
    }
    if !includes.is_empty() {
        out.extend(gate.targets(rows, includes, visible, most).await?);
    }
    Ok(out)
}

fn refers_to(include: &RevInclude, resource_type: ResourceType) -> bool {
    let allowed = params::by_id(include.param).is_some_and(|(_, param)| {
        let mut targets = param.targets();
        targets.len() == 0 || targets.any(|target| target == resource_type)
    });
    allowed && include.target.is_none_or(|target| target == resource_type)
}

/// Rows of each type together, in the order the types are first met.
fn by_type(rows: &[Row]) -> Vec<(ResourceType, Vec<Row>)> {
    let mut out: Vec<(ResourceType, Vec<Row>)> = Vec::new();
    for row in rows {
        match out.iter_mut().find(|(resource_type, _)| *resource_type == row.resource_type) {
            Some((_, of_type)) => of_type.push(row.clone()),
            None => out.push((row.resource_type, vec![row.clone()])),
        }
    }
    out
}
