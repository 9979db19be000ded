//! The one thread that writes. It takes whatever waits in its queue, runs it in one transaction with a savepoint for each
//! caller, commits once, and only then answers everybody.

use std::collections::VecDeque;
use std::fs::File;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot};

use crate::audit::AuditDraft;
use crate::audit::chain::Head;
use crate::audit::tiles::Edge;
use crate::engine::EngineError;
use crate::types::Written;

use super::apply::{Apply, Memory};
use super::cache::Changes;
use super::errors::{disk_failed, engine_error};
use super::journal::{Journal, Sealed, State};
use super::log::Entry;
use super::order::Order;
use super::{ephemeral, log, outbox, tree};

/// Requests that may wait. A caller who finds it full is told that we are busy.
pub(super) const QUEUE: usize = 4_096;
/// Requests in one transaction: enough to share a sync, few enough that nobody waits long.
const GROUP: usize = 512;
/// Resources in one transaction, from which on no further request is taken into it. When all who wait were answered at once they would all send
/// their next request at once, and the writer would have nothing to do while those are read, and the readers nothing while it writes.
const GROUP_RESOURCES: usize = 1_000;
/// How long finished messages and idempotency keys are kept.
const KEEP_MICROS: i64 = 7 * 24 * 3_600 * 1_000_000;
/// Between two sweeps of what has ended.
const SWEEP_MICROS: i64 = 60 * 1_000_000;
/// Steps of indexing the log at one tick.
const INDEX_STEPS: usize = 4;
/// Steps of taking the log into its tree at one tick, and when somebody waits for it.
const TREE_STEPS: usize = 8;
const TREE_STEPS_ASKED: usize = 64;
/// Entries from which on the log is indexed at once. Fewer wait for [`INDEX_MICROS`], since many are put in order more cheaply than few, and who
/// looks for a patient's entries walks them meanwhile.
const INDEX_AT: u64 = 16_000;
/// Between two times of indexing fewer entries.
const INDEX_MICROS: i64 = 2_000_000;

pub(super) type Reply<T> = oneshot::Sender<Result<T, EngineError>>;
/// Answers a caller, after the commit or after its failure.
pub(super) type Finish = Box<dyn FnOnce(Result<(), EngineError>) + Send>;
/// Small work on the write connection; says whether it went well, so that the savepoint is kept.
pub(super) type Task = Box<dyn FnOnce(&Connection, i64) -> (bool, Finish) + Send>;

pub(super) enum Command {
    Commit(Box<Order>, Reply<Vec<Written>>),
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
    /// Entries taken out of the journal whose folding has failed so far; they come before all that wait there.
    pub(super) sealed: Option<Sealed>,
    /// Up to which entry the log is indexed.
    pub(super) indexed: u64,
    /// Where the log's tree grows; `None` when the tables cannot tell.
    pub(super) edge: Option<Edge>,
    /// When it was indexed last.
    pub(super) indexed_micros: i64,
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
            let mut work = VecDeque::from(work);
            while !work.is_empty() {
                if !self.group(next_group(&mut work)) {
                    tracing::error!("the disk failed; the database takes no more writes until it is opened anew");
                    self.journal.fail();
                    return;
                }
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
    ///
    /// The end of the log is held only from when the group's work is done until it is committed: reads go on logging meanwhile.
    fn group(&mut self, work: Vec<Command>) -> bool {
        let work = self.log_at_once(work);
        if work.is_empty() {
            return true;
        }
        let durable = work.iter().any(|command| match command {
            Command::Commit(..) => true,
            Command::Task { durable, .. } => *durable,
            _ => false,
        });
        let journal = Arc::clone(&self.journal);
        let mut held = None;
        let (mut entries, mut finish) = (Vec::new(), Vec::with_capacity(work.len()));
        let result = self.begin(durable).and_then(|()| {
            for command in work {
                self.one(command, &mut entries, &mut finish)?;
            }
            let head = self.end_log(held.insert(journal.hold()), &entries)?;
            self.commit_transaction()?;
            Ok(head)
        });
        match (result, held) {
            (Ok(head), Some(mut end)) => {
                end.head = head;
                end.folded(durable);
                self.sealed = None;
                if !durable {
                    self.unsynced.store(true, Ordering::Release);
                }
                finish.into_iter().for_each(|finish| finish(Ok(())));
                true
            }
            (Ok(_), None) => false,
            (Err(error), held) => {
                let failed = disk_failed(&error);
                let text = error.to_string();
                self.roll_back();
                drop(held);
                tracing::error!(error = text, "a transaction was not committed");
                for finish in finish {
                    finish(Err(EngineError::Unavailable(text.clone())));
                }
                !failed
            }
        }
    }

    /// Logs what reads that met a commit have handed over; what is left needs a transaction.
    fn log_at_once(&self, work: Vec<Command>) -> Vec<Command> {
        if !work.iter().any(|command| matches!(command, Command::Audit(..))) {
            return work;
        }
        let mut end = self.journal.hold();
        let mut log = |command| match command {
            Command::Audit(drafts, reply) if !end.is_full() => {
                // A caller that has gone away needs no answer.
                let _ = reply.send(end.append(&drafts, self.journal.now()));
                None
            }
            other => Some(other),
        };
        work.into_iter().filter_map(&mut log).collect()
    }

    /// Puts the entries that wait into the transaction, and those of its own work after them; where the log ends when it is committed.
    fn end_log(&mut self, end: &State, entries: &[AuditDraft]) -> rusqlite::Result<Head> {
        self.fold(end)?;
        let mut head = end.head;
        let done = log::append(&self.connection, &mut self.memory, &mut head, entries, self.journal.now());
        done.map_err(|error| gone(&error.to_string()))?;
        if head != end.head || !end.is_folded() {
            log::store_head(&self.connection, &head)?;
        }
        Ok(head)
    }

    /// Puts all entries that are not in the database into the transaction.
    fn fold(&mut self, end: &State) -> rusqlite::Result<()> {
        self.fold_sealed()?;
        self.insert(end.waiting(), end.waiting_count())
    }

    fn fold_sealed(&mut self) -> rusqlite::Result<()> {
        let Some(sealed) = self.sealed.take() else { return Ok(()) };
        let done = self.insert(sealed.entries(), sealed.count());
        self.sealed = Some(sealed);
        done
    }

    fn insert<'e>(&mut self, entries: impl Iterator<Item = Entry<'e>>, expected: usize) -> rusqlite::Result<()> {
        let count = log::insert(&self.connection, &mut self.memory, entries);
        let count = count.map_err(|error| gone(&error.to_string()))?;
        if count == expected { Ok(()) } else { Err(gone("an entry of the log cannot be read")) }
    }

