//! Statements of histories, the same on every engine.

use varde_fhir::ResourceType;
use varde_fhir::search::Cursor;

use super::builder::Sql;
use super::cursor::{Position, SortValue};
use super::keys::fnv1a_64;
use crate::types::HistoryScope;

/// Where a page ended: time, resource and version, newest first by each.
pub(crate) type Place = (i64, i64, i64);

/// What a history is, apart from where its page starts and how long it is.
pub(crate) fn fingerprint(scope: &HistoryScope) -> u64 {
    fnv1a_64(format!("{scope:?}").as_bytes())
}

/// Where the page after one that ends here starts.
pub(crate) fn cursor_of(fingerprint: u64, (micros, rid, version): Place) -> Cursor {
    Position::new(fingerprint, vec![SortValue::Int(micros), SortValue::Int(version)], rid).to_cursor()
}

/// Where a cursor of this history stands.
pub(crate) fn place(cursor: &Cursor, fingerprint: u64) -> Option<Place> {
    let position = Position::from_cursor(cursor, fingerprint, 2)?;
    match position.keys.as_slice() {
        [SortValue::Int(micros), SortValue::Int(version)] => Some((*micros, position.rid, *version)),
        _ => None,
    }
}

/// Whose versions.
pub(crate) enum Only {
    /// One resource's, by its number.
    Resource(i64),
    /// One type's.
    Type(ResourceType),
}

/// The newest places of `v` in the tables of `from`, where `joined` ties them to the resource `r` whose labels decide.
pub(crate) fn statement(
    from: &str,
    v: &str,
    joined: &str,
    only: &Only,
    allowed: &Sql,
    after: Option<Place>,
    limit: i64,
) -> Sql {
    let mut sql = Sql::raw(&format!("SELECT {v}.updated_micros, {v}.rid, {v}.version FROM {from} WHERE "));
    match only {
        Only::Resource(rid) => sql.push(v).push(".rid = ").int(*rid),
        Only::Type(resource_type) => sql.push(v).push(".type = ").int(i64::from(resource_type.to_code())),
    };
    if let Some((micros, rid, version)) = after {
        sql.push(&format!(" AND ({v}.updated_micros, {v}.rid, {v}.version) < ("));
        sql.int(micros).push(", ").int(rid).push(", ").int(version).push(")");
    }
    sql.push(joined).add(allowed.clone());
    sql.push(&format!(" ORDER BY {v}.updated_micros DESC, {v}.rid DESC, {v}.version DESC LIMIT ")).int(limit);
    sql
}
