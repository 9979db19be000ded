//! The store: opens the database and hands out gates.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use jiff::Timestamp;
use varde_base::{Clock, Purpose, ResourceId, SystemRole};
use varde_fhir::search::Query;
use varde_rights::{Relation, RuleBook, RuleId};

use crate::audit::check::{AuditVerification, Trust};
use crate::audit::heads::{AuditLog, Signer, Signing};
use crate::audit::{AuditContext, AuditDraft};
use crate::engine::{Commit, Engine, EngineError, EngineFuture, Ephemeral, Stats, Visibility};
use crate::gate::{self, Gate};
use crate::listener::Listener;
use crate::outbox::{FollowUp, Step, Undelivered};
use crate::postgres::{PostgresEngine, PostgresOptions};
use crate::sqlite::SqliteEngine;
use crate::types::{
    Access, AuditAction, AuditOutcome, Batch, ClaimedMessage, GateError, ImportMark, SearchLimits, Write, Written,
};

/// What a gate and the store share.
pub(crate) struct Shared {
    pub(crate) engine: Arc<dyn Engine>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) book: RuleBook,
    pub(crate) listener: OnceLock<Arc<dyn Listener>>,
    pub(crate) limits: OnceLock<SearchLimits>,
    pub(crate) signer: OnceLock<Signer>,
    /// Reads are not logged, for a measurement alone.
    #[cfg(feature = "bench")]
    pub(crate) unlogged: std::sync::atomic::AtomicBool,
}

impl Shared {
    fn new(engine: impl Engine, clock: Arc<dyn Clock>, book: RuleBook) -> Arc<Self> {
        Arc::new(Self {
            engine: Arc::new(engine),
            clock,
            book,
            listener: OnceLock::new(),
            limits: OnceLock::new(),
            signer: OnceLock::new(),
            #[cfg(feature = "bench")]
            unlogged: std::sync::atomic::AtomicBool::new(false),
        })
    }

    /// Logs what is about to be shown or refused.
    pub(crate) fn audit(&self, drafts: Vec<AuditDraft>) -> EngineFuture<'_, ()> {
        #[cfg(feature = "bench")]
        if self.unlogged.load(std::sync::atomic::Ordering::Relaxed) {
            return Box::pin(std::future::ready(Ok(())));
        }
        self.engine.audit(drafts)
    }

    /// How far searches may go.
    pub(crate) fn limits(&self) -> SearchLimits {
        self.limits.get().copied().unwrap_or(SearchLimits::USUAL)
    }
}

/// How a store is opened.
#[derive(Debug, Clone)]
pub struct Options {
    /// Directory of the database; made when it is not there.
    pub directory: PathBuf,
    /// Connections for reading.
    pub readers: usize,
    /// Memory for resources that were read lately, in bytes.
    pub cache_bytes: u64,
}

impl Options {
    /// The usual options for a directory.
    pub fn new(directory: impl Into<PathBuf>) -> Self {
        Self { directory: directory.into(), readers: 4, cache_bytes: 64 << 20 }
    }
}

/// All data of one installation. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    pub(crate) shared: Arc<Shared>,
}

impl Store {
    /// Opens or makes the database of a directory and takes it for this process alone.
    ///
    /// # Errors
    /// [`EngineError::Unavailable`] when another process has it open or the disk does not serve.
    pub fn open(options: &Options, clock: Arc<dyn Clock>, book: RuleBook) -> Result<Self, EngineError> {
        let engine = SqliteEngine::open(options, Arc::clone(&clock))?;
        Ok(Self { shared: Shared::new(engine, clock, book) })
    }

    /// How far searches may go from now on; `false` when that was said already.
    pub fn limit_searches(&self, limits: SearchLimits) -> bool {
        self.shared.limits.set(limits).is_ok()
    }

    /// From now on every change that is written through a gate is told to `listener` first. There is one; `false` when there was one already.
    pub fn listen(&self, listener: Arc<dyn Listener>) -> bool {
        self.shared.listener.set(listener).is_ok()
    }

