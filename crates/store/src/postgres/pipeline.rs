//! Statements sent one after the other without waiting for the answers in between: a batch takes one round trip, not a dozen.

use deadpool_postgres::ClientWrapper;
use futures_util::future::try_join_all;
use tokio_postgres::Statement;
use tokio_postgres::types::ToSql;

use crate::engine::EngineError;

use super::errors::engine_error;

/// Statements to run in order on one connection.
pub(super) struct Pipeline<'a> {
    client: &'a ClientWrapper,
    steps: Vec<(Statement, Vec<&'a (dyn ToSql + Sync)>)>,
}

impl<'a> Pipeline<'a> {
    pub(super) fn new(client: &'a ClientWrapper) -> Self {
        Self { client, steps: Vec::new() }
    }

    /// Adds a statement. It is prepared now, so that all of them are sent together.
    pub(super) async fn add(&mut self, sql: &str, values: Vec<&'a (dyn ToSql + Sync)>) -> Result<(), EngineError> {
        let statement = self.client.prepare_cached(sql).await.map_err(engine_error)?;
        self.steps.push((statement, values));
        Ok(())
    }

    /// Sends all and waits for the answers. The first that fails is the answer; the transaction is then of no use.
    pub(super) async fn run(self) -> Result<(), EngineError> {
        let client = self.client;
        // Polled in order the first time, which is when each is sent.
        let answers = self.steps.iter().map(|(statement, values)| client.execute(statement, values));
        try_join_all(answers).await.map(drop).map_err(engine_error)
    }
}
