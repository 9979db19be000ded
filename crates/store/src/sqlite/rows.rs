//! Rows of the tables as our types.

use std::collections::HashMap;
use std::sync::LazyLock;

use bytes::Bytes;
use jiff::Timestamp;
use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension, params};
use varde_base::{PatientId, ResourceId};
use varde_fhir::ResourceType;
use varde_fhir::index::ParamId;
use varde_rights::{ItemLabel, Service};

use crate::engine::{EngineError, Row};
use crate::pack::{Kind, unpack};
use crate::sql::columns::{Columns, body_checksum, resource_type};

use super::cache::{Dated, LONGEST_LIST, List, Listed, Order, View};
use super::errors::engine_error;

/// The newest version, its labels and its body.
const NEWEST: &str = "SELECT r.rid, r.type, r.id, p.id, r.service, r.item_label, r.version, r.updated_micros, r.deleted, \
     r.checksum, r.version, r.updated_micros, r.deleted, c.checksum, c.body \
     FROM resource r JOIN content c ON c.rid = r.rid LEFT JOIN patient p ON p.num = r.patient ";
/// A superseded version with the labels of the newest.
const EARLIER: &str = "SELECT r.rid, r.type, r.id, p.id, r.service, r.item_label, r.version, r.updated_micros, r.deleted, \
     r.checksum, h.version, h.updated_micros, h.deleted, h.checksum, h.body \
     FROM history h JOIN resource r ON r.rid = h.rid LEFT JOIN patient p ON p.num = r.patient ";

/// A stored value this build does not understand.
fn damaged(column: usize, what: &'static str) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, Type::Null, what.into())
}

pub(super) fn timestamp(column: usize, micros: i64) -> rusqlite::Result<Timestamp> {
    Timestamp::from_microsecond(micros).map_err(|_| damaged(column, "time"))
}

fn map(row: &rusqlite::Row<'_>) -> rusqlite::Result<Row> {
    let id = row.get_ref(2)?.as_str()?;
    let patient = row.get_ref(3)?.as_str_or_null()?;
    let columns = Columns {
        rid: row.get(0)?,
        resource_type: row.get(1)?,
        id,
        patient,
        service: row.get(4)?,
        item: row.get(5)?,
        version: row.get(6)?,
        updated_micros: row.get(7)?,
        deleted: row.get(8)?,
    };
    if columns.checksum() != row.get::<_, u32>(9)? {
        return Err(damaged(9, "checksum of a resource"));
    }
    let version = row.get(10)?;
    let body = unpack(Kind::Body, row.get_ref(14)?.as_blob()?).ok_or_else(|| damaged(14, "body"))?;
    if body_checksum(columns.rid, version, &body) != row.get::<_, u32>(13)? {
        return Err(damaged(13, "checksum of a body"));
    }
    let parsed = |column, text: &str| text.parse::<ResourceId>().map_err(|_| damaged(column, "id"));
    Ok(Row {
        rid: columns.rid,
        resource_type: resource_type(columns.resource_type).ok_or_else(|| damaged(1, "resource type"))?,
        id: parsed(2, id)?,
        patient: patient.map(|patient| parsed(3, patient).map(PatientId::new)).transpose()?,
        service: Service::from_number(columns.service).ok_or_else(|| damaged(4, "service"))?,
        item: ItemLabel::from_number(columns.item).ok_or_else(|| damaged(5, "item label"))?,
        version,
        updated: timestamp(11, row.get(11)?)?,
        deleted: row.get(12)?,
        body: Bytes::from(body),
    })
}

/// The newest version of a resource.
pub(super) fn read(view: View<'_>, resource_type: ResourceType, id: &ResourceId) -> Result<Option<Row>, EngineError> {
    let code = resource_type.to_code();
    let load = || {
        let mut statement = view.prepare_cached("SELECT rid, version FROM resource WHERE type = ?1 AND id = ?2")?;
        let named = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?));
        statement.query_row(params![code, id.as_str()], named).optional()
    };
    let Some((rid, version)) = view.named(code, id, load).map_err(engine_error)? else { return Ok(None) };
    Ok(newest(view, std::iter::once((rid, version)))?.pop())
}