    /// From now on this process signs heads of the access log; `false` when it did already.
    pub fn sign_log(&self, signing: Signing) -> bool {
        self.shared.signer.set(Signer::new(signing)).is_ok()
    }

    /// The access log as the world may see it.
    pub fn audit_log(&self) -> AuditLog {
        AuditLog { shared: Arc::clone(&self.shared) }
    }

    /// Connects to a PostgreSQL database, and makes its tables or brings them to this build's form. Several processes may have it
    /// open.
    ///
    /// # Errors
    /// [`EngineError::Unavailable`] when the server does not answer or the database needs a newer build.
    pub async fn connect(
        options: &PostgresOptions,
        clock: Arc<dyn Clock>,
        book: RuleBook,
    ) -> Result<Self, EngineError> {
        let engine = PostgresEngine::open(options, Arc::clone(&clock)).await?;
        Ok(Self { shared: Shared::new(engine, clock, book) })
    }

    /// The rules everything is decided by.
    pub fn rule_book(&self) -> &RuleBook {
        &self.shared.book
    }

    /// Data as `access.actor` may see them. One gate per request.
    pub fn as_actor(&self, access: &Access) -> Gate {
        Gate::new(Arc::clone(&self.shared), access)
    }

    /// Loads resources in bulk on the operator's behalf, past the rules, with one log entry for each patient in the batch, and
    /// notes with them how far their source has come. A resource that is stored just as it would be written is left alone, so
    /// that loading the same data twice changes nothing. For the command line's import and seeding only: no request may
    /// reach it.
    ///
    /// # Errors
    /// As the engine's.
    pub async fn bulk(
        &self,
        name: &str,
        writes: Vec<Write>,
        mark: Option<ImportMark>,
    ) -> Result<Vec<Written>, EngineError> {
        if writes.len() > Batch::MAX_WRITES {
            return Err(EngineError::Limit("a batch has at most 10,000 writes"));
        }
        let mut batch = Batch { writes, ..Batch::default() };
        gate::settle(&mut batch, self.shared.book.parameters(), self.shared.clock.now())?;
        let audit = bulk_entries(name, &batch);
        let commit = Commit { batch, audit, decided_on: Vec::new(), mark, skip_unchanged: true, only_index: false };
        self.shared.engine.commit(commit).await
    }

    /// How far a source has been imported by batches with a mark; `None` when never.
    ///
    /// # Errors
    /// As the engine's.
    pub async fn import_mark(&self, source: &str) -> Result<Option<u64>, EngineError> {
        self.shared.engine.import_mark(source).await
    }

    /// Finds ids by a search over all data, for an import that resolves conditional references. No body leaves.
    ///
    /// # Errors
    /// As the engine's.
    pub async fn bulk_find(&self, query: &Query) -> Result<Vec<ResourceId>, EngineError> {
        if !query.chains.is_empty() {
            return Err(EngineError::Limit("a conditional reference cannot be chained"));
        }
        let rows = self.shared.engine.search(query, &Visibility::everything()).await?;
        Ok(rows.matches.into_iter().map(|row| row.id).collect())
    }

