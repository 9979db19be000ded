//! Proves that nobody has changed the access log.

use std::path::Path;

use rusqlite::{Connection, OpenFlags};

use crate::audit::chain::{Head, decode};
use crate::engine::EngineError;
use crate::types::{AuditVerification, LogFault};

use super::errors::engine_error;
use super::log::Entry;
use super::{log, recovery, sync};

/// So often is a log read that does not look right.
const ATTEMPTS: usize = 3;

/// Walks the log of a database directory, also while it is in use.
///
/// # Errors
/// Only when the database cannot be read at all; what is wrong with the log is in the answer.
pub(crate) fn verify(directory: &Path) -> Result<AuditVerification, EngineError> {
    // A journal that was folded while it was read looks changed. What was changed looks so every time.
    for _ in 1..ATTEMPTS {
        let seen = once(directory)?;
        if seen.fault.is_none() {
            return Ok(seen);
        }
    }
    once(directory)
}

fn once(directory: &Path) -> Result<AuditVerification, EngineError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(directory.join(super::DATABASE_FILE), flags).map_err(engine_error)?;
    connection.pragma_update(None, "query_only", true).map_err(engine_error)?;
    // Read before the walk: entries added meanwhile only make the log longer than the note, and what is folded meanwhile is in both.
    let noted = sync::read_head(directory);
    let journals = recovery::read(directory).map_err(|error| EngineError::Unavailable(error.to_string()))?;
    let view = connection.unchecked_transaction().map_err(engine_error)?;
    let (mut at, mut fault) = (Head::START, None);
    log::walk(&view, |stored| {
        let expected = at.count + 1;
        let record = decode(&stored.body);
        let next = at.after(&stored.body);
        if stored.seq != expected {
            fault = Some((expected, LogFault::Missing));
        } else if next.hash != stored.hash.as_slice() {
            fault = Some((expected, LogFault::Changed));
        } else {
            let same = record.is_some_and(|record| {
                let columns = (stored.seq, stored.at_micros, &stored.patient);
                columns == (record.seq, record.at.as_microsecond(), &record.patient)
            });
            if !same {
                fault = Some((expected, LogFault::Changed));
            }
        }
        at = next;
        fault.is_none()
    })?;
    if fault.is_none() {
        let (stored, _) = log::head(&view)?;
        if stored.count != at.count || stored.hash != at.hash {
            fault = Some((at.count + 1, LogFault::TailCut));
        } else if let Some(noted) = noted
            && !log::has(&view, &noted)?
        {
            let place = if noted.count > at.count { at.count + 1 } else { noted.count };
            fault = Some((place, LogFault::TailCut));
        }
    }
    for (_, journal) in &journals {
        if fault.is_none() {
            let (entries, tail) = recovery::entries(journal, at);
            at = entries.last().map_or(at, Entry::head);
            fault = (tail == recovery::Tail::Changed).then_some((at.count + 1, LogFault::Changed));
        }
    }
    Ok(AuditVerification { entries: at.count, fault })
}
