//! Runs searches: looks up what the statement needs, picks where to start, runs it, fetches the page.

use std::collections::HashSet;

use rusqlite::Connection;
use varde_base::PatientId;
use varde_fhir::search::{Clause, Cursor, Include, ParamKind, Query, SortBy, SortKey, Total};

use crate::engine::{EngineError, Row, Rows, Visibility};
use crate::sql::builder::Sql;
use crate::sql::columns::resource_type;
use crate::sql::cursor::{Mark, Position, SortValue, fingerprint};
use crate::sql::include;
use crate::sql::lookup::{Found, Lookup, lookups};
use crate::sql::search::{Dialect, Plan, Seen, SeenOf, nothing};
use crate::sql::sorted::{self, Candidate, FEW_MATCHES};
use crate::sql::start::SHORT_ROWS;

use super::cache::{Dated, Listed, View};
use super::readers::query;
use super::rows;

/// A clause with more index rows than this is not counted further when the narrowest is looked for.
const PROBE_ROWS: i64 = 2_000;

/// Searches in the connection's present view of the data.
pub(super) fn search(view: View<'_>, wanted: &Query, visible: &Visibility) -> Result<Rows, EngineError> {
    match plan(view, wanted, visible)? {
        Some(mut plan) => {
            start(view, &mut plan)?;
            run(view, &plan, visible)
        }
        None => nothing(wanted),
    }
}

/// The same when it takes no longer than a few reads; `None` when it may, and nothing but the plan was made.
pub(super) fn search_if_short(
    view: View<'_>,
    wanted: &Query,
    visible: &Visibility,
) -> Result<Option<Rows>, EngineError> {
    if !lookups(wanted).iter().all(Lookup::is_seek) {
        return Ok(None);
    }
    let Some(mut plan) = plan(view, wanted, visible)? else { return nothing(wanted).map(Some) };
    if !plan.may_be_short() {
        return Ok(None);
    }
    let rows = start(view, &mut plan)?;
    if plan.is_short(rows) { run(view, &plan, visible).map(Some) } else { Ok(None) }
}

fn run(view: View<'_>, plan: &Plan<'_>, visible: &Visibility) -> Result<Rows, EngineError> {
    let wanted = plan.query;
    let fingerprint = fingerprint(wanted);
    let after = match &wanted.cursor {
        None => None,
        Some(cursor) => Some(position(view, plan, cursor, fingerprint, visible)?),
    };
    let count = usize::try_from(wanted.count).unwrap_or(usize::MAX);
    let Paged { matches, more, last } = paged(view, plan, after.as_ref(), count)?;
    let next = match (matches.last(), last) {
        (Some(row), Some(keys)) if more => Some(plan.cursor(fingerprint, keys, row)),
        _ => None,
    };
    let total = match wanted.total {
        Total::Accurate => Some(count_of(&view, &plan.total())?),
        Total::None if !more && after.is_none() => u64::try_from(matches.len()).ok(),
        Total::None => None,
    };
    Ok(Rows { matches, next, total })
}

/// What a page holds.
struct Paged {
    matches: Vec<Row>,
    /// Something follows.
    more: bool,
    /// Sort keys of the last match; `None` when there is none.
    last: Option<Vec<SortValue>>,
}

/// Where the page after a cursor starts.
fn position(
    view: View<'_>,
    plan: &Plan<'_>,
    cursor: &Cursor,
    fingerprint: u64,
    visible: &Visibility,
) -> Result<Position, EngineError> {
    let (mark, id) = Mark::from_cursor(cursor, fingerprint, plan.key_count()).ok_or(EngineError::Cursor)?;
    let row = rows::read(view, plan.query.resource_type, &id)?;
    let resumed = plan.position(mark, row, visible).ok_or(EngineError::Cursor)?;
    let number = resumed.patient().map(|patient| rows::patient_number(view, patient)).transpose()?.flatten();
    resumed.with_number(number).ok_or(EngineError::Cursor)
}

/// A page by the shortest way there is to it.
fn paged(view: View<'_>, plan: &Plan<'_>, after: Option<&Position>, count: usize) -> Result<Paged, EngineError> {
    let resource_type = plan.query.resource_type;
    let page = match (plan.one_patient(), plan.query.sort.as_slice()) {
        (Some(patient), []) => rows::list(view, patient, resource_type)?.map(|list| {
            let begin = after.map_or(0, |after| list.partition_point(|listed| listed.rid <= after.rid));
            listed_page(view, plan, patient, list.iter().skip(begin).map(|listed| (*listed, Vec::new())), count)
        }),
        (Some(patient), [SortKey { by: SortBy::Param(param, ParamKind::Date), descending }]) => {
            rows::order(view, patient, resource_type, *param, *descending)?.map(|order| {
                let begin = after.map_or(0, |after| ordered_after(&order, after, *descending));
                let key = |micros: Option<i64>| vec![micros.map_or(SortValue::Null, SortValue::Int)];
                let rest = order.iter().skip(begin).map(|dated| (dated.listed, key(dated.micros)));
                listed_page(view, plan, patient, rest, count)
            })
        }
        _ => None,
    };
    if let Some(page) = page {
        return page;
    }
    match plan.is_sorted_apart().then(|| sorted_apart(view, plan, after, count)).transpose()?.flatten() {
        Some(page) => Ok(page),
        None => self::page(view, plan, after, count),
    }
}

