//! The one thread that writes. It takes whatever waits in its queue, runs it in one transaction with a savepoint for each
//! caller, commits once, and only then answers everybody.

use std::fs::File;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot};

use crate::audit::AuditDraft;
use crate::audit::chain::Head;
use crate::audit::tiles::Edge;
use crate::engine::{Commit, EngineError};
use crate::types::Written;

use super::apply::{Apply, Memory};
use super::cache::Changes;
use super::errors::{disk_failed, engine_error};
use super::journal::{Journal, State};
use super::{ephemeral, log, outbox, tree};

/// Requests that may wait. A caller who finds it full is told that we are busy.
pub(super) const QUEUE: usize = 4_096;
/// Requests in one transaction: enough to share a sync, few enough that nobody waits long.
const GROUP: usize = 512;
/// How long finished messages and idempotency keys are kept.
const KEEP_MICROS: i64 = 7 * 24 * 3_600 * 1_000_000;
/// Between two sweeps of what has ended.
const SWEEP_MICROS: i64 = 60 * 1_000_000;
/// Steps of indexing the log and taking it into its tree at one tick, and when somebody waits for the tree.
const STEPS: usize = 8;
const STEPS_ASKED: usize = 64;

pub(super) type Reply<T> = oneshot::Sender<Result<T, EngineError>>;
/// Answers a caller, after the commit or after its failure.
pub(super) type Finish = Box<dyn FnOnce(Result<(), EngineError>) + Send>;
/// Small work on the write connection; says whether it went well, so that the savepoint is kept.
pub(super) type Task = Box<dyn FnOnce(&Connection, i64) -> (bool, Finish) + Send>;

pub(super) enum Command {
    Commit(Box<Commit>, Reply<Vec<Written>>),
    Audit(Vec<AuditDraft>, Reply<()>),
    /// `durable`: on disk before it is answered.
    Task {
        durable: bool,
        run: Task,
    },
    /// Time for housekeeping.
    Tick,
    /// Everything logged so far into the tree, and how many entries it holds.
    Grow(Reply<u64>),
    Close(Reply<()>),
}

pub(super) struct Writer {
    pub(super) connection: Connection,
    pub(super) memory: Memory,
    /// The end of the log.
    pub(super) journal: Arc<Journal>,
    /// Up to which entry the log is indexed.
    pub(super) indexed: u64,
    /// Where the log's tree grows; `None` when the tables cannot tell.
    pub(super) edge: Option<Edge>,
    pub(super) swept_micros: i64,
    /// `synchronous=FULL` is set now.
    pub(super) full: bool,
    /// Log entries are in the kernel that are not on disk yet.
    pub(super) unsynced: Arc<AtomicBool>,
    /// Moves on with every commit, before anybody is answered.
    pub(super) commits: Arc<AtomicU64>,
    /// Moves on after it, for each patient that was touched.
    pub(super) changes: Arc<Changes>,
    /// Keeps other processes out for as long as this one may write.
    pub(super) _lock: File,
}

impl Writer {
    /// Runs until it is told to close, every sender is gone, or the disk has failed.
    pub(super) fn run(mut self, mut queue: mpsc::Receiver<Command>) {
        let mut group = Vec::with_capacity(GROUP);
        while queue.blocking_recv_many(&mut group, GROUP) > 0 {
            let mut close = None;
            let mut tick = false;
            let mut grow = Vec::new();
            let mut work = Vec::with_capacity(group.len());
            for command in group.drain(..) {
                match command {
                    Command::Tick => tick = true,
                    Command::Close(reply) => close = Some(reply),
                    Command::Grow(reply) => grow.push(reply),
                    other => work.push(other),
                }
            }
            if !work.is_empty() && !self.group(work) {
                tracing::error!("the disk failed; the database takes no more writes until it is opened anew");
                self.journal.fail();
                return;
            }
            if !grow.is_empty() {
                self.grow_for(grow);
            }
            if tick {
                self.housekeeping();
            }
            if let Some(reply) = close {
                let done = self.close();
                // A caller that has gone away needs no answer.
                let _ = reply.send(done);
                return;
            }
        }
        if let Err(error) = self.close() {
            tracing::error!(%error, "closing the database");
        }
    }

