//! SQLite: one file, one writer, several readers.

mod apply;
mod cache;
mod conditional;
mod ephemeral;
mod errors;
mod history;
mod index;
mod journal;
mod log;
mod order;
mod outbox;
mod readers;
mod recovery;
mod rows;
mod schema;
mod search;
mod stats;
mod sync;
mod tree;
pub(crate) mod verify;
pub(crate) mod words;
mod writer;

use std::collections::BTreeMap;
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use futures_util::FutureExt as _;
use jiff::Timestamp;
use rusqlite::Connection;
use tokio::sync::{Semaphore, SemaphorePermit, mpsc, oneshot};
use varde_base::{Clock, PatientId, ResourceId};
use varde_fhir::ResourceType;
use varde_fhir::search::{Cursor, Include, Query};

use crate::audit::AuditDraft;
use crate::audit::check::KeptHead;
use crate::audit::tiles::Place;
use crate::engine::{Commit, Conditional, Engine, EngineError, EngineFuture, Ephemeral, Row, Rows, Stats, Visibility};
use crate::outbox::{Step, Undelivered};
use crate::store::Options;
use crate::types::{AccessLogPage, ClaimedMessage, HistoryScope, HistoryWindow, Written};

use apply::Memory;
use cache::{Changes, View};
pub(crate) use errors::engine_error;
use journal::{Journal, Logged};
pub(crate) use log::head as log_head;
use order::Order;
use readers::{Readers, tune};
use writer::{Command, Finish, Writer};

pub(crate) const DATABASE_FILE: &str = "varde.db";
pub(super) const WAL_FILE: &str = "varde.db-wal";
pub(super) const HEAD_FILE: &str = "audit.head";
const LOCK_FILE: &str = "varde.lock";
const PAGE_BYTES: i64 = 4_096;
/// Pages in the write-ahead log from which on the writer itself moves it; only a heavy import comes that far.
const WRITER_CHECKPOINT_PAGES: i64 = 32_000;
/// How long a caller waits for a place in the queue.
const PATIENCE: Duration = Duration::from_secs(5);

/// A database in a directory.
pub(crate) struct SqliteEngine {
    readers: Arc<Readers>,
    /// Places for searches that may take long: one connection fewer than there are, so that a read never waits for such a search, and few
    /// threads, since each such search takes one for itself.
    long: Semaphore,
    writer: mpsc::Sender<Command>,
    journal: Arc<Journal>,
    clock: Arc<dyn Clock>,
    threads: Mutex<Vec<JoinHandle<()>>>,
    stop_sync: std::sync::mpsc::Sender<()>,
    directory: PathBuf,
}

impl SqliteEngine {
    /// Opens or makes the database of a directory, and takes it for this process alone.
    pub(crate) fn open(options: &Options, clock: Arc<dyn Clock>) -> Result<Self, EngineError> {
        let directory = options.directory.as_path();
        let lock = take(directory)?;
        let path = directory.join(DATABASE_FILE);
        let mut connection = Connection::open(&path).map_err(engine_error)?;
        prepare(&connection).map_err(engine_error)?;
        schema::migrate(&mut connection, clock.now().as_microsecond())?;
        let (head, indexed) = log::head(&connection)?;
        if sync::read_head(directory).is_some_and(|noted| noted.count > head.count) {
            tracing::error!("the access log is shorter than it was; run the verification");
        }
        let head = recovery::recover(&mut connection, directory, head)?;
        let last_micros = log::last_instant(&connection).map_err(engine_error)?;
        let journal = Journal::open(directory, head, last_micros, Arc::clone(&clock));
        let journal = Arc::new(journal.map_err(|error| EngineError::Unavailable(error.to_string()))?);
        let memory = Memory::load(&connection).map_err(engine_error)?;
        // A damaged tree stops no one's care: the log goes on, no head is signed, and the verification says where.
        let edge = tree::edge(&connection).inspect_err(|error| tracing::error!(%error, "the access log")).ok();
        let unsynced = Arc::new(AtomicBool::new(false));
        let commits = Arc::new(AtomicU64::new(0));
        let changes = Arc::new(Changes::new());
        let readers = Arc::new(Readers::open(options, &path, Arc::clone(&commits), Arc::clone(&changes))?);
        let (sender, queue) = mpsc::channel(writer::QUEUE);
        let writer = Writer {
            connection,
            memory,
            journal: Arc::clone(&journal),
            sealed: None,
            indexed,
            edge,
            indexed_micros: 0,
            swept_micros: 0,
            full: true,
            unsynced: Arc::clone(&unsynced),
            commits,
            changes,
            _lock: lock,
        };
        let connection = Connection::open(&path).map_err(engine_error)?;
        tune(&connection, 256).map_err(engine_error)?;
        let directory = directory.to_owned();
        let sync = sync::Sync {
            directory: directory.clone(),
            connection,
            unsynced,
            readers: Arc::clone(&readers),
            writer: sender.clone(),
        };
        let (stop_sync, stopped) = std::sync::mpsc::channel();
        let threads = vec![
            sync::spawn("store-writer", move || writer.run(queue))?,
            sync::spawn("store-sync", move || sync.run(&stopped))?,
        ];
        let long = Semaphore::new(options.readers.saturating_sub(1).clamp(1, 63));
        let threads = Mutex::new(threads);
        Ok(Self { readers, long, writer: sender, journal, clock, threads, stop_sync, directory })
    }

