//! Reads from replicas: streaming copies of the primary that may be a little behind.
//!
//! A replica answers only while it is known to hold everything that was committed up to some moment. That moment is kept for each (`Replica::state`):
//! the primary is asked how far its write-ahead log goes, and once the replica has replayed as far, it holds all that was committed before
//! the question. So a caller's own writes are there when the moment lies after them, and no write has to ask for anything.
//!
//! What a replica gives is compared with the primary before it is used: every row must still be the newest version there, with the same labels.
//! Facts that decisions rest on never come from here. Whatever goes wrong, the answer is "ask the primary".

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use deadpool_postgres::{Client, Pool};
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout};
use varde_base::ResourceId;
use varde_fhir::ResourceType;
use varde_fhir::search::{Include, Query, Total};

use crate::engine::{Commit, Copies, EngineError, Row, Rows, Visibility};

use super::pool::{self, column, rows};
use super::{Inner, PostgresOptions, rows as stored, search};

/// Between two questions how far a replica has come.
const TICK: Duration = Duration::from_millis(200);
/// How long such a question may take.
const QUESTION: Duration = Duration::from_secs(2);
/// How long a read may take before the primary is asked instead; the server gives it up at the same time.
const READ: Duration = Duration::from_secs(10);
const SETTINGS: &str = "-c default_transaction_read_only=on -c statement_timeout=10s";
/// How long a read waits for a connection.
const CONNECTION: Duration = Duration::from_millis(250);
/// How long a replica that failed is left alone: at first, and at most.
const PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// Callers whose last write is remembered before those whose write no longer matters are forgotten.
const CALLERS: usize = 1_000;

/// A copy of the primary.
struct Replica {
    /// Its place in the configuration, from 1; an address may hold a password.
    number: usize,
    pool: Pool,
    /// It holds everything that was committed before this moment; `None` while it is left out.
    state: watch::Sender<Option<Instant>>,
}

/// All replicas of a database.
pub(super) struct Replicas {
    inner: Arc<Inner>,
    all: Vec<Arc<Replica>>,
    following: Vec<JoinHandle<()>>,
    /// How far behind a replica may be.
    lag: Duration,
    /// When each caller last wrote.
    wrote: Mutex<HashMap<Box<str>, Instant>>,
    next: AtomicUsize,
    answers: AtomicU64,
}

impl Replicas {
    /// Begins to follow the replicas. None need be there: one that comes is found.
    pub(super) fn follow(options: &PostgresOptions, inner: &Arc<Inner>) -> Result<Self, EngineError> {
        let mut all = Vec::with_capacity(options.replicas.len());
        for (number, url) in (1..).zip(&options.replicas) {
            let config = pool::config(url, options.password.as_deref())?;
            let pool = pool::pool(&config, options.connections, SETTINGS)?;
            all.push(Arc::new(Replica { number, pool, state: watch::Sender::new(None) }));
        }
        let lag = options.replica_lag;
        let follow = |replica: &Arc<Replica>| tokio::spawn(Arc::clone(replica).follow(inner.pool.clone(), lag));
        Ok(Self {
            inner: Arc::clone(inner),
            following: all.iter().map(follow).collect(),
            all,
            lag,
            wrote: Mutex::default(),
            next: AtomicUsize::new(0),
            answers: AtomicU64::new(0),
        })
    }

    pub(super) fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// Asks no replica any more.
    pub(super) fn stop(&self) {
        self.following.iter().for_each(JoinHandle::abort);
        for replica in &self.all {
            replica.leave();
            replica.pool.close();
        }
    }

    /// How many reads replicas have answered.
    pub(super) fn answers(&self) -> u64 {
        self.answers.load(Ordering::Relaxed)
    }

    /// Remembers that programs have written, or may have: also a commit that failed may be on disk.
    pub(super) fn wrote(&self, callers: Vec<Box<str>>) {
        let now = Instant::now();
        let mut wrote = self.wrote.lock().unwrap_or_else(PoisonError::into_inner);
        if wrote.len() > CALLERS {
            // A replica that may answer at all holds what is older.
            wrote.retain(|_, at| now.duration_since(*at) <= self.lag);
        }
        wrote.extend(callers.into_iter().map(|caller| (caller, now)));
    }

