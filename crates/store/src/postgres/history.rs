//! Versions, newest first.

use deadpool_postgres::ClientWrapper;
use futures_util::future::try_join;
use varde_fhir::search::Cursor;

use crate::engine::{EngineError, Rows, Visibility};
use crate::sql::builder::Sql;
use crate::sql::history::{After, Only, Part, Place, cursor_of, fingerprint, statement};
use crate::types::{HistoryScope, HistoryWindow};

use super::patients::Patients;
use super::pool::{column, query};
use super::rows::{read, versions};

pub(super) async fn history(
    client: &ClientWrapper,
    patients: &Patients,
    (scope, window): (&HistoryScope, HistoryWindow),
    visible: &Visibility,
    count: u32,
    cursor: Option<&Cursor>,
) -> Result<Rows, EngineError> {
    let fingerprint = fingerprint(scope, window);
    let after = match cursor {
        None => None,
        Some(cursor) => {
            let after = After::read(cursor, fingerprint)?;
            let row = read(client, after.resource_type, &after.id).await?;
            Some(after.place(row, visible)?)
        }
    };
    // The patient says which partition one resource's versions are in.
    let mut joined = " AND r.rid = v.rid AND r.patient = v.patient".to_owned();
    let only = match scope {
        HistoryScope::Instance(resource_type, id) => {
            let Some(row) = read(client, *resource_type, id).await? else { return Ok(Rows::default()) };
            let patient = patients.of(client, &row).await?;
            joined.push_str(&format!(" AND r.patient = {patient}"));
            Only::Resource(row.rid)
        }
        HistoryScope::Type(resource_type) => Only::Type(*resource_type),
        HistoryScope::System => Only::Everything,
    };
    let allowed = super::search::seen(client, patients, visible).await?;
    let allowed = crate::sql::search::seen(&allowed, false, scope.resource_type());
    let part = Part { allowed, window, after, limit: i64::from(count) + 1 };
    // The resource is its own newest version `v`.
    let of = |table: &str| {
        let from = format!("{table} AS v CROSS JOIN resource AS r");
        statement(&from, "v", &joined, " AND n.patient = v.patient", &only, &part)
    };
    let (present, superseded) = (of("resource"), of("history"));
    let (mut places, superseded) = try_join(found(client, &present), found(client, &superseded)).await?;
    places.extend(superseded);
    places.sort_unstable_by(|a, b| b.cmp(a));
    // A version that was superseded between the two statements is in both answers.
    places.dedup();
    let count = usize::try_from(count).unwrap_or(usize::MAX);
    let more = places.len() > count;
    places.truncate(count);
    let wanted: Vec<(i64, i64, i64)> =
        places.iter().map(|((_, rid, version), patient)| (*patient, *rid, *version)).collect();
    let mut matches = versions(client, &wanted).await?;
    // The labels may have changed since.
    matches.retain(|row| visible.shows(row));
    let next = matches.last().filter(|_| more).map(|row| cursor_of(fingerprint, row));
    Ok(Rows { matches, next, total: None })
}

/// Places with the patient whose partition they are in.
async fn found(client: &ClientWrapper, sql: &Sql) -> Result<Vec<(Place, i64)>, EngineError> {
    let found = query(client, sql).await?;
    let place = |row| Ok(((column(row, 0)?, column(row, 1)?, column(row, 2)?), column(row, 3)?));
    found.iter().map(place).collect()
}