    /// Sizes, for operators.
    ///
    /// # Errors
    /// As the engine's.
    pub async fn stats(&self) -> Result<Stats, EngineError> {
        self.shared.engine.stats().await
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// As the engine's; any means that this process is not ready.
    pub async fn ready(&self) -> Result<(), EngineError> {
        self.shared.engine.audit(Vec::new()).await
    }

    /// Messages for the worker.
    pub fn outbox(&self) -> Outbox {
        Outbox { shared: Arc::clone(&self.shared) }
    }

    /// Values that live for a while.
    pub fn ephemeral(&self) -> EphemeralStore {
        EphemeralStore { shared: Arc::clone(&self.shared) }
    }

    /// Puts everything on disk and stops. Later calls answer that the database is unavailable.
    ///
    /// # Errors
    /// As the engine's; the data are safe all the same, only the next start has more to do.
    pub async fn close(&self) -> Result<(), EngineError> {
        self.shared.engine.close().await
    }

    /// Walks the access log of a database directory, also while another process has it open.
    ///
    /// # Errors
    /// Only when the database cannot be read at all; what is wrong with the log is in the answer.
    pub fn verify_audit(directory: &Path) -> Result<AuditVerification, EngineError> {
        crate::sqlite::verify::verify(directory, &Trust::default())
    }

    /// Walks the access log of a PostgreSQL database, also while it is in use.
    ///
    /// # Errors
    /// As [`Store::verify_audit`].
    pub async fn verify_audit_of(options: &PostgresOptions) -> Result<AuditVerification, EngineError> {
        PostgresEngine::verify(options, &Trust::default()).await
    }
}

/// One entry for each patient and action of a bulk load.
fn bulk_entries(name: &str, batch: &Batch) -> Vec<AuditDraft> {
    let context = Arc::new(AuditContext {
        actor_kind: Relation::of_system(SystemRole::Admin).key(),
        actor_name: name.into(),
        actor_patient: None,
        acting_for: None,
        interaction: "import",
        purpose: Purpose::Administration.code(),
        personnel: None,
    });
    let mut counts = std::collections::BTreeMap::new();
    for write in &batch.writes {
        let patient = match write {
            Write::Put(put) => put.labels.patient.clone(),
            Write::Delete(_) => None,
        };
        *counts.entry(patient).or_insert(0_u32) += 1;
    }
    let entry = |(patient, count)| AuditDraft {
        context: Arc::clone(&context),
        patient,
        action: AuditAction::Import,
        resource_type: None,
        resource_id: None,
        query: None,
        count,
        service: None,
        rule: RuleId("SY-2"),
        outcome: AuditOutcome::Done,
    };
    counts.into_iter().map(entry).collect()
}

/// Messages for the worker: taken for a while, and completed, put back or given up. A message whose lease runs out is handed
/// out again, so the work must bear being done twice.
#[derive(Clone)]
pub struct Outbox {
    shared: Arc<Shared>,
}

impl Outbox {
    /// Takes up to `limit` messages that are due, for `lease`: of each subject only its oldest.
    ///
    /// # Errors
    /// Only the database's.
    pub async fn claim(&self, limit: u32, lease: Duration) -> Result<Vec<ClaimedMessage>, GateError> {
        Ok(self.shared.engine.outbox_claim(limit, lease).await?)
    }

    /// Holds a message for `lease` from now on, while the work goes on. `false` when the lease had run out and another has it.
    ///
    /// # Errors
    /// Only the database's.
    pub async fn renew(&self, message: &ClaimedMessage, lease: Duration) -> Result<bool, GateError> {
        Ok(self.shared.engine.outbox_step(message.id, message.lease, Step::Renew(lease)).await?)
    }

    /// The message is done. `false` when the lease had run out and another has it.
    ///
    /// # Errors
    /// Only the database's.
    pub async fn complete(&self, message: &ClaimedMessage) -> Result<bool, GateError> {
        Ok(self.shared.engine.outbox_step(message.id, message.lease, Step::Complete).await?)
    }

    /// Not before `at` again; given up after [`crate::MAX_OUTBOX_ATTEMPTS`].
    ///
    /// # Errors
    /// Only the database's.
    pub async fn retry_at(&self, message: &ClaimedMessage, at: Timestamp) -> Result<bool, GateError> {
        Ok(self.shared.engine.outbox_step(message.id, message.lease, Step::Retry(at)).await?)
    }

    /// Never again; kept for people to look at.
    ///
    /// # Errors
    /// Only the database's.
    pub async fn dead(&self, message: &ClaimedMessage) -> Result<bool, GateError> {
        Ok(self.shared.engine.outbox_step(message.id, message.lease, Step::Dead).await?)
    }

    /// Keeps how far the work has come, and the message for `lease` more. `false` when the lease had run out and another has it.
    ///
    /// # Errors
    /// Only the database's.
    pub async fn save(&self, message: &ClaimedMessage, payload: String, lease: Duration) -> Result<bool, GateError> {
        let step = Step::Save { payload, until: None, lease };
        Ok(self.shared.engine.outbox_step(message.id, message.lease, step).await?)
    }

