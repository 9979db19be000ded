//! Messages to the worker.

use std::time::Duration;

use rusqlite::{Connection, params};

use crate::MAX_OUTBOX_ATTEMPTS;
use crate::engine::EngineError;
use crate::outbox::{FollowUp, Lane, Step, Undelivered};
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
    insert_in(connection, message, (subject, Lane::Events, 0), now_micros)
}

/// Puts a message in a lane, not before `apart` has passed since the subject's last one there.
fn insert_in(
    connection: &Connection,
    message: &OutboxMessage,
    (subject, lane, apart): (i64, Lane, i64),
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
                 lease_until_micros, lease, state, lane, apart_micros) VALUES (?1, ?2, ?3, ?4, 0, \
                 CASE WHEN ?7 = 0 THEN ?5 ELSE max(?5, ?7 + coalesce((SELECT max(t.next_attempt_micros) FROM outbox t \
                   WHERE t.subject = ?2 AND t.lane = ?6 AND t.state = 1 AND t.lane > 0), 0)) END, \
                 0, 0, 0, ?6, ?7)",
            )?
            .execute(params![message.kind, subject, message.payload, now_micros, due, lane.number(), apart])
    };
    run().map(drop).map_err(engine_error)
}

/// Hands out what is due: the oldest waiting message of each subject in each lane; messages about nobody in any number.
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
               (SELECT 1 FROM outbox e WHERE e.state = 0 AND e.subject = o.subject AND e.lane = o.lane AND e.id < o.id)) \
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

/// Goes on with a claimed message; `false` when somebody else has it by now.
pub(super) fn step(
    connection: &Connection,
    id: u64,
    claim: u64,
    step: &Step,
    now_micros: i64,
) -> Result<bool, EngineError> {
    match step {
        Step::Renew(lease) => renew(connection, id, claim, now_micros.saturating_add(micros(*lease))),
        Step::Complete => complete(connection, id, claim, now_micros),
        Step::Retry(at) => retry(connection, id, claim, at.as_microsecond()),
        Step::Dead => end(connection, id, claim, DEAD, 0),
        Step::Save { payload, until, lease } => {
            let held = now_micros.saturating_add(micros(*lease));
            let (due, held) = until.map_or((None, held), |until| (Some(until.as_microsecond()), 0));
            save(connection, (id, claim), payload, (due, held))
        }
        Step::Expand(next) => {
            let mine = complete(connection, id, claim, now_micros)?;
            if mine {
                next.iter().try_for_each(|next| follow(connection, next, now_micros))?;
            }
            Ok(mine)
        }
    }
}

fn micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}

/// Puts in what comes of another message.
fn follow(connection: &Connection, next: &FollowUp, now_micros: i64) -> Result<(), EngineError> {
    let subject = next.message.subject.as_ref().map_or("", |patient| patient.as_str());
    let number = || {
        connection.prepare_cached("INSERT INTO patient(id) VALUES (?1) ON CONFLICT DO NOTHING")?.execute([subject])?;
        connection.prepare_cached("SELECT num FROM patient WHERE id = ?1")?.query_row([subject], |row| row.get(0))
    };
    let subject: i64 = if subject.is_empty() { 0 } else { number().map_err(engine_error)? };
    insert_in(connection, &next.message, (subject, next.lane, micros(next.apart)), now_micros)
}

/// Keeps how far the work has come.
fn save(
    connection: &Connection,
    (id, claim): (u64, u64),
    payload: &str,
    (due, held): (Option<i64>, i64),
) -> Result<bool, EngineError> {
    if payload.len() > MAX_PAYLOAD_BYTES {
        return Err(EngineError::Limit("a message is at most 64 KiB"));
    }
    let run = || {
        connection
            .prepare_cached(
                "UPDATE outbox SET payload = ?3, next_attempt_micros = coalesce(?4, next_attempt_micros), \
                 lease_until_micros = ?5, attempts = CASE WHEN ?4 IS NULL THEN attempts ELSE 0 END \
                 WHERE id = ?1 AND lease = ?2 AND state = 0",
            )?
            .execute(params![id, claim, payload, due, held])
    };
    run().map(|changed| changed == 1).map_err(engine_error)
}

/// Holds a message longer; `false` when somebody else has it by now.
fn renew(connection: &Connection, id: u64, claim: u64, until: i64) -> Result<bool, EngineError> {
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

/// Done now. The next in the lane waits as long as it wants to be apart.
fn complete(connection: &Connection, id: u64, lease: u64, now_micros: i64) -> Result<bool, EngineError> {
    let mine = end(connection, id, lease, DONE, now_micros)?;
    let apart = || {
        connection
            .prepare_cached(
                "UPDATE outbox SET next_attempt_micros = max(next_attempt_micros, ?2 + apart_micros) WHERE id = \
                 (SELECT min(w.id) FROM outbox d JOIN outbox w \
                   ON w.subject = d.subject AND w.lane = d.lane AND w.state = 0 WHERE d.id = ?1 AND d.lane > 0)",
            )?
            .execute(params![id, now_micros])
    };
    if mine {
        apart().map_err(engine_error)?;
    }
    Ok(mine)
}

/// Notices that were given up, the oldest first.
pub(super) fn undelivered(connection: &Connection, limit: u32) -> Result<Vec<Undelivered>, EngineError> {
    let run = || {
        let mut given_up = connection.prepare_cached(
            "SELECT o.id, p.id, o.payload, o.created_micros FROM outbox o LEFT JOIN patient p ON p.num = o.subject \
             WHERE o.state = 2 AND o.lane > 0 ORDER BY o.id LIMIT ?1",
        )?;
        let map = |row: &rusqlite::Row<'_>| {
            Ok(Undelivered {
                id: row.get(0)?,
                subject: row.get::<_, Option<String>>(1)?.and_then(|id| id.parse().ok()),
                payload: row.get(2)?,
                created: timestamp(3, row.get(3)?)?,
            })
        };
        given_up.query_map([limit.min(MAX_CLAIM)], map)?.collect::<rusqlite::Result<Vec<_>>>()
    };
    run().map_err(engine_error)
}

/// Marks a notice that was given up as dealt with.
pub(super) fn settle(connection: &Connection, id: u64) -> Result<bool, EngineError> {
    let run = || {
        connection.prepare_cached("UPDATE outbox SET state = 1 WHERE id = ?1 AND state = 2 AND lane > 0")?.execute([id])
    };
    run().map(|changed| changed == 1).map_err(engine_error)
}

/// Puts back, or gives up after the last attempt.
fn retry(connection: &Connection, id: u64, lease: u64, due_micros: i64) -> Result<bool, EngineError> {
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
