//! How a value of each datatype becomes entries (R4 search, sections 3.1.1.4.8 to 3.1.1.4.15).

use super::date::date_span_micros;
use super::entry::IndexValue;
use super::fold::fold;
use super::number::number_span;
use super::pair;
use super::program::Op;
use crate::ResourceType;
use crate::json::Node;
use crate::references::LocalReference;

/// Longest text kept of a string, in characters: a database key has an end, and nobody searches for more.
pub(crate) const MAX_STRING_CHARS: usize = 1_000;
/// Most data points of a SampledData that are looked at.
const MAX_SAMPLES: usize = 10_000;
const CURRENCY: &str = "urn:iso:std:iso:4217";

/// Emits the entries of one value.
pub(crate) fn emit(
    op: Op,
    system: &'static str,
    only: Option<ResourceType>,
    node: &Node<'_>,
    out: &mut dyn FnMut(IndexValue),
) {
    match op {
        Op::TokenCoding => token_of(node, "system", "code", out),
        Op::TokenConcept => node.list("coding").iter().for_each(|coding| token_of(coding, "system", "code", out)),
        Op::TokenIdentifier | Op::TokenContact => token_of(node, "system", "value", out),
        Op::TokenBoolean => {
            node.bool().into_iter().for_each(|value| out(token(system, if value { "true" } else { "false" })))
        }
        Op::TokenPlain => node.str().or(node.number()).into_iter().for_each(|code| out(token(system, code))),
        Op::Deceased => {
            let dead = node.get("deceasedBoolean").and_then(Node::bool) == Some(true)
                || node.get("deceasedDateTime").is_some();
            out(token("", if dead { "true" } else { "false" }));
        }
        Op::StringPlain => string(Some(node), out),
        Op::StringName => {
            string(node.get("text"), out);
            string(node.get("family"), out);
            ["given", "prefix", "suffix"]
                .iter()
                .flat_map(|part| node.list(part))
                .for_each(|part| string(Some(part), out));
        }
        Op::StringAddress => {
            string(node.get("text"), out);
            node.list("line").iter().for_each(|line| string(Some(line), out));
            ["city", "district", "state", "postalCode", "country"].iter().for_each(|part| string(node.get(part), out));
        }
        Op::Date => date(node.str().and_then(date_span_micros), out),
        Op::DatePeriod => date(period(node), out),
        Op::DateTiming => date(timing(node), out),
        Op::Reference => reference(node, only, out),
        Op::ReferenceInline => inline(node, only, out),
        Op::Uri => uri(node, out),
        Op::Number => {
            let span = node.number().and_then(number_span);
            span.into_iter().for_each(|(_, low, high)| out(IndexValue::Number { low, high }));
        }
        Op::NumberRange => {
            let (low, high) = range(node);
            if low.is_some() || high.is_some() {
                out(IndexValue::Number { low: low.unwrap_or(f64::MIN), high: high.unwrap_or(f64::MAX) });
            }
        }
        Op::Quantity => quantity(node, out),
        Op::QuantityMoney => {
            let span = node.get("value").and_then(Node::number).and_then(number_span);
            let code = node.get("currency").and_then(Node::str).unwrap_or_default().to_owned();
            span.into_iter().for_each(|(_, low, high)| {
                out(IndexValue::Quantity { low, high, system: CURRENCY.to_owned(), code: code.clone() });
            });
        }
        Op::QuantityRange => {
            let (low, high) = range(node);
            if low.is_some() || high.is_some() {
                let unit = node.get("low").or(node.get("high"));
                out(in_unit(low.unwrap_or(f64::MIN), high.unwrap_or(f64::MAX), unit));
            }
        }
        Op::QuantitySampled => sampled(node, out),
        Op::PairQuantity | Op::PairToken | Op::PairReference | Op::PairVariant => pair::emit(op, system, node, out),
        Op::Position => position(node, out),
    }
}

/// A position; outside of what degrees can be it is none.
fn position(node: &Node<'_>, out: &mut dyn FnMut(IndexValue)) {
    let degrees = |name, most: f64| {
        let number = node.get(name).and_then(Node::number).and_then(|text| text.parse::<f64>().ok());
        number.filter(|degrees| degrees.abs() <= most)
    };
    if let (Some(latitude), Some(longitude)) = (degrees("latitude", 90.0), degrees("longitude", 180.0)) {
        out(IndexValue::Position { latitude, longitude });
    }
}

pub(super) fn token(system: &str, code: &str) -> IndexValue {
    IndexValue::Token { system: system.to_owned(), code: code.to_owned() }
}

pub(super) fn token_of(node: &Node<'_>, system: &str, code: &str, out: &mut dyn FnMut(IndexValue)) {
    if let Some(code) = node.get(code).and_then(Node::str) {
        out(token(node.get(system).and_then(Node::str).unwrap_or_default(), code));
    }
}

pub(super) fn string(node: Option<&Node<'_>>, out: &mut dyn FnMut(IndexValue)) {
    let Some(text) = node.and_then(Node::str) else { return };
    let exact = shortened(text);
    let folded = fold(exact);
    if !folded.is_empty() {
        out(IndexValue::String { folded, exact: exact.to_owned() });
    }
}

fn shortened(text: &str) -> &str {
    match text.char_indices().nth(MAX_STRING_CHARS) {
        Some((end, _)) => text.get(..end).unwrap_or(text),
        None => text,
    }
}