    fn commit_transaction(&mut self) -> rusqlite::Result<()> {
        self.connection.prepare_cached("COMMIT")?.execute([])?;
        self.commits.fetch_add(1, Ordering::AcqRel);
        for touched in self.memory.touched.drain(..) {
            self.changes.touch(touched);
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

    /// Runs one caller's work in a savepoint, and adds what is to be logged of it. An error ends the whole group: the transaction is gone.
    fn one(
        &mut self,
        command: Command,
        entries: &mut Vec<AuditDraft>,
        finish: &mut Vec<Finish>,
    ) -> rusqlite::Result<()> {
        let now = self.journal.now();
        // The log alone needs no savepoint: it fails only when the transaction does.
        if let Command::Audit(drafts, reply) = command {
            entries.extend(drafts);
            finish.push(Box::new(move |committed| drop(reply.send(committed))));
            return Ok(());
        }
        self.connection.prepare_cached("SAVEPOINT one")?.execute([])?;
        let (kept, answer): (bool, Finish) = match command {
            Command::Commit(mut order, reply) => {
                let done = Apply::new(&self.connection, &mut self.memory, now).run(&mut order);
                // An answer repeated by its idempotency key wrote nothing, so there is nothing new to log.
                if let Ok((_, false)) = &done {
                    entries.extend(order.commit.audit);
                }
                let done = done.map(|(written, _)| written);
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
            self.memory.forget();
            self.connection.prepare_cached("ROLLBACK TO one")?.execute([])?;
        }
        self.connection.prepare_cached("RELEASE one")?.execute([]).map(drop)
    }

    /// Folds and indexes the log, and forgets what has ended. Failing only puts it off.
    fn housekeeping(&mut self) {
        let now = self.journal.now();
        let sweep = now - self.swept_micros > SWEEP_MICROS;
        if let Err(error) = self.fold_and_index(now, false) {
            tracing::warn!(%error, "folding and indexing the log is put off");
            return self.roll_back();
        }
        if sweep {
            self.sweep(now);
        }
    }

    /// Takes everything logged so far into the tree for those who wait.
    fn grow_for(&mut self, waiting: Vec<Reply<u64>>) {
        let done = self.fold_and_index(self.journal.now(), true);
        if done.is_err() {
            self.roll_back();
        }
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

    /// Folds the log while others go on logging, and indexes a bounded part of what is in the database, and takes it into the tree: in one
    /// commit, since each makes every reader look at the database's pages anew. `asked` when somebody waits for the tree.
    fn fold_and_index(&mut self, now: i64, asked: bool) -> rusqlite::Result<()> {
        let journal = Arc::clone(&self.journal);
        if self.sealed.is_none() {
            self.sealed = journal.seal();
        }
        let end = match self.sealed.as_ref().map(|sealed| sealed.head) {
            Some(head) => head,
            None => self.fold_held()?,
        };
        let followed = self.edge.as_ref().map_or(self.indexed, |edge| edge.size().min(self.indexed));
        let waiting = end.count.saturating_sub(followed);
        let index =
            waiting >= INDEX_AT || (waiting > 0 && asked) || (waiting > 0 && now - self.indexed_micros >= INDEX_MICROS);
        if self.sealed.is_none() && !index {
            return Ok(());
        }
        self.begin(self.sealed.is_some())?;
        if self.sealed.is_some() {
            self.fold_sealed()?;
            log::store_head(&self.connection, &end)?;
        }
        let mut indexed = self.indexed;
        for _ in 0..INDEX_STEPS {
            if index && indexed < end.count {
                indexed = log::index_step(&self.connection, indexed)?;
            }
        }
        let steps = if asked { TREE_STEPS_ASKED } else { TREE_STEPS };
        let edge = if index { self.grown(end.count, steps)? } else { None };
        self.commit_transaction()?;
        if index {
            (self.indexed, self.indexed_micros) = (indexed, now);
            self.edge = edge;
        }
        self.sealed.take().into_iter().for_each(|sealed| journal.unseal(sealed));
        Ok(())
    }

    /// The tree after a bounded number of steps towards the end of the log; `None` when it cannot go on.
    fn grown(&self, end: u64, steps: usize) -> rusqlite::Result<Option<Edge>> {
        let Some(mut edge) = self.edge.clone() else { return Ok(None) };
        for _ in 0..steps {
            if edge.size() >= end {
                break;
            }
            if !tree::step(&self.connection, &mut edge)? {
                tracing::error!(entry = edge.size() + 1, "the access log's tree cannot go on; run the verification");
                return Ok(None);
            }
        }
        Ok(Some(edge))
    }

    /// Folds while nobody can log, when nothing can be sealed; where the log ends then.
    fn fold_held(&mut self) -> rusqlite::Result<Head> {
        let journal = Arc::clone(&self.journal);
        let mut end = journal.hold();
        if !end.is_folded() {
            self.begin(true)?;
            self.fold(&end)?;
            log::store_head(&self.connection, &end.head)?;
            self.commit_transaction()?;
            end.folded(true);
        }
        Ok(end.head)
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

/// The first of those that wait, as many as go into one transaction.
fn next_group(work: &mut VecDeque<Command>) -> Vec<Command> {
    let mut resources = 0;
    let fits = |command: &&Command| {
        let room = resources < GROUP_RESOURCES;
        if let Command::Commit(order, _) = command {
            resources += order.commit.batch.writes.len();
        }
        room
    };
    let count = work.iter().take_while(fits).count();
    work.drain(..count).collect()
}

/// What a group ends with when its transaction is gone.
fn gone(why: &str) -> rusqlite::Error {
    rusqlite::Error::SqliteFailure(rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_ABORT), Some(why.to_owned()))
}

#[cfg(test)]
mod tests {
    use varde_rights::Action;

    use super::*;
    use crate::engine::Commit;
    use crate::types::{Batch, Delete, Expect, Write};

    fn commit(writes: usize) -> Command {
        let delete = |n: usize| {
            let id = format!("p{n}").parse().unwrap();
            let resource_type = varde_fhir::ResourceType::PATIENT;
            Write::Delete(Delete { resource_type, id, expect: Expect::Any, action: Action::Write })
        };
        let batch = Batch { writes: (0..writes).map(delete).collect(), ..Batch::default() };
        let commit = Commit {
            batch,
            audit: Vec::new(),
            decided_on: Vec::new(),
            mark: None,
            skip_unchanged: false,
            only_index: false,
        };
        Command::Commit(Box::new(Order::new(commit)), oneshot::channel().0)
    }

    #[test]
    fn a_group_ends_when_it_is_large_and_leaves_nothing_out() {
        let log = || Command::Audit(Vec::new(), oneshot::channel().0);
        let sizes = [400, 400, 400, 400, 5_000, 0, 1, 999, 1];
        let mut work: VecDeque<Command> = sizes.into_iter().map(commit).collect();
        work.push_back(log());
        let mut groups = Vec::new();
        while !work.is_empty() {
            groups.push(next_group(&mut work).len());
        }
        // 1,200; then 5,400; then 1,000; the last has one resource and a log entry.
        assert_eq!(groups, [3, 2, 3, 2]);
    }
}
