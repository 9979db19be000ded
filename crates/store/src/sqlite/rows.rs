//! Rows of the tables as our types.

use std::collections::HashMap;
use std::sync::LazyLock;

use bytes::Bytes;
use jiff::Timestamp;
use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension, params};
use varde_base::{PatientId, ResourceId};
use varde_fhir::ResourceType;
use varde_rights::{ItemLabel, Service};

use crate::engine::{EngineError, Row};

use super::errors::engine_error;

/// The newest version, its labels and its body, from `resource AS r`, `content AS c` and `patient AS p`, as [`map`] reads them.
pub(super) const NEWEST_COLUMNS: &str = "r.rid, r.type, r.id, p.id, r.service, r.item_label, r.version, r.updated_micros, \
     r.deleted, r.checksum, r.version, r.updated_micros, r.deleted, c.checksum, c.body";
const NEWEST: &str = "SELECT r.rid, r.type, r.id, p.id, r.service, r.item_label, r.version, r.updated_micros, r.deleted, \
     r.checksum, r.version, r.updated_micros, r.deleted, c.checksum, c.body \
     FROM resource r JOIN content c ON c.rid = r.rid LEFT JOIN patient p ON p.num = r.patient ";
/// A superseded version with the labels of the newest.
const EARLIER: &str = "SELECT r.rid, r.type, r.id, p.id, r.service, r.item_label, r.version, r.updated_micros, r.deleted, \
     r.checksum, h.version, h.updated_micros, h.deleted, h.checksum, h.body \
     FROM history h JOIN resource r ON r.rid = h.rid LEFT JOIN patient p ON p.num = r.patient ";

/// The columns of a resource that a decision rests on.
pub(super) struct Columns<'a> {
    pub(super) rid: i64,
    pub(super) resource_type: u16,
    pub(super) id: &'a str,
    pub(super) patient: Option<&'a str>,
    pub(super) service: u8,
    pub(super) item: u8,
    pub(super) version: u64,
    pub(super) updated_micros: i64,
    pub(super) deleted: bool,
}

impl Columns<'_> {
    pub(super) fn checksum(&self) -> u32 {
        let mut crc = crc32fast::Hasher::new();
        crc.update(&self.rid.to_le_bytes());
        crc.update(&self.resource_type.to_le_bytes());
        crc.update(&[self.service, self.item, u8::from(self.deleted)]);
        crc.update(&self.version.to_le_bytes());
        crc.update(&self.updated_micros.to_le_bytes());
        crc.update(self.id.as_bytes());
        crc.update(b"/");
        crc.update(self.patient.unwrap_or_default().as_bytes());
        crc.finalize()
    }
}

/// Checksum of a body in its place.
pub(super) fn body_checksum(rid: i64, version: u64, body: &[u8]) -> u32 {
    let mut crc = crc32fast::Hasher::new();
    crc.update(&rid.to_le_bytes());
    crc.update(&version.to_le_bytes());
    crc.update(body);
    crc.finalize()
}

/// The resource type of a stored number.
pub(super) fn resource_type(code: u16) -> Option<ResourceType> {
    static BY_CODE: LazyLock<HashMap<u16, ResourceType>> =
        LazyLock::new(|| ResourceType::all().map(|resource_type| (resource_type.to_code(), resource_type)).collect());
    BY_CODE.get(&code).copied()
}

/// A stored value this build does not understand.
fn damaged(column: usize, what: &'static str) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, Type::Null, what.into())
}

pub(super) fn timestamp(column: usize, micros: i64) -> rusqlite::Result<Timestamp> {
    Timestamp::from_microsecond(micros).map_err(|_| damaged(column, "time"))
}

/// Reads a row of [`NEWEST_COLUMNS`]; a checksum that does not fit is an error.
pub(super) fn map(row: &rusqlite::Row<'_>) -> rusqlite::Result<Row> {
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
    let (version, body) = (row.get(10)?, row.get_ref(14)?.as_blob()?);
    if body_checksum(columns.rid, version, body) != row.get::<_, u32>(13)? {
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
        body: Bytes::copy_from_slice(body),
    })
}

/// The newest version of a resource.
pub(super) fn read(
    connection: &Connection,
    resource_type: ResourceType,
    id: &ResourceId,
) -> Result<Option<Row>, EngineError> {
    static SQL: LazyLock<String> = LazyLock::new(|| format!("{NEWEST}WHERE r.type = ?1 AND r.id = ?2"));
    let run = || {
        let mut statement = connection.prepare_cached(&SQL)?;
        statement.query_row(params![resource_type.to_code(), id.as_str()], map).optional()
    };
    run().map_err(engine_error)
}

/// The newest version of a resource by its number.
pub(super) fn by_rid(connection: &Connection, rid: i64) -> Result<Option<Row>, EngineError> {
    Ok(by_rids(connection, std::iter::once(rid))?.pop())
}

/// The newest versions of resources by their numbers, in that order.
pub(super) fn by_rids(connection: &Connection, rids: impl Iterator<Item = i64>) -> Result<Vec<Row>, EngineError> {
    static SQL: LazyLock<String> = LazyLock::new(|| format!("{NEWEST}WHERE r.rid = ?1"));
    let run = || {
        let mut statement = connection.prepare_cached(&SQL)?;
        let mut out = Vec::with_capacity(rids.size_hint().0);
        for rid in rids {
            out.extend(statement.query_row(params![rid], map).optional()?);
        }
        Ok(out)
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
pub(super) fn patient_number(connection: &Connection, patient: &PatientId) -> Result<Option<i64>, EngineError> {
    let run = || {
        let mut statement = connection.prepare_cached("SELECT num FROM patient WHERE id = ?1")?;
        statement.query_row([patient.as_str()], |row| row.get(0)).optional()
    };
    run().map_err(engine_error)
}

/// A patient's resources of one type that are not deleted, oldest first.
pub(super) fn of_patient(
    connection: &Connection,
    patient: i64,
    resource_type: ResourceType,
    limit: u32,
) -> Result<Vec<Row>, EngineError> {
    static SQL: LazyLock<String> = LazyLock::new(|| {
        format!("{NEWEST}WHERE r.patient = ?1 AND r.type = ?2 AND r.deleted = 0 ORDER BY r.rid LIMIT ?3")
    });
    let run = || {
        let mut statement = connection.prepare_cached(&SQL)?;
        let rows = statement.query_map(params![patient, resource_type.to_code(), limit], map)?;
        rows.collect::<rusqlite::Result<Vec<Row>>>()
    };
    run().map_err(engine_error)
}
