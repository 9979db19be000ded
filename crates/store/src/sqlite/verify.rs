//! Proves that nobody has changed the access log.

use std::collections::VecDeque;
use std::path::Path;

use rusqlite::{Connection, OpenFlags};

use crate::audit::chain::{Head, decode};
use crate::audit::check::{AuditVerification, Check, KeptHead, LogFault, Stop, Trust};
use crate::audit::heads::CHECKPOINT_FILE;
use crate::engine::EngineError;

use super::errors::engine_error;
use super::log::{Entry, Stored};
use super::{log, recovery, sync, tree};

/// So often is a log read that does not look right.
const ATTEMPTS: usize = 3;

/// Walks the log of a database directory, also while it is in use.
///
/// # Errors
/// Only when the database cannot be read at all; what is wrong with the log is in the answer.
pub(crate) fn verify(directory: &Path, trust: &Trust) -> Result<AuditVerification, EngineError> {
    // A journal that was folded while it was read looks changed. What was changed looks so every time.
    for _ in 1..ATTEMPTS {
        let seen = once(directory, trust)?;
        if seen.fault.is_none() {
            return Ok(seen);
        }
    }
    once(directory, trust)
}

fn once(directory: &Path, trust: &Trust) -> Result<AuditVerification, EngineError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(directory.join(super::DATABASE_FILE), flags).map_err(engine_error)?;
    connection.pragma_update(None, "query_only", true).map_err(engine_error)?;
    // Read before the walk: entries added meanwhile only make the log longer than the notes, and what is folded meanwhile is in both.
    let noted = sync::read_head(directory);
    let mut trust = trust.clone();
    trust.heads.extend(std::fs::read_to_string(directory.join(CHECKPOINT_FILE)).ok());
    let journals = recovery::read(directory).map_err(|error| EngineError::Unavailable(error.to_string()))?;
    let view = connection.unchecked_transaction().map_err(engine_error)?;
    let mut walk =
        Walk { connection: &view, at: Head::START, heads: VecDeque::new(), last_head: 0, are_heads_read: false };
    match walk.run(&trust, noted, &journals) {
        Ok(result) => Ok(result),
        Err(Stop::Error(error)) => Err(error),
        Err(Stop::Fault(fault)) => {
            Ok(AuditVerification { entries: walk.at.count, fault: Some(fault), ..AuditVerification::default() })
        }
    }
}

struct Walk<'c> {
    connection: &'c Connection,
    at: Head,
    /// Signed heads that were read and not reached.
    heads: VecDeque<KeptHead>,
    last_head: u64,
    are_heads_read: bool,
}

impl Walk<'_> {
    fn run(
        &mut self,
        trust: &Trust,
        noted: Option<Head>,
        journals: &[(&str, Vec<u8>)],
    ) -> Result<AuditVerification, Stop> {
        let has_tree = tree::exists(self.connection)?;
        let (size, keys) =
            if has_tree { (tree::size(self.connection)?, tree::keys(self.connection)?) } else { (0, Vec::new()) };
        self.are_heads_read = !has_tree;
        let mut check = Check::new(size, keys, trust)?;
        let mut done = self.heads(&mut check);
        log::walk(self.connection, |stored| {
            if done.is_ok() {
                done = self.entry(&mut check, &stored);
            }
            done.is_ok()
        })?;
        done?;
        self.end_of_chain(noted)?;
        let tiles = if has_tree { tree::tile_count(self.connection)? } else { 0 };
        check.end(tiles, self.heads.front())?;
        let mut end = self.at;
        for (_, journal) in journals {
            let (entries, tail) = recovery::entries(journal, end);
            end = entries.last().map_or(end, Entry::head);
            if tail == recovery::Tail::Changed {
                return Err((end.count + 1, LogFault::Changed).into());
            }
        }
        Ok(check.result(end.count))
    }

    /// One entry: its place in the chain, its columns, and the tiles and heads that end with it.
    fn entry(&mut self, check: &mut Check, stored: &Stored) -> Result<(), Stop> {
        let expected = self.at.count + 1;
        if stored.seq != expected {
            return Err((expected, LogFault::Missing).into());
        }
        let next = self.at.after(&stored.body);
        let same = decode(&stored.body).is_some_and(|record| {
            let columns = (stored.seq, stored.at_micros, &stored.patient);
            columns == (record.seq, record.at.as_microsecond(), &record.patient)
        });
        if next.hash != stored.hash.as_slice() || !same {
            return Err((expected, LogFault::Changed).into());
        }
        self.at = next;
        check.entry(&stored.body)?;
        for tile in check.tiles() {
            Check::tile(&tile, tree::tile(self.connection, tile.place)?.as_deref())?;
        }
        self.heads(check)
    }

    /// The heads of as many entries as have been walked.
    fn heads(&mut self, check: &mut Check) -> Result<(), Stop> {
        loop {
            if self.heads.is_empty() && !self.are_heads_read {
                self.heads.extend(tree::heads_after(self.connection, self.last_head)?);
                self.are_heads_read = self.heads.is_empty();
            }
            let Some(head) = self.heads.pop_front_if(|head| check.reaches(head)) else { return Ok(()) };
            self.last_head = head.number;
            check.head(&head)?;
        }
    }

    /// The chain must lead to the heads that were stored and noted.
    fn end_of_chain(&self, noted: Option<Head>) -> Result<(), Stop> {
        let at = self.at;
        let (stored, _) = log::head(self.connection)?;
        if stored != at {
            return Err((at.count + 1, LogFault::TailCut).into());
        }
        if let Some(noted) = noted
            && !log::has(self.connection, &noted)?
        {
            let place = if noted.count > at.count { at.count + 1 } else { noted.count };
            return Err((place, LogFault::TailCut).into());
        }
        Ok(())
    }
}
