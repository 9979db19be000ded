//! Connections: how they are made, how long anybody waits for one, how many statements each keeps prepared.

use std::time::Duration;

use deadpool_postgres::{Client, ClientWrapper, Manager, ManagerConfig, Object, Pool, RecyclingMethod, Runtime};
use rustls_platform_verifier::BuilderVerifierExt;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Config, Row};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::engine::EngineError;
use crate::sql::builder::Sql;

use super::errors::{engine_error, pool_error};
use super::values::numbered;

/// How long a caller waits for a connection.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long a connection may take to be made.
const CONNECT: Duration = Duration::from_secs(10);
/// Statements kept prepared on a connection; searches come in a few dozen shapes, lists of values in more.
const PREPARED: usize = 256;
/// Limits that the server keeps for us: a statement, a wait for a lock, a transaction left open.
const LIMITS: &str = "-c statement_timeout=30s -c lock_timeout=5s -c idle_in_transaction_session_timeout=60s \
     -c jit=off -c plan_cache_mode=auto -c timezone=UTC";

/// Reads an address such as `postgres://varde@db.example/varde?sslmode=require`, with the password when it holds none.
pub(super) fn config(url: &str, password: Option<&str>) -> Result<Config, EngineError> {
    let unreadable = |_| EngineError::Unavailable("the address of the database cannot be read".to_owned());
    let mut config: Config = url.parse().map_err(unreadable)?;
    if let Some(password) = password.filter(|_| config.get_password().is_none()) {
        config.password(password);
    }
    Ok(config)
}

/// Connections to a server. `settings` are added to every connection's: `-c name=value`.
pub(super) fn pool(config: &Config, size: usize, settings: &str) -> Result<Pool, EngineError> {
    let unavailable = |error: &dyn std::fmt::Display| EngineError::Unavailable(error.to_string());
    let mut config = config.clone();
    let own = config.get_options().unwrap_or_default();
    let options = format!("{LIMITS} {settings} {own}");
    config.options(options.trim());
    config.application_name("varde").connect_timeout(CONNECT).keepalives_idle(Duration::from_secs(30));
    let provider = std::sync::Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let tls = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .and_then(BuilderVerifierExt::with_platform_verifier)
        .map_err(|error| unavailable(&error))?
        .with_no_client_auth();
    let recycling = ManagerConfig { recycling_method: RecyclingMethod::Fast };
    let manager = Manager::from_config(config, MakeRustlsConnect::new(tls), recycling);
    let pool = Pool::builder(manager)
        .max_size(size)
        .wait_timeout(Some(PATIENCE))
        .create_timeout(Some(CONNECT))
        .recycle_timeout(Some(CONNECT))
        .runtime(Runtime::Tokio1);
    pool.build().map_err(|error| unavailable(&error))
}

/// A connection, when there is one in time.
pub(super) async fn get(pool: &Pool) -> Result<Client, EngineError> {
    let client = pool.get().await.map_err(pool_error)?;
    if client.statement_cache.size() > PREPARED {
        client.statement_cache.clear();
    }
    Ok(client)
}

/// A connection in a transaction. Dropped before its end, whatever for (a caller that went away in the middle), the connection is given up and
/// the server takes the transaction back: a connection that went into the pool like that would keep its locks and its next user's writes.
pub(super) struct Open(Option<Client>);

impl Open {
    /// Begins with these statements.
    pub(super) async fn begin(client: Client, statements: &str) -> Result<Self, EngineError> {
        let open = Self(Some(client));
        open.run(statements).await?;
        Ok(open)
    }

    /// The connection.
    pub(super) fn client(&self) -> Result<&ClientWrapper, EngineError> {
        let client = self.0.as_deref();
        client.ok_or_else(|| EngineError::Fault("a transaction without connection".to_owned()))
    }

    /// Commits, and gives the connection back when that went well.
    pub(super) async fn commit(mut self) -> Result<(), EngineError> {
        self.run("COMMIT").await?;
        drop(self.0.take());
        Ok(())
    }

    /// Takes everything back. When that fails the connection is given up, which comes to the same.
    pub(super) async fn roll_back(mut self) {
        match self.run("ROLLBACK").await {
            Ok(()) => drop(self.0.take()),
            Err(error) => tracing::warn!(%error, "rolling back; the connection is given up"),
        }
    }

    async fn run(&self, statements: &str) -> Result<(), EngineError> {
        self.client()?.batch_execute(statements).await.map_err(engine_error)
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        if let Some(client) = self.0.take() {
            drop(Object::take(client));
        }
    }
}

/// Runs a statement that was put together.
pub(super) async fn query(client: &ClientWrapper, sql: &Sql) -> Result<Vec<Row>, EngineError> {
    let statement = client.prepare_cached(&numbered(sql)).await.map_err(engine_error)?;
    let values: Vec<&(dyn ToSql + Sync)> = sql.values.iter().map(|value| value as &(dyn ToSql + Sync)).collect();
    client.query(&statement, &values).await.map_err(engine_error)
}

/// Runs a statement of ours and gives its rows.
pub(crate) async fn rows(
    client: &ClientWrapper,
    sql: &str,
    values: &[&(dyn ToSql + Sync)],
) -> Result<Vec<Row>, EngineError> {
    let statement = client.prepare_cached(sql).await.map_err(engine_error)?;
    client.query(&statement, values).await.map_err(engine_error)
}

/// Runs a statement of ours and says how many rows it changed.
pub(crate) async fn execute(
    client: &ClientWrapper,
    sql: &str,
    values: &[&(dyn ToSql + Sync)],
) -> Result<u64, EngineError> {
    let statement = client.prepare_cached(sql).await.map_err(engine_error)?;
    client.execute(&statement, values).await.map_err(engine_error)
}

/// A column of a row.
pub(crate) fn column<'r, T: tokio_postgres::types::FromSql<'r>>(row: &'r Row, at: usize) -> Result<T, EngineError> {
    row.try_get(at).map_err(|error| EngineError::Fault(error.to_string()))
}
