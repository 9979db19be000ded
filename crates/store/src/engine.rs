//! What a database must do. Only this crate calls an engine; everybody else passes a [`crate::Gate`].

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::BoxFuture;
use jiff::Timestamp;
use varde_base::{Category, PatientId, ResourceId};
use varde_fhir::ResourceType;
use varde_fhir::search::{Cursor, Include, Query};
use varde_rights::{Filter, ItemLabel, Judgement, Service, ServiceSet};

pub(crate) use crate::conditional::{Conditional, ConditionalColumns};

use crate::audit::AuditDraft;
use crate::audit::check::KeptHead;
use crate::audit::tiles::Place;
use crate::outbox::{Step, Undelivered};
use crate::types::{AccessLogPage, Batch, ClaimedMessage, HistoryScope, HistoryWindow, ImportMark, Written};

/// What an engine answers with.
pub(crate) type EngineFuture<'a, T> = BoxFuture<'a, Result<T, EngineError>>;

/// A stored version with the columns a decision needs.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    /// Number of the resource in this database.
    pub rid: i64,
    /// Its type.
    pub resource_type: ResourceType,
    /// Its logical id.
    pub id: ResourceId,
    /// Whose it is.
    pub patient: Option<PatientId>,
    /// Version, from 1.
    pub version: u64,
    /// When it was written, microseconds.
    pub updated: Timestamp,
    /// It is a deletion.
    pub deleted: bool,
    /// Label.
    pub service: Service,
    /// Label.
    pub item: ItemLabel,
    /// The JSON.
    pub body: Bytes,
}

/// What may be seen of one subject's data by one way in which somebody stands to them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SubjectFilter {
    /// Whose; `None` is data that belong to nobody.
    pub patient: Option<PatientId>,
    /// These services, but for what is hidden.
    pub services: ServiceSet,
    /// Of these services what is labelled as shared, but for what is hidden.
    pub shared: ServiceSet,
    /// Never what has any of these labels, unless it is among `released`.
    pub hidden: ItemLabel,
    /// Numbers of resources that may be seen by their release or their referral, in order.
    pub released: Arc<[i64]>,
}

impl SubjectFilter {
    /// A decision's filter for the engines: what it says of single resources is looked up in what is kept of them.
    pub(crate) fn of(patient: Option<PatientId>, filter: &Filter, kept: &[Conditional]) -> Self {
        let released = kept.iter().filter(|kept| {
            filter.judge(kept.service, kept.item) == Judgement::Depends && filter.passes(kept.service, kept.item())
        });
        Self {
            patient,
            services: filter.wholly_open(),
            shared: filter.open_when_shared(),
            hidden: filter.hidden(),
            released: released.map(|kept| kept.rid).collect(),
        }
    }

    fn shows(&self, row: &Row) -> bool {
        let open = self.services.contains(row.service)
            || (self.shared.contains(row.service) && row.item.any(ItemLabel::SHARED));
        self.patient == row.patient
            && ((open && !row.item.any(self.hidden)) || self.released.binary_search(&row.rid).is_ok())
    }
}

/// What may be seen at all, as a filter over stored labels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Visibility {
    /// The same services of everybody (programs).
    Services(ServiceSet),
    /// These subjects' data only (citizens), each with its own filter.
    Subjects(Vec<SubjectFilter>),
}

impl Visibility {
    /// All there is.
    pub(crate) fn everything() -> Self {
        Self::Services(Service::ALL.into_iter().fold(ServiceSet::EMPTY, ServiceSet::with))
    }

    /// Nothing at all.
    pub(crate) fn nothing() -> Self {
        Self::Subjects(Vec::new())
    }

    /// Whether something of a patient may be seen.
    pub(crate) fn is_of(&self, patient: &PatientId) -> bool {
        match self {
            Self::Services(_) => true,
            Self::Subjects(subjects) => subjects.iter().any(|subject| subject.patient.as_ref() == Some(patient)),
        }
    }

    /// Whether a row may be seen.
    pub(crate) fn shows(&self, row: &Row) -> bool {
        match self {
            Self::Services(services) => services.contains(row.service),
            Self::Subjects(subjects) => subjects.iter().any(|subject| subject.shows(row)),
        }
    }
}