    fn point<'a, T: Send + 'a>(&'a self, result: Result<T, EngineError>) -> EngineFuture<'a, T> {
        std::future::ready(result).boxed()
    }

    /// Puts a command in the queue and waits for its answer.
    fn ask<T: Send + 'static>(
        &self,
        command: impl FnOnce(oneshot::Sender<Result<T, EngineError>>) -> Command + Send + 'static,
    ) -> EngineFuture<'_, T> {
        async move {
            let (reply, answer) = oneshot::channel();
            match self.writer.try_send(command(reply)) {
                Ok(()) => {}
                Err(mpsc::error::TrySendError::Closed(_)) => return Err(stopped()),
                Err(mpsc::error::TrySendError::Full(command)) => {
                    self.writer.send_timeout(command, PATIENCE).await.map_err(|_| EngineError::Busy)?;
                }
            }
            // Once in the queue it is done or not whatever becomes of the caller, who never withdraws it.
            answer.await.unwrap_or_else(|_| Err(stopped()))
        }
        .boxed()
    }

    /// A place among the searches that may take long.
    async fn turn(&self) -> Result<SemaphorePermit<'_>, EngineError> {
        let turn = tokio::time::timeout(PATIENCE, self.long.acquire()).await;
        turn.map_err(|_| EngineError::Busy)?.map_err(|_| stopped())
    }

    fn task<T: Send + 'static>(
        &self,
        durable: bool,
        work: impl FnOnce(&Connection, i64) -> Result<T, EngineError> + Send + 'static,
    ) -> EngineFuture<'_, T> {
        self.ask(move |reply| Command::Task {
            durable,
            run: Box::new(move |connection, now| {
                let done = work(connection, now);
                let kept = done.is_ok();
                let finish: Finish = Box::new(move |committed| drop(reply.send(committed.and(done))));
                (kept, finish)
            }),
        })
    }
}

fn stopped() -> EngineError {
    EngineError::Unavailable("the writer has stopped".to_owned())
}

/// Takes the directory for this process.
pub(crate) fn take(directory: &Path) -> Result<File, EngineError> {
    let unavailable = |error: std::io::Error| EngineError::Unavailable(error.to_string());
    std::fs::create_dir_all(directory).map_err(unavailable)?;
    let lock = File::options().create(true).truncate(false).write(true).open(directory.join(LOCK_FILE));
    let lock = lock.map_err(unavailable)?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(TryLockError::WouldBlock) => {
            Err(EngineError::Unavailable("another process has this data directory open; stop it first".to_owned()))
        }
        Err(TryLockError::Error(error)) => Err(unavailable(error)),
    }
}

