//! The parts of a read one by one, for the bench programs alone: what do rights cost, what does the log cost? Compiled only with
//! the feature `bench`, which no program that serves anybody turns on.

use std::sync::Arc;

use bytes::Bytes;
use varde_base::ResourceId;
use varde_fhir::ResourceType;
use varde_fhir::search::Query;
use varde_rights::Action;

use crate::engine::Visibility;
use crate::gate::Gate;
use crate::store::{Shared, Store};
use crate::types::{Access, AuditAction, AuditOutcome, GateError};

/// Reads with parts left out.
#[derive(Clone)]
pub struct BenchParts {
    shared: Arc<Shared>,
}

impl Store {
    /// From now on reads and searches are not logged. What a program costs without its log can be measured in no other way.
    pub fn leave_reads_unlogged(&self) {
        self.shared.unlogged.store(true, std::sync::atomic::Ordering::Relaxed);
    }

    /// The parts of a read.
    pub fn bench_parts(&self) -> BenchParts {
        BenchParts { shared: Arc::clone(&self.shared) }
    }
}

impl BenchParts {
    /// Only the database.
    ///
    /// # Errors
    /// As [`Gate::read`].
    pub async fn read(&self, resource_type: ResourceType, id: &ResourceId) -> Result<Bytes, GateError> {
        let row = self.shared.engine.read(resource_type, id).await?.ok_or(GateError::NotFound)?;
        Ok(row.body)
    }

    /// With the decision, without the log.
    ///
    /// # Errors
    /// As [`Gate::read`].
    pub async fn read_with_rights(
        &self,
        access: &Access,
        resource_type: ResourceType,
        id: &ResourceId,
    ) -> Result<Bytes, GateError> {
        let gate = Gate::new(Arc::clone(&self.shared), access);
        let row = self.shared.engine.read(resource_type, id).await?.ok_or(GateError::NotFound)?;
        let decision = gate.decide_stored(&row, Action::View).await?;
        if decision.allowed() { Ok(row.body) } else { Err(GateError::NotFound) }
    }

    /// With the log, without the decision.
    ///
    /// # Errors
    /// As [`Gate::read`].
    pub async fn read_with_log(
        &self,
        access: &Access,
        resource_type: ResourceType,
        id: &ResourceId,
    ) -> Result<Bytes, GateError> {
        let gate = Gate::new(Arc::clone(&self.shared), access);
        let row = self.shared.engine.read(resource_type, id).await?.ok_or(GateError::NotFound)?;
        gate.log_miss(AuditAction::Read, resource_type, id, row.patient, AuditOutcome::Done).await?;
        Ok(row.body)
    }

    /// What a search finds, only in the database: all there is may be seen.
    ///
    /// # Errors
    /// As [`Gate::search`].
    pub async fn search(&self, query: &Query) -> Result<Vec<(ResourceId, Bytes)>, GateError> {
        let rows = self.shared.engine.search(query, &Visibility::everything()).await?;
        Ok(rows.matches.into_iter().map(|row| (row.id, row.body)).collect())
    }

    /// The same with everything rights add: facts, filter and the decision of each item, without the log.
    ///
    /// # Errors
    /// As [`Gate::search`].
    pub async fn search_with_rights(
        &self,
        access: &Access,
        query: &Query,
    ) -> Result<Vec<(ResourceId, Bytes)>, GateError> {
        Gate::new(Arc::clone(&self.shared), access).find_unlogged(query).await
    }
}
