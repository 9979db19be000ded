//! The words of this room: what is asked for, what is written and what comes back.

use std::sync::Arc;

use bytes::Bytes;
use jiff::Timestamp;
use varde_base::{Actor, Category, PatientId, Purpose, ResourceId};
use varde_fhir::ResourceType;
use varde_fhir::index::IndexEntries;
use varde_fhir::search::{Cursor, Query};
use varde_fhir::{Issue, Prepared};
use varde_rights::{Action, Decision, Facts, Labels, Relation, Release};

/// Who asks, why, for whom and through which interaction. One per request; everything a [`crate::Gate`] does is logged with it.
#[derive(Debug, Clone)]
pub struct Access {
    /// Who asks.
    pub actor: Actor,
    /// Why.
    pub purpose: Purpose,
    /// The citizen somebody acts for (a parent for a child); `None` for one's own matters and for programs.
    pub acting_for: Option<PatientId>,
    /// Name of the interaction for the access log: `"read"`, `"search"`, `"appointments.book"`.
    pub interaction: &'static str,
}

/// A resource, or one version of it, that the one who asked may see.
#[derive(Debug, Clone)]
pub struct Found {
    /// The JSON as stored, `meta.versionId` and `meta.lastUpdated` in it. Empty for a deletion in a history.
    pub body: Bytes,
    /// Its type.
    pub resource_type: ResourceType,
    /// Its logical id.
    pub id: ResourceId,
    /// Version, from 1.
    pub version: u64,
    /// When this version was written.
    pub updated: Timestamp,
    /// This version is a deletion.
    pub deleted: bool,
    /// The rule that opened it.
    pub decision: Decision,
}

/// One page of a search or a history.
#[derive(Debug, Clone, Default)]
pub struct Page {
    /// What matched, in the order asked for.
    pub matches: Vec<Found>,
    /// What `_include` brought along.
    pub included: Vec<Found>,
    /// Where the next page starts; `None` on the last.
    pub next: Option<Cursor>,
    /// How many there are in all that the one who asks may see, when that was asked for.
    pub total: Option<u64>,
}

/// Whose or which history is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HistoryScope {
    /// One resource.
    Instance(ResourceType, ResourceId),
    /// All resources of a type; programs only.
    Type(ResourceType),
    /// Everything; programs only.
    System,
}

/// Which versions of a history are asked for, by time in microseconds since 1970. The default is all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct HistoryWindow {
    /// Those written at this moment or after (`_since`).
    pub since_micros: Option<i64>,
    /// Those that were the newest at some moment from the first of these to the last, both included (`_at`).
    pub at_micros: Option<(i64, i64)>,
}

/// How far a search may go beyond its matches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SearchLimits {
    /// Most resources brought along by `_include`, and as many by `_revinclude`; what iterates stops at so many in all.
    pub included: u32,
    /// Most steps that what iterates goes beyond what the matches refer to.
    pub include_steps: u32,
    /// Most resources a chain goes by way of. A wider one is refused: an answer to a part of it would be wrong.
    pub chained: u32,
}

impl SearchLimits {
    /// When nothing else is said.
    pub const USUAL: Self = Self { included: 1_000, include_steps: 4, chained: 1_000 };
}

/// What must hold of the stored resource for a write to happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Expect {
    /// It does not exist and never has.
    Absent,
    /// Its newest version is this one (`If-Match`).
    Version(u64),
    /// It exists and is not deleted.
    Present,
    /// It does not exist, or is deleted.
    Missing,
    /// Anything.
    #[default]
    Any,
}

impl Expect {
    /// Whether it holds of what is stored: version and whether that is a deletion; `None` when there never was one.
    pub(crate) fn holds(self, stored: Option<(u64, bool)>) -> bool {
        match self {
            Self::Any => true,
            Self::Absent => stored.is_none(),
            Self::Present => stored.is_some_and(|(_, deleted)| !deleted),
            Self::Missing => stored.is_none_or(|(_, deleted)| deleted),
            Self::Version(wanted) => stored == Some((wanted, false)),
        }
    }
}

/// A condition beyond the resource itself, checked again inside the transaction.
#[derive(Debug, Clone, PartialEq)]
pub enum Precondition {
    /// Nothing matches (`If-None-Exist`). Checked over all data, not only what the writer may see.
    NoMatch(Box<Query>),
}

/// A resource to create or replace.
#[derive(Debug, Clone)]
pub struct Put {
    /// Its type.
    pub resource_type: ResourceType,
    /// Its logical id.
    pub id: ResourceId,
    /// The body, complete but for version and time, which the store gives.
    pub prepared: Prepared,
    /// What it is to be found by.
    pub index: IndexEntries,
    /// Whose it is and which rules hold for it.
    pub labels: Labels,
    /// What decides when the citizen may see it; `None` for what is shown at once.
    pub release: Option<Release>,
    /// What must hold of the stored resource.
    pub expect: Expect,
    /// Its id was made for this write, so that nothing can be stored under it and nothing is looked for before the commit, which
    /// checks `expect` all the same.
    pub is_new: bool,
    /// Further condition.
    pub precondition: Option<Precondition>,
    /// What the one who writes is doing, for the rules: `Write` for programs, `Book`, `Change`, `Cancel` in a service.
    pub action: Action,
}