/// How many come no later than a place.
fn ordered_after(order: &[Dated], after: &Position, descending: bool) -> usize {
    let micros = match after.keys.first() {
        Some(SortValue::Int(micros)) => Some(*micros),
        _ => None,
    };
    let place = |micros, rid| (rows::place(micros, descending), rid);
    order.partition_point(|dated| place(dated.micros, dated.listed.rid) <= place(micros, after.rid))
}

/// A page of one patient's resources from a list of them with their sort keys.
fn listed_page(
    view: View<'_>,
    plan: &Plan<'_>,
    patient: i64,
    rest: impl Iterator<Item = (Listed, Vec<SortValue>)>,
    count: usize,
) -> Result<Paged, EngineError> {
    let mut seen = rest.filter(|(listed, _)| plan.seen.shows(patient, listed.rid, listed.service, listed.item));
    let mut last = None;
    let mut wanted = Vec::with_capacity(count.min(64));
    for (listed, keys) in seen.by_ref().take(count) {
        wanted.push((listed.rid, listed.version));
        last = Some(keys);
    }
    let more = seen.next().is_some();
    Ok(Paged { matches: rows::newest(view, wanted.into_iter())?, more, last })
}

/// A page put in order here, when few enough match.
fn sorted_apart(
    view: View<'_>,
    plan: &Plan<'_>,
    after: Option<&Position>,
    count: usize,
) -> Result<Option<Paged>, EngineError> {
    let mut candidates = query(&view, &plan.unsorted(FEW_MATCHES + 1), |row| {
        let (rid, version, id, updated_micros) = (row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?);
        Ok(Candidate { rid, version, id, updated_micros, entries: Vec::new() })
    })?;
    if candidates.len() > FEW_MATCHES {
        return Ok(None);
    }
    for candidate in &mut candidates {
        candidate.entries = rows::entries(&view, candidate.rid)?;
    }
    let damaged = || EngineError::Fault("an index list is damaged".to_owned());
    let mut found = sorted::page(&candidates, &plan.query.sort, after, count).ok_or_else(damaged)?;
    let more = found.len() > count;
    found.truncate(count);
    let matches = rows::newest(view, found.iter().map(|place| (place.rid, place.version)))?;
    Ok(Some(Paged { matches, more, last: found.pop().map(|place| place.keys) }))
}

/// A page: which versions it holds, and these fetched.
fn page(view: View<'_>, plan: &Plan<'_>, after: Option<&Position>, count: usize) -> Result<Paged, EngineError> {
    let keys = plan.key_count();
    let mut found = query(&view, &plan.page(after), |row| {
        let keys = (0..keys).map(|key| Ok(sort_value(row.get_ref(key + 2)?))).collect::<rusqlite::Result<Vec<_>>>()?;
        Ok((row.get::<_, i64>(0)?, row.get::<_, u64>(1)?, keys))
    })?;
    let more = found.len() > count;
    found.truncate(count);
    let matches = rows::newest(view, found.iter().map(|(rid, version, _)| (*rid, *version)))?;
    Ok(Paged { matches, more, last: found.pop().map(|(_, _, keys)| keys) })
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

/// The plan without its start; `None` when nothing can match.
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
    let found = look_up(&view, wanted)?;
    Ok(Some(Plan { dialect: Dialect::Sqlite, query: wanted, patients, seen, found, driver: None }))
}

/// Chooses the clause to start from; how many index rows it has, as far as they were counted.
fn start(view: View<'_>, plan: &mut Plan<'_>) -> Result<Option<u64>, EngineError> {
    let candidates = plan.candidates();
    // A single clause that cannot be short is where to start, however many rows it has.
    if let ([only], false) = (candidates.as_slice(), plan.may_be_short()) {
        plan.driver = Some(*only);
        return Ok(None);
    }
    let (driver, rows) = narrowest(&view, plan, &candidates)?.unzip();
    plan.driver = driver.or(candidates.first().copied());
    Ok(rows)
}

/// The clause with the fewest index rows, and how many they are.
fn narrowest(
    connection: &Connection,
    plan: &Plan<'_>,
    candidates: &[usize],
) -> Result<Option<(usize, u64)>, EngineError> {
    // A single clause is where to start however many rows it has; it need only be known whether they are few.
    let most = if candidates.len() > 1 { PROBE_ROWS } else { SHORT_ROWS + 1 };
    let mut best: Option<(u64, usize)> = None;
    for index in candidates {
        let Some(probe) = plan.probe(*index, most) else { continue };
        let rows = count_of(connection, &probe)?;
        if best.is_none_or(|(fewest, _)| rows < fewest) {
            best = Some((rows, *index));
        }
    }
    Ok(best.map(|(rows, index)| (index, rows)))
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
    let mut out = Vec::with_capacity(subjects.len());
    for subject in subjects {
        let number = match &subject.patient {
            None => Some(0),
            Some(patient) => rows::patient_number(view, patient)?,
        };
        out.extend(number.map(|number| SeenOf::of(number, subject)));
    }
    Ok(Seen::Subjects(out))
}

