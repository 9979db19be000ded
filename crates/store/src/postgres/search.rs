//! Runs searches: looks up what the statement needs, picks where to start, runs it. The page comes with its bodies in one statement,
//! and so from one moment.

use std::collections::{HashMap, HashSet};

use deadpool_postgres::ClientWrapper;
use futures_util::future::{try_join, try_join_all};
use tokio_postgres::types::Type;
use varde_base::PatientId;
use varde_fhir::search::{Clause, Cursor, Include, Query, Total};

use crate::engine::{EngineError, Row, Rows, Visibility};
use crate::sql::builder::Sql;
use crate::sql::cursor::{Mark, Position, SortValue, fingerprint};
use crate::sql::include;
use crate::sql::lookup::{Found, lookups};
use crate::sql::search::{Dialect, Plan, Seen, SeenOf, nothing};
use crate::sql::sorted::{self, Candidate, FEW_MATCHES};

use super::patients::Patients;
use super::pool::{column, query, rows};
use super::rows::{NEWEST, WIDTH, WITH_BODY, map, named, narrow, read, versions};

/// A clause with more index rows than this is not counted further when the narrowest is looked for.
const PROBE_ROWS: i64 = 2_000;

/// Searches in what is committed now, or in the transaction the connection is in.
pub(super) async fn search(
    client: &ClientWrapper,
    patients: &Patients,
    wanted: &Query,
    visible: &Visibility,
) -> Result<Rows, EngineError> {
    let Some(plan) = plan(client, patients, wanted, visible).await? else {
        return nothing(wanted);
    };
    let fingerprint = fingerprint(wanted);
    let after = match &wanted.cursor {
        None => None,
        Some(cursor) => Some(position(client, patients, &plan, (cursor, fingerprint), visible).await?),
    };
    let count = usize::try_from(wanted.count).unwrap_or(usize::MAX);
    let total = async {
        match wanted.total {
            Total::Accurate => count_of(client, &plan.total()).await.map(Some),
            Total::None => Ok(None),
        }
    };
    let (mut found, total) = try_join(paged(client, &plan, after.as_ref(), count), total).await?;
    let more = found.len() > count;
    found.truncate(count);
    let next = found.last().filter(|_| more).map(|(row, keys)| plan.cursor(fingerprint, keys.clone(), row));
    let matches: Vec<Row> = found.into_iter().map(|(row, _)| row).collect();
    let whole = !more && after.is_none();
    let total = total.or_else(|| u64::try_from(matches.len()).ok().filter(|_| whole));
    Ok(Rows { matches, next, total })
}

/// Where the page after a cursor starts.
async fn position(
    client: &ClientWrapper,
    patients: &Patients,
    plan: &Plan<'_>,
    (cursor, fingerprint): (&Cursor, u64),
    visible: &Visibility,
) -> Result<Position, EngineError> {
    let (mark, id) = Mark::from_cursor(cursor, fingerprint, plan.key_count()).ok_or(EngineError::Cursor)?;
    let row = read(client, plan.query.resource_type, &id).await?;
    let resumed = plan.position(mark, row, visible).ok_or(EngineError::Cursor)?;
    let number = match resumed.patient() {
        Some(patient) => patients.number(client, patient).await?,
        None => None,
    };
    resumed.with_number(number).ok_or(EngineError::Cursor)
}

/// Up to one more than a page, with sort keys, by the shortest way there is to it.
async fn paged(
    client: &ClientWrapper,
    plan: &Plan<'_>,
    after: Option<&Position>,
    count: usize,
) -> Result<Vec<(Row, Vec<SortValue>)>, EngineError> {
    if plan.is_sorted_apart()
        && let Some(page) = sorted_apart(client, plan, after, count).await?
    {
        return Ok(page);
    }
    page(client, plan, after).await
}

