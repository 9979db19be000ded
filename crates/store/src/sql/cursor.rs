//! Positions in a sorted answer, as opaque text: form number, fingerprint of the search, sort keys and resource number of the
//! last match. It says nothing that the last match did not.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use varde_fhir::search::{Cursor, Query};

use super::builder::Value;
use super::keys::fnv1a_64;

/// Raised when the meaning of a cursor changes; older ones are then refused.
const FORM: u8 = 1;
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

/// Where a page ends.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Position {
    form: u8,
    fingerprint: u64,
    pub(crate) keys: Vec<SortValue>,
    pub(crate) rid: i64,
}

impl Position {
    pub(crate) fn new(fingerprint: u64, keys: Vec<SortValue>, rid: i64) -> Self {
        Self { form: FORM, fingerprint, keys, rid }
    }

    pub(crate) fn to_cursor(&self) -> Cursor {
        Cursor(URL_SAFE_NO_PAD.encode(serde_json::to_vec(self).unwrap_or_default()))
    }

    /// Reads a cursor that belongs to the search with this fingerprint and number of keys.
    pub(crate) fn from_cursor(cursor: &Cursor, fingerprint: u64, keys: usize) -> Option<Self> {
        if cursor.0.len() > LONGEST_BYTES {
            return None;
        }
        let position: Self = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(&cursor.0).ok()?).ok()?;
        let ours = position.form == FORM && position.fingerprint == fingerprint && position.keys.len() == keys;
        ours.then_some(position)
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
        let position = Position::new(7, vec![SortValue::Null, SortValue::Real(1.5)], 42);
        let cursor = position.to_cursor();
        assert_eq!(Position::from_cursor(&cursor, 7, 2), Some(position));
        assert_eq!(Position::from_cursor(&cursor, 8, 2), None);
        assert_eq!(Position::from_cursor(&cursor, 7, 1), None);
        assert_eq!(Position::from_cursor(&Cursor("x".into()), 7, 2), None);
        assert_eq!(Position::from_cursor(&Cursor("A".repeat(9_000)), 7, 2), None);
    }
}
