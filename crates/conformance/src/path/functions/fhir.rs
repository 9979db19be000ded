//! What R4 adds to FHIRPath (R4 fhirpath, section 2.9.1), and the keys of SQL on FHIR.

use std::borrow::Cow;

use varde_fhir::ResourceType;
use varde_fhir::json::Node;

use super::lookup;
use crate::path::EvalError;
use crate::path::ast::Call;
use crate::path::context::Code;
use crate::path::evaluate::{Evaluated, Evaluator, Focus, single};
use crate::path::value::{Collection, Element, Value};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::path) enum FhirFunction {
    Extension,
    HasValue,
    GetValue,
    Resolve,
    MemberOf,
    Subsumes,
    SubsumedBy,
    ConformsTo,
    HtmlChecks,
    GetResourceKey,
    GetReferenceKey,
}

use FhirFunction::*;

const TABLE: [(&str, FhirFunction, usize, usize); 11] = [
    ("extension", Extension, 1, 1),
    ("hasValue", HasValue, 0, 0),
    ("getValue", GetValue, 0, 0),
    ("resolve", Resolve, 0, 0),
    ("memberOf", MemberOf, 1, 1),
    ("subsumes", Subsumes, 1, 1),
    ("subsumedBy", SubsumedBy, 1, 1),
    ("conformsTo", ConformsTo, 1, 1),
    ("htmlChecks", HtmlChecks, 0, 0),
    ("getResourceKey", GetResourceKey, 0, 0),
    ("getReferenceKey", GetReferenceKey, 0, 0),
];

pub(super) fn find(name: &str) -> Option<(FhirFunction, usize, usize)> {
    lookup(&TABLE, name)
}

pub(super) fn call<'a>(
    evaluator: &mut Evaluator<'_, 'a>,
    function: FhirFunction,
    call: &Call,
    input: Collection<'a>,
    focus: Focus<'_, 'a>,
) -> Evaluated<Collection<'a>> {
    match function {
        Extension => extension(evaluator, call, &input, focus),
        HasValue => {
            let has = matches!(input.as_slice(), [one] if one.to_system().is_some() && is_primitive(one));
            Ok(vec![Value::Boolean(has)])
        }
        GetValue => {
            let value = single(input, "getValue")?.filter(is_primitive);
            Ok(value.and_then(|v| v.to_system()).into_iter().collect())
        }
        Resolve => resolve(evaluator, input),
        MemberOf => {
            let Some(value_set) = evaluator.text(call, 0, focus, "memberOf")? else { return Ok(Vec::new()) };
            let Some(value) = single(input, "memberOf")? else { return Ok(Vec::new()) };
            let known = evaluator.context.terms.and_then(|t| t.member_of(&codes(&value), &value_set));
            Ok(known.map(Value::Boolean).into_iter().collect())
        }
        Subsumes | SubsumedBy => {
            let other = evaluator.value(call, 0, focus, "subsumes")?;
            let (Some(value), Some(other)) = (single(input, "subsumes")?, other) else { return Ok(Vec::new()) };
            let (general, special) = if function == Subsumes { (value, other) } else { (other, value) };
            Ok(subsumes(evaluator, &general, &special).map(Value::Boolean).into_iter().collect())
        }
        ConformsTo => {
            let Some(profile) = evaluator.text(call, 0, focus, "conformsTo")? else { return Ok(Vec::new()) };
            let Some(value) = single(input, "conformsTo")? else { return Ok(Vec::new()) };
            conforms(evaluator, &value, &profile).map(|c| vec![Value::Boolean(c)])
        }
        HtmlChecks => {
            let Some(value) = single(input, "htmlChecks")? else { return Ok(Vec::new()) };
            Ok(vec![Value::Boolean(value.text().is_some_and(|html| html_is_safe(&html)))])
        }
        GetResourceKey => {
            let Some(Value::Element(element)) = single(input, "getResourceKey")? else { return Ok(Vec::new()) };
            let id = element.node().and_then(|n| n.get("id")).and_then(Node::str);
            Ok(id.map(|id| Value::String(Cow::Borrowed(id))).into_iter().collect())
        }
        GetReferenceKey => {
            let Some(Value::Element(element)) = single(input, "getReferenceKey")? else { return Ok(Vec::new()) };
            let wanted = call.type_name.as_ref().map(|t| &*t.name);
            let reference = element.node().and_then(|n| n.get("reference")).and_then(Node::str);
            Ok(reference.and_then(|r| reference_key(r, wanted)).map(|k| Value::String(k.into())).into_iter().collect())
        }
    }
}

fn is_primitive(value: &Value<'_>) -> bool {
    match value {
        Value::Element(element) => element.node().is_some_and(|n| !matches!(n, Node::Object(_) | Node::Array(_))),
        _ => true,
    }
}

fn extension<'a>(
    evaluator: &mut Evaluator<'_, 'a>,
    call: &Call,
    input: &[Value<'a>],
    focus: Focus<'_, 'a>,
) -> Evaluated<Collection<'a>> {
    let Some(url) = evaluator.text(call, 0, focus, "extension")? else { return Ok(Vec::new()) };
    let mut found = evaluator.members(input, "extension")?;
    found.retain(|e| match e {
        Value::Element(element) => element.node().and_then(|n| n.get("url")).and_then(Node::str) == Some(&*url),
        _ => false,
    });
    Ok(found)
}

