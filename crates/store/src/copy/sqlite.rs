//! A database in a directory, for copying.

use std::fs::File;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::types::ValueRef;
use rusqlite::{Connection, params_from_iter};
use tokio::sync::mpsc;

use super::tables::{Row, Table};
use super::{BATCH, stopped};
use crate::audit::chain::Head;
use crate::engine::EngineError;
use crate::sql::builder::Value;
use crate::sqlite::{DATABASE_FILE, engine_error, log_head, take};

/// Holds the directory for this process alone.
pub(super) struct SqliteSide {
    connection: Arc<Mutex<Connection>>,
    _lock: File,
}

impl SqliteSide {
    pub(super) fn open(directory: &Path) -> Result<Self, EngineError> {
        let lock = take(directory)?;
        let connection = Connection::open(directory.join(DATABASE_FILE)).map_err(engine_error)?;
        connection.pragma_update(None, "synchronous", "FULL").map_err(engine_error)?;
        Ok(Self { connection: Arc::new(Mutex::new(connection)), _lock: lock })
    }

    /// Works on the connection where it may take its time.
    async fn with<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, EngineError> {
        let connection = Arc::clone(&self.connection);
        let run = move || work(&connection.lock().unwrap_or_else(PoisonError::into_inner));
        let done = tokio::task::spawn_blocking(run).await;
        done.map_err(|error| EngineError::Fault(error.to_string()))?.map_err(engine_error)
    }

    pub(super) async fn read(&self, table: &'static Table, rows: mpsc::Sender<Vec<Row>>) -> Result<(), EngineError> {
        let done = self.with(move |connection| {
            let mut statement = connection.prepare(&select(table))?;
            let mut found = statement.query([])?;
            let mut batch = Vec::with_capacity(BATCH);
            while let Some(row) = found.next()? {
                let cells = (0..table.columns.len())
                    .map(|at| Ok(cell(row.get_ref(at + 1)?)))
                    .collect::<rusqlite::Result<_>>()?;
                batch.push(Row { patient: row.get(0)?, cells });
                if batch.len() == BATCH && rows.blocking_send(std::mem::take(&mut batch)).is_err() {
                    return Ok(false);
                }
            }
            Ok(batch.is_empty() || rows.blocking_send(batch).is_ok())
        });
        if done.await? { Ok(()) } else { Err(stopped()) }
    }

    pub(super) async fn write(&self, table: &'static Table, rows: Vec<Row>) -> Result<(), EngineError> {
        self.with(move |connection| {
            let places = (1..=table.columns.len()).map(|place| format!("?{place}")).collect::<Vec<_>>().join(", ");
            let sql = format!("INSERT INTO {}({}) VALUES ({places})", table.name, table.names(""));
            let transaction = connection.unchecked_transaction()?;
            let mut statement = transaction.prepare_cached(&sql)?;
            for row in &rows {
                statement.execute(params_from_iter(&row.cells))?;
            }
            drop(statement);
            transaction.commit()
        })
        .await
    }

    pub(super) async fn head(&self) -> Result<Head, EngineError> {
        let connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(log_head(&connection)?.0)
    }

    pub(super) async fn finish(&self, head: Head) -> Result<(), EngineError> {
        self.with(move |connection| {
            // The log is indexed by patient again as it would be after a start.
            let set = "UPDATE audit_head SET count = ?1, hash = ?2, indexed = 0";
            connection.execute(set, rusqlite::params![head.count.cast_signed(), head.hash])?;
            connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
        })
        .await
    }
}

/// The patient first, or 0, then the columns.
fn select(table: &Table) -> String {
    let names = table.names("t.");
    if table.is_parted {
        format!("SELECT r.patient, {names} FROM {} AS t JOIN resource AS r ON r.rid = t.rid", table.name)
    } else {
        format!("SELECT 0, {names} FROM {} AS t{}", table.name, table.narrowed())
    }
}

fn cell(value: ValueRef<'_>) -> Value {
    match value {
        ValueRef::Integer(value) => Value::Int(value),
        ValueRef::Real(value) => Value::Real(value),
        ValueRef::Text(value) => Value::Text(String::from_utf8_lossy(value).into_owned()),
        ValueRef::Blob(value) => Value::Blob(value.to_vec()),
        // No column of ours may be empty; a table that has one is found when it is compared.
        ValueRef::Null => Value::Blob(Vec::new()),
    }
}
