//! All of a patient's data in pages, and after them what they refer to: who has treated, where, with what.
//!
//! The pages carry no state but a cursor, so what is referred to is gathered anew for the pages it fills. A patient's data are one
//! short range, and all that is gathered is bounded.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use varde_base::{PatientId, ResourceId};
use varde_fhir::json::Limits;
use varde_fhir::search::{Clause, Cursor, DateMatch, Prefix, Query};
use varde_fhir::{Issue, IssueCode, LocalReference, Parsed, ResourceType, patient_types, references};

use super::Gate;
use super::log::Tally;
use crate::audit::AuditDraft;
use crate::engine::{Row, Visibility};
use crate::types::{AuditAction, AuditOutcome, GateError, Page};

/// Most resources a patient's data may refer to.
const MAX_REFERRED: usize = 5_000;
/// Most searches for one page.
const MAX_SEARCHES: usize = 400;
/// Rows looked at together for what they refer to.
const ROWS: u32 = 500;
/// References are followed this far: from a visit to the role of who was there, and on to the person and the ward.
const MAX_LINKS: usize = 3;
/// Begins the cursor of a page of what is referred to.
const REFERRED: &str = "*";

/// What is asked for of a patient's data.
#[derive(Debug, Clone, PartialEq)]
pub struct Everything {
    /// Whose; `None` for all patients the actor may see.
    pub patient: Option<PatientId>,
    /// Only these types; empty for all.
    pub types: Vec<ResourceType>,
    /// Only what was written at this time or later.
    pub since: Option<Timestamp>,
    /// Most resources on a page.
    pub count: u32,
    /// Where the page starts.
    pub cursor: Option<Cursor>,
    /// Also what the data refer to that belongs to no patient: of one patient each once, after the data; of all patients with the page
    /// that refers to it.
    pub referred: bool,
}

