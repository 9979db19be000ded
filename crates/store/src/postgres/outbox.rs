//! Messages to the worker.

use std::time::Duration;

use deadpool_postgres::ClientWrapper;

use crate::MAX_OUTBOX_ATTEMPTS;
use crate::engine::EngineError;
use crate::types::{ClaimedMessage, OutboxMessage};

use super::pool::{column, execute, rows};
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
    if message.payload.len() > MAX_PAYLOAD_BYTES {
        return Err(EngineError::Limit("a message is at most 64 KiB"));
    }
    let due = message.not_before.map_or(now_micros, jiff::Timestamp::as_microsecond);
    const SQL: &str = "INSERT INTO outbox(kind, subject, payload, created_micros, attempts, next_attempt_micros, \
         lease_until_micros, lease, state) VALUES ($1, $2, $3, $4, 0, $5, 0, 0, 0)";
    execute(client, SQL, &[&message.kind, &subject, &message.payload, &now_micros, &due]).await.map(drop)
}

/// Hands out what is due: the oldest waiting message of each subject; messages about nobody in any number. What another process is
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
             (SELECT 1 FROM outbox e WHERE e.state = 0 AND e.subject = o.subject AND e.id < o.id)) \
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

/// Holds a message longer; `false` when somebody else has it by now.
pub(super) async fn renew(client: &ClientWrapper, id: u64, claim: u64, until: i64) -> Result<bool, EngineError> {
    const SQL: &str = "UPDATE outbox SET lease_until_micros = $3 WHERE id = $1 AND lease = $2 AND state = 0";
    let changed = execute(client, SQL, &[&id.cast_signed(), &claim.cast_signed(), &until]).await?;
    Ok(changed == 1)
}

/// Ends a claim in a state; `false` when somebody else has it by now.
async fn end(client: &ClientWrapper, id: u64, lease: u64, state: i16) -> Result<bool, EngineError> {
    const SQL: &str = "UPDATE outbox SET state = $3, next_attempt_micros = 0, lease_until_micros = 0 \
         WHERE id = $1 AND lease = $2 AND state = 0";
    let changed = execute(client, SQL, &[&id.cast_signed(), &lease.cast_signed(), &state]).await?;
    Ok(changed == 1)
}

pub(super) async fn complete(client: &ClientWrapper, id: u64, lease: u64) -> Result<bool, EngineError> {
    end(client, id, lease, DONE).await
}

pub(super) async fn dead(client: &ClientWrapper, id: u64, lease: u64) -> Result<bool, EngineError> {
    end(client, id, lease, DEAD).await
}

/// Puts back, or gives up after the last attempt.
pub(super) async fn retry(client: &ClientWrapper, id: u64, lease: u64, due_micros: i64) -> Result<bool, EngineError> {
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
