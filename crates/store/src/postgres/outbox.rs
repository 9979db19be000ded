//! Messages to the worker.

use std::collections::HashMap;
use std::time::Duration;

use deadpool_postgres::ClientWrapper;

use crate::MAX_OUTBOX_ATTEMPTS;
use crate::engine::EngineError;
use crate::outbox::{FollowUp, Lane, Step, Undelivered};
use crate::types::{ClaimedMessage, OutboxMessage};

use super::Inner;
use super::pool::{Open, column, execute, rows};
use super::rows::{narrow, timestamp};

/// Longest payload.
const MAX_PAYLOAD_BYTES: usize = 64 << 10;
/// Most messages claimed at once.
const MAX_CLAIM: u32 = 1_000;

const DONE: i16 = 1;
const DEAD: i16 = 2;

pub(super) async fn insert(
    client: &ClientWrapper,
    message: &OutboxMessage,
    subject: i64,
    now_micros: i64,
) -> Result<(), EngineError> {
    insert_in(client, message, (subject, Lane::Events, 0), now_micros).await
}

/// Puts a message in a lane, not before `apart` has passed since the subject's last one there.
async fn insert_in(
    client: &ClientWrapper,
    message: &OutboxMessage,
    (subject, lane, apart): (i64, Lane, i64),
    now_micros: i64,
) -> Result<(), EngineError> {
    if message.payload.len() > MAX_PAYLOAD_BYTES {
        return Err(EngineError::Limit("a message is at most 64 KiB"));
    }
    let due = message.not_before.map_or(now_micros, jiff::Timestamp::as_microsecond);
    const SQL: &str = "INSERT INTO outbox(kind, subject, payload, created_micros, attempts, next_attempt_micros, \
         lease_until_micros, lease, state, lane, apart_micros) VALUES ($1, $2, $3, $4, 0, \
         CASE WHEN $7::bigint = 0 THEN $5::bigint ELSE greatest($5, $7 + coalesce((SELECT max(t.next_attempt_micros) \
           FROM outbox t WHERE t.subject = $2 AND t.lane = $6 AND t.state = 1 AND t.lane > 0), 0)) END, \
         0, 0, 0, $6, $7)";
    let lane = lane.number();
    let values: &[&(dyn tokio_postgres::types::ToSql + Sync)] =
        &[&message.kind, &subject, &message.payload, &now_micros, &due, &lane, &apart];
    execute(client, SQL, values).await.map(drop)
}

/// Hands out what is due: the oldest waiting message of each subject in each lane; messages about nobody in any number. What another process is
/// just handing out is passed by.
pub(super) async fn claim(
    client: &ClientWrapper,
    limit: u32,
    lease: Duration,
    now_micros: i64,
) -> Result<Vec<ClaimedMessage>, EngineError> {
    const SQL: &str = "WITH due AS (SELECT o.id FROM outbox o \
           WHERE o.state = 0 AND o.next_attempt_micros <= $1 AND o.lease_until_micros <= $1 \
           AND (o.subject = 0 OR NOT EXISTS \
             (SELECT 1 FROM outbox e WHERE e.state = 0 AND e.subject = o.subject AND e.lane = o.lane AND e.id < o.id)) \
           ORDER BY o.next_attempt_micros, o.id LIMIT $2 FOR UPDATE SKIP LOCKED), \
         claimed AS (UPDATE outbox o SET attempts = o.attempts + 1, lease = o.lease + 1, lease_until_micros = $3 \
           FROM due WHERE o.id = due.id \
           RETURNING o.id, o.kind, o.subject, o.payload, o.created_micros, o.attempts, o.lease, o.next_attempt_micros) \
         SELECT c.id, c.kind, p.id, c.payload, c.created_micros, c.attempts, c.lease FROM claimed c \
         LEFT JOIN patient p ON p.num = c.subject ORDER BY c.next_attempt_micros, c.id";
    let until = now_micros.saturating_add(i64::try_from(lease.as_micros()).unwrap_or(i64::MAX));
    let claimed = rows(client, SQL, &[&now_micros, &i64::from(limit.min(MAX_CLAIM)), &until]).await?;
    let message = |row| {
        Ok(ClaimedMessage {
            id: narrow(column::<i64>(row, 0)?)?,
            kind: column(row, 1)?,
            subject: column::<Option<&str>>(row, 2)?.and_then(|id| id.parse().ok()),
            payload: column(row, 3)?,
            created: timestamp(column(row, 4)?)?,
            attempts: narrow(column::<i64>(row, 5)?)?,
            lease: narrow(column::<i64>(row, 6)?)?,
        })
    };
    claimed.iter().map(message).collect()
}

