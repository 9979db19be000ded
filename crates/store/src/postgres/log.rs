//! The access log in PostgreSQL.
//!
//! An entry is laid down in `audit_waiting`: of a write, in the write's transaction; of reads, many together in a statement of their own,
//! before the answer leaves. Neither waits for anybody else. One process at a time moves what waits into the chain of hashes, twice a
//! second, and whoever looks at a citizen's log does so first.

use deadpool_postgres::{ClientWrapper, Pool};
use tokio::sync::{mpsc, oneshot};
use varde_base::PatientId;

use crate::audit::AuditDraft;
use crate::audit::chain::{Head, decode, numbered};
use crate::engine::EngineError;
use crate::types::{AccessLogPage, AuditRecord};

use super::apply::entry;
use super::patients::Patients;
use super::pool::{Open, column, execute, get, rows};
use super::rows::narrow;

/// Lays entries down.
pub(super) const WAIT: &str = "INSERT INTO audit_waiting(at_micros, patient, body) \
     SELECT * FROM unnest($1::bigint[], $2::text[], $3::bytea[])";
/// Held by the one process that moves entries into the chain.
const LOCK: i64 = 0x5661_7264_6502;
/// Entries moved in one transaction.
const STEP: i64 = 5_000;
/// Most entries on one page.
const MAX_PAGE: u32 = 1_000;
/// Requests that may wait to be laid down, and how many go in one statement.
pub(super) const QUEUE: usize = 4_096;
const GROUP: usize = 512;

/// Entries of one request.
pub(super) struct Request {
    pub(super) entries: Vec<(i64, String, Vec<u8>)>,
    pub(super) reply: oneshot::Sender<Result<(), EngineError>>,
}

impl Request {
    pub(super) fn new(drafts: &[AuditDraft], now_micros: i64, reply: oneshot::Sender<Result<(), EngineError>>) -> Self {
        let entries = drafts.iter().map(|draft| {
            let patient = draft.patient.as_ref().map_or("", PatientId::as_str);
            (now_micros, patient.to_owned(), entry(draft, now_micros))
        });
        Self { entries: entries.collect(), reply }
    }
}

/// Lays down entries of reads as they come, those of many requests in one statement, until every sender is gone.
pub(super) async fn lay_down(pool: Pool, mut queue: mpsc::Receiver<Request>) {
    let mut group = Vec::with_capacity(GROUP);
    while queue.recv_many(&mut group, GROUP).await > 0 {
        let done = match write(&pool, &group).await {
            // A connection that was lost: to log twice is better than not to answer.
            Err(EngineError::Unavailable(_)) => write(&pool, &group).await,
            done => done,
        };
        for request in group.drain(..) {
            let answer = match &done {
                Ok(()) => Ok(()),
                Err(error) => Err(EngineError::Unavailable(error.to_string())),
            };
            // A caller that has gone away needs no answer.
            let _ = request.reply.send(answer);
        }
    }
}

async fn write(pool: &Pool, group: &[Request]) -> Result<(), EngineError> {
    let client = get(pool).await?;
    let entries = || group.iter().flat_map(|request| &request.entries);
    let times: Vec<i64> = entries().map(|(at, ..)| *at).collect();
    let patients: Vec<&str> = entries().map(|(_, patient, _)| patient.as_str()).collect();
    let bodies: Vec<&[u8]> = entries().map(|(.., body)| body.as_slice()).collect();
    execute(&client, WAIT, &[&times, &patients, &bodies]).await.map(drop)
}

/// Moves what waits into the chain. `wait` for another process that is at it; otherwise it is left to that one.
pub(super) async fn fold(pool: &Pool, patients: &Patients, wait: bool) -> Result<(), EngineError> {
    loop {
        let open = Open::begin(get(pool).await?, "BEGIN").await?;
        match step(open.client()?, patients, wait).await {
            Ok(moved) => {
                open.commit().await?;
                if moved < STEP {
                    return Ok(());
                }
            }
            Err(error) => {
                open.roll_back().await;
                return Err(error);
            }
        }
    }
}

