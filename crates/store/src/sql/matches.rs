//! One match of a clause as a condition on an index table `t`.

use varde_fhir::index::fold;
use varde_fhir::search::{DateMatch, Match, NumberMatch, Prefix};

use super::builder::{Sql, Value};
use super::keys::{fnv1a_64, token_prefix, token_suffix, token_value};

/// A table and a condition on its value columns.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct OnTable {
    pub(crate) table: &'static str,
    pub(crate) condition: Sql,
    /// The key leads with the value, so that the condition is a seek or a range by itself.
    pub(crate) value_leads: bool,
    /// The condition is equality on the whole value, so that a resource is one seek.
    pub(crate) point: bool,
}

impl OnTable {
    fn new(table: &'static str, condition: Sql) -> Self {
        Self { table, condition, value_leads: false, point: false }
    }

    fn range(table: &'static str, condition: Sql) -> Self {
        Self { table, condition, value_leads: true, point: false }
    }

    fn point(table: &'static str, condition: Sql) -> Self {
        Self { table, condition, value_leads: true, point: true }
    }
}

/// The condition a match stands for. `tokens` are the values a code without system was found under, when they were looked up.
pub(crate) fn on_table(wanted: &Match, tokens: Option<&[Vec<u8>]>) -> OnTable {
    match wanted {
        Match::Token { system, code } => token(system.as_deref(), code.as_deref(), tokens),
        Match::StringStarts(start) => OnTable::range("index_string", starts(start)),
        Match::StringContains(part) => {
            let mut sql = Sql::raw("t.value LIKE ");
            sql.bind(Value::Text(format!("%{}%", escape_like(part)))).push(" ESCAPE '\\'");
            OnTable::new("index_string", sql)
        }
        Match::StringExact(exact) => {
            let mut sql = Sql::raw("t.value = ");
            sql.bind(Value::Text(fold(exact))).push(" AND t.exact = ").bind(Value::Text(exact.clone()));
            OnTable::range("index_string", sql)
        }
        Match::Reference { target, id } => {
            let mut sql = Sql::raw("t.value = ");
            sql.bind(Value::Text(id.as_str().to_owned()));
            match target {
                Some(target) => {
                    sql.push(" AND t.target = ").int(i64::from(target.to_code()));
                    OnTable::point("index_reference", sql)
                }
                None => OnTable::range("index_reference", sql),
            }
        }
        Match::Uri(uri) => {
            let mut sql = Sql::raw("t.value = ");
            sql.bind(Value::Text(uri.clone()));
            OnTable::point("index_uri", sql)
        }
        Match::Date(date) => OnTable::new("index_date", span(date)),
        Match::Number(number) => OnTable::new("index_number", decimal(number)),
        Match::Quantity { number, system, code } => {
            let mut sql = decimal(number);
            if let Some(unit) = unit(system.as_deref(), code.as_deref()) {
                sql.push(" AND ").add(unit);
            }
            OnTable::new("index_quantity", sql)
        }
    }
}

fn token(system: Option<&str>, code: Option<&str>, tokens: Option<&[Vec<u8>]>) -> OnTable {
    let mut sql = Sql::raw("t.value ");
    match (system, code, tokens) {
        (Some(system), Some(code), _) => {
            sql.push("= ").bind(Value::Blob(token_value(system, code)));
            OnTable::point("index_token", sql)
        }
        (None, Some(_), Some(found)) => {
            sql.push("IN ").list(found.iter().cloned().map(Value::Blob));
            OnTable::point("index_token", sql)
        }
        (None, Some(code), None) => OnTable::range("index_token", prefix_range("t.value", token_prefix(code))),
        // All codes of a system: the hash is the end of the value, so this walks the parameter.
        (Some(system), None, _) => {
            sql = Sql::raw("substr(t.value, length(t.value) - 7) = ");
            sql.bind(Value::Blob(token_suffix(system)));
            OnTable::new("index_token", sql)
        }
        (None, None, _) => OnTable::new("index_token", Sql::raw("1 = 1")),
    }
}

/// From a code's `code 0x00` up to, not with, `code 0x01`.
fn prefix_range(column: &str, low: Vec<u8>) -> Sql {
    let mut high = low.clone();
    if let Some(last) = high.last_mut() {
        *last = 1;
    }
    let mut sql = Sql::raw(column);
    sql.push(" >= ").bind(Value::Blob(low)).push(" AND ").push(column).push(" < ").bind(Value::Blob(high));
    sql
}

