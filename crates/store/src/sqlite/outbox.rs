//! Messages to the worker.

use std::time::Duration;

use rusqlite::{Connection, params};

use crate::MAX_OUTBOX_ATTEMPTS;
use crate::engine::EngineError;
use crate::types::{ClaimedMessage, OutboxMessage};

use super::errors::engine_error;
use super::rows::timestamp;

/// Longest payload.
const MAX_PAYLOAD_BYTES: usize = 64 << 10;
/// Most messages claimed at once.
const MAX_CLAIM: u32 = 1_000;

const WAITS: i64 = 0;
const DONE: i64 = 1;
const DEAD: i64 = 2;

pub(super) fn insert(
    connection: &Connection,
    message: &OutboxMessage,
    subject: i64,
    now_micros: i64,
) -> Result<(), EngineError> {
    if message.payload.len() > MAX_PAYLOAD_BYTES {
        return Err(EngineError::Limit("a message is at most 64 KiB"));
    }
    let due = message.not_before.map_or(now_micros, jiff::Timestamp::as_microsecond);
    let run = || {
        connection
            .prepare_cached(
                "INSERT INTO outbox(kind, subject, payload, created_micros, attempts, next_attempt_micros, \
                 lease_until_micros, lease, state) VALUES (?1, ?2, ?3, ?4, 0, ?5, 0, 0, 0)",
            )?
            .execute(params![message.kind, subject, message.payload, now_micros, due])
    };
    run().map(drop).map_err(engine_error)
}

/// Hands out what is due: the oldest waiting message of each subject; messages about nobody in any number.
pub(super) fn claim(
    connection: &Connection,
    limit: u32,
    lease: Duration,
    now_micros: i64,
) -> Result<Vec<ClaimedMessage>, EngineError> {
    let lease_micros = i64::try_from(lease.as_micros()).unwrap_or(i64::MAX);
    let run = || {
        let mut due = connection.prepare_cached(
            "SELECT o.id, o.kind, p.id, o.payload, o.created_micros, o.attempts, o.lease FROM outbox o \
             LEFT JOIN patient p ON p.num = o.subject \
             WHERE o.state = 0 AND o.next_attempt_micros <= ?1 AND o.lease_until_micros <= ?1 \
             AND (o.subject = 0 OR NOT EXISTS \
               (SELECT 1 FROM outbox e WHERE e.state = 0 AND e.subject = o.subject AND e.id < o.id)) \
             ORDER BY o.next_attempt_micros, o.id LIMIT ?2",
        )?;
        let map = |row: &rusqlite::Row<'_>| {
            Ok(ClaimedMessage {
                id: row.get(0)?,
                kind: row.get(1)?,
                subject: row.get::<_, Option<String>>(2)?.and_then(|id| id.parse().ok()),
                payload: row.get(3)?,
                created: timestamp(4, row.get(4)?)?,
                attempts: row.get::<_, u32>(5)? + 1,
                lease: row.get::<_, u64>(6)? + 1,
            })
        };
        let claimed: Vec<ClaimedMessage> =
            due.query_map(params![now_micros, limit.min(MAX_CLAIM)], map)?.collect::<rusqlite::Result<_>>()?;
        let mut mark = connection
            .prepare_cached("UPDATE outbox SET attempts = ?2, lease = ?3, lease_until_micros = ?4 WHERE id = ?1")?;
        for message in &claimed {
            let until = now_micros.saturating_add(lease_micros);
            mark.execute(params![message.id, message.attempts, message.lease, until])?;
        }
        Ok(claimed)
    };
    run().map_err(engine_error)
}

/// Holds a message longer; `false` when somebody else has it by now.
pub(super) fn renew(
    connection: &Connection,
    id: u64,
    claim: u64,
    lease: Duration,
    now_micros: i64,
) -> Result<bool, EngineError> {
    let until = now_micros.saturating_add(i64::try_from(lease.as_micros()).unwrap_or(i64::MAX));
    let run = || {
        connection
            .prepare_cached("UPDATE outbox SET lease_until_micros = ?3 WHERE id = ?1 AND lease = ?2 AND state = 0")?
            .execute(params![id, claim, until])
    };
    run().map(|changed| changed == 1).map_err(engine_error)
}

/// Ends a claim in a state; `false` when somebody else has it by now.
fn end(connection: &Connection, id: u64, lease: u64, state: i64, due_micros: i64) -> Result<bool, EngineError> {
    let run = || {
        connection
            .prepare_cached(
                "UPDATE outbox SET state = ?3, next_attempt_micros = ?4, lease_until_micros = 0 \
                 WHERE id = ?1 AND lease = ?2 AND state = 0",
            )?
            .execute(params![id, lease, state, due_micros])
    };
    run().map(|changed| changed == 1).map_err(engine_error)
}

pub(super) fn complete(connection: &Connection, id: u64, lease: u64) -> Result<bool, EngineError> {
    end(connection, id, lease, DONE, 0)
}

pub(super) fn dead(connection: &Connection, id: u64, lease: u64) -> Result<bool, EngineError> {
    end(connection, id, lease, DEAD, 0)
}

/// Puts back, or gives up after the last attempt.
pub(super) fn retry(connection: &Connection, id: u64, lease: u64, due_micros: i64) -> Result<bool, EngineError> {
    let attempts = || {
        connection
            .prepare_cached("SELECT coalesce(max(attempts), 0) FROM outbox WHERE id = ?1")?
            .query_row([id], |row| row.get::<_, u32>(0))
    };
    let spent = attempts().map_err(engine_error)? >= MAX_OUTBOX_ATTEMPTS;
    end(connection, id, lease, if spent { DEAD } else { WAITS }, due_micros)
}

/// Forgets what was done before `before_micros`, a bounded number at a time; what was given up stays for people to look at.
pub(super) fn sweep(connection: &Connection, before_micros: i64) -> Result<(), EngineError> {
    let run = || {
        connection
            .prepare_cached(
                "DELETE FROM outbox WHERE id IN (SELECT id FROM outbox WHERE state = 1 AND created_micros < ?1 \
                 ORDER BY id LIMIT 1000)",
            )?
            .execute([before_micros])
    };
    run().map(drop).map_err(engine_error)
}
