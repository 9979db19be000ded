//! Runs searches: looks up what the statement needs, picks where to start, runs it, fetches the page.

use std::collections::HashSet;

use rusqlite::Connection;
use varde_base::PatientId;
use varde_fhir::search::{Clause, Include, Query, Total};
use varde_rights::ItemLabel;

use crate::engine::{EngineError, Row, Rows, Visibility};
use crate::sql::builder::Sql;
use crate::sql::columns::resource_type;
use crate::sql::cursor::{Position, SortValue, fingerprint};
use crate::sql::include;
use crate::sql::keys::token_prefix;
use crate::sql::search::{Dialect, Plan, Seen, bare_code, next_token};

use super::cache::{Listed, View};
use super::errors::engine_error;
use super::readers::query;
use super::rows;

/// A clause with more index rows than this is not counted further when the narrowest is looked for.
const PROBE_ROWS: i64 = 2_000;
/// A code occurs in a few systems; with more the range is walked instead.
const MAX_SYSTEMS: usize = 32;

/// Searches in the connection's present view of the data.
pub(super) fn search(view: View<'_>, wanted: &Query, visible: &Visibility) -> Result<Rows, EngineError> {
    let Some(plan) = plan(view, wanted, visible)? else {
        return Ok(Rows { total: (wanted.total == Total::Accurate).then_some(0), ..Rows::default() });
    };
    let fingerprint = fingerprint(wanted);
    let after = match &wanted.cursor {
        None => None,
        Some(cursor) => Some(Position::from_cursor(cursor, fingerprint, wanted.sort.len()).ok_or(EngineError::Cursor)?),
    };
    let count = usize::try_from(wanted.count).unwrap_or(usize::MAX);
    let list = plan.one_patient().map(|patient| rows::list(view, patient, wanted.resource_type)).transpose()?.flatten();
    let Found { matches, more, last } = match list {
        Some(list) => listed_page(view, &plan, &list, after.as_ref(), count)?,
        None => page(view, &plan, after.as_ref(), count)?,
    };
    let next = last.filter(|_| more).map(|(rid, keys)| Position::new(fingerprint, keys, rid).to_cursor());
    let total = match wanted.total {
        Total::Accurate => Some(count_of(&view, &plan.total())?),
        Total::None if !more && after.is_none() => u64::try_from(matches.len()).ok(),
        Total::None => None,
    };
    Ok(Rows { matches, next, total })
}

/// What a page holds.
struct Found {
    matches: Vec<Row>,
    /// Something follows.
    more: bool,
    /// Number and sort keys of the last match; `None` when there is none.
    last: Option<(i64, Vec<SortValue>)>,
}

/// A page of one patient's resources from the list of them.
fn listed_page(
    view: View<'_>,
    plan: &Plan<'_>,
    list: &[Listed],
    after: Option<&Position>,
    count: usize,
) -> Result<Found, EngineError> {
    let patient = plan.one_patient().unwrap_or_default();
    let begin = after.map_or(0, |after| list.partition_point(|listed| listed.rid <= after.rid));
    let rest = list.get(begin..).unwrap_or_default();
    let mut seen = rest.iter().filter(|listed| plan.seen.shows(patient, listed.service, listed.item));
    let wanted: Vec<(i64, u64)> = seen.by_ref().take(count).map(|listed| (listed.rid, listed.version)).collect();
    let more = seen.next().is_some();
    let last = wanted.last().map(|(rid, _)| (*rid, Vec::new()));
    Ok(Found { matches: rows::newest(view, wanted.into_iter())?, more, last })
}

/// A page: which versions it holds, and these fetched.
fn page(view: View<'_>, plan: &Plan<'_>, after: Option<&Position>, count: usize) -> Result<Found, EngineError> {
    let keys = plan.query.sort.len();
    let mut found = query(&view, &plan.page(after), |row| {
        let keys = (0..keys).map(|key| Ok(sort_value(row.get_ref(key + 2)?))).collect::<rusqlite::Result<Vec<_>>>()?;
        Ok((row.get::<_, i64>(0)?, row.get::<_, u64>(1)?, keys))
    })?;
    let more = found.len() > count;
    found.truncate(count);
    let matches = rows::newest(view, found.iter().map(|(rid, version, _)| (*rid, *version)))?;
    Ok(Found { matches, more, last: found.pop().map(|(rid, _, keys)| (rid, keys)) })
}

/// Whether anything matches, whoever may see it.
pub(super) fn any(view: View<'_>, wanted: &Query) -> Result<bool, EngineError> {
    let one = Query { count: 1, cursor: None, sort: Vec::new(), total: Total::None, ..wanted.clone() };
    Ok(!search(view, &one, &Visibility::everything())?.matches.is_empty())
}

fn sort_value(value: rusqlite::types::ValueRef<'_>) -> SortValue {
    use rusqlite::types::ValueRef;
    match value {
        ValueRef::Null => SortValue::Null,
        ValueRef::Integer(v) => SortValue::Int(v),
        ValueRef::Real(v) => SortValue::Real(v),
        ValueRef::Text(v) => SortValue::Text(String::from_utf8_lossy(v).into_owned()),
        ValueRef::Blob(v) => SortValue::Blob(v.to_vec()),
    }
}

