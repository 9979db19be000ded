//! Positions in a sorted answer, as opaque text: form number, fingerprint of the search, sort keys and id of the last match.
//!
//! It says nothing that the last match did not. Numbers of this database stay inside: they grow with what others may not know of, so they
//! are looked up again when the next page is asked for ([decision](../../../../docs/decisions/0011-cursors.md)).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use varde_base::ResourceId;
use varde_fhir::search::{Cursor, Query};

use super::builder::Value;
use super::keys::fnv1a_64;
use crate::engine::Row;

/// Raised when the meaning of a cursor changes; older ones are then refused.
const FORM: u8 = 2;
/// A cursor holds at most a few sort keys.
const LONGEST_BYTES: usize = 8_192;

/// A sort key of the last match.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) enum SortValue {
    #[serde(rename = "n")]
    Null,
    #[serde(rename = "i")]
    Int(i64),
    #[serde(rename = "r")]
    Real(f64),
    #[serde(rename = "t")]
    Text(String),
    #[serde(rename = "b")]
    Blob(Vec<u8>),
}

impl SortValue {
    /// As a value to bind; `None` for null.
    pub(crate) fn bound(&self) -> Option<Value> {
        match self {
            Self::Null => None,
            Self::Int(v) => Some(Value::Int(*v)),
            Self::Real(v) => Some(Value::Real(*v)),
            Self::Text(v) => Some(Value::Text(v.clone())),
            Self::Blob(v) => Some(Value::Blob(v.clone())),
        }
    }
}

/// Where a page ends, in the numbers of this database.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Position {
    pub(crate) keys: Vec<SortValue>,
    pub(crate) rid: i64,
}

/// The same as a cursor has it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Mark {
    form: u8,
    fingerprint: u64,
    pub(crate) keys: Vec<SortValue>,
    id: String,
}

impl Mark {
    /// The end of a page whose last match is `row`.
    pub(crate) fn at(fingerprint: u64, keys: Vec<SortValue>, row: &Row) -> Self {
        Self { form: FORM, fingerprint, keys, id: row.id.as_str().to_owned() }
    }

    pub(crate) fn to_cursor(&self) -> Cursor {
        Cursor(URL_SAFE_NO_PAD.encode(serde_json::to_vec(self).unwrap_or_default()))
    }

    /// Reads a cursor that belongs to the search with this fingerprint and number of keys, with the id of the last match. Whoever sent it may have
    /// made it: what it names counts only as far as the one who asks may see it.
    pub(crate) fn from_cursor(cursor: &Cursor, fingerprint: u64, keys: usize) -> Option<(Self, ResourceId)> {
        if cursor.0.len() > LONGEST_BYTES {
            return None;
        }
        let mark: Self = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(&cursor.0).ok()?).ok()?;
        let ours = mark.form == FORM && mark.fingerprint == fingerprint && mark.keys.len() == keys;
        let id = mark.id.parse().ok().filter(|_| ours)?;
        Some((mark, id))
    }
}

/// What a search is, apart from where its page starts and how long it is.
pub(crate) fn fingerprint(query: &Query) -> u64 {
    const NOT_THE_SEARCH: [&str; 8] =
        ["_count", "cursor", "_page", "_total", "_include", "_format", "_summary", "_elements"];
    let mut text = String::from(query.resource_type.name());
    for (name, value) in &query.canonical {
        if !NOT_THE_SEARCH.contains(&name.as_str()) {
            text.push_str(&format!("\u{0}{name}\u{1}{value}"));
        }
    }
    for key in &query.sort {
        text.push_str(&format!("\u{0}{key:?}"));
    }
    fnv1a_64(text.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_of_another_search_is_refused() {
        let mark = |id: &str| Mark {
            form: FORM,
            fingerprint: 7,
            keys: vec![SortValue::Null, SortValue::Real(1.5)],
            id: id.to_owned(),
        };
        let cursor = mark("a").to_cursor();
        assert_eq!(Mark::from_cursor(&cursor, 7, 2), Some((mark("a"), "a".parse().unwrap())));
        assert_eq!(Mark::from_cursor(&cursor, 8, 2), None);
        assert_eq!(Mark::from_cursor(&cursor, 7, 1), None);
        assert_eq!(Mark::from_cursor(&mark("not an id").to_cursor(), 7, 2), None);
        assert_eq!(Mark::from_cursor(&Mark { form: 1, ..mark("a") }.to_cursor(), 7, 2), None);
        assert_eq!(Mark::from_cursor(&Cursor("x".into()), 7, 2), None);
        assert_eq!(Mark::from_cursor(&Cursor("A".repeat(9_000)), 7, 2), None);
    }
}
