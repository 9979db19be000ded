//! PostgreSQL: many processes, one primary.
//!
//! The tables are SQLite's, in partitions by patient. Where SQLite has one writer, here every batch is a transaction of its own that locks
//! the names it writes in one order; where SQLite's writer numbers the log, here entries wait until one process chains them.

mod apply;
mod conditional;
mod ephemeral;
mod errors;
mod history;
mod index;
mod log;
mod outbox;
mod patients;
mod pipeline;
mod pool;
mod replica;
mod rows;
mod schema;
mod search;
mod stats;
mod transaction;
mod tree;
mod values;
mod verify;
pub(crate) mod words;
mod written;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use deadpool_postgres::{Client, Pool};
use futures_util::FutureExt as _;
use jiff::Timestamp;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use varde_base::{Clock, PatientId, ResourceId};
use varde_fhir::ResourceType;
use varde_fhir::search::{Cursor, Include, Query};

use crate::audit::AuditDraft;
use crate::audit::check::{AuditVerification, KeptHead, Trust};
use crate::audit::tiles::Place;
use crate::engine::{
    Commit, Conditional, Copies, Engine, EngineError, EngineFuture, Ephemeral, Row, Rows, Stats, Visibility,
};
use crate::outbox::{Step, Undelivered};
use crate::sql::words::{NewWords, Words};
use crate::types::{AccessLogPage, ClaimedMessage, HistoryScope, HistoryWindow, Write, Written};

pub(crate) use errors::engine_error;
pub(crate) use log::head as log_head;
use patients::{Patients, REMEMBERED};
pub(crate) use pool::{column, execute, rows as query_rows};
use replica::Replicas;

/// Between two rounds of housekeeping.
const TICK: Duration = Duration::from_millis(500);
/// Steps of taking the log into its tree in a round, and when somebody waits for it.
const TREE_STEPS: usize = 8;
const TREE_STEPS_ASKED: usize = 64;
/// Between two sweeps of what has ended.
const SWEEP_MICROS: i64 = 60 * 1_000_000;
/// How long finished messages and idempotency keys are kept.
const KEEP_MICROS: i64 = 7 * 24 * 3_600 * 1_000_000;
/// Connections that lay down log entries of reads.
const LOG_CONNECTIONS: usize = 1;
/// How long a caller waits for a place in the log's queue.
const PATIENCE: Duration = Duration::from_secs(5);
/// How far behind a replica may be unless something else is said.
const REPLICA_LAG: Duration = Duration::from_secs(5);

/// How a PostgreSQL database is opened.
#[derive(Clone)]
pub struct PostgresOptions {
    /// Address, such as `postgres://varde@db.example/varde?sslmode=require`.
    pub url: String,
    /// The password, when the address holds none.
    pub password: Option<String>,
    /// Connections, besides one for the access log.
    pub connections: usize,
    /// Partitions of each table when the database is made; nothing later.
    pub partitions: u32,
    /// Addresses of streaming replicas that some reads may come from; the password is the same.
    pub replicas: Vec<String>,
    /// How far behind a replica may be and still answer.
    pub replica_lag: Duration,
}

impl PostgresOptions {
    /// The usual options for an address.
    pub fn new(url: impl Into<String>) -> Self {
        let url = url.into();
        Self { url, password: None, connections: 16, partitions: 8, replicas: Vec::new(), replica_lag: REPLICA_LAG }
    }
}

impl std::fmt::Debug for PostgresOptions {
    /// Without the address, which may hold a password.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut shown = f.debug_struct("PostgresOptions");
        shown.field("connections", &self.connections).field("partitions", &self.partitions);
        shown.field("replicas", &self.replicas.len()).field("replica_lag", &self.replica_lag).finish_non_exhaustive()
    }
}

fn config(options: &PostgresOptions) -> Result<tokio_postgres::Config, EngineError> {
    pool::config(&options.url, options.password.as_deref())
}

/// A connection for work on the tables themselves.
pub(crate) async fn connect(options: &PostgresOptions, settings: &str) -> Result<(Pool, Client), EngineError> {
    let pool = pool::pool(&config(options)?, 1, settings)?;
    let client = pool::get(&pool).await?;
    Ok((pool, client))
}

/// What the engine and its tasks share.
struct Inner {
    pool: Pool,
    patients: Patients,
    /// Names of codes that are written; each is written once, whoever has the code.
    words: Mutex<Words>,
    /// Where the log's tree grew last.
    tree: tree::Known,
    clock: Arc<dyn Clock>,
    /// No later instant may come before this one, whatever the clock says.
    last_micros: AtomicI64,
}

impl Inner {
    fn now(&self) -> i64 {
        let now = self.clock.now().as_microsecond();
        self.last_micros.fetch_max(now, Ordering::AcqRel).max(now)
    }

