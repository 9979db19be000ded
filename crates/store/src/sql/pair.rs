//! Parts of a composite within one element, in the table `index_pair`.

use varde_fhir::index::ParamId;
use varde_fhir::search::{Match, NumberMatch, Prefix};

use super::builder::{Sql, Value};
use super::keys::{token_prefix, token_value};
use super::lookup::Found;
use super::matches::{OnTable, ends_with_system, prefix_range, quantity};

/// A code, and what stands with it. `of` is the parameter whose units are known.
pub(super) fn on_table(
    param: ParamId,
    code: (Option<&str>, Option<&str>),
    with: &Match,
    of: ParamId,
    found: &Found,
) -> OnTable {
    let mut sql = first(param, code, found);
    match with {
        Match::Token { system, code } => {
            sql.push(" AND ").add(token("t.second", system.as_deref(), code.as_deref()));
        }
        Match::Quantity { number, system, code } => {
            let units = found.units(of);
            sql.push(" AND ").add(quantity("t.second", number, system.as_deref(), code.as_deref(), &units));
        }
        Match::Reference { target: Some(target), id } => {
            sql.push(" AND t.second = ").bind(Value::Blob(format!("{target}/{id}").into_bytes()));
        }
        Match::Reference { target: None, id } => {
            let end = format!("/{id}");
            sql.push(&format!(" AND substr(t.second, length(t.second) - {}) = ", end.len().saturating_sub(1)));
            sql.bind(Value::Blob(end.into_bytes()));
        }
        Match::Uri(uri) => {
            sql.push(" AND t.second = ").bind(Value::Blob(uri.clone().into_bytes()));
        }
        Match::Stretch(start, end) => {
            sql.push(" AND ").add(exactly("t.low", start)).push(" AND ").add(exactly("t.high", end));
        }
        // No composite has other parts.
        _ => {
            sql.push(" AND 1 = 0");
        }
    }
    OnTable::range("index_pair", sql)
}

fn first(param: ParamId, code: (Option<&str>, Option<&str>), found: &Found) -> Sql {
    if let (None, Some(code)) = code
        && let Some(values) = found.pair_code(param, code)
    {
        let mut sql = Sql::raw("t.value IN ");
        sql.list(values.into_iter().map(Value::Blob));
        return sql;
    }
    token("t.value", code.0, code.1)
}

fn token(column: &str, system: Option<&str>, code: Option<&str>) -> Sql {
    match (system, code) {
        (Some(system), Some(code)) => {
            let mut sql = Sql::raw(column);
            sql.push(" = ").bind(Value::Blob(token_value(system, code)));
            sql
        }
        (None, Some(code)) => prefix_range(column, token_prefix(code)),
        (Some(system), None) => ends_with_system(column, system),
        (None, None) => Sql::raw("1 = 1"),
    }
}

/// A column that holds a number as it is, without a span.
fn exactly(column: &str, number: &NumberMatch) -> Sql {
    let mut sql = Sql::raw(column);
    let (low, high) = (Value::Real(number.low), Value::Real(number.high));
    match number.prefix {
        Prefix::Eq | Prefix::Ap => {
            sql.push(" >= ").bind(low).push(" AND ").push(column).push(" <= ").bind(high);
        }
        Prefix::Ne => {
            sql = Sql::raw("(");
            sql.push(column).push(" < ").bind(low).push(" OR ").push(column).push(" > ").bind(high).push(")");
        }
        Prefix::Gt | Prefix::Sa => {
            sql.push(" > ").bind(Value::Real(number.value));
        }
        Prefix::Lt | Prefix::Eb => {
            sql.push(" < ").bind(Value::Real(number.value));
        }
        Prefix::Ge => {
            sql.push(" >= ").bind(Value::Real(number.value));
        }
        Prefix::Le => {
            sql.push(" <= ").bind(Value::Real(number.value));
        }
    }
    sql
}
