//! The thread that twice a second puts on disk what was committed without a sync, notes the head of the log beside the database, gives
//! up old views of readers, moves the write-ahead log into the database, and lets the writer keep house: fold and index the log.

use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::thread::JoinHandle;
use std::time::Duration;

use rusqlite::Connection;
use tokio::sync::mpsc;

use crate::audit::chain::Head;
use crate::engine::EngineError;

use super::log;
use super::readers::Readers;
use super::writer::Command;

/// Entries of reads are on disk after at most twice this.
const TICK: Duration = Duration::from_millis(400);
/// Pages in the write-ahead log from which on it is moved into the database.
const CHECKPOINT_PAGES: i64 = 8_000;

pub(super) struct Sync {
    pub(super) directory: PathBuf,
    pub(super) connection: Connection,
    pub(super) unsynced: Arc<AtomicBool>,
    pub(super) readers: Arc<Readers>,
    pub(super) writer: mpsc::Sender<Command>,
}

impl Sync {
    /// Runs until `stop` says so or its other end is gone.
    pub(super) fn run(self, stop: &Receiver<()>) {
        let mut noted = Head::START;
        // Opened once: it is the same file as long as a connection is open.
        let wal = File::open(self.directory.join(super::WAL_FILE));
        loop {
            match stop.recv_timeout(TICK) {
                Err(RecvTimeoutError::Timeout) => {}
                Ok(()) | Err(RecvTimeoutError::Disconnected) => return,
            }
            if self.unsynced.swap(false, Ordering::AcqRel)
                && let Ok(wal) = &wal
                && let Err(error) = wal.sync_data()
            {
                tracing::error!(%error, "the access log could not be put on disk");
                self.unsynced.store(true, Ordering::Release);
            }
            self.note_head(&mut noted);
            self.readers.release_old();
            self.checkpoint();
            // A full queue keeps the writer busy enough; it will be told again.
            let _ = self.writer.try_send(Command::Tick);
        }
    }

    /// The head is read after the sync, or the note could be ahead of the log after a power cut.
    fn note_head(&self, noted: &mut Head) {
        let Ok((head, _)) = log::head(&self.connection) else { return };
        if head != *noted {
            match write_head(&self.directory, head) {
                Ok(()) => *noted = head,
                Err(error) => tracing::warn!(%error, "noting the head of the access log"),
            }
        }
    }

    /// Never makes a reader or the writer wait (`PASSIVE`).
    fn checkpoint(&self) {
        let Ok(wal) = std::fs::metadata(self.directory.join(super::WAL_FILE)) else { return };
        if wal.len() < u64::try_from(CHECKPOINT_PAGES * super::PAGE_BYTES).unwrap_or(u64::MAX) {
            return;
        }
        let done = self.connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |row| row.get::<_, i64>(0));
        if let Err(error) = done {
            tracing::warn!(%error, "moving the write-ahead log into the database");
        }
    }
}

/// Writes the note whole or not at all.
pub(super) fn write_head(directory: &Path, head: Head) -> std::io::Result<()> {
    let (draft, place) = (directory.join("audit.head.new"), directory.join(super::HEAD_FILE));
    let mut file = File::create(&draft)?;
    file.write_all(head.to_line().as_bytes())?;
    file.sync_data()?;
    std::fs::rename(draft, place)
}

/// The head as noted; `None` when there is no note.
pub(super) fn read_head(directory: &Path) -> Option<Head> {
    Head::from_line(&std::fs::read_to_string(directory.join(super::HEAD_FILE)).ok()?)
}

/// A thread of the database.
pub(super) fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>, EngineError> {
    let thread = std::thread::Builder::new().name(name.to_owned()).spawn(work);
    thread.map_err(|error| EngineError::Unavailable(error.to_string()))
}
