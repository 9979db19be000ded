//! Old versions. What the newest is labelled as holds for all of them, so that what is hidden or opened is so in every version; but one that was
//! about another person is that person's.

use varde_base::ResourceId;
use varde_fhir::search::Cursor;
use varde_fhir::{Parsed, ResourceType};
use varde_rights::{Action, Decision, ItemLabel, RuleId};

use super::Gate;
use super::everything::stored_limits;
use crate::engine::{Row, Rows, Visibility};
use crate::put::labels_of;
use crate::release;
use crate::sql::history::{cursor_of, fingerprint};
use crate::types::{GateError, HistoryScope, HistoryWindow};

/// Rows asked for at a time, when some of them may be another person's.
const ROWS: u32 = 50;
/// Most times rows are asked for, for one page.
const MOST_ROUNDS: usize = 100;

impl Gate {
    /// The decision about a version.
    pub(super) async fn decide_version(&self, row: &Row) -> Result<Decision, GateError> {
        let decision = self.decide_row(row).await?;
        if !decision.allowed() || self.is_program() || row.body.is_empty() {
            return Ok(decision);
        }
        let Ok(parsed) = Parsed::parse_stored(&row.body, &stored_limits()) else {
            return Ok(Decision::deny(RuleId::NO_RULE));
        };
        let mut own = labels_of(&parsed, &row.id);
        if own.patient == row.patient {
            return Ok(decision);
        }
        if release::of(row.resource_type.name(), parsed.root()).is_some() {
            // When it would have been shown is not kept of what is no longer there.
            own.item = own.item.with(ItemLabel::DELAYED);
        }
        self.decide(own.patient.as_ref(), own.service, Action::View, own.item()).await
    }

    /// A page of one resource's versions, none of them another person's.
    pub(super) async fn versions(
        &self,
        (resource_type, id): (ResourceType, &ResourceId),
        window: HistoryWindow,
        visible: &Visibility,
        count: u32,
        cursor: Option<&Cursor>,
    ) -> Result<Rows, GateError> {
        let scope = HistoryScope::Instance(resource_type, id.clone());
        let most = usize::try_from(count).unwrap_or(usize::MAX);
        let mut shown: Vec<Row> = Vec::new();
        let mut place = cursor.cloned();
        for _ in 0..MOST_ROUNDS {
            let rows = self.shared.engine.history(&scope, window, visible, ROWS, place.as_ref()).await?;
            for row in rows.matches {
                if self.decide_version(&row).await?.allowed() {
                    shown.push(row);
                }
            }
            place = rows.next;
            if shown.len() > most || place.is_none() {
                break;
            }
        }
        let more = shown.len() > most;
        shown.truncate(most);
        let next = shown.last().filter(|_| more).map(|row| cursor_of(fingerprint(&scope, window), row));
        Ok(Rows { matches: shown, next, total: None })
    }
}