    /// Runs a group. `false` when the disk failed.
    fn group(&mut self, work: Vec<Command>) -> bool {
        let journal = Arc::clone(&self.journal);
        let mut end = journal.hold();
        if !end.is_full() && work.iter().all(|command| matches!(command, Command::Audit(..))) {
            self.log_alone(work, &mut end);
            return true;
        }
        let durable = work.iter().any(|command| match command {
            Command::Commit(..) => true,
            Command::Task { durable, .. } => *durable,
            _ => false,
        });
        let mut finish: Vec<Finish> = Vec::with_capacity(work.len());
        let before = end.head;
        let result = self.begin(durable).and_then(|()| {
            self.fold(&end)?;
            for command in work {
                self.one(command, &mut end.head, &mut finish)?;
            }
            if end.head != before || !end.is_folded() {
                log::store_head(&self.connection, &end.head)?;
            }
            self.commit_transaction()
        });
        match result {
            Ok(()) => {
                end.folded(durable);
                if !durable {
                    self.unsynced.store(true, Ordering::Release);
                }
                finish.into_iter().for_each(|finish| finish(Ok(())));
                true
            }
            Err(error) => {
                let failed = disk_failed(&error);
                let text = error.to_string();
                self.roll_back();
                end.head = before;
                tracing::error!(error = text, "a transaction was not committed");
                for finish in finish {
                    finish(Err(EngineError::Unavailable(text.clone())));
                }
                !failed
            }
        }
    }

    /// Log entries of reads that met a commit.
    fn log_alone(&self, work: Vec<Command>, end: &mut State) {
        for command in work {
            if let Command::Audit(drafts, reply) = command {
                // A caller that has gone away needs no answer.
                let _ = reply.send(end.append(&drafts, self.journal.now()));
            }
        }
    }

    /// Puts the entries that wait into the transaction.
    fn fold(&mut self, end: &State) -> rusqlite::Result<()> {
        let count = log::insert(&self.connection, &mut self.memory, end.waiting());
        let count = count.map_err(|error| gone(&error.to_string()))?;
        if count == end.waiting_count() { Ok(()) } else { Err(gone("an entry of the log cannot be read")) }
    }

    fn commit_transaction(&mut self) -> rusqlite::Result<()> {
        self.connection.prepare_cached("COMMIT")?.execute([])?;
        self.commits.fetch_add(1, Ordering::AcqRel);
        for patient in self.memory.touched.drain(..) {
            self.changes.touch(patient);
        }
        Ok(())
    }

    fn begin(&mut self, durable: bool) -> rusqlite::Result<()> {
        if durable != self.full {
            self.connection.pragma_update(None, "synchronous", if durable { "FULL" } else { "NORMAL" })?;
            self.full = durable;
        }
        self.connection.prepare_cached("BEGIN IMMEDIATE")?.execute([]).map(drop)
    }

    fn roll_back(&mut self) {
        if !self.connection.is_autocommit()
            && let Err(error) = self.connection.execute_batch("ROLLBACK")
        {
            tracing::error!(%error, "rolling back");
        }
        self.memory.forget();
    }

    /// Runs one caller's work in a savepoint. An error ends the whole group: the transaction is gone.
    fn one(&mut self, command: Command, head: &mut Head, finish: &mut Vec<Finish>) -> rusqlite::Result<()> {
        let now = self.journal.now();
        // The log alone needs no savepoint: it fails only when the transaction does.
        if let Command::Audit(drafts, reply) = command {
            let done = log::append(&self.connection, &mut self.memory, head, &drafts, now);
            let failed = done.is_err();
            finish.push(Box::new(move |committed| drop(reply.send(committed.and(done)))));
            return if failed { Err(gone("the transaction was rolled back")) } else { Ok(()) };
        }
        let before = *head;
        self.connection.prepare_cached("SAVEPOINT one")?.execute([])?;
        let (kept, answer): (bool, Finish) = match command {
            Command::Commit(commit, reply) => {
                let done = self.commit(&commit, head, now);
                (done.is_ok(), Box::new(move |committed| drop(reply.send(committed.and(done)))))
            }
            Command::Task { run, .. } => run(&self.connection, now),
            Command::Audit(..) | Command::Tick | Command::Grow(_) | Command::Close(_) => (true, Box::new(drop)),
        };
        finish.push(answer);
        // A full disk or a failed read may have rolled everything back already.
        if self.connection.is_autocommit() {
            return Err(gone("the transaction was rolled back"));
        }
        if !kept {
            *head = before;
            self.memory.forget();
            self.connection.prepare_cached("ROLLBACK TO one")?.execute([])?;
        }
        self.connection.prepare_cached("RELEASE one")?.execute([]).map(drop)
    }

