//! Taking data out in bulk: pages of a search, each logged as an export for every patient on it.

use std::collections::HashSet;

use jiff::Timestamp;
use varde_base::{PatientId, ResourceId};
use varde_fhir::ResourceType;
use varde_fhir::search::{Clause, Cursor, Query, Total};

use super::log::Tally;
use super::{Gate, chain, log, patients_of};
use crate::audit::AuditDraft;
use crate::engine::{Row, Visibility};
use crate::types::{AuditAction, GateError, HistoryScope, HistoryWindow, Page};

/// What a page of an export holds.
#[derive(Debug, Clone, Copy)]
pub struct Export<'q> {
    /// The search; its `count` is how many are looked at.
    pub query: &'q Query,
    /// Leave out what belongs to no patient.
    pub patients_only: bool,
    /// Leave out what one of these finds, which has been exported already.
    pub besides: &'q [Query],
}

/// Whose deletions are asked for.
#[derive(Debug, Clone, Copy)]
pub enum Deletions<'p> {
    /// Everybody's and nobody's.
    All,
    /// Any patient's.
    OfPatients,
    /// These patients'.
    Of(&'p HashSet<PatientId>),
}

impl Deletions<'_> {
    fn want(self, row: &Row) -> bool {
        match self {
            Self::All => true,
            Self::OfPatients => row.patient.is_some(),
            Self::Of(patients) => row.patient.as_ref().is_some_and(|patient| patients.contains(patient)),
        }
    }
}

impl Gate {
    /// A page of an export. It may be empty and still be followed by others.
    ///
    /// # Errors
    /// As [`Gate::search`].
    pub async fn export(&self, export: &Export<'_>) -> Result<Page, GateError> {
        let query = export.query;
        let named: Vec<PatientId> = query.clauses.iter().filter_map(patients_of).next().unwrap_or_default();
        let visible = self.visibility(self.subjects(&named).await?).await?;
        let chained = !query.chains.is_empty() || export.besides.iter().any(|other| !other.chains.is_empty());
        let all = if chained { self.visibility(self.subjects(&[]).await?).await? } else { Visibility::nothing() };
        let mut tally = Tally::default();
        let resolved = chain::resolve(self, query, &all, &mut tally).await?;
        let mut rows = self.shared.engine.search(&resolved, &visible).await?;
        rows.matches.retain(|row| !export.patients_only || row.patient.is_some());
        for other in export.besides {
            let ids: Vec<ResourceId> = rows.matches.iter().map(|row| row.id.clone()).collect();
            if ids.is_empty() {
                break;
            }
            let count = u32::try_from(ids.len()).unwrap_or(u32::MAX);
            let mut other = chain::resolve(self, other, &all, &mut tally).await?.into_owned();
            other.clauses.push(Clause::Id(ids));
            let other = Query { count, cursor: None, sort: Vec::new(), total: Total::None, ..other };
            let found = self.shared.engine.search(&other, &visible).await?;
            let there: HashSet<i64> = found.matches.iter().map(|row| row.rid).collect();
            rows.matches.retain(|row| !there.contains(&row.rid));
        }
        let matches = self.open(rows.matches, &mut tally).await?;
        let draft = AuditDraft {
            resource_type: Some(query.resource_type),
            query: log::parameter_names(query),
            ..self.draft(AuditAction::Export, None)
        };
        if !matches.is_empty() {
            self.log_page(&draft, tally, &[]).await?;
        }
        Ok(Page { matches, included: Vec::new(), next: rows.next, total: None })
    }

    /// Ids of what was deleted at `since` or later and is not there again: those on a page of the type's history, and where to go on.
    /// For programs.
    ///
    /// # Errors
    /// As [`Gate::history`].
    pub async fn export_deletions(
        &self,
        resource_type: ResourceType,
        since: Timestamp,
        whose: Deletions<'_>,
        count: u32,
        cursor: Option<&Cursor>,
    ) -> Result<(Vec<ResourceId>, Option<Cursor>), GateError> {
        let visible = self.visibility(self.subjects(&[]).await?).await?;
        let window = HistoryWindow { since_micros: Some(since.as_microsecond()), ..HistoryWindow::default() };
        let rows =
            self.shared.engine.history(&HistoryScope::Type(resource_type), window, &visible, count, cursor).await?;
        let mut gone = Vec::new();
        for row in rows.matches.into_iter().filter(|row| row.deleted && whose.want(row)) {
            let newest = self.shared.engine.read(resource_type, &row.id).await?;
            if newest.is_some_and(|newest| newest.version == row.version) {
                gone.push(row);
            }
        }
        let mut tally = Tally::default();
        let gone = self.open(gone, &mut tally).await?;
        if !gone.is_empty() {
            let draft = AuditDraft { resource_type: Some(resource_type), ..self.draft(AuditAction::Export, None) };
            self.log_page(&draft, tally, &[]).await?;
        }
        Ok((gone.into_iter().map(|found| found.id).collect(), rows.next))
    }
}
