//! The youngest end of the access log: entries of reads that are not in the database yet.
//!
//! A read is logged before its answer leaves, and the entry must outlive a process that is killed in the next instant. A commit for
//! that would cost a thread change and, since SQLite forgets a connection's pages when another has committed, every reader its
//! cache. So the entry is appended to a file, one system call where the read takes place, and moved into the database (*folded*)
//! before anything else is written there, before the log is read, and twice a second at the latest. Numbers and hashes run on through
//! both, so that the chain is one.
//!
//! A record is `length of the entry as u32, little endian | the entry | its hash`.

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rusqlite::Connection;
use varde_base::Clock;

use crate::audit::AuditDraft;
use crate::audit::chain::{Hash, Head, decode, encode};
use crate::engine::EngineError;

use super::errors::engine_error;
use super::log::{self, Entry};

/// The file in the data directory.
pub(super) const JOURNAL_FILE: &str = "audit.journal";
/// Entries from which on the writer should fold them without waiting for its time.
const FOLD_AT: usize = 4_096;
/// Most entries that may wait; past it a read waits for the writer.
const MOST_WAITING: usize = 65_536;
/// Memory kept for the entries that come next.
const KEPT_BYTES: usize = 2 << 20;
const HASH_BYTES: usize = 32;
/// An entry has twelve fields of at most 1,000 bytes.
const LONGEST_ENTRY_BYTES: usize = 16_384;

/// Shared by readers, who append, and the writer, who folds.
pub(super) struct Journal {
    state: Mutex<State>,
    /// The writer holds the state for the length of a commit: whoever would log gives the entry to the writer instead of waiting.
    committing: AtomicBool,
    clock: Arc<dyn Clock>,
    /// The last instant given out; time never goes back, whatever the machine's clock does.
    last_micros: AtomicI64,
}

/// Where the log ends.
pub(super) struct State {
    file: File,
    /// Bytes of whole records in the file.
    length: u64,
    /// After the last entry, folded or not.
    pub(super) head: Head,
    /// Records that are not in the database, one after the other.
    waiting: Vec<u8>,
    waiting_count: usize,
    /// The file or the disk failed: nothing may be looked at any more, since it could not be logged.
    failed: bool,
    body: Vec<u8>,
}

/// What came of an attempt to log at once.
pub(super) enum Logged {
    /// In the file; `true` when it is time to fold.
    Done(bool),
    /// The writer must do it.
    Ask,
}

/// The writer's hold on the end of the log during a commit.
pub(super) struct Held<'a> {
    journal: &'a Journal,
    state: MutexGuard<'a, State>,
}

impl std::ops::Deref for Held<'_> {
    type Target = State;

    fn deref(&self) -> &State {
        &self.state
    }
}

impl std::ops::DerefMut for Held<'_> {
    fn deref_mut(&mut self) -> &mut State {
        &mut self.state
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        self.journal.committing.store(false, Ordering::Release);
    }
}

impl Journal {
    /// Opens the file of a directory, which must have been recovered. `head` is that of the database.
    pub(super) fn open(directory: &Path, head: Head, last_micros: i64, clock: Arc<dyn Clock>) -> io::Result<Self> {
        let file = OpenOptions::new().create(true).append(true).open(directory.join(JOURNAL_FILE))?;
        let length = file.metadata()?.len();
        let state =
            State { file, length, head, waiting: Vec::new(), waiting_count: 0, failed: false, body: Vec::new() };
        let (committing, last_micros) = (AtomicBool::new(false), AtomicI64::new(last_micros));
        Ok(Self { state: Mutex::new(state), committing, clock, last_micros })
    }

    /// The present instant in microseconds, never before one given out earlier.
    pub(super) fn now(&self) -> i64 {
        let now = self.clock.now().as_microsecond();
        self.last_micros.fetch_max(now, Ordering::AcqRel).max(now)
    }

    /// Appends entries, unless the writer is at work.
    pub(super) fn append(&self, drafts: &[AuditDraft]) -> Result<Logged, EngineError> {
        if self.committing.load(Ordering::Acquire) {
            return Ok(Logged::Ask);
        }
        let mut state = self.lock();
        if state.is_full() {
            return Ok(Logged::Ask);
        }
        let before = state.waiting_count;
        state.append(drafts, self.now())?;
        Ok(Logged::Done(before < FOLD_AT && state.waiting_count >= FOLD_AT))
    }

