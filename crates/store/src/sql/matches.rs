//! One match of a clause as a condition on an index table `t`.

use std::collections::BTreeMap;

use varde_fhir::index::{ParamId, fold};
use varde_fhir::search::{DateMatch, Match, NumberMatch, Prefix};
use varde_fhir::ucum;

use super::builder::{Sql, Value};
use super::keys::{token_prefix, token_suffix, token_value};
use super::lookup::Found;
use super::{near, pair};

/// So many values are looked for one by one in each resource.
const FEW_VALUES: usize = 16;
/// The number a span was made of.
const MIDDLE: &str = "(t.low + t.high) / 2.0";
/// The least that a value may be: of a number itself; of what has no end, such as `< 5`, where its span begins.
const LEAST: &str = "CASE WHEN t.low <= -1.7e308 OR t.high >= 1.7e308 THEN t.low ELSE (t.low + t.high) / 2.0 END";
/// The most that a value may be, likewise.
const MOST: &str = "CASE WHEN t.low <= -1.7e308 OR t.high >= 1.7e308 THEN t.high ELSE (t.low + t.high) / 2.0 END";
/// So many units beside the given one are looked for.
const MAX_CONVERTED: usize = 32;

/// A table and a condition on its value columns.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct OnTable {
    pub(crate) table: &'static str,
    pub(crate) condition: Sql,
    /// The key leads with the value, so that the condition is a seek or a range by itself.
    pub(crate) value_leads: bool,
    /// When the condition is that the whole value is one of a few: each of them by itself. A resource is one seek then, and comes once of each.
    pub(crate) points: Vec<Sql>,
}

impl OnTable {
    fn new(table: &'static str, condition: Sql) -> Self {
        Self { table, condition, value_leads: false, points: Vec::new() }
    }

    pub(super) fn range(table: &'static str, condition: Sql) -> Self {
        Self { table, condition, value_leads: true, points: Vec::new() }
    }

    fn points(table: &'static str, condition: Sql, points: Vec<Sql>) -> Self {
        Self { table, condition, value_leads: true, points }
    }

    /// Whether a resource is a seek or a few.
    pub(crate) fn is_point(&self) -> bool {
        !self.points.is_empty()
    }
}

/// The conditions the matches of a parameter stand for, any of which may hold. Values that are looked up one by one are one condition
/// together.
pub(crate) fn on_tables(param: ParamId, matches: &[Match], found: &Found) -> Vec<OnTable> {
    let mut out = Vec::with_capacity(1);
    let (mut tokens, mut uris) = (Vec::new(), Vec::new());
    // By type, in order.
    let mut references: BTreeMap<u16, Vec<Value>> = BTreeMap::new();
    for wanted in matches {
        match wanted {
            Match::Reference { target: Some(target), id } => {
                references.entry(target.to_code()).or_default().push(Value::Text(id.as_str().to_owned()));
            }
            Match::Token { system: Some(system), code: Some(code) } => tokens.push(token_value(system, code)),
            Match::Token { system, code } => match code.as_deref().and_then(|code| found.code(param, code)) {
                Some(values) => tokens.extend(values),
                None => out.push(token(system.as_deref(), code.as_deref())),
            },
            Match::TokenIn(codes) => tokens.extend(codes.iter().map(|(system, code)| token_value(system, code))),
            Match::TokenCalled(word) => tokens.extend(found.called(param, word)),
            Match::Uri(uri) => uris.push(uri.clone()),
            Match::UriIn(several) => uris.extend(several.iter().cloned()),
            Match::Quantity { number, system, code } => {
                let units = found.units(param);
                let sql = quantity("t.unit", number, system.as_deref(), code.as_deref(), &units);
                out.push(OnTable::new("index_quantity", sql));
            }
            Match::Pair { system, code, with, of } => {
                out.push(pair::on_table(param, (system.as_deref(), code.as_deref()), with, *of, found));
            }
            other => out.extend(on_table(other)),
        }
    }
    let asks = |table: fn(&Match) -> bool| matches.iter().any(table);
    // Of no codes at all nothing matches, and yet there must be a condition to say so.
    if !tokens.is_empty()
        || (out.is_empty() && asks(|m| matches!(m, Match::TokenIn(_) | Match::TokenCalled(_) | Match::Token { .. })))
    {
        out.push(among("index_token", tokens.into_iter().map(Value::Blob).collect(), &Sql::default()));
    }
    for (target, ids) in references {
        let mut of_type = Sql::raw(" AND t.target = ");
        of_type.int(i64::from(target));
        out.push(among("index_reference", ids, &of_type));
    }
    if !uris.is_empty() {
        out.push(among("index_uri", uris.into_iter().map(Value::Text).collect(), &Sql::default()));
    }
    out
}