/// A bounded number of entries; how many there were.
async fn step(client: &ClientWrapper, patients: &Patients, wait: bool) -> Result<i64, EngineError> {
    let mine = if wait {
        rows(client, "SELECT true FROM pg_advisory_xact_lock($1)", &[&LOCK]).await?
    } else {
        rows(client, "SELECT pg_try_advisory_xact_lock($1)", &[&LOCK]).await?
    };
    if !mine.first().map(|row| column::<bool>(row, 0)).transpose()?.unwrap_or(false) {
        return Ok(0);
    }
    const TAKE: &str = "WITH taken AS (DELETE FROM audit_waiting WHERE id IN \
         (SELECT id FROM audit_waiting ORDER BY id LIMIT $1) RETURNING id, at_micros, patient, body) \
         SELECT at_micros, patient, body FROM taken ORDER BY id";
    let taken = rows(client, TAKE, &[&STEP]).await?;
    if taken.is_empty() {
        return Ok(0);
    }
    let mut head = head(client).await?;
    let names = taken.iter().map(|row| column::<&str>(row, 1)).collect::<Result<Vec<_>, _>>()?;
    let known = given(client, patients, &names).await?;
    let (mut seqs, mut times, mut numbers) = (Vec::new(), Vec::<i64>::new(), Vec::new());
    let (mut bodies, mut hashes) = (Vec::new(), Vec::new());
    for (row, name) in taken.iter().zip(&names) {
        let body = numbered(column(row, 2)?, head.count + 1)
            .ok_or_else(|| EngineError::Fault("an entry of the log that waited cannot be read".to_owned()))?;
        head = head.after(&body);
        seqs.push(head.count.cast_signed());
        times.push(column(row, 0)?);
        numbers.push(known.get(*name).copied().unwrap_or(0));
        bodies.push(body);
        hashes.push(head.hash.to_vec());
    }
    const INSERT: &str = "INSERT INTO audit(seq, at_micros, patient, body, hash) \
         SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bytea[], $5::bytea[])";
    execute(client, INSERT, &[&seqs, &times, &numbers, &bodies, &hashes]).await?;
    const HEAD: &str = "UPDATE audit_head SET count = $1, hash = $2";
    execute(client, HEAD, &[&head.count.cast_signed(), &&head.hash[..]]).await?;
    narrow(seqs.len())
}

/// Numbers of the patients of entries. Given inside this transaction, they are not remembered: it may roll back.
async fn given(
    client: &ClientWrapper,
    patients: &Patients,
    names: &[&str],
) -> Result<std::collections::HashMap<Box<str>, i64>, EngineError> {
    let unremembered = Patients::new(1);
    let mut out = patients.remembered(names.iter().copied());
    let unknown = names.iter().copied().filter(|name| !out.contains_key(*name)).collect::<Vec<_>>();
    out.extend(unremembered.numbers(client, unknown.into_iter()).await?);
    Ok(out)
}

/// Where the chain stands.
pub(crate) async fn head(client: &ClientWrapper) -> Result<Head, EngineError> {
    let found = rows(client, "SELECT count, hash FROM audit_head", &[]).await?;
    let row = found.first().ok_or_else(|| EngineError::Fault("the log has no head".to_owned()))?;
    let hash: &[u8] = column(row, 1)?;
    let hash = hash.try_into().map_err(|_| EngineError::Fault("the head of the log cannot be read".to_owned()))?;
    Ok(Head { count: narrow(column::<i64>(row, 0)?)?, hash })
}

/// One patient's entries below `before`, newest first, of those in the chain.
pub(super) async fn access_log(
    client: &ClientWrapper,
    patients: &Patients,
    patient: &PatientId,
    before: Option<u64>,
    count: u32,
) -> Result<AccessLogPage, EngineError> {
    let Some(patient) = patients.number(client, patient).await? else { return Ok(AccessLogPage::default()) };
    let before = before.and_then(|before| i64::try_from(before).ok()).unwrap_or(i64::MAX);
    let count = count.clamp(1, MAX_PAGE);
    const SQL: &str = "SELECT body FROM audit WHERE patient = $1 AND seq < $2 ORDER BY seq DESC LIMIT $3";
    let found = rows(client, SQL, &[&patient, &before, &(i64::from(count) + 1)]).await?;
    let count = usize::try_from(count).unwrap_or(usize::MAX);
    let entry = |row| decode(column(row, 0)?).ok_or_else(|| EngineError::Fault("a log entry is damaged".to_owned()));
    let entries: Vec<AuditRecord> = found.iter().take(count).map(entry).collect::<Result<_, _>>()?;
    let next_before = entries.last().filter(|_| found.len() > count).map(|entry| entry.seq);
    Ok(AccessLogPage { entries, next_before })
}
