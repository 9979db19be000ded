//! The youngest end of the access log: entries of reads that are not in the database yet.
//!
//! A read is logged before its answer leaves, and the entry must outlive a process that is killed in the next instant. A commit for
//! that would cost a thread change and, since SQLite forgets a connection's pages when another has committed, every reader its
//! cache. So the entry is appended to a file, one system call where the read takes place, and moved into the database (*folded*)
//! before anything else is written there, before the log is read, and twice a second at the latest. Numbers and hashes run on through
//! both, so that the chain is one.
//!
//! There are two files. To fold, the writer *seals* what has been appended, and what comes meanwhile goes into the other file: nobody waits
//! for the disk. A commit of writes takes the end of the log for itself instead, at its own end, since its entries are part of the chain.
//!
//! What a file holds, and how it is read back, is in [`recovery`](super::recovery).

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use varde_base::Clock;

use crate::audit::AuditDraft;
use crate::audit::chain::{Head, encode};
use crate::engine::EngineError;

use super::log::Entry;
use super::recovery::{JOURNAL_FILES, whole};

/// Entries from which on the writer should fold them without waiting for its time.
const FOLD_AT: usize = 8_192;
/// Most entries that may wait; past it a read waits for the writer.
const MOST_WAITING: usize = 65_536;
/// Memory kept for the entries that come next.
const KEPT_BYTES: usize = 2 << 20;

/// Shared by readers, who append, and the writer, who folds.
pub(super) struct Journal {
    state: Mutex<State>,
    /// The writer holds the state for the length of a commit: whoever would log gives the entry to the writer instead of waiting.
    committing: AtomicBool,
    clock: Arc<dyn Clock>,
    /// The last instant given out; time never goes back, whatever the machine's clock does.
    last_micros: AtomicI64,
}

/// One of the two files.
struct Side {
    file: File,
    /// Bytes of whole records in it.
    length: u64,
}

/// Where the log ends.
pub(super) struct State {
    /// Is appended to.
    present: Side,
    /// Is empty, or holds what was sealed.
    other: Side,
    /// Entries that were sealed and are not folded yet.
    sealed_count: usize,
    /// After the last entry, folded or not.
    pub(super) head: Head,
    /// Records that are not in the database, one after the other.
    waiting: Vec<u8>,
    waiting_count: usize,
    /// Memory for what comes after the next sealing.
    spare: Vec<u8>,
    /// The file or the disk failed: nothing may be looked at any more, since it could not be logged.
    failed: bool,
    body: Vec<u8>,
}

/// Records taken out to be folded while others are appended.
pub(super) struct Sealed {
    records: Vec<u8>,
    count: usize,
    /// After the last of them.
    pub(super) head: Head,
}

impl Sealed {
    /// How many.
    pub(super) fn count(&self) -> usize {
        self.count
    }