fn resolve<'a>(evaluator: &mut Evaluator<'_, 'a>, input: Collection<'a>) -> Evaluated<Collection<'a>> {
    let mut out = Vec::new();
    for value in input {
        let reference = match &value {
            Value::Element(element) => match element.node() {
                Some(Node::String(text)) => Some(&**text),
                Some(node) => node.get("reference").and_then(Node::str),
                None => None,
            },
            _ => None,
        };
        let text = value.text();
        let Some(reference) = reference.or(text.as_deref()) else { continue };
        let found = match evaluator.find_local(reference)? {
            Some(found) => Some(found),
            None => evaluator.context.resolve.and_then(|r| r.resolve(reference)),
        };
        out.extend(found.map(|node| Value::Element(Element::resource(node))));
    }
    Ok(out)
}

/// The codes of a code, a Coding or a CodeableConcept; at most 100.
fn codes<'v>(value: &'v Value<'_>) -> Vec<Code<'v>> {
    let coding = |node: &'v Node<'_>| {
        let text = |name| node.get(name).and_then(Node::str);
        text("code").map(|code| Code { system: text("system"), version: text("version"), code })
    };
    match value {
        Value::String(text) => vec![Code { code: text, ..Code::default() }],
        Value::Element(element) => match element.node() {
            Some(Node::String(text)) => vec![Code { code: text, ..Code::default() }],
            Some(node) if node.get("coding").is_some() => {
                node.list("coding").iter().take(100).filter_map(coding).collect()
            }
            Some(node) => coding(node).into_iter().collect(),
            None => Vec::new(),
        },
        _ => Vec::new(),
    }
}

fn subsumes(evaluator: &Evaluator<'_, '_>, general: &Value<'_>, special: &Value<'_>) -> Option<bool> {
    let terms = evaluator.context.terms?;
    let mut known = false;
    for general in &codes(general) {
        for special in &codes(special) {
            match terms.subsumes(general, special) {
                Some(true) => return Some(true),
                Some(false) => known = true,
                None => {}
            }
        }
    }
    if known { Some(false) } else { None }
}

/// The definitions of R4 are known here; other profiles are asked about.
fn conforms(evaluator: &Evaluator<'_, '_>, value: &Value<'_>, profile: &str) -> Evaluated<bool> {
    let Value::Element(element) = value else { return Err(EvalError::Type("conformsTo")) };
    if let Some(answer) = evaluator.context.conforms.and_then(|c| c.conforms_to(element, profile)) {
        return Ok(answer);
    }
    match profile.strip_prefix("http://hl7.org/fhir/StructureDefinition/") {
        Some(name) if varde_fhir::TypeRef::exists(name) => Ok(element.isa(name)),
        _ => Err(EvalError::Profile(profile.to_owned())),
    }
}

/// True when XHTML has nothing active in it (R4 narrative, txt-1 and txt-2): no scripts, forms, frames or handlers, and some
/// text or an image.
fn html_is_safe(html: &str) -> bool {
    const REFUSED: [&str; 14] = [
        "script", "form", "iframe", "frame", "frameset", "object", "embed", "base", "head", "body", "link", "input",
        "button", "xlink",
    ];
    let mut has_content = false;
    let mut rest = html;
    while let Some(open) = rest.find('<') {
        has_content |= rest.get(..open).is_some_and(|text| !text.trim().is_empty());
        let tail = rest.get(open + 1..).unwrap_or_default();
        let Some(close) = tail.find('>') else { return false };
        let tag = tail.get(..close).unwrap_or_default();
        let name_end = tag.find(|c: char| c.is_whitespace() || c == '/').filter(|e| *e > 0).unwrap_or(tag.len());
        let name = tag.get(..name_end).unwrap_or_default().trim_start_matches('/').to_ascii_lowercase();
        if REFUSED.contains(&name.as_str()) || has_handler(tag) {
            return false;
        }
        has_content |= name == "img";
        rest = tail.get(close + 1..).unwrap_or_default();
    }
    has_content
}

/// True when a tag has an attribute such as `onclick`.
fn has_handler(tag: &str) -> bool {
    tag.split_whitespace().skip(1).any(|attribute| {
        let name = attribute.split('=').next().unwrap_or_default().to_ascii_lowercase();
        name.starts_with("on") && attribute.contains('=')
    })
}

/// The id a relative or absolute reference ends with, when it is one to the wanted type (SQL on FHIR v2, `getReferenceKey`).
fn reference_key(reference: &str, wanted: Option<&str>) -> Option<String> {
    let path = reference.split("/_history/").next()?;
    let mut parts = path.rsplit('/');
    let id = parts.next().filter(|id| !id.is_empty())?;
    let kind = parts.next()?;
    ResourceType::from_name(kind)?;
    if wanted.is_none_or(|w| w == kind) { Some(id.to_owned()) } else { None }
}
