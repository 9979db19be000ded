//! Tables and their migrations, forward only, safe while an older build serves beside this one.

use deadpool_postgres::ClientWrapper;

use crate::engine::EngineError;

use super::errors::engine_error;

/// A step. It may only add what an older build can ignore (tables, nullable columns, indexes), unless `oldest` says which form a
/// build must know to go on beside it. Never edit one that has been released: add another.
struct Migration {
    sql: &'static str,
    /// The oldest form whose builds may serve on a database that has this step.
    oldest: i32,
}

const MIGRATIONS: [Migration; 6] = [
    Migration { sql: include_str!("migrations/0001_first.sql"), oldest: 1 },
    Migration { sql: include_str!("migrations/0002_words_and_pairs.sql"), oldest: 2 },
    // A build that does not know it would show what is to be shown later.
    Migration { sql: include_str!("migrations/0003_conditional.sql"), oldest: 3 },
    // Entries of the log have a form from now on that older builds cannot read.
    Migration { sql: include_str!("migrations/0004_tree.sql"), oldest: 4 },
    // So they have once more.
    Migration { sql: include_str!("migrations/0005_personnel.sql"), oldest: 5 },
    // A worker that does not know what persons are told by would give those messages up.
    Migration { sql: include_str!("migrations/0006_lanes.sql"), oldest: 6 },
];

/// Held while one process migrates, so that several may start at once.
const LOCK: i64 = 0x5661_7264_6501;
/// Most partitions a database may be made with.
const MAX_PARTITIONS: u32 = 256;

/// Brings the database to this build's form. `partitions` counts only when the database is made.
pub(super) async fn migrate(client: &ClientWrapper, now_micros: i64, partitions: u32) -> Result<(), EngineError> {
    if !(1..=MAX_PARTITIONS).contains(&partitions) {
        return Err(EngineError::Limit("a database has 1 to 256 partitions"));
    }
    let begin = format!(
        "BEGIN; SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0; SELECT pg_advisory_xact_lock({LOCK}); \
         SET LOCAL varde.partitions = '{partitions}'; \
         CREATE TABLE IF NOT EXISTS migration(number integer PRIMARY KEY, oldest integer NOT NULL, applied_micros bigint NOT NULL)"
    );
    client.batch_execute(&begin).await.map_err(engine_error)?;
    match steps(client, now_micros).await {
        Ok(()) => client.batch_execute("COMMIT").await.map_err(engine_error),
        Err(error) => {
            client.batch_execute("ROLLBACK").await.map_err(engine_error)?;
            Err(error)
        }
    }
}

async fn steps(client: &ClientWrapper, now_micros: i64) -> Result<(), EngineError> {
    let form = client
        .query_one("SELECT coalesce(max(number), 0), coalesce(max(oldest), 0) FROM migration", &[])
        .await
        .map_err(engine_error)?;
    let (done, oldest): (i32, i32) = (super::pool::column(&form, 0)?, super::pool::column(&form, 1)?);
    let ours = i32::try_from(MIGRATIONS.len()).unwrap_or(i32::MAX);
    if oldest > ours {
        let text = format!("the database needs a build that knows form {oldest}; this one knows {ours}");
        return Err(EngineError::Unavailable(text));
    }
    for (number, migration) in (1_i32..).zip(&MIGRATIONS).skip_while(|(number, _)| *number <= done) {
        client.batch_execute(migration.sql).await.map_err(engine_error)?;
        client
            .execute("INSERT INTO migration VALUES ($1, $2, $3)", &[&number, &migration.oldest, &now_micros])
            .await
            .map_err(engine_error)?;
    }
    Ok(())
}
