//! Versions, newest first.

use rusqlite::Connection;
use varde_fhir::ResourceType;
use varde_fhir::search::Cursor;

use crate::engine::{EngineError, Rows, Visibility};
use crate::sql::builder::Sql;
use crate::sql::cursor::{Position, SortValue};
use crate::sql::keys::fnv1a_64;
use crate::sql::search::seen;
use crate::types::{HistoryScope, HistoryWindow};

use super::cache::View;
use super::readers::query;
use super::rows;

/// Where a page ended: time, resource and version, newest first by each.
type Place = (i64, i64, i64);

pub(super) fn history(
    view: View<'_>,
    (scope, window): (&HistoryScope, HistoryWindow),
    visible: &Visibility,
    count: u32,
    cursor: Option<&Cursor>,
) -> Result<Rows, EngineError> {
    let fingerprint = fnv1a_64(format!("{scope:?}{window:?}").as_bytes());
    let after = match cursor {
        None => None,
        Some(cursor) => Some(place(cursor, fingerprint).ok_or(EngineError::Cursor)?),
    };
    let part = Part { allowed: seen(&super::search::seen(view, visible)?, false), window, after };
    let limit = i64::from(count) + 1;
    let mut places: Vec<Place> = Vec::new();
    match scope {
        HistoryScope::Instance(resource_type, id) => {
            let Some(row) = rows::read(view, *resource_type, id)? else { return Ok(Rows::default()) };
            places.extend(of(&view, &Only::Resource(row.rid), &part, limit)?);
        }
        HistoryScope::Type(resource_type) => {
            places.extend(of(&view, &Only::Type(*resource_type), &part, limit)?);
        }
        // The index leads with the type, so the whole system is the newest of each type's newest.
        HistoryScope::System => {
            for resource_type in ResourceType::all() {
                places.extend(of(&view, &Only::Type(resource_type), &part, limit)?);
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
    let next = places.last().filter(|_| more).map(|(micros, rid, version)| {
        Position::new(fingerprint, vec![SortValue::Int(*micros), SortValue::Int(*version)], *rid).to_cursor()
    });
    Ok(Rows { matches, next, total: None })
}

fn place(cursor: &Cursor, fingerprint: u64) -> Option<Place> {
    let position = Position::from_cursor(cursor, fingerprint, 2)?;
    match position.keys.as_slice() {
        [SortValue::Int(micros), SortValue::Int(version)] => Some((*micros, position.rid, *version)),
        _ => None,
    }
}

enum Only {
    Resource(i64),
    Type(ResourceType),
}

/// What restricts both tables alike.
struct Part {
    allowed: Sql,
    window: HistoryWindow,
    after: Option<Place>,
}

/// The newest places among present and superseded versions.
fn of(connection: &Connection, only: &Only, part: &Part, limit: i64) -> Result<Vec<Place>, EngineError> {
    let present = from("resource AS r", "r", only, part);
    let mut out = query(connection, &newest(present, "r", limit), map)?;
    let mut superseded = from("history AS v CROSS JOIN resource AS r ON r.rid = v.rid", "v", only, part);
    if let Some((first, _)) = part.window.at_micros {
        // A version was the newest until the next was written, which lies beside it or is the present one.
        superseded.push(" AND coalesce((SELECT n.updated_micros FROM history AS n WHERE n.rid = v.rid");
        superseded.push(" AND n.version = v.version + 1), r.updated_micros) > ").int(first);
    }
    out.extend(query(connection, &newest(superseded, "v", limit), map)?);
    Ok(out)
}

fn map(row: &rusqlite::Row<'_>) -> rusqlite::Result<Place> {
    Ok((row.get(0)?, row.get(1)?, row.get(2)?))
}

fn from(from: &str, v: &str, only: &Only, part: &Part) -> Sql {
    let mut sql = Sql::raw(&format!("SELECT {v}.updated_micros, {v}.rid, {v}.version FROM {from} WHERE "));
    match only {
        Only::Resource(rid) => sql.push(v).push(".rid = ").int(*rid),
        Only::Type(resource_type) => sql.push(v).push(".type = ").int(i64::from(resource_type.to_code())),
    };
    if let Some((micros, rid, version)) = part.after {
        sql.push(&format!(" AND ({v}.updated_micros, {v}.rid, {v}.version) < ("));
        sql.int(micros).push(", ").int(rid).push(", ").int(version).push(")");
    }
    if let Some(since) = part.window.since_micros {
        sql.push(&format!(" AND {v}.updated_micros >= ")).int(since);
    }
    if let Some((_, last)) = part.window.at_micros {
        sql.push(&format!(" AND {v}.updated_micros <= ")).int(last);
    }
    sql.add(part.allowed.clone());
    sql
}

fn newest(mut sql: Sql, v: &str, limit: i64) -> Sql {
    sql.push(&format!(" ORDER BY {v}.updated_micros DESC, {v}.rid DESC, {v}.version DESC LIMIT ")).int(limit);
    sql
}