/// One page of rows.
#[derive(Debug, Clone, Default)]
pub(crate) struct Rows {
    /// What matched.
    pub matches: Vec<Row>,
    /// Where the next page starts.
    pub next: Option<Cursor>,
    /// How many in all.
    pub total: Option<u64>,
}

/// A batch, decided upon and with its log entries.
#[derive(Debug)]
pub(crate) struct Commit {
    /// What to write.
    pub batch: Batch,
    /// The log entry of each write, in the order of the writes; count and outcome are final.
    pub audit: Vec<AuditDraft>,
    /// For each write the labels of the stored version the decision rested on: whose, service, item. `None` when there was
    /// none. The engine refuses with a conflict when they have changed since. Empty when no decision was needed.
    pub decided_on: Vec<Option<DecidedOn>>,
    /// How far a file has been imported with this batch.
    pub mark: Option<ImportMark>,
    /// A resource that is stored just as it would be written is left alone.
    pub skip_unchanged: bool,
    /// Only index rows are written, all of them anew: each resource stays the version that is expected.
    pub only_index: bool,
}

/// Labels a decision about an existing resource rested on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DecidedOn {
    /// Whose.
    pub patient: Option<PatientId>,
    /// Service.
    pub service: Service,
    /// Item label.
    pub item: ItemLabel,
}

impl DecidedOn {
    /// Whether a decision still stands: what it rested on is what is stored now (whose, service, item; `None` when there is nothing).
    /// Without a decision (bulk) there is nothing to hold.
    pub(crate) fn stands(decided: Option<&Option<Self>>, stored: Option<(Option<&str>, u8, u8)>) -> bool {
        let labels = |on: &Self| (on.service.number(), on.item.number());
        match (decided, stored) {
            (None, _) | (Some(None), None) => true,
            (Some(None), Some(_)) | (Some(Some(_)), None) => false,
            (Some(Some(on)), Some((patient, service, item))) => {
                on.patient.as_ref().map(PatientId::as_str) == patient && labels(on) == (service, item)
            }
        }
    }
}

/// Size and state, for operators.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Stats {
    /// Resources that are not deleted, by type.
    pub resources: Vec<(ResourceType, u64)>,
    /// Log entries.
    pub audit_entries: u64,
    /// Messages that wait.
    pub outbox_waiting: u64,
    /// Messages given up.
    pub outbox_dead: u64,
    /// Reads that replicas have answered since this process started.
    pub replica_answers: u64,
}

/// Why an engine could not do it.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// Somebody else changed it first.
    #[error("conflict")]
    Conflict {
        /// The newest version, when there is one.
        current: Option<u64>,
    },
    /// A condition does not hold.
    #[error("precondition failed")]
    PreconditionFailed,
    /// The cursor is not one of ours, or of another search.
    #[error("the cursor does not belong to this search")]
    Cursor,
    /// A limit is passed.
    #[error("{0}")]
    Limit(&'static str),
    /// The queue is full.
    #[error("busy")]
    Busy,
    /// Disk full, locked, input or output error, or the engine has stopped. Nothing was written.
    #[error("unavailable: {0}")]
    Unavailable(String),
    /// Damaged data or our own mistake.
    #[error("fault: {0}")]
    Fault(String),
}

impl EngineError {
    /// The kind of failure.
    pub const fn category(&self) -> Category {
        match self {
            Self::Conflict { .. } => Category::Conflict,
            Self::PreconditionFailed => Category::PreconditionFailed,
            Self::Cursor | Self::Limit(_) => Category::Invalid,
            Self::Busy => Category::Busy,
            Self::Unavailable(_) => Category::Unavailable,
            Self::Fault(_) => Category::Fault,
        }
    }
}

/// A value that lives for a while: a session, a sign-in under way, a draft.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ephemeral {
    /// What it is: `session`, `sign-in`, `draft`.
    pub kind: String,
    /// Hash of the secret that finds it, never the secret.
    pub key_hash: Vec<u8>,
    /// Whose it is, so that all of one owner's can be ended at once.
    pub owner: String,
    /// The value, at most 1 MiB.
    pub value: Vec<u8>,
    /// When it ends.
    pub expires: Timestamp,
}

