//! Values that live for a while.

use deadpool_postgres::ClientWrapper;
use tokio_postgres::Row;

use crate::engine::{EngineError, Ephemeral};

use super::pool::{column, execute, rows};
use super::rows::timestamp;

const MAX_VALUE_BYTES: usize = 1 << 20;

pub(super) async fn put(client: &ClientWrapper, value: &Ephemeral) -> Result<(), EngineError> {
    if value.value.len() > MAX_VALUE_BYTES {
        return Err(EngineError::Limit("a value is at most 1 MiB"));
    }
    const SQL: &str = "INSERT INTO ephemeral VALUES ($1, $2, $3, $4, $5) ON CONFLICT(kind, key_hash) DO UPDATE SET \
         owner = excluded.owner, value = excluded.value, expires_micros = excluded.expires_micros";
    let ends = value.expires.as_microsecond();
    execute(client, SQL, &[&value.kind, &value.key_hash, &value.owner, &value.value, &ends]).await.map(drop)
}

/// One that has ended counts as nothing. Each is one statement, which looks again at a row that somebody else has just written.
pub(super) async fn swap(
    client: &ClientWrapper,
    value: &Ephemeral,
    before: Option<&[u8]>,
    now_micros: i64,
) -> Result<bool, EngineError> {
    if value.value.len() > MAX_VALUE_BYTES {
        return Err(EngineError::Limit("a value is at most 1 MiB"));
    }
    const FIRST: &str = "INSERT INTO ephemeral VALUES ($1, $2, $3, $4, $5) ON CONFLICT(kind, key_hash) DO UPDATE SET \
         owner = excluded.owner, value = excluded.value, expires_micros = excluded.expires_micros \
         WHERE ephemeral.expires_micros <= $6";
    const NEXT: &str = "UPDATE ephemeral SET owner = $3, value = $4, expires_micros = $5 \
         WHERE kind = $1 AND key_hash = $2 AND value = $6 AND expires_micros > $7";
    let Ephemeral { kind, key_hash, owner, value, expires } = value;
    let ends = expires.as_microsecond();
    let changed = match before {
        None => execute(client, FIRST, &[kind, key_hash, owner, value, &ends, &now_micros]).await?,
        Some(before) => execute(client, NEXT, &[kind, key_hash, owner, value, &ends, &before, &now_micros]).await?,
    };
    Ok(changed > 0)
}

fn ephemeral(row: &Row, kind: &str, key_hash: &[u8]) -> Result<Ephemeral, EngineError> {
    Ok(Ephemeral {
        kind: kind.to_owned(),
        key_hash: key_hash.to_vec(),
        owner: column(row, 0)?,
        value: column(row, 1)?,
        expires: timestamp(column(row, 2)?)?,
    })
}

pub(super) async fn get(
    client: &ClientWrapper,
    kind: &str,
    key_hash: &[u8],
    now_micros: i64,
) -> Result<Option<Ephemeral>, EngineError> {
    const SQL: &str = "SELECT owner, value, expires_micros FROM ephemeral \
         WHERE kind = $1 AND key_hash = $2 AND expires_micros > $3";
    let found = rows(client, SQL, &[&kind, &key_hash, &now_micros]).await?;
    found.first().map(|row| ephemeral(row, kind, key_hash)).transpose()
}

pub(super) async fn delete(client: &ClientWrapper, kind: &str, key_hash: &[u8]) -> Result<bool, EngineError> {
    const SQL: &str = "DELETE FROM ephemeral WHERE kind = $1 AND key_hash = $2";
    Ok(execute(client, SQL, &[&kind, &key_hash]).await? > 0)
}

/// Of two that take it at the same time, the one whose statement deletes it has it.
pub(super) async fn take(
    client: &ClientWrapper,
    kind: &str,
    key_hash: &[u8],
    now_micros: i64,
) -> Result<Option<Ephemeral>, EngineError> {
    const SQL: &str = "DELETE FROM ephemeral WHERE kind = $1 AND key_hash = $2 RETURNING owner, value, expires_micros";
    let found = rows(client, SQL, &[&kind, &key_hash]).await?;
    let value = found.first().map(|row| ephemeral(row, kind, key_hash)).transpose()?;
    Ok(value.filter(|value| value.expires.as_microsecond() > now_micros))
}

pub(super) async fn touch(
    client: &ClientWrapper,
    kind: &str,
    key_hash: &[u8],
    expires_micros: i64,
    now_micros: i64,
) -> Result<bool, EngineError> {
    const SQL: &str =
        "UPDATE ephemeral SET expires_micros = $3 WHERE kind = $1 AND key_hash = $2 AND expires_micros > $4";
    Ok(execute(client, SQL, &[&kind, &key_hash, &expires_micros, &now_micros]).await? > 0)
}

pub(super) async fn delete_by_owner(client: &ClientWrapper, kind: &str, owner: &str) -> Result<u64, EngineError> {
    execute(client, "DELETE FROM ephemeral WHERE kind = $1 AND owner = $2", &[&kind, &owner]).await
}

/// Forgets what has ended, a bounded number at a time.
pub(super) async fn sweep(client: &ClientWrapper, now_micros: i64) -> Result<(), EngineError> {
    const SQL: &str = "DELETE FROM ephemeral WHERE (kind, key_hash) IN \
         (SELECT kind, key_hash FROM ephemeral WHERE expires_micros <= $1 LIMIT 1000)";
    execute(client, SQL, &[&now_micros]).await.map(drop)
}