    fn commit(&mut self, commit: &Commit, head: &mut Head, now: i64) -> Result<Vec<Written>, EngineError> {
        let (written, repeated) = Apply::new(&self.connection, &mut self.memory, now).run(commit)?;
        // An answer repeated by its idempotency key wrote nothing, so there is nothing new to log.
        if !repeated {
            log::append(&self.connection, &mut self.memory, head, &commit.audit, now)?;
        }
        Ok(written)
    }

    /// Folds and indexes the log, and forgets what has ended. Failing only puts it off.
    fn housekeeping(&mut self) {
        let now = self.journal.now();
        let sweep = now - self.swept_micros > SWEEP_MICROS;
        let last = match self.fold_alone() {
            Ok(last) => last,
            Err(error) => return tracing::warn!(%error, "folding the log is put off"),
        };
        if let Err(error) = self.follow(last, STEPS) {
            return tracing::warn!(%error, "indexing the log is put off");
        }
        if sweep {
            self.sweep(now);
        }
    }

    /// Moves the entries that wait into the database, on disk; the number of the last entry.
    fn fold_alone(&mut self) -> rusqlite::Result<u64> {
        let journal = Arc::clone(&self.journal);
        let mut end = journal.hold();
        if !end.is_folded() {
            let done = self.begin(true).and_then(|()| {
                self.fold(&end)?;
                log::store_head(&self.connection, &end.head)?;
                self.commit_transaction()
            });
            if let Err(error) = done {
                self.roll_back();
                return Err(error);
            }
            end.folded(true);
        }
        Ok(end.head.count)
    }

    /// Indexes the log up to its last entry and takes it into the tree, in at most as many transactions; every commit costs readers their cache.
    fn follow(&mut self, last: u64, steps: usize) -> rusqlite::Result<()> {
        for _ in 0..steps {
            let grows = self.edge.as_ref().is_some_and(|edge| edge.size() < last);
            if self.indexed >= last && !grows {
                break;
            }
            let mut edge = self.edge.clone().filter(|_| grows);
            let done = self.begin(false).and_then(|()| {
                let indexed = log::index_step(&self.connection, self.indexed)?;
                let moved = edge.as_mut().map_or(Ok(true), |edge| tree::step(&self.connection, edge))?;
                self.commit_transaction()?;
                Ok((indexed, moved))
            });
            match done {
                Ok((indexed, moved)) => {
                    self.indexed = indexed;
                    if grows {
                        self.edge = edge.filter(|_| moved);
                    }
                    if !moved {
                        tracing::error!(entry = last, "the access log's tree cannot go on; run the verification");
                    }
                }
                Err(error) => {
                    self.roll_back();
                    return Err(error);
                }
            }
        }
        Ok(())
    }

    /// Takes everything logged so far into the tree for those who wait.
    fn grow_for(&mut self, waiting: Vec<Reply<u64>>) {
        let done = self.fold_alone().and_then(|last| self.follow(last, STEPS_ASKED));
        for reply in waiting {
            let answer = match (&done, &self.edge) {
                (Ok(()), Some(edge)) => Ok(edge.size()),
                (Ok(()), None) => Err(EngineError::Fault("the tree of the access log is damaged".to_owned())),
                (Err(error), _) => Err(EngineError::Unavailable(error.to_string())),
            };
            // A caller that has gone away needs no answer.
            let _ = reply.send(answer);
        }
    }

    fn sweep(&mut self, now: i64) {
        self.swept_micros = now;
        let done = self.begin(false).map_err(engine_error).and_then(|()| {
            ephemeral::sweep(&self.connection, now)?;
            outbox::sweep(&self.connection, now - KEEP_MICROS)?;
            let mut keys = || {
                self.connection
                    .prepare_cached(
                        "DELETE FROM idempotency WHERE (scope, key) IN \
                         (SELECT scope, key FROM idempotency WHERE created_micros < ?1 LIMIT 1000)",
                    )?
                    .execute([now - KEEP_MICROS])?;
                self.commit_transaction()
            };
            keys().map_err(engine_error)
        });
        if let Err(error) = done {
            tracing::warn!(%error, "sweeping is put off");
            self.roll_back();
        }
    }

    fn close(&mut self) -> Result<(), EngineError> {
        self.housekeeping();
        let mut run = || {
            self.connection.pragma_update(None, "synchronous", "FULL")?;
            self.full = true;
            self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get::<_, i64>(0))
        };
        run().map(drop).map_err(engine_error)
    }
}

/// What a group ends with when its transaction is gone.
fn gone(why: &str) -> rusqlite::Error {
    rusqlite::Error::SqliteFailure(rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_ABORT), Some(why.to_owned()))
}