/// Goes on with a claimed message; `false` when somebody else has it by now.
pub(super) async fn step(inner: &Inner, (id, claim): (u64, u64), step: &Step) -> Result<bool, EngineError> {
    let (client, now) = (inner.client().await?, inner.now());
    match step {
        Step::Renew(lease) => renew(&client, id, claim, now.saturating_add(micros(*lease))).await,
        Step::Complete => complete(&client, id, claim, now).await,
        Step::Retry(at) => retry(&client, id, claim, at.as_microsecond()).await,
        Step::Dead => end(&client, id, claim, (DEAD, 0)).await,
        Step::Save { payload, until, lease } => {
            let held = now.saturating_add(micros(*lease));
            let (due, held) = until.map_or((None, held), |until| (Some(until.as_microsecond()), 0));
            save(&client, (id, claim), payload, (due, held)).await
        }
        Step::Expand(next) => {
            let subjects = next.iter().filter_map(|next| next.message.subject.as_ref());
            let numbers = inner.patients.numbers(&client, subjects.map(|patient| patient.as_str())).await?;
            let open = Open::begin(client, "BEGIN").await?;
            match expand(&open, (id, claim), next, &numbers, now).await {
                Ok(mine) => open.commit().await.map(|()| mine),
                Err(error) => {
                    open.roll_back().await;
                    Err(error)
                }
            }
        }
    }
}

fn micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}

/// The message is done, and others come of it.
async fn expand(
    open: &Open,
    (id, claim): (u64, u64),
    next: &[FollowUp],
    numbers: &HashMap<Box<str>, i64>,
    now: i64,
) -> Result<bool, EngineError> {
    let client = open.client()?;
    let mine = complete(client, id, claim, now).await?;
    for next in next.iter().filter(|_| mine) {
        let subject = next.message.subject.as_ref().map_or("", |patient| patient.as_str());
        let subject = numbers.get(subject).copied().unwrap_or(0);
        insert_in(client, &next.message, (subject, next.lane, micros(next.apart)), now).await?;
    }
    Ok(mine)
}

/// Keeps how far the work has come.
async fn save(
    client: &ClientWrapper,
    (id, claim): (u64, u64),
    payload: &str,
    (due, held): (Option<i64>, i64),
) -> Result<bool, EngineError> {
    if payload.len() > MAX_PAYLOAD_BYTES {
        return Err(EngineError::Limit("a message is at most 64 KiB"));
    }
    const SQL: &str = "UPDATE outbox SET payload = $3, next_attempt_micros = coalesce($4::bigint, next_attempt_micros), \
         lease_until_micros = $5, attempts = CASE WHEN $4::bigint IS NULL THEN attempts ELSE 0 END \
         WHERE id = $1 AND lease = $2 AND state = 0";
    let changed = execute(client, SQL, &[&id.cast_signed(), &claim.cast_signed(), &payload, &due, &held]).await?;
    Ok(changed == 1)
}

/// Holds a message longer; `false` when somebody else has it by now.
async fn renew(client: &ClientWrapper, id: u64, claim: u64, until: i64) -> Result<bool, EngineError> {
    const SQL: &str = "UPDATE outbox SET lease_until_micros = $3 WHERE id = $1 AND lease = $2 AND state = 0";
    let changed = execute(client, SQL, &[&id.cast_signed(), &claim.cast_signed(), &until]).await?;
    Ok(changed == 1)
}