/// Any of these values, and `also` of each. Of a few, each resource is a seek by each; of many, they are walked once.
fn among(table: &'static str, values: Vec<Value>, also: &Sql) -> OnTable {
    let one = |value: Value| {
        let mut sql = Sql::raw("t.value = ");
        sql.bind(value).add(also.clone());
        sql
    };
    if let [only] = values.as_slice() {
        let only = one(only.clone());
        return OnTable::points(table, only.clone(), vec![only]);
    }
    let mut sql = Sql::raw("t.value IN ");
    sql.list(values.iter().cloned()).add(also.clone());
    if values.len() <= FEW_VALUES {
        OnTable::points(table, sql, values.into_iter().map(one).collect())
    } else {
        OnTable::range(table, sql)
    }
}

/// The condition of a match that needs nothing looked up.
fn on_table(wanted: &Match) -> Option<OnTable> {
    Some(match wanted {
        Match::StringStarts(start) => OnTable::range("index_string", starts(start)),
        Match::StringContains(part) => {
            let mut sql = Sql::raw("t.value LIKE ");
            sql.bind(Value::Text(format!("%{}%", escape_like(part)))).push(" ESCAPE '\\'");
            OnTable::new("index_string", sql)
        }
        Match::StringWord(word) => OnTable::new("index_string", has_word("t.value", word)),
        Match::StringExact(exact) => {
            let mut sql = Sql::raw("t.value = ");
            sql.bind(Value::Text(fold(exact))).push(" AND t.exact = ").bind(Value::Text(exact.clone()));
            OnTable::points("index_string", sql.clone(), vec![sql])
        }
        Match::Reference { id, .. } => {
            let mut sql = Sql::raw("t.value = ");
            sql.bind(Value::Text(id.as_str().to_owned()));
            OnTable::range("index_reference", sql)
        }
        Match::UriBelow(uri) => OnTable::range("index_uri", below(uri)),
        Match::Date(date) => OnTable::new("index_date", span(date)),
        Match::Number(number) => OnTable::new("index_number", decimal(number)),
        Match::Near { latitude, longitude, distance_km } => {
            OnTable::new("index_number", near::condition(*latitude, *longitude, *distance_km))
        }
        _ => return None,
    })
}

/// A code in any system, a system with any code, or anything.
fn token(system: Option<&str>, code: Option<&str>) -> OnTable {
    match (system, code) {
        (_, Some(code)) => OnTable::range("index_token", prefix_range("t.value", token_prefix(code))),
        // All codes of a system: the hash is the end of the value, so this walks the parameter.
        (Some(system), None) => OnTable::new("index_token", ends_with_system("t.value", system)),
        (None, None) => OnTable::new("index_token", Sql::raw("1 = 1")),
    }
}

/// The last eight bytes of a token are its system.
pub(super) fn ends_with_system(column: &str, system: &str) -> Sql {
    let mut sql = Sql::raw(&format!("substr({column}, length({column}) - 7) = "));
    sql.bind(Value::Blob(token_suffix(system)));
    sql
}

/// A word of a folded text starts so.
pub(super) fn has_word(column: &str, word: &str) -> Sql {
    let word = escape_like(word);
    let mut sql = Sql::raw("(");
    sql.push(column).push(" LIKE ").bind(Value::Text(format!("{word}%"))).push(" ESCAPE '\\' OR ");
    sql.push(column).push(" LIKE ").bind(Value::Text(format!("% {word}%"))).push(" ESCAPE '\\')");
    sql
}

/// A URI and all that lie below it: after a slash, or after a point when a version is named.
fn below(uri: &str) -> Sql {
    let stem = match uri {
        versioned if versioned.contains('|') => format!("{versioned}."),
        folder if folder.ends_with('/') => folder.to_owned(),
        other => format!("{other}/"),
    };
    let mut sql = Sql::raw("(t.value = ");
    sql.bind(Value::Text(uri.to_owned())).push(" OR (").add(starts(&stem)).push("))");
    sql
}

