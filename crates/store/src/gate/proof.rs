//! Proofs that an entry is in the access log.

use std::sync::Arc;

use varde_base::PatientId;
use varde_rights::{Action, Item, Service};

use super::Gate;
use crate::audit::chain::decode;
use crate::audit::heads::AuditLog;
use crate::types::GateError;

impl Gate {
    /// A file that proves that an entry, by its number, is in the log; the look at it is logged too. An entry about somebody whose log the actor may not
    /// read does not exist.
    ///
    /// # Errors
    /// [`GateError::NotFound`]; [`GateError::Unavailable`] while no signed head holds the entry and none can be signed.
    pub async fn access_log_proof(&self, number: u64) -> Result<String, GateError> {
        let engine = &self.shared.engine;
        // Numbers the tables cannot hold are no entries'.
        i64::try_from(number).map_err(|_| GateError::NotFound)?;
        let mut entry = engine.audit_entries(number, 1).await?;
        if entry.is_empty() {
            // The youngest entries come into the database by this.
            engine.tree_grow().await?;
            entry = engine.audit_entries(number, 1).await?;
        }
        let record = entry.first().and_then(|entry| decode(entry)).filter(|record| record.seq == number);
        let Some(record) = record else { return Err(GateError::NotFound) };
        let patient: Option<PatientId> = record.patient.as_deref().and_then(|patient| patient.parse().ok());
        let Some(patient) = patient else { return Err(GateError::NotFound) };
        if self.knowable(&patient, vec![record]).await?.is_empty() {
            return Err(GateError::NotFound);
        }
        let decision = self.decide(Some(&patient), Service::AccessLog, Action::View, Item::PLAIN).await?;
        if !decision.allowed() {
            self.log_access_log(&patient, 0, decision).await?;
            return Err(GateError::NotFound);
        }
        let proof = AuditLog { shared: Arc::clone(&self.shared) }.proof(number).await?;
        self.log_access_log(&patient, 1, decision).await?;
        proof.ok_or(GateError::Unavailable)
    }
}
