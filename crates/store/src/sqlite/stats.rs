//! Sizes, for operators.

use rusqlite::{Connection, OptionalExtension as _};

use crate::engine::{EngineError, Stats};
use crate::sql::columns::resource_type;

use super::errors::engine_error;

/// Sizes; the log goes on in the journal, so its entries are counted by the caller.
pub(super) fn stats(connection: &Connection, audit_entries: u64) -> Result<Stats, EngineError> {
    let run = || {
        let mut counts =
            connection.prepare_cached("SELECT type, sum(1 - deleted) FROM resource GROUP BY type ORDER BY type")?;
        let counts = counts.query_map([], |row| Ok((row.get::<_, u16>(0)?, row.get::<_, u64>(1)?)))?;
        let counts = counts.collect::<rusqlite::Result<Vec<_>>>()?;
        let one = |sql: &str| connection.query_row(sql, [], |row| row.get::<_, u64>(0));
        Ok(Stats {
            resources: counts
                .into_iter()
                .filter_map(|(code, count)| resource_type(code).map(|resource_type| (resource_type, count)))
                .collect(),
            audit_entries,
            outbox_waiting: one("SELECT count(*) FROM outbox WHERE state = 0")?,
            outbox_dead: one("SELECT count(*) FROM outbox WHERE state = 2")?,
            replica_answers: 0,
        })
    };
    run().map_err(engine_error)
}

/// How far a source has been imported.
pub(super) fn import_mark(connection: &Connection, source: &str) -> Result<Option<u64>, EngineError> {
    let run = || {
        let mut statement = connection.prepare_cached("SELECT position FROM import_mark WHERE source = ?1")?;
        statement.query_row([source], |row| row.get(0)).optional()
    };
    run().map_err(engine_error)
}
