//! The log's Merkle tree in SQLite. It follows the log as the index by patient does, in steps of its own: what a read or a write waits for does not
//! become longer by it, and a log that is older than the tree is taken in by the same steps.

use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension as _, params};

use crate::audit::check::KeptHead;
use crate::audit::note::PublicKey;
use crate::audit::tiles::{Edge, Place, Tile};
use crate::audit::tree::leaf;
use crate::engine::EngineError;

use super::cache::View;
use super::errors::engine_error;

/// Entries taken in by one transaction.
const STEP: u64 = 4_000;
/// Signed heads read at a time.
const HEADS: u32 = 200;

/// Whether the database has a tree: one that no build of this form has opened yet has none.
pub(super) fn exists(connection: &Connection) -> Result<bool, EngineError> {
    const SQL: &str = "SELECT count(*) FROM pragma_table_info('audit_head') WHERE name = 'tree'";
    connection.query_row(SQL, [], |row| row.get::<_, u64>(0)).map(|count| count > 0).map_err(engine_error)
}

/// How many entries the stored tiles hold.
pub(super) fn size(connection: &Connection) -> Result<u64, EngineError> {
    connection.query_row("SELECT tree FROM audit_head", [], |row| row.get(0)).map_err(engine_error)
}

/// The place where the tree grows, as the tables tell it.
pub(super) fn edge(connection: &Connection) -> Result<Edge, EngineError> {
    let size = size(connection)?;
    let mut hashes = BTreeMap::new();
    for place in Edge::places(size).filter(|place| place.width(size) > 0) {
        let tile = match place.level {
            0 => entries(connection, place.first_entry(), u32::try_from(place.width(size)).unwrap_or(u32::MAX))?
                .iter()
                .flat_map(|entry| leaf(entry))
                .collect(),
            _ => tile(connection, place)?.unwrap_or_default(),
        };
        hashes.insert(place, tile);
    }
    let edge = Edge::restore(size, |place| hashes.remove(&place));
    edge.ok_or_else(|| EngineError::Fault("the tree of the access log is damaged; run the verification".to_owned()))
}

/// Takes a bounded number of entries in; whether there were any.
pub(super) fn step(connection: &Connection, edge: &mut Edge) -> rusqlite::Result<bool> {
    let mut full = Vec::new();
    let before = edge.size();
    let mut statement =
        connection.prepare_cached("SELECT seq, body FROM audit WHERE seq > ?1 AND seq <= ?2 ORDER BY seq")?;
    let mut found = statement.query([before, before.saturating_add(STEP)])?;
    while let Some(row) = found.next()? {
        // A gap ends the tree: the entries after it would stand at places that are not theirs.
        if row.get::<_, u64>(0)? != edge.size() + 1 {
            break;
        }
        edge.push(leaf(row.get_ref(1)?.as_blob()?), &mut full);
    }
    if edge.size() == before {
        return Ok(false);
    }
    let mut put = connection.prepare_cached(
        "INSERT INTO audit_tile VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE SET hashes = excluded.hashes",
    )?;
    for Tile { place, hashes } in full.into_iter().chain(edge.unfinished()) {
        put.execute(params![place.level, place.number, hashes])?;
    }
    connection.prepare_cached("UPDATE audit_head SET tree = ?1")?.execute([edge.size()])?;
    Ok(true)
}

/// A tile as it is stored.
pub(super) fn tile(connection: &Connection, place: Place) -> Result<Option<Vec<u8>>, EngineError> {
    let run = || {
        connection
            .prepare_cached("SELECT hashes FROM audit_tile WHERE level = ?1 AND number = ?2")?
            .query_row(params![place.level, place.number], |row| row.get(0))
            .optional()
    };
    run().map_err(engine_error)
}

/// Those tiles that are stored.
pub(super) fn tiles(view: View<'_>, places: &[Place]) -> Result<BTreeMap<Place, Vec<u8>>, EngineError> {
    let mut out = BTreeMap::new();
    for place in places {
        if let Some(hashes) = tile(&view, *place)? {
            out.insert(*place, hashes);
        }
    }
    Ok(out)
}

/// How many tiles there are.
pub(super) fn tile_count(connection: &Connection) -> Result<u64, EngineError> {
    connection.query_row("SELECT count(*) FROM audit_tile", [], |row| row.get(0)).map_err(engine_error)
}

/// The bytes of entries from a number on.
pub(super) fn entries(connection: &Connection, first: u64, count: u32) -> Result<Vec<Vec<u8>>, EngineError> {
    let run = || {
        connection
            .prepare_cached("SELECT body FROM audit WHERE seq >= ?1 AND seq < ?2 ORDER BY seq")?
            .query_map([first, first.saturating_add(u64::from(count))], |row| row.get(0))?
            .collect::<rusqlite::Result<Vec<_>>>()
    };
    run().map_err(engine_error)
}

fn head(row: &rusqlite::Row<'_>) -> rusqlite::Result<KeptHead> {
    Ok(KeptHead { number: row.get(0)?, size: row.get(1)?, note: row.get(2)? })
}

/// The first head that holds an entry, or the newest.
pub(super) fn kept_head(connection: &Connection, holding: Option<u64>) -> Result<Option<KeptHead>, EngineError> {
    let run = || match holding {
        Some(number) => connection
            .prepare_cached("SELECT number, size, note FROM audit_checkpoint WHERE size >= ?1 ORDER BY size LIMIT 1")?
            .query_row([number], head)
            .optional(),
        None => connection
            .prepare_cached("SELECT number, size, note FROM audit_checkpoint ORDER BY size DESC LIMIT 1")?
            .query_row([], head)
            .optional(),
    };
    run().map_err(engine_error)
}

/// Some of the heads after a number, in order.
pub(super) fn heads_after(connection: &Connection, number: u64) -> Result<Vec<KeptHead>, EngineError> {
    let run = || {
        connection
            .prepare_cached(
                "SELECT number, size, note FROM audit_checkpoint WHERE number > ?1 ORDER BY number LIMIT ?2",
            )?
            .query_map(params![number, HEADS], head)?
            .collect::<rusqlite::Result<Vec<_>>>()
    };
    run().map_err(engine_error)
}

/// Keeps a head; `false` when one of as many entries or more is kept.
pub(super) fn keep_head(connection: &Connection, size: u64, note: &str, keys: &[String]) -> Result<bool, EngineError> {
    let run = || {
        for key in keys {
            connection
                .prepare_cached("INSERT INTO audit_key(key) VALUES (?1) ON CONFLICT DO NOTHING")?
                .execute([key])?;
        }
        let kept = connection
            .prepare_cached(
                "INSERT INTO audit_checkpoint SELECT (SELECT coalesce(max(number), 0) + 1 FROM audit_checkpoint), ?1, ?2 \
                 WHERE NOT EXISTS (SELECT 1 FROM audit_checkpoint WHERE size >= ?1)",
            )?
            .execute(params![size, note])?;
        Ok(kept > 0)
    };
    run().map_err(engine_error)
}

/// The public keys heads were signed with; one that cannot be read is left out, and its heads then have no key.
pub(super) fn keys(connection: &Connection) -> Result<Vec<PublicKey>, EngineError> {
    let run = || {
        let mut statement = connection.prepare("SELECT key FROM audit_key ORDER BY number")?;
        let keys = statement.query_map([], |row| row.get::<_, String>(0))?;
        keys.map(|key| key.map(|key| key.parse().ok())).collect::<rusqlite::Result<Vec<_>>>()
    };
    Ok(run().map_err(engine_error)?.into_iter().flatten().collect())
}
