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

/// The columns of a [`Row`], from `resource AS r`, a version `v` and `patient AS p`.
const COLUMNS: &str = "r.rid, r.type, r.id, p.id, r.service, r.item_label, v.version, v.updated_micros, v.deleted";

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

fn map(row: &rusqlite::Row<'_>) -> rusqlite::Result<Row> {
    let text = |column: usize| -> rusqlite::Result<Option<ResourceId>> {
        let Some(text) = row.get_ref(column)?.as_str_or_null()? else { return Ok(None) };
        text.parse().map(Some).map_err(|_| damaged(column, "id"))
    };
    Ok(Row {
        rid: row.get(0)?,
        resource_type: resource_type(row.get(1)?).ok_or_else(|| damaged(1, "resource type"))?,
        id: text(2)?.ok_or_else(|| damaged(2, "id"))?,
        patient: text(3)?.map(PatientId::new),
        service: Service::from_number(row.get(4)?).ok_or_else(|| damaged(4, "service"))?,
        item: ItemLabel::from_number(row.get(5)?).ok_or_else(|| damaged(5, "item label"))?,
        version: row.get(6)?,
        updated: timestamp(7, row.get(7)?)?,
        deleted: row.get(8)?,
        body: Bytes::copy_from_slice(row.get_ref(9)?.as_blob()?),
    })
}

/// The newest version of a resource.
pub(super) fn read(
    connection: &Connection,
    resource_type: ResourceType,
    id: &ResourceId,
) -> Result<Option<Row>, EngineError> {
    static SQL: LazyLock<String> = LazyLock::new(|| {
        format!(
            "SELECT {}, c.body FROM resource r JOIN content c ON c.rid = r.rid LEFT JOIN patient p ON p.num = r.patient \
             WHERE r.type = ?1 AND r.id = ?2",
            COLUMNS.replace("v.", "r.")
        )
    });
    let run = || {
        let mut statement = connection.prepare_cached(&SQL)?;
        statement.query_row(params![resource_type.to_code(), id.as_str()], map).optional()
    };
    run().map_err(engine_error)
}

/// The newest version of a resource by its number.
pub(super) fn by_rid(connection: &Connection, rid: i64) -> Result<Option<Row>, EngineError> {
    static SQL: LazyLock<String> = LazyLock::new(|| {
        format!(
            "SELECT {}, c.body FROM resource r JOIN content c ON c.rid = r.rid LEFT JOIN patient p ON p.num = r.patient \
             WHERE r.rid = ?1",
            COLUMNS.replace("v.", "r.")
        )
    });
    let run = || connection.prepare_cached(&SQL)?.query_row(params![rid], map).optional();
    run().map_err(engine_error)
}

/// One version that is no longer the newest.
pub(super) fn earlier(connection: &Connection, rid: i64, version: i64) -> Result<Option<Row>, EngineError> {
    static SQL: LazyLock<String> = LazyLock::new(|| {
        format!(
            "SELECT {COLUMNS}, v.body FROM history v JOIN resource r ON r.rid = v.rid \
             LEFT JOIN patient p ON p.num = r.patient WHERE v.rid = ?1 AND v.version = ?2"
        )
    });
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
        format!(
            "SELECT {}, c.body FROM resource r JOIN content c ON c.rid = r.rid LEFT JOIN patient p ON p.num = r.patient \
             WHERE r.patient = ?1 AND r.type = ?2 AND r.deleted = 0 ORDER BY r.rid LIMIT ?3",
            COLUMNS.replace("v.", "r.")
        )
    });
    let run = || {
        let mut statement = connection.prepare_cached(&SQL)?;
        let rows = statement.query_map(params![patient, resource_type.to_code(), limit], map)?;
        rows.collect::<rusqlite::Result<Vec<Row>>>()
    };
    run().map_err(engine_error)
}