/// A resource to delete. Its history stays.
#[derive(Debug, Clone)]
pub struct Delete {
    /// Its type.
    pub resource_type: ResourceType,
    /// Its logical id.
    pub id: ResourceId,
    /// What must hold of the stored resource. Deleting what is not there changes nothing and is no error, unless this says so.
    pub expect: Expect,
    /// As in [`Put::action`].
    pub action: Action,
}

/// One change.
#[derive(Debug, Clone)]
pub enum Write {
    /// Create or replace.
    Put(Box<Put>),
    /// Delete.
    Delete(Delete),
}

/// What happens together or not at all: resources with history and index, messages, log.
#[derive(Debug, Clone, Default)]
pub struct Batch {
    /// The changes, at most [`Batch::MAX_WRITES`]; a resource may be named once.
    pub writes: Vec<Write>,
    /// Messages for the worker.
    pub outbox: Vec<OutboxMessage>,
    /// A batch with a key that has been seen returns the earlier answer and writes nothing.
    pub idempotency_key: Option<IdempotencyKey>,
}

/// How far a source of data has been imported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportMark {
    /// What identifies the source, such as a hash of the file.
    pub source: String,
    /// How far, in a measure of the importer's own.
    pub position: u64,
}

impl Batch {
    /// Most changes in one batch.
    pub const MAX_WRITES: usize = 10_000;
}

/// Marks a batch so that sending it again does not do it again. Kept for seven days.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct IdempotencyKey {
    /// Whose keys these are: the sender's stable name, so that two senders cannot meet in one key.
    pub scope: String,
    /// The key, at most 255 bytes.
    pub key: String,
    /// Hash of what was sent; the same key with another content is a conflict.
    pub fingerprint: u64,
}

/// What a write came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// Its type.
    pub resource_type: ResourceType,
    /// Its logical id.
    pub id: ResourceId,
    /// The version written; of a deletion that found nothing, 0.
    pub version: u64,
    /// When.
    pub updated: Timestamp,
    /// It did not exist before, or was deleted.
    pub created: bool,
    /// It is a deletion.
    pub deleted: bool,
    /// Nothing was written, since nothing would have changed.
    pub unchanged: bool,
    /// The body as stored; empty for deletions and for answers repeated by idempotency key.
    pub body: Bytes,
}

/// A message that must be acted on after the transaction that asked for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboxMessage {
    /// What it is, such as `appointments.booked`.
    pub kind: String,
    /// Whom it is about; messages of one subject are handed out in order.
    pub subject: Option<PatientId>,
    /// JSON, at most 64 KiB.
    pub payload: String,
    /// Not before.
    pub not_before: Option<Timestamp>,
}

/// A message handed to a worker for a while.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimedMessage {
    /// Its number.
    pub id: u64,
    /// What it is.
    pub kind: String,
    /// Whom it is about.
    pub subject: Option<PatientId>,
    /// JSON.
    pub payload: String,
    /// When it was put in.
    pub created: Timestamp,
    /// How many times it has been handed out, this time included.
    pub attempts: u32,
    /// What proves the claim: a claim that has run out and been handed to another cannot complete it.
    pub lease: u64,
}

/// A citizen the one who asks may act for, as the population register has it now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RelatedCitizen {
    /// Who.
    pub patient: PatientId,
    /// The name to show.
    pub name: String,
    /// How the one who asks stands to them.
    pub relation: Relation,
    /// What decisions about them rest on.
    pub facts: Arc<Facts>,
}

/// What was done, in the access log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum AuditAction {
    /// One resource or version.
    Read = 0,
    /// A search.
    Search = 1,
    /// A history.
    History = 2,
    /// Created.
    Create = 3,
    /// Replaced.
    Update = 4,
    /// Deleted.
    Delete = 5,
    /// Taken out in bulk.
    Export = 6,
    /// Loaded in bulk.
    Import = 7,
    /// The access log itself was looked at.
    AccessLog = 8,
}

/// How a look-up ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum AuditOutcome {
    /// Given out or done.
    Done = 0,
    /// Refused by a rule.
    Refused = 1,
    /// Not there.
    NotFound = 2,
}

