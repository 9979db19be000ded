//! The parts of composite parameters that stand within one element of a list.

use super::entry::IndexValue;
use super::number::number_span;
use super::program::Op;
use super::value::{in_unit, quantity, range, reference, token, token_of};
use crate::json::Node;

/// Most codes of one element that are paired: each with each.
const MAX_CODES: usize = 16;

pub(super) fn emit(op: Op, system: &'static str, node: &Node<'_>, out: &mut dyn FnMut(IndexValue)) {
    if op == Op::PairVariant {
        return variants(node, system, out);
    }
    let mut with = Vec::new();
    let mut keep = |value| with.push(value);
    match op {
        Op::PairQuantity => quantities(node, &mut keep),
        Op::PairToken => tokens(node, &mut keep),
        _ => node.get("target").into_iter().for_each(|target| reference(target, None, &mut keep)),
    }
    // Most elements have either no value of the kind, or one.
    if !with.is_empty() {
        pairs(&codes(node.get("code"), system), &with, out);
    }
}

fn pairs(codes: &[(String, String)], with: &[IndexValue], out: &mut dyn FnMut(IndexValue)) {
    for (system, code) in codes.iter().take(MAX_CODES) {
        for value in with.iter().take(MAX_CODES) {
            out(IndexValue::Pair { system: system.clone(), code: code.clone(), with: Box::new(value.clone()) });
        }
    }
}

/// The codes of a concept, of a coding, or of a plain code whose system its binding implies.
fn codes(node: Option<&Node<'_>>, system: &str) -> Vec<(String, String)> {
    let Some(node) = node else { return Vec::new() };
    let mut out = Vec::new();
    let mut keep = |value| {
        if let IndexValue::Token { system, code } = value {
            out.push((system, code));
        }
    };
    match node.str() {
        Some(code) => keep(token(system, code)),
        None => {
            node.list("coding").iter().for_each(|coding| token_of(coding, "system", "code", &mut keep));
            token_of(node, "system", "code", &mut keep);
        }
    }
    out
}

fn quantities(node: &Node<'_>, out: &mut dyn FnMut(IndexValue)) {
    if let Some(value) = node.get("valueQuantity") {
        quantity(value, out);
    }
    let Some(value) = node.get("valueRange") else { return };
    let (low, high) = range(value);
    if low.is_some() || high.is_some() {
        out(in_unit(low.unwrap_or(f64::MIN), high.unwrap_or(f64::MAX), value.get("low").or(value.get("high"))));
    }
}

fn tokens(node: &Node<'_>, out: &mut dyn FnMut(IndexValue)) {
    if let Some(value) = node.get("valueCodeableConcept") {
        value.list("coding").iter().for_each(|coding| token_of(coding, "system", "code", out));
    }
    if let Some(value) = node.get("valueBoolean").and_then(Node::bool) {
        out(token("", if value { "true" } else { "false" }));
    }
}

/// Start and end of each variant, with the codes of the reference sequence, which is one for all of them.
fn variants(root: &Node<'_>, field: &str, out: &mut dyn FnMut(IndexValue)) {
    let number = |node: &Node<'_>, name| node.get(name).and_then(Node::number).and_then(number_span).map(|span| span.0);
    let stretches = root.list("variant").iter().filter_map(|variant| {
        let (low, high) = (number(variant, "start")?, number(variant, "end")?);
        Some(IndexValue::Number { low, high })
    });
    let codes = codes(root.get("referenceSeq").and_then(|reference| reference.get(field)), "");
    pairs(&codes, &stretches.collect::<Vec<_>>(), out);
}
