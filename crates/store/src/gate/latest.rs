//! The last observations of each kind (R4 Observation-lastn).

use std::collections::HashMap;

use varde_fhir::json::Node;
use varde_fhir::search::{Query, Total};
use varde_fhir::{Issue, IssueCode, Parsed};

use super::everything::stored_limits;
use super::log::Tally;
use super::{Gate, chain, log};
use crate::audit::AuditDraft;
use crate::engine::{Row, Visibility};
use crate::types::{AuditAction, GateError, Page};

/// Most resources looked through; a wider search is refused, since an answer to a part of it would be wrong.
pub const MAX_LATEST: usize = 20_000;
/// Resources looked through at a time.
const ROWS: u32 = 500;

impl Gate {
    /// The first `max` of each code among all matches, in the order of the query. Resources are of one code when they share a coding, or
    /// without any when their texts are the same. Only what is given out is logged.
    ///
    /// # Errors
    /// As [`Gate::search`], and [`GateError::Invalid`] when more than [`MAX_LATEST`] match.
    pub async fn latest(&self, query: &Query, max: u32) -> Result<Page, GateError> {
        let named = self.named(query)?;
        let visible = self.visibility(self.subjects(&named).await?).await?;
        let all = if query.chains.is_empty() {
            Visibility::nothing()
        } else {
            self.visibility(self.subjects(self.beside(&named)).await?).await?
        };
        let mut tally = Tally::default();
        let resolved = chain::resolve(self, query, &all, &mut tally).await?.into_owned();
        let mut codes = Codes { max, ..Codes::default() };
        let (mut kept, mut looked_through, mut cursor) = (Vec::new(), 0, None);
        loop {
            let query = Query { count: ROWS, cursor: cursor.take(), total: Total::None, ..resolved.clone() };
            let rows = self.rows(&query, &visible).await?;
            looked_through += rows.matches.len();
            kept.extend(rows.matches.into_iter().filter(|row| codes.take(row)));
            cursor = rows.next;
            if cursor.is_none() {
                break;
            }
            if looked_through >= MAX_LATEST {
                let text = format!("more than {MAX_LATEST} resources match; narrow it by date, category or code");
                return Err(GateError::Invalid(vec![Issue::error(IssueCode::TooCostly, "", text)]));
            }
        }
        let matches = self.open(kept, &mut tally).await?;
        let draft = AuditDraft {
            resource_type: Some(query.resource_type),
            query: log::parameter_names(query),
            ..self.draft(AuditAction::Search, None)
        };
        self.log_page(&draft, tally, &self.logged(query)).await?;
        let total = u64::try_from(matches.len()).ok();
        Ok(Page { matches, included: Vec::new(), next: None, total })
    }
}

/// How many of each code have been taken.
#[derive(Default)]
struct Codes {
    max: u32,
    groups: HashMap<String, usize>,
    taken: Vec<u32>,
}

impl Codes {
    /// Whether this one is still among the first of its code.
    fn take(&mut self, row: &Row) -> bool {
        let keys = keys(row);
        let known = keys.iter().find_map(|key| self.groups.get(key).copied());
        let group = known.unwrap_or_else(|| {
            self.taken.push(0);
            self.taken.len() - 1
        });
        for key in keys {
            self.groups.entry(key).or_insert(group);
        }
        let Some(taken) = self.taken.get_mut(group) else { return false };
        let fits = *taken < self.max;
        *taken += u32::from(fits);
        fits
    }
}

/// Its codings; its text when it has none.
fn keys(row: &Row) -> Vec<String> {
    let Ok(parsed) = Parsed::parse_stored(&row.body, &stored_limits()) else { return Vec::new() };
    let Some(code) = parsed.root().get("code") else { return vec![String::new()] };
    let text = |coding: &Node<'_>, name| coding.str_at(name).unwrap_or_default().to_owned();
    let codings = code.list("coding").iter();
    let keys: Vec<String> = codings.map(|c| format!("{}|{}", text(c, "system"), text(c, "code"))).collect();
    if keys.is_empty() { vec![text(code, "text")] } else { keys }
}