    /// The entries.
    pub(super) fn entries(&self) -> impl Iterator<Item = Entry<'_>> {
        whole(&self.records)
    }
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
        let [present, other] = JOURNAL_FILES.map(|name| Side::open(&directory.join(name)));
        let state = State {
            present: present?,
            other: other?,
            sealed_count: 0,
            head,
            waiting: Vec::new(),
            waiting_count: 0,
            spare: Vec::new(),
            failed: false,
            body: Vec::new(),
        };
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

    /// Takes out what waits, so that it can be folded while more is appended; `None` when nothing waits, or when it must be folded under
    /// [`Journal::hold`]. Sealed entries come before all that wait.
    pub(super) fn seal(&self) -> Option<Sealed> {
        self.lock().seal()
    }

    /// What was sealed is on disk in the database.
    pub(super) fn unseal(&self, sealed: Sealed) {
        self.lock().unseal(sealed);
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

impl Side {
    fn open(path: &Path) -> io::Result<Self> {
        let file = OpenOptions::new().create(true).append(true).open(path)?;
        Ok(Self { length: file.metadata()?.len(), file })
    }

    /// Its entries are on disk in the database.
    fn empty(&mut self) {
        if self.length > 0 {
            match self.file.set_len(0) {
                Ok(()) => self.length = 0,
                // What is in both places is skipped when it is read back.
                Err(error) => tracing::warn!(%error, "a journal of the access log could not be emptied"),
            }
        }
    }
}

impl State {
    fn seal(&mut self) -> Option<Sealed> {
        // Entries that were folded without a sync may be in the other file still, after a failure.
        if self.waiting_count == 0 || self.sealed_count > 0 || self.other.length > 0 {
            return None;
        }
        std::mem::swap(&mut self.present, &mut self.other);
        self.sealed_count = std::mem::take(&mut self.waiting_count);
        let records = std::mem::replace(&mut self.waiting, std::mem::take(&mut self.spare));
        Some(Sealed { records, count: self.sealed_count, head: self.head })
    }

    fn unseal(&mut self, sealed: Sealed) {
        self.sealed_count = 0;
        self.other.empty();
        self.spare = sealed.records;
        self.spare.clear();
        self.spare.shrink_to(KEPT_BYTES);
    }

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
        if let Err(error) = self.present.file.write_all(added) {
            self.waiting.truncate(before);
            // Half a record must not stand before the next whole one.
            if let Err(error) = self.present.file.set_len(self.present.length) {
                tracing::error!(%error, "the access log cannot be mended");
                self.failed = true;
            }
            return Err(EngineError::Unavailable(error.to_string()));
        }
        self.present.length += u64::try_from(added.len()).unwrap_or(0);
        self.waiting_count += drafts.len();
        self.head = head;
        Ok(())
    }

    /// Whether no entry waits.
    pub(super) fn is_folded(&self) -> bool {
        self.waiting_count + self.sealed_count == 0
    }

    /// Whether so many wait that they must be folded before more come.
    pub(super) fn is_full(&self) -> bool {
        self.waiting_count + self.sealed_count >= MOST_WAITING
    }

    /// How many entries wait.
    pub(super) fn waiting_count(&self) -> usize {
        self.waiting_count
    }

    /// The entries that wait.
    pub(super) fn waiting(&self) -> impl Iterator<Item = Entry<'_>> {
        whole(&self.waiting)
    }

    /// The entries that waited, and those sealed, are in the database. When they are on disk there, the files are not needed any more.
    pub(super) fn folded(&mut self, durable: bool) {
        self.waiting.clear();
        self.waiting.shrink_to(KEPT_BYTES);
        (self.waiting_count, self.sealed_count) = (0, 0);
        if durable {
            self.present.empty();
            self.other.empty();
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use varde_rights::RuleId;

    use super::super::recovery::read;
    use super::*;
    use crate::audit::AuditContext;
    use crate::types::{AuditAction, AuditOutcome};

    pub(in super::super) fn draft(patient: &str) -> AuditDraft {
        AuditDraft {
            context: Arc::new(AuditContext {
                actor_kind: "citizen",
                actor_name: "Kari".into(),
                actor_patient: None,
                acting_for: None,
                interaction: "read",
                purpose: "PATRQT",
                personnel: None,
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

    #[test]
    fn what_comes_while_the_sealed_is_folded_goes_into_the_other_file() {
        let directory = tempfile::tempdir().unwrap();
        let journal = Journal::open(directory.path(), Head::START, 0, Arc::new(varde_base::SystemClock)).unwrap();
        let seen = || {
            let files = read(directory.path()).unwrap();
            let seqs = |bytes: &[u8]| whole(bytes).map(|entry| entry.seq).collect::<Vec<_>>();
            [(files[0].0, seqs(&files[0].1)), (files[1].0, seqs(&files[1].1))]
        };
        assert!(journal.seal().is_none(), "nothing waits");
        journal.append(&[draft("p1"), draft("p2")]).unwrap();
        let sealed = journal.seal().unwrap();
        journal.append(&[draft("p3")]).unwrap();
        assert!(journal.seal().is_none(), "one at a time");
        assert!(!journal.is_folded());
        assert_eq!((sealed.count(), sealed.head.count), (2, 2));
        assert_eq!(sealed.entries().map(|entry| entry.seq).collect::<Vec<_>>(), [1, 2]);
        assert_eq!(seen(), [("audit.journal", vec![1, 2]), ("audit.journal-2", vec![3])]);
        journal.unseal(sealed);
        assert_eq!(seen(), [("audit.journal-2", vec![3]), ("audit.journal", vec![])]);
        // The files change places each time, and the older entries are read first.
        let sealed = journal.seal().unwrap();
        journal.append(&[draft("p4")]).unwrap();
        assert_eq!(seen(), [("audit.journal-2", vec![3]), ("audit.journal", vec![4])]);
        journal.unseal(sealed);
        journal.hold().folded(true);
        assert!(journal.is_folded());
        assert!(seen().iter().all(|(_, seqs)| seqs.is_empty()));
    }
}
