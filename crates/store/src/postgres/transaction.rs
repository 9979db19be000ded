//! A batch as a transaction: begun, tried again when it lost a race, committed, and asked after when the answer to the commit is lost.

use std::time::Duration;

use crate::engine::{Commit, EngineError};
use crate::types::Written;

use super::Inner;
use super::apply::{Apply, patients_of};
use super::pool::{Open, column, rows};

/// How often a batch that lost a race is tried.
const ATTEMPTS: usize = 5;
/// How often it is asked what became of a commit, and how long it is waited in between.
const QUESTIONS: u32 = 20;
const BETWEEN: Duration = Duration::from_millis(500);
/// The statements of a batch find rows by key; a plan made while a table was small must not read it whole later.
const BEGIN: &str =
    "BEGIN; SET LOCAL enable_seqscan = off; SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off";

/// Writes a batch.
pub(super) async fn commit(inner: &Inner, commit: &Commit) -> Result<Vec<Written>, EngineError> {
    let mut attempt = 1;
    loop {
        match once(inner, commit).await {
            // Somebody else was first; what they did can be seen now.
            Err((EngineError::Conflict { .. }, false)) if attempt < ATTEMPTS => attempt += 1,
            Err((error, _)) => return Err(error),
            Ok(written) => return Ok(written),
        }
    }
}

/// Tries a batch. With an error it is said whether the batch was refused for what it is.
async fn once(inner: &Inner, commit: &Commit) -> Result<Vec<Written>, (EngineError, bool)> {
    let mine = |error| (error, false);
    let client = inner.client().await.map_err(mine)?;
    let numbers = inner.patients.numbers(&client, patients_of(commit)).await.map_err(mine)?;
    inner.write_words(&client, commit).await.map_err(mine)?;
    let open = Open::begin(client, BEGIN).await.map_err(mine)?;
    let mut apply = Apply::new(open.client().map_err(mine)?, &inner.patients, numbers, inner.now());
    let done = apply.run(commit).await;
    let refused = apply.refused;
    match done {
        Ok(written) => match end(inner, open).await {
            Ok(()) => Ok(written),
            Err(error) => Err((error, false)),
        },
        Err(error) => {
            open.roll_back().await;
            Err((error, refused))
        }
    }
}

/// Commits. When the connection is lost meanwhile, the server is asked what became of the transaction: to answer "failed" for what is on
/// disk would make somebody do it twice.
async fn end(inner: &Inner, open: Open) -> Result<(), EngineError> {
    let asked = rows(open.client()?, "SELECT pg_current_xact_id()::text", &[]).await;
    let transaction: String = match asked.and_then(|found| found.first().map_or_else(none, |row| column(row, 0))) {
        Ok(transaction) => transaction,
        Err(error) => {
            open.roll_back().await;
            return Err(error);
        }
    };
    let Err(failed) = open.commit().await else { return Ok(()) };
    for _ in 0..QUESTIONS {
        match status(inner, &transaction).await {
            Ok(Some(true)) => return Ok(()),
            Ok(Some(false)) => return Err(failed),
            Ok(None) | Err(_) => tokio::time::sleep(BETWEEN).await,
        }
    }
    tracing::error!(transaction, "nobody could say whether this transaction is on disk");
    Err(failed)
}

fn none<T>() -> Result<T, EngineError> {
    Err(EngineError::Fault("a transaction without number".to_owned()))
}

/// Whether a transaction is on disk; `None` while it runs, or when the server no longer knows.
async fn status(inner: &Inner, transaction: &str) -> Result<Option<bool>, EngineError> {
    let client = inner.client().await?;
    let found = rows(&client, "SELECT pg_xact_status($1::text::xid8)", &[&transaction]).await?;
    let status: Option<String> = found.first().map(|row| column(row, 0)).transpose()?.flatten();
    Ok(match status.as_deref() {
        Some("committed") => Some(true),
        Some("aborted") => Some(false),
        _ => None,
    })
}
