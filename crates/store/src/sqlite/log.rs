//! The access log in SQLite: appended in the writer's transaction, indexed by patient a moment later.
//!
//! The youngest entries of reads may be in the [journal](super::journal) still.
//!
//! Indexing lags on purpose. An index row for a random citizen dirties a page of its own, which would make logging a read
//! several times dearer; in bulk and sorted it costs little. Entries not indexed yet are found by walking the end of the log.

use rusqlite::{Connection, OptionalExtension, params};
use varde_base::PatientId;

use crate::audit::AuditDraft;
use crate::audit::chain::{Hash, Head, columns, decode, encode};
use crate::engine::EngineError;
use crate::types::{AccessLogPage, AuditRecord};

use super::apply::Memory;
use super::cache::View;
use super::errors::engine_error;
use super::rows;

/// Entries indexed in one transaction.
const INDEX_STEP: i64 = 16_000;
/// Most entries on one page.
const MAX_PAGE: u32 = 1_000;

/// The stored head, and up to which entry the log is indexed.
pub(crate) fn head(connection: &Connection) -> Result<(Head, u64), EngineError> {
    let run = || {
        connection.query_row("SELECT count, hash, indexed FROM audit_head", [], |row| {
            Ok((Head { count: row.get(0)?, hash: row.get::<_, Hash>(1)? }, row.get(2)?))
        })
    };
    run().map_err(engine_error)
}

/// An entry with its place in the chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Entry<'a> {
    pub(super) seq: u64,
    pub(super) at_micros: i64,
    /// Empty for data of nobody.
    pub(super) patient: &'a str,
    pub(super) body: &'a [u8],
    pub(super) hash: Hash,
}

impl<'a> Entry<'a> {
    /// An entry's bytes with its columns; `None` when they are no entry.
    pub(super) fn of(body: &'a [u8], hash: Hash) -> Option<Self> {
        let (seq, at_micros, patient) = columns(body)?;
        Some(Self { seq, at_micros, patient, body, hash })
    }

    /// The head of a log that ends with this entry.
    pub(crate) fn head(&self) -> Head {
        Head { count: self.seq, hash: self.hash }
    }
}

/// Puts entries into the database; how many. The caller stores the head before it commits.
pub(super) fn insert<'a>(
    connection: &Connection,
    memory: &mut Memory,
    entries: impl Iterator<Item = Entry<'a>>,
) -> Result<usize, EngineError> {
    let mut count = 0;
    let mut statement =
        connection.prepare_cached("INSERT INTO audit VALUES (?1, ?2, ?3, ?4, ?5)").map_err(engine_error)?;
    for Entry { seq, at_micros, patient, body, hash } in entries {
        let patient = memory.patient(connection, patient)?;
        count += statement.execute(params![seq, at_micros, patient, body, hash]).map_err(engine_error)?;
    }
    Ok(count)
}

/// Appends entries straight to the database and moves `head` on.
pub(super) fn append(
    connection: &Connection,
    memory: &mut Memory,
    head: &mut Head,
    drafts: &[AuditDraft],
    now_micros: i64,
) -> Result<(), EngineError> {
    let mut body = Vec::with_capacity(256);
    for draft in drafts {
        encode(draft, head.count + 1, now_micros, &mut body);
        let next = head.after(&body);
        insert(connection, memory, Entry::of(&body, next.hash).into_iter())?;
        *head = next;
    }
    Ok(())
}

pub(super) fn store_head(connection: &Connection, head: &Head) -> rusqlite::Result<()> {
    connection
        .prepare_cached("UPDATE audit_head SET count = ?1, hash = ?2")?
        .execute(params![head.count, head.hash])
        .map(drop)
}