fn starts(start: &str) -> Sql {
    let mut sql = Sql::raw("t.value >= ");
    sql.bind(Value::Text(start.to_owned()));
    // U+10FFFF sorts after every character that is assigned, in UTF-8 as in code points.
    sql.push(" AND t.value < ").bind(Value::Text(format!("{start}\u{10FFFF}")));
    sql
}

fn escape_like(text: &str) -> String {
    text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}

fn unit(system: Option<&str>, code: Option<&str>) -> Option<Sql> {
    let mut sql = Sql::default();
    match (system, code) {
        (Some(system), Some(code)) => {
            sql.push("t.unit = ").bind(Value::Blob(token_value(system, code)));
        }
        (None, Some(code)) => sql = prefix_range("t.unit", token_prefix(code)),
        (Some(system), None) => {
            sql.push("substr(t.unit, length(t.unit) - 7) = ")
                .bind(Value::Blob(fnv1a_64(system.as_bytes()).to_be_bytes().to_vec()));
        }
        (None, None) => return None,
    }
    Some(sql)
}

/// A date: both stored and given values are spans (R4 search, section 3.1.1.4.7).
fn span(date: &DateMatch) -> Sql {
    let (low, high) = (Value::Int(date.low_micros), Value::Int(date.high_micros));
    compare_spans(date.prefix, low, high)
}

/// `_lastUpdated`, which is an instant.
pub(crate) fn instant(column: &str, date: &DateMatch) -> Sql {
    let sql = span(date);
    Sql { text: sql.text.replace("t.low", column).replace("t.high", column), values: sql.values }
}

fn compare_spans(prefix: Prefix, low: Value, high: Value) -> Sql {
    let mut sql = Sql::default();
    match prefix {
        Prefix::Eq => sql.push("t.low >= ").bind(low).push(" AND t.high <= ").bind(high),
        Prefix::Ne => sql.push("(t.low < ").bind(low).push(" OR t.high > ").bind(high).push(")"),
        Prefix::Gt => sql.push("t.high > ").bind(high),
        Prefix::Lt => sql.push("t.low < ").bind(low),
        Prefix::Ge => sql.push("(t.low >= ").bind(low).push(" OR t.high > ").bind(high).push(")"),
        Prefix::Le => sql.push("(t.high <= ").bind(high).push(" OR t.low < ").bind(low).push(")"),
        Prefix::Sa => sql.push("t.low > ").bind(high),
        Prefix::Eb => sql.push("t.high < ").bind(low),
        Prefix::Ap => sql.push("t.low <= ").bind(high).push(" AND t.high >= ").bind(low),
    };
    sql
}

/// A number: equality looks at spans, the other comparisons at the number itself (R4 search, section 3.1.1.4.5: "the implicit
/// precision of the number is ignored"). The middle of the stored span is the number; a billionth part forgives rounding.
fn decimal(number: &NumberMatch) -> Sql {
    const MIDDLE: &str = "(t.low + t.high) / 2.0";
    let slack = number.value.abs() * 1e-9 + 1e-12;
    let (low, high) = (Value::Real(number.low - slack), Value::Real(number.high + slack));
    let mut sql = Sql::default();
    match number.prefix {
        Prefix::Eq | Prefix::Ne => return compare_spans(number.prefix, low, high),
        Prefix::Gt | Prefix::Sa => sql.push(MIDDLE).push(" > ").bind(Value::Real(number.value + slack)),
        Prefix::Lt | Prefix::Eb => sql.push(MIDDLE).push(" < ").bind(Value::Real(number.value - slack)),
        Prefix::Ge => sql.push(MIDDLE).push(" >= ").bind(Value::Real(number.value - slack)),
        Prefix::Le => sql.push(MIDDLE).push(" <= ").bind(Value::Real(number.value + slack)),
        Prefix::Ap => {
            let tenth = number.value.abs() / 10.0;
            let (low, high) = (number.value - tenth - slack, number.value + tenth + slack);
            sql.push(MIDDLE).push(" >= ").bind(Value::Real(low)).push(" AND ").push(MIDDLE);
            sql.push(" <= ").bind(Value::Real(high))
        }
    };
    sql
}