/// From a code's `code 0x00` up to, not with, `code 0x01`.
pub(super) fn prefix_range(column: &str, low: Vec<u8>) -> Sql {
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

/// A quantity. What is given in a unit of UCUM is looked for in every unit that occurs and measures the same.
pub(super) fn quantity(
    column: &str,
    number: &NumberMatch,
    system: Option<&str>,
    code: Option<&str>,
    units: &[String],
) -> Sql {
    let Some(own) = unit(column, system, code) else { return decimal(number) };
    let mut sql = Sql::raw("((");
    sql.add(own).push(" AND ").add(decimal(number)).push(")");
    if let (Some(ucum::SYSTEM), Some(code)) = (system, code) {
        let others = units.iter().filter(|unit| *unit != code);
        let converted = others.filter_map(|unit| Some((unit, converted(number, code, unit)?)));
        for (unit, number) in converted.take(MAX_CONVERTED) {
            sql.push(" OR (").push(column).push(" = ").bind(Value::Blob(token_value(ucum::SYSTEM, unit)));
            sql.push(" AND ").add(in_other_unit(&number)).push(")");
        }
    }
    sql.push(")");
    sql
}

/// As [`decimal`], of a number in another unit than the one it is compared with: 64.5 kg were not weighed to the gram, and yet are 64500 g. So
/// equality asks whether the number itself lies in the span, not whether its own span does.
fn in_other_unit(number: &NumberMatch) -> Sql {
    let (low, high) = (number.low - slack(number), number.high + slack(number));
    let mut sql = Sql::raw(match number.prefix {
        Prefix::Eq => "(",
        Prefix::Ne => "NOT (",
        _ => return decimal(number),
    });
    sql.push(MIDDLE).push(" >= ").bind(Value::Real(low)).push(" AND ").push(MIDDLE).push(" <= ");
    sql.bind(Value::Real(high)).push(")");
    sql
}

/// Forgives rounding, and keeps whole numbers of twelve digits apart.
fn slack(number: &NumberMatch) -> f64 {
    number.value.abs() * 1e-12 + 1e-12
}

fn converted(number: &NumberMatch, from: &str, to: &str) -> Option<NumberMatch> {
    let convert = |value| ucum::convert(value, from, to);
    let (value, low, high) = (convert(number.value)?, convert(number.low)?, convert(number.high)?);
    Some(NumberMatch { prefix: number.prefix, value, low, high })
}

fn unit(column: &str, system: Option<&str>, code: Option<&str>) -> Option<Sql> {
    let mut sql = Sql::raw(column);
    match (system, code) {
        (Some(system), Some(code)) => {
            sql.push(" = ").bind(Value::Blob(token_value(system, code)));
        }
        (None, Some(code)) => {
            sql = Sql::raw("(");
            sql.add(prefix_range(column, token_prefix(code))).push(")");
        }
        (Some(system), None) => sql = ends_with_system(column, system),
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
/// precision of the number is ignored"), and of what has no end at all it may be. The middle of the stored span is the number; the slack
/// forgives rounding.
pub(super) fn decimal(number: &NumberMatch) -> Sql {
    let slack = slack(number);
    let (low, high) = (Value::Real(number.low - slack), Value::Real(number.high + slack));
    let compare = |side: &str, sign: &str, limit: f64| {
        let mut sql = Sql::raw(side);
        sql.push(sign).bind(Value::Real(limit));
        sql
    };
    let (above, under) = (number.value + slack, number.value - slack);
    match number.prefix {
        Prefix::Eq | Prefix::Ne => compare_spans(number.prefix, low, high),
        Prefix::Gt => compare(MOST, " > ", above),
        Prefix::Lt => compare(LEAST, " < ", under),
        Prefix::Ge => compare(MOST, " >= ", under),
        Prefix::Le => compare(LEAST, " <= ", above),
        Prefix::Sa => compare(LEAST, " > ", above),
        Prefix::Eb => compare(MOST, " < ", under),
        Prefix::Ap => {
            let tenth = number.value.abs() / 10.0;
            let mut sql = compare(MOST, " >= ", under - tenth);
            sql.push(" AND ").add(compare(LEAST, " <= ", above + tenth));
            sql
        }
    }
}
