//! Versions, newest first.

use rusqlite::Connection;
use varde_fhir::ResourceType;
use varde_fhir::search::Cursor;

use crate::engine::{EngineError, Rows, Visibility};
use crate::sql::history::{After, Only, Part, Place, cursor_of, fingerprint, statement};
use crate::sql::search::seen;
use crate::types::{HistoryScope, HistoryWindow};

use super::cache::View;
use super::readers::query;
use super::rows;

pub(super) fn history(
    view: View<'_>,
    (scope, window): (&HistoryScope, HistoryWindow),
    visible: &Visibility,
    count: u32,
    cursor: Option<&Cursor>,
) -> Result<Rows, EngineError> {
    let fingerprint = fingerprint(scope, window);
    let after = match cursor {
        None => None,
        Some(cursor) => {
            let after = After::read(cursor, fingerprint)?;
            let row = rows::read(view, after.resource_type, &after.id)?;
            Some(after.place(row, visible)?)
        }
    };
    let allowed = seen(&super::search::seen(view, visible)?, false, scope.resource_type());
    let part = Part { allowed, window, after, limit: i64::from(count) + 1 };
    let mut places: Vec<Place> = Vec::new();
    match scope {
        HistoryScope::Instance(resource_type, id) => {
            let Some(row) = rows::read(view, *resource_type, id)? else { return Ok(Rows::default()) };
            places.extend(of(&view, &Only::Resource(row.rid), &part)?);
        }
        HistoryScope::Type(resource_type) => {
            places.extend(of(&view, &Only::Type(*resource_type), &part)?);
        }
        // The index leads with the type, so the whole system is the newest of each type's newest.
        HistoryScope::System => {
            for resource_type in ResourceType::all() {
                places.extend(of(&view, &Only::Type(resource_type), &part)?);
            }
        }
    }
    places.sort_unstable_by(|a, b| b.cmp(a));
    let count = usize::try_from(count).unwrap_or(usize::MAX);
    let more = places.len() > count;
    places.truncate(count);
    let mut matches = Vec::with_capacity(places.len());
    for (_, rid, version) in &places {
        let newest = rows::by_rid(view, *rid)?;
        let is_newest = newest.as_ref().is_some_and(|row| i64::try_from(row.version) == Ok(*version));
        matches.extend(if is_newest { newest } else { rows::earlier(&view, *rid, *version)? });
    }
    let next = matches.last().filter(|_| more).map(|row| cursor_of(fingerprint, row));
    Ok(Rows { matches, next, total: None })
}

/// The newest places among present and superseded versions.
fn of(connection: &Connection, only: &Only, part: &Part) -> Result<Vec<Place>, EngineError> {
    let mut out = query(connection, &statement("resource AS r", "r", "", "", only, part), map)?;
    let from = "history AS v CROSS JOIN resource AS r";
    out.extend(query(connection, &statement(from, "v", " AND r.rid = v.rid", "", only, part), map)?);
    Ok(out)
}

fn map(row: &rusqlite::Row<'_>) -> rusqlite::Result<Place> {
    Ok((row.get(0)?, row.get(1)?, row.get(2)?))
}
