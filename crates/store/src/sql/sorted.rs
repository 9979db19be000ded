//! Order without walking a parameter: when few resources match, their own lists of index rows say what each is sorted by.

use std::cmp::Ordering;

use varde_fhir::params;
use varde_fhir::search::{Clause, ParamKind, SortBy, SortKey};

use super::cursor::{Position, SortValue};
use super::keys::{Key, decode};
use super::search::Plan;

/// So many matches are put in order here; of more, the statement does it.
pub(crate) const FEW_MATCHES: usize = 2_000;

/// A match, with what it can be sorted by.
#[derive(Debug, Clone)]
pub(crate) struct Candidate {
    pub(crate) rid: i64,
    pub(crate) version: u64,
    pub(crate) id: String,
    pub(crate) updated_micros: i64,
    /// The list of index rows kept beside its body.
    pub(crate) entries: Vec<u8>,
}

/// A match in its place.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Placed {
    pub(crate) rid: i64,
    pub(crate) version: u64,
    pub(crate) keys: Vec<SortValue>,
}

impl Plan<'_> {
    /// Whether the matches may be few and the statement would walk a whole parameter to put them in order. The dates and numbers of patients
    /// lie together and are read as such.
    pub(crate) fn is_sorted_apart(&self) -> bool {
        let walks = |key: &SortKey| match key.by {
            SortBy::Param(_, ParamKind::Date | ParamKind::Number | ParamKind::Quantity) => self.patients.is_none(),
            SortBy::Param(..) => true,
            SortBy::Id | SortBy::LastUpdated => false,
        };
        let by_id = self.query.clauses.iter().any(|clause| matches!(clause, Clause::Id(_)));
        (self.patients.is_some() || self.driver.is_some() || by_id) && self.query.sort.iter().any(walks)
    }
}

/// Up to one match more than the page holds, in order; `None` when a list is damaged.
pub(crate) fn page(
    candidates: &[Candidate],
    sort: &[SortKey],
    after: Option<&Position>,
    count: usize,
) -> Option<Vec<Placed>> {
    let mut placed = Vec::with_capacity(candidates.len());
    for Candidate { rid, version, id, updated_micros, entries } in candidates {
        let rows = decode(entries)?;
        let key = |key: &SortKey| match key.by {
            SortBy::Id => SortValue::Text(id.clone()),
            SortBy::LastUpdated => SortValue::Int(*updated_micros),
            SortBy::Param(param, kind) => {
                let params: Vec<u32> = params::stored(param).into_iter().map(|param| param.0).collect();
                let values = rows.iter().filter_map(|row| value(row, &params, kind));
                let outermost = |a: SortValue, b: SortValue| if before(&a, &b, key.descending) { a } else { b };
                values.reduce(outermost).unwrap_or(SortValue::Null)
            }
        };
        placed.push(Placed { rid: *rid, version: *version, keys: sort.iter().map(key).collect() });
    }
    let order = |a: (&[SortValue], i64), b: (&[SortValue], i64)| {
        let keys = a.0.iter().zip(b.0).zip(sort).map(|((a, b), key)| compare(a, b, key.descending));
        keys.fold(Ordering::Equal, Ordering::then).then(a.1.cmp(&b.1))
    };
    if let Some(after) = after {
        placed.retain(|place| order((&place.keys, place.rid), (&after.keys, after.rid)).is_gt());
    }
    placed.sort_unstable_by(|a, b| order((&a.keys, a.rid), (&b.keys, b.rid)));
    placed.truncate(count.saturating_add(1));
    Some(placed)
}

/// What a row of one of these parameters is sorted by; a span counts by its beginning.
fn value(row: &Key, params: &[u32], kind: ParamKind) -> Option<SortValue> {
    let (param, value) = match (row, kind) {
        (Key::Token { param, value }, ParamKind::Token) => (param, SortValue::Blob(value.clone())),
        (Key::String { param, value, .. }, ParamKind::String)
        | (Key::Reference { param, value, .. }, ParamKind::Reference)
        | (Key::Uri { param, value }, ParamKind::Uri) => (param, SortValue::Text(value.clone())),
        (Key::Date { param, low, .. }, ParamKind::Date) => (param, SortValue::Int(*low)),
        (Key::Number { param, low, .. }, ParamKind::Number)
        | (Key::Quantity { param, low, .. }, ParamKind::Quantity) => (param, SortValue::Real(*low)),
        _ => return None,
    };
    params.contains(param).then_some(value)
}

fn before(a: &SortValue, b: &SortValue, descending: bool) -> bool {
    compare(a, b, descending).is_le()
}

/// What has no value comes last, whichever way.
fn compare(a: &SortValue, b: &SortValue, descending: bool) -> Ordering {
    let order = match (a, b) {
        (SortValue::Null, SortValue::Null) => return Ordering::Equal,
        (SortValue::Null, _) => return Ordering::Greater,
        (_, SortValue::Null) => return Ordering::Less,
        (SortValue::Int(a), SortValue::Int(b)) => a.cmp(b),
        (SortValue::Real(a), SortValue::Real(b)) => a.total_cmp(b),
        (SortValue::Text(a), SortValue::Text(b)) => a.cmp(b),
        (SortValue::Blob(a), SortValue::Blob(b)) => a.cmp(b),
        // One key has values of one kind.
        _ => Ordering::Equal,
    };
    if descending { order.reverse() } else { order }
}

#[cfg(test)]
mod tests {
    use varde_fhir::ResourceType;

    use super::super::keys::encode;
    use super::*;

    #[test]
    fn the_order_is_by_the_keys_then_by_number_and_goes_on_after_a_place() {
        let param = params::find(ResourceType::PATIENT, "given").unwrap();
        let sort = [SortKey { by: SortBy::Param(param.id, param.kind), descending: true }];
        let candidate = |rid: i64, names: &[&str]| Candidate {
            rid,
            version: 1,
            id: rid.to_string(),
            updated_micros: 0,
            entries: encode(
                &names
                    .iter()
                    .map(|name| Key::String { param: param.id.0, value: (*name).into(), exact: (*name).into() })
                    .collect::<Vec<_>>(),
            ),
        };
        let all = [candidate(1, &["a", "c"]), candidate(2, &[]), candidate(3, &["c"]), candidate(4, &["b"])];
        let rids = |placed: Vec<Placed>| placed.into_iter().map(|place| place.rid).collect::<Vec<_>>();
        assert_eq!(rids(page(&all, &sort, None, 9).unwrap()), [1, 3, 4, 2]);
        let after = Position { keys: vec![SortValue::Text("c".into())], rid: 1 };
        assert_eq!(rids(page(&all, &sort, Some(&after), 1).unwrap()), [3, 4]);
        let after = Position { keys: vec![SortValue::Null], rid: 1 };
        assert_eq!(rids(page(&all, &sort, Some(&after), 1).unwrap()), [2]);
    }
}
