//! Rows of the tables as our types.

use bytes::Bytes;
use deadpool_postgres::ClientWrapper;
use jiff::Timestamp;
use tokio_postgres::Row as SqlRow;
use varde_base::{PatientId, ResourceId};
use varde_fhir::ResourceType;
use varde_rights::{ItemLabel, Service};

use crate::engine::{EngineError, Row};
use crate::sql::columns::{Columns, body_checksum, resource_type};

use super::patients::Patients;
use super::pool::{column, rows};

/// Columns that [`map`] reads, of the resource `r`, its patient `p` and the version `v` with its body in `b`.
macro_rules! columns {
    ($v:literal, $b:literal) => {
        concat!(
            "r.rid, r.type, r.id, p.id, r.service, r.item_label, r.version, r.updated_micros, r.deleted, r.checksum, ",
            $v,
            ".version, ",
            $v,
            ".updated_micros, ",
            $v,
            ".deleted, ",
            $b,
            ".checksum, ",
            $b,
            ".body"
        )
    };
}

/// The newest version.
pub(super) const NEWEST: &str = columns!("r", "c");
/// How many columns [`map`] reads.
pub(super) const WIDTH: usize = 15;
/// Ties a resource `r` to its body and its patient.
pub(super) const WITH_BODY: &str =
    " JOIN content c ON c.patient = r.patient AND c.rid = r.rid LEFT JOIN patient p ON p.num = r.patient ";

fn damaged(what: &str) -> EngineError {
    EngineError::Fault(format!("a stored {what} cannot be read"))
}

/// A time as it is stored.
pub(super) fn timestamp(micros: i64) -> Result<Timestamp, EngineError> {
    Timestamp::from_microsecond(micros).map_err(|_| damaged("time"))
}

/// A stored number in the type it was written in.
pub(super) fn narrow<W, N: TryFrom<W>>(wide: W) -> Result<N, EngineError> {
    N::try_from(wide).map_err(|_| damaged("number"))
}

/// A stored version; its checksums are proved.
pub(super) fn map(row: &SqlRow) -> Result<Row, EngineError> {
    let id: &str = column(row, 2)?;
    let patient: Option<&str> = column(row, 3)?;
    let columns = Columns {
        rid: column(row, 0)?,
        resource_type: narrow(column::<i32>(row, 1)?)?,
        id,
        patient,
        service: narrow(column::<i16>(row, 4)?)?,
        item: narrow(column::<i16>(row, 5)?)?,
        version: narrow(column::<i64>(row, 6)?)?,
        updated_micros: column(row, 7)?,
        deleted: column::<i16>(row, 8)? != 0,
    };
    if columns.checksum() != column::<i32>(row, 9)?.cast_unsigned() {
        return Err(damaged("resource"));
    }
    let version: u64 = narrow(column::<i64>(row, 10)?)?;
    let body: &[u8] = column(row, 14)?;
    if body_checksum(columns.rid, version, body) != column::<i32>(row, 13)?.cast_unsigned() {
        return Err(damaged("body"));
    }
    let parsed = |text: &str| text.parse::<ResourceId>().map_err(|_| damaged("id"));
    Ok(Row {
        rid: columns.rid,
        resource_type: resource_type(columns.resource_type).ok_or_else(|| damaged("resource type"))?,
        id: parsed(id)?,
        patient: patient.map(|patient| parsed(patient).map(PatientId::new)).transpose()?,
        service: Service::from_number(columns.service).ok_or_else(|| damaged("service"))?,
        item: ItemLabel::from_number(columns.item).ok_or_else(|| damaged("item label"))?,
        version,
        updated: timestamp(column(row, 11)?)?,
        deleted: column::<i16>(row, 12)? != 0,
        body: Bytes::copy_from_slice(body),
    })
}

/// The newest version of a resource.
pub(super) async fn read(
    client: &ClientWrapper,
    resource_type: ResourceType,
    id: &ResourceId,
) -> Result<Option<Row>, EngineError> {
    const SQL: &str = concat!(
        "SELECT ",
        columns!("r", "c"),
        " FROM name n JOIN resource r ON r.patient = n.patient AND r.rid = n.rid \
         JOIN content c ON c.patient = n.patient AND c.rid = n.rid LEFT JOIN patient p ON p.num = n.patient \
         WHERE n.type = $1 AND n.id = $2"
    );
    let found = rows(client, SQL, &[&i32::from(resource_type.to_code()), &id.as_str()]).await?;
    found.first().map(map).transpose()
}

