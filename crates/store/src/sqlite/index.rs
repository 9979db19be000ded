//! Index rows in and out.

use std::cmp::Ordering;

use rusqlite::{Connection, params};

use crate::engine::EngineError;
use crate::sql::keys::Key;
use crate::sql::words::WordRow;

use super::errors::engine_error;

/// Writes rows in order of their keys, so that neighbours in a table are written while their page is at hand.
pub(super) fn write_sorted(connection: &Connection, rows: &mut Vec<(Key, i64, i64)>) -> Result<(), EngineError> {
    rows.sort_unstable_by(|a, b| a.partial_cmp(b).unwrap_or(Ordering::Equal));
    for (key, patient, rid) in rows.drain(..) {
        insert(connection, &key, patient, rid).map_err(engine_error)?;
    }
    Ok(())
}

fn insert(connection: &Connection, key: &Key, patient: i64, rid: i64) -> rusqlite::Result<usize> {
    let statement = |sql| connection.prepare_cached(sql);
    match key {
        Key::Token { param, value } => {
            statement("INSERT INTO index_token VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING")?
                .execute(params![param, value, patient, rid])
        }
        Key::String { param, value, exact } => {
            statement("INSERT INTO index_string VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING")?
                .execute(params![param, value, patient, rid, exact])
        }
        Key::Reference { param, value, target } => {
            statement("INSERT INTO index_reference VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING")?
                .execute(params![param, value, target, patient, rid])
        }
        Key::Uri { param, value } => statement("INSERT INTO index_uri VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING")?
            .execute(params![param, value, patient, rid]),
        Key::Date { param, low, high } => {
            statement("INSERT INTO index_date VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING")?
                .execute(params![param, patient, low, high, rid])
        }
        Key::Number { param, low, high } => {
            statement("INSERT INTO index_number VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING")?
                .execute(params![param, patient, low, high, rid])
        }
        Key::Quantity { param, low, high, unit } => {
            statement("INSERT INTO index_quantity VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING")?
                .execute(params![param, patient, low, high, rid, unit])
        }
        Key::Pair { param, value, low, high, second } => {
            statement("INSERT INTO index_pair VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT DO NOTHING")?
                .execute(params![param, value, patient, low, high, rid, second])
        }
    }
}

/// Writes what codes are called and which units occur.
pub(super) fn write_words(connection: &Connection, words: &[WordRow]) -> Result<(), EngineError> {
    let run = || {
        for WordRow { param, text, value } in words {
            connection
                .prepare_cached("INSERT INTO index_word VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING")?
                .execute(params![param, text, value])?;
        }
        Ok(())
    };
    run().map_err(engine_error)
}

/// Takes one row out.
pub(super) fn remove(connection: &Connection, key: &Key, patient: i64, rid: i64) -> Result<(), EngineError> {
    let statement = |sql| connection.prepare_cached(sql);
    let run = || match key {
        Key::Token { param, value } => {
            statement("DELETE FROM index_token WHERE param = ?1 AND value = ?2 AND patient = ?3 AND rid = ?4")?
                .execute(params![param, value, patient, rid])
        }
        Key::String { param, value, exact } => statement(
            "DELETE FROM index_string WHERE param = ?1 AND value = ?2 AND patient = ?3 AND rid = ?4 AND exact = ?5",
        )?
        .execute(params![param, value, patient, rid, exact]),
        Key::Reference { param, value, target } => statement(
            "DELETE FROM index_reference WHERE param = ?1 AND value = ?2 AND target = ?3 AND patient = ?4 AND rid = ?5",
        )?
        .execute(params![param, value, target, patient, rid]),
        Key::Uri { param, value } => {
            statement("DELETE FROM index_uri WHERE param = ?1 AND value = ?2 AND patient = ?3 AND rid = ?4")?
                .execute(params![param, value, patient, rid])
        }
        Key::Date { param, low, high } => statement(
            "DELETE FROM index_date WHERE param = ?1 AND patient = ?2 AND low = ?3 AND high = ?4 AND rid = ?5",
        )?
        .execute(params![param, patient, low, high, rid]),
        Key::Number { param, low, high } => statement(
            "DELETE FROM index_number WHERE param = ?1 AND patient = ?2 AND low = ?3 AND high = ?4 AND rid = ?5",
        )?
        .execute(params![param, patient, low, high, rid]),
        Key::Quantity { param, low, high, unit } => statement(
            "DELETE FROM index_quantity \
             WHERE param = ?1 AND patient = ?2 AND low = ?3 AND high = ?4 AND rid = ?5 AND unit = ?6",
        )?
        .execute(params![param, patient, low, high, rid, unit]),
        Key::Pair { param, value, low, high, second } => statement(
            "DELETE FROM index_pair \
             WHERE param = ?1 AND value = ?2 AND patient = ?3 AND low = ?4 AND high = ?5 AND rid = ?6 AND second = ?7",
        )?
        .execute(params![param, value, patient, low, high, rid, second]),
    };
    run().map(drop).map_err(engine_error)
}