/// Indexes a bounded number of entries after `indexed`; how far it came.
pub(super) fn index_step(connection: &Connection, indexed: u64) -> rusqlite::Result<u64> {
    let last: Option<u64> = connection
        .prepare_cached("SELECT max(seq) FROM (SELECT seq FROM audit WHERE seq > ?1 ORDER BY seq LIMIT ?2)")?
        .query_row(params![indexed, INDEX_STEP], |row| row.get(0))?;
    let Some(last) = last else { return Ok(indexed) };
    connection
        .prepare_cached(
            "INSERT INTO audit_patient SELECT patient, seq FROM audit \
             WHERE seq > ?1 AND seq <= ?2 AND patient <> 0 ORDER BY patient, seq",
        )?
        .execute([indexed, last])?;
    connection.prepare_cached("UPDATE audit_head SET indexed = ?1")?.execute([last])?;
    Ok(last)
}

/// One patient's entries below `before`, newest first.
pub(super) fn access_log(
    view: View<'_>,
    patient: &PatientId,
    before: Option<u64>,
    count: u32,
) -> Result<AccessLogPage, EngineError> {
    let Some(number) = rows::patient_number(view, patient)? else { return Ok(AccessLogPage::default()) };
    let (_, indexed) = head(&view)?;
    let before = before.and_then(|before| i64::try_from(before).ok()).unwrap_or(i64::MAX);
    let count = count.clamp(1, MAX_PAGE);
    let run = || {
        // The end of the log first, then the index; both newest first.
        let mut statement = view.prepare_cached(
            "SELECT body FROM (SELECT seq, body FROM audit \
               WHERE seq > ?2 AND seq < ?3 AND patient = ?1 ORDER BY seq DESC LIMIT ?4) \
             UNION ALL SELECT body FROM (SELECT a.body FROM audit_patient i CROSS JOIN audit a ON a.seq = i.seq \
               WHERE i.patient = ?1 AND i.seq < ?3 AND i.seq <= ?2 ORDER BY i.seq DESC LIMIT ?4) LIMIT ?4",
        )?;
        let bodies =
            statement.query_map(params![number, indexed, before, count + 1], |row| row.get::<_, Vec<u8>>(0))?;
        bodies.collect::<rusqlite::Result<Vec<_>>>()
    };
    let bodies = run().map_err(engine_error)?;
    let more = bodies.len() > usize::try_from(count).unwrap_or(usize::MAX);
    let entries: Option<Vec<AuditRecord>> =
        bodies.iter().take(usize::try_from(count).unwrap_or(usize::MAX)).map(|body| decode(body)).collect();
    let entries = entries.ok_or_else(|| EngineError::Fault("a log entry is damaged".to_owned()))?;
    let next_before = entries.last().filter(|_| more).map(|entry| entry.seq);
    Ok(AccessLogPage { entries, next_before })
}

/// One stored entry.
pub(super) struct Stored {
    pub(super) seq: u64,
    pub(super) at_micros: i64,
    pub(super) patient: Option<String>,
    pub(super) body: Vec<u8>,
    pub(super) hash: Vec<u8>,
}

/// Walks the log from the first entry; stops when `each` says so.
pub(super) fn walk(connection: &Connection, mut each: impl FnMut(Stored) -> bool) -> Result<(), EngineError> {
    let mut run = || {
        let mut statement = connection.prepare(
            "SELECT a.seq, a.at_micros, p.id, a.body, a.hash FROM audit a LEFT JOIN patient p ON p.num = a.patient \
             ORDER BY a.seq",
        )?;
        let mut entries = statement.query([])?;
        while let Some(row) = entries.next()? {
            let stored = Stored {
                seq: row.get(0)?,
                at_micros: row.get(1)?,
                patient: row.get(2)?,
                body: row.get(3)?,
                hash: row.get(4)?,
            };
            if !each(stored) {
                break;
            }
        }
        Ok(())
    };
    run().map_err(engine_error)
}

/// Whether the log has an entry with this number and hash.
pub(super) fn has(connection: &Connection, head: &Head) -> Result<bool, EngineError> {
    if head.count == 0 {
        return Ok(true);
    }
    let run = || {
        connection
            .query_row("SELECT hash FROM audit WHERE seq = ?1", [head.count], |row| row.get::<_, Hash>(0))
            .optional()
    };
    run().map(|hash| hash == Some(head.hash)).map_err(engine_error)
}
