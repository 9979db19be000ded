//! FHIR resources as bytes with versions, search index, outbox and access log, in one database behind one trait.
//!
//! Invariant: no resource leaves without a decision and a log entry. [`Store::as_actor`] is the only way to data; the engine
//! is private. All that belongs to one change lands in one transaction or not at all.

mod audit;
#[cfg(feature = "bench")]
mod bench;
mod conditional;
mod copy;
mod engine;
mod gate;
mod listener;
mod outbox;
mod pack;
mod place;
mod postgres;
mod put;
mod reindex;
mod release;
mod secret_file;
mod sql;
mod sqlite;
mod store;
mod types;

pub use audit::check::{AuditVerification, LogFault, Trust};
pub use audit::heads::{AuditLog, Signing};
pub use audit::key::AuditKey;
pub use audit::note::{NotAKey, NoteError, PublicKey};
pub use audit::proof::{ProofError, Proven, verify_proof};
#[cfg(feature = "bench")]
pub use bench::BenchParts;
pub use copy::{Copied, copy};
pub use engine::{EngineError, Ephemeral, Stats};
pub use gate::{
    About, Collector, Collects, Deletions, Detected, DetectionWindow, Everything, Export, Extent, Gate, ItemAudience,
    LogNarrowing, MAX_CASES, MAX_LATEST, Named, Pickup, Posed, Question, Seer, Sight, Simulated, WhoSees,
};
pub use listener::{Change, Happening, Listener};
pub use outbox::{FollowUp, Lane, Undelivered};
pub use place::Place;
pub use postgres::PostgresOptions;
pub use reindex::Reindexed;
pub use secret_file::write_secret;
pub use store::{EphemeralStore, Options, Outbox, Store};
pub use types::{
    Access, AccessLogPage, AuditAction, AuditOutcome, AuditRecord, Batch, ClaimedMessage, Delete, Expect, Found,
    GateError, HistoryScope, HistoryWindow, IdempotencyKey, ImportMark, LogPage, LogWindow, LoggedPersonnel,
    OutboxMessage, Page, Precondition, Put, RelatedCitizen, SearchLimits, Write, Written,
};

/// How often a message is handed out before it is given up.
pub const MAX_OUTBOX_ATTEMPTS: u32 = 12;