fn date(span: Option<(i64, i64)>, out: &mut dyn FnMut(IndexValue)) {
    if let Some((low_micros, high_micros)) = span {
        out(IndexValue::Date { low_micros, high_micros });
    }
}

fn period(node: &Node<'_>) -> Option<(i64, i64)> {
    let end_of = |name| node.get(name).and_then(Node::str).and_then(date_span_micros);
    match (end_of("start"), end_of("end")) {
        (None, None) => None,
        (start, end) => Some((start.map_or(i64::MIN, |s| s.0), end.map_or(i64::MAX, |e| e.1))),
    }
}

/// The outer limits of a timing: of its events, or of the bounds of its repetition.
fn timing(node: &Node<'_>) -> Option<(i64, i64)> {
    let events = node.list("event").iter().filter_map(|event| event.str().and_then(date_span_micros));
    let outer = events.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)));
    outer.or_else(|| node.get("repeat")?.get("boundsPeriod").and_then(period))
}

pub(super) fn reference(node: &Node<'_>, only: Option<ResourceType>, out: &mut dyn FnMut(IndexValue)) {
    // `#id` points into the resource itself and is nothing to search by; a condition is gone before anything is stored.
    let Some(text) = node.get("reference").and_then(Node::str).filter(|t| !t.starts_with('#') && !t.contains('?'))
    else {
        return;
    };
    if let Some(LocalReference { resource_type, id }) = LocalReference::parse(text) {
        if only.is_none_or(|target| target == resource_type) {
            out(IndexValue::Reference { target: resource_type, id: id.as_str().to_owned() });
        }
        return;
    }
    let fits = only.is_none_or(|target| {
        let said = node.get("type").and_then(Node::str) == Some(target.name());
        said || text.split('/').rev().nth(1) == Some(target.name())
            || text.split('/').rev().nth(3) == Some(target.name())
    });
    if fits {
        out(IndexValue::Uri(text.to_owned()));
    }
}

fn inline(node: &Node<'_>, only: Option<ResourceType>, out: &mut dyn FnMut(IndexValue)) {
    let target = node.get("resourceType").and_then(Node::str).and_then(ResourceType::from_name);
    let Some((target, id)) = target.zip(node.get("id").and_then(Node::str)) else { return };
    if only.is_none_or(|only| only == target) {
        out(IndexValue::Reference { target, id: id.to_owned() });
    }
}

/// A URI; of a canonical with a version also without it, since a search may name either.
fn uri(node: &Node<'_>, out: &mut dyn FnMut(IndexValue)) {
    let Some(text) = node.str() else { return };
    out(IndexValue::Uri(text.to_owned()));
    if let Some((url, _)) = text.split_once('|') {
        out(IndexValue::Uri(url.to_owned()));
    }
}

pub(super) fn range(node: &Node<'_>) -> (Option<f64>, Option<f64>) {
    let span = |name| node.get(name).and_then(|q| q.get("value")).and_then(Node::number).and_then(number_span);
    (span("low").map(|s| s.1), span("high").map(|s| s.2))
}

pub(super) fn quantity(node: &Node<'_>, out: &mut dyn FnMut(IndexValue)) {
    let Some((value, low, high)) = node.get("value").and_then(Node::number).and_then(number_span) else { return };
    let (low, high) = match node.get("comparator").and_then(Node::str) {
        Some("<" | "<=") => (f64::MIN, value),
        Some(">" | ">=") => (value, f64::MAX),
        _ => (low, high),
    };
    out(in_unit(low, high, Some(node)));
    // `5.4||mg` asks for the code or for the unit people read (R4 search, section 3.1.1.4.14).
    let text = |name| node.get(name).and_then(Node::str);
    if let (Some(code), Some(unit)) = (text("code"), text("unit"))
        && code != unit
    {
        out(IndexValue::Quantity { low, high, system: String::new(), code: unit.to_owned() });
    }
}

pub(super) fn in_unit(low: f64, high: f64, unit: Option<&Node<'_>>) -> IndexValue {
    let text = |name| unit.and_then(|u| u.get(name)).and_then(Node::str);
    let code = text("code").or(text("unit")).unwrap_or_default();
    IndexValue::Quantity { low, high, system: text("system").unwrap_or_default().to_owned(), code: code.to_owned() }
}

/// Least to greatest of the samples, each times the factor, from the origin.
fn sampled(node: &Node<'_>, out: &mut dyn FnMut(IndexValue)) {
    let number = |node: Option<&Node<'_>>| node.and_then(Node::number).and_then(|n| n.parse::<f64>().ok());
    let Some(origin) = number(node.at("origin.value")) else { return };
    let factor = number(node.get("factor")).unwrap_or(1.0);
    let data = node.get("data").and_then(Node::str).unwrap_or_default();
    let values =
        data.split_ascii_whitespace().take(MAX_SAMPLES).filter_map(|s| s.parse::<f64>().ok().filter(|v| v.is_finite()));
    let span = values
        .map(|v| v * factor + origin)
        .fold(None, |span: Option<(f64, f64)>, v| Some(span.map_or((v, v), |(low, high)| (low.min(v), high.max(v)))));
    let (low, high) = span.unwrap_or((origin, origin));
    if low.is_finite() && high.is_finite() {
        out(in_unit(low, high, node.get("origin")));
    }
}
