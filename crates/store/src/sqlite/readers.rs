//! Connections for reading. A point read takes microseconds, so it runs where it is asked for.

use std::path::Path;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rusqlite::config::DbConfig;
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, OpenFlags, ToSql};
use varde_base::ResourceId;
use varde_fhir::ResourceType;

use crate::engine::{EngineError, Row};
use crate::sql::builder::{Sql, Value};
use crate::store::Options;

use super::cache::{Changes, RowCache, View};
use super::errors::engine_error;

/// Statements kept prepared on each connection; searches come in a few dozen shapes.
const PREPARED: usize = 128;

/// Page cache of each connection.
const CACHE_KIB: i64 = 4 << 10;

/// A small pool.
///
/// Each connection keeps its view of the data from one piece of work to the next for as long as nothing is committed, since to begin and
/// end a transaction takes as long as a read. Whoever was told of a commit has seen `commits` move first, and so sees what it wrote.
pub(super) struct Readers {
    connections: Vec<Mutex<Reader>>,
    next: AtomicUsize,
    cache: RowCache,
    commits: Arc<AtomicU64>,
}

struct Reader {
    connection: Connection,
    /// `commits` as it was before the present view began; `None` when there is no view.
    view_of: Option<u64>,
}

impl Reader {
    /// A view of everything committed before this was called.
    fn renew(&mut self, commits: u64) -> rusqlite::Result<()> {
        if self.view_of == Some(commits) {
            return Ok(());
        }
        self.release()?;
        self.connection.prepare_cached("BEGIN")?.execute([])?;
        self.view_of = Some(commits);
        Ok(())
    }

    /// Gives the view up. One that is kept holds back the write-ahead log.
    fn release(&mut self) -> rusqlite::Result<()> {
        if self.view_of.take().is_some() && !self.connection.is_autocommit() {
            // Nothing was written; to commit nothing is less work than to take nothing back.
            self.connection.prepare_cached("COMMIT")?.execute([])?;
        }
        Ok(())
    }
}

impl Readers {
    /// `commits` moves on with every commit, before anybody hears of it.
    pub(super) fn open(
        options: &Options,
        path: &Path,
        commits: Arc<AtomicU64>,
        changes: Arc<Changes>,
    ) -> Result<Self, EngineError> {
        let open = |_| {
            let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
            let connection = Connection::open_with_flags(path, flags)?;
            tune(&connection, CACHE_KIB)?;
            connection.pragma_update(None, "query_only", true)?;
            Ok(Mutex::new(Reader { connection, view_of: None }))
        };
        let count = options.readers.clamp(1, 64);
        let connections = (0..count).map(open).collect::<rusqlite::Result<_>>().map_err(engine_error)?;
        Ok(Self { connections, next: AtomicUsize::new(0), cache: RowCache::new(options.cache_bytes, changes), commits })
    }

    /// The newest version of a resource, when it is in memory.
    pub(super) fn kept(&self, resource_type: ResourceType, id: &ResourceId) -> Option<Row> {
        self.cache.read(resource_type.to_code(), id)
    }

    /// Runs `work` on a free connection, waiting for one if need be, with one view of the data.
    pub(super) fn with<T>(&self, work: impl FnOnce(View<'_>) -> Result<T, EngineError>) -> Result<T, EngineError> {
        let start = self.next.fetch_add(1, Ordering::Relaxed);
        let count = self.connections.len();
        let free = (0..count).find_map(|step| self.connections.get((start + step) % count)?.try_lock().ok());
        let mut reader: MutexGuard<'_, Reader> = match free {
            Some(guard) => guard,
            // A poisoned lock only means that a reader panicked; the connection itself holds no half-done work.
            None => match self.connections.get(start % count) {
                Some(connection) => connection.lock().unwrap_or_else(PoisonError::into_inner),
                None => return Err(EngineError::Fault("no connection".to_owned())),
            },
        };
        reader.renew(self.commits.load(Ordering::Acquire)).map_err(engine_error)?;
        let done = work(View::committed(&reader.connection, &self.cache, reader.view_of, &self.commits));
        if done.is_err() {
            // What a failed statement leaves of a view is not worth keeping.
            reader.release().map_err(engine_error)?;
        }
        done
    }

    /// Gives up the views that are out of date and not in use: for housekeeping.
    pub(super) fn release_old(&self) {
        let commits = self.commits.load(Ordering::Acquire);
        for reader in &self.connections {
            if let Ok(mut reader) = reader.try_lock()
                && reader.view_of != Some(commits)
                && let Err(error) = reader.release()
            {
                tracing::warn!(%error, "a reader's view did not end");
            }
        }
    }

    /// Gives up all views: before the database is closed.
    pub(super) fn release_all(&self) {
        for reader in &self.connections {
            let mut reader = reader.lock().unwrap_or_else(PoisonError::into_inner);
            if let Err(error) = reader.release() {
                tracing::warn!(%error, "a reader's view did not end");
            }
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