/// A database that keeps FHIR resources. Futures complete only when what they say is on disk (writes) or handed to the kernel
/// (log entries of reads, on disk within a second).
pub(crate) trait Engine: Send + Sync + 'static {
    /// The newest version, deletions included; `None` when there never was one.
    fn read<'a>(&'a self, resource_type: ResourceType, id: &'a ResourceId) -> EngineFuture<'a, Option<Row>>;

    /// One version.
    fn read_version<'a>(
        &'a self,
        resource_type: ResourceType,
        id: &'a ResourceId,
        version: u64,
    ) -> EngineFuture<'a, Option<Row>>;

    /// Versions, newest first.
    fn history<'a>(
        &'a self,
        scope: &'a HistoryScope,
        window: HistoryWindow,
        visible: &'a Visibility,
        count: u32,
        cursor: Option<&'a Cursor>,
    ) -> EngineFuture<'a, Rows>;

    /// Searches.
    fn search<'a>(&'a self, query: &'a Query, visible: &'a Visibility) -> EngineFuture<'a, Rows>;

    /// Follows references from `matches`, at most `limit` targets.
    fn include<'a>(
        &'a self,
        matches: &'a [Row],
        includes: &'a [Include],
        visible: &'a Visibility,
        limit: u32,
    ) -> EngineFuture<'a, Vec<Row>>;

    /// All resources of one type that belong to a patient, oldest first, at most `limit`; for the facts a decision rests on.
    fn of_patient<'a>(
        &'a self,
        patient: &'a PatientId,
        resource_type: ResourceType,
        limit: u32,
    ) -> EngineFuture<'a, Vec<Row>>;

    /// What is kept of a patient's resources that are released later or belong to a referral, in order of their numbers, at most `limit`.
    fn conditional<'a>(&'a self, patient: &'a PatientId, limit: u32) -> EngineFuture<'a, Vec<Conditional>>;

    /// Writes a batch with its log entries.
    fn commit(&self, commit: Commit) -> EngineFuture<'_, Vec<Written>>;

    /// Appends log entries of look-ups.
    fn audit(&self, drafts: Vec<AuditDraft>) -> EngineFuture<'_, ()>;

    /// Log entries about a patient, newest first, with numbers below `before`.
    fn access_log<'a>(
        &'a self,
        patient: &'a PatientId,
        before: Option<u64>,
        count: u32,
    ) -> EngineFuture<'a, AccessLogPage>;

    /// Brings the log's tree up to the entries logged so far, as far as a bounded amount of work goes; how many it holds then.
    fn tree_grow(&self) -> EngineFuture<'_, u64>;
    /// Those tiles of the log's tree that are stored.
    fn tree_tiles<'a>(&'a self, places: &'a [Place]) -> EngineFuture<'a, BTreeMap<Place, Vec<u8>>>;
    /// The bytes of at most `count` log entries from number `first` on, of those the tree may hold.
    fn audit_entries(&self, first: u64, count: u32) -> EngineFuture<'_, Vec<Vec<u8>>>;

    /// The first signed head that holds the entry of this number, or the newest head.
    fn kept_head(&self, holding: Option<u64>) -> EngineFuture<'_, Option<KeptHead>>;

    /// Keeps a signed head and its public keys; `false` when one of as many entries or more is kept already.
    fn keep_head(&self, size: u64, note: String, keys: Vec<String>) -> EngineFuture<'_, bool>;

    /// Hands out messages that are due, at most one per subject and always its oldest.
    fn outbox_claim(&self, limit: u32, lease: Duration) -> EngineFuture<'_, Vec<ClaimedMessage>>;

    /// Goes on with a message. `false` when the claim has run out and somebody else has it; then nothing is changed.
    fn outbox_step(&self, id: u64, claim: u64, step: Step) -> EngineFuture<'_, bool>;

    /// Notices that were given up, the oldest first.
    fn outbox_undelivered(&self, limit: u32) -> EngineFuture<'_, Vec<Undelivered>>;

    /// Marks a notice that was given up as dealt with. `false` when there is none.
    fn outbox_settle(&self, id: u64) -> EngineFuture<'_, bool>;

    /// Puts or replaces a value.
    fn ephemeral_put(&self, value: Ephemeral) -> EngineFuture<'_, ()>;

    /// Puts a value if what is there is still `before`, `None` for nothing; whether it was.
    fn ephemeral_swap(&self, value: Ephemeral, before: Option<Vec<u8>>) -> EngineFuture<'_, bool>;

    /// A value that has not ended.
    fn ephemeral_get<'a>(&'a self, kind: &'a str, key_hash: &'a [u8]) -> EngineFuture<'a, Option<Ephemeral>>;

    /// A value, once: of two that take it at the same time one gets it.
    fn ephemeral_take<'a>(&'a self, kind: &'a str, key_hash: &'a [u8]) -> EngineFuture<'a, Option<Ephemeral>>;

    /// Moves the end of a value. `false` when there is none.
    fn ephemeral_touch<'a>(&'a self, kind: &'a str, key_hash: &'a [u8], expires: Timestamp) -> EngineFuture<'a, bool>;

    /// Ends a value. `false` when there was none.
    fn ephemeral_delete<'a>(&'a self, kind: &'a str, key_hash: &'a [u8]) -> EngineFuture<'a, bool>;

    /// Ends all of one owner's values of a kind; how many.
    fn ephemeral_delete_by_owner<'a>(&'a self, kind: &'a str, owner: &'a str) -> EngineFuture<'a, u64>;

    /// How far a source has been imported; `None` when never.
    fn import_mark<'a>(&'a self, source: &'a str) -> EngineFuture<'a, Option<u64>>;

    /// Copies of the database that some reads may come from.
    fn copies(&self) -> Option<&dyn Copies> {
        None
    }

    /// Sizes.
    fn stats(&self) -> EngineFuture<'_, Stats>;

    /// Puts everything on disk and stops taking writes.
    fn close(&self) -> EngineFuture<'_, ()>;
}

