//! What modifiers look for beside the plain values: identifiers of references, types of identifiers, names of codes.

use super::entry::{IndexValue, Variant};
use super::fold::fold;
use super::program::Op;
use super::value::{string, token_of};
use crate::json::Node;

/// Emits the values of the variants of one value.
pub(super) fn emit(op: Op, node: &Node<'_>, out: &mut dyn FnMut(Variant, IndexValue)) {
    match op {
        Op::Reference => {
            if let Some(identifier) = node.get("identifier") {
                token_of(identifier, "system", "value", &mut |value| out(Variant::Identifier, value));
            }
        }
        Op::TokenIdentifier => {
            let Some(kind) = node.get("type") else { return };
            string(kind.get("text"), &mut |value| out(Variant::Text, value));
            let Some(value) = node.get("value").and_then(Node::str) else { return };
            for coding in kind.list("coding") {
                token_of(coding, "system", "code", &mut |of| {
                    if let IndexValue::Token { system, code } = of {
                        out(Variant::OfType, IndexValue::Token { system, code: format!("{code}|{value}") });
                    }
                });
            }
        }
        Op::TokenConcept => {
            let Some(text) = node.get("text").filter(|text| text.str().is_some()) else { return };
            if !displays(node, text.str().unwrap_or_default()) {
                string(Some(text), &mut |value| out(Variant::Text, value));
            }
        }
        _ => {}
    }
}

/// Whether a coding already says the same words.
fn displays(concept: &Node<'_>, text: &str) -> bool {
    let mut displays = concept.list("coding").iter().filter(|coding| coding.get("code").is_some());
    let same = |display: &str| display == text || (display.len() == text.len() && fold(display) == fold(text));
    displays.any(|coding| coding.get("display").and_then(Node::str).is_some_and(same))
}

/// What the codes of one value are called: system, code and display.
pub(super) fn words(op: Op, node: &Node<'_>, out: &mut dyn FnMut(&str, &str, &str)) {
    let mut word = |coding: &Node<'_>| {
        let text = |name| coding.get(name).and_then(Node::str);
        if let (Some(code), Some(display)) = (text("code"), text("display")) {
            out(text("system").unwrap_or_default(), code, display);
        }
    };
    match op {
        Op::TokenCoding => word(node),
        Op::TokenConcept => node.list("coding").iter().for_each(word),
        _ => {}
    }
}