/// Ends a claim in a state; `false` when somebody else has it by now.
async fn end(client: &ClientWrapper, id: u64, lease: u64, (state, due): (i16, i64)) -> Result<bool, EngineError> {
    const SQL: &str = "UPDATE outbox SET state = $3, next_attempt_micros = $4, lease_until_micros = 0 \
         WHERE id = $1 AND lease = $2 AND state = 0";
    let changed = execute(client, SQL, &[&id.cast_signed(), &lease.cast_signed(), &state, &due]).await?;
    Ok(changed == 1)
}

/// Done now. The next in the lane waits as long as it wants to be apart.
async fn complete(client: &ClientWrapper, id: u64, lease: u64, now: i64) -> Result<bool, EngineError> {
    let mine = end(client, id, lease, (DONE, now)).await?;
    const APART: &str = "UPDATE outbox SET next_attempt_micros = greatest(next_attempt_micros, $2 + apart_micros) WHERE id = \
         (SELECT min(w.id) FROM outbox d JOIN outbox w \
           ON w.subject = d.subject AND w.lane = d.lane AND w.state = 0 WHERE d.id = $1 AND d.lane > 0)";
    if mine {
        execute(client, APART, &[&id.cast_signed(), &now]).await?;
    }
    Ok(mine)
}

/// Notices that were given up, the oldest first.
pub(super) async fn undelivered(client: &ClientWrapper, limit: u32) -> Result<Vec<Undelivered>, EngineError> {
    const SQL: &str = "SELECT o.id, p.id, o.payload, o.created_micros FROM outbox o \
         LEFT JOIN patient p ON p.num = o.subject WHERE o.state = 2 AND o.lane > 0 ORDER BY o.id LIMIT $1";
    let given_up = rows(client, SQL, &[&i64::from(limit.min(MAX_CLAIM))]).await?;
    let notice = |row| {
        Ok(Undelivered {
            id: narrow(column::<i64>(row, 0)?)?,
            subject: column::<Option<&str>>(row, 1)?.and_then(|id| id.parse().ok()),
            payload: column(row, 2)?,
            created: timestamp(column(row, 3)?)?,
        })
    };
    given_up.iter().map(notice).collect()
}

/// Marks a notice that was given up as dealt with.
pub(super) async fn settle(client: &ClientWrapper, id: u64) -> Result<bool, EngineError> {
    const SQL: &str = "UPDATE outbox SET state = 1 WHERE id = $1 AND state = 2 AND lane > 0";
    Ok(execute(client, SQL, &[&id.cast_signed()]).await? == 1)
}

/// Puts back, or gives up after the last attempt.
async fn retry(client: &ClientWrapper, id: u64, lease: u64, due_micros: i64) -> Result<bool, EngineError> {
    const SQL: &str = "UPDATE outbox SET state = CASE WHEN attempts >= $4 THEN 2 ELSE 0 END, next_attempt_micros = $3, \
         lease_until_micros = 0 WHERE id = $1 AND lease = $2 AND state = 0";
    let most = i64::from(MAX_OUTBOX_ATTEMPTS);
    let changed = execute(client, SQL, &[&id.cast_signed(), &lease.cast_signed(), &due_micros, &most]).await?;
    Ok(changed == 1)
}

/// Forgets what was done before `before_micros`, a bounded number at a time; what was given up stays for people to look at.
pub(super) async fn sweep(client: &ClientWrapper, before_micros: i64) -> Result<(), EngineError> {
    const SQL: &str = "DELETE FROM outbox WHERE id IN (SELECT id FROM outbox WHERE state = 1 AND created_micros < $1 \
         ORDER BY id LIMIT 1000)";
    execute(client, SQL, &[&before_micros]).await.map(drop)
}