/// How many rows one statement fetches, shortest first. A statement for every length there can be would drive the others out of those that are
/// kept prepared; twenty is an ordinary page.
const LENGTHS: [usize; 5] = [1, 4, 10, 20, 50];

/// The newest versions of resources, by number and version, in that order.
pub(super) fn newest(view: View<'_>, wanted: impl Iterator<Item = (i64, u64)>) -> Result<Vec<Row>, EngineError> {
    let mut out: Vec<Option<Row>> = Vec::with_capacity(wanted.size_hint().0);
    // Number and place.
    let mut missing: Vec<(i64, usize)> = Vec::new();
    for (rid, version) in wanted {
        let known = view.cache.and_then(|cache| cache.get(rid, version));
        if known.is_none() {
            missing.push((rid, out.len()));
        }
        out.push(known);
    }
    missing.sort_unstable();
    let [.., longest] = LENGTHS;
    for some in missing.chunks(longest) {
        fetch(view, some, &mut out).map_err(engine_error)?;
    }
    Ok(out.into_iter().flatten().collect())
}

/// Fetches rows by their numbers, which are in order, into their places. One statement finds many for half of what one each would take: it
/// goes from a row to the next, and what lies together is read together.
fn fetch(view: View<'_>, wanted: &[(i64, usize)], out: &mut [Option<Row>]) -> rusqlite::Result<()> {
    static SQL: LazyLock<[String; LENGTHS.len()]> =
        LazyLock::new(|| LENGTHS.map(|length| format!("{NEWEST}WHERE r.rid IN ({})", vec!["?"; length].join(", "))));
    let Some((length, sql)) = LENGTHS.iter().zip(&*SQL).find(|(length, _)| **length >= wanted.len()) else {
        return Ok(());
    };
    let mut statement = view.prepare_cached(sql)?;
    // What is left over is asked for once more, which finds nothing more.
    let numbers = wanted.iter().chain(wanted.last().into_iter().cycle()).take(*length);
    let mut found = statement.query(rusqlite::params_from_iter(numbers.map(|(rid, _)| rid)))?;
    while let Some(row) = found.next()? {
        let row = map(row)?;
        if let Some(cache) = view.cache {
            cache.keep(&row);
        }
        let from = wanted.partition_point(|(rid, _)| *rid < row.rid);
        for (_, place) in wanted.iter().skip(from).take_while(|(rid, _)| *rid == row.rid) {
            if let Some(place) = out.get_mut(*place) {
                *place = Some(row.clone());
            }
        }
    }
    Ok(())
}

/// The newest version of a resource by its number.
pub(super) fn by_rid(view: View<'_>, rid: i64) -> Result<Option<Row>, EngineError> {
    let run = || {
        let mut statement = view.prepare_cached("SELECT version FROM resource WHERE rid = ?1")?;
        statement.query_row([rid], |row| row.get(0)).optional()
    };
    let Some(version) = run().map_err(engine_error)? else { return Ok(None) };
    Ok(newest(view, std::iter::once((rid, version)))?.pop())
}

/// The list of index rows kept beside the newest body.
pub(super) fn entries(connection: &Connection, rid: i64) -> Result<Vec<u8>, EngineError> {
    let run = || {
        let mut statement = connection.prepare_cached("SELECT entries FROM content WHERE rid = ?1")?;
        statement.query_row([rid], |row| row.get(0))
    };
    run().map_err(engine_error)
}

/// One version that is no longer the newest.
pub(super) fn earlier(connection: &Connection, rid: i64, version: i64) -> Result<Option<Row>, EngineError> {
    static SQL: LazyLock<String> = LazyLock::new(|| format!("{EARLIER}WHERE h.rid = ?1 AND h.version = ?2"));
    let run = || connection.prepare_cached(&SQL)?.query_row(params![rid, version], map).optional();
    run().map_err(engine_error)
}