/// One entry of the access log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditRecord {
    /// Its number, from 1, without gaps.
    pub seq: u64,
    /// When.
    pub at: Timestamp,
    /// Kind of actor: a key of [`Relation`]'s, or `citizen`.
    pub actor_kind: String,
    /// The actor's name as shown to people.
    pub actor_name: String,
    /// The actor's own Patient, when the actor is a citizen.
    pub actor_patient: Option<String>,
    /// On whose behalf.
    pub acting_for: Option<String>,
    /// Whose data.
    pub patient: Option<String>,
    /// What was done.
    pub action: AuditAction,
    /// Name of the interaction.
    pub interaction: String,
    /// Type of resource.
    pub resource_type: String,
    /// Id of the resource, when it was one.
    pub resource_id: Option<String>,
    /// Names of the search parameters used, without values.
    pub query: Option<String>,
    /// How many resources of this patient were given out or written.
    pub count: u32,
    /// The service whose rule decided, when it was one.
    pub service: Option<String>,
    /// The rule that decided.
    pub rule: String,
    /// Why (HL7 v3 ActReason).
    pub purpose: String,
    /// How it ended.
    pub outcome: AuditOutcome,
    /// Who looked, by number, when health personnel did. Not in entries of before this was kept, and not for citizens, who are told names.
    pub personnel: Option<LoggedPersonnel>,
}

/// Health personnel in the access log, as the trust framework for health data has them.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct LoggedPersonnel {
    /// Number in the register of health personnel.
    pub hpr_number: Box<str>,
    /// What they work as.
    pub role: Box<str>,
    /// The organisation in words.
    pub organization: Box<str>,
    /// Number of the legal entity.
    pub legal_entity: Option<Box<str>>,
    /// Number of the place of care.
    pub point_of_care: Option<Box<str>>,
    /// Id of what shows that they treat the patient.
    pub decision_ref: Option<Box<str>>,
    /// The program that vouches for them.
    pub system: Box<str>,
}

/// Part of the access log by time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LogWindow {
    /// From this moment.
    pub from: Timestamp,
    /// Before this one.
    pub to: Timestamp,
}

/// One page of the whole access log, oldest first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LogPage {
    /// The entries in the window; a page may have none.
    pub entries: Vec<AuditRecord>,
    /// Number to go on from; `None` when the window is at its end.
    pub next: Option<u64>,
}

/// One page of the access log, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AccessLogPage {
    /// The entries.
    pub entries: Vec<AuditRecord>,
    /// Ask for entries before this number for the next page; `None` on the last.
    pub next_before: Option<u64>,
}

/// What the gate answers instead of data.
#[derive(Debug, Clone, thiserror::Error)]
pub enum GateError {
    /// Not there, or not for this one to know.
    #[error("not found")]
    NotFound,
    /// Deleted.
    #[error("deleted in version {version}")]
    Gone {
        /// The version that is the deletion.
        version: u64,
    },
    /// The one who asks may know of it, and may not do this.
    #[error("refused by rule {}", .0.rule)]
    Refused(Decision),
    /// Somebody else changed it first, or the key was used for something else.
    #[error("conflict")]
    Conflict {
        /// The newest version, when there is one.
        current: Option<u64>,
    },
    /// A condition set by the sender does not hold.
    #[error("precondition failed")]
    PreconditionFailed,
    /// What was sent cannot be used.
    #[error("invalid")]
    Invalid(Vec<Issue>),
    /// The queue is full.
    #[error("busy")]
    Busy,
    /// The database cannot take or give it now; nothing was written.
    #[error("unavailable")]
    Unavailable,
    /// Our own mistake, or a damaged database; the log has the detail.
    #[error("fault")]
    Fault,
}

impl GateError {
    /// The kind of failure.
    pub const fn category(&self) -> Category {
        match self {
            Self::NotFound => Category::NotFound,
            Self::Gone { .. } => Category::Gone,
            Self::Refused(_) => Category::Forbidden,
            Self::Conflict { .. } => Category::Conflict,
            Self::PreconditionFailed => Category::PreconditionFailed,
            Self::Invalid(_) => Category::Invalid,
            Self::Busy => Category::Busy,
            Self::Unavailable => Category::Unavailable,
            Self::Fault => Category::Fault,
        }
    }
}

impl Write {
    /// Type and id of the resource.
    pub fn name(&self) -> (ResourceType, &ResourceId) {
        match self {
            Self::Put(put) => (put.resource_type, &put.id),
            Self::Delete(delete) => (delete.resource_type, &delete.id),
        }
    }

    /// What the one who writes is doing.
    pub const fn action(&self) -> Action {
        match self {
            Self::Put(put) => put.action,
            Self::Delete(delete) => delete.action,
        }
    }
}

impl From<crate::EngineError> for GateError {
    fn from(error: crate::EngineError) -> Self {
        use crate::EngineError as E;
        match error {
            E::Conflict { current } => Self::Conflict { current },
            E::PreconditionFailed => Self::PreconditionFailed,
            E::Cursor | E::Limit(_) => Self::Invalid(Vec::new()),
            E::Busy => Self::Busy,
            E::Unavailable(reason) => {
                tracing::warn!(reason, "the database cannot take or give it now");
                Self::Unavailable
            }
            E::Fault(reason) => {
                tracing::error!(reason, "fault in the store");
                Self::Fault
            }
        }
    }
}