    async fn client(&self) -> Result<Client, EngineError> {
        pool::get(&self.pool).await
    }

    /// Writes the names of codes in a batch that have not been met before.
    async fn write_words(&self, client: &Client, commit: &Commit) -> Result<(), EngineError> {
        let mut new = NewWords::default();
        {
            let known = self.words.lock().unwrap_or_else(PoisonError::into_inner);
            for write in &commit.batch.writes {
                if let Write::Put(put) = write {
                    known.unknown(&put.index, &mut new);
                }
            }
        }
        if new.rows.is_empty() {
            return Ok(());
        }
        index::write_words(client, std::mem::take(&mut new.rows)).await?;
        // Only now: somebody else would otherwise count on what is not yet there.
        self.words.lock().unwrap_or_else(PoisonError::into_inner).remember(new);
        Ok(())
    }

    async fn sweep(&self) -> Result<(), EngineError> {
        let (client, now) = (self.client().await?, self.now());
        ephemeral::sweep(&client, now).await?;
        outbox::sweep(&client, now - KEEP_MICROS).await?;
        const KEYS: &str = "DELETE FROM idempotency WHERE (scope, key) IN \
             (SELECT scope, key FROM idempotency WHERE created_micros < $1 LIMIT 1000)";
        pool::execute(&client, KEYS, &[&(now - KEEP_MICROS)]).await.map(drop)
    }

    /// Moves the log on and forgets what has ended. Failing only puts it off.
    async fn housekeeping(self: Arc<Self>) {
        let mut swept = self.now();
        loop {
            tokio::time::sleep(TICK).await;
            if let Err(error) = log::fold(&self.pool, &self.patients, false).await {
                tracing::warn!(%error, "chaining the log is put off");
            }
            if let Err(error) = tree::grow(&self.pool, &self.tree, TREE_STEPS, false).await {
                tracing::warn!(%error, "taking the log into its tree is put off");
            }
            if self.now() - swept > SWEEP_MICROS {
                swept = self.now();
                if let Err(error) = self.sweep().await {
                    tracing::warn!(%error, "sweeping is put off");
                }
            }
        }
    }
}

/// A database on a PostgreSQL server.
pub(crate) struct PostgresEngine {
    inner: Arc<Inner>,
    log: mpsc::Sender<log::Request>,
    for_log: Pool,
    housekeeping: JoinHandle<()>,
    replicas: Arc<Replicas>,
}

impl PostgresEngine {
    /// Connects, and makes the tables or brings them to this build's form.
    pub(crate) async fn open(options: &PostgresOptions, clock: Arc<dyn Clock>) -> Result<Self, EngineError> {
        let config = config(options)?;
        let main = pool::pool(&config, options.connections, "")?;
        // An entry of a read survives this process at once and the server's machine within a second.
        let for_log = pool::pool(&config, LOG_CONNECTIONS, "-c synchronous_commit=off")?;
        let client = pool::get(&main).await?;
        schema::migrate(&client, clock.now().as_microsecond(), options.partitions).await?;
        const NEWEST: &str = "SELECT greatest(coalesce((SELECT max(updated_micros) FROM resource), 0), \
             coalesce((SELECT at_micros FROM audit ORDER BY seq DESC LIMIT 1), 0), \
             coalesce((SELECT max(at_micros) FROM audit_waiting), 0))";
        let newest = pool::rows(&client, NEWEST, &[]).await?;
        let last = newest.first().map(|row| pool::column(row, 0)).transpose()?.unwrap_or(0);
        drop(client);
        let patients = Patients::new(REMEMBERED);
        let words = Mutex::new(Words::default());
        let (tree, last_micros) = (tree::Known::default(), AtomicI64::new(last));
        let inner = Arc::new(Inner { pool: main, patients, words, tree, clock, last_micros });
        let (log, queue) = mpsc::channel(log::QUEUE);
        tokio::spawn(log::lay_down(for_log.clone(), queue));
        let housekeeping = tokio::spawn(Arc::clone(&inner).housekeeping());
        let replicas = Arc::new(Replicas::follow(options, &inner)?);
        Ok(Self { inner, log, for_log, housekeeping, replicas })
    }

    /// Moves what waits into the chain, and once more when the connection was lost.
    async fn fold(&self) -> Result<(), EngineError> {
        match log::fold(&self.inner.pool, &self.inner.patients, true).await {
            Err(EngineError::Unavailable(_)) => log::fold(&self.inner.pool, &self.inner.patients, true).await,
            done => done,
        }
    }

    /// Walks the access log of a database, also while it is in use.
    pub(crate) async fn verify(options: &PostgresOptions, trust: &Trust) -> Result<AuditVerification, EngineError> {
        let pool = pool::pool(&config(options)?, 1, "-c default_transaction_read_only=on")?;
        verify::verify(&*pool::get(&pool).await?, trust).await
    }
}