    /// Keeps how far the work has come, and hands the message out again at `until`. It is no attempt: whoever waits counts.
    ///
    /// # Errors
    /// Only the database's.
    pub async fn hold(&self, message: &ClaimedMessage, payload: String, until: Timestamp) -> Result<bool, GateError> {
        let step = Step::Save { payload, until: Some(until), lease: Duration::ZERO };
        Ok(self.shared.engine.outbox_step(message.id, message.lease, step).await?)
    }

    /// The message is done, and others come of it, in one transaction.
    ///
    /// # Errors
    /// Only the database's.
    pub async fn expand(&self, message: &ClaimedMessage, next: Vec<FollowUp>) -> Result<bool, GateError> {
        Ok(self.shared.engine.outbox_step(message.id, message.lease, Step::Expand(next)).await?)
    }

    /// What persons were not reached with, the oldest first, at most `limit`.
    ///
    /// # Errors
    /// Only the database's.
    pub async fn undelivered(&self, limit: u32) -> Result<Vec<Undelivered>, GateError> {
        Ok(self.shared.engine.outbox_undelivered(limit).await?)
    }

    /// Somebody has told the person in another way. `false` when there is no such message.
    ///
    /// # Errors
    /// Only the database's.
    pub async fn settle(&self, id: u64) -> Result<bool, GateError> {
        Ok(self.shared.engine.outbox_settle(id).await?)
    }
}

/// Sessions, sign-ins under way, drafts. Found by the hash of a secret, which itself is never stored, or by whose it is. Of a kind that begins with
/// `kept-` people would miss what is gone: it goes along when an installation is moved.
#[derive(Clone)]
pub struct EphemeralStore {
    shared: Arc<Shared>,
}

impl EphemeralStore {
    /// Puts or replaces a value. It is on disk when this returns.
    ///
    /// # Errors
    /// [`GateError::Invalid`] for more than 1 MiB.
    pub async fn put(&self, value: Ephemeral) -> Result<(), GateError> {
        Ok(self.shared.engine.ephemeral_put(value).await?)
    }

    /// Puts a value in place of `before`, the bytes that were read; `None` where there was nothing. `false` when something else is there by
    /// now, and nothing is changed: of two that read the same, one puts.
    ///
    /// # Errors
    /// [`GateError::Invalid`] for more than 1 MiB.
    pub async fn swap(&self, value: Ephemeral, before: Option<Vec<u8>>) -> Result<bool, GateError> {
        Ok(self.shared.engine.ephemeral_swap(value, before).await?)
    }

    /// A value that has not ended.
    ///
    /// # Errors
    /// Only the database's.
    pub async fn get(&self, kind: &str, key_hash: &[u8]) -> Result<Option<Ephemeral>, GateError> {
        Ok(self.shared.engine.ephemeral_get(kind, key_hash).await?)
    }

    /// A value, once: of two that take it at the same time one gets it.
    ///
    /// # Errors
    /// Only the database's.
    pub async fn take(&self, kind: &str, key_hash: &[u8]) -> Result<Option<Ephemeral>, GateError> {
        Ok(self.shared.engine.ephemeral_take(kind, key_hash).await?)
    }

    /// Moves the end of a value. `false` when there is none. Kept in memory for up to a second, unlike the rest.
    ///
    /// # Errors
    /// Only the database's.
    pub async fn touch(&self, kind: &str, key_hash: &[u8], expires: Timestamp) -> Result<bool, GateError> {
        Ok(self.shared.engine.ephemeral_touch(kind, key_hash, expires).await?)
    }

    /// Ends a value. `false` when there was none.
    ///
    /// # Errors
    /// Only the database's.
    pub async fn delete(&self, kind: &str, key_hash: &[u8]) -> Result<bool, GateError> {
        Ok(self.shared.engine.ephemeral_delete(kind, key_hash).await?)
    }

    /// Ends all of one owner's values of a kind (signing out everywhere); how many.
    ///
    /// # Errors
    /// Only the database's.
    pub async fn delete_by_owner(&self, kind: &str, owner: &str) -> Result<u64, GateError> {
        Ok(self.shared.engine.ephemeral_delete_by_owner(kind, owner).await?)
    }
}