/// Copies of a database that may be a little behind it. What they give is the newest version with its newest labels, and holds all that
/// `caller` wrote before; what others have just written may be missing. `None`: the database itself must be asked.
pub(crate) trait Copies: Send + Sync {
    /// As [`Engine::read`], of what is there.
    fn read<'a>(
        &'a self,
        caller: &'a str,
        resource_type: ResourceType,
        id: &'a ResourceId,
    ) -> BoxFuture<'a, Option<Row>>;

    /// As [`Engine::search`].
    fn search<'a>(&'a self, caller: &'a str, query: &'a Query, visible: &'a Visibility) -> BoxFuture<'a, Option<Rows>>;

    /// As [`Engine::include`].
    fn include<'a>(
        &'a self,
        caller: &'a str,
        matches: &'a [Row],
        includes: &'a [Include],
        visible: &'a Visibility,
        limit: u32,
    ) -> BoxFuture<'a, Option<Vec<Row>>>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_decision_stands_as_long_as_the_labels_it_rested_on() {
        let kari = Some(DecidedOn { patient: "kari".parse().ok(), service: Service::Person, item: ItemLabel::NONE });
        let (service, item) = (Service::Person.number(), ItemLabel::NONE.number());
        assert!(DecidedOn::stands(None, Some((Some("per"), service, item))), "nothing was decided");
        for (decided, stored, stands) in [
            (&None, None, true),
            (&None, Some((None, service, item)), false),
            (&kari, None, false),
            (&kari, Some((Some("kari"), service, item)), true),
            (&kari, Some((Some("per"), service, item)), false),
            (&kari, Some((None, service, item)), false),
            (&kari, Some((Some("kari"), service + 1, item)), false),
            (&kari, Some((Some("kari"), service, item + 1)), false),
        ] {
            assert_eq!(DecidedOn::stands(Some(decided), stored), stands, "{decided:?} {stored:?}");
        }
    }
}