/// The number a patient's id has, when any data of theirs has ever been stored.
pub(super) fn patient_number(view: View<'_>, patient: &PatientId) -> Result<Option<i64>, EngineError> {
    if let Some(number) = view.cache.and_then(|cache| cache.patient(patient)) {
        return Ok(Some(number));
    }
    let run = || {
        let mut statement = view.prepare_cached("SELECT num FROM patient WHERE id = ?1")?;
        statement.query_row([patient.as_str()], |row| row.get(0)).optional()
    };
    let number = run().map_err(engine_error)?;
    if let (Some(cache), Some(number)) = (view.cache, number) {
        cache.keep_patient(patient, number);
    }
    Ok(number)
}

/// Which resources of one type a patient has that are not deleted, oldest first; `None` when there are too many for a list.
pub(super) fn list(view: View<'_>, patient: i64, resource_type: ResourceType) -> Result<Option<List>, EngineError> {
    let code = resource_type.to_code();
    let load = || listed(view, patient, code);
    view.list(patient, code, load).map_err(engine_error)
}

fn listed(view: View<'_>, patient: i64, resource_type: u16) -> rusqlite::Result<Vec<Listed>> {
    let mut statement = view.prepare_cached(
        "SELECT rid, version, service, item_label FROM resource \
         WHERE patient = ?1 AND type = ?2 AND deleted = 0 ORDER BY rid LIMIT ?3",
    )?;
    let listed = |row: &rusqlite::Row<'_>| {
        let (service, item) = (row.get(2)?, row.get(3)?);
        Ok(Listed {
            rid: row.get(0)?,
            version: row.get(1)?,
            service: Service::from_number(service).ok_or_else(|| damaged(2, "service"))?,
            item: ItemLabel::from_number(item).ok_or_else(|| damaged(3, "item label"))?,
        })
    };
    statement.query_map(params![patient, resource_type, LONGEST_LIST + 1], listed)?.collect()
}

/// The same in order of a date parameter: each by its first date, or newest first by its last.
pub(super) fn order(
    view: View<'_>,
    patient: i64,
    resource_type: ResourceType,
    param: ParamId,
    descending: bool,
) -> Result<Option<Order>, EngineError> {
    let load = || {
        let outermost = if descending { "max" } else { "min" };
        let mut statement = view.prepare_cached(&format!(
            "SELECT rid, {outermost}(low) FROM index_date WHERE param = ?1 AND patient = ?2 GROUP BY rid"
        ))?;
        let dates = statement.query_map(params![param.0, patient], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let dates = dates.collect::<rusqlite::Result<HashMap<i64, i64>>>()?;
        let dated = |listed: Listed| Dated { micros: dates.get(&listed.rid).copied(), listed };
        let mut order: Vec<Dated> = listed(view, patient, resource_type.to_code())?.into_iter().map(dated).collect();
        // The list is in order of its numbers, and stays so where dates are the same.
        order.sort_by_key(|dated| place(dated.micros, descending));
        Ok(order)
    };
    view.order((patient, param.0, descending), load).map_err(engine_error)
}

/// Where a date stands: least first; without a date last.
pub(super) fn place(micros: Option<i64>, descending: bool) -> (bool, i128) {
    let micros = micros.map(i128::from);
    (micros.is_none(), micros.map_or(0, |micros| if descending { -micros } else { micros }))
}

/// A patient's resources of one type that are not deleted, oldest first.
pub(super) fn of_patient(
    view: View<'_>,
    patient: i64,
    resource_type: ResourceType,
    limit: u32,
) -> Result<Vec<Row>, EngineError> {
    if let Some(list) = list(view, patient, resource_type)? {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        return newest(view, list.iter().take(limit).map(|listed| (listed.rid, listed.version)));
    }
    let run = || {
        let mut statement = view.prepare_cached(
            "SELECT rid, version FROM resource WHERE patient = ?1 AND type = ?2 AND deleted = 0 ORDER BY rid LIMIT ?3",
        )?;
        let named = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?));
        let rows = statement.query_map(params![patient, resource_type.to_code(), limit], named)?;
        rows.collect::<rusqlite::Result<Vec<(i64, u64)>>>()
    };
    newest(view, run().map_err(engine_error)?.into_iter())
}
