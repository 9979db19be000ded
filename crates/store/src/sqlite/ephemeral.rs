//! Values that live for a while.

use rusqlite::{Connection, OptionalExtension, params};

use crate::engine::{EngineError, Ephemeral};

use super::errors::engine_error;
use super::rows::timestamp;

const MAX_VALUE_BYTES: usize = 1 << 20;

pub(super) fn put(connection: &Connection, value: &Ephemeral) -> Result<(), EngineError> {
    if value.value.len() > MAX_VALUE_BYTES {
        return Err(EngineError::Limit("a value is at most 1 MiB"));
    }
    let run = || {
        connection
            .prepare_cached(
                "INSERT INTO ephemeral VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT(kind, key_hash) DO UPDATE SET \
                 owner = excluded.owner, value = excluded.value, expires_micros = excluded.expires_micros",
            )?
            .execute(params![value.kind, value.key_hash, value.owner, value.value, value.expires.as_microsecond()])
    };
    run().map(drop).map_err(engine_error)
}

/// One that has ended counts as nothing.
pub(super) fn swap(
    connection: &Connection,
    value: &Ephemeral,
    before: Option<&[u8]>,
    now_micros: i64,
) -> Result<bool, EngineError> {
    if value.value.len() > MAX_VALUE_BYTES {
        return Err(EngineError::Limit("a value is at most 1 MiB"));
    }
    let ends = value.expires.as_microsecond();
    let run = || match before {
        None => connection
            .prepare_cached(
                "INSERT INTO ephemeral VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT(kind, key_hash) DO UPDATE SET \
                 owner = excluded.owner, value = excluded.value, expires_micros = excluded.expires_micros \
                 WHERE ephemeral.expires_micros <= ?6",
            )?
            .execute(params![value.kind, value.key_hash, value.owner, value.value, ends, now_micros]),
        Some(before) => connection
            .prepare_cached(
                "UPDATE ephemeral SET owner = ?3, value = ?4, expires_micros = ?5 \
                 WHERE kind = ?1 AND key_hash = ?2 AND value = ?6 AND expires_micros > ?7",
            )?
            .execute(params![value.kind, value.key_hash, value.owner, value.value, ends, before, now_micros]),
    };
    run().map(|changed| changed > 0).map_err(engine_error)
}

pub(super) fn get(
    connection: &Connection,
    kind: &str,
    key_hash: &[u8],
    now_micros: i64,
) -> Result<Option<Ephemeral>, EngineError> {
    let run = || {
        let mut statement = connection.prepare_cached(
            "SELECT owner, value, expires_micros FROM ephemeral \
             WHERE kind = ?1 AND key_hash = ?2 AND expires_micros > ?3",
        )?;
        let map = |row: &rusqlite::Row<'_>| {
            Ok(Ephemeral {
                kind: kind.to_owned(),
                key_hash: key_hash.to_vec(),
                owner: row.get(0)?,
                value: row.get(1)?,
                expires: timestamp(2, row.get(2)?)?,
            })
        };
        statement.query_row(params![kind, key_hash, now_micros], map).optional()
    };
    run().map_err(engine_error)
}

pub(super) fn delete(connection: &Connection, kind: &str, key_hash: &[u8]) -> Result<bool, EngineError> {
    let run = || {
        connection
            .prepare_cached("DELETE FROM ephemeral WHERE kind = ?1 AND key_hash = ?2")?
            .execute(params![kind, key_hash])
    };
    run().map(|changed| changed > 0).map_err(engine_error)
}

pub(super) fn take(
    connection: &Connection,
    kind: &str,
    key_hash: &[u8],
    now_micros: i64,
) -> Result<Option<Ephemeral>, EngineError> {
    let value = get(connection, kind, key_hash, now_micros)?;
    delete(connection, kind, key_hash)?;
    Ok(value)
}

pub(super) fn touch(
    connection: &Connection,
    kind: &str,
    key_hash: &[u8],
    expires_micros: i64,
    now_micros: i64,
) -> Result<bool, EngineError> {
    let run = || {
        connection
            .prepare_cached(
                "UPDATE ephemeral SET expires_micros = ?3 WHERE kind = ?1 AND key_hash = ?2 AND expires_micros > ?4",
            )?
            .execute(params![kind, key_hash, expires_micros, now_micros])
    };
    run().map(|changed| changed > 0).map_err(engine_error)
}

pub(super) fn delete_by_owner(connection: &Connection, kind: &str, owner: &str) -> Result<u64, EngineError> {
    let run = || {
        connection.prepare_cached("DELETE FROM ephemeral WHERE kind = ?1 AND owner = ?2")?.execute(params![kind, owner])
    };
    run().map(|changed| changed as u64).map_err(engine_error)
}

/// Forgets what has ended, a bounded number at a time.
pub(super) fn sweep(connection: &Connection, now_micros: i64) -> Result<(), EngineError> {
    let run = || {
        connection
            .prepare_cached(
                "DELETE FROM ephemeral WHERE (kind, key_hash) IN \
                 (SELECT kind, key_hash FROM ephemeral WHERE expires_micros <= ?1 LIMIT 1000)",
            )?
            .execute([now_micros])
    };
    run().map(drop).map_err(engine_error)
}
