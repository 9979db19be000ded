//! Proves that nobody has changed the access log.

use std::collections::VecDeque;

use deadpool_postgres::ClientWrapper;

use crate::audit::chain::{Head, decode};
use crate::audit::check::{AuditVerification, Check, KeptHead, LogFault, Stop, Trust};
use crate::audit::tiles::{Place, Tile};
use crate::engine::EngineError;

use super::errors::engine_error;
use super::pool::{column, rows};
use super::{log, tree};

/// Entries read at a time.
const WALK: i64 = 10_000;

/// Walks the log from the first entry, as it stands at one moment.
pub(super) async fn verify(client: &ClientWrapper, trust: &Trust) -> Result<AuditVerification, EngineError> {
    client.batch_execute("BEGIN ISOLATION LEVEL REPEATABLE READ").await.map_err(engine_error)?;
    let mut walk = Walk { client, at: Head::START, heads: VecDeque::new(), last_head: 0, are_heads_read: false };
    let done = walk.run(trust).await;
    let entries = walk.at.count;
    client.batch_execute("COMMIT").await.map_err(engine_error)?;
    match done {
        Ok(result) => Ok(result),
        Err(Stop::Error(error)) => Err(error),
        Err(Stop::Fault(fault)) => {
            Ok(AuditVerification { entries, fault: Some(fault), ..AuditVerification::default() })
        }
    }
}

struct Walk<'c> {
    client: &'c ClientWrapper,
    at: Head,
    /// Signed heads that were read and not reached.
    heads: VecDeque<KeptHead>,
    last_head: u64,
    are_heads_read: bool,
}

impl Walk<'_> {
    async fn run(&mut self, trust: &Trust) -> Result<AuditVerification, Stop> {
        const SQL: &str = "SELECT a.seq, a.at_micros, p.id, a.body, a.hash FROM audit a LEFT JOIN patient p \
             ON p.num = a.patient WHERE a.seq > $1 ORDER BY a.seq LIMIT $2";
        let has_tree = tree::exists(self.client).await?;
        let (size, keys) =
            if has_tree { (tree::size(self.client).await?, tree::keys(self.client).await?) } else { (0, Vec::new()) };
        self.are_heads_read = !has_tree;
        let mut check = Check::new(size, keys, trust)?;
        self.heads(&mut check).await?;
        let mut last = 0_i64;
        loop {
            let found = rows(self.client, SQL, &[&last, &WALK]).await?;
            let mut tiles = Vec::new();
            for row in &found {
                last = column(row, 0)?;
                self.entry(&mut check, row)?;
                tiles.extend(check.tiles());
                self.heads(&mut check).await?;
            }
            self.tiles(&tiles).await?;
            if found.is_empty() {
                break;
            }
        }
        if log::head(self.client).await? != self.at {
            return Err((self.at.count + 1, LogFault::TailCut).into());
        }
        let tiles = if has_tree { tree::tile_count(self.client).await? } else { 0 };
        check.end(tiles, self.heads.front())?;
        Ok(check.result(self.at.count))
    }

    /// One entry: its place in the chain and its columns.
    fn entry(&mut self, check: &mut Check, row: &tokio_postgres::Row) -> Result<(), Stop> {
        let expected = self.at.count + 1;
        let (seq, micros, patient): (i64, i64, Option<&str>) = (column(row, 0)?, column(row, 1)?, column(row, 2)?);
        let (body, hash): (&[u8], &[u8]) = (column(row, 3)?, column(row, 4)?);
        if u64::try_from(seq) != Ok(expected) {
            return Err((expected, LogFault::Missing).into());
        }
        let next = self.at.after(body);
        let same = decode(body).is_some_and(|record| {
            record.seq == expected && record.at.as_microsecond() == micros && record.patient.as_deref() == patient
        });
        if next.hash != hash || !same {
            return Err((expected, LogFault::Changed).into());
        }
        self.at = next;
        Ok(check.entry(body)?)
    }

    async fn tiles(&self, tiles: &[Tile]) -> Result<(), Stop> {
        // In pieces: a page of entries has a few dozen tiles, 8 KiB each.
        for tiles in tiles.chunks(64) {
            let places: Vec<Place> = tiles.iter().map(|tile| tile.place).collect();
            let stored = tree::tiles(self.client, &places).await?;
            for tile in tiles {
                Check::tile(tile, stored.get(&tile.place).map(Vec::as_slice))?;
            }
        }
        Ok(())
    }

    /// The heads of as many entries as have been walked.
    async fn heads(&mut self, check: &mut Check) -> Result<(), Stop> {
        loop {
            if self.heads.is_empty() && !self.are_heads_read {
                self.heads.extend(tree::heads_after(self.client, self.last_head).await?);
                self.are_heads_read = self.heads.is_empty();
            }
            let Some(head) = self.heads.pop_front_if(|head| check.reaches(head)) else { return Ok(()) };
            self.last_head = head.number;
            check.head(&head)?;
        }
    }
}