fn count_of(connection: &Connection, sql: &Sql) -> Result<u64, EngineError> {
    Ok(query(connection, sql, |row| row.get(0))?.first().copied().unwrap_or(0))
}

/// `None` when nothing can match.
fn plan<'a>(view: View<'_>, wanted: &'a Query, visible: &Visibility) -> Result<Option<Plan<'a>>, EngineError> {
    let mut patients: Option<Vec<i64>> = None;
    for clause in &wanted.clauses {
        if let Clause::Patient(ids) = clause {
            let numbers = numbers(view, ids)?;
            let both = match patients {
                Some(earlier) => earlier.into_iter().filter(|number| numbers.contains(number)).collect(),
                None => numbers,
            };
            patients = Some(both);
        }
    }
    if patients.as_ref().is_some_and(Vec::is_empty) {
        return Ok(None);
    }
    let seen = seen(view, visible)?;
    let tokens = wanted.clauses.iter().map(|clause| tokens(&view, clause)).collect::<Result<_, _>>()?;
    let mut plan = Plan { dialect: Dialect::Sqlite, query: wanted, patients, seen, tokens, driver: None };
    let candidates = plan.candidates();
    plan.driver = match candidates.as_slice() {
        [] => None,
        [only] => Some(*only),
        several => narrowest(&view, &plan, several)?,
    };
    Ok(Some(plan))
}

fn narrowest(connection: &Connection, plan: &Plan<'_>, candidates: &[usize]) -> Result<Option<usize>, EngineError> {
    let mut best: Option<(u64, usize)> = None;
    for index in candidates {
        let Some(probe) = plan.probe(*index, PROBE_ROWS) else { continue };
        let rows = count_of(connection, &probe)?;
        if best.is_none_or(|(fewest, _)| rows < fewest) {
            best = Some((rows, *index));
        }
    }
    Ok(best.map(|(_, index)| index))
}

fn numbers(view: View<'_>, ids: &[PatientId]) -> Result<Vec<i64>, EngineError> {
    let mut out = Vec::with_capacity(ids.len());
    for id in ids {
        out.extend(rows::patient_number(view, id)?);
    }
    Ok(out)
}

pub(super) fn seen(view: View<'_>, visible: &Visibility) -> Result<Seen, EngineError> {
    let subjects = match visible {
        Visibility::Services(services) => return Ok(Seen::Services(*services)),
        Visibility::Subjects(subjects) => subjects,
    };
    let mut out: Vec<(i64, _, Vec<ItemLabel>)> = Vec::with_capacity(subjects.len());
    for subject in subjects {
        let number = match &subject.patient {
            None => Some(0),
            Some(patient) => rows::patient_number(view, patient)?,
        };
        out.extend(number.map(|number| (number, subject.services, subject.hidden_items.clone())));
    }
    Ok(Seen::Subjects(out))
}

/// The values each code without system of a clause occurs under; `None` for other matches, or when there are too many.
fn tokens(connection: &Connection, clause: &Clause) -> Result<Vec<Option<Vec<Vec<u8>>>>, EngineError> {
    let Clause::Any { param, matches, .. } = clause else { return Ok(Vec::new()) };
    let mut out = Vec::with_capacity(matches.len());
    for wanted in matches {
        let Some(code) = bare_code(wanted) else {
            out.push(None);
            continue;
        };
        let mut values: Vec<Vec<u8>> = Vec::new();
        let mut from = token_prefix(code);
        while values.len() <= MAX_SYSTEMS {
            let found: Vec<Vec<u8>> = query(connection, &next_token(*param, code, &from), |row| row.get(0))?;
            let Some(value) = found.into_iter().next() else { break };
            from = value.clone();
            // The least value greater than this one.
            from.push(0);
            values.push(value);
        }
        out.push((values.len() <= MAX_SYSTEMS).then_some(values));
    }
    Ok(out)
}

/// Follows references of the matches through the lists of index rows kept beside their bodies.
pub(super) fn include(
    view: View<'_>,
    matches: &[Row],
    includes: &[Include],
    visible: &Visibility,
    limit: u32,
) -> Result<Vec<Row>, EngineError> {
    let mut seen: HashSet<i64> = matches.iter().map(|row| row.rid).collect();
    // A page of appointments with one doctor names that doctor on every line.
    let mut named: HashSet<(u16, String)> = HashSet::new();
    let mut out = Vec::new();
    for found in matches {
        for (target, id) in targets(&view, found, includes)? {
            if !named.insert((target, id.clone())) {
                continue;
            }
            if out.len() >= usize::try_from(limit).unwrap_or(usize::MAX) {
                return Ok(out);
            }
            let Some(resource_type) = resource_type(target) else { continue };
            let Ok(id) = id.parse() else { continue };
            let Some(row) = rows::read(view, resource_type, &id)? else { continue };
            if !row.deleted && visible.shows(&row) && seen.insert(row.rid) {
                out.push(row);
            }
        }
    }
    Ok(out)
}

fn targets(connection: &Connection, found: &Row, includes: &[Include]) -> Result<Vec<(u16, String)>, EngineError> {
    let list: Vec<u8> = connection
        .prepare_cached("SELECT entries FROM content WHERE rid = ?1")
        .and_then(|mut statement| statement.query_row([found.rid], |row| row.get(0)))
        .map_err(engine_error)?;
    include::targets(found, &list, includes)
}
