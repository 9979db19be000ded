//! From the rows of a page to what is let out: each decided, and counted for the log.

use varde_base::PatientId;
use varde_rights::{Decision, ItemLabel, Service};

use super::Gate;
use super::log::Tally;
use crate::engine::Row;
use crate::types::{Found, GateError};

impl Gate {
    /// Decides about every row again, as a second wall behind the filter: a row that should not have come is a fault. What is opened
    /// is counted for the log.
    pub(super) async fn open(&self, rows: Vec<Row>, tally: &mut Tally) -> Result<Vec<Found>, GateError> {
        let mut out = Vec::with_capacity(rows.len());
        let mut last: Option<Decided> = None;
        for row in rows {
            let decision = match last.as_ref().and_then(|last| last.holds_for(&row)) {
                Some(decision) => decision,
                None => {
                    let decision = self.decide_row(&row).await?;
                    last =
                        Some(Decided { patient: row.patient.clone(), service: row.service, item: row.item, decision });
                    decision
                }
            };
            if !decision.allowed() {
                tracing::error!(rule = decision.rule.0, "the filter let through what the rules refuse");
                return Err(GateError::Fault);
            }
            tally.count(row.patient.as_ref(), row.service, decision.rule);
            out.push(found(row, decision));
        }
        Ok(out)
    }
}

/// The newest decision of a page. Most pages are of one person and kind, so that it decides the next row as well.
struct Decided {
    patient: Option<PatientId>,
    service: Service,
    item: ItemLabel,
    decision: Decision,
}

impl Decided {
    /// The decision, when all that decides is the same: nothing further is kept of the row.
    fn holds_for(&self, row: &Row) -> Option<Decision> {
        let further = row.item.any(ItemLabel::DELAYED.with(ItemLabel::REFERRED));
        let same = self.item == row.item && self.service == row.service && self.patient == row.patient;
        (same && !further).then_some(self.decision)
    }
}

pub(super) fn found(row: Row, decision: Decision) -> Found {
    Found {
        body: row.body,
        resource_type: row.resource_type,
        id: row.id,
        version: row.version,
        updated: row.updated,
        deleted: row.deleted,
        decision,
    }
}
