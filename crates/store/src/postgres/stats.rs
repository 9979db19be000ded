//! Sizes, for operators.

use deadpool_postgres::ClientWrapper;

use crate::engine::{EngineError, Stats};
use crate::sql::columns::resource_type;

use super::pool::{column, rows};
use super::rows::narrow;

pub(super) async fn stats(client: &ClientWrapper, replica_answers: u64) -> Result<Stats, EngineError> {
    const COUNTS: &str = "SELECT type, sum(1 - deleted)::bigint FROM resource GROUP BY type ORDER BY type";
    const ONES: &str = "SELECT (SELECT count FROM audit_head) + (SELECT count(*) FROM audit_waiting), \
         (SELECT count(*) FROM outbox WHERE state = 0), (SELECT count(*) FROM outbox WHERE state = 2)";
    let mut resources = Vec::new();
    for row in rows(client, COUNTS, &[]).await? {
        let code = narrow(column::<i32>(&row, 0)?)?;
        let count = narrow(column::<i64>(&row, 1)?)?;
        resources.extend(resource_type(code).map(|resource_type| (resource_type, count)));
    }
    let ones = rows(client, ONES, &[]).await?;
    let one = |at| match ones.first() {
        Some(row) => narrow(column::<i64>(row, at)?),
        None => Ok(0),
    };
    Ok(Stats { resources, audit_entries: one(0)?, outbox_waiting: one(1)?, outbox_dead: one(2)?, replica_answers })
}

/// How far a source has been imported.
pub(super) async fn import_mark(client: &ClientWrapper, source: &str) -> Result<Option<u64>, EngineError> {
    let found = rows(client, "SELECT position FROM import_mark WHERE source = $1", &[&source]).await?;
    found.first().map(|row| narrow(column::<i64>(row, 0)?)).transpose()
}