/// The newest versions of resources by type and id, those that there are.
pub(super) async fn named(client: &ClientWrapper, names: &[(u16, String)]) -> Result<Vec<Row>, EngineError> {
    const SQL: &str = concat!(
        "SELECT ",
        columns!("r", "c"),
        " FROM unnest($1::integer[], $2::text[]) WITH ORDINALITY AS u(type, id, n) \
         JOIN name m ON m.type = u.type AND m.id = u.id JOIN resource r ON r.patient = m.patient AND r.rid = m.rid \
         JOIN content c ON c.patient = m.patient AND c.rid = m.rid LEFT JOIN patient p ON p.num = m.patient ORDER BY u.n"
    );
    let (types, ids): (Vec<i32>, Vec<&str>) = names.iter().map(|(code, id)| (i32::from(*code), id.as_str())).unzip();
    rows(client, SQL, &[&types, &ids]).await?.iter().map(map).collect()
}

/// Versions of resources, present or superseded, by patient, number and version, in the order given.
pub(super) async fn versions(client: &ClientWrapper, wanted: &[(i64, i64, i64)]) -> Result<Vec<Row>, EngineError> {
    const SQL: &str = concat!(
        "SELECT ",
        columns!("r", "c"),
        ", u.n AS place FROM unnest($1::bigint[], $2::bigint[], $3::bigint[]) WITH ORDINALITY AS u(patient, rid, version, n) \
         JOIN resource r ON r.patient = u.patient AND r.rid = u.rid AND r.version = u.version \
         JOIN content c ON c.patient = r.patient AND c.rid = r.rid LEFT JOIN patient p ON p.num = r.patient \
         UNION ALL SELECT ",
        columns!("h", "h"),
        ", u.n FROM unnest($1::bigint[], $2::bigint[], $3::bigint[]) WITH ORDINALITY AS u(patient, rid, version, n) \
         JOIN resource r ON r.patient = u.patient AND r.rid = u.rid \
         JOIN history h ON h.patient = r.patient AND h.rid = r.rid AND h.version = u.version \
         LEFT JOIN patient p ON p.num = r.patient ORDER BY place"
    );
    let patients: Vec<i64> = wanted.iter().map(|(patient, ..)| *patient).collect();
    let rids: Vec<i64> = wanted.iter().map(|(_, rid, _)| *rid).collect();
    let versions: Vec<i64> = wanted.iter().map(|(.., version)| *version).collect();
    rows(client, SQL, &[&patients, &rids, &versions]).await?.iter().map(map).collect()
}

/// One version of a resource.
pub(super) async fn version(
    client: &ClientWrapper,
    patients: &Patients,
    (resource_type, id): (ResourceType, &ResourceId),
    version: u64,
) -> Result<Option<Row>, EngineError> {
    let newest = read(client, resource_type, id).await?;
    match (newest, i64::try_from(version)) {
        (Some(row), Ok(wanted)) if row.version != version => {
            let patient = patients.of(client, &row).await?;
            Ok(versions(client, &[(patient, row.rid, wanted)]).await?.pop())
        }
        (newest, Ok(_)) => Ok(newest),
        (_, Err(_)) => Ok(None),
    }
}

/// A patient's resources of one type that are not deleted, oldest first.
pub(super) async fn of_patient(
    client: &ClientWrapper,
    patients: &Patients,
    patient: &PatientId,
    resource_type: ResourceType,
    limit: u32,
) -> Result<Vec<Row>, EngineError> {
    let Some(patient) = patients.number(client, patient).await? else { return Ok(Vec::new()) };
    const SQL: &str = concat!(
        "SELECT ",
        columns!("r", "c"),
        " FROM resource r JOIN content c ON c.patient = r.patient AND c.rid = r.rid LEFT JOIN patient p ON p.num = r.patient \
         WHERE r.patient = $1 AND r.type = $2 AND r.deleted = 0 ORDER BY r.rid LIMIT $3"
    );
    let values: [&(dyn tokio_postgres::types::ToSql + Sync); 3] =
        [&patient, &i32::from(resource_type.to_code()), &i64::from(limit)];
    rows(client, SQL, &values).await?.iter().map(map).collect()
}