    /// A replica that holds all the caller wrote and is not too far behind, each in turn.
    fn pick(&self, caller: &str) -> Option<&Replica> {
        let wrote = self.wrote.lock().unwrap_or_else(PoisonError::into_inner).get(caller).copied();
        let first = self.next.fetch_add(1, Ordering::Relaxed) % self.all.len().max(1);
        let (before, from) = self.all.split_at_checked(first)?;
        let serves = |replica: &&Arc<Replica>| {
            let holds = *replica.state.borrow();
            holds.is_some_and(|to| to.elapsed() <= self.lag && wrote.is_none_or(|wrote| wrote < to))
        };
        from.iter().chain(before).find(serves).map(|replica| &**replica)
    }

    /// Whether rows are the newest versions on the primary, with the labels they have there.
    async fn hold(&self, found: &[&Row]) -> Result<bool, EngineError> {
        const SAME: &str = "SELECT count(*) FROM \
             unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::smallint[], $5::smallint[], $6::smallint[]) \
             AS u(patient, rid, version, service, item, deleted) \
             JOIN resource r ON r.patient = u.patient AND r.rid = u.rid AND r.version = u.version \
             AND r.service = u.service AND r.item_label = u.item AND r.deleted = u.deleted";
        if found.is_empty() {
            return Ok(true);
        }
        let client = self.inner.client().await?;
        let mut patients = Vec::with_capacity(found.len());
        for row in found {
            patients.push(self.inner.patients.of(&client, row).await?);
        }
        let rids: Vec<i64> = found.iter().map(|row| row.rid).collect();
        let versions: Vec<i64> = found.iter().map(|row| row.version.cast_signed()).collect();
        let services: Vec<i16> = found.iter().map(|row| i16::from(row.service.number())).collect();
        let items: Vec<i16> = found.iter().map(|row| i16::from(row.item.number())).collect();
        let deleted: Vec<i16> = found.iter().map(|row| i16::from(row.deleted)).collect();
        let same = rows(&client, SAME, &[&patients, &rids, &versions, &services, &items, &deleted]).await?;
        let same: i64 = same.first().map_or(Ok(0), |row| column(row, 0))?;
        Ok(usize::try_from(same) == Ok(found.len()))
    }

    /// What a replica found, when it holds.
    async fn proven<T>(&self, found: Option<T>, rows: impl Fn(&T) -> Vec<&Row>) -> Option<T> {
        let found = found?;
        match self.hold(&rows(&found)).await {
            Ok(true) => {
                self.answers.fetch_add(1, Ordering::Relaxed);
                Some(found)
            }
            Ok(false) => None,
            Err(error) => {
                tracing::debug!(%error, "what a replica found could not be proven");
                None
            }
        }
    }
}

impl Drop for Replicas {
    fn drop(&mut self) {
        self.stop();
    }
}

/// The programs that a commit is for.
pub(super) fn callers(commit: &Commit) -> Vec<Box<str>> {
    let mut names: Vec<Box<str>> = Vec::new();
    for draft in &commit.audit {
        let context = &draft.context;
        if context.actor_patient.is_none() && !names.contains(&context.actor_name) {
            names.push(context.actor_name.clone());
        }
    }
    names
}

impl Copies for Replicas {
    fn read<'a>(
        &'a self,
        caller: &'a str,
        resource_type: ResourceType,
        id: &'a ResourceId,
    ) -> BoxFuture<'a, Option<Row>> {
        async move {
            let replica = self.pick(caller)?;
            let work = async { stored::read(&*replica.client().await?, resource_type, id).await };
            // What is not there may only not be there yet.
            let row = replica.answer(work).await.flatten();
            self.proven(row, |row| vec![row]).await
        }
        .boxed()
    }

    fn search<'a>(&'a self, caller: &'a str, query: &'a Query, visible: &'a Visibility) -> BoxFuture<'a, Option<Rows>> {
        async move {
            // A count rests on labels that nobody compares one by one.
            let replica = self.pick(caller).filter(|_| query.total == Total::None)?;
            let patients = &self.inner.patients;
            let work = async { search::search(&*replica.client().await?, patients, query, visible).await };
            self.proven(replica.answer(work).await, |rows| rows.matches.iter().collect()).await
        }
        .boxed()
    }

    fn include<'a>(
        &'a self,
        caller: &'a str,
        matches: &'a [Row],
        includes: &'a [Include],
        visible: &'a Visibility,
        limit: u32,
    ) -> BoxFuture<'a, Option<Vec<Row>>> {
        async move {
            let replica = self.pick(caller)?;
            let work = async { search::include(&*replica.client().await?, matches, includes, visible, limit).await };
            self.proven(replica.answer(work).await, |rows| rows.iter().collect()).await
        }
        .boxed()
    }
}