impl Drop for PostgresEngine {
    fn drop(&mut self) {
        self.housekeeping.abort();
    }
}

/// Reads with a connection, and once more with another when the connection turns out to be lost: a server that was restarted has cut
/// them all.
macro_rules! reading {
    ($self:ident, $client:ident => $work:expr) => {
        async move {
            let mut again = true;
            loop {
                let $client = $self.inner.client().await?;
                match $work.await {
                    Err(EngineError::Unavailable(_)) if again && $client.is_closed() => again = false,
                    done => return done,
                }
            }
        }
        .boxed()
    };
}

fn stopped() -> EngineError {
    EngineError::Unavailable("the store has stopped".to_owned())
}

impl Engine for PostgresEngine {
    fn read<'a>(&'a self, resource_type: ResourceType, id: &'a ResourceId) -> EngineFuture<'a, Option<Row>> {
        reading!(self, client => rows::read(&client, resource_type, id))
    }

    fn read_version<'a>(
        &'a self,
        resource_type: ResourceType,
        id: &'a ResourceId,
        version: u64,
    ) -> EngineFuture<'a, Option<Row>> {
        reading!(self, client => rows::version(&client, &self.inner.patients, (resource_type, id), version))
    }

    fn history<'a>(
        &'a self,
        scope: &'a HistoryScope,
        window: HistoryWindow,
        visible: &'a Visibility,
        count: u32,
        cursor: Option<&'a Cursor>,
    ) -> EngineFuture<'a, Rows> {
        let scope = (scope, window);
        reading!(self, client => history::history(&client, &self.inner.patients, scope, visible, count, cursor))
    }

    fn search<'a>(&'a self, query: &'a Query, visible: &'a Visibility) -> EngineFuture<'a, Rows> {
        reading!(self, client => search::search(&client, &self.inner.patients, query, visible))
    }

    fn include<'a>(
        &'a self,
        matches: &'a [Row],
        includes: &'a [Include],
        visible: &'a Visibility,
        limit: u32,
    ) -> EngineFuture<'a, Vec<Row>> {
        reading!(self, client => search::include(&client, matches, includes, visible, limit))
    }

    fn of_patient<'a>(
        &'a self,
        patient: &'a PatientId,
        resource_type: ResourceType,
        limit: u32,
    ) -> EngineFuture<'a, Vec<Row>> {
        reading!(self, client => rows::of_patient(&client, &self.inner.patients, patient, resource_type, limit))
    }

    fn conditional<'a>(&'a self, patient: &'a PatientId, limit: u32) -> EngineFuture<'a, Vec<Conditional>> {
        reading!(self, client => conditional::of_patient(&client, &self.inner.patients, patient, limit))
    }

    fn commit(&self, commit: Commit) -> EngineFuture<'_, Vec<Written>> {
        let (inner, replicas) = (Arc::clone(&self.inner), Arc::clone(&self.replicas));
        async move {
            // A task of its own: a caller that goes away must not leave a commit half waited for.
            let work = async move {
                let done = transaction::commit(&inner, &commit).await;
                if !replicas.is_empty() {
                    replicas.wrote(replica::callers(&commit));
                }
                done
            };
            let done = tokio::spawn(work).await;
            done.unwrap_or_else(|error| Err(EngineError::Fault(error.to_string())))
        }
        .boxed()
    }

    fn audit(&self, drafts: Vec<AuditDraft>) -> EngineFuture<'_, ()> {
        async move {
            // Nothing to log is a question whether the server lives.
            if drafts.is_empty() {
                return pool::rows(&*self.inner.client().await?, "SELECT 1", &[]).await.map(drop);
            }
            let (reply, answer) = oneshot::channel();
            let request = log::Request::new(&drafts, self.inner.now(), reply);
            self.log.send_timeout(request, PATIENCE).await.map_err(|error| match error {
                mpsc::error::SendTimeoutError::Timeout(_) => EngineError::Busy,
                mpsc::error::SendTimeoutError::Closed(_) => stopped(),
            })?;
            answer.await.unwrap_or_else(|_| Err(stopped()))
        }
        .boxed()
    }

    fn access_log<'a>(
        &'a self,
        patient: &'a PatientId,
        before: Option<u64>,
        count: u32,
    ) -> EngineFuture<'a, AccessLogPage> {
        let page: EngineFuture<'_, AccessLogPage> =
            reading!(self, client => log::access_log(&client, &self.inner.patients, patient, before, count));
        async move {
            self.fold().await?;
            page.await
        }
        .boxed()
    }

    fn tree_grow(&self) -> EngineFuture<'_, u64> {
        async move {
            self.fold().await?;
            tree::grow(&self.inner.pool, &self.inner.tree, TREE_STEPS_ASKED, true).await
        }
        .boxed()
    }

    fn tree_tiles<'a>(&'a self, places: &'a [Place]) -> EngineFuture<'a, BTreeMap<Place, Vec<u8>>> {
        reading!(self, client => tree::tiles(&client, places))
    }

    fn audit_entries(&self, first: u64, count: u32) -> EngineFuture<'_, Vec<Vec<u8>>> {
        reading!(self, client => tree::entries(&client, first, count))
    }

    fn kept_head(&self, holding: Option<u64>) -> EngineFuture<'_, Option<KeptHead>> {
        reading!(self, client => tree::kept_head(&client, holding))
    }

    fn keep_head(&self, size: u64, note: String, keys: Vec<String>) -> EngineFuture<'_, bool> {
        async move { tree::keep_head(&self.inner.pool, size, &note, &keys).await }.boxed()
    }

    fn outbox_claim(&self, limit: u32, lease: Duration) -> EngineFuture<'_, Vec<ClaimedMessage>> {
        async move { outbox::claim(&*self.inner.client().await?, limit, lease, self.inner.now()).await }.boxed()
    }

    fn outbox_step(&self, id: u64, claim: u64, step: Step) -> EngineFuture<'_, bool> {
        async move { outbox::step(&self.inner, (id, claim), &step).await }.boxed()
    }

    fn outbox_undelivered(&self, limit: u32) -> EngineFuture<'_, Vec<Undelivered>> {
        async move { outbox::undelivered(&*self.inner.client().await?, limit).await }.boxed()
    }

    fn outbox_settle(&self, id: u64) -> EngineFuture<'_, bool> {
        async move { outbox::settle(&*self.inner.client().await?, id).await }.boxed()
    }

    fn ephemeral_put(&self, value: Ephemeral) -> EngineFuture<'_, ()> {
        async move { ephemeral::put(&*self.inner.client().await?, &value).await }.boxed()
    }

    fn ephemeral_swap(&self, value: Ephemeral, before: Option<Vec<u8>>) -> EngineFuture<'_, bool> {
        let now = self.inner.clock.now().as_microsecond();
        async move { ephemeral::swap(&*self.inner.client().await?, &value, before.as_deref(), now).await }.boxed()
    }

    fn ephemeral_get<'a>(&'a self, kind: &'a str, key_hash: &'a [u8]) -> EngineFuture<'a, Option<Ephemeral>> {
        let now = self.inner.clock.now().as_microsecond();
        reading!(self, client => ephemeral::get(&client, kind, key_hash, now))
    }

    fn ephemeral_take<'a>(&'a self, kind: &'a str, key_hash: &'a [u8]) -> EngineFuture<'a, Option<Ephemeral>> {
        let now = self.inner.clock.now().as_microsecond();
        async move { ephemeral::take(&*self.inner.client().await?, kind, key_hash, now).await }.boxed()
    }

    fn ephemeral_touch<'a>(&'a self, kind: &'a str, key_hash: &'a [u8], expires: Timestamp) -> EngineFuture<'a, bool> {
        let (now, expires) = (self.inner.clock.now().as_microsecond(), expires.as_microsecond());
        async move { ephemeral::touch(&*self.inner.client().await?, kind, key_hash, expires, now).await }.boxed()
    }

    fn ephemeral_delete<'a>(&'a self, kind: &'a str, key_hash: &'a [u8]) -> EngineFuture<'a, bool> {
        async move { ephemeral::delete(&*self.inner.client().await?, kind, key_hash).await }.boxed()
    }

    fn ephemeral_delete_by_owner<'a>(&'a self, kind: &'a str, owner: &'a str) -> EngineFuture<'a, u64> {
        async move { ephemeral::delete_by_owner(&*self.inner.client().await?, kind, owner).await }.boxed()
    }

    fn import_mark<'a>(&'a self, source: &'a str) -> EngineFuture<'a, Option<u64>> {
        reading!(self, client => stats::import_mark(&client, source))
    }

    fn copies(&self) -> Option<&dyn Copies> {
        (!self.replicas.is_empty()).then_some(&*self.replicas)
    }

    fn stats(&self) -> EngineFuture<'_, Stats> {
        reading!(self, client => stats::stats(&client, self.replicas.answers()))
    }

    fn close(&self) -> EngineFuture<'_, ()> {
        self.housekeeping.abort();
        async move {
            // Closing what is closed is no error.
            if self.inner.pool.is_closed() {
                return Ok(());
            }
            let done = self.fold().await;
            self.replicas.stop();
            self.for_log.close();
            self.inner.pool.close();
            done
        }
        .boxed()
    }
}
