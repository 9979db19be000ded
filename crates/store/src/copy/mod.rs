//! Moves an installation from one database to another, also between engines, and proves that everything is there.
//!
//! Rows are copied as they are, numbers of patients and resources too, since checksums and the chain of the log hold them. Afterwards every
//! table is read again from both sides and compared by count and by hash.

mod postgres;
mod sqlite;
mod tables;

use std::sync::Arc;

use sha2::{Digest as _, Sha256};
use tokio::sync::mpsc;
use varde_base::SystemClock;
use varde_rights::RuleBook;

use crate::audit::chain::Head;
use crate::engine::EngineError;
use crate::place::Place;
use crate::sql::builder::Value;

use postgres::PostgresSide;
use sqlite::SqliteSide;
use tables::{Row, TABLES, Table};

/// Rows read and written at a time.
const BATCH: usize = 2_000;
/// Batches that may wait between reader and writer.
const AHEAD: usize = 4;

/// How many rows of a table were copied and found to be the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Copied {
    /// The table.
    pub table: &'static str,
    /// Its rows.
    pub rows: u64,
    /// SHA-256 hashes of the rows, added up, in hexadecimal: the order of rows does not matter.
    pub hash: String,
}

/// One of the two databases.
enum Side {
    Sqlite(SqliteSide),
    Postgres(Box<PostgresSide>),
}

impl Side {
    async fn open(place: &Place) -> Result<Self, EngineError> {
        Ok(match place {
            Place::Directory(directory) => Self::Sqlite(SqliteSide::open(directory)?),
            Place::Server(options) => Self::Postgres(Box::new(PostgresSide::open(options).await?)),
        })
    }

    /// Sends every row of a table.
    async fn read(&self, table: &'static Table, rows: mpsc::Sender<Vec<Row>>) -> Result<(), EngineError> {
        match self {
            Self::Sqlite(side) => side.read(table, rows).await,
            Self::Postgres(side) => side.read(table, &rows).await,
        }
    }

    async fn write(&self, table: &'static Table, rows: Vec<Row>) -> Result<(), EngineError> {
        match self {
            Self::Sqlite(side) => side.write(table, rows).await,
            Self::Postgres(side) => side.write(table, &rows).await,
        }
    }

    async fn head(&self) -> Result<Head, EngineError> {
        match self {
            Self::Sqlite(side) => side.head().await,
            Self::Postgres(side) => side.head().await,
        }
    }

    /// Makes what follows from the rows: the head of the log, and from where numbers go on.
    async fn finish(&self, head: Head) -> Result<(), EngineError> {
        match self {
            Self::Sqlite(side) => side.finish(head).await,
            Self::Postgres(side) => side.finish(head).await,
        }
    }
}

/// Copies the database at `from` to the empty one at `to`.
///
/// # Errors
/// When one of them is in use or does not answer, when `to` holds anything, or when what was written is not what was read. What was copied
/// until then is left: the directory or database is of no use and may be thrown away.
pub async fn copy(from: &Place, to: &Place) -> Result<Vec<Copied>, EngineError> {
    settle(from, false).await?;
    settle(to, true).await?;
    let (source, target) = (Side::open(from).await?, Side::open(to).await?);
    let mut copied = Vec::with_capacity(TABLES.len());
    for table in &TABLES {
        copied.push(one(&source, &target, table).await?);
    }
    target.finish(source.head().await?).await?;
    for (table, sent) in TABLES.iter().zip(&copied) {
        let arrived = measure(&target, table).await?;
        if arrived != *sent {
            return Err(EngineError::Fault(format!("table {} is not what it was", table.name)));
        }
    }
    Ok(copied)
}

/// Brings a database to this build's form, with everything that waits put in order, and looks whether it is empty.
async fn settle(place: &Place, must_be_empty: bool) -> Result<(), EngineError> {
    let book = RuleBook::national().map_err(|error| EngineError::Fault(error.to_string()))?;
    let store = place.open(Arc::new(SystemClock), book).await?;
    let stats = store.stats().await?;
    store.close().await?;
    if must_be_empty && (!stats.resources.is_empty() || stats.audit_entries > 0) {
        return Err(EngineError::Unavailable(format!("{place} is not empty; nothing was copied")));
    }
    Ok(())
}

/// Copies a table.
async fn one(source: &Side, target: &Side, table: &'static Table) -> Result<Copied, EngineError> {
    let (sender, mut receiver) = mpsc::channel::<Vec<Row>>(AHEAD);
    let reading = source.read(table, sender);
    let writing = async {
        let mut sum = Sum::default();
        while let Some(rows) = receiver.recv().await {
            sum.add(&rows);
            target.write(table, rows).await?;
        }
        Ok(sum.copied(table))
    };
    let ((), copied) = futures_util::future::try_join(reading, writing).await?;
    Ok(copied)
}

/// Reads a table for its count and hash alone.
async fn measure(side: &Side, table: &'static Table) -> Result<Copied, EngineError> {
    let (sender, mut receiver) = mpsc::channel::<Vec<Row>>(AHEAD);
    let counting = async {
        let mut sum = Sum::default();
        while let Some(rows) = receiver.recv().await {
            sum.add(&rows);
        }
        Ok(sum.copied(table))
    };
    let ((), copied) = futures_util::future::try_join(side.read(table, sender), counting).await?;
    Ok(copied)
}

/// Count and added-up hashes of rows.
#[derive(Default)]
struct Sum {
    rows: u64,
    hash: [u64; 4],
}

impl Sum {
    fn add(&mut self, rows: &[Row]) {
        for row in rows {
            let mut sha = Sha256::new();
            for cell in &row.cells {
                let (kind, bytes): (u8, &[u8]) = match cell {
                    Value::Int(value) => (0, &value.to_le_bytes()),
                    Value::Real(value) => (1, &value.to_le_bytes()),
                    Value::Text(value) => (2, value.as_bytes()),
                    Value::Blob(value) => (3, value),
                };
                sha.update([kind]);
                sha.update(u64::try_from(bytes.len()).unwrap_or(u64::MAX).to_le_bytes());
                sha.update(bytes);
            }
            for (sum, part) in self.hash.iter_mut().zip(sha.finalize().chunks_exact(8)) {
                let part = part.try_into().map_or(0, u64::from_le_bytes);
                *sum = sum.wrapping_add(part);
            }
            self.rows += 1;
        }
    }

    fn copied(self, table: &'static Table) -> Copied {
        let hash = self.hash.iter().map(|part| format!("{part:016x}")).collect();
        Copied { table: table.name, rows: self.rows, hash }
    }
}

/// The reader's other end is gone: the writer has failed, and says why.
fn stopped() -> EngineError {
    EngineError::Unavailable("the copy was stopped".to_owned())
}