    /// Takes the end of the log for the writer.
    pub(super) fn hold(&self) -> Held<'_> {
        self.committing.store(true, Ordering::Release);
        Held { journal: self, state: self.lock() }
    }

    /// Entries in the whole log.
    pub(super) fn count(&self) -> u64 {
        self.lock().head.count
    }

    /// Whether every entry is in the database.
    pub(super) fn is_folded(&self) -> bool {
        self.lock().is_folded()
    }

    /// The disk failed: nothing is logged from now on, so nothing is shown.
    pub(super) fn fail(&self) {
        self.lock().failed = true;
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Whoever panicked did so between two whole states: the file and the head change last and together.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Appends entries to the file, all or none.
    pub(super) fn append(&mut self, drafts: &[AuditDraft], now_micros: i64) -> Result<(), EngineError> {
        if self.failed {
            return Err(EngineError::Unavailable("the access log cannot be written".to_owned()));
        }
        let (mut head, before) = (self.head, self.waiting.len());
        for draft in drafts {
            encode(draft, head.count + 1, now_micros, &mut self.body);
            head = head.after(&self.body);
            self.waiting.extend_from_slice(&u32::try_from(self.body.len()).unwrap_or(0).to_le_bytes());
            self.waiting.extend_from_slice(&self.body);
            self.waiting.extend_from_slice(&head.hash);
        }
        let added = self.waiting.get(before..).unwrap_or_default();
        if let Err(error) = self.file.write_all(added) {
            self.waiting.truncate(before);
            // Half a record must not stand before the next whole one.
            if let Err(error) = self.file.set_len(self.length) {
                tracing::error!(%error, "the access log cannot be mended");
                self.failed = true;
            }
            return Err(EngineError::Unavailable(error.to_string()));
        }
        self.length += u64::try_from(added.len()).unwrap_or(0);
        self.waiting_count += drafts.len();
        self.head = head;
        Ok(())
    }

    /// Whether no entry waits.
    pub(super) fn is_folded(&self) -> bool {
        self.waiting_count == 0
    }

    /// Whether so many wait that they must be folded before more come.
    pub(super) fn is_full(&self) -> bool {
        self.waiting_count >= MOST_WAITING
    }

    /// How many entries wait.
    pub(super) fn waiting_count(&self) -> usize {
        self.waiting_count
    }

    /// The entries that wait.
    pub(super) fn waiting(&self) -> impl Iterator<Item = Entry<'_>> {
        let mut rest = self.waiting.as_slice();
        std::iter::from_fn(move || {
            let (body, hash, after) = record(rest)?;
            rest = after;
            Entry::of(body, hash)
        })
    }

    /// The entries that waited are in the database. When they are on disk there, the file is not needed any more.
    pub(super) fn folded(&mut self, durable: bool) {
        self.waiting.clear();
        self.waiting.shrink_to(KEPT_BYTES);
        self.waiting_count = 0;
        if durable && self.length > 0 {
            match self.file.set_len(0) {
                Ok(()) => self.length = 0,
                // What is in both places is skipped when it is read back.
                Err(error) => tracing::warn!(%error, "the journal of the access log could not be emptied"),
            }
        }
    }
}

/// Moves what a process that was killed had in its journal into the database; the head after it.
pub(super) fn recover(connection: &mut Connection, directory: &Path, head: Head) -> Result<Head, EngineError> {
    let unavailable = |error: io::Error| EngineError::Unavailable(error.to_string());
    let path = directory.join(JOURNAL_FILE);
    let bytes = match std::fs::read(&path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(head),
        Err(error) => return Err(unavailable(error)),
    };
    let (entries, tail) = entries(&bytes, head);
    let after = entries.last().map_or(head, Entry::head);
    if !entries.is_empty() {
        tracing::info!(entries = entries.len(), "the access log of the last run is put in order");
        let mut memory = super::apply::Memory::load(connection).map_err(engine_error)?;
        let transaction = connection.transaction().map_err(engine_error)?;
        log::insert(&transaction, &mut memory, entries.iter().copied())?;
        log::store_head(&transaction, &after).and_then(|()| transaction.commit()).map_err(engine_error)?;
    }
    if tail == Tail::Changed {
        let kept = aside(directory, after);
        tracing::error!(kept = %kept.display(), "the journal of the access log is not what was written");
        std::fs::rename(&path, kept).map_err(unavailable)?;
    } else {
        File::create(&path).map_err(unavailable)?;
    }
    Ok(after)
}

/// Evidence is kept.
fn aside(directory: &Path, head: Head) -> PathBuf {
    directory.join(format!("{JOURNAL_FILE}.changed-after-{}", head.count))
}

/// What follows the last good record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tail {
    /// Nothing, or the beginning of a record that nobody was answered for.
    Clean,
    /// A whole record that does not continue the chain.
    Changed,
}

