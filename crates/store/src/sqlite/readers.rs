//! Connections for reading. A point read takes microseconds, so it runs where it is asked for.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use rusqlite::config::DbConfig;
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, OpenFlags, ToSql};

use crate::engine::EngineError;
use crate::sql::builder::{Sql, Value};

use super::cache::{RowCache, View};
use super::errors::engine_error;

/// Statements kept prepared on each connection; searches come in a few dozen shapes.
const PREPARED: usize = 128;

/// Page cache of each connection.
const CACHE_KIB: i64 = 4 << 10;

/// A small pool.
pub(super) struct Readers {
    connections: Vec<Mutex<Connection>>,
    next: AtomicUsize,
    cache: RowCache,
}

impl Readers {
    pub(super) fn open(path: &Path, count: usize, cache_bytes: u64) -> Result<Self, EngineError> {
        let open = |_| {
            let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
            let connection = Connection::open_with_flags(path, flags)?;
            tune(&connection, CACHE_KIB)?;
            connection.pragma_update(None, "query_only", true)?;
            Ok(Mutex::new(connection))
        };
        let connections = (0..count.clamp(1, 64)).map(open).collect::<rusqlite::Result<_>>().map_err(engine_error)?;
        Ok(Self { connections, next: AtomicUsize::new(0), cache: RowCache::new(cache_bytes) })
    }

    /// Runs `work` on a free connection, waiting for one if need be.
    pub(super) fn with<T>(&self, work: impl FnOnce(View<'_>) -> Result<T, EngineError>) -> Result<T, EngineError> {
        let start = self.next.fetch_add(1, Ordering::Relaxed);
        let count = self.connections.len();
        let free = (0..count).find_map(|step| self.connections.get((start + step) % count)?.try_lock().ok());
        let guard: MutexGuard<'_, Connection> = match free {
            Some(guard) => guard,
            // A poisoned lock only means that a reader panicked; the connection itself holds no half-done work.
            None => match self.connections.get(start % count) {
                Some(connection) => connection.lock().unwrap_or_else(PoisonError::into_inner),
                None => return Err(EngineError::Fault("no connection".to_owned())),
            },
        };
        work(View::committed(&guard, &self.cache))
    }

    /// As [`Readers::with`], with one view of the data over several statements.
    pub(super) fn snapshot<T>(&self, work: impl FnOnce(View<'_>) -> Result<T, EngineError>) -> Result<T, EngineError> {
        self.with(|view| {
            let _snapshot = Snapshot::begin(&view).map_err(engine_error)?;
            work(view)
        })
    }
}

/// A transaction that only reads, with statements that stay prepared. It ends when dropped, also when its work panics.
struct Snapshot<'a>(&'a Connection);

impl<'a> Snapshot<'a> {
    fn begin(connection: &'a Connection) -> rusqlite::Result<Self> {
        connection.prepare_cached("BEGIN")?.execute([])?;
        Ok(Self(connection))
    }
}

impl Drop for Snapshot<'_> {
    fn drop(&mut self) {
        let ended = self.0.prepare_cached("ROLLBACK").and_then(|mut statement| statement.execute([]));
        if let Err(error) = ended {
            tracing::warn!(%error, "a reader's transaction did not end");
        }
    }
}

/// Settings every connection shares. `cache_kib` is the page cache of this connection.
pub(super) fn tune(connection: &Connection, cache_kib: i64) -> rusqlite::Result<()> {
    connection.set_prepared_statement_cache_capacity(PREPARED);
    connection.busy_timeout(std::time::Duration::from_secs(5))?;
    connection.pragma_update(None, "cache_size", -cache_kib)?;
    // No memory map: SQLite takes it down and puts it up again whenever another connection has committed.
    connection.pragma_update(None, "mmap_size", 0)?;
    // A plan never depends on the values bound to it, or every statement would be prepared anew for every set of values.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    connection.pragma_update(None, "foreign_keys", false)?;
    // A page whose content makes no sense is an error, not a guess.
    connection.pragma_update(None, "cell_size_check", true)
}

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Int(value) => ValueRef::Integer(*value),
            Self::Real(value) => ValueRef::Real(*value),
            Self::Text(value) => ValueRef::Text(value.as_bytes()),
            Self::Blob(value) => ValueRef::Blob(value),
        }))
    }
}

/// Runs a built statement and maps its rows.
pub(super) fn query<T>(
    connection: &Connection,
    sql: &Sql,
    map: impl FnMut(&rusqlite::Row<'_>) -> rusqlite::Result<T>,
) -> Result<Vec<T>, EngineError> {
    let run = || {
        let mut statement = connection.prepare_cached(&sql.text)?;
        let rows = statement.query_map(rusqlite::params_from_iter(&sql.values), map)?;
        rows.collect::<rusqlite::Result<Vec<T>>>()
    };
    run().map_err(engine_error)
}