/// A page put in order here, when few enough match.
async fn sorted_apart(
    client: &ClientWrapper,
    plan: &Plan<'_>,
    after: Option<&Position>,
    count: usize,
) -> Result<Option<Vec<(Row, Vec<SortValue>)>>, EngineError> {
    let mut sql = Sql::raw("SELECT d.rid, d.version, d.id, d.updated_micros, c.entries, d.patient FROM (");
    sql.add(plan.unsorted(FEW_MATCHES + 1));
    sql.push(") AS d JOIN content c ON c.patient = d.patient AND c.rid = d.rid");
    let found = query(client, &sql).await?;
    if found.len() > FEW_MATCHES {
        return Ok(None);
    }
    let mut candidates = Vec::with_capacity(found.len());
    let mut patients: HashMap<i64, i64> = HashMap::with_capacity(found.len());
    for row in &found {
        let rid = column(row, 0)?;
        patients.insert(rid, column(row, 5)?);
        candidates.push(Candidate {
            rid,
            version: narrow(column::<i64>(row, 1)?)?,
            id: column(row, 2)?,
            updated_micros: column(row, 3)?,
            entries: column(row, 4)?,
        });
    }
    let damaged = || EngineError::Fault("an index list is damaged".to_owned());
    let placed = sorted::page(&candidates, &plan.query.sort, after, count).ok_or_else(damaged)?;
    let place = |place: &sorted::Placed| {
        (patients.get(&place.rid).copied().unwrap_or(0), place.rid, place.version.cast_signed())
    };
    let wanted: Vec<(i64, i64, i64)> = placed.iter().map(place).collect();
    let mut keys: HashMap<i64, Vec<SortValue>> = placed.into_iter().map(|place| (place.rid, place.keys)).collect();
    let rows = versions(client, &wanted).await?.into_iter();
    // Labels may have changed between the two statements.
    let rows = rows
        .filter(|row| plan.seen.shows(patients.get(&row.rid).copied().unwrap_or(0), row.rid, row.service, row.item));
    Ok(Some(rows.map(|row| (keys.remove(&row.rid).unwrap_or_default(), row)).map(|(keys, row)| (row, keys)).collect()))
}

/// The same by one statement.
async fn page(
    client: &ClientWrapper,
    plan: &Plan<'_>,
    after: Option<&Position>,
) -> Result<Vec<(Row, Vec<SortValue>)>, EngineError> {
    let keys = plan.key_count();
    let named: String = (0..keys).map(|key| format!("k{key}, ")).collect();
    let mut sql = Sql::raw(&format!("SELECT {NEWEST}"));
    for key in 0..keys {
        sql.push(&format!(", d.k{key}"));
    }
    sql.push(" FROM (SELECT *, row_number() OVER () AS n FROM (").add(plan.page(after));
    sql.push(&format!(
        ") AS q(rid, version, {named}patient)) AS d JOIN resource r ON r.patient = d.patient AND r.rid = d.rid"
    ));
    sql.push(WITH_BODY).push("ORDER BY d.n");
    let found = query(client, &sql).await?;
    let with_keys = |row: &tokio_postgres::Row| {
        let keys = (0..keys).map(|key| sort_value(row, WIDTH + key)).collect::<Result<_, _>>()?;
        Ok((map(row)?, keys))
    };
    found.iter().map(with_keys).collect()
}

/// Whether anything matches, whoever may see it.
pub(super) async fn any(client: &ClientWrapper, patients: &Patients, wanted: &Query) -> Result<bool, EngineError> {
    let one = Query { count: 1, cursor: None, sort: Vec::new(), total: Total::None, ..wanted.clone() };
    Ok(!search(client, patients, &one, &Visibility::everything()).await?.matches.is_empty())
}

fn sort_value(row: &tokio_postgres::Row, at: usize) -> Result<SortValue, EngineError> {
    let ty = row.columns().get(at).map(tokio_postgres::Column::type_);
    let value = match ty {
        Some(&Type::INT8) => column::<Option<i64>>(row, at)?.map(SortValue::Int),
        Some(&Type::FLOAT8) => column::<Option<f64>>(row, at)?.map(SortValue::Real),
        Some(&Type::BYTEA) => column::<Option<Vec<u8>>>(row, at)?.map(SortValue::Blob),
        _ => column::<Option<String>>(row, at)?.map(SortValue::Text),
    };
    Ok(value.unwrap_or(SortValue::Null))
}

async fn count_of(client: &ClientWrapper, sql: &Sql) -> Result<u64, EngineError> {
    let found = query(client, sql).await?;
    let count = found.first().map(|row| column::<i64>(row, 0)).transpose()?;
    Ok(count.and_then(|count| u64::try_from(count).ok()).unwrap_or(0))
}

