//! The log's Merkle tree in PostgreSQL: the process that chains the log takes it into the tree as well.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use deadpool_postgres::{ClientWrapper, Pool};

use crate::audit::check::KeptHead;
use crate::audit::note::PublicKey;
use crate::audit::tiles::{Edge, Place};
use crate::audit::tree::leaf;
use crate::engine::EngineError;

use super::pool::{Open, column, execute, get, rows};
use super::rows::narrow;

/// Held by the one process that makes the tree grow or keeps a head.
const LOCK: i64 = 0x5661_7264_6503;
/// Entries taken in by one transaction.
const STEP: i64 = 4_000;
/// Signed heads read at a time.
const HEADS: i64 = 200;

/// Where the tree grew last, as far as this process knows; another may have gone on since.
#[derive(Default)]
pub(super) struct Known(Mutex<Option<Edge>>);

/// Takes entries of the chain into the tree, in at most as many steps. `wait` for another process that is at it.
pub(super) async fn grow(pool: &Pool, known: &Known, steps: usize, wait: bool) -> Result<u64, EngineError> {
    let mut size = 0;
    for _ in 0..steps {
        let open = Open::begin(get(pool).await?, "BEGIN").await?;
        match step(open.client()?, known, wait).await {
            Ok(Some((edge, moved))) => {
                open.commit().await?;
                size = edge.size();
                *known.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(edge);
                if !moved {
                    break;
                }
            }
            Ok(None) => {
                open.roll_back().await;
                break;
            }
            Err(error) => {
                open.roll_back().await;
                return Err(error);
            }
        }
    }
    Ok(size)
}

/// The tree after a step, and whether there were any entries; `None` when another process is at it.
async fn step(client: &ClientWrapper, known: &Known, wait: bool) -> Result<Option<(Edge, bool)>, EngineError> {
    if !lock(client, wait).await? {
        return Ok(None);
    }
    let mut edge = edge(client, known).await?;
    let before = edge.size();
    const NEXT: &str = "SELECT seq, body FROM audit WHERE seq > $1 AND seq <= $1 + $2 ORDER BY seq";
    let found = rows(client, NEXT, &[&before.cast_signed(), &STEP]).await?;
    let mut tiles = Vec::new();
    for row in &found {
        // A gap ends the tree: the entries after it would stand at places that are not theirs.
        if narrow::<_, u64>(column::<i64>(row, 0)?)? != edge.size() + 1 {
            break;
        }
        edge.push(leaf(column(row, 1)?), &mut tiles);
    }
    if edge.size() == before {
        return Ok(Some((edge, false)));
    }
    tiles.extend(edge.unfinished());
    let levels = tiles.iter().map(|tile| i16::from(tile.place.level)).collect::<Vec<_>>();
    let numbers = tiles.iter().map(|tile| tile.place.number.cast_signed()).collect::<Vec<_>>();
    let hashes = tiles.iter().map(|tile| tile.hashes.as_slice()).collect::<Vec<_>>();
    const PUT: &str = "INSERT INTO audit_tile SELECT * FROM unnest($1::smallint[], $2::bigint[], $3::bytea[]) \
         ON CONFLICT (level, number) DO UPDATE SET hashes = excluded.hashes";
    execute(client, PUT, &[&levels, &numbers, &hashes]).await?;
    execute(client, "UPDATE audit_head SET tree = $1", &[&edge.size().cast_signed()]).await?;
    Ok(Some((edge, true)))
}

async fn lock(client: &ClientWrapper, wait: bool) -> Result<bool, EngineError> {
    if wait {
        return rows(client, "SELECT true FROM pg_advisory_xact_lock($1)", &[&LOCK]).await.map(|_| true);
    }
    let mine = rows(client, "SELECT pg_try_advisory_xact_lock($1)", &[&LOCK]).await?;
    Ok(mine.first().map(|row| column::<bool>(row, 0)).transpose()?.unwrap_or(false))
}

/// Where the tree grows: what this process remembers when nobody went on since, or as the tables tell it.
async fn edge(client: &ClientWrapper, known: &Known) -> Result<Edge, EngineError> {
    let size = size(client).await?;
    let remembered = known.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
    if let Some(edge) = remembered.filter(|edge| edge.size() == size) {
        return Ok(edge);
    }
    let places: Vec<Place> = Edge::places(size).filter(|place| place.width(size) > 0).collect();
    let mut hashes = tiles(client, &places).await?;
    if let Some(leaves) = places.iter().find(|place| place.level == 0) {
        let count = u32::try_from(leaves.width(size)).unwrap_or(u32::MAX);
        let entries = entries(client, leaves.first_entry(), count).await?;
        hashes.insert(*leaves, entries.iter().flat_map(|entry| leaf(entry)).collect());
    }
    let edge = Edge::restore(size, |place| hashes.remove(&place));
    edge.ok_or_else(|| EngineError::Fault("the tree of the access log is damaged; run the verification".to_owned()))
}

/// Whether the database has a tree: one that no build of this form has opened yet has none.
pub(super) async fn exists(client: &ClientWrapper) -> Result<bool, EngineError> {
    let found = rows(client, "SELECT to_regclass('audit_tile') IS NOT NULL", &[]).await?;
    Ok(found.first().map(|row| column::<bool>(row, 0)).transpose()?.unwrap_or(false))
}