fn prepare(connection: &Connection) -> rusqlite::Result<()> {
    connection.pragma_update(None, "page_size", PAGE_BYTES)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    tune(connection, 48 << 10)?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "journal_size_limit", 64_i64 << 20)?;
    connection.pragma_update(None, "wal_autocheckpoint", WRITER_CHECKPOINT_PAGES)
}

/// Searches may take long; on a runtime with several workers another takes over this one's tasks meanwhile.
fn in_place<T>(work: impl FnOnce() -> T) -> T {
    use tokio::runtime::{Handle, RuntimeFlavor};
    match Handle::try_current().map(|handle| handle.runtime_flavor()) {
        Ok(RuntimeFlavor::MultiThread) => tokio::task::block_in_place(work),
        _ => work(),
    }
}

impl Engine for SqliteEngine {
    fn read<'a>(&'a self, resource_type: ResourceType, id: &'a ResourceId) -> EngineFuture<'a, Option<Row>> {
        match self.readers.kept(resource_type, id) {
            Some(row) => self.point(Ok(Some(row))),
            None => self.point(self.readers.with(|view| rows::read(view, resource_type, id))),
        }
    }

    fn read_version<'a>(
        &'a self,
        resource_type: ResourceType,
        id: &'a ResourceId,
        version: u64,
    ) -> EngineFuture<'a, Option<Row>> {
        self.point(self.readers.with(|view| {
            let newest = rows::read(view, resource_type, id)?;
            match (newest, i64::try_from(version)) {
                (Some(row), Ok(wanted)) if row.version != version => rows::earlier(&view, row.rid, wanted),
                (newest, Ok(_)) => Ok(newest),
                (_, Err(_)) => Ok(None),
            }
        }))
    }

    fn history<'a>(
        &'a self,
        scope: &'a HistoryScope,
        window: HistoryWindow,
        visible: &'a Visibility,
        count: u32,
        cursor: Option<&'a Cursor>,
    ) -> EngineFuture<'a, Rows> {
        let run = move || self.readers.with(|view| history::history(view, (scope, window), visible, count, cursor));
        // The versions of one resource are few.
        if matches!(scope, HistoryScope::Instance(..)) {
            return self.point(run());
        }
        async move {
            let _turn = self.turn().await?;
            in_place(run)
        }
        .boxed()
    }

    fn search<'a>(&'a self, query: &'a Query, visible: &'a Visibility) -> EngineFuture<'a, Rows> {
        match self.readers.with(|view| search::search_if_short(view, query, visible)) {
            Ok(None) => async move {
                let _turn = self.turn().await?;
                in_place(|| self.readers.with(|view| search::search(view, query, visible)))
            }
            .boxed(),
            Ok(Some(rows)) => self.point(Ok(rows)),
            Err(error) => self.point(Err(error)),
        }
    }

    fn include<'a>(
        &'a self,
        matches: &'a [Row],
        includes: &'a [Include],
        visible: &'a Visibility,
        limit: u32,
    ) -> EngineFuture<'a, Vec<Row>> {
        let run = |view: View<'_>| search::include(view, matches, includes, visible, limit);
        self.point(self.readers.with(run))
    }

    fn of_patient<'a>(
        &'a self,
        patient: &'a PatientId,
        resource_type: ResourceType,
        limit: u32,
    ) -> EngineFuture<'a, Vec<Row>> {
        self.point(self.readers.with(|view| {
            let Some(number) = rows::patient_number(view, patient)? else { return Ok(Vec::new()) };
            rows::of_patient(view, number, resource_type, limit)
        }))
    }

    fn conditional<'a>(&'a self, patient: &'a PatientId, limit: u32) -> EngineFuture<'a, Vec<Conditional>> {
        self.point(self.readers.with(|view| {
            let Some(number) = rows::patient_number(view, patient)? else { return Ok(Vec::new()) };
            conditional::of_patient(view, number, limit)
        }))
    }

    fn commit(&self, commit: Commit) -> EngineFuture<'_, Vec<Written>> {
        self.ask(move |reply| Command::Commit(Box::new(Order::new(commit)), reply))
    }

    fn audit(&self, drafts: Vec<AuditDraft>) -> EngineFuture<'_, ()> {
        // Nothing to log is a question whether the writer lives.
        if drafts.is_empty() {
            return self.ask(move |reply| Command::Audit(drafts, reply));
        }
        match self.journal.append(&drafts) {
            Ok(Logged::Done(fold)) => {
                if fold {
                    // A full queue folds before long by itself.
                    let _ = self.writer.try_send(Command::Tick);
                }
                self.point(Ok(()))
            }
            Ok(Logged::Ask) => self.ask(move |reply| Command::Audit(drafts, reply)),
            Err(error) => self.point(Err(error)),
        }
    }

    fn access_log<'a>(
        &'a self,
        patient: &'a PatientId,
        before: Option<u64>,
        count: u32,
    ) -> EngineFuture<'a, AccessLogPage> {
        async move {
            if !self.journal.is_folded() {
                self.task(false, |_, _| Ok(())).await?;
            }
            self.readers.with(|view| log::access_log(view, patient, before, count))
        }
        .boxed()
    }

    fn tree_grow(&self) -> EngineFuture<'_, u64> {
        self.ask(Command::Grow)
    }

    fn tree_tiles<'a>(&'a self, places: &'a [Place]) -> EngineFuture<'a, BTreeMap<Place, Vec<u8>>> {
        self.point(self.readers.with(|view| tree::tiles(view, places)))
    }

    fn audit_entries(&self, first: u64, count: u32) -> EngineFuture<'_, Vec<Vec<u8>>> {
        self.point(self.readers.with(|view| tree::entries(&view, first, count)))
    }

    fn kept_head(&self, holding: Option<u64>) -> EngineFuture<'_, Option<KeptHead>> {
        self.point(self.readers.with(|view| tree::kept_head(&view, holding)))
    }

    fn keep_head(&self, size: u64, note: String, keys: Vec<String>) -> EngineFuture<'_, bool> {
        self.task(true, move |connection, _| tree::keep_head(connection, size, &note, &keys))
    }

    fn outbox_claim(&self, limit: u32, lease: Duration) -> EngineFuture<'_, Vec<ClaimedMessage>> {
        // A hold that is lost with the machine's power makes a message be handed out again, as one does that has run out.
        self.task(false, move |connection, now| outbox::claim(connection, limit, lease, now))
    }

    fn outbox_step(&self, id: u64, claim: u64, step: Step) -> EngineFuture<'_, bool> {
        self.task(step.is_durable(), move |connection, now| outbox::step(connection, id, claim, &step, now))
    }

    fn outbox_undelivered(&self, limit: u32) -> EngineFuture<'_, Vec<Undelivered>> {
        self.task(false, move |connection, _| outbox::undelivered(connection, limit))
    }

    fn outbox_settle(&self, id: u64) -> EngineFuture<'_, bool> {
        self.task(true, move |connection, _| outbox::settle(connection, id))
    }

    fn ephemeral_put(&self, value: Ephemeral) -> EngineFuture<'_, ()> {
        self.task(true, move |connection, _| ephemeral::put(connection, &value))
    }

    fn ephemeral_swap(&self, value: Ephemeral, before: Option<Vec<u8>>) -> EngineFuture<'_, bool> {
        self.task(true, move |connection, now| ephemeral::swap(connection, &value, before.as_deref(), now))
    }

    fn ephemeral_get<'a>(&'a self, kind: &'a str, key_hash: &'a [u8]) -> EngineFuture<'a, Option<Ephemeral>> {
        self.point(self.readers.with(|view| ephemeral::get(&view, kind, key_hash, self.clock.now().as_microsecond())))
    }

    fn ephemeral_take<'a>(&'a self, kind: &'a str, key_hash: &'a [u8]) -> EngineFuture<'a, Option<Ephemeral>> {
        let (kind, key_hash, now) = (kind.to_owned(), key_hash.to_vec(), self.clock.now().as_microsecond());
        self.task(true, move |connection, _| ephemeral::take(connection, &kind, &key_hash, now))
    }

    fn ephemeral_touch<'a>(&'a self, kind: &'a str, key_hash: &'a [u8], expires: Timestamp) -> EngineFuture<'a, bool> {
        let (kind, key_hash, now) = (kind.to_owned(), key_hash.to_vec(), self.clock.now().as_microsecond());
        let expires = expires.as_microsecond();
        self.task(false, move |connection, _| ephemeral::touch(connection, &kind, &key_hash, expires, now))
    }

    fn ephemeral_delete<'a>(&'a self, kind: &'a str, key_hash: &'a [u8]) -> EngineFuture<'a, bool> {
        let (kind, key_hash) = (kind.to_owned(), key_hash.to_vec());
        self.task(true, move |connection, _| ephemeral::delete(connection, &kind, &key_hash))
    }

    fn ephemeral_delete_by_owner<'a>(&'a self, kind: &'a str, owner: &'a str) -> EngineFuture<'a, u64> {
        let (kind, owner) = (kind.to_owned(), owner.to_owned());
        self.task(true, move |connection, _| ephemeral::delete_by_owner(connection, &kind, &owner))
    }

    fn import_mark<'a>(&'a self, source: &'a str) -> EngineFuture<'a, Option<u64>> {
        self.point(self.readers.with(|view| stats::import_mark(&view, source)))
    }

    fn stats(&self) -> EngineFuture<'_, Stats> {
        self.point(in_place(|| self.readers.with(|view| stats::stats(&view, self.journal.count()))))
    }

    fn close(&self) -> EngineFuture<'_, ()> {
        async move {
            // The other end may have stopped by itself.
            let _ = self.stop_sync.send(());
            // The writer empties the write-ahead log last, for which nobody may look at it.
            self.readers.release_all();
            // Closing what is closed is no error.
            let done = if self.writer.is_closed() { Ok(()) } else { self.ask(Command::Close).await };
            let threads = self.threads.lock().map(|mut threads| std::mem::take(&mut *threads)).unwrap_or_default();
            for thread in threads {
                if in_place(|| thread.join()).is_err() {
                    return Err(EngineError::Fault("a thread of the store panicked".to_owned()));
                }
            }
            let (head, _) = self.readers.with(|view| log::head(&view))?;
            sync::write_head(&self.directory, head).map_err(|error| EngineError::Unavailable(error.to_string()))?;
            done
        }
        .boxed()
    }
}