/// `None` when nothing can match.
async fn plan<'a>(
    client: &ClientWrapper,
    known: &Patients,
    wanted: &'a Query,
    visible: &Visibility,
) -> Result<Option<Plan<'a>>, EngineError> {
    let mut patients: Option<Vec<i64>> = None;
    for clause in &wanted.clauses {
        if let Clause::Patient(ids) = clause {
            let numbers = numbers(client, known, ids).await?;
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
    let seen = seen(client, known, visible).await?;
    let found = look_up(client, wanted).await?;
    let mut plan = Plan { dialect: Dialect::Postgres, query: wanted, patients, seen, found, driver: None };
    let candidates = plan.candidates();
    plan.driver = match candidates.as_slice() {
        [] => None,
        [only] => Some(*only),
        several => narrowest(client, &plan, several).await?,
    };
    Ok(Some(plan))
}

async fn narrowest(
    client: &ClientWrapper,
    plan: &Plan<'_>,
    candidates: &[usize],
) -> Result<Option<usize>, EngineError> {
    let probes = candidates.iter().filter_map(|index| Some((*index, plan.probe(*index, PROBE_ROWS)?)));
    let counts = try_join_all(
        probes.map(|(index, probe)| async move { count_of(client, &probe).await.map(|rows| (rows, index)) }),
    );
    Ok(counts.await?.into_iter().min().map(|(_, index)| index))
}

async fn numbers(client: &ClientWrapper, known: &Patients, ids: &[PatientId]) -> Result<Vec<i64>, EngineError> {
    let mut out = Vec::with_capacity(ids.len());
    for id in ids {
        out.extend(known.number(client, id).await?);
    }
    Ok(out)
}

/// What may be seen, with patients as numbers.
pub(super) async fn seen(client: &ClientWrapper, known: &Patients, visible: &Visibility) -> Result<Seen, EngineError> {
    let subjects = match visible {
        Visibility::Services(services) => return Ok(Seen::Services(*services)),
        Visibility::Subjects(subjects) => subjects,
    };
    let mut out = Vec::with_capacity(subjects.len());
    for subject in subjects {
        let number = match &subject.patient {
            None => Some(0),
            Some(patient) => known.number(client, patient).await?,
        };
        out.extend(number.map(|number| SeenOf::of(number, subject)));
    }
    Ok(Seen::Subjects(out))
}

/// What the statement must know of the index.
async fn look_up(client: &ClientWrapper, wanted: &Query) -> Result<Found, EngineError> {
    let answers = try_join_all(lookups(wanted).into_iter().map(|lookup| async move {
        let values = query(client, &lookup.sql()).await?;
        let values = values.iter().map(|row| column(row, 0)).collect::<Result<Vec<Vec<u8>>, _>>()?;
        Ok::<_, EngineError>((lookup, values))
    }));
    let mut found = Found::default();
    for (lookup, values) in answers.await? {
        found.keep(lookup, values)?;
    }
    Ok(found)
}

/// Follows references of the matches through the lists of index rows kept beside their bodies.
pub(super) async fn include(
    client: &ClientWrapper,
    matches: &[Row],
    includes: &[Include],
    visible: &Visibility,
    limit: u32,
) -> Result<Vec<Row>, EngineError> {
    const LISTS: &str = "SELECT c.rid, c.entries FROM unnest($1::integer[], $2::text[]) AS u(type, id) \
         JOIN name m ON m.type = u.type AND m.id = u.id JOIN content c ON c.patient = m.patient AND c.rid = m.rid";
    let (types, ids): (Vec<i32>, Vec<&str>) =
        matches.iter().map(|row| (i32::from(row.resource_type.to_code()), row.id.as_str())).unzip();
    let lists = rows(client, LISTS, &[&types, &ids]).await?;
    let lists: HashMap<i64, &[u8]> =
        lists.iter().map(|row| Ok((column(row, 0)?, column(row, 1)?))).collect::<Result<_, EngineError>>()?;
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    // A page of appointments with one doctor names that doctor on every line.
    let mut asked: HashSet<(u16, String)> = HashSet::new();
    let mut names: Vec<(u16, String)> = Vec::new();
    for found in matches {
        let Some(list) = lists.get(&found.rid) else { continue };
        for name in include::targets(found, list, includes)? {
            if names.len() < limit && asked.insert(name.clone()) {
                names.push(name);
            }
        }
    }
    let mut seen: HashSet<i64> = matches.iter().map(|row| row.rid).collect();
    let mut out = named(client, &names).await?;
    out.retain(|row| !row.deleted && visible.shows(row) && seen.insert(row.rid));
    Ok(out)
}