impl Replica {
    async fn client(&self) -> Result<Client, EngineError> {
        timeout(CONNECTION, pool::get(&self.pool)).await.unwrap_or(Err(EngineError::Busy))
    }

    /// What a read comes to; `None` when the primary must be asked. A replica that fails is left at once, with all who wait for it.
    async fn answer<T>(&self, work: impl Future<Output = Result<T, EngineError>>) -> Option<T> {
        let mut state = self.state.subscribe();
        let done = tokio::select! {
            done = timeout(READ, work) => done.unwrap_or(Err(EngineError::Busy)),
            _ = state.wait_for(Option::is_none) => return None,
        };
        match done {
            Ok(found) => Some(found),
            Err(error) => {
                tracing::debug!(replica = self.number, %error, "a replica could not answer");
                if matches!(error, EngineError::Unavailable(_)) {
                    self.leave();
                }
                None
            }
        }
    }

    /// Leaves the replica out until it has been found whole again.
    fn leave(&self) {
        self.state.send_replace(None);
        self.pool.retain(|_, _| false);
    }

    /// Asks again and again how far the replica has come, more seldom while it does not answer.
    async fn follow(self: Arc<Self>, primary: Pool, lag: Duration) {
        // Ends of the primary's log that the replica has not come to, with the moment they were asked for.
        let mut ends: VecDeque<(Instant, Head)> = VecDeque::new();
        let mut pause = TICK;
        loop {
            tokio::time::sleep(pause).await;
            let asked = Instant::now();
            let Ok(Ok(end)) = timeout(QUESTION, head(&primary, PRIMARY)).await else {
                // Without the primary nothing is known, and what is known grows old by itself.
                pause = PAUSE;
                continue;
            };
            ends.push_back((asked, end));
            ends.retain(|(asked, _)| asked.elapsed() <= lag);
            match timeout(QUESTION, self.look(&mut ends)).await.unwrap_or(Err(EngineError::Busy)) {
                Ok(()) => pause = TICK,
                Err(error) => {
                    if pause <= TICK {
                        tracing::warn!(replica = self.number, %error, "a replica is left out");
                    }
                    self.leave();
                    pause = (pause * 2).clamp(PAUSE, LONGEST_PAUSE);
                }
            }
        }
    }

    /// Finds the youngest end of the primary's log that the replica has replayed.
    async fn look(&self, ends: &mut VecDeque<(Instant, Head)>) -> Result<(), EngineError> {
        let replayed = head(&self.pool, REPLICA).await?;
        let stranger =
            |(_, end): &(Instant, Head)| (end.system, &end.database) != (replayed.system, &replayed.database);
        if ends.iter().any(stranger) {
            return Err(EngineError::Unavailable("it is no replica of this database".to_owned()));
        }
        while let Some((asked, _)) = ends.pop_front_if(|(_, end)| end.position <= replayed.position) {
            self.state.send_replace(Some(asked));
        }
        Ok(())
    }
}

/// How far a server's log goes, and whose log it is.
struct Head {
    position: i64,
    system: i64,
    database: String,
}

const PRIMARY: &str = "SELECT (pg_current_wal_insert_lsn() - '0/0'::pg_lsn)::bigint, \
     (SELECT system_identifier FROM pg_control_system()), current_database()::text";
/// Nothing of a server that is no replica, or no longer.
const REPLICA: &str = "SELECT (pg_last_wal_replay_lsn() - '0/0'::pg_lsn)::bigint, \
     (SELECT system_identifier FROM pg_control_system()), current_database()::text WHERE pg_is_in_recovery()";

async fn head(pool: &Pool, question: &str) -> Result<Head, EngineError> {
    let client = pool::get(pool).await?;
    let found = rows(&client, question, &[]).await?;
    let row = found.first().ok_or_else(|| EngineError::Unavailable("it is no replica".to_owned()))?;
    Ok(Head { position: column(row, 0)?, system: column(row, 1)?, database: column(row, 2)? })
}