/// What the statement must know of the index.
fn look_up(connection: &Connection, wanted: &Query) -> Result<Found, EngineError> {
    let mut found = Found::default();
    for lookup in lookups(wanted) {
        let values = query(connection, &lookup.sql(), |row| row.get(0))?;
        found.keep(lookup, values)?;
    }
    Ok(found)
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
        for (target, id) in include::targets(found, &rows::entries(&view, found.rid)?, includes)? {
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

#[cfg(test)]
mod tests {
    use varde_fhir::ResourceType;
    use varde_fhir::search::{SearchOptions, parse};

    use super::super::readers::tune;
    use super::super::schema;
    use super::*;

    /// The engine's plan for the page after the first: a line each, those of the outermost statement first of all.
    fn explained(parameters: &[(&str, &str)]) -> (Vec<String>, Vec<String>) {
        let mut connection = Connection::open_in_memory().unwrap();
        tune(&connection, 256).unwrap();
        schema::migrate(&mut connection, 0).unwrap();
        let pairs: Vec<(String, String)> =
            parameters.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
        let options =
            SearchOptions { max_count: 100, default_count: 20, lenient: false, now: jiff::Timestamp::UNIX_EPOCH };
        let wanted = parse(ResourceType::OBSERVATION, &pairs, &options).unwrap();
        let view = View::uncommitted(&connection);
        let mut plan = plan(view, &wanted, &Visibility::everything()).unwrap().unwrap();
        start(view, &mut plan).unwrap();
        let after = Position { keys: vec![SortValue::Int(3)], rid: 7 };
        let mut sql = Sql::raw("EXPLAIN QUERY PLAN ");
        sql.add(plan.page(Some(&after)));
        let lines = query(&connection, &sql, |row| Ok((row.get::<_, i64>(1)?, row.get::<_, String>(3)?))).unwrap();
        let outer = lines.iter().filter(|(parent, _)| *parent == 0).map(|(_, line)| line.clone()).collect();
        (outer, lines.into_iter().map(|(_, line)| line).collect())
    }

    const WEIGHT: (&str, &str) = ("code", "http://loinc.org|29463-7");

    #[test]
    fn a_page_by_a_code_reads_index_rows_from_its_place_on_and_sorts_nothing() {
        let (outer, _) = explained(&[WEIGHT]);
        let index = "SEARCH t USING PRIMARY KEY (param=? AND value=? AND (patient,rid)>(?,?))";
        assert_eq!(outer, [index, "SEARCH r USING INTEGER PRIMARY KEY (rowid=?)"]);
        for several in [("code", "http://loinc.org|a,http://loinc.org|b"), ("combo-code", "http://loinc.org|a")] {
            let (outer, all) = explained(&[several]);
            assert_eq!(outer, ["CO-ROUTINE d", "SCAN d", "SEARCH r USING INTEGER PRIMARY KEY (rowid=?)"]);
            assert_eq!(all.iter().filter(|line| *line == index).count(), 2, "{all:?}");
            assert!(!all.iter().any(|line| line.contains("TEMP B-TREE")), "{all:?}");
        }
    }

    #[test]
    fn a_page_by_a_date_sorts_no_more_than_a_patient_at_a_time() {
        let (outer, all) = explained(&[("date", "ge2020")]);
        assert_eq!(outer.first().map(String::as_str), Some("SEARCH t USING PRIMARY KEY (param=? AND patient>?)"));
        let sorts: Vec<&String> = all.iter().filter(|line| line.contains("ORDER BY")).collect();
        assert_eq!(sorts, ["USE TEMP B-TREE FOR LAST TERM OF ORDER BY"], "{all:?}");
    }

    /// A join of so many tables would be planned for seconds; questions about one resource each are not.
    #[test]
    fn as_many_clauses_as_may_be_asked_are_no_join() {
        let codes: Vec<String> = (0..63).map(|number| format!("http://loinc.org|{number}")).collect();
        let mut parameters: Vec<(&str, &str)> = codes.iter().map(|code| ("code", code.as_str())).collect();
        parameters.push(("status", "http://hl7.org/fhir/observation-status|final"));
        let (outer, _) = explained(&parameters);
        let loops = outer.iter().filter(|line| line.starts_with("SEARCH") || line.starts_with("SCAN")).count();
        let asked = outer.iter().filter(|line| line.starts_with("CORRELATED SCALAR SUBQUERY")).count();
        assert_eq!((loops, asked, outer.len()), (2, 63, 65), "{outer:?}");
    }
}