/// How many entries the stored tiles hold.
pub(super) async fn size(client: &ClientWrapper) -> Result<u64, EngineError> {
    let found = rows(client, "SELECT tree FROM audit_head", &[]).await?;
    narrow(found.first().map(|row| column::<i64>(row, 0)).transpose()?.unwrap_or(0))
}

/// Those tiles that are stored.
pub(super) async fn tiles(client: &ClientWrapper, places: &[Place]) -> Result<BTreeMap<Place, Vec<u8>>, EngineError> {
    let levels = places.iter().map(|place| i16::from(place.level)).collect::<Vec<_>>();
    let numbers = places.iter().map(|place| place.number.cast_signed()).collect::<Vec<_>>();
    const FIND: &str = "SELECT t.level, t.number, t.hashes FROM unnest($1::smallint[], $2::bigint[]) AS p(level, number) \
         JOIN audit_tile t ON t.level = p.level AND t.number = p.number";
    let found = rows(client, FIND, &[&levels, &numbers]).await?;
    let tile = |row| {
        let (level, number): (i16, i64) = (column(row, 0)?, column(row, 1)?);
        Ok((Place { level: narrow(level)?, number: narrow(number)? }, column(row, 2)?))
    };
    found.iter().map(tile).collect()
}

/// How many tiles there are.
pub(super) async fn tile_count(client: &ClientWrapper) -> Result<u64, EngineError> {
    let found = rows(client, "SELECT count(*) FROM audit_tile", &[]).await?;
    narrow(found.first().map(|row| column::<i64>(row, 0)).transpose()?.unwrap_or(0))
}

/// The bytes of entries from a number on, of those in the chain.
pub(super) async fn entries(client: &ClientWrapper, first: u64, count: u32) -> Result<Vec<Vec<u8>>, EngineError> {
    const SQL: &str = "SELECT body FROM audit WHERE seq >= $1 AND seq < $1 + $2 ORDER BY seq";
    // Numbers no log reaches have no entries.
    let Ok(first) = i64::try_from(first) else { return Ok(Vec::new()) };
    let first = first.min(i64::MAX - i64::from(count));
    rows(client, SQL, &[&first, &i64::from(count)]).await?.iter().map(|row| column(row, 0)).collect()
}

fn head(row: &tokio_postgres::Row) -> Result<KeptHead, EngineError> {
    let (number, size): (i64, i64) = (column(row, 0)?, column(row, 1)?);
    Ok(KeptHead { number: narrow(number)?, size: narrow(size)?, note: column(row, 2)? })
}

/// The first head that holds an entry, or the newest.
pub(super) async fn kept_head(client: &ClientWrapper, holding: Option<u64>) -> Result<Option<KeptHead>, EngineError> {
    const FIRST: &str = "SELECT number, size, note FROM audit_checkpoint WHERE size >= $1 ORDER BY size LIMIT 1";
    const NEWEST: &str = "SELECT number, size, note FROM audit_checkpoint ORDER BY size DESC LIMIT 1";
    let found = match holding {
        Some(number) => {
            let number = i64::try_from(number).unwrap_or(i64::MAX);
            rows(client, FIRST, &[&number]).await?
        }
        None => rows(client, NEWEST, &[]).await?,
    };
    found.first().map(head).transpose()
}

/// Some of the heads after a number, in order.
pub(super) async fn heads_after(client: &ClientWrapper, number: u64) -> Result<Vec<KeptHead>, EngineError> {
    const SQL: &str = "SELECT number, size, note FROM audit_checkpoint WHERE number > $1 ORDER BY number LIMIT $2";
    rows(client, SQL, &[&number.cast_signed(), &HEADS]).await?.iter().map(head).collect()
}

/// Keeps a head; `false` when one of as many entries or more is kept.
pub(super) async fn keep_head(pool: &Pool, size: u64, note: &str, keys: &[String]) -> Result<bool, EngineError> {
    let open = Open::begin(get(pool).await?, "BEGIN").await?;
    let run = async {
        let client = open.client()?;
        lock(client, true).await?;
        const KEY: &str = "INSERT INTO audit_key(key) SELECT * FROM unnest($1::text[]) ON CONFLICT DO NOTHING";
        execute(client, KEY, &[&keys]).await?;
        const KEEP: &str = "INSERT INTO audit_checkpoint \
             SELECT (SELECT coalesce(max(number), 0) + 1 FROM audit_checkpoint), $1, $2 \
             WHERE NOT EXISTS (SELECT 1 FROM audit_checkpoint WHERE size >= $1)";
        execute(client, KEEP, &[&size.cast_signed(), &note]).await
    };
    match run.await {
        Ok(kept) => open.commit().await.map(|()| kept > 0),
        Err(error) => {
            open.roll_back().await;
            Err(error)
        }
    }
}

/// The public keys heads were signed with; one that cannot be read is left out, and its heads then have no key.
pub(super) async fn keys(client: &ClientWrapper) -> Result<Vec<PublicKey>, EngineError> {
    let found = rows(client, "SELECT key FROM audit_key ORDER BY number", &[]).await?;
    let keys = found.iter().map(|row| column::<&str>(row, 0).map(|key| key.parse().ok()));
    Ok(keys.collect::<Result<Vec<Option<PublicKey>>, _>>()?.into_iter().flatten().collect())
}
