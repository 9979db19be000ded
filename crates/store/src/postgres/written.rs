//! What a batch writes to `name`, `resource`, `content` and `history`, gathered as arrays.

use deadpool_postgres::ClientWrapper;
use tokio_postgres::types::ToSql;

use crate::engine::EngineError;
use crate::pack::{Kind, pack};
use crate::sql::columns::Columns;

use super::apply::checksum;
use super::pipeline::Pipeline;
use super::pool::execute;

/// Rows of resources that are new or have a new version.
#[derive(Default)]
struct Resources {
    rids: Vec<i64>,
    types: Vec<i32>,
    ids: Vec<String>,
    patients: Vec<i64>,
    versions: Vec<i64>,
    times: Vec<i64>,
    deleted: Vec<i16>,
    services: Vec<i16>,
    items: Vec<i16>,
    checksums: Vec<i32>,
    /// Packed.
    bodies: Vec<Vec<u8>>,
    lists: Vec<Vec<u8>>,
    body_checksums: Vec<i32>,
}

impl Resources {
    fn push(&mut self, columns: &Columns<'_>, patient: i64, body: &[u8], list: Vec<u8>) {
        self.rids.push(columns.rid);
        self.types.push(i32::from(columns.resource_type));
        self.ids.push(columns.id.to_owned());
        self.patients.push(patient);
        self.versions.push(columns.version.cast_signed());
        self.times.push(columns.updated_micros);
        self.deleted.push(i16::from(columns.deleted));
        self.services.push(i16::from(columns.service));
        self.items.push(i16::from(columns.item));
        self.checksums.push(columns.checksum().cast_signed());
        self.body_checksums.push(checksum(columns.rid, columns.version, body));
        self.bodies.push(pack(Kind::Body, body));
        self.lists.push(list);
    }
}

/// What is to be sent.
#[derive(Default)]
pub(super) struct Gathered {
    new: Resources,
    changed: Resources,
    /// Whose each changed resource was until now.
    before: Vec<i64>,
    /// What does not fit beside a resource.
    pub(super) conditional: super::conditional::Gathered,
}

const NAME: &str = "INSERT INTO name(type, id, patient, rid) \
     SELECT * FROM unnest($1::integer[], $2::text[], $3::bigint[], $4::bigint[])";
const RESOURCE: &str = "INSERT INTO resource(rid, type, id, patient, version, updated_micros, deleted, service, item_label, checksum) \
     SELECT * FROM unnest($1::bigint[], $2::integer[], $3::text[], $4::bigint[], $5::bigint[], $6::bigint[], $7::smallint[], \
     $8::smallint[], $9::smallint[], $10::integer[])";
const CONTENT: &str = "INSERT INTO content(rid, patient, body, entries, checksum) \
     SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bytea[], $4::bytea[], $5::integer[])";
/// The version that is superseded.
const KEEP: &str = "INSERT INTO history(rid, patient, version, type, updated_micros, deleted, body, checksum) \
     SELECT r.rid, r.patient, r.version, r.type, r.updated_micros, r.deleted, c.body, c.checksum \
     FROM unnest($1::bigint[], $2::bigint[]) AS u(patient, rid) \
     JOIN resource r ON r.patient = u.patient AND r.rid = u.rid JOIN content c ON c.patient = u.patient AND c.rid = u.rid";
const UPDATE: &str = "UPDATE resource AS r SET patient = u.patient, version = u.version, updated_micros = u.updated_micros, \
     deleted = u.deleted, service = u.service, item_label = u.item_label, checksum = u.checksum \
     FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::smallint[], $7::smallint[], \
     $8::smallint[], $9::integer[]) \
     AS u(before, rid, patient, version, updated_micros, deleted, service, item_label, checksum) \
     WHERE r.patient = u.before AND r.rid = u.rid";
const REPLACE: &str = "UPDATE content AS c SET patient = u.patient, body = u.body, entries = u.entries, checksum = u.checksum \
     FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bytea[], $5::bytea[], $6::integer[]) \
     AS u(before, rid, patient, body, entries, checksum) WHERE c.patient = u.before AND c.rid = u.rid";
