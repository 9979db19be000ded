//! Where the gate reads from: the database, or for a program's own reads and searches a copy that may be a little behind.
//!
//! What decisions rest on (facts, what a write is decided on) never comes this way; it is asked of the engine itself.

use std::sync::atomic::Ordering;

use varde_base::{Actor, ResourceId};
use varde_fhir::ResourceType;
use varde_fhir::search::{Include, Query};

use super::Gate;
use crate::engine::{Copies, EngineError, Row, Rows, Visibility};

impl Gate {
    /// Lets reads and searches come from a replica, where there is one that holds all this program has written. What others have just
    /// written may be missing in what is found; nothing that was changed or deleted is shown. For programs alone, and not for what is
    /// read to be written.
    #[must_use]
    pub fn with_replicas(mut self) -> Self {
        self.nearby = matches!(self.access.actor, Actor::System(_)).into();
        self
    }

    /// The copies to ask and for whom; none from the first time on that they could not answer, so that one answer is not older than another.
    fn copies(&self) -> Option<(&dyn Copies, &str)> {
        let Actor::System(system) = &self.access.actor else { return None };
        let copies = self.shared.engine.copies().filter(|_| self.nearby.load(Ordering::Relaxed))?;
        Some((copies, &system.name))
    }

    pub(super) async fn row(&self, resource_type: ResourceType, id: &ResourceId) -> Result<Option<Row>, EngineError> {
        if let Some((copies, caller)) = self.copies() {
            if let Some(row) = copies.read(caller, resource_type, id).await {
                return Ok(Some(row));
            }
            self.nearby.store(false, Ordering::Relaxed);
        }
        self.shared.engine.read(resource_type, id).await
    }

    pub(super) async fn rows(&self, query: &Query, visible: &Visibility) -> Result<Rows, EngineError> {
        if let Some((copies, caller)) = self.copies() {
            if let Some(rows) = copies.search(caller, query, visible).await {
                return Ok(rows);
            }
            self.nearby.store(false, Ordering::Relaxed);
        }
        self.shared.engine.search(query, visible).await
    }

    pub(super) async fn targets(
        &self,
        matches: &[Row],
        includes: &[Include],
        visible: &Visibility,
        limit: u32,
    ) -> Result<Vec<Row>, EngineError> {
        if let Some((copies, caller)) = self.copies() {
            if let Some(rows) = copies.include(caller, matches, includes, visible, limit).await {
                return Ok(rows);
            }
            self.nearby.store(false, Ordering::Relaxed);
        }
        self.shared.engine.include(matches, includes, visible, limit).await
    }
}
