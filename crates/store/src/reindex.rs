//! Writing the index anew from the resources themselves, for when what is drawn from them, or how it is kept, has changed, and when a row
//! has been lost.
//!
//! It goes in batches, each a transaction that changes index rows and nothing else, so that others may serve meanwhile (on PostgreSQL):
//! what somebody writes at the same time is indexed by that write. How far it has come is noted with each type.

use std::sync::Arc;

use varde_base::Clock;
use varde_fhir::json::Limits;
use varde_fhir::search::Query;
use varde_fhir::{Parsed, ReferenceMap, ResourceType};
use varde_rights::RuleBook;

use crate::engine::{Commit, EngineError, Row, Visibility};
use crate::place::Place;
use crate::sql::words::{NewWords, Words};
use crate::store::Store;
use crate::types::{Batch, Expect, ImportMark, Put, Write};

/// Resources of a batch.
const BATCH: u32 = 500;
/// Most words that are kept in mind to tell which are not in use.
const MAX_WORDS: usize = 2_000_000;
/// Notes how far it has come.
const MARK: &str = "reindex";

/// What writing the index anew has come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Reindexed {
    /// Resources whose index rows were written.
    pub resources: u64,
    /// Of these, those for which other rows are kept now than before.
    pub changed: u64,
    /// Resources that somebody else wrote at the same time.
    pub overtaken: u64,
    /// Names of codes that nothing has any more and that were taken out. `None` when that was left: it went on from where it had stopped,
    /// there are too many, or others use the database.
    pub words: Option<u64>,
}

impl Place {
    /// Writes all index rows anew. Stopped, it goes on with the type it had come to, unless it is to begin from the start. `progress` is told of
    /// each type and the resources so far.
    ///
    /// # Errors
    /// As [`Store::open`] and [`Store::connect`]; a resource that cannot be read is a [`EngineError::Fault`] that names it.
    pub async fn reindex(
        &self,
        clock: Arc<dyn Clock>,
        book: RuleBook,
        from_start: bool,
        mut progress: impl FnMut(ResourceType, u64),
    ) -> Result<Reindexed, EngineError> {
        let store = self.open(clock, book).await?;
        let mut walk = Walk { store, done: Reindexed::default(), words: NewWords::default() };
        let walked = walk.all(from_start, &mut progress).await;
        let Walk { store, mut done, words } = walk;
        store.close().await?;
        drop(store);
        if walked? && words.rows.len() <= MAX_WORDS {
            let words = words.rows;
            done.words = match self {
                Self::Directory(directory) => Some(crate::sqlite::words::keep(directory, &words)?),
                Self::Server(options) => crate::postgres::words::keep(options, words).await?,
            };
        }
        Ok(done)
    }
}

struct Walk {
    store: Store,
    done: Reindexed,
    words: NewWords,
}

impl Walk {
    /// All types; whether it has begun with the first.
    async fn all(
        &mut self,
        from_start: bool,
        progress: &mut impl FnMut(ResourceType, u64),
    ) -> Result<bool, EngineError> {
        let begun = if from_start { None } else { self.store.import_mark(MARK).await? };
        let skipped = usize::try_from(begun.unwrap_or(0)).unwrap_or(usize::MAX);
        for (number, resource_type) in (1_u64..).zip(ResourceType::all()).skip(skipped) {
            self.of_type(resource_type).await?;
            self.commit(Vec::new(), Some(number)).await?;
            progress(resource_type, self.done.resources);
        }
        self.commit(Vec::new(), Some(0)).await?;
        Ok(skipped == 0)
    }

    async fn of_type(&mut self, resource_type: ResourceType) -> Result<(), EngineError> {
        let mut query = Query { count: BATCH, ..Query::of(resource_type) };
        loop {
            let rows = self.store.shared.engine.search(&query, &Visibility::everything()).await?;
            let puts: Vec<Put> = rows.matches.iter().map(put).collect::<Result<_, _>>()?;
            for put in &puts {
                if self.words.rows.len() <= MAX_WORDS {
                    Words::default().unknown(&put.index, &mut self.words);
                }
            }
            self.batch(&rows.matches, puts).await?;
            query.cursor = rows.next;
            if query.cursor.is_none() {
                return Ok(());
            }
        }
    }

    /// A batch; one by one when somebody else has written one of them meanwhile.
    async fn batch(&mut self, rows: &[Row], puts: Vec<Put>) -> Result<(), EngineError> {
        match self.commit(puts, None).await {
            Err(EngineError::Conflict { .. }) => {}
            done => return done,
        }
        for row in rows {
            match self.commit(vec![put(row)?], None).await {
                // That write has indexed it.
                Err(EngineError::Conflict { .. }) => self.done.overtaken += 1,
                done => done?,
            }
        }
        Ok(())
    }

    async fn commit(&mut self, puts: Vec<Put>, come_to: Option<u64>) -> Result<(), EngineError> {
        let mark = come_to.map(|position| ImportMark { source: MARK.to_owned(), position });
        let writes = puts.into_iter().map(|put| Write::Put(Box::new(put))).collect();
        let batch = Batch { writes, ..Batch::default() };
        let commit =
            Commit { batch, audit: Vec::new(), decided_on: Vec::new(), mark, skip_unchanged: false, only_index: true };
        let written = self.store.shared.engine.commit(commit).await?;
        let changed = written.iter().filter(|written| !written.unchanged).count();
        self.done.resources += u64::try_from(written.len()).unwrap_or(u64::MAX);
        self.done.changed += u64::try_from(changed).unwrap_or(u64::MAX);
        Ok(())
    }
}

/// A stored resource as it would be written again.
fn put(row: &Row) -> Result<Put, EngineError> {
    // What is stored was within the limits once.
    let limits = Limits { bytes: usize::MAX, nodes: usize::MAX, ..Limits::default() };
    let unreadable = |_| EngineError::Fault(format!("{}/{} cannot be read", row.resource_type, row.id));
    let parsed = Parsed::parse_stored(&row.body, &limits).map_err(unreadable)?;
    let put = Put::new(parsed, row.id.clone(), &ReferenceMap::new());
    Ok(Put { expect: Expect::Version(row.version), ..put })
}