#[cfg(test)]
mod tests {
    use varde_base::SystemClock;
    use varde_fhir::search::{SearchOptions, parse};

    use super::*;

    fn query(text: &str) -> Query {
        let now = "2026-11-21T09:00:00Z".parse().unwrap();
        let options = SearchOptions { max_count: 100, default_count: 10, lenient: false, now };
        let (name, pairs) = text.split_once('?').unwrap();
        let pairs: Vec<(String, String)> = pairs
            .split('&')
            .map(|pair| pair.split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned())).unwrap())
            .collect();
        parse(ResourceType::from_name(name).unwrap(), &pairs, &options).unwrap()
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn only_searches_that_may_take_long_wait_for_each_other() {
        let directory = tempfile::tempdir().unwrap();
        let engine = SqliteEngine::open(&Options::new(directory.path()), Arc::new(SystemClock)).unwrap();
        let visible = Visibility::everything();
        let all = engine.long.acquire_many(3).await.unwrap();
        for short in [
            "Patient?identifier=urn:x%7C1",
            "Observation?patient=p1&code=1",
            "Patient?_id=p1",
            "Patient?identifier=urn:x%7C1&gender=http://hl7.org/fhir/administrative-gender%7Cmale",
        ] {
            let short = query(&short.replace("%7C", "|"));
            assert!(engine.search(&short, &visible).await.is_ok(), "{short:?}");
        }
        for long in [
            "Patient?birthdate=ge2000",
            "Patient?name:contains=x",
            "Patient?_sort=birthdate",
            "Patient?gender:missing=true",
        ] {
            let long = query(long);
            let waits = tokio::time::timeout(Duration::from_millis(20), engine.search(&long, &visible)).await;
            assert!(waits.is_err(), "{long:?}");
        }
        drop(all);
        assert!(engine.search(&query("Patient?birthdate=ge2000"), &visible).await.is_ok());
        engine.close().await.unwrap();
    }
}
