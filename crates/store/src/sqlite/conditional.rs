//! What is kept of the labels of resources that are released later or belong to a referral.

use rusqlite::{Connection, params};
use varde_rights::{ItemLabel, Labels};

use crate::engine::{Conditional, ConditionalColumns, EngineError};

use super::cache::View;
use super::errors::engine_error;

/// Whether a stored label says that there is more kept here.
fn is_kept(item: u8) -> bool {
    let flags = ItemLabel::DELAYED.with(ItemLabel::REFERRED);
    ItemLabel::from_number(item).is_none_or(|label| label.any(flags))
}

/// Puts what these labels need in the place of what was kept before: whose it was and its stored label, when there was one.
pub(super) fn replace(
    connection: &Connection,
    rid: i64,
    before: Option<(i64, u8)>,
    now: Option<(i64, &Labels)>,
) -> Result<(), EngineError> {
    let run = || -> rusqlite::Result<()> {
        if let Some((patient, _)) = before.filter(|(_, item)| is_kept(*item)) {
            connection
                .prepare_cached("DELETE FROM conditional WHERE patient = ?1 AND rid = ?2")?
                .execute([patient, rid])?;
        }
        let kept = now.and_then(|(patient, labels)| Some((patient, Conditional::of(rid, labels)?)));
        if let Some((patient, kept)) = kept {
            let columns = kept.columns(patient);
            let values = params![
                patient,
                rid,
                columns.service,
                columns.item,
                columns.visible_micros,
                columns.referral,
                columns.checksum
            ];
            connection
                .prepare_cached("INSERT INTO conditional VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)")?
                .execute(values)?;
        }
        Ok(())
    };
    run().map_err(engine_error)
}

/// All that is kept for a patient, in order of the resources' numbers.
pub(super) fn of_patient(view: View<'_>, patient: i64, limit: u32) -> Result<Vec<Conditional>, EngineError> {
    let run = || {
        let mut statement = view.prepare_cached(
            "SELECT rid, service, item_label, visible_micros, referral, checksum FROM conditional \
             WHERE patient = ?1 ORDER BY rid LIMIT ?2",
        )?;
        let map = |row: &rusqlite::Row<'_>| {
            Ok(ConditionalColumns {
                rid: row.get(0)?,
                service: row.get(1)?,
                item: row.get(2)?,
                visible_micros: row.get(3)?,
                referral: row.get(4)?,
                checksum: row.get(5)?,
            })
        };
        statement.query_map(params![patient, limit], map)?.collect::<rusqlite::Result<Vec<_>>>()
    };
    let damaged = || EngineError::Fault("when a resource is released is damaged".to_owned());
    let rows = run().map_err(engine_error)?.into_iter();
    rows.map(|columns| Conditional::from_columns(columns, patient).ok_or_else(damaged)).collect()
}
