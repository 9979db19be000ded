//! Tables and their migrations, forward only. `docs/decisions/0002-index-layout.md` has the reasons.

use rusqlite::{Connection, params};

use crate::engine::EngineError;

use super::errors::engine_error;

/// Each migration runs once, in its own transaction. Never edit one that has been released: add another.
const MIGRATIONS: [&str; 7] = [
    include_str!("migrations/0001_first.sql"),
    include_str!("migrations/0002_shorter_ways.sql"),
    include_str!("migrations/0003_words_and_pairs.sql"),
    include_str!("migrations/0004_conditional.sql"),
    include_str!("migrations/0005_tree.sql"),
    include_str!("migrations/0006_personnel.sql"),
    include_str!("migrations/0007_lanes.sql"),
];

/// Brings the database to this build's form.
pub(super) fn migrate(connection: &mut Connection, now_micros: i64) -> Result<(), EngineError> {
    let run = |connection: &mut Connection| -> rusqlite::Result<Option<i64>> {
        connection.execute_batch(
            "CREATE TABLE IF NOT EXISTS migration(number INTEGER PRIMARY KEY, applied_micros INTEGER NOT NULL)",
        )?;
        let done: i64 = connection.query_row("SELECT coalesce(max(number), 0) FROM migration", [], |row| row.get(0))?;
        for (number, sql) in (1_i64..).zip(MIGRATIONS).skip_while(|(number, _)| *number <= done) {
            let transaction = connection.transaction()?;
            transaction.execute_batch(sql)?;
            transaction.execute("INSERT INTO migration VALUES (?1, ?2)", params![number, now_micros])?;
            transaction.commit()?;
        }
        let newest = i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX);
        Ok((done > newest).then_some(done))
    };
    match run(connection).map_err(engine_error)? {
        None => Ok(()),
        Some(done) => Err(EngineError::Unavailable(format!("the database was written by a newer build (form {done})"))),
    }
}