/// A resource that is somebody else's now takes its name and its history along.
const MOVE: [&str; 2] = [
    "UPDATE name AS n SET patient = u.patient FROM unnest($1::integer[], $2::text[], $3::bigint[]) AS u(type, id, patient) \
     WHERE n.type = u.type AND n.id = u.id",
    "UPDATE history AS h SET patient = u.patient FROM unnest($1::bigint[], $2::bigint[], $3::bigint[]) \
     AS u(before, rid, patient) WHERE h.patient = u.before AND h.rid = u.rid AND u.before <> u.patient",
];

impl Gathered {
    /// A resource that never was before.
    pub(super) fn insert(&mut self, columns: &Columns<'_>, patient: i64, body: &[u8], list: Vec<u8>) {
        self.new.push(columns, patient, body, list);
    }

    /// A new version of a resource that was `before`'s.
    pub(super) fn update(&mut self, before: i64, columns: &Columns<'_>, patient: i64, body: &[u8], list: Vec<u8>) {
        self.before.push(before);
        self.changed.push(columns, patient, body, list);
    }

    /// Sends everything in one go, in an order that holds whatever was there: history first.
    pub(super) async fn send(self, client: &ClientWrapper) -> Result<(), EngineError> {
        let (new, changed, before) = (&self.new, &self.changed, &self.before);
        let mut pipeline = Pipeline::new(client);
        if !new.rids.is_empty() {
            pipeline.add(NAME, vec![&new.types, &new.ids, &new.patients, &new.rids]).await?;
            let columns: Vec<&(dyn ToSql + Sync)> = vec![
                &new.rids,
                &new.types,
                &new.ids,
                &new.patients,
                &new.versions,
                &new.times,
                &new.deleted,
                &new.services,
                &new.items,
                &new.checksums,
            ];
            pipeline.add(RESOURCE, columns).await?;
            let columns: Vec<&(dyn ToSql + Sync)> =
                vec![&new.rids, &new.patients, &new.bodies, &new.lists, &new.body_checksums];
            pipeline.add(CONTENT, columns).await?;
        }
        if !changed.rids.is_empty() {
            pipeline.add(KEEP, vec![before, &changed.rids]).await?;
            let columns: Vec<&(dyn ToSql + Sync)> = vec![
                before,
                &changed.rids,
                &changed.patients,
                &changed.versions,
                &changed.times,
                &changed.deleted,
                &changed.services,
                &changed.items,
                &changed.checksums,
            ];
            pipeline.add(UPDATE, columns).await?;
            let columns: Vec<&(dyn ToSql + Sync)> = vec![
                before,
                &changed.rids,
                &changed.patients,
                &changed.bodies,
                &changed.lists,
                &changed.body_checksums,
            ];
            pipeline.add(REPLACE, columns).await?;
            if *before != changed.patients {
                let [name, history] = MOVE;
                pipeline.add(name, vec![&changed.types, &changed.ids, &changed.patients]).await?;
                pipeline.add(history, vec![before, &changed.rids, &changed.patients]).await?;
            }
        }
        self.conditional.send(&mut pipeline).await?;
        pipeline.run().await
    }
}

/// Lists of index rows that are written anew.
#[derive(Default)]
pub(super) struct Lists {
    patients: Vec<i64>,
    rids: Vec<i64>,
    lists: Vec<Vec<u8>>,
}

impl Lists {
    pub(super) fn add(&mut self, patient: i64, rid: i64, list: Vec<u8>) {
        self.patients.push(patient);
        self.rids.push(rid);
        self.lists.push(list);
    }

    pub(super) async fn send(self, client: &ClientWrapper) -> Result<(), EngineError> {
        const SQL: &str = "UPDATE content AS c SET entries = u.entries \
             FROM unnest($1::bigint[], $2::bigint[], $3::bytea[]) AS u(patient, rid, entries) \
             WHERE c.patient = u.patient AND c.rid = u.rid";
        if self.rids.is_empty() {
            return Ok(());
        }
        execute(client, SQL, &[&self.patients, &self.rids, &self.lists]).await.map(drop)
    }
}
