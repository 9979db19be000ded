//! Statements of histories, the same on every engine.

use varde_base::ResourceId;
use varde_fhir::ResourceType;
use varde_fhir::search::Cursor;

use super::builder::Sql;
use super::cursor::{Mark, SortValue};
use super::keys::fnv1a_64;
use crate::engine::{EngineError, Row, Visibility};
use crate::types::{HistoryScope, HistoryWindow};

/// Where a page ended: time, resource and version, newest first by each.
pub(crate) type Place = (i64, i64, i64);

impl HistoryScope {
    /// The type of all that is asked for.
    pub(crate) const fn resource_type(&self) -> Option<ResourceType> {
        match self {
            Self::Instance(resource_type, _) | Self::Type(resource_type) => Some(*resource_type),
            Self::System => None,
        }
    }
}

/// What a history is, apart from where its page starts and how long it is.
pub(crate) fn fingerprint(scope: &HistoryScope, window: HistoryWindow) -> u64 {
    fnv1a_64(format!("{scope:?}{window:?}").as_bytes())
}

/// Where the page after one that ends with this version starts.
pub(crate) fn cursor_of(fingerprint: u64, row: &Row) -> Cursor {
    let version = i64::try_from(row.version).unwrap_or(i64::MAX);
    let of_type = SortValue::Text(row.resource_type.name().to_owned());
    let keys = vec![SortValue::Int(row.updated.as_microsecond()), SortValue::Int(version), of_type];
    Mark::at(fingerprint, keys, row).to_cursor()
}

/// Where a page of a history starts, but for the number of the resource that the cursor names.
pub(crate) struct After {
    micros: i64,
    version: i64,
    /// What it names.
    pub(crate) resource_type: ResourceType,
    /// What it names.
    pub(crate) id: ResourceId,
}

impl After {
    /// Reads a cursor of this history.
    pub(crate) fn read(cursor: &Cursor, fingerprint: u64) -> Result<Self, EngineError> {
        let (mark, id) = Mark::from_cursor(cursor, fingerprint, 3).ok_or(EngineError::Cursor)?;
        match mark.keys.as_slice() {
            [SortValue::Int(micros), SortValue::Int(version), SortValue::Text(of_type)] => {
                let resource_type = ResourceType::from_name(of_type).ok_or(EngineError::Cursor)?;
                Ok(Self { micros: *micros, version: *version, resource_type, id })
            }
            _ => Err(EngineError::Cursor),
        }
    }

    /// The place, with the newest version of what the cursor names. What may not be seen is no place, as what is not there.
    pub(crate) fn place(&self, row: Option<Row>, visible: &Visibility) -> Result<Place, EngineError> {
        let row = row.filter(|row| visible.shows(row)).ok_or(EngineError::Cursor)?;
        Ok((self.micros, row.rid, self.version))
    }
}

/// Whose versions.
pub(crate) enum Only {
    /// One resource's, by its number.
    Resource(i64),
    /// One type's.
    Type(ResourceType),
    /// All.
    Everything,
}

/// What of a history is asked for, alike for present and for superseded versions.
pub(crate) struct Part {
    /// What may be seen.
    pub(crate) allowed: Sql,
    /// By time.
    pub(crate) window: HistoryWindow,
    /// Where the page before ended.
    pub(crate) after: Option<Place>,
    /// Most places.
    pub(crate) limit: i64,
}

/// The newest places of `v` in the tables of `from`, where `joined` ties them to the resource `r` whose labels decide, and `next` the
/// history's `n` to `v` where the number of a resource alone does not find it.
pub(crate) fn statement(from: &str, v: &str, joined: &str, next: &str, only: &Only, part: &Part) -> Sql {
    let mut sql = Sql::raw(&format!("SELECT {v}.updated_micros, {v}.rid, {v}.version, r.patient FROM {from} WHERE "));
    match only {
        Only::Resource(rid) => sql.push(v).push(".rid = ").int(*rid),
        Only::Type(resource_type) => sql.push(v).push(".type = ").int(i64::from(resource_type.to_code())),
        Only::Everything => sql.push("1 = 1"),
    };
    if let Some((micros, rid, version)) = part.after {
        sql.push(&format!(" AND ({v}.updated_micros, {v}.rid, {v}.version) < ("));
        sql.int(micros).push(", ").int(rid).push(", ").int(version).push(")");
    }
    if let Some(since) = part.window.since_micros {
        sql.push(&format!(" AND {v}.updated_micros >= ")).int(since);
    }
    if let Some((first, last)) = part.window.at_micros {
        sql.push(&format!(" AND {v}.updated_micros <= ")).int(last);
        // A version was the newest until the next was written, which lies in the history or is the present one.
        let next = format!(
            "SELECT n.updated_micros FROM history AS n WHERE n.rid = {v}.rid AND n.version = {v}.version + 1{next}"
        );
        sql.push(&format!(" AND ({v}.version = r.version OR coalesce(({next}), r.updated_micros) > "))
            .int(first)
            .push(")");
    }
    sql.push(joined).add(part.allowed.clone());
    sql.push(&format!(" ORDER BY {v}.updated_micros DESC, {v}.rid DESC, {v}.version DESC LIMIT ")).int(part.limit);
    sql
}