/// Entries of a journal that continue the chain after `head`; those the database has already are left out.
pub(super) fn entries(bytes: &[u8], head: Head) -> (Vec<Entry<'_>>, Tail) {
    let (mut rest, mut at, mut out) = (bytes, head, Vec::new());
    while let Some((body, hash, after)) = record(rest) {
        rest = after;
        let Some(entry) = Entry::of(body, hash).filter(|_| decode(body).is_some()) else { return (out, Tail::Changed) };
        if entry.seq <= head.count {
            continue;
        }
        let next = at.after(body);
        if next != entry.head() {
            return (out, Tail::Changed);
        }
        at = next;
        out.push(entry);
    }
    let torn = rest.len() < 4 || length(rest).is_some_and(|length| length <= LONGEST_ENTRY_BYTES);
    (out, if torn { Tail::Clean } else { Tail::Changed })
}

fn length(bytes: &[u8]) -> Option<usize> {
    usize::try_from(u32::from_le_bytes(bytes.get(..4)?.try_into().ok()?)).ok()
}

/// The next whole record: entry, hash, and what follows.
fn record(bytes: &[u8]) -> Option<(&[u8], Hash, &[u8])> {
    let length = length(bytes).filter(|length| *length <= LONGEST_ENTRY_BYTES)?;
    let (body, rest) = bytes.get(4..)?.split_at_checked(length)?;
    let (hash, rest) = rest.split_at_checked(HASH_BYTES)?;
    Some((body, hash.try_into().ok()?, rest))
}

#[cfg(test)]
mod tests {
    use varde_rights::RuleId;

    use super::*;
    use crate::audit::AuditContext;
    use crate::types::{AuditAction, AuditOutcome};

    fn draft(patient: &str) -> AuditDraft {
        AuditDraft {
            context: Arc::new(AuditContext {
                actor_kind: "citizen",
                actor_name: "Kari".into(),
                actor_patient: None,
                acting_for: None,
                interaction: "read",
                purpose: "PATRQT",
            }),
            patient: patient.parse().ok(),
            action: AuditAction::Read,
            resource_type: None,
            resource_id: None,
            query: None,
            count: 1,
            service: None,
            rule: RuleId("PE-1"),
            outcome: AuditOutcome::Done,
        }
    }

    /// A journal of three entries, as bytes.
    fn three() -> Vec<u8> {
        let directory = tempfile::tempdir().unwrap();
        let clock = Arc::new(varde_base::SystemClock);
        let journal = Journal::open(directory.path(), Head::START, 0, clock).unwrap();
        for patient in ["p1", "p2", "p3"] {
            assert!(matches!(journal.append(&[draft(patient)]), Ok(Logged::Done(false))));
        }
        std::fs::read(directory.path().join(JOURNAL_FILE)).unwrap()
    }

    #[test]
    fn what_was_appended_is_read_back_and_a_torn_end_is_left_out() {
        let bytes = three();
        let patients = |bytes: &[u8]| {
            let (entries, tail) = entries(bytes, Head::START);
            (entries.into_iter().map(|entry| entry.patient.to_owned()).collect::<Vec<_>>(), tail)
        };
        assert_eq!(patients(&bytes), (vec!["p1".into(), "p2".into(), "p3".into()], Tail::Clean));
        for cut in 1..60 {
            let (seen, tail) = patients(&bytes[..bytes.len() - cut]);
            assert_eq!((seen.len(), tail), (2, Tail::Clean), "{cut} bytes cut off");
        }
    }

    #[test]
    fn entries_the_database_has_are_skipped() {
        let bytes = three();
        let (all, _) = entries(&bytes, Head::START);
        let after_two = Head { count: 2, hash: all[1].hash };
        assert_eq!(entries(&bytes, after_two).0, all[2..]);
    }

    #[test]
    fn a_changed_byte_is_noticed_wherever_it_is() {
        let bytes = three();
        let whole = entries(&bytes, Head::START).0;
        for place in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[place] ^= 0x10;
            let (seen, tail) = entries(&changed, Head::START);
            // A length made longer looks like a record cut short: then the entry is missing, and the note of the head tells.
            assert!(tail == Tail::Changed || seen.len() < 3, "byte {place}");
            assert_eq!(seen, whole[..seen.len()], "byte {place}");
        }
    }

    #[test]
    fn while_the_writer_commits_an_entry_is_handed_to_it() {
        let directory = tempfile::tempdir().unwrap();
        let journal = Journal::open(directory.path(), Head::START, 0, Arc::new(varde_base::SystemClock)).unwrap();
        let held = journal.hold();
        assert!(matches!(journal.append(&[draft("p1")]), Ok(Logged::Ask)));
        drop(held);
        assert!(matches!(journal.append(&[draft("p1")]), Ok(Logged::Done(_))));
        journal.fail();
        assert!(journal.append(&[draft("p1")]).is_err(), "what cannot be logged is not shown");
    }
}
