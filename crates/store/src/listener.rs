//! Who hears of every change before it is committed, and what follows from it in the same transaction.

use bytes::Bytes;
use varde_base::{PatientId, ResourceId};
use varde_fhir::ResourceType;

use crate::types::{Access, OutboxMessage, Put, Write};

/// What is about to happen to a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Happening {
    /// It did not exist, or was deleted.
    Created,
    /// It gets another version.
    Updated,
    /// It is deleted.
    Deleted,
}

/// A change that has been decided upon and will be committed, unless somebody else is first.
#[derive(Debug, Clone, Copy)]
pub struct Change<'c> {
    /// Type of the resource.
    pub resource_type: ResourceType,
    /// Its logical id.
    pub id: &'c ResourceId,
    /// What happens.
    pub happening: Happening,
    /// The version it will get, if nobody else writes first. A change that would change nothing gives none.
    pub version: u64,
    /// What is written; `None` for a deletion.
    pub put: Option<&'c Put>,
    /// The body before; `None` for a creation.
    pub before: Option<&'c Bytes>,
    /// Whose it was before.
    pub patient_before: Option<&'c PatientId>,
}

/// Hears of changes. It is asked while somebody waits for a write, so it must not wait for anything itself.
pub trait Listener: Send + Sync + 'static {
    /// Messages to lay down in the transaction of these changes.
    fn hear(&self, access: &Access, changes: &[Change<'_>]) -> Vec<OutboxMessage>;

    /// What else is to be written in the transaction of a change; decided upon and logged as the write of who made the change, and not
    /// followed by anything itself.
    fn follow(&self, _access: &Access, _change: &Change<'_>) -> Vec<Write> {
        Vec::new()
    }
}
