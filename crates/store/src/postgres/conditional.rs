//! What is kept of the labels of resources that are released later or belong to a referral.

use deadpool_postgres::ClientWrapper;
use varde_base::PatientId;
use varde_rights::Labels;

use crate::engine::{Conditional, ConditionalColumns, EngineError};

use super::patients::Patients;
use super::pipeline::Pipeline;
use super::pool::{column, rows};
use super::rows::narrow;

const DELETE: &str = "DELETE FROM conditional AS c USING unnest($1::bigint[], $2::bigint[]) AS u(patient, rid) \
     WHERE c.patient = u.patient AND c.rid = u.rid";
const INSERT: &str = "INSERT INTO conditional(patient, rid, service, item_label, visible_micros, referral, checksum) \
     SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::smallint[], $4::smallint[], $5::bigint[], $6::text[], $7::integer[])";

/// What a batch changes, gathered as arrays.
#[derive(Default)]
pub(super) struct Gathered {
    before: (Vec<i64>, Vec<i64>),
    patients: Vec<i64>,
    rids: Vec<i64>,
    services: Vec<i16>,
    items: Vec<i16>,
    visible: Vec<i64>,
    referrals: Vec<String>,
    checksums: Vec<i32>,
}

impl Gathered {
    /// What was kept of a resource that was `patient`'s is no more.
    pub(super) fn forget(&mut self, patient: i64, rid: i64) {
        self.before.0.push(patient);
        self.before.1.push(rid);
    }

    /// Keeps what these labels need in the place of what was kept when the resource was `before`'s.
    pub(super) fn replace(&mut self, before: Option<i64>, patient: i64, rid: i64, labels: &Labels) {
        if let Some(before) = before {
            self.forget(before, rid);
        }
        let Some(kept) = Conditional::of(rid, labels) else { return };
        let columns = kept.columns(patient);
        self.patients.push(patient);
        self.rids.push(rid);
        self.services.push(i16::from(columns.service));
        self.items.push(i16::from(columns.item));
        self.visible.push(columns.visible_micros);
        self.referrals.push(columns.referral);
        self.checksums.push(columns.checksum.cast_signed());
    }

    /// Adds the statements: what goes first.
    pub(super) async fn send<'a>(&'a self, pipeline: &mut Pipeline<'a>) -> Result<(), EngineError> {
        if !self.before.0.is_empty() {
            pipeline.add(DELETE, vec![&self.before.0, &self.before.1]).await?;
        }
        if !self.rids.is_empty() {
            let Self { patients, rids, services, items, visible, referrals, checksums, .. } = self;
            pipeline.add(INSERT, vec![patients, rids, services, items, visible, referrals, checksums]).await?;
        }
        Ok(())
    }
}

/// All that is kept for a patient, in order of the resources' numbers.
pub(super) async fn of_patient(
    client: &ClientWrapper,
    patients: &Patients,
    patient: &PatientId,
    limit: u32,
) -> Result<Vec<Conditional>, EngineError> {
    const SQL: &str = "SELECT rid, service, item_label, visible_micros, referral, checksum FROM conditional \
         WHERE patient = $1 ORDER BY rid LIMIT $2";
    let Some(patient) = patients.number(client, patient).await? else { return Ok(Vec::new()) };
    let damaged = || EngineError::Fault("when a resource is released is damaged".to_owned());
    let found = rows(client, SQL, &[&patient, &i64::from(limit)]).await?;
    let read = |row: &tokio_postgres::Row| {
        let columns = ConditionalColumns {
            rid: column(row, 0)?,
            service: narrow(column::<i16>(row, 1)?)?,
            item: narrow(column::<i16>(row, 2)?)?,
            visible_micros: column(row, 3)?,
            referral: column(row, 4)?,
            checksum: column::<i32>(row, 5)?.cast_unsigned(),
        };
        Conditional::from_columns(columns, patient).ok_or_else(damaged)
    };
    found.iter().map(read).collect()
}