/// Type and id, in the order of the pages.
type Name = (&'static str, ResourceId);

/// What has been gathered for a page.
#[derive(Default)]
struct Gathered {
    matches: Vec<Row>,
    next: Option<Cursor>,
}

impl Gate {
    /// A page of everything about a patient, or about all patients (R4 Patient-everything). It is logged for each patient on it.
    ///
    /// # Errors
    /// [`GateError::NotFound`] also when the actor may not see the Patient; [`GateError::Invalid`] for a cursor of something else.
    pub async fn everything(&self, asked: &Everything) -> Result<Page, GateError> {
        let named: Vec<PatientId> = asked.patient.iter().cloned().collect();
        self.names_one(ResourceType::PATIENT, &named)?;
        if let Some(patient) = &asked.patient {
            self.may_be_known(patient).await?;
        }
        let visible = self.visibility(self.subjects(&named).await?).await?;
        let begin = begin(asked.cursor.as_ref())?;
        let mut gathered = Gathered::default();
        if let Begin::At(kind, inner) = &begin {
            gathered = self.walk(asked, &visible, *kind, inner.clone()).await?;
        }
        let mut included = Vec::new();
        if asked.referred && asked.patient.is_none() {
            included = self.referred(&gathered.matches, &visible).await?.into_values().collect();
            included.retain(|row| asked.wants(row));
        } else if asked.referred && gathered.next.is_none() {
            let room = room(asked, &gathered.matches);
            let after = match &begin {
                Begin::After(name) => Some(name.clone()),
                Begin::At(..) => None,
            };
            (included, gathered.next) = self.referred_page(asked, &visible, after, room).await?;
        }
        let mut tally = Tally::default();
        let matches = self.open(gathered.matches, &mut tally).await?;
        let included = self.open(included, &mut tally).await?;
        let draft = AuditDraft {
            resource_type: Some(ResourceType::PATIENT),
            resource_id: asked.patient.as_ref().map(|patient| Box::from(patient.as_str())),
            ..self.draft(AuditAction::Search, None)
        };
        self.log_page(&draft, tally, &named).await?;
        Ok(Page { matches, included, next: gathered.next, total: None })
    }

    /// The Patient must be there for the actor to see.
    async fn may_be_known(&self, patient: &PatientId) -> Result<(), GateError> {
        let (kind, id) = (ResourceType::PATIENT, patient.as_resource_id());
        let Some(row) = self.shared.engine.read(kind, id).await? else {
            self.log_miss(AuditAction::Search, kind, id, None, AuditOutcome::NotFound).await?;
            return Err(GateError::NotFound);
        };
        if !self.decide_row(&row).await?.allowed() {
            self.log_miss(AuditAction::Search, kind, id, row.patient, AuditOutcome::Refused).await?;
            return Err(GateError::NotFound);
        }
        if row.deleted { Err(GateError::Gone { version: row.version }) } else { Ok(()) }
    }

    /// The patients' own data, a type after the other, until the page is full.
    async fn walk(
        &self,
        asked: &Everything,
        visible: &Visibility,
        first: ResourceType,
        mut inner: Option<Cursor>,
    ) -> Result<Gathered, GateError> {
        let mut matches = Vec::new();
        let mut searches = 0;
        for kind in patient_types().skip_while(|kind| *kind != first) {
            if !asked.wants_type(kind) {
                inner = None;
                continue;
            }
            loop {
                let room = room(asked, &matches);
                if room == 0 || searches >= MAX_SEARCHES {
                    return Ok(Gathered { matches, next: Some(at(kind, inner.as_ref())) });
                }
                searches += 1;
                let query = Query { count: room, cursor: inner.take(), ..asked.query(kind) };
                let rows = self.shared.engine.search(&query, visible).await?;
                matches.extend(rows.matches.into_iter().filter(|row| row.patient.is_some()));
                inner = rows.next;
                if inner.is_none() {
                    break;
                }
            }
        }
        Ok(Gathered { matches, next: None })
    }

    /// A page of what one patient's data refer to.
    async fn referred_page(
        &self,
        asked: &Everything,
        visible: &Visibility,
        after: Option<Name>,
        room: u32,
    ) -> Result<(Vec<Row>, Option<Cursor>), GateError> {
        let after_name = after.clone();
        if room == 0 {
            return Ok((Vec::new(), Some(Cursor(format!("{REFERRED}:")))));
        }
        let whole = Everything { types: Vec::new(), since: None, count: ROWS, cursor: None, ..asked.clone() };
        let mut found: BTreeMap<Name, Row> = BTreeMap::new();
        let mut place = Some(at(ResourceType::PATIENT, None));
        while let Some(cursor) = place.take() {
            let Begin::At(kind, inner) = begin(Some(&cursor))? else { break };
            let gathered = self.walk(&whole, visible, kind, inner).await?;
            found.extend(self.referred(&gathered.matches, visible).await?);
            if found.len() > MAX_REFERRED {
                return Err(too_costly());
            }
            place = gathered.next;
        }
        let wanted = found.into_iter().filter(|(name, _)| after_name.as_ref().is_none_or(|after| name > after));
        let mut rest = wanted.filter(|(_, row)| asked.wants(row));
        let most = usize::try_from(room).unwrap_or(usize::MAX);
        let page: Vec<(Name, Row)> = rest.by_ref().take(most).collect();
        let more = rest.next().is_some();
        let next = page.last().filter(|_| more).map(|((kind, id), _)| Cursor(format!("{REFERRED}:{kind}/{id}")));
        Ok((page.into_iter().map(|(_, row)| row).collect(), next))
    }

    /// What rows refer to, and what that refers to in turn, as far as it belongs to no patient and may be seen.
    async fn referred(&self, rows: &[Row], visible: &Visibility) -> Result<BTreeMap<Name, Row>, GateError> {
        let mut found: BTreeMap<Name, Row> = BTreeMap::new();
        let mut seen = BTreeSet::new();
        let mut wanted: BTreeSet<Name> = BTreeSet::new();
        rows.iter().for_each(|row| names_in(row, &mut wanted));
        for _ in 0..MAX_LINKS {
            let mut further = BTreeSet::new();
            for name in std::mem::take(&mut wanted) {
                if !seen.insert(name.clone()) {
                    continue;
                }
                if seen.len() > MAX_REFERRED {
                    return Err(too_costly());
                }
                let Some(kind) = ResourceType::from_name(name.0) else { continue };
                let row = self.shared.engine.read(kind, &name.1).await?;
                let shown = |row: &Row| !row.deleted && row.patient.is_none() && visible.shows(row);
                if let Some(row) = row.filter(shown) {
                    names_in(&row, &mut further);
                    found.insert(name, row);
                }
            }
            wanted = further;
        }
        Ok(found)
    }
}

impl Everything {
    fn wants_type(&self, kind: ResourceType) -> bool {
        self.types.is_empty() || self.types.contains(&kind)
    }

    fn wants(&self, row: &Row) -> bool {
        self.wants_type(row.resource_type) && self.since.is_none_or(|since| row.updated >= since)
    }

    fn query(&self, kind: ResourceType) -> Query {
        let mut clauses: Vec<Clause> =
            self.patient.iter().map(|patient| Clause::Patient(vec![patient.clone()])).collect();
        clauses.extend(self.since.map(since));
        Query { clauses, ..Query::of(kind) }
    }
}

/// Written at this time or later.
pub(super) fn since(time: Timestamp) -> Clause {
    let micros = time.as_microsecond();
    Clause::LastUpdated(vec![DateMatch { prefix: Prefix::Ge, low_micros: micros, high_micros: micros }])
}

/// The resources here that a row refers to.
fn names_in(row: &Row, names: &mut BTreeSet<Name>) {
    let Ok(parsed) = Parsed::parse_stored(&row.body, &stored_limits()) else { return };
    let local = references(&parsed).filter_map(|reference| LocalReference::parse(reference.value));
    names.extend(local.map(|reference| (reference.resource_type.name(), reference.id)));
}

/// What is stored was within the limits once.
pub(super) fn stored_limits() -> Limits {
    Limits { bytes: usize::MAX, nodes: usize::MAX, ..Limits::default() }
}

/// Where a page begins.
enum Begin {
    At(ResourceType, Option<Cursor>),
    After(Name),
}

fn at(kind: ResourceType, inner: Option<&Cursor>) -> Cursor {
    Cursor(format!("{kind}:{}", inner.map_or("", |inner| inner.0.as_str())))
}

fn begin(cursor: Option<&Cursor>) -> Result<Begin, GateError> {
    let Some(cursor) = cursor else { return Ok(Begin::At(ResourceType::PATIENT, None)) };
    read(&cursor.0).ok_or_else(|| GateError::Invalid(Vec::new()))
}

fn read(text: &str) -> Option<Begin> {
    let (kind, rest) = text.split_once(':')?;
    if kind == REFERRED {
        let (kind, id) = if rest.is_empty() { ("", "-") } else { rest.split_once('/')? };
        let name = if kind.is_empty() { "" } else { ResourceType::from_name(kind)?.name() };
        return Some(Begin::After((name, id.parse().ok()?)));
    }
    let kind = ResourceType::from_name(kind).filter(|kind| patient_types().any(|known| known == *kind))?;
    Some(Begin::At(kind, (!rest.is_empty()).then(|| Cursor(rest.to_owned()))))
}

fn room(asked: &Everything, matches: &[Row]) -> u32 {
    asked.count.saturating_sub(u32::try_from(matches.len()).unwrap_or(u32::MAX))
}

fn too_costly() -> GateError {
    let text = format!("the data refer to more than {MAX_REFERRED} resources");
    GateError::Invalid(vec![Issue::error(IssueCode::TooCostly, "", text)])
}
